//! What stands in each column of a table, over all of its rows: the ground on which columns are recognised.

use crate::cell::{Cell, Decimal, NO_VALUE, Spans, number, span};
use crate::dates::{Order, Written, start_of_span, written};
use crate::durations::is_total_word;
use crate::grid::heads_times;
use crate::problem::{Place, Problem};
use crate::read::{Book, Progress};
use crate::recognise::{TOTAL, says};
use std::collections::BTreeMap;

/// Most different texts of a column that are kept.
const MOST_TEXTS: usize = 2_000;
/// Rows among which the row of names is looked for.
const TITLE_ROWS: usize = 30;

/// A table: the rows of a sheet from its names on.
#[derive(Debug)]
pub struct Table {
    /// The file, and its sheet.
    pub place: Place,
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
            Cell::Number(x) => self.number(*x),
            Cell::Moment(at) => {
                self.dates += 1;
                self.with_time += u64::from(at.time() != jiff::civil::Time::midnight());
            }
            Cell::Span(s) => {
                self.spans += 1;
                self.clocks += u64::from(*s < 86_400.0);
            }
            Cell::Text(text) => self.text(row, text),
        }
    }

    fn number(&mut self, x: f64) {
        self.range = if self.numbers == 0 { (x, x) } else { (self.range.0.min(x), self.range.1.max(x)) };
        self.numbers += 1;
        self.whole += u64::from(x.fract() == 0.0);
        self.negative += u64::from(x < 0.0);
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
        } else if let Some(date) = written(text) {
            self.dates += 1;
            match date {
                Written::Instant(..) => self.with_time += 1,
                Written::Local(parts, time) => {
                    self.with_time += u64::from(time.is_some());
                    let orders = parts.orders();
                    for (i, order) in Order::ALL.into_iter().enumerate() {
                        if !orders.contains(&order) {
                            self.not_in_order[i].get_or_insert_with(|| (row, text.to_owned()));
                        }
                    }
                }
            }
        } else {
            let (clock, length) = (start_of_span(text).is_some(), span(text));
            self.clocks += u64::from(clock);
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
    pub(crate) fn mostly(&self, n: u64) -> bool {
        self.filled > 0 && n + self.sums + 3 + self.filled / 100 >= self.filled && n * 2 > self.filled
    }

    /// Lower case of its name.
    pub(crate) fn lower(&self) -> String {
        self.name.to_lowercase()
    }

    /// The orders that fit all of its dates.
    pub(crate) fn orders(&self) -> Vec<Order> {
        Order::ALL.into_iter().zip(&self.not_in_order).filter(|(_, n)| n.is_none()).map(|(o, _)| o).collect()
    }
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

/// Looks at all rows of a sheet.
///
/// # Errors
/// If the file is broken; `None` where the sheet has no table.
pub fn table(book: &Book, sheet: Option<&str>, watch: &dyn Progress) -> Result<Option<Table>, Problem> {
    let mut first: Vec<(u64, Vec<Cell<'static>>)> = Vec::new();
    let mut table: Option<Table> = None;
    let place = Place::sheet(&book.name, sheet);
    let mut take = |row: u64, cells: &[Cell<'_>]| {
        if let Some(table) = &mut table {
            add(table, row, cells);
        } else {
            first.push((row, cells.iter().map(|c| c.clone().into_owned()).collect()));
            if first.len() == TITLE_ROWS {
                table = begin(book, sheet, &first);
                first.clear();
            }
        }
        Ok(())
    };
    book.rows(sheet, watch, &mut take)?;
    if table.is_none() {
        table = begin(book, sheet, &first);
    }
    if let Some(t) = &table {
        let not_known = |c: &&Facts| c.filled == 0 && !says(c, TOTAL);
        if let Some((c, row)) = t.columns.iter().filter(not_known).find_map(|c| Some((c, c.unsaved?))) {
            return Err(Problem::new(
                place.row(row).column(&c.name),
                "the column has formulas, and none of their values was saved",
            )
            .help("open the workbook in a spreadsheet program and save it: a program wrote the formulas without their results"));
        }
        let mut seen = BTreeMap::new();
        for c in t.columns.iter().filter(|c| c.filled > 0) {
            if seen.insert(c.name.clone(), ()).is_some() {
                return Err(Problem::new(
                    place.row(t.names_row),
                    format!("two columns are called `{}`", c.name),
                )
                .help("give one of them another name in the file"));
            }
        }
    }
    Ok(table.filter(|t| t.rows > 0))
}

/// Finds the row of names among the first rows: the first that is all text, as wide as the row below it, above data.
fn begin(book: &Book, sheet: Option<&str>, first: &[(u64, Vec<Cell<'static>>)]) -> Option<Table> {
    let filled = |cells: &[Cell<'_>]| cells.iter().filter(|c| !c.is_empty()).count();
    let data = |cell: &Cell<'_>| match cell {
        Cell::Text(text) => {
            number(text, Decimal::Point).or(number(text, Decimal::Comma)).is_some()
                || written(text).is_some()
                || start_of_span(text).is_some()
                || span(text).is_some()
        }
        Cell::Empty => false,
        _ => true,
    };
    if first.is_empty() {
        return None;
    }
    let is_names = |i: usize| {
        let (cells, below) = (&first[i].1, first.get(i + 1)?);
        let texts = filled(cells);
        let wide = texts * 2 > filled(&below.1) || texts >= 3;
        let plain = cells.iter().all(|c| !data(c));
        // Names of days or hours may be columns of a grid: dates above a row that begins with a text.
        let grid = !plain
            && texts > 2
            && (heads_times(cells)
                || cells.iter().skip(1).filter(|c| !c.is_empty()).all(|c| is_heading(c, data(c))));
        let below_has_data = first[i + 1..].iter().take(3).any(|r| r.1.iter().any(data));
        ((plain || grid) && wide && below_has_data).then_some(i)
    };
    let names = (0..first.len()).find_map(is_names);
    let (names, from) = match names {
        Some(i) => (Some(&first[i]), i + 1),
        None => (None, first.iter().position(|r| r.1.iter().any(data)).unwrap_or(0)),
    };
    let mut table = Table {
        place: Place::sheet(&book.name, sheet),
        sheet: sheet.map(str::to_owned),
        names_row: names.map_or(0, |n| n.0),
        columns: Vec::new(),
        rows: 0,
        form: book.form.clone(),
    };
    if let Some((_, cells)) = names {
        for (i, cell) in cells.iter().enumerate() {
            let name = match cell {
                Cell::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
                Cell::Empty => format!("column {}", letter(i)),
                Cell::Moment(at) => at.date().to_string(),
                Cell::Span(s) => format!("{:02}:{:02}", (s / 3600.0) as u32, (s / 60.0).round() as u32 % 60),
                other => other.shown(),
            };
            table.columns.push(Facts { name, ..Facts::default() });
        }
    }
    for (row, cells) in &first[from..] {
        add(&mut table, *row, cells);
    }
    Some(table)
}

/// Whether a cell may head a column of a grid although it is a date.
fn is_heading(cell: &Cell<'_>, is_data: bool) -> bool {
    match cell {
        Cell::Moment(_) => true,
        Cell::Text(text) => !is_data || written(text).is_some(),
        _ => false,
    }
}

fn add(table: &mut Table, row: u64, cells: &[Cell<'_>]) {
    table.rows += 1;
    while table.columns.len() < cells.len() {
        let name = format!("column {}", letter(table.columns.len()));
        table.columns.push(Facts { name, ..Facts::default() });
    }
    for (facts, cell) in table.columns.iter_mut().zip(cells) {
        facts.look(row, cell);
    }
}
