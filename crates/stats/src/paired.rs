//! Comparison of scenarios on common random numbers: differences replication by replication.

use super::estimate::{Estimate, moments};
use super::student::{t_multiplier, t_quantile};

/// No advice on replications beyond this: the difference is not worth settling.
const MOST_REPLICATIONS: f64 = 1e9;

/// The confidence of each of `k` intervals that hold jointly with at least `confidence` (Bonferroni).
pub fn bonferroni(confidence: f64, k: usize) -> f64 {
    1.0 - (1.0 - confidence) / k.max(1) as f64
}

/// A scenario less its baseline on one measure, paired by replication.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paired {
    /// Mean difference with its interval.
    pub difference: Estimate,
    /// Variance of the difference had the two run on independent streams, over its variance as paired:
    /// how many times fewer replications common random numbers need. NaN where neither varies, or the
    /// difference does not.
    pub variance_ratio: f64,
    /// When the interval contains zero: about how many replications in all would give one of this
    /// confidence that does not, at the present difference and spread. `None` when it is settled, the
    /// difference is nil, or more than a thousand million would be needed.
    pub replications_to_tell: Option<u64>,
}

impl Paired {
    /// Paired-t comparison (Law 2015, section 10.2.1) of `scenario` less `baseline`, the values being
    /// those of the same replications in the same order. For a ratio of sums give the linearised
    /// values of [`ratio_residuals`](super::estimate::ratio_residuals).
    ///
    /// For an interval that is one of `k` joint ones, give `bonferroni(confidence, k)`. Replications
    /// undefined in either are left out.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn new(scenario: &[f64], baseline: &[f64], confidence: f64) -> Self {
        assert_eq!(scenario.len(), baseline.len(), "the same replications of both");
        let pairs = scenario.iter().zip(baseline).filter(|(a, b)| a.is_finite() && b.is_finite());
        let (a, b): (Vec<f64>, Vec<f64>) = pairs.unzip();
        let differences: Vec<f64> = a.iter().zip(&b).map(|(x, y)| x - y).collect();
        let difference = Estimate::mean(&differences, confidence);
        let paired = moments(&differences).1;
        let apart = moments(&a).1 + moments(&b).1;
        let settled = !(difference.lower <= 0.0 && 0.0 <= difference.upper);
        Self {
            difference,
            variance_ratio: if paired > 0.0 { apart / paired } else { f64::NAN },
            replications_to_tell: if settled {
                None
            } else {
                replications_to_tell(difference.estimate, paired, confidence)
            },
        }
    }
}

/// Least number of replications whose t interval would exclude zero at this mean and variance.
fn replications_to_tell(mean: f64, variance: f64, confidence: f64) -> Option<u64> {
    let enough = |n: f64| {
        let t = t_quantile(f64::midpoint(1.0, confidence), n - 1.0);
        t * (variance / n).sqrt() < mean.abs()
    };
    if !(mean.abs() > 0.0 && variance.is_finite() && enough(MOST_REPLICATIONS)) {
        return None;
    }
    let (mut no, mut yes) = (1.0_f64, MOST_REPLICATIONS);
    while yes - no > 1.0 {
        let middle = f64::midpoint(no, yes).floor();
        if enough(middle) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    Some(yes as u64)
}

/// One scenario against the best of the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AgainstBest {
    /// The scenario's mean less the best mean of the others, with its constrained joint interval:
    /// `lower <= 0 <= upper`. With `smaller is better`, positive means worse.
    pub difference: Estimate,
    /// Not shown to be worse than another: it may be the best.
    pub may_be_best: bool,
    /// Shown to be the best.
    pub is_best: bool,
}

/// Multiple comparisons with the best (Hsu 1984), with paired variances and Bonferroni constants so
/// that common random numbers are allowed (Nelson and Matejcik 1995 discuss both): all intervals hold
/// jointly with at least `confidence`, for k - 1 one-sided statements about the unknown best.
///
/// `values[i]` are the replications of scenario `i`, in the same order for all; replications that are
/// undefined in any scenario are left out. With fewer than two scenarios or replications intervals are
/// NaN and nothing is said of the best.
///
/// # Panics
/// If the scenarios differ in replications.
pub fn multiple_comparison_with_best(
    values: &[&[f64]],
    larger_is_better: bool,
    confidence: f64,
) -> Vec<AgainstBest> {
    let k = values.len();
    let runs = values.first().map_or(0, |v| v.len());
    assert!(values.iter().all(|v| v.len() == runs), "the same replications of all");
    let sign = if larger_is_better { 1.0 } else { -1.0 };
    let usable: Vec<usize> = (0..runs).filter(|&r| values.iter().all(|v| v[r].is_finite())).collect();
    let n = usable.len();
    // One-sided level 1 - alpha / (k - 1) is the upper end of a two-sided interval at 1 - 2 alpha / (k - 1).
    let multiplier = t_multiplier(1.0 - 2.0 * (1.0 - confidence) / (k.max(2) - 1) as f64, n);
    let pair = |i: usize, j: usize| {
        let d: Vec<f64> = usable.iter().map(|&r| sign * (values[i][r] - values[j][r])).collect();
        let (mean, variance) = moments(&d);
        (mean, multiplier * (variance / n as f64).sqrt())
    };
    let others = |i: usize| (0..k).filter(move |&j| j != i);
    let least = |x: f64, y: f64| if y < x || y.is_nan() { y } else { x };
    let upper: Vec<f64> = (0..k)
        .map(|i| others(i).map(|j| pair(i, j)).map(|(d, w)| d + w).fold(f64::INFINITY, least))
        .collect();
    let defined = n >= 2 && k >= 2;
    // Scenarios that are equal in every replication are all as good as the best.
    let may_be_best: Vec<bool> = (0..k).map(|i| !defined || upper[i] >= 0.0).collect();
    let upper: Vec<f64> = upper.iter().map(|u| u.max(0.0)).collect();
    (0..k)
        .map(|i| {
            let point = others(i).map(|j| pair(i, j).0).fold(f64::INFINITY, least);
            let lower = others(i)
                .filter(|&j| may_be_best[j])
                .map(|j| pair(i, j))
                .fold(0.0, |x, (d, w)| least(x, d - w));
            let (low, high) = if !defined {
                (f64::NAN, f64::NAN)
            } else if larger_is_better {
                (lower, upper[i])
            } else {
                (-upper[i], -lower)
            };
            let estimate = if k < 2 { f64::NAN } else { sign * point };
            AgainstBest {
                // Adding zero turns a negative zero into the plain one.
                difference: Estimate {
                    estimate,
                    lower: low + 0.0,
                    upper: high + 0.0,
                    replications: n as u32,
                },
                may_be_best: may_be_best[i],
                is_best: defined && may_be_best[i] && others(i).all(|j| !may_be_best[j]),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::random::KeyedRng;

    #[test]
    fn paired_by_hand() {
        let (a, b) = ([5.0, 7.0, 9.0], [4.0, 5.0, 6.0]);
        let p = Paired::new(&a, &b, 0.95);
        // Differences 1, 2, 3; variances 4, 1 and 1.
        assert_eq!(p.difference.estimate, 2.0);
        assert!((p.difference.half_width() - 4.302_652_729_9 / 3.0_f64.sqrt()).abs() < 1e-9);
        assert_eq!(p.variance_ratio, 5.0);
        // t sqrt(1 / n) < 2: 2.484 with 3, 1.591 with 4.
        assert_eq!(p.replications_to_tell, Some(4));
        assert_eq!(Paired::new(&b, &a, 0.95).difference.estimate, -2.0);
    }

    #[test]
    fn settled_nil_and_identical_differences_need_no_more() {
        assert_eq!(Paired::new(&[1.0, 1.1, 0.9], &[0.0; 3], 0.95).replications_to_tell, None);
        assert_eq!(Paired::new(&[1.0, -1.0], &[0.0; 2], 0.95).replications_to_tell, None);
        let same = Paired::new(&[1.0, 2.0], &[1.0, 2.0], 0.95);
        assert_eq!(same.difference, Estimate { estimate: 0.0, lower: 0.0, upper: 0.0, replications: 2 });
        assert!(same.variance_ratio.is_nan() && same.replications_to_tell.is_none());
        let one = Paired::new(&[1.0], &[2.0], 0.95);
        assert!(one.difference.lower.is_nan() && one.replications_to_tell.is_none());
        assert_eq!(Paired::new(&[1.0, f64::NAN, 2.0], &[0.0; 3], 0.9).difference.replications, 2);
    }

    #[test]
    fn the_advice_on_replications_is_the_least_that_settles() {
        let n = replications_to_tell(0.01, 1.0, 0.95).unwrap();
        // (1.96 / 0.01)^2 = 38,415, a little more for Student's t.
        assert!((38_415..38_420).contains(&n), "{n}");
        assert_eq!(replications_to_tell(1e-9, 1.0, 0.95), None);
    }

    #[test]
    fn bonferroni_splits_the_error() {
        assert!((bonferroni(0.95, 5) - 0.99).abs() < 1e-15);
        assert_eq!(bonferroni(0.95, 0), 0.95);
    }

    #[test]
    fn best_by_hand() {
        let a: Vec<f64> = (0..10).map(|i| 10.0 + 0.1 * f64::from(i % 2)).collect();
        let b: Vec<f64> = (0..10).map(|i| 9.97 + 0.1 * f64::from((i / 2) % 2)).collect();
        let c: Vec<f64> = (0..10).map(|i| 5.0 + 0.1 * f64::from(i % 2)).collect();
        let rows = multiple_comparison_with_best(&[&a, &b, &c], true, 0.95);
        assert!(rows[0].may_be_best && rows[1].may_be_best && !rows[2].may_be_best);
        let equal = multiple_comparison_with_best(&[&[1.0; 5], &[1.0; 5]], true, 0.95);
        assert!(equal.iter().all(|row| row.may_be_best && !row.is_best), "equal ones share the first place");
        assert!(rows.iter().all(|r| !r.is_best));
        assert!((rows[2].difference.estimate - -5.0).abs() < 1e-12);
        assert!(rows[2].difference.upper == 0.0 && rows[2].difference.lower < -4.9);
        // One-sided t at 0.975 with 9 degrees of freedom for two comparisons.
        let d: Vec<f64> = a.iter().zip(&b).map(|(x, y)| x - y).collect();
        let (mean, variance) = moments(&d);
        let w = 2.262_157_162_8 * (variance / 10.0).sqrt();
        assert!((rows[0].difference.upper - (mean + w)).abs() < 1e-9);
        assert!((rows[0].difference.lower - (mean - w)).abs() < 1e-9);

        let small = multiple_comparison_with_best(&[&a, &c], false, 0.95);
        assert!(small[1].is_best && !small[0].may_be_best);
        assert!(small[0].difference.lower == 0.0 && small[0].difference.estimate > 4.9);
    }

    #[test]
    fn best_needs_two_scenarios_and_two_runs() {
        let one = multiple_comparison_with_best(&[&[1.0, 2.0]], true, 0.95);
        assert!(one[0].difference.lower.is_nan() && !one[0].is_best);
        let rows = multiple_comparison_with_best(&[&[1.0], &[2.0]], true, 0.95);
        assert!(rows[0].difference.lower.is_nan() && rows[0].may_be_best && !rows[1].is_best);
        assert!(multiple_comparison_with_best(&[], true, 0.95).is_empty());
    }

    /// 2,000 experiments with four equal or unequal scenarios that share a common part. Joint coverage
    /// must be at least 95 %; a count below 1,867 has probability 1e-4 when it is exactly that.
    #[test]
    fn best_covers_jointly() {
        let means = [0.0, 0.1, 0.5, 0.5];
        let truth: Vec<f64> = (0..4)
            .map(|i| means[i] - (0..4).filter(|&j| j != i).map(|j| means[j]).fold(f64::MIN, f64::max))
            .collect();
        let mut covered = 0;
        for experiment in 0..2_000 {
            let mut rng = KeyedRng::of(11, 2, experiment);
            let mut normal = || (0..12).map(|_| rng.uniform()).sum::<f64>() - 6.0;
            let mut values = vec![Vec::new(); 4];
            for _ in 0..10 {
                let common = normal();
                (0..4).for_each(|i| values[i].push(means[i] + common + 0.5 * normal()));
            }
            let slices: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
            let rows = multiple_comparison_with_best(&slices, true, 0.95);
            covered += i32::from((0..4).all(|i| rows[i].difference.covers(truth[i])));
        }
        assert!(covered >= 1_867, "{covered} of 2000");
    }
}
