//! Which input matters: Sobol indices of a Saltelli design, swings of one at a time, rank correlations of
//! scattered points.

use super::CONFIDENCE;
use super::slice::Slice;
use crate::manifest::{DesignEntry, Manifest};
use crate::results::{SweepResults, linear};
use poolwise_stats::Estimate;
use poolwise_stats::nested::rank_correlation;
use poolwise_stats::sobol::{DesignRow, Sobol, sobol};

/// What is looked at: a scenario's measure, or a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// Position of the measure in the sweep's list.
    pub measure: usize,
    /// Position of the scenario in the sweep's list.
    pub scenario: usize,
    /// The scenario it is taken from, for a difference.
    pub less: Option<usize>,
}

impl Output {
    /// Its values at a point by replication, as they were.
    pub(crate) fn values(self, results: &SweepResults, point: usize) -> Vec<f64> {
        let ours = linear(&results.values(point, self.scenario, self.measure));
        match self.less {
            None => ours,
            Some(base) => {
                let theirs = linear(&results.values(point, base, self.measure));
                ours.iter().zip(&theirs).map(|(a, b)| a - b).collect()
            }
        }
    }

    /// Its mean at a point, with an interval; controlled where that is asked for and gains.
    pub fn estimate(self, results: &SweepResults, point: usize) -> Estimate {
        match self.less {
            None => results.estimate(point, self.scenario, self.measure, CONFIDENCE),
            Some(base) => {
                let at = results.control_at(point);
                match at.as_ref().and_then(|at| at.of(results, self.measure)) {
                    Some(control) => {
                        let pair = (self.scenario, base);
                        let [e] =
                            results.difference_given(point, pair, self.measure, Some(control), [CONFIDENCE]);
                        e
                    }
                    None => Estimate::mean(&self.values(results, point), CONFIDENCE),
                }
            }
        }
    }
}

/// Sobol indices of an output.
#[derive(Debug, Clone, PartialEq)]
pub struct Indices {
    /// The measure and place that is analysed.
    pub output: Output,
    /// Indices by axis.
    pub sobol: Sobol,
}

/// Sobol indices, where the design is Saltelli's and whole.
pub fn indices(results: &SweepResults, output: Output) -> Option<Indices> {
    let (DesignEntry::Saltelli { base, .. }, k) = (&results.manifest.design, results.manifest.axes.len())
    else {
        return None;
    };
    if results.points.len() != *base as usize * (k + 2) {
        return None;
    }
    let rows: Vec<DesignRow> = (0..*base as usize)
        .map(|j| {
            let at = |i: usize| output.values(results, j * (k + 2) + i);
            DesignRow { a: at(0), b: at(k + 1), ab: (1..=k).map(at).collect() }
        })
        .collect();
    Some(Indices { output, sobol: sobol(&rows, CONFIDENCE)? })
}

/// An output at both ends of an axis while the others stay where they usually are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swing {
    /// Index of the axis whose influence this is.
    pub axis: usize,
    /// Values of the axis at its ends.
    pub ends: (f64, f64),
    /// The output there.
    pub at_ends: (f64, f64),
}

/// Swings along all axes of numbers, longest first; `slices` are those of all axes.
pub fn swings(results: &SweepResults, slices: &[Slice], output: Output) -> Vec<Swing> {
    let mut out: Vec<Swing> = slices
        .iter()
        .filter(|s| results.manifest.axes[s.axis].words.is_empty())
        .filter_map(|s| {
            let (first, last) = (s.at.first()?, s.at.last()?);
            let mean = |point: usize| output.estimate(results, point).estimate;
            Some(Swing { axis: s.axis, ends: (first.0, last.0), at_ends: (mean(first.1), mean(last.1)) })
        })
        .filter(|s| s.at_ends.0.is_finite() && s.at_ends.1.is_finite())
        .collect();
    let length = |s: &Swing| (s.at_ends.1 - s.at_ends.0).abs();
    out.sort_by(|a, b| length(b).total_cmp(&length(a)));
    out
}

/// Whether a point is one of those that stand for the whole space: of Saltelli's design those of A and B, which are independent.
pub fn is_scattered(manifest: &Manifest, point: usize) -> bool {
    match manifest.design {
        DesignEntry::LatinHypercube { .. } | DesignEntry::Csv { .. } => true,
        DesignEntry::Saltelli { .. } => {
            let k = manifest.axes.len() + 2;
            point.is_multiple_of(k) || point % k == k - 1
        }
        DesignEntry::Grid | DesignEntry::OneAtATime => false,
    }
}

/// Scattered points at which an output is defined, `means` being its estimates by point.
pub fn scattered<'m>(manifest: &'m Manifest, means: &'m [f64]) -> impl Iterator<Item = usize> + 'm {
    (0..means.len()).filter(|p| is_scattered(manifest, *p) && means[*p].is_finite())
}

/// Spearman's rank correlation of each axis with an output over scattered points, `means` being its estimates by point.
pub fn correlations(results: &SweepResults, means: &[f64]) -> Vec<f64> {
    let m = &results.manifest;
    let y: Vec<f64> = scattered(m, means).map(|p| means[p]).collect();
    (0..m.axes.len())
        .map(|k| {
            let x: Vec<f64> = scattered(m, means).map(|p| results.points[p][k]).collect();
            rank_correlation(&x, &y)
        })
        .collect()
}
