//! The catalogue of measures: what each name means, and how one replication yields it.
//!
//! A [`Measure`] has a name that carries its unit, a label and a meaning in general words (what a request and an
//! officer are called comes from the scenario), the direction that is better, the values that it can have, and how it
//! is [read](Read) off an [outcome](poolwise_engine::Outcome) at each [place](PlaceKind) where it is kept. Everything that
//! knows measures takes them from [`MEASURES`]: the reader of scenarios, estimates, targets, sweeps, reports, and the
//! table in the page on files and measures. It is a crate of its own because the reader of scenarios, which must
//! know the names, lies below the study, which makes estimates of them.
//!
//! A replication gives every measure as a numerator and a denominator, or as a plain value, so that estimates over
//! replications are ratios of sums.
//!
//! # Examples
//! ```
//! use poolwise_engine::model::Words;
//! use poolwise_measures::{Times, Unit, find};
//!
//! let done = find("done_within_target").unwrap();
//! let times = Times { target: Some("4 h".to_owned()), ..Times::default() };
//! assert_eq!(done.label(&Words::default(), &times), "Done within 4\u{a0}h");
//! assert_eq!(done.unit, Unit::Share);
//! ```
//! Changing a name or a meaning changes [`VERSION`].
#![warn(missing_docs)]

mod catalogue;
mod find;
mod hourly;
mod measure;
mod part;
mod places;
mod reads;

pub use catalogue::{MEASURES, PRIMARY, VERSION};
pub use find::{find, more_is_better};
pub use hourly::{Hourly, by_hour};
pub use measure::{At, Better, Measure, Read, Times, Unit};
pub use part::{Part, Rosters, Value, keys, measure, names, value_at, values};
pub use places::{Key, PlaceKind, Section, of_path, range_of, split_path};
pub use reads::{lacks, times};
