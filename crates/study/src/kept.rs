//! What a comparison takes of replications that were run elsewhere: their whole-scenario measures.
//!
//! A page keeps them of its options, so that a changed option can be compared with them without running them again: to
//! the same bits, because numbers are written with as many digits as it takes.

use super::measures::{Key, Section, Value};
use super::merged::MergedSummary;
use super::replicate::Replicated;
use poolwise_engine::model::Model;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Whole-scenario measures of a scenario's replications.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Names of the measures.
    pub measures: Vec<String>,
    /// By replication, in the order of the names: a value known without simulation, a plain value, or numerator and
    /// denominator. What is undefined is missing.
    pub values: Vec<Vec<KeptNumber>>,
    /// Requests present in the hours of the window that are like its last, by replication: the interval of
    /// the backlog rests on them.
    #[serde(default)]
    pub ends: Vec<Vec<f64>>,
    /// Replications asked for.
    pub planned: u32,
    /// Confidence of intervals.
    pub confidence: f64,
}

/// A value of a replication; undefined where `None`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeptNumber {
    /// Known without simulation.
    Known(Option<f64>),
    /// Averaged over replications.
    Plain(Option<f64>),
    /// Summed over replications.
    Ratio(Option<f64>, Option<f64>),
}

impl From<Value> for KeptNumber {
    fn from(value: Value) -> Self {
        let some = |x: f64| x.is_finite().then_some(x);
        match value {
            Value::Known(x) => Self::Known(some(x)),
            Value::Plain(x) => Self::Plain(some(x)),
            Value::Ratio(n, d) => Self::Ratio(some(n), some(d)),
        }
    }
}

impl From<KeptNumber> for Value {
    fn from(number: KeptNumber) -> Self {
        let value = |x: Option<f64>| x.unwrap_or(f64::NAN);
        match number {
            KeptNumber::Known(x) => Self::Known(value(x)),
            KeptNumber::Plain(x) => Self::Plain(value(x)),
            KeptNumber::Ratio(n, d) => Self::Ratio(value(n), value(d)),
        }
    }
}

impl Kept {
    /// The whole-scenario measures of finished replications.
    pub fn of(all: &Replicated) -> Self {
        let whole: Vec<usize> =
            (0..all.keys.len()).filter(|&i| all.keys[i].section == Section::Whole).collect();
        Self {
            measures: whole.iter().map(|&i| all.keys[i].name.clone()).collect(),
            values: all.values.iter().map(|v| whole.iter().map(|&i| v[i].into()).collect()).collect(),
            ends: all.merged.ends().to_vec(),
            planned: all.planned,
            confidence: all.confidence,
        }
    }

    /// The same as replications that can be compared; their sums by hour are empty. `first` keeps only so many.
    pub fn replicated(&self, model: &Model, first: usize) -> Replicated {
        let key = |name: &String| Key { section: Section::Whole, name: name.clone() };
        Replicated {
            keys: self.measures.iter().map(key).collect(),
            values: self.values.iter().take(first).map(|v| v.iter().map(|&n| n.into()).collect()).collect(),
            merged: MergedSummary::new(model).with_ends(self.ends.iter().take(first).cloned().collect()),
            planned: self.planned,
            confidence: self.confidence,
            requests: 0,
            events: 0,
            trace: Vec::new(),
            rosters: None,
            cut_short: None,
            controls: None,
            order: OnceLock::new(),
        }
    }
}
