//! Instruction counts of the engine's parts and of whole workloads: steady where times are not.
//! Run by `scripts/instructions.sh`, which compares them with `benches/instructions.txt`.

use gungraun::{library_benchmark, library_benchmark_group, main};
use poolwise::bench::find;
use poolwise_engine::bench_api::{Hold, with_horizon};
use poolwise_engine::histogram::Histogram;
use poolwise_engine::model::Model;
use poolwise_engine::random::{KeyedRng, Purpose, Sampler};
use poolwise_engine::time::WEEK;
use poolwise_scenario::Overrides;
use std::hint::black_box;

/// A workload's model over its warm-up and so many weeks.
fn model(name: &str, weeks: f64) -> Model {
    // A week of two hundred centres is as much as four years of one.
    let sets = if name == "wide" { vec!["run.warm_up=0 h".to_owned()] } else { Vec::new() };
    let scenario = find(name).expect("a workload").scenario(&Overrides { sets, ..Overrides::default() });
    let model = scenario.unwrap_or_else(|e| panic!("{}", e.render(false))).model;
    // What is worked out once for all replications is no part of one.
    let _ = poolwise_engine::run(&with_horizon(&model, 60.0), 0, false);
    with_horizon(&model, weeks * WEEK)
}

#[library_benchmark]
#[bench::mm1(model("mm1", 2.0))]
#[bench::mm8(model("mm8", 2.0))]
#[bench::network(model("network", 2.0))]
#[bench::national(model("national", 2.0))]
#[bench::wide(model("wide", 1.0 / 14.0))]
#[bench::long(model("long", 4.0))]
#[bench::heavy_backlog(model("heavy-backlog", 2.0))]
fn workload(model: Model) -> u64 {
    let outcome = poolwise_engine::run(black_box(&model), 0, false).expect("a replication");
    outcome.requests
}

fn held(pending: u32) -> Hold {
    Hold::new(pending, 1_200.0)
}

// 10,000 events through the calendar.
#[library_benchmark]
#[bench::pending_100(held(100))]
#[bench::pending_10000(held(10_000))]
fn calendar(mut hold: Hold) -> f64 {
    (0..10_000).map(|_| hold.step()).sum()
}

// 10,000 keyed draws.
#[library_benchmark]
#[bench::exponential(Sampler::Exponential(1_200.0))]
#[bench::log_normal(Sampler::log_normal(1_200.0, 1.0))]
fn sampler(sampler: Sampler) -> f64 {
    (0..10_000).map(|seed| sampler.sample(&mut KeyedRng::new(seed, 7, 0, Purpose::Time))).sum()
}

// 10,000 times into a histogram.
#[library_benchmark]
fn histogram() -> u64 {
    let mut histogram = Histogram::new();
    for i in 0..10_000_u32 {
        histogram.record(black_box(60.0 + f64::from(i * 37 % 5_000)));
    }
    histogram.count()
}

library_benchmark_group!(name = parts; benchmarks = calendar, sampler, histogram);
library_benchmark_group!(name = wholes; benchmarks = workload);
main!(library_benchmark_groups = parts, wholes);
