//! Ties a sweep to the progress bar and to Ctrl-C.

use crate::printer::Printer;
use crate::stop::Stop;
use poolwise_report::folder::elapsed;
use poolwise_study::Watch;
use poolwise_sweep::store::Health;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Watches a sweep.
pub(super) struct SweepWatcher<'a> {
    printer: &'a Printer,
    stop: &'a Stop,
    memory: u64,
    clock: Instant,
    expected: AtomicU64,
    done: AtomicU64,
    requests: AtomicU64,
}

impl<'a> SweepWatcher<'a> {
    /// Begins to watch.
    pub(super) fn new(printer: &'a Printer, stop: &'a Stop, memory: u64) -> Self {
        let zero = || AtomicU64::new(0);
        Self {
            printer,
            stop,
            memory,
            clock: Instant::now(),
            expected: zero(),
            done: zero(),
            requests: zero(),
        }
    }
}

impl Watch for SweepWatcher<'_> {
    fn points(&self, points: usize, finished: usize, replications: u64) {
        self.expected.store(replications, Ordering::Relaxed);
        self.printer.points(points as u64, finished as u64);
        if finished > 0 {
            self.printer.note(&format!("{finished} of {points} points are finished already."));
        }
    }

    fn note(&self, text: &str) {
        self.printer.note(text);
    }

    fn replication_done(&self, requests: u64) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let requests = self.requests.fetch_add(requests, Ordering::Relaxed) + requests;
        let seconds = self.clock.elapsed().as_secs_f64();
        let expected = self.expected.load(Ordering::Relaxed);
        // With a precision there may be more than is known of; then nobody can say.
        let left = match expected.checked_sub(done) {
            Some(left) => format!("{} left", elapsed(seconds / done as f64 * left as f64)),
            None => "until precise".to_owned(),
        };
        let rate = requests as f64 / seconds.max(1e-3) / 1e6;
        self.printer.progress_on(&format!("{rate:.1} M requests/s, {left}"));
    }

    fn point_done(&self) {
        self.printer.step();
    }

    fn stopped(&self) -> bool {
        self.stop.asked()
    }

    fn memory(&self) -> u64 {
        self.memory
    }
}

/// What is wrong with a shard file, in a few words.
pub(super) fn ailment(health: Health) -> String {
    if health.headless {
        "its beginning is damaged; all of it counts as missing".to_owned()
    } else if health.damaged > 0 {
        match health.damaged {
            1 => "1 damaged record counts as missing".to_owned(),
            n => format!("{n} damaged records count as missing"),
        }
    } else {
        "ends in the middle of a record (being written, or cut off)".to_owned()
    }
}
