//! What comes in the weeks after a record: level, trend and growth, with intervals into the horizon. Several ways are tried on
//! weeks that were held out and set beside their average, which knows how little a record says of its own law.

mod averaged;

use averaged::Averaged;

use crate::course::half_width;
use crate::series::Series;
use jiff::civil::Date;
use poolwise_fit::Interval;
use poolwise_math::student_quantile;
use serde::Serialize;
use std::collections::BTreeMap;

/// A way to foresee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The mean of the record.
    Mean,
    /// Exponential smoothing of the level (Brown 1959; its variance: Hyndman, Koehler, Ord and Snyder 2008, ETS(A,N,N)).
    Level,
    /// Exponential smoothing of level and damped trend (Gardner and McKenzie 1985; ETS(A,Ad,N)).
    Trend,
    /// A straight line through all weeks.
    Line,
    /// The same week a year ago, times the growth since then.
    Season,
    /// All of the above but the season, averaged by how well each explains the record.
    Averaged,
}

impl Way {
    /// All of them, the simplest first: where two are as near, the simpler is used.
    pub(crate) const ALL: [Self; 6] =
        [Self::Mean, Self::Level, Self::Trend, Self::Line, Self::Season, Self::Averaged];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "the mean of the record",
            Self::Level => "exponential smoothing of the level",
            Self::Trend => "exponential smoothing of level and damped trend",
            Self::Line => "a straight line",
            Self::Season => "the same week a year ago times the growth since",
            Self::Averaged => "mean, smoothing, trend and line averaged by how well each explains the record",
        }
    }
}

/// How a way did on the weeks held out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// The way by which the forecast was made.
    pub way: Way,
    /// Mean absolute error over the mean of the record.
    pub error: f64,
}

/// A week to come.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForecastWeek {
    /// The Monday on which the week begins.
    pub monday: Date,
    /// Requests, with a 95 % interval.
    pub requests: Interval,
}

/// What comes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DemandForecast {
    /// The way that is used.
    pub way: Way,
    /// All ways by their error, the nearest first.
    pub scores: Vec<Score>,
    /// Weeks held out.
    pub held_out: usize,
    /// Share of the errors on them that lay inside their 95 % intervals.
    pub inside: f64,
    /// Whole weeks of the record, and their mean.
    pub weeks_known: usize,
    /// Mean of a week of the record.
    pub mean: f64,
    /// Change in a year by a straight line, over the mean of the record, with a 95 % interval.
    pub growth: Interval,
    /// Mean of a week of the horizon over that of the record, with a 95 % interval.
    pub level: Interval,
    /// The weeks of the forecast, in order.
    pub weeks: Vec<ForecastWeek>,
}

/// Least whole weeks for a forecast.
pub const LEAST: usize = 8;
/// Weeks of a year.
const YEAR: usize = 52;

/// A path foreseen: its weeks, the standard deviation of an error of one week, what such an error adds to the weeks after it,
/// and the standard deviation of what is not known of the level.
struct ForecastPath {
    weeks: Vec<f64>,
    sigma: f64,
    carries: Vec<f64>,
    level: Vec<f64>,
}

impl ForecastPath {
    /// Standard deviation of week `h` from 0.
    fn deviation(&self, h: usize) -> f64 {
        let sum: f64 = 1.0 + self.carries[..h].iter().map(|c| c * c).sum::<f64>();
        (self.sigma * self.sigma * sum + self.level[h] * self.level[h]).sqrt()
    }

    /// Standard deviation of the mean of the first `n` weeks.
    fn deviation_of_mean(&self, n: usize) -> f64 {
        let mut of_one = 0.0;
        for i in 0..n {
            let effect = 1.0 + self.carries[..n - 1 - i].iter().sum::<f64>();
            of_one += effect * effect;
        }
        let level = self.level[..n].iter().sum::<f64>() / n as f64;
        (self.sigma * self.sigma * of_one / (n * n) as f64 + level * level).sqrt()
    }
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len().max(1) as f64
}

/// Level and damped trend: `(level, slope, errors)` after the record, and the sum of squared errors.
fn smooth(y: &[f64], (alpha, beta, phi): (f64, f64, f64)) -> (f64, f64, f64) {
    let first = mean(&y[..4.min(y.len())]);
    // The slope begins with that of the first weeks where there is to be one.
    let begin = if beta > 0.0 && y.len() >= 8 { (mean(&y[4..8]) - first) / 4.0 } else { 0.0 };
    let (mut level, mut slope, mut squares) = (first - 2.5 * begin, begin, 0.0);
    for value in y {
        let foreseen = level + phi * slope;
        let error = value - foreseen;
        squares += error * error;
        level = foreseen + alpha * error;
        slope = phi * slope + beta * error;
    }
    (level, slope, squares)
}

fn path(way: Way, y: &[f64], n: usize) -> Option<ForecastPath> {
    let count = y.len() as f64;
    match way {
        Way::Mean => {
            let m = mean(y);
            let sigma = (y.iter().map(|v| (v - m) * (v - m)).sum::<f64>() / (count - 1.0)).sqrt();
            Some(ForecastPath {
                weeks: vec![m; n],
                sigma,
                carries: vec![0.0; n],
                level: vec![sigma / count.sqrt(); n],
            })
        }
        Way::Level | Way::Trend => {
            let steps = |most: u32, of: f64| (1..=most).map(move |k| f64::from(k) / of);
            let tried: Vec<(f64, f64, f64)> = if way == Way::Level {
                steps(99, 100.0).map(|a| (a, 0.0, 1.0)).collect()
            } else {
                let slopes = [0.01, 0.02, 0.05, 0.1, 0.2, 0.4];
                let mut tried = Vec::new();
                for a in steps(20, 20.0) {
                    for b in slopes {
                        tried.extend([0.8, 0.9, 0.95, 0.98, 1.0].map(|phi| (a, a * b, phi)));
                    }
                }
                tried
            };
            let error = |numbers: &(f64, f64, f64)| smooth(y, *numbers).2;
            let best = tried.iter().min_by(|a, b| error(a).total_cmp(&error(b)))?;
            let (alpha, beta, phi) = *best;
            let (level, slope, squares) = smooth(y, *best);
            let free = if way == Way::Level { 2.0 } else { 5.0 };
            let sigma = (squares / (count - free).max(1.0)).sqrt();
            let (mut sum, mut power) = (0.0, 1.0);
            let (mut weeks, mut carries) = (Vec::new(), Vec::new());
            for _ in 0..n {
                power *= phi;
                sum += power;
                weeks.push((level + sum * slope).max(0.0));
                carries.push(alpha + beta * sum);
            }
            Some(ForecastPath { weeks, sigma, carries, level: vec![0.0; n] })
        }
        Way::Line => {
            let (middle, m) = ((count - 1.0) / 2.0, mean(y));
            let spread: f64 = (0..y.len()).map(|i| (i as f64 - middle) * (i as f64 - middle)).sum();
            let slope =
                y.iter().enumerate().map(|(i, v)| (i as f64 - middle) * (v - m)).sum::<f64>() / spread;
            let at = |i: f64| m + slope * (i - middle);
            let squares: f64 = y
                .iter()
                .enumerate()
                .map(|(i, v)| {
                    let e = v - at(i as f64);
                    e * e
                })
                .sum();
            let sigma = (squares / (count - 2.0)).sqrt();
            let ahead = |h: usize| count + h as f64;
            let far = |h: usize| ahead(h) - middle;
            let off = |h: usize| sigma * (1.0 / count + far(h) * far(h) / spread).sqrt();
            Some(ForecastPath {
                weeks: (0..n).map(|h| at(ahead(h)).max(0.0)).collect(),
                sigma,
                carries: vec![0.0; n],
                level: (0..n).map(off).collect(),
            })
        }
        Way::Season => {
            let recent = 8;
            if y.len() < YEAR + recent {
                return None;
            }
            let since = |end: usize| {
                let then = mean(&y[end - recent - YEAR..end - YEAR]);
                if then > 0.0 { mean(&y[end - recent..end]) / then } else { 1.0 }
            };
            let growth = since(y.len());
            let errors: Vec<f64> = (YEAR + recent..y.len()).map(|t| y[t] - y[t - YEAR] * since(t)).collect();
            let all: Vec<f64> = if errors.len() >= 8 {
                errors
            } else {
                (YEAR..y.len()).map(|t| y[t] - y[t - YEAR] * growth).collect()
            };
            let sigma = (all.iter().map(|e| e * e).sum::<f64>() / all.len() as f64).sqrt();
            let mut long = y.to_vec();
            for _ in 0..n {
                long.push(long[long.len() - YEAR] * growth);
            }
            let level = sigma * (2.0 / recent as f64).sqrt() / std::f64::consts::SQRT_2;
            Some(ForecastPath {
                weeks: long.split_off(y.len()),
                sigma,
                carries: vec![0.0; n],
                level: vec![level; n],
            })
        }
        // Its intervals are no plain deviations: whoever asks takes them from the average itself.
        Way::Averaged => Some(ForecastPath {
            weeks: Averaged::of(y, n).weeks(),
            sigma: 0.0,
            carries: vec![0.0; n],
            level: vec![0.0; n],
        }),
    }
}

/// Errors of a way on weeks held out.
struct Errors {
    /// Of each week, by how many weeks ahead it was foreseen, up to `ahead` weeks after each week at which it is asked.
    weeks: Vec<(usize, f64)>,
    /// Of the mean of the weeks after each week at which it is asked.
    means: Vec<f64>,
}

fn rms(x: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = x.clone().count().max(1) as f64;
    (x.map(|v| v * v).sum::<f64>() / n).sqrt()
}

fn held_out(way: Way, y: &[f64], held: usize, ahead: usize) -> Option<Errors> {
    let mut out = Errors { weeks: Vec::new(), means: Vec::new() };
    for from in y.len() - held..y.len() {
        let n = ahead.min(y.len() - from);
        let path = path(way, &y[..from], n)?;
        for h in 0..n {
            let error = y[from + h] - path.weeks[h];
            out.weeks.push((h, error));
        }
        // Means of half of the weeks or more; those of fewer say little of the level.
        if 2 * n >= ahead.min(held) {
            out.means.push(mean(&y[from..from + n]) - mean(&path.weeks));
        }
    }
    Some(out)
}

/// Change in a year over the mean, by a line through all weeks, with an interval that is robust against weeks that hang together.
fn growth(y: &[f64]) -> Interval {
    let (middle, m) = ((y.len() as f64 - 1.0) / 2.0, mean(y));
    let far: Vec<f64> = (0..y.len()).map(|i| i as f64 - middle).collect();
    let spread: f64 = far.iter().map(|x| x * x).sum();
    let slope = far.iter().zip(y).map(|(x, v)| x * (v - m)).sum::<f64>() / spread;
    let left: Vec<f64> = far.iter().zip(y).map(|(x, v)| v - m - slope * x).collect();
    let scale = if m > 0.0 { YEAR as f64 / m } else { 0.0 };
    let half = half_width(&far, &left) * scale;
    Interval { base: slope * scale, low: slope * scale - half, high: slope * scale + half }
}

/// Requests of each whole week, Monday to Sunday, and the Monday after the last.
pub fn weeks(series: &Series) -> (Vec<f64>, Option<Date>) {
    let (Some(first), Some(last)) = (series.rows.first(), series.rows.last()) else {
        return (Vec::new(), None);
    };
    let monday =
        |d: Date| d.checked_sub(jiff::Span::new().days(d.weekday().to_monday_zero_offset())).unwrap_or(d);
    let step = jiff::SignedDuration::from_secs(series.width);
    let end = last.0.checked_add(step).map_or(last.0.date(), |at| at.date());
    let (mut begin, end) = (monday(first.0.date()), monday(end));
    if begin != first.0.date() || first.0.hour() > 0 {
        begin = begin.checked_add(jiff::Span::new().days(7)).unwrap_or(begin);
    }
    let mut by: BTreeMap<Date, f64> = BTreeMap::new();
    let mut at = begin;
    while at < end {
        by.insert(at, 0.0);
        let Ok(next) = at.checked_add(jiff::Span::new().days(7)) else { break };
        at = next;
    }
    for (when, counts) in &series.rows {
        if let Some(sum) = by.get_mut(&monday(when.date())) {
            *sum += counts.iter().sum::<u64>() as f64;
        }
    }
    (by.into_values().collect(), Some(end))
}

/// Foresees so many weeks; `None` with fewer than eight whole weeks, or none to come.
pub fn forecast(series: &Series, ahead: usize) -> Option<DemandForecast> {
    let (y, next) = weeks(series);
    of_weeks(&y, next?, ahead)
}

/// The same of weekly totals; `next` is the Monday after them.
pub(crate) fn of_weeks(y: &[f64], next: Date, ahead: usize) -> Option<DemandForecast> {
    if y.len() < LEAST || ahead == 0 || mean(y) <= 0.0 {
        return None;
    }
    let held = (y.len() / 3).clamp(2, 26);
    let m = mean(y);
    let mut tried: Vec<(Score, Errors)> = Way::ALL
        .into_iter()
        .filter_map(|way| {
            // A way needs half of the weeks at least to learn from, and a year's more to know the season.
            let errors = held_out(way, y, held, ahead)?;
            let error = errors.weeks.iter().map(|e| e.1.abs()).sum::<f64>() / errors.weeks.len() as f64 / m;
            Some((Score { way, error }, errors))
        })
        .collect();
    // A stable sort: the simpler of two equals stays in front.
    tried.sort_by(|a, b| a.0.error.total_cmp(&b.0.error));
    // The season of a year ago where it was nearest of all; else the average, since which of the others is right a record seldom
    // settles, and the one that was nearest on some weeks is too sure of itself.
    let season = tried.first().filter(|t| t.0.way == Way::Season);
    let found = match season {
        Some((_, errors)) => seasonal(y, ahead, errors)?,
        None => average(y, held, ahead),
    };
    let weeks = found
        .weeks
        .into_iter()
        .enumerate()
        .filter_map(|(h, requests)| {
            let monday = next.checked_add(jiff::Span::new().days(7 * i64::try_from(h).ok()?)).ok()?;
            Some(ForecastWeek { monday, requests })
        })
        .collect();
    let level = Interval { base: found.mean.base / m, low: found.mean.low / m, high: found.mean.high / m };
    Some(DemandForecast {
        way: if season.is_some() { Way::Season } else { Way::Averaged },
        scores: tried.into_iter().map(|t| t.0).collect(),
        held_out: held,
        inside: found.inside,
        weeks_known: y.len(),
        mean: m,
        growth: growth(y),
        level,
        weeks,
    })
}

/// What is foreseen, its mean, and the share of held-out weeks inside such intervals.
struct Foreseen {
    weeks: Vec<Interval>,
    mean: Interval,
    inside: f64,
}

fn average(y: &[f64], held: usize, ahead: usize) -> Foreseen {
    let all = Averaged::of(y, ahead);
    let base = all.weeks();
    let interval = |base: f64, (low, high): (f64, f64)| Interval { base, low, high };
    let (mut inside, mut of) = (0_usize, 0_usize);
    for from in y.len() - held..y.len() {
        let n = ahead.min(y.len() - from);
        let then = Averaged::of(&y[..from], n);
        inside += (0..n).filter(|h| (0.025..=0.975).contains(&then.probability(*h, y[from + h]))).count();
        of += n;
    }
    Foreseen {
        mean: interval(mean(&base), all.limits_of_mean()),
        weeks: base.iter().enumerate().map(|(h, b)| interval(*b, all.limits(h))).collect(),
        inside: inside as f64 / of.max(1) as f64,
    }
}

fn seasonal(y: &[f64], ahead: usize, errors: &Errors) -> Option<Foreseen> {
    let path = path(Way::Season, y, ahead)?;
    let t = student_quantile(0.975, (y.len() as f64 - 3.0).max(1.0));
    // Errors of the weeks held out are the least: what a way says of itself is believed only where it says more.
    let of_week = |h: usize| path.deviation(h).max(rms(errors.weeks.iter().map(|e| e.1)));
    let of_mean = path.deviation_of_mean(ahead).max(rms(errors.means.iter().copied()));
    let around = |base: f64, deviation: f64| Interval {
        base,
        low: (base - t * deviation).max(0.0),
        high: base + t * deviation,
    };
    let inside = errors.weeks.iter().filter(|e| e.1.abs() <= t * of_week(e.0)).count();
    Some(Foreseen {
        mean: around(mean(&path.weeks), of_mean),
        weeks: path.weeks.iter().enumerate().map(|(h, b)| around(*b, of_week(h))).collect(),
        inside: inside as f64 / errors.weeks.len() as f64,
    })
}

#[cfg(test)]
#[path = "forecast/tests.rs"]
mod tests;
