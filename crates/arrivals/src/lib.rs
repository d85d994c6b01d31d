//! How requests arrive, by what was counted: hours of the week, holidays, months and trends, days that hang together, what comes
//! next; each with an interval.
//!
//! A [`Series`](series::Series) has counts by interval and place. [`streams`] gives means by hour of the week, [`pattern`] tells the
//! differences that are not by chance (hours, months, holidays, a trend, how days vary and hang together), [`forecast`] says what
//! comes in the weeks after. [`missing_days`] finds days that nobody recorded, and [`holidays`] knows the public ones of countries.
//! Nothing here reads files, and the same counts give the same bits.
//!
//! ```
//! use jiff::civil::date;
//! use jiff::Span;
//! use poolwise_arrivals::series::Series;
//! use poolwise_arrivals::streams::stream;
//!
//! // Four weeks of eleven calls an hour from eight to sixteen, nineteen at ten, and none at night.
//! let begin = date(2025, 3, 3).at(0, 0, 0, 0);
//! let calls = |hour: i64| match hour % 24 {
//!     10 => 19,
//!     8..16 => 11,
//!     _ => 0,
//! };
//! let rows = (0..4 * 168).map(|hour| (begin + Span::new().hours(hour), vec![calls(hour)])).collect();
//! let series = Series { places: vec!["desk".to_owned()], width: 3600, rows, notes: Vec::new() };
//! let found = stream(&series, None).expect("two weeks or more");
//! assert!((found.per_hour.base - 4.0).abs() < 1e-9);
//! assert_eq!(found.peak, (10, 4.75));
//! ```
#![warn(missing_docs)]

pub mod course;
pub mod forecast;
pub mod holidays;
pub mod missing_days;
pub mod pattern;
pub mod series;
pub mod streams;
pub mod weeks;
