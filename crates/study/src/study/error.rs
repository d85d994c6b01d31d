//! Why a study has no results.

use crate::uncertain::DrawError;
use poolwise_engine::Failure;
use poolwise_scenario::Diagnostics;
use std::path::PathBuf;
use thiserror::Error;

/// Why a study cannot be read or run.
#[derive(Debug, Error)]
pub enum StudyError {
    /// Scenarios that are not valid, with all that is wrong with each.
    #[error("{}", LoadProblems(.0))]
    Invalid(Vec<Diagnostics>),
    /// Results go to folders by the scenarios' names, so names must differ, also where capitals count for nothing.
    #[error("{} and {} are both called `{name}`; give one of them another `name`", first.display(), second.display())]
    SameName {
        /// The name.
        name: String,
        /// A file.
        first: PathBuf,
        /// The other of the two.
        second: PathBuf,
    },
    /// A scenario is called as a folder of results that is not a scenario's.
    #[error("{} cannot be called `{name}`: a folder of results has that name; give it another `name`", file.display())]
    ReservedName {
        /// The name.
        name: String,
        /// Its file.
        file: PathBuf,
    },
    /// No scenario has the name of the baseline.
    #[error("no scenario is called `{named}`; there are {}", names.join(", "))]
    NoBaseline {
        /// What was asked for.
        named: String,
        /// What there is.
        names: Vec<String>,
    },
    /// Several scenarios say that they are the baseline.
    #[error("{} all say `baseline = true`; choose one with --baseline NAME", names.join(", "))]
    SeveralBaselines {
        /// Their names.
        names: Vec<String>,
        /// The file of the second.
        file: PathBuf,
    },
    /// Two scenarios whose requests cannot be paired.
    #[error(
        "{first} and {second} differ in {key}, so their requests cannot be paired; set it for both, for example \
         with --set"
    )]
    Unpaired {
        /// The other scenario's file.
        file: PathBuf,
        /// A scenario.
        first: String,
        /// The other of the two.
        second: String,
        /// What they differ in.
        key: &'static str,
    },
    /// A variation that cannot be read.
    #[error("--vary \"{text}\": {why}")]
    Variation {
        /// As it was written.
        text: String,
        /// What is wrong.
        why: String,
    },
    /// A scenario given under a name that cannot be read.
    #[error("{text}: {why}; write FILE, NAME=FILE or \"NAME=FILE: path=value; path=value\"")]
    Given {
        /// As it was written.
        text: String,
        /// What is wrong.
        why: String,
    },
    /// A comparison of one scenario.
    #[error(
        "a comparison takes two scenarios or more, or one with --vary; for one alone there is `poolwise run`"
    )]
    Alone,
    /// Draws were asked for, and nothing is uncertain.
    #[error(
        "there are no uncertain inputs in {}; write a number as {{ low = .., base = .., high = .. }}",
        names.join(", ")
    )]
    NothingUncertain {
        /// The scenarios.
        names: Vec<String>,
        /// The file of the first.
        file: PathBuf,
    },
    /// Draws were asked for, and controls.
    #[error(
        "controls go with the expected arrivals, which are not the same in draws of uncertain inputs; leave one of the two out"
    )]
    DrawnControls,
    /// A draw of uncertain inputs makes a scenario invalid, or its run failed.
    #[error("{source}\n(inputs of {scenario} as drawn)")]
    Drawn {
        /// The scenario.
        scenario: String,
        /// What is wrong.
        source: DrawError,
    },
    /// A run failed.
    #[error("{scenario}: {source}")]
    Run {
        /// The scenario.
        scenario: String,
        /// What went wrong.
        source: Failure,
    },
    /// Memory was not enough for a replication of any scenario.
    #[error("{}", .0.join("\n"))]
    CutShort(Vec<String>),
    /// It was stopped before a replication was finished.
    #[error("stopped before a replication was finished: there are no results")]
    Stopped,
}

impl StudyError {
    /// Whether what was asked makes no sense, rather than that something went wrong.
    pub fn is_usage(&self) -> bool {
        !matches!(
            self,
            Self::Run { .. }
                | Self::Drawn { source: DrawError::Run { .. }, .. }
                | Self::CutShort(_)
                | Self::Stopped
        )
    }
}

/// Several files' diagnostics as one text, each thing once: files that all of them extend would otherwise be
/// complained of over and over.
struct LoadProblems<'a>(&'a [Diagnostics]);

impl std::fmt::Display for LoadProblems<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&said_once(self.0, false).join("\n\n"))
    }
}

/// What diagnostics say, each thing once, with colours or without.
pub fn said_once(all: &[Diagnostics], colour: bool) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for problems in all {
        // Problems are rendered with blank lines between them.
        let text = problems.render(colour);
        for one in text.split("\n\n").map(str::trim_end).filter(|one| !one.is_empty()) {
            if said.iter().all(|before| before != one) {
                said.push(one.to_owned());
            }
        }
    }
    said
}
