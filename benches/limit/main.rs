//! How near the engine is to hand-written kernels of the same systems, in one run: `cargo bench --bench limit`.
//!
//! A kernel knows its one system by heart: no scenario, no other stages, disciplines or shift ends. `bare`
//! keeps no statistics but the sums its answer needs; `kept` makes the engine's draws for each request and
//! keeps the engine's statistics. Each prints its answer, so that it is seen to be right. Rounds of engine
//! and kernels take turns, and the least processor time of each counts.

mod eight;
mod network;
mod network_bare;
mod network_kept;
mod wheel;

use poolwise::bench::{find, machine};
use poolwise_scenario::Overrides;
use std::process::ExitCode;
use std::time::Instant;

/// One contestant's answer and how many requests it simulated.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub requests: u64,
    /// What was found: label, value, known answer, tolerance.
    pub values: Vec<(&'static str, f64, f64, f64)>,
}

/// A contestant: runs one replication.
type Run<'a> = Box<dyn Fn(u32) -> Answer + 'a>;

/// Weeks of warm-up and of the window, as in the scenarios.
pub const WEEKS: (usize, usize) = (1, 52);

fn main() -> ExitCode {
    let rounds = std::env::args()
        .skip_while(|a| a != "--rounds")
        .nth(1)
        .map_or(Ok(7), |n| n.parse::<u32>())
        .unwrap_or(7)
        .max(1);
    let mut right = true;
    for (name, kernels) in [
        (
            "network",
            vec![
                ("kernel, bare", Box::new(network_bare::run) as Run<'_>),
                ("kernel, same draws and statistics", Box::new(network_kept::run)),
            ],
        ),
        (
            "mm8",
            vec![
                ("recursion, bare", Box::new(eight::bare) as Run<'_>),
                ("recursion, same draws and statistics", Box::new(eight::kept)),
            ],
        ),
    ] {
        right &= contest(name, kernels, rounds);
    }
    if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs the engine and the kernels in turns, and prints what each took and found.
fn contest(name: &'static str, kernels: Vec<(&str, Run<'_>)>, rounds: u32) -> bool {
    let workload = find(name).expect("a standard workload");
    let scenario = workload.scenario(&Overrides::default());
    let model = scenario.unwrap_or_else(|e| panic!("{}", e.render(false))).model;
    let engine: Run<'_> = Box::new(|k| {
        let out = poolwise_engine::run(&model, k, false).unwrap_or_else(|e| panic!("{e}"));
        Answer { requests: out.requests, values: Vec::new() }
    });
    let all: Vec<(&str, Run<'_>)> = std::iter::once(("engine", engine)).chain(kernels).collect();
    let mut best = vec![f64::INFINITY; all.len()];
    let mut found: Vec<Answer> = vec![Answer::default(); all.len()];
    for round in 0..rounds {
        for (i, (_, run)) in all.iter().enumerate() {
            let (cpu, wall) = (machine::cpu_time(), Instant::now());
            let answer = run(round);
            let spent = machine::cpu_time()
                .zip(cpu)
                .map_or_else(|| wall.elapsed(), |(after, before)| after - before)
                .as_secs_f64();
            best[i] = best[i].min(spent / answer.requests as f64);
            found[i].add(answer);
        }
    }
    println!("{name}: one core, best of {rounds} replications");
    println!("{:38} {:>10} {:>14} {:>16}", "", "ns/request", "requests/s", "engine / kernel");
    let mut right = true;
    for (i, (label, _)) in all.iter().enumerate() {
        let ratio = if i == 0 { String::new() } else { format!("{:.3}", best[i] / best[0]) };
        println!("{label:38} {:>10.1} {:>14.0} {ratio:>16}", best[i] * 1e9, 1.0 / best[i]);
        for (what, sum, known, tolerance) in &found[i].values {
            let value = sum / f64::from(rounds);
            let near = (value - known).abs() <= *tolerance;
            right &= near;
            let verdict = if near { "right" } else { "WRONG" };
            println!("    {what}: {value:.5} (known {known}) {verdict}");
        }
    }
    println!();
    right
}

impl Answer {
    /// Adds a replication's answer; values are averaged over replications.
    fn add(&mut self, other: Self) {
        self.requests += other.requests;
        if self.values.is_empty() {
            self.values = other.values;
            return;
        }
        for (mine, theirs) in self.values.iter_mut().zip(other.values) {
            mine.1 += theirs.1;
        }
    }
}
