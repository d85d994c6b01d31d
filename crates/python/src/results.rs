//! What a study gives, and the files, tables and pictures made of it.

use crate::arrow::{Table, failed};
use crate::error::{exception, keywords};
use crate::watch::leave;
use crate::{html, tables};
use jiff::Timestamp;
use poolwise_report::folder::{self, Paging, ScenarioCase};
use poolwise_report::manifest::{self, ScenarioSource};
use poolwise_report::page::live;
use poolwise_report::write::Folder;
use poolwise_report::{ReportError, Setting, table};
use poolwise_study::measures::split_path;
use poolwise_study::study::COMPARISON;
use poolwise_study::study::Simulated;
use poolwise_study::summary::Summary;
use poolwise_study::{Results as Found, Study};
use pyo3::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Results of a study.
#[pyclass(frozen, module = "poolwise._core")]
pub struct Results(pub Arc<Inner>);

/// A study, what came of it, and what it was summed up to once somebody asked.
pub struct Inner {
    /// As it was simulated.
    study: Study,
    /// Replications, where the call says another number than the scenarios.
    replications: Option<u32>,
    /// The study with that number: what results are written from.
    again: OnceLock<Study>,
    simulated: Option<Simulated>,
    found: OnceLock<Found>,
    compared: bool,
    host: Host,
}

/// When and how it was simulated.
pub struct Host {
    pub started: Timestamp,
    pub finished: Timestamp,
    pub seconds: f64,
    pub threads: Option<usize>,
}

/// An estimate: value, ends of its interval, replications.
type Estimate = (f64, f64, f64, u32);

#[pymethods]
impl Results {
    /// Names of the scenarios with results, in their order.
    #[getter]
    fn names(&self) -> Vec<&str> {
        (0..self.0.len()).map(|case| self.0.simulated_scenario(case).model.name.as_str()).collect()
    }

    /// Whether all was done.
    #[getter]
    fn complete(&self) -> bool {
        self.0.simulated.as_ref().map_or_else(|| self.0.found().complete, Simulated::complete)
    }

    /// Where memory was not enough: which run, and how it came.
    #[getter]
    fn cut_short(&self) -> Option<String> {
        let all =
            self.0.simulated.as_ref().map_or_else(|| &self.0.found().cut_short[..], Simulated::cut_short);
        (!all.is_empty()).then(|| keywords(&all.join("; ")))
    }

    /// Wall-clock seconds of the simulation.
    #[getter]
    fn seconds(&self) -> f64 {
        self.0.host.seconds
    }

    /// Requests simulated for a scenario.
    fn requests(&self, case: usize) -> u64 {
        self.0.requests(case)
    }

    /// One of a scenario's estimates by its path; none where there is no such measure.
    fn estimate(&self, case: usize, path: &str) -> Option<Estimate> {
        let parts = split_path(path);
        let found = match (&self.0.simulated, self.0.found.get()) {
            (Some(simulated), None) => simulated.estimate(&self.0.study, case, &parts),
            _ => tables::estimate(&self.0.found().cases[case].summary, &parts).copied(),
        };
        found.map(|e| (e.estimate, e.lower, e.upper, e.replications))
    }

    /// Estimates of a scenario by path.
    fn estimates(&self, case: usize) -> Vec<(String, Estimate)> {
        let told = |summary: &Summary| {
            tables::estimates(summary)
                .into_iter()
                .map(|(path, e)| (path, (e.estimate, e.lower, e.upper, e.replications)))
                .collect()
        };
        match (&self.0.simulated, self.0.found.get()) {
            (Some(simulated), None) => told(&simulated.estimates(&self.0.study, case)),
            _ => told(&self.0.found().cases[case].summary),
        }
    }

    /// The answer of a scenario in sentences; of the comparison without a number.
    fn verdict(&self, py: Python<'_>, case: Option<usize>) -> PyResult<Vec<String>> {
        let found = self.summed_up(py)?;
        Ok(match case {
            Some(case) => found.cases[case].summary.verdict.clone(),
            None => found.comparison.as_ref().map_or_else(Vec::new, |c| c.verdict.clone()),
        })
    }

    /// What a reader of a scenario's results should know.
    fn warnings(&self, py: Python<'_>, case: usize) -> PyResult<Vec<String>> {
        Ok(self.summed_up(py)?.cases[case].summary.warnings.clone())
    }

    /// The bytes of `summary.json`.
    fn summary_json(&self, py: Python<'_>, case: usize) -> PyResult<String> {
        self.summed_up(py)?.cases[case].summary_json().map_err(|e| report(py, e.into()))
    }

    /// The bytes of `comparison.json`.
    fn comparison_json(&self, py: Python<'_>) -> PyResult<Option<String>> {
        if !self.0.compared {
            return Ok(None);
        }
        let comparison = self.summed_up(py)?.comparison.as_ref();
        comparison.map(|c| c.json().map_err(|e| report(py, e.into()))).transpose()
    }

    /// The document of `--format json`.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        self.summed_up(py)?.json(self.0.compared).map_err(|e| report(py, e.into()))
    }

    /// A tidy table by its name.
    fn table(&self, py: Python<'_>, name: &str) -> PyResult<Table> {
        let made = match (&self.0.simulated, name) {
            (Some(simulated), "replications") => {
                let rows = |case| simulated.rows(&self.0.study, case);
                let all = py.detach(|| (0..simulated.len()).flat_map(rows).collect::<Vec<_>>());
                Some(tables::replications(&all.iter().collect::<Vec<_>>()))
            }
            _ => {
                self.summed_up(py)?;
                tables::of(&self.0, name)
            }
        };
        made.ok_or_else(|| {
            let all = "\"replications\", \"summary\", \"hours\", \"requests\" and \"differences\"";
            exception(py, "UsageError", &format!("there is no table `{name}`; there are {all}"))
        })?
        .map_err(|e| failed(py, &e))
    }

    /// The tables as text, as the command prints them.
    fn text(&self, py: Python<'_>) -> PyResult<String> {
        let found = self.summed_up(py)?;
        let (summaries, settings) = (found.summaries(), self.0.settings());
        Ok(match &found.comparison {
            Some(comparison) => {
                table::comparison(&summaries, comparison, &settings, table::TableLook::default())
            }
            None => table::scenarios(&summaries, &settings, table::TableLook::default()),
        })
    }

    /// Tables and pictures for a notebook.
    fn html(&self, py: Python<'_>) -> PyResult<String> {
        let inner = Arc::clone(&self.0);
        leave(py, move || html::of(inner.found(), &inner.settings()))?.map_err(|e| report(py, e))
    }

    /// The same of one scenario.
    fn case_html(&self, py: Python<'_>, case: usize) -> PyResult<String> {
        let inner = Arc::clone(&self.0);
        let draw = move || {
            let setting = Setting::of(&inner.scenario(case).model);
            html::of_case(&inner.found().cases[case].summary, &setting)
        };
        leave(py, draw)?.map_err(|e| report(py, e))
    }

    /// Writes the files of `poolwise run` or `poolwise compare` into a folder.
    fn write(&self, py: Python<'_>, folder: PathBuf, pictures: bool) -> PyResult<()> {
        let inner = Arc::clone(&self.0);
        leave(py, move || inner.write_all(&folder, pictures))?.map_err(|e| report(py, e))
    }

    /// Writes the page of a scenario, or of the comparison, as one file.
    fn page(&self, py: Python<'_>, case: Option<usize>, path: PathBuf) -> PyResult<()> {
        let inner = Arc::clone(&self.0);
        leave(py, move || inner.write_page(case, &path))?.map_err(|e| report(py, e))
    }
}

impl Results {
    /// The results summed up, with theory beside them: the first time on a thread of its own, since that may take seconds.
    fn summed_up(&self, py: Python<'_>) -> PyResult<&Found> {
        if self.0.found.get().is_none() {
            let inner = Arc::clone(&self.0);
            leave(py, move || inner.found().complete)?;
        }
        Ok(self.0.found())
    }
}

impl Inner {
    /// What a study gave: summed up already, or `simulated` with `replications` above those of its scenarios.
    pub fn new(
        study: Study,
        (simulated, replications): (Option<Simulated>, Option<u32>),
        found: OnceLock<Found>,
        compared: bool,
        host: Host,
    ) -> Self {
        Self { study, replications, again: OnceLock::new(), simulated, found, compared, host }
    }

    /// The results summed up.
    pub fn found(&self) -> &Found {
        self.found.get_or_init(|| match &self.simulated {
            Some(simulated) => simulated.results(self.study()),
            None => unreachable!("what is not summed up was simulated"),
        })
    }

    fn len(&self) -> usize {
        self.simulated.as_ref().map_or_else(|| self.found().cases.len(), Simulated::len)
    }

    /// The study as it was asked for.
    fn study(&self) -> &Study {
        let Some(n) = self.replications else { return &self.study };
        // The number is a valid one, and what was read once can be read again.
        self.again.get_or_init(|| self.study.with_replications(n).unwrap_or_else(|_| self.study.clone()))
    }

    fn place(&self, case: usize) -> usize {
        match &self.simulated {
            Some(simulated) => simulated.place(case),
            None => self.found().cases[case].place,
        }
    }

    /// The scenario of a case.
    pub fn scenario(&self, case: usize) -> &poolwise_scenario::Scenario {
        &self.study().scenarios()[self.place(case)]
    }

    /// The same as it was simulated, which may say another number of replications.
    fn simulated_scenario(&self, case: usize) -> &poolwise_scenario::Scenario {
        &self.study.scenarios()[self.place(case)]
    }

    fn requests(&self, case: usize) -> u64 {
        match &self.simulated {
            Some(simulated) => simulated.requests(case),
            None => self.found().cases[case].requests,
        }
    }

    fn settings(&self) -> Vec<Setting> {
        (0..self.len()).map(|case| Setting::of(&self.scenario(case).model)).collect()
    }

    /// What the reports take, one after another, with hosts and settings that live as long.
    fn with_cases<T>(
        &self,
        take: impl FnOnce(&[ScenarioCase<'_>]) -> Result<T, ReportError>,
    ) -> Result<T, ReportError> {
        let (found, settings) = (self.found(), self.settings());
        let host = |case: usize| manifest::Host {
            started: self.host.started.to_string(),
            finished: self.host.finished.to_string(),
            simulation_seconds: self.host.seconds,
            requests: self.requests(case),
            threads: self.host.threads,
            command: vec!["python".to_owned()],
            sources: self.scenario(case).sources.iter().map(|p| p.display().to_string()).collect(),
        };
        let hosts: Vec<manifest::Host> = (0..found.cases.len()).map(host).collect();
        let pages: Vec<Paging> =
            (0..found.cases.len()).map(|i| live::page_of(self.study(), found, i, true)).collect();
        let about = settings.iter().zip(&hosts).zip(&pages);
        let cases: Vec<ScenarioCase<'_>> = found
            .cases
            .iter()
            .enumerate()
            .zip(about)
            .map(|((i, case), ((setting, host), paging))| {
                let scenario = self.scenario(i);
                let source = ScenarioSource {
                    description: &scenario.description,
                    resolved: &scenario.resolved,
                    hash: &scenario.hash,
                    seed: scenario.model.run.seed,
                };
                ScenarioCase {
                    summary: &case.summary,
                    setting,
                    source,
                    host,
                    uncertain: case.uncertain.as_ref(),
                    paging,
                }
            })
            .collect();
        take(&cases)
    }

    fn write_all(&self, out: &Path, pictures: bool) -> Result<(), ReportError> {
        let found = self.found();
        self.with_cases(|cases| {
            for (i, (case, results)) in cases.iter().zip(&found.cases).enumerate() {
                let into = Folder::create(&out.join(&case.summary.scenario))?;
                folder::scenario(&into, case, pictures)?;
                if !results.trace.is_empty() {
                    folder::requests(&into, &self.scenario(i).model, &results.trace)?;
                }
            }
            if let Some(comparison) = &found.comparison {
                let into = Folder::create(&out.join(COMPARISON))?;
                let paging = live::page_of_all(self.study(), found, true);
                let over_draws = &found.uncertain_differences;
                folder::comparison(&into, cases, comparison, over_draws, &paging, pictures)?;
            }
            Ok(())
        })
    }

    fn write_page(&self, case: Option<usize>, path: &Path) -> Result<(), ReportError> {
        let found = self.found();
        page_of(path, |into| {
            self.with_cases(|cases| match (case, &found.comparison) {
                (None, Some(comparison)) => {
                    let paging = live::page_of_all(self.study(), found, true);
                    let over_draws = &found.uncertain_differences;
                    folder::comparison(into, cases, comparison, over_draws, &paging, true)
                }
                (case, _) => folder::scenario(into, &cases[case.unwrap_or(0)], true),
            })
        })
    }
}

/// The page that `write` puts into a folder, as a file of its own. It holds everything, so the folder is not kept.
pub(crate) fn page_of(
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
pub(crate) fn report(py: Python<'_>, e: ReportError) -> PyErr {
    exception(py, "RunError", &e.to_string())
}
