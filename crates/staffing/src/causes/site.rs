//! What the split over causes has to know of a centre.

use poolwise_engine::model::{CentreId, Model, RoleMask};
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};
use poolwise_planning::allocation::PoolSpec;
use poolwise_planning::offered_load::{self, Load};
use poolwise_planning::roster_rules::RosterRules;
use poolwise_planning::staffing;

/// Largest share of work that counts as avoidable: formulas divide by the rest.
const MOST_AVOIDABLE: f64 = 0.95;

/// A centre's work and cover.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Name, as reports show it.
    pub name: String,
    /// Offered load by hour of its local week, erlangs, all work included.
    pub offered: Vec<f64>,
    /// Share of that work which is a second copy.
    pub duplicate: f64,
    /// Share of that work which comes back because it was badly documented.
    pub rework: f64,
    /// Whole hours by which its clock is ahead of a common one, from 0 to 167.
    pub ahead: usize,
    /// Fewest officers on duty while it is open.
    pub minimum: f64,
    /// Hours of its week in which it is open.
    pub open: Vec<bool>,
}

impl Site {
    /// Mean offered load.
    pub(crate) fn work(&self) -> f64 {
        self.offered.iter().sum::<f64>() / self.offered.len() as f64
    }
}

/// The counted centres of a model that have officers; `minimum` is the minimum crew of each centre (see
/// [`minimums`]). What is duplicated or redone is the expected load with it less that without.
pub fn sites(model: &Model, minimum: &[u32]) -> Vec<Site> {
    let now = offered_load::expected(model);
    let mut once = model.clone();
    once.rules.iter_mut().for_each(|rule| rule.duplicate = None);
    let once = offered_load::expected(&once);
    let mut kept = model.clone();
    kept.rework = None;
    let kept = offered_load::expected(&kept);
    let run = &model.clocks[model.run.clock];
    let middle = model.run.warm_up + model.run.horizon / 2.0;
    let avoidable = |without: &Load, id: CentreId| match now.offered(id) {
        work if work > 0.0 => (1.0 - without.offered(id) / work).clamp(0.0, MOST_AVOIDABLE),
        _ => 0.0,
    };
    let centres = model.centres.iter().enumerate().filter(|(_, c)| c.counted);
    let site = |(id, centre): (CentreId, &poolwise_engine::model::Centre)| {
        let clock = &model.clocks[centre.clock];
        let ahead = (clock.second_of_week(middle) - run.second_of_week(middle)) / HOUR;
        let duty = staffing::on_duty(model, id, RoleMask::MAX);
        Site {
            name: centre.name.clone(),
            offered: now.centres[id].all.offered.clone(),
            duplicate: avoidable(&once, id),
            rework: avoidable(&kept, id),
            ahead: ahead.round().rem_euclid(HOURS_OF_WEEK as f64) as usize,
            minimum: f64::from(minimum.get(id).copied().unwrap_or(0)),
            open: duty.open.iter().map(|share| *share > 0.0).collect(),
        }
    };
    centres.map(site).filter(|s| s.open.iter().any(|o| *o)).collect()
}

/// The minimum crew of each centre: what the roster rules say, or else its pool by headcount, or else one
/// where anybody works.
pub fn minimums(model: &Model, pools: &[PoolSpec], rules: Option<&RosterRules>) -> Vec<u32> {
    let of = |id: CentreId| {
        let ruled = rules.map(|r| r.of(id).minimum).filter(|n| *n > 0);
        let pooled = pools.iter().filter(|p| p.centres.contains(&id)).map(|p| p.minimum).max();
        ruled.or(pooled).unwrap_or(1)
    };
    (0..model.centres.len()).map(of).collect()
}
