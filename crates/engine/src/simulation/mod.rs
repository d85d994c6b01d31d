//! One replication on one thread: event list, event loop, observers.
//!
//! The engine knows requests, stages, centres, officers and clocks, and nothing of files, threads or
//! names. A run is a function of the model and the replication's number: same model, same number,
//! same [`Outcome`], bit by bit.
//!
//! Files by concept:
//!
//! | question | file |
//! |---|---|
//! | what happens next, what at one instant | `event_list`, `instant` |
//! | the state and the loop | `sim` |
//! | what can be simulated apart, the short way for simple stations | `components`, `single_station` |
//! | where requests come from | `arrivals`, `recorded`, `varying`, `backfill`, `backfill_flow` |
//! | a run that begins in the middle of a day | `from_now`, `so_far` |
//! | delays, branches, exits, deadlines | `path` |
//! | which centre and station | `routing`, `network` |
//! | where requests wait, who is next | `station`, `queue` |
//! | who takes what, whom urgent cases cut off, for whom officers are kept free | `dispatch`, `preempt`, `reserve` |
//! | what a case asks of officers, which case they choose, teams of several roles | `ask`, `last_start`, `case_choice`, `team` |
//! | officers at work, how fast, what they have to do after, work that is done twice | `service`, `pace`, `after_work`, `copies` |
//! | what is worked on in several branches at once | `forks`, `unhindered` |
//! | rules that react to queues, officers whom they move | `triggers`, `moves` |
//! | who comes again, who is called back | `redial`, `call_backs` |
//! | where a shift begins and ends, which are due when | `shifts`, `shift_calendar` |
//! | centres and officers as they stand | `centre`, `officers` |
//! | what is recorded | `observe`, `answers`, `sums`, `integral`, `outcome`, `trace` |
//! | local time | `hours` |
//! | the checks at the end | `conservation` |

mod after_work;
mod answers;
mod arrivals;
mod ask;
mod backfill;
mod backfill_flow;
mod batch_service;
#[doc(hidden)]
pub mod bench_api;
mod call_backs;
mod case_choice;
mod centre;
mod components;
mod concurrency;
mod conservation;
mod copies;
mod dispatch;
mod event_list;
mod exceptions;
mod expected;
mod forks;
mod from_now;
mod hours;
mod instant;
pub mod integral;
mod last_start;
mod limits;
mod listed;
mod moves;
mod network;
mod observe;
mod officers;
pub mod outcome;
mod pace;
mod path;
mod preempt;
mod queue;
mod recorded;
mod redial;
mod request;
mod reserve;
mod rest;
mod rework;
mod routing;
mod service;
mod shift_calendar;
mod shifts;
mod sim;
mod single_station;
mod so_far;
mod station;
mod sums;
mod team;
mod timers;
pub mod trace;
mod triggers;
mod unhindered;
mod varying;
mod visits;

#[cfg(test)]
mod tests;

pub use limits::{DEFAULT_MEMORY, Limits, REQUEST_BYTES};
/// Rosters at an instant: levels, and the factors that exceptions put on them.
pub mod rosters {
    pub use super::shift_calendar::{factor, factors, level, on_shift_at, scaled};
}

pub use expected::expected_arrivals;
pub use outcome::Outcome;
pub use so_far::{SoFar, expected_so_far, so_far};

use crate::model::{Model, ModelError, TableOrder};
use crate::time::DAY;
use thiserror::Error;

/// A run that cannot be trusted.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Failure {
    /// Something does not add up: a fault of the program.
    #[error(
        "the run's books do not balance: {what} should be {expected}, but is {found}; this is a fault of the program, \
         please report it with the scenario"
    )]
    Unbalanced {
        /// Which count or sum.
        what: String,
        /// What it should be.
        expected: f64,
        /// What it is.
        found: f64,
    },
    /// A request that no routing rule takes.
    #[error(
        "no routing rule takes a request of class {class} from area {area} at stage {stage}; add a rule without hours \
         and share that sends it to a centre"
    )]
    NoRoute {
        /// Name of the stage.
        stage: String,
        /// Name of the request's class.
        class: String,
        /// Name of the area it comes from.
        area: String,
    },
    /// A model that does not hold together, or has more than the engine can number or hold.
    #[error(transparent)]
    Invalid(#[from] ModelError),
    /// More requests are in the system than memory is allowed for.
    #[error("{}", too_many(*requests, *rows, *seconds, centre.as_ref(), *memory))]
    TooManyRequests {
        /// How many there are.
        requests: u64,
        /// Instants that are kept of all requests, where these take more of the memory: of a run with a trace.
        rows: Option<u64>,
        /// When, seconds after the origin.
        seconds: f64,
        /// The centre with most of them, and how many; none where most are on their way to a stage.
        centre: Option<(String, u64)>,
        /// Memory allowed, bytes.
        memory: u64,
    },
    /// Whoever asked for the run has stopped it.
    #[error("stopped before it was finished")]
    Stopped,
}

impl Failure {
    /// Whether the run was cut short and nothing is wrong with it: what was finished before it stands.
    pub fn cuts_short(&self) -> bool {
        matches!(self, Self::TooManyRequests { .. } | Self::Stopped)
    }
}

/// When and where a run had too many requests, and what helps.
fn too_many(
    requests: u64,
    rows: Option<u64>,
    seconds: f64,
    centre: Option<&(String, u64)>,
    memory: u64,
) -> String {
    let when = if seconds < DAY { format!("{seconds:.0} s") } else { format!("{:.1} days", seconds / DAY) };
    if let Some(rows) = rows {
        return format!(
            "after {when} the instants of all requests so far are {rows}, more than fit {} MB of memory: shorten the run, \
             lower the rate, or allow more memory",
            memory / 1_000_000
        );
    }
    let help = match centre {
        Some((name, there)) => format!(
            "{there} of them are at centre {name}, whose officers cannot keep up: give it more officers or less work, or \
             allow more memory"
        ),
        None => {
            "most of them are in delays: lower the rate, shorten the run, or allow more memory".to_owned()
        }
    };
    let megabytes = memory / 1_000_000;
    format!(
        "after {when} {requests} requests are in the system, more than fit {megabytes} MB of memory; {help}"
    )
}

/// Runs replication `replication` (from 0) of a model. With `tracing`, the outcome keeps the instants
/// of every request, which takes memory in proportion to the requests simulated.
///
/// # Errors
/// [`Failure`] when the model is [not valid](Model::validate), the run's books do not balance, a request has nowhere to go, or more requests are in the system at
/// once than [`DEFAULT_MEMORY`] is enough for.
pub fn run(model: &Model, replication: u32, tracing: bool) -> Result<Outcome, Failure> {
    run_within(model, replication, tracing, Limits::default())
}

/// [`run`] within limits of one's own: how much memory the requests in the system may take, and who may stop it.
///
/// # Errors
/// See [`run`]; and [`Failure::TooManyRequests`] or [`Failure::Stopped`] where a limit ends it.
pub fn run_within(
    model: &Model,
    replication: u32,
    tracing: bool,
    limits: Limits<'_>,
) -> Result<Outcome, Failure> {
    model.validate().map_err(Failure::Invalid)?;
    // Ties and sums go by the names in a model, never by the order in which its tables are listed.
    let order = TableOrder::of(model);
    let sorted = order.sorted(model);
    let take = |mut rows: Vec<trace::TraceRow>| {
        order.list_rows(&mut rows);
        if let Some(take) = limits.rows {
            take(rows);
        }
    };
    let within =
        Limits { rows: limits.rows.map(|_| &take as &(dyn Fn(Vec<trace::TraceRow>) + Sync)), ..limits };
    let sim = sim::Sim::new(&sorted, replication, tracing, within);
    // Arrivals of a record that were not put in order because of it are no arrivals.
    if (limits.stopped)() {
        return Err(Failure::Stopped);
    }
    let mut outcome = order.listed(model, sim.run()?);
    if let (Some(take), true) = (limits.rows, tracing) {
        take(std::mem::take(&mut outcome.trace));
    }
    Ok(outcome)
}
