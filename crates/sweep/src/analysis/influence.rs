//! Which input matters: Sobol indices of a Saltelli design, swings of one at a time, rank correlations of
//! scattered points.

use super::CONFIDENCE;
use super::slice::slices;
use crate::manifest::DesignEntry;
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
    /// Its values at a point by replication.
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

    /// Its mean at a point, with an interval.
    pub fn estimate(self, results: &SweepResults, point: usize) -> Estimate {
        match self.less {
            None => results.estimate(point, self.scenario, self.measure, CONFIDENCE),
            Some(_) => Estimate::mean(&self.values(results, point), CONFIDENCE),
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

/// Swings along all axes of numbers, longest first.
pub fn swings(results: &SweepResults, output: Output) -> Vec<Swing> {
    let mut out: Vec<Swing> = slices(results)
        .into_iter()
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

/// Points that stand for the whole space: of Saltelli's design those of A and B, which are independent.
pub fn scattered(results: &SweepResults) -> Vec<usize> {
    match results.manifest.design {
        DesignEntry::LatinHypercube { .. } | DesignEntry::Csv { .. } => (0..results.points.len()).collect(),
        DesignEntry::Saltelli { .. } => {
            let k = results.manifest.axes.len() + 2;
            (0..results.points.len()).filter(|i| i % k == 0 || i % k == k - 1).collect()
        }
        DesignEntry::Grid | DesignEntry::OneAtATime => Vec::new(),
    }
}

/// Spearman's rank correlation of each axis with an output over scattered points.
pub fn correlations(results: &SweepResults, output: Output) -> Vec<f64> {
    let points: Vec<(usize, f64)> = scattered(results)
        .into_iter()
        .map(|p| (p, output.estimate(results, p).estimate))
        .filter(|(_, y)| y.is_finite())
        .collect();
    let y: Vec<f64> = points.iter().map(|(_, y)| *y).collect();
    (0..results.manifest.axes.len())
        .map(|k| {
            let x: Vec<f64> = points.iter().map(|(p, _)| results.points[*p][k]).collect();
            rank_correlation(&x, &y)
        })
        .collect()
}
