//! The same requests through every scenario: paired differences from a baseline.

use super::measures::{Key, Section, Value};
use super::replicate::Replicated;
use super::summarise::parts;
use super::summary::{Best, Comparison, Difference, PRIMARY, Verdict, larger_is_better};
use poolwise_engine::model::Model;
use poolwise_stats::{Estimate, Paired, bonferroni, multiple_comparison_with_best, ratio_residuals};

/// Differences of each scenario from the one at `baseline`, on whole-scenario measures.
///
/// Replications pair by number: the same number means the same requests with the same luck. The
/// primary measures get intervals that hold jointly over all options and primary measures
/// (Bonferroni) and a verdict; the others pointwise intervals. Ratios are compared by their
/// linearised values, so that a difference of ratios is one of ratios of sums.
pub fn compare(models: &[&Model], results: &[Replicated], baseline: usize) -> Comparison {
    let base = &results[baseline];
    let confidence = base.confidence;
    let options = results.len().saturating_sub(1);
    let joint = bonferroni(confidence, options * PRIMARY.len());
    let mut rows = Vec::new();
    for (i, result) in results.iter().enumerate().filter(|(i, _)| *i != baseline) {
        let n = result.values.len().min(base.values.len());
        for (k, key) in result.keys.iter().enumerate() {
            if key.section != Section::Whole {
                continue;
            }
            let Some(b) = base.position(key) else { continue };
            let primary = PRIMARY.contains(&key.name.as_str());
            let level = if primary { joint } else { confidence };
            let ours: Vec<Value> = result.values[..n].iter().map(|v| v[k]).collect();
            let theirs: Vec<Value> = base.values[..n].iter().map(|v| v[b]).collect();
            rows.push(difference(&models[i].name, &key.name, &ours, &theirs, level, primary));
        }
    }
    let best = PRIMARY.iter().flat_map(|measure| against_best(models, results, measure)).collect();
    Comparison { baseline: models[baseline].name.clone(), confidence, rows, best }
}

/// Every scenario against the best of the others on one measure, over the replications that all have.
fn against_best(models: &[&Model], results: &[Replicated], measure: &str) -> Vec<Best> {
    let key = Key { section: Section::Whole, name: measure.to_owned() };
    let runs = results.iter().map(|r| r.values.len()).min().unwrap_or(0);
    let values: Option<Vec<Vec<f64>>> = results
        .iter()
        .map(|r| {
            let k = r.position(&key)?;
            let own: Vec<Value> = r.values[..runs].iter().map(|v| v[k]).collect();
            Some(influence(&own))
        })
        .collect();
    let Some(values) = values else { return Vec::new() };
    let slices: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    let confidence = results.first().map_or(0.95, |r| r.confidence);
    multiple_comparison_with_best(&slices, larger_is_better(measure), confidence)
        .into_iter()
        .zip(models)
        .map(|(row, model)| Best {
            measure: measure.to_owned(),
            scenario: model.name.clone(),
            difference: row.difference,
            may_be_best: row.may_be_best,
            is_best: row.is_best,
        })
        .collect()
}

fn difference(
    scenario: &str,
    measure: &str,
    ours: &[Value],
    theirs: &[Value],
    confidence: f64,
    primary: bool,
) -> Difference {
    let mut row = Difference {
        scenario: scenario.to_owned(),
        measure: measure.to_owned(),
        difference: Estimate { estimate: f64::NAN, lower: f64::NAN, upper: f64::NAN, replications: 0 },
        simultaneous: primary,
        verdict: None,
        variance_ratio: f64::NAN,
        replications_to_tell: None,
    };
    if let (Some(Value::Known(a)), Some(Value::Known(b))) = (ours.first(), theirs.first()) {
        row.difference = Estimate::exact(a - b, ours.len() as u32);
    } else {
        let paired = Paired::new(&influence(ours), &influence(theirs), confidence);
        row.difference = paired.difference;
        row.variance_ratio = paired.variance_ratio;
        row.replications_to_tell = if primary { paired.replications_to_tell } else { None };
    }
    if primary {
        row.verdict = Some(if row.difference.lower > 0.0 {
            Verdict::More
        } else if row.difference.upper < 0.0 {
            Verdict::Less
        } else {
            Verdict::CannotTell
        });
    }
    row
}

/// Values whose mean is the estimate: a ratio's linearised values, or the values themselves.
pub(super) fn influence(values: &[Value]) -> Vec<f64> {
    if matches!(values.first(), Some(Value::Ratio(..))) {
        let (n, d) = parts(values);
        ratio_residuals(&n, &d)
    } else {
        values.iter().map(|v| v.value()).collect()
    }
}
