//! A scenario's measure at every point, as one column of numbers.

use super::CONFIDENCE;
use crate::results::SweepResults;
use poolwise_stats::Estimate;
use std::cmp::Ordering;

/// The least and the greatest of estimates, each with its point: of equal ones the first is the least, and the last the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Extremes {
    /// The least; none where nothing is defined.
    pub least: Option<(usize, Estimate)>,
    /// The greatest; none where nothing is defined.
    pub greatest: Option<(usize, Estimate)>,
}

impl Extremes {
    /// Takes in the estimate of the next point, where it is defined.
    pub(super) fn take(&mut self, point: usize, e: Estimate) {
        if !e.estimate.is_finite() {
            return;
        }
        let order = |known: Option<(usize, Estimate)>| known.map(|k| e.estimate.total_cmp(&k.1.estimate));
        if order(self.least).is_none_or(Ordering::is_lt) {
            self.least = Some((point, e));
        }
        if order(self.greatest).is_none_or(Ordering::is_ge) {
            self.greatest = Some((point, e));
        }
    }
}

/// A measure of a scenario at every point: eight bytes each. An interval is worked out anew where one is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// Position of the measure in the sweep's list.
    pub measure: usize,
    /// Position of the scenario in the sweep's list.
    pub scenario: usize,
    /// The least and the greatest of all points.
    pub extremes: Extremes,
    means: Vec<f64>,
}

impl Level {
    pub(super) fn begun(measure: usize, scenario: usize, points: usize) -> Self {
        Self { measure, scenario, extremes: Extremes::default(), means: Vec::with_capacity(points) }
    }

    /// Takes in the next point.
    pub(super) fn take(&mut self, results: &SweepResults) {
        let point = self.means.len();
        let e = results.estimate(point, self.scenario, self.measure, CONFIDENCE);
        self.means.push(e.estimate);
        self.extremes.take(point, e);
    }

    /// The estimates by point.
    pub fn means(&self) -> &[f64] {
        &self.means
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_ones_is_the_least_and_the_last_the_greatest() {
        let of = |values: &[f64]| {
            let mut all = Extremes::default();
            values.iter().enumerate().for_each(|(p, x)| all.take(p, Estimate::exact(*x, 1)));
            [all.least, all.greatest].map(|e| e.map(|e| e.0))
        };
        assert_eq!(of(&[2.0, f64::NAN, 1.0, 3.0, 1.0, 3.0, 2.0]), [Some(2), Some(5)]);
        assert_eq!(of(&[f64::NAN]), [None, None]);
    }
}
