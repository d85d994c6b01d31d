//! What controls gave over the points of a sweep: of how many points, and how long intervals are beside those without.

use super::{CONFIDENCE, Contrast};
use crate::results::SweepResults;
use serde::Serialize;
use std::collections::BTreeMap;

/// What came of controls, where they were asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SweepGains {
    /// The least and the greatest number of requests an hour that a scenario expects at a point, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_arrivals_per_hour: Option<(f64, f64)>,
    /// At how many points nothing is controlled, by the reason.
    pub without: BTreeMap<String, usize>,
    /// Of the measures that findings are about, those that are controlled at some point, in their order.
    pub measures: Vec<MeasureGains>,
}

/// What controls gave for a measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureGains {
    /// Name of the measure.
    pub measure: String,
    /// At how many points its estimates are controlled.
    pub points: usize,
    /// Length of the scenarios' intervals there as a share of those without.
    pub half_width: Option<Lengths>,
    /// The same of differences from the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differences: Option<Lengths>,
}

/// Shares of lengths over points and scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Lengths {
    /// The least.
    pub least: f64,
    /// The mean.
    pub mean: f64,
    /// The greatest.
    pub greatest: f64,
}

/// A tally over points.
#[derive(Debug)]
pub(super) struct GainTally {
    measures: Vec<MeasureTally>,
    without: BTreeMap<String, usize>,
}

#[derive(Debug)]
struct MeasureTally {
    measure: usize,
    points: usize,
    own: LengthTally,
    apart: LengthTally,
}

#[derive(Debug, Default)]
struct LengthTally {
    ends: Option<(f64, f64)>,
    sum: f64,
    number: usize,
}

impl LengthTally {
    fn take(&mut self, with: f64, without: f64) {
        let share = with / without;
        if share.is_finite() {
            self.ends = self.ends.map_or(Some((share, share)), |(l, g)| Some((l.min(share), g.max(share))));
            self.sum += share;
            self.number += 1;
        }
    }

    fn lengths(&self) -> Option<Lengths> {
        let (least, greatest) = self.ends?;
        Some(Lengths { least, mean: self.sum / self.number as f64, greatest })
    }
}

impl GainTally {
    /// Of these measures, without any point yet.
    pub(super) fn begun(measures: &[usize]) -> Self {
        let of = |&measure| {
            let (own, apart) = Default::default();
            MeasureTally { measure, points: 0, own, apart }
        };
        Self { measures: measures.iter().map(of).collect(), without: BTreeMap::new() }
    }

    /// Takes in a point; nothing where estimates are not controlled.
    pub(super) fn take(&mut self, results: &SweepResults, point: usize, contrasts: &[Contrast]) {
        let Some(at) = results.control_at(point) else { return };
        if let Some(why) = at.none() {
            match self.without.get_mut(why) {
                Some(points) => *points += 1,
                None => drop(self.without.insert(why.to_owned(), 1)),
            }
            return;
        }
        let mut any = false;
        for tally in &mut self.measures {
            let m = tally.measure;
            let Some(control) = at.of(results, m) else { continue };
            (any, tally.points) = (true, tally.points + 1);
            for s in 0..results.manifest.scenarios.len() {
                let with = results.estimate(point, s, m, CONFIDENCE).half_width();
                tally.own.take(with, results.plain_estimate(point, s, m, CONFIDENCE).half_width());
            }
            for contrast in contrasts.iter().filter(|c| c.measure == m) {
                let pair = (contrast.scenario, contrast.baseline);
                let length =
                    |control| results.difference_given(point, pair, m, control, [CONFIDENCE])[0].half_width();
                tally.apart.take(length(Some(control)), length(None));
            }
        }
        if !any {
            *self.without.entry("arrivals explain too little of these measures".to_owned()).or_default() += 1;
        }
    }

    /// What came of it; none where estimates are not controlled.
    pub(super) fn gains(self, results: &SweepResults) -> Option<SweepGains> {
        let controls = results.controls()?;
        let of = |tally: &MeasureTally| MeasureGains {
            measure: results.manifest.measures[tally.measure].clone(),
            points: tally.points,
            half_width: tally.own.lengths(),
            differences: tally.apart.lengths(),
        };
        Some(SweepGains {
            expected_arrivals_per_hour: controls.expected(),
            without: self.without,
            measures: self.measures.iter().filter(|tally| tally.points > 0).map(of).collect(),
        })
    }
}
