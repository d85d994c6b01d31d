//! What is left of a time of which some has passed: draws of S given that S is longer than `a`.

use super::unit;
use super::variates::{exponential, normal};
use super::{Sampler, variates};
use poolwise_math::{exp, ln, powf};
use rand::rand_core::Rng;

impl Sampler {
    /// Draws a duration given that it is longer than `a` seconds, exactly. Of a law that has nothing beyond `a` the duration is
    /// `a`: what has lasted for so long ends now.
    ///
    /// Exponential times forget what has passed; those of a hyperexponential law are of a phase that is drawn by how likely it has
    /// lasted so long. Lognormal tails are drawn by rejection (Robert 1995, "Simulation of truncated normal variables"), gamma tails
    /// by rejection from the exponential that touches the density at `a`, the others by inversion.
    pub(crate) fn sample_beyond<R: Rng>(&self, a: f64, rng: &mut R) -> f64 {
        if a <= 0.0 {
            return self.sample(rng);
        }
        match self {
            Self::Constant(x) => x.max(a),
            Self::Exponential(mean) => a + exponential(rng) * mean,
            Self::LogNormal { mu, sigma } => {
                let from = (ln(a) - mu) / sigma;
                exp(mu + sigma * normal_beyond(from, rng)).max(a)
            }
            Self::Gamma { shape, scale, draw } => {
                if a <= (shape - 1.0) * scale {
                    // More than a third of the law lies beyond its mode.
                    return beyond_by_trying(a, || draw.sample(rng));
                }
                gamma_beyond((*shape, *scale), a, rng)
            }
            Self::Weibull { shape, scale } => {
                scale * powf(powf(a / scale, *shape) + exponential(rng), 1.0 / shape)
            }
            Self::Uniform { low, high } => {
                let from = low.max(a).min(*high);
                (from + (high - from) * unit(rng.next_u64())).max(a)
            }
            Self::Triangular { low, mode, high } => {
                if a <= *mode {
                    // From the falling side, whose share is known, or from the part of the rising one that is left.
                    return beyond_by_trying(a.max(*low), || variates::triangular(rng, (*low, *mode, *high)));
                }
                let left = (high - a).max(0.0);
                high.max(a) - left * unit(rng.next_u64()).sqrt()
            }
            Self::HyperExponential(phases) => {
                let mut before = 0.0;
                let mut odds = Vec::with_capacity(phases.len());
                let least = phases.iter().map(|p| p.1).fold(0.0, f64::max);
                for &(cumulative, mean) in phases.iter() {
                    // Against the longest phase, so that nothing becomes too small to be told from zero.
                    let lasting = if mean > 0.0 { exp(a / least - a / mean) } else { 0.0 };
                    odds.push((cumulative - before) * lasting);
                    before = cumulative;
                }
                let u = unit(rng.next_u64()) * odds.iter().sum::<f64>();
                let mut sum = 0.0;
                let phase = odds.iter().position(|odd| {
                    sum += odd;
                    u < sum
                });
                let mean = phases[phase.unwrap_or(phases.len() - 1)].1;
                a + exponential(rng) * mean
            }
            Self::Empirical(values) => {
                let beyond = values.iter().filter(|x| **x > a).count();
                let i = ((unit(rng.next_u64()) * beyond as f64) as usize).min(beyond.saturating_sub(1));
                values.iter().filter(|x| **x > a).nth(i).copied().unwrap_or(a)
            }
        }
    }
}

/// Draws until one is longer than `a`.
fn beyond_by_trying(a: f64, mut draw: impl FnMut() -> f64) -> f64 {
    // Each try succeeds with a third at least: so many fail only where rounding leaves nothing beyond.
    for _ in 0..4_096 {
        let x = draw();
        if x > a {
            return x;
        }
    }
    a
}

/// A standard normal variate given that it is above `from`.
fn normal_beyond<R: Rng>(from: f64, rng: &mut R) -> f64 {
    if from <= 0.0 {
        return beyond_by_trying(from, || normal(rng));
    }
    let rate = f64::midpoint(from, (from * from + 4.0).sqrt());
    loop {
        let z = from + exponential(rng) / rate;
        // Accepted with probability exp(-(z - rate)^2 / 2).
        if 2.0 * exponential(rng) >= (z - rate) * (z - rate) {
            return z;
        }
    }
}

/// A gamma variate given that it is above `a`, which lies beyond the mode.
fn gamma_beyond<R: Rng>((shape, scale): (f64, f64), a: f64, rng: &mut R) -> f64 {
    // The slope of the logarithm of the density at `a`, of a shape above 1; below 1 the density falls faster than its exponential part.
    let bend = (shape - 1.0).max(0.0) / a;
    let rate = 1.0 / scale - bend;
    loop {
        let x = a + exponential(rng) / rate;
        let accepted = (shape - 1.0) * ln(x / a) - bend * (x - a);
        if -exponential(rng) <= accepted {
            return x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{KeyedRng, Purpose};

    /// Draws beyond `a` have the distribution function (F(x) - F(a)) / (1 - F(a)): Kolmogorov and Smirnov's greatest distance over
    /// 20,000 of them stays below 1.95 / sqrt(n), which chance exceeds once in a thousand.
    #[test]
    fn draws_beyond_an_age_have_the_law_of_what_is_left() {
        let gamma = |shape, scale| Sampler::gamma(shape, scale).expect("valid");
        let all = [
            (Sampler::Exponential(60.0), [10.0, 300.0]),
            (Sampler::log_normal(60.0, 0.7), [20.0, 400.0]),
            (gamma(2.5, 30.0), [20.0, 300.0]),
            (gamma(0.5, 60.0), [5.0, 300.0]),
            (gamma(1.0, 60.0), [5.0, 300.0]),
            (Sampler::Weibull { shape: 1.4, scale: 70.0 }, [30.0, 200.0]),
            (Sampler::Uniform { low: 10.0, high: 90.0 }, [5.0, 60.0]),
            (Sampler::Triangular { low: 10.0, mode: 30.0, high: 100.0 }, [20.0, 80.0]),
            (Sampler::hyper_exponential(&[(0.3, 10.0), (0.7, 90.0)]), [15.0, 200.0]),
        ];
        let n = 20_000;
        for (law, ages) in &all {
            for a in ages {
                let mut rng = KeyedRng::new(7, 1, 0, Purpose::Time);
                let mut drawn: Vec<f64> = (0..n).map(|_| law.sample_beyond(*a, &mut rng)).collect();
                drawn.sort_by(f64::total_cmp);
                let (base, whole) = (law.cdf(*a), 1.0 - law.cdf(*a));
                let mut worst = 0.0_f64;
                for (i, x) in drawn.iter().enumerate() {
                    assert!(x >= a, "{law:?} beyond {a}: {x}");
                    let f = (law.cdf(*x) - base) / whole;
                    worst = worst.max((f - i as f64 / f64::from(n)).abs());
                    worst = worst.max((f - (i + 1) as f64 / f64::from(n)).abs());
                }
                assert!(worst < 1.95 / f64::from(n).sqrt(), "{law:?} beyond {a}: {worst}");
            }
        }
    }

    #[test]
    fn where_nothing_lies_beyond_it_ends_now() {
        let mut rng = KeyedRng::new(7, 1, 0, Purpose::Time);
        let values = Sampler::Empirical(vec![5.0, 50.0, 80.0].into());
        for _ in 0..50 {
            assert!([50.0, 80.0].contains(&values.sample_beyond(10.0, &mut rng)));
            assert_eq!(values.sample_beyond(90.0, &mut rng), 90.0);
            assert_eq!(Sampler::Constant(60.0).sample_beyond(30.0, &mut rng), 60.0);
            assert_eq!(Sampler::Constant(60.0).sample_beyond(70.0, &mut rng), 70.0);
            assert_eq!(Sampler::Uniform { low: 1.0, high: 9.0 }.sample_beyond(10.0, &mut rng), 10.0);
        }
    }
}
