//! Two sources of spread in one set of numbers: inputs drawn in an outer loop, replications in an inner one.
//!
//! A one-way layout with random effects (Searle, Casella and McCulloch 1992, chapter 3): value = mean +
//! effect of the draw + chance of the replication, all independent. Replications of different draws must
//! not share their draws: what they share would be missing from the spread between draws.

use super::Estimate;
use super::estimate::moments;
use super::student::t_quantile;
use poolwise_math::{fisher_quantile, powi};
use serde::Serialize;

/// The parts of a spread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Nested {
    /// Mean over draws. The interval is what is left of chance: that of the mean for these very draws, were
    /// each replicated for ever (Student's t, degrees of freedom: replications less draws).
    pub mean: Estimate,
    /// Lower end of the input interval: see [`nested`].
    pub input_lower: f64,
    /// Upper end of the interval for the share of variance that inputs bring.
    pub input_upper: f64,
    /// Variance between draws, due to inputs: (mean square between - mean square within) / replications
    /// a draw, unbiased; zero where that is negative.
    pub input_variance: f64,
    /// Variance of one replication within a draw, due to chance: mean square within.
    pub chance_variance: f64,
    /// Share of inputs in the variance of one replication with inputs drawn, with an interval from the F
    /// distribution of the mean squares (exact for normal values and equal numbers of replications).
    pub input_share: Share,
    /// Draws with at least one defined value.
    pub draws: u32,
}

/// A share with an interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// The estimate over all draws.
    pub estimate: f64,
    /// Lower end of the mean's interval.
    pub lower: f64,
    /// Upper end of the mean's interval.
    pub upper: f64,
}

/// Takes a spread apart. `values` has one list of replications for each draw; values that are not finite
/// are left out, and so are draws without any.
///
/// The input interval holds the middle `coverage` of the draws. Means of few replications spread more than
/// the draws' true values; so they are first drawn together around their mean until their variance is the
/// input variance (the constrained estimate of Ghosh 1992).
pub fn nested(values: &[Vec<f64>], confidence: f64, coverage: f64) -> Nested {
    let groups: Vec<Vec<f64>> = finite(values);
    let d = groups.len() as f64;
    let means: Vec<f64> = groups.iter().map(|g| moments(g).0).collect();
    let (mean, _) = moments(&means);
    let all: f64 = groups.iter().map(|g| g.len() as f64).sum();
    let freedom = all - d;
    let squares = |g: &Vec<f64>| {
        let (m, _) = moments(g);
        g.iter().map(|x| powi(x - m, 2)).sum::<f64>()
    };
    let within = groups.iter().map(squares).sum::<f64>() / freedom;
    // The grand mean of all values; equal to the mean of means for equal numbers.
    let grand = groups.iter().flatten().sum::<f64>() / all;
    let between: f64 =
        groups.iter().zip(&means).map(|(g, m)| g.len() as f64 * powi(m - grand, 2)).sum::<f64>() / (d - 1.0);
    let effective = (all - groups.iter().map(|g| powi(g.len() as f64, 2)).sum::<f64>() / all) / (d - 1.0);
    // Rounding errors of a constant are no spread.
    let nothing = powi(1e-12 * grand, 2);
    let between = if between <= nothing { 0.0 } else { between };
    let input = ((between - within) / effective).max(0.0);
    let error = within * groups.iter().map(|g| 1.0 / g.len() as f64).sum::<f64>() / (d * d);
    let half = if freedom > 0.0 {
        t_quantile(f64::midpoint(1.0, confidence), freedom) * error.sqrt()
    } else {
        f64::NAN
    };
    let mut drawn = drawn_together(&means, mean, input);
    drawn.sort_by(f64::total_cmp);
    Nested {
        mean: Estimate { estimate: mean, lower: mean - half, upper: mean + half, replications: all as u32 },
        input_lower: quantile(&drawn, (1.0 - coverage) / 2.0),
        input_upper: quantile(&drawn, f64::midpoint(1.0, coverage)),
        input_variance: input,
        chance_variance: within,
        input_share: share(between, within, effective, d - 1.0, freedom, confidence),
        draws: d as u32,
    }
}

/// Values of the draws with chance taken out as far as that can be done: means whose variance is the
/// input variance. Draws without a defined value are left out.
pub fn settled(values: &[Vec<f64>]) -> Vec<f64> {
    let groups = finite(values);
    let means: Vec<f64> = groups.iter().map(|g| moments(g).0).collect();
    drawn_together(&means, moments(&means).0, nested(values, 0.95, 0.9).input_variance)
}

fn finite(values: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let keep = |g: &Vec<f64>| g.iter().copied().filter(|x| x.is_finite()).collect::<Vec<f64>>();
    values.iter().map(keep).filter(|g| !g.is_empty()).collect()
}

fn drawn_together(means: &[f64], mean: f64, input: f64) -> Vec<f64> {
    let (_, spread) = moments(means);
    let factor = if spread > 0.0 { (input / spread).sqrt().min(1.0) } else { 1.0 };
    means.iter().map(|m| mean + factor * (m - mean)).collect()
}

/// Share of inputs and its interval (Searle, Casella and McCulloch 1992, section 3.6d).
fn share(between: f64, within: f64, n: f64, df1: f64, df2: f64, confidence: f64) -> Share {
    let unknown = Share { estimate: f64::NAN, lower: f64::NAN, upper: f64::NAN };
    if !(between.is_finite() && within.is_finite()) || between + within <= 0.0 {
        return unknown;
    }
    if within <= 0.0 {
        // No chance at all: everything is the inputs'.
        return Share { estimate: 1.0, lower: 1.0, upper: 1.0 };
    }
    let of = |ratio: f64| {
        let effect = ((ratio - 1.0) / n).max(0.0);
        effect / (1.0 + effect)
    };
    let f = between / within;
    let tail = (1.0 - confidence) / 2.0;
    Share {
        estimate: of(f),
        lower: of(f / fisher_quantile(1.0 - tail, df1, df2)),
        upper: of(f / fisher_quantile(tail, df1, df2)),
    }
}

/// Quantile of sorted values, nearly free of bias whatever the distribution: definition 8 of Hyndman and
/// Fan (1996). NaN when empty.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let n = sorted.len();
    if n == 0 {
        return f64::NAN;
    }
    let at = (p * (n as f64 + 1.0 / 3.0) + 1.0 / 3.0).clamp(1.0, n as f64);
    let below = at.floor() as usize;
    let above = (below + 1).min(n);
    sorted[below - 1] + (at - at.floor()) * (sorted[above - 1] - sorted[below - 1])
}

/// Spearman's rank correlation; ties share their mean rank. NaN for fewer than three pairs or without any
/// spread.
///
/// # Panics
/// If the slices differ in length.
pub fn rank_correlation(x: &[f64], y: &[f64]) -> f64 {
    assert_eq!(x.len(), y.len(), "one value for each");
    if x.len() < 3 {
        return f64::NAN;
    }
    let (a, b) = (ranks(x), ranks(y));
    let middle = (x.len() as f64 + 1.0) / 2.0;
    let product: f64 = a.iter().zip(&b).map(|(p, q)| (p - middle) * (q - middle)).sum();
    let size = |r: &[f64]| r.iter().map(|p| powi(p - middle, 2)).sum::<f64>();
    let scale = (size(&a) * size(&b)).sqrt();
    if scale > 0.0 { product / scale } else { f64::NAN }
}

fn ranks(x: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&i, &j| x[i].total_cmp(&x[j]));
    let mut out = vec![0.0; x.len()];
    let mut from = 0;
    while from < order.len() {
        let to = (from..order.len()).find(|&i| x[order[i]] != x[order[from]]).unwrap_or(order.len());
        // Ranks from + 1 to `to`.
        let shared = (from + 1 + to) as f64 / 2.0;
        for &i in &order[from..to] {
            out[i] = shared;
        }
        from = to;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::normal_quantile;

    #[test]
    fn the_parts_by_hand() {
        // Means 2, 6, 10; mean square between 2 x 16 = 32, within 2; inputs (32 - 2) / 2.
        let n = nested(&[vec![1.0, 3.0], vec![5.0, 7.0], vec![9.0, 11.0]], 0.95, 0.9);
        assert_eq!((n.mean.estimate, n.draws, n.mean.replications), (6.0, 3, 6));
        assert!((n.input_variance - 15.0).abs() < 1e-12 && (n.chance_variance - 2.0).abs() < 1e-12);
        assert!((n.input_share.estimate - 15.0 / 17.0).abs() < 1e-12);
        // Half width t(3) sqrt(2 / 6).
        assert!((n.mean.half_width() - 3.182_446_305 * (1.0_f64 / 3.0).sqrt()).abs() < 1e-8);
        // F = 16, F quantiles 0.975 of (2, 3) and of (3, 2): 16.044 and 39.165.
        let of = |r: f64| ((r - 1.0) / 2.0).max(0.0) / (1.0 + ((r - 1.0) / 2.0).max(0.0));
        assert!(n.input_share.lower.abs() < 1e-9);
        assert!((n.input_share.upper - of(16.0 * 39.165_495)).abs() < 1e-5, "{:?}", n.input_share);
        // Means 2, 6, 10 drawn together from variance 16 to 15: 6 -+ 4 sqrt(15/16).
        assert!((n.input_lower - (6.0 - 4.0 * (15.0_f64 / 16.0).sqrt())).abs() < 1e-12);
    }

    #[test]
    fn chance_alone_is_not_taken_for_inputs_and_known_values_have_no_chance() {
        let n = nested(&[vec![1.0, 9.0], vec![2.0, 8.0], vec![0.0, 10.0]], 0.95, 0.9);
        assert_eq!((n.input_variance, n.input_share.estimate), (0.0, 0.0));
        assert_eq!((n.input_lower, n.input_upper), (5.0, 5.0));
        let n = nested(&[vec![1.0, 1.0], vec![2.0, 2.0], vec![3.0, 3.0]], 0.95, 0.9);
        assert_eq!((n.input_variance, n.input_share.estimate), (1.0, 1.0));
        assert!(nested(&[vec![4.0, 4.0], vec![4.0, 4.0]], 0.95, 0.9).input_share.estimate.is_nan());
    }

    #[test]
    fn undefined_values_are_left_out_and_draws_may_be_uneven() {
        let n = nested(&[vec![1.0, 3.0], vec![f64::NAN, f64::NAN], vec![5.0, f64::NAN]], 0.95, 0.9);
        assert_eq!((n.draws, n.mean.replications), (2, 3));
        // Within 2; between 2 (2 - 3)^2 + (5 - 3)^2 = 6; effective number (3 - 5/3) / 1 = 4/3.
        assert!((n.input_variance - 4.0 / (4.0 / 3.0)).abs() < 1e-12, "{}", n.input_variance);
        assert!(nested(&[], 0.95, 0.9).mean.estimate.is_nan());
    }

    #[test]
    fn variances_are_unbiased() {
        // 400 layouts of 20 draws x 2 with variances 4 (inputs) and 9 (chance): standard error of the mean
        // of the input variance about 0.17; the limit of 0.6 is passed by chance once in 2,000 times.
        let normal = |k: u64| normal_quantile(unit(k));
        let (mut input, mut chance, mut inside) = (0.0, 0.0, 0);
        let runs = 400;
        for r in 0..runs {
            let values: Vec<Vec<f64>> = (0..20)
                .map(|d| {
                    let effect = 2.0 * normal(r * 1000 + d);
                    (0..2).map(|k| effect + 3.0 * normal(r * 1000 + 100 + d * 2 + k)).collect()
                })
                .collect();
            let n = nested(&values, 0.95, 0.9);
            // Unclipped: the clipped one is biased upwards.
            let means: Vec<f64> = values.iter().map(|g| moments(g).0).collect();
            input += moments(&means).1 - n.chance_variance / 2.0;
            chance += n.chance_variance;
            inside += usize::from(n.input_share.lower <= 4.0 / 13.0 && 4.0 / 13.0 <= n.input_share.upper);
        }
        let runs = runs as f64;
        assert!((input / runs - 4.0).abs() < 0.6, "{}", input / runs);
        assert!((chance / runs - 9.0).abs() < 0.45, "{}", chance / runs);
        // 95 % of 400 with four standard errors.
        assert!((363..=397).contains(&inside), "{inside}");
    }

    /// A uniform number by a finaliser with good avalanche (Steele, Lea and Flood 2014).
    fn unit(k: u64) -> f64 {
        let mut z = k.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0) + 1e-17
    }

    #[test]
    fn quantiles_and_ranks() {
        let x: Vec<f64> = (1..=9).map(f64::from).collect();
        assert_eq!(quantile(&x, 0.5), 5.0);
        assert_eq!((quantile(&x, 0.0), quantile(&x, 1.0)), (1.0, 9.0));
        // Definition 8: position 0.25 (9 + 1/3) + 1/3 = 2 2/3.
        assert!((quantile(&x, 0.25) - (2.0 + 2.0 / 3.0)).abs() < 1e-12);
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
        assert!((rank_correlation(&[1.0, 2.0, 3.0], &[1.0, 8.0, 27.0]) - 1.0).abs() < 1e-12);
        assert!((rank_correlation(&[1.0, 2.0, 3.0], &[5.0, 4.0, 3.0]) + 1.0).abs() < 1e-12);
        assert!(rank_correlation(&[1.0, 1.0, 1.0], &[5.0, 4.0, 3.0]).is_nan());
    }
}
