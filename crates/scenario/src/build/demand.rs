//! Classes and areas: rates, profiles, traces, deadlines.

use super::Builder;
use super::times::sampler;
use crate::parts::{
    ClassIn, DayScopeIn, DeadlineIn, ProfileIn, ProfileTableIn, TraceIn, TraceKindIn, UntilIn,
};
use crate::quantity::{Rate, instant};
use crate::scalar::{NonNegative, Text};
use crate::source::Place;
use jiff::Timestamp;
use poolwise_engine::model::{
    Area, AreaId, Class, DayFactor, DayScope, Deadline, DeadlineUntil, Demand, Profile, Trace,
};
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};

/// Most arrivals in one trace.
const MOST_EVENTS: usize = 50_000_000;

/// The areas, their weights scaled to shares.
pub fn areas(b: &mut Builder<'_>) -> Vec<Area> {
    let input = b.input;
    let total: f64 = input.area.iter().map(|(_, a)| a.share.value).sum();
    input
        .area
        .iter()
        .map(|(name, area)| {
            let clock = match &area.time_zone {
                Some(zone) => b.calendar.clock(zone, b.cx),
                None => b.run.clock,
            };
            let centre = area.centre.as_ref().and_then(|c| b.names.centres.find(c, b.cx));
            b.routing_ok &= b.cx.intact(area.place) && (centre.is_some() || area.centre.is_none());
            Area { name: name.value.clone(), share: area.share.value / total, clock, centre }
        })
        .collect()
}

/// The classes.
pub fn classes(b: &mut Builder<'_>, areas: &[Area]) -> Vec<Class> {
    let input = b.input;
    input
        .class
        .iter()
        .map(|(name, class)| {
            // A class without its deadline would have other checks speak of the lack of it.
            b.workflow_ok &= b.cx.intact(class.place) || class.deadline.is_some();
            Class {
                name: name.value.clone(),
                priority: u8::try_from(class.priority.value).unwrap_or(u8::MAX),
                start: b.stage(class.start.as_ref()),
                demand: demand(b, class, areas),
                deadline: class.deadline.as_ref().map(|d| deadline(b, d)),
            }
        })
        .collect()
}

fn demand(b: &mut Builder<'_>, class: &ClassIn, areas: &[Area]) -> Demand {
    if let Some(input) = &class.trace {
        let unused = [
            ("profile", class.profile.as_ref().map(|_| ())),
            ("months", class.months.as_ref().map(|_| ())),
            ("day_factor", class.day_factor.as_ref().map(|_| ())),
        ];
        for (key, _) in unused.iter().filter(|u| u.1.is_some()) {
            b.cx.error(class.place, format!("`{key}` cannot stand beside `trace`"))
                .help("a trace has the pattern of its own events");
        }
        return Demand::Trace(trace(b, input, areas));
    }
    Demand::Rate {
        per_second: class.rate.as_ref().map_or(0.0, Rate::per_second),
        profile: class.profile.as_ref().and_then(|p| profile(b, p)).unwrap_or(Profile::Flat),
        months: months(class),
        day_factor: class.day_factor.as_ref().and_then(|d| {
            let scope = match d.scope {
                DayScopeIn::National => DayScope::National,
                DayScopeIn::Area => DayScope::Area,
            };
            let cv = d.cv.get()?.value;
            (cv > 0.0).then_some(DayFactor { cv, scope })
        }),
    }
}

fn months(class: &ClassIn) -> [f64; 12] {
    let mut out = [1.0; 12];
    if let Some(list) = &class.months {
        for (to, from) in out.iter_mut().zip(&list.0) {
            *to = from.value;
        }
    }
    out
}

fn profile(b: &mut Builder<'_>, input: &ProfileIn) -> Option<Profile> {
    match input {
        ProfileIn::File(name) if name.as_str() == "flat" => Some(Profile::Flat),
        ProfileIn::File(file) => {
            let values = b.files.numbers(file, None, b.cx)?;
            week(b, &values, file.place)
        }
        ProfileIn::Week(values) => week(b, &numbers(&values.0), values.1),
        ProfileIn::Table(table) => table_profile(b, table),
    }
}

fn numbers(values: &[NonNegative]) -> Vec<f64> {
    values.iter().map(|v| v.value).collect()
}

fn table_profile(b: &mut Builder<'_>, table: &ProfileTableIn) -> Option<Profile> {
    if let Some(file) = &table.file {
        if let Some(period) = &table.period {
            b.cx.error(period.place, "`period` goes with `values` only");
        }
        let values = b.files.numbers(file, table.column.as_ref(), b.cx)?;
        return week(b, &values, file.place);
    }
    let list = table.values.as_ref()?;
    if let Some(column) = &table.column {
        b.cx.error(column.place, "`column` goes with `file` only");
    }
    let Some(period) = &table.period else {
        b.cx.error(table.place, "`values` need `period`, the time that they cover");
        return None;
    };
    let mut values = numbers(&list.items);
    scale(b, &mut values, list.place)?;
    Some(Profile::Cycle { period: period.seconds, values: values.into() })
}

fn week(b: &mut Builder<'_>, values: &[f64], place: Place) -> Option<Profile> {
    let Ok(mut week) = <[f64; HOURS_OF_WEEK]>::try_from(values) else {
        b.cx.error(place, format!("expected 168 values, one an hour of the week, found {}", values.len()));
        return None;
    };
    scale(b, &mut week, place)?;
    Some(Profile::HourOfWeek(Box::new(week)))
}

/// Scales to mean 1.
fn scale(b: &mut Builder<'_>, values: &mut [f64], place: Place) -> Option<()> {
    let total: f64 = values.iter().sum();
    if total <= 0.0 {
        b.cx.error(place, "a profile needs a value above 0");
        return None;
    }
    let mean = total / values.len() as f64;
    for v in values {
        *v /= mean;
    }
    Some(())
}

fn deadline(b: &mut Builder<'_>, input: &DeadlineIn) -> Deadline {
    let after = sampler(input.after.get(), &mut b.files, b.cx);
    let until = match input.until.get() {
        Some(UntilIn::Finish(stage)) => DeadlineUntil::Finish(b.stage(Some(stage))),
        Some(UntilIn::Start(start)) => DeadlineUntil::Start(b.stage(start.start.get())),
        None => DeadlineUntil::Finish(b.stage(None)),
    };
    Deadline { after, until, exit: b.stage(input.exit.get()) }
}

fn trace(b: &mut Builder<'_>, input: &TraceIn, areas: &[Area]) -> Trace {
    let empty = Trace { times: Vec::new().into(), jitter_before: 0.0, jitter_after: 0.0, area: None };
    let (Some(file), Some(kind)) = (input.file.get(), input.kind.get()) else { return empty };
    let area: Option<AreaId> = input.area.as_ref().and_then(|a| b.names.areas.find(a, b.cx));
    let clock = area.map_or(b.run.clock, |a| areas[a].clock);
    let (before, after) = match kind {
        TraceKindIn::HourlyCounts => (0.0, HOUR),
        TraceKindIn::Times => {
            let half = input.jitter.map_or(0.0, |j| j.seconds) / 2.0;
            (half, half)
        }
    };
    let mut times = Vec::new();
    let mut seen = 0_usize;
    let default_count = Text { value: "n".to_owned(), place: file.place };
    let end = b.run.end();
    let calendar = &b.calendar;
    let read = match kind {
        TraceKindIn::Times => {
            if let Some(column) = &input.count_column {
                b.cx.error(column.place, "`count_column` goes with `kind = \"hourly-counts\"` only");
            }
            b.files.rows(file, &[input.column.as_ref()], false, b.cx, |cells| {
                let t = time_of(calendar, clock, cells[0])?;
                seen += 1;
                // An event that its jitter could move over an edge of the run is left out.
                if t - before >= 0.0 && t < end {
                    times.push(t);
                }
                Ok(())
            })
        }
        TraceKindIn::HourlyCounts => {
            if let Some(jitter) = &input.jitter {
                b.cx.error(jitter.place, "`jitter` goes with `kind = \"times\"` only")
                    .help("hourly counts are spread over their hour");
            }
            let columns =
                [input.column.as_ref(), Some(input.count_column.as_ref().unwrap_or(&default_count))];
            b.files.rows(file, &columns, false, b.cx, |cells| {
                let t = time_of(calendar, clock, cells[0])?;
                let n: usize = cells[1]
                    .parse()
                    .map_err(|_| format!("{:?} is not a whole number of arrivals", cells[1]))?;
                seen = seen.saturating_add(n);
                if seen > MOST_EVENTS {
                    return Err(format!("more than {MOST_EVENTS} arrivals"));
                }
                if t >= 0.0 && t < end {
                    times.resize(times.len() + n, t);
                }
                Ok(())
            })
        }
    };
    if read.is_none() {
        return empty;
    }
    if times.is_empty() {
        b.cx.warning(file.place, format!("none of the {seen} recorded arrivals falls in the run"))
            .help("the run begins at `run.start` less the warm-up and ends with the horizon");
    }
    times.sort_by(f64::total_cmp);
    Trace { times: times.into(), jitter_before: before, jitter_after: after, area }
}

/// Engine time of a time in a trace: local, or with an offset from UTC.
fn time_of(calendar: &super::calendar::Calendar, clock: usize, text: &str) -> Result<f64, String> {
    if let Ok(local) = instant(text) {
        return calendar.engine_time(clock, local).ok_or_else(|| format!("{text:?} is outside the calendar"));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(calendar.since_origin(at));
    }
    text.parse::<jiff::civil::DateTime>()
        .ok()
        .and_then(|local| calendar.engine_time(clock, local))
        .ok_or_else(|| format!("{text:?} is not a time such as \"2018-10-01 06:30\""))
}
