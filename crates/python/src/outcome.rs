//! What one replication left behind, for statistics of one's own.

use crate::error::exception;
use crate::tables::path_of;
use poolwise_engine::histogram::Histogram;
use poolwise_engine::model::Model;
use poolwise_engine::time::HOUR;
use poolwise_study::measures::measure;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// One replication's outcome.
#[pyclass(frozen, module = "poolwise._core")]
pub struct Outcome {
    /// Name of the scenario.
    #[pyo3(get)]
    scenario: String,
    /// Number of the replication, from 0.
    #[pyo3(get)]
    replication: u32,
    /// Requests simulated, those of the warm-up included.
    #[pyo3(get)]
    requests: u64,
    /// Events handled.
    #[pyo3(get)]
    events: u64,
    measures: Vec<(String, f64)>,
    completion: Histogram,
    waits: Vec<(String, Histogram)>,
}

impl Outcome {
    /// A copy of what Python may ask for.
    pub fn of(model: &Model, outcome: &poolwise_engine::Outcome) -> Self {
        let measures = measure(model, outcome);
        let waits = model.centres.iter().zip(&outcome.centres);
        Self {
            scenario: model.name.clone(),
            replication: outcome.replication,
            requests: outcome.requests,
            events: outcome.events,
            measures: measures.iter().map(|(key, value)| (path_of(&key.parts()), value.value())).collect(),
            completion: outcome.total.completion.clone(),
            waits: waits.map(|(centre, flow)| (centre.name.clone(), flow.waits[0].waits.clone())).collect(),
        }
    }
}

#[pymethods]
impl Outcome {
    /// Every measure's value in this replication, by path; NaN where undefined.
    fn measures<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let out = PyDict::new(py);
        for (path, value) in &self.measures {
            out.set_item(path, value)?;
        }
        Ok(out)
    }

    /// A quantile of the time to completion, hours.
    fn completion_quantile(&self, py: Python<'_>, q: f64) -> PyResult<f64> {
        quantile(py, &self.completion, q)
    }

    /// A quantile of the wait at a centre, hours.
    fn wait_quantile(&self, py: Python<'_>, q: f64, centre: &str) -> PyResult<f64> {
        match self.waits.iter().find(|(name, _)| name == centre) {
            Some((_, waits)) => quantile(py, waits, q),
            None => Err(exception(py, "PathError", &format!("there is no centre `{centre}`"))),
        }
    }
}

fn quantile(py: Python<'_>, of: &Histogram, q: f64) -> PyResult<f64> {
    if !(0.0..=1.0).contains(&q) {
        return Err(exception(py, "UsageError", &format!("a quantile is between 0 and 1, not {q}")));
    }
    Ok(of.quantile(q) / HOUR)
}
