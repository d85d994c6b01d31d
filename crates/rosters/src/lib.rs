//! Rosters: whole officers on permitted shifts that cover a requirement curve, at least cost.
//!
//! A [`curve`] says how many officers of which roles must be on duty in each hour of the week at each centre; rules
//! ([`RosterRules`](poolwise_planning::roster_rules::RosterRules)) say which weeks of shifts an officer may work. [`plan`] gives for each
//! row of the curve the weeks that somebody works and how many do, with a bound that no roster can be below, or the [`reasons`] why there is
//! none. Officers are whole, row by row: a centre cannot borrow four tenths of somebody else's.
//!
//! ```
//! use poolwise_engine::model::{HolidayWork, Model, Pool};
//! use poolwise_engine::random::Sampler;
//! use poolwise_engine::time::HOUR;
//! use poolwise_planning::roster_rules::{CentreRules, RosterRules, ShiftRule};
//! use poolwise_rosters::curve::{CentreCurve, Curve};
//!
//! // Ten officers on duty around the clock, on five days in a row of eight hours from 00:00, 08:00 or 16:00.
//! let model = Model::one_queue(6.0, Sampler::Constant(0.5 * HOUR), vec![Pool::around_the_clock(1, 1)]);
//! let shifts = vec![ShiftRule {
//!     starts: vec![0.0, 8.0 * HOUR, 16.0 * HOUR],
//!     length: 8.0 * HOUR,
//!     breaks: Vec::new(),
//!     days: [true; 7],
//!     days_on: 5,
//!     consecutive: true,
//!     roles: 1,
//!     holidays: HolidayWork::Work,
//! }];
//! let rules = RosterRules { default: CentreRules { shifts, ..CentreRules::default() }, ..RosterRules::default() };
//! let curve = Curve::new(vec![CentreCurve::flat(&model.centres[0].name, &model.roles[0], 10)])?;
//!
//! let plan = poolwise_rosters::plan(&model, &rules, &curve)?;
//! let roster = plan.rows[0].outcome.as_ref().expect("nothing stands in the way");
//! // 168 h take 4.2 officers of 40 h: no roster has fewer, and this one covers every hour.
//! assert_eq!((roster.officers, roster.bound), (42, 42.0));
//! assert_eq!(*roster.on_duty().iter().min().expect("168 hours"), 10);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Inside, for each row: the number required in each hour, raised so that enough come when some are absent ([`headcount`]) and to the
//! minimum crew; the weeks that an officer may work ([`patterns`]); a covering programme of the two (`programme`); its solution with a
//! bound (`solve`, from a good one of `search`). [`slots`] covers a curve by single shifts in microseconds, as a search over staffings
//! needs it. Nothing here starts a thread: rows can be drawn up on several by [`RosterRows`].
#![warn(missing_docs)]

pub mod cost;
pub mod curve;
mod drawing;
pub mod duty;
pub mod headcount;
mod kinds;
pub mod patterns;
mod programme;
pub mod reasons;
mod search;
pub mod slots;
mod solve;

pub use drawing::{RosterRows, plan};

use curve::{Curve, WeekCurve};
use patterns::Tour;
use poolwise_engine::model::{CentreId, Model, RoleMask};
use poolwise_engine::time::HOURS_OF_WEEK;
use reasons::Reason;
use serde::Serialize;
use thiserror::Error;

/// A roster for every row of a curve, or the reasons why there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterPlan {
    /// Rows in the curve's order.
    pub rows: Vec<RosterOutcome>,
    /// Officers employed, by centre that has a row, in the scenario's order.
    pub employed: Vec<Employed>,
}

/// What came of one row of the curve.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterOutcome {
    /// Name of the centre.
    pub centre: String,
    /// Its place in the model.
    pub id: CentreId,
    /// Roles that its officers hold, joined by `+`.
    pub role: String,
    /// The same as a set.
    pub roles: RoleMask,
    /// Officers that the curve requires, present and not on a break.
    pub required: WeekCurve,
    /// Officers to be rostered: after absence and with the minimum crew.
    pub covered: WeekCurve,
    /// The roster, or why there is none.
    pub outcome: Result<Roster, Vec<Reason>>,
}

/// Which weeks how many officers work, so that the need of each hour is covered.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    /// Weeks of shifts that somebody works, and how many do.
    pub tours: Vec<(Tour, u32)>,
    /// Officers rostered: all tours together.
    pub officers: u32,
    /// The objective: officers, or cost a week of those rostered.
    pub cost: f64,
    /// No roster costs less: whole officers where officers are counted.
    pub bound: f64,
    /// Nodes of branch and bound.
    pub nodes: u64,
    /// The search ended at its limit of nodes, with this the best found.
    pub limited: bool,
}

/// Officers employed at a centre: those rostered and those who stand in for leave and training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Employed {
    /// Name of the centre.
    pub centre: String,
    /// Its place in the model.
    #[serde(skip)]
    pub id: CentreId,
    /// Officers who have a week of work in it.
    pub rostered: u32,
    /// Officers whom the roster employs.
    pub officers: u32,
    /// Rostered hours on duty a week.
    pub hours: f64,
    /// Officers that the minimum crew would take by itself.
    pub minimum_crew: u32,
}

/// Why no plan can be made of a curve at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RosterError {
    /// The curve names a centre that the scenario does not have.
    #[error("the curve names a centre `{0}`, which the scenario does not have")]
    Centre(String),
    /// The curve names a role that the scenario does not have.
    #[error("the curve names a role `{0}`, which the scenario does not have")]
    Role(String),
    /// Least cost, without a pay table.
    #[error("`least = \"cost\"` needs [pay]: what an hour costs")]
    NoPay,
}

impl RosterPlan {
    /// Whether every row has a roster.
    pub fn is_feasible(&self) -> bool {
        self.rows.iter().all(|r| r.outcome.is_ok())
    }

    /// Rows without one, and why.
    pub fn failures(&self) -> impl Iterator<Item = (&RosterOutcome, &[Reason])> {
        self.rows.iter().filter_map(|r| r.outcome.as_ref().err().map(|why| (r, why.as_slice())))
    }

    /// Officers employed over all centres.
    pub fn officers(&self) -> u32 {
        self.employed.iter().map(|e| e.officers).sum()
    }

    /// Officers rostered over all centres.
    pub fn rostered(&self) -> u32 {
        self.employed.iter().map(|e| e.rostered).sum()
    }

    /// Rostered hours on duty a week over all centres.
    pub fn hours(&self) -> f64 {
        self.employed.iter().map(|e| e.hours).sum()
    }

    /// Posts: rostered officers on duty, on average.
    pub fn posts(&self) -> f64 {
        self.hours() / HOURS_OF_WEEK as f64
    }

    /// Puts the rosters in place of the officers of the same roles at each centre, and states the
    /// officers employed. Rows without a roster are left out.
    pub fn apply(&self, model: &mut Model) {
        for employed in &self.employed {
            let centre = &mut model.centres[employed.id];
            centre.pools = self.pools(employed.id, &centre.pools);
            centre.headcount = Some(f64::from(employed.officers));
        }
    }

    /// The curve that asks, in hours where service failed, for at least `by` more officers than the
    /// roster has there now, so that the next plan must differ. `failing` lists hours of the week by row
    /// of the curve; `lead` hours before each are raised too, since work that waits was there before.
    pub fn corrected(&self, curve: &Curve, failing: &[Vec<usize>], by: u32, lead: usize) -> Curve {
        let mut out = curve.clone();
        for ((row, hours), plan) in out.centres.iter_mut().zip(failing).zip(&self.rows) {
            let on_duty = plan.outcome.as_ref().map_or(plan.required, Roster::on_duty);
            let before = row.required;
            for hour in hours {
                for back in 0..=lead {
                    let h = (hour + HOURS_OF_WEEK - back % HOURS_OF_WEEK) % HOURS_OF_WEEK;
                    // The curve counts those present, the roster those who should come.
                    let spare = on_duty[h].saturating_sub(plan.covered[h]);
                    row.required[h] = row.required[h].max(before[h] + spare + by);
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
