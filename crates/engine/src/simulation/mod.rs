//! One replication on one thread: calendar, event loop, observers.
//!
//! The engine knows requests, stages, centres, officers and clocks, and nothing of files, threads or
//! names. A run is a function of the model and the replication's number: same model, same number,
//! same [`Outcome`], bit by bit.
//!
//! Files by concept: `event_list` what happens next; `sim` the state and the loop; `components` what can be simulated apart;
//! `arrivals` and `backfill` where requests come from; `path` delays, branches, exits and deadlines; `routing` which centre and
//! queue; `station` and `queue` where requests wait, `service` officers at work; `shifts`, `shift_calendar`, `centre` officers
//! coming and going; `observe`, `sums`, `integral`, `outcome` what is recorded, `hours` local time; `conservation` the checks
//! at the end.

mod arrivals;
mod backfill;
#[doc(hidden)]
pub mod bench_api;
mod centre;
mod components;
mod conservation;
mod event_list;
mod hours;
pub mod integral;
mod network;
mod observe;
pub mod outcome;
mod path;
mod queue;
mod recorded;
mod request;
mod routing;
mod service;
mod shift_calendar;
mod shifts;
mod sim;
mod station;
mod sums;
pub mod trace;

#[cfg(test)]
mod tests;

pub use outcome::Outcome;

use crate::model::Model;
use std::fmt;

/// A run that cannot be trusted.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// Something does not add up: a fault of the program.
    Unbalanced {
        /// What.
        what: String,
        /// What it should be.
        expected: f64,
        /// What it is.
        found: f64,
    },
    /// A request that no routing rule takes.
    NoRoute {
        /// Stage.
        stage: String,
        /// Class.
        class: String,
        /// Area.
        area: String,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unbalanced { what, expected, found } => write!(
                f,
                "the run's books do not balance: {what} should be {expected}, but is {found}; this is a \
                 fault of the program, please report it with the scenario"
            ),
            Self::NoRoute { stage, class, area } => write!(
                f,
                "no routing rule takes a request of class {class} from area {area} at stage {stage}; add a \
                 rule without hours and share that sends it to a centre"
            ),
        }
    }
}

impl std::error::Error for Failure {}

/// Runs replication `replication` (from 0) of a model. With `tracing`, the outcome keeps the instants
/// of every request, which takes memory in proportion to the requests simulated.
///
/// # Errors
/// [`Failure`] when the run's books do not balance or a request has nowhere to go.
pub fn run(model: &Model, replication: u32, tracing: bool) -> Result<Outcome, Failure> {
    sim::Sim::new(model, replication, tracing).run()
}
