//! Control variates: estimates from which chance with a known mean has been taken out.
//!
//! Of values `y` and of controls `c`, replication by replication, the controls having mean zero, the regression of `y` on `c` at
//! `c = 0` estimates the mean of `y`: `mean(y) - b mean(c)` (Lavenberg and Welch 1981, with one control). It is linear in `y`, so
//! that a difference of two such estimates is the estimate of the difference. The interval is the longer of two around it:
//!
//! - that of regression: residual variance with `n - 2` degrees of freedom times `1/n + mean(c)² / S(c, c)`, exact where the two
//!   are jointly normal; and
//! - that of the jackknife (Nelson 1990, "Control-variate remedies"), which asks for neither straight lines nor equal variances: where
//!   values bend with the control or scatter more on one side, the former is too short.
//!
//! Both take Student's t with `n - 2` degrees of freedom. Whether a control is used is decided by the share of variance that it
//! explains in the sample, [`LEAST_EXPLAINED`]. To choose by the sample the interval that looks better costs coverage, most where the true share is
//! about that bound; the higher the bound, the more. In experiments with normal numbers of all correlations intervals of 95 % held the
//! mean in 94.2 to 96.4 % at this bound, and from 93.9 % on at twice as high a one.

use super::estimate::{Estimate, moments};
use super::student::t_multiplier;

/// With fewer replications no control is used: the coefficient would cost more than it gives.
pub const LEAST_REPLICATIONS: usize = 10;

/// The share of a sample's variance that a control must explain to be used.
pub const LEAST_EXPLAINED: f64 = 0.2;

/// Beyond this share a quantity is the control once more, and what is left of its variance is rounding.
const THE_CONTROL_ITSELF: f64 = 1.0 - 1e-9;

/// A control by replication: its deviations from a mean that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    deviations: Vec<f64>,
    mean: f64,
    /// Sum of squares around the mean of the sample.
    squares: f64,
}

impl Control {
    /// From the control's values by replication, each less what is expected.
    pub fn new(deviations: Vec<f64>) -> Self {
        let (mean, variance) = moments(&deviations);
        let squares = variance * (deviations.len() as f64 - 1.0);
        Self { deviations, mean, squares }
    }

    /// The coefficient of the regression of values on it: for each unit of the control so much of the values.
    ///
    /// # Panics
    /// If there are not as many values as replications; so do all that take values.
    pub fn coefficient(&self, values: &[f64]) -> f64 {
        assert_eq!(values.len(), self.deviations.len(), "a value for each replication");
        let mean = moments(values).0;
        let products: f64 =
            values.iter().zip(&self.deviations).map(|(y, c)| (y - mean) * (c - self.mean)).sum();
        products / self.squares
    }

    /// Values without what the control explains of them: linear in the values, and their mean is the estimate.
    pub fn residuals(&self, values: &[f64]) -> Vec<f64> {
        let b = self.coefficient(values);
        values.iter().zip(&self.deviations).map(|(y, c)| y - b * c).collect()
    }

    /// The share of the values' variance that it explains in the sample; `None` where neither varies, or a value is missing.
    pub fn explained(&self, values: &[f64]) -> Option<f64> {
        let whole = moments(values).1;
        let share = 1.0 - moments(&self.residuals(values)).1 / whole;
        (whole > 0.0 && share.is_finite()).then_some(share.clamp(0.0, 1.0))
    }

    /// Whether the sample says that it gains: it explains enough of the values' variance, in enough replications, and is not
    /// what they are.
    pub fn gains(&self, values: &[f64]) -> bool {
        let enough = |share: f64| (LEAST_EXPLAINED..THE_CONTROL_ITSELF).contains(&share);
        values.len() >= LEAST_REPLICATIONS && self.explained(values).is_some_and(enough)
    }

    /// The estimate of the values' mean given the control, with its interval; undefined for fewer than three values.
    pub fn estimate(&self, values: &[f64], confidence: f64) -> Estimate {
        let left = self.residuals(values);
        let mean = moments(&left).0;
        let t = t_multiplier(confidence, values.len().saturating_sub(1));
        let half = t * self.variance(&left).sqrt();
        Estimate { estimate: mean, lower: mean - half, upper: mean + half, replications: values.len() as u32 }
    }

    /// The standard error of the estimate over the root of the residuals' sum of squares: what their normal and chi-squared
    /// numbers with `n - 2` degrees of freedom are to be scaled by in a posterior of the mean. NaN where nothing is left to vary.
    pub fn error_scale(&self, values: &[f64]) -> f64 {
        let left = self.residuals(values);
        let n = values.len() as f64;
        (self.variance(&left) * (n - 2.0) / (moments(&left).1 * (n - 1.0))).sqrt()
    }

    /// The variance of the estimate from what is left of the values: the greater of regression and jackknife.
    fn variance(&self, left: &[f64]) -> f64 {
        let n = left.len() as f64;
        let (mean, variance) = moments(left);
        let of_residuals = variance * (n - 1.0) / (n - 2.0);
        let regression = of_residuals * (1.0 / n + self.mean * self.mean / self.squares);
        regression.max(self.jackknife(left, mean))
    }

    /// The jackknife's variance of the estimate: without one replication it is less by that one's weight times its residual, over
    /// one less its leverage.
    fn jackknife(&self, left: &[f64], mean: f64) -> f64 {
        let n = left.len() as f64;
        let change = |(z, c): (&f64, &f64)| {
            let apart = c - self.mean;
            let weight = 1.0 / n - self.mean * apart / self.squares;
            let leverage = 1.0 / n + apart * apart / self.squares;
            weight * (z - mean) / (1.0 - leverage)
        };
        let changes: Vec<f64> = left.iter().zip(&self.deviations).map(change).collect();
        moments(&changes).1 * (n - 1.0) * (n - 1.0) / n
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::random::KeyedRng;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    /// Four values: c = -1, 0, 1, 2 (mean 1/2, sum of squares 5), y = 1, 2, 2, 5, so b = 6/5 and S(y, y) = 9.
    #[test]
    fn by_hand() {
        let control = Control::new(vec![-1.0, 0.0, 1.0, 2.0]);
        let y = [1.0, 2.0, 2.0, 5.0];
        close(control.coefficient(&y), 1.2);
        for (left, right) in control.residuals(&y).iter().zip([2.2, 2.0, 0.8, 2.6]) {
            close(*left, right);
        }
        close(control.explained(&y).unwrap(), 0.8);
        let e = control.estimate(&y, 0.95);
        close(e.estimate, 1.9);
        assert_eq!(e.replications, 4);
        // Residuals 0.3, 0.1, -1.1, 0.7: variance 1.8 / 2, times 1/4 + (1/2)^2 / 5 = 0.3.
        let regression: f64 = 0.9 * 0.3;
        // Weights 0.4, 0.3, 0.2, 0.1 and leverages 0.7, 0.3, 0.3, 0.7: changes 0.4, 3/70, -22/70, 7/30.
        let changes = [0.4, 3.0 / 70.0, -22.0 / 70.0, 7.0 / 30.0];
        let mean = changes.iter().sum::<f64>() / 4.0;
        let jackknife = changes.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() * 9.0 / 12.0;
        let by_leaving_out = control.jackknife(&control.residuals(&y), 1.9);
        close(by_leaving_out, jackknife);
        // Student's t at 0.975 with 2 degrees of freedom.
        let half = 4.302_652_729_9 * regression.max(jackknife).sqrt();
        assert!((e.half_width() - half).abs() < 1e-9, "{e:?} {half}");
        assert!(regression > jackknife, "{regression} {jackknife}");
        // Regression is the greater: the root of 1/4 + (1/2)^2 / 5.
        close(control.error_scale(&y), 0.3_f64.sqrt());
    }

    /// Without the first value the others' line is at -1/6 where the control is 0: the change by hand is that by its weight.
    #[test]
    fn the_jackknife_leaves_each_out() {
        let c = [-1.0, 0.0, 1.0, 2.0, -1.5];
        let y = [1.0, 2.0, 2.0, 5.0, 0.0];
        let all = Control::new(c.to_vec());
        let whole = all.estimate(&y, 0.95).estimate;
        let without = |i: usize| {
            let of = |x: &[f64; 5]| -> Vec<f64> { (0..5).filter(|j| *j != i).map(|j| x[j]).collect() };
            Control::new(of(&c)).estimate(&of(&y), 0.95).estimate
        };
        let pseudo: Vec<f64> = (0..5).map(|i| 5.0 * whole - 4.0 * without(i)).collect();
        close(all.jackknife(&all.residuals(&y), whole), moments(&pseudo).1 / 5.0);
    }

    #[test]
    fn differences_are_those_of_the_estimates() {
        let control = Control::new((0..12).map(|i| f64::from(i * i % 7) - 2.0).collect());
        let a: Vec<f64> = (0..12).map(|i| f64::from(i * 5 % 11)).collect();
        let b: Vec<f64> = (0..12).map(|i| f64::from(i * i % 13)).collect();
        let difference: Vec<f64> = a.iter().zip(&b).map(|(x, y)| x - y).collect();
        let of = |values: &[f64]| control.estimate(values, 0.95).estimate;
        close(of(&difference), of(&a) - of(&b));
        // What is left is left as it is.
        close(of(&control.residuals(&a)), of(&a));
    }

    #[test]
    fn what_cannot_gain_does_not() {
        let c: Vec<f64> = (0..10).map(|i| f64::from(i) - 4.0).collect();
        let control = Control::new(c.clone());
        let noisy: Vec<f64> = c.iter().enumerate().map(|(i, c)| 3.0 + c + (i % 2) as f64).collect();
        assert!(control.gains(&noisy));
        assert!(!control.gains(&c.iter().map(|c| 7.0 + 2.0 * c).collect::<Vec<_>>()), "the control itself");
        assert!(
            !control.gains(&[4.0; 10]) && !control.gains(&[[f64::NAN; 1].as_slice(), &[1.0; 9]].concat())
        );
        let (few, nine) = (Control::new(c[..9].to_vec()), &noisy[..9]);
        assert!(!few.gains(nine) && few.explained(nine).unwrap() > 0.9);
        assert!(Control::new(vec![1.0; 10]).explained(&noisy).is_none(), "a control that does not vary");
    }

    /// 4,000 experiments each: numbers that are normal together, of all correlations, the control used where the sample says that
    /// it gains. Below 93.5 or above 97 % a coverage of 95 % falls by chance in less than one of 100,000; chosen by the sample, it is lower by up to
    /// a point where the share is near the bound. With n - 1 degrees of freedom and no allowance for the coefficient it is too low.
    #[test]
    fn the_choice_by_the_sample_keeps_the_coverage() {
        for (place, n) in [10_usize, 20, 50].into_iter().enumerate() {
            for (k, share) in [0.0_f64, 0.1, 0.2, 0.3, 0.5, 0.8, 0.95].into_iter().enumerate() {
                let (mut held, mut error, mut length) = (0, 0.0, 0.0);
                for experiment in 0..4_000 {
                    let mut rng = KeyedRng::of(20 + place as u64, k as u64, experiment);
                    let mut normal = || poolwise_math::normal_quantile(rng.uniform());
                    let c: Vec<f64> = (0..n).map(|_| normal()).collect();
                    let y: Vec<f64> =
                        c.iter().map(|c| share.sqrt() * c + (1.0 - share).sqrt() * normal()).collect();
                    let control = Control::new(c);
                    let e = match control.gains(&y) {
                        true => control.estimate(&y, 0.95),
                        false => Estimate::mean(&y, 0.95),
                    };
                    held += i32::from(e.covers(0.0));
                    error += e.estimate;
                    length += e.half_width();
                }
                assert!((3_740..=3_880).contains(&held), "{n} {share}: {held} of 4000");
                assert!(error.abs() < 0.1 * length, "{n} {share}: bias {}", error / length);
            }
        }
    }
}
