//! `poolwise run`

use super::exit::{Done, Failure};
use super::options::RunArgs;
use super::printer::Printer;
use super::{simulate, uncertain};
use crate::load;
use poolwise_report::write::Folder;
use poolwise_report::{self, Setting, folder, json, table};
use poolwise_study::summary::Summary;
use poolwise_study::uncertain::Uncertain;

/// Simulates scenarios, writes each one's folder, and prints them side by side.
///
/// # Errors
/// If a scenario is invalid, a run fails or a file cannot be written.
pub fn run(args: &RunArgs) -> Result<Done, Failure> {
    let mut printer = Printer::new(args.output);
    let scenarios = load::all(&args.scenarios, &args.overrides.overrides(), &printer)?;
    load::note_idle(&scenarios, &args.overrides.overrides(), "run", &printer);
    // Before minutes are spent: can results be written at all?
    let folders = scenarios
        .iter()
        .map(|s| Folder::create(&args.simulation.out.join(&s.model.name)))
        .collect::<Result<Vec<Folder>, _>>()?;
    uncertain::possible(&args.uncertain, &scenarios)?;
    let (mut runs, mut done) = simulate::all(&scenarios, &args.simulation, false, args.trace, &mut printer)?;
    if args.uncertain.uncertain && done == Done::Fully {
        let given = uncertain::Given { paths: &args.scenarios, overrides: &args.overrides.overrides() };
        done = uncertain::draw(&args.uncertain, given, &args.simulation, &mut runs, &mut printer)?.1;
    }
    for ((one, replicated), folder) in runs.cases.iter().zip(&runs.replicated).zip(&folders) {
        folder::scenario(folder, &one.case(), !args.simulation.no_plots)?;
        if args.trace {
            folder::requests(folder, &one.scenario.model, &replicated.trace)?;
        }
        printer.detail(&format!("wrote {}", folder.path().display()));
    }
    let summaries: Vec<&Summary> = runs.cases.iter().map(|s| &s.summary).collect();
    let settings: Vec<Setting> = runs.cases.iter().map(|s| s.setting.clone()).collect();
    let drawn: Vec<&Uncertain> = runs.cases.iter().filter_map(|s| s.uncertain.as_ref()).collect();
    let text = if printer.json() {
        json::run(&summaries, &drawn)?
    } else {
        let blocks = poolwise_report::uncertain::scenarios(&drawn, &summaries);
        table::scenarios(&summaries, &settings)
            + &table::further(&blocks, &poolwise_report::uncertain::notes(&drawn))
    };
    printer.results(&text)?;
    for folder in folders.iter().take(runs.cases.len()) {
        printer.note(&format!("Files and pictures: {}", folder.path().join("index.html").display()));
    }
    Ok(done)
}
