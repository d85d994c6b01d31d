//! How counts vary beyond the profile: within a day, from day to day, between places; with intervals from weeks drawn anew.

use super::weekday;
use crate::fit::Interval;
use crate::weeks::{EvenScale, WeekDraws, sums, week_of};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Correlations of factors are no nearer to 1 than this: with 1 all days would be alike.
const MOST: f64 = 0.95;

/// How counts vary beyond the profile.
pub(super) struct Varies {
    /// Variance over mean of hourly counts, given the day's factor.
    pub hours: f64,
    pub hours_interval: Interval,
    pub day_cv: Interval,
    pub autocorrelation: Interval,
    /// Variance of daily totals about what is expected of them, and the correlation of a total with the next day's.
    pub daily_variance: f64,
    pub lag: f64,
    pub away: BTreeMap<Date, f64>,
    /// What each week adds to the sums of which all this is made.
    pub weeks: BTreeMap<i64, WeekSums>,
}

/// What a week adds: squares about the means of hours, their means and squares of means; the same of days; products of departures with the
/// next day's, and squares of departures.
pub(super) type WeekSums = [f64; 8];

/// Dispersion within the day, square of the factor's coefficient of variation, its part of a total's variance, correlation with the next day.
struct Solved {
    hours: f64,
    square: f64,
    part: f64,
    lag: f64,
}

/// Of an hourly count with mean m the variance is D m + c^2 m^2, and so is that of a daily total: two equations for the dispersion D within
/// the day and the coefficient of variation c of a day's factor.
fn solve(s: &WeekSums) -> Solved {
    let (hour_ratio, hour_mean) = (s[0] / s[1], s[2] / s[1]);
    let (day_ratio, day_mean) = (s[3] / s[4], s[5] / s[4]);
    let square = ((day_ratio - hour_ratio) / (day_mean - hour_mean)).max(0.0);
    let hours = if square > 0.0 { hour_ratio - square * hour_mean } else { hour_ratio };
    let part = if day_ratio > 0.0 { square * day_mean / day_ratio } else { 0.0 };
    let lag = if s[7] > 0.0 { s[6] / s[7] } else { 0.0 };
    Solved { hours, square, part, lag }
}

/// Of a total's variance only the factor's part hangs together.
fn of_factor(s: &Solved) -> Option<f64> {
    (s.part > 0.0).then(|| (s.lag / s.part).clamp(-MOST, MOST))
}

/// Splits what varies between hours and days. Means are those of the quarter of the year.
pub(super) fn varies(days: &BTreeMap<Date, Vec<f64>>, per_hour: usize) -> Varies {
    let quarter = |d: Date| (i32::from(d.year()) * 4 + i32::from((d.month() - 1) / 3), weekday(d));
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
    // Days that hang together count for fewer (Bartlett 1946).
    let lag = found.lag;
    let together = (1.0 + lag * lag) / (1.0 - lag * lag).max(0.05);
    let error = 1.96 * (2.0 / f64::max(freedom, 1.0) * together).sqrt();
    let spread = |by: f64| {
        let mut other = total;
        other[3] *= poolwise_math::exp(by);
        solve(&other).square.sqrt()
    };
    let draws = WeekDraws::of("how days vary", list.len(), (days.len(), totals.len()));
    let hours = draws.interval(found.hours, EvenScale::Ratio, &|d| {
        Some(solve(&sums(&list, d)).hours).filter(|x| *x > 0.0)
    });
    // A lag within chance is none; its interval says what it might be.
    let sure = lag > 1.96 / (days.len() as f64).sqrt();
    let base = of_factor(&found).unwrap_or(0.0);
    let limits = draws.interval(base, EvenScale::Plain, &|d| of_factor(&solve(&sums(&list, d))));
    let within = |x: f64| x.clamp(0.0, MOST);
    Varies {
        hours: found.hours,
        hours_interval: hours,
        day_cv: Interval { base: found.square.sqrt(), low: spread(-error), high: spread(error) },
        autocorrelation: Interval {
            base: if sure { within(base) } else { 0.0 },
            low: within(limits.low),
            high: within(limits.high),
        },
        daily_variance: total[3] / total[4] * (sum / f64::max(freedom, 1.0)),
        lag,
        away,
        weeks,
    }
}

/// A place's departures by day, and what its weeks add.
pub(super) struct PlaceDays<'p> {
    pub away: &'p BTreeMap<Date, f64>,
    pub weeks: &'p BTreeMap<i64, WeekSums>,
}

/// Places of which the factors are compared: of more the first.
const PLACES: usize = 30;

/// Correlation of the factors of any two places: what their days have in common over what their factors make.
pub(super) fn between(places: &[PlaceDays<'_>]) -> Option<Interval> {
    let square = |weeks: &BTreeMap<i64, WeekSums>| {
        let list: Vec<WeekSums> = weeks.values().copied().collect();
        solve(&sums(&list, &(0..list.len()).collect::<Vec<_>>())).square
    };
    let some: Vec<&PlaceDays<'_>> = places.iter().filter(|p| square(p.weeks) > 0.0).take(PLACES).collect();
    if some.len() < 2 {
        return None;
    }
    let mut numbers: Vec<i64> = some.iter().flat_map(|p| p.weeks.keys().copied()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let of_places: Vec<Vec<WeekSums>> = some
        .iter()
        .map(|p| numbers.iter().map(|w| p.weeks.get(w).copied().unwrap_or_default()).collect())
        .collect();
    // Products of departures of each two places, and their days, by week.
    let pairs: Vec<(usize, usize)> = (0..some.len()).flat_map(|i| (0..i).map(move |j| (i, j))).collect();
    let common: Vec<Vec<[f64; 2]>> = pairs
        .iter()
        .map(|(i, j)| {
            let mut weeks = vec![[0.0; 2]; numbers.len()];
            for (d, x) in some[*i].away {
                let Some(y) = some[*j].away.get(d) else { continue };
                if let Ok(w) = numbers.binary_search(&week_of(*d)) {
                    weeks[w] = [weeks[w][0] + x * y, weeks[w][1] + 1.0];
                }
            }
            weeks
        })
        .collect();
    let of = |draw: &[usize]| {
        let cv: Vec<f64> = of_places.iter().map(|w| solve(&sums(w, draw)).square.sqrt()).collect();
        let (mut both, mut own) = (0.0, 0.0);
        for ((i, j), weeks) in pairs.iter().zip(&common) {
            let [products, days] = sums(weeks, draw);
            if days > 0.0 {
                both += products / days;
                own += cv[*i] * cv[*j];
            }
        }
        (own > 0.0).then(|| (both / own).clamp(-1.0, 1.0))
    };
    let all: Vec<usize> = (0..numbers.len()).collect();
    let taken = (some[0].away.len(), 7 * (numbers.len() / 13 + 1));
    let base = of(&all)?.max(0.0);
    let limits = WeekDraws::of("what places have in common", numbers.len(), taken).interval(
        base,
        EvenScale::Plain,
        &of,
    );
    Some(Interval { base, low: limits.low.max(0.0), high: limits.high.clamp(0.0, 1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two equations by hand: hours of mean 2 with variance 3, days of mean 48 with variance 168: c^2 = (3.5 - 1.5) / (48 - 2), D = 1.5 - 2 c^2.
    #[test]
    fn two_equations_by_hand() {
        let s = solve(&[3.0, 2.0, 4.0, 168.0, 48.0, 2304.0, 0.2, 1.0]);
        assert!((s.square - 2.0 / 46.0).abs() < 1e-12 && (s.hours - (1.5 - 4.0 / 46.0)).abs() < 1e-12);
        assert!((s.part - 48.0 * 2.0 / 46.0 / 3.5).abs() < 1e-12);
        assert!((of_factor(&s).expect("some") - 0.2 / s.part).abs() < 1e-12);
    }
}
