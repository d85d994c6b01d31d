//! Offered load when the arrival rate changes: M(t)/G/infinity.
//!
//! The number of busy servers, were there always a free one, is Poisson with mean `m(t) = integral over
//! ages u of lambda(t - u) P(S > u)` (Eick, Massey and Whitt 1993, theorem 1). For rates that are
//! constant in steps that is a sum of `E[min(S, u)]` at the ends of the steps, without error.

use super::{positive, usable};
use poolwise_engine::random::Sampler;
use poolwise_math::{cos, sin};

/// Cycles after which services that are still not over are spread evenly over the cycle.
const MOST_CYCLES: usize = 1_000;

/// Offered load at the *start* of each step when `rates`, one for each step of length `step`, repeat for
/// ever: arrivals per the sampler's unit of time. `None` for unusable rates or step, or no rates.
pub fn periodic(rates: &[f64], step: f64, service: &Sampler) -> Option<Vec<f64>> {
    let n = rates.len();
    if n == 0 || !positive(step) || !rates.iter().all(|r| usable(*r)) {
        return None;
    }
    // Weight of the step that began `r + 1` steps ago, modulo the cycle.
    let mut weights = vec![0.0; n];
    let mean = service.mean();
    let mut before = 0.0;
    'cycles: for cycle in 0..MOST_CYCLES {
        for (r, w) in weights.iter_mut().enumerate() {
            let after = service.limited_mean((cycle * n + r + 1) as f64 * step);
            *w += after - before;
            before = after;
            if mean - after <= 1e-14 * mean {
                break 'cycles;
            }
        }
    }
    let rest = (mean - before).max(0.0) / n as f64;
    let load = |k: usize| (0..n).map(|r| rates[(k + n - 1 - r % n) % n] * (weights[r] + rest)).sum();
    Some((0..n).map(load).collect())
}

/// Offered load at the *end* of each step when nothing was there before the first. `None` for unusable
/// rates or step.
pub fn from_empty(rates: &[f64], step: f64, service: &Sampler) -> Option<Vec<f64>> {
    if !positive(step) || !rates.iter().all(|r| usable(*r)) {
        return None;
    }
    let limited: Vec<f64> = (0..=rates.len()).map(|k| service.limited_mean(k as f64 * step)).collect();
    let load = |k: usize| (0..=k).map(|i| rates[i] * (limited[k + 1 - i] - limited[k - i])).sum();
    Some((0..rates.len()).map(load).collect())
}

/// Offered load at time `t` for exponential services and the rate `mean_rate (1 + relative sin(frequency
/// t))`, in the long run (Eick, Massey and Whitt 1993, equation 15): it lags and is damped. `service` is a
/// rate.
pub fn sinusoidal(mean_rate: f64, relative: f64, frequency: f64, service: f64, t: f64) -> f64 {
    let g = frequency / service;
    let swing = (sin(frequency * t) - g * cos(frequency * t)) / (1.0 + g * g);
    mean_rate / service * (1.0 + relative * swing)
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;
    use poolwise_engine::random::KeyedRng;
    use poolwise_math::atan;
    use std::f64::consts::TAU;

    fn samplers() -> Vec<Sampler> {
        vec![
            Sampler::Constant(2.0),
            Sampler::Exponential(3.0),
            Sampler::log_normal(2.0, 1.0),
            Sampler::gamma(0.5, 4.0).unwrap(),
            Sampler::Weibull { shape: 0.7, scale: 2.0 },
            Sampler::Uniform { low: 1.0, high: 4.0 },
            Sampler::triangular(0.0, 1.0, 5.0).unwrap(),
            Sampler::triangular(1.0, 1.0, 5.0).unwrap(),
            Sampler::hyper_exponential(&[(0.3, 1.0), (0.7, 5.0)]),
            Sampler::Empirical(vec![0.0, 1.0, 6.0].into()),
        ]
    }

    #[test]
    fn limited_means_match_draws_and_the_mean() {
        for (i, s) in samplers().iter().enumerate() {
            close(s.limited_mean(1e9), s.mean(), 1e-9);
            assert_eq!(s.limited_mean(0.0), 0.0);
            let mut rng = KeyedRng::of(5, i as u64, 0);
            let draws: Vec<f64> = (0..200_000).map(|_| s.sample(&mut rng)).collect();
            for x in [0.5, 1.0, 2.5, 4.5] {
                // Values lie in [0, x]: five standard errors at the most; false alarms below 1e-5 each.
                let mean = draws.iter().map(|d| d.min(x)).sum::<f64>() / draws.len() as f64;
                let bound = 5.0 * x / 2.0 / (draws.len() as f64).sqrt();
                assert!((s.limited_mean(x) - mean).abs() < bound, "{s:?} at {x}");
            }
        }
    }

    #[test]
    fn a_daily_wave_matches_the_closed_form() {
        // lambda(t) = 16 (1 + 0.5 sin(2 pi t / 24)) an hour, mean service an hour and a half.
        let n = 24 * 120;
        let (step, frequency) = (24.0 / n as f64, TAU / 24.0);
        let mean_rate = |i: usize| {
            let (a, b) = (i as f64 * step, (i + 1) as f64 * step);
            16.0 * (1.0 + 0.5 * (cos(frequency * a) - cos(frequency * b)) / (frequency * step))
        };
        let rates: Vec<f64> = (0..n).map(mean_rate).collect();
        let load = periodic(&rates, step, &Sampler::Exponential(1.5)).unwrap();
        for (k, m) in load.iter().enumerate().step_by(97) {
            close(*m, sinusoidal(16.0, 0.5, frequency, 1.0 / 1.5, k as f64 * step), 1e-5);
        }
        // Peak after six hours by the lag of eq. 17: arctan(g) / frequency.
        let peak = load.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0 as f64 * step;
        let lag = atan(frequency * 1.5) / frequency;
        assert!((peak - 6.0 - lag).abs() < 2.0 * step, "{peak} {lag}");
    }

    #[test]
    fn a_fixed_service_looks_back_exactly() {
        // Services of 1.5 steps: all of the last step and half of the one before.
        let load = periodic(&[1.0, 2.0, 4.0, 8.0], 2.0, &Sampler::Constant(3.0)).unwrap();
        assert_eq!(load, [2.0 * 8.0 + 4.0, 2.0 + 8.0, 4.0 + 1.0, 8.0 + 2.0]);
        // Longer than the cycle: a full turn and a step.
        let long = periodic(&[1.0, 3.0], 1.0, &Sampler::Constant(3.0)).unwrap();
        assert_eq!(long, [3.0 + 1.0 + 3.0, 1.0 + 3.0 + 1.0]);
        let start = from_empty(&[1.0, 2.0, 4.0, 8.0], 2.0, &Sampler::Constant(3.0)).unwrap();
        assert_eq!(start, [2.0, 5.0, 10.0, 20.0]);
    }

    #[test]
    fn the_mean_load_is_the_mean_rate_times_the_mean_service() {
        // A constant rate gives lambda E[S] at every instant, whatever the distribution.
        for s in samplers() {
            for m in periodic(&[5.0; 7], 0.3, &s).unwrap() {
                close(m, 5.0 * s.mean(), 1e-9);
            }
        }
        assert!(periodic(&[], 1.0, &Sampler::Constant(1.0)).is_none());
        assert!(periodic(&[-1.0], 1.0, &Sampler::Constant(1.0)).is_none());
        assert!(from_empty(&[1.0], 0.0, &Sampler::Constant(1.0)).is_none());
    }
}
