//! Intervals by drawing a record's whole weeks anew, with replacement: what hangs together within a week, or over some of them in long
//! records, stays together (Kunsch 1989, the blocks of a stationary series; Efron and Tibshirani 1993, ch. 8).

use jiff::civil::Date;
use poolwise_engine::random::unit;
use poolwise_fit::Interval;
use poolwise_fit::draws::generator;
use poolwise_math::{exp, ln, student_quantile};
use rand::rand_core::Rng;

/// Records that are drawn.
const DRAWS: usize = 400;

/// The number of the week of a date, from Monday on.
pub(crate) fn week_of(d: Date) -> i64 {
    let first = jiff::civil::date(1970, 1, 5);
    i64::from(first.until(d).map_or(0, |s| s.get_days())).div_euclid(7)
}

/// Draws of a record's weeks.
pub(crate) struct WeekDraws {
    draws: Vec<Vec<usize>>,
    /// Parts that are drawn as wholes, as many as a record has.
    parts: usize,
    /// How much wider intervals are for what means of cells took of the record, which draws leave as they are.
    wider: f64,
}

impl WeekDraws {
    /// Draws of so many weeks, the same for the same purpose: of four weeks that follow each other in records of half a year and more, of two in those
    /// of twelve weeks.
    ///
    /// Of so many days so many means were taken.
    pub(crate) fn of(purpose: &str, weeks: usize, (days, means): (usize, usize)) -> Self {
        let length = match weeks {
            26.. => 4,
            12.. => 2,
            _ => 1,
        };
        let mut rng = generator(purpose);
        let draws = (0..DRAWS).map(|_| {
            let mut draw = Vec::with_capacity(weeks + length);
            while draw.len() < weeks {
                let first = (unit(rng.next_u64()) * weeks as f64) as usize;
                draw.extend((0..length).map(|k| (first + k) % weeks));
            }
            draw.truncate(weeks);
            draw
        });
        let wider = (days as f64 / (days.saturating_sub(means)).max(1) as f64).sqrt();
        Self { draws: if weeks == 0 { Vec::new() } else { draws.collect() }, parts: weeks / length, wider }
    }

    /// 95 % interval of a ratio, from what it is in each draw: chance is alike on both sides of its logarithm.
    pub(crate) fn interval(&self, base: f64, of: &dyn Fn(&[usize]) -> Option<f64>) -> Interval {
        let scaled = |x: f64| ln(x.max(1e-9));
        let values: Vec<f64> =
            self.draws.iter().filter_map(|d| of(d)).filter(|x| x.is_finite()).map(scaled).collect();
        if self.parts < 2 || values.len() < DRAWS / 2 {
            return Interval { base, low: 0.0, high: f64::INFINITY };
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
        // Draws of a few parts vary less than records of as many do.
        let parts = self.parts as f64;
        let deviation = (variance * parts / (parts - 1.0)).sqrt() * self.wider;
        let half = student_quantile(0.975, parts - 1.0) * deviation;
        Interval { base, low: exp(scaled(base) - half), high: exp(scaled(base) + half) }
    }
}

/// Sums of some numbers of each week over a draw of weeks.
pub(crate) fn sums<const N: usize>(weeks: &[[f64; N]], draw: &[usize]) -> [f64; N] {
    let mut out = [0.0; N];
    for w in draw {
        out.iter_mut().zip(&weeks[*w]).for_each(|(sum, x)| *sum += x);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mean of 40 weeks: the interval is that of weeks that do not hang together, a third more or less, for ten parts are drawn.
    #[test]
    fn the_interval_of_a_mean() {
        let mut rng = generator("weeks");
        let x: Vec<[f64; 1]> = (0..40).map(|_| [unit(rng.next_u64())]).collect();
        let mean = |d: &[usize]| sums(&x, d)[0] / d.len() as f64;
        let all: Vec<usize> = (0..40).collect();
        let found = WeekDraws::of("mean", 40, (280, 1)).interval(mean(&all), &|d| Some(mean(d)));
        let half = 2.0227 * (1.0_f64 / 12.0 / 40.0).sqrt();
        let width = found.high - found.low;
        assert!((width / (2.0 * half) - 1.0).abs() < 0.35, "{found:?} {half}");
        // The same purpose, the same draws; with one week nothing is known.
        assert_eq!(WeekDraws::of("mean", 40, (280, 1)).draws, WeekDraws::of("mean", 40, (280, 1)).draws);
        let one = WeekDraws::of("mean", 1, (7, 1)).interval(0.5, &|d| Some(mean(d)));
        assert_eq!((one.low, one.high), (0.0, f64::INFINITY));
    }

    #[test]
    fn weeks_begin_on_mondays() {
        assert_eq!(week_of(jiff::civil::date(2025, 3, 9)) + 1, week_of(jiff::civil::date(2025, 3, 10)));
    }
}
