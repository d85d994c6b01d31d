//! How requests arrive: rates by hour of the week, how days differ, how much counts vary within a day, and how places
//! move together; each with an interval.

use crate::counts::Series;
use crate::fit::Interval;
use jiff::civil::Date;
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
    /// Correlation of one day's departure from its expectation with the next day's, with a 95 % interval.
    pub autocorrelation: Interval,
    /// Variance over mean of hourly counts that is left within the day when the day's factor is taken out.
    pub within_day: f64,
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

fn days(series: &Series, place: Option<usize>) -> WholeDays {
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
        if whole {
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

/// Pooled variance within cells, the pooled mean, and the pooled mean of squared means.
fn within(cells: &BTreeMap<(i32, usize), Vec<f64>>) -> (f64, f64, f64) {
    let (mut squares, mut freedom, mut sum, mut n, mut squared) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for x in cells.values().filter(|x| x.len() > 1) {
        let m = x.iter().sum::<f64>() / x.len() as f64;
        squares += x.iter().map(|v| (v - m) * (v - m)).sum::<f64>();
        freedom += x.len() as f64 - 1.0;
        sum += x.iter().sum::<f64>();
        n += x.len() as f64;
        squared += m * m * x.len() as f64;
    }
    if freedom == 0.0 { (f64::NAN, f64::NAN, f64::NAN) } else { (squares / freedom, sum / n, squared / n) }
}

/// A stream's figures; `None` with less than two whole weeks.
pub fn stream(series: &Series, place: Option<usize>) -> Option<Stream> {
    let days = days(series, place);
    let n = days.dates.len();
    if n < 14 {
        return None;
    }
    let all: f64 = days.hours.iter().flatten().sum();
    let mean = all / (24 * n) as f64;
    let mut cells: BTreeMap<(i32, usize), Vec<f64>> = BTreeMap::new();
    let mut totals: BTreeMap<(i32, usize), Vec<f64>> = BTreeMap::new();
    let mut weekend = 0.0;
    for (d, hours) in days.dates.iter().zip(&days.hours) {
        let (q, w) = (quarter(*d), weekday(*d));
        for (h, x) in hours.iter().enumerate() {
            cells.entry((q, w * 24 + h)).or_default().push(*x);
        }
        let total: f64 = hours.iter().sum();
        totals.entry((q, w)).or_default().push(total);
        weekend += if w >= 5 { total } else { 0.0 };
    }
    let (hour_variance, hour_mean, hour_square) = within(&cells);
    let (day_variance, day_mean, _) = within(&totals);
    let squared_cv = ((day_variance / day_mean - 1.0) / day_mean).max(0.0);
    let (residuals, lag) = departures(&days, &totals);
    let by_hour: Vec<f64> =
        (0..24).map(|h| days.hours.iter().map(|d| d[h]).sum::<f64>() / n as f64 / mean).collect();
    let extreme = |sign: f64| {
        let at = (0..24).max_by(|a, b| (sign * by_hour[*a]).total_cmp(&(sign * by_hour[*b]))).unwrap_or(0);
        (at, by_hour[at])
    };
    // The day factor's interval: the variance of daily totals has about chi-square's relative error.
    let freedom = (n as f64 - totals.len() as f64).max(1.0);
    let error = 1.96 * (2.0 / freedom).sqrt();
    let cv_at = |v: f64| (((v / day_mean - 1.0) / day_mean).max(0.0)).sqrt();
    let half = 1.96 / (n as f64).sqrt();
    Some(Stream {
        name: place.map_or_else(|| "all".to_owned(), |p| series.places[p].clone()),
        per_hour: per_hour(&days, mean),
        profile: profile(&days, mean),
        peak: extreme(1.0),
        trough: extreme(-1.0),
        weekend: weekend / all.max(1.0),
        hourly_dispersion: hour_variance / hour_mean,
        daily_dispersion: day_variance / day_mean,
        day_factor: Interval {
            base: squared_cv.sqrt(),
            low: cv_at(day_variance * exp(-error)),
            high: cv_at(day_variance * exp(error)),
        },
        autocorrelation: Interval { base: lag, low: (lag - half).max(-1.0), high: (lag + half).min(1.0) },
        within_day: (hour_variance / hour_mean - squared_cv * hour_square / hour_mean).max(0.0),
        days: residuals.len(),
        daily: series.width >= 86_400,
    })
}

/// Mean per hour with Student's interval from whole weeks, or from days where there are few weeks.
fn per_hour(days: &WholeDays, mean: f64) -> Interval {
    let mut weeks: BTreeMap<i64, (f64, usize)> = BTreeMap::new();
    let epoch = jiff::civil::date(1970, 1, 5);
    for (d, hours) in days.dates.iter().zip(&days.hours) {
        let number = i64::from(epoch.until(*d).map_or(0, |s| s.get_days())).div_euclid(7);
        let week = weeks.entry(number).or_default();
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

/// Each day's departure from the mean of its quarter and weekday, relative, and the correlation with the next day's.
fn departures(days: &WholeDays, totals: &BTreeMap<(i32, usize), Vec<f64>>) -> (Vec<f64>, f64) {
    let expected: BTreeMap<(i32, usize), f64> =
        totals.iter().map(|(k, x)| (*k, x.iter().sum::<f64>() / x.len() as f64)).collect();
    let residuals: Vec<f64> = days
        .dates
        .iter()
        .zip(&days.hours)
        .map(|(d, h)| {
            let e = expected[&(quarter(*d), weekday(*d))];
            if e > 0.0 { h.iter().sum::<f64>() / e - 1.0 } else { 0.0 }
        })
        .collect();
    let next = |i: usize| days.dates[i].tomorrow().ok() == Some(days.dates[i + 1]);
    let squares: f64 = residuals.iter().map(|x| x * x).sum();
    let products: f64 =
        (0..residuals.len() - 1).filter(|i| next(*i)).map(|i| residuals[i] * residuals[i + 1]).sum();
    let lag = if squares > 0.0 { products / squares } else { 0.0 };
    (residuals, lag)
}

/// Mean correlation of the days' departures between each two places; `None` with one place.
pub(crate) fn between_places(series: &Series) -> Option<f64> {
    let places = series.places.len().min(20);
    if places < 2 {
        return None;
    }
    let all: Vec<Vec<f64>> = (0..places)
        .map(|p| {
            let days = days(series, Some(p));
            let mut totals: BTreeMap<(i32, usize), Vec<f64>> = BTreeMap::new();
            for (d, h) in days.dates.iter().zip(&days.hours) {
                totals.entry((quarter(*d), weekday(*d))).or_default().push(h.iter().sum());
            }
            if days.dates.len() < 14 { Vec::new() } else { departures(&days, &totals).0 }
        })
        .collect();
    let (mut sum, mut n) = (0.0, 0.0);
    for i in 0..places {
        for j in 0..i {
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
            let scale = (dot(&all[i], &all[i]) * dot(&all[j], &all[j])).sqrt();
            if scale > 0.0 {
                sum += dot(&all[i], &all[j]) / scale;
                n += 1.0;
            }
        }
    }
    (n > 0.0).then(|| sum / n)
}
