//! Tables of durations and of waits with their outcome, as lists of times in seconds.

use crate::cell::Cell;
use crate::columns::yes_or_no;
use crate::events::events;
use crate::facts::{Facts, SheetTable};
use crate::fit::Observed;
use crate::fit::groups::{Groups, compare};
use crate::problem::Problem;
use crate::read::{Book, ReadProgress};
use crate::recognise::TableShape;
use crate::totals::{is_total_row, last_row_is_total};
use crate::values::{CellValues, unit_of};
use crate::ways::{Said, reading};
use crate::words::{ANSWERED, LOST, says};
use std::collections::BTreeMap;

/// Most times that are kept; of more, each is kept with the same probability.
pub(crate) const MOST: usize = 200_000;

/// Times found in a table.
#[derive(Debug, Clone, Default)]
pub struct Durations {
    /// Name of the column.
    pub column: String,
    /// The durations, in seconds.
    pub seconds: Vec<f64>,
    /// How many there were in all.
    pub seen: u64,
    /// Seconds of the unit in which the file has them.
    pub unit: f64,
    /// Rows without one.
    pub empty: u64,
    /// By places and classes.
    pub groups: Vec<Groups>,
}

/// Keeps an even sample of a stream whose length is not known (Vitter 1985, algorithm R), by numbers from the count
/// alone, so that the same file gives the same sample.
#[derive(Debug)]
pub struct Sample<T> {
    /// What is kept.
    pub kept: Vec<T>,
    /// How many came.
    pub seen: u64,
    rng: rand_xoshiro::Xoshiro256PlusPlus,
}

impl<T> Default for Sample<T> {
    fn default() -> Self {
        Self { kept: Vec::new(), seen: 0, rng: crate::fit::draws::generator("sample of times") }
    }
}

impl<T> Sample<T> {
    /// One more.
    pub(crate) fn put(&mut self, x: T) {
        self.seen += 1;
        if self.kept.len() < MOST {
            self.kept.push(x);
            return;
        }
        let u = poolwise_engine::random::unit(rand::rand_core::Rng::next_u64(&mut self.rng));
        let at = (u * self.seen as f64) as usize;
        if at < MOST {
            self.kept[at] = x;
        }
    }
}

/// Reads a table of durations.
///
/// # Errors
/// If a cell is no length of time, with its place.
pub fn durations(
    book: &Book,
    table: &SheetTable,
    (column, groups): (usize, &[usize]),
    said: &Said,
    watch: &dyn ReadProgress,
) -> Result<Durations, Problem> {
    let unit = unit_of(table, column, said.unit)?;
    let cells = CellValues {
        table,
        reading: reading(table, &[], &[column], said)?,
        zone: None,
        hours_from_one: false,
    };
    let mut sample: Sample<f64> = Sample::default();
    let mut empty = 0;
    let mut divided: Vec<BTreeMap<String, Vec<f64>>> = vec![BTreeMap::new(); groups.len()];
    let last = last_row_is_total(table);
    table.rows(book, watch, &mut |row, row_cells| {
        if row <= table.names_row || (last && is_total_row(row_cells)) {
            return Ok(());
        }
        let cell = row_cells.get(column).unwrap_or(&Cell::Empty);
        let Some(seconds) = cells.seconds(row, column, cell, unit)? else {
            empty += 1;
            return Ok(());
        };
        sample.put(seconds);
        for (map, g) in divided.iter_mut().zip(groups) {
            if let Some(Cell::Text(name)) = row_cells.get(*g) {
                let list = map.entry(name.to_string()).or_default();
                if list.len() < 20_000 {
                    list.push(seconds);
                }
            }
        }
        Ok(())
    })?;
    let groups =
        groups.iter().zip(&divided).filter_map(|(g, map)| compare(&table.columns[*g].name, map)).collect();
    let name = table.columns[column].name.clone();
    Ok(Durations { column: name, seen: sample.seen, seconds: sample.kept, unit, empty, groups })
}

/// Waits and whether they were given up.
#[derive(Debug, Clone, Default)]
pub struct RecordedWaits {
    /// Name of the column.
    pub column: String,
    /// Times and how they ended.
    pub observed: Vec<Observed>,
    /// How many there were in all.
    pub seen: u64,
    /// Seconds of the file's unit.
    pub unit: f64,
}

/// Whether a cell says that a request was given up: yes, 1, abandoned, lost; `None` where it says neither. A yes in a column
/// that is named by answers says the contrary.
pub(crate) fn gave_up(cell: &Cell<'_>, column: &Facts) -> Option<bool> {
    let of_answers = says(column, ANSWERED) && !says(column, LOST);
    match cell {
        Cell::Number(x) if *x == 0.0 => Some(of_answers),
        Cell::Number(x) if *x == 1.0 => Some(!of_answers),
        Cell::Empty => Some(of_answers),
        Cell::Moment(_) | Cell::Span(_) => Some(true),
        Cell::Text(text) => match yes_or_no(text) {
            Some(yes) => Some(yes != of_answers),
            None => outcome(&text.to_lowercase()),
        },
        Cell::Number(_) => None,
    }
}

/// What a word says of how a request ended: the words of those who were not served first, for they may hold those of the others.
fn outcome(word: &str) -> Option<bool> {
    let starts = |words: &[&str]| words.iter().any(|w| word.starts_with(w));
    // `Caller hung up`, `Anrufer hat aufgelegt`: some words leave no doubt wherever they stand.
    let within = |stems: &[&str]| word.split_whitespace().any(|w| stems.iter().any(|s| w.starts_with(s)));
    let lost = [
        "abandon",
        "hung",
        "reneg",
        "aufgelegt",
        "abgebrochen",
        "opgehangen",
        "afgebroken",
        "raccroch",
        "colg",
        "unanswered",
    ];
    if within(&lost) {
        return Some(true);
    }
    if starts(&[
        "abandon",
        "lost",
        "gave",
        "hung",
        "reneg",
        "missed",
        "left",
        "no answer",
        "no-answer",
        "noanswer",
        "not ",
        "unanswered",
        "busy",
        "failed",
        "abgebrochen",
        "aufgelegt",
        "verloren",
        "nicht ",
        "afgebroken",
        "opgehangen",
        "gemist",
        "niet ",
        "sans r",
        "non ",
        "no ",
        "perdu",
        "perdid",
    ]) {
        return Some(true);
    }
    starts(&[
        "answer",
        "serv",
        "handled",
        "complet",
        "done",
        "ok",
        "taken",
        "closed",
        "resolved",
        "solved",
        "finished",
        "angenommen",
        "beantwort",
        "bearbeitet",
        "erledigt",
        "gel\u{f6}st",
        "geschlossen",
        "aangenomen",
        "beantwoord",
        "afgehandeld",
        "opgelost",
        "gesloten",
        "r\u{e9}pond",
        "trait",
        "contestad",
        "atendid",
        "resuelt",
    ])
    .then_some(false)
}

/// Reads a table of waits.
///
/// # Errors
/// If a cell is no length of time or no outcome, with its place.
pub(crate) fn waits(
    book: &Book,
    table: &SheetTable,
    (wait, lost): (usize, usize),
    said: &Said,
    watch: &dyn ReadProgress,
) -> Result<RecordedWaits, Problem> {
    let unit = unit_of(table, wait, said.unit)?;
    let cells =
        CellValues { table, reading: reading(table, &[], &[wait], said)?, zone: None, hours_from_one: false };
    let mut sample: Sample<Observed> = Sample::default();
    table.rows(book, watch, &mut |row, row_cells| {
        if row <= table.names_row {
            return Ok(());
        }
        let get = |i: usize| row_cells.get(i).unwrap_or(&Cell::Empty);
        let Some(time) = cells.seconds(row, wait, get(wait), unit)? else { return Ok(()) };
        let ended = gave_up(get(lost), &table.columns[lost]).ok_or_else(|| {
            cells
                .wrong(row, lost, get(lost), "an outcome")
                .help("write `abandoned` or `answered`, yes or no, 1 or 0")
        })?;
        sample.put(Observed { time, ended });
        Ok(())
    })?;
    Ok(RecordedWaits {
        column: table.columns[wait].name.clone(),
        seen: sample.seen,
        observed: sample.kept,
        unit,
    })
}

/// What `fit` may be about: the times of a table, or its waits.
#[derive(Debug, Clone)]
pub(crate) enum Fittable {
    /// Handling times.
    Durations(Durations),
    /// Waits and how they ended.
    Waits(RecordedWaits),
}

/// Reads what can be fitted from a table: patience where it is asked for and the table has both.
///
/// # Errors
/// If the table has no times.
pub(crate) fn fittable(
    book: &Book,
    table: &SheetTable,
    shape: &TableShape,
    (said, patience): (&Said, bool),
    watch: &dyn ReadProgress,
) -> Result<Fittable, Problem> {
    match shape {
        TableShape::Durations { duration, groups } => {
            durations(book, table, (*duration, groups), said, watch).map(Fittable::Durations)
        }
        TableShape::Waits { wait, abandoned } => {
            waits(book, table, (*wait, *abandoned), said, watch).map(Fittable::Waits)
        }
        TableShape::Events { .. } => of_events(book, table, shape, (said, patience), watch),
        _ => Err(table
            .problem("there are no durations in this table")
            .help("`poolwise fit` takes a column of times such as `Minutes`, or waits with their outcome")
            .help("counts of arrivals are for `poolwise import`")),
    }
}

/// Handling times of call records, or the waits of those who were served and of those who gave up.
fn of_events(
    book: &Book,
    table: &SheetTable,
    shape: &TableShape,
    (said, patience): (&Said, bool),
    watch: &dyn ReadProgress,
) -> Result<Fittable, Problem> {
    let (_, also) = events(book, table, shape, (said, None), watch)?;
    if also.lost > 0 && (patience || also.handling.seen == 0) {
        let (seen, observed) = (also.waits.seen, also.waits.kept);
        return Ok(Fittable::Waits(RecordedWaits { column: "wait".to_owned(), seen, observed, unit: 60.0 }));
    }
    if also.handling.seen == 0 || patience {
        let what = if patience { "nobody who gave up waiting" } else { "no handling times" };
        return Err(table
            .problem(format!("there is {what} in this table"))
            .help("call records have times such as `Arrived`, `Answered` and `Ended`, and `Outcome` with `abandoned` or `answered`")
            .help("counts of arrivals are for `poolwise import`"));
    }
    let names = ["place", "hour of the day"];
    let groups = names.iter().zip(&also.divided).filter_map(|(by, map)| compare(by, map)).collect();
    let (seen, seconds) = (also.handling.seen, also.handling.kept);
    Ok(Fittable::Durations(Durations {
        column: "handling".to_owned(),
        seen,
        seconds,
        unit: 60.0,
        empty: 0,
        groups,
    }))
}
