//! The law of a stream of arrivals, as a scenario's keys say it: a smoothed profile of the week, months, holidays, a factor of
//! each day that hangs together with the next, bursts within the day.

use crate::course::{Course, course};
use crate::holidays::Holiday;
use crate::missing_days::MissingDays;
use crate::series::Series;
use jiff::civil::{Date, DateTime};
use poolwise_fit::Interval;
use poolwise_math::student_quantile;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use together::{DayChain, between};
use varies::varies;

mod chains;
mod months;
mod together;
mod varies;

pub(crate) use chains::NEAR_ONE;
pub(crate) use months::{Months, months};
pub use together::Likeness;

/// How one place's requests arrive.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pattern {
    /// The place.
    pub name: String,
    /// Mean per hour over days that are no holidays, months at their mean; 95 % interval.
    pub per_hour: Interval,
    /// Relative rate by step of the week, Monday 00:00 first, mean 1; 95 % limits. 168 hours or 336 half-hours.
    pub profile: Vec<Interval>,
    /// Mean weight of a step's own mean in its smoothed value; the rest comes from its weekday and time of day.
    pub own_weight: f64,
    /// Factor of each calendar month, January first, where the record has a year or more and they differ beyond chance.
    pub months: Option<[f64; 12]>,
    /// Months or a trend, and why.
    pub course: Course,
    /// Coefficient of variation of a day's factor.
    pub day_cv: Interval,
    /// Correlation of a day's factor with the next day's; none where chance may have made it. 95 % interval: the values that the record does not contradict;
    /// none where it contradicts all.
    pub autocorrelation: Likeness,
    /// Variance over mean of hourly counts, given the day; 95 % interval from weeks drawn anew.
    pub dispersion: Interval,
    /// Days that it rests on.
    pub days: usize,
    /// Each day's departure from what was expected of it.
    #[serde(skip)]
    chain: DayChain,
}

/// All places together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Patterns {
    /// By place.
    pub places: Vec<Pattern>,
    /// Correlation of the day factors of any two places; 95 % interval: the values that the record does not contradict; none where it
    /// contradicts all.
    pub between: Option<Likeness>,
    /// Demand on holidays over that of an ordinary day of the same weekday; 95 % interval.
    pub holidays: Option<Interval>,
    /// Holidays in the record.
    pub seen_holidays: usize,
    /// Days from the first of the record to its last.
    pub days: u32,
}

/// Days of a record from which on months may be told from growth.
pub const YEAR: u32 = 365;

/// Least days of a record.
const LEAST: usize = 21;

/// Steps of an hour of a profile from counts of such a width.
fn steps(width: i64) -> usize {
    if width <= 1800 { 2 } else { 1 }
}

/// Counts of whole days by step.
struct WholeHours {
    days: BTreeMap<Date, Vec<f64>>,
    per_hour: usize,
}

impl WholeHours {
    fn of(series: &Series, place: usize) -> Self {
        let per_hour = steps(series.width);
        let width = 3600 / i64::try_from(per_hour).unwrap_or(1);
        let mut days: BTreeMap<Date, Vec<f64>> = BTreeMap::new();
        let mut seen: BTreeMap<Date, usize> = BTreeMap::new();
        for (at, counts) in &series.rows {
            let day = days.entry(at.date()).or_insert_with(|| vec![0.0; 24 * per_hour]);
            day[step_of(*at, width)] += counts[place] as f64;
            *seen.entry(at.date()).or_default() += 1;
        }
        // Days with a part of their rows only, at the ends of the record, would look quiet.
        let full = seen.values().copied().max().unwrap_or(0);
        let ends = [days.keys().next().copied(), days.keys().next_back().copied()];
        for end in ends.into_iter().flatten() {
            if seen.get(&end).is_some_and(|n| n + 2 < full) {
                days.remove(&end);
            }
        }
        Self { days, per_hour }
    }
}

fn step_of(at: DateTime, width: i64) -> usize {
    let second = i64::from(at.hour()) * 3600 + i64::from(at.minute()) * 60;
    usize::try_from(second / width).unwrap_or(0)
}

fn weekday(d: Date) -> usize {
    usize::try_from(d.weekday().to_monday_zero_offset()).unwrap_or(0)
}

fn month(d: Date) -> usize {
    usize::try_from(d.month() - 1).unwrap_or(0)
}

fn mean(x: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for v in x {
        sum += v;
        n += 1.0;
    }
    if n > 0.0 { sum / n } else { 0.0 }
}

/// Finds the law of all places' arrivals; `None` with fewer than three weeks, or of counts by day, which say nothing of hours.
pub fn patterns(series: &Series, holidays: &[Holiday]) -> Option<Patterns> {
    patterns_of(series, holidays, &MissingDays::new())
}

/// The same, days without a record left out.
pub fn patterns_of(series: &Series, holidays: &[Holiday], missing: &MissingDays) -> Option<Patterns> {
    if series.width > 3600 {
        return None;
    }
    let off: BTreeSet<Date> = holidays.iter().map(|h| h.date).collect();
    let mut places = Vec::new();
    for place in 0..series.places.len() {
        let gone = missing.get(&place).into_iter().flatten().copied();
        places.push(pattern(series, place, &off.iter().copied().chain(gone).collect())?);
    }
    let (holidays, seen_holidays) = on_holidays(series, &off);
    let days = series.rows.first().zip(series.rows.last()).and_then(|(a, b)| {
        let span = a.0.date().until(b.0.date()).ok()?;
        u32::try_from(span.get_days() + 1).ok()
    });
    let days = days.unwrap_or_default();
    let of_days: Vec<&DayChain> = places.iter().map(|p| &p.chain).collect();
    Some(Patterns { between: between(&of_days), places, holidays, seen_holidays, days })
}

/// A place's law.
fn pattern(series: &Series, place: usize, off: &BTreeSet<Date>) -> Option<Pattern> {
    let WholeHours { days, per_hour } = WholeHours::of(series, place);
    let ordinary: BTreeMap<Date, Vec<f64>> = days.into_iter().filter(|(d, _)| !off.contains(d)).collect();
    let n = ordinary.len();
    let total: f64 = ordinary.values().flatten().sum();
    if n < LEAST || total <= 0.0 || (0..7).any(|w| ordinary.keys().filter(|d| weekday(**d) == w).count() < 2)
    {
        return None;
    }
    let course = course(&ordinary.iter().map(|(d, x)| (*d, x.iter().sum())).collect(), months)?;
    // Counts as they would be in a month of factor 1, in the middle of the record.
    let level: BTreeMap<Date, Vec<f64>> =
        ordinary.iter().map(|(d, x)| (*d, x.iter().map(|v| v / course.of(*d)).collect())).collect();
    let varies = varies(&level, per_hour);
    let smoothed = smooth(&level, per_hour, varies.hours);
    let mean_step = mean(smoothed.values.iter().map(|v| v.base));
    let scale = |x: f64| if mean_step > 0.0 { x / mean_step } else { 0.0 };
    let profile = smoothed
        .values
        .iter()
        .map(|v| Interval { base: scale(v.base), low: scale(v.low), high: scale(v.high) })
        .collect();
    let rate = mean_step * per_hour as f64;
    // The error of the mean: that of a day, more where days hang together.
    let r = varies.lag.clamp(0.0, 0.9);
    let error = (varies.daily_variance / n as f64 * (1.0 + r) / (1.0 - r)).sqrt() / 24.0;
    let half = student_quantile(0.975, n as f64 - 7.0) * error;
    let dispersion = at_least_chance(&varies.hours_interval);
    Some(Pattern {
        name: series.places[place].clone(),
        per_hour: Interval { base: rate, low: (rate - half).max(0.0), high: rate + half },
        profile,
        own_weight: smoothed.own_weight,
        months: course.months,
        course,
        day_cv: varies.day_cv,
        autocorrelation: varies.autocorrelation,
        dispersion,
        days: n,
        chain: varies.chain,
    })
}

/// Counts of a Poisson stream with a random rate vary at least as much as by chance.
fn at_least_chance(i: &Interval) -> Interval {
    Interval { base: i.base.max(1.0), low: i.low.max(1.0), high: i.high.max(1.0) }
}

/// A smoothed profile.
struct Smoothed {
    /// Mean count of each step of the week.
    values: Vec<Interval>,
    own_weight: f64,
}

/// Between each step's own mean and what its weekday and its time of day say together (the product of both), by how far own
/// means lie from products beyond chance: an empirical Bayes estimate (Efron and Morris 1973, "Stein's estimation rule and its
/// competitors"). With long records it is the own mean, with a few weeks nearly the product.
fn smooth(days: &BTreeMap<Date, Vec<f64>>, per_hour: usize, dispersion: f64) -> Smoothed {
    let width = 24 * per_hour;
    let (mut sum, mut n) = (vec![0.0; 7 * width], [0.0; 7]);
    for (d, x) in days {
        let w = weekday(*d);
        n[w] += 1.0;
        for (to, v) in sum[w * width..(w + 1) * width].iter_mut().zip(x) {
            *to += v;
        }
    }
    let own: Vec<f64> = (0..7 * width).map(|i| sum[i] / f64::max(n[i / width], 1.0)).collect();
    let by_day: Vec<f64> = (0..7).map(|w| mean(own[w * width..(w + 1) * width].iter().copied())).collect();
    let by_time: Vec<f64> = (0..width).map(|t| mean((0..7).map(|w| own[w * width + t]))).collect();
    let all = mean(by_day.iter().copied());
    let product = |i: usize| if all > 0.0 { by_day[i / width] * by_time[i % width] / all } else { 0.0 };
    // Chance in an own mean; what the product takes from the same counts leaves (6 x (width - 1)) of 7 x width free.
    let chance = |i: usize| dispersion.max(1.0) * product(i) / n[i / width].max(1.0);
    let free = 6.0 * (width as f64 - 1.0) / (7 * width) as f64;
    let (mut beyond, mut squares) = (0.0, 0.0);
    for (i, x) in own.iter().enumerate() {
        let p = product(i);
        beyond += (x - p) * (x - p) - free * chance(i);
        squares += p * p;
    }
    let tau = if squares > 0.0 { (beyond / squares).max(0.0) } else { 0.0 };
    let t = 1.96;
    let mut weights = 0.0;
    let values = (0..7 * width)
        .map(|i| {
            let (p, v) = (product(i), chance(i));
            let real = tau * p * p;
            let w = if real + v > 0.0 { real / (real + v) } else { 1.0 };
            weights += w;
            let base = p + w * (own[i] - p);
            // What is left of the own mean's chance, and the product's.
            let half = t * (w * v + (1.0 - w) * (1.0 - w) * v * (1.0 - free)).sqrt();
            Interval { base, low: (base - half).max(0.0), high: base + half }
        })
        .collect();
    Smoothed { values, own_weight: weights / (7 * width) as f64 }
}

/// Demand on holidays over what their weekday and the weeks around would have, all places together.
fn on_holidays(series: &Series, off: &BTreeSet<Date>) -> (Option<Interval>, usize) {
    let mut totals: BTreeMap<Date, f64> = BTreeMap::new();
    for (at, counts) in &series.rows {
        *totals.entry(at.date()).or_default() += counts.iter().sum::<u64>() as f64;
    }
    let mut ratios = Vec::new();
    for day in off {
        let Some(n) = totals.get(day) else { continue };
        // The same weekday of up to four weeks before and after, holidays left out.
        let around = (-4..=4_i64).filter(|w| *w != 0).filter_map(|w| {
            let other = day.checked_add(jiff::Span::new().days(7 * w)).ok()?;
            if off.contains(&other) { None } else { totals.get(&other).copied() }
        });
        let expected: Vec<f64> = around.collect();
        if expected.len() >= 2 && mean(expected.iter().copied()) > 0.0 {
            ratios.push(n / mean(expected));
        }
    }
    let seen = ratios.len();
    if seen < 2 {
        return (None, seen);
    }
    let m = mean(ratios.iter().copied());
    let variance = ratios.iter().map(|r| (r - m) * (r - m)).sum::<f64>() / (seen as f64 - 1.0);
    let half = student_quantile(0.975, seen as f64 - 1.0) * (variance / seen as f64).sqrt();
    (Some(Interval { base: m, low: (m - half).max(0.0), high: m + half }), seen)
}

impl Patterns {
    /// The profiles as CSV: for each place its values and their 95 % limits.
    pub fn csv(&self) -> String {
        let mut out = String::from("step_of_week");
        for p in &self.places {
            for part in ["", " low", " high"] {
                out.push(',');
                out.push_str(&crate::series::quoted(&format!("{}{part}", p.name)));
            }
        }
        out.push('\n');
        for step in 0..self.places.first().map_or(0, |p| p.profile.len()) {
            out.push_str(&step.to_string());
            for p in &self.places {
                let v = &p.profile[step];
                out.push_str(&format!(",{:.4},{:.4},{:.4}", v.base, v.low, v.high));
            }
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
#[path = "pattern/tests.rs"]
mod tests;
