//! What a caller wants to know of each replication, on all cores: for measures that are not in the
//! catalogue.

use super::parallel;
use super::replicate::Settings;
use poolwise_engine::model::Model;
use poolwise_engine::{Failure, Outcome};

/// Runs all replications of a model and gives what `of` makes of each, by number, whatever the number of
/// threads. With `settings.trace` every replication keeps its requests' instants.
///
/// # Errors
/// The engine's [`Failure`] of a replication that failed.
pub fn sample<T: Send>(
    model: &Model,
    settings: &Settings,
    of: impl Fn(Outcome) -> T + Sync,
) -> Result<Vec<T>, Failure> {
    let one = |k: usize| poolwise_engine::run(model, k as u32, settings.trace).map(&of);
    parallel::all(model.run.replications as usize, settings.threads, one).into_iter().collect()
}
