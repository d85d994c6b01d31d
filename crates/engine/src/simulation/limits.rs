//! What a run may take, and who may stop it.

use super::observe::Observer;
use super::request::Phase;
use super::sim::Sim;
use super::{Failure, trace::TraceRow};

/// Memory counted for a request in the system, bytes: its record, its event and its place among the free ones, times what
/// a growing list takes while it moves. The same number on every machine, so that a run ends at the same request.
pub const REQUEST_BYTES: u64 = 1_000;
/// Memory where nobody says otherwise: 2 GB, which is two million requests in the system at once.
pub const DEFAULT_MEMORY: u64 = 2_000_000_000;
/// Events between two looks at the limits: some milliseconds.
pub(super) const BATCH: u64 = 16_384;

/// What a run may take, and who may stop it.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// Most memory for the requests in the system, and for the instants of all requests where they are kept; bytes.
    pub memory: u64,
    /// Asked every some thousand events: whether to leave the run unfinished.
    pub stopped: &'a (dyn Fn() -> bool + Sync),
    /// Of a run with a trace: takes its rows every some thousand events and at the end, so that they are not held; the
    /// outcome's own trace is then empty.
    pub rows: Option<&'a (dyn Fn(Vec<TraceRow>) + Sync)>,
}

impl Default for Limits<'_> {
    fn default() -> Self {
        Self { memory: DEFAULT_MEMORY, stopped: &|| false, rows: None }
    }
}

impl Limits<'_> {
    /// So much memory, and nobody who stops it.
    pub fn of_memory(memory: u64) -> Self {
        Self { memory, ..Self::default() }
    }

    /// Requests that may be in the system at once.
    pub fn requests(&self) -> u64 {
        self.memory / REQUEST_BYTES
    }
}

/// Chains of delays, each worked out within one event however long it is, under the eyes of whoever may stop the run.
pub(super) struct Chains<'a> {
    /// Asked every so often.
    stopped: &'a (dyn Fn() -> bool + Sync),
    /// Delays passed so far, all chains together.
    passed: u32,
    /// Whether one was left unfinished.
    pub cut: bool,
}

impl<'a> Chains<'a> {
    pub(super) fn new(stopped: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self { stopped, passed: 0, cut: false }
    }

    /// Whether a chain goes on with another delay.
    #[inline(always)]
    pub(super) fn go_on(&mut self) -> bool {
        self.passed = self.passed.wrapping_add(1);
        self.passed.trailing_zeros() < 16 || self.look()
    }

    #[cold]
    fn look(&mut self) -> bool {
        self.cut = (self.stopped)();
        if self.cut {
            // The next chain looks at its first delay, so that what is left of a batch of events is done with at once.
            self.passed = self.passed.wrapping_sub(1);
        }
        !self.cut
    }
}

impl<'m> Observer<'m> {
    /// The same under the eyes of whoever may stop the run.
    pub(super) fn stopped_by(mut self, stopped: &'m (dyn Fn() -> bool + Sync)) -> Self {
        self.chains = Chains::new(stopped);
        self
    }
}

impl Sim<'_> {
    /// Ends the run as stopped where a chain of delays was left unfinished.
    pub(super) fn end_where_cut(&mut self) {
        if self.obs.chains.cut && self.failure.is_none() {
            self.fail(Failure::Stopped);
        }
    }

    /// Looks at the limits: ends the run where one is reached. Counted are requests and rows, never the clock, so that
    /// a run that ends for want of memory does so at the same event on every machine.
    #[cold]
    pub(super) fn look_at_limits(&mut self) {
        if self.failure.is_some() {
            return;
        }
        if (self.limits.stopped)() {
            self.fail(Failure::Stopped);
            return;
        }
        if let Some(take) = self.limits.rows
            && !self.obs.out.trace.is_empty()
        {
            take(std::mem::take(&mut self.obs.out.trace));
        }
        let (requests, rows) = (self.requests.most() * REQUEST_BYTES, self.obs.out.trace.len() as u64);
        let kept = rows * 2 * size_of::<TraceRow>() as u64;
        if requests + kept > self.limits.memory {
            self.fail(self.too_many((kept > requests).then_some(rows)));
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.failure = Some(failure);
        self.stop = f64::NEG_INFINITY;
    }

    /// Names the centre where most of the requests are, or says that they are on their way.
    fn too_many(&self, rows: Option<u64>) -> Failure {
        let mut at = vec![0_u64; self.centres.len()];
        let mut all = 0;
        for (_, r) in self.requests.iter() {
            all += 1;
            if r.phase != Phase::Underway
                && let Some(here) = at.get_mut(usize::from(r.centre))
            {
                *here += 1;
            }
        }
        let under_way = all - at.iter().sum::<u64>();
        // The first of those with most of them.
        let most = (0..at.len()).rev().max_by_key(|c| at[*c]).filter(|c| at[*c] > under_way);
        Failure::TooManyRequests {
            requests: all,
            rows,
            seconds: self.now,
            centre: most.map(|c| (self.model.centres[c].name.clone(), at[c])),
            memory: self.limits.memory,
        }
    }
}
