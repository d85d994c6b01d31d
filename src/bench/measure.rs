//! One workload, run and timed in this process, round after round.

use super::expect::digest;
use super::machine::{cpu_time, peak_memory};
use super::results::{WorkloadCheck, WorkloadTime};
use super::workload::Workload;
use poolwise_engine::Failure;
use poolwise_engine::model::Model;
use poolwise_study::{Settings, Unwatched, replicate_range};
use std::time::{Duration, Instant};

/// Fewest rounds, where there is time for more than one.
const ROUNDS: usize = 3;

/// How long to measure, and on how many threads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BenchEffort {
    /// Threads that share the replications.
    pub threads: usize,
    /// Time to fill with rounds. Of zero, one round is run.
    pub time: Duration,
}

/// Runs rounds of a workload's model until the time is filled. On `n` threads a round has `n` times the
/// replications, so that a thread's work stays the same.
///
/// # Errors
/// If a replication fails.
pub fn measure(workload: &Workload, model: &Model, effort: BenchEffort) -> Result<WorkloadTime, Failure> {
    let threads = effort.threads.max(1);
    let settings = Settings { threads: Some(threads), ..Settings::default() };
    let replications = workload.replications * threads as u32;
    let begun = Instant::now();
    let mut rounds: Vec<(f64, Option<f64>)> = Vec::new();
    let mut first: Option<(u64, u64, WorkloadCheck)> = None;
    loop {
        let (cpu, clock) = (cpu_time(), Instant::now());
        let results = replicate_range(model, 0..replications, &settings, &Unwatched)?;
        let seconds = clock.elapsed().as_secs_f64();
        let cpu = cpu_time().zip(cpu).map(|(after, before)| (after - before).as_secs_f64());
        rounds.push((seconds, cpu));
        let digest = digest(&results, workload.replications);
        match &mut first {
            None => {
                let measures: Vec<_> = workload.expected.iter().map(|e| e.of(&results)).collect();
                let passed = measures.iter().all(|m| m.passed);
                first = Some((results.requests, results.events, WorkloadCheck { passed, digest, measures }));
            }
            // Every round is the same work, so it must come to the same.
            Some((.., check)) => check.passed &= check.digest == digest,
        }
        let enough = effort.time.is_zero() || rounds.len() >= ROUNDS;
        if enough && begun.elapsed() >= effort.time {
            break;
        }
    }
    let (requests, events, check) = first.unwrap_or_default();
    Ok(WorkloadTime::new(workload.name, threads, requests, events, &rounds, peak_memory(), check))
}

/// Reads the national scenario and simulates one day of it: what stands between a start and a first
/// result.
///
/// # Errors
/// If it fails, in words.
pub fn start_up() -> Result<(), String> {
    let national = super::find("national").ok_or("there is no national workload")?;
    let overrides = poolwise_scenario::Overrides {
        sets: vec!["run.warm_up=0 h".to_owned()],
        replications: Some(1),
        horizon: Some("1 day".to_owned()),
        ..Default::default()
    };
    let scenario = national.scenario(&overrides).map_err(|e| e.render(false))?;
    let settings = Settings { threads: Some(1), ..Settings::default() };
    replicate_range(&scenario.model, 0..1, &settings, &Unwatched).map(drop).map_err(|e| e.to_string())
}
