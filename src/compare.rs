//! `poolwise compare`

use super::exit::{Done, Failure};
use super::options::{CompareArgs, Format};
use super::printer::Printer;
use super::{load, simulate};
use poolwise_report::folder::{self, ScenarioCase};
use poolwise_report::write::Folder;
use poolwise_report::{ReportError, csv, markdown, strip, table, uncertain};
use poolwise_scenario::about_option;
use poolwise_study::study::COMPARISON;
use poolwise_study::{Given, Study, Variation};

/// Sends the same requests through every scenario, and writes and prints the differences from the
/// baseline.
///
/// # Errors
/// If a scenario is invalid, the baseline is unclear, a run fails or a file cannot be written.
pub(crate) fn compare(args: &CompareArgs) -> Result<Done, Failure> {
    let asked = &args.study;
    let mut printer = Printer::of_answer(asked.output);
    if args.scenarios.len() + args.variations.len() < 2 {
        let help = "name another scenario, or give a change of this one, such as --vary \"One more: \
                    pool.local.officers=31\"; for one alone there is `poolwise run`";
        let message = "a comparison takes two scenarios or more";
        return Err(about_option("compare", &args.scenarios.join(" "), message, help).into());
    }
    let overrides = asked.overrides.overrides();
    let variations = args.variations.iter().map(|v| Variation::read(v)).collect::<Result<Vec<_>, _>>()?;
    let baseline = args.baseline.as_deref();
    let given = args.scenarios.iter().map(|text| Given::read(text)).collect::<Result<Vec<_>, _>>()?;
    let study = Study::load_given(&given, &overrides)?.varied(baseline, &variations)?;
    load::tell(&study, &printer);
    let study = study.paired(baseline)?;
    load::note_idle(&overrides, "compare", &printer);
    load::note_idle_variations(&variations, "--vary", "compare", &printer);
    let own: Vec<Variation> = given.iter().filter_map(|g| g.under.clone()).collect();
    load::note_idle_variations(&own, "the change", "compare", &printer);
    let options = simulate::options(asked, false);
    study.uncertain_enough(&options)?;
    let out = &asked.simulation.out;
    let create = |name: &&str| Folder::create(&out.join(name));
    let folders = study.names().iter().map(create).collect::<Result<Vec<Folder>, _>>()?;
    let shared = Folder::create(&out.join(COMPARISON))?;
    let ran = simulate::run(&study, &options, asked.simulation.limits.max_memory, asked.page, &mut printer)?;
    let results = &ran.results;
    let pictures = !asked.simulation.no_plots;
    let cases: Vec<ScenarioCase<'_>> = ran.cases(&study).collect();
    for (case, finished) in cases.iter().zip(&results.cases) {
        let folder = &folders[finished.place];
        folder::scenario(folder, case, pictures)?;
        printer.detail(&format!("wrote {}", folder.path().display()));
    }
    if let Some(comparison) = &results.comparison {
        let paging = ran.page_of_all(&study, !asked.page.without_engine);
        folder::comparison(&shared, &cases, comparison, &results.uncertain_differences, &paging, pictures)?;
        printer.detail(&format!("wrote {}", shared.path().display()));
    }
    let (summaries, drawn) = (results.summaries(), results.uncertain());
    if let Some(path) = &asked.workbook.xlsx {
        super::workbook::write(path, study.scenarios(), &summaries, results.comparison.as_ref())?;
        printer.note(&format!("Workbook: {}", path.display()));
    }
    let look = printer.look();
    let mut text = match &results.comparison {
        _ if printer.json() => results.json(true).map_err(ReportError::from)?,
        found if printer.format() == Format::Csv => csv::measures(&summaries, found.as_ref())?,
        found if printer.format() == Format::Markdown => markdown::scenarios(&summaries, found.as_ref()),
        Some(comparison) => {
            let (base, over_draws) = (&comparison.baseline, &results.uncertain_differences);
            let mut blocks = uncertain::scenarios(&drawn, &summaries);
            blocks.extend(uncertain::differences(over_draws, &drawn, &summaries, base));
            table::comparison(&summaries, comparison, &ran.settings, look)
                + &uncertain::below(&blocks, &drawn, look)
        }
        None => table::scenarios(&summaries, &ran.settings, look),
    };
    if asked.chart && printer.format() == Format::Table {
        text = text + "\n" + &strip::strips(&summaries, look.width);
    }
    printer.results(&text)?;
    match &results.comparison {
        Some(_) => {
            printer.note(&format!("Page to forward: {}", shared.path().join("index.html").display()));
        }
        None => printer.note(
            "There is nothing to compare: the baseline, or every other scenario, has no finished replication.",
        ),
    }
    Ok(ran.done())
}
