//! The poolwise engine: one replication of a queueing network whose servers keep shifts.
//!
//! [`run`] simulates a [`model::Model`] and returns an [`Outcome`]: same model, same replication number,
//! same bits. Nothing here reads files, starts threads or prints.
#![warn(missing_docs)]

#[doc(hidden)]
pub use simulation::bench_api;
pub use simulation::{
    DEFAULT_MEMORY, Failure, Limits, Outcome, REQUEST_BYTES, integral, outcome, rosters, run, run_within,
    trace,
};

pub mod histogram;
pub mod model;
pub mod random;
mod simulation;
pub mod time;
