//! Reads the scenarios of a command line, all of them before anything runs, and tells all that is wrong
//! at once.

use super::exit::Failure;
use super::idle;
use super::printer::Printer;
use poolwise_scenario::{Diagnostics, Overrides, about_file, about_option};
use poolwise_study::study::said_once;
use poolwise_study::{DrawError, Study, StudyError, Variation};
use std::path::PathBuf;

/// The study of these files, in their order.
///
/// # Errors
/// [`Failure::Invalid`] with everything that is wrong with any of them, or when two have the same name.
pub(crate) fn study(paths: &[PathBuf], overrides: &Overrides, printer: &Printer) -> Result<Study, Failure> {
    let study = Study::load(paths, overrides)?;
    tell(&study, printer);
    Ok(study)
}

/// Tells what was read, that there are warnings, and what changes leave behind.
pub(crate) fn tell(study: &Study, printer: &Printer) {
    for (scenario, path) in study.scenarios().iter().zip(study.paths()) {
        printer.detail(&format!("read {}: {}", path.display(), scenario.model.name));
    }
    // They stand under the tables too; their places in the files are for those who look for them.
    let odd: usize = study.scenarios().iter().map(|s| s.warnings.len()).sum();
    if odd > 0 {
        let s = if odd == 1 { "" } else { "s" };
        printer.note(&format!("{odd} warning{s} on the scenarios: see --verbose, or `poolwise check`"));
    }
    study.left_behind().iter().for_each(|what| printer.note(&format!("warning: {what}")));
}

/// Says which changes mean nothing for a command.
pub(crate) fn note_idle(overrides: &Overrides, command: &str, printer: &Printer) {
    idle::note(overrides.sets.iter().map(String::as_str), "--set", command, printer);
}

/// The same of changes that stand for options of their own.
pub(crate) fn note_idle_variations(variations: &[Variation], option: &str, command: &str, printer: &Printer) {
    let sets = variations.iter().flat_map(|v| &v.sets).map(String::as_str);
    idle::note(sets, option, command, printer);
}

impl From<StudyError> for Failure {
    fn from(e: StudyError) -> Self {
        match &e {
            StudyError::Invalid(problems) => invalid(problems),
            StudyError::Drawn { source: DrawError::Invalid { .. }, .. } => Self::Invalid(e.to_string()),
            StudyError::SameName { name, first, second } => {
                let message = format!("{} is called `{name}` too", first.display());
                about_file(second, message, "give one of them another `name`").into()
            }
            StudyError::ReservedName { name, file } => {
                let message =
                    format!("a scenario cannot be called `{name}`: a folder of results has that name");
                about_file(file, message, "give it another `name`").into()
            }
            StudyError::Unpaired { file, first, second, key } => {
                let message = format!(
                    "`{second}` differs from `{first}` in `{key}`, so that their requests cannot be paired"
                );
                about_file(file, message, &format!("set it for both, for example with --set {key}=..."))
                    .into()
            }
            StudyError::NoBaseline { named, names } => {
                let message = format!("no scenario is called `{named}`");
                about_option("--baseline", named, message, &format!("there are {}", names.join(", "))).into()
            }
            StudyError::SeveralBaselines { names, file } => {
                let message = format!("{} all say `baseline = true`", names.join(", "));
                about_file(file, message, "leave it to one of them, or choose one with --baseline NAME")
                    .into()
            }
            StudyError::NothingUncertain { names, file } => {
                let message = format!("there are no uncertain inputs in {}", names.join(", "));
                let help = "write one with its range, such as rate = { low = \"3 per hour\", base = \"4 per hour\", \
                            high = \"6 per hour\" }, or leave --uncertain out";
                about_file(file, message, help).into()
            }
            StudyError::Variation { text, why } => {
                about_option("--vary", text, why, "write \"NAME: path=value; path=value\"").into()
            }
            StudyError::Given { text, why } => {
                let help = "write FILE, NAME=FILE or \"NAME=FILE: path=value; path=value\"";
                about_option("compare", text, why, help).into()
            }
            _ if e.is_usage() => Self::Invalid(format!("error: {e}")),
            _ => Self::Failed(e.to_string()),
        }
    }
}

/// Scenarios that are not valid, each problem once.
pub(crate) fn invalid(problems: &[Diagnostics]) -> Failure {
    Failure::Invalid(said_once(problems, true).join("\n\n"))
}
