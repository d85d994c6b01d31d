//! `poolwise sweep`: all of it, or one of its steps.

pub(crate) mod args;
mod progress;
mod report;
mod submit;

use super::exit::{Done, Failure};
use super::options::{Format, LimitArgs};
use super::printer::Printer;
use super::stop::Stop;
use super::{idle, load};
use args::{Action, AtArgs, MergeArgs, PlanArgs, ShardArg, StatusArgs, SweepArgs, SweepRunArgs, WholeArgs};
use jiff::Timestamp;
use poolwise_report::folder::elapsed;
use poolwise_report::manifest::{self, Host};
use poolwise_report::number;
use poolwise_report::table;
use poolwise_report::write::Folder;
use poolwise_scenario::{about_file, about_option};
use poolwise_sweep::plan::Look;
use poolwise_sweep::run::{self, Ran};
use poolwise_sweep::status::Progress;
use poolwise_sweep::{Changes, Ranges, Selection, Sweep, SweepError, SweepOptions, SweepPlan, tidy};
use progress::SweepWatcher;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Does what is asked of a sweep.
///
/// # Errors
/// If the sweep is invalid, a run fails or a file cannot be written.
pub(crate) fn sweep(args: &SweepArgs) -> Result<Done, Failure> {
    match &args.action {
        Some(Action::Plan(args)) => plan(args),
        Some(Action::Run(args)) => run_some(args),
        Some(Action::Status(args)) => status(args),
        Some(Action::Merge(args)) => merge(args),
        Some(Action::Report(args)) => report::report(args),
        Some(Action::Submit(args)) => submit::submit(args),
        None => whole(&args.whole),
    }
}

impl From<SweepError> for Failure {
    fn from(e: SweepError) -> Self {
        match &e {
            SweepError::Invalid { about, problems } => {
                let about = if about.is_empty() { String::new() } else { format!("error: {about}\n\n") };
                Self::Invalid(about + &problems.render(true))
            }
            SweepError::NoPoint { point, most } => {
                let help = format!("the sweep has points 0 to {most}");
                about_option("--points", &point.to_string(), format!("there is no point {point}"), &help)
                    .into()
            }
            SweepError::OtherSweep { path, differs } => {
                let message = format!("{} belongs to another sweep: {differs} differs", path.display());
                about_file(path, message, "choose another folder with --out DIR, or remove this one").into()
            }
            SweepError::Huge { .. } | SweepError::Usage(_) => Self::Invalid(format!("error: {e}")),
            _ => Self::Failed(e.to_string()),
        }
    }
}

/// What is wrong with a sweep as a whole, at the beginning of its file.
fn placed(error: SweepError, file: &Path) -> Failure {
    match &error {
        SweepError::Huge { size } => {
            about_file(file, size.as_str(), "if that is what you want, say so with --yes").into()
        }
        SweepError::Usage(what) => about_file(file, what.as_str(), "").into(),
        _ => error.into(),
    }
}

/// A sweep and its folder.
struct Planned {
    sweep: Sweep,
    folder: PathBuf,
}

fn planned(file: &Path, at: &AtArgs, look: Look, printer: &Printer) -> Result<Planned, Failure> {
    let changes = Changes { overrides: at.overrides.overrides(), yes: at.yes, controls: at.controls };
    let sweep = Sweep::look(file, &changes, look).map_err(|e| placed(e, file))?;
    if look != Look::Scenarios {
        sweep.plan().warnings.iter().for_each(|w| printer.note(w));
        load::note_idle(&changes.overrides, "sweep", printer);
        let axes = sweep.plan().manifest.axes.iter().flat_map(|a| &a.paths).map(|p| p.path.as_str());
        idle::note(axes, "an axis over", "sweep", printer);
    }
    let standard = || Path::new("output").join("sweeps").join(&sweep.plan().manifest.sweep);
    let folder = at.out.clone().unwrap_or_else(standard);
    Ok(Planned { sweep, folder })
}

fn whole(args: &WholeArgs) -> Result<Done, Failure> {
    let mut printer = Printer::of_answer(args.output);
    let file = args.file.clone().unwrap_or_default();
    let Planned { sweep, folder } = planned(&file, &args.at, Look::Ends, &printer)?;
    let plan = sweep.plan();
    printer.note(&size(plan));
    let started = Timestamp::now();
    let clock = Instant::now();
    let ran =
        simulate(&sweep, &folder, &Selection::All, args.threads.map(usize::from), args.limits, &mut printer)?;
    if !ran.complete {
        printer.note(&match ran.beyond {
            0 => "Stopped; the same command goes on from here.".to_owned(),
            n => format!(
                "Memory was not enough for {n} {} (a point with a scenario); all that is finished is kept. The same \
                 command with more --max-memory goes on from here.",
                if n == 1 { "case" } else { "cases" }
            ),
        });
        return Ok(Done::Partly);
    }
    let merged = tidy::write(plan, &folder, !args.no_csv)?;
    let host = Host {
        started: started.to_string(),
        finished: Timestamp::now().to_string(),
        simulation_seconds: clock.elapsed().as_secs_f64(),
        requests: ran.requests,
        threads: args.threads.map(usize::from),
        command: std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect(),
        sources: vec![file.display().to_string()],
    };
    Folder::create(&folder)?.write("host.json", manifest::host(&host)?.as_bytes())?;
    let facts = facts(plan, &folder, merged.replications, merged.requests);
    let asked = report::AtOnce {
        book: args.workbook.xlsx.as_deref(),
        file: &file,
        changes: args.at.overrides.overrides(),
        engine: !args.page.without_engine,
        threads: args.threads.map(usize::from),
    };
    let (said, written) = report::at_once(&sweep, &folder, &asked, &facts.1, &printer)?;
    let answered = !said.is_empty();
    // The answer first, then what it was made of. A spreadsheet takes one table, and a program one document.
    printer.results(&said)?;
    if !answered || matches!(printer.format(), Format::Table | Format::Markdown) {
        if answered {
            printer.results("\n")?;
        }
        printer.facts(&facts.0, &facts.1)?;
    }
    written.iter().for_each(|line| printer.note(line));
    Ok(Done::Fully)
}

fn plan(args: &PlanArgs) -> Result<Done, Failure> {
    let printer = Printer::new(args.output);
    let look = if args.check { Look::All } else { Look::Ends };
    let Planned { sweep, folder } = planned(&args.sweep.file, &args.sweep.at, look, &printer)?;
    let plan = sweep.plan();
    run::prepare(plan, &folder)?;
    printer.facts(
        &format!(
            "{}Plan: {}\n",
            table::messages(&size(plan), printer.look().width),
            folder.join(run::PLAN).display()
        ),
        &json!({
            "sweep": plan.manifest.sweep,
            "hash": plan.hash,
            "points": plan.points.len(),
            "left_out": plan.manifest.left_out,
            "cases": plan.cases().len(),
            "folder": folder.display().to_string(),
        }),
    )?;
    Ok(Done::Fully)
}

fn run_some(args: &SweepRunArgs) -> Result<Done, Failure> {
    let mut printer = Printer::new(args.output);
    let selection = match (&args.shard, &args.points) {
        (Some(shard), _) => of_environment(*shard)?,
        (None, Some(points)) => Selection::Points(points.clone()),
        (None, None) => Selection::All,
    };
    let Planned { sweep, folder } = planned(&args.sweep.file, &args.sweep.at, Look::Scenarios, &printer)?;
    let known = sweep.plan().points.len();
    if let Selection::Points(points) = &selection
        && let Some(last) = points.last().filter(|p| *p >= known)
    {
        let help = format!("the sweep has points 0 to {}", known - 1);
        return Err(
            about_option("--points", &last.to_string(), format!("there is no point {last}"), &help).into()
        );
    }
    let ran =
        simulate(&sweep, &folder, &selection, args.threads.map(usize::from), args.limits, &mut printer)?;
    // Nobody reads what a task of many says, but a program may.
    printer.facts(
        "",
        &json!({
            "replications": ran.replications,
            "requests": ran.requests,
            "complete": ran.complete,
        }),
    )?;
    Ok(if ran.complete { Done::Fully } else { Done::Partly })
}

/// A shard whose number may stand in the environment, as job schedulers put it there.
fn of_environment(shard: ShardArg) -> Result<Selection, Failure> {
    if let Some(k) = shard.k {
        return Ok(Selection::Shard { k, n: shard.n });
    }
    for name in ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"] {
        let Some(text) = std::env::var_os(name) else { continue };
        let k = text.to_str().and_then(|t| t.parse::<usize>().ok()).filter(|k| *k < shard.n);
        return k.map(|k| Selection::Shard { k, n: shard.n }).ok_or_else(|| {
            let help = format!("its numbers are 0 to {}", shard.n - 1);
            about_option(name, &text.to_string_lossy(), format!("this is no shard of {}", shard.n), &help)
                .into()
        });
    }
    let help = format!(
        "write --shard 0/{0}, or run as a task of an array job (SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX)",
        shard.n
    );
    Err(about_option("--shard", &shard.n.to_string(), format!("which shard of {}?", shard.n), &help).into())
}

fn status(args: &StatusArgs) -> Result<Done, Failure> {
    let printer = Printer::new(args.output);
    let Planned { sweep, folder } = planned(&args.sweep.file, &args.sweep.at, Look::Scenarios, &printer)?;
    let plan = sweep.plan();
    run::belongs(plan, &folder)?;
    let progress = Progress::read(plan, &folder, None)?;
    for (path, health) in &progress.ailing {
        printer.note(&format!("{}: {}", path.display(), progress::ailment(*health)));
    }
    let missing = progress.missing(plan);
    let shown = match args.shards {
        Some(n) => shards_of(&missing, n.get()),
        None => missing.clone(),
    };
    if args.array {
        printer.results(&if shown.is_empty() { String::new() } else { format!("{shown}\n") })?;
    } else {
        let done = plan.points.len() - missing.len();
        let what = if args.shards.is_some() { "shards" } else { "points" };
        let tail = if shown.is_empty() { String::new() } else { format!("Missing {what}: {shown}\n") };
        printer.facts(
            &format!(
                "{done} of {} points finished, {} replications, {} requests.\n{tail}",
                plan.points.len(),
                number::fixed(progress.replications as f64, 0, false),
                number::fixed(progress.requests as f64, 0, false)
            ),
            &json!({
                "points": plan.points.len(),
                "missing": shown.to_string(),
                "missing_points": missing.len(),
                "replications": progress.replications,
                "requests": progress.requests,
            }),
        )?;
    }
    Ok(if missing.is_empty() { Done::Fully } else { Done::Partly })
}

/// The shards that missing points belong to.
fn shards_of(points: &Ranges, n: usize) -> Ranges {
    let mut shards: Vec<usize> = points.iter().map(|p| p % n).collect();
    shards.sort_unstable();
    Ranges::of(shards)
}

fn merge(args: &MergeArgs) -> Result<Done, Failure> {
    let printer = Printer::new(args.output);
    let Planned { sweep, folder } = planned(&args.sweep.file, &args.sweep.at, Look::Scenarios, &printer)?;
    let plan = sweep.plan();
    run::prepare(plan, &folder)?;
    let merged = match tidy::write(plan, &folder, !args.no_csv) {
        Err(e @ SweepError::Gaps { .. }) => {
            printer.error(&format!("error: {e}"));
            return Ok(Done::Partly);
        }
        other => other?,
    };
    let (text, data) = facts(plan, &folder, merged.replications, merged.requests);
    printer.facts(&text, &data)?;
    Ok(Done::Fully)
}

fn simulate(
    sweep: &Sweep,
    folder: &Path,
    selection: &Selection,
    threads: Option<usize>,
    limits: LimitArgs,
    printer: &mut Printer,
) -> Result<Ran, Failure> {
    let stop = Stop::listen();
    let clock = Instant::now();
    printer.start_points();
    let watcher = SweepWatcher::new(printer, &stop, limits.max_memory);
    // Results of any size stream from the shards to files: nothing is collected in memory.
    let options = SweepOptions {
        threads,
        selection: selection.clone(),
        collect: false,
        ..SweepOptions::in_folder(folder)
    };
    let swept = sweep.run(&options, &watcher);
    printer.end_progress();
    let ran = swept?.ran;
    printer.detail(&format!(
        "simulated {} replications, {} requests in {}; {:.2} % of the threads' time was simulation",
        number::fixed(ran.replications as f64, 0, false),
        number::fixed(ran.requests as f64, 0, false),
        elapsed(clock.elapsed().as_secs_f64()),
        100.0 * ran.simulating
    ));
    Ok(ran)
}

/// How big a sweep is, in a sentence.
fn size(plan: &SweepPlan) -> String {
    let m = &plan.manifest;
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let left_out = match m.left_out {
        0 => String::new(),
        n => format!(" ({n} left out by constraints)"),
    };
    let shared = m.points * m.scenarios.len() - plan.cases().len();
    let shared = match shared {
        0 => String::new(),
        n => format!("; {n} need no simulation of their own, since nothing differs there"),
    };
    format!(
        "{}: {}{left_out} of {} x {}{shared}.",
        m.sweep,
        count(m.points, "point"),
        count(m.axes.len(), "axis").replace("axiss", "axes"),
        count(m.scenarios.len(), "scenario")
    )
}

/// What was made, in a sentence and as data.
fn facts(plan: &SweepPlan, folder: &Path, replications: u64, requests: u64) -> (String, Value) {
    let text = format!(
        "{} points, {} replications, {} requests.\nResults: {}\n",
        plan.points.len(),
        number::fixed(replications as f64, 0, false),
        number::fixed(requests as f64, 0, false),
        folder.join("results.parquet").display()
    );
    let data = json!({
        "sweep": plan.manifest.sweep,
        "hash": plan.hash,
        "points": plan.points.len(),
        "replications": replications,
        "requests": requests,
        "folder": folder.display().to_string(),
    });
    (text, data)
}
