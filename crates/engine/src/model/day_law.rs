//! The law of a day's factor given counts of arrivals.
//!
//! The factor is gamma of mean 1, and given it counts are Poisson, or negative binomial where requests come in bursts or batches. Where
//! the law has no name it is kept by its density over a grid of logarithms, whose ends are where the density is below exp(-45) of its
//! greatest, so that sums over the grid are as good as integrals.

use crate::random::{Gamma, KeyedRng};
use poolwise_math::{exp, ln, ln_gamma};
use std::sync::Arc;

/// Logarithm of the part of the greatest density beyond which nothing is kept.
const BEYOND: f64 = 45.0;
/// Points of a grid that is only integrated over, and of one that is drawn from.
const COARSE: usize = 64;
const FINE: usize = 400;
/// How often the ends of a grid are narrowed down.
const PASSES: usize = 5;
/// Quantiles over which the mean of what depends on a law is taken.
const PARTS: usize = 64;

/// A count of arrivals whose mean and variance are these times the factor of the day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CountSoFar {
    pub count: f64,
    pub mean: f64,
    pub variance: f64,
}

impl CountSoFar {
    /// Logarithm of the probability of the count given a factor, up to a constant: Poisson, or the negative binomial of this mean and
    /// variance. That is exact of bursts, and of batches it is the law with the same two moments.
    fn log_likelihood(&self, factor: f64) -> f64 {
        let Self { count, mean, variance } = *self;
        if variance <= mean * (1.0 + 1e-9) {
            let first = if count > 0.0 { count * ln(factor) } else { 0.0 };
            return first - factor * mean;
        }
        let shape = factor * mean * mean / (variance - mean);
        ln_gamma(count + shape) - ln_gamma(shape) + shape * ln(mean / variance)
    }

    /// Whether the count is Poisson given the factor.
    fn is_poisson(&self) -> bool {
        self.variance <= self.mean * (1.0 + 1e-9)
    }
}

/// A law of a positive number, by its density over a grid of the number's logarithm.
#[derive(Debug, PartialEq)]
pub(crate) struct Gridded {
    low: f64,
    step: f64,
    /// Density of the logarithm, up to a factor, and its integral up to each point.
    density: Vec<f64>,
    upto: Vec<f64>,
    /// Logarithm of the integral of the density as it was given.
    log_whole: f64,
}

impl Gridded {
    /// The law with this logarithm of a density of the logarithm, between two ends, over so many points at least.
    fn of(log_density: &dyn Fn(f64) -> f64, mut ends: (f64, f64), points: usize) -> Self {
        for _ in 0..PASSES {
            let step = (ends.1 - ends.0) / (COARSE - 1) as f64;
            let values: Vec<f64> = (0..COARSE).map(|i| log_density(ends.0 + i as f64 * step)).collect();
            let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let kept = |v: &f64| *v > most - BEYOND;
            let first = values.iter().position(kept).unwrap_or(0);
            let last = values.iter().rposition(kept).unwrap_or(COARSE - 1);
            let at = |i: usize| ends.0 + i as f64 * step;
            ends = (at(first.saturating_sub(1)), at((last + 1).min(COARSE - 1)));
        }
        // Of small shapes the logarithm has a long tail.
        let dense = if points < FINE { 4.0 } else { 10.0 };
        let points = points.max((dense * (ends.1 - ends.0)) as usize);
        let step = (ends.1 - ends.0) / (points - 1) as f64;
        let values: Vec<f64> = (0..points).map(|i| log_density(ends.0 + i as f64 * step)).collect();
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let density: Vec<f64> = values.iter().map(|v| exp(v - most)).collect();
        let mut upto = vec![0.0];
        let mut sum = 0.0;
        for pair in density.windows(2) {
            sum += 0.5 * step * (pair[0] + pair[1]);
            upto.push(sum);
        }
        Self { low: ends.0, step, density, upto, log_whole: most + ln(sum) }
    }

    /// The number below which a share of the law lies.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let whole = self.upto[self.upto.len() - 1];
        let wanted = share * whole;
        let cell = self.upto.partition_point(|sum| *sum <= wanted).clamp(1, self.upto.len() - 1) - 1;
        // The density is a straight line within the cell.
        let (from, to) = (self.density[cell], self.density[cell + 1]);
        let left = (wanted - self.upto[cell]).max(0.0);
        let root = (from * from + 2.0 * left * (to - from) / self.step).max(0.0).sqrt();
        let into = if from + root > 0.0 { 2.0 * left / (from + root) } else { 0.0 };
        exp(self.low + cell as f64 * self.step + into.min(self.step))
    }

    fn mean(&self) -> f64 {
        let weighed = self.density.iter().enumerate().map(|(i, p)| p * exp(self.low + i as f64 * self.step));
        weighed.sum::<f64>() / self.density.iter().sum::<f64>()
    }
}

/// Logarithm of the density of the logarithm of a gamma of scale 1.
fn log_gamma_density(shape: f64, x: f64) -> f64 {
    shape * x - exp(x) - ln_gamma(shape)
}

/// Between which logarithms a gamma of this shape and scale 1 may lie when counts are known that ask for `most` of it.
fn ends(shape: f64, most: f64) -> (f64, f64) {
    (-2.0 * BEYOND / shape.min(1.0) - 5.0, ln(4.0 * (shape + most) + 200.0))
}

/// A part of the day's factor that is an area's own, where areas share the other part.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OwnPart {
    /// Shape of the part before anything was counted, and of the whole.
    shape: f64,
    whole: f64,
    counts: Vec<CountSoFar>,
}

impl OwnPart {
    fn most(&self) -> f64 {
        let sum = |of: fn(&CountSoFar) -> f64| self.counts.iter().map(of).sum::<f64>();
        let (count, mean) = (sum(|c| c.count), sum(|c| c.mean));
        if mean > 0.0 { self.whole * count / mean } else { self.whole + count }
    }

    /// The law of the part given what all areas share.
    fn given(&self, shared: f64, points: usize) -> Gridded {
        let log_density = |x: f64| {
            let factor = (shared + exp(x)) / self.whole;
            let counted = self.counts.iter().map(|c| c.log_likelihood(factor)).sum::<f64>();
            log_gamma_density(self.shape, x) + counted
        };
        Gridded::of(&log_density, ends(self.shape, self.most()), points)
    }
}

/// The law of a day's factor given what has come of the day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DayLaw {
    /// Gamma of this shape and rate: counts that are Poisson, of one factor.
    Gamma { shape: f64, rate: f64 },
    /// Of one factor.
    OneFactor(Arc<Gridded>),
    /// Of what all areas share, in units of the shape, and the area's own part.
    Parts { shared: Arc<Gridded>, own: OwnPart, mean: f64 },
}

impl DayLaw {
    /// The law of a factor of this shape given counts that share it.
    pub(crate) fn of_one(shape: f64, counts: &[CountSoFar]) -> Self {
        let sum = |of: fn(&CountSoFar) -> f64| counts.iter().map(of).sum::<f64>();
        if counts.iter().all(CountSoFar::is_poisson) {
            return Self::Gamma { shape: shape + sum(|c| c.count), rate: shape + sum(|c| c.mean) };
        }
        let own = OwnPart { shape, whole: shape, counts: counts.to_vec() };
        let log_density = |x: f64| {
            let counted = counts.iter().map(|c| c.log_likelihood(exp(x))).sum::<f64>();
            log_gamma_density(shape, x + ln(shape)) + counted
        };
        let (low, high) = ends(shape, own.most());
        Self::OneFactor(Arc::new(Gridded::of(&log_density, (low - ln(shape), high - ln(shape)), FINE)))
    }

    /// The laws, area by area, of factors of this shape with a correlation between any two, given the counts of each.
    pub(crate) fn of_areas(shape: f64, correlation: f64, counts: &[Vec<CountSoFar>]) -> Vec<Self> {
        let of_shared = shape * correlation;
        let parts: Vec<OwnPart> = counts
            .iter()
            .map(|counts| OwnPart { shape: shape - of_shared, whole: shape, counts: counts.clone() })
            .collect();
        let log_density = |x: f64| {
            let counted = parts.iter().filter(|part| !part.counts.is_empty());
            log_gamma_density(of_shared, x)
                + counted.map(|part| part.given(exp(x), COARSE).log_whole).sum::<f64>()
        };
        let most = parts.iter().map(OwnPart::most).fold(0.0, f64::max);
        let shared = Arc::new(Gridded::of(&log_density, ends(of_shared, most), FINE));
        let quantiles: Vec<f64> =
            (0..PARTS).map(|i| shared.quantile((i as f64 + 0.5) / PARTS as f64)).collect();
        let law = |own: OwnPart| {
            let sum: f64 = quantiles.iter().map(|g| g + own.given(*g, COARSE).mean()).sum();
            Self::Parts { shared: Arc::clone(&shared), own, mean: sum / PARTS as f64 / shape }
        };
        parts.into_iter().map(law).collect()
    }

    /// Mean of the factor.
    pub(crate) fn mean(&self) -> f64 {
        match self {
            Self::Gamma { shape, rate } => shape / rate,
            Self::OneFactor(law) => law.mean(),
            Self::Parts { mean, .. } => *mean,
        }
    }

    /// A factor and, in units of the shape, what all areas share of it where it has parts.
    pub(crate) fn draw(&self, shared_draws: &mut KeyedRng, own_draws: &mut KeyedRng) -> (f64, Option<f64>) {
        match self {
            Self::Gamma { shape, rate } => {
                (Gamma::new(*shape, 1.0 / rate).map_or(1.0, |g| g.sample(own_draws)), None)
            }
            Self::OneFactor(law) => (law.quantile(own_draws.uniform()), None),
            Self::Parts { shared, own, .. } => {
                let of_all = shared.quantile(shared_draws.uniform());
                let of_area = own.given(of_all, FINE).quantile(own_draws.uniform());
                ((of_all + of_area) / own.whole, Some(of_all))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, right: f64, within: f64) {
        assert!((found / right - 1.0).abs() < within, "{found} for {right}");
    }

    fn poisson(count: f64, mean: f64) -> CountSoFar {
        CountSoFar { count, mean, variance: mean }
    }

    /// Where the law has a name the grid says the same: mean, quantiles, integral.
    #[test]
    fn a_gamma_law_on_a_grid_is_itself() {
        for shape in [0.25, 1.0, 25.0, 40_000.0] {
            let law = Gridded::of(&|x| log_gamma_density(shape, x), ends(shape, 0.0), FINE);
            assert!(law.log_whole.abs() < 1e-6, "{shape}: {}", law.log_whole);
            close(law.mean(), shape, 1e-5);
            for share in [0.01, 0.5, 0.99] {
                let at = poolwise_math::gamma_lower(shape, law.quantile(share));
                assert!((at - share).abs() < 1e-3, "{shape} {share}: {at}");
            }
        }
    }

    /// Two areas of which one was counted: by a plain sum over shared and own parts. And with all of it shared, or nearly, it is
    /// the law of one factor.
    #[test]
    fn areas_that_hang_together_tell_of_each_other() {
        let (shape, correlation) = (16.0, 0.4);
        let counts = [vec![poisson(130.0, 100.0)], Vec::new()];
        let laws = DayLaw::of_areas(shape, correlation, &counts);
        let (mut whole, mut sums) = (0.0, [0.0; 2]);
        for i in 0..800 {
            let shared = 0.03 * (f64::from(i) + 0.5);
            for j in 0..800 {
                let own = 0.04 * (f64::from(j) + 0.5);
                let factor = (shared + own) / shape;
                let log = log_gamma_density(shape * correlation, ln(shared)) - ln(shared)
                    + log_gamma_density(shape * (1.0 - correlation), ln(own))
                    - ln(own)
                    + counts[0][0].log_likelihood(factor)
                    - counts[0][0].log_likelihood(1.3);
                let weight = exp(log);
                whole += weight;
                sums[0] += weight * factor;
                sums[1] += weight * (shared / shape + 1.0 - correlation);
            }
        }
        close(laws[0].mean(), sums[0] / whole, 2e-4);
        close(laws[1].mean(), sums[1] / whole, 2e-4);
        let near = DayLaw::of_areas(shape, 0.9999, &[vec![poisson(130.0, 100.0)]]);
        close(near[0].mean(), (shape + 130.0) / (shape + 100.0), 1e-4);
    }

    /// Counts that vary more say less: with any dispersion the mean lies between 1 and what a Poisson count says, and of bursts it
    /// is that of Bayes' rule, summed.
    #[test]
    fn counts_that_vary_more_say_less() {
        let shape = 25.0;
        let of = |variance: f64| {
            DayLaw::of_one(shape, &[CountSoFar { count: 150.0, mean: 100.0, variance }]).mean()
        };
        close(of(100.0), 175.0 / 125.0, 1e-12);
        let found = of(300.0);
        let (mut whole, mut sum) = (0.0, 0.0);
        for i in 1..4_000 {
            let factor = f64::from(i) / 1_000.0;
            // Negative binomial of 150 with shape 50 a unit of the factor and success probability 1/3.
            let r = 50.0 * factor;
            let log =
                ln_gamma(150.0 + r) - ln_gamma(r) - r * ln(3.0) + (shape - 1.0) * ln(factor) - shape * factor;
            let weight = exp(log - 600.0);
            whole += weight;
            sum += weight * factor;
        }
        close(found, sum / whole, 1e-4);
        assert!(found > 1.0 && found < of(200.0) && of(200.0) < of(100.0));
    }
}
