//! Expected arrivals of a class from an area, by hour of the area's local week.
//!
//! Months and growth are averaged over the statistics window; day factors have mean one and dated exceptions are
//! left out. Steps shorter than an hour are put together. A cycle in elapsed time keeps its place in the week if its period divides the week (by the
//! offset in the middle of the window), else its mean, 1, holds throughout. A trace gives its own
//! counts in the statistics window by hour of the week.

use crate::staffing::divides_week;
use poolwise_engine::model::{
    AreaId, Class, ClassId, ClockId, DayDraw, Demand, Exception, Model, Profile, RecordedDays, RunSettings,
    Trace,
};
use poolwise_engine::time::{DAY, HOUR, HOURS_OF_WEEK, LocalClock, WEEK};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::rc::Rc;

/// A class's arrivals from its areas: worked out once for all areas with one clock, since there may be thousands of them and
/// a record may have a million rows.
pub(super) struct ClassArrivals<'a> {
    model: &'a Model,
    class: &'a Class,
    /// Mean factor of its growth.
    grown: f64,
    by_clock: BTreeMap<ClockId, Rc<WeekPattern>>,
}

/// Arrivals by hour of the week of a clock.
pub(super) struct WeekPattern {
    /// By hour of the local week, as a pattern.
    pub by_hour: Vec<f64>,
    /// Hash of it, so that most that differ need no second look.
    pub digest: u64,
    /// Mean factor of the months.
    months: f64,
}

impl WeekPattern {
    fn new(by_hour: Vec<f64>, months: f64) -> Rc<Self> {
        let mut hash = DefaultHasher::new();
        by_hour.iter().for_each(|x| x.to_bits().hash(&mut hash));
        Rc::new(Self { by_hour, digest: hash.finish(), months })
    }
}

impl<'a> ClassArrivals<'a> {
    pub(super) fn new(model: &'a Model, class: ClassId) -> Self {
        let class = &model.classes[class];
        Self { model, class, grown: grown(model, class), by_clock: BTreeMap::new() }
    }

    /// Requests an hour from an area where the pattern is one, and the pattern by hour of the area's local week.
    pub(super) fn from(&mut self, area: AreaId) -> (f64, Rc<WeekPattern>) {
        let here = &self.model.areas[area];
        let share = self.class.demand.part_from(area, here.share);
        let (model, class) = (self.model, self.class);
        let pattern = self.by_clock.entry(here.clock).or_insert_with(|| {
            let (by_hour, months) = by_hour(model, class, &model.clocks[here.clock]);
            WeekPattern::new(by_hour, months)
        });
        let per_hour = match &self.class.demand {
            Demand::Rate { per_second, .. } => per_second * HOUR * share * pattern.months,
            Demand::Trace(_) => share,
        };
        (per_hour * self.grown, Rc::clone(pattern))
    }
}

/// Mean factor of a class's growth over the statistics window: of the exceptions that have no name.
fn grown(model: &Model, class: &Class) -> f64 {
    let (from, until) = (model.run.warm_up, model.run.end());
    let of_class = |e: &&Exception| {
        let classes = || e.demand.iter().filter_map(|d| d.0);
        e.name.is_empty() && classes().any(|c| model.classes.get(c).is_some_and(|c| std::ptr::eq(c, class)))
    };
    let steps = model.exceptions.iter().filter(of_class).flat_map(|e| {
        let lasts = (e.until.min(until) - e.from.max(from)).max(0.0);
        e.demand.iter().map(move |d| (d.2 - 1.0) * lasts)
    });
    if until > from { 1.0 + steps.sum::<f64>() / (until - from) } else { 1.0 }
}

/// The pattern of a class by hour of a clock's week, and the mean factor of its months.
fn by_hour(model: &Model, class: &Class, clock: &LocalClock) -> (Vec<f64>, f64) {
    match &class.demand {
        Demand::Rate { profile, months, .. } => {
            let pattern = match profile {
                Profile::HourOfWeek(values) => values.to_vec(),
                Profile::StepOfWeek(values) => {
                    let steps = values.len() / HOURS_OF_WEEK;
                    values.chunks(steps).map(|hour| hour.iter().sum::<f64>() / steps as f64).collect()
                }
                Profile::Cycle { period, values } if divides_week(*period) => {
                    cycle_by_hour(clock, &model.run, *period, values)
                }
                Profile::Flat | Profile::Cycle { .. } => vec![1.0; HOURS_OF_WEEK],
            };
            (pattern, mean_month_factor(clock, &model.run, months))
        }
        Demand::Trace(trace) => {
            let pattern = match &trace.drawn {
                None => trace_by_hour(clock, &model.run, trace),
                Some(days) => drawn_by_hour(clock, &model.run, trace, days),
            };
            (pattern, 1.0)
        }
    }
}

/// Requests expected in each whole week from the origin, warm-up included: months and dated exceptions as
/// they fall, patterns within the week at their mean, day factors at theirs; recorded arrivals as recorded.
pub fn by_week(model: &Model) -> Vec<f64> {
    let weeks = (model.run.end() / WEEK + 1e-9).floor() as usize;
    let mut total = vec![0.0; weeks];
    for (c, class) in model.classes.iter().enumerate() {
        match &class.demand {
            Demand::Trace(trace) => by_week_of_trace(model, c, trace, &mut total),
            Demand::Rate { per_second, months, .. } => {
                for a in class.demand.areas(model.areas.len()) {
                    let area = &model.areas[a];
                    let clock = &model.clocks[area.clock];
                    let share = class.demand.part_from(a, area.share);
                    for day in 0..weeks * 7 {
                        let from = day as f64 * DAY;
                        let month = months[month(clock.day(from + DAY / 2.0))];
                        let changed = exceptional(model, c, a, from, from + DAY);
                        total[day / 7] += per_second * share * DAY * month * changed;
                    }
                }
            }
        }
    }
    total
}

/// Adds a trace's expected arrivals to those of each week.
fn by_week_of_trace(model: &Model, class: usize, trace: &Trace, total: &mut [f64]) {
    let clock = &model.clocks[trace.area.map_or(model.run.clock, |a| model.areas[a].clock)];
    // By area, as exceptions may hold for some of them only.
    for a in model.classes[class].demand.areas(model.areas.len()) {
        let area = &model.areas[a];
        let share = if trace.area.is_some() { 1.0 } else { area.share };
        let factor = |from: f64, until: f64| {
            let month = trace.months[month(clock.day((from + until) / 2.0))];
            share * trace.factor * month * exceptional(model, class, a, from, until)
        };
        if trace.drawn.is_some() {
            let each = trace.mean_size();
            for day in 0..total.len() * 7 {
                let from = day as f64 * DAY;
                total[day / 7] += each * factor(from, from + DAY);
            }
            continue;
        }
        for &time in trace.times.iter() {
            if let Some(week) = total.get_mut((time / WEEK) as usize) {
                *week += factor(time, time + 1.0);
            }
        }
    }
}

/// Mean factor of the dated exceptions on a class's demand from an area over a span.
fn exceptional(model: &Model, class: usize, area: AreaId, from: f64, until: f64) -> f64 {
    let mut factor = 1.0;
    for e in &model.exceptions {
        let part = ((e.until.min(until) - e.from.max(from)) / (until - from)).clamp(0.0, 1.0);
        for (c, a, by) in &e.demand {
            if c.is_none_or(|c| c == class) && a.is_none_or(|a| a == area) {
                factor *= 1.0 + part * (by - 1.0);
            }
        }
    }
    factor
}

/// Time-average of the calendar months' factors over the statistics window.
fn mean_month_factor(clock: &LocalClock, run: &RunSettings, months: &[f64; 12]) -> f64 {
    let (from, until) = (run.warm_up, run.end());
    if until <= from || months.iter().all(|m| *m == months[0]) {
        return months[month(clock.day(from))];
    }
    let (mut sum, mut t) = (0.0, from);
    while t < until {
        let day = clock.day(t);
        // Never less than a second on, whatever the clock does.
        let next = clock.instant(day + 1, 0.0).max(t + 1.0).min(until);
        sum += months[month(day)] * (next - t);
        t = next;
    }
    sum / (until - from)
}

/// Calendar month (January 0) of a local day, counted from Monday 1970-01-05; proleptic Gregorian.
fn month(day: i64) -> usize {
    // Days since 1 March of year 0, in 400-year eras of 146,097 days; a year from March on has months
    // of 31, 30, 31, 30, 31 days, which (5 n + 2) / 153 reads off.
    let of_era = (day + 4 + 719_468).rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    ((from_march + 2) % 12) as usize
}

/// Mean of a cycle of equal steps in each hour of the local week.
fn cycle_by_hour(clock: &LocalClock, run: &RunSettings, period: f64, values: &[f64]) -> Vec<f64> {
    let middle = run.warm_up + run.horizon / 2.0;
    // Local second of the week at elapsed time zero, by the middle's offset.
    let origin = clock.second_of_week(middle) - middle.rem_euclid(WEEK);
    let step = period / values.len() as f64;
    let integral = |x: f64| {
        let (whole, part) = ((x / step).floor(), (x / step).fract());
        let full: f64 = values.iter().take(whole as usize).sum();
        (full + part * values.get(whole as usize).copied().unwrap_or(0.0)) * step
    };
    let cycle = integral(period);
    (0..HOURS_OF_WEEK)
        .map(|hour| {
            let from = (hour as f64 * HOUR - origin).rem_euclid(period);
            let to = from + HOUR;
            let upto = if to <= period { integral(to) } else { cycle + integral(to - period) };
            (upto - integral(from)) / HOUR
        })
        .collect()
}

/// Events an hour in each hour of the local week, over the statistics window.
fn trace_by_hour(clock: &LocalClock, run: &RunSettings, trace: &Trace) -> Vec<f64> {
    let (from, until) = (run.warm_up, run.end());
    let mut counts = vec![0.0; HOURS_OF_WEEK];
    for &time in trace.times.iter() {
        let n = trace.factor * trace.months[month(clock.day(time))];
        let (start, end) = (time - trace.jitter_before, time + trace.spread_after(time));
        let width = end - start;
        if width <= 0.0 {
            if time >= from && time < until {
                counts[clock.hour_of_week(time)] += n;
            }
            continue;
        }
        for (hour, seconds) in hours(clock, start.max(from), end.min(until)) {
            counts[hour] += n * seconds / width;
        }
    }
    let mut exposure = vec![0.0; HOURS_OF_WEEK];
    for (hour, seconds) in hours(clock, from, until) {
        exposure[hour] += seconds / HOUR;
    }
    counts.iter().zip(&exposure).map(|(n, e)| if *e > 0.0 { n / e } else { 0.0 }).collect()
}

/// Mean events an hour in each hour of the local week where days are drawn from the record. A week of the record
/// stands for any week of the run: changes of the clock are left out.
fn drawn_by_hour(clock: &LocalClock, run: &RunSettings, trace: &Trace, recorded: &RecordedDays) -> Vec<f64> {
    let factor = trace.factor * mean_month_factor(clock, run, &trace.months);
    let width = trace.jitter_before + trace.jitter_after;
    let mut counts = vec![0.0; HOURS_OF_WEEK];
    for weekday in 0..7_u32 {
        let days: Vec<u32> = match &recorded.draw {
            DayDraw::Weekday(lists) => lists[weekday as usize].clone(),
            DayDraw::Week(mondays) => mondays.iter().map(|m| m + weekday).collect(),
        };
        let each = factor / days.len().max(1) as f64;
        for second in days.iter().filter_map(|d| recorded.days.get(*d as usize)).flat_map(|d| d.iter()) {
            let at = f64::from(weekday) * DAY + second;
            let (mut from, until) = (at - trace.jitter_before, at + trace.jitter_after);
            if width <= 0.0 {
                counts[hour_of_week(at)] += each;
            }
            while from < until {
                let next = (((from / HOUR).floor() + 1.0) * HOUR).min(until);
                counts[hour_of_week(from)] += each * (next - from) / width;
                from = next;
            }
        }
    }
    counts
}

/// The hour of a week that comes round again.
fn hour_of_week(second: f64) -> usize {
    ((second.rem_euclid(WEEK) / HOUR) as usize).min(HOURS_OF_WEEK - 1)
}

/// The pieces of `[from, until)` that lie within one hour of the local week: `(hour, seconds)`.
fn hours(clock: &LocalClock, from: f64, until: f64) -> impl Iterator<Item = (usize, f64)> + '_ {
    let mut t = from;
    std::iter::from_fn(move || {
        if t >= until {
            return None;
        }
        let next = clock.next_hour(t).min(until).max(t + DAY * f64::EPSILON);
        let piece = (clock.hour_of_week(t), next - t);
        t = next;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{Model, Pool};
    use poolwise_engine::random::Sampler;
    use poolwise_engine::time::day_from_unix_days;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    fn per_hour(model: &Model, area: AreaId) -> Vec<f64> {
        let (scale, pattern) = ClassArrivals::new(model, 0).from(area);
        pattern.by_hour.iter().map(|x| x * scale).collect()
    }

    #[test]
    fn months_of_known_days() {
        // 1970-01-01, 1970-02-28, 1970-03-01, 2000-02-29, 2018-10-01, 2018-12-31.
        for (days, expected) in [(0, 0), (58, 1), (59, 2), (11_016, 1), (17_805, 9), (17_896, 11)] {
            assert_eq!(month(day_from_unix_days(days)), expected, "{days}");
        }
    }

    #[test]
    fn months_are_averaged_over_the_window() {
        let mut m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        // 1 October 2018 and 62 days: October (31 days) at 1, November (30) at 2, December (1) at 8.
        m.run.horizon = 62.0 * DAY;
        let mut months = [1.0; 12];
        (months[10], months[11]) = (2.0, 8.0);
        let Demand::Rate { months: theirs, .. } = &mut m.classes[0].demand else { unreachable!() };
        *theirs = months;
        close(per_hour(&m, 0)[5], 6.0 * (31.0 + 60.0 + 8.0) / 62.0);
    }

    #[test]
    fn a_daily_cycle_keeps_its_hours_and_an_odd_one_only_its_mean() {
        let mut m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        let cycle = |period: f64| Demand::Rate {
            per_second: 1.0 / HOUR,
            profile: Profile::Cycle { period, values: vec![0.5, 1.5].into() },
            months: [1.0; 12],
            day_factor: None,
            bursts: None,
            area: None,
        };
        m.classes[0].demand = cycle(DAY);
        let rate = per_hour(&m, 0);
        close(rate[11], 0.5);
        close(rate[12], 1.5);
        close(rate[167], 1.5);
        // Steps of 90 minutes: the second hour has half of each.
        m.classes[0].demand = cycle(3.0 * HOUR);
        close(per_hour(&m, 0)[1], 1.0);
        m.classes[0].demand = cycle(5.0 * HOUR);
        close(per_hour(&m, 0)[1], 1.0);
    }

    #[test]
    fn a_trace_is_counted_by_hour_of_the_week() {
        let mut m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        m.run.horizon = 2.0 * WEEK;
        // Two events at hour 1 of the first week, one at 2; the last is outside the window.
        let times = vec![1.2 * HOUR, 1.8 * HOUR, 2.5 * HOUR, 2.0 * WEEK + HOUR];
        let trace = Trace::replayed(times);
        m.classes[0].demand = Demand::Trace(trace.clone());
        let rate = per_hour(&m, 0);
        close(rate[1], 1.0);
        close(rate[2], 0.5);
        close(rate.iter().sum(), 1.5);
        // An hourly count at 1:30 straddles two hours evenly.
        let count = Trace { times: vec![1.5 * HOUR].into(), jitter_after: HOUR, ..trace };
        m.classes[0].demand = Demand::Trace(count);
        let rate = per_hour(&m, 0);
        close(rate[1], 0.25);
        close(rate[2], 0.25);
    }
}
