//! Control variates on request: what is known of arrivals is taken out of estimates.
//!
//! The one control is the number of requests that arrive in the window, less what the model expects, which is known exactly
//! ([`expected_per_hour`]). For each measure the sample says whether it is used ([`poolwise_stats::Control::gains`]): in all of several options that are
//! compared, or in none, so that a difference is the difference of what is shown. Options that do not meet the same arrivals have no control.

use super::measures::{Key, Section, Value};
use super::replicate::Replicated;
use super::summarise::{influence, is_at_an_instant, parts, plain_estimate};
use poolwise_engine::expected_arrivals;
use poolwise_engine::model::Model;
use poolwise_engine::time::HOUR;
use poolwise_stats::{Control, Estimate, LEAST_REPLICATIONS, ValueRange};
use serde::Serialize;
use std::collections::BTreeMap;

/// The measure that the control is.
pub const ARRIVALS: &str = "arrivals_per_hour";

/// What a control gives for a measure or a difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gain {
    /// Share of the variance over replications that it explains.
    pub explained: f64,
    /// Half the length of the interval as a share of what it is without.
    pub half_width: f64,
}

/// What came of controls in a scenario's summary, where they were asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Gains {
    /// Requests an hour that are expected to arrive in the window, where that is known exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_arrivals_per_hour: Option<f64>,
    /// Why no interval is any shorter, where none can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub none: Option<String>,
    /// Measures of the whole scenario whose estimates are controlled.
    pub measures: BTreeMap<String, Gain>,
    /// How many measures by class, area, stage, exit and centre are, besides.
    pub others: u32,
}

/// What is known of the arrivals of finished replications, and which measures it is used for.
#[derive(Debug, Clone)]
pub struct Controls {
    expected: Result<f64, String>,
    /// The control, where there is one.
    control: Result<Control, String>,
    /// Whether a measure uses it, in the order of the keys.
    used: Vec<bool>,
}

/// Requests an hour that are expected to arrive in the window of statistics: exactly, from the rates of all sources.
///
/// # Errors
/// Why it is not known.
pub fn expected_per_hour(model: &Model) -> Result<f64, String> {
    if model.run.now.is_some() {
        return Err("what a run from now expects hangs on what has come today".to_owned());
    }
    let (from, until) = (model.run.warm_up, model.run.end());
    let mut expected = 0.0;
    for (c, class) in model.classes.iter().enumerate() {
        let why = || format!("arrivals of {} are recorded ones", class.name);
        expected += expected_arrivals(model, c, from, until).ok_or_else(why)?;
    }
    if expected > 0.0 { Ok(expected / ((until - from) / HOUR)) } else { Err("nobody arrives".to_owned()) }
}

/// Decides for each measure whether its estimates are controlled, by the replications at hand, and keeps it with them: one decision for
/// all scenarios given, which are options that are compared, or one alone.
pub fn control_together(models: &[&Model], all: &mut [Replicated]) {
    let expected: Vec<Result<f64, String>> = models.iter().map(|m| expected_per_hour(m)).collect();
    let n = all.iter().map(|r| r.values.len()).min().unwrap_or(0);
    let control =
        shared(&expected, all, n).and_then(|control| match all.iter().all(|r| r.values.len() == n) {
            true => Ok(control),
            false => Err("not all options have the same replications".to_owned()),
        });
    let used: Vec<Vec<bool>> = match &control {
        Ok(control) => {
            let by_key = |r: &Replicated| r.keys.iter().map(|key| gains(all, key, control, n)).collect();
            all.iter().map(by_key).collect()
        }
        Err(_) => vec![Vec::new(); all.len()],
    };
    for ((results, expected), used) in all.iter_mut().zip(expected).zip(used) {
        results.controls = Some(Controls { expected, control: control.clone(), used });
    }
}

/// The control of the first `n` replications of all scenarios.
pub(crate) fn shared(
    expected: &[Result<f64, String>],
    all: &[Replicated],
    n: usize,
) -> Result<Control, String> {
    one_control(all.iter().zip(expected).map(|(results, expected)| {
        let expected = expected.as_ref().map_err(Clone::clone)?;
        enough(n)?;
        let key = Key { section: Section::Whole, name: ARRIVALS.to_owned() };
        let at = results.position(&key).ok_or("arrivals are not among the measures")?;
        Ok(results.values[..n].iter().map(|v| v[at].value() - expected).collect())
    }))
}

/// Whether so many replications are enough for controls.
///
/// # Errors
/// That they are not, in words.
pub fn enough(n: usize) -> Result<(), String> {
    match n {
        LEAST_REPLICATIONS.. => Ok(()),
        _ => Err(format!("that takes {LEAST_REPLICATIONS} replications, and there are {n}")),
    }
}

/// The control of all scenarios together, from the arrivals of each by replication less what it expects.
///
/// # Errors
/// Why there is none: the reason of the first scenario that has one, or that they do not meet the same arrivals.
pub fn one_control(apart: impl Iterator<Item = Result<Vec<f64>, String>>) -> Result<Control, String> {
    let mut first: Option<Vec<f64>> = None;
    for apart in apart {
        let apart = apart?;
        match &first {
            None => first = Some(apart),
            Some(first) if same(first, &apart) => {}
            Some(_) => return Err("the options do not meet the same arrivals".to_owned()),
        }
    }
    first.map(Control::new).ok_or_else(|| "there is no scenario".to_owned())
}

/// Whether arrivals are the same: up to rounding, which is far below one request.
fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-9)
}

/// Whether all scenarios that have a measure gain by the control, in their first `n` replications.
pub(crate) fn gains(all: &[Replicated], key: &Key, control: &Control, n: usize) -> bool {
    // Its interval rests on weeks, of which the control is no part.
    if is_at_an_instant(key) {
        return false;
    }
    let of_one = |results: &Replicated| {
        let Some(at) = results.position(key) else { return true };
        gains_of(&first_values(results, at, n), key.range(), control)
    };
    all.iter().all(of_one)
}

/// Whether a scenario's values of a measure gain by the control.
pub fn gains_of(values: &[Value], range: ValueRange, control: &Control) -> bool {
    if matches!(values.first(), None | Some(Value::Known(_))) {
        return false;
    }
    let linear = influence(values);
    // Off where it would say something impossible. Whatever the confidence: the estimate alone is looked at.
    let (least, most) = range.ends(false);
    let possible = || (least..=most).contains(&control.estimate(&linear, 0.95).estimate);
    control.gains(&linear) && possible()
}

/// A measure's values in the first `n` replications.
pub(crate) fn first_values(results: &Replicated, at: usize, n: usize) -> Vec<Value> {
    results.values.iter().take(n).map(|v| v[at]).collect()
}

/// The estimate of a measure given the control, its interval within what the measure can be.
pub fn controlled(values: &[Value], range: ValueRange, control: &Control, confidence: f64) -> Estimate {
    let trials = match values.first() {
        Some(Value::Ratio(..)) => parts(values).1.iter().sum(),
        _ => values.len() as f64,
    };
    control.estimate(&influence(values), confidence).within(range, trials, confidence)
}

impl Controls {
    /// The control, where the measure at `position` uses it.
    pub(crate) fn of(&self, position: usize) -> Option<&Control> {
        let control = self.control.as_ref().ok()?;
        self.used.get(position).copied().unwrap_or(false).then_some(control)
    }

    /// What it gives, for a summary.
    pub(crate) fn gains(&self, results: &Replicated) -> Gains {
        let mut gains = Gains {
            expected_arrivals_per_hour: self.expected.as_ref().ok().copied(),
            none: self.control.as_ref().err().cloned(),
            ..Gains::default()
        };
        for (i, key) in results.keys.iter().enumerate() {
            let Some(control) = self.of(i) else { continue };
            if key.section != Section::Whole {
                gains.others += 1;
                continue;
            }
            let values = first_values(results, i, usize::MAX);
            let with = controlled(&values, key.range(), control, results.confidence);
            let without = plain_estimate(results, i, results.confidence);
            let gain = gain(control, &influence(&values), &with, &without);
            gains.measures.extend(gain.map(|gain| (key.name.clone(), gain)));
        }
        if gains.none.is_none() && gains.measures.is_empty() && gains.others == 0 {
            gains.none = Some("arrivals explain too little of any measure".to_owned());
        }
        gains
    }
}

/// What a control gives where it makes this interval of that; nothing where nothing varies.
pub(crate) fn gain(control: &Control, values: &[f64], with: &Estimate, without: &Estimate) -> Option<Gain> {
    let half_width = with.half_width() / without.half_width();
    Some(Gain { explained: control.explained(values)?, half_width })
        .filter(|gain| gain.half_width.is_finite())
}
