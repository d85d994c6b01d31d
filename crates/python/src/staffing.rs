//! `staff`: how many officers, and on which shifts.

use crate::error::{self, exception};
use crate::html;
use crate::results::{page_of, report};
use crate::scenario::Scenario;
use crate::watch::{Running, leave, supervise};
use poolwise_report::ReportError;
use poolwise_report::plots;
use poolwise_report::staff::{folder, json, notes, tables};
use poolwise_report::write::Folder;
use poolwise_staffing::answer::StaffingAnswer;
use poolwise_staffing::check::Margins;
use poolwise_staffing::{StaffingError, StaffingOptions, StaffingStudy};
use poolwise_study::Study;
use pyo3::prelude::*;
use std::path::PathBuf;

/// What is asked, as keyword arguments; shares between 0 and 1.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Wanted {
    targets: Vec<String>,
    matching: Option<String>,
    hourly: bool,
    done: f64,
    time: f64,
    lost: f64,
    utilization: f64,
    baseline: Option<String>,
    causes: bool,
    at_large_team: Option<f64>,
    at_large_hours: Option<f64>,
    threads: Option<usize>,
    error: f64,
    shortcuts: bool,
    rosters: bool,
    curve: bool,
    controls: bool,
    draws: u32,
    max_memory: Option<u64>,
    progress: Option<Py<PyAny>>,
}

/// A number of officers: estimate, lower and upper end.
type Officers = (f64, f64, f64);

/// The answer of a staffing study.
#[pyclass(frozen, module = "poolwise._core")]
pub struct Staffing {
    study: StaffingStudy,
    answer: StaffingAnswer,
}

#[pymethods]
impl Staffing {
    /// The document of `staff --format json`.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        json::document(&self.answer).map_err(|e| report(py, e))
    }

    /// The tables that the command prints.
    fn text(&self) -> String {
        tables::text(&self.answer, poolwise_report::table::TableLook::default())
    }

    /// Whether all was done.
    #[getter]
    fn complete(&self) -> bool {
        self.answer.missing.is_none()
    }

    /// What is missing where it was stopped, and what had been shown by then.
    #[getter]
    fn missing(&self) -> Option<String> {
        self.answer.missing.as_ref().map(ToString::to_string)
    }

    /// The answer in sentences.
    fn verdict(&self) -> Vec<String> {
        poolwise_staffing::verdict(&self.answer)
    }

    /// Officers by option: name, estimate, lower and upper end; none where no staffing reaches the targets.
    fn officers(&self) -> Vec<(String, Option<Officers>)> {
        let of = |option: &poolwise_staffing::answer::Answered| {
            let range = option.solved.staffed().map(|staffed| staffed.headcount());
            let whole = range.map(|r| (r.estimate, r.lower, r.upper));
            (option.scenario.clone(), whole)
        };
        self.answer.options.iter().map(of).collect()
    }

    /// Sentences, tables and pictures for a notebook.
    fn html(&self, py: Python<'_>) -> PyResult<String> {
        // A search that was stopped may have shown something and yet have no table.
        let missing = notes::partial(&self.answer);
        let said: Vec<String> = missing.into_iter().chain(poolwise_staffing::verdict(&self.answer)).collect();
        let blocks: Vec<_> = tables::blocks(&self.answer).into_iter().take(1).collect();
        html::framed(&said, &blocks, &plots::of_staffing(&self.answer)).map_err(|e| report(py, e))
    }

    /// Writes the files of `poolwise staff` into a folder.
    fn write(this: Py<Self>, py: Python<'_>, folder: PathBuf, pictures: bool) -> PyResult<()> {
        leave(py, move || this.get().write_all(&Folder::create(&folder)?, pictures))?
            .map_err(|e| report(py, e))
    }

    /// Writes the page as one file.
    fn page(this: Py<Self>, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        leave(py, move || page_of(&path, |into| this.get().write_all(into, true)))?.map_err(|e| report(py, e))
    }
}

impl Staffing {
    fn write_all(&self, into: &Folder, pictures: bool) -> Result<(), ReportError> {
        folder::answer(into, &self.study, &self.answer, None, true, pictures)
    }
}

/// Searches for the least staff of scenarios. What was raised on the way comes back beside an answer in part.
#[pyfunction]
pub(crate) fn staff(
    py: Python<'_>,
    scenarios: Vec<Py<Scenario>>,
    wanted: Wanted,
) -> PyResult<(Staffing, Option<PyErr>)> {
    let study = Study::of(scenarios.iter().map(|s| s.get().0.clone())).map_err(|e| error::study(py, &e))?;
    let margins =
        Margins { done: wanted.done, time: wanted.time, lost: wanted.lost, utilization: wanted.utilization };
    let asked = poolwise_staffing::Wanted {
        targets: wanted.targets,
        matching: wanted.matching.map(|name| (name, margins)),
        hourly: wanted.hourly,
        baseline: wanted.baseline,
        at_large_team: wanted.at_large_team,
        at_large_hours: wanted.at_large_hours,
        causes: wanted.causes,
    };
    let study = StaffingStudy::of(study, &asked).map_err(|e| failure(py, &e))?;
    let options = StaffingOptions {
        threads: wanted.threads,
        error: wanted.error,
        shortcuts: wanted.shortcuts,
        rosters: wanted.rosters,
        curve: wanted.curve,
        controls: wanted.controls,
        draws: wanted.draws,
    };
    let running = Running::new(0, None, wanted.max_memory);
    let (answer, raised) =
        supervise(py, &running, wanted.progress.as_ref(), || study.run(&options, &running));
    match (answer, raised) {
        (Ok(answer), raised) => Ok((Staffing { study, answer }, raised)),
        (Err(e), Some(raised)) if !e.is_usage() => Err(raised),
        (Err(e), _) => Err(failure(py, &e)),
    }
}

fn failure(py: Python<'_>, e: &StaffingError) -> PyErr {
    match e {
        StaffingError::Study(e) => error::study(py, e),
        e if e.is_usage() => exception(py, "UsageError", &e.to_string()),
        e => exception(py, "RunError", &e.to_string()),
    }
}
