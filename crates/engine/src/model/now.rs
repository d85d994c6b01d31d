//! What is known of the day so far, where a run begins in the middle of it.

use super::day_law::DayLaw;
use super::{AreaId, CentreId, ClassId};
use std::sync::{Arc, OnceLock};

/// A run that begins from now: the cases in hand are its [`super::StartState`]s.
#[derive(Debug, Clone, PartialEq)]
pub struct Now {
    /// The present, engine time in seconds. Rosters go on from the origin; requests arrive, and statistics are kept, from here on.
    pub at: f64,
    /// Officers on shift now, breaks included, by centre; elsewhere as the roster and absence have it.
    pub on_shift: Vec<(CentreId, u32)>,
    /// Requests that have come so far today, since local midnight of their areas.
    pub arrived: Vec<Arrived>,
    /// Ends of the intervals by which whatever else is kept by hour of the week is kept, in their order: ascending, at most 168, the last at
    /// the end of the run. None: hours of the week.
    pub intervals: Vec<f64>,
    /// What the counts say of the day, worked out once.
    pub(crate) known: DayLaws,
}

impl Now {
    /// The present, nobody observed and nothing counted.
    pub fn new(at: f64) -> Self {
        Self {
            at,
            on_shift: Vec::new(),
            arrived: Vec::new(),
            intervals: Vec::new(),
            known: DayLaws::default(),
        }
    }

    /// The interval in which an instant lies, and its end.
    pub(crate) fn interval(&self, t: f64) -> (usize, f64) {
        let last = self.intervals.len() - 1;
        let i = self.intervals.partition_point(|end| *end <= t).min(last);
        (i, if t < self.intervals[i] { self.intervals[i] } else { f64::INFINITY })
    }
}

/// What is known of a day's factor from what has come of the day.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownDay {
    /// Local day number.
    pub(crate) day: i64,
    /// Its law.
    pub(crate) law: DayLaw,
}

impl KnownDay {
    /// Mean of the factor.
    pub fn mean(&self) -> f64 {
        self.law.mean()
    }

    /// Shape and rate of the law where it is gamma, as where counts are Poisson and of one factor.
    pub fn gamma(&self) -> Option<(f64, f64)> {
        match self.law {
            DayLaw::Gamma { shape, rate } => Some((shape, rate)),
            DayLaw::OneFactor(_) | DayLaw::Parts { .. } => None,
        }
    }
}

/// Laws of days by class and area, once they are needed. A copy of a model works them out for itself, since it may be changed.
#[derive(Debug, Default)]
pub(crate) struct DayLaws(OnceLock<Arc<Vec<Option<KnownDay>>>>);

impl DayLaws {
    /// The laws, by `find` where nobody has asked before.
    pub(crate) fn get(&self, find: impl FnOnce() -> Vec<Option<KnownDay>>) -> Arc<Vec<Option<KnownDay>>> {
        Arc::clone(self.0.get_or_init(|| Arc::new(find())))
    }
}

impl Clone for DayLaws {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for DayLaws {
    /// They follow from the rest of the model.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A count of today's arrivals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrived {
    /// Of this class.
    pub class: ClassId,
    /// From this area; from all of the class's areas where `None`.
    pub area: Option<AreaId>,
    /// Requests that came in this interval.
    pub count: u64,
}
