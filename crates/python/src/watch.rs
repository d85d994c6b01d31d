//! Work off the interpreter's lock: progress now and then, and Ctrl-C heard within a twentieth of a second.

use crate::error::exception;
use crate::outcome::Outcome;
use poolwise_engine::DEFAULT_MEMORY;
use poolwise_engine::model::Model;
use poolwise_study::Watch;
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// How often the interpreter is asked whether somebody wants to stop, and told how far it is.
pub(crate) const EVERY: Duration = Duration::from_millis(50);

/// What is known of a run under way.
#[derive(Default)]
pub(crate) struct Running {
    /// Replications finished so far, of all scenarios.
    pub done: AtomicU64,
    /// Replications to be done, at most; 0 if nobody knows.
    pub planned: AtomicU64,
    /// No more is to be begun.
    pub stop: AtomicBool,
    /// Requests simulated so far, of all scenarios.
    pub requests: AtomicU64,
    scenario: Mutex<String>,
    /// Called with the outcome of each replication.
    each: Option<Py<PyAny>>,
    /// What a callback raised.
    raised: Mutex<Option<PyErr>>,
    memory: Option<u64>,
    /// Where the work is done on the thread that was called: who asks the interpreter now and then.
    pulse: Option<Pulse>,
}

/// Asks the interpreter while its own thread is at work.
struct Pulse {
    thread: ThreadId,
    begun: Instant,
    /// When to ask next, milliseconds after the beginning.
    due: AtomicU64,
    progress: Option<Py<PyAny>>,
}

impl Pulse {
    fn is_due(&self) -> bool {
        let now = self.begun.elapsed().as_millis() as u64;
        if now < self.due.load(Ordering::Relaxed) || thread::current().id() != self.thread {
            return false;
        }
        self.due.store(now + EVERY.as_millis() as u64, Ordering::Relaxed);
        true
    }
}

impl Running {
    /// So many replications at most, a callback for each outcome, and so much memory for a replication.
    pub(crate) fn new(planned: u64, each: Option<Py<PyAny>>, memory: Option<u64>) -> Self {
        Self { planned: planned.into(), each, memory, ..Self::default() }
    }

    /// Asks the interpreter by itself, on this thread: see [`here`].
    pub(crate) fn on_this_thread(mut self, progress: Option<Py<PyAny>>) -> Self {
        let due = AtomicU64::new(EVERY.as_millis() as u64);
        self.pulse = Some(Pulse { thread: thread::current().id(), begun: Instant::now(), due, progress });
        self
    }

    /// What a callback raised, once.
    pub(crate) fn raised(&self) -> Option<PyErr> {
        lock(&self.raised).take()
    }

    fn fail(&self, e: PyErr) {
        self.stop.store(true, Ordering::Relaxed);
        lock(&self.raised).get_or_insert(e);
    }

    /// Tells `progress` how far it is: done, planned, scenario.
    fn tell(&self, py: Python<'_>, progress: Option<&Py<PyAny>>) -> PyResult<()> {
        let Some(progress) = progress else { return Ok(()) };
        let (done, planned) = (self.done.load(Ordering::Relaxed), self.planned.load(Ordering::Relaxed));
        let scenario = lock(&self.scenario).clone();
        progress.call1(py, (done, planned, scenario)).map(drop)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch for Running {
    fn replication_done(&self, requests: u64) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.requests.fetch_add(requests, Ordering::Relaxed);
    }

    fn outcome(&self, model: &Model, outcome: &poolwise_engine::Outcome) {
        let Some(each) = self.each.as_ref().filter(|_| !self.stop.load(Ordering::Relaxed)) else { return };
        let called = Python::attach(|py| each.call1(py, (Outcome::of(model, outcome),)).map(drop));
        if let Err(e) = called {
            self.fail(e);
        }
    }

    fn points(&self, _points: usize, _finished: usize, replications: u64) {
        self.planned.store(replications, Ordering::Relaxed);
    }

    fn stopped(&self) -> bool {
        if let Some(pulse) =
            self.pulse.as_ref().filter(|pulse| !self.stop.load(Ordering::Relaxed) && pulse.is_due())
        {
            let asked = Python::attach(|py| {
                py.check_signals()?;
                self.tell(py, pulse.progress.as_ref())
            });
            if let Err(e) = asked {
                self.fail(e);
            }
        }
        self.stop.load(Ordering::Relaxed)
    }

    fn turn_to(&self, scenario: &str) {
        scenario.clone_into(&mut lock(&self.scenario));
    }

    fn memory(&self) -> u64 {
        self.memory.unwrap_or(DEFAULT_MEMORY)
    }
}

/// Does `work` on this thread, off the lock: `running` must be of [`Running::on_this_thread`], and the work ask it on this
/// thread now and then whether to stop, as the engine does. Otherwise as [`supervise`]. Small runs take less time than a
/// thread takes to begin.
pub(crate) fn here<T: Send>(
    py: Python<'_>,
    running: &Running,
    work: impl FnOnce() -> T + Send,
) -> (T, Option<PyErr>) {
    let result = py.detach(work);
    let mut raised = running.raised();
    if raised.is_none()
        && let Some(pulse) = &running.pulse
        && let Err(e) = running.tell(py, pulse.progress.as_ref())
    {
        raised = Some(e);
    }
    (result, raised)
}

/// Does `work` on a thread of its own, off the lock. On Ctrl-C, or when `progress` raises, the work is asked to stop; what
/// it then gives comes back all the same, and beside it what was raised.
pub(crate) fn supervise<T: Send>(
    py: Python<'_>,
    running: &Running,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce() -> T + Send,
) -> (T, Option<PyErr>) {
    let mut interrupted = None;
    let result = py.detach(|| {
        std::thread::scope(|scope| {
            let (done, wait) = sync_channel::<()>(1);
            let worker = scope.spawn(move || {
                let result = work();
                // Nobody listens any more only if this thread has panicked.
                let _ = done.send(());
                result
            });
            while let Err(RecvTimeoutError::Timeout) = wait.recv_timeout(EVERY) {
                let asked = Python::attach(|py| {
                    py.check_signals()?;
                    if interrupted.is_none() { running.tell(py, progress) } else { Ok(()) }
                });
                if let Err(e) = asked {
                    running.stop.store(true, Ordering::Relaxed);
                    interrupted.get_or_insert(e);
                }
            }
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    });
    if interrupted.is_none()
        && let Err(e) = running.tell(py, progress)
    {
        interrupted = Some(e);
    }
    let raised = running.raised().or(interrupted);
    (result, raised)
}

/// Does what nobody can ask to stop (a solver, a page) on a thread of its own, off the lock. On Ctrl-C it is left to its
/// thread, and nobody takes its result: files are written whole or not at all.
pub(crate) fn leave<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    let (done, wait) = sync_channel(1);
    // Nobody listens any more where it was left.
    let worker = thread::Builder::new().spawn(move || drop(done.send(work())));
    let worker = worker.map_err(|e| exception(py, "RunError", &format!("no thread can be had: {e}")))?;
    py.detach(move || {
        loop {
            match wait.recv_timeout(EVERY) {
                Ok(result) => return Ok(result),
                Err(RecvTimeoutError::Timeout) => Python::attach(|py| py.check_signals())?,
                Err(RecvTimeoutError::Disconnected) => match worker.join() {
                    Err(panic) => std::panic::resume_unwind(panic),
                    Ok(()) => {
                        return Err(Python::attach(|py| exception(py, "RunError", "it gave no result")));
                    }
                },
            }
        }
    })
}
