//! `poolwise staff`

use super::exit::{Done, Failure};
use super::load;
use super::options::{Format, StaffArgs};
use super::printer::Printer;
use super::simulate::Watcher;
use super::stop::Stop;
use super::workbook;
use poolwise_report::page::live::quote;
use poolwise_report::staff::{csv, folder, json, tables};
use poolwise_report::write::Folder;
use poolwise_report::xlsx;
use poolwise_scenario::about_option;
use poolwise_staffing::answer::NoAnswer;
use poolwise_staffing::check::Margins;
use poolwise_staffing::{StaffingError, StaffingOptions, StaffingStudy, Wanted};
use poolwise_study::Study;

/// Folder of the answer.
const FOLDER: &str = "staff";

/// Finds what each scenario needs, and writes and prints it.
///
/// # Errors
/// If a target or a scenario is invalid, a run fails or a file cannot be written.
pub(crate) fn staff(args: &StaffArgs) -> Result<Done, Failure> {
    let mut printer = Printer::of_answer(args.output);
    if args.targets.is_empty() && args.matching.is_none() {
        return Err(nothing_asked(args));
    }
    if let Some(precision) = args.overrides.precision {
        let message = "a search takes as many replications as its tests need";
        let help = "leave it out; --replications is how many it may take at most";
        return Err(about_option("--precision", &precision.to_string(), message, help).into());
    }
    let study = StaffingStudy::load(&args.scenarios, &args.overrides.overrides(), &asked(args))?;
    load::tell(study.study(), &printer);
    load::note_idle(&args.overrides.overrides(), "staff", &printer);
    let into = Folder::create(&args.simulation.out.join(FOLDER))?;
    let options = StaffingOptions {
        threads: args.simulation.threads.map(usize::from),
        error: args.error / 100.0,
        shortcuts: !args.no_shortcuts,
        rosters: !args.no_rosters,
        curve: !args.no_curve,
        controls: args.controls,
        draws: args.draws,
    };
    let stop = Stop::listen();
    // Scenarios are searched one after the other, then draws of what is not known.
    let drawn = args.draws > 0 && study.study().scenarios().iter().any(|s| !s.uncertain.is_empty());
    printer.start_counting(study.study().scenarios().len() + usize::from(drawn));
    let outcome = study.run(&options, &Watcher::new(&printer, &stop, args.simulation.limits.max_memory));
    printer.end_progress();
    let answer = outcome.map_err(|e| placed(e, study.study()))?;
    let (engine, pictures) = (!args.page.without_engine, !args.simulation.no_plots);
    folder::answer(&into, &study, &answer, Some(&words(args)), engine, pictures)?;
    if let Some(path) = &args.workbook.xlsx {
        workbook::put(path, &xlsx::staffing::workbook(&answer)?)?;
        printer.note(&format!("Workbook: {}", path.display()));
    }
    let text = match printer.format() {
        Format::Json => json::document(&answer)?,
        Format::Csv => csv::options(&answer)?,
        Format::Markdown => tables::markdown(&answer),
        Format::Table => tables::text(&answer, printer.look()),
    };
    printer.results(&text)?;
    printer.note(&format!("Page to forward: {}", into.path().join("index.html").display()));
    Ok(if answer.missing.is_some() { Done::Partly } else { Done::Fully })
}

/// What is asked, as it is typed.
fn words(args: &StaffArgs) -> Vec<String> {
    let target = |t: &String| format!("--target {}", quote(t));
    let mut words: Vec<String> = args.targets.iter().map(target).collect();
    words.extend(args.matching.iter().map(|m| format!("--match {}", quote(m))));
    words.extend(args.baseline.iter().map(|b| format!("--baseline {}", quote(b))));
    words.extend(args.hourly.then(|| "--hourly".to_owned()));
    words.extend(args.controls.then(|| "--controls".to_owned()));
    let usual = Margins::default();
    let margins = [
        ("service-margin", args.service_margin, usual.done),
        ("time-margin", args.time_margin, usual.time),
        ("loss-margin", args.loss_margin, usual.lost),
        ("max-utilization", args.max_utilization, usual.utilization),
    ];
    let moved = margins.iter().filter(|(_, now, usual)| (now - 100.0 * usual).abs() > 1e-9);
    words.extend(moved.map(|(name, now, _)| format!("--{name} {now}")));
    words
}

fn asked(args: &StaffArgs) -> Wanted {
    let margins = Margins {
        done: args.service_margin / 100.0,
        time: args.time_margin / 100.0,
        lost: args.loss_margin / 100.0,
        utilization: args.max_utilization / 100.0,
    };
    Wanted {
        targets: args.targets.clone(),
        matching: args.matching.clone().map(|wanted| (wanted, margins)),
        hourly: args.hourly,
        baseline: args.baseline.clone(),
        at_large_team: args.at_large_team,
        at_large_hours: args.at_large_hours,
        causes: args.causes,
    }
}

/// Neither a target nor a scenario to match was given.
fn nothing_asked(args: &StaffArgs) -> Failure {
    let files: Vec<String> = args.scenarios.iter().map(|s| s.display().to_string()).collect();
    let message = "nothing says what service the officers must deliver";
    let help = "write what must be delivered, such as --target \"done within 4 h >= 90 %\", or whose service is to be \
                delivered, such as --match local";
    about_option("staff", &files.join(" "), message, help).into()
}

/// What cannot be staffed, at its place in the scenario's file.
fn placed(error: StaffingError, study: &Study) -> Failure {
    let unstaffable = match &error {
        StaffingError::Search(found) => found.unstaffable(),
        _ => None,
    };
    let Some((name, why)) = unstaffable else { return error.into() };
    let Some(scenario) = study.scenarios().iter().find(|s| s.model.name == name) else {
        return error.into();
    };
    let (message, help) = why.in_words();
    match why.centre() {
        Some(centre) => scenario.error_at_centre(centre, message, &help).into(),
        None => scenario.error_of_file(message, &help).into(),
    }
}

impl From<StaffingError> for Failure {
    fn from(e: StaffingError) -> Self {
        match e {
            StaffingError::Study(e) => e.into(),
            StaffingError::Targets(wrong) => {
                let lines: Vec<String> = wrong
                    .iter()
                    .map(|e| about_option("--target", &e.text, e.why.as_str(), "").render(true))
                    .collect();
                Self::Invalid(lines.join("\n"))
            }
            StaffingError::Search(NoAnswer::Target(e)) => {
                about_option("--target", &e.text, e.why.as_str(), "").into()
            }
            StaffingError::NoMatch { wanted, near, names } => {
                let message = format!("`{wanted}` is neither a scenario given nor a file{near}");
                about_option("--match", &wanted, message, &format!("there are {}", names.join(", "))).into()
            }
            StaffingError::NotPositive { option, value } => {
                about_option(option, &value.to_string(), "a number above 0 is needed", "").into()
            }
            e if e.is_usage() => Self::Invalid(format!("error: {e}")),
            e => Self::Failed(e.to_string()),
        }
    }
}
