//! Columns of numbers that are times: days as a workbook counts them, or what has passed since 1970. Their names must say so too,
//! since tickets and telephones have such numbers.

use crate::cell::epoch;
use crate::facts::Facts;
use crate::words::{TIME, says};

/// Words for instants.
const INSTANT: &[&str] = &[
    "date",
    "datetime",
    "day",
    "timestamp",
    "time",
    "datum",
    "fecha",
    "interval",
    "start",
    "arrived",
    "created",
    "when",
    "moment",
    "zeit",
    "zeitpunkt",
    "tijd",
    "tijdstip",
    "heure",
    "tag",
    "dag",
];

/// More of them, of columns that programs write.
const EPOCH: &[&str] = &[
    "ts",
    "epoch",
    "unix",
    "at",
    "utc",
    "begin",
    "from",
    "arrival",
    "opened",
    "received",
    "entered",
    "answered",
    "started",
    "assigned",
    "ended",
    "end",
    "closed",
    "completed",
    "finished",
    "resolved",
];

/// What has passed since 1970, in a column whose name says that it is a time.
pub fn is_epoch(c: &Facts) -> bool {
    let unit = |x: f64| epoch(x).map(|e| e.1);
    // Telephone numbers have such sizes too.
    let named = || {
        (says(c, INSTANT) || says(c, EPOCH)) && !says(c, &["number", "phone", "telephone", "id", "no", "nr"])
    };
    c.mostly(c.numbers) && unit(c.range.0).is_some() && unit(c.range.0) == unit(c.range.1) && named()
}

/// Numbers that are dates as they are written, in a column whose name says that it is a time.
pub fn is_stamp(c: &Facts) -> bool {
    c.mostly(c.stamps) && c.stamps == c.numbers && (says(c, INSTANT) || says(c, EPOCH))
}

/// Numbers that are times of day as they are written, in a column whose name says that it is one: too many to be so by chance, and no lengths of time.
pub fn is_military(c: &Facts) -> bool {
    c.mostly(c.military)
        && c.military == c.numbers
        && c.numbers >= 20
        && c.range.1 >= 100.0
        && says(c, TIME)
        && !says(c, &["min", "mins", "minutes", "sec", "secs", "seconds", "duration", "handling", "wait"])
}

/// Numbers of days, as a workbook keeps dates, in a column whose name says that it is one.
pub fn is_serial(c: &Facts) -> bool {
    c.mostly(c.numbers)
        && (20_000.0..80_000.0).contains(&c.range.0)
        && (20_000.0..80_000.0).contains(&c.range.1)
        && says(c, INSTANT)
}
