//! Recorded arrivals: the rows of a file of times, and what is odd about them and the run.
//!
//! Counts by interval are read in `intervals`; days and weeks to draw from are cut in `resample`.

use super::Builder;
use super::calendar::LocalReading;
use super::demand::months;
use super::{growth, intervals, resample};
use crate::files::{CsvColumn, CsvRow};
use crate::parts::{TraceIn, TraceKindIn};
use crate::quantity::{Moment, hour_cell, moment};
use crate::scalar::Text;
use crate::source::TextSpan;
use jiff::civil::{Date, DateTime, Time};
use poolwise_engine::model::{Area, AreaId, ClockId, Trace};
use poolwise_engine::time::DAY;
use std::collections::BTreeMap;

/// Most arrivals in one trace.
pub(crate) const MOST_EVENTS: usize = 50_000_000;

/// One recorded arrival, or several of one interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Event {
    /// Engine time; of counts, the start of the interval.
    pub at: f64,
    /// The same as the local clock shows it.
    pub local: DateTime,
    /// How many requests were recorded.
    pub n: usize,
}

/// A whole record.
#[derive(Debug)]
pub(super) struct TraceRecord {
    /// Arrivals in the order of time.
    pub events: Vec<Event>,
    /// Width of the intervals of counts; 0 for times.
    pub width: f64,
    /// Intervals of another width: start and seconds, by start.
    pub uneven: Vec<(f64, f64)>,
    /// First and last day that the record covers as a whole.
    pub days: Option<(Date, Date)>,
}

/// Reads a trace of a class whose demand grows by a share each year.
pub(super) fn trace(b: &mut Builder<'_>, input: &TraceIn, areas: &[Area], growth: f64) -> Trace {
    let mut trace = Trace { months: months(input.months.as_ref()), ..Trace::replayed(Vec::new()) };
    trace.factor = input.factor.value;
    let (Some(file), Some(kind)) = (input.file.get(), input.kind.get()) else { return trace };
    let area: Option<AreaId> = input.area.as_ref().and_then(|a| b.names.areas.find(a, b.cx));
    trace.area = area;
    let clock = area.map_or(b.run.clock, |a| areas[a].clock);
    misplaced(b, input, *kind);
    let record = match kind {
        TraceKindIn::Times => times(b, input, file, clock),
        TraceKindIn::HourlyCounts | TraceKindIn::IntervalCounts => intervals::read(b, input, file, clock),
    };
    let Some(record) = record else { return trace };
    let half = input.jitter.map_or(0.0, |j| j.seconds) / 2.0;
    (trace.jitter_before, trace.jitter_after) = match kind {
        TraceKindIn::Times => (half, half),
        _ => (0.0, record.width),
    };
    if let Some(by) = input.resample {
        trace.drawn = resample::days(b, by, &record, clock, file.place);
    } else {
        trace.times = replayed(b, &record, trace.jitter_before, file.place);
        trace.uneven = record.uneven.into();
        b.replayed.push(file.place);
    }
    bounded(b, input, &trace, growth);
    trace
}

/// Keys that go with another kind of rows.
fn misplaced(b: &mut Builder<'_>, input: &TraceIn, kind: TraceKindIn) {
    let mut only = |place: Option<TextSpan>, key: &str, kinds: &str, help: &str| {
        if let Some(place) = place {
            let note = b.cx.error(place, format!("`{key}` goes with {kinds} only"));
            if !help.is_empty() {
                note.help(help);
            }
        }
    };
    let counts = "`kind = \"hourly-counts\"` or `\"interval-counts\"`";
    match kind {
        TraceKindIn::Times => {
            only(input.count_column.as_ref().map(|c| c.place), "count_column", counts, "");
            only(input.width.map(|w| w.place), "width", "`kind = \"interval-counts\"`", "");
        }
        _ => {
            let help = "counts are spread over their interval";
            only(input.jitter.map(|j| j.place), "jitter", "`kind = \"times\"`", help);
            if kind == TraceKindIn::HourlyCounts {
                let help = "counts by hour have a width of an hour";
                only(input.width.map(|w| w.place), "width", "`kind = \"interval-counts\"`", help);
            }
        }
    }
}

/// The columns of times that a trace asks for.
pub(super) fn columns(input: &TraceIn) -> Vec<CsvColumn<'_>> {
    let mut out = vec![CsvColumn { name: input.column.as_ref(), key: "column" }];
    out.extend(input.time_column.as_ref().map(|name| CsvColumn { name: Some(name), key: "time_column" }));
    out
}

/// Reads the date and time of a row, from one column or two.
pub(super) fn when(input: &TraceIn, row: &CsvRow<'_>) -> Result<Moment, String> {
    let found = moment(row.cells[0], input.dates)?;
    if input.time_column.is_none() {
        return Ok(found);
    }
    let day = match found {
        Moment::Day(day) => day,
        // Spreadsheets write dates with a midnight.
        Moment::Local(at) if at.time() == Time::midnight() => at.date(),
        _ => return Err(format!("{:?} has a time of day already; leave out `time_column`", row.cells[0])),
    };
    Ok(Moment::Local(day.to_datetime(hour_cell(row.cells[1])?)))
}

/// What to do about dates without a time of day.
pub(crate) fn no_time_of_day(b: &mut Builder<'_>, file: &Text) -> String {
    let names = b.files.names(file, b.cx);
    let is_time = |n: &&String| {
        let n = n.to_lowercase();
        ["hour", "time", "interval", "uur", "stunde", "heure", "hora"].iter().any(|w| n.contains(w))
            && !n.contains("date")
    };
    let name = names.iter().find(is_time).map_or("Hour", String::as_str);
    format!("where it stands in a column of its own, name it: `time_column = \"{name}\"`")
}

/// A row of times.
struct TimeRow {
    line: u64,
    moment: Moment,
}

/// Reads a file of times, an arrival a row.
fn times(b: &mut Builder<'_>, input: &TraceIn, file: &Text, clock: ClockId) -> Option<TraceRecord> {
    let mut rows: Vec<TimeRow> = Vec::new();
    b.files.rows(file, &columns(input), false, b.cx, |row| {
        if rows.len() >= MOST_EVENTS {
            return Err(format!("more than {MOST_EVENTS} arrivals"));
        }
        rows.push(TimeRow { line: row.line, moment: when(input, row)? });
        Ok(())
    })?;
    if let Some(TimeRow { line, moment: Moment::Day(day) }) =
        rows.iter().find(|r| matches!(r.moment, Moment::Day(_)))
    {
        let help = no_time_of_day(b, file);
        let mixed = rows.iter().any(|r| matches!(r.moment, Moment::Local(_)));
        let more = if mixed { "; write midnight as 00:00" } else { "" };
        let place = file.place;
        b.cx.error(place, format!("{}:{line}: {day} has no time of day{more}", file.as_str()))
            .help(help)
            .help("counts by day are `kind = \"interval-counts\"`, a row for each day");
        return None;
    }
    let mut events = Vec::with_capacity(rows.len());
    let mut folds = Folds::of(&rows);
    let mut never: Vec<u64> = Vec::new();
    for row in &rows {
        let (at, local) = match row.moment {
            Moment::At(at) => (b.calendar.since_origin(at), b.calendar.local(clock, at)),
            Moment::Day(day) => (0.0, day.to_datetime(Time::midnight())),
            Moment::Local(local) => {
                let Some(reading) = b.calendar.readings(clock, local) else {
                    b.cx.error(
                        file.place,
                        format!("{}:{}: {local} is too far from the present", file.as_str(), row.line),
                    );
                    return None;
                };
                let at = match reading {
                    LocalReading::Once(at) => at,
                    LocalReading::Twice(earlier, later) => folds.choose(local, earlier, later),
                    LocalReading::Never(after) => {
                        never.push(row.line);
                        after
                    }
                };
                (at, local)
            }
        };
        events.push(Event { at, local, n: 1 });
    }
    if let Some(line) = never.first() {
        b.cx.warning(
            file.place,
            format!(
                "{}:{line}: {} of the times fall in the hour that a change of the clock leaves out; they are read as an hour later",
                file.as_str(),
                never.len()
            ),
        )
        .help("is the time zone the file's? times may have an offset from UTC");
    }
    let untold = folds.untold();
    if untold > 0 {
        b.cx.warning(
            file.place,
            format!(
                "{}: {untold} of the times are in the hour that comes twice when the clock goes back, and nothing tells which is meant: the first is taken",
                file.as_str()
            ),
        )
        .help("write rows in order of time, or times with an offset from UTC");
    }
    events.sort_by(|a, b| a.at.total_cmp(&b.at));
    let days = events.first().zip(events.last()).map(|(first, last)| (first.local.date(), last.local.date()));
    Some(TraceRecord { events, width: 0.0, uneven: Vec::new(), days })
}

/// Tells the two readings of a repeated hour apart by the order of the rows.
struct Folds {
    /// Rows are in order of local time, but for steps back on one day.
    in_order: bool,
    /// By day: the last time seen in its repeated hour, whether the clock has gone back since, how many there were.
    days: BTreeMap<Date, (DateTime, bool, usize)>,
}

impl Folds {
    fn of(rows: &[TimeRow]) -> Self {
        let locals = rows.iter().filter_map(|r| if let Moment::Local(l) = r.moment { Some(l) } else { None });
        let later = locals.clone().skip(1);
        // A step back of more than two hours is no change of a clock.
        let in_order = locals
            .zip(later)
            .all(|(a, b)| b >= a || a.date() == b.date() && i16::from(a.hour()) - i16::from(b.hour()) <= 2);
        Self { in_order, days: BTreeMap::new() }
    }

    fn choose(&mut self, local: DateTime, earlier: f64, later: f64) -> f64 {
        let fold = self.days.entry(local.date()).or_insert((local, false, 0));
        fold.1 |= self.in_order && local < fold.0;
        fold.0 = local;
        fold.2 += 1;
        if fold.1 { later } else { earlier }
    }

    /// How many times may be meant either way.
    fn untold(&self) -> usize {
        self.days.values().filter(|d| !d.1).map(|d| d.2).sum()
    }
}

/// The events that fall in the run, and what to say where the record does not cover it.
fn replayed(
    b: &mut Builder<'_>,
    record: &TraceRecord,
    before: f64,
    place: TextSpan,
) -> std::sync::Arc<[f64]> {
    let end = b.run.end();
    let mut times = Vec::new();
    for e in &record.events {
        // An event that its jitter could move over an edge of the run is left out.
        if e.at - before >= 0.0 && e.at < end {
            times.resize(times.len() + e.n, e.at);
        }
    }
    let seen: usize = record.events.iter().map(|e| e.n).sum();
    let help = "the run begins at `run.start` less the warm-up and ends with the horizon";
    if times.is_empty() {
        b.cx.warning(place, format!("none of the {seen} recorded arrivals falls in the run")).help(help);
    } else if let Some((first, last)) = record.events.first().zip(record.events.last()) {
        let days = |seconds: f64| match (seconds / DAY).floor() {
            1.0 => "day".to_owned(),
            days => format!("{days} days"),
        };
        if first.at >= DAY {
            let warm_up = if b.run.warm_up > 0.0 { ", its warm-up included" } else { "" };
            b.cx.warning(
                place,
                format!(
                    "nothing arrives in the first {} of the run{warm_up}: the record begins on {}",
                    days(first.at),
                    first.local.date()
                ),
            )
            .help(help)
            .help("`resample = \"days\"` draws whole recorded days for any day of the run");
        }
        let over = end - last.at - record.width;
        if over >= DAY {
            b.cx.warning(
                place,
                format!(
                    "nothing arrives in the last {} of the run: the record ends on {}",
                    days(over),
                    last.local.date()
                ),
            )
            .help(help);
        }
    }
    times.into()
}

/// Refuses factors that make more arrivals of a record than a run can hold.
fn bounded(b: &mut Builder<'_>, input: &TraceIn, trace: &Trace, growth: f64) {
    let exceptional = b.input.exception.items.iter().filter_map(|e| e.demand.as_ref()).map(|d| d.largest());
    let months = trace.months.iter().copied().fold(0.0, f64::max);
    let grown = growth::factor(growth, b.run.end()).max(1.0);
    let most = trace.factor * months * grown * exceptional.fold(1.0, f64::max);
    let all = trace.mean_size() * if trace.drawn.is_some() { b.run.end() / DAY } else { 1.0 };
    if most > 1.0 && most * all > MOST_EVENTS as f64 {
        let place = if input.factor.place.is_none() { input.place } else { input.factor.place };
        b.cx.error(place, format!("with its factors the trace would have more than {MOST_EVENTS} arrivals"));
    }
}

/// Says once that replayed arrivals are the same in all replications.
pub(crate) fn warn_replayed(b: &mut Builder<'_>) {
    if b.run.replications < 2 {
        return;
    }
    let Some(&place) = b.replayed.first() else { return };
    b.cx.warning(
        place,
        "recorded arrivals are the same in every replication, so intervals hold no uncertainty of demand",
    )
    .help("`resample = \"days\"` (or \"weeks\") draws whole recorded days anew in each replication");
}
