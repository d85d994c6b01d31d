//! How a record goes through the year: months that come again, or a trend that does not; which of them, and why.

use crate::pattern::{Months, NEAR_ONE, YEAR};
use jiff::civil::Date;
use poolwise_engine::time;
use poolwise_fit::Interval;
use poolwise_math::{exp, ln, student_quantile};
use serde::Serialize;
use std::collections::BTreeMap;

/// The course of a record through the year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Course {
    /// Factor of each calendar month, January first, where they differ beyond chance and no trend says as much.
    pub months: Option<[f64; 12]>,
    /// Change in a year as a share, where there is a trend beyond chance; 95 % interval.
    pub growth: Option<Interval>,
    /// The day for which the record's level holds: its middle.
    pub middle: Date,
    /// Why, in a sentence.
    pub why: String,
}

const DAYS_OF_YEAR: f64 = time::YEAR / time::DAY;

/// Days of a record from which on months and a trend are told apart even where both are there: nearly every month comes twice.
const BOTH: u32 = 700;

impl Course {
    /// A day's level over that of the middle of the record.
    pub(crate) fn of(&self, day: Date) -> f64 {
        let month = self.months.map_or(1.0, |m| m[month(day)]);
        (month * self.grown(day)).max(1e-9)
    }

    /// What the trend alone makes of a day's level.
    pub fn grown(&self, day: Date) -> f64 {
        self.growth.as_ref().map_or(1.0, |g| exp(ln(1.0 + g.base) * years(self.middle, day)))
    }
}

fn month(d: Date) -> usize {
    usize::try_from(d.month() - 1).unwrap_or(0)
}

fn years(from: Date, to: Date) -> f64 {
    from.until(to).map_or(0.0, |s| f64::from(s.get_days())) / DAYS_OF_YEAR
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len().max(1) as f64
}

/// A day's demand over that of its weekday.
struct DayLevel {
    day: Date,
    month: usize,
    /// Years after the middle.
    at: f64,
    level: f64,
}

/// A line, alone or beside months.
struct TrendLine {
    /// Change of the level in a year.
    slope: f64,
    /// Half of its 95 % interval.
    half: f64,
    residuals: Vec<f64>,
}

/// Least squares, with an interval that is robust against values that hang together: see [`half_width`].
fn line(days: &[DayLevel], by_month: bool) -> Option<TrendLine> {
    let cell = |d: &DayLevel| if by_month { d.month } else { 0 };
    let mut means = [(0.0, 0.0, 0.0); 12];
    for d in days {
        let m = &mut means[cell(d)];
        *m = (m.0 + d.at, m.1 + d.level, m.2 + 1.0);
    }
    let away: Vec<(f64, f64)> = days
        .iter()
        .map(|d| {
            let (at, level, n) = means[cell(d)];
            (d.at - at / n, d.level - level / n)
        })
        .collect();
    let spread: f64 = away.iter().map(|a| a.0 * a.0).sum();
    if spread <= 0.0 {
        return None;
    }
    let slope = away.iter().map(|a| a.0 * a.1).sum::<f64>() / spread;
    let residuals: Vec<f64> = away.iter().map(|a| a.1 - slope * a.0).collect();
    let far: Vec<f64> = away.iter().map(|a| a.0).collect();
    // By weeks: what hangs together for longer than days shows less beneath the chance of each day.
    let of_weeks = |x: &[f64]| x.chunks_exact(7).map(mean).collect::<Vec<f64>>();
    let half = half_width(&far, &residuals).max(half_width(&of_weeks(&far), &of_weeks(&residuals)));
    Some(TrendLine { slope, half, residuals })
}

/// Half of a 95 % interval of a slope, from how far values lie from their middle and what the line leaves of them: the wider of two
/// that are robust against values that hang together. One knows of no law: a long-run variance by Bartlett's kernel (Newey and
/// West 1987), with the critical value that holds for such a share of the record (Kiefer and Vogelsang 2005, table 1). The other takes
/// the correlation with the next value to go on from one to the next (Bartlett 1946), and is the surer in short records.
pub(crate) fn half_width(far: &[f64], residuals: &[f64]) -> f64 {
    let n = far.len() as f64;
    let spread: f64 = far.iter().map(|x| x * x).sum();
    if n < 4.0 || spread <= 0.0 {
        return f64::INFINITY;
    }
    let student = student_quantile(0.975, n - 2.0);
    let scores: Vec<f64> = far.iter().zip(residuals).map(|(a, r)| a * r).collect();
    let (variance, share) = long_run(&scores);
    let critical = student / 1.96 * (1.96 + share * (2.9694 + share * (0.416 - 0.5324 * share)));
    // What a line leaves looks less alike than it is, by (2 + 4 r) / n (Marriott and Pope 1954).
    let r = ((lag(residuals) + 2.0 / n) / (1.0 - 4.0 / n).max(0.1)).clamp(0.0, 0.9);
    let squares: f64 = residuals.iter().map(|e| e * e).sum();
    let chain = (squares / (n - 2.0) / spread * (1.0 + r) / (1.0 - r)).sqrt();
    (critical * variance.sqrt() / spread).max(student * chain)
}

/// Variance of a sum of values that follow each other, and the share of them over which they may hang together.
fn long_run(x: &[f64]) -> (f64, f64) {
    let n = x.len();
    let most = ((1.3 * (n as f64).sqrt()).ceil() as usize).min(n.saturating_sub(1));
    let with = |k: usize| x.iter().zip(&x[k..]).map(|(a, b)| a * b).sum::<f64>();
    let sum = (1..=most).map(|k| 2.0 * (1.0 - k as f64 / (most + 1) as f64) * with(k)).sum::<f64>();
    ((with(0) + sum).max(0.05 * with(0)), most as f64 / n.max(1) as f64)
}

/// Bayes's criterion of residuals with so many numbers fitted, of as many independent days as they are worth.
fn criterion(residuals: &[f64], numbers: f64, worth: f64) -> f64 {
    let squares: f64 = residuals.iter().map(|r| r * r).sum();
    worth * ln((squares / residuals.len() as f64).max(1e-12)) + numbers * ln(worth)
}

/// Residuals about the mean of each month, or of all.
fn about(days: &[DayLevel], by_month: bool) -> Vec<f64> {
    let mut means = [(0.0, 0.0); 12];
    let cell = |d: &DayLevel| if by_month { d.month } else { 0 };
    for d in days {
        let m = &mut means[cell(d)];
        *m = (m.0 + d.level, m.1 + 1.0);
    }
    days.iter().map(|d| d.level - means[cell(d)].0 / means[cell(d)].1).collect()
}

/// Correlation of values with the next.
fn lag(x: &[f64]) -> f64 {
    let squares: f64 = x.iter().map(|v| v * v).sum();
    if squares > 0.0 { x.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / squares } else { 0.0 }
}

/// The course of a record of daily totals by date; `months` finds factors of the months of such totals.
pub(crate) fn course(
    totals: &BTreeMap<Date, f64>,
    months: impl Fn(&BTreeMap<Date, f64>) -> Months,
) -> Option<Course> {
    let (first, last) = (*totals.keys().next()?, *totals.keys().next_back()?);
    let span = first.until(last).ok()?.get_days();
    let middle = first.checked_add(jiff::Span::new().days(i64::from(span / 2))).ok()?;
    let length = u32::try_from(span + 1).ok()?;
    let plain = |why: String| Some(Course { months: None, growth: None, middle, why });
    if length < YEAR {
        return plain(format!(
            "the record has {length} days, and less than a year cannot tell a season from a trend"
        ));
    }
    let weekday = |d: Date| usize::try_from(d.weekday().to_monday_zero_offset()).unwrap_or(0);
    let by_weekday: Vec<f64> = (0..7)
        .map(|w| mean(&totals.iter().filter(|(d, _)| weekday(**d) == w).map(|x| *x.1).collect::<Vec<_>>()))
        .collect();
    let days: Vec<DayLevel> = totals
        .iter()
        .filter(|(d, _)| by_weekday[weekday(**d)] > 0.0)
        .map(|(d, x)| DayLevel {
            day: *d,
            month: month(*d),
            at: years(middle, *d),
            level: x / by_weekday[weekday(*d)],
        })
        .collect();
    let seen = months(totals);
    let found = seen.factors();
    let trend = line(&days, false)?;
    // Where both are thought of, a month's second coming tells them apart.
    let beside = if length >= BOTH && found.is_some() { line(&days, true) } else { None };
    let (of_all, of_months) = (about(&days, false), about(&days, true));
    let fullest = beside.as_ref().map_or(&of_months, |b| &b.residuals);
    let r = lag(fullest).clamp(0.0, 0.9);
    let worth = (days.len() as f64 * (1.0 - r) / (1.0 + r)).max(24.0);
    let of = |residuals: &[f64], numbers: f64| criterion(residuals, numbers, worth);
    let (none, growing, seasonal) = (of(&of_all, 1.0), of(&trend.residuals, 2.0), of(&of_months, 12.0));
    let both = beside.as_ref().map_or(f64::INFINITY, |b| of(&b.residuals, 13.0));
    let growth = |l: &TrendLine| {
        let rate = |x: f64| exp(x) - 1.0;
        Interval { base: rate(l.slope), low: rate(l.slope - l.half), high: rate(l.slope + l.half) }
    };
    let sure = |l: &TrendLine| l.slope.abs() > l.half;
    let shown = |l: &TrendLine| {
        let g = growth(l);
        let percent = |x: f64| format!("{:+.0} %", 100.0 * x);
        format!("{} a year [{}, {}]", percent(g.base), percent(g.low), percent(g.high))
    };
    Some(match (found, beside) {
        (Some(_), Some(b)) if both < seasonal && both < growing && sure(&b) => {
            let flat = Course { months: None, growth: Some(growth(&b)), middle, why: String::new() };
            let level: BTreeMap<Date, f64> =
                days.iter().map(|d| (d.day, totals[&d.day] / flat.grown(d.day))).collect();
            let why = format!(
                "months differ beyond chance, and the same months of different years by a trend of {}",
                shown(&b)
            );
            Course { months: months(&level).factors(), why, ..flat }
        }
        (found, _) if growing < seasonal.min(none) && sure(&trend) => {
            let instead =
                if found.is_some() { ": one line says more of the record than twelve months" } else { "" };
            let why = format!("a trend of {}{instead}", shown(&trend));
            Course { months: None, growth: Some(growth(&trend)), middle, why }
        }
        (Some(found), _) => {
            let why = if length < BOTH {
                "months differ beyond chance, and no one line says as much; a trend beside them a record of less than two years cannot tell"
            } else {
                "months differ beyond chance; the same months of different years show no trend"
            };
            Course { months: Some(found), growth: None, middle, why: why.to_owned() }
        }
        (None, _) if seen == Months::Open => {
            return plain(format!(
                "whether months differ is left open, and none are taken: days may hang together so closely (a correlation of {NEAR_ONE} or more with the next \
                 day's is not excluded) that chance alone makes months of one year differ as much; two years tell"
            ));
        }
        (None, _) => return plain("months do not differ beyond chance, nor is there a trend".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use poolwise_math::normal_quantile;

    /// Days of a level by years after the first day, with weekdays of their own and factors that hang together.
    fn days(name: &str, n: usize, level: impl Fn(f64, Date) -> f64) -> BTreeMap<Date, f64> {
        let mut rng = poolwise_fit::draws::generator(name);
        let mut draw = || {
            let u = poolwise_engine::random::unit(rand::rand_core::Rng::next_u64(&mut rng));
            normal_quantile(u.clamp(1e-12, 1.0 - 1e-12))
        };
        let mut factor = 0.0;
        (0..n)
            .map(|i| {
                let day = date(2024, 1, 1).checked_add(jiff::Span::new().days(i as i64)).expect("a day");
                factor = 0.5 * factor + 0.75_f64.sqrt() * draw();
                let of_day = 60.0
                    * if i % 7 > 4 { 0.6 } else { 1.0 }
                    * level(i as f64 / DAYS_OF_YEAR, day)
                    * (1.0 + 0.1 * factor);
                (day, (of_day + of_day.sqrt() * draw()).max(0.0).round())
            })
            .collect()
    }

    fn found(name: &str, n: usize, level: impl Fn(f64, Date) -> f64) -> Course {
        course(&days(name, n, level), crate::pattern::months).expect("a year or more")
    }

    /// Forty records of each kind, 400 days and three years long. A pure trend and a pure season are told as what they are in 38 of 40
    /// or more (a season of 400 days, which may be left open, in 28), neither where there is none; both where both are there and years enough tell them apart. The interval of a growth of 20 %
    /// holds it in 36 of 40 or more: at 95 % fewer come once in 35.
    #[test]
    fn a_trend_is_told_from_a_season() {
        let season = |d: Date| {
            1.0 + 0.25 * [-1.0, -0.8, -0.4, 0.0, 0.5, 0.9, 1.0, 0.9, 0.4, 0.0, -0.5, -0.9][month(d)]
        };
        let grown = |t: f64| exp(ln(1.2) * t);
        let mut counts = [[0; 4]; 2];
        let mut held = [0; 3];
        let of_growth = |c: &Course| c.growth.as_ref().is_some_and(|g| g.low <= 0.2 && g.high >= 0.2);
        for (l, n) in [400, 1096].into_iter().enumerate() {
            for k in 0..40 {
                let name = |what: &str| format!("{what} {n} {k}");
                let trend = found(&name("trend"), n, |t, _| grown(t));
                counts[l][0] += usize::from(trend.months.is_none() && trend.growth.is_some());
                held[l] += usize::from(of_growth(&trend));
                let seasonal = found(&name("season"), n, |_, d| season(d));
                counts[l][1] += usize::from(seasonal.months.is_some() && seasonal.growth.is_none());
                let none = found(&name("none"), n, |_, _| 1.0);
                counts[l][2] += usize::from(none.growth.is_none());
                let both = found(&name("both"), n, |t, d| grown(t) * season(d));
                counts[l][3] += usize::from(both.months.is_some() && both.growth.is_some());
                held[2] += usize::from(l == 1 && of_growth(&both));
            }
        }
        println!("{counts:?} {held:?}");
        let [short, long] = &counts;
        assert!([short[0], short[2]].iter().chain(long).all(|n| *n >= 36) && short[1] >= 28, "{counts:?}");
        assert!(held.iter().all(|n| *n >= 36), "{held:?}");
    }

    #[test]
    fn a_line_by_hand() {
        let days: Vec<DayLevel> = (0..4)
            .map(|i| DayLevel {
                day: date(2024, 1, 1),
                month: 0,
                at: f64::from(i),
                level: 1.0 + 0.5 * f64::from(i),
            })
            .collect();
        let l = line(&days, false).expect("a line");
        assert!((l.slope - 0.5).abs() < 1e-12 && l.residuals.iter().all(|r| r.abs() < 1e-12));
        // Values 1, 1, -1, -1: squares 4, neighbours 1 - 1 + 1 = 1, two apart -2; three are thought of, weighed 3/4, 1/2 and 1/4.
        let (v, share) = long_run(&[1.0, 1.0, -1.0, -1.0]);
        assert!((v - 3.0).abs() < 1e-12 && share == 0.75, "{v} {share}");
    }
}
