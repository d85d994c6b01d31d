//! Durations, rates, times of day, days of the week, dates: texts with a meaning.

use super::diagnostic::{Problems, nearest};
use super::input::{How, Input, wrong_kind};
use super::node::{Kind, Node};
use super::source::Place;
use super::uncertain::{self, Form, Number};
use crate::time::{DAY, HOUR, WEEK};
use jiff::civil::{Date as CivilDate, DateTime, Time};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use toml::Value;

/// Longest duration, seconds: about a thousand years.
pub const LONGEST: f64 = 52_200.0 * WEEK;

/// A number as planners write it, with `_` between digits. The pattern is part of the schema.
const NUMBER: &str = r"[0-9][0-9_]*(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?";

const UNITS: &[(&str, f64)] = &[
    ("s", 1.0),
    ("sec", 1.0),
    ("second", 1.0),
    ("seconds", 1.0),
    ("m", 60.0),
    ("min", 60.0),
    ("minute", 60.0),
    ("minutes", 60.0),
    ("h", HOUR),
    ("hr", HOUR),
    ("hour", HOUR),
    ("hours", HOUR),
    ("d", DAY),
    ("day", DAY),
    ("days", DAY),
    ("w", WEEK),
    ("week", WEEK),
    ("weeks", WEEK),
];

/// Units of rates; a year has 365 days.
const PER: &[(&str, f64)] =
    &[("second", 1.0), ("minute", 60.0), ("hour", HOUR), ("day", DAY), ("week", WEEK), ("year", 365.0 * DAY)];

/// Largest rate, per second.
const FASTEST: f64 = 1e6;

/// Splits a number off the front.
fn number(text: &str) -> Result<(f64, &str), String> {
    let bytes = text.as_bytes();
    let digits = |from: usize, more: &[u8]| {
        bytes[from..]
            .iter()
            .position(|b| !b.is_ascii_digit() && !more.contains(b))
            .map_or(bytes.len(), |n| from + n)
    };
    if text.starts_with('-') {
        return Err("it must not be negative".to_owned());
    }
    if !bytes.first().is_some_and(u8::is_ascii_digit) {
        return Err("it must begin with a number".to_owned());
    }
    let mut end = digits(0, b"_");
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1, b"");
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let stop = digits(end + 1 + sign, b"");
        if (end + 2 + sign..=end + 4 + sign).contains(&stop) {
            end = stop;
        }
    }
    let value: f64 =
        text[..end].replace('_', "").parse().map_err(|_| "the number cannot be read".to_owned())?;
    if !value.is_finite() || value > 1e15 {
        return Err("the number is too large".to_owned());
    }
    Ok((value, &text[end..]))
}

fn unit<'u>(word: &str, units: &'u [(&str, f64)]) -> Result<&'u (&'u str, f64), String> {
    units.iter().find(|u| u.0 == word).ok_or_else(|| {
        let names: Vec<&str> = units.iter().map(|u| u.0).collect();
        let hint = match word {
            "" => " (none is given)".to_owned(),
            "month" | "months" | "year" | "years" | "mo" | "y" => {
                " (months and years have no fixed length; use days or weeks)".to_owned()
            }
            _ => nearest(word, &names).map_or_else(String::new, |n| format!(" (did you mean `{n}`?)")),
        };
        format!("unknown unit `{word}`{hint}")
    })
}

/// Reads a duration in seconds: one or more numbers with units, as in `1 h 30 min`.
pub fn duration(text: &str) -> Result<f64, String> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let (value, after) = number(rest)?;
        let after = after.trim_start_matches(' ');
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        if end == 0 {
            return Err("it needs a unit".to_owned());
        }
        total += value * unit(&after[..end], UNITS)?.1;
        rest = after[end..].trim_start_matches(' ');
    }
    if total > LONGEST {
        return Err("it is longer than a thousand years".to_owned());
    }
    Ok(total)
}

/// Writes a duration in the largest unit that gives a whole number.
pub fn write_duration(seconds: f64) -> String {
    let units = [("week", WEEK), ("day", DAY), ("h", HOUR), ("min", 60.0), ("s", 1.0)];
    for (name, length) in units {
        let n = seconds / length;
        if n.fract() == 0.0 && n * length == seconds && (n != 0.0 || name == "min") {
            let plural = if length >= DAY && n != 1.0 { "s" } else { "" };
            return format!("{n} {name}{plural}");
        }
    }
    format!("{seconds} s")
}

/// A duration; `POSITIVE` says that zero is not allowed.
#[derive(Debug, Clone, Copy)]
pub struct Duration<const POSITIVE: bool> {
    pub seconds: f64,
    pub place: Place,
}

/// A duration that may be zero.
pub type Dur = Duration<false>;
/// A duration above zero.
pub type Span = Duration<true>;

impl<const POSITIVE: bool> Duration<POSITIVE> {
    pub const fn new(seconds: f64) -> Self {
        Self { seconds, place: Place::NONE }
    }
}

/// Reads a text with a meaning; `what` for messages.
fn parse<T>(
    node: &Node,
    expects: &str,
    cx: &mut Problems,
    read: impl Fn(&str) -> Result<T, String>,
) -> Option<T> {
    match &node.kind {
        Kind::String(text) => match read(text) {
            Ok(value) => return Some(value),
            Err(why) => {
                cx.error(node.place, format!("{text:?} is not {expects}")).label(why);
            }
        },
        _ => wrong_kind(node, expects, cx),
    }
    None
}

/// Reads a plain text, or one of TOML's own dates and times, which stand for their texts.
fn read_text_of<T>(
    node: &Node,
    expects: &str,
    cx: &mut Problems,
    read: fn(&str, Place) -> Result<T, String>,
) -> Option<T> {
    let shown = match &node.kind {
        Kind::Datetime(d) => Some(Node { place: node.place, kind: Kind::String(d.to_string()) }),
        _ => None,
    };
    parse(shown.as_ref().unwrap_or(node), expects, cx, |text| read(text, node.place))
}

/// Declares quantities that may be uncertain.
macro_rules! measured {
    ($( impl [$($generic:tt)*] $name:ty, $schema_name:expr, $expects:expr, $pattern:expr, $read:expr, $write:expr; )*) => { $(
        impl $($generic)* JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                $schema_name.into()
            }
            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                uncertain::schema::<Self>(generator)
            }
        }

        impl $($generic)* Input for $name {
            fn expects() -> String {
                $expects.to_owned()
            }
            fn accepts(node: &Node) -> bool {
                uncertain::accepts::<Self>(node)
            }
            fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
                uncertain::read(node, cx)
            }
            fn write(&self) -> Value {
                let write: fn(&Self) -> String = $write;
                Value::String(write(self))
            }
            fn merge(base: &mut Node, over: Node, how: How, _cx: &mut Problems) {
                uncertain::merge(base, over, how);
            }
        }

        impl $($generic)* Plain for $name {
            fn plain(node: &Node, cx: &mut Problems) -> Option<Self> {
                read_text_of(node, $expects, cx, $read)
            }
            fn pattern() -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    )* };
}

/// What the declaration of a quantity says of its plain form.
trait Plain: Sized {
    fn plain(node: &Node, cx: &mut Problems) -> Option<Self>;
    fn pattern() -> Schema;
}

impl<const POSITIVE: bool> Number for Duration<POSITIVE> {
    const LEAST: f64 = 0.0;
    const MOST: f64 = LONGEST;
    const UNIT: &'static str = "s";

    fn is_plain(node: &Node) -> bool {
        matches!(node.kind, Kind::String(_) | Kind::Datetime(_))
    }
    fn read_plain(node: &Node, cx: &mut Problems) -> Option<Self> {
        Self::plain(node, cx)
    }
    fn amount(&self) -> f64 {
        self.seconds
    }
    fn form(&self) -> Form {
        Form::Duration
    }
    fn plain_schema() -> Schema {
        Self::pattern()
    }
}

impl Number for Rate {
    const LEAST: f64 = 0.0;
    const MOST: f64 = FASTEST;
    const UNIT: &'static str = "per second";

    fn is_plain(node: &Node) -> bool {
        matches!(node.kind, Kind::String(_) | Kind::Datetime(_))
    }
    fn read_plain(node: &Node, cx: &mut Problems) -> Option<Self> {
        Self::plain(node, cx)
    }
    fn amount(&self) -> f64 {
        self.per_second()
    }
    fn form(&self) -> Form {
        Form::Rate(self.unit.0, self.unit.1)
    }
    fn plain_schema() -> Schema {
        Self::pattern()
    }
}

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
                matches!(node.kind, Kind::String(_) | Kind::Datetime(_))
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

/// A rate, in the unit in which it is written.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    value: f64,
    unit: (&'static str, f64),
}

impl Rate {
    pub fn per_second(&self) -> f64 {
        self.value / self.unit.1
    }
}

fn rate(text: &str) -> Result<Rate, String> {
    let (value, rest) = number(text.trim())?;
    let word = rest.trim_start().strip_prefix("per ").ok_or("it needs `per hour`, `per day` or the like")?;
    let &unit = unit(word.trim(), PER)?;
    if value / unit.1 > FASTEST {
        return Err("it is more than a million a second".to_owned());
    }
    Ok(Rate { value, unit })
}

/// A time of day, seconds after midnight; up to 24:00.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    pub seconds: f64,
    pub place: Place,
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

pub fn write_clock(seconds: f64) -> String {
    let s = seconds as u32;
    let minutes = format!("{:02}:{:02}", s / 3600, s / 60 % 60);
    if s.is_multiple_of(60) { minutes } else { format!("{minutes}:{:02}", s % 60) }
}

/// Days of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days(pub [bool; 7]);

const DAY_NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Days {
    pub const ALL: Self = Self([true; 7]);
}

fn days(text: &str) -> Result<Days, String> {
    if text == "daily" {
        return Ok(Days::ALL);
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
    Ok(Days(out))
}

fn write_days(days: &Days) -> String {
    if *days == Days::ALL {
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
pub struct WeekSpan {
    pub days: Days,
    pub from: f64,
    pub to: f64,
}

pub fn week_span(text: &str) -> Result<WeekSpan, String> {
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
    pub fn intervals(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
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
pub struct Date {
    pub date: CivilDate,
    pub place: Place,
}

/// A local date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant {
    pub time: DateTime,
    pub place: Place,
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
pub fn instant(text: &str) -> Result<DateTime, String> {
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
pub enum HoursWord {
    Always,
    Open,
    Span(WeekSpan),
}

fn write_span(s: &WeekSpan) -> String {
    format!("{} {}-{}", write_days(&s.days), write_clock(s.from), write_clock(s.to))
}

measured! {
    impl [<const POSITIVE: bool>] Duration<POSITIVE>,
        format!("Duration_{POSITIVE}"),
        "a duration with a unit, such as \"20 min\", \"1.5 h\", \"90 days\" or \"4 weeks\"",
        format!("^ *({NUMBER} *({}) *)+$", UNITS.iter().map(|u| u.0).collect::<Vec<_>>().join("|")),
        |text, place| {
            let seconds = duration(text)?;
            if POSITIVE && seconds == 0.0 {
                return Err("it must be longer than zero".to_owned());
            }
            Ok(Self { seconds, place })
        },
        |d| write_duration(d.seconds);
    impl [] Rate,
        "Rate",
        "a rate such as \"174.9 per hour\", \"500 per day\" or \"1_533_000 per year\"",
        format!("^ *{NUMBER} *per ({}) *$", PER.iter().map(|u| u.0).collect::<Vec<_>>().join("|")),
        |text, _| rate(text),
        |r| format!("{} per {}", r.value, r.unit.0);
}

parsed! {
    impl [] Clock,
        "Clock",
        "a time of day such as \"06:00\"",
        format!("^({CLOCK}|24:00(:00)?)$"),
        |text, place| Ok(Self { seconds: clock(text)?, place }),
        |c| write_clock(c.seconds);
    impl [] Days,
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
    impl [] Instant,
        "Instant",
        "a local date and time such as \"2019-03-04 00:00\"",
        format!("^{DATE}[T ]{CLOCK}$"),
        |text, place| Ok(Self { time: instant(text)?, place }),
        |i| i.time.strftime("%Y-%m-%d %H:%M:%S").to_string();
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

/// A unit of time, or of a rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// As it is written: `min`, `per hour`.
    pub name: String,
    /// Seconds of the unit, or of the time that the rate is counted over.
    seconds: f64,
    rate: bool,
}

/// The unit that is written so.
pub fn named_unit(text: &str) -> Option<Unit> {
    let (word, units, rate) = match text.strip_prefix("per ") {
        Some(word) => (word.trim(), PER, true),
        None => (text, UNITS, false),
    };
    let found = units.iter().find(|u| u.0 == word)?;
    Some(Unit { name: text.to_owned(), seconds: found.1, rate })
}

/// All units, for "did you mean".
pub fn unit_names() -> Vec<String> {
    UNITS.iter().map(|u| u.0.to_owned()).chain(PER.iter().map(|u| format!("per {}", u.0))).collect()
}

/// A number with its unit: `20 min`, `1 h 30 min` (in hours), `100 per day`. `None` if the text is
/// something else.
pub fn with_unit(text: &str) -> Option<(f64, Unit)> {
    if let Ok(rate) = rate(text) {
        let unit = Unit { name: format!("per {}", rate.unit.0), seconds: rate.unit.1, rate: true };
        return Some((rate.value, unit));
    }
    let seconds = duration(text).ok()?;
    let (_, rest) = number(text.trim()).ok()?;
    let word: String = rest.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    let unit = named_unit(&word)?;
    Some((seconds / unit.seconds, unit))
}

/// The same quantity in another unit of its kind.
pub fn convert(value: f64, from: &Unit, to: &Unit) -> Option<f64> {
    if from.rate != to.rate {
        return None;
    }
    Some(if from.name == to.name {
        value
    } else if from.rate {
        value / from.seconds * to.seconds
    } else {
        value * from.seconds / to.seconds
    })
}
