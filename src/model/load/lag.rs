//! How a time distribution carries a flow by hours of the week to later hours.
//!
//! Whatever happens in an hour is taken as spread evenly over it. A time L (in hours) then carries to
//! the k-th hour after it the share E[max(0, 1 - |L - k|)], which is the second difference at k of
//! G(x) = E[max(0, x - L)]. G is exact for every distribution of [`Sampler`], and the mean lag is kept
//! exactly. Re-spreading over the hour adds a variance of at most a quarter of a squared hour a step.

use crate::random::Sampler;
use crate::time::{HOUR, HOURS_OF_WEEK};
use statrs::function::erf::{erfc, erfc_inv};
use statrs::function::gamma::{checked_gamma_lr, gamma};
use std::f64::consts::SQRT_2;

/// Hours followed one by one; what a time carries beyond (20 weeks) is spread flat over the week.
const FOLLOWED: usize = 20 * HOURS_OF_WEEK;

/// A time, ready to carry flows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kernel {
    /// `(hours later, share)`, hours modulo a week, shares summing to one.
    shares: Vec<(usize, f64)>,
    /// `(hours later, hours of work)`: where the time itself is spent, summing to its mean.
    spent: Vec<(usize, f64)>,
    /// Mean, hours.
    pub mean: f64,
    /// Variance, squared hours.
    pub variance: f64,
}

impl Kernel {
    /// Of `time` stretched by `factor`.
    pub fn new(time: &Sampler, factor: f64) -> Self {
        let unit = factor / HOUR;
        let mean = unit * time.mean();
        let variance = (unit * unit * time.variance()).max(0.0);
        if mean <= 0.0 || !mean.is_finite() {
            return Self { shares: vec![(0, 1.0)], spent: Vec::new(), mean: 0.0, variance: 0.0 };
        }
        let mut shares = vec![0.0; HOURS_OF_WEEK];
        let mut spent = vec![0.0; HOURS_OF_WEEK];
        let (mut carried, mut spent_so_far, mut before) = (0.0, 0.0, 0.0);
        for k in 0..FOLLOWED {
            // The share carried no further than hour k is the first difference of G.
            let after = unit * shortfall(time, (k + 1) as f64 / unit);
            let reached = (after - before).clamp(carried, 1.0);
            before = after;
            shares[k % HOURS_OF_WEEK] += reached - carried;
            carried = reached;
            spent[k % HOURS_OF_WEEK] += 1.0 - carried;
            spent_so_far += 1.0 - carried;
            if carried > 1.0 - 1e-9 {
                break;
            }
        }
        let flat = 1.0 / HOURS_OF_WEEK as f64;
        let rest = (1.0 - carried) * flat;
        let rest_spent = (mean - spent_so_far).max(0.0) * flat;
        let sparse = |values: Vec<f64>, rest: f64| {
            values.into_iter().map(|v| v + rest).enumerate().filter(|&(_, v)| v > 1e-12).collect()
        };
        Self { shares: sparse(shares, rest), spent: sparse(spent, rest_spent), mean, variance }
    }

    /// The flow as it is after the time.
    pub fn carry(&self, flow: &[f64]) -> Vec<f64> {
        spread(&self.shares, flow)
    }

    /// Officers at work, by hour, when a flow (per hour) spends this time at once: the offered load of
    /// infinitely many servers (Eick, Massey and Whitt 1993), to the hour.
    pub fn occupy(&self, flow: &[f64]) -> Vec<f64> {
        spread(&self.spent, flow)
    }
}

fn spread(weights: &[(usize, f64)], flow: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; HOURS_OF_WEEK];
    for &(later, weight) in weights {
        for (hour, &x) in flow.iter().enumerate() {
            out[(hour + later) % HOURS_OF_WEEK] += weight * x;
        }
    }
    out
}

/// P(D > T) for a time `d` and an independent lag T with this mean and variance (hours), whose shape
/// is taken as lognormal: a mean over 128 equally likely lags.
pub(super) fn outlives(d: &Sampler, mean: f64, variance: f64) -> f64 {
    const POINTS: usize = 128;
    if mean <= 0.0 || variance <= 1e-12 * mean * mean {
        return 1.0 - cdf(d, mean.max(0.0) * HOUR);
    }
    let sigma2 = (variance / (mean * mean)).ln_1p();
    let mu = mean.ln() - sigma2 / 2.0;
    let quantile = |i: usize| {
        let p = (i as f64 + 0.5) / POINTS as f64;
        (mu - sigma2.sqrt() * SQRT_2 * erfc_inv(2.0 * p)).exp()
    };
    (0..POINTS).map(|i| 1.0 - cdf(d, quantile(i) * HOUR)).sum::<f64>() / POINTS as f64
}

/// The lower incomplete gamma function P(a, x), regularised; its limits where it has no argument.
fn gamma_share(a: f64, x: f64) -> f64 {
    if x <= 0.0 { 0.0 } else { checked_gamma_lr(a, x).unwrap_or(1.0) }
}

/// A distribution without spread, as the constant it is. A gamma of shape above a million has a
/// coefficient of variation below a thousandth.
fn degenerate(time: &Sampler) -> Option<f64> {
    match time {
        Sampler::LogNormal { sigma, .. } if *sigma <= 0.0 => Some(time.mean()),
        Sampler::Gamma { shape, .. } if *shape > 1e6 => Some(time.mean()),
        Sampler::Uniform { low, high } if high <= low => Some(*low),
        Sampler::Exponential(mean) if *mean <= 0.0 => Some(0.0),
        Sampler::Constant(c) => Some(*c),
        _ => None,
    }
}

fn normal(z: f64) -> f64 {
    0.5 * erfc(-z / SQRT_2)
}

/// P(L <= x).
fn cdf(time: &Sampler, x: f64) -> f64 {
    if x < 0.0 {
        return 0.0;
    }
    if let Some(c) = degenerate(time) {
        return f64::from(u8::from(c <= x));
    }
    match time {
        Sampler::Constant(c) => f64::from(u8::from(*c <= x)),
        Sampler::Exponential(mean) => -(-x / mean).exp_m1(),
        Sampler::LogNormal { .. } if x == 0.0 => 0.0,
        Sampler::LogNormal { mu, sigma } => normal((x.ln() - mu) / sigma),
        Sampler::Gamma { shape, scale, .. } => gamma_share(*shape, x / scale),
        Sampler::Weibull { shape, scale } => -(-(x / scale).powf(*shape)).exp_m1(),
        Sampler::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
        Sampler::Triangular { low: a, mode: c, high: b, .. } => {
            if x <= *a {
                0.0
            } else if x <= *c {
                (x - a).powi(2) / ((b - a) * (c - a))
            } else if x < *b {
                1.0 - (b - x).powi(2) / ((b - a) * (b - c))
            } else {
                1.0
            }
        }
        Sampler::HyperExponential(phases) => {
            phase_weights(phases).map(|(p, m)| p * cdf(&Sampler::Exponential(m), x)).sum()
        }
        Sampler::Empirical(values) => {
            values.iter().filter(|v| **v <= x).count() as f64 / values.len().max(1) as f64
        }
    }
}

/// E[max(0, x - L)] = x P(L <= x) - E[L; L <= x], in seconds, for x >= 0.
fn shortfall(time: &Sampler, x: f64) -> f64 {
    if let Some(c) = degenerate(time) {
        return (x - c).max(0.0);
    }
    let value = match time {
        Sampler::Constant(c) => x - c,
        Sampler::Exponential(mean) => x + mean * (-x / mean).exp_m1(),
        Sampler::LogNormal { mu, sigma } => {
            let z = (x.ln() - mu) / sigma;
            x * normal(z) - time.mean() * normal(z - sigma)
        }
        Sampler::Gamma { shape, scale, .. } => {
            let y = x / scale;
            x * gamma_share(*shape, y) - shape * scale * gamma_share(shape + 1.0, y)
        }
        Sampler::Weibull { shape, scale } => {
            let (y, a) = ((x / scale).powf(*shape), 1.0 + 1.0 / shape);
            x * -(-y).exp_m1() - scale * gamma(a) * gamma_share(a, y)
        }
        Sampler::Uniform { low, high } if x < *high => (x - low).max(0.0).powi(2) / (2.0 * (high - low)),
        Sampler::Triangular { low: a, mode: c, high: b, .. } => {
            if x <= *a {
                0.0
            } else if x <= *c {
                (x - a).powi(3) / (3.0 * (b - a) * (c - a))
            } else if x < *b {
                x - time.mean() + (b - x).powi(3) / (3.0 * (b - a) * (b - c))
            } else {
                x - time.mean()
            }
        }
        Sampler::Uniform { .. } => x - time.mean(),
        Sampler::HyperExponential(phases) => {
            phase_weights(phases).map(|(p, m)| p * shortfall(&Sampler::Exponential(m), x)).sum()
        }
        Sampler::Empirical(values) => {
            values.iter().map(|v| (x - v).max(0.0)).sum::<f64>() / values.len().max(1) as f64
        }
    };
    value.max(0.0)
}

fn phase_weights(phases: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> + '_ {
    let before = std::iter::once(0.0).chain(phases.iter().map(|p| p.0));
    phases.iter().zip(before).map(|(&(cumulative, mean), before)| (cumulative - before, mean))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each distribution, with means between 1 and 9 hours.
    fn zoo() -> Vec<Sampler> {
        vec![
            Sampler::Constant(1.25 * HOUR),
            Sampler::Exponential(3.0 * HOUR),
            Sampler::log_normal(2.0 * HOUR, 1.0),
            Sampler::gamma_mean_cv(4.0 * HOUR, 0.5).unwrap(),
            Sampler::Weibull { shape: 1.7, scale: 3.0 * HOUR },
            Sampler::Uniform { low: HOUR, high: 4.0 * HOUR },
            Sampler::triangular(HOUR, 2.0 * HOUR, 6.0 * HOUR).unwrap(),
            Sampler::hyper_exponential(&[(0.3, HOUR), (0.7, 9.0 * HOUR)]),
            Sampler::Empirical(vec![HOUR, 2.5 * HOUR, 7.0 * HOUR].into()),
        ]
    }

    #[test]
    fn the_shortfall_is_the_integral_of_the_distribution_function() {
        for time in zoo() {
            // Midpoint rule at 1 s; the functions with jumps jump at whole seconds.
            let x = 5.3 * HOUR;
            let sum: f64 = (0..x as usize).map(|i| cdf(&time, i as f64 + 0.5)).sum();
            assert!((shortfall(&time, x) - sum).abs() < 0.02, "{time:?}: {} {sum}", shortfall(&time, x));
        }
    }

    #[test]
    fn kernels_keep_mass_mean_and_work() {
        for time in zoo() {
            let k = Kernel::new(&time, 1.5);
            let mass: f64 = k.shares.iter().map(|s| s.1).sum();
            assert!((mass - 1.0).abs() < 1e-9, "{time:?}: {mass}");
            // All these end well within a week, so hours modulo a week are hours.
            let mean: f64 = k.shares.iter().map(|s| s.0 as f64 * s.1).sum();
            let expected = 1.5 * time.mean() / HOUR;
            assert!((mean - expected).abs() < 1e-4 * expected, "{time:?}: {mean} {expected}");
            let work: f64 = k.spent.iter().map(|s| s.1).sum();
            assert!((work - expected).abs() < 1e-6 * expected, "{time:?}: {work} {expected}");
        }
    }

    #[test]
    fn a_lag_of_an_hour_and_a_quarter_goes_three_quarters_to_the_next_hour() {
        let k = Kernel::new(&Sampler::Constant(1.25 * HOUR), 1.0);
        let mut flow = vec![0.0; HOURS_OF_WEEK];
        flow[167] = 8.0;
        let later = k.carry(&flow);
        assert!((later[0] - 6.0).abs() < 1e-9 && (later[1] - 2.0).abs() < 1e-9);
        let work = k.occupy(&flow);
        assert!((work[167] - 8.0).abs() < 1e-9 && (work[0] - 2.0).abs() < 1e-9);
    }

    #[test]
    fn extreme_times_are_carried_too() {
        let times = [
            Sampler::Weibull { shape: 90.0, scale: 1.0 },
            Sampler::Weibull { shape: 0.02, scale: 1.0 },
            Sampler::gamma_mean_cv(HOUR, 1e-6).unwrap(),
            Sampler::gamma_mean_cv(HOUR, 40.0).unwrap(),
            Sampler::log_normal(1e-9, 8.0),
            Sampler::LogNormal { mu: 8.0, sigma: 0.0 },
            Sampler::Uniform { low: HOUR, high: HOUR },
            Sampler::Empirical(vec![0.0, 1e12].into()),
            Sampler::Exponential(0.0),
        ];
        for time in times {
            let k = Kernel::new(&time, 1.0);
            let mass: f64 = k.shares.iter().map(|s| s.1).sum();
            assert!((mass - 1.0).abs() < 1e-6, "{time:?}: {mass}");
            assert!((0.0..=1.0).contains(&outlives(&time, 3.0, 2.0)), "{time:?}");
        }
    }

    #[test]
    fn a_lag_of_a_year_is_flat() {
        let k = Kernel::new(&Sampler::Constant(8_760.0 * HOUR), 1.0);
        let mut flow = vec![0.0; HOURS_OF_WEEK];
        flow[3] = 168.0;
        assert!(k.carry(&flow).iter().all(|x| (x - 1.0).abs() < 1e-9));
        assert!(k.occupy(&flow).iter().all(|x| (x - 8_760.0).abs() < 1e-6));
    }

    #[test]
    fn survival_of_a_lag_against_closed_forms() {
        // Constant lag: exponential survival. Exponential deadline with lognormal lag: between
        // Jensen's bound exp(-m) and 1.
        let d = Sampler::Exponential(10.0 * HOUR);
        assert!((outlives(&d, 5.0, 0.0) - (-0.5_f64).exp()).abs() < 1e-12);
        // E exp(-T/10), T lognormal with mean 5, variance 25, by a fine sum over the density.
        let (sigma2, n) = (2.0_f64.ln(), 200_000);
        let mu = 5.0_f64.ln() - sigma2 / 2.0;
        let sum: f64 = (0..n)
            .map(|i| {
                let z = -8.0 + 16.0 * (f64::from(i) + 0.5) / f64::from(n);
                let t = (mu + sigma2.sqrt() * z).exp();
                (-t / 10.0 - z * z / 2.0).exp() * 16.0 / f64::from(n) / (2.0 * std::f64::consts::PI).sqrt()
            })
            .sum();
        assert!((outlives(&d, 5.0, 25.0) - sum).abs() < 1e-3);
    }
}
