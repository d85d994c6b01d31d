//! `poolwise sweep report`: what a sweep says, with break-even values by further replications.

use super::args::SweepReportArgs;
use super::{Planned, planned};
use crate::exit::{Done, Failure};
use crate::options::Format;
use crate::printer::Printer;
use crate::stop::Stop;
use crate::workbook::put;
use poolwise_report::json;
use poolwise_report::sweep::analysis::Report;
use poolwise_report::write::Folder;
use poolwise_report::xlsx;
use poolwise_scenario::Overrides;
use poolwise_study::Watch;
use poolwise_sweep::analysis::{Findings, SearchEffort, SweepAnswer};
use poolwise_sweep::manifest::ReplicationsEntry;
use poolwise_sweep::plan::Look;
use poolwise_sweep::results::SweepResults;
use poolwise_sweep::{Sweep, SweepError};
use serde::Serialize;
use serde_json::Value;
use std::path::Path;

/// Values in the tidy file above which a sweep is only reported on when that is asked for: they are read from the file as they are
/// needed, which takes a while.
const MANY_VALUES: f64 = 1e6;

/// Reports on a finished sweep.
///
/// # Errors
/// If the results are not there or another sweep's, a replication fails, or a file cannot be written.
pub(super) fn report(args: &SweepReportArgs) -> Result<Done, Failure> {
    let mut printer = Printer::of_answer(args.output);
    let Planned { sweep, folder } = planned(&args.sweep.file, &args.sweep.at, Look::Scenarios, &printer)?;
    let threads = args.threads.map(usize::from);
    let results = read(&sweep, &folder, threads)?;
    let mut findings = sweep.findings(&results, &folder)?;
    let mut done = Done::Fully;
    if !args.no_replications && !findings.break_even.is_empty() {
        if sweep.plan().manifest.common_random_numbers {
            let effort = SearchEffort { threads, ..SearchEffort::of(args.at_most) };
            done = search(&sweep, &folder, &mut findings, effort, &mut printer)?;
        } else {
            printer.note(
                "Break-even values are read off between points: with other random numbers at every point there is \
                 no curve to search.",
            );
        }
    }
    let study = sweep.study()?;
    let changes = args.sweep.at.overrides.overrides();
    let report = Report::of(&results, &findings)
        .with(&study, !args.page.without_engine)
        .of_file(&args.sweep.file, &changes);
    let to = Folder::create(&folder)?;
    report.write(&to, !args.no_plots)?;
    let book = workbook(&results, &findings, args.workbook.xlsx.as_deref())?;
    results.intact(&folder)?;
    printer.told(
        &report.told(),
        || report.text(printer.look()),
        || json::document(&findings.answer(&results)),
    )?;
    book.iter().for_each(|line| printer.note(line));
    printer.note(&format!("Page to forward: {}", to.path().join("index.html").display()));
    Ok(done)
}

/// Writes the workbook, where one is asked for, and says where.
fn workbook(
    results: &SweepResults,
    findings: &Findings,
    to: Option<&Path>,
) -> Result<Option<String>, Failure> {
    let Some(path) = to else { return Ok(None) };
    put(path, &xlsx::sweep::workbook(results, findings)?)?;
    Ok(Some(format!("Workbook: {}", path.display())))
}

/// What a report at once is made with.
pub(super) struct AtOnce<'a> {
    /// The workbook, where one is asked for.
    pub book: Option<&'a Path>,
    /// The sweep's file, which the page names.
    pub file: &'a Path,
    /// What was changed in it.
    pub changes: Overrides,
    /// Changes of its scenarios can be simulated on the page.
    pub engine: bool,
    /// Threads; all processors where `None`.
    pub threads: Option<usize>,
}

/// Reports on a sweep that has just been finished, from its tidy file alone, with a workbook where one is asked for.
/// Gives back what is to be printed, nothing where the sweep is too large, and what was written; `facts` go into a document for programs.
///
/// # Errors
/// As [`report`].
pub(super) fn at_once(
    sweep: &Sweep,
    folder: &Path,
    asked: &AtOnce<'_>,
    facts: &Value,
    printer: &Printer,
) -> Result<(String, Vec<String>), Failure> {
    let m = &sweep.plan().manifest;
    let replications = match m.replications {
        ReplicationsEntry::Fixed(n) => n,
        ReplicationsEntry::Until { at_least, .. } => at_least,
    };
    let size = [m.points as f64, m.scenarios.len() as f64, m.measures.len() as f64, f64::from(replications)];
    if size.iter().product::<f64>() > MANY_VALUES {
        let and = if asked.book.is_some() { ", and the workbook" } else { "" };
        let controls = if sweep.plan().controls { " --controls" } else { "" };
        let later = format!(
            "The report of so large a sweep takes a while: `poolwise sweep report{controls}` makes it{and}."
        );
        return Ok((String::new(), vec![later]));
    }
    let results = read(sweep, folder, asked.threads)?;
    let findings = sweep.findings(&results, folder)?;
    let study = sweep.study()?;
    let report =
        Report::of(&results, &findings).with(&study, asked.engine).of_file(asked.file, &asked.changes);
    let to = Folder::create(folder)?;
    report.write(&to, true)?;
    let book = workbook(&results, &findings, asked.book)?;
    let page = format!("Page to forward: {}", to.path().join("index.html").display());
    let said = match printer.format() {
        Format::Table => report.text(printer.look()),
        Format::Json => json::document(&Answered { answer: findings.answer(&results), made: facts })?,
        Format::Csv => report.told().csv()?,
        Format::Markdown => report.told().markdown(),
    };
    Ok((said, book.into_iter().chain([page]).collect()))
}

/// What a sweep says, and below it what it was made of.
#[derive(Serialize)]
struct Answered<'a> {
    #[serde(flatten)]
    answer: SweepAnswer,
    made: &'a Value,
}

fn read(sweep: &Sweep, folder: &Path, threads: Option<usize>) -> Result<SweepResults, Failure> {
    let plan = sweep.plan();
    let mut results = SweepResults::read(folder)?;
    if results.manifest != plan.manifest {
        let differs = plan.manifest.differences(&results.manifest);
        let path = folder.join(poolwise_sweep::results::PARQUET);
        return Err(SweepError::OtherSweep { path, differs }.into());
    }
    if results.points == plan.points {
        // One table for both.
        results.points = plan.points.clone();
    }
    Ok(sweep.controlled(results, threads)?)
}

fn search(
    sweep: &Sweep,
    folder: &Path,
    findings: &mut Findings,
    effort: SearchEffort,
    printer: &mut Printer,
) -> Result<Done, Failure> {
    let stop = Stop::listen();
    printer.start_progress_in(findings.break_even.len() as u64, "break-even values");
    let whole = sweep.search(findings, folder, effort, &SearchWatcher { printer, stop: &stop });
    printer.end_progress();
    Ok(if whole? { Done::Fully } else { Done::Partly })
}

/// Shows how far a search is, and stops it between replications.
struct SearchWatcher<'a> {
    printer: &'a Printer,
    stop: &'a Stop,
}

impl Watch for SearchWatcher<'_> {
    fn replication_done(&self, _requests: u64) {}

    fn turn_to(&self, axis: &str) {
        self.printer.progress_on(axis);
    }

    fn point_done(&self) {
        self.printer.step();
    }

    fn stopped(&self) -> bool {
        self.stop.asked()
    }
}
