//! `poolwise staff`

use super::args::StaffArgs;
use super::compare::{baseline, comparable};
use super::exit::{Done, Failure};
use super::load;
use super::printer::Printer;
use super::stop::Stop;
use crate::experiment::Watch;
use crate::experiment::staff::answer::{NoAnswer, Question, answer};
use crate::experiment::staff::check::Margins;
use crate::experiment::staff::probe::Halt;
use crate::experiment::staff::released::AtLarge;
use crate::experiment::staff::solve::{How, Range, Trouble};
use crate::experiment::staff::target::{Target, parse};
use crate::model::roster;
use crate::report::staff::{json, tables};
use crate::report::write::Folder;
use crate::scenario::Scenario;
use std::path::Path;

/// Folder of the answer.
const FOLDER: &str = "staff";

/// Finds what each scenario needs, and writes and prints it.
///
/// # Errors
/// If a target or a scenario is invalid, a run fails or a file cannot be written.
pub fn staff(args: &StaffArgs) -> Result<Done, Failure> {
    let mut printer = Printer::new(args.output);
    let targets = targets(&args.targets)?;
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
    if args.matching.is_some() {
        comparable(&scenarios)?;
    }
    let folder = Folder::create(&args.simulation.out.join(FOLDER))?;
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
        at_large: at_large(args, scenarios.iter().find_map(|s| s.at_large))?,
    };
    let stop = Stop::listen();
    printer.start_counting();
    let outcome = {
        let watch = Watcher { printer: &printer, stop: &stop };
        let how = How {
            threads: args.simulation.threads.map(usize::from),
            error: args.error / 100.0,
            shortcuts: !args.no_shortcuts,
            watch: &watch,
        };
        answer(&scenarios, &question, &how, &|name| printer.progress_on(name))
    };
    printer.end_progress();
    let answer = outcome.map_err(failure)?;
    let document = json::document(&answer)?;
    folder.write("staffing.json", document.as_bytes())?;
    printer.results(&if printer.json() { document } else { tables::text(&answer) })?;
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
    let near = crate::scenario::nearest(wanted, &names)
        .map_or_else(String::new, |n| format!(" (did you mean `{n}`?)"));
    Failure::Invalid(format!(
        "error: --match {wanted}: neither a scenario given nor a file{near}; there are {}",
        names.join(", ")
    ))
}

/// What the command line says, or else a scenario, or else the default.
fn at_large(args: &StaffArgs, assumed: Option<roster::AtLarge>) -> Result<AtLarge, Failure> {
    let mut all = assumed.map_or_else(AtLarge::default, AtLarge::from);
    for (given, into, what) in [
        (args.at_large_team, &mut all.team, "--at-large-team"),
        (args.at_large_hours, &mut all.hours, "--at-large-hours"),
    ] {
        match given {
            Some(x) if x > 0.0 && x.is_finite() => *into = Range::exact(x),
            Some(_) => return Err(Failure::Invalid(format!("error: {what} must be positive"))),
            None => {}
        }
    }
    Ok(all)
}

fn failure(why: NoAnswer) -> Failure {
    match &why {
        NoAnswer::Target(_) | NoAnswer::Option(_, Trouble::Plan(_)) => {
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
