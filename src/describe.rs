//! `poolwise describe`

use super::exit::{Done, Failure};
use super::load;
use super::options::DescribeArgs;
use super::printer::Printer;
use poolwise_report::describe::{self, Described, Noted};
use poolwise_report::write::Folder;
use poolwise_scenario::{self, comments};
use std::path::Path;

/// Writes the reproducibility statement of a scenario, filled from the scenario alone.
///
/// # Errors
/// If the scenario is invalid or the file cannot be written.
pub(crate) fn describe(args: &DescribeArgs) -> Result<Done, Failure> {
    let printer = Printer::plain();
    let overrides = args.overrides.overrides();
    let scenario = poolwise_scenario::load(&args.scenario, &overrides)
        .map_err(|problems| load::invalid(std::slice::from_ref(&problems)))?;
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
    let text = describe::markdown(&Described {
        model: &scenario.model,
        description: &scenario.description,
        resolved: &scenario.resolved,
        hash: &scenario.hash,
        notes: &notes,
        files: &files,
        changed: &overrides.sets,
        uncertain: scenario.uncertain.len(),
        oracle: &poolwise_study::oracle(&scenario.model),
    });
    match &args.out {
        None => printer.results(&text)?,
        Some(path) => {
            let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let Some(file) = path.file_name().and_then(|f| f.to_str()) else {
                return Err(Failure::Invalid(format!("error: {} is no file name", path.display())));
            };
            Folder::create(parent)?.write(file, text.as_bytes())?;
            printer.note(&format!("wrote {}", path.display()));
        }
    }
    Ok(Done::Fully)
}
