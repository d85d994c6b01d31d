//! `poolwise check`

use super::exit::{Done, Failure};
use super::load;
use super::options::{CheckArgs, Format, OutputArgs};
use super::printer::Printer;
use super::stop::Stop;
use poolwise_engine::REQUEST_BYTES;
use poolwise_planning::{crowding, offered_load};
use poolwise_report::check::{self, Checked};
use poolwise_report::json;
use poolwise_report::number;
use poolwise_report::staffing::StaffingFigures;
use poolwise_report::table;
use poolwise_scenario::{self, Diagnostics, Scenario, Severity, Snapshot};
use poolwise_study::study::said_once;
use poolwise_study::{Loaded, Oracle};
use serde_json::{Value, json};
use std::path::Path;

/// Validates scenarios without running them, and prints staffing and expected load of the valid ones.
///
/// # Errors
/// [`Failure::Invalid`] when one of them is invalid; the others are printed all the same.
pub(crate) fn check(args: &CheckArgs) -> Result<Done, Failure> {
    let printer = Printer::new(OutputArgs { format: args.format, quiet: args.quiet, verbose: false });
    let overrides = args.overrides.overrides();
    load::note_idle(&overrides, "check", &printer);
    let (mut documents, mut pages) = (Vec::new(), Vec::new());
    let (mut wrong, mut odd) = (Vec::new(), Vec::new());
    let (stop, mut done) = (Stop::listen(), Done::Fully);
    let mut first = true;
    let files = Snapshot::default();
    for path in &args.scenarios {
        if stop.asked() {
            done = Done::Partly;
            break;
        }
        match Loaded::read(&files, path, &overrides) {
            Ok(loaded) => {
                let scenario = &loaded.scenario;
                let crowded = crowding(scenario, args.max_memory);
                odd.push(scenario.warnings.clone());
                odd.extend(crowded.clone());
                let staffing = StaffingFigures::of(&scenario.model);
                let oracle =
                    if args.no_theory { Oracle::default() } else { poolwise_study::oracle(&scenario.model) };
                // The reader sees each as soon as it is there, and keeps it whatever comes.
                if printer.format() == Format::Table {
                    let gap = if std::mem::take(&mut first) { "" } else { "\n" };
                    printer.results(&format!(
                        "{gap}{}",
                        table::check(&staffing, &oracle, printer.look().width)
                    ))?;
                }
                documents.push(valid(path, scenario, crowded.as_ref(), &staffing, &oracle));
                if args.page.report.is_some() || matches!(printer.format(), Format::Csv | Format::Markdown) {
                    let said = [Some(&scenario.warnings), crowded.as_ref()].into_iter().flatten();
                    let warnings = said.flat_map(|w| w.iter().map(|d| d.message.clone())).collect();
                    pages.push(Checked { loaded, staffing, oracle, warnings });
                }
            }
            Err(problems) => {
                documents.push(invalid(path, &problems));
                wrong.push(problems);
            }
        }
    }
    let told = check::told(&pages, wrong.len());
    printer.told(&told, String::new, || json::document(&json!({ "scenarios": documents })))?;
    let odd = said_once(&odd, true);
    if !odd.is_empty() {
        printer.note(&(odd.join("\n\n") + "\n"));
    }
    args.page.write(&printer, || {
        let wrong: Vec<String> = wrong.iter().map(|w| w.render(false)).collect();
        check::page(&pages, &wrong, !args.live.without_engine)
    })?;
    if wrong.is_empty() { Ok(done) } else { Err(load::invalid(&wrong)) }
}

/// Says where a run would hold more requests than memory is allowed for.
fn crowding(scenario: &Scenario, memory: u64) -> Option<Diagnostics> {
    let model = &scenario.model;
    let crowds = crowding::crowds(model, &offered_load::expected(model));
    let all: f64 = crowds.iter().map(|c| c.requests).sum();
    let room = (memory / REQUEST_BYTES) as f64;
    let most = crowds.first().filter(|_| all > room)?;
    let place = if most.centre { "wait at centre" } else { "are in the delay" };
    let message = format!(
        "{}: about {} requests would be in the system at the end of a run, and memory is allowed for {}; most of them \
         {place} `{}`",
        model.name,
        number::fixed(all, 0, false),
        number::fixed(room, 0, false),
        most.place
    );
    let help = "a run stops when they are reached (--max-memory)";
    Some(if most.centre {
        scenario.warning_at_centre(&most.place, message, help)
    } else {
        scenario.warning_at_stage(&most.place, message, help)
    })
}

fn valid(
    path: &Path,
    scenario: &Scenario,
    crowded: Option<&Diagnostics>,
    staffing: &StaffingFigures,
    oracle: &Oracle,
) -> Value {
    let warnings = [Some(&scenario.warnings), crowded].into_iter().flatten().flat_map(problems);
    json!({
        "file": path.display().to_string(),
        "valid": true,
        "hash": scenario.hash,
        "staffing": staffing,
        "oracle": oracle,
        "warnings": warnings.collect::<Vec<Value>>(),
        "errors": [],
    })
}

fn invalid(path: &Path, all: &Diagnostics) -> Value {
    let (errors, warnings): (Vec<Value>, Vec<Value>) =
        problems(all).into_iter().partition(|p| p["severity"] == "error");
    json!({
        "file": path.display().to_string(),
        "valid": false,
        "warnings": warnings,
        "errors": errors,
    })
}

fn problems(all: &Diagnostics) -> Vec<Value> {
    all.iter()
        .map(|d| {
            json!({
                "severity": match d.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                },
                "message": d.message,
                "file": d.location.as_ref().map(|l| l.file.as_str()),
                "line": d.location.as_ref().map(|l| l.line),
                "column": d.location.as_ref().map(|l| l.column),
                "help": d.help,
            })
        })
        .collect()
}
