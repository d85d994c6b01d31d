//! Break-even values along axes: found by interpolation in the tidy file, and by further replications.

use super::CONFIDENCE;
use super::contrast::Contrast;
use super::slice::Slice;
use crate::manifest::{Manifest, ReplicationsEntry};
use crate::results::SweepResults;
use crate::{SweepError, SweepPlan};
use poolwise_stats::breakeven::{BreakEven, Search, break_even};
use poolwise_study::measures::Value;
use poolwise_study::{Settings, Watch, replicate_range};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Two neighbouring points of a slice between which a difference changes its sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Bracket {
    /// Position of the measure in the sweep's list.
    pub measure: usize,
    /// Position of the scenario in the sweep's list.
    pub scenario: usize,
    /// Index of the scenario with which the other is compared.
    pub baseline: usize,
    /// Index of the axis along which they cross.
    pub axis: usize,
    /// Its values on both sides.
    pub ends: (f64, f64),
    /// The mean differences there.
    pub at_ends: (f64, f64),
    /// Values of all axes; that of `axis` itself means nothing.
    pub others: Vec<f64>,
    /// Length of the axis.
    pub length: f64,
}

impl Bracket {
    /// Where a line between the two points is zero.
    pub fn interpolated(&self) -> f64 {
        let ((a, b), (fa, fb)) = (self.ends, self.at_ends);
        if fa == fb { f64::midpoint(a, b) } else { (a * fb - b * fa) / (fb - fa) }
    }
}

/// A break-even value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// Name of the measure.
    pub measure: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Name of the scenario with which the other is compared.
    pub baseline: String,
    /// Name of the axis along which they cross.
    pub axis: String,
    /// Values of the other axes, by name.
    pub others: Vec<(String, String)>,
    /// From the tidy file alone: where a line between two neighbouring points is zero.
    pub interpolated: f64,
    /// With further replications; `None` where that was not asked for, or the change of sign was chance.
    pub refined: Option<BreakEven>,
    /// Whether the difference rises from below zero to above along the axis.
    pub rising: bool,
}

/// All changes of sign along `slices` through the usual point, of axes of numbers. A change counts where the
/// difference is not within chance on at least one side.
pub fn brackets(results: &SweepResults, slices: &[Slice], contrasts: &[Contrast]) -> Vec<Bracket> {
    let mut out = Vec::new();
    // Between two levels alone, such as on and off, there need be nothing.
    let numbers = |s: &&Slice| results.manifest.axes[s.axis].words.is_empty() && s.at.len() > 2;
    for slice in slices.iter().filter(numbers) {
        let length = slice.at.last().map_or(0.0, |l| l.0) - slice.at.first().map_or(0.0, |f| f.0);
        for c in contrasts {
            for pair in slice.at.windows(2) {
                let ends = (c.means()[pair[0].1], c.means()[pair[1].1]);
                let changes = ends.0 * ends.1 < 0.0 || (ends.0 != 0.0 && ends.1 == 0.0);
                if changes && (c.clear(pair[0].1) || c.clear(pair[1].1)) {
                    out.push(Bracket {
                        measure: c.measure,
                        scenario: c.scenario,
                        baseline: c.baseline,
                        axis: slice.axis,
                        ends: (pair[0].0, pair[1].0),
                        at_ends: ends,
                        others: slice.others.clone(),
                        length,
                    });
                }
            }
        }
    }
    out
}

impl Crossing {
    /// What the tidy file says.
    pub(crate) fn of(results: &SweepResults, bracket: &Bracket) -> Self {
        let m = &results.manifest;
        let others = (0..m.axes.len())
            .filter(|k| *k != bracket.axis)
            .map(|k| (m.axes[k].name.clone(), shown(m, k, bracket.others[k])))
            .collect();
        Self {
            measure: m.measures[bracket.measure].clone(),
            scenario: m.scenarios[bracket.scenario].name.clone(),
            baseline: m.scenarios[bracket.baseline].name.clone(),
            axis: m.axes[bracket.axis].name.clone(),
            others,
            interpolated: bracket.interpolated(),
            refined: None,
            rising: bracket.at_ends.1 > bracket.at_ends.0,
        }
    }
}

/// A value of an axis with its unit.
pub fn shown(manifest: &Manifest, axis: usize, value: f64) -> String {
    let a = &manifest.axes[axis];
    let unit = a.unit.as_ref().map_or_else(String::new, |u| format!(" {u}"));
    format!("{}{unit}", a.show(value))
}

/// How closely to look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SearchEffort {
    /// Replications of both scenarios at each value, at most.
    pub at_most: u32,
    /// Half-width of the interval that is short enough, over the length of the axis.
    pub relative: f64,
    /// Threads; all processors where `None`.
    pub threads: Option<usize>,
}

impl SearchEffort {
    /// So many replications at each value at most, on all processors, until the interval's half-width is a hundredth of
    /// the axis.
    pub fn of(at_most: u32) -> Self {
        Self { at_most, relative: 0.01, threads: None }
    }
}

/// Looks for the root between the ends of a bracket with further replications. The ends are moved out by
/// one width each if the mean differences there turn out to have the same sign. `None` when there is no
/// root after all.
///
/// # Errors
/// If a value makes a scenario invalid, or a replication fails.
pub fn refine(
    plan: &SweepPlan,
    bracket: &Bracket,
    effort: SearchEffort,
    watch: &dyn Watch,
) -> Result<Option<BreakEven>, SweepError> {
    let planned = match &plan.manifest.replications {
        ReplicationsEntry::Fixed(n) => *n,
        ReplicationsEntry::Until { at_least, .. } => *at_least,
    };
    let half_width = effort.relative * bracket.length;
    let search = Search {
        confidence: CONFIDENCE,
        at_least: planned.clamp(5, effort.at_most.max(5)),
        at_most: effort.at_most.max(5),
        half_width,
        // Whole numbers have nothing between them.
        tolerance: if plan.manifest.axes[bracket.axis].whole { 0.5 } else { half_width / 50.0 },
    };
    let mut simulated = SimulatedValues::new();
    let mut more = |x: f64, from: u32, to: u32| {
        differences(plan, bracket, x, from..to, effort.threads, &mut simulated, watch)
    };
    let found = break_even(bracket.ends, &search, &mut more)?;
    if found.is_some() || watch.stopped() {
        return Ok(found);
    }
    let width = bracket.ends.1 - bracket.ends.0;
    let axis = &plan.manifest.axes[bracket.axis];
    let (least, most) = plan
        .points
        .iter()
        .map(|p| p[bracket.axis])
        .fold(axis.range.unwrap_or((f64::INFINITY, f64::NEG_INFINITY)), |(l, m), x| (l.min(x), m.max(x)));
    let wider = ((bracket.ends.0 - width).max(least), (bracket.ends.1 + width).min(most));
    break_even(wider, &search, &mut more)
}

/// Values of the bracket's measure by scenario and what is changed in it: where the axis does not apply, or its
/// values are rounded, the same ones serve again.
type SimulatedValues = BTreeMap<(usize, Vec<String>), Vec<Option<Value>>>;

/// Differences of the bracket's measure at a value of its axis: as they are, also where estimates are controlled. Whether a control is
/// used would be decided anew at each value, and where the decision turns the curve would have a step.
fn differences(
    plan: &SweepPlan,
    bracket: &Bracket,
    x: f64,
    replications: std::ops::Range<u32>,
    threads: Option<usize>,
    simulated: &mut SimulatedValues,
    watch: &dyn Watch,
) -> Result<Vec<f64>, SweepError> {
    let mut row = bracket.others.clone();
    row[bracket.axis] = if plan.manifest.axes[bracket.axis].whole { x.round() } else { x };
    let settings = Settings { threads, ..Settings::default() };
    let mut pair = SweepResults::empty(Manifest { points: 1, ..plan.manifest.clone() });
    for scenario in [bracket.scenario, bracket.baseline] {
        let values = simulated.entry((scenario, plan.sets(scenario, &row))).or_default();
        let have = values.len() as u32;
        if have < replications.end {
            let loaded = plan.load(scenario, &row)?;
            let run = replicate_range(&loaded.model, have..replications.end, &settings, watch)
                .map_err(|failure| SweepError::Engine { what: plan.describe(scenario, &row), failure })?;
            let position = plan.positions(&run.keys).get(bracket.measure).copied().flatten();
            values.extend(run.values.iter().map(|v| position.map(|p| v[p])));
        }
        let wanted = replications.start as usize..(replications.end as usize).min(values.len());
        for value in values.get(wanted).unwrap_or_default().iter().flatten() {
            pair.push(0, scenario, bracket.measure, *value);
        }
    }
    Ok(pair.differences(0, bracket.scenario, bracket.baseline, bracket.measure))
}
