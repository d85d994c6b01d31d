//! What a caller wants to know of each replication, on all cores: for measures that are not in the
//! catalogue.

use super::parallel::{Workers, ordered};
use super::replicate::{Settings, Unwatched, Watch, run_watched};
use poolwise_engine::model::Model;
use poolwise_engine::{Failure, Outcome};
use std::ops::ControlFlow;

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
    sample_watched(model, settings, of, &Unwatched)
}

/// The same, as `watch` allows: it is told of every replication, and can stop them.
///
/// # Errors
/// The engine's [`Failure`] of the lowest-numbered replication that failed, or that it was stopped.
pub fn sample_watched<T: Send>(
    model: &Model,
    settings: &Settings,
    of: impl Fn(Outcome) -> T + Sync,
    watch: &dyn Watch,
) -> Result<Vec<T>, Failure> {
    let count = model.run.replications as usize;
    let (mut out, mut failure) = (Vec::with_capacity(count), Failure::Stopped);
    let stopped = || watch.stopped();
    let one = |k: usize| {
        let outcome = run_watched(model, k as u32, settings.trace, watch)?;
        watch.replication_done(outcome.requests);
        Ok(of(outcome))
    };
    ordered(0..count, Workers { threads: settings.threads, stopped: &stopped }, one, |_, one| match one {
        Ok(one) => {
            out.push(one);
            ControlFlow::Continue(())
        }
        Err(e) => {
            failure = e;
            ControlFlow::Break(())
        }
    });
    if out.len() == count { Ok(out) } else { Err(failure) }
}
