//! What a study gives, and the files, tables and pictures made of it.

use crate::arrow::{Table, failed};
use crate::error::exception;
use crate::{html, tables};
use poolwise_report::folder::{self, Case, Paging};
use poolwise_report::manifest::{self, Source};
use poolwise_report::page::live;
use poolwise_report::write::Folder;
use poolwise_report::{ReportError, Setting, table};
use poolwise_study::study::COMPARISON;
use poolwise_study::{Results as Found, Study};
use pyo3::prelude::*;
use std::path::{Path, PathBuf};

/// Results of a study.
#[pyclass(frozen, module = "poolwise._core")]
pub struct Results {
    pub study: Study,
    pub results: Found,
    pub compared: bool,
    pub host: Host,
}

/// When and how it was simulated.
pub struct Host {
    pub started: String,
    pub finished: String,
    pub seconds: f64,
    pub threads: Option<usize>,
}

/// An estimate: value, ends of its interval, replications.
type Estimate = (f64, f64, f64, u32);

#[pymethods]
impl Results {
    /// Names of the scenarios with results, in their order.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.results.cases.iter().map(|case| case.summary.scenario.clone()).collect()
    }

    /// Whether all was done.
    #[getter]
    fn complete(&self) -> bool {
        self.results.complete
    }

    /// Where memory was not enough: which run, and how it came.
    #[getter]
    fn cut_short(&self) -> Option<String> {
        let all = &self.results.cut_short;
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// Wall-clock seconds of the simulation.
    #[getter]
    fn seconds(&self) -> f64 {
        self.host.seconds
    }

    /// Requests simulated for a scenario.
    fn requests(&self, case: usize) -> u64 {
        self.results.cases[case].requests
    }

    /// Estimates of a scenario by path.
    fn estimates(&self, case: usize) -> Vec<(String, Estimate)> {
        tables::estimates(&self.results.cases[case].summary)
            .into_iter()
            .map(|(path, e)| (path, (e.estimate, e.lower, e.upper, e.replications)))
            .collect()
    }

    /// The answer of a scenario in sentences; of the comparison without a number.
    fn verdict(&self, case: Option<usize>) -> Vec<String> {
        match case {
            Some(case) => self.results.cases[case].summary.verdict.clone(),
            None => self.results.comparison.as_ref().map_or_else(Vec::new, |c| c.verdict.clone()),
        }
    }

    /// What a reader of a scenario's results should know.
    fn warnings(&self, case: usize) -> Vec<String> {
        self.results.cases[case].summary.warnings.clone()
    }

    /// The bytes of `summary.json`.
    fn summary_json(&self, py: Python<'_>, case: usize) -> PyResult<String> {
        self.results.cases[case].summary_json().map_err(|e| report(py, e.into()))
    }

    /// The bytes of `comparison.json`.
    fn comparison_json(&self, py: Python<'_>) -> PyResult<Option<String>> {
        let comparison = self.results.comparison.as_ref();
        comparison.map(|c| c.json().map_err(|e| report(py, e.into()))).transpose()
    }

    /// The document of `--format json`.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        self.results.json(self.compared).map_err(|e| report(py, e.into()))
    }

    /// A tidy table by its name.
    fn table(&self, py: Python<'_>, name: &str) -> PyResult<Table> {
        tables::of(self, name)
            .ok_or_else(|| exception(py, "UsageError", &format!("there is no table `{name}`")))?
            .map_err(|e| failed(py, &e))
    }

    /// The tables as text, as the command prints them.
    fn text(&self) -> String {
        let (summaries, settings) = (self.results.summaries(), self.settings());
        match &self.results.comparison {
            Some(comparison) => table::comparison(&summaries, comparison, &settings, table::Look::default()),
            None => table::scenarios(&summaries, &settings, table::Look::default()),
        }
    }

    /// Tables and pictures for a notebook.
    fn html(&self, py: Python<'_>) -> PyResult<String> {
        html::of(&self.results, &self.settings()).map_err(|e| report(py, e))
    }

    /// Writes the files of `poolwise run` or `poolwise compare` into a folder.
    fn write(&self, py: Python<'_>, folder: PathBuf, pictures: bool) -> PyResult<()> {
        py.detach(|| self.write_all(&folder, pictures)).map_err(|e| report(py, e))
    }

    /// Writes the page of a scenario, or of the comparison, as one file.
    fn page(&self, py: Python<'_>, case: Option<usize>, path: PathBuf) -> PyResult<()> {
        py.detach(|| self.write_page(case, &path)).map_err(|e| report(py, e))
    }
}

impl Results {
    fn settings(&self) -> Vec<Setting> {
        let scenarios = self.study.scenarios().iter().take(self.results.cases.len());
        scenarios.map(|s| Setting::of(&s.model)).collect()
    }

    /// What the reports take, one after another, with hosts and settings that live as long.
    fn with_cases<T>(
        &self,
        take: impl FnOnce(&[Case<'_>]) -> Result<T, ReportError>,
    ) -> Result<T, ReportError> {
        let settings = self.settings();
        let hosts: Vec<manifest::Host> = self
            .results
            .cases
            .iter()
            .zip(self.study.scenarios())
            .map(|(case, s)| manifest::Host {
                started: self.host.started.clone(),
                finished: self.host.finished.clone(),
                simulation_seconds: self.host.seconds,
                requests: case.requests,
                threads: self.host.threads,
                command: vec!["python".to_owned()],
                sources: s.sources.iter().map(|p| p.display().to_string()).collect(),
            })
            .collect();
        let pages: Vec<Paging> = (0..self.results.cases.len())
            .map(|i| live::page_of(&self.study, &self.results, i, true))
            .collect();
        let scenarios = self.study.scenarios().iter();
        let cases: Vec<Case<'_>> = self
            .results
            .cases
            .iter()
            .zip(scenarios)
            .zip(settings.iter().zip(&hosts).zip(&pages))
            .map(|((case, scenario), ((setting, host), paging))| Case {
                summary: &case.summary,
                setting,
                source: Source {
                    description: &scenario.description,
                    resolved: &scenario.resolved,
                    hash: &scenario.hash,
                    seed: scenario.model.run.seed,
                },
                host,
                uncertain: case.uncertain.as_ref(),
                paging,
            })
            .collect();
        take(&cases)
    }

    fn write_all(&self, out: &Path, pictures: bool) -> Result<(), ReportError> {
        self.with_cases(|cases| {
            for ((case, results), scenario) in
                cases.iter().zip(&self.results.cases).zip(self.study.scenarios())
            {
                let into = Folder::create(&out.join(&case.summary.scenario))?;
                folder::scenario(&into, case, pictures)?;
                if !results.trace.is_empty() {
                    folder::requests(&into, &scenario.model, &results.trace)?;
                }
            }
            if let Some(comparison) = &self.results.comparison {
                let into = Folder::create(&out.join(COMPARISON))?;
                let paging = live::page_of_all(&self.study, &self.results, true);
                let over_draws = &self.results.uncertain_differences;
                folder::comparison(&into, cases, comparison, over_draws, &paging, pictures)?;
            }
            Ok(())
        })
    }

    fn write_page(&self, case: Option<usize>, path: &Path) -> Result<(), ReportError> {
        page_of(path, |into| {
            self.with_cases(|cases| match (case, &self.results.comparison) {
                (None, Some(comparison)) => {
                    let paging = live::page_of_all(&self.study, &self.results, true);
                    let over_draws = &self.results.uncertain_differences;
                    folder::comparison(into, cases, comparison, over_draws, &paging, true)
                }
                (case, _) => folder::scenario(into, &cases[case.unwrap_or(0)], true),
            })
        })
    }
}

/// The page that `write` puts into a folder, as a file of its own. It holds everything, so the folder is not kept.
pub fn page_of(
    path: &Path,
    write: impl FnOnce(&Folder) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("index.html");
    let beside = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let to = Folder::create(beside)?;
    let unwritten = |e: std::io::Error| ReportError::Encode(format!("the page: {e}"));
    let aside = tempfile::tempdir().map_err(unwritten)?;
    write(&Folder::create(aside.path())?)?;
    let page = std::fs::read(aside.path().join("index.html")).map_err(unwritten)?;
    to.write(name, &page)?;
    Ok(())
}

/// A report that could not be made.
pub fn report(py: Python<'_>, e: ReportError) -> PyErr {
    exception(py, "RunError", &e.to_string())
}
