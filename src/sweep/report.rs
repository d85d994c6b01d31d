//! `poolwise sweep report`: what a sweep says, with break-even values by further replications.

use super::args::ReportArgs;
use super::{Planned, planned};
use crate::exit::{Done, Failure};
use crate::printer::Printer;
use crate::stop::Stop;
use poolwise_report::json;
use poolwise_report::sweep::analysis::{Report, measures};
use poolwise_report::write::Folder;
use poolwise_study::Watch;
use poolwise_sweep::analysis::breakeven::Effort;
use poolwise_sweep::analysis::{Bracket, Found, brackets, contrasts, refine};
use poolwise_sweep::manifest::ReplicationsEntry;
use poolwise_sweep::plan::Look;
use poolwise_sweep::results::Results;
use poolwise_sweep::{Plan, SweepError};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Half-width of a break-even value's interval that is short enough, over the length of its axis.
const RELATIVE: f64 = 0.01;
/// Values in the tidy file above which a sweep is only reported on when that is asked for: they would all
/// have to be in memory, at about 100 bytes each.
const MANY_VALUES: f64 = 1e6;

/// Break-even values found by further replications, so that they need not be found again.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    plan: String,
    at_most: u32,
    found: Vec<Found>,
}

/// Name of the file with them.
const KEPT: &str = "break-even.json";

/// Reports on a finished sweep.
///
/// # Errors
/// If the results are not there or another sweep's, a replication fails, or a file cannot be written.
pub fn report(args: &ReportArgs) -> Result<Done, Failure> {
    let mut printer = Printer::new(args.output);
    let Planned { sweep, folder } = planned(&args.sweep.file, &args.sweep.at, Look::Scenarios, &printer)?;
    let plan = sweep.plan();
    let results = read(plan, &folder)?;
    let brackets = brackets(&results, &contrasts(&results, &measures(&results.manifest)));
    let mut found: Vec<Found> = brackets.iter().map(|b| Found::of(&results, b)).collect();
    let mut done = Done::Fully;
    if !args.no_replications && !found.is_empty() {
        if plan.manifest.common_random_numbers {
            let effort =
                Effort { at_most: args.at_most, relative: RELATIVE, threads: args.threads.map(usize::from) };
            done = search(plan, &folder, &brackets, &mut found, effort, &mut printer)?;
        } else {
            printer.note(
                "Break-even values are read off between points: with other random numbers at every point there is \
                 no curve to search.",
            );
        }
    }
    let report = Report::of(&results, &found);
    let to = Folder::create(&folder)?;
    report.write(&to, !args.no_plots)?;
    let text = if printer.json() { json::document(&report.json())? } else { report.text(printer.look()) };
    printer.results(&text)?;
    printer.note(&format!("Page to forward: {}", to.path().join("index.html").display()));
    Ok(done)
}

/// Reports on a sweep that has just been finished, from its tidy file alone. Gives back the text.
///
/// # Errors
/// As [`report`].
pub fn at_once(plan: &Plan, folder: &Path, printer: &Printer) -> Result<String, Failure> {
    let m = &plan.manifest;
    let replications = match m.replications {
        ReplicationsEntry::Fixed(n) => n,
        ReplicationsEntry::Until { at_least, .. } => at_least,
    };
    let size = [m.points as f64, m.scenarios.len() as f64, m.measures.len() as f64, f64::from(replications)];
    if size.iter().product::<f64>() > MANY_VALUES {
        printer.note("The report of so large a sweep takes memory: `poolwise sweep report` makes it.");
        return Ok(String::new());
    }
    let results = read(plan, folder)?;
    let brackets = brackets(&results, &contrasts(&results, &measures(&results.manifest)));
    let mut found: Vec<Found> = brackets.iter().map(|b| Found::of(&results, b)).collect();
    if let Some(kept) = kept(plan, folder) {
        take_over(&mut found, &kept);
    }
    let report = Report::of(&results, &found);
    let to = Folder::create(folder)?;
    report.write(&to, true)?;
    printer.note(&format!("Page to forward: {}", to.path().join("index.html").display()));
    Ok(if printer.json() { String::new() } else { format!("\n{}", report.text(printer.look())) })
}

fn read(plan: &Plan, folder: &Path) -> Result<Results, Failure> {
    let results = Results::read(folder)?;
    if results.manifest != plan.manifest {
        let differs = plan.manifest.differences(&results.manifest);
        let path = folder.join(poolwise_sweep::results::PARQUET);
        return Err(SweepError::OtherSweep { path, differs }.into());
    }
    Ok(results)
}

/// What an earlier report found, if it was of this sweep.
fn kept(plan: &Plan, folder: &Path) -> Option<Kept> {
    let text = std::fs::read_to_string(folder.join(KEPT)).ok()?;
    serde_json::from_str::<Kept>(&text).ok().filter(|k| k.plan == plan.hash)
}

fn take_over(found: &mut [Found], kept: &Kept) {
    for f in found {
        let same = |k: &&Found| {
            (&k.measure, &k.scenario, &k.axis, k.interpolated)
                == (&f.measure, &f.scenario, &f.axis, f.interpolated)
        };
        if let Some(known) = kept.found.iter().find(same) {
            f.refined = known.refined;
        }
    }
}

fn search(
    plan: &Plan,
    folder: &Path,
    brackets: &[Bracket],
    found: &mut [Found],
    effort: Effort,
    printer: &mut Printer,
) -> Result<Done, Failure> {
    if let Some(kept) = kept(plan, folder).filter(|k| k.at_most == effort.at_most) {
        take_over(found, &kept);
    }
    let stop = Stop::listen();
    let watcher = Watcher(&stop);
    printer.start_progress_in(found.len() as u64, "break-even values");
    let mut outcome = Ok(Done::Fully);
    for (bracket, f) in brackets.iter().zip(found.iter_mut()) {
        if f.refined.is_none() {
            printer.progress_on(&f.axis);
            match refine(plan, bracket, effort, &watcher) {
                Ok(refined) if !stop.asked() => f.refined = refined,
                Ok(_) => outcome = Ok(Done::Partly),
                Err(e) => {
                    outcome = Err(Failure::from(e));
                    break;
                }
            }
        }
        if stop.asked() {
            outcome = Ok(Done::Partly);
            break;
        }
        printer.step();
    }
    printer.end_progress();
    let done = outcome?;
    let kept = Kept { plan: plan.hash.clone(), at_most: effort.at_most, found: found.to_vec() };
    Folder::create(folder)?.write(KEPT, json::document(&kept)?.as_bytes())?;
    Ok(done)
}

/// Stops a search between replications.
struct Watcher<'a>(&'a Stop);

impl Watch for Watcher<'_> {
    fn replication_done(&self, _requests: u64) {}

    fn stopped(&self) -> bool {
        self.0.asked()
    }
}
