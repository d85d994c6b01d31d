//! What a column may be by its name and by what stands in it: dates, times of day, lengths of time, counts, labels.

use crate::facts::{Facts, SheetTable};
use crate::instants::{is_epoch, is_military, is_serial, is_stamp};
use crate::problem::Problem;
use crate::words::{TIME, says};
use serde::Serialize;

/// Where the time of a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum When {
    /// Date and time in one column.
    One(usize),
    /// A date and an hour or time of day.
    Two {
        /// Column of dates.
        date: usize,
        /// Column of times of day, spans or hours.
        time: usize,
    },
    /// Dates alone.
    Days(usize),
}

impl When {
    /// Its columns.
    pub fn columns(self) -> Vec<usize> {
        match self {
            Self::One(c) | Self::Days(c) => vec![c],
            Self::Two { date, time } => vec![date, time],
        }
    }
}

impl SheetTable {
    /// Columns with something in them.
    pub fn used(&self) -> impl Iterator<Item = (usize, &Facts)> {
        self.columns.iter().enumerate().filter(|(_, c)| c.filled > 0)
    }

    /// The first column that fits and of which the name has one of the words.
    pub fn find(&self, words: &[&str], fits: impl Fn(&Facts) -> bool) -> Option<usize> {
        self.used().find(|(_, c)| says(c, words) && fits(c)).map(|c| c.0)
    }

    /// A problem of this table.
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(self.place.clone(), message)
    }
}

/// Whether a column has dates, in whichever way they are kept.
pub fn is_date(c: &Facts) -> bool {
    c.mostly(c.dates) || is_serial(c) || is_epoch(c) || is_stamp(c)
}

/// Whether a column has times of day, or hours by name.
pub fn is_clock(c: &Facts) -> bool {
    c.mostly(c.clocks)
        || is_military(c)
        || (c.mostly(c.hours + c.clocks) && says(c, TIME))
        || (c.mostly(c.numbers)
            && c.whole == c.numbers
            && c.range.0 >= 0.0
            && c.range.1 <= 24.0
            && says(c, TIME))
}

/// Whether a column may have lengths of time: numbers or lengths, none below 0.
pub fn is_length(c: &Facts) -> bool {
    c.mostly(c.numbers + c.spans + c.two_parts) && c.negative == 0
}

/// Whether a column has numbers that are no dates.
pub fn is_count(c: &Facts) -> bool {
    c.mostly(c.numbers) && !is_serial(c) && !is_epoch(c) && !is_stamp(c)
}

/// Whether a column has a few different texts, as names of places or classes are.
pub fn is_label(c: &Facts) -> bool {
    c.mostly(c.texts + c.numbers) && c.texts * 2 > c.filled && !c.many && c.values.len() <= 500
}

/// A yes or a no.
pub fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "1" | "ja" | "j" | "oui" | "si" | "s\u{ed}" => Some(true),
        "no" | "n" | "false" | "f" | "0" | "nee" | "nein" | "non" => Some(false),
        _ => None,
    }
}
