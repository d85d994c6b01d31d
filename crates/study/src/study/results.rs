//! What a study gives: plain data, the same bytes as the files of the command line.

use crate::format::{json, replications};
use crate::kept::Kept;
use crate::summary::{Comparison, Summary};
use crate::uncertain::{DifferenceSpread, Uncertain};
use poolwise_engine::trace::TraceRow;
use serde::Serialize;

/// The results of a study, scenarios in its order. Those that were not reached before a stop, or needed more memory than a run
/// may take, are missing.
#[derive(Debug, Clone)]
pub struct Results {
    /// The scenarios, of a comparison the baseline first.
    pub cases: Vec<ScenarioResults>,
    /// Differences from the baseline, where the study compares and there is something to compare.
    pub comparison: Option<Comparison>,
    /// The same over draws of uncertain inputs, where those were drawn.
    pub uncertain_differences: Vec<DifferenceSpread>,
    /// Everything asked for was done.
    pub complete: bool,
    /// Where memory was not enough for a run: which, and how it came. What was finished before it, and every other scenario,
    /// is there.
    pub cut_short: Vec<String>,
}

/// One scenario's results.
#[derive(Debug, Clone)]
pub struct ScenarioResults {
    /// Its scenario: the place among the study's, from 0.
    pub place: usize,
    /// Estimates, theory beside them, warnings, warm-up, precision.
    pub summary: Summary,
    /// The same with uncertain inputs drawn, if they were.
    pub uncertain: Option<Uncertain>,
    /// Requests simulated, over all replications.
    pub requests: u64,
    /// Instants of the first replication's requests, if asked for.
    pub trace: Vec<TraceRow>,
    /// Whole-scenario measures of every replication, for later comparisons.
    pub values: Kept,
}

/// The one document of `--format json`.
#[derive(Serialize)]
struct Document<'a> {
    scenarios: Vec<&'a Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Option<&'a Comparison>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    uncertain: Vec<&'a Uncertain>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    uncertain_differences: &'a [DifferenceSpread],
}

impl Results {
    /// Summaries of the scenarios.
    pub fn summaries(&self) -> Vec<&Summary> {
        self.cases.iter().map(|case| &case.summary).collect()
    }

    /// What the draws of uncertain inputs say, of those scenarios that were drawn.
    pub fn uncertain(&self) -> Vec<&Uncertain> {
        self.cases.iter().filter_map(|case| case.uncertain.as_ref()).collect()
    }

    /// All results as one JSON document, as `run` and `compare` print it with `--format json`: `scenarios`, of a
    /// comparison also `comparison` (`null` when the run was stopped before there was anything to compare), and
    /// where inputs were drawn `uncertain` and `uncertain_differences`.
    ///
    /// # Errors
    /// If a result cannot be written as JSON, which no result of this program should cause.
    pub fn json(&self, compared: bool) -> Result<String, serde_json::Error> {
        json(&Document {
            scenarios: self.summaries(),
            comparison: compared.then_some(self.comparison.as_ref()),
            uncertain: self.uncertain(),
            uncertain_differences: &self.uncertain_differences,
        })
    }
}

impl ScenarioResults {
    /// The bytes of `summary.json`.
    ///
    /// # Errors
    /// As [`Results::json`].
    pub fn summary_json(&self) -> Result<String, serde_json::Error> {
        json(&self.summary)
    }
}

impl ScenarioResults {
    /// The bytes of `replications.csv`: every whole-scenario measure of every replication.
    ///
    /// # Errors
    /// If a row cannot be encoded, which no result of this program should cause.
    pub fn replications_csv(&self) -> Result<String, csv::Error> {
        replications(&self.summary)
    }
}

impl Comparison {
    /// The bytes of `comparison.json`.
    ///
    /// # Errors
    /// As [`Results::json`].
    pub fn json(&self) -> Result<String, serde_json::Error> {
        json(self)
    }
}
