//! Appointments: the slots of a run, as arrivals of which some are left out.

use super::Builder;
use super::route::window;
use super::trace::MOST_EVENTS;
use crate::parts::AppointmentsIn;
use poolwise_engine::model::{Area, HolidayWork, Trace, Window};
use poolwise_engine::time::{DAY, WEEK};

/// The slots of a class.
pub(crate) fn appointments(b: &mut Builder<'_>, input: &AppointmentsIn, areas: &[Area]) -> Trace {
    let area = input.area.as_ref().and_then(|area| b.names.areas.find(area, b.cx));
    let half = input.jitter.map_or(0.0, |spread| spread.seconds) / 2.0;
    let mut trace = Trace { area, factor: 1.0 - input.no_show.value, ..Trace::replayed(Vec::new()) };
    (trace.jitter_before, trace.jitter_after) = (half, half);
    let (Some(hours), Some(every)) = (input.hours.get(), input.every.get()) else { return trace };
    let spans = match window(hours, b.cx) {
        Window::Always => vec![(0.0, WEEK)],
        Window::Hours(spans) => spans,
        Window::Open => {
            b.cx.error(input.place, "appointments have hours such as \"Mon-Fri 09:00-17:00\"")
                .help("whether somebody is on duty does not make a slot");
            return trace;
        }
    };
    let week = slots(&spans, every.seconds);
    let each = f64::from(input.each.count());
    let weeks = b.run.end() / WEEK + 2.0;
    if week.len() as f64 * each * weeks > MOST_EVENTS as f64 {
        let message = format!("more than {MOST_EVENTS} appointments in the run");
        b.cx.error(every.place, message).help("let slots be farther apart, or the horizon shorter");
        return trace;
    }
    let clock = &b.calendar.clocks[area.map_or(b.run.clock, |area| areas[area].clock)];
    let holidays = super::calendar::holidays(&b.input.run);
    let mut times = Vec::new();
    for day in clock.day(0.0) - 1..=clock.day(b.run.end()) + 1 {
        if input.holidays.0 == HolidayWork::Off && holidays.binary_search(&day).is_ok() {
            continue;
        }
        let from = day.rem_euclid(7) as f64 * DAY;
        for slot in week.iter().filter(|slot| **slot >= from && **slot < from + DAY) {
            let at = clock.instant(day, slot - from);
            if at >= 0.0 && at < b.run.end() {
                times.extend(std::iter::repeat_n(at, input.each.count() as usize));
            }
        }
    }
    times.sort_by(f64::total_cmp);
    trace.times = times.into();
    trace
}

/// Seconds of the week at which slots begin: from the beginning of each span on.
fn slots(spans: &[(f64, f64)], every: f64) -> Vec<f64> {
    let of = |span: &(f64, f64)| {
        let (from, until) = *span;
        let number = ((until - from) / every - 1e-9).ceil().clamp(0.0, WEEK) as u64;
        (0..number).map(move |k| from + k as f64 * every)
    };
    spans.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_begin_with_the_hours_and_end_before_they_do() {
        assert_eq!(
            slots(&[(0.0, 3_600.0), (7_200.0, 9_000.0)], 1_200.0),
            [0.0, 1_200.0, 2_400.0, 7_200.0, 8_400.0]
        );
        assert_eq!(slots(&[(0.0, 600.0)], 900.0), [0.0]);
    }
}
