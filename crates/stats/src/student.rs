//! Quantiles of the normal and of Student's t distribution.

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::erf::erfc_inv;
use std::f64::consts::{PI, SQRT_2};

/// From this many degrees of freedom on, the expansion about the normal quantile is used: its error
/// (below 1e-12 at usual levels) is smaller than that of the incomplete beta function there.
const EXPAND_FROM: f64 = 1_000.0;

/// Below this size the distribution function is summed as a series, above as a continued fraction.
const SERIES_BELOW: f64 = 3.0;

/// Distribution function of the standard normal, to about 1e-13 of itself in either tail: series and
/// continued fraction of Abramowitz and Stegun (1964), 26.2.11 and 26.2.14.
pub fn normal_cdf(x: f64) -> f64 {
    if x.abs() < SERIES_BELOW {
        let (mut term, mut sum, mut odd) = (x, x, 1.0);
        while term.abs() > 1e-17 * sum.abs() {
            odd += 2.0;
            term *= x * x / odd;
            sum += term;
        }
        return 0.5 + normal_density(x) * sum;
    }
    let a = x.abs();
    // From the tail of the fraction; 200 levels suffice from 3 on.
    let fraction = (1..=200).rev().fold(a, |f, k| a + f64::from(k) / f);
    let upper = normal_density(x) / fraction;
    if x < 0.0 { upper } else { 1.0 - upper }
}

/// Density of the standard normal.
pub fn normal_density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// Quantile of the standard normal at probability `p`; NaN unless `0 <= p <= 1`.
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let x = -SQRT_2 * erfc_inv(2.0 * p);
    // A Newton step takes the rational approximation to full precision; it is left out far in the
    // tails, where the density underflows.
    let density = normal_density(x);
    if density > 1e-300 { x - (normal_cdf(x) - p) / density } else { x }
}

/// Quantile of Student's t with `df` degrees of freedom at probability `p`. NaN unless `df > 0` and
/// `0 <= p <= 1`.
///
/// Above 1,000 degrees of freedom: the expansion of Abramowitz and Stegun (1964), 26.7.5.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if !(df > 0.0 && (0.0..=1.0).contains(&p)) {
        return f64::NAN;
    }
    let z = normal_quantile(p);
    if df < EXPAND_FROM && z.is_finite() {
        return StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |t| t.inverse_cdf(p));
    }
    if z.is_infinite() {
        return z;
    }
    let s = z * z;
    let g1 = z * (s + 1.0) / 4.0;
    let g2 = z * ((5.0 * s + 16.0) * s + 3.0) / 96.0;
    let g3 = z * (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
    let g4 = z * ((((79.0 * s + 776.0) * s + 1_482.0) * s - 1_920.0) * s - 945.0) / 92_160.0;
    z + (g1 + (g2 + (g3 + g4 / df) / df) / df) / df
}

/// The multiplier of a two-sided interval from `n` independent observations: the t quantile at
/// `(1 + confidence) / 2` with `n - 1` degrees of freedom; NaN for fewer than two.
pub fn t_multiplier(confidence: f64, n: usize) -> f64 {
    if n < 2 { f64::NAN } else { t_quantile(f64::midpoint(1.0, confidence), (n - 1) as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_quantiles_match_tables() {
        for (p, z) in [
            (0.5, 0.0),
            (0.9, 1.281_551_565_544_600_4),
            (0.975, 1.959_963_984_540_054),
            (0.995, 2.575_829_303_548_901),
            (0.999_5, 3.290_526_731_491_896),
            (1e-10, -6.361_340_902_404_056),
        ] {
            assert!((normal_quantile(p) - z).abs() < 1e-12, "{p}: {}", normal_quantile(p));
        }
        assert!((normal_cdf(-10.0) / 7.619_853_024_160_527e-24 - 1.0).abs() < 1e-13);
        assert!((normal_cdf(-3.0) / 1.349_898_031_630_094_5e-3 - 1.0).abs() < 1e-13);
        assert!((normal_cdf(-2.999_999_999_999) - normal_cdf(-3.0)).abs() < 1e-14);
        assert!(normal_cdf(0.0) == 0.5 && normal_cdf(f64::INFINITY) == 1.0);
        assert!(normal_quantile(1.1).is_nan() && normal_quantile(f64::NAN).is_nan());
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
    }

    #[test]
    fn t_quantiles_match_tables() {
        // Exact for 1 and 2 degrees of freedom: tan(pi (p - 1/2)); (2p - 1) sqrt(2 / (4p(1 - p))).
        for p in [0.6, 0.9, 0.975, 0.999] {
            let one = (PI * (p - 0.5)).tan();
            let two = (2.0 * p - 1.0) * (2.0 / (4.0 * p * (1.0 - p))).sqrt();
            assert!((t_quantile(p, 1.0) / one - 1.0).abs() < 1e-9);
            assert!((t_quantile(p, 2.0) / two - 1.0).abs() < 1e-9);
        }
        for (df, t) in
            [(4.0, 2.776_445_105), (9.0, 2.262_157_163), (19.0, 2.093_024_054), (99.0, 1.984_216_952)]
        {
            assert!((t_quantile(0.975, df) - t).abs() < 1e-8, "{df}");
        }
        assert!((t_quantile(0.975, 1e7) - 1.959_964_22).abs() < 1e-7);
        assert!(t_quantile(0.9, 0.0).is_nan());
    }

    #[test]
    fn the_expansion_meets_the_exact_quantile() {
        for p in [0.001, 0.3, 0.9, 0.975, 0.999_9] {
            let below = t_quantile(p, EXPAND_FROM * (1.0 - 1e-12));
            let above = t_quantile(p, EXPAND_FROM);
            assert!((below - above).abs() < 1e-9, "{p}: {below} {above}");
        }
    }
}
