//! Sweeps: points planned, simulated in shards, put together as a tidy table.

use crate::arrow::{Column, Table, failed};
use crate::error::{exception, invalid};
use crate::html;
use crate::results::page_of;
use crate::watch::{Running, leave, supervise};
use poolwise_report::plots::Picture;
use poolwise_report::sweep::analysis::Report;
use poolwise_report::{ReportError, json as documents, table};
use poolwise_scenario::{Overrides, Snapshot};
use poolwise_sweep::analysis::{Findings, SearchEffort};
use poolwise_sweep::plan::Look;
use poolwise_sweep::results::SweepResults;
use poolwise_sweep::status::Progress;
use poolwise_sweep::{Changes, Selection, SweepError, SweepOptions, SweepPlan, tidy};
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Pictures that a notebook's cell shows; the page has all.
const MOST_PICTURES: usize = 4;

/// A sweep, ready to run.
#[pyclass(frozen, module = "poolwise._core")]
pub struct Sweep {
    sweep: Arc<poolwise_sweep::Sweep>,
    files: Snapshot,
}

#[pymethods]
impl Sweep {
    /// Plans a sweep: its file, texts that stand for files, changes as `path=value`, whether a design of absurd size is
    /// meant, and whether estimates are to be controlled.
    #[staticmethod]
    fn plan(
        py: Python<'_>,
        path: PathBuf,
        texts: BTreeMap<PathBuf, String>,
        sets: Vec<String>,
        replications: Option<u32>,
        huge: bool,
        controls: bool,
    ) -> PyResult<Self> {
        let files = Snapshot::with(texts.into_iter().map(|(path, text)| (path, text.into())).collect());
        let overrides = Overrides { sets, replications, ..Overrides::default() };
        let changes = Changes { overrides, yes: huge, controls };
        let load = || poolwise_sweep::Sweep::load_through(files.clone(), &path, &changes, Look::Ends);
        let sweep = py.detach(load);
        sweep
            .map(|sweep| Self { sweep: Arc::new(sweep), files: files.clone() })
            .map_err(|e| failure(py, &e, &files))
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.planned().manifest.sweep
    }

    /// Hash of everything that results depend on.
    #[getter]
    fn hash(&self) -> &str {
        &self.planned().hash
    }

    /// Points left out by constraints.
    #[getter]
    fn left_out(&self) -> u64 {
        self.planned().manifest.left_out
    }

    fn __len__(&self) -> usize {
        self.planned().points.len()
    }

    /// Values of the axes, point by point.
    fn points(&self, py: Python<'_>) -> PyResult<Table> {
        let rows: Vec<&[f64]> = self.planned().points.iter().collect();
        let mut columns = vec![("point".to_owned(), Column::Whole((0..rows.len() as i64).collect()))];
        columns.extend(self.axes(&rows));
        tidy_table(py, columns)
    }

    /// Simulates what is missing of all points, or of those of a shard. Gives whether all of them are finished, and what
    /// was raised on the way.
    fn run(
        &self,
        py: Python<'_>,
        folder: PathBuf,
        shard: Option<(usize, usize)>,
        threads: Option<usize>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(bool, Option<PyErr>)> {
        let selection = shard.map_or(Selection::All, |(k, n)| Selection::Shard { k, n });
        let options = SweepOptions { threads, selection, collect: false, ..SweepOptions::in_folder(folder) };
        let running = Running::new(0, None, None);
        let (swept, raised) =
            supervise(py, &running, progress.as_ref(), || self.sweep.run(&options, &running));
        let ran = swept.map_err(|e| failure(py, &e, &self.files))?.ran;
        if ran.beyond > 0 {
            let text = format!("memory was not enough for {} cases (a point with a scenario)", ran.beyond);
            return Err(exception(py, "RunError", &text));
        }
        Ok((ran.complete, raised))
    }

    /// Points that are not finished in a folder.
    fn missing(&self, py: Python<'_>, folder: PathBuf) -> PyResult<Vec<usize>> {
        // A folder that nobody has made yet has nothing.
        if !folder.exists() {
            return Ok((0..self.planned().points.len()).collect());
        }
        let progress =
            Progress::read(self.planned(), &folder, None).map_err(|e| failure(py, &e, &self.files))?;
        Ok(progress.missing(self.planned()).iter().collect())
    }

    /// Puts the shards of a folder together, as the command's `merge` does, and gives the results.
    fn merge(&self, py: Python<'_>, folder: PathBuf) -> PyResult<Swept> {
        py.detach(|| tidy::write(self.planned(), &folder, true)).map_err(|e| failure(py, &e, &self.files))?;
        self.gather(py, folder)
    }

    /// What is finished in a folder; nothing is written.
    fn gather(&self, py: Python<'_>, folder: PathBuf) -> PyResult<Swept> {
        let plan = self.planned();
        // A folder that nobody has made yet has nothing.
        if !folder.exists() {
            return Ok(self.swept(SweepResults::empty(plan.manifest.clone()), folder, false));
        }
        let (results, missing) = py
            .detach(|| {
                let missing = !Progress::read(plan, &folder, None)?.missing(plan).is_empty();
                Ok((self.sweep.finished(&folder)?, missing))
            })
            .map_err(|e: SweepError| failure(py, &e, &self.files))?;
        Ok(self.swept(results, folder, !missing))
    }

    /// Looks for the break-even values of a finished sweep with further replications, up to so many at a value, and keeps
    /// them in the folder. Gives the results with them, and what was raised on the way.
    fn search(
        &self,
        py: Python<'_>,
        folder: PathBuf,
        at_most: u32,
        threads: Option<usize>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Swept, bool, Option<PyErr>)> {
        let swept = self.gather(py, folder)?;
        if !swept.complete {
            return Err(exception(py, "UsageError", UNFINISHED));
        }
        let running = Running::new(0, None, None);
        let effort = SearchEffort { threads, ..SearchEffort::of(at_most) };
        let (searched, raised) = supervise(py, &running, progress.as_ref(), || {
            let mut findings = self.sweep.findings(&swept.results, &swept.folder)?;
            let whole = self.sweep.search(&mut findings, &swept.folder, effort, &running)?;
            Ok((findings, whole))
        });
        let (findings, whole) = searched.map_err(|e: SweepError| failure(py, &e, &self.files))?;
        Ok((Swept { findings: OnceLock::from(findings), ..swept }, whole, raised))
    }
}

/// What a report takes.
const UNFINISHED: &str = "not all points are finished: a report takes a finished sweep";

impl Sweep {
    fn swept(&self, results: SweepResults, folder: PathBuf, complete: bool) -> Swept {
        let sweep = Arc::clone(&self.sweep);
        Swept { sweep, folder, results: Arc::new(results), complete, findings: OnceLock::new() }
    }

    fn planned(&self) -> &SweepPlan {
        self.sweep.plan()
    }

    fn axes(&self, rows: &[&[f64]]) -> Vec<(String, Column)> {
        let axes = self.planned().manifest.axes.iter().enumerate();
        axes.map(|(k, axis)| (axis.name.clone(), column(&axis.words, rows.iter().map(|row| row[k]))))
            .collect()
    }
}

/// Results of a sweep.
#[pyclass(frozen, module = "poolwise._core")]
pub struct Swept {
    sweep: Arc<poolwise_sweep::Sweep>,
    folder: PathBuf,
    results: Arc<SweepResults>,
    complete: bool,
    /// What the results say, once somebody asked.
    findings: OnceLock<Findings>,
}

#[pymethods]
impl Swept {
    /// Whether all points are finished.
    #[getter]
    fn complete(&self) -> bool {
        self.complete
    }

    /// The answer in sentences.
    fn verdict(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        self.told(py, |results, findings| Ok(findings.verdict(results)))
    }

    /// The tables that `sweep report` prints.
    fn text(&self, py: Python<'_>) -> PyResult<String> {
        self.told(py, |results, findings| Ok(Report::of(results, findings).text(table::TableLook::default())))
    }

    /// The document of `sweep report --format json`.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        self.told(py, |results, findings| documents::document(&findings.answer(results)))
    }

    /// Sentences, tables and pictures for a notebook.
    fn html(&self, py: Python<'_>) -> PyResult<String> {
        self.told(py, |results, findings| {
            let report = Report::of(results, findings);
            let shown = report.pictures().into_iter().filter(|p| !p.aside).take(MOST_PICTURES);
            // Only names of files differ by sweep; a cell has none.
            let pictures: Vec<Picture> = shown.map(|p| Picture { name: "sweep", scene: p.scene }).collect();
            html::framed(&findings.verdict(results), &report.blocks(), &pictures)
        })
    }

    /// Writes the page as one file.
    fn page(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let study = self.sweep.study().map_err(|e| failure(py, &e, &Snapshot::default()))?;
        self.told(py, move |results, findings| {
            page_of(&path, |into| Report::of(results, findings).with(&study, true).write(into, true))
        })
    }

    /// Names of the axes.
    #[getter]
    fn axes(&self) -> Vec<String> {
        self.results.manifest.axes.iter().map(|a| a.name.clone()).collect()
    }

    /// Names of the scenarios.
    #[getter]
    fn scenarios(&self) -> Vec<String> {
        self.results.manifest.scenarios.iter().map(|s| s.name.clone()).collect()
    }

    /// Every measure of every replication.
    fn replications(&self, py: Python<'_>) -> PyResult<Table> {
        let found = &self.results;
        let mut rows = Vec::new();
        for (p, s, m) in self.cells() {
            let values = found.values(p, s, m);
            rows.extend(values.iter().enumerate().map(|(k, value)| (p, s, m, (k as i64, value.value()))));
        }
        let (numbers, values) = rows.iter().map(|row| row.3).unzip();
        let mut columns = self.places(&rows);
        columns.push(("replication".to_owned(), Column::Whole(numbers)));
        columns.push(("value".to_owned(), Column::Numbers(values)));
        tidy_table(py, columns)
    }

    /// Every measure's estimate at every point.
    fn summary(&self, py: Python<'_>, confidence: f64) -> PyResult<Table> {
        let found = &self.results;
        let rows: Vec<_> = self
            .cells()
            .filter(|(p, s, m)| !found.values(*p, *s, *m).is_empty())
            .map(|(p, s, m)| (p, s, m, found.estimate(p, s, m, confidence)))
            .collect();
        let mut columns = self.places(&rows);
        columns.push(("estimate".to_owned(), Column::Numbers(rows.iter().map(|r| r.3.estimate).collect())));
        columns.push(("lower".to_owned(), Column::Numbers(rows.iter().map(|r| r.3.lower).collect())));
        columns.push(("upper".to_owned(), Column::Numbers(rows.iter().map(|r| r.3.upper).collect())));
        let replications = rows.iter().map(|r| i64::from(r.3.replications)).collect();
        columns.push(("replications".to_owned(), Column::Whole(replications)));
        tidy_table(py, columns)
    }
}

impl Swept {
    /// What the report on a finished sweep makes of it: break-even values as they were searched for, or read off between
    /// points.
    fn told<T: Send + 'static>(
        &self,
        py: Python<'_>,
        take: impl FnOnce(&SweepResults, &Findings) -> Result<T, ReportError> + Send + 'static,
    ) -> PyResult<T> {
        if !self.complete {
            return Err(exception(py, "UsageError", UNFINISHED));
        }
        let (results, sweep, folder) =
            (Arc::clone(&self.results), Arc::clone(&self.sweep), self.folder.clone());
        if self.findings.get().is_none() {
            let (results, folder) = (Arc::clone(&results), folder);
            let found = leave(py, move || sweep.findings(&results, &folder))?;
            let found = found.map_err(|e| failure(py, &e, &Snapshot::default()))?;
            // Two threads may have asked at once; they have found the same.
            let _ = self.findings.set(found);
        }
        let Some(findings) = self.findings.get().cloned() else {
            return Err(exception(py, "RunError", "it gave no result"));
        };
        leave(py, move || take(&results, &findings))?.map_err(|e| crate::results::report(py, e))
    }

    /// Points, scenarios and measures in the order of tidy files.
    fn cells(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let m = &self.results.manifest;
        let (scenarios, measures) = (m.scenarios.len(), m.measures.len());
        (0..m.points)
            .flat_map(move |p| (0..scenarios).flat_map(move |s| (0..measures).map(move |k| (p, s, k))))
    }

    /// Columns that say where a row belongs.
    fn places<T>(&self, rows: &[(usize, usize, usize, T)]) -> Vec<(String, Column)> {
        let m = &self.results.manifest;
        let mut columns =
            vec![("point".to_owned(), Column::Whole(rows.iter().map(|r| r.0 as i64).collect()))];
        for (k, axis) in m.axes.iter().enumerate() {
            let values = rows.iter().map(|r| self.results.points[r.0][k]);
            columns.push((axis.name.clone(), column(&axis.words, values)));
        }
        let scenario = rows.iter().map(|r| Some(m.scenarios[r.1].name.clone())).collect();
        columns.push(("scenario".to_owned(), Column::Texts(scenario)));
        let measure = rows.iter().map(|r| Some(m.measures[r.2].clone())).collect();
        columns.push(("measure".to_owned(), Column::Texts(measure)));
        columns
    }
}

/// An axis' values: its words, or numbers.
fn column(words: &[String], values: impl Iterator<Item = f64>) -> Column {
    if words.is_empty() {
        return Column::Numbers(values.collect());
    }
    Column::Texts(values.map(|x| words.get(x as usize).cloned()).collect())
}

fn tidy_table(py: Python<'_>, columns: Vec<(String, Column)>) -> PyResult<Table> {
    Table::named(columns).map_err(|e| failed(py, &e))
}

fn failure(py: Python<'_>, e: &SweepError, files: &Snapshot) -> PyErr {
    match e {
        SweepError::Invalid { problems, .. } => invalid(py, std::slice::from_ref(problems), files),
        SweepError::Huge { size } => {
            exception(py, "UsageError", &format!("{size}; if that is what you want, say so with `huge=True`"))
        }
        SweepError::Usage(_) | SweepError::NoPoint { .. } | SweepError::OtherSweep { .. } => {
            exception(py, "UsageError", &e.to_string())
        }
        e => exception(py, "RunError", &e.to_string()),
    }
}
