//! Comparison of scenarios on common random numbers: differences replication by replication.

use super::bounded::ValueRange;
use super::control::Control;
use super::estimate::{Estimate, moments};
use super::student::t_quantile;

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
        Self::given(scenario, baseline, None, confidence)
    }

    /// The same of values from which a control, if there is one, has been taken out: the gain of pairing is then what it gives
    /// beyond that.
    ///
    /// # Panics
    /// If the slices differ in length, or a value is not finite where there is a control.
    pub fn given(scenario: &[f64], baseline: &[f64], control: Option<&Control>, confidence: f64) -> Self {
        let (a, b) = both(scenario, baseline, control);
        let differences: Vec<f64> = a.iter().zip(&b).map(|(x, y)| x - y).collect();
        let difference = mean(&differences, control, confidence);
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

impl Paired {
    /// The same, its interval held within what a difference of two quantities of this range can be. Its side of
    /// zero, and so any verdict, stays.
    pub fn possible(mut self, range: ValueRange) -> Self {
        let (least, most) = range.ends(true);
        let d = &mut self.difference;
        d.lower = d.lower.clamp(least, most);
        d.upper = d.upper.clamp(least, most);
        self
    }

    /// The same for quantities of a range whose differences may be skewed, as those of a backlog: the union of the
    /// paired-t interval and that recovered from the two intervals of [`Estimate::within`] and the correlation
    /// (MOVER: Zou and Donner 2008, eq. 3 for dependent estimates), within what is possible.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn skewed(scenario: &[f64], baseline: &[f64], range: ValueRange, confidence: f64) -> Self {
        Self::skewed_given(scenario, baseline, None, range, confidence)
    }

    /// The same of values from which a control, if there is one, has been taken out.
    ///
    /// # Panics
    /// As [`Self::given`].
    pub fn skewed_given(
        scenario: &[f64],
        baseline: &[f64],
        control: Option<&Control>,
        range: ValueRange,
        confidence: f64,
    ) -> Self {
        let mut paired = Self::given(scenario, baseline, control, confidence);
        let (a, b) = both(scenario, baseline, control);
        let (va, vb) = (moments(&a).1, moments(&b).1);
        let vd = moments(&a.iter().zip(&b).map(|(x, y)| x - y).collect::<Vec<_>>()).1;
        // Nothing varies, or nothing between the two: the difference is known.
        if range == ValueRange::Any || vd.is_nan() || vd <= 0.0 {
            return paired;
        }
        let correlation =
            if va * vb > 0.0 { ((va + vb - vd) / (2.0 * (va * vb).sqrt())).clamp(-1.0, 1.0) } else { 0.0 };
        let reach = |values: &[f64]| {
            let plain = mean(values, control, confidence);
            let kept = plain.within(range, values.len() as f64, confidence);
            // Down as far as Student's t, though the quantity itself could not be there.
            (plain.estimate - plain.lower.min(kept.lower), plain.upper.max(kept.upper) - plain.estimate)
        };
        let (a, b) = (reach(&a), reach(&b));
        let length = |x: f64, y: f64| (x * x + y * y - 2.0 * correlation * x * y).max(0.0).sqrt();
        let d = &mut paired.difference;
        d.lower = d.lower.min(d.estimate - length(a.0, b.1));
        d.upper = d.upper.max(d.estimate + length(a.1, b.0));
        paired.possible(range)
    }
}

/// The values of the replications that both have, without what a control explains of them.
fn both(scenario: &[f64], baseline: &[f64], control: Option<&Control>) -> (Vec<f64>, Vec<f64>) {
    assert_eq!(scenario.len(), baseline.len(), "the same replications of both");
    let pairs = scenario.iter().zip(baseline).filter(|(a, b)| a.is_finite() && b.is_finite());
    let (a, b): (Vec<f64>, Vec<f64>) = pairs.unzip();
    match control {
        Some(control) => (control.residuals(&a), control.residuals(&b)),
        None => (a, b),
    }
}

/// Their mean, given a control where there is one.
fn mean(values: &[f64], control: Option<&Control>, confidence: f64) -> Estimate {
    control.map_or_else(|| Estimate::mean(values, confidence), |c| c.estimate(values, confidence))
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

/// The two-sided confidence of each paired difference of one family that feeds every verdict: `scenarios` on
/// `measures`, each scenario against the baseline and each against the best.
///
/// What is said for each measure: two ends of each of the `k - 1` differences from the baseline, and one end of each
/// difference from the scenario that is truly best, whichever that is (Hsu 1984; that from the baseline is among
/// the former): `3 k - 4` ends, which hold jointly with `confidence` over all measures (Bonferroni), so
/// that common random numbers are allowed (Nelson and Matejcik 1995).
pub fn family_confidence(confidence: f64, scenarios: usize, measures: usize) -> f64 {
    let ends = (3 * scenarios.max(2) - 4) * measures.max(1);
    1.0 - 2.0 * (1.0 - confidence) / ends as f64
}

/// Multiple comparisons with the best (Hsu 1984) of `k` scenarios, from the intervals of all pairs: `pair(i, j)` is
/// scenario `i` less scenario `j`, at [`family_confidence`].
///
/// A scenario is *best* where it is shown to be better than each other, and *may be best* where none is shown to be
/// better. Both are read off the ends of `pair` alone; so is any verdict on a difference from a baseline, and the two
/// cannot disagree. A pair without an interval shows nothing; with fewer than two scenarios nothing is said.
pub fn multiple_comparison_with_best(
    k: usize,
    larger_is_better: bool,
    pair: impl Fn(usize, usize) -> Estimate,
) -> Vec<AgainstBest> {
    // As if larger were better.
    let turned = |i: usize, j: usize| {
        let e = pair(i, j);
        if larger_is_better {
            e
        } else {
            Estimate { estimate: -e.estimate, lower: -e.upper, upper: -e.lower, ..e }
        }
    };
    let all: Vec<Vec<Estimate>> = (0..k).map(|i| (0..k).map(|j| turned(i, j)).collect()).collect();
    let others = |i: usize| (0..k).filter(move |&j| j != i);
    // NaN ends are neither below nor above zero.
    let may_be_best: Vec<bool> = (0..k).map(|i| !others(i).any(|j| all[i][j].upper < 0.0)).collect();
    let least = |x: f64, y: f64| if y < x || y.is_nan() { y } else { x };
    (0..k)
        .map(|i| {
            let is_best = k >= 2 && others(i).all(|j| all[i][j].lower > 0.0);
            let rivals: Vec<usize> = others(i).filter(|&j| may_be_best[j]).collect();
            let rivals = if rivals.is_empty() { others(i).collect() } else { rivals };
            let lower = rivals.iter().map(|&j| all[i][j].lower).fold(0.0, least);
            let upper = others(i).map(|j| all[i][j].upper).fold(f64::INFINITY, least);
            let (lower, upper) =
                if k < 2 || upper.is_nan() { (f64::NAN, f64::NAN) } else { (lower, upper.max(0.0)) };
            let point = others(i).map(|j| all[i][j].estimate).fold(f64::INFINITY, least);
            let point = if k < 2 { f64::NAN } else { point };
            let (estimate, low, high) =
                if larger_is_better { (point, lower, upper) } else { (-point, -upper, -lower) };
            let replications = others(i).map(|j| all[i][j].replications).min().unwrap_or(0);
            AgainstBest {
                // Adding zero turns a negative zero into the plain one.
                difference: Estimate { estimate, lower: low + 0.0, upper: high + 0.0, replications },
                may_be_best: may_be_best[i],
                is_best,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::random::KeyedRng;
    use proptest::prelude::*;

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

    /// 2,000 experiments of very skewed pairs (products of exponentials) with 5 and 10 replications: the paired-t
    /// interval holds the difference in 77 and 80 %, this one in 89 %.
    #[test]
    fn skewed_differences_are_covered() {
        for (n, seed) in [(5, 1), (10, 2)] {
            let (mut plain, mut skewed) = (0, 0);
            for experiment in 0..2_000 {
                let mut rng = KeyedRng::of(seed, 3, experiment);
                let mut draw = || -poolwise_math::ln(1.0 - rng.uniform());
                let a: Vec<f64> = (0..n).map(|_| draw() * draw()).collect();
                let b: Vec<f64> = a.iter().map(|x| 0.3 * x * draw()).collect();
                let truth = 0.7;
                plain += i32::from(Paired::new(&a, &b, 0.95).difference.covers(truth));
                skewed +=
                    i32::from(Paired::skewed(&a, &b, ValueRange::NonNegative, 0.95).difference.covers(truth));
            }
            assert!(plain < 1_650 && skewed > 1_740, "{n}: {plain} {skewed}");
        }
    }

    #[test]
    fn differences_of_shares_are_possible() {
        let p = Paired::new(&[1.0, 0.2], &[0.0, 0.1], 0.95).possible(ValueRange::Share);
        assert_eq!((p.difference.lower, p.difference.upper), (-1.0, 1.0));
        let p = Paired::skewed(&[1.0, 0.2], &[0.0, 0.1], ValueRange::Share, 0.95);
        assert_eq!((p.difference.lower, p.difference.upper), (-1.0, 1.0));
        let same = Paired::skewed(&[3.0, 4.0], &[1.0, 2.0], ValueRange::Number, 0.95);
        assert_eq!((same.difference.lower, same.difference.upper), (2.0, 2.0));
        assert!(Paired::skewed(&[3.0], &[1.0], ValueRange::Number, 0.95).difference.lower.is_nan());
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

    /// Of scenarios from their values, all in the same replications.
    fn best_of(values: &[&[f64]], larger_is_better: bool, confidence: f64) -> Vec<AgainstBest> {
        let level = family_confidence(confidence, values.len(), 1);
        multiple_comparison_with_best(values.len(), larger_is_better, |i, j| {
            Paired::new(values[i], values[j], level).difference
        })
    }

    #[test]
    fn best_by_hand() {
        let a: Vec<f64> = (0..10).map(|i| 10.0 + 0.1 * f64::from(i % 2)).collect();
        let b: Vec<f64> = (0..10).map(|i| 9.97 + 0.1 * f64::from((i / 2) % 2)).collect();
        let c: Vec<f64> = (0..10).map(|i| 5.0 + 0.1 * f64::from(i % 2)).collect();
        let rows = best_of(&[&a, &b, &c], true, 0.95);
        assert!(rows[0].may_be_best && rows[1].may_be_best && !rows[2].may_be_best);
        let equal = best_of(&[&[1.0; 5], &[1.0; 5]], true, 0.95);
        assert!(equal.iter().all(|row| row.may_be_best && !row.is_best), "equal ones share the first place");
        assert!(rows.iter().all(|r| !r.is_best));
        assert!((rows[2].difference.estimate - -5.0).abs() < 1e-12);
        assert!(rows[2].difference.upper == 0.0 && rows[2].difference.lower < -4.9);
        // t at 0.99 with 9 degrees of freedom: 5 % over the five ends of three scenarios.
        let d: Vec<f64> = a.iter().zip(&b).map(|(x, y)| x - y).collect();
        let (mean, variance) = moments(&d);
        let w = 2.821_437_924_6 * (variance / 10.0).sqrt();
        assert!((rows[0].difference.upper - (mean + w)).abs() < 1e-9);
        assert!((rows[0].difference.lower - (mean - w)).abs() < 1e-9);

        let small = best_of(&[&a, &c], false, 0.95);
        assert!(small[1].is_best && !small[0].may_be_best);
        assert!(small[0].difference.lower == 0.0 && small[0].difference.estimate > 4.9);
    }

    #[test]
    fn best_needs_two_scenarios_and_two_runs() {
        let one = best_of(&[&[1.0, 2.0]], true, 0.95);
        assert!(one[0].difference.lower.is_nan() && !one[0].is_best);
        let rows = best_of(&[&[1.0], &[2.0]], true, 0.95);
        assert!(rows[0].difference.lower.is_nan() && rows[0].may_be_best && !rows[1].is_best);
        assert!(best_of(&[], true, 0.95).is_empty());
    }

    proptest! {
        /// The verdict on each difference from a baseline and the words on the best never disagree, whatever the
        /// numbers, their ties, gaps and lengths: best needs the baseline shown worse, a baseline shown worse cannot be
        /// best nor may be, and of two scenarios one is best exactly where the verdict is not open.
        #[test]
        fn best_and_cannot_tell_never_disagree(
            raw in proptest::collection::vec(proptest::collection::vec(-4_i8..5, 2..7), 2..6),
            fine in 0.0_f64..1.0,
            gap in 0_usize..9,
            larger: bool,
            measures in 1_usize..4,
        ) {
            let mut values: Vec<Vec<f64>> =
                raw.iter().map(|v| v.iter().map(|x| f64::from(*x) * fine).collect()).collect();
            if let Some(x) = values[0].get_mut(gap) {
                *x = f64::NAN;
            }
            let k = values.len();
            let level = family_confidence(0.5, k, measures);
            let pair = |i: usize, j: usize| {
                let n = values[i].len().min(values[j].len());
                Paired::new(&values[i][..n], &values[j][..n], level).difference
            };
            let rows = multiple_comparison_with_best(k, larger, pair);
            prop_assert!(rows.iter().filter(|r| r.is_best).count() <= 1);
            for (i, row) in rows.iter().enumerate().skip(1) {
                let d = pair(i, 0);
                let (more, less) = (d.lower > 0.0, d.upper < 0.0);
                let (better, worse) = if larger { (more, less) } else { (less, more) };
                prop_assert!(!row.is_best || better);
                prop_assert!(!rows[0].is_best || worse);
                prop_assert!(!(better && (rows[0].may_be_best || rows[0].is_best)));
                prop_assert!(!(worse && (row.may_be_best || row.is_best)));
                if k == 2 {
                    prop_assert_eq!((better, worse), (row.is_best, rows[0].is_best));
                    prop_assert_eq!(!better && !worse, rows[0].may_be_best && row.may_be_best);
                }
            }
        }
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
            let rows = best_of(&slices, true, 0.95);
            covered += i32::from((0..4).all(|i| rows[i].difference.covers(truth[i])));
        }
        assert!(covered >= 1_867, "{covered} of 2000");
    }
}
