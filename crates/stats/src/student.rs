//! Quantiles of the normal and of Student's t distribution, and the multipliers of intervals.

pub use poolwise_math::{normal_cdf, normal_density, normal_quantile, student_quantile as t_quantile};

/// The multiplier of a two-sided interval from `n` independent observations: the t quantile at
/// `(1 + confidence) / 2` with `n - 1` degrees of freedom; NaN for fewer than two.
pub(crate) fn t_multiplier(confidence: f64, n: usize) -> f64 {
    if n < 2 { f64::NAN } else { t_quantile(f64::midpoint(1.0, confidence), (n - 1) as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_math::tan;
    use std::f64::consts::PI;

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
            let one = tan(PI * (p - 0.5));
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
}
