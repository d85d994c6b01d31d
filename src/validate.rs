//! `poolwise validate`

use super::exit::{Done, Failure};
use super::options::{Format, OutputArgs, ValidateArgs};
use super::printer::Printer;
use super::stop::Stop;
use poolwise_report::validation::{self as report, Totals};
use poolwise_report::write::Folder;
use poolwise_scenario::about_option;
use poolwise_study::parallel;
use poolwise_validation::{Bench, KnownModel, ValidationReport, published as tables, suite};

/// Simulates the models with known answers, and prints what was expected and found.
///
/// # Errors
/// If an answer is not as expected, if no case has the name asked for, or if the output fails.
pub(crate) fn validate(args: &ValidateArgs) -> Result<Done, Failure> {
    let output = OutputArgs { format: Format::Table, quiet: args.quiet, verbose: false };
    let mut printer = Printer::new(output);
    if args.published {
        return published(args, &mut printer);
    }
    let cases = chosen(args)?;
    let stop = Stop::listen();
    printer.start_progress_in(cases.len() as u64, "cases");
    let reports = each(&cases, args, &printer, &stop);
    printer.end_progress();
    let reports = reports?;
    let into = Folder::create(&args.out.join("validate"))?;
    into.write("index.html", report::page(&reports).html().as_bytes())?;
    match args.format {
        Format::Table => printer.results(&report::told(&reports, printer.look().width))?,
        Format::Json => printer.results(&report::json(&reports)?)?,
        Format::Csv => printer.results(&report::checks(&reports).csv()?)?,
        Format::Markdown => printer.results(&report::markdown(&reports, args.long)?)?,
    }
    printer.note(&format!("Page to forward: {}", into.path().join("index.html").display()));
    let totals = Totals::of(&reports);
    if !totals.all_hold() {
        let bad = totals.checks - totals.hold;
        return Err(Failure::Failed(format!("{bad} of {} checks do not hold", totals.checks)));
    }
    Ok(if reports.len() == cases.len() { Done::Fully } else { Done::Partly })
}

/// Prints tables of the literature: print, exact and simulated side by side.
fn published(args: &ValidateArgs, printer: &mut Printer) -> Result<Done, Failure> {
    let tables = tables(&Bench { threads: args.threads.map(usize::from) }).map_err(Failure::Failed)?;
    let text = match args.format {
        Format::Json => report::published_json(&tables)?,
        Format::Csv => report::published_told(&tables).csv()?,
        Format::Markdown => report::published_told(&tables).markdown(),
        Format::Table => report::published(&tables, printer.look().width),
    };
    printer.results(&text)?;
    Ok(Done::Fully)
}

/// The cases asked for.
fn chosen(args: &ValidateArgs) -> Result<Vec<KnownModel>, Failure> {
    let all = suite(args.long);
    let Some(only) = &args.only else { return Ok(all) };
    let wanted = only.to_lowercase();
    let some: Vec<KnownModel> =
        all.iter().filter(|c| c.name.to_lowercase().contains(&wanted)).copied().collect();
    if some.is_empty() {
        let names: Vec<String> = all.iter().map(|c| format!("  {}", c.name)).collect();
        let help =
            format!("the cases{} are\n{}", if args.long { "" } else { " without --long" }, names.join("\n"));
        return Err(about_option("validate", only, format!("no case has `{only}` in its name"), &help).into());
    }
    Ok(some)
}

fn each(
    cases: &[KnownModel],
    args: &ValidateArgs,
    printer: &Printer,
    stop: &Stop,
) -> Result<Vec<ValidationReport>, Failure> {
    let bench = Bench { threads: args.threads.map(usize::from) };
    let mut reports = Vec::new();
    for case in cases {
        if stop.asked() {
            break;
        }
        printer.progress_on(case.name);
        // A case cannot be asked to stop; what was finished before it is reported.
        let own = *case;
        let Some(one) = parallel::unless_stopped(&|| stop.asked(), move || own.run(&bench)) else { break };
        let one = one.map_err(Failure::Failed)?;
        reports.push(one);
        printer.step();
    }
    Ok(reports)
}
