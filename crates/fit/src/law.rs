//! The laws that times may follow, by the parameters that a scenario gives them: mean and coefficient of variation
//! where they have both.

use poolwise_engine::random::Sampler;
use poolwise_math::{exp, gamma as gamma_function, ln, ln_1p, ln_gamma};

/// A kind of law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Without memory.
    Exponential,
    /// The logarithm is normal.
    Lognormal,
    /// The gamma distribution.
    Gamma,
    /// The Weibull distribution.
    Weibull,
    /// The sum of a whole number of exponential phases.
    Erlang,
    /// A mixture of two exponentials.
    Hyperexponential,
    /// Equally likely between two ends.
    Uniform,
    /// Rises to a mode and falls.
    Triangular,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Exponential,
        Self::Lognormal,
        Self::Gamma,
        Self::Weibull,
        Self::Erlang,
        Self::Hyperexponential,
        Self::Uniform,
        Self::Triangular,
    ];

    /// Its name, as scenarios write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exponential => "exponential",
            Self::Lognormal => "lognormal",
            Self::Gamma => "gamma",
            Self::Weibull => "weibull",
            Self::Erlang => "erlang",
            Self::Hyperexponential => "hyperexponential",
            Self::Uniform => "uniform",
            Self::Triangular => "triangular",
        }
    }

    /// How many numbers it has.
    pub fn parameters(self) -> usize {
        match self {
            Self::Exponential => 1,
            Self::Lognormal | Self::Gamma | Self::Weibull | Self::Erlang | Self::Uniform => 2,
            Self::Hyperexponential | Self::Triangular => 3,
        }
    }
}

/// A law with its numbers. Times in any unit, the same throughout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law {
    /// Which family it is of.
    pub family: Family,
    /// Exponential: mean. Lognormal, gamma, Weibull: mean, coefficient of variation. Erlang: phases, mean.
    /// Hyperexponential: probability and mean of the first phase, mean of the second. Uniform: low, high.
    /// Triangular: low, mode, high.
    pub numbers: [f64; 3],
}

/// The Weibull shape with this coefficient of variation, by bisection on its logarithm: 1 + cv^2 =
/// G(1 + 2/k) / G(1 + 1/k)^2 falls as k grows.
pub(crate) fn weibull_shape(cv: f64) -> f64 {
    let target = ln_1p(cv * cv);
    let (mut low, mut high) = (ln(0.05), ln(500.0));
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let k = exp(middle);
        if ln_gamma(1.0 + 2.0 / k) - 2.0 * ln_gamma(1.0 + 1.0 / k) > target {
            low = middle;
        } else {
            high = middle;
        }
    }
    exp(f64::midpoint(low, high))
}

/// The coefficient of variation of a Weibull law of this shape.
pub(crate) fn weibull_cv(k: f64) -> f64 {
    poolwise_math::exp_m1(ln_gamma(1.0 + 2.0 / k) - 2.0 * ln_gamma(1.0 + 1.0 / k)).max(0.0).sqrt()
}

impl Law {
    /// The law as the engine draws from it; `None` where the numbers make no law.
    pub fn sampler(&self) -> Option<Sampler> {
        let [a, b, c] = self.numbers;
        match self.family {
            Family::Exponential => Some(Sampler::Exponential(a)),
            Family::Lognormal => Some(Sampler::log_normal(a, b)),
            Family::Gamma => Sampler::gamma_mean_cv(a, b),
            Family::Weibull => {
                let shape = weibull_shape(b);
                Some(Sampler::Weibull { shape, scale: a / gamma_function(1.0 + 1.0 / shape) })
            }
            Family::Erlang => Sampler::gamma(a, b / a),
            Family::Hyperexponential => Some(Sampler::hyper_exponential(&[(a, b), (1.0 - a, c)])),
            Family::Uniform => Some(Sampler::Uniform { low: a, high: b }),
            Family::Triangular => Sampler::triangular(a, b, c),
        }
    }

    /// Its mean, in seconds.
    pub fn mean(&self) -> f64 {
        let [a, b, c] = self.numbers;
        match self.family {
            Family::Exponential | Family::Lognormal | Family::Gamma | Family::Weibull => a,
            Family::Erlang => b,
            Family::Hyperexponential => a * b + (1.0 - a) * c,
            Family::Uniform => f64::midpoint(a, b),
            Family::Triangular => (a + b + c) / 3.0,
        }
    }

    /// The value that a share of times does not exceed, by bisection.
    pub fn quantile(&self, p: f64) -> f64 {
        let Some(sampler) = self.sampler() else { return f64::NAN };
        quantile(&sampler, p)
    }
}

/// The value that a share of draws does not exceed, by bisection on the distribution function.
pub fn quantile(sampler: &Sampler, p: f64) -> f64 {
    let mut high = sampler.mean().max(1e-300);
    while sampler.cdf(high) < p && high < 1e300 {
        high *= 2.0;
    }
    let mut low = 0.0;
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if sampler.cdf(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Logarithm of the density at `x` above 0.
pub(crate) fn ln_density(law: &Law, x: f64) -> f64 {
    let [a, b, c] = law.numbers;
    let half_ln_two_pi = 0.918_938_533_204_672_7;
    match law.family {
        Family::Exponential => -ln(a) - x / a,
        Family::Lognormal => {
            let s2 = ln_1p(b * b);
            let z = ln(x) - ln(a) + s2 / 2.0;
            -ln(x) - 0.5 * ln(s2) - half_ln_two_pi - z * z / (2.0 * s2)
        }
        Family::Gamma => gamma_density(1.0 / (b * b), a * b * b, x),
        Family::Erlang => gamma_density(a, b / a, x),
        Family::Weibull => {
            let k = weibull_shape(b);
            let scale = a / gamma_function(1.0 + 1.0 / k);
            weibull_density(k, scale, x)
        }
        Family::Hyperexponential => ln(a / b * exp(-x / b) + (1.0 - a) / c * exp(-x / c)),
        Family::Uniform => {
            if (a..=b).contains(&x) {
                -ln(b - a)
            } else {
                f64::NEG_INFINITY
            }
        }
        Family::Triangular => {
            if x < a || x > c {
                f64::NEG_INFINITY
            } else if x <= b && b > a {
                ln(2.0 * (x - a) / ((c - a) * (b - a)))
            } else {
                ln(2.0 * (c - x) / ((c - a) * (c - b)))
            }
        }
    }
}

/// Logarithm of the likelihood of times above 0. What is the same for all of them is worked out once.
pub(crate) fn ln_likelihood(law: &Law, times: &[f64]) -> f64 {
    let [a, b, c] = law.numbers;
    match law.family {
        Family::Hyperexponential => {
            let (first, second) = (a / b, (1.0 - a) / c);
            times.iter().map(|x| ln(first * exp(-x / b) + second * exp(-x / c))).sum()
        }
        _ => times.iter().map(|x| ln_density(law, *x)).sum(),
    }
}

fn gamma_density(shape: f64, scale: f64, x: f64) -> f64 {
    (shape - 1.0) * ln(x) - x / scale - ln_gamma(shape) - shape * ln(scale)
}

/// Logarithm of the Weibull density.
pub(crate) fn weibull_density(k: f64, scale: f64, x: f64) -> f64 {
    let y = ln(x / scale);
    ln(k / scale) + (k - 1.0) * y - exp(k * y)
}
