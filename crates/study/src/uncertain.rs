//! Uncertain inputs drawn in an outer loop, replications in an inner one, and the spread taken apart.
//!
//! Draw `d` sets every uncertain input to the quantile that (seed, draw, name of the input) gives, so that
//! all scenarios meet the same world in the same draw. Its replications are numbered on from those of the
//! draw before: no two draws share random numbers, and scenarios pair replication by replication.

use super::measures::{Key, PRIMARY, Section, Value, measure};
use super::parallel::{self, Workers};
use super::replicate::{Settings, Watch, run_watched};
use super::summarise::influence;
use super::summary::Summary;
use super::turning::{Turning, turning};
use poolwise_engine::Failure;
use poolwise_engine::model::Model;
use poolwise_engine::random::{KeyedRng, mix, name_key};
use poolwise_scenario::levers::levers;
use poolwise_scenario::{Diagnostics, Scenario, UncertainInput};
use poolwise_stats::nested::{Nested, nested, rank_correlation, settled};
use poolwise_stats::{Estimate, estimate::moments};
use serde::Serialize;
use std::ops::ControlFlow;
use std::sync::Arc;
use thiserror::Error;

/// How large the outer and inner loops are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawPlan {
    /// Draws of the inputs.
    pub draws: u32,
    /// Replications in each draw, at least two.
    pub per_draw: u32,
}

impl Default for DrawPlan {
    fn default() -> Self {
        Self { draws: 50, per_draw: 2 }
    }
}

/// Share of draws within the input interval.
pub const COVERAGE: f64 = 0.90;
/// Drivers told of each measure, at most.
const DRIVERS: usize = 5;

/// The quantile in (0, 1) that an input, or those tied together by a word, has in a draw.
pub fn quantile_of(seed: u64, draw: u32, group: &str) -> f64 {
    let root = mix(seed ^ name_key("uncertain inputs"));
    let bits = KeyedRng::of(root, name_key(group), i64::from(draw)).bits();
    ((bits >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0)
}

/// The changes that make draw `draw` of a scenario: `path=value` for each uncertain input.
pub fn sets(inputs: &[UncertainInput], seed: u64, draw: u32) -> Vec<String> {
    inputs.iter().map(|input| input.set(quantile_of(seed, draw, input.group()))).collect()
}

/// An uncertain input as reports tell it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InputRow {
    /// The word that ties several together, or the path.
    pub name: String,
    /// Paths of the values that are drawn together.
    pub paths: Vec<String>,
    /// Base value of the first path, as the scenario writes it.
    pub base: String,
    /// Lower end of its range: a limit, or the 5 % point.
    pub low: String,
    /// Upper end of the input's range, as it is written.
    pub high: String,
    /// The law by which the input is drawn between its ends.
    pub distribution: String,
    /// How well it is known, if the scenario says.
    pub standing: Option<&'static str>,
}

/// Inputs as reports tell them; those tied together in one row.
pub(crate) fn input_rows(inputs: &[UncertainInput]) -> Vec<InputRow> {
    let text = |v: &toml::Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let mut rows: Vec<InputRow> = Vec::new();
    for input in inputs {
        if let Some(row) = rows.iter_mut().find(|r| r.name == input.group()) {
            row.paths.push(input.path.clone());
            continue;
        }
        let (low, high) = input.range_words();
        rows.push(InputRow {
            name: input.group().to_owned(),
            paths: vec![input.path.clone()],
            base: text(&input.base_text),
            low,
            high,
            distribution: input.law_words().to_owned(),
            standing: input.standing.map(|s| s.word()),
        });
    }
    rows
}

/// All draws of one scenario.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// Whole-scenario measures in their order.
    pub keys: Vec<Key>,
    /// Values by draw, replication and measure.
    pub values: Vec<Vec<Vec<Value>>>,
    /// Draws asked for.
    pub planned: u32,
    /// Why there are fewer, where memory was not enough for a draw.
    pub cut_short: Option<String>,
}

/// Why a draw could not be simulated.
#[derive(Debug, Error)]
pub enum DrawError {
    /// The drawn values make the scenario invalid.
    #[error("{}\nin draw {draw}: {changes}", source.render(false))]
    Invalid {
        /// The draw, from 0.
        draw: u32,
        /// What was drawn, as `path=value`.
        changes: String,
        /// What is wrong then.
        source: Diagnostics,
    },
    /// A replication failed.
    #[error("draw {draw}: {source}")]
    Run {
        /// The draw, from 0.
        draw: u32,
        /// Why.
        source: Failure,
    },
}

impl DrawError {
    /// Whether the run was stopped, or reached a limit.
    fn cuts_short(&self) -> bool {
        matches!(self, Self::Run { source, .. } if source.cuts_short())
    }
}

/// Simulates all draws of a scenario. `load` gives the model with the changes of a draw, or says why it is
/// invalid. When `watch` stops it, the draws up to the first gap are kept.
///
/// # Errors
/// The lowest-numbered draw that is invalid, or failed.
pub fn draw_all(
    inputs: &[UncertainInput],
    seed: u64,
    plan: DrawPlan,
    settings: &Settings,
    watch: &dyn Watch,
    load: &(dyn Fn(&[String]) -> Result<Model, Diagnostics> + Sync),
) -> Result<Drawn, DrawError> {
    let model = |draw: u32| {
        let sets = sets(inputs, seed, draw);
        load(&sets).map_err(|source| DrawError::Invalid { draw, changes: sets.join(", "), source })
    };
    let simulate = |draw: u32| -> Result<Vec<_>, DrawError> {
        let model = model(draw)?;
        let mut rows = Vec::with_capacity(plan.per_draw as usize);
        for k in 0..plan.per_draw {
            let outcome = run_watched(&model, draw * plan.per_draw + k, false, watch)
                .map_err(|source| DrawError::Run { draw, source })?;
            watch.replication_done(outcome.requests);
            let mut row = measure(&model, &outcome);
            row.retain(|(key, _)| key.section == Section::Whole);
            rows.push(row);
        }
        Ok(rows)
    };
    let mut all = Drawn { keys: Vec::new(), values: Vec::new(), planned: plan.draws, cut_short: None };
    let mut failed = None;
    let stopped = || watch.stopped();
    let workers = Workers { threads: settings.threads, stopped: &stopped };
    let simulate = |draw: usize| simulate(draw as u32);
    parallel::ordered(0..plan.draws as usize, workers, simulate, |_, done| {
        match done {
            Ok(rows) => {
                if let (true, Some(first)) = (all.keys.is_empty(), rows.first()) {
                    all.keys = first.iter().map(|(key, _)| key.clone()).collect();
                }
                all.values.push(rows.into_iter().map(|r| r.into_iter().map(|(_, v)| v).collect()).collect());
            }
            // What was finished before stands.
            Err(e) if e.cuts_short() => {
                all.cut_short = (!watch.stopped()).then(|| e.to_string());
                return ControlFlow::Break(());
            }
            Err(e) => {
                failed = Some(e);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    failed.map_or(Ok(all), Err)
}

/// A measure, or the difference of a measure, with both parts of its spread.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spread {
    /// Name of the measure.
    pub measure: String,
    /// With all inputs at their base.
    pub base: Estimate,
    /// Replications within draws, from which chance and inputs are told apart.
    #[serde(flatten)]
    pub nested: Nested,
}

/// How strongly an input moves a measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Driver {
    /// Name of the measure.
    pub measure: String,
    /// Input: a word that ties several together, or a path.
    pub input: String,
    /// Spearman's rank correlation of the input with the measure over draws.
    pub rank_correlation: f64,
}

/// A scenario with its uncertain inputs drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Uncertain {
    /// Name of the scenario.
    pub scenario: String,
    /// Draws of the inputs that finished.
    pub draws: u32,
    /// Draws asked for.
    pub draws_planned: u32,
    /// Replications in each draw.
    pub replications_per_draw: u32,
    /// Confidence of intervals.
    pub confidence: f64,
    /// Share of draws within input intervals.
    pub coverage: f64,
    /// The uncertain inputs, those that matter most first.
    pub inputs: Vec<InputRow>,
    /// Measures of the whole scenario over the draws.
    pub measures: Vec<Spread>,
    /// What moves the primary measures most, beyond what chance would show.
    pub drivers: Vec<Driver>,
    /// Rows of `draws.csv`: draw, input, value as the scenario writes it.
    #[serde(skip)]
    pub drawn: Vec<(u32, String, String)>,
    /// Rows of `uncertain.csv`: draw, replication, measure, value.
    #[serde(skip)]
    pub rows: Vec<(u32, u32, String, f64)>,
}

/// The values of a measure by draw, such that their mean in each draw is the draw's estimate.
fn by_draw(drawn: &Drawn, position: usize) -> Vec<Vec<f64>> {
    let of = |draw: &Vec<Vec<Value>>| influence(&draw.iter().map(|row| row[position]).collect::<Vec<_>>());
    drawn.values.iter().map(of).collect()
}

/// Everything a report says of a scenario's draws. `base` are the results with inputs at their base.
pub fn summarise(
    inputs: &[UncertainInput],
    seed: u64,
    plan: DrawPlan,
    base: &Summary,
    drawn: &Drawn,
) -> Uncertain {
    let confidence = base.confidence;
    let rows = input_rows(inputs);
    let draws = drawn.values.len() as u32;
    let mut out = Uncertain {
        scenario: base.scenario.clone(),
        draws,
        draws_planned: drawn.planned,
        replications_per_draw: plan.per_draw,
        confidence,
        coverage: COVERAGE,
        inputs: rows,
        measures: Vec::new(),
        drivers: Vec::new(),
        drawn: Vec::new(),
        rows: Vec::new(),
    };
    for (i, key) in drawn.keys.iter().enumerate() {
        let values = by_draw(drawn, i);
        let at_base = base.measures.get(&key.name).copied().unwrap_or_else(Estimate::undefined);
        let nested = nested(&values, confidence, COVERAGE);
        out.measures.push(Spread { measure: key.name.clone(), base: at_base, nested });
        if PRIMARY.contains(&key.name.as_str()) {
            out.drivers.extend(drivers(&out.inputs, seed, &key.name, &values));
        }
    }
    for draw in 0..draws {
        for input in inputs {
            let value = input.value(quantile_of(seed, draw, input.group()));
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            out.drawn.push((draw, input.path.clone(), text));
        }
        for (k, row) in drawn.values[draw as usize].iter().enumerate() {
            for (key, value) in drawn.keys.iter().zip(row) {
                out.rows.push((draw, k as u32, key.name.clone(), value.value()));
            }
        }
    }
    out
}

/// Inputs whose rank correlation with a measure is beyond what chance shows in nineteen of twenty cases,
/// strongest first.
fn drivers(inputs: &[InputRow], seed: u64, measure: &str, values: &[Vec<f64>]) -> Vec<Driver> {
    let means: Vec<f64> = values.iter().map(|v| moments(v).0).collect();
    let kept: Vec<usize> = (0..means.len()).filter(|&d| means[d].is_finite()).collect();
    let y: Vec<f64> = kept.iter().map(|&d| means[d]).collect();
    let mut found: Vec<Driver> = inputs
        .iter()
        .map(|input| {
            let x: Vec<f64> = kept.iter().map(|&d| quantile_of(seed, d as u32, &input.name)).collect();
            let rank_correlation = rank_correlation(&x, &y);
            Driver { measure: measure.to_owned(), input: input.name.clone(), rank_correlation }
        })
        .filter(|d| d.rank_correlation.abs() > 1.96 / (y.len() as f64 - 1.0).sqrt())
        .collect();
    found.sort_by(|a, b| b.rank_correlation.abs().total_cmp(&a.rank_correlation.abs()));
    found.truncate(DRIVERS);
    found
}

/// What the draws say of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Robustness {
    /// More than the baseline in at least nineteen of twenty draws.
    #[serde(rename = "more")]
    More,
    /// Less than the baseline in at least nineteen of twenty draws.
    #[serde(rename = "less")]
    Less,
    /// The sign depends on the inputs.
    #[serde(rename = "depends on the inputs")]
    Depends,
}

/// A scenario's difference from the baseline on one measure, over draws.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DifferenceSpread {
    /// Name of the scenario.
    pub scenario: String,
    /// The spread of the difference.
    #[serde(flatten)]
    pub spread: Spread,
    /// Share of draws in which the scenario has more than the baseline, chance taken out.
    pub more_share: f64,
    /// What that says.
    pub robustness: Robustness,
    /// Where the sign depends on the inputs: on which of them most, and beyond which value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turning: Option<Turning>,
}

/// Share of draws that must agree for a sign to count as robust.
const ROBUST: f64 = 0.95;

/// Differences from the baseline over draws, of primary measures. `base` holds the differences with
/// inputs at their base.
pub fn differences(
    scenarios: &[Arc<Scenario>],
    drawn: &[Drawn],
    baseline: usize,
    base: &super::summary::Comparison,
) -> Vec<DifferenceSpread> {
    let mut rows = Vec::new();
    let theirs = &drawn[baseline];
    let names: Vec<&str> = scenarios.iter().map(|s| s.model.name.as_str()).collect();
    for (i, ours) in drawn.iter().enumerate().filter(|(i, _)| *i != baseline) {
        let n = ours.values.len().min(theirs.values.len());
        for measure in PRIMARY {
            let at = |d: &Drawn| d.keys.iter().position(|k| k.name == measure);
            let (Some(a), Some(b)) = (at(ours), at(theirs)) else { continue };
            let (a, b) = (by_draw(ours, a), by_draw(theirs, b));
            let values: Vec<Vec<f64>> =
                (0..n).map(|d| a[d].iter().zip(&b[d]).map(|(x, y)| x - y).collect()).collect();
            let row = base.rows.iter().find(|r| r.scenario == names[i] && r.measure == measure);
            let settled = settled(&values);
            let defined = settled.len().max(1) as f64;
            let more_share = settled.iter().filter(|x| **x > 0.0).count() as f64 / defined;
            let less_share = settled.iter().filter(|x| **x < 0.0).count() as f64 / defined;
            let robustness = if more_share >= ROBUST {
                Robustness::More
            } else if less_share >= ROBUST {
                Robustness::Less
            } else {
                Robustness::Depends
            };
            let at_base = row.map_or_else(Estimate::undefined, |r| r.difference);
            let depends = robustness == Robustness::Depends && at_base.estimate.is_finite();
            rows.push(DifferenceSpread {
                scenario: names[i].to_owned(),
                turning: depends.then(|| turns_on(&scenarios[i], at_base.estimate > 0.0, &values)).flatten(),
                spread: Spread {
                    measure: measure.to_owned(),
                    base: at_base,
                    nested: nested(&values, base.confidence, COVERAGE),
                },
                more_share,
                robustness,
            });
        }
    }
    rows
}

/// The input on which the sign of a difference turns: `values` by draw and replication.
fn turns_on(scenario: &Scenario, more: bool, values: &[Vec<f64>]) -> Option<Turning> {
    let holds: Vec<Option<bool>> = values
        .iter()
        .map(|v| Some(moments(v).0).filter(|mean| mean.is_finite()).map(|mean| (mean > 0.0) == more))
        .collect();
    turning(&scenario.uncertain, &levers(&scenario.resolved), scenario.model.run.seed, &holds)
}
