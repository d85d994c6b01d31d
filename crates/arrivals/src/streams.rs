//! How requests arrive: rates by hour of the week, how days differ, how much counts vary within a day, and how places
//! move together; each with an interval.

use crate::missing_days::MissingDays;
use crate::series::Series;
use crate::weeks::{WeekDraws, sums, week_of};
use jiff::civil::Date;
use poolwise_fit::Interval;
use poolwise_math::{exp, student_quantile};
use serde::Serialize;
use std::collections::BTreeMap;

/// What one stream of arrivals is like.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stream {
    /// The place; `all` for all together.
    pub name: String,
    /// Mean per hour, with a 95 % interval from the differences between weeks.
    pub per_hour: Interval,
    /// Relative rate of each hour of the week, Monday 00:00 first, mean 1; with 95 % limits.
    pub profile: Vec<Interval>,
    /// Local hour of the day with the most, and its rate over the mean.
    pub peak: (usize, f64),
    /// Local hour of the day with the least, and its rate over the mean.
    pub trough: (usize, f64),
    /// Share of requests on Saturday and Sunday.
    pub weekend: f64,
    /// Variance over mean of hourly counts within the quarter of a year and hour of the week.
    pub hourly_dispersion: f64,
    /// Variance over mean of daily totals within the quarter of a year and day of the week.
    pub daily_dispersion: f64,
    /// Coefficient of variation of a random factor of each day, with a 95 % interval.
    pub day_factor: Interval,
    /// Correlation of one day's departure from its expectation with the next day's, chance of counts among it. What a day's factor has, with its
    /// interval, is the law's ([`crate::pattern::Pattern::autocorrelation`]).
    pub autocorrelation: f64,
    /// Variance over mean of hourly counts that is left within the day when the day's factor is taken out, with a 95 % interval from weeks
    /// drawn anew.
    pub within_day: Interval,
    /// Whole days that were used.
    pub days: usize,
    /// Counts are by day: nothing is known of hours, and what is said of them means nothing.
    pub daily: bool,
}

/// Whole days of a series: by date and hour, one stream.
struct WholeDays {
    dates: Vec<Date>,
    hours: Vec<[f64; 24]>,
}

fn days(series: &Series, place: Option<usize>, missing: &MissingDays) -> WholeDays {
    let gone = |d: &Date| match place {
        Some(p) => missing.get(&p).is_some_and(|days| days.contains(d)),
        None => missing.values().any(|days| days.contains(d)),
    };
    let mut by: BTreeMap<Date, ([f64; 24], [bool; 24])> = BTreeMap::new();
    for (at, counts) in &series.rows {
        let n: u64 = match place {
            Some(p) => counts[p],
            None => counts.iter().sum(),
        };
        let (hours, seen) = by.entry(at.date()).or_insert(([0.0; 24], [false; 24]));
        let h = usize::try_from(at.hour()).unwrap_or(0);
        if series.width >= 86_400 {
            // Counts by day say nothing of its hours.
            hours.iter_mut().for_each(|x| *x += n as f64 / 24.0);
            *seen = [true; 24];
        } else {
            hours[h] += n as f64;
            seen[h] = true;
        }
    }
    let (mut dates, mut hours) = (Vec::new(), Vec::new());
    let first = by.first_key_value().map(|x| *x.0);
    let last = by.last_key_value().map(|x| *x.0);
    for (date, (h, seen)) in by {
        // A first or last day of which only a part was recorded would look like a quiet one.
        let whole = seen.iter().filter(|s| **s).count() >= 23 || (Some(date) != first && Some(date) != last);
        if whole && !gone(&date) {
            dates.push(date);
            hours.push(h);
        }
    }
    WholeDays { dates, hours }
}

fn weekday(d: Date) -> usize {
    usize::try_from(d.weekday().to_monday_zero_offset()).unwrap_or(0)
}

fn quarter(d: Date) -> i32 {
    i32::from(d.year()) * 4 + i32::from((d.month() - 1) / 3)
}

/// Sum and number of values of a cell.
type Cells = BTreeMap<(i32, usize), (f64, f64)>;

/// What a week adds: of hours and of days squares about the mean of their cell, freedom, values, their number and squared means; products of
/// departures with the next day's, and their squares.
type WeekSums = [f64; 12];

/// What the sums of some weeks say.
struct Solved {
    hourly: f64,
    daily: f64,
    day_mean: f64,
    squared_cv: f64,
    within_day: f64,
    lag: f64,
}

fn solve(s: &WeekSums) -> Solved {
    let (hour_variance, hour_mean, hour_square) = (s[0] / s[1], s[2] / s[3], s[4] / s[3]);
    let (day_variance, day_mean) = (s[5] / s[6], s[7] / s[8]);
    let squared_cv = ((day_variance / day_mean - 1.0) / day_mean).max(0.0);
    Solved {
        hourly: hour_variance / hour_mean,
        daily: day_variance / day_mean,
        day_mean,
        squared_cv,
        within_day: (hour_variance / hour_mean - squared_cv * hour_square / hour_mean).max(0.0),
        lag: if s[11] > 0.0 { s[10] / s[11] } else { 0.0 },
    }
}

/// What each week adds. A value's share of its cell's freedom is what the cell's mean leaves of it.
fn week_sums(days: &WholeDays, (cells, totals): (&Cells, &Cells), away: &[f64]) -> Vec<WeekSums> {
    let mut weeks: BTreeMap<i64, WeekSums> = BTreeMap::new();
    let next = |i: usize| {
        let follows = days.dates.get(i + 1).is_some_and(|n| days.dates[i].tomorrow().ok() == Some(*n));
        if follows { away[i + 1] } else { 0.0 }
    };
    for (i, (d, hours)) in days.dates.iter().zip(&days.hours).enumerate() {
        let week = weeks.entry(week_of(*d)).or_default();
        let mut add = |at: usize, x: f64, (sum, n): (f64, f64)| {
            if n > 1.0 {
                let m = sum / n;
                let shares = [(x - m) * (x - m), (n - 1.0) / n, x, 1.0, m * m];
                week[at..at + 5].iter_mut().zip(shares).for_each(|(to, share)| *to += share);
            }
        };
        let (q, w) = (quarter(*d), weekday(*d));
        hours.iter().enumerate().for_each(|(h, x)| add(0, *x, cells[&(q, w * 24 + h)]));
        add(5, hours.iter().sum(), totals[&(q, w)]);
        week[10] += away[i] * next(i);
        week[11] += away[i] * away[i];
    }
    weeks.into_values().collect()
}

/// A stream's figures; `None` with less than two whole weeks.
pub fn stream(series: &Series, place: Option<usize>) -> Option<Stream> {
    stream_of(series, place, &MissingDays::new())
}

/// The same, days without a record left out.
pub fn stream_of(series: &Series, place: Option<usize>, missing: &MissingDays) -> Option<Stream> {
    let days = days(series, place, missing);
    let n = days.dates.len();
    if n < 14 {
        return None;
    }
    let all: f64 = days.hours.iter().flatten().sum();
    let mean = all / (24 * n) as f64;
    let (mut cells, mut totals) = (Cells::new(), Cells::new());
    let put = |cells: &mut Cells, key: (i32, usize), x: f64| {
        let cell = cells.entry(key).or_default();
        *cell = (cell.0 + x, cell.1 + 1.0);
    };
    let mut weekend = 0.0;
    for (d, hours) in days.dates.iter().zip(&days.hours) {
        let (q, w) = (quarter(*d), weekday(*d));
        for (h, x) in hours.iter().enumerate() {
            put(&mut cells, (q, w * 24 + h), *x);
        }
        let total: f64 = hours.iter().sum();
        put(&mut totals, (q, w), total);
        weekend += if w >= 5 { total } else { 0.0 };
    }
    let away = departures(&days, &totals);
    let weeks = week_sums(&days, (&cells, &totals), &away);
    let found = solve(&sums(&weeks, &(0..weeks.len()).collect::<Vec<_>>()));
    let draws = WeekDraws::of("a stream's weeks", weeks.len(), (n, totals.len()));
    let within_day = draws
        .interval(found.within_day, &|draw| Some(solve(&sums(&weeks, draw)).within_day).filter(|x| *x > 0.0));
    let by_hour: Vec<f64> =
        (0..24).map(|h| days.hours.iter().map(|d| d[h]).sum::<f64>() / n as f64 / mean).collect();
    let extreme = |sign: f64| {
        let at = (0..24).max_by(|a, b| (sign * by_hour[*a]).total_cmp(&(sign * by_hour[*b]))).unwrap_or(0);
        (at, by_hour[at])
    };
    // The day factor's interval: the variance of daily totals has about chi-square's relative error.
    let freedom = (n as f64 - totals.len() as f64).max(1.0);
    let error = 1.96 * (2.0 / freedom).sqrt();
    let cv_at = |by: f64| (((found.daily * exp(by) - 1.0) / found.day_mean).max(0.0)).sqrt();
    Some(Stream {
        name: place.map_or_else(|| "all".to_owned(), |p| series.places[p].clone()),
        per_hour: per_hour(&days, mean),
        profile: profile(&days, mean),
        peak: extreme(1.0),
        trough: extreme(-1.0),
        weekend: weekend / all.max(1.0),
        hourly_dispersion: found.hourly,
        daily_dispersion: found.daily,
        day_factor: Interval { base: found.squared_cv.sqrt(), low: cv_at(-error), high: cv_at(error) },
        autocorrelation: found.lag,
        within_day,
        days: n,
        daily: series.width >= 86_400,
    })
}

/// Mean per hour with Student's interval from whole weeks, or from days where there are few weeks.
fn per_hour(days: &WholeDays, mean: f64) -> Interval {
    let mut weeks: BTreeMap<i64, (f64, usize)> = BTreeMap::new();
    for (d, hours) in days.dates.iter().zip(&days.hours) {
        let week = weeks.entry(week_of(*d)).or_default();
        week.0 += hours.iter().sum::<f64>();
        week.1 += 1;
    }
    let whole: Vec<f64> = weeks.values().filter(|w| w.1 == 7).map(|w| w.0 / 168.0).collect();
    let n = whole.len() as f64;
    if whole.len() < 3 {
        let half = 1.96 * (mean / (24.0 * days.dates.len() as f64)).sqrt() * 2.0;
        return Interval { base: mean, low: (mean - half).max(0.0), high: mean + half };
    }
    let m = whole.iter().sum::<f64>() / n;
    let v = whole.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / (n - 1.0);
    let half = student_quantile(0.975, n - 1.0) * (v / n).sqrt();
    Interval { base: mean, low: (mean - half).max(0.0), high: mean + half }
}

/// Rates by hour of the week over the mean, with limits from their own spread, at least Poisson's.
fn profile(days: &WholeDays, mean: f64) -> Vec<Interval> {
    let mut cells: Vec<Vec<f64>> = vec![Vec::new(); 168];
    for (d, hours) in days.dates.iter().zip(&days.hours) {
        for (h, x) in hours.iter().enumerate() {
            cells[weekday(*d) * 24 + h].push(*x);
        }
    }
    cells
        .iter()
        .map(|x| {
            let n = x.len() as f64;
            if x.is_empty() || mean == 0.0 {
                return Interval { base: 0.0, low: 0.0, high: 0.0 };
            }
            let m = x.iter().sum::<f64>() / n;
            let v = x.iter().map(|v| (v - m) * (v - m)).sum::<f64>() / (n - 1.0).max(1.0);
            let t = student_quantile(0.975, (n - 1.0).max(1.0));
            let half = t.min(4.0) * (v.max(m).max(mean / n) / n).sqrt();
            Interval { base: m / mean, low: ((m - half) / mean).max(0.0), high: (m + half) / mean }
        })
        .collect()
}

/// Each day's departure from the mean of its quarter and weekday, relative.
fn departures(days: &WholeDays, totals: &Cells) -> Vec<f64> {
    let of = |(d, h): (&Date, &[f64; 24])| {
        let (sum, n) = totals[&(quarter(*d), weekday(*d))];
        if sum > 0.0 { h.iter().sum::<f64>() * n / sum - 1.0 } else { 0.0 }
    };
    days.dates.iter().zip(&days.hours).map(of).collect()
}

/// Places of which the days are compared: of more the first.
const PLACES: usize = 20;

/// Mean correlation of the days' departures between each two places, chance of counts among it; `None` with one place. What their factors have
/// in common, with its interval, is the law's ([`crate::pattern::Patterns::between`]).
pub fn between_places(series: &Series, missing: &MissingDays) -> Option<f64> {
    let places = series.places.len().min(PLACES);
    let all: Vec<BTreeMap<Date, f64>> = (0..places)
        .map(|p| {
            let days = days(series, Some(p), missing);
            let mut totals = Cells::new();
            for (d, h) in days.dates.iter().zip(&days.hours) {
                let cell = totals.entry((quarter(*d), weekday(*d))).or_default();
                *cell = (cell.0 + h.iter().sum::<f64>(), cell.1 + 1.0);
            }
            let away = departures(&days, &totals);
            if days.dates.len() < 14 { BTreeMap::new() } else { days.dates.into_iter().zip(away).collect() }
        })
        .collect();
    let (mut sum, mut n) = (0.0, 0.0);
    for (i, one) in all.iter().enumerate() {
        for other in &all[..i] {
            let mut found = [0.0; 3];
            for (d, x) in one {
                if let Some(y) = other.get(d) {
                    found.iter_mut().zip([x * y, x * x, y * y]).for_each(|(to, v)| *to += v);
                }
            }
            let [products, a, b] = found;
            if a * b > 0.0 {
                (sum, n) = (sum + products / (a * b).sqrt(), n + 1.0);
            }
        }
    }
    (n > 0.0).then(|| sum / n)
}
