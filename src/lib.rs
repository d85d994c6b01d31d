//! poolwise: a discrete-event simulator of work that arrives around the clock and is done by
//! officers on shifts, in one central pool, in many local ones, or in any mix.
//!
//! Layers import one way: `cli -> report -> validation -> experiment -> {scenario, engine, stats} -> model ->
//! {random, time}`; `theory` is read by reports and tests, never by the engine.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod cli;
pub mod engine;
pub mod experiment;
pub mod model;
pub mod random;
pub mod report;
pub mod scenario;
pub mod stats;
pub mod theory;
pub mod time;
pub mod validation;
