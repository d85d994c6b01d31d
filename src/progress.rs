//! Progress for logs and pipes: a line a minute.

use poolwise_report::folder::elapsed;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time between two lines.
const EVERY: Duration = Duration::from_secs(60);

/// Counts steps and says now and then how far they are.
#[derive(Debug)]
pub(crate) struct Lines {
    steps: Option<u64>,
    what: &'static str,
    done: AtomicU64,
    started: Instant,
    last: Mutex<Instant>,
}

impl Lines {
    /// Of so many steps, where that is known.
    pub(crate) fn new(steps: Option<u64>, what: &'static str) -> Self {
        let now = Instant::now();
        Self { steps, what, done: AtomicU64::new(0), started: now, last: Mutex::new(now) }
    }

    /// One step more; a line if it is time for one.
    pub(crate) fn step(&self) -> Option<String> {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.at(done, self.steps)
    }

    /// So many steps are done of so many; a line if it is time for one.
    pub(crate) fn at(&self, done: u64, steps: Option<u64>) -> Option<String> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() < EVERY {
            return None;
        }
        *last = Instant::now();
        Some(line(done, steps, self.what, self.started.elapsed().as_secs_f64()))
    }
}

/// `12 of 60 replications, 3 min 0 s gone, about 12 min 0 s left`
fn line(done: u64, steps: Option<u64>, what: &str, seconds: f64) -> String {
    let gone = elapsed(seconds);
    match steps {
        Some(steps) if done > 0 && steps >= done => {
            let left = elapsed(seconds * (steps - done) as f64 / done as f64);
            format!("{done} of {steps} {what}, {gone} gone, about {left} left")
        }
        Some(steps) => format!("{done} of {steps} {what}, {gone} gone"),
        None => format!("{done} {what}, {gone} gone"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_left() {
        assert_eq!(
            line(12, Some(60), "replications", 180.0),
            "12 of 60 replications, 3 min 0 s gone, about 12 min 0 s left"
        );
        assert_eq!(line(0, Some(60), "points", 90.0), "0 of 60 points, 1 min 30 s gone");
        assert_eq!(line(5, None, "replications", 61.0), "5 replications, 1 min 1 s gone");
        assert!(Lines::new(None, "points").step().is_none(), "not before a minute has passed");
    }
}
