//! Requests' instants in batches while the run goes on: memory for a few batches, whatever the length of the run.

use crate::arrow::Table;
use crate::error::exception;
use crate::scenario::Scenario;
use crate::tables;
use poolwise_engine::model::Model;
use poolwise_engine::trace::TraceRow;
use poolwise_engine::{Failure, Limits, run_within};
use pyo3::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Batches that may wait for the reader.
const AHEAD: usize = 2;

/// What the simulating thread sends.
type Batch = Result<Table, String>;

/// An iterator over batches, replication by replication.
#[pyclass(frozen, module = "poolwise._core")]
pub struct Requests {
    /// None when all was read, or it was closed.
    from: Mutex<Option<Receiver<Batch>>>,
    stop: Arc<AtomicBool>,
}

#[pymethods]
impl Requests {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Table>> {
        loop {
            let got = py.detach(|| {
                let mut from = self.from.lock().unwrap_or_else(PoisonError::into_inner);
                let got = from.as_ref().map(|f| f.recv_timeout(Duration::from_millis(50)));
                if matches!(got, Some(Err(RecvTimeoutError::Disconnected))) {
                    *from = None;
                }
                got
            });
            match got {
                Some(Ok(Ok(table))) => return Ok(Some(table)),
                Some(Ok(Err(why))) => return Err(exception(py, "RunError", &why)),
                Some(Err(RecvTimeoutError::Timeout)) => py.check_signals().inspect_err(|_| self.close())?,
                Some(Err(RecvTimeoutError::Disconnected)) | None => return Ok(None),
            }
        }
    }

    /// Ends the run.
    fn close(&self) {
        self.stop.store(true, Ordering::Relaxed);
        *self.from.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Drop for Requests {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Simulates replications of a scenario one after another on a thread of its own, and gives their requests as they go.
#[pyfunction]
pub(crate) fn requests(py: Python<'_>, scenario: Py<Scenario>, first: u32, count: u32) -> PyResult<Requests> {
    let model = scenario.get().0.scenario.model.clone();
    let stop = Arc::new(AtomicBool::new(false));
    let (to, from) = sync_channel(AHEAD);
    let stopped = Arc::clone(&stop);
    let work = move || simulate(&model, first..first.saturating_add(count), &to, &stopped);
    std::thread::Builder::new()
        .spawn(work)
        .map_err(|e| exception(py, "RunError", &format!("no thread can be had: {e}")))?;
    Ok(Requests { from: Mutex::new(Some(from)), stop })
}

fn simulate(model: &Model, replications: Range<u32>, to: &SyncSender<Batch>, stop: &AtomicBool) {
    for k in replications {
        let send = |rows: Vec<TraceRow>| {
            if rows.is_empty() {
                return;
            }
            let rows: Vec<(&Model, u32, &TraceRow)> = rows.iter().map(|row| (model, k, row)).collect();
            // A reader who has gone wants no more.
            if to.send(tables::requests(&rows).map_err(|e| e.to_string())).is_err() {
                stop.store(true, Ordering::Relaxed);
            }
        };
        let limits =
            Limits { stopped: &|| stop.load(Ordering::Relaxed), rows: Some(&send), ..Limits::default() };
        match run_within(model, k, true, limits) {
            Ok(_) if stop.load(Ordering::Relaxed) => return,
            Ok(_) => {}
            Err(Failure::Stopped) => return,
            Err(e) => {
                // Nobody may be there to hear it.
                let _ = to.send(Err(format!("{}, replication {k}: {e}", model.name)));
                return;
            }
        }
    }
}
