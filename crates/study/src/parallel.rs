//! Tasks on several threads, their results in order: the one place that starts threads for simulation.
//!
//! Threads take tasks as they become free, short ones by several at a time; results are handed on strictly by number, so
//! whatever is folded from them is the same for any number of threads. Nobody runs far ahead of a slow task, so memory holds
//! a few results at a time whatever the number of tasks. Where no thread can be had (a browser, or a system that has
//! reached its limit) the tasks run on the caller's.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// Takings that may wait for an earlier one, for each thread: enough that nobody stands idle behind a task of
/// twice the usual length.
const AHEAD: usize = 4;

/// What a thread takes at once should last so long: to wake another thread for each result of a task of less costs as much as the task.
const TAKING: Duration = Duration::from_millis(1);

/// The most tasks that are taken at once.
const MOST: usize = 64;

/// How often somebody who waits for a task looks whether the user wants to stop.
const ASK: Duration = Duration::from_millis(20);

/// How tasks are run: on how many threads, and who may stop them.
#[derive(Clone, Copy)]
pub struct Workers<'a> {
    /// Threads; one for each processor where `None`.
    pub threads: Option<usize>,
    /// Whether to stop: tasks under way are finished, no more are begun.
    pub stopped: &'a (dyn Fn() -> bool + Sync),
}

impl Workers<'_> {
    /// So many threads, or one for each processor, which nobody stops.
    pub(crate) fn new(threads: Option<usize>) -> Self {
        Self { threads, stopped: &|| false }
    }
}

/// How many threads so many tasks are worth: those asked for or else one for each processor, never more than
/// tasks, at least one.
pub(crate) fn threads(asked: Option<usize>, tasks: usize) -> usize {
    if tasks <= 1 {
        return 1;
    }
    asked.unwrap_or_else(processors).clamp(1, tasks)
}

/// Processors that this process may use, asked for once: to look it up takes as long as a small simulation.
fn processors() -> usize {
    static ALL: OnceLock<usize> = OnceLock::new();
    *ALL.get_or_init(|| thread::available_parallelism().map_or(1, usize::from))
}

/// Does `task` for every number of `range`, and hands the results to `take` on this thread in ascending order,
/// without a gap. When `take` breaks, or the workers are stopped, no more tasks are begun; results after the
/// break or the first task left out are dropped.
pub fn ordered<T: Send>(
    range: Range<usize>,
    workers: Workers<'_>,
    task: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(usize, T) -> ControlFlow<()>,
) {
    let threads = threads(workers.threads, range.len());
    if threads > 1 {
        let line = Pipeline::new(range.clone(), threads);
        let begun = thread::scope(|scope| {
            let work = || line.work(workers, &task);
            let spawned = (0..threads).map(|_| thread::Builder::new().spawn_scoped(scope, work));
            let begun = spawned.filter(Result::is_ok).count();
            if begun > 0 {
                line.hand_on(begun, workers, &mut take);
            }
            begun
        });
        if begun > 0 {
            return;
        }
    }
    for k in range {
        if (workers.stopped)() || take(k, task(k)).is_break() {
            break;
        }
    }
}

/// The results of `task` for `0..count`, in this order; nobody stops it.
pub fn all<T: Send>(count: usize, threads: Option<usize>, task: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let mut out = Vec::with_capacity(count);
    ordered(0..count, Workers::new(threads), task, |_, one| {
        out.push(one);
        ControlFlow::Continue(())
    });
    out
}

/// What a task comes to that cannot be asked to stop, such as a solver's; `None` once the user stops it. The task is then left to
/// its thread, and nobody takes its result. Where no thread can be had it is done on the caller's, to its end.
pub fn unless_stopped<T: Send + 'static>(
    stopped: &dyn Fn() -> bool,
    task: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let task = Arc::new(Mutex::new(Some(task)));
    let theirs = Arc::clone(&task);
    let (tell, told) = mpsc::channel();
    let work = move || {
        let task = theirs.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Nobody listens any more where it was stopped.
        task.map(|task| tell.send(task()).is_ok())
    };
    let Ok(worker) = thread::Builder::new().spawn(work) else {
        let task = task.lock().unwrap_or_else(PoisonError::into_inner).take();
        return task.map(|task| task());
    };
    loop {
        match told.recv_timeout(ASK) {
            Ok(result) => return Some(result),
            Err(mpsc::RecvTimeoutError::Timeout) if stopped() => return None,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => match worker.join() {
                Err(panic) => std::panic::resume_unwind(panic),
                Ok(_) => return None,
            },
        }
    }
}

/// The first error in the order of the numbers `0..count`, with its number.
pub fn first_error<E: Send>(
    count: usize,
    threads: Option<usize>,
    test: impl Fn(usize) -> Result<(), E> + Sync,
) -> Option<(usize, E)> {
    let mut first = None;
    ordered(0..count, Workers::new(threads), test, |k, one| match one {
        Ok(()) => ControlFlow::Continue(()),
        Err(e) => {
            first = Some((k, e));
            ControlFlow::Break(())
        }
    });
    first
}

/// Tasks and results on their way from the workers to the caller.
struct Pipeline<T> {
    state: Mutex<PipelineState<T>>,
    /// For the caller: the result that is due has come, or a worker has left.
    came: Condvar,
    /// For workers: there is room for more results, or no task is begun any more.
    room: Condvar,
    end: usize,
    threads: usize,
}

struct PipelineState<T> {
    /// The next task that nobody has begun.
    next: usize,
    /// The next result to be handed on.
    due: usize,
    /// Results that wait for earlier ones, by the number of the first of each few.
    early: BTreeMap<usize, Vec<T>>,
    /// Workers that have left.
    left: usize,
    /// No task is begun any more.
    closed: bool,
}

/// Counts a worker as gone, in whatever way it goes: the caller must not wait for one that has panicked.
struct PipelineLeave<'a, T>(&'a Pipeline<T>);

impl<T> Drop for PipelineLeave<'_, T> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.left += 1;
        state.closed |= thread::panicking();
        self.0.came.notify_all();
        self.0.room.notify_all();
    }
}

impl<T> Pipeline<T> {
    fn new(range: Range<usize>, threads: usize) -> Self {
        let state = PipelineState {
            next: range.start,
            due: range.start,
            early: BTreeMap::new(),
            left: 0,
            closed: false,
        };
        let (came, room) = (Condvar::new(), Condvar::new());
        Self { state: Mutex::new(state), came, room, end: range.end, threads }
    }

    fn lock(&self) -> MutexGuard<'_, PipelineState<T>> {
        // A panic takes the scope with it, so what a poisoned lock guards is never used.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A worker's day.
    fn work(&self, workers: Workers<'_>, task: &impl Fn(usize) -> T) {
        let _leaving = PipelineLeave(self);
        let mut size = 1;
        while let Some(tasks) = self.begin(workers, size) {
            let (mut first, mut results, mut since) = (tasks.start, Vec::new(), Instant::now());
            for k in tasks.clone() {
                results.push(task(k));
                let spent = since.elapsed();
                if spent < TAKING && k + 1 < tasks.end {
                    continue;
                }
                size = size_of(spent, results.len(), size);
                self.hand_in(first, std::mem::take(&mut results));
                // Whoever stops them need not wait for the rest: what is left out ends what is handed on.
                if k + 1 < tasks.end && (workers.stopped)() {
                    return;
                }
                (first, since) = (k + 1, Instant::now());
            }
        }
    }

    fn hand_in(&self, first: usize, results: Vec<T>) {
        let mut state = self.lock();
        state.early.insert(first, results);
        if state.due == first {
            self.came.notify_one();
        }
    }

    /// The next tasks, at most `size`, once they are not too far ahead.
    fn begin(&self, workers: Workers<'_>, size: usize) -> Option<Range<usize>> {
        let mut state = self.lock();
        loop {
            if state.closed || state.next >= self.end || (workers.stopped)() {
                return None;
            }
            let ahead = state.due + self.threads * AHEAD * size;
            if state.next < ahead {
                // Towards the end fewer, so that all threads end together.
                let share = (self.end - state.next).div_ceil(2 * self.threads);
                let first = state.next;
                state.next += size.min(ahead - first).min(share);
                return Some(first..state.next);
            }
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Hands results on as they come, until all workers that have `begun` have left. Who stops them may want to be asked
    /// on this thread, as an interpreter does that hears of Ctrl-C on its first thread alone.
    fn hand_on(
        &self,
        begun: usize,
        workers: Workers<'_>,
        take: &mut impl FnMut(usize, T) -> ControlFlow<()>,
    ) {
        let mut state = self.lock();
        loop {
            let due = state.due;
            if let Some(results) = state.early.remove(&due).filter(|_| !state.closed) {
                state.due += results.len();
                self.room.notify_all();
                drop(state);
                let on = results.into_iter().zip(due..).try_for_each(|(result, k)| take(k, result));
                // Asked here too: where results come all the time nobody waits.
                (workers.stopped)();
                state = self.lock();
                if on.is_break() {
                    state.closed = true;
                    self.room.notify_all();
                }
            } else if state.left == begun {
                return;
            } else {
                let (held, waited) =
                    self.came.wait_timeout(state, ASK).unwrap_or_else(PoisonError::into_inner);
                state = held;
                if waited.timed_out() {
                    drop(state);
                    (workers.stopped)();
                    state = self.lock();
                }
            }
        }
    }
}

/// How many tasks to take next, where `done` of them took so long: at most twice as many as before, for the next may be longer.
fn size_of(spent: Duration, done: usize, before: usize) -> usize {
    let each = spent.as_nanos() / done as u128;
    let fit = TAKING.as_nanos().checked_div(each).unwrap_or(u128::MAX);
    usize::try_from(fit).unwrap_or(MOST).clamp(1, MOST).min(2 * before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn results_come_in_order_for_any_number_of_threads() {
        for threads in [Some(1), Some(3), Some(64), None] {
            assert_eq!(all(50, threads, |k| k * k), (0..50).map(|k| k * k).collect::<Vec<_>>());
        }
        assert!(all(0, None, |k| k).is_empty());
    }

    #[test]
    fn nobody_runs_far_ahead_of_a_slow_task() {
        let (begun, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let task = |k: usize| {
            begun.fetch_max(k, Ordering::SeqCst);
            if k == 0 {
                // Long enough for the others to take all they may.
                thread::sleep(Duration::from_millis(100));
                done.store(begun.load(Ordering::SeqCst), Ordering::SeqCst);
            } else {
                thread::sleep(TAKING);
            }
        };
        all(1_000, Some(3), task);
        assert!(done.into_inner() < 3 * AHEAD, "results pile up behind a slow one");
    }

    #[test]
    fn short_tasks_are_taken_by_several_and_long_ones_by_one() {
        assert_eq!(size_of(TAKING / 10, 1, 1), 2, "twice as many as before");
        assert_eq!(size_of(TAKING / 10, 2, 16), 20);
        assert_eq!(size_of(Duration::ZERO, 3, 64), MOST);
        assert_eq!(size_of(TAKING * 7, 7, 64), 1);
        assert_eq!(size_of(TAKING * 100, 1, 64), 1);
    }

    #[test]
    fn a_stop_leaves_a_beginning_without_a_gap() {
        for threads in [Some(1), Some(4)] {
            let asked = AtomicUsize::new(0);
            let stopped = || asked.fetch_add(1, Ordering::SeqCst) > 20;
            let mut seen = Vec::new();
            ordered(
                5..10_000,
                Workers { threads, stopped: &stopped },
                |k| k,
                |k, result| {
                    seen.push((k, result));
                    ControlFlow::Continue(())
                },
            );
            assert!(!seen.is_empty() && seen.len() < 9_000, "{} of 9,995", seen.len());
            assert!(seen.iter().enumerate().all(|(i, s)| *s == (i + 5, i + 5)), "a gap: {seen:?}");
        }
    }

    #[test]
    fn a_break_ends_it_at_the_same_result_whatever_the_threads() {
        for threads in [Some(1), Some(4)] {
            let mut seen = Vec::new();
            ordered(
                0..1_000,
                Workers::new(threads),
                |k| k,
                |k, _| {
                    seen.push(k);
                    if k == 7 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                },
            );
            assert_eq!(seen, (0..8).collect::<Vec<_>>());
            let odd = |k: usize| if k % 10 == 9 { Err(k * 2) } else { Ok(()) };
            assert_eq!(first_error(1_000, threads, odd), Some((9, 18)));
            assert_eq!(first_error(9, threads, odd), None);
        }
    }

    #[test]
    fn a_task_that_cannot_be_asked_is_left() {
        assert_eq!(unless_stopped(&|| false, || 7), Some(7));
        let (end, wait) = mpsc::channel::<()>();
        assert_eq!(unless_stopped(&|| true, move || wait.recv().is_ok()), None, "it would wait for ever");
        drop(end);
        let panicking = || unless_stopped(&|| false, || assert_eq!(1, 2));
        assert!(std::panic::catch_unwind(panicking).is_err());
    }

    #[test]
    fn a_panic_goes_on_in_the_caller() {
        let panicking = || all(100, Some(3), |k| assert!(k != 20, "task 20"));
        assert!(std::panic::catch_unwind(panicking).is_err());
    }
}
