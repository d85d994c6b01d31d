//! Cost of a request by size: 1 to 200 centres of eight officers, and one centre of 8 to 2,000 officers, all at
//! load 0.9: `cargo bench --bench flat`. Sizes take turns, and the least processor time of each counts.

use poolwise::bench::{centres, machine};
use poolwise_engine::model::Model;
use poolwise_engine::run;
use poolwise_scenario::{Overrides, Texts, load_texts};
use std::borrow::Cow;
use std::path::Path;

/// Requests of a replication, about.
const REQUESTS: f64 = 400_000.0;
const ROUNDS: u32 = 7;

fn model(n: u32, officers: u32) -> Model {
    let weekly = f64::from(n * officers) * 6.0 * 0.9 * 168.0;
    let weeks = (REQUESTS / weekly).ceil().max(1.0);
    let text = centres(n, officers, &format!("{weeks} weeks"));
    let texts = Texts::from([("flat.toml".into(), Cow::Owned(text))]);
    let scenario = load_texts(texts, Path::new("flat.toml"), &Overrides::default());
    scenario.unwrap_or_else(|e| panic!("{}", e.render(false))).model
}

fn main() {
    let sizes =
        [(1, 8), (5, 8), (20, 8), (50, 8), (100, 8), (200, 8), (1, 40), (1, 200), (1, 500), (1, 2000)];
    let models: Vec<Model> = sizes.iter().map(|&(n, officers)| model(n, officers)).collect();
    let mut best = vec![f64::INFINITY; sizes.len()];
    for round in 0..ROUNDS {
        for (best, model) in best.iter_mut().zip(&models) {
            let before = machine::cpu_time();
            let requests = run(model, round, false).unwrap_or_else(|e| panic!("{e}")).requests;
            let spent = machine::cpu_time().zip(before).map(|(after, before)| after - before);
            let seconds = spent.expect("processor time is known here").as_secs_f64();
            *best = best.min(seconds / requests as f64);
        }
    }
    println!("{:>8} {:>10} {:>12} {:>20}", "centres", "officers", "ns/request", "over the first");
    for (&(n, officers), seconds) in sizes.iter().zip(&best) {
        println!("{n:>8} {officers:>10} {:>12.1} {:>20.2}", seconds * 1e9, seconds / best[0]);
    }
}
