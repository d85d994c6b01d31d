//! Runs the textbook scenarios as they stand, and holds known answers to their intervals.
//!
//! An answer must lie in the run's 99.9 % interval, so that a correct program fails one answer in a thousand, were the seed drawn anew; and
//! the interval must be narrow enough (`within`, relative) for a real fault to show.
#![allow(dead_code)]

use poolwise_scenario::Overrides;
use poolwise_stats::Estimate;
use poolwise_study::measures::{Key, Section};
use poolwise_study::summarise::estimate;
use poolwise_study::{Replicated, Settings, Unwatched, replicate};
use std::path::{Path, PathBuf};

const CONFIDENCE: f64 = 0.999;

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook")
}

pub(crate) fn run(name: &str) -> Replicated {
    run_with(name, &[])
}

pub(crate) fn run_with(name: &str, sets: &[&str]) -> Replicated {
    let path = folder().join(format!("{name}.toml"));
    let overrides =
        Overrides { sets: sets.iter().map(|s| (*s).to_owned()).collect(), ..Overrides::default() };
    let scenario =
        poolwise_scenario::load(&path, &overrides).unwrap_or_else(|e| panic!("{}", e.render(false)));
    replicate(&scenario.model, &Settings::default(), &Unwatched).unwrap_or_else(|e| panic!("{e}"))
}

pub(crate) fn of(results: &Replicated, section: Section, name: &str) -> Estimate {
    let key = Key { section, name: name.to_owned() };
    let position = results.position(&key).unwrap_or_else(|| panic!("no measure {key:?}"));
    estimate(results, position, CONFIDENCE)
}

/// Asserts that `truth` lies in the interval, and that the interval is narrow.
#[track_caller]
pub(crate) fn holds(e: Estimate, truth: f64, within: f64) {
    assert!(
        e.lower <= truth && truth <= e.upper,
        "{truth} is not in {} [{}, {}]",
        e.estimate,
        e.lower,
        e.upper
    );
    assert!(
        e.half_width() <= within * truth,
        "the interval {} [{}, {}] is wide",
        e.estimate,
        e.lower,
        e.upper
    );
}

pub(crate) fn all(centre: &str) -> Section {
    Section::Centre(centre.to_owned(), "all".to_owned())
}

pub(crate) fn class(name: &str) -> Section {
    Section::Class(name.to_owned())
}

pub(crate) const MINUTE: f64 = 1.0 / 60.0;
