//! The same requests through every scenario: paired differences from a baseline.

use super::controls::gain;
use super::measures::{Key, PRIMARY, Section, Value, more_is_better};
use super::replicate::Replicated;
use super::summarise::{influence, is_at_an_instant};
use super::summary::{Best, Comparison, Difference, Verdict};
use poolwise_engine::model::Model;
use poolwise_stats::{
    Control, Estimate, Paired, family_confidence, multiple_comparison_with_best, weekly_variance,
};

/// Differences of each scenario from the one at `baseline`, on whole-scenario measures.
///
/// Replications pair by number: the same number means the same requests with the same draws. The primary measures
/// get intervals of one family, that hold jointly over all options, all primary measures and the comparison
/// with the best ([`family_confidence`]): the verdict on each difference and the words on the best are read off the
/// same intervals. The other measures have pointwise intervals. Ratios are compared by their linearised values,
/// so that a difference of ratios is one of ratios of sums. Where the replications have [controls](super::controls), differences are of
/// controlled values, and so are verdicts.
pub fn compare(models: &[&Model], results: &[Replicated], baseline: usize) -> Comparison {
    let base = &results[baseline];
    let confidence = base.confidence;
    let joint = family_confidence(confidence, results.len(), PRIMARY.len());
    let mut rows = Vec::new();
    for (i, result) in results.iter().enumerate().filter(|(i, _)| *i != baseline) {
        for key in result.keys.iter().filter(|key| key.section == Section::Whole) {
            let primary = PRIMARY.contains(&key.name.as_str());
            let Some((ours, theirs)) = both(result, base, key) else { continue };
            let mut row = Difference {
                scenario: models[i].name.clone(),
                measure: key.name.clone(),
                difference: Estimate::undefined(),
                simultaneous: primary,
                verdict: None,
                variance_ratio: f64::NAN,
                replications_to_tell: None,
                controls: None,
            };
            if let (Some(Value::Known(a)), Some(Value::Known(b))) = (ours.first(), theirs.first()) {
                row.difference = Estimate::exact(a - b, ours.len() as u32);
                rows.push(row);
                continue;
            }
            let (ours, theirs) = (influence(&ours), influence(&theirs));
            let of = |control| match primary {
                true => primary_difference(&ours, &theirs, key, control, joint),
                false => Paired::skewed_given(&ours, &theirs, control, key.range(), confidence),
            };
            let control = control_of(result, key);
            let paired = of(control);
            row.difference = match spread_of_weeks(result, base) {
                Some(spread) if is_at_an_instant(key) => {
                    paired.difference.no_shorter(spread, confidence, key.range().ends(true))
                }
                _ => paired.difference,
            };
            row.variance_ratio = paired.variance_ratio;
            if primary {
                row.replications_to_tell = paired.replications_to_tell;
                row.verdict = Some(verdict(&paired.difference));
            }
            row.controls = control.and_then(|control| {
                let apart: Vec<f64> = ours.iter().zip(&theirs).map(|(a, b)| a - b).collect();
                gain(control, &apart, &paired.difference, &of(None).difference)
            });
            rows.push(row);
        }
    }
    let best = PRIMARY.iter().flat_map(|measure| against_best(models, results, measure, joint)).collect();
    Comparison {
        baseline: models[baseline].name.clone(),
        verdict: Vec::new(),
        costs: Vec::new(),
        confidence,
        rows,
        best,
        on_page: Vec::new(),
    }
}

/// The spread of the difference in number at an instant, by week.
fn spread_of_weeks(ours: &Replicated, theirs: &Replicated) -> Option<(f64, f64)> {
    let runs = ours.merged.ends().iter().zip(theirs.merged.ends());
    let apart = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(x, y)| x - y).collect::<Vec<f64>>();
    weekly_variance(&runs.map(apart).collect::<Vec<_>>())
}

/// A measure's values in the replications that both have.
fn both(ours: &Replicated, theirs: &Replicated, key: &Key) -> Option<(Vec<Value>, Vec<Value>)> {
    let n = ours.values.len().min(theirs.values.len());
    let of = |r: &Replicated| {
        let k = r.position(key)?;
        Some(r.values[..n].iter().map(|v| v[k]).collect::<Vec<Value>>())
    };
    Some((of(ours)?, of(theirs)?))
}

/// The control of a measure, where estimates of it are controlled: in all options that are compared, or in none.
fn control_of<'a>(result: &'a Replicated, key: &Key) -> Option<&'a Control> {
    result.controls.as_ref()?.of(result.position(key)?)
}

/// The difference of two scenarios on a primary measure: the one from which every verdict comes.
fn primary_difference(
    ours: &[f64],
    theirs: &[f64],
    key: &Key,
    control: Option<&Control>,
    joint: f64,
) -> Paired {
    Paired::given(ours, theirs, control, joint).possible(key.range())
}

/// The difference of two scenarios on a primary measure, where both have it.
pub(crate) fn primary(
    ours: &Replicated,
    theirs: &Replicated,
    measure: &str,
    confidence: f64,
) -> Option<Estimate> {
    let key = Key { section: Section::Whole, name: measure.to_owned() };
    let (ours, theirs) = both(ours, theirs, &key)?;
    Some(primary_difference(&influence(&ours), &influence(&theirs), &key, None, confidence).difference)
}

/// Every scenario against the best of the others on one measure.
fn against_best(models: &[&Model], results: &[Replicated], measure: &str, joint: f64) -> Vec<Best> {
    let key = Key { section: Section::Whole, name: measure.to_owned() };
    if results.iter().any(|r| r.position(&key).is_none()) {
        return Vec::new();
    }
    let pair = |i: usize, j: usize| {
        both(&results[i], &results[j], &key).map_or_else(Estimate::undefined, |(ours, theirs)| {
            let control = control_of(&results[i], &key);
            primary_difference(&influence(&ours), &influence(&theirs), &key, control, joint).difference
        })
    };
    multiple_comparison_with_best(results.len(), more_is_better(measure), pair)
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

/// What an interval says of a difference.
fn verdict(difference: &Estimate) -> Verdict {
    if difference.lower > 0.0 {
        Verdict::More
    } else if difference.upper < 0.0 {
        Verdict::Less
    } else {
        Verdict::CannotTell
    }
}
