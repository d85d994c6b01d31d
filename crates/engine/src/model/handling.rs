//! Services that take longer at some hours, at some places, or with officers who are still learning.

use super::{CentreId, ClassId, Model, StageId};
use crate::time::WEEK;

/// A factor on the times of some services.
#[derive(Debug, Clone, PartialEq)]
pub struct Handling {
    /// The factor: above 1 is slower.
    pub factor: f64,
    /// Whose: by class.
    pub classes: Vec<bool>,
    /// Which: by stage.
    pub stages: Vec<bool>,
    /// Where: by centre.
    pub centres: Vec<bool>,
    /// When they begin, in spans of the centre's local week, `(from, to)` in seconds, ascending; at all times where `None`.
    pub hours: Option<Vec<(f64, f64)>>,
    /// Factors of recorded days beside it: each from an engine time on, ascending; 1 before the first of them. They are
    /// beside a mean of 1: what is computed without simulation knows the factor above alone.
    pub steps: Vec<(f64, f64)>,
}

impl Handling {
    /// What services that begin at engine time `t` have beside the factor.
    fn step(&self, t: f64) -> f64 {
        let after = self.steps.partition_point(|step| step.0 <= t);
        after.checked_sub(1).map_or(1.0, |last| self.steps[last].1)
    }
}

/// Officers who become faster with the weeks since they began.
#[derive(Debug, Clone, PartialEq)]
pub struct Learning {
    /// When they began, engine time; before the run where it is negative.
    pub since: f64,
    /// Factor on the times of their services in the first, second ... week from then on; afterwards it is 1.
    pub by_week: Vec<f64>,
}

impl Learning {
    /// The factor at engine time `t`; that of the first week before it began.
    pub fn factor(&self, t: f64) -> f64 {
        let week = ((t - self.since) / WEEK).floor().max(0.0);
        self.by_week.get(week as usize).copied().unwrap_or(1.0)
    }
}

impl Model {
    /// Factor on the time of a class's service at a stage that begins at `second` of a centre's local week.
    pub fn handling_factor(&self, centre: CentreId, class: ClassId, stage: StageId, second: f64) -> f64 {
        self.factors(centre, class, stage, second).map(|handling| handling.factor).product()
    }

    /// The same of a service that begins at engine time `t`, which is that second: with the factors of recorded days.
    pub(crate) fn handling_factor_at(
        &self,
        centre: CentreId,
        (class, stage): (ClassId, StageId),
        (second, t): (f64, f64),
    ) -> f64 {
        let factors = self.factors(centre, class, stage, second);
        factors.map(|handling| handling.factor * handling.step(t)).product()
    }

    fn factors(
        &self,
        centre: CentreId,
        class: ClassId,
        stage: StageId,
        second: f64,
    ) -> impl Iterator<Item = &Handling> {
        self.handling.iter().filter(move |handling| {
            let now = |spans: &Vec<(f64, f64)>| spans.iter().any(|span| second >= span.0 && second < span.1);
            handling.centres[centre]
                && handling.classes[class]
                && handling.stages[stage]
                && handling.hours.as_ref().is_none_or(now)
        })
    }
}
