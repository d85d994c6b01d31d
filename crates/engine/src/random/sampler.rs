//! The closed set of distributions that times are drawn from.
//!
//! Everything is in seconds. Parameters are validated where scenarios are read; a sampler never
//! fails and never returns a negative time.

use super::unit;
use super::variates::{self, Gamma};
use poolwise_math::{exp, exp_m1, ln, ln_1p, powf};
use rand::rand_core::Rng;
use std::sync::Arc;

/// A distribution of durations, in seconds.
#[derive(Debug, Clone, PartialEq)]
pub enum Sampler {
    /// Always the same.
    Constant(f64),
    /// Exponential with this mean.
    Exponential(f64),
    /// exp(mu + sigma Z), Z standard normal.
    LogNormal {
        /// Mean of the logarithm (of seconds).
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Gamma (Erlang where the shape is whole).
    Gamma {
        /// Shape.
        shape: f64,
        /// Scale, seconds.
        scale: f64,
        /// The prepared generator (Marsaglia and Tsang 2000).
        draw: Gamma,
    },
    /// scale * E^(1/shape), E standard exponential.
    Weibull {
        /// Shape.
        shape: f64,
        /// Scale, seconds.
        scale: f64,
    },
    /// Uniform on `[low, high)`.
    Uniform {
        /// Lower end, seconds.
        low: f64,
        /// Upper end, seconds.
        high: f64,
    },
    /// Triangular on `[low, high]` with its mode.
    Triangular {
        /// Lower end, seconds.
        low: f64,
        /// Most likely value, seconds.
        mode: f64,
        /// Upper end, seconds.
        high: f64,
    },
    /// A mixture of exponentials: `(cumulative probability, mean)`, the last cumulative being 1.
    HyperExponential(Arc<[(f64, f64)]>),
    /// One of the observed values, each equally likely.
    Empirical(Arc<[f64]>),
}

impl Sampler {
    /// Lognormal with this mean and coefficient of variation: sigma^2 = ln(1 + cv^2), mu = ln(mean) -
    /// sigma^2 / 2. A `cv` of zero gives the constant.
    pub fn log_normal(mean: f64, cv: f64) -> Self {
        if cv == 0.0 {
            return Self::Constant(mean);
        }
        let sigma2 = ln_1p(cv * cv);
        Self::LogNormal { mu: ln(mean) - sigma2 / 2.0, sigma: sigma2.sqrt() }
    }

    /// Gamma with this shape and scale; `None` when one is not positive and finite.
    pub fn gamma(shape: f64, scale: f64) -> Option<Self> {
        Gamma::new(shape, scale).map(|draw| Self::Gamma { shape, scale, draw })
    }

    /// Gamma with this mean and coefficient of variation: shape 1/cv^2, scale mean cv^2. A `cv` of
    /// zero gives the constant.
    pub fn gamma_mean_cv(mean: f64, cv: f64) -> Option<Self> {
        if cv == 0.0 {
            return Some(Self::Constant(mean));
        }
        Self::gamma(1.0 / (cv * cv), mean * cv * cv)
    }

    /// Triangular; `None` unless low <= mode <= high. All three equal give the constant.
    pub fn triangular(low: f64, mode: f64, high: f64) -> Option<Self> {
        (low <= mode && mode <= high).then_some(Self::Triangular { low, mode, high })
    }

    /// Hyperexponential from `(probability, mean)`; probabilities are scaled to sum to one.
    pub fn hyper_exponential(phases: &[(f64, f64)]) -> Self {
        let total: f64 = phases.iter().map(|p| p.0).sum();
        let mut cumulative = 0.0;
        let mut out: Vec<(f64, f64)> = Vec::with_capacity(phases.len());
        for &(p, mean) in phases {
            cumulative += p / total;
            out.push((cumulative, mean));
        }
        if let Some(last) = out.last_mut() {
            last.0 = 1.0;
        }
        Self::HyperExponential(out.into())
    }

    /// Draws a duration, in seconds.
    #[inline(always)]
    pub fn sample<R: Rng>(&self, rng: &mut R) -> f64 {
        // The usual ones are worked out in place, so that the processor learns which of them each caller has.
        match self {
            Self::LogNormal { mu, sigma } => exp(mu + sigma * variates::normal(rng)),
            Self::Exponential(mean) => variates::exponential(rng) * mean,
            Self::Constant(x) => *x,
            other => other.sample_unusual(rng),
        }
    }

    #[inline(never)]
    fn sample_unusual<R: Rng>(&self, rng: &mut R) -> f64 {
        match self {
            Self::Constant(_) | Self::Exponential(_) | Self::LogNormal { .. } => self.sample(rng),
            Self::Gamma { draw, .. } => draw.sample(rng),
            Self::Weibull { shape, scale } => scale * powf(variates::exponential(rng), 1.0 / shape),
            Self::Uniform { low, high } => low + (high - low) * unit(rng.next_u64()),
            Self::Triangular { low, mode, high } => variates::triangular(rng, (*low, *mode, *high)),
            Self::HyperExponential(phases) => {
                let u = unit(rng.next_u64());
                let e = variates::exponential(rng);
                let mean = phases.iter().find(|p| u < p.0).map_or(0.0, |p| p.1);
                e * mean
            }
            Self::Empirical(values) => {
                let i = (unit(rng.next_u64()) * values.len() as f64) as usize;
                values[i.min(values.len() - 1)]
            }
        }
    }

    /// Mean, in seconds.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Constant(x) => *x,
            Self::Exponential(mean) => *mean,
            Self::LogNormal { mu, sigma } => exp(mu + sigma * sigma / 2.0),
            Self::Gamma { shape, scale, .. } => shape * scale,
            Self::Weibull { shape, scale } => scale * poolwise_math::gamma(1.0 + 1.0 / shape),
            Self::Uniform { low, high } => f64::midpoint(*low, *high),
            Self::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Self::HyperExponential(phases) => weights(phases).map(|(p, mean)| p * mean).sum(),
            Self::Empirical(values) => values.iter().sum::<f64>() / values.len() as f64,
        }
    }

    /// Variance, in seconds squared.
    pub fn variance(&self) -> f64 {
        match self {
            Self::Constant(_) => 0.0,
            Self::Exponential(mean) => mean * mean,
            Self::LogNormal { sigma, .. } => {
                let m = self.mean();
                m * m * exp_m1(sigma * sigma)
            }
            Self::Gamma { shape, scale, .. } => shape * scale * scale,
            Self::Weibull { shape, scale } => {
                let g1 = poolwise_math::gamma(1.0 + 1.0 / shape);
                scale * scale * (poolwise_math::gamma(1.0 + 2.0 / shape) - g1 * g1)
            }
            Self::Uniform { low, high } => (high - low) * (high - low) / 12.0,
            Self::Triangular { low: a, mode: c, high: b } => {
                (a * a + b * b + c * c - a * b - a * c - b * c) / 18.0
            }
            Self::HyperExponential(phases) => {
                let m = self.mean();
                weights(phases).map(|(p, mean)| 2.0 * p * mean * mean).sum::<f64>() - m * m
            }
            Self::Empirical(values) => {
                let m = self.mean();
                values.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / values.len() as f64
            }
        }
    }

    /// Coefficient of variation (zero for a mean of zero).
    pub fn cv(&self) -> f64 {
        let m = self.mean();
        if m == 0.0 { 0.0 } else { self.variance().max(0.0).sqrt() / m }
    }

    /// Whether every draw is zero.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Constant(x) => *x == 0.0,
            Self::Empirical(values) => values.iter().all(|x| *x == 0.0),
            _ => false,
        }
    }
}

fn weights(phases: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> + '_ {
    let mut before = 0.0;
    phases.iter().map(move |&(cumulative, mean)| {
        let p = cumulative - before;
        before = cumulative;
        (p, mean)
    })
}
