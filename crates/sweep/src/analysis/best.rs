//! Which scenario is best at each point, and how surely.

use crate::results::{SweepResults, linear};
use poolwise_math::{normal_quantile, powi};
use poolwise_stats::SplitMix64;
use poolwise_stats::estimate::moments;
use serde::Serialize;

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

/// The best scenario at a point by one measure. `None` where fewer than two scenarios have it.
///
/// The probability is that of the mean's posterior under a vague prior (multivariate t with replications
/// less one degrees of freedom, replications paired), by simulation. With a single replication it is NaN.
pub fn best(
    results: &SweepResults,
    point: usize,
    measure: usize,
    more_is_better: bool,
) -> Option<BestScenario> {
    let values: Vec<(usize, Vec<f64>)> = (0..results.manifest.scenarios.len())
        .map(|s| (s, linear(&results.values(point, s, measure))))
        .filter(|(_, v)| !v.is_empty() && v.iter().all(|x| x.is_finite()))
        .collect();
    let n = values.iter().map(|(_, v)| v.len()).min()?;
    if values.len() < 2 {
        return None;
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
    let mut draws = SplitMix64(0xBE57);
    let mut won = 0.0;
    for _ in 0..DRAWS {
        let weights: Vec<f64> = (0..n).map(|_| normal_quantile(draws.unit())).collect();
        let chi: f64 = (1..n).map(|_| powi(normal_quantile(draws.unit()), 2)).sum();
        let scale = 1.0 / (n as f64 * chi).sqrt();
        let drawn: Vec<f64> = values
            .iter()
            .zip(&means)
            .map(|((_, v), mean)| {
                mean + scale * v.iter().zip(&weights).map(|(x, w)| w * (x - mean)).sum::<f64>()
            })
            .collect();
        // Scenarios that are equal share it.
        let top = drawn[first(&drawn)];
        if drawn[best] == top {
            won += 1.0 / drawn.iter().filter(|x| **x == top).count() as f64;
        }
    }
    Some(BestScenario { scenario, probability: won / DRAWS as f64 })
}
