//! Replications of one scenario on all cores, folded in their order.
//!
//! Threads take replications as they become free; results are folded strictly by number, so sums and
//! files are the same for any number of threads, and memory holds a few outcomes at a time whatever
//! the number of replications.

use super::controls::Controls;
use super::measures::{Key, Rosters, Value, names, values};
use super::merged::MergedSummary;
use super::parallel::{self, Workers};
use poolwise_engine::model::Model;
use poolwise_engine::{DEFAULT_MEMORY, Failure, Limits, Outcome, trace::TraceRow};
use std::ops::ControlFlow;
use std::sync::OnceLock;

/// How to replicate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Threads; all cores where `None`.
    pub threads: Option<usize>,
    /// Keep the instants of every request of the first replication.
    pub trace: bool,
    /// Confidence of intervals.
    pub confidence: f64,
    /// A number of replications that is to be found looks at controlled estimates.
    pub controls: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { threads: None, trace: false, confidence: 0.95, controls: false }
    }
}

/// Watches a study, a search for staff or a sweep, and can stop it between replications.
pub trait Watch: Sync {
    /// One replication is finished, having simulated so many requests.
    fn replication_done(&self, requests: u64);
    /// What a replication left behind, before it is folded into the sums: for statistics of one's own. Replications come
    /// in the order of their numbers.
    fn outcome(&self, _model: &Model, _outcome: &Outcome) {}
    /// Whether to stop: replications under way are left within some thousand events, no more are begun. Asked from
    /// any thread, often.
    fn stopped(&self) -> bool;
    /// Work now turns to this scenario.
    fn turn_to(&self, _scenario: &str) {}
    /// A sweep begins: points of the selection, those of them that are finished, and replications that are due (with a
    /// precision: at least).
    fn points(&self, _points: usize, _finished: usize, _replications: u64) {}
    /// One point of a sweep is finished.
    fn point_done(&self) {}
    /// Something worth telling whoever waits.
    fn note(&self, _text: &str) {}
    /// Memory that the requests in the system of one replication may take, bytes.
    fn memory(&self) -> u64 {
        DEFAULT_MEMORY
    }
}

/// A replication of a model as `watch` allows: the engine asks it whether to stop.
///
/// # Errors
/// The engine's [`Failure`].
pub fn run_watched(
    model: &Model,
    replication: u32,
    trace: bool,
    watch: &dyn Watch,
) -> Result<Outcome, Failure> {
    let limits = Limits { memory: watch.memory(), stopped: &|| watch.stopped(), ..Limits::default() };
    poolwise_engine::run_within(model, replication, trace, limits)
}

/// Watches nothing and never stops.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn replication_done(&self, _requests: u64) {}
    fn stopped(&self) -> bool {
        false
    }
}

/// Finished replications of a scenario.
#[derive(Debug, Clone)]
pub struct Replicated {
    /// Measures in their order.
    pub keys: Vec<Key>,
    /// Values by replication, in the order of `keys`.
    pub values: Vec<Vec<Value>>,
    /// Sums over replications behind pictures and hourly files.
    pub merged: MergedSummary,
    /// Replications asked for.
    pub planned: u32,
    /// Confidence of intervals.
    pub confidence: f64,
    /// Requests simulated in all.
    pub requests: u64,
    /// Events handled in all.
    pub events: u64,
    /// Instants of the first replication's requests, where asked for.
    pub trace: Vec<TraceRow>,
    /// Who is on duty, once a replication has been folded: the same for all of them.
    pub(crate) rosters: Option<Rosters>,
    /// Why there are fewer replications than planned, where memory was not enough for the next.
    pub cut_short: Option<Failure>,
    /// What is known of their arrivals, where [`control_together`](crate::controls::control_together) was asked for it.
    pub controls: Option<Controls>,
    /// Positions in the order of their keys, once many are asked for.
    pub(crate) order: OnceLock<Vec<usize>>,
}

/// With so many measures, of thousands of centres, positions are found by halving.
const INDEXED: usize = 2000;

impl Replicated {
    /// Replications that have been folded in so far.
    pub fn replications(&self) -> u32 {
        self.values.len() as u32
    }

    /// Position of a measure.
    pub fn position(&self, key: &Key) -> Option<usize> {
        if self.keys.len() < INDEXED {
            return self.keys.iter().position(|k| k == key);
        }
        let order = self.order.get_or_init(|| {
            let mut order: Vec<usize> = (0..self.keys.len()).collect();
            order.sort_by(|a, b| self.keys[*a].cmp(&self.keys[*b]));
            order
        });
        let at = order.partition_point(|i| self.keys[*i] < *key);
        order.get(at).copied().filter(|i| self.keys[*i] == *key)
    }
}

/// Runs all replications of a model. When `watch` stops it, or one of them needs more memory than it allows, the
/// finished replications up to the first gap are kept ([`Replicated::cut_short`] tells which it was).
///
/// # Errors
/// The engine's [`Failure`] of the lowest-numbered replication that failed.
pub fn replicate(model: &Model, settings: &Settings, watch: &dyn Watch) -> Result<Replicated, Failure> {
    replicate_range(model, 0..model.run.replications, settings, watch)
}

/// Runs the replications of a range, as [`replicate`] does.
///
/// # Errors
/// See [`replicate`].
pub fn replicate_range(
    model: &Model,
    range: std::ops::Range<u32>,
    settings: &Settings,
    watch: &dyn Watch,
) -> Result<Replicated, Failure> {
    let mut all = Replicated::none(model, settings);
    extend(model, &mut all, range, settings, watch)?;
    Ok(all)
}

/// Runs the replications of a range and folds them into `all`, as if they had been run with those before:
/// the same bits as in one go.
///
/// # Errors
/// See [`replicate`]; `all` then holds the replications up to the one that failed.
pub fn extend(
    model: &Model,
    all: &mut Replicated,
    range: std::ops::Range<u32>,
    settings: &Settings,
    watch: &dyn Watch,
) -> Result<(), Failure> {
    all.planned += range.end - range.start;
    let mut failure = None;
    let stopped = || watch.stopped();
    let workers = Workers { threads: settings.threads, stopped: &stopped };
    parallel::ordered(
        range.start as usize..range.end as usize,
        workers,
        |k| run_watched(model, k as u32, settings.trace && k == 0, watch),
        |_, outcome| match outcome {
            Ok(outcome) => {
                watch.replication_done(outcome.requests);
                watch.outcome(model, &outcome);
                all.fold(model, outcome);
                ControlFlow::Continue(())
            }
            // What was finished before stands.
            Err(Failure::Stopped) => ControlFlow::Break(()),
            Err(e) if e.cuts_short() => {
                all.cut_short = Some(e);
                ControlFlow::Break(())
            }
            Err(e) => {
                failure = Some(e);
                ControlFlow::Break(())
            }
        },
    );
    failure.map_or(Ok(()), Err)
}

impl Replicated {
    /// Nothing run yet.
    pub fn none(model: &Model, settings: &Settings) -> Self {
        Self {
            keys: Vec::new(),
            values: Vec::new(),
            merged: MergedSummary::new(model),
            planned: 0,
            confidence: settings.confidence,
            requests: 0,
            events: 0,
            trace: Vec::new(),
            rosters: None,
            cut_short: None,
            controls: None,
            order: OnceLock::new(),
        }
    }

    /// Adds one replication, the next by its number.
    pub(crate) fn fold(&mut self, model: &Model, mut outcome: Outcome) {
        self.trace.append(&mut outcome.trace);
        self.add(model, &outcome);
    }

    /// Adds one replication, the next by its number, but for its requests' instants.
    pub fn add(&mut self, model: &Model, outcome: &Outcome) {
        let rosters = self.rosters.get_or_insert_with(|| Rosters::of(model));
        if self.keys.is_empty() {
            self.keys = names(model, outcome);
            self.order = OnceLock::new();
        }
        self.values.push(values(model, outcome, rosters));
        self.requests += outcome.requests;
        self.events += outcome.events;
        self.merged.add(model, outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{Model, Pool};
    use poolwise_engine::random::Sampler;
    use std::sync::Mutex;

    struct Notes(Mutex<Vec<u32>>);

    impl Watch for Notes {
        fn replication_done(&self, _requests: u64) {}
        fn outcome(&self, _model: &Model, outcome: &Outcome) {
            if let Ok(mut numbers) = self.0.lock() {
                numbers.push(outcome.replication);
            }
        }
        fn stopped(&self) -> bool {
            false
        }
    }

    #[test]
    fn outcomes_are_shown_in_the_order_of_their_numbers() {
        let model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        for threads in [1, 4] {
            let notes = Notes(Mutex::default());
            let settings = Settings { threads: Some(threads), ..Settings::default() };
            replicate_range(&model, 3..20, &settings, &notes).expect("a run");
            assert_eq!(notes.0.into_inner().expect("no panic"), (3..20).collect::<Vec<_>>());
        }
    }
}
