//! What is done with a planner's own files: laws fitted to times, scenarios made of records, histories replayed.

use crate::arrow::{Column, Table, failed};
use crate::error::{self, exception};
use crate::html;
use crate::results::{page_of, report};
use crate::scenario::Scenario;
use crate::watch::{Running, leave, supervise};
use poolwise_engine::Failure;
use poolwise_intake::cell::{Decimal, Spans, span};
use poolwise_intake::dates::DatePartOrder;
use poolwise_intake::durations::Durations;
use poolwise_intake::fit::Shift;
use poolwise_intake::fit_file::{self, Laws, fit_file};
use poolwise_intake::read::ReadProgress;
use poolwise_intake::replay::{self, Replay};
use poolwise_intake::ways::Said;
use poolwise_intake::{IntakeError, fit, import};
use poolwise_report::plots::{self, Picture, Scene};
use poolwise_report::write::Folder;
use poolwise_report::{ReportError, json as documents, table};
use poolwise_study::{Loaded, Study};
use pyo3::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What files do not say themselves, as keyword arguments.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Open {
    sheet: Option<String>,
    dates: Option<String>,
    decimal: Option<String>,
    unit: Option<String>,
}

impl Open {
    fn said(&self, py: Python<'_>) -> PyResult<Said> {
        fn one<T: Copy>(
            py: Python<'_>,
            key: &str,
            given: Option<&String>,
            known: &[(&str, T)],
        ) -> PyResult<Option<T>> {
            let Some(given) = given else { return Ok(None) };
            let found = known.iter().find(|(word, _)| word == given).map(|(_, value)| *value);
            found.map(Some).ok_or_else(|| {
                let words: Vec<String> = known.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                exception(py, "UsageError", &format!("`{key}` is {}, not \"{given}\"", words.join(" or ")))
            })
        }
        let orders = DatePartOrder::ALL.map(|order| (order.word(), order));
        let marks = [("point", Decimal::Point), ("comma", Decimal::Comma)];
        let units = [("s", 1.0), ("min", 60.0), ("h", 3600.0)];
        Ok(Said {
            dates: one(py, "dates", self.dates.as_ref(), &orders)?,
            decimal: one(py, "decimal", self.decimal.as_ref(), &marks)?,
            unit: one(py, "unit", self.unit.as_ref(), &units)?,
        })
    }
}

/// Reading that stops when the run does.
impl ReadProgress for Running {
    fn rows(&self, _file: &str, _rows: u64) {}
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// A length of time in seconds.
fn seconds(py: Python<'_>, key: &str, text: &str) -> PyResult<f64> {
    match span(text) {
        Some(Spans::One(s)) if s > 0.0 && s < 3e8 => Ok(s),
        _ => {
            let text = format!("`{key}` is a length of time such as \"30 min\", not \"{text}\"");
            Err(exception(py, "UsageError", &text))
        }
    }
}

/// What is subtracted from times: nothing, "auto", or a length.
fn shift(py: Python<'_>, text: Option<&str>) -> PyResult<Shift> {
    match text {
        None => Ok(Shift::None),
        Some("auto") => Ok(Shift::Auto),
        Some(text) => seconds(py, "shift", text).map(Shift::By),
    }
}

/// The laws that times follow.
#[pyclass(frozen, module = "poolwise._core")]
pub struct Fit(Arc<fit_file::FileFit>);

/// Fits laws to the times of a file.
#[pyfunction]
pub(crate) fn fit_times(
    py: Python<'_>,
    file: PathBuf,
    column: Option<String>,
    shift_by: Option<&str>,
    patience: bool,
    open: Open,
) -> PyResult<Fit> {
    let (shift, said) = (shift(py, shift_by)?, open.said(py)?);
    let found = leave(py, move || {
        let asked = fit_file::FitRequest {
            file: &file,
            sheet: open.sheet.as_deref(),
            column: column.as_deref(),
            shift,
            said,
            patience,
        };
        fit_file(&asked, &poolwise_intake::read::UnwatchedRead)
    })?;
    found.map(|found| Fit(Arc::new(found))).map_err(|e| error::data(py, &e))
}

/// Fits laws to times in seconds, told in a unit of so many.
#[pyfunction]
pub(crate) fn fit_values(
    py: Python<'_>,
    values: Vec<f64>,
    unit: f64,
    name: String,
    shift_by: Option<&str>,
) -> PyResult<Fit> {
    let shift = shift(py, shift_by)?;
    let found = leave(py, move || {
        let found = fit::fit(&values, shift)?;
        let seen = values.len() as u64;
        let durations = Durations { column: name, seconds: values, seen, unit, ..Durations::default() };
        let laws = Laws::Durations(durations, found);
        Some(fit_file::FileFit { file: "times.csv".to_owned(), form: "given as values".to_owned(), laws })
    })?;
    let few = "there are fewer than two different times: there is nothing to fit";
    found.map(|found| Fit(Arc::new(found))).ok_or_else(|| exception(py, "UsageError", few))
}

#[pymethods]
impl Fit {
    /// The document of `fit --format json`.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        documents::document(&poolwise_report::fit::json(&self.0)).map_err(|e| report(py, e))
    }

    /// The tables that the command prints.
    fn text(&self) -> String {
        poolwise_report::fit::text(&self.0, table::WIDTH)
    }

    /// The same for a notebook, with pictures.
    fn html(&self, py: Python<'_>) -> PyResult<String> {
        let told = poolwise_report::fit::told(&self.0);
        html::told(&told, &pictures(poolwise_report::fit::pictures(&self.0))).map_err(|e| report(py, e))
    }

    /// Writes the page and the pictures of the command into a folder.
    fn write(&self, py: Python<'_>, folder: PathBuf) -> PyResult<()> {
        let found = Arc::clone(&self.0);
        leave(py, move || write_fit(&found, &Folder::create(&folder)?))?.map_err(|e| report(py, e))
    }

    /// Writes the page as one file.
    fn page(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let found = Arc::clone(&self.0);
        leave(py, move || page_of(&path, |into| write_fit(&found, into)))?.map_err(|e| report(py, e))
    }
}

fn write_fit(found: &fit_file::FileFit, into: &Folder) -> Result<(), ReportError> {
    let drawn = draw(into, &poolwise_report::fit::pictures(found))?;
    into.write("index.html", poolwise_report::fit::page(found, drawn).html().as_bytes())?;
    Ok(())
}

fn pictures(all: Vec<(&'static str, Scene)>) -> Vec<Picture> {
    all.into_iter().map(|(name, scene)| Picture { name, scene }).collect()
}

/// Draws pictures as SVG and PNG; gives the SVG.
fn draw(folder: &Folder, all: &[(&str, Scene)]) -> Result<Vec<String>, ReportError> {
    all.iter().map(|(name, scene)| scene.write(folder, name)).collect()
}

/// What a back-test says, and the scenario through which the history was replayed.
#[pyclass(frozen, module = "poolwise._core")]
pub struct Backtest(Arc<replay::Backtest>, Loaded);

/// How a back-test is made, as keyword arguments.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Replayed {
    within: Option<String>,
    changes: bool,
    threads: Option<usize>,
    max_memory: Option<u64>,
    progress: Option<Py<PyAny>>,
}

/// Replays a history through a scenario. What was raised on the way comes back beside what was found before.
#[pyfunction]
pub(crate) fn backtest(
    py: Python<'_>,
    scenario: Py<Scenario>,
    history: PathBuf,
    how: Replayed,
    open: Open,
) -> PyResult<(Backtest, Option<PyErr>)> {
    let said = open.said(py)?;
    let within = how.within.as_deref().map(|text| seconds(py, "within", text)).transpose()?;
    let running = Running::new(0, None, how.max_memory);
    let (found, raised) = supervise(py, &running, how.progress.as_ref(), || {
        let asked = replay::BacktestRequest {
            history: &history,
            sheet: open.sheet.as_deref(),
            said,
            within,
            changes: how.changes,
        };
        let replay = Replay::of(&scenario.get().0, &asked, &running)?;
        running.planned.store(replay.replications(), Ordering::Relaxed);
        replay.run(how.threads, &running)
    });
    match (found, raised) {
        (Ok(found), raised) => Ok((Backtest(Arc::new(found), scenario.get().0.clone()), raised)),
        (Err(_), Some(raised)) => Err(raised),
        (Err(e), None) => Err(failure(py, &e, &scenario.get().0)),
    }
}

fn failure(py: Python<'_>, e: &IntakeError, scenario: &Loaded) -> PyErr {
    match e {
        IntakeError::Problem(problem) => error::data(py, problem),
        IntakeError::Scenario(wrong) => error::invalid(py, std::slice::from_ref(wrong), scenario.files()),
        IntakeError::Run(Failure::Stopped) => {
            exception(py, "RunError", "stopped before there was anything to judge")
        }
        IntakeError::Run(why) => exception(py, "RunError", &why.to_string()),
        e @ IntakeError::NoZone(_) => exception(py, "UsageError", &e.to_string()),
    }
}

#[pymethods]
impl Backtest {
    /// The document of `backtest --format json`.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        documents::document(&poolwise_report::backtest::json(&self.0)).map_err(|e| report(py, e))
    }

    /// The tables that the command prints.
    fn text(&self) -> String {
        let look = table::TableLook { verbose: true, ..table::TableLook::default() };
        poolwise_report::backtest::text(&self.0, look)
    }

    /// The sentence.
    fn verdict(&self) -> String {
        poolwise_report::backtest::verdict(&self.0)
    }

    /// Whether all changes were tried.
    #[getter]
    fn complete(&self) -> bool {
        self.0.complete
    }

    /// The same for a notebook, with pictures.
    fn html(&self, py: Python<'_>) -> PyResult<String> {
        let told = poolwise_report::backtest::told(&self.0);
        html::told(&told, &pictures(self.drawn())).map_err(|e| report(py, e))
    }

    /// Every interval of the history.
    fn intervals(&self, py: Python<'_>) -> PyResult<Table> {
        let (v, past) = (&self.0.verdict, &self.0.past);
        let numbers = |of: fn(&poolwise_intake::backtest::IntervalRow) -> f64| {
            Column::Numbers(v.rows.iter().map(of).collect())
        };
        let text = |of: &dyn Fn(&poolwise_intake::backtest::IntervalRow) -> String| {
            Column::Texts(v.rows.iter().map(|row| Some(of(row))).collect())
        };
        Table::of(vec![
            ("time", text(&|r| r.at.strftime("%Y-%m-%d %H:%M").to_string())),
            ("place", text(&|r| past.places[r.place].clone())),
            ("offered", Column::Whole(v.rows.iter().map(|r| r.offered as i64).collect())),
            ("actual", numbers(|r| r.actual)),
            ("predicted", numbers(|r| r.predicted)),
            ("lower", numbers(|r| r.band.0)),
            ("upper", numbers(|r| r.band.1)),
        ])
        .map_err(|e| failed(py, &e))
    }

    /// Writes the files of the command into a folder.
    fn write(&self, py: Python<'_>, folder: PathBuf) -> PyResult<()> {
        let found = Self(Arc::clone(&self.0), self.1.clone());
        leave(py, move || found.write_all(&Folder::create(&folder)?))?.map_err(|e| report(py, e))
    }

    /// Writes the page as one file.
    fn page(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let found = Self(Arc::clone(&self.0), self.1.clone());
        leave(py, move || page_of(&path, |into| found.write_all(into)))?.map_err(|e| report(py, e))
    }
}

impl Backtest {
    fn write_all(&self, into: &Folder) -> Result<(), ReportError> {
        into.write("intervals.csv", poolwise_report::backtest::csv(&self.0).as_bytes())?;
        let drawn = draw(into, &self.drawn())?;
        // One scenario alone is always a study; without it the page has no engine.
        let study = Study::of([self.1.clone()]).map_err(|e| ReportError::Encode(e.to_string()))?;
        into.write(
            "index.html",
            poolwise_report::backtest::page(&self.0, &study, drawn, None, true).html().as_bytes(),
        )?;
        Ok(())
    }

    fn drawn(&self) -> Vec<(&'static str, Scene)> {
        let model = &self.1.scenario.model;
        let title = if model.title.is_empty() { &model.name } else { &model.title };
        let drawn = plots::backtest::by_hour(&self.0.verdict, title);
        drawn.map(|scene| ("by-hour", scene)).into_iter().collect()
    }
}

/// How files are taken in, as keyword arguments.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Taken {
    into: PathBuf,
    time_zone: Option<String>,
    target: String,
    handling: Option<String>,
    holidays: Vec<String>,
    ahead: u16,
}

/// What came of files: the document and the text of the command, and the paths of scenarios.
type Imported = (String, String, Vec<PathBuf>);

/// Reads files and writes scenarios.
#[pyfunction]
pub(crate) fn import_files(
    py: Python<'_>,
    files: Vec<PathBuf>,
    taken: Taken,
    open: Open,
) -> PyResult<Imported> {
    let said = open.said(py)?;
    let target = seconds(py, "target", &taken.target)?;
    let handling = taken.handling.as_deref().map(|text| seconds(py, "handling", text)).transpose()?;
    let (zone, sheet, into) = (taken.time_zone, open.sheet, taken.into);
    let (holidays, ahead) = (taken.holidays, usize::from(taken.ahead));
    let found = leave(py, move || {
        let asked = import::ImportRequest {
            files: &files,
            sheet: sheet.as_deref(),
            said,
            zone: zone.as_deref(),
            target,
            handling,
            holidays: &holidays,
            ahead,
        };
        import::import(&asked, &poolwise_intake::read::UnwatchedRead)
    })?;
    let found = found.map_err(|e| match &e {
        IntakeError::Problem(problem) => error::data(py, problem),
        IntakeError::Scenario(wrong) => {
            error::invalid(py, std::slice::from_ref(wrong), &poolwise_scenario::Snapshot::default())
        }
        e => exception(py, "UsageError", &e.to_string()),
    })?;
    let paths = poolwise_report::intake::put(&into, &found.written).map_err(|e| report(py, e))?;
    let today = poolwise_report::intake::today(&found, &paths);
    let document = documents::document(&poolwise_report::intake::json(&found, &paths, today.as_ref()));
    let options = poolwise_report::intake::scenarios(&found, &paths);
    let beside = poolwise_report::intake::beside(&found, &paths);
    let scenarios = options.into_iter().chain(beside).map(Path::to_owned).collect();
    let look = poolwise_report::table::TableLook { verbose: true, ..Default::default() };
    let text = poolwise_report::intake::text(&found, &paths, today.as_ref(), look);
    Ok((document.map_err(|e| report(py, e))?, text, scenarios))
}
