//! `poolwise describe`

use super::exit::{Done, Failure};
use super::load;
use super::options::DescribeArgs;
use super::printer::{Printer, output_width};
use super::report_args::write_to;
use poolwise_report::describe::{self, Described, Noted};
use poolwise_scenario::{Snapshot, comments};
use poolwise_study::{Loaded, Study};

/// Writes the reproducibility statement of a scenario, filled from the scenario alone.
///
/// # Errors
/// If the scenario is invalid or the file cannot be written.
pub(crate) fn describe(args: &DescribeArgs) -> Result<Done, Failure> {
    let printer = Printer::plain();
    let overrides = args.overrides.overrides();
    let loaded = Loaded::read(&Snapshot::default(), &args.scenario, &overrides)
        .map_err(|problems| load::invalid(std::slice::from_ref(&problems)))?;
    let study = Study::of([loaded])?;
    let scenario = &study.scenarios()[0];
    let notes: Vec<Noted> = comments::notes(&scenario.sources)
        .into_iter()
        .map(|n| Noted {
            file: n.file,
            path: n.path,
            table: n.table,
            text: n.text,
            standing: n.standing.iter().map(|s| s.word()).collect(),
        })
        .collect();
    let name =
        |p: &std::path::PathBuf| p.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let files: Vec<String> = scenario.sources.iter().map(name).collect();
    let oracle = poolwise_study::oracle(&scenario.model);
    let described = Described {
        model: &scenario.model,
        description: &scenario.description,
        resolved: &scenario.resolved,
        hash: &scenario.hash,
        notes: &notes,
        files: &files,
        changed: &overrides.sets,
        uncertain: scenario.uncertain.len(),
        oracle: &oracle,
    };
    let text = describe::markdown(&described);
    match &args.out {
        // A page alone was asked for.
        None if args.page.report.is_some() => {}
        None => match output_width() {
            Some(width) => printer.results(&describe::on_terminal(&text, width))?,
            None => printer.results(&text)?,
        },
        Some(path) => {
            write_to(path, text.as_bytes())?;
            printer.note(&format!("wrote {}", path.display()));
        }
    }
    args.page.write(&printer, || describe::page(&described, &study, !args.live.without_engine))?;
    Ok(Done::Fully)
}
