//! Durations and rates: numbers with units, which may be uncertain.

use super::read_text_of;
use crate::describe::{JsonSchema, Schema, SchemaGenerator, json_schema};
use crate::diagnostic::{Problems, nearest};
use crate::input::{Input, Layering};
use crate::node::{Node, NodeKind};
use crate::source::TextSpan;
use crate::uncertain::{self, AmountForm, UncertainNumber};
use poolwise_engine::time::{DAY, HOUR, WEEK};
use std::borrow::Cow;
use toml::Value;

/// Longest duration, seconds: about a thousand years.
pub(crate) const LONGEST: f64 = 52_200.0 * WEEK;

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

/// What to write for a length of time that is written `0:20` or `1:30:00`.
fn by_the_clock(text: &str) -> Option<String> {
    let parts: Vec<u32> = text.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    let seconds = match parts[..] {
        [hours @ 0..=999, minutes @ 0..=59] => 3600 * hours + 60 * minutes,
        [hours @ 0..=999, minutes @ 0..=59, seconds @ 0..=59] => 3600 * hours + 60 * minutes + seconds,
        _ => return None,
    };
    Some(write_duration(f64::from(seconds)))
}

/// Reads a duration in seconds: one or more numbers with units, as in `1 h 30 min`.
pub fn duration(text: &str) -> Result<f64, String> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    if let Some(meant) = by_the_clock(rest) {
        return Err(format!("it is written as a clock shows it: write \"{meant}\" for so long a time"));
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
pub(crate) fn write_duration(seconds: f64) -> String {
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
pub(crate) struct Duration<const POSITIVE: bool> {
    pub seconds: f64,
    pub place: TextSpan,
}

/// A duration that may be zero.
pub(crate) type Dur = Duration<false>;
/// A duration above zero.
pub(crate) type Span = Duration<true>;

impl<const POSITIVE: bool> Duration<POSITIVE> {
    pub(crate) const fn new(seconds: f64) -> Self {
        Self { seconds, place: TextSpan::NONE }
    }
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
            fn merge(base: &mut Node, over: Node, how: Layering, _cx: &mut Problems) {
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

impl<const POSITIVE: bool> UncertainNumber for Duration<POSITIVE> {
    const LEAST: f64 = 0.0;
    const MOST: f64 = LONGEST;
    const UNIT: &'static str = "s";

    fn is_plain(node: &Node) -> bool {
        matches!(node.kind, NodeKind::String(_) | NodeKind::Datetime(_))
    }
    fn read_plain(node: &Node, cx: &mut Problems) -> Option<Self> {
        Self::plain(node, cx)
    }
    fn amount(&self) -> f64 {
        self.seconds
    }
    fn form(&self) -> AmountForm {
        AmountForm::Duration
    }
    fn plain_schema() -> Schema {
        Self::pattern()
    }
}

impl UncertainNumber for Rate {
    const LEAST: f64 = 0.0;
    const MOST: f64 = FASTEST;
    const UNIT: &'static str = "per second";

    fn is_plain(node: &Node) -> bool {
        matches!(node.kind, NodeKind::String(_) | NodeKind::Datetime(_))
    }
    fn read_plain(node: &Node, cx: &mut Problems) -> Option<Self> {
        Self::plain(node, cx)
    }
    fn amount(&self) -> f64 {
        self.per_second()
    }
    fn form(&self) -> AmountForm {
        AmountForm::Rate(self.unit.0, self.unit.1)
    }
    fn plain_schema() -> Schema {
        Self::pattern()
    }
}

/// A rate, in the unit in which it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    value: f64,
    unit: (&'static str, f64),
}

impl Rate {
    pub(crate) fn per_second(&self) -> f64 {
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

/// A unit of time, or of a rate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimeUnit {
    /// As it is written: `min`, `per hour`.
    pub name: String,
    /// Seconds of the unit, or of the time that the rate is counted over.
    seconds: f64,
    rate: bool,
}

/// The unit that is written so.
pub(crate) fn named_unit(text: &str) -> Option<TimeUnit> {
    let (word, units, rate) = match text.strip_prefix("per ") {
        Some(word) => (word.trim(), PER, true),
        None => (text, UNITS, false),
    };
    let found = units.iter().find(|u| u.0 == word)?;
    Some(TimeUnit { name: text.to_owned(), seconds: found.1, rate })
}

/// All units, for "did you mean".
pub(crate) fn unit_names() -> Vec<String> {
    UNITS.iter().map(|u| u.0.to_owned()).chain(PER.iter().map(|u| format!("per {}", u.0))).collect()
}

/// A number with its unit: `20 min`, `1 h 30 min` (in hours), `100 per day`. `None` if the text is
/// something else.
pub(crate) fn with_unit(text: &str) -> Option<(f64, TimeUnit)> {
    if let Ok(rate) = rate(text) {
        let unit = TimeUnit { name: format!("per {}", rate.unit.0), seconds: rate.unit.1, rate: true };
        return Some((rate.value, unit));
    }
    let seconds = duration(text).ok()?;
    let (_, rest) = number(text.trim()).ok()?;
    let word: String = rest.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    let unit = named_unit(&word)?;
    Some((seconds / unit.seconds, unit))
}

/// The same quantity in another unit of its kind.
pub(crate) fn convert(value: f64, from: &TimeUnit, to: &TimeUnit) -> Option<f64> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_written_as_a_clock_is_told_what_to_write() {
        for (text, meant) in [("0:20", "20 min"), ("12:00", "12 h"), ("01:30:30", "5430 s")] {
            let error = duration(text).expect_err("a clock");
            assert!(error.contains(&format!("write \"{meant}\"")), "{text}: {error}");
        }
        // No clock shows these.
        for text in ["0:75", "1:2:3:4", "a:b", "20"] {
            assert!(!duration(text).expect_err("no length").contains("clock"), "{text}");
        }
        assert_eq!(duration("1 h 30 min"), Ok(5_400.0));
    }
}
