//! A study: scenarios read, simulated, summed up and compared. The door of poolwise as a library.
//!
//! [`Study::load`] reads scenario files with changes; [`Study::run`] simulates all of them and gives [`Results`]:
//! plain data with estimates and intervals, theory beside them, warnings, and paired differences where the scenarios
//! are [paired](Study::paired). The command line prints exactly these results.
//!
//! # The life of a replication
//! A scenario becomes a [model](poolwise_engine::model::Model) once. Each replication draws its own arrivals, times and
//! absences, all keyed by source and request, so that the same request has the same draws in every option
//! ([`poolwise_engine::random`]); runs through the warm-up, of which nothing is counted; then through the window; and
//! ends with a check that what came in went out or is inside. What it yields ([`poolwise_engine::Outcome`]) is sums.
//! [`measures`] reads numerators and denominators off them, [`summarise()`] makes estimates with intervals of those of all
//! replications, [`compare()`] pairs them by number. Threads are started in [`parallel`] only, and results do not depend
//! on how many.
//!
//! # Examples
//! One queue: see [`Study`]. Two ways to staff it, compared on the same requests:
//! ```
//! use poolwise_scenario::{Overrides, Snapshot};
//! use poolwise_study::{Options, Study, Unwatched};
//!
//! let desk = |officers: u32| format!(r#"
//!     title = "{officers} officers by day, one by night"
//!     run = {{ horizon = "4 weeks", replications = 5 }}
//!     class.call = {{ rate = "20 per hour", start = "answer" }}
//!     stage.answer = {{ service = {{ role = "agent", time = {{ exponential = "2 min" }} }}, next = "answered" }}
//!     stage.answered = {{ exit = true }}
//!     route = [{{ to = "desk" }}]
//!     [[centre.desk.shifts]]
//!     officers = {officers}
//!     start = "08:00"
//!     length = "12 h"
//!     [[centre.desk.shifts]]
//!     officers = 1
//!     start = "20:00"
//!     length = "12 h"
//! "#);
//! let texts = [("two.toml".into(), desk(2).into()), ("three.toml".into(), desk(3).into())];
//! let files = Snapshot::of(texts.into());
//! let paths = ["two.toml".into(), "three.toml".into()];
//! let study = Study::load_through(&files, &paths, &Overrides::default())?.paired(None)?;
//! let results = study.run(&Options::default(), &Unwatched)?;
//! let comparison = results.comparison.expect("two options");
//! let wait = comparison.rows.iter().find(|row| row.measure == "wait_mean_hours").expect("a measure");
//! assert!(wait.difference.upper < 0.0); // a third officer shortens waits, beyond chance
//! # Ok::<(), poolwise_study::StudyError>(())
//! ```
//!
//! Statistics of your own, from the outcome of each replication:
//! ```
//! use poolwise_scenario::{Overrides, Snapshot, load_through};
//! use poolwise_study::{Settings, sample};
//!
//! let text = r#"
//!     run = { horizon = "4 weeks", replications = 4 }
//!     class.call = { rate = "48 per hour", start = "answer" }
//!     stage.answer = { service = { role = "agent", time = { exponential = "1 min" } }, next = "answered" }
//!     stage.answered = { exit = true }
//!     centre.desk = { levels = { officers = 1 } }
//!     route = [{ to = "desk" }]
//! "#;
//! let files = Snapshot::of([("desk.toml".into(), text.into())].into());
//! let scenario = load_through(&files, "desk.toml".as_ref(), &Overrides::default())?;
//! let requests = sample(&scenario.model, &Settings::default(), |outcome| outcome.requests)?;
//! assert_eq!(requests.len(), 4);
//! assert!(requests.iter().all(|n| (31_000..33_500).contains(n))); // 32,256 are expected
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(missing_docs)]

mod bracket;
pub mod charts;
pub mod compare;
pub mod controls;
pub mod cost;
pub mod ends;
pub mod forecast;
pub mod format;
mod kept;
mod merged;
pub mod number;
pub mod oracle;
pub mod pairing;
pub mod parallel;
pub mod reactions;
pub mod replicate;
pub mod sample;
mod sequential;
pub mod study;
pub mod summarise;
pub mod summary;
pub mod turning;
pub mod uncertain;
pub mod verdict;
pub mod warm_up;
mod wording;

pub use compare::compare;
pub use kept::Kept;
pub use oracle::{Oracle, oracle};
pub use poolwise_measures as measures;
pub use replicate::{Replicated, Settings, Unwatched, Watch, replicate, replicate_range, run_watched};
pub use sample::{sample, sample_watched};
pub use sequential::until_precise;
pub use study::{Given, Loaded, Options, Results, Study, StudyError, Variation};
pub use summarise::summarise;
pub use uncertain::DrawError;
pub use wording::Wording;
