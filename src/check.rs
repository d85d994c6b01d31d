//! `poolwise check`

use super::exit::{Done, Failure};
use super::load;
use super::options::{CheckArgs, OutputArgs};
use super::printer::Printer;
use poolwise_report::json;
use poolwise_report::staffing::Staffing;
use poolwise_report::table;
use poolwise_scenario::{self, Diagnostics, Scenario, Severity};
use poolwise_study::Oracle;
use poolwise_study::study::said_once;
use serde_json::{Value, json};
use std::path::Path;

/// Validates scenarios without running them, and prints staffing and expected load of the valid ones.
///
/// # Errors
/// [`Failure::Invalid`] when one of them is invalid; the others are printed all the same.
pub fn check(args: &CheckArgs) -> Result<Done, Failure> {
    let printer = Printer::new(OutputArgs { format: args.format, quiet: args.quiet, verbose: false });
    let overrides = args.overrides.overrides();
    let mut documents = Vec::new();
    let (mut wrong, mut odd) = (Vec::new(), Vec::new());
    let mut tables = Vec::new();
    for path in &args.scenarios {
        match poolwise_scenario::load(path, &overrides) {
            Ok(scenario) => {
                odd.push(scenario.warnings.clone());
                let staffing = Staffing::of(&scenario.model);
                let oracle = poolwise_study::oracle(&scenario.model);
                tables.push(table::check(&staffing, &oracle));
                documents.push(valid(path, &scenario, &staffing, &oracle));
            }
            Err(problems) => {
                documents.push(invalid(path, &problems));
                wrong.push(problems);
            }
        }
    }
    if printer.json() {
        printer.results(&json::document(&json!({ "scenarios": documents }))?)?;
    } else {
        printer.results(&tables.join("\n"))?;
    }
    let odd = said_once(&odd, true);
    if !odd.is_empty() {
        printer.note(&(odd.join("\n\n") + "\n"));
    }
    if wrong.is_empty() { Ok(Done::Fully) } else { Err(load::invalid(&wrong)) }
}

fn valid(path: &Path, scenario: &Scenario, staffing: &Staffing, oracle: &Oracle) -> Value {
    json!({
        "file": path.display().to_string(),
        "valid": true,
        "hash": scenario.hash,
        "staffing": staffing,
        "oracle": oracle,
        "warnings": problems(&scenario.warnings),
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
