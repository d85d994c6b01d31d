//! From a planner's own files to scenarios: reads tables of any usual kind, finds out what they are, fits how
//! requests arrive and how long they take, writes scenarios that run, and looks whether a model would have predicted
//! what happened.
#![warn(missing_docs)]

pub mod arrivals;
pub mod backtest;
pub mod cell;
mod changes;
mod collector;
pub mod counts;
pub mod course;
pub mod coverage;
pub mod dates;
pub mod durations;
mod error;
pub mod events;
pub mod facts;
pub mod fit_file;
pub mod forecast;
mod grid;
mod heads;
mod history;
pub mod holidays;
pub mod import;
mod instants;
mod join;
mod kinds;
mod measures;
mod missing_days;
mod no_counts;
pub mod pattern;
mod persons;
mod pivot;
pub mod problem;
pub mod read;
pub mod recognise;
mod recorded_staff;
mod recorded_times;
mod remarks;
pub mod replay;
pub mod roster;
pub mod scenario;
mod sections;
mod shifts;
mod spread;
mod sums;
mod tables;
pub mod values;
mod view;
pub mod ways;
mod week_dates;
mod weeks;
mod words;

pub use error::IntakeError;
pub use poolwise_fit as fit;
pub use problem::{Problem, TablePlace};
