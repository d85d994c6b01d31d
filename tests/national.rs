//! The national scenarios: every option runs, is comparable, and the status quo is calibrated.

use poolwise_engine::model::Model;
use poolwise_planning::staffing;
use poolwise_scenario::{self, Overrides};
use poolwise_study::summary::Summary;
use poolwise_study::{Settings, Unwatched, replicate, summarise};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/national")
}

fn load(name: &str, sets: &[&str]) -> Model {
    let overrides =
        Overrides { sets: sets.iter().map(|s| (*s).to_owned()).collect(), ..Overrides::default() };
    let path = folder().join(format!("{name}.toml"));
    poolwise_scenario::load(&path, &overrides).unwrap_or_else(|e| panic!("{}", e.render(false))).model
}

fn run(model: &Model) -> Summary {
    let results = replicate(model, &Settings::default(), &Unwatched).unwrap_or_else(|e| panic!("{e}"));
    summarise(model, &results)
}

const OPTIONS: [&str; 6] =
    ["centralized", "distributed", "overflow", "regional", "status-quo", "status-quo-no-perc"];

/// Facts of the audit that the status quo must reproduce, over four replications of FY2019.
#[test]
fn the_status_quo_is_calibrated() {
    let model = load("status-quo", &["run.replications=4"]);
    let s = run(&model);
    let perc = s.stages["sign"].share_by_centre["PERC"].estimate;
    assert!((0.27..=0.33).contains(&perc), "PERC issues {perc} of detainers");
    let detainers = s.stages["sign"].measures["per_hour"].estimate;
    assert!((17.9..=19.9).contains(&detainers), "{detainers} detainers an hour");
    let matches = s.stages["lesc"].measures["arrivals_per_hour"].estimate;
    assert!((matches / 174.9 - 1.0).abs() <= 0.01, "{matches} matches an hour at LESC");
    // The weekend peak comes from routing: demand itself is lower at weekends.
    let reached = |weekend: bool| {
        let hours: Vec<f64> = s
            .detail
            .hourly
            .iter()
            .filter(|h| h.centre == "PERC" && h.role == "all" && (h.hour_of_week >= 120) == weekend)
            .map(|h| h.arrivals_per_hour)
            .collect();
        hours.iter().sum::<f64>() / hours.len() as f64
    };
    assert!(reached(true) >= 1.5 * reached(false), "{} and {}", reached(true), reached(false));
}

/// Comparable options: the same officers, and the same rostered hours but for whole shifts (1 %).
#[test]
fn options_have_equal_resources() {
    let base = staffing::totals(&load("status-quo", &[]));
    assert!((base.headcount - 245.0).abs() < 1e-9, "{}", base.headcount);
    for name in OPTIONS.iter().filter(|n| **n != "status-quo-no-perc") {
        for shape in ["load", "flat"] {
            let other = staffing::totals(&load(name, &[&format!("roster_shape={shape}")]));
            assert!((other.headcount - base.headcount).abs() < 1e-9, "{name}: {}", other.headcount);
            let ratio = other.rostered_hours_per_week / base.rostered_hours_per_week;
            assert!((ratio - 1.0).abs() <= 0.01, "{name} {shape}: {ratio}");
        }
    }
}

/// Every option and its flat variant run with balanced books.
#[test]
fn every_option_runs_in_both_shapes() {
    let mut found: Vec<String> = std::fs::read_dir(folder())
        .expect("the folder")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .map(|p| p.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    found.sort();
    assert_eq!(found, OPTIONS);
    for name in OPTIONS {
        for shape in ["load", "flat"] {
            let sets =
                [format!("roster_shape={shape}"), "run.horizon=4 weeks".into(), "run.replications=1".into()];
            let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
            let s = run(&load(name, &sets));
            assert!(s.measures["utilization"].estimate > 0.3, "{name} {shape}");
        }
    }
}

/// The same requests in every option: as many bookings, detainer outcomes and rework, by request.
#[test]
fn options_see_the_same_requests() {
    let of = |name: &str| {
        let model = load(name, &["run.horizon=2 weeks"]);
        let o = poolwise_engine::run(&model, 0, false).unwrap_or_else(|e| panic!("{e}"));
        (
            o.total.arrivals,
            model.stages.iter().position(|s| s.name == "not-forwarded").map(|i| o.total.exits[i]),
        )
    };
    let base = of("status-quo");
    assert!(base.0 > 50_000 && base.1.is_some());
    for name in OPTIONS {
        assert_eq!(of(name), base, "{name}");
    }
}
