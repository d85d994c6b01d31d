//! The standard workloads: scenarios built into the program, so that they run from anywhere.

use super::expect::{ExpectedAnswers, ExpectedPlace};
use poolwise_scenario::{self, Diagnostics, Overrides, Scenario, Texts};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

/// Files of the repository by their path in it.
macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $path)))),*]
    };
}

const FILES: &[(&str, &str)] = files![
    "scenarios/textbook/mm1.toml",
    "scenarios/textbook/mm8.toml",
    "scenarios/textbook/network.toml",
    "scenarios/textbook/network-profile.csv",
    "scenarios/national/status-quo.toml",
    "scenarios/national/base/local-centres.toml",
    "scenarios/national/base/national.toml",
    "scenarios/national/base/profile.csv",
    "scenarios/bench/long.toml",
    "scenarios/bench/heavy-backlog.toml",
];

/// Path of the workload that the program writes itself.
const WIDE: &str = "wide.toml";
/// Its centres, and officers at each.
const WIDE_SIZE: (u32, u32) = (200, 8);

/// A scenario with a known answer.
#[derive(Debug, Clone, Copy)]
pub struct Workload {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it stresses.
    pub about: &'static str,
    path: &'static str,
    /// Replications of one round on one thread.
    pub replications: u32,
    /// What must come out.
    pub expected: &'static [ExpectedAnswers],
}

/// Half of a relative tolerance that five standard deviations of the round's own error take.
const STATUS_QUO: &[ExpectedAnswers] = &[
    // Calibration, see scenarios/national/README.md.
    ExpectedAnswers::new(ExpectedPlace::Stage("lesc"), "arrivals_per_hour", 174.9, 1.75),
    ExpectedAnswers::new(ExpectedPlace::Stage("sign"), "per_hour", 18.9, 1.0),
    ExpectedAnswers::new(ExpectedPlace::ShareOf("sign", "PERC"), "", 0.30, 0.03),
];

/// All workloads, in the order in which they are run.
pub fn workloads() -> &'static [Workload] {
    const ALL: &[Workload] = &[
        Workload {
            name: "mm1",
            about: "one officer, load 0.8",
            path: "scenarios/textbook/mm1.toml",
            replications: 10,
            expected: &[
                ExpectedAnswers::new(ExpectedPlace::Centre("desk"), "p_wait", 0.8, 0.008),
                ExpectedAnswers::new(ExpectedPlace::Whole, "wait_mean_hours", 4.0 / 60.0, 0.003),
            ],
        },
        Workload {
            name: "mm8",
            about: "eight officers, load 0.9",
            path: "scenarios/textbook/mm8.toml",
            replications: 10,
            expected: &[
                ExpectedAnswers::new(ExpectedPlace::Centre("desk"), "p_wait", 0.701_533, 0.02),
                ExpectedAnswers::new(ExpectedPlace::Whole, "wait_mean_hours", 0.146_153, 0.010),
            ],
        },
        Workload {
            name: "network",
            about: "21 centres, 1.5 million requests a year",
            path: "scenarios/textbook/network.toml",
            replications: 4,
            expected: &[
                ExpectedAnswers::new(ExpectedPlace::Whole, "lost_share", 0.0033, 0.0004),
                ExpectedAnswers::new(ExpectedPlace::CentresBut("central"), "wait_mean_hours", 0.111, 0.006),
                ExpectedAnswers::new(ExpectedPlace::Centre("central"), "wait_mean_hours", 0.0007, 0.0002),
            ],
        },
        Workload {
            name: "national",
            about: "status quo, all stages, one year",
            path: "scenarios/national/status-quo.toml",
            replications: 2,
            expected: STATUS_QUO,
        },
        Workload {
            name: "wide",
            about: "200 centres of eight officers, load 0.9",
            path: WIDE,
            replications: 1,
            expected: &[
                ExpectedAnswers::new(ExpectedPlace::CentresBut(""), "p_wait", 0.701_533, 0.02),
                ExpectedAnswers::new(ExpectedPlace::Whole, "wait_mean_hours", 0.146_153, 0.012),
            ],
        },
        Workload {
            name: "long",
            about: "status quo over four years",
            path: "scenarios/bench/long.toml",
            replications: 1,
            expected: STATUS_QUO,
        },
        Workload {
            name: "heavy-backlog",
            about: "42,000 requests waiting, each with a deadline",
            path: "scenarios/bench/heavy-backlog.toml",
            replications: 2,
            expected: &[ExpectedAnswers::new(ExpectedPlace::Centre("desk"), "queue_mean", 42_503.0, 640.0)],
        },
    ];
    ALL
}

/// A workload by name.
pub fn find(name: &str) -> Option<&'static Workload> {
    workloads().iter().find(|w| w.name == name)
}

impl Workload {
    /// Its scenario, with changes.
    ///
    /// # Errors
    /// If the changes make no sense.
    pub fn scenario(&self, overrides: &Overrides) -> Result<Scenario, Diagnostics> {
        let mut texts: Texts = FILES.iter().map(|(path, text)| (path.into(), Cow::Borrowed(*text))).collect();
        if self.path == WIDE {
            let (n, officers) = WIDE_SIZE;
            texts.insert(WIDE.into(), Cow::Owned(centres(n, officers, "2 weeks")));
        }
        poolwise_scenario::load_texts(texts, Path::new(self.path), overrides)
    }
}

/// The text of a scenario of `n` independent centres, each M/M/c with `officers` at load 0.9 and a
/// service of 10 minutes on average, run over `horizon` after a warm-up of a week.
pub fn centres(n: u32, officers: u32, horizon: &str) -> String {
    let rate = f64::from(n) * f64::from(officers) * 6.0 * 0.9;
    let mut text = format!(
        "title = \"{n} centres of {officers} officers, load 0.9\"\n\
         [run]\nhorizon = \"{horizon}\"\nwarm_up = \"1 week\"\nreplications = 1\n\
         [class.customer]\nrate = \"{rate} per hour\"\nstart = \"service\"\n\
         [stage.service]\nservice = {{ role = \"server\", time = {{ exponential = \"10 min\" }} }}\n\
         next = \"served\"\n[stage.served]\nexit = true\n"
    );
    let mut line = |section: &str, value: &dyn Fn(u32) -> String| {
        let _ = writeln!(text, "[{section}]");
        for i in 1..=n {
            let _ = writeln!(text, "\"{i:03}\" = {}", value(i));
        }
    };
    line("area", &|i| format!("{{ share = 1, centre = \"{i:03}\" }}"));
    line("centre", &|_| format!("{{ levels = {{ officers = {officers} }} }}"));
    text + "[[route]]\nto = \"local\"\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every built-in scenario is found with all that it extends, and none warns of anything.
    #[test]
    fn all_are_valid() {
        for workload in workloads() {
            let scenario = workload.scenario(&Overrides::default());
            let scenario = scenario.unwrap_or_else(|e| panic!("{}: {}", workload.name, e.render(false)));
            assert!(scenario.model.run.replications >= 1);
        }
    }

    #[test]
    fn what_is_not_built_in_is_not_looked_for_elsewhere() {
        let text = "extends = \"Cargo.toml\"\n";
        let texts = Texts::from([("a.toml".into(), Cow::Borrowed(text))]);
        let error =
            poolwise_scenario::load_texts(texts, Path::new("a.toml"), &Overrides::default()).unwrap_err();
        assert!(error.render(false).contains("Cargo.toml: there is no such text in memory"));
    }
}
