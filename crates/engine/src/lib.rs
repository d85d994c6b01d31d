//! The poolwise engine: one replication of a queueing network whose servers keep shifts.
//!
//! Requests (customers, calls, tickets) of several classes arrive from areas, go through stages of service and delay, and
//! leave by an exit. Services are done by officers (servers, agents) of a role at a centre (site), who come and go by
//! shifts or levels; ordered rules say which centre does the work. [`run`] simulates a [`model::Model`] and returns an
//! [`Outcome`]: same model, same replication number, same bits, on every machine. Nothing here reads files, starts
//! threads or prints, and few packages are built with it; `poolwise-study` adds scenario files, replications on all
//! processors, intervals and comparisons.
//!
//! # The life of a replication
//! 1. A [model](model::Model) is built once, here by a [builder](model::ModelBuilder), and [validated](model::Model::validate):
//!    indices, probabilities, limits on counts, an exit that everybody reaches.
//! 2. [`run`] gives each source of arrivals a stream of random numbers of its own by (seed, replication, name of the
//!    source). Each request draws its times and branches by itself, keyed by stage and visit, so that it has the same
//!    draws whatever the staffing is ([`random`]).
//! 3. Events are handled in the order of time, those of one instant in a written order: services end, deadlines pass,
//!    rosters change, requests reach stages. The warm-up runs first, and nothing of it is counted.
//! 4. At the end all requests that came in must have left or be inside, and officers must have been busy as long as
//!    service was given: books that do not balance are a [`Failure`].
//! 5. The [outcome](Outcome) has sums and counts, never ratios, so that sums over replications are those of one long
//!    run. Times are in seconds.
//!
//! # Examples
//! One queue: 24 calls an hour, two minutes each in the mean, one agent. The waits are those of M/M/1.
//! ```
//! use poolwise_engine::model::{ModelBuilder, Pool};
//! use poolwise_engine::random::Sampler;
//! use poolwise_engine::time::WEEK;
//!
//! let mut builder = ModelBuilder::one_queue(24.0, Sampler::Exponential(120.0), vec![Pool::level(1, 1)]);
//! builder.edit().run.horizon = 52.0 * WEEK;
//! let model = builder.build()?;
//! let outcome = poolwise_engine::run(&model, 0, false)?;
//! let waits = &outcome.centres[0].waits[0];
//! let mean = waits.sum / waits.started as f64;
//! // Load 0.8: 0.8 / (1 - 0.8) service times of 120 seconds.
//! assert!((mean - 480.0).abs() < 25.0, "{mean}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Two centres with shifts: a local one by day, a central one that is always there and takes what comes at night.
//! ```
//! use poolwise_engine::model::{ShiftLine, ModelBuilder, Pool, Destination, Window};
//! use poolwise_engine::random::Sampler;
//! use poolwise_engine::time::HOUR;
//!
//! let mut builder = ModelBuilder::new("two centres");
//! let officer = builder.role("officer");
//! let done = builder.end("done");
//! let work = builder.service("work", officer, Sampler::Exponential(0.5 * HOUR));
//! builder.lead(work, &[(done, 1.0)]);
//! builder.class("case", 6.0 / HOUR, work);
//! let by_day = ShiftLine::weekly("day", [5; 7], 8.0, 12.0);
//! let local = builder.centre("local", vec![Pool::crews(1 << officer, vec![by_day])]);
//! let central = builder.centre("central", vec![Pool::level(1 << officer, 5)]);
//! builder.route(Destination::Centre(local)).window = Window::Open;
//! builder.route(Destination::Centre(central));
//! let model = builder.build()?;
//! let outcome = poolwise_engine::run(&model, 0, false)?;
//! let share = outcome.stages[work].completed[local] as f64 / outcome.total.done as f64;
//! assert!((share - 0.5).abs() < 0.05, "{share}"); // twelve of twenty-four hours
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Statistics of your own, from the outcomes of several replications: how much the busiest of ten differs from the idlest.
//! ```
//! use poolwise_engine::integral::Count;
//! use poolwise_engine::model::{ModelBuilder, Pool};
//! use poolwise_engine::random::Sampler;
//!
//! let model = ModelBuilder::one_queue(6.0, Sampler::log_normal(600.0, 1.2), vec![Pool::level(1, 2)]).build()?;
//! let mut busy = Vec::new();
//! for replication in 0..10 {
//!     let outcome = poolwise_engine::run(&model, replication, false)?;
//!     let integrals = &outcome.centres[0].integrals;
//!     busy.push(integrals.total(0, Count::Busy) / integrals.total(0, Count::OnDuty));
//! }
//! busy.sort_by(f64::total_cmp);
//! assert!(busy[0] > 0.4 && busy[9] < 0.6, "{busy:?}"); // half busy in the mean
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Where is what: where a shift ends is in `simulation/shifts.rs`, who is next in `simulation/queue.rs`, which centre a
//! request goes to in `simulation/routing.rs`, how times are drawn in `random/sampler.rs`.
#![warn(missing_docs)]

#[doc(hidden)]
pub use simulation::bench_api;
pub use simulation::{
    DEFAULT_MEMORY, Failure, Limits, Outcome, REQUEST_BYTES, SoFar, expected_arrivals, expected_so_far,
    integral, outcome, rosters, run, run_within, so_far, trace,
};

pub mod histogram;
pub mod model;
pub mod random;
mod simulation;
pub mod time;
