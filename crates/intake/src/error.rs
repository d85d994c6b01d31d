//! Why files cannot be taken in, or a history not be replayed.

use crate::problem::Problem;
use poolwise_engine::Failure;
use poolwise_scenario::Diagnostics;
use thiserror::Error;

/// What can go wrong with a planner's files.
#[derive(Debug, Error)]
pub enum IntakeError {
    /// A file that cannot be understood.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// A scenario that is not valid.
    #[error("{}", .0.render(false))]
    Scenario(#[from] Diagnostics),
    /// A replication that failed, or was stopped.
    #[error(transparent)]
    Run(#[from] Failure),
    /// There is no time zone of this name.
    #[error(
        "error: there is no time zone `{0}`\n  help: names are such as Europe/Amsterdam or America/New_York"
    )]
    NoZone(String),
}
