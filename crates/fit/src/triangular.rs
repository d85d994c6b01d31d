//! Intervals of a triangular law, whose ends and mode have no smooth likelihood: by drawing from the fitted law again.

use crate::draws;
use crate::law::Family;
use crate::likelihood::{FittedLaw, FittedNumber, Interval, ObservedTimes, fit};
use poolwise_math::student_quantile;

/// Samples drawn from the fitted law.
const SAMPLES: usize = 199;
/// Most times in each of them.
const MOST: usize = 2_000;

/// Basic bootstrap intervals (Davison and Hinkley 1997, section 5.2) of ends and mode, Student's of the mean.
pub(super) fn intervals(estimate: &FittedLaw, times: &ObservedTimes) -> Vec<FittedNumber> {
    let [low, mode, high] = estimate.law.numbers;
    let n = times.n();
    let half = student_quantile(0.975, n as f64 - 1.0) * times.cv() * times.mean() / (n as f64).sqrt();
    let mean = estimate.law.mean();
    let mut all = vec![FittedNumber {
        name: "mean",
        interval: Interval { base: mean, low: (mean - half).max(0.0), high: mean + half },
        time: true,
    }];
    let Some(sampler) = estimate.law.sampler() else { return all };
    let mut rng = draws::generator("triangular intervals");
    let size = n.min(MOST);
    // Of a part of the times the error is larger in proportion to the root of the numbers.
    let shrink = (size as f64 / n as f64).sqrt();
    let mut found: [Vec<f64>; 3] = Default::default();
    for _ in 0..SAMPLES {
        let sample: Vec<f64> = (0..size).map(|_| sampler.sample(&mut rng)).collect();
        if let Some(again) = fit(Family::Triangular, &ObservedTimes::new(sample)) {
            for (list, x) in found.iter_mut().zip(again.law.numbers) {
                list.push(x);
            }
        }
    }
    for ((name, base), mut list) in [("low", low), ("mode", mode), ("high", high)].into_iter().zip(found) {
        list.sort_by(f64::total_cmp);
        let at =
            |p: f64| list.get(((list.len() as f64 * p) as usize).min(list.len().saturating_sub(1))).copied();
        let (below, above) = (at(0.025).unwrap_or(base), at(0.975).unwrap_or(base));
        let interval = Interval {
            base,
            low: (base - (above - base) * shrink).max(0.0).min(base),
            high: (base + (base - below) * shrink).max(base),
        };
        all.push(FittedNumber { name, interval, time: true });
    }
    all
}
