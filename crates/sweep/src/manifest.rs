//! `plan.json`: everything that a sweep's numbers depend on. Its hash ties shards, results and the sweep file
//! together.

use super::analysis::Shown;
use super::design::Points;
use super::hashed::Hashed;
use poolwise_engine::model::{Noun, Words};
use poolwise_engine::random::STREAM_SCHEME;
use poolwise_scenario::sweep::{Axis, Design, Replications, SweepFile};
use poolwise_study::controls::ARRIVALS;
use poolwise_study::measures;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// Version of the form of this file and of shard files.
pub(crate) const FORMAT: u32 = 1;

/// A sweep, as its results know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the form.
    pub format: u32,
    /// Version of the program.
    pub version: String,
    /// How random numbers are made.
    pub stream_scheme: String,
    /// Version of the meaning of measures.
    pub measures_version: u32,
    /// Name of the sweep.
    pub sweep: String,
    /// One line on it.
    pub title: String,
    /// The sweep's description, as its author wrote it.
    pub description: String,
    /// What requests and officers are called, where the scenarios agree on words of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<WordsEntry>,
    /// Scenarios, in the sweep file's order.
    pub scenarios: Vec<ScenarioEntry>,
    /// Name of the scenario that the others are compared with.
    pub baseline: String,
    /// What varies, in the order of columns and of a point's values.
    pub axes: Vec<AxisEntry>,
    /// Which points of the axes' space are simulated.
    pub design: DesignEntry,
    /// Constraints, as written.
    pub constraints: Vec<String>,
    /// How many replications.
    pub replications: ReplicationsEntry,
    /// Whether all points use the same random numbers.
    pub common_random_numbers: bool,
    /// Measures kept, in their order within a replication.
    pub measures: Vec<String>,
    /// Whether arrivals are among them for controls alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_controls: bool,
    /// How many points.
    pub points: usize,
    /// Points of the design that a constraint left out.
    pub left_out: u64,
    /// SHA-256 of all points' values.
    pub points_hash: String,
}

/// What requests and officers are called: the singular and the plural of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordsEntry {
    /// What a request is called: one, and several.
    pub request: (String, String),
    /// What an officer is called: one, and several.
    pub officer: (String, String),
}

impl WordsEntry {
    /// The words of all scenarios together; none where they are the usual ones.
    pub(super) fn of(words: &Words) -> Option<Self> {
        let both = |noun: &Noun| (noun.one.clone(), noun.many.clone());
        (*words != Words::default())
            .then(|| Self { request: both(&words.request), officer: both(&words.officer) })
    }
}

/// A scenario of the sweep, as its plan records it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScenarioEntry {
    /// The scenario's name in the sweep.
    pub name: String,
    /// One line on it.
    pub title: String,
    /// Hash of all its values, before any axis.
    pub hash: String,
}

/// An axis of the sweep, as its plan records it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxisEntry {
    /// Name, and column in results.
    pub name: String,
    /// A few words.
    pub label: String,
    /// Unit of its numbers, if any.
    pub unit: Option<String>,
    /// What it sets.
    pub paths: Vec<PathEntry>,
    /// Words, for an axis that has no numbers; a point's value is a position in this list.
    pub words: Vec<String>,
    /// Levels, where the design has some.
    pub levels: Option<Vec<f64>>,
    /// Ends of the range, where it has some.
    pub range: Option<(f64, f64)>,
    /// Whether it is taken on a logarithmic scale.
    pub log: bool,
    /// Whether values are whole numbers.
    pub whole: bool,
    /// The usual value.
    pub base: Option<f64>,
    /// Whether a planner chooses it; otherwise nobody knows it.
    pub decision: bool,
    /// Scenarios it applies to; all if `None`.
    pub scenarios: Option<Vec<String>>,
    /// The distribution that samples follow, in a word; uniform if `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<String>,
    /// Whether values are quantiles, at which several numbers are taken together.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quantile: bool,
}

/// A path that an axis sets to `times` x value + `plus`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathEntry {
    /// Path of the value that the axis sets.
    pub path: String,
    /// Factor on the value of the axis.
    pub times: f64,
    /// Constant that is added.
    pub plus: f64,
}

/// How the points were laid out, as the plan records it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DesignEntry {
    /// All combinations; the last axis varies fastest.
    Grid,
    /// The base point first, then each axis alone.
    OneAtATime,
    /// A Latin hypercube.
    LatinHypercube {
        /// Points asked for.
        points: u64,
        /// Seed of the design.
        seed: u64,
    },
    /// Saltelli's: for each of `base` rows, A, then A with column i of B for each axis i, then B.
    Saltelli {
        /// Rows of the base sample.
        base: u32,
        /// Seed of the design.
        seed: u64,
    },
    /// From a file.
    Csv {
        /// Its name.
        file: String,
    },
}

/// How many replications.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplicationsEntry {
    /// So many.
    Fixed(u32),
    /// Until intervals are short enough (see `poolwise_stats::sequential`).
    Until {
        /// Measures that must be precise.
        measures: Vec<String>,
        /// Half-width over the estimate.
        relative: f64,
        /// Half-width that is enough.
        absolute: f64,
        /// Least number.
        at_least: u32,
        /// Greatest number.
        at_most: u32,
        /// Added at a time.
        round: u32,
    },
}

impl Manifest {
    /// What requests and officers are called.
    pub fn words(&self) -> Words {
        let noun = |(one, many): &(String, String)| Noun { one: one.clone(), many: many.clone() };
        self.words
            .as_ref()
            .map_or_else(Words::default, |w| Words { request: noun(&w.request), officer: noun(&w.officer) })
    }

    /// A kept measure as pictures and tables speak of it.
    pub fn shown(&self, measure: &str) -> Shown {
        Shown::of(measure, &self.words())
    }

    /// The manifest of a sweep file whose scenarios and measures are known.
    pub(super) fn of(
        file: &SweepFile,
        words: &Words,
        scenarios: Vec<ScenarioEntry>,
        baseline: String,
        measures: Vec<String>,
        replications: &Replications,
        points: &Points,
    ) -> Self {
        let mut hashed = Hashed::default();
        for x in points.iter().flatten() {
            // Nothing is written, so that nothing can fail.
            let _ = hashed.write_all(&x.to_bits().to_le_bytes());
        }
        Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            stream_scheme: STREAM_SCHEME.to_owned(),
            measures_version: measures::VERSION,
            sweep: file.name.clone(),
            title: file.title.clone(),
            description: file.description.clone(),
            words: WordsEntry::of(words),
            scenarios,
            baseline,
            axes: file.axes.iter().map(AxisEntry::of).collect(),
            design: match &file.design {
                Design::Grid => DesignEntry::Grid,
                Design::OneAtATime => DesignEntry::OneAtATime,
                Design::LatinHypercube { points, seed } => {
                    DesignEntry::LatinHypercube { points: *points, seed: *seed }
                }
                Design::Saltelli { base, seed } => DesignEntry::Saltelli { base: *base, seed: *seed },
                Design::Csv { file, .. } => DesignEntry::Csv { file: file.clone() },
            },
            constraints: file.constraints.iter().map(|(c, _)| c.text.clone()).collect(),
            replications: match replications {
                Replications::Fixed(n) => ReplicationsEntry::Fixed(*n),
                Replications::Until(p) => ReplicationsEntry::Until {
                    measures: p.measures.iter().map(|m| m.0.clone()).collect(),
                    relative: p.relative,
                    absolute: p.absolute,
                    at_least: p.at_least,
                    at_most: p.at_most,
                    round: p.round,
                },
            },
            common_random_numbers: !file.independent,
            measures,
            for_controls: false,
            points: points.len(),
            left_out: points.left_out,
            points_hash: hashed.hex(),
        }
    }

    /// Its bytes: indented JSON.
    pub fn json(&self) -> String {
        // Plain data with text keys: nothing that JSON cannot hold.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Writes these bytes, which of an axis of a million levels are many.
    ///
    /// # Errors
    /// If they cannot be written.
    pub(crate) fn write(&self, mut to: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut to, self)?;
        to.write_all(b"\n")
    }

    /// SHA-256 of its bytes: the hash of the plan.
    pub fn hash(&self) -> String {
        let mut hashed = Hashed::default();
        // As for its bytes: nothing that can fail.
        let _ = self.write(&mut hashed);
        hashed.hex()
    }

    /// The keys in which two manifests differ, for a message.
    pub fn differences(&self, other: &Self) -> String {
        let (a, b) = (serde_json::to_value(self), serde_json::to_value(other));
        let (Ok(serde_json::Value::Object(a)), Ok(serde_json::Value::Object(b))) = (a, b) else {
            return "its plan".to_owned();
        };
        let mut keys: Vec<String> =
            a.iter().filter(|(k, v)| b.get(*k) != Some(*v)).map(|(k, _)| format!("`{k}`")).collect();
        if self.for_controls != other.for_controls {
            keys.retain(|k| k != "`for_controls`");
            let without = if self.for_controls { "out" } else { "" };
            keys.push(format!("(it was made with{without} --controls, which keeps `{ARRIVALS}` too)"));
        }
        keys.join(", ").replace("`, (", "` (")
    }

    /// Position of a measure.
    pub fn measure(&self, name: &str) -> Option<usize> {
        self.measures.iter().position(|m| m == name)
    }

    /// Position of a scenario.
    pub(crate) fn scenario(&self, name: &str) -> Option<usize> {
        self.scenarios.iter().position(|s| s.name == name)
    }
}

impl AxisEntry {
    fn of(axis: &Axis) -> Self {
        Self {
            name: axis.name.clone(),
            label: axis.label.clone(),
            unit: axis.unit.clone(),
            paths: axis
                .targets
                .iter()
                .map(|t| PathEntry { path: t.path.clone(), times: t.times, plus: t.plus })
                .collect(),
            words: axis.words.iter().map(|w| w.shown.clone()).collect(),
            levels: axis.levels.clone(),
            range: axis.range,
            log: axis.log,
            whole: axis.whole,
            base: axis.base,
            decision: axis.decision,
            scenarios: axis.scenarios.as_ref().map(|l| l.iter().map(|s| s.0.clone()).collect()),
            distribution: axis.law.as_ref().map(|l| l.law_words().to_owned()),
            quantile: !axis.quantiles.is_empty(),
        }
    }

    /// A value as tables show it: a word, or a number.
    pub fn show(&self, value: f64) -> String {
        match self.words.get(value as usize) {
            Some(word) => word.clone(),
            None => value.to_string(),
        }
    }
}
