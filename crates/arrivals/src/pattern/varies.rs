//! How counts vary beyond the profile, within a day and from day to day; with intervals.

use super::together::{DayChain, Likeness, OneDay, number_of};
use super::weekday;
use crate::weeks::{WeekDraws, sums, week_of};
use jiff::civil::Date;
use poolwise_fit::Interval;
use std::collections::BTreeMap;

/// How counts vary beyond the profile.
pub(super) struct Varies {
    /// Variance over mean of hourly counts, given the day's factor.
    pub hours: f64,
    pub hours_interval: Interval,
    pub day_cv: Interval,
    pub autocorrelation: Likeness,
    /// Variance of daily totals about what is expected of them, and the correlation of a total with the next day's.
    pub daily_variance: f64,
    pub lag: f64,
    /// The days, to be set beside those of other places.
    pub chain: DayChain,
}

/// What a week adds: squares about the means of hours, their means and squares of means; the same of days; products of departures with the
/// next day's, and squares of departures.
type WeekSums = [f64; 8];

/// Dispersion within the day, square of the factor's coefficient of variation, correlation of a day's departure with the next day's.
struct Solved {
    hours: f64,
    square: f64,
    lag: f64,
}

/// Of an hourly count with mean m the variance is D m + c^2 m^2, and so is that of a daily total: two equations for the dispersion D within
/// the day and the coefficient of variation c of a day's factor.
fn solve(s: &WeekSums) -> Solved {
    let (hour_ratio, hour_mean) = (s[0] / s[1], s[2] / s[1]);
    let (day_ratio, day_mean) = (s[3] / s[4], s[5] / s[4]);
    let square = ((day_ratio - hour_ratio) / (day_mean - hour_mean)).max(0.0);
    let hours = if square > 0.0 { hour_ratio - square * hour_mean } else { hour_ratio };
    let lag = if s[7] > 0.0 { s[6] / s[7] } else { 0.0 };
    Solved { hours, square, lag }
}

fn quarter(d: Date) -> (i32, usize) {
    (i32::from(d.year()) * 4 + i32::from((d.month() - 1) / 3), weekday(d))
}

/// Splits what varies between hours and days. Means are those of the quarter of the year.
pub(super) fn varies(days: &BTreeMap<Date, Vec<f64>>, per_hour: usize) -> Varies {
    let hours_of = |x: &[f64]| x.chunks(per_hour).map(|h| h.iter().sum()).collect::<Vec<f64>>();
    let mut cells: BTreeMap<((i32, usize), usize), (f64, f64)> = BTreeMap::new();
    let mut totals: BTreeMap<(i32, usize), (f64, f64)> = BTreeMap::new();
    for (d, x) in days {
        for (h, hour) in hours_of(x).into_iter().enumerate() {
            let cell = cells.entry((quarter(*d), h)).or_default();
            *cell = (cell.0 + hour, cell.1 + 1.0);
        }
        let cell = totals.entry(quarter(*d)).or_default();
        *cell = (cell.0 + x.iter().sum::<f64>(), cell.1 + 1.0);
    }
    let away: BTreeMap<Date, f64> = days
        .iter()
        .map(|(d, x)| {
            let (sum, n) = totals[&quarter(*d)];
            (*d, if sum > 0.0 { x.iter().sum::<f64>() * n / sum - 1.0 } else { 0.0 })
        })
        .collect();
    let mut weeks: BTreeMap<i64, WeekSums> = BTreeMap::new();
    let (mut freedom, mut sum) = (0.0, 0.0);
    for (d, x) in days {
        let week = weeks.entry(week_of(*d)).or_default();
        // Each value's share of a cell's squares, freedom, mean and mean of squares.
        let mut add = |at: usize, value: f64, cell: (f64, f64)| {
            let (m, free) = (cell.0 / cell.1, (cell.1 - 1.0) / cell.1);
            if cell.1 > 1.0 {
                week[at] += (value - m) * (value - m);
                week[at + 1] += free * m;
                week[at + 2] += free * m * m;
            }
            (free, free * m)
        };
        for (h, hour) in hours_of(x).into_iter().enumerate() {
            add(0, hour, cells[&(quarter(*d), h)]);
        }
        let of_day = add(3, x.iter().sum(), totals[&quarter(*d)]);
        (freedom, sum) = (freedom + of_day.0, sum + of_day.1);
        let next = d.tomorrow().ok().and_then(|n| away.get(&n)).copied().unwrap_or(0.0);
        week[6] += away[d] * next;
        week[7] += away[d] * away[d];
    }
    let list: Vec<WeekSums> = weeks.values().copied().collect();
    let all: Vec<usize> = (0..list.len()).collect();
    let total = sums(&list, &all);
    let found = solve(&total);
    let chain = chain(&away, &totals, &found, &total);
    let autocorrelation = chain.correlation();
    let r = autocorrelation.base;
    // Means of quarters take some of the factor away, the more the more days hang together.
    let base = chain.square(r).max(0.0).sqrt() / chain.square(0.0).max(1e-300).sqrt();
    let error = 1.96 * chain.error(r);
    let spread = |by: f64| {
        let mut other = total;
        other[3] *= poolwise_math::exp(by);
        solve(&other).square.sqrt() * base
    };
    let draws = WeekDraws::of("how days vary", list.len(), (days.len(), totals.len()));
    let hours = draws.interval(found.hours, &|d| Some(solve(&sums(&list, d)).hours).filter(|x| *x > 0.0));
    Varies {
        hours: found.hours,
        hours_interval: hours,
        day_cv: Interval { base: spread(0.0), low: spread(-error), high: spread(error) },
        // A correlation within chance is none; its interval says what it might be.
        autocorrelation: Likeness {
            base: if autocorrelation.low.is_some_and(|low| low <= 0.0) { 0.0 } else { r },
            ..autocorrelation
        },
        daily_variance: total[3] / total[4] * (sum / f64::max(freedom, 1.0)),
        lag: found.lag,
        chain,
    }
}

/// The days as a chain: chance adds the dispersion over the mean to a day's square.
fn chain(
    away: &BTreeMap<Date, f64>,
    totals: &BTreeMap<(i32, usize), (f64, f64)>,
    found: &Solved,
    total: &WeekSums,
) -> DayChain {
    let numbers: BTreeMap<&(i32, usize), usize> = totals.keys().zip(0..).collect();
    let (mut noise, mut fourth, mut free) = (0.0, 0.0, 0.0);
    let days: Vec<OneDay> = away
        .iter()
        .map(|(d, x)| {
            let (sum, n) = totals[&quarter(*d)];
            if sum > 0.0 {
                let (left, mean) = ((n - 1.0) / n, sum / n);
                noise += left / mean;
                fourth += left / (mean * mean * mean);
                free += left;
            }
            OneDay { number: number_of(*d), away: *x, cell: numbers[&quarter(*d)] }
        })
        .collect();
    let of = |sum: f64| if free > 0.0 { sum / free } else { 0.0 };
    let d = found.hours.max(0.0);
    // The fourth cumulant of a Poisson count of gamma rate, over its mean; squares of hours, and of days, vary by it.
    let tail = d * (1.0 + 6.0 * d * (d - 1.0)).max(1.0);
    let of_hours = (2.0 * d * d * total[2] + tail * total[1]) / (total[1] * total[1]).max(1e-300);
    let error = of_hours * of(noise) * of(noise) + tail * of(fourth) / free.max(1.0);
    DayChain::of(&days, (d * of(noise), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two equations by hand: hours of mean 2 with variance 3, days of mean 48 with variance 168: c^2 = (3.5 - 1.5) / (48 - 2), D = 1.5 - 2 c^2.
    #[test]
    fn two_equations_by_hand() {
        let s = solve(&[3.0, 2.0, 4.0, 168.0, 48.0, 2304.0, 0.2, 1.0]);
        assert!((s.square - 2.0 / 46.0).abs() < 1e-12 && (s.hours - (1.5 - 4.0 / 46.0)).abs() < 1e-12);
        assert!((s.lag - 0.2).abs() < 1e-12);
    }
}
