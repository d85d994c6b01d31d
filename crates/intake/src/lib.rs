//! From a planner's own files to scenarios: reads tables of any usual kind, finds out what they are, fits how
//! requests arrive and how long they take, writes scenarios that run, and looks whether a model would have predicted
//! what happened.
#![warn(missing_docs)]

mod changes;
pub mod counts;
pub mod coverage;
pub mod durations;
mod error;
pub mod events;
pub mod fit_file;
mod grid;
mod history;
pub mod holidays;
pub mod import;
mod join;
mod kinds;
mod measures;
mod no_counts;
mod persons;
pub mod recognise;
mod recorded_staff;
mod remarks;
pub mod replay;
pub mod roster;
pub mod scenario;
mod shifts;
mod sums;

pub use error::IntakeError;
pub use poolwise_arrivals::{course, forecast, pattern, streams as arrivals};
pub use poolwise_backtest as backtest;
pub use poolwise_fit as fit;
pub use poolwise_tables::problem::{Problem, TablePlace};
pub use poolwise_tables::{cell, dates, facts, problem, read, values, ways};

use poolwise_arrivals::missing_days;
use poolwise_tables::{
    collector, columns, heads, instants, measure_words, sections, tables, totals, view, words,
};
