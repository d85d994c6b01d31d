//! Reads the scenarios of a command line, all of them before anything runs, and tells all that is wrong
//! at once.

use super::exit::Failure;
use super::printer::Printer;
use poolwise_scenario::{self, Diagnostics, Overrides, Scenario};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The scenarios of these files, in their order.
///
/// # Errors
/// [`Failure::Invalid`] with everything that is wrong with any of them, or when two have the same name.
pub fn all(paths: &[PathBuf], overrides: &Overrides, printer: &Printer) -> Result<Vec<Scenario>, Failure> {
    let mut scenarios = Vec::new();
    let mut wrong = Said::default();
    let mut odd = 0;
    for path in paths {
        match poolwise_scenario::load(path, overrides) {
            Ok(scenario) => {
                printer.detail(&format!("read {}: {}", path.display(), scenario.model.name));
                odd += scenario.warnings.len();
                scenarios.push(scenario);
            }
            Err(problems) => wrong.add(&problems),
        }
    }
    wrong.into_failure()?;
    unique(paths, &scenarios)?;
    // They stand under the tables too; their places in the files are for those who look for them.
    if odd > 0 {
        let s = if odd == 1 { "" } else { "s" };
        printer.note(&format!("{odd} warning{s} on the scenarios: see the notes, or `poolwise check`"));
    }
    Ok(scenarios)
}

/// Tables of a scenario that only `staff` reads.
const FOR_STAFF: [&str; 2] = ["roster", "at_large"];

/// Says which tables and overrides mean nothing for a command other than `staff`.
pub fn note_idle(scenarios: &[Scenario], overrides: &Overrides, command: &str, printer: &Printer) {
    for table in FOR_STAFF {
        let sets: Vec<&str> = overrides
            .sets
            .iter()
            .filter(|s| s.split(['.', '=']).next().is_some_and(|first| first.trim() == table))
            .map(String::as_str)
            .collect();
        let named: Vec<&str> = scenarios
            .iter()
            .filter(|s| s.resolved.contains_key(table))
            .map(|s| s.model.name.as_str())
            .collect();
        if !sets.is_empty() {
            printer.note(&format!(
                "warning: --set {} changes nothing: `{command}` does not use `{table}`, only `staff` does",
                sets.join(" --set ")
            ));
        } else if !named.is_empty() {
            printer.note(&format!(
                "[{table}] of {} is for `staff`; `{command}` does not use it",
                named.join(", ")
            ));
        }
    }
}

/// What is wrong with several scenarios, each thing once: files that all of them extend would otherwise
/// be complained of over and over.
#[derive(Debug, Default)]
pub struct Said(Vec<String>);

impl Said {
    /// Adds what is new. Problems are rendered with blank lines between them.
    pub fn add(&mut self, problems: &Diagnostics) {
        for one in problems.render(true).split("\n\n").map(str::trim_end).filter(|one| !one.is_empty()) {
            if self.0.iter().all(|said| said != one) {
                self.0.push(one.to_owned());
            }
        }
    }

    /// Prints it as notes.
    pub fn note(&self, printer: &Printer) {
        if !self.0.is_empty() {
            printer.note(&(self.0.join("\n\n") + "\n"));
        }
    }

    /// A failure if there is anything.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with all of it.
    pub fn into_failure(self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(Failure::Invalid(self.0.join("\n\n"))) }
    }
}

/// Folders that `compare`, `staff` and `sweep` make beside those of scenarios.
const OWN_FOLDERS: [&str; 3] = ["compare", "staff", "sweeps"];

/// Results go to a folder by the scenario's name, so names must differ, also where the file system does
/// not tell capitals from small letters.
fn unique(paths: &[PathBuf], scenarios: &[Scenario]) -> Result<(), Failure> {
    let mut seen: BTreeMap<String, &Path> = BTreeMap::new();
    for (scenario, path) in scenarios.iter().zip(paths) {
        let name = &scenario.model.name;
        if OWN_FOLDERS.contains(&name.to_lowercase().as_str()) {
            return Err(Failure::Invalid(format!(
                "error: {} cannot be called `{name}`: a folder of results has that name; give it another `name`",
                path.display()
            )));
        }
        if let Some(other) = seen.insert(name.to_lowercase(), path) {
            return Err(Failure::Invalid(format!(
                "error: {} and {} are both called `{name}`; give one of them another `name`",
                other.display(),
                path.display()
            )));
        }
    }
    Ok(())
}
