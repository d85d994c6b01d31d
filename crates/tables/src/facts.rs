//! What stands in each column of a table, over all of its rows: the ground on which columns are recognised.

use crate::cell::{Cell, Decimal, NO_VALUE, Spans, number, span};
use crate::dates::{
    DatePartOrder, Runs, WrittenDate, is_day_end, military, named_hour, stamp, start_of_span, written,
};
use crate::problem::{Problem, TablePlace};
use crate::read::{Book, ReadProgress};
use crate::tables::of_sheet;
use crate::totals::is_total_word;
use crate::view::View;
use std::collections::BTreeMap;

/// Most different texts of a column that are kept.
const MOST_TEXTS: usize = 2_000;
/// A table: the rows of a sheet from its names on.
#[derive(Debug)]
pub struct SheetTable {
    /// The file, and its sheet.
    pub place: TablePlace,
    /// The sheet.
    pub sheet: Option<String>,
    /// Row of the names; 0 where there is none.
    pub names_row: u64,
    /// What is known of each column.
    pub columns: Vec<Facts>,
    /// Rows of data.
    pub rows: u64,
    /// The form of the file, for people.
    pub form: String,
    /// What it is called where several stand in one sheet.
    pub name: Option<String>,
    /// Texts above its names.
    pub title: String,
    /// Which part of the sheet it is.
    pub view: View,
}

impl SheetTable {
    /// A table of which nothing is known yet.
    pub(crate) fn new(place: TablePlace, sheet: Option<&str>, form: &str) -> Self {
        Self {
            place,
            sheet: sheet.map(str::to_owned),
            names_row: 0,
            columns: Vec::new(),
            rows: 0,
            form: form.to_owned(),
            name: None,
            title: String::new(),
            view: View::default(),
        }
    }

    /// Another of the same sheet.
    pub(crate) fn empty(of: &Self) -> Self {
        Self::new(of.place.clone(), of.sheet.as_deref(), &of.form)
    }
}

/// What stands in a column.
#[derive(Debug, Default)]
pub struct Facts {
    /// Its name; `column B` where there is none.
    pub name: String,
    /// Cells that are not empty.
    pub filled: u64,
    /// Numbers, in whichever way of writing.
    pub numbers: u64,
    /// Numbers without a fraction.
    pub whole: u64,
    /// Numbers below 0.
    pub negative: u64,
    /// Least and greatest number.
    pub range: (f64, f64),
    /// Rows and texts that are numbers with a decimal point only, and with a decimal comma only.
    pub only: [Option<(u64, String)>; 2],
    /// A text whose two readings differ.
    pub either: Option<(u64, String)>,
    /// Cells that are dates.
    pub dates: u64,
    /// Dates with a time of day.
    pub with_time: u64,
    /// For each order of a date's parts, the first row that it does not fit.
    pub not_in_order: [Option<(u64, String)>; 3],
    /// How the dates of the rows follow each other under each order of their parts.
    pub runs: Runs,
    /// Dates and times of day that are on no quarter of an hour.
    pub off_quarters: u64,
    /// Those that are on no five minutes: of logs, not of intervals.
    pub off_fives: u64,
    /// Times of day without a date.
    pub clocks: u64,
    /// Lengths of time with units or in three parts.
    pub spans: u64,
    /// Lengths of time in two parts with a colon.
    pub two_parts: u64,
    /// Texts that are none of these.
    pub texts: u64,
    /// Different texts and how often each stands.
    pub values: BTreeMap<String, u64>,
    /// There are more different texts than are kept.
    pub many: bool,
    /// Texts of which the two readings differ.
    pub eithers: u64,
    /// Numbers without a fraction, read with a decimal point and with a decimal comma.
    pub whole_by: [u64; 2],
    /// Numbers that are dates as they are written, such as 20250304.
    pub stamps: u64,
    /// Numbers that are times of day as they are written, such as 1530.
    pub military: u64,
    /// Hours with the word for it: `7h`.
    pub hours: u64,
    /// Times of day at midnight, and those written 24:00.
    pub midnights: u64,
    /// Times written 24:00: the end of their day.
    pub day_ends: u64,
    /// Its first cell that is not empty.
    pub first: Option<(u64, String)>,
    /// The first row with a formula of which no value was saved.
    pub unsaved: Option<u64>,
    /// Texts that are the word for a sum.
    pub sums: u64,
    /// The first text that is nothing else.
    pub first_text: Option<(u64, String)>,
}

impl Facts {
    fn look(&mut self, row: u64, cell: &Cell<'_>) {
        if cell.is_empty() {
            return;
        }
        // Nothing is known of what a formula would have given.
        if matches!(cell, Cell::Text(text) if text == NO_VALUE) {
            self.unsaved.get_or_insert(row);
            return;
        }
        self.filled += 1;
        self.first.get_or_insert_with(|| (row, cell.shown()));
        match cell {
            Cell::Empty => {}
            Cell::Number(x) => {
                self.number(*x);
                self.whole_by = self.whole_by.map(|n| n + u64::from(x.fract() == 0.0));
            }
            Cell::Moment(at) => {
                self.dates += 1;
                self.with_time += u64::from(at.time() != jiff::civil::Time::midnight());
                self.midnights += u64::from(at.time() == jiff::civil::Time::midnight());
                self.time(at.time());
            }
            Cell::Span(s) => {
                self.spans += 1;
                self.clocks += u64::from(*s < 86_400.0);
                self.midnights += u64::from(*s == 0.0);
                self.off_quarters += u64::from(s.rem_euclid(900.0) != 0.0);
                self.off_fives += u64::from(s.rem_euclid(300.0) != 0.0);
            }
            Cell::Text(text) => self.text(row, text),
        }
    }

    fn number(&mut self, x: f64) {
        self.range = if self.numbers == 0 { (x, x) } else { (self.range.0.min(x), self.range.1.max(x)) };
        self.numbers += 1;
        self.whole += u64::from(x.fract() == 0.0);
        self.negative += u64::from(x < 0.0);
        if let Some(at) = military(x) {
            self.military += 1;
            self.off_fives += u64::from(off_five(at));
        }
        if let Some(at) = stamp(x) {
            self.stamps += 1;
            self.time(at.time());
        }
    }

    fn text(&mut self, row: u64, text: &str) {
        let (point, comma) = (number(text, Decimal::Point), number(text, Decimal::Comma));
        if let Some(x) = point.or(comma) {
            match (point, comma) {
                (Some(_), None) => self.only[0].get_or_insert_with(|| (row, text.to_owned())),
                (None, Some(_)) => self.only[1].get_or_insert_with(|| (row, text.to_owned())),
                (Some(a), Some(b)) if a != b => self.either.get_or_insert_with(|| (row, text.to_owned())),
                _ => &mut (0, String::new()),
            };
            self.number(x);
            self.eithers += u64::from(point.is_some() && comma.is_some() && point != comma);
            for (n, read) in self.whole_by.iter_mut().zip([point, comma]) {
                *n += u64::from(read.is_some_and(|x| x.fract() == 0.0));
            }
        } else if let Some(date) = written(text) {
            self.dates += 1;
            match date {
                WrittenDate::Instant(_, at) => {
                    self.with_time += 1;
                    self.time(at.time());
                }
                WrittenDate::Local(parts, time) => {
                    self.with_time += u64::from(time.is_some());
                    if let Some(time) = time {
                        self.time(time);
                    }
                    self.midnights += u64::from(time.is_some_and(|t| t == jiff::civil::Time::midnight()));
                    self.runs.look(parts);
                    let orders = parts.orders();
                    for (i, order) in DatePartOrder::ALL.into_iter().enumerate() {
                        if !orders.contains(&order) {
                            self.not_in_order[i].get_or_insert_with(|| (row, text.to_owned()));
                        }
                    }
                }
                WrittenDate::DayEnd(parts) => {
                    self.with_time += 1;
                    self.day_ends += 1;
                    self.runs.look(parts);
                }
            }
        } else if is_day_end(text) {
            self.clocks += 1;
            self.day_ends += 1;
        } else {
            let (start, length) = (start_of_span(text), span(text));
            let clock = start.is_some();
            self.clocks += u64::from(clock);
            self.midnights += u64::from(start.is_some_and(|s| s.0 == jiff::civil::Time::midnight()));
            if let Some((start, _)) = start {
                self.time(start);
            }
            self.hours += u64::from(!clock && named_hour(text).is_some());
            match length {
                Some(Spans::One(_)) => self.spans += 1,
                Some(Spans::Two(..)) => self.two_parts += 1,
                None if !clock => {
                    self.texts += 1;
                    self.sums += u64::from(is_total_word(text));
                    self.first_text.get_or_insert_with(|| (row, text.to_owned()));
                }
                None => {}
            }
        }
        self.keep(text);
    }

    fn time(&mut self, at: jiff::civil::Time) {
        self.off_quarters += u64::from(off_quarter(at));
        self.off_fives += u64::from(off_five(at));
    }

    fn keep(&mut self, text: &str) {
        if let Some(n) = self.values.get_mut(text) {
            *n += 1;
        } else if self.values.len() < MOST_TEXTS {
            self.values.insert(text.chars().take(200).collect(), 1);
        } else {
            self.many = true;
        }
    }

    /// Whether almost all of its cells are of a kind: all but rows of sums or a footnote.
    pub fn mostly(&self, n: u64) -> bool {
        self.filled > 0 && n + self.sums + 3 + self.filled / 100 >= self.filled && n * 2 > self.filled
    }

    /// Whether all of its numbers are whole in one way of reading them.
    pub fn is_whole(&self) -> bool {
        self.whole_by.contains(&self.numbers)
    }

    /// Lower case of its name.
    pub fn lower(&self) -> String {
        self.name.to_lowercase()
    }

    /// The orders that fit all of its dates.
    pub fn orders(&self) -> Vec<DatePartOrder> {
        DatePartOrder::ALL
            .into_iter()
            .zip(&self.not_in_order)
            .filter(|(_, n)| n.is_none())
            .map(|(o, _)| o)
            .collect()
    }
}

/// Whether a time of day is on no quarter of an hour, as no interval's start is.
fn off_quarter(at: jiff::civil::Time) -> bool {
    at.minute() % 15 != 0 || at.second() != 0 || at.subsec_nanosecond() != 0
}

fn off_five(at: jiff::civil::Time) -> bool {
    at.minute() % 5 != 0 || at.second() != 0 || at.subsec_nanosecond() != 0
}

/// Names like those of a spreadsheet: A, B, ..., AA.
pub(crate) fn letter(mut i: usize) -> String {
    let mut out = String::new();
    loop {
        out.insert(0, char::from(b'A' + (i % 26) as u8));
        if i < 26 {
            return out;
        }
        i = i / 26 - 1;
    }
}

/// The table of a sheet.
///
/// # Errors
/// If the file is broken, or the sheet has several tables; `None` where it has none.
pub fn table(
    book: &Book,
    sheet: Option<&str>,
    watch: &dyn ReadProgress,
) -> Result<Option<SheetTable>, Problem> {
    let mut tables = of_sheet(book, sheet, watch)?;
    if tables.len() > 1 {
        let names: Vec<String> =
            tables.iter().filter_map(|t| Some(format!("`{}`", t.name.as_ref()?))).collect();
        let shown = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
        return Err(Problem::new(
            TablePlace::sheet(&book.name, sheet),
            format!("{} tables stand beside or below each other{shown}", tables.len()),
        )
        .help("make them one, with a column that says which place a row is of; or give the one that is meant in a sheet of its own"));
    }
    Ok(tables.pop())
}

/// Adds a row to what is known of its columns.
pub(crate) fn add(table: &mut SheetTable, row: u64, cells: &[Cell<'_>]) {
    table.rows += 1;
    while table.columns.len() < cells.len() {
        let name = format!("column {}", letter(table.view.columns.start + table.columns.len()));
        table.columns.push(Facts { name, ..Facts::default() });
    }
    for (facts, cell) in table.columns.iter_mut().zip(cells) {
        facts.look(row, cell);
    }
}
