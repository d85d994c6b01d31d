//! Parts and wholes by the clock: `cargo bench --bench parts [FILTER]`.
//!
//! Times on a shared machine wander; instruction counts (`scripts/instructions.sh`) do not.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use poolwise::bench::find;
use poolwise_engine::bench_api::{Hold, integrate};
use poolwise_engine::histogram::Histogram;
use poolwise_engine::model::Model;
use poolwise_engine::random::{KeyedRng, Purpose, Sampler};
use poolwise_engine::run;
use poolwise_scenario::Overrides;
use poolwise_stats::Estimate;

fn main() {
    divan::main();
}

/// Calls of a part in one sample.
const N: u64 = 1_000;

/// The calendar by number of pending events.
#[divan::bench(args = [10, 100, 1_000, 10_000, 100_000])]
fn calendar(bencher: Bencher<'_, '_>, pending: u32) {
    let mut hold = Hold::new(pending, 1_200.0);
    bencher.counter(ItemsCount::new(N)).bench_local(|| (0..N).map(|_| hold.step()).sum::<f64>());
}

mod samplers {
    use super::*;

    fn draw(bencher: Bencher<'_, '_>, sampler: &Sampler) {
        let mut seed = 0;
        bencher.counter(ItemsCount::new(N)).bench_local(|| {
            let mut sum = 0.0;
            for _ in 0..N {
                seed += 1;
                sum += sampler.sample(&mut KeyedRng::new(seed, 7, 0, Purpose::Time));
            }
            sum
        });
    }

    #[divan::bench]
    fn keyed_word(bencher: Bencher<'_, '_>) {
        draw(bencher, &Sampler::Uniform { low: 0.0, high: 1.0 });
    }

    #[divan::bench]
    fn exponential(bencher: Bencher<'_, '_>) {
        draw(bencher, &Sampler::Exponential(1_200.0));
    }

    #[divan::bench]
    fn log_normal(bencher: Bencher<'_, '_>) {
        draw(bencher, &Sampler::log_normal(1_200.0, 1.0));
    }

    #[divan::bench]
    fn gamma(bencher: Bencher<'_, '_>) {
        draw(bencher, &Sampler::gamma_mean_cv(1_200.0, 0.7).expect("a gamma"));
    }

    #[divan::bench]
    fn weibull(bencher: Bencher<'_, '_>) {
        draw(bencher, &Sampler::Weibull { shape: 0.8, scale: 1_200.0 });
    }

    #[divan::bench]
    fn hyper_exponential(bencher: Bencher<'_, '_>) {
        draw(bencher, &Sampler::hyper_exponential(&[(0.3, 300.0), (0.7, 2_400.0)]));
    }

    #[divan::bench]
    fn empirical(bencher: Bencher<'_, '_>) {
        draw(bencher, &Sampler::Empirical((1..=500).map(f64::from).collect()));
    }
}

mod statistics {
    use super::*;

    #[divan::bench]
    fn histogram(bencher: Bencher<'_, '_>) {
        let times: Vec<f64> = (0..N).map(|i| 60.0 + (i * 37 % 5_000) as f64).collect();
        let mut histogram = Histogram::new();
        bencher.counter(ItemsCount::new(N)).bench_local(|| {
            for x in &times {
                histogram.record(*x);
            }
        });
    }

    /// A year of a centre's hour-of-week integrals with a change every ten minutes.
    #[divan::bench]
    fn integrals(bencher: Bencher<'_, '_>) {
        let changes = 6 * 8_760;
        bencher.counter(ItemsCount::new(changes)).bench_local(|| integrate(changes, 600.0));
    }

    /// A ratio of sums with its interval over 100 replications.
    #[divan::bench]
    fn estimate(bencher: Bencher<'_, '_>) {
        let n: Vec<f64> = (0..100).map(|i| 1_000.0 + f64::from(i % 7)).collect();
        let d: Vec<f64> = (0..100).map(|i| 900.0 + f64::from(i % 5)).collect();
        bencher.bench_local(|| Estimate::ratio(black_box(&n), black_box(&d), 0.95));
    }
}

/// A workload's model over a shorter horizon.
fn model(name: &str, horizon: &str) -> Model {
    let overrides = Overrides { horizon: Some(horizon.to_owned()), ..Overrides::default() };
    let scenario = find(name).expect("a workload").scenario(&overrides);
    scenario.unwrap_or_else(|e| panic!("{}", e.render(false))).model
}

fn simulate(bencher: Bencher<'_, '_>, name: &str, horizon: &str) {
    let model = model(name, horizon);
    let requests = run(&model, 0, false).expect("a replication").requests;
    bencher.counter(ItemsCount::new(requests)).bench_local(|| run(&model, 0, false).map(|o| o.events));
}

/// The event loop on one queue.
#[divan::bench(args = ["mm1", "mm8"], sample_count = 20)]
fn event_loop(bencher: Bencher<'_, '_>, name: &str) {
    simulate(bencher, name, "8 weeks");
}

/// Whole workloads, shortened.
#[divan::bench(args = ["network", "national", "heavy-backlog"], sample_count = 10)]
fn workload(bencher: Bencher<'_, '_>, name: &str) {
    simulate(bencher, name, "8 weeks");
}

/// Reading and checking a scenario, as far as the model.
#[divan::bench(args = ["mm1", "network", "national"], sample_count = 10)]
fn reading(bencher: Bencher<'_, '_>, name: &str) {
    let workload = find(name).expect("a workload");
    bencher.bench_local(|| workload.scenario(&Overrides::default()).is_ok());
}
