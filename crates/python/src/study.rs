//! `run` and `compare`.

use crate::error;
use crate::results::{Host, Inner, Results};
use crate::scenario::Scenario;
use crate::watch::{Running, here, supervise};
use jiff::Timestamp;
use poolwise_study::uncertain::DrawPlan;
use poolwise_study::{Options, Study, StudyError};
use pyo3::prelude::*;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// How a study is run, as keyword arguments.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Asked {
    threads: Option<usize>,
    trace: bool,
    theory: bool,
    controls: bool,
    confidence: f64,
    draws: u32,
    per_draw: u32,
    max_memory: Option<u64>,
    /// Above what the scenarios say.
    replications: Option<u32>,
    outcome: Option<Py<PyAny>>,
    progress: Option<Py<PyAny>>,
}

impl Asked {
    fn options(&self) -> Options {
        Options {
            threads: self.threads,
            trace: self.trace,
            confidence: self.confidence,
            uncertain: (self.draws > 0).then_some(DrawPlan { draws: self.draws, per_draw: self.per_draw }),
            theory: self.theory,
            controls: self.controls,
        }
    }
}

/// A study of scenarios: of options to be compared where `compare` says so.
pub(crate) fn of(
    py: Python<'_>,
    scenarios: &[Py<Scenario>],
    compare: bool,
    baseline: Option<&str>,
) -> PyResult<Study> {
    let study = Study::of(scenarios.iter().map(|s| s.get().0.clone()));
    let study = match compare {
        true => study.and_then(|s| s.paired(baseline)),
        false => study,
    };
    study.map_err(|e| error::study(py, &e))
}

/// Simulates scenarios. What was raised on the way (Ctrl-C, or by a callback) comes back beside the results that were
/// finished before.
#[pyfunction]
pub(crate) fn run(
    py: Python<'_>,
    scenarios: Vec<Py<Scenario>>,
    compare: bool,
    baseline: Option<String>,
    asked: Asked,
) -> PyResult<(Results, Option<PyErr>)> {
    let mut study = of(py, &scenarios, compare, baseline.as_deref())?;
    let options = asked.options();
    study.uncertain_enough(&options).map_err(|e| error::study(py, &e))?;
    let Asked { outcome, progress, max_memory, mut replications, .. } = asked;
    // Small scenarios are simulated sooner than read again with another number of replications: that is left to whoever
    // asks for what depends on it.
    if let (Some(n), false) = (replications, study.is_plain(&options)) {
        study = study.with_replications(n).map_err(|e| error::study(py, &e))?;
        replications = None;
    }
    let planned = match replications {
        Some(n) => u64::from(n) * study.scenarios().len() as u64,
        None => study.most_replications(&options),
    };
    let running = Running::new(planned, outcome, max_memory);
    let started = Timestamp::now();
    let clock = Instant::now();
    let (ran, raised) = if study.is_plain(&options) {
        let running = running.on_this_thread(progress);
        let (simulated, raised) = here(py, &running, || study.simulate(&options, replications, &running));
        (simulated.map(|s| (Some(s), OnceLock::new())), raised)
    } else {
        let (found, raised) = supervise(py, &running, progress.as_ref(), || study.run(&options, &running));
        (found.map(|found| (None, OnceLock::from(found))), raised)
    };
    let seconds = clock.elapsed().as_secs_f64();
    match (ran, raised) {
        (Ok((simulated, found)), raised) => {
            let host = Host { started, finished: Timestamp::now(), seconds, threads: options.threads };
            let inner = Inner::new(study, (simulated, replications), found, compare, host);
            Ok((Results(Arc::new(inner)), raised))
        }
        (Err(StudyError::Stopped), Some(raised)) => Err(raised),
        (Err(e), _) => Err(error::study(py, &e)),
    }
}

/// Seconds that the engine alone takes for so many replications of scenarios, on this thread: what the rest is held against.
#[pyfunction]
pub(crate) fn engine_seconds(
    py: Python<'_>,
    scenarios: Vec<Py<Scenario>>,
    replications: u32,
) -> PyResult<f64> {
    let clock = Instant::now();
    for scenario in &scenarios {
        let model = &scenario.get().0.scenario.model;
        let run = || (0..replications).try_for_each(|k| poolwise_engine::run(model, k, false).map(drop));
        py.detach(run).map_err(|e| error::exception(py, "RunError", &e.to_string()))?;
    }
    Ok(clock.elapsed().as_secs_f64())
}
