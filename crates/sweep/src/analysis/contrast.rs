//! Differences from the baseline at every point, and whether their sign is the same all over.

use super::CONFIDENCE;
use super::level::Extremes;
use crate::manifest::Manifest;
use crate::results::SweepResults;
use poolwise_stats::{Estimate, bonferroni};
use serde::Serialize;
use std::collections::BTreeMap;

/// A scenario less the baseline on one measure, at every point: nine bytes each. An interval is worked out anew where one is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// Position of the measure in the sweep's list.
    pub measure: usize,
    /// Position of the scenario in the sweep's list.
    pub scenario: usize,
    /// Index of the scenario from which differences are taken.
    pub baseline: usize,
    /// The least and the greatest difference of all points, with pointwise intervals.
    pub extremes: Extremes,
    means: Vec<f64>,
    signs: Vec<u8>,
}

/// What is known of the sign at a point: bits for more and less, by its own interval and jointly over all points, and for an own
/// interval that holds zero.
const MORE: u8 = 1;
const LESS: u8 = 2;
const JOINTLY_MORE: u8 = 4;
const JOINTLY_LESS: u8 = 8;
const HOLDS_ZERO: u8 = 16;

impl Contrast {
    fn begun(measure: usize, scenario: usize, baseline: usize, points: usize) -> Self {
        let (means, signs) = (Vec::with_capacity(points), Vec::with_capacity(points));
        Self { measure, scenario, baseline, extremes: Extremes::default(), means, signs }
    }

    /// Takes in the next point.
    pub(crate) fn take(&mut self, results: &SweepResults, jointly: f64) {
        let point = self.means.len();
        let [own, joint] = self.at(results, point, [CONFIDENCE, jointly]);
        let bits = [
            (own.lower > 0.0, MORE),
            (own.upper < 0.0, LESS),
            (joint.lower > 0.0, JOINTLY_MORE),
            (joint.upper < 0.0, JOINTLY_LESS),
            (own.covers(0.0), HOLDS_ZERO),
        ];
        self.signs.push(bits.iter().filter(|(is, _)| *is).map(|(_, bit)| bit).sum());
        self.means.push(own.estimate);
        self.extremes.take(point, own);
    }

    fn at<const N: usize>(
        &self,
        results: &SweepResults,
        point: usize,
        confidences: [f64; N],
    ) -> [Estimate; N] {
        results.difference_at(point, (self.scenario, self.baseline), self.measure, confidences)
    }

    /// The difference at a point with its pointwise interval.
    pub fn pointwise(&self, results: &SweepResults, point: usize) -> Estimate {
        let [own] = self.at(results, point, [CONFIDENCE]);
        own
    }

    /// The differences by point.
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    fn of_bits(&self, point: usize, more: u8, less: u8) -> i8 {
        let bits = self.signs[point];
        i8::from(bits & more != 0) - i8::from(bits & less != 0)
    }

    /// What the pointwise interval says of the sign: 1, -1, or 0 for "cannot tell".
    pub fn sign(&self, point: usize) -> i8 {
        self.of_bits(point, MORE, LESS)
    }

    /// What an interval that holds jointly over all points (Bonferroni) says of it.
    pub fn joint_sign(&self, point: usize) -> i8 {
        self.of_bits(point, JOINTLY_MORE, JOINTLY_LESS)
    }

    /// Whether there is a difference whose pointwise interval does not hold zero.
    pub(crate) fn clear(&self, point: usize) -> bool {
        self.signs[point] & HOLDS_ZERO == 0 && self.means[point].is_finite()
    }
}

/// Contrasts of these measures, without any point yet.
pub(super) fn begun(manifest: &Manifest, measures: &[usize]) -> Vec<Contrast> {
    let Some(baseline) = manifest.scenario(&manifest.baseline) else { return Vec::new() };
    let others = || (0..manifest.scenarios.len()).filter(|s| *s != baseline);
    let of = |&m| others().map(move |s| Contrast::begun(m, s, baseline, manifest.points));
    measures.iter().flat_map(of).collect()
}

/// All differences of these measures from the baseline.
pub fn contrasts(results: &SweepResults, measures: &[usize]) -> Vec<Contrast> {
    let mut out = begun(&results.manifest, measures);
    let jointly = bonferroni(CONFIDENCE, results.points.len());
    for _ in 0..results.points.len() {
        out.iter_mut().for_each(|c| c.take(results, jointly));
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
    let jointly = count(results, |point| contrast.joint_sign(point));
    let singly = count(results, |point| contrast.sign(point));
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
fn count(results: &SweepResults, sign: impl Fn(usize) -> i8) -> Signs {
    let axes = &results.manifest.axes;
    let decided = axes.iter().any(|a| a.decision);
    let mut all = [false; 2];
    let mut by_choice: BTreeMap<Vec<u64>, [bool; 2]> = BTreeMap::new();
    let (mut more, mut less) = (0, 0);
    for (number, point) in results.points.iter().enumerate() {
        let which = match sign(number) {
            1 => 0,
            -1 => 1,
            _ => continue,
        };
        (more, less) = (more + usize::from(which == 0), less + usize::from(which == 1));
        let choice = || point.iter().zip(axes).filter(|(_, a)| a.decision).map(|(x, _)| x.to_bits());
        let seen = if decided { by_choice.entry(choice().collect()).or_default() } else { &mut all };
        seen[which] = true;
    }
    let mut seen = by_choice.values().chain([&all]);
    Signs { more, less, changes: seen.any(|s| s[0] && s[1]) }
}
