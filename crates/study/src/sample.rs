//! What a caller wants to know of each replication, on all cores: for measures that are not in the
//! catalogue.

use super::replicate::Settings;
use poolwise_engine::model::Model;
use poolwise_engine::{self, Failure, Outcome};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

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
    let count = model.run.replications;
    parallel(count, settings.threads, |k| poolwise_engine::run(model, k, settings.trace).map(&of))
        .into_iter()
        .collect()
}

/// The results of `task` for `0..count`, in this order, on up to `threads` threads (all processors
/// where `None`).
pub fn parallel<T: Send>(count: u32, threads: Option<usize>, task: impl Fn(u32) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.unwrap_or(cores).clamp(1, count.max(1) as usize);
    let next = AtomicU32::new(0);
    let done = Mutex::new(Vec::with_capacity(count as usize));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let k = next.fetch_add(1, Ordering::Relaxed);
                    if k >= count {
                        break;
                    }
                    let result = task(k);
                    // A thread that panics takes the scope with it, so a poisoned lock is never seen.
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((k, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_unstable_by_key(|(k, _)| *k);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_for_any_number_of_threads() {
        for threads in [Some(1), Some(3), None] {
            assert_eq!(parallel(50, threads, |k| k * k), (0..50).map(|k| k * k).collect::<Vec<_>>());
        }
        assert!(parallel(0, None, |k| k).is_empty());
    }
}
