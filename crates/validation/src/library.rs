//! The textbook scenarios, as they come with the program.

use poolwise_scenario::Library;

macro_rules! texts {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../textbook/", $name)))),*]
    };
}

/// Scenarios and their data files by name.
pub(super) const LIBRARY: &Library = texts![
    "arrivals-every-3.csv",
    "loss.toml",
    "md1.toml",
    "md8.toml",
    "mg1.toml",
    "mg8.toml",
    "mixed-pooled.toml",
    "mixed-separate.toml",
    "mm1.toml",
    "mm8.toml",
    "mmc-large.toml",
    "mmc-patience.toml",
    "mmc-priorities.toml",
    "mmck.toml",
    "mt-identity.toml",
    "mt-infinite.toml",
    "mt-ms.toml",
    "mt-sine.toml",
    "mt-staffing.toml",
    "one-arrival-at-1.csv",
    "pooling-pooled.toml",
    "pooling-separate.toml",
    "preemptive.toml",
    "priorities.toml",
    "redial-single.toml",
    "redial.toml",
    "reserve.toml",
    "shift-end-crews.toml",
    "shift-end-hand-over.toml",
    "shift-end-levels.toml",
    "shift-end-restart.toml",
    "three-arrivals-at-0.csv",
    "wards-shared.toml",
];
