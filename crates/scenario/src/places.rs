//! Where a scenario's centres and stages stand, for what shows only after it has been read.

use super::collections::Named;
use super::diagnostic::{Diagnostics, Location, Severity, locate, start_of};
use super::scalar::Text;
use super::source::Sources;
use super::{Scenario, ScenarioIn};
use std::collections::BTreeMap;
use std::path::Path;

/// Places of tables by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    file: String,
    centres: BTreeMap<String, Location>,
    stages: BTreeMap<String, Location>,
}

impl Places {
    pub(crate) fn of(path: &Path, input: &ScenarioIn, sources: &Sources) -> Self {
        Self {
            file: path.display().to_string(),
            centres: by_name(&input.centre, sources),
            stages: by_name(&input.stage, sources),
        }
    }
}

fn by_name<T>(tables: &Named<T>, sources: &Sources) -> BTreeMap<String, Location> {
    let located = |(name, _): &(Text, T)| locate(sources, name.place).map(|at| (name.value.clone(), at));
    tables.0.iter().filter_map(located).collect()
}

impl Scenario {
    /// A warning about one of the scenario's centres, at its table; at the beginning of the file where it has none.
    pub fn warning_at_centre(&self, centre: &str, message: impl Into<String>, help: &str) -> Diagnostics {
        self.warning(self.places.centres.get(centre), message.into(), help)
    }

    /// The same about a stage.
    pub fn warning_at_stage(&self, stage: &str, message: impl Into<String>, help: &str) -> Diagnostics {
        self.warning(self.places.stages.get(stage), message.into(), help)
    }

    /// An error about one of the scenario's centres, at its table; at the beginning of the file where it has none.
    pub fn error_at_centre(&self, centre: &str, message: impl Into<String>, help: &str) -> Diagnostics {
        let at = self.places.centres.get(centre).cloned().or_else(|| start_of(&self.places.file));
        Diagnostics::one(Severity::Error, at, message.into(), help)
    }

    /// An error about the scenario as a whole, at the beginning of its file.
    pub fn error_of_file(&self, message: impl Into<String>, help: &str) -> Diagnostics {
        Diagnostics::one(Severity::Error, start_of(&self.places.file), message.into(), help)
    }

    fn warning(&self, at: Option<&Location>, message: String, help: &str) -> Diagnostics {
        let at = at.cloned().or_else(|| start_of(&self.places.file));
        Diagnostics::one(Severity::Warning, at, message, help)
    }
}
