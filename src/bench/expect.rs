//! What a workload must answer, whatever the speed.

use poolwise_study::Replicated;
use poolwise_study::measures::{Section, Value};
use poolwise_study::summarise::estimate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Where a measure stands.
#[derive(Debug, Clone, Copy)]
pub enum ExpectedPlace {
    /// The whole system.
    Whole,
    /// A centre, all roles.
    Centre(&'static str),
    /// The mean over all centres but one.
    CentresBut(&'static str),
    /// A stage.
    Stage(&'static str),
    /// A centre's share of a stage's work.
    ShareOf(&'static str, &'static str),
}

/// A known answer.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedAnswers {
    place: ExpectedPlace,
    measure: &'static str,
    value: f64,
    /// How far one round's estimate may be from it: about five standard deviations of its error, so that
    /// a correct program with another seed fails once in a million rounds.
    tolerance: f64,
}

/// An answer beside what was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenchAnswer {
    /// Which measure, and where.
    pub measure: String,
    /// What was found; not a number where the measure is missing.
    pub value: Option<f64>,
    /// What it should be.
    pub expected: f64,
    /// How far it may be from that.
    pub tolerance: f64,
    /// Whether it is that near.
    pub passed: bool,
}

impl ExpectedAnswers {
    /// `measure` at `place` is `value`, give or take `tolerance`.
    pub const fn new(place: ExpectedPlace, measure: &'static str, value: f64, tolerance: f64) -> Self {
        Self { place, measure, value, tolerance }
    }

    /// Holds a round's results to it.
    pub fn of(&self, results: &Replicated) -> BenchAnswer {
        let value = self.found(results);
        let near = value.is_some_and(|v| (v - self.value).abs() <= self.tolerance);
        BenchAnswer {
            measure: self.label(),
            value,
            expected: self.value,
            tolerance: self.tolerance,
            passed: near,
        }
    }

    fn label(&self) -> String {
        let measure = self.measure;
        match self.place {
            ExpectedPlace::Whole => measure.to_owned(),
            ExpectedPlace::Centre(name) | ExpectedPlace::Stage(name) => format!("{name}: {measure}"),
            ExpectedPlace::CentresBut("") => format!("all centres: {measure}"),
            ExpectedPlace::CentresBut(name) => format!("all centres but {name}: {measure}"),
            ExpectedPlace::ShareOf(stage, centre) => format!("{centre}'s share of {stage}"),
        }
    }

    /// The mean over all places meant; nothing where there is none.
    fn found(&self, results: &Replicated) -> Option<f64> {
        let mut values = Vec::new();
        for (i, key) in results.keys.iter().enumerate() {
            let here = match (&key.section, self.place) {
                (Section::Whole, ExpectedPlace::Whole) => true,
                (Section::Centre(c, role), ExpectedPlace::Centre(name)) => c == name && role == "all",
                (Section::Centre(c, role), ExpectedPlace::CentresBut(name)) => c != name && role == "all",
                (Section::Stage(s), ExpectedPlace::Stage(name)) => s == name,
                (Section::StageShare(s), ExpectedPlace::ShareOf(stage, centre)) => {
                    s == stage && key.name == centre
                }
                _ => false,
            };
            if here && (key.name == self.measure || matches!(self.place, ExpectedPlace::ShareOf(..))) {
                values.push(estimate(results, i, results.confidence).estimate);
            }
        }
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        mean.is_finite().then_some(mean)
    }
}

/// A fingerprint of every value measured in the first replications: the same for any number of threads.
pub fn digest(results: &Replicated, replications: u32) -> String {
    let mut hash = Sha256::new();
    for value in results.values.iter().take(replications as usize).flatten() {
        let (a, b) = match value {
            Value::Ratio(a, b) => (*a, *b),
            Value::Known(a) | Value::Plain(a) => (*a, 1.0),
        };
        hash.update(a.to_bits().to_le_bytes());
        hash.update(b.to_bits().to_le_bytes());
    }
    let mut text = String::new();
    for byte in hash.finalize().iter().take(8) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
