//! The closed set of distributions that times are drawn from, each with its mathematics: draws, mean, variance,
//! distribution function, limited mean, words.
//!
//! Everything is in seconds. Parameters are validated where scenarios are read; a sampler never
//! fails and never returns a negative time.

use super::unit;
use super::variates::{self, Gamma};
use poolwise_math::{exp, exp_m1, gamma_lower, ln, ln_1p, normal_cdf, powf, powi};
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
        /// Shape, above zero.
        shape: f64,
        /// Scale, seconds.
        scale: f64,
        /// The prepared generator (Marsaglia and Tsang 2000).
        draw: Gamma,
    },
    /// scale * E^(1/shape), E standard exponential.
    Weibull {
        /// Shape, above zero.
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

    /// Probability of at most `x` seconds.
    pub fn cdf(&self, x: f64) -> f64 {
        if x < 0.0 {
            return 0.0;
        }
        if let Some(c) = self.degenerate() {
            return f64::from(u8::from(c <= x));
        }
        match self {
            Self::Constant(c) => f64::from(u8::from(*c <= x)),
            Self::Exponential(mean) => -exp_m1(-x / mean),
            Self::LogNormal { .. } if x == 0.0 => 0.0,
            Self::LogNormal { mu, sigma } => normal_cdf((ln(x) - mu) / sigma),
            Self::Gamma { shape, scale, .. } => gamma_share(*shape, x / scale),
            Self::Weibull { shape, scale } => -exp_m1(-powf(x / scale, *shape)),
            Self::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
            Self::Triangular { low: a, mode: c, high: b, .. } => {
                if x <= *a {
                    0.0
                } else if x <= *c {
                    powi(x - a, 2) / ((b - a) * (c - a))
                } else if x < *b {
                    1.0 - powi(b - x, 2) / ((b - a) * (b - c))
                } else {
                    1.0
                }
            }
            Self::HyperExponential(phases) => {
                weights(phases).map(|(p, m)| p * Self::Exponential(m).cdf(x)).sum()
            }
            Self::Empirical(values) => {
                values.iter().filter(|v| **v <= x).count() as f64 / values.len().max(1) as f64
            }
        }
    }

    /// `E[min(S, x)]`, in seconds: the part of a time that lies within its first `x` seconds.
    pub fn limited_mean(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        match self {
            Self::Constant(s) => s.min(x),
            Self::Exponential(mean) => exponential_part(*mean, x),
            Self::LogNormal { mu, sigma } => {
                let z = (ln(x) - mu) / sigma;
                self.mean() * normal_cdf(z - sigma) + x * normal_cdf(-z)
            }
            Self::Gamma { shape, scale, .. } => {
                let y = x / scale;
                shape * scale * gamma_share(shape + 1.0, y) + x * (1.0 - gamma_share(*shape, y))
            }
            Self::Weibull { shape, scale } => {
                scale
                    * poolwise_math::gamma(1.0 + 1.0 / shape)
                    * gamma_share(1.0 / shape, powf(x / scale, *shape))
            }
            Self::Uniform { low, high } => {
                if x <= *low {
                    x
                } else if x >= *high {
                    f64::midpoint(*low, *high)
                } else {
                    f64::midpoint(*low, *high) - (high - x) * (high - x) / (2.0 * (high - low))
                }
            }
            Self::Triangular { low, mode, high, .. } => {
                if x <= *low {
                    x
                } else if x < *mode {
                    x - powi(x - low, 3) / (3.0 * (high - low) * (mode - low))
                } else if x < *high {
                    self.mean() - powi(high - x, 3) / (3.0 * (high - low) * (high - mode))
                } else {
                    self.mean()
                }
            }
            Self::HyperExponential(phases) => {
                let mut before = 0.0;
                let mut sum = 0.0;
                for &(cumulative, mean) in phases.iter() {
                    sum += (cumulative - before) * exponential_part(mean, x);
                    before = cumulative;
                }
                sum
            }
            Self::Empirical(values) => values.iter().map(|v| v.min(x)).sum::<f64>() / values.len() as f64,
        }
    }

    /// `E[max(0, x - S)]`, in seconds, for `x` of at least 0: `x` less [`Self::limited_mean`], without the digits that
    /// the difference would lose.
    pub fn shortfall(&self, x: f64) -> f64 {
        if let Some(c) = self.degenerate() {
            return (x - c).max(0.0);
        }
        let value = match self {
            Self::Constant(c) => x - c,
            Self::Exponential(mean) => x + mean * exp_m1(-x / mean),
            Self::LogNormal { mu, sigma } => {
                let z = (ln(x) - mu) / sigma;
                x * normal_cdf(z) - self.mean() * normal_cdf(z - sigma)
            }
            Self::Gamma { shape, scale, .. } => {
                let y = x / scale;
                x * gamma_share(*shape, y) - shape * scale * gamma_share(shape + 1.0, y)
            }
            Self::Weibull { shape, scale } => {
                let (y, a) = (powf(x / scale, *shape), 1.0 + 1.0 / shape);
                x * -exp_m1(-y) - scale * poolwise_math::gamma(a) * gamma_share(a, y)
            }
            Self::Uniform { low, high } if x < *high => powi((x - low).max(0.0), 2) / (2.0 * (high - low)),
            Self::Triangular { low: a, mode: c, high: b, .. } => {
                if x <= *a {
                    0.0
                } else if x <= *c {
                    powi(x - a, 3) / (3.0 * (b - a) * (c - a))
                } else if x < *b {
                    x - self.mean() + powi(b - x, 3) / (3.0 * (b - a) * (b - c))
                } else {
                    x - self.mean()
                }
            }
            Self::Uniform { .. } => x - self.mean(),
            Self::HyperExponential(phases) => {
                weights(phases).map(|(p, m)| p * Self::Exponential(m).shortfall(x)).sum()
            }
            Self::Empirical(values) => {
                values.iter().map(|v| (x - v).max(0.0)).sum::<f64>() / values.len().max(1) as f64
            }
        };
        value.max(0.0)
    }

    /// A distribution without spread, as the constant it is. A gamma of shape above a million has a
    /// coefficient of variation below a thousandth.
    fn degenerate(&self) -> Option<f64> {
        match self {
            Self::LogNormal { sigma, .. } if *sigma <= 0.0 => Some(self.mean()),
            Self::Gamma { shape, .. } if *shape > 1e6 => Some(self.mean()),
            Self::Uniform { low, high } if high <= low => Some(*low),
            Self::Exponential(mean) if *mean <= 0.0 => Some(0.0),
            Self::Constant(c) => Some(*c),
            _ => None,
        }
    }

    /// What is wrong with its parameters, if anything is: a draw must be a time, finite in the mean and never negative.
    pub fn fault(&self) -> Option<&'static str> {
        let time = |x: &f64| x.is_finite() && *x >= 0.0;
        let (fits, why) = match self {
            Self::Constant(x) => (time(x), "a constant time must be finite and not negative"),
            Self::Exponential(mean) => (time(mean), "an exponential's mean must be finite and not negative"),
            Self::LogNormal { mu, sigma } => (
                mu.is_finite() && time(sigma),
                "a lognormal needs a finite mu and a sigma that is not negative",
            ),
            Self::Gamma { shape, scale, .. } | Self::Weibull { shape, scale } => {
                let fits = time(shape) && *shape > 0.0 && time(scale);
                (fits, "shape and scale must be finite, the shape above zero")
            }
            Self::Uniform { low, high } => {
                (time(low) && time(high) && low <= high, "a uniform's ends must ascend from zero or more")
            }
            Self::Triangular { low, mode, high } => {
                let fits = [low, mode, high].into_iter().all(time) && low <= mode && mode <= high;
                (fits, "a triangular's low, mode and high must ascend from zero or more")
            }
            Self::HyperExponential(phases) => {
                let rising = phases.windows(2).all(|w| w[0].0 <= w[1].0);
                let whole = phases.last().is_some_and(|last| last.0 == 1.0);
                let fits = rising && whole && phases.iter().all(|(p, mean)| *p >= 0.0 && time(mean));
                (
                    fits,
                    "a mixture needs cumulative probabilities that end at 1, and means that are not negative",
                )
            }
            Self::Empirical(values) => {
                let fits = !values.is_empty() && values.iter().all(time);
                (fits, "a time drawn from observed values needs some, none of them negative")
            }
        };
        let mean = || self.mean().is_finite();
        if !fits { Some(why) } else { (!mean()).then_some("its mean must be finite") }
    }

    /// The distribution in words: its name and what it is known by. `time` writes seconds, `number` a pure number.
    pub fn describe(&self, time: &dyn Fn(f64) -> String, number: &dyn Fn(f64) -> String) -> String {
        let mean_cv = || format!("mean {}, CV {}", time(self.mean()), number(self.cv()));
        match self {
            Self::Constant(x) => time(*x),
            Self::Exponential(mean) => format!("exponential, mean {}", time(*mean)),
            Self::LogNormal { .. } => format!("lognormal, {}", mean_cv()),
            Self::Gamma { .. } => format!("gamma, {}", mean_cv()),
            Self::Weibull { .. } => format!("Weibull, {}", mean_cv()),
            Self::Uniform { low, high } => format!("uniform, {} to {}", time(*low), time(*high)),
            Self::Triangular { low, mode, high } => {
                format!("triangular, {} to {} with mode {}", time(*low), time(*high), time(*mode))
            }
            Self::HyperExponential(_) => format!("hyperexponential, {}", mean_cv()),
            Self::Empirical(values) => format!("{} observed values, {}", values.len(), mean_cv()),
        }
    }

    /// The distribution of `by` times a duration, for `by` above zero: patience that is longer, work that is slower.
    #[must_use]
    pub fn scaled(&self, by: f64) -> Self {
        match self {
            Self::Constant(x) => Self::Constant(x * by),
            Self::Exponential(mean) => Self::Exponential(mean * by),
            Self::LogNormal { mu, sigma } => Self::LogNormal { mu: mu + ln(by), sigma: *sigma },
            // The generator draws what the shape and the new scale say; where they say nothing, it stays as it was.
            Self::Gamma { shape, scale, .. } => {
                Self::gamma(*shape, scale * by).unwrap_or_else(|| self.clone())
            }
            Self::Weibull { shape, scale } => Self::Weibull { shape: *shape, scale: scale * by },
            Self::Uniform { low, high } => Self::Uniform { low: low * by, high: high * by },
            Self::Triangular { low, mode, high } => {
                Self::Triangular { low: low * by, mode: mode * by, high: high * by }
            }
            Self::HyperExponential(phases) => {
                Self::HyperExponential(phases.iter().map(|(p, m)| (*p, m * by)).collect())
            }
            Self::Empirical(values) => Self::Empirical(values.iter().map(|x| x * by).collect()),
        }
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

/// `E[min(S, x)]` of an exponential time.
fn exponential_part(mean: f64, x: f64) -> f64 {
    if mean == 0.0 { 0.0 } else { -mean * exp_m1(-x / mean) }
}

/// Regularised lower incomplete gamma function P(a, x), with its limits where it has no argument.
fn gamma_share(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        0.0
    } else if x > 1e6 * (1.0 + a) {
        1.0
    } else {
        gamma_lower(a, x)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Two formulas of different shape for the same integral, and the integral of the distribution function.
    #[test]
    fn what_is_reached_and_what_is_short_make_the_whole() {
        let all = [
            Sampler::Constant(50.0),
            Sampler::Exponential(60.0),
            Sampler::log_normal(60.0, 0.7),
            Sampler::gamma(2.5, 30.0).expect("valid"),
            Sampler::Weibull { shape: 1.4, scale: 70.0 },
            Sampler::Uniform { low: 10.0, high: 90.0 },
            Sampler::Triangular { low: 10.0, mode: 30.0, high: 100.0 },
            Sampler::hyper_exponential(&[(0.3, 10.0), (0.7, 90.0)]),
            Sampler::Empirical(vec![5.0, 50.0, 80.0].into()),
        ];
        for s in &all {
            for x in [1.0, 20.0, 55.0, 200.0] {
                assert!((s.limited_mean(x) + s.shortfall(x) - x).abs() < 1e-9 * x, "{s:?} at {x}");
                let n = 100_000;
                let area: f64 = (0..n).map(|k| s.cdf((f64::from(k) + 0.5) * x / f64::from(n))).sum();
                assert!((area * x / f64::from(n) - s.shortfall(x)).abs() < 1e-3, "{s:?} at {x}");
                assert!((s.scaled(1.6).cdf(1.6 * x) - s.cdf(x)).abs() < 1e-12, "{s:?} at {x}");
            }
            assert!((s.scaled(1.6).mean() - 1.6 * s.mean()).abs() < 1e-9 * s.mean(), "{s:?}");
        }
    }
}
