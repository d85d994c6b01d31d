//! What today's arrivals so far say of the day: the law of its factor given the count.
//!
//! Given a day's factor, which is gamma of shape k and mean 1, arrivals up to now are Poisson with the factor times their
//! expected number m. Given n of them the factor is gamma of shape k + n and rate k + m (Jongbloed and Koole 2001, "Managing
//! uncertainty in call centres using Poisson mixtures").

use super::arrivals::segment;
use super::hours::Hours;
use super::varying::Varying;
use crate::model::{DayFactor, DayScope, Demand, Model};

/// The law of a day's factor given what has come of the day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownDay {
    /// Local day number.
    pub(super) day: i64,
    /// Shape of the gamma law.
    pub shape: f64,
    /// Its rate; the mean is shape over rate.
    pub rate: f64,
}

/// What has come of a class so far today, against what was expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoFar {
    /// Index of the class.
    pub class: usize,
    /// How many have come.
    pub count: u64,
    /// How many were expected, with a factor of the day of 1.
    pub expected: f64,
    /// The factor of the day: what is known of it now. `None` where the class has none, so that what has come says nothing of
    /// what will come.
    pub factor: Option<KnownDay>,
}

/// Who shares a factor: the area where each has its own, the local day, and the factor's law.
type FactorKey = (Option<usize>, i64, u64);

/// The arrivals of a class from an area that are expected from its local midnight up to now, with a factor of the day of 1.
pub fn expected_so_far(model: &Model, class: usize, area: usize) -> f64 {
    let Some(now) = &model.run.now else { return 0.0 };
    let clock = &model.clocks[model.areas[area].clock];
    let mut hours = Hours::new(model);
    let mut varying = Varying::certain();
    let mut t = clock.instant(clock.day(now.at), 0.0);
    let mut expected = 0.0;
    while t < now.at {
        let (rate, until) = segment(model, &mut hours, (class, area), t, &mut varying);
        let until = until.min(now.at);
        expected += rate * (until - t);
        t = until;
    }
    expected
}

/// What today's counts say, in the order of the model's list of them.
pub fn so_far(model: &Model) -> Vec<SoFar> {
    let Some(now) = &model.run.now else { return Vec::new() };
    let known = known_days(model);
    let areas = model.areas.len();
    let of = |arrived: &crate::model::Arrived| {
        let from = areas_of(model, arrived.class, arrived.area);
        let expected = from.iter().map(|area| expected_so_far(model, arrived.class, *area)).sum();
        let factor = from.first().and_then(|area| known[arrived.class * areas + area]);
        SoFar { class: arrived.class, count: arrived.count, expected, factor }
    };
    now.arrived.iter().map(of).collect()
}

/// The areas that a count is of.
fn areas_of(model: &Model, class: usize, area: Option<usize>) -> Vec<usize> {
    let own = area.or(model.classes[class].demand.area());
    own.map_or_else(|| (0..model.areas.len()).collect(), |own| vec![own])
}

fn day_factor(model: &Model, class: usize) -> Option<&DayFactor> {
    match &model.classes[class].demand {
        Demand::Rate { day_factor, .. } => day_factor.as_ref(),
        Demand::Trace(_) => None,
    }
}

fn key(model: &Model, class: usize, area: usize) -> Option<FactorKey> {
    let factor = day_factor(model, class)?;
    let at = model.run.now.as_ref()?.at;
    let day = model.clocks[model.areas[area].clock].day(at);
    let own = matches!(factor.scope, DayScope::Area).then_some(area);
    Some((own, day, factor.cv.to_bits()))
}

/// What is known of today's factor, by class and area; empty where the run begins from nothing. Counts of classes that share
/// one are taken together.
pub(super) fn known_days(model: &Model) -> Vec<Option<KnownDay>> {
    let Some(now) = &model.run.now else { return Vec::new() };
    let (classes, areas) = (model.classes.len(), model.areas.len());
    let mut known = vec![None; classes * areas];
    let mut sums: Vec<(FactorKey, u64, f64)> = Vec::new();
    for arrived in &now.arrived {
        let mut count = arrived.count;
        for area in areas_of(model, arrived.class, arrived.area) {
            let Some(key) = key(model, arrived.class, area) else { continue };
            let expected = expected_so_far(model, arrived.class, area);
            // A count of several areas stands with the first; they share one factor.
            let count = std::mem::take(&mut count);
            match sums.iter_mut().find(|sum| sum.0 == key) {
                Some(sum) => {
                    sum.1 += count;
                    sum.2 += expected;
                }
                None => sums.push((key, count, expected)),
            }
        }
    }
    for class in 0..classes {
        for area in 0..areas {
            let Some(key) = key(model, class, area) else { continue };
            if let Some(&((_, day, cv), count, expected)) = sums.iter().find(|sum| sum.0 == key) {
                let cv = f64::from_bits(cv);
                let shape = 1.0 / (cv * cv);
                known[class * areas + area] =
                    Some(KnownDay { day, shape: shape + count as f64, rate: shape + expected });
            }
        }
    }
    known
}

impl KnownDay {
    /// Mean of the factor.
    pub fn mean(&self) -> f64 {
        self.shape / self.rate
    }
}
