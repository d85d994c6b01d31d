//! Intervals of quantities that cannot be just anything: shares within 0 and 1, times and counts from 0 on.
//!
//! Student's t interval is symmetric and knows no bounds: of few or uneven replications it goes below zero or
//! beyond one, and near a bound, where the estimate's spread grows with the quantity itself, it misses the
//! truth on the far side too often. Here the interval is the union of two, held within what is possible:
//!
//! - Student's t interval, `m ± h`; and
//! - the score interval with the same `h`: all values `x` whose spread, were `x` the truth, reaches the estimate:
//!   `(m - x)² <= h² V(x) / V(m)`, with `V(x) = x (1 - x)` for a share (Wilson 1927, the number of trials being
//!   the one that the spread over replications stands for: Korn and Graubard 1998) and `V(x) = x` for the others
//!   (the variance of counts; quadratic in `x`).
//!
//! The union holds the truth whenever Student's t does, whatever the distribution; far from a bound both are the
//! same. A share of counts of fewer than five replications is spread by chance at least as so many independent trials are: two
//! small counts are often equal. Where every replication is at the bound there is no spread to go by. A share of counts then has the limit
//! of Clopper and Pearson (1934) of nothing in so many trials, and a number of things that of Garwood (1936),
//! both with their effective number cut by `(z / t)²` for the few replications (Korn and Graubard 1998).

use super::estimate::Estimate;
use super::student::{normal_quantile, t_multiplier};
use poolwise_math::{ln, powf};

/// Fewer replications than this can be the same by chance.
const FEW: u32 = 5;

/// What values a quantity can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueRange {
    /// Any number at all: differences, for example.
    Any,
    /// Zero or more.
    NonNegative,
    /// Zero or more things, counted: a zero is that of a number that could have been greater.
    Number,
    /// Within 0 and 1.
    Share,
    /// Within 0 and 1, some of so many counted: a share of 0 or 1 is one of finitely many.
    ShareOfCounts,
}

impl ValueRange {
    /// The least and greatest value; of differences of two such quantities with `difference`.
    pub fn ends(self, difference: bool) -> (f64, f64) {
        match (self, difference) {
            (Self::Share | Self::ShareOfCounts, false) => (0.0, 1.0),
            (Self::Share | Self::ShareOfCounts, true) => (-1.0, 1.0),
            (Self::NonNegative | Self::Number, false) => (0.0, f64::INFINITY),
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }
}

impl Estimate {
    /// The interval of a quantity with a [`ValueRange`], from its Student's t interval at `confidence`. `trials` is the
    /// number of things that a share is of, or the number of replications that a number is the mean of; it
    /// matters only where every replication is at a bound.
    ///
    /// Without an interval, or where the estimate itself is out of range, it stays as it is.
    pub fn within(self, range: ValueRange, trials: f64, confidence: f64) -> Self {
        let (least, most) = range.ends(false);
        // Sums of floating-point numbers may pass a bound by their rounding.
        let slack = 1e-12;
        let m = self.estimate.clamp(least, most);
        let h = self.half_width();
        if range == ValueRange::Any || !h.is_finite() || (m - self.estimate).abs() > slack {
            return self;
        }
        let at_end = m - least <= slack || most - m <= slack;
        let score = match range {
            _ if at_end && h <= slack => self.at_a_bound(range, m, trials, confidence),
            _ if at_end => (m, m),
            ValueRange::Share | ValueRange::ShareOfCounts => {
                let h = h.max(self.by_chance(m, trials, confidence));
                let k = h * h / (m * (1.0 - m));
                let half = (h * h + k * k / 4.0).sqrt();
                ((m + k / 2.0 - half) / (1.0 + k), (m + k / 2.0 + half) / (1.0 + k))
            }
            _ => {
                let q = h * h / m;
                let half = (q * q / 4.0 + h * h).sqrt();
                (m + q / 2.0 - half, m + q / 2.0 + half)
            }
        };
        Self {
            estimate: m,
            lower: score.0.min(self.lower).clamp(least, m),
            upper: score.1.max(self.upper).clamp(m, most),
            ..self
        }
    }

    /// Half-width that a share of so many independent trials has by chance, where replications are few: counts that are
    /// small are often the same in all of them, which is no sign that they must be.
    fn by_chance(self, m: f64, trials: f64, confidence: f64) -> f64 {
        let spread = normal_quantile(f64::midpoint(1.0, confidence)) * (m * (1.0 - m) / trials).sqrt();
        // A value a replication has no trials of its own; of a share of time they are seconds, too many to count.
        let counted = self.replications < FEW && trials > f64::from(self.replications);
        if counted && spread.is_finite() { spread } else { 0.0 }
    }

    /// Ends where all replications are at a bound.
    fn at_a_bound(self, range: ValueRange, m: f64, trials: f64, confidence: f64) -> (f64, f64) {
        let tail = (1.0 - confidence) / 2.0;
        let t = t_multiplier(confidence, self.replications as usize);
        let z = normal_quantile(1.0 - tail);
        let effective = trials * (z / t) * (z / t);
        if !(effective.is_finite() && effective > 0.0) {
            return (m, m);
        }
        match range {
            ValueRange::ShareOfCounts => {
                let beyond = 1.0 - powf(tail, 1.0 / effective);
                if m == 0.0 { (0.0, beyond) } else { (1.0 - beyond, 1.0) }
            }
            ValueRange::Number => (0.0, -ln(tail) / effective),
            _ => (m, m),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::random::KeyedRng;

    fn t(values: &[f64]) -> Estimate {
        Estimate::mean(values, 0.95)
    }

    #[test]
    fn far_from_a_bound_it_is_students_t() {
        let plain = t(&[10.0, 10.1, 9.9, 10.05, 9.95]);
        let kept = plain.within(ValueRange::NonNegative, 5.0, 0.95);
        assert_eq!(kept.lower, plain.lower);
        assert!((kept.upper - plain.upper).abs() < 1e-3 * plain.upper);
        let plain = t(&[0.5, 0.51, 0.49, 0.505, 0.495]);
        assert_eq!(
            plain.within(ValueRange::Share, 5.0, 0.95),
            plain,
            "in the middle the score interval is within"
        );
    }

    #[test]
    fn by_hand() {
        // 0.1 of 100 trials: Wilson (1927) at z = 1.96 gives 0.0552 to 0.1744.
        let half = 1.959_963_985 * (0.1_f64 * 0.9 / 100.0).sqrt();
        let e = Estimate { estimate: 0.1, lower: 0.1 - half, upper: 0.1 + half, replications: 9 };
        let kept = e.within(ValueRange::Share, 0.0, 0.95);
        assert!((kept.upper - 0.174_4).abs() < 5e-5 && kept.lower == e.lower, "{kept:?}");
        let mirrored = Estimate { estimate: 0.9, lower: 0.9 - half, upper: 0.9 + half, replications: 9 };
        let kept = mirrored.within(ValueRange::Share, 0.0, 0.95);
        assert!((kept.lower - 0.825_6).abs() < 5e-5, "{kept:?}");
        // (1 - x)^2 <= 4 x: 3 - sqrt 8 to 3 + sqrt 8.
        let e = Estimate { estimate: 1.0, lower: -1.0, upper: 3.0, replications: 2 };
        let kept = e.within(ValueRange::NonNegative, 2.0, 0.95);
        assert!(kept.lower == 0.0 && (kept.upper - 3.0 - 8.0_f64.sqrt()).abs() < 1e-12, "{kept:?}");
    }

    #[test]
    fn nothing_in_so_many() {
        // Without end of replications: 1 - 0.025^(1/1000), and 3.689 / 1000.
        let none = Estimate { estimate: 0.0, lower: 0.0, upper: 0.0, replications: 1_000_000 };
        let share = none.within(ValueRange::ShareOfCounts, 1_000.0, 0.95);
        assert!((share.upper - 0.003_682_1).abs() < 1e-6, "{share:?}");
        let all = Estimate { estimate: 1.0, lower: 1.0, upper: 1.0, replications: 1_000_000 };
        let kept = all.within(ValueRange::ShareOfCounts, 1_000.0, 0.95);
        assert!((1.0 - kept.lower - share.upper).abs() < 1e-12 && kept.upper == 1.0);
        let number = none.within(ValueRange::Number, 1_000.0, 0.95);
        assert!((number.upper - 0.003_688_9).abs() < 1e-6, "{number:?}");
        // Two replications say far less than many.
        let two = Estimate { replications: 2, ..none };
        assert!(two.within(ValueRange::ShareOfCounts, 1_000.0, 0.95).upper > 0.1);
        // Times, and shares of time, have nothing to count.
        assert_eq!(none.within(ValueRange::NonNegative, 1_000.0, 0.95), none);
        assert_eq!(none.within(ValueRange::Share, 1_000.0, 0.95), none);
    }

    #[test]
    fn what_never_varies_is_a_point_and_one_run_has_no_interval() {
        let same = t(&[0.25; 5]);
        assert_eq!(same.within(ValueRange::ShareOfCounts, 400.0, 0.95), same);
        // Of two it is Wilson's of all trials: 0.25 of 400 is 0.210 to 0.295.
        let two = t(&[0.25; 2]).within(ValueRange::ShareOfCounts, 400.0, 0.95);
        assert!((two.lower - 0.210_0).abs() < 5e-4 && (two.upper - 0.294_6).abs() < 5e-4, "{two:?}");
        let one = t(&[0.5]).within(ValueRange::Share, 1.0, 0.95);
        assert!(one.lower.is_nan() && one.upper.is_nan());
        assert!(Estimate::undefined().within(ValueRange::Number, 0.0, 0.95).estimate.is_nan());
    }

    /// Experiments of uniform, Poisson-like and skewed values: the interval holds the truth wherever Student's t does,
    /// and stays within what is possible.
    #[test]
    fn it_holds_what_students_t_holds_and_stays_possible() {
        for experiment in 0..3_000 {
            let mut rng = KeyedRng::of(16, 9, experiment);
            let n = [2, 3, 5, 10][experiment as usize % 4];
            let power = [0.2, 1.0, 5.0][experiment as usize % 3];
            let values: Vec<f64> = (0..n).map(|_| powf(rng.uniform(), power)).collect();
            let plain = t(&values);
            for range in [ValueRange::NonNegative, ValueRange::Share] {
                let (least, most) = range.ends(false);
                let kept = plain.within(range, n as f64, 0.95);
                assert!(kept.lower <= plain.lower.max(least) && plain.upper.min(most) <= kept.upper);
                assert!(least <= kept.lower && kept.upper <= most && kept.covers(kept.estimate));
            }
        }
    }
}
