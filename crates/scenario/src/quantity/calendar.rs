//! Times of day, days of the week, hours on some days, dates.

use super::read_text_of;
use crate::describe::{JsonSchema, Schema, SchemaGenerator, json_schema};
use crate::diagnostic::Problems;
use crate::input::Input;
use crate::node::{Node, NodeKind};
use crate::source::TextSpan;
use jiff::civil::{Date as CivilDate, DateTime, Time};
use poolwise_engine::time::{DAY, WEEK};
use std::borrow::Cow;
use toml::Value;

/// Declares words of the calendar.
macro_rules! parsed {
    ($( impl [$($generic:tt)*] $name:ty, $schema_name:expr, $expects:expr, $pattern:expr, $read:expr, $write:expr; )*) => { $(
        impl $($generic)* JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                $schema_name.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern })
            }
        }

        impl $($generic)* Input for $name {
            fn expects() -> String {
                $expects.to_owned()
            }
            fn accepts(node: &Node) -> bool {
                matches!(node.kind, NodeKind::String(_) | NodeKind::Datetime(_))
            }
            fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
                read_text_of(node, $expects, cx, $read)
            }
            fn write(&self) -> Value {
                let write: fn(&Self) -> String = $write;
                Value::String(write(self))
            }
        }
    )* };
}

/// A time of day, seconds after midnight; up to 24:00.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Clock {
    pub seconds: f64,
    pub place: TextSpan,
}

fn clock(text: &str) -> Result<f64, String> {
    let mut parts = text.split(':');
    let mut part = |most: u32| {
        parts
            .next()
            .filter(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|p| p.parse::<u32>().ok())
            .filter(|n| *n <= most)
    };
    let wrong = || "write two digits for hours and minutes, 00:00 to 24:00".to_owned();
    let hours = part(24).ok_or_else(wrong)?;
    let minutes = part(59).ok_or_else(wrong)?;
    let seconds = if text.len() > 5 { part(59).ok_or_else(wrong)? } else { 0 };
    let total = hours * 3600 + minutes * 60 + seconds;
    if total > 86_400 || parts.next().is_some() {
        return Err(wrong());
    }
    Ok(f64::from(total))
}

pub(crate) fn write_clock(seconds: f64) -> String {
    let s = seconds as u32;
    let minutes = format!("{:02}:{:02}", s / 3600, s / 60 % 60);
    if s.is_multiple_of(60) { minutes } else { format!("{minutes}:{:02}", s % 60) }
}

/// Days of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weekdays(pub [bool; 7]);

const DAY_NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Weekdays {
    pub(crate) const ALL: Self = Self([true; 7]);
}

fn days(text: &str) -> Result<Weekdays, String> {
    if text == "daily" {
        return Ok(Weekdays::ALL);
    }
    let day = |name: &str| {
        DAY_NAMES
            .iter()
            .position(|d| *d == name)
            .ok_or_else(|| format!("unknown day {name:?}; days are {}", DAY_NAMES.join(", ")))
    };
    let mut out = [false; 7];
    for part in text.split(',') {
        let (from, to) = match part.trim().split_once('-') {
            Some((a, b)) => (day(a.trim())?, day(b.trim())?),
            None => (day(part.trim())?, day(part.trim())?),
        };
        // A range may run over Sunday: Sat-Mon.
        let length = (to + 7 - from) % 7;
        for i in 0..=length {
            let d = (from + i) % 7;
            if out[d] {
                return Err(format!("{} is named twice", DAY_NAMES[d]));
            }
            out[d] = true;
        }
    }
    Ok(Weekdays(out))
}

fn write_days(days: &Weekdays) -> String {
    if *days == Weekdays::ALL {
        return "daily".to_owned();
    }
    let mut parts = Vec::new();
    let mut d = 0;
    while d < 7 {
        if !days.0[d] {
            d += 1;
            continue;
        }
        let from = d;
        while d < 7 && days.0[d] {
            d += 1;
        }
        let name = |i: usize| DAY_NAMES[i].to_owned();
        match d - from {
            1 => parts.push(name(from)),
            _ => parts.push(format!("{}-{}", DAY_NAMES[from], DAY_NAMES[d - 1])),
        }
    }
    parts.join(",")
}

/// Hours on some days of the week: `Mon-Fri 06:00-22:00`, over midnight where the end is not later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WeekSpan {
    pub days: Weekdays,
    pub from: f64,
    pub to: f64,
}

fn week_span(text: &str) -> Result<WeekSpan, String> {
    let (on, hours) = text.trim().rsplit_once(' ').unwrap_or(("daily", text.trim()));
    let (from, to) = hours.split_once('-').ok_or("write hours as 06:00-22:00")?;
    let (from, to) = (clock(from)?, clock(to)?);
    if from >= DAY {
        return Err("a span begins before 24:00".to_owned());
    }
    if from == to {
        return Err("the span is empty; a whole day is 00:00-24:00".to_owned());
    }
    Ok(WeekSpan { days: days(on.trim())?, from, to })
}

impl WeekSpan {
    /// The span in seconds of the week, Monday 00:00 first, cut at the week's end.
    pub(crate) fn intervals(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let length = if self.to > self.from { self.to - self.from } else { self.to + DAY - self.from };
        (0..7).filter(|d| self.days.0[*d]).flat_map(move |d| {
            let start = d as f64 * DAY + self.from;
            let end = start + length;
            let over = (end > WEEK).then_some((0.0, end - WEEK));
            std::iter::once((start, end.min(WEEK))).chain(over)
        })
    }
}

/// A date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    pub date: CivilDate,
    pub place: TextSpan,
}

/// A local date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrittenInstant {
    pub time: DateTime,
    pub place: TextSpan,
}

/// A moment as it is written: a time of day, or a date and a time. Read where its day is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrittenMoment {
    pub text: String,
    pub place: TextSpan,
}

fn date(text: &str) -> Result<CivilDate, String> {
    let form = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if !form {
        return Err("write year-month-day".to_owned());
    }
    text.parse().map_err(|_| "there is no such day".to_owned())
}

/// Reads a local date and time: `2019-03-04 00:00`, a `T` for the space, seconds if wanted.
fn instant(text: &str) -> Result<DateTime, String> {
    let wrong = || "write year-month-day hour:minute".to_owned();
    let (day, time) = text.split_once(['T', ' ']).ok_or_else(wrong)?;
    let seconds = clock(time).map_err(|_| wrong())? as u32;
    if seconds >= 86_400 {
        return Err("write midnight as 00:00 of the next day".to_owned());
    }
    let part = |n: u32| n as i8;
    let time = Time::new(part(seconds / 3600), part(seconds / 60 % 60), part(seconds % 60), 0)
        .map_err(|_| wrong())?;
    Ok(date(day)?.to_datetime(time))
}

const CLOCK: &str = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?";
const DATE: &str = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
const DAYS: &str = r"(daily|(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))?(, ?(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))?)*)";

fn span_pattern() -> String {
    format!("({DAYS} )?{CLOCK}-({CLOCK}|24:00(:00)?)")
}

/// When a rule applies.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum HoursWord {
    Always,
    Open,
    Span(WeekSpan),
}

/// A span as scenarios write it.
pub(crate) fn write_span(s: &WeekSpan) -> String {
    format!("{} {}-{}", write_days(&s.days), write_clock(s.from), write_clock(s.to))
}

parsed! {
    impl [] Clock,
        "Clock",
        "a time of day such as \"06:00\"",
        format!("^({CLOCK}|24:00(:00)?)$"),
        |text, place| Ok(Self { seconds: clock(text)?, place }),
        |c| write_clock(c.seconds);
    impl [] Weekdays,
        "Days",
        "days such as \"Mon-Fri\", \"Sat,Sun\" or \"daily\"",
        format!("^{DAYS}$"),
        |text, _| days(text),
        write_days;
    impl [] Date,
        "Date",
        "a date such as 2018-10-01",
        format!("^{DATE}$"),
        |text, place| Ok(Self { date: date(text)?, place }),
        |d| d.date.to_string();
    impl [] WrittenInstant,
        "Instant",
        "a local date and time such as \"2019-03-04 00:00\"",
        format!("^{DATE}[T ]{CLOCK}$"),
        |text, place| Ok(Self { time: instant(text)?, place }),
        |i| i.time.strftime("%Y-%m-%d %H:%M:%S").to_string();
    impl [] WrittenMoment,
        "Moment",
        "a time of day such as \"11:20\", or a date and time such as \"2026-11-28 11:20\"",
        format!("^({DATE}[T ])?{CLOCK}$"),
        |text, place| Ok(Self { text: text.to_owned(), place }),
        |moment| moment.text.clone();
    impl [] HoursWord,
        "HoursWord",
        "\"always\", \"open\", or hours such as \"Mon-Fri 06:00-22:00\"",
        format!("^(always|open|{})$", span_pattern()),
        |text, _| match text {
            "always" => Ok(Self::Always),
            "open" => Ok(Self::Open),
            _ => week_span(text).map(Self::Span),
        },
        |h| match h {
            Self::Always => "always".to_owned(),
            Self::Open => "open".to_owned(),
            Self::Span(s) => write_span(s),
        };
    impl [] WeekSpan,
        "WeekSpan",
        "hours such as \"Mon-Fri 06:00-22:00\"",
        format!("^{}$", span_pattern()),
        |text, _| week_span(text),
        write_span;
}
