//! `poolwise run`

use super::exit::{Done, Failure};
use super::options::{Format, RunArgs};
use super::printer::Printer;
use super::{load, simulate};
use poolwise_report::write::Folder;
use poolwise_report::{ReportError, csv, folder, markdown, strip, table, uncertain};

/// Simulates scenarios, writes each one's folder, and prints them side by side.
///
/// # Errors
/// If a scenario is invalid, a run fails or a file cannot be written.
pub(crate) fn run(args: &RunArgs) -> Result<Done, Failure> {
    let asked = &args.study;
    let mut printer = Printer::of_answer(asked.output);
    let overrides = asked.overrides.overrides();
    let study = load::study(&args.scenarios, &overrides, &printer)?;
    load::note_idle(&overrides, "run", &printer);
    let options = simulate::options(asked, args.trace);
    study.uncertain_enough(&options)?;
    // Before minutes are spent: can results be written at all?
    let folders = study
        .names()
        .iter()
        .map(|name| Folder::create(&asked.simulation.out.join(name)))
        .collect::<Result<Vec<Folder>, _>>()?;
    let ran = simulate::run(&study, &options, asked.simulation.limits.max_memory, asked.page, &mut printer)?;
    for (case, results) in ran.cases(&study).zip(&ran.results.cases) {
        let (folder, scenario) = (&folders[results.place], &study.scenarios()[results.place]);
        folder::scenario(folder, &case, !asked.simulation.no_plots)?;
        if args.trace {
            folder::requests(folder, &scenario.model, &results.trace)?;
        }
        printer.detail(&format!("wrote {}", folder.path().display()));
    }
    let (summaries, drawn) = (ran.results.summaries(), ran.results.uncertain());
    let look = printer.look();
    if let Some(path) = &asked.workbook.xlsx {
        super::workbook::write(path, study.scenarios(), &summaries, None)?;
        printer.note(&format!("Workbook: {}", path.display()));
    }
    let mut text = match printer.format() {
        Format::Json => ran.results.json(false).map_err(ReportError::from)?,
        Format::Csv => csv::measures(&summaries, None)?,
        Format::Markdown => markdown::scenarios(&summaries, None),
        Format::Table => {
            table::scenarios(&summaries, &ran.settings, look)
                + &uncertain::below(&uncertain::scenarios(&drawn, &summaries), &drawn, look)
        }
    };
    if asked.chart && printer.format() == Format::Table {
        text = text + "\n" + &strip::strips(&summaries, look.width);
    }
    printer.results(&text)?;
    for folder in ran.results.cases.iter().map(|case| &folders[case.place]) {
        printer.note(&format!("Files and pictures: {}", folder.path().join("index.html").display()));
    }
    Ok(ran.done())
}
