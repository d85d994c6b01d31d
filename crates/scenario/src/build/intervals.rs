//! Counts by interval: which interval each row stands for, and what is twice, missing, or of another width.

use super::Builder;
use super::calendar::LocalReading;
use super::local_intervals::{LocalIntervals, seconds_between};
use super::trace::{Event, MOST_EVENTS, TraceRecord, columns, no_time_of_day, when};
use crate::files::CsvColumn;
use crate::parts::{TraceIn, TraceKindIn};
use crate::quantity::{Moment, write_duration};
use crate::scalar::Text;
use jiff::civil::{Date, DateTime, Time};
use poolwise_engine::model::ClockId;
use poolwise_engine::time::{DAY, HOUR};
use std::collections::{BTreeMap, BTreeSet};

/// A row: its line, its time, how many arrived.
struct CountRow {
    line: u64,
    moment: Moment,
    n: usize,
}

/// A row with its interval.
struct CountInterval {
    line: u64,
    event: Event,
    /// Seconds, once the width of all is known.
    length: f64,
}

/// The width that intervals have on a day like any other: as given, or the least step between rows, and the line that ends it.
#[derive(Clone, Copy)]
struct NominalWidth {
    seconds: f64,
    /// None where it was given.
    line: Option<u64>,
}

/// Reads a file of counts.
pub(super) fn read(b: &mut Builder<'_>, input: &TraceIn, file: &Text, clock: ClockId) -> Option<TraceRecord> {
    let rows = rows(b, input, file)?;
    let daily = dates_alone(b, input, file, &rows)?;
    let nominal = nominal(b, input, &rows, daily);
    let mut intervals = starts(b, file, clock, &rows, nominal)?;
    intervals.sort_by(|x, y| x.event.at.total_cmp(&y.event.at));
    let name = file.as_str();
    if let Some(w) = intervals.windows(2).find(|w| w[0].event.at == w[1].event.at) {
        let (first, second) = (w[0].line.min(w[1].line), w[0].line.max(w[1].line));
        b.cx.error(
            file.place,
            format!(
                "{name}:{second}: a second row for {} (the first is line {first})",
                shown(w[1].event.local)
            ),
        )
        .help("write one row for each interval, with the sum; or name the column of the counts you mean");
        return None;
    }
    let Some(nominal) = nominal else {
        b.cx.error(file.place, format!("{name}: one row does not tell the width of its interval"))
            .help("give it: `width = \"30 min\"`");
        return None;
    };
    let width = nominal.seconds;
    end_intervals(b, clock, &mut intervals, width);
    check_width(b, input, file, &intervals, nominal, daily)?;
    gaps(b, file, &intervals, width);
    let days = whole_days(&intervals, width);
    let another = |i: &&CountInterval| (i.length - width).abs() > 1e-6;
    let uneven = intervals.iter().filter(another).map(|i| (i.event.at, i.length)).collect();
    Some(TraceRecord { events: intervals.into_iter().map(|i| i.event).collect(), width, uneven, days })
}

fn shown(local: DateTime) -> String {
    local.strftime("%Y-%m-%d %H:%M").to_string()
}

fn rows(b: &mut Builder<'_>, input: &TraceIn, file: &Text) -> Option<Vec<CountRow>> {
    let default = Text { value: "n".to_owned(), place: crate::source::TextSpan::NONE };
    let mut asked = columns(input);
    let count = asked.len();
    asked
        .push(CsvColumn { name: Some(input.count_column.as_ref().unwrap_or(&default)), key: "count_column" });
    let mut rows: Vec<CountRow> = Vec::new();
    let mut seen = 0_usize;
    b.files.rows(file, &asked, false, b.cx, |row| {
        let moment = when(input, row)?;
        let n = row.number(count)?;
        if n.fract() != 0.0 {
            return Err(format!(
                "{:?} is not a whole number of arrivals; for means use `rate` and `profile`",
                row.cells[count]
            ));
        }
        seen = seen.saturating_add(n as usize);
        if seen > MOST_EVENTS {
            return Err(format!("more than {MOST_EVENTS} arrivals"));
        }
        rows.push(CountRow { line: row.line, moment, n: n as usize });
        Ok(())
    })?;
    Some(rows)
}

/// Whether all rows are dates alone, which only counts by day may be.
fn dates_alone(b: &mut Builder<'_>, input: &TraceIn, file: &Text, rows: &[CountRow]) -> Option<bool> {
    let Some(first) = rows.iter().find(|r| matches!(r.moment, Moment::Day(_))) else { return Some(false) };
    let all = rows.iter().all(|r| matches!(r.moment, Moment::Day(_)));
    // A date on several rows is that of several hours.
    let mut seen = BTreeSet::new();
    let once = rows.iter().all(|r| matches!(r.moment, Moment::Day(day) if seen.insert(day)));
    let by_day = input.kind.get() == Some(&TraceKindIn::IntervalCounts)
        && input.width.is_none_or(|w| w.seconds == DAY);
    if all && once && by_day {
        if input.width.is_none() {
            b.cx.warning(file.place, "the rows are dates alone: each count is spread evenly over its day")
                .help("`width = \"1 day\"` says that this is meant; a `rate` with a `profile` has the pattern of a day");
        }
        return Some(true);
    }
    let help = no_time_of_day(b, file);
    let day = match first.moment {
        Moment::Day(day) => day.to_string(),
        _ => String::new(),
    };
    let more = if all { "" } else { "; write midnight as 00:00" };
    b.cx.error(file.place, format!("{}:{}: {day} has no time of day{more}", file.as_str(), first.line))
        .help(help)
        .help("counts by day are `kind = \"interval-counts\", width = \"1 day\"`");
    None
}

/// Engine times of the rows. A repeated hour has two rows in order; a row in an hour that does not exist must
/// have no arrivals, unless its interval goes on after that hour.
fn starts(
    b: &mut Builder<'_>,
    file: &Text,
    clock: ClockId,
    rows: &[CountRow],
    nominal: Option<NominalWidth>,
) -> Option<Vec<CountInterval>> {
    let name = file.as_str();
    let mut out: Vec<CountInterval> = Vec::with_capacity(rows.len());
    let mut twice: BTreeMap<DateTime, (usize, f64)> = BTreeMap::new();
    for row in rows {
        let line = row.line;
        let local = match row.moment {
            Moment::At(at) => {
                let event =
                    Event { at: b.calendar.since_origin(at), local: b.calendar.local(clock, at), n: row.n };
                out.push(CountInterval { line, event, length: 0.0 });
                continue;
            }
            Moment::Local(local) => local,
            Moment::Day(day) => day.to_datetime(Time::midnight()),
        };
        let intervals = nominal.map(|n| LocalIntervals { calendar: &b.calendar, clock, width: n.seconds });
        let Some(reading) = b.calendar.readings(clock, local) else {
            b.cx.error(file.place, format!("{name}:{line}: {} is too far from the present", shown(local)));
            return None;
        };
        let at = match reading {
            LocalReading::Once(at) => at,
            LocalReading::Twice(earlier, later)
                if intervals.is_some_and(|i| !i.comes_twice(earlier, later)) =>
            {
                earlier
            }
            LocalReading::Twice(earlier, later) => match twice.entry(local) {
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert((out.len(), later));
                    earlier
                }
                std::collections::btree_map::Entry::Occupied(mut entry) => {
                    entry.get_mut().0 = usize::MAX;
                    later
                }
            },
            LocalReading::Never(after) => match intervals.and_then(|i| i.begin_in_gap(local, after)) {
                // A day may begin in the gap, and so may any interval that is longer than what the clock goes over.
                Some(begin) => begin,
                None if row.n == 0 => continue,
                None => {
                    left_out(b, file, line, local);
                    return None;
                }
            },
        };
        out.push(CountInterval { line, event: Event { at, local, n: row.n }, length: 0.0 });
    }
    let single: Vec<(usize, f64)> = twice.into_values().filter(|t| t.0 != usize::MAX).collect();
    if let Some(&(first, _)) = single.first() {
        let interval = &out[first];
        b.cx.warning(
            file.place,
            format!(
                "{name}:{}: {} comes twice on that day, as the clock goes back, but has one row: its count is halved between the two",
                interval.line,
                shown(interval.event.local)
            ),
        )
        .help("write a row for each of the two, in order");
    }
    for (i, later) in single {
        let half = out[i].event.n / 2;
        let event = Event { at: later, n: half, ..out[i].event };
        out[i].event.n -= half;
        out.push(CountInterval { line: out[i].line, event, length: 0.0 });
    }
    Some(out)
}

/// Says that something came in an hour that the clock leaves out.
fn left_out(b: &mut Builder<'_>, file: &Text, line: u64, local: DateTime) {
    let (name, local) = (file.as_str(), shown(local));
    b.cx.error(file.place, format!("{name}:{line}: {local} does not exist: the clock goes forward over it"))
        .help("a row for an hour that the clock leaves out has a count of 0, or is left out itself")
        .help(
            "is the time zone the file's? rows may have an offset from UTC, such as 2019-03-10T03:00-04:00",
        );
}

/// The width of the intervals: an hour, as given, or the least step between rows by their own clock.
fn nominal(b: &Builder<'_>, input: &TraceIn, rows: &[CountRow], daily: bool) -> Option<NominalWidth> {
    let hourly = input.kind.get() == Some(&TraceKindIn::HourlyCounts);
    let asked = input.width.map(|w| w.seconds).or(hourly.then_some(HOUR)).or(daily.then_some(DAY));
    if let Some(seconds) = asked {
        return Some(NominalWidth { seconds, line: None });
    }
    // Local times are set beside each other by the calendar, for a change of the clock is no step; others by their instants.
    let mut local: Vec<(f64, u64)> = Vec::new();
    let mut instants: Vec<(f64, u64)> = Vec::new();
    for row in rows {
        match row.moment {
            Moment::At(at) => instants.push((b.calendar.since_origin(at), row.line)),
            Moment::Local(time) => local.push((seconds_between(DateTime::MIN, time), row.line)),
            Moment::Day(day) => {
                local.push((seconds_between(DateTime::MIN, day.to_datetime(Time::midnight())), row.line));
            }
        }
    }
    let least = |mut times: Vec<(f64, u64)>| {
        times.sort_by(|x, y| x.0.total_cmp(&y.0));
        let steps = times.windows(2).map(|w| (w[1].0 - w[0].0, w[1].1)).filter(|s| s.0 > 0.0);
        steps
            .min_by(|x, y| x.0.total_cmp(&y.0))
            .map(|(seconds, line)| NominalWidth { seconds, line: Some(line) })
    };
    let found = [least(local), least(instants)];
    found.into_iter().flatten().min_by(|x, y| x.seconds.total_cmp(&y.seconds))
}

/// Gives each interval its length: what the local clock makes of the width, where the next row agrees or there is none.
fn end_intervals(b: &Builder<'_>, clock: ClockId, rows: &mut [CountInterval], width: f64) {
    let by_clock = LocalIntervals { calendar: &b.calendar, clock, width };
    for i in 0..rows.len() {
        let next = rows.get(i + 1).map_or(f64::INFINITY, |n| n.event.at);
        let Event { at, local, .. } = rows[i].event;
        let end = by_clock.end(at, local).unwrap_or(at + width);
        // Rows by the hours of another clock, such as UTC, are not of this one's.
        let even = at + width <= next && next < end || next == at + width;
        rows[i].length = if even { width } else { end - at };
    }
}

/// Whether rows are as far apart as their width says.
fn check_width(
    b: &mut Builder<'_>,
    input: &TraceIn,
    file: &Text,
    rows: &[CountInterval],
    nominal: NominalWidth,
    daily: bool,
) -> Option<()> {
    let name = file.as_str();
    let hourly = input.kind.get() == Some(&TraceKindIn::HourlyCounts);
    let steps =
        || rows.windows(2).map(|w| (w[1].event.at - w[0].event.at, w[0].length, w[0].line, w[1].line));
    let Some(z) = nominal.line else {
        let least = steps().filter(|s| s.0 < s.1 - 1e-6).min_by(|x, y| x.0.total_cmp(&y.0));
        let Some((step, _, a, z)) = least.filter(|_| !daily) else { return Some(()) };
        let note = b.cx.error(
            file.place,
            format!(
                "{name}:{}: rows {} apart (lines {} and {}) in counts by {}",
                a.max(z),
                write_duration(step),
                a.min(z),
                a.max(z),
                write_duration(nominal.seconds)
            ),
        );
        note.help(if hourly {
            "counts by half or quarter hour are `kind = \"interval-counts\"`"
        } else {
            "`width` is the step between rows, or leave it out"
        });
        return None;
    };
    let step = nominal.seconds;
    if step > DAY || (DAY / step).fract() != 0.0 || step < 1.0 {
        b.cx.error(
            file.place,
            format!(
                "{name}:{z}: the least step between rows is {}, which does not divide a day",
                write_duration(step)
            ),
        )
        .help("rows begin at equal steps of the day; `width` says how long an interval is");
        return None;
    }
    let whole = |s: &(f64, f64, u64, u64)| {
        let beyond = (s.0 - s.1) / step;
        (beyond - beyond.round()).abs() <= 1e-9
    };
    if let Some((odd, _, _, line)) = steps().find(|s| !whole(s)) {
        b.cx.error(
            file.place,
            format!(
                "{name}:{line}: a step of {} between rows, although others are {} apart",
                write_duration(odd),
                write_duration(step)
            ),
        )
        .help("rows begin at equal steps; `width` says how long an interval is");
        return None;
    }
    Some(())
}

/// Says where intervals have no row.
fn gaps(b: &mut Builder<'_>, file: &Text, rows: &[CountInterval], width: f64) {
    let mut missing = 0.0;
    let mut first = None;
    for w in rows.windows(2) {
        let hole = w[1].event.at - w[0].event.at - w[0].length;
        // A day of 25 hours is no hole in counts by day.
        if hole > if width >= DAY { 2.0 * HOUR } else { 1e-6 } {
            missing += (hole / width).ceil();
            first.get_or_insert((w[0].line, w[0].event.local));
        }
    }
    let Some((line, local)) = first else { return };
    let note = b.cx.warning(
        file.place,
        format!(
            "{}:{line}: {missing} intervals have no row, the first after {}: nothing arrives in them",
            file.as_str(),
            shown(local)
        ),
    );
    let steps: Vec<f64> = rows.windows(2).map(|w| w[1].event.at - w[0].event.at).collect();
    let same = steps.iter().all(|s| (s - steps[0]).abs() < 1e-6);
    note.help(if same && steps.len() > 1 {
        format!(
            "all rows are {} apart: with `kind = \"interval-counts\"` and no `width` each is spread over all of that",
            write_duration(steps[0])
        )
    } else {
        "write a row with a count of 0 where nothing came, so that a hole in the record can be told from it".to_owned()
    });
}

/// First and last day that are recorded as a whole: they begin and end at the first and the last time of day
/// that any row has, as offices may have rows for their opening hours only.
fn whole_days(rows: &[CountInterval], width: f64) -> Option<(Date, Date)> {
    let times = || rows.iter().map(|r| r.event.local.time());
    let (open, close) = (times().min()?, times().max()?);
    let (first, last) = (rows.first()?.event.local, rows.last()?.event.local);
    let from = if first.time() <= open { first.date() } else { first.date().tomorrow().ok()? };
    let until =
        if last.time() >= close || width >= DAY { last.date() } else { last.date().yesterday().ok()? };
    (from <= until).then_some((from, until))
}
