//! `poolwise staff`

use super::compare::{baseline, comparable};
use super::exit::{Done, Failure};
use super::load;
use super::options::StaffArgs;
use super::printer::Printer;
use super::stop::Stop;
use poolwise_planning::roster_rules::{AtLarge, Range};
use poolwise_report::staff::folder::{self, Asked};
use poolwise_report::staff::{json, tables};
use poolwise_report::write::Folder;
use poolwise_scenario::{self, Scenario};
use poolwise_staffing::answer::{NoAnswer, Question, answer};
use poolwise_staffing::check::Margins;
use poolwise_staffing::inputs::Draws;
use poolwise_staffing::probe::Halt;
use poolwise_staffing::solve::{How, Trouble};
use poolwise_staffing::target::{Target, parse};
use poolwise_study::Watch;
use poolwise_study::uncertain::sets;
use std::path::{Path, PathBuf};

/// Folder of the answer.
const FOLDER: &str = "staff";

/// Finds what each scenario needs, and writes and prints it.
///
/// # Errors
/// If a target or a scenario is invalid, a run fails or a file cannot be written.
pub fn staff(args: &StaffArgs) -> Result<Done, Failure> {
    let mut printer = Printer::new(args.output);
    let targets = targets(&args.targets)?;
    if args.overrides.precision.is_some() {
        return Err(Failure::Invalid(
            "error: --precision: a search takes as many replications as its tests need, up to --replications; \
             narrow its intervals by those"
                .to_owned(),
        ));
    }
    let mut paths = args.scenarios.clone();
    let overrides = args.overrides.overrides();
    let mut scenarios = load::all(&paths, &overrides, &printer)?;
    let mut base = None;
    if let Some(wanted) = &args.matching {
        let found = scenarios.iter().position(|s| s.model.name == *wanted);
        base = match found {
            Some(i) => Some(i),
            None if Path::new(wanted).is_file() => {
                paths.insert(0, wanted.into());
                match same_file(&scenarios, Path::new(wanted)) {
                    Some(i) => Some(i),
                    None => {
                        scenarios = load::all(&paths, &overrides, &printer)?;
                        Some(0)
                    }
                }
            }
            None => return Err(no_such(wanted, &scenarios)),
        };
    }
    let base = match base {
        Some(i) => i,
        None => baseline(&scenarios, args.baseline.as_deref())?,
    };
    scenarios[..=base].rotate_right(1);
    paths[..=base].rotate_right(1);
    if args.matching.is_some() {
        comparable(&scenarios)?;
    }
    let into = Folder::create(&args.simulation.out.join(FOLDER))?;
    let question = Question {
        targets,
        matching: args.matching.is_some().then_some(Margins {
            done: args.service_margin / 100.0,
            time: args.time_margin / 100.0,
            lost: args.loss_margin / 100.0,
            utilization: args.max_utilization / 100.0,
        }),
        hourly: args.hourly,
        baseline: 0,
        at_large: at_large(args, &scenarios[0])?,
        causes: args.causes,
    };
    let stop = Stop::listen();
    printer.start_counting();
    let outcome = {
        let watch = Watcher { printer: &printer, stop: &stop };
        let how = How {
            threads: args.simulation.threads.map(usize::from),
            error: args.error / 100.0,
            shortcuts: !args.no_shortcuts,
            rosters: !args.no_rosters,
            watch: &watch,
        };
        let load = |option: usize, draw: u32| {
            let base: &Scenario = &scenarios[option];
            let mut changed = overrides.clone();
            changed.sets.extend(sets(&base.uncertain, base.model.run.seed, draw));
            poolwise_scenario::load(&paths[option], &changed).map_err(|e| e.render(false))
        };
        let uncertain = scenarios.iter().any(|s| !s.uncertain.is_empty()) && args.draws > 0;
        let draws = uncertain.then_some(Draws { count: args.draws, load: &load });
        answer(&scenarios, &question, &how, draws.as_ref(), &|name| printer.progress_on(name))
    };
    printer.end_progress();
    let answer = outcome.map_err(failure)?;
    let asked: Vec<Asked<'_>> = scenarios
        .iter()
        .map(|s| Asked {
            model: &s.model,
            pools: &s.pools,
            resolved: &s.resolved,
            file: s.sources.first().map_or(Path::new(""), PathBuf::as_path),
        })
        .collect();
    folder::answer(&into, &answer, &asked, !args.simulation.no_plots)?;
    let text = if printer.json() { json::document(&answer)? } else { tables::text(&answer) };
    printer.results(&text)?;
    printer.note(&format!("Page to forward: {}", into.path().join("index.html").display()));
    Ok(Done::Fully)
}

fn targets(texts: &[String]) -> Result<Vec<Target>, Failure> {
    let (mut list, mut wrong) = (Vec::new(), Vec::new());
    for text in texts {
        match parse(text) {
            Ok(target) => list.push(target),
            Err(e) => wrong.push(format!("error: {e}")),
        }
    }
    if wrong.is_empty() { Ok(list) } else { Err(Failure::Invalid(wrong.join("\n"))) }
}

/// A scenario given twice, by file: once as an option, once to be matched.
fn same_file(scenarios: &[Scenario], path: &Path) -> Option<usize> {
    let wanted = path.canonicalize().ok()?;
    scenarios
        .iter()
        .position(|s| s.sources.first().and_then(|p| p.canonicalize().ok()).is_some_and(|p| p == wanted))
}

fn no_such(wanted: &str, scenarios: &[Scenario]) -> Failure {
    let names: Vec<&str> = scenarios.iter().map(|s| s.model.name.as_str()).collect();
    let near = poolwise_scenario::nearest(wanted, &names)
        .map_or_else(String::new, |n| format!(" (did you mean `{n}`?)"));
    Failure::Invalid(format!(
        "error: --match {wanted}: neither a scenario given nor a file{near}; there are {}",
        names.join(", ")
    ))
}

/// What an arrest at large takes, where the command line says so.
fn at_large(args: &StaffArgs, base: &Scenario) -> Result<Option<AtLarge>, Failure> {
    let (team, hours) = (args.at_large_team, args.at_large_hours);
    if team.is_none() && hours.is_none() {
        return Ok(None);
    }
    let mut all = base.at_large.unwrap_or(AtLarge {
        officers_per_arrest: Range { low: 3.0, base: 5.0, high: 7.0 },
        hours_per_officer: Range { low: 4.0, base: 10.0, high: 40.0 },
    });
    for (given, into, what) in [
        (team, &mut all.officers_per_arrest, "--at-large-team"),
        (hours, &mut all.hours_per_officer, "--at-large-hours"),
    ] {
        match given {
            Some(x) if x > 0.0 && x.is_finite() => *into = Range { low: x, base: x, high: x },
            Some(_) => return Err(Failure::Invalid(format!("error: {what} must be positive"))),
            None => {}
        }
    }
    Ok(Some(all))
}

fn failure(why: NoAnswer) -> Failure {
    match &why {
        NoAnswer::Target(_) | NoAnswer::Option(_, Trouble::Plan(_) | Trouble::Draw(..)) => {
            Failure::Invalid(format!("error: {why}"))
        }
        NoAnswer::Option(_, Trouble::Halt(Halt::Failed(_) | Halt::Stopped)) => {
            Failure::Failed(why.to_string())
        }
    }
}

/// Ties the search to the progress count and to Ctrl-C.
struct Watcher<'a> {
    printer: &'a Printer,
    stop: &'a Stop,
}

impl Watch for Watcher<'_> {
    fn replication_done(&self, _requests: u64) {
        self.printer.step();
    }

    fn stopped(&self) -> bool {
        self.stop.asked()
    }
}
