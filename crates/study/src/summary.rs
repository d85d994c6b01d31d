//! The results of an experiment as every report sees them: plain data, measures by name.

use super::controls::{Gain, Gains};
use super::cost::{Cost, CostDifference};
use super::oracle::Oracle;
use super::reactions::Reaction;
use super::sequential::Reached;
use super::verdict::{self, About, Sentence};
use super::warm_up::WarmUp;
use poolwise_engine::model::{Noun, Words};
use poolwise_stats::Estimate;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Measures by name; names carry their unit.
pub type Measures = BTreeMap<String, Estimate>;

/// One scenario's results over all replications.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Version of measure names.
    pub measures_version: u32,
    /// The scenario's name.
    pub scenario: String,
    /// One line on it.
    pub title: String,
    /// The answer in plain sentences.
    pub verdict: Vec<String>,
    /// What requests and officers are called; written where the scenario says so.
    #[serde(serialize_with = "write_words", skip_serializing_if = "is_usual")]
    pub words: Words,
    /// Replications that finished and are summed up here.
    pub replications: u32,
    /// Replications asked for; more than `replications` when stopped early.
    pub replications_planned: u32,
    /// Confidence of all intervals, e.g. 0.95.
    pub confidence: f64,
    /// Statistics window, days.
    pub horizon_days: f64,
    /// Warm-up before it, days.
    pub warm_up_days: f64,
    /// Service target T, hours.
    pub target_hours: f64,
    /// Within how many hours a first officer counts as in time.
    pub answer_within_hours: f64,
    /// Measures of the whole scenario.
    pub measures: Measures,
    /// Measures by exit, under the exits' names.
    pub exits: BTreeMap<String, Measures>,
    /// Measures by class, under the classes' names.
    pub classes: BTreeMap<String, Measures>,
    /// Measures by area, under the areas' names.
    pub areas: BTreeMap<String, Measures>,
    /// Measures by stage, under the stages' names.
    pub stages: BTreeMap<String, StageSummary>,
    /// By centre, then role; role `all` is the centre as a whole.
    pub centres: BTreeMap<String, BTreeMap<String, Measures>>,
    /// What theory says of each pool, beside what was simulated.
    pub oracle: Oracle,
    /// What warm-up the run's own course proposes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_up: Option<WarmUp>,
    /// How the number of replications was found, where it was not fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<Reached>,
    /// What came of control variates, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controls: Option<Gains>,
    /// Things a reader should know (an unstable system, a trace that ends early, ...).
    pub warnings: Vec<String>,
    /// What rules that react did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Reaction>,
    /// What it costs, where the scenario has a pay table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// The answer as pages have it, without options of a command line; not part of `summary.json`.
    #[serde(skip)]
    pub on_page: Vec<String>,
    /// What its sentences draw on beside measures; not part of `summary.json`.
    #[serde(skip)]
    pub about: About,
    /// Data of pictures and of the hourly file; not part of `summary.json`.
    #[serde(skip)]
    pub detail: Detail,
}

impl Summary {
    /// Takes up an answer.
    pub fn tell(&mut self, answer: &[Sentence]) {
        (self.verdict, self.on_page) = verdict::both(answer);
    }
}

fn is_usual(words: &Words) -> bool {
    *words == Words::default()
}

fn write_words<S: Serializer>(words: &Words, to: S) -> Result<S::Ok, S::Error> {
    let noun = |n: &Noun| BTreeMap::from([("many", n.many.clone()), ("one", n.one.clone())]);
    BTreeMap::from([("officer", noun(&words.officer)), ("request", noun(&words.request))]).serialize(to)
}

/// One stage's results.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StageSummary {
    /// Estimates of all measures, by name.
    #[serde(flatten)]
    pub measures: Measures,
    /// Share of the stage's completions, by centre (service stages only).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub share_by_centre: Measures,
}

/// Data behind pictures and `hourly.csv`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Detail {
    /// Rows of `hourly.csv`: centres in the scenario's order, role `all` first, then hour of week.
    pub hourly: Vec<HourRow>,
    /// Requests waiting in all counted centres through the window, one point per day (its mean).
    pub queue_path: Vec<PathPoint>,
    /// Rows of `local_hours.csv`: areas in the scenario's order, then hour of the local week.
    pub local_hours: Vec<AreaHourRow>,
    /// Mean wait for the first officer by local hour of the week in the request's area.
    pub wait_by_local_hour: Vec<LocalHourRow>,
    /// Distribution of time to completion: ascending bins.
    pub completion: Vec<CompletionBin>,
    /// Rows of `replications.csv`: every whole-scenario measure of every replication.
    pub replications: Vec<ReplicationRow>,
    /// Centres in the scenario's order, with whether they are counted in totals.
    pub centres: Vec<(String, bool)>,
    /// Hour of week of the busiest and the idlest hour by utilization over all counted centres.
    pub utilization_range: Option<UtilizationRange>,
}

impl Detail {
    /// The rows of all roles together by centre, in one pass: there may be thousands of centres.
    pub fn hours_by_centre(&self) -> BTreeMap<&str, Vec<&HourRow>> {
        let mut found: BTreeMap<&str, Vec<&HourRow>> = BTreeMap::new();
        for row in self.hourly.iter().filter(|r| r.role == "all") {
            found.entry(&row.centre).or_default().push(row);
        }
        found
    }
}

/// Utilization over all counted centres in the idlest and the busiest hour of the week, by the run's
/// own time zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UtilizationRange {
    /// The least over centres.
    pub lowest: f64,
    /// Its hour of the week.
    pub lowest_hour: usize,
    /// The greatest over centres.
    pub highest: f64,
    /// Its hour of the week.
    pub highest_hour: usize,
}

/// One hour of the week at a centre and role, mean over replications. NaN where undefined.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HourRow {
    /// Name of the centre.
    pub centre: String,
    /// Role, or `all`.
    pub role: String,
    /// Hour of the centre's local week, 0 = Monday 00:00.
    pub hour_of_week: usize,
    /// Officers on duty.
    pub on_duty: f64,
    /// Officers busy, overtime included.
    pub busy: f64,
    /// Requests waiting in this hour, in the mean.
    pub queue: f64,
    /// Requests reaching the queue per hour.
    pub arrivals_per_hour: f64,
    /// Busy on-duty officers over officers on duty.
    pub utilization: f64,
    /// Mean wait of requests that reached the queue in this hour, hours.
    pub wait_mean_hours: f64,
    /// Share of them begun in time.
    pub answered_within: f64,
}

/// Mean of a quantity on a day, with an interval over replications.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathPoint {
    /// Days since the start date.
    pub day: f64,
    /// The estimate over replications.
    pub value: Estimate,
    /// 10th and 90th percentile over replications, for a band.
    pub band: (f64, f64),
}

/// Service of an area's requests by the local hour of the week at which their clock started: averages
/// over the week hide night queues. NaN where there were none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AreaHourRow {
    /// Name of the area.
    pub area: String,
    /// Hour of the area's local week, 0 = Monday 00:00.
    pub hour_of_week: usize,
    /// Requests whose clock started in this hour, per hour that it lasted within the window.
    pub reached_per_hour: f64,
    /// Share of them done within the target.
    pub done_within_target: f64,
    /// Share of those with time enough left in the window who had a first officer in time.
    pub answered_within: f64,
    /// Mean wait for the first officer of those begun in the window, hours.
    pub wait_mean_hours: f64,
}

/// Service by local hour of the week of the request's area, over all areas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocalHourRow {
    /// Hour of week in the area's local time when the request's completion clock started.
    pub hour_of_week: usize,
    /// Mean wait for the first officer, hours.
    pub wait_mean_hours: f64,
    /// Share done within the target.
    pub done_within_target: f64,
}

/// A bin of the time-to-completion distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompletionBin {
    /// Lower edge, hours.
    pub from_hours: f64,
    /// Upper edge, hours.
    pub to_hours: f64,
    /// Share of completed requests in the bin.
    pub share: f64,
}

/// One measure of one replication.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReplicationRow {
    /// Name of the scenario.
    pub scenario: String,
    /// Replication, from 0.
    pub replication: u32,
    /// Name of the measure.
    pub measure: String,
    /// The measure's value at this place.
    pub value: f64,
}

/// Paired differences of scenarios from a baseline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The scenario from which differences are taken.
    pub baseline: String,
    /// The answer in plain sentences.
    pub verdict: Vec<String>,
    /// Confidence of pointwise intervals, and jointly of the simultaneous ones.
    pub confidence: f64,
    /// Costs less the baseline's, where there are pay tables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub costs: Vec<CostDifference>,
    /// Rows, scenario by scenario.
    pub rows: Vec<Difference>,
    /// Each scenario, the baseline too, against the best of the others on each primary measure.
    pub best: Vec<Best>,
    /// The answer as pages have it, without options of a command line; not part of `comparison.json`.
    #[serde(skip)]
    pub on_page: Vec<String>,
}

impl Comparison {
    /// Takes up an answer.
    pub fn tell(&mut self, answer: &[Sentence]) {
        (self.verdict, self.on_page) = verdict::both(answer);
    }
}

/// A scenario against the best of the others on one primary measure: multiple comparisons with the best
/// (Hsu 1984), whose intervals hold jointly over all scenarios for each measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Best {
    /// Name of the measure.
    pub measure: String,
    /// Name of the scenario.
    pub scenario: String,
    /// The scenario less the best of the others, its interval held to the side that can matter.
    pub difference: Estimate,
    /// Not shown to be worse than another.
    pub may_be_best: bool,
    /// Shown to be better than all others.
    pub is_best: bool,
}

/// One difference: scenario less baseline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Name of the scenario.
    pub scenario: String,
    /// Name of the measure.
    pub measure: String,
    /// Difference with its interval.
    pub difference: Estimate,
    /// Whether the interval holds jointly over all options and primary measures (Bonferroni) or is
    /// pointwise.
    pub simultaneous: bool,
    /// Only for the primary measures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Variance of the difference had the runs been independent, over its variance as paired: the
    /// gain of common random numbers. NaN where it has no meaning.
    pub variance_ratio: f64,
    /// For a primary measure that cannot be told: about how many replications in all would settle it
    /// at the present difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replications_to_tell: Option<u64>,
    /// What the control gives for it, where estimates of the measure are controlled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controls: Option<Gain>,
}

impl Difference {
    /// Replications beyond those at hand that would about settle an open verdict.
    pub fn more_to_tell(&self) -> Option<u64> {
        let needed = self.replications_to_tell?;
        Some(needed.saturating_sub(u64::from(self.difference.replications)).max(1))
    }
}

/// What a simultaneous interval says of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The whole interval is above zero.
    More,
    /// The whole interval is below zero.
    Less,
    /// It contains zero.
    #[serde(rename = "cannot tell")]
    CannotTell,
}
