//! The run's calendar: origin, horizon, wall clocks, holidays.

use super::now;
use crate::diagnostic::Problems;
use crate::parts::{NowIn, PrecisionIn, RunIn};
use crate::scalar::Text;
use crate::source::TextSpan;
use crate::zones;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp, ToSpan};
use poolwise_engine::model::{ClockId, Precision, RunSettings};
use poolwise_engine::time::{DAY, LocalClock, WEEK, day_from_unix_days};

/// Longest horizon, seconds.
const LONGEST_HORIZON: f64 = 200.0 * 366.0 * DAY;

/// When a local time is read, in engine time: around a change of the clock it may be twice or never.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum LocalReading {
    /// As on any day.
    Once(f64),
    /// Before the clock goes back, and after.
    Twice(f64, f64),
    /// The clock goes over it; the instant after, by as much as the clock goes forward.
    Never(f64),
}

/// Wall clocks and the conversion of local times to engine time.
pub(super) struct Calendar {
    origin: Timestamp,
    from: Timestamp,
    until: Timestamp,
    zones: Vec<TimeZone>,
    pub clocks: Vec<LocalClock>,
}

/// Reads the run's settings. Where they make no sense, a calendar that serves to look for more errors
/// comes back.
pub(super) fn run(input: &RunIn, now: &NowIn, cx: &mut Problems) -> (RunSettings, Calendar) {
    let present = now::present(input, now, cx);
    let zone = find_zone(&input.time_zone, cx);
    // A run that begins now has no warm-up: its origin is the midnight before.
    let weeks = if present.is_some() { 0.0 } else { input.warm_up.seconds / WEEK };
    if weeks.fract() != 0.0 {
        cx.error(input.warm_up.place, "the warm-up must be whole weeks").help("as in \"4 weeks\"");
    }
    if input.horizon.seconds > LONGEST_HORIZON {
        cx.error(input.horizon.place, "the horizon is longer than 200 years");
    }
    let mut horizon = input.horizon.seconds.min(LONGEST_HORIZON);
    let span = |start: Date| -> Option<(Timestamp, Timestamp, Timestamp, Timestamp)> {
        let first = start.checked_sub((weeks.floor() as i64 * 7).days()).ok()?;
        let midnight = |d: Date| {
            zone.to_ambiguous_timestamp(d.to_datetime(jiff::civil::Time::midnight())).compatible().ok()
        };
        let (origin, start) = (midnight(first)?, midnight(start)?);
        let days = |n: i64| Span::new().try_hours(n * 24).ok();
        let from = origin.checked_sub(days(3 * 366)?).ok()?;
        let end = start.as_second().checked_add(horizon.ceil() as i64)?;
        let until = Timestamp::from_second(end).ok()?.checked_add(days(366)?).ok()?;
        Some((origin, start, from, until))
    };
    let (origin, start, from, until) = span(present.map_or(input.start.date, |now| now.at.date()))
        .unwrap_or_else(|| {
            let place = if input.start.place.is_none() { input.horizon.place } else { input.start.place };
            cx.error(place, "the run is too far from the present for the calendar")
                .help("the years 0 to 9999 can be used");
            horizon = horizon.min(WEEK);
            let safe = date(2018, 10, 1).to_datetime(jiff::civil::Time::midnight());
            let at = |d: DateTime| TimeZone::UTC.to_timestamp(d).unwrap_or_default();
            let year = |n: i16| at(date(n, 1, 1).to_datetime(jiff::civil::Time::midnight()));
            (at(safe), at(safe), year(2015), year(2025))
        });
    let mut calendar = Calendar { origin, from, until, zones: Vec::new(), clocks: Vec::new() };
    let clock = calendar.add(zone);
    let mut warm_up = (start.as_second() - origin.as_second()) as f64;
    if let Some(present) = &present {
        match now::times(present, &calendar, clock) {
            Some((at, end)) => (warm_up, horizon) = (at, end - at),
            None => {
                cx.error(present.place, "the moment is too far from the present for the calendar");
            }
        }
    }
    let settings = RunSettings {
        origin_unix: origin.as_second(),
        clock,
        warm_up,
        horizon,
        replications: u32::try_from(input.replications.value).unwrap_or(u32::MAX),
        seed: input.seed.value.unsigned_abs(),
        target: input.target.seconds,
        prompt: input.answer_within.as_ref().unwrap_or(&input.target).seconds,
        precision: input.precision.as_ref().map(precision),
        start: Vec::new(),
        now: None,
    };
    (settings, calendar)
}

fn precision(input: &PrecisionIn) -> Precision {
    // A name that was written wrongly is an error already.
    Precision {
        relative: input.relative.get().map_or(1.0, |r| r.value),
        measures: input.measures.items.iter().map(|m| m.0.to_owned()).collect(),
        max_replications: input.max_replications.count(),
        round: input.round.count(),
    }
}

/// Day numbers of the holidays, ascending.
pub(super) fn holidays(input: &RunIn) -> Vec<i64> {
    let epoch = date(1970, 1, 1);
    let unix_day = |d: Date| d.since(epoch).map_or(0, |s| i64::from(s.get_days()));
    let mut days: Vec<i64> =
        input.holidays.items.iter().map(|d| day_from_unix_days(unix_day(d.date))).collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// A zone by its IANA name; UTC where there is none of that name.
fn find_zone(name: &Text, cx: &mut Problems) -> TimeZone {
    if let Some(zone) = zones::time_zone(name.as_str()) {
        return zone;
    }
    let available = zones::names();
    // The city is what people remember: compare whole names and last parts.
    let cities: Vec<&str> = available.iter().map(|n| n.rsplit('/').next().unwrap_or(n)).collect();
    let names: Vec<&str> = available.iter().map(String::as_str).collect();
    let wrong = name.as_str().replace(' ', "_");
    let city = wrong.rsplit('/').next().unwrap_or(&wrong);
    let exact = cities.iter().position(|c| c.eq_ignore_ascii_case(city)).map(|i| names[i]);
    let near = exact.or_else(|| crate::diagnostic::nearest(&wrong, &names));
    let note = cx.error(name.place, format!("unknown time zone `{}`", name.as_str()));
    if let Some(near) = near {
        note.label(format!("did you mean `{near}`?"));
    }
    note.help("time zones have IANA names, such as \"America/New_York\" or \"UTC\"");
    TimeZone::UTC
}

impl Calendar {
    /// The clock of a zone by name.
    pub(super) fn clock(&mut self, name: &Text, cx: &mut Problems) -> ClockId {
        let zone = find_zone(name, cx);
        self.add(zone)
    }

    fn add(&mut self, zone: TimeZone) -> ClockId {
        let name = zone.iana_name().unwrap_or("UTC");
        if let Some(i) = self.clocks.iter().position(|c| c.zone == name) {
            return i;
        }
        let mut offset = zone.to_offset(self.from).seconds();
        let mut changes = vec![(self.from.as_second(), offset)];
        for change in zone.following(self.from).take_while(|c| c.timestamp() <= self.until) {
            if change.offset().seconds() != offset {
                offset = change.offset().seconds();
                changes.push((change.timestamp().as_second(), offset));
            }
        }
        self.clocks.push(LocalClock::new(name, self.origin.as_second(), &changes));
        self.zones.push(zone);
        self.clocks.len() - 1
    }

    /// Engine time of a local date and time. In the gap of a spring change the time after it; of the two
    /// readings of an autumn change the earlier.
    pub(crate) fn engine_time(&self, clock: ClockId, local: DateTime) -> Option<f64> {
        let at = self.zones[clock].to_ambiguous_timestamp(local).compatible().ok()?;
        Some(self.since_origin(at))
    }

    /// Engine times at which a local date and time is read.
    pub(super) fn readings(&self, clock: ClockId, local: DateTime) -> Option<LocalReading> {
        let at = || self.zones[clock].to_ambiguous_timestamp(local);
        let earlier = self.since_origin(at().earlier().ok()?);
        let later = self.since_origin(at().later().ok()?);
        Some(match at().offset() {
            AmbiguousOffset::Unambiguous { .. } => LocalReading::Once(earlier),
            AmbiguousOffset::Fold { .. } => LocalReading::Twice(earlier, later),
            AmbiguousOffset::Gap { .. } => LocalReading::Never(later),
        })
    }

    /// Local date and time of an instant.
    pub(super) fn local(&self, clock: ClockId, at: Timestamp) -> DateTime {
        self.zones[clock].to_datetime(at)
    }

    /// Whether a local day has 24 hours.
    pub(crate) fn is_plain_day(&self, clock: ClockId, day: Date) -> bool {
        let midnight = |d: Date| self.engine_time(clock, d.to_datetime(jiff::civil::Time::midnight()));
        let next = day.tomorrow().ok().and_then(midnight);
        midnight(day).zip(next).is_some_and(|(from, until)| until - from == DAY)
    }

    /// Engine time of an instant.
    pub(crate) fn since_origin(&self, at: Timestamp) -> f64 {
        (at.as_second() - self.origin.as_second()) as f64 + f64::from(at.subsec_nanosecond()) * 1e-9
    }

    /// Second since 1970 of an engine time, rounded down.
    pub(super) fn unix_second(&self, t: f64) -> i64 {
        self.origin.as_second() + t.floor() as i64
    }

    /// Engine time of a local time for an exception, or an error.
    pub(super) fn instant(&self, clock: ClockId, local: DateTime, place: TextSpan, cx: &mut Problems) -> f64 {
        self.engine_time(clock, local).unwrap_or_else(|| {
            cx.error(place, "the time is too far from the present for the calendar");
            0.0
        })
    }
}
