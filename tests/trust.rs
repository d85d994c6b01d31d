//! Theory beside the run, on the textbook scenarios: which model each pool is found to be, and that the
//! exact values agree with the run at the oracle's own rule (a correct program fails one file in a
//! thousand, were the seed drawn anew).

use poolwise_engine::model::Model;
use poolwise_scenario::{self, Overrides};
use poolwise_study::oracle::Oracle;
use poolwise_study::{Settings, Unwatched, oracle, replicate};
use std::path::Path;

fn load(path: &str, sets: &[&str]) -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(path);
    let sets = sets.iter().map(|s| (*s).to_owned()).collect();
    let scenario = poolwise_scenario::load(&path, &Overrides { sets, ..Overrides::default() });
    scenario.unwrap_or_else(|e| panic!("{}", e.render(false))).model
}

fn judged(model: &Model) -> Oracle {
    let results = replicate(model, &Settings::default(), &Unwatched).unwrap_or_else(|e| panic!("{e}"));
    oracle(model).against(&results)
}

/// File, model, horizon: long enough to be judged, short enough for a test.
const EXACT: [(&str, &str, &str); 9] = [
    ("mm1", "M/M/1", "26 weeks"),
    ("mm8", "M/M/8", "26 weeks"),
    ("md1", "M/D/1", "26 weeks"),
    ("mg1", "M/G/1", "26 weeks"),
    ("mmc-patience", "M/M/50+M", "1 week"),
    ("priorities", "M/G/1, priorities", "26 weeks"),
    ("pooling-pooled", "M/M/160", "2 weeks"),
    ("mt-ms", "M(t)/M/s(t)", "52 weeks"),
    ("mt-identity", "M(t)/M/s(t)+M", "52 weeks"),
];

#[test]
fn textbook_pools_are_recognised_and_agree() {
    for (file, name, horizon) in EXACT {
        let horizon = format!("run.horizon={horizon}");
        let model = load(&format!("textbook/{file}.toml"), &["run.replications=8", &horizon]);
        let found = judged(&model);
        assert_eq!(found.pools[0].model, name, "{file}: {found:?}");
        for pool in &found.pools {
            assert!(pool.exact() && pool.because.is_empty(), "{file}: {pool:?}");
            assert!(pool.values.iter().all(|v| v.agrees == Some(true)), "{file}: {pool:?}");
        }
        assert!(found.warnings().is_empty(), "{file}");
    }
}

#[test]
fn what_is_no_textbook_queue_is_approximate_and_says_why() {
    for (file, name, why) in [
        ("textbook/mixed-pooled.toml", "Allen-Cunneen", "general distribution"),
        ("textbook/network.toml", "M(t)/M/s(t)+M", "not exponential"),
        ("national/status-quo.toml", "M(t)/M/s(t)+M", "crews on shifts"),
    ] {
        let found = oracle(&load(file, &[]));
        for pool in &found.pools {
            assert!(!pool.exact() && pool.model.contains(name), "{file}: {pool:?}");
            assert!(pool.because.iter().any(|b| b.contains(why)), "{file}: {pool:?}");
            assert!(pool.values.iter().all(|v| v.theory.is_finite()), "{file}: {pool:?}");
        }
        assert!(found.pools.iter().all(|p| p.values.iter().all(|v| v.agrees.is_none())));
    }
}

/// The approximation for changing rates is near enough to be of use: the 20 local centres of the reference
/// workload wait 0.111 h in a long simulation, and its services are as variable as exponential ones.
#[test]
fn the_approximation_is_near_on_the_reference_workload() {
    let found = oracle(&load("textbook/network.toml", &[]));
    let local = found.pools.iter().find(|p| p.centre == "local 01").expect("a local centre");
    let wait = local.values.iter().find(|v| v.measure == "wait_mean_hours").expect("a wait").theory;
    assert!((wait / 0.111 - 1.0).abs() < 0.15, "{wait}");
}
