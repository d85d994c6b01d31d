//! The arrivals of a trace in one replication: as recorded or on days drawn from the record, some left out or
//! come again where months, dated exceptions or a factor say so.
//!
//! Every recorded arrival has its seed by its place in the sequence, whether it is kept or not. So two scenarios
//! with the same record and other factors share the requests that both have.

use super::arrivals::{drawn_area, month};
use super::exceptions::Exceptions;
use crate::model::{DayDraw, Model, RecordedDays, Trace};
use crate::random::{KeyedRng, Purpose, Streams, unit};
use crate::time::{HOUR, LocalClock};
use rand::rand_core::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Arrivals of a trace, ascending in time.
#[derive(Debug)]
pub(super) struct RecordedArrivals {
    pub times: Vec<f64>,
    /// Seed and area of each; `None` where every recorded arrival comes once, and seeds are drawn as requests
    /// begin.
    pub marks: Option<Vec<RecordedMark>>,
}

/// What a request has from its place in the record.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordedMark {
    pub seed: u64,
    pub area: usize,
}

/// So many arrivals are put in order before anybody asks whether to go on.
const BLOCK: usize = 1 << 20;

/// Puts a list in order, which is nearly so as a record is; whether it was done, and not `stopped` in the middle.
fn put_in_order<T>(list: &mut [T], order: impl Fn(&T, &T) -> Ordering, stopped: &dyn Fn() -> bool) -> bool {
    for block in list.chunks_mut(BLOCK) {
        if stopped() {
            return false;
        }
        block.sort_by(&order);
    }
    // What is in order already is only looked through.
    list.sort_by(order);
    true
}

/// The arrivals of a class for one replication. `rng` is the class's own. None where it is `stopped` in the middle: the run ends
/// before it asks for them.
pub(super) fn arrivals(
    model: &Model,
    class: usize,
    trace: &Trace,
    rng: &mut Xoshiro256PlusPlus,
    streams: Streams,
    stopped: &dyn Fn() -> bool,
) -> RecordedArrivals {
    let clock = &model.clocks[trace.area.map_or(model.run.clock, |a| model.areas[a].clock)];
    let recorded: Cow<'_, [f64]> = match &trace.drawn {
        None => Cow::Borrowed(&trace.times),
        Some(days) => Cow::Owned(drawn_days(days, clock, model.run.end(), streams.key("recorded days"))),
    };
    let width = trace.jitter_before + trace.jitter_after;
    let spread = |t: f64, u: f64| t - trace.jitter_before + (trace.jitter_before + trace.spread_after(t)) * u;
    let placed = |t: &f64, rng: &mut Xoshiro256PlusPlus| {
        if width > 0.0 { spread(*t, unit(rng.next_u64())) } else { *t }
    };
    if !is_changed(model, class, trace) {
        let mut times: Vec<f64> = recorded.iter().map(|t| placed(t, rng)).filter(|t| *t >= 0.0).collect();
        if !put_in_order(&mut times, f64::total_cmp, stopped) {
            times.clear();
        }
        return RecordedArrivals { times, marks: None };
    }
    // Pairs of an arrival and its recorded time, from which those that come again are spread.
    let mut pairs: Vec<(f64, f64)> =
        recorded.iter().map(|t| (placed(t, rng), *t)).filter(|p| p.0 >= 0.0).collect();
    let by_time = |a: &(f64, f64), b: &(f64, f64)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1));
    if !put_in_order(&mut pairs, by_time, stopped) {
        pairs.clear();
    }
    let mut all: Vec<(f64, RecordedMark)> = Vec::with_capacity(pairs.len());
    let exceptions = Exceptions::new(model);
    for (i, (t, base)) in pairs.into_iter().enumerate() {
        if i.is_multiple_of(BLOCK) && stopped() {
            break;
        }
        let seed = rng.next_u64();
        let area = trace.area.unwrap_or_else(|| drawn_area(model, seed));
        let month = trace.months[month(model.clocks[model.areas[area].clock].day(t))];
        let factor = exceptions.on_demand(model, class, area, t, trace.factor * month);
        let mut draws = KeyedRng::new(seed, 0, 0, Purpose::Kept);
        let times = factor.floor() as u64 + u64::from(draws.uniform() < factor.fract());
        for again in 0..times {
            if again == 0 {
                all.push((t, RecordedMark { seed, area }));
                continue;
            }
            let u = draws.uniform();
            // Exact times would come in pairs: a second one falls within half an hour of the first.
            let at = if width > 0.0 { spread(base, u) } else { t + (u - 0.5) * HOUR };
            all.push((at.max(0.0), RecordedMark { seed: draws.bits(), area }));
        }
    }
    let by_time =
        |a: &(f64, RecordedMark), b: &(f64, RecordedMark)| a.0.total_cmp(&b.0).then(a.1.seed.cmp(&b.1.seed));
    if !put_in_order(&mut all, by_time, stopped) {
        all.clear();
    }
    let (times, marks) = all.into_iter().unzip();
    RecordedArrivals { times, marks: Some(marks) }
}

/// Whether a factor other than 1 can hold for an arrival of the class.
fn is_changed(model: &Model, class: usize, trace: &Trace) -> bool {
    let concerns = |e: &crate::model::Exception| e.demand.iter().any(|d| d.0.is_none_or(|c| c == class));
    trace.factor != 1.0 || trace.months.iter().any(|m| *m != 1.0) || model.exceptions.iter().any(concerns)
}

/// Arrivals on the days of a run, each drawn from the record; in engine time, ascending.
fn drawn_days(recorded: &RecordedDays, clock: &LocalClock, end: f64, key: u64) -> Vec<f64> {
    let pick = |list: &[u32], salt: u64, number: i64| {
        let u = KeyedRng::of(key, salt, number).uniform();
        list.get(((u * list.len() as f64) as usize).min(list.len().saturating_sub(1))).copied()
    };
    let mut times = Vec::new();
    for day in clock.day(0.0)..=clock.day(end) {
        let weekday = day.rem_euclid(7);
        let number = match &recorded.draw {
            DayDraw::Weekday(lists) => pick(&lists[weekday as usize], 0, day),
            DayDraw::Week(mondays) => pick(mondays, 1, day.div_euclid(7)).map(|m| m + weekday as u32),
        };
        let Some(seconds) = number.and_then(|n| recorded.days.get(n as usize)) else { continue };
        times.extend(seconds.iter().map(|s| clock.instant(day, *s)).filter(|t| *t >= 0.0 && *t < end));
    }
    times
}
