//! Progress for logs and pipes: a line a minute.

use poolwise_report::folder::elapsed;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Time between two lines.
const EVERY: Duration = Duration::from_secs(60);

/// Counts steps and says now and then how far they are.
#[derive(Debug)]
pub(crate) struct Lines {
    /// How many there will be, 0 where nobody knows.
    steps: AtomicU64,
    what: &'static str,
    done: AtomicU64,
    started: Instant,
    last: Mutex<Instant>,
}

impl Lines {
    /// Of so many steps, where that is known.
    pub(crate) fn new(steps: Option<u64>, what: &'static str) -> Self {
        let now = Instant::now();
        let steps = AtomicU64::new(steps.unwrap_or(0));
        Self { steps, what, done: AtomicU64::new(0), started: now, last: Mutex::new(now) }
    }

    /// One step more; a line if it is time for one, with `parts` in the place of what nobody knows.
    pub(crate) fn step(&self, parts: Option<&Parts>) -> Option<String> {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.due(done, parts)
    }

    /// So many steps are done of so many; a line if it is time for one.
    pub(crate) fn at(&self, done: u64, steps: u64) -> Option<String> {
        self.steps.store(steps, Ordering::Relaxed);
        self.done.store(done, Ordering::Relaxed);
        self.due(done, None)
    }

    fn due(&self, done: u64, parts: Option<&Parts>) -> Option<String> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() < EVERY {
            return None;
        }
        *last = Instant::now();
        let steps = Some(self.steps.load(Ordering::Relaxed)).filter(|n| *n > 0);
        let line = line(done, steps, self.what, self.started.elapsed().as_secs_f64());
        Some(parts.map_or_else(|| line.clone(), |parts| format!("{line}, {}", parts.words())))
    }
}

/// How far a search is of which nobody knows how many replications it takes: by its parts, scenarios one after the other, which
/// take about as long as each other.
#[derive(Debug)]
pub(crate) struct Parts {
    count: usize,
    started: Instant,
    now: Mutex<Part>,
}

/// The part that is under way.
#[derive(Debug, Default)]
struct Part {
    /// Names of the parts so far, this one last.
    names: Vec<String>,
    /// Seconds that those before it took.
    before: f64,
}

impl Parts {
    /// So many parts, the first of which begins now.
    pub(crate) fn new(count: usize) -> Self {
        Self { count, started: Instant::now(), now: Mutex::default() }
    }

    /// Work turns to this part; to one that was begun before it may turn again.
    pub(crate) fn turn_to(&self, name: &str) {
        let mut now = self.now();
        if now.names.iter().all(|known| known != name) {
            now.names.push(name.to_owned());
            now.before = self.started.elapsed().as_secs_f64();
        }
    }

    /// `today, part 2 of 3, about 1 min 10 s left`
    pub(crate) fn words(&self) -> String {
        let now = self.now();
        let (part, name) = (now.names.len(), now.names.last().map_or("", String::as_str));
        let left = left_of(self.count, part, now.before, self.started.elapsed().as_secs_f64());
        let left = left.map_or_else(String::new, |left| format!(", about {} left", elapsed(left)));
        format!("{name}, part {part} of {}{left}", self.count)
    }

    fn now(&self) -> MutexGuard<'_, Part> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Seconds left in the `part`th of `count` parts, if each takes as long as those before it did on average; a part that takes longer
/// ends any moment. `None` in the first, of which nobody knows.
fn left_of(count: usize, part: usize, before: f64, gone: f64) -> Option<f64> {
    let mean = before / part.checked_sub(1).filter(|n| *n > 0)? as f64;
    Some(mean * count.saturating_sub(part) as f64 + (mean - (gone - before)).max(0.0))
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
        assert!(Lines::new(None, "points").step(None).is_none(), "not before a minute has passed");
    }

    #[test]
    fn of_a_search_the_parts_say_what_is_left() {
        assert_eq!(left_of(3, 1, 0.0, 20.0), None);
        assert_eq!(left_of(3, 2, 60.0, 80.0), Some(100.0));
        assert_eq!(left_of(3, 3, 90.0, 200.0), Some(0.0));
        let parts = Parts::new(3);
        for name in ["today", "today", "night desk"] {
            parts.turn_to(name);
        }
        assert!(parts.words().starts_with("night desk, part 2 of 3, about "), "{}", parts.words());
    }
}
