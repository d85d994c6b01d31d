//! A history beside what replications of a scenario predict for it: bands of chance for each interval, the share of intervals
//! inside, bias by part of the week, the gap that is left.
//!
//! [`Past`] is what happened by interval and place. [`count`] takes what stands beside it out of one replication's trace,
//! [`judge`] says of several whether they would have predicted it, and [`gap`] how far off they are. [`recorded_times`] makes the
//! history's handling times factors on a model's. Reading histories and running scenarios is for others (`poolwise-intake`).
//!
//! ```
//! use jiff::civil::date;
//! use poolwise_backtest::{Counts, Happened, Past, judge};
//!
//! // Ten requests in an hour, nine of them answered in time; replications say eight or nine.
//! let hour = (date(2025, 3, 31).at(7, 0, 0, 0), 0);
//! let happened = Happened { offered: 10, within: Some(9.0), ..Happened::default() };
//! let past = Past { places: vec![String::new()], rows: [(hour, happened)].into(), width: 3600, ..Past::default() };
//! let runs: Vec<Counts> = (0..39).map(|run| [(hour, (8 + run % 2, 10))].into()).collect();
//! let verdict = judge(&past, &runs);
//! assert_eq!(verdict.actual, 0.9);
//! assert_eq!(verdict.rows[0].band, (0.8, 0.9));
//! assert_eq!(verdict.inside, 1.0);
//! ```
#![warn(missing_docs)]

mod counting;
pub mod past;
pub mod recorded_times;
mod verdict;

pub use counting::count;
pub use past::{Happened, Past};
pub use verdict::*;
