//! Which scenario is best at each point, and how surely.

use crate::results::{SweepResults, linear};
use poolwise_math::{normal_quantile, powi};
use poolwise_stats::estimate::moments;
use poolwise_stats::{Control, SplitMix64};
use serde::Serialize;
use std::collections::BTreeMap;

/// Draws for a probability: its error is below 0.025.
const DRAWS: usize = 2_000;

/// The best scenario at a point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BestScenario {
    /// Position of the scenario in the sweep's list.
    pub scenario: usize,
    /// Probability that it is the best, given what was simulated.
    pub probability: f64,
}

/// The best scenario at every point: ten bytes each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BestColumn {
    /// [`NONE`] where fewer than two scenarios have the measure.
    scenarios: Vec<u16>,
    probabilities: Vec<f64>,
}

/// No scenario.
const NONE: u16 = u16::MAX;

impl BestColumn {
    pub(super) fn with_room(points: usize) -> Self {
        Self { scenarios: Vec::with_capacity(points), probabilities: Vec::with_capacity(points) }
    }

    /// Takes in the next point.
    pub(super) fn push(&mut self, best: Option<BestScenario>) {
        self.scenarios.push(best.map_or(NONE, |b| b.scenario as u16));
        self.probabilities.push(best.map_or(f64::NAN, |b| b.probability));
    }

    /// That of a point, if there is any.
    pub fn at(&self, point: usize) -> Option<BestScenario> {
        let scenario = usize::from(*self.scenarios.get(point).filter(|s| **s != NONE)?);
        Some(BestScenario { scenario, probability: self.probabilities[point] })
    }

    /// Those of all points, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Option<BestScenario>> + '_ {
        (0..self.scenarios.len()).map(|point| self.at(point))
    }
}

/// Draws of the posterior, the same for every point: kept for numbers of replications up to [`MOST_KEPT`], some kilobytes for each.
#[derive(Debug, Default)]
pub(super) struct PosteriorDraws(BTreeMap<usize, Vec<PosteriorDraw>>);

/// Of more replications draws are made anew.
const MOST_KEPT: usize = 100;

/// Weights of the replications, and the scale of their sum.
#[derive(Debug)]
struct PosteriorDraw {
    weights: Vec<f64>,
    scale: f64,
    /// Over the root of its chi-squared number with a degree of freedom less: given a control, whose coefficient took one.
    given: f64,
}

impl PosteriorDraws {
    fn made(n: usize) -> impl Iterator<Item = PosteriorDraw> {
        let mut draws = SplitMix64(0xBE57);
        (0..DRAWS).map(move |_| {
            let weights: Vec<f64> = (0..n).map(|_| normal_quantile(draws.unit())).collect();
            let (mut chi, mut less): (f64, f64) = (0.0, 0.0);
            for _ in 1..n {
                less = chi;
                chi += powi(normal_quantile(draws.unit()), 2);
            }
            PosteriorDraw { weights, scale: 1.0 / (n as f64 * chi).sqrt(), given: 1.0 / less.sqrt() }
        })
    }

    /// Hands over those of so many replications.
    fn each(&mut self, n: usize, mut take: impl FnMut(&PosteriorDraw)) {
        if n > MOST_KEPT {
            Self::made(n).for_each(|draw| take(&draw));
        } else {
            self.0.entry(n).or_insert_with(|| Self::made(n).collect()).iter().for_each(take);
        }
    }
}

/// The best scenario at a point by one measure. `None` where fewer than two scenarios have it.
///
/// The probability is that of the mean's posterior under a vague prior (multivariate t with replications
/// less one degrees of freedom, replications paired), by simulation. With a single replication it is NaN. Where estimates are
/// controlled it is that of the means given the control, with a degree of freedom less, and no surer than the least sure of the
/// differences from the best (the jackknife may be the longer).
pub fn best(
    results: &SweepResults,
    point: usize,
    measure: usize,
    more_is_better: bool,
) -> Option<BestScenario> {
    best_by(&mut PosteriorDraws::default(), results, point, measure, more_is_better)
}

/// The same with draws that serve for many points.
pub(super) fn best_by(
    draws: &mut PosteriorDraws,
    results: &SweepResults,
    point: usize,
    measure: usize,
    more_is_better: bool,
) -> Option<BestScenario> {
    let mut values: Vec<(usize, Vec<f64>)> = (0..results.manifest.scenarios.len())
        .map(|s| (s, linear(&results.values(point, s, measure))))
        .filter(|(_, v)| !v.is_empty() && v.iter().all(|x| x.is_finite()))
        .collect();
    let n = values.iter().map(|(_, v)| v.len()).min()?;
    if values.len() < 2 {
        return None;
    }
    let at = results.control_at(point);
    let control = at.as_ref().and_then(|at| at.of(results, measure));
    if let Some(control) = control {
        values.iter_mut().for_each(|(_, v)| *v = control.residuals(v));
    }
    let direction = if more_is_better { 1.0 } else { -1.0 };
    let means: Vec<f64> = values.iter().map(|(_, v)| moments(&v[..n]).0).collect();
    let first = |of: &[f64]| -> usize {
        let score = |i: &usize| of[*i] * direction;
        // Ties go to the scenario that comes first.
        (0..of.len()).rev().max_by(|a, b| score(a).total_cmp(&score(b))).unwrap_or(0)
    };
    let best = first(&means);
    let scenario = values[best].0;
    if n < 2 {
        return Some(BestScenario { scenario, probability: f64::NAN });
    }
    let given = control.map(|control| least_sure(control, &values, best));
    // What is drawn is how far replications are from their mean.
    for ((_, v), mean) in values.iter_mut().zip(&means) {
        v.iter_mut().for_each(|x| *x -= mean);
    }
    let mut drawn = vec![0.0; values.len()];
    let mut won = 0.0;
    draws.each(n, |draw| {
        let scale = given.map_or(draw.scale, |given| given * draw.given);
        for ((to, (_, v)), mean) in drawn.iter_mut().zip(&values).zip(&means) {
            *to = mean + scale * v.iter().zip(&draw.weights).map(|(x, w)| w * x).sum::<f64>();
        }
        // Scenarios that are equal share it.
        let better = |x: f64, y: f64| if more_is_better { x > y } else { x < y };
        let top = drawn.iter().copied().reduce(|top, x| if better(x, top) { x } else { top });
        let top = top.unwrap_or(f64::NAN);
        if drawn[best] == top {
            won += 1.0 / drawn.iter().filter(|x| **x == top).count() as f64;
        }
    });
    Some(BestScenario { scenario, probability: won / DRAWS as f64 })
}

/// What the spread of replications is to be scaled by, given a control: the most of all differences from the best that vary.
fn least_sure(control: &Control, values: &[(usize, Vec<f64>)], best: usize) -> f64 {
    let apart = |v: &[f64]| values[best].1.iter().zip(v).map(|(x, y)| x - y).collect::<Vec<f64>>();
    let others = values.iter().enumerate().filter(|(i, _)| *i != best);
    others.map(|(_, (_, v))| control.error_scale(&apart(v))).filter(|s| s.is_finite()).fold(0.0, f64::max)
}
