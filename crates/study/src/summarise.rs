//! Estimates with intervals from finished replications.

use super::controls;
use super::measures::{self, Key, Section, Value};
use super::reactions::reactions;
use super::replicate::Replicated;
use super::summary::{Detail, Measures, ReplicationRow, Summary};
use super::warm_up::warm_up;
use poolwise_engine::model::Model;
use poolwise_engine::time::{DAY, HOUR};
use poolwise_stats::{Estimate, ValueRange, ratio_residuals, weekly_variance};

/// The estimate of the measure at `position`, controlled where that was asked for and gains.
pub fn estimate(results: &Replicated, position: usize, confidence: f64) -> Estimate {
    match results.controls.as_ref().and_then(|controls| controls.of(position)) {
        Some(control) => {
            let values = controls::first_values(results, position, usize::MAX);
            controls::controlled(&values, results.keys[position].range(), control, confidence)
        }
        None => plain_estimate(results, position, confidence),
    }
}

/// The same without any control.
pub(super) fn plain_estimate(results: &Replicated, position: usize, confidence: f64) -> Estimate {
    let values: Vec<Value> = results.values.iter().map(|v| v[position]).collect();
    let key = &results.keys[position];
    let e = estimate_of(&values, key.range(), confidence);
    if !is_at_an_instant(key) {
        return e;
    }
    let weeks = results.merged.ends();
    match weekly_variance(&weeks[..weeks.len().min(values.len())]) {
        Some(spread) => e.no_shorter(spread, confidence, key.range().ends(false)),
        None => e,
    }
}

/// The measure of the whole scenario that is a number at an instant.
pub const AT_AN_INSTANT: &str = "backlog_at_end";

/// Whether a measure is a number at the end of the window: one instant, where all others are of the whole window.
pub(super) fn is_at_an_instant(key: &Key) -> bool {
    key.section == Section::Whole && key.name == AT_AN_INSTANT
}

/// The estimate of a measure from its values by replication, its interval within what the measure can be.
pub fn estimate_of(values: &[Value], range: ValueRange, confidence: f64) -> Estimate {
    let replications = values.len() as u32;
    match values.first() {
        None => Estimate { estimate: f64::NAN, lower: f64::NAN, upper: f64::NAN, replications },
        Some(Value::Known(x)) => Estimate::exact(*x, replications),
        Some(Value::Plain(_)) => {
            let plain: Vec<f64> = values.iter().map(|v| v.value()).collect();
            Estimate::mean(&plain, confidence).within(range, values.len() as f64, confidence)
        }
        Some(Value::Ratio(..)) => {
            let (n, d) = parts(values);
            let trials = n.iter().zip(&d).filter(|p| p.0.is_finite() && p.1.is_finite()).map(|p| p.1).sum();
            Estimate::ratio(&n, &d, confidence).within(range, trials, confidence)
        }
    }
}

/// Numerators and denominators.
pub fn parts(values: &[Value]) -> (Vec<f64>, Vec<f64>) {
    values
        .iter()
        .map(|v| match v {
            Value::Ratio(n, d) => (*n, *d),
            Value::Known(x) | Value::Plain(x) => (*x, 1.0),
        })
        .unzip()
}

/// Values whose mean is the estimate: a ratio's linearised values, or the values themselves.
pub fn influence(values: &[Value]) -> Vec<f64> {
    if matches!(values.first(), Some(Value::Ratio(..))) {
        let (n, d) = parts(values);
        ratio_residuals(&n, &d)
    } else {
        values.iter().map(|v| v.value()).collect()
    }
}

/// Everything a report says of a scenario.
pub fn summarise(model: &Model, results: &Replicated) -> Summary {
    // The rest of a day has nothing to settle from.
    let warm_up = model.run.now.is_none().then(|| warm_up(model, results));
    let detail = results.merged.detail(model, results.confidence);
    Summary {
        warm_up,
        triggers: reactions(model, &results.merged, results.confidence),
        detail: Detail { replications: replication_rows(model, results), ..detail },
        ..estimates(model, results)
    }
}

/// Its estimates alone, without a look at the warm-up and without data for pictures: for whoever asks after every
/// replication.
pub fn estimates(model: &Model, results: &Replicated) -> Summary {
    let confidence = results.confidence;
    let mut summary = Summary {
        measures_version: measures::VERSION,
        scenario: model.name.clone(),
        title: model.title.clone(),
        words: model.words.clone(),
        on_page: Vec::new(),
        verdict: Vec::new(),
        replications: results.replications(),
        replications_planned: results.planned,
        confidence,
        horizon_days: model.run.horizon / DAY,
        // What lies between midnight and a run from now is no warm-up.
        warm_up_days: if model.run.now.is_some() { 0.0 } else { model.run.warm_up / DAY },
        target_hours: model.run.target / HOUR,
        answer_within_hours: model.run.prompt / HOUR,
        measures: Measures::new(),
        exits: Default::default(),
        classes: Default::default(),
        areas: Default::default(),
        stages: Default::default(),
        centres: Default::default(),
        oracle: Default::default(),
        warm_up: None,
        precision: None,
        controls: results.controls.as_ref().map(|controls| controls.gains(results)),
        warnings: Vec::new(),
        triggers: Vec::new(),
        cost: None,
        about: Default::default(),
        detail: Detail::default(),
    };
    for (i, key) in results.keys.iter().enumerate() {
        let e = estimate(results, i, confidence);
        place(&mut summary, key, e);
    }
    summary
}

/// Whole-scenario measures of every replication.
pub(crate) fn replication_rows(model: &Model, results: &Replicated) -> Vec<ReplicationRow> {
    let mut rows = Vec::new();
    for (k, values) in results.values.iter().enumerate() {
        for (key, value) in results.keys.iter().zip(values) {
            if key.section == Section::Whole {
                rows.push(ReplicationRow {
                    scenario: model.name.clone(),
                    replication: k as u32,
                    measure: key.name.clone(),
                    value: value.value(),
                });
            }
        }
    }
    rows
}

fn place(summary: &mut Summary, key: &Key, e: Estimate) {
    let name = key.name.clone();
    match &key.section {
        Section::Whole => summary.measures.insert(name, e),
        Section::Exit(x) => summary.exits.entry(x.clone()).or_default().insert(name, e),
        Section::Class(x) => summary.classes.entry(x.clone()).or_default().insert(name, e),
        Section::Area(x) => summary.areas.entry(x.clone()).or_default().insert(name, e),
        Section::Stage(x) => summary.stages.entry(x.clone()).or_default().measures.insert(name, e),
        Section::StageShare(x) => {
            summary.stages.entry(x.clone()).or_default().share_by_centre.insert(name, e)
        }
        Section::Centre(c, r) => {
            summary.centres.entry(c.clone()).or_default().entry(r.clone()).or_default().insert(name, e)
        }
    };
}
