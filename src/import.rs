//! `poolwise import`

use super::exit::{Done, Failure};
use super::intake_args::{Counter, ImportArgs};
use super::options::Format;
use super::printer::Printer;
use poolwise_intake::import;
use poolwise_report::{intake as words, json};
use poolwise_scenario::Overrides;
use poolwise_study::Study;
use std::path::PathBuf;

/// Reads a planner's files and writes scenarios that run.
///
/// # Errors
/// If anything in the files cannot be understood: then nothing is written.
pub(crate) fn import(args: &ImportArgs) -> Result<Done, Failure> {
    let printer = Printer::of_answer(args.output);
    let asked = import::ImportRequest {
        files: &args.files,
        sheet: args.said.sheet.as_deref(),
        said: args.said.said(),
        zone: args.time_zone.as_deref(),
        target: args.target,
        handling: args.handling,
        holidays: &args.holidays,
        ahead: usize::from(args.ahead),
    };
    let found = import::import(&asked, &Counter::new(&printer))?;
    let paths = words::put(&args.into, &found.written)?;
    let scenarios = words::scenarios(&found, &paths);
    let list = scenarios.iter().map(|s| s.display().to_string()).collect::<Vec<_>>().join(" ");
    let command = if scenarios.len() > 1 { "compare" } else { "run" };
    let next = format!("Next: poolwise {command} {list}");
    let today = words::today(&found, &paths);
    let staffing = today.as_ref();
    if args.page.report.is_some() {
        let own: Vec<PathBuf> = scenarios.iter().map(|path| path.to_path_buf()).collect();
        let study = Study::load(&own, &Overrides::default())?.with_baseline(None)?;
        let engine = !args.live.without_engine;
        args.page.write(&printer, || {
            words::page(&found, (&paths, &next), staffing, &study, args.command(), engine)
        })?;
    }
    printer.told(
        &words::told(&found, &paths, staffing, &next),
        || words::text(&found, &paths, staffing, printer.look()),
        || json::document(&words::json(&found, &paths, staffing)),
    )?;
    if printer.format() != Format::Table {
        return Ok(Done::Fully);
    }
    printer.note(&next);
    if let [today, variant, ..] = &scenarios[..] {
        printer.note(&format!(
            "How many officers a variant needs for the service of today:\n  poolwise staff {} {} --match today",
            today.display(),
            variant.display()
        ));
    }
    Ok(Done::Fully)
}
