//! Why files cannot be taken in, or a history not be replayed.

use crate::problem::Problem;
use poolwise_engine::Failure;
use poolwise_scenario::Diagnostics;
use std::fmt;

/// What can go wrong with a planner's files.
#[derive(Debug)]
pub enum IntakeError {
    /// A file that cannot be understood.
    Problem(Problem),
    /// A scenario that is not valid.
    Scenario(Diagnostics),
    /// A replication that failed, or was stopped.
    Run(Failure),
    /// There is no time zone of this name.
    NoZone(String),
}

impl fmt::Display for IntakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(p) => p.fmt(f),
            Self::Scenario(wrong) => f.write_str(&wrong.render(false)),
            Self::Run(failure) => failure.fmt(f),
            Self::NoZone(name) => write!(
                f,
                "error: there is no time zone `{name}`\n  help: names are such as Europe/Amsterdam or \
                 America/New_York"
            ),
        }
    }
}

impl std::error::Error for IntakeError {}

impl From<Problem> for IntakeError {
    fn from(p: Problem) -> Self {
        Self::Problem(p)
    }
}

impl From<Diagnostics> for IntakeError {
    fn from(wrong: Diagnostics) -> Self {
        Self::Scenario(wrong)
    }
}

impl From<Failure> for IntakeError {
    fn from(failure: Failure) -> Self {
        Self::Run(failure)
    }
}
