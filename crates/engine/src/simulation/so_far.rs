//! What today's arrivals so far say of the day: the law of its factor given the counts.
//!
//! Given a day's factor, which is gamma of shape k and mean 1, arrivals up to now are Poisson with the factor times their
//! expected number m. Given n of them the factor is gamma of shape k + n and rate k + m (Jongbloed and Koole 2001, "Managing
//! uncertainty in call centres using Poisson mixtures"). In bursts and batches they vary more, and where areas share a part of the
//! factor each count tells of the others: `model::day_law`.

use super::arrivals::segment;
use super::hours::Hours;
use super::varying::Varying;
use crate::model::{Arrived, CountSoFar, DayFactor, DayLaw, DayScope, Demand, KnownDay, Model};
use std::sync::Arc;

/// What has come of a class so far today, against what was expected.
#[derive(Debug, Clone, PartialEq)]
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

/// Who shares a factor, or correlated ones: the area where each has its own, the local day, the factor's cv and correlation.
type FactorKey = (Option<usize>, i64, u64, u64);

/// The requests of a class from an area that are expected from its local midnight up to now, with a factor of the day of 1.
pub fn expected_so_far(model: &Model, class: usize, area: usize) -> f64 {
    moments_so_far(model, class, area).0
}

/// Mean and variance of their number, both of which go with the factor of the day. The interval of bursts under way ends now, as
/// what is left of it has a factor of its own.
fn moments_so_far(model: &Model, class: usize, area: usize) -> (f64, f64) {
    let Some(now) = &model.run.now else { return (0.0, 0.0) };
    let clock = &model.clocks[model.areas[area].clock];
    let mut hours = Hours::new(model);
    let mut varying = Varying::certain();
    let mut t = clock.instant(clock.day(now.at), 0.0);
    let (mut mean, mut variance) = (0.0, 0.0);
    // The interval of bursts and what is expected in it. Its gamma adds the square of that over its shape to the variance.
    let (mut interval, mut shape, mut within) = (f64::NAN, f64::INFINITY, 0.0);
    let spread = |within: f64, shape: f64| if within > 0.0 { within * within / shape } else { 0.0 };
    while t < now.at {
        let (rate, until) = segment(model, &mut hours, (class, area), t, &mut varying);
        let until = until.min(now.at);
        let some = rate * (until - t);
        if varying.interval != interval {
            variance += spread(within, shape);
            (interval, shape, within) = (varying.interval, varying.shape, 0.0);
        }
        within += some;
        mean += some;
        variance += some;
        t = until;
    }
    variance += spread(within, shape);
    match &model.classes[class].batch {
        // So many batches, each of so many requests.
        Some(size) => (mean * size.mean(), mean * size.mean_square()),
        None => (mean, variance),
    }
}

/// What today's counts say, in the order of the model's list of them.
pub fn so_far(model: &Model) -> Vec<SoFar> {
    let Some(now) = &model.run.now else { return Vec::new() };
    let known = known_days(model);
    let areas = model.areas.len();
    let of = |arrived: &Arrived| {
        let from = areas_of(model, arrived.class, arrived.area);
        let expected = from.iter().map(|area| expected_so_far(model, arrived.class, *area)).sum();
        let factor = from.first().and_then(|area| known[arrived.class * areas + area].clone());
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
    let (own, correlation) = match factor.scope {
        DayScope::National => (None, 1.0),
        DayScope::Area => (Some(area), 0.0),
        DayScope::Correlated(r) => (None, r),
    };
    Some((own, day, factor.cv.to_bits(), f64::to_bits(correlation)))
}

/// What is known of today's factor, by class and area; empty where the run begins from nothing. Counts of classes that share
/// one are taken together.
pub(super) fn known_days(model: &Model) -> Arc<Vec<Option<KnownDay>>> {
    match &model.run.now {
        Some(now) => now.known.get(|| find_known_days(model, &now.arrived)),
        None => Arc::default(),
    }
}

fn find_known_days(model: &Model, arrived: &[Arrived]) -> Vec<Option<KnownDay>> {
    let areas = model.areas.len();
    // By key, area by area: of one factor all stand with the first of its areas.
    let mut counts: Vec<(FactorKey, Vec<Vec<CountSoFar>>)> = Vec::new();
    for arrived in arrived {
        let mut whole: Option<(FactorKey, CountSoFar, usize)> = None;
        for area in areas_of(model, arrived.class, arrived.area) {
            let Some(key) = key(model, arrived.class, area) else { continue };
            let (mean, variance) = moments_so_far(model, arrived.class, area);
            // A count of several areas is of all of them together; they share one factor.
            let (_, sum, _) = whole.get_or_insert((
                key,
                CountSoFar { count: arrived.count as f64, mean: 0.0, variance: 0.0 },
                area,
            ));
            sum.mean += mean;
            sum.variance += variance;
        }
        let Some((key, count, area)) = whole else { continue };
        match counts.iter_mut().find(|known| known.0 == key) {
            Some(known) => known.1[area].push(count),
            None => {
                let mut of_areas = vec![Vec::new(); areas];
                of_areas[area].push(count);
                counts.push((key, of_areas));
            }
        }
    }
    let laws: Vec<(FactorKey, Vec<DayLaw>)> =
        counts.into_iter().map(|(key, counts)| (key, laws_of(key, &counts))).collect();
    let mut known = vec![None; model.classes.len() * areas];
    for class in 0..model.classes.len() {
        for area in 0..areas {
            let Some(key) = key(model, class, area) else { continue };
            if let Some((_, laws)) = laws.iter().find(|law| law.0 == key) {
                let law = laws[area.min(laws.len() - 1)].clone();
                known[class * areas + area] = Some(KnownDay { day: key.1, law });
            }
        }
    }
    known
}

/// The law of a factor, or those of the areas' factors.
fn laws_of(key: FactorKey, counts: &[Vec<CountSoFar>]) -> Vec<DayLaw> {
    let (own, _, cv, correlation) = key;
    let (cv, correlation) = (f64::from_bits(cv), f64::from_bits(correlation));
    let shape = 1.0 / (cv * cv);
    if own.is_some() || correlation >= 1.0 {
        return vec![DayLaw::of_one(shape, &counts.concat())];
    }
    DayLaw::of_areas(shape, correlation, counts)
}
