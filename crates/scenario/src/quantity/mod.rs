//! Durations, rates, times of day, days of the week, dates: texts with a meaning.

mod calendar;
mod moment;
mod units;

pub(crate) use calendar::{
    Clock, Date, HoursWord, WeekSpan, Weekdays, WrittenInstant, WrittenMoment, write_clock, write_span,
};
pub(crate) use moment::{DateOrder, Moment, hour_cell, moment};
pub use units::duration;
pub(crate) use units::{
    Dur, LONGEST, Rate, Span, TimeUnit, convert, named_unit, unit_names, with_unit, write_duration,
};

use super::diagnostic::Problems;
use super::input::wrong_kind;
use super::node::{Node, NodeKind};
use super::source::TextSpan;

/// Reads a text with a meaning; `what` for messages.
fn parse<T>(
    node: &Node,
    expects: &str,
    cx: &mut Problems,
    read: impl Fn(&str) -> Result<T, String>,
) -> Option<T> {
    match &node.kind {
        NodeKind::String(text) => match read(text) {
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
    read: fn(&str, TextSpan) -> Result<T, String>,
) -> Option<T> {
    let shown = match &node.kind {
        NodeKind::Datetime(d) => Some(Node { place: node.place, kind: NodeKind::String(d.to_string()) }),
        _ => None,
    };
    parse(shown.as_ref().unwrap_or(node), expects, cx, |text| read(text, node.place))
}
