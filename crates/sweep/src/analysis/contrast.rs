//! Differences from the baseline at every point, and whether their sign is the same all over.

use super::CONFIDENCE;
use crate::results::SweepResults;
use poolwise_stats::{Estimate, bonferroni};
use serde::Serialize;
use std::collections::BTreeMap;

/// A scenario less the baseline on one measure, at every point.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// Position of the measure in the sweep's list.
    pub measure: usize,
    /// Position of the scenario in the sweep's list.
    pub scenario: usize,
    /// Index of the scenario from which differences are taken.
    pub baseline: usize,
    /// Differences by point with pointwise intervals.
    pub pointwise: Vec<Estimate>,
    /// The same with intervals that hold jointly over all points (Bonferroni).
    pub joint: Vec<Estimate>,
}

/// What an interval says of a sign: 1, -1, or 0 for "cannot tell".
pub fn sign(e: &Estimate) -> i8 {
    i8::from(e.lower > 0.0) - i8::from(e.upper < 0.0)
}

/// All differences of these measures from the baseline.
pub fn contrasts(results: &SweepResults, measures: &[usize]) -> Vec<Contrast> {
    let manifest = &results.manifest;
    let Some(baseline) = manifest.scenario(&manifest.baseline) else { return Vec::new() };
    let points = results.points.len();
    let mut out = Vec::new();
    for &measure in measures {
        for scenario in (0..manifest.scenarios.len()).filter(|s| *s != baseline) {
            let at = |point: usize, confidence: f64| -> Estimate {
                let d = results.difference(point, scenario, baseline, measure, confidence);
                d.map_or_else(Estimate::undefined, |d| d.difference)
            };
            let jointly = bonferroni(CONFIDENCE, points);
            // Both at once: of a large sweep each point's values are read from the file.
            let (pointwise, joint) = (0..points).map(|p| (at(p, CONFIDENCE), at(p, jointly))).unzip();
            out.push(Contrast { measure, scenario, baseline, pointwise, joint });
        }
    }
    out
}

/// Whether data that anybody has published settle the sign of a difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Identified {
    /// Name of the measure.
    pub measure: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Name of the scenario from which differences are taken.
    pub baseline: String,
    /// Points at which the scenario surely has more.
    pub more: usize,
    /// Points at which it surely has less.
    pub less: usize,
    /// Points at which one cannot tell.
    pub unclear: usize,
    /// Whether there is a point where it surely has more and one where it surely has less that differ in
    /// inputs which nobody knows, and in nothing that a planner chooses.
    pub changes: bool,
    /// Points at which it has more, each taken by itself.
    pub more_singly: usize,
    /// Points at which it has less, each taken by itself.
    pub less_singly: usize,
    /// Whether the sign changes as in `changes` by points that are each taken by itself: with many points and
    /// few replications nothing holds jointly.
    pub changes_singly: bool,
}

/// Takes stock of a difference over all points. `None` when no axis is an unknown input.
pub fn identified(results: &SweepResults, contrast: &Contrast) -> Option<Identified> {
    let manifest = &results.manifest;
    if manifest.axes.iter().all(|a| a.decision) {
        return None;
    }
    Some(taken_stock(results, contrast))
}

/// The same whatever the axes are.
pub(crate) fn taken_stock(results: &SweepResults, contrast: &Contrast) -> Identified {
    let manifest = &results.manifest;
    let jointly = count(results, &contrast.joint);
    let singly = count(results, &contrast.pointwise);
    Identified {
        measure: manifest.measures[contrast.measure].clone(),
        scenario: manifest.scenarios[contrast.scenario].name.clone(),
        baseline: manifest.scenarios[contrast.baseline].name.clone(),
        more: jointly.more,
        less: jointly.less,
        unclear: results.points.len() - jointly.more - jointly.less,
        changes: jointly.changes,
        more_singly: singly.more,
        less_singly: singly.less,
        changes_singly: singly.changes,
    }
}

struct Signs {
    more: usize,
    less: usize,
    changes: bool,
}

/// Signs over all points, and whether both are found among points that agree in all decisions.
fn count(results: &SweepResults, differences: &[Estimate]) -> Signs {
    let axes = &results.manifest.axes;
    let mut by_choice: BTreeMap<Vec<u64>, [bool; 2]> = BTreeMap::new();
    let (mut more, mut less) = (0, 0);
    for (point, e) in results.points.iter().zip(differences) {
        let choice = point.iter().zip(axes).filter(|(_, a)| a.decision).map(|(x, _)| x.to_bits());
        let seen = by_choice.entry(choice.collect()).or_default();
        match sign(e) {
            1 => (more, seen[0]) = (more + 1, true),
            -1 => (less, seen[1]) = (less + 1, true),
            _ => {}
        }
    }
    Signs { more, less, changes: by_choice.values().any(|s| s[0] && s[1]) }
}
