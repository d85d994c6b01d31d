//! The suite that shows that answers can be trusted: models with known answers, simulated by the same
//! engine and summarised by the same code as every scenario.
//!
//! A case is a scenario and what is known of it. Where the answer is random, the simulated interval has
//! a confidence of [`CONFIDENCE`], so that the chance that a correct program fails anywhere in the suite is
//! at most the number of such answers times `1 - CONFIDENCE` (Bonferroni), were seeds drawn anew; they are
//! fixed. An interval must also be narrow, or it could not fail. `--long` adds the coverage of the
//! program's intervals and tests of its random numbers.
#![warn(missing_docs)]

mod bench;
mod corners;
mod coverage;
mod coverage_by_replications;
mod erlang;
mod general;
mod hand;
mod library;
mod pooling;
mod published;
mod published_calls;
mod streams;
mod varying;

pub use bench::Bench;
pub use published::{Printed, PrintedTable, published};

use poolwise_stats::Estimate;
use serde::Serialize;

/// Confidence of each interval, and one less the level of each test.
pub const CONFIDENCE: f64 = 0.999_95;

/// How an expected value is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// From an exact formula, or numerically with an error that is stated.
    Exact,
    /// From an approximation; its tolerance is the approximation's and not the program's.
    Approximate,
    /// As printed in the literature; the tolerance is half a unit of the last digit.
    Published,
    /// By hand: the simulation is not random, and must hit it.
    Hand,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Finding {
    /// An estimate whose interval must hold the expected value.
    Estimate(Estimate),
    /// An estimate that must itself be within the tolerance; its interval is shown.
    Point(Estimate),
    /// A value without chance.
    Value(f64),
    /// The P value of a test whose null hypothesis is that all is well.
    #[serde(rename = "p")]
    PValue(f64),
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckVerdict {
    /// What was found is as expected.
    Holds,
    /// Not as expected.
    Fails,
    /// As expected, but the interval is too wide to have failed.
    Blunt,
}

/// One expected value against what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// What is measured.
    pub what: String,
    /// Its unit; empty for a bare number.
    pub unit: &'static str,
    /// How the expected value is known.
    pub known: Known,
    /// The expected value; for a P value, the least that holds.
    pub expected: f64,
    /// By how much the expected value may be off.
    pub tolerance: f64,
    /// What was found.
    pub found: Finding,
    /// Widest half-width, relative to the expected value, that could still fail.
    pub narrow: f64,
}

impl Check {
    /// Whether it is as expected.
    pub fn verdict(&self) -> CheckVerdict {
        let fine = match self.found {
            Finding::Estimate(e) => {
                e.lower <= self.expected + self.tolerance && self.expected - self.tolerance <= e.upper
            }
            Finding::Point(e) => (e.estimate - self.expected).abs() <= self.tolerance,
            Finding::Value(x) => (x - self.expected).abs() <= self.tolerance,
            Finding::PValue(p) => p >= self.expected,
        };
        let blunt = match self.found {
            // NaN is blunt too.
            Finding::Estimate(e) => {
                let width = e.half_width();
                width.is_nan() || width > self.narrow * self.expected.abs()
            }
            _ => false,
        };
        match (fine, blunt) {
            (false, _) => CheckVerdict::Fails,
            (true, true) => CheckVerdict::Blunt,
            (true, false) => CheckVerdict::Holds,
        }
    }

    /// Whether it could fail by chance.
    pub(crate) fn is_random(&self) -> bool {
        !matches!(self.found, Finding::Value(_))
    }

    /// A value that is not random, against one known to within `tolerance`.
    fn value(what: impl Into<String>, unit: &'static str, known: Known, expected: f64, found: f64) -> Self {
        let tolerance = 1e-9 * expected.abs().max(1.0);
        Self {
            what: what.into(),
            unit,
            known,
            expected,
            tolerance,
            found: Finding::Value(found),
            narrow: 0.0,
        }
    }

    /// A P value that must not be too small.
    fn p_value(what: impl Into<String>, p: f64) -> Self {
        Self {
            what: what.into(),
            unit: "P value",
            known: Known::Exact,
            expected: 1.0 - CONFIDENCE,
            tolerance: 0.0,
            found: Finding::PValue(p),
            narrow: 0.0,
        }
    }

    /// The same, allowing the expected value an error.
    fn within(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    fn known(mut self, known: Known) -> Self {
        self.known = known;
        self
    }

    fn narrow(mut self, narrow: f64) -> Self {
        self.narrow = narrow;
        self
    }
}

/// Groups of cases, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseGroup {
    /// M/M/c and its kin.
    Erlang,
    /// Services that are not exponential, and priorities.
    General,
    /// Rates and officers that change.
    Varying,
    /// Several queues against one.
    Pooling,
    /// Cases done by hand.
    Hand,
    /// Ties, counters and edges.
    Corners,
    /// Streams of random numbers.
    Streams,
    /// How often intervals hold the truth.
    Coverage,
}

impl CaseGroup {
    /// The group's heading on pages.
    pub fn title(self) -> &'static str {
        match self {
            Self::Erlang => "Erlang's queues",
            Self::General => "General services and priorities",
            Self::Varying => "Rates and officers that change",
            Self::Pooling => "Pooling",
            Self::Hand => "By hand",
            Self::Corners => "Corners",
            Self::Streams => "Random numbers",
            Self::Coverage => "Coverage of intervals",
        }
    }
}

/// A model with known answers.
#[derive(Debug, Clone, Copy)]
pub struct KnownModel {
    /// The group to which the case belongs.
    pub group: CaseGroup,
    /// The case's name, by which it can be asked for.
    pub name: &'static str,
    /// Where the answer is from.
    pub source: &'static str,
    /// Simulates it and compares.
    run: fn(&Bench) -> Result<Vec<Check>, String>,
}

/// A case and its checks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValidationReport {
    /// The group of the suite that it belongs to.
    pub group: CaseGroup,
    /// Name of the case.
    pub case: &'static str,
    /// Source of the answer.
    pub source: &'static str,
    /// What was expected and found.
    pub checks: Vec<Check>,
}

impl KnownModel {
    /// Simulates the case.
    ///
    /// # Errors
    /// A sentence, when the simulation itself fails: which is a fault of the program.
    pub fn run(&self, bench: &Bench) -> Result<ValidationReport, String> {
        let checks = (self.run)(bench).map_err(|e| format!("{}: {e}", self.name))?;
        Ok(ValidationReport { group: self.group, case: self.name, source: self.source, checks })
    }
}

/// The cases, in order of groups; `long` adds random numbers and coverage.
pub fn suite(long: bool) -> Vec<KnownModel> {
    let mut all =
        [erlang::CASES, general::CASES, varying::CASES, pooling::CASES, hand::CASES, corners::CASES].concat();
    if long {
        all.extend_from_slice(streams::CASES);
        all.extend_from_slice(coverage::CASES);
        all.extend_from_slice(coverage_by_replications::CASES);
    }
    all
}

/// Chance that a correct program fails somewhere in these reports, at most.
pub fn false_alarm(reports: &[ValidationReport]) -> f64 {
    let random =
        |r: &ValidationReport| r.checks.iter().filter(|c| c.is_random()).count() as f64 * (1.0 - CONFIDENCE);
    reports.iter().filter(|r| r.group != CaseGroup::Coverage).map(random).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lower: f64, upper: f64) -> CheckVerdict {
        let found = Finding::Estimate(Estimate {
            estimate: f64::midpoint(lower, upper),
            lower,
            upper,
            replications: 9,
        });
        Check {
            what: String::new(),
            unit: "",
            known: Known::Exact,
            expected: 10.0,
            tolerance: 0.5,
            found,
            narrow: 0.1,
        }
        .verdict()
    }

    #[test]
    fn verdicts() {
        assert_eq!(check(9.5, 10.2), CheckVerdict::Holds);
        assert_eq!(check(10.4, 11.0), CheckVerdict::Holds);
        assert_eq!(check(10.6, 11.0), CheckVerdict::Fails);
        assert_eq!(check(8.0, 12.0), CheckVerdict::Blunt);
        assert_eq!(check(f64::NAN, f64::NAN), CheckVerdict::Fails);
        let value = |x| Check::value("", "", Known::Hand, 15.0, x).verdict();
        assert_eq!((value(15.0), value(15.001)), (CheckVerdict::Holds, CheckVerdict::Fails));
        assert_eq!(Check::p_value("", 0.4).verdict(), CheckVerdict::Holds);
        assert_eq!(Check::p_value("", 1e-6).verdict(), CheckVerdict::Fails);
        assert_eq!(Check::p_value("", f64::NAN).verdict(), CheckVerdict::Fails);
    }

    #[test]
    fn cases_have_names_of_their_own() {
        let all = suite(true);
        for (i, case) in all.iter().enumerate() {
            assert!(all[..i].iter().all(|other| other.name != case.name), "{}", case.name);
        }
        assert!(all.len() > suite(false).len());
    }
}
