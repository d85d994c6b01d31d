//! Which part of a sheet a table is, and cells of it that belong together: a date in three columns, a date that stands once for
//! the rows below it. Readers of tables see rows as if they were written plainly.

use crate::cell::{Cell, Decimal, number};
use crate::columns::{is_clock, is_date};
use crate::dates::month;
use crate::facts::{Facts, SheetTable};
use crate::pivot::Pivot;
use crate::problem::Problem;
use crate::read::{Book, ReadProgress, Take};
use crate::sections::sections;
use crate::spread::Spread;
use crate::totals::is_total_word;
use crate::week_dates::{self, WEEK, WEEKDAY, are_weekdays, are_weeks, date_of, week_of, weekday_of};
use crate::words::{TIME, says};
use jiff::civil::{Date, Time};
use std::ops::Range;
use std::rc::Rc;

/// The part of a sheet that is a table.
#[derive(Debug, Clone)]
pub struct View {
    /// Its columns.
    pub columns: Range<usize>,
    /// Its rows.
    pub rows: Range<u64>,
    /// Rows among them that repeat its names, as pages of a report do; ascending.
    pub left_out: Vec<u64>,
    /// Rows among them of one text alone, as remarks and titles of parts are, with the text; ascending.
    pub remarks: Vec<(u64, String)>,
    /// The text of a row of its own above its names.
    pub above: Option<String>,
    /// Parts that are of a place each, by the row of their title.
    pub sections: Vec<(u64, String)>,
    /// The column of the table in which the place of such parts is told.
    pub place: usize,
    /// A date in three columns.
    pub(crate) parts: Option<DateParts>,
    /// A column of dates of which a cell holds for the empty ones below it.
    pub held: Option<usize>,
    /// How a nested table is read as a plain one.
    pub(crate) pivot: Option<Rc<Pivot>>,
    /// A row for each measure.
    pub(crate) spread: Option<Rc<Spread>>,
    /// How it was read, for people.
    pub read_as: Vec<String>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            columns: 0..usize::MAX,
            rows: 0..u64::MAX,
            left_out: Vec::new(),
            remarks: Vec::new(),
            above: None,
            sections: Vec::new(),
            place: 0,
            parts: None,
            held: None,
            pivot: None,
            spread: None,
            read_as: Vec::new(),
        }
    }
}

/// Columns of the parts of a date, and their names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DateParts {
    /// Year, month and day; or year, week and day of the week.
    date: [(usize, String); 3],
    /// The second is a week.
    by_week: bool,
    /// Hour and minute, where the minute has a column of its own.
    clock: Option<[(usize, String); 2]>,
}

const YEAR: &[&str] = &[
    "year",
    "iso year",
    "isoyear",
    "yyyy",
    "yy",
    "yr",
    "jahr",
    "jaar",
    "ann\u{e9}e",
    "annee",
    "a\u{f1}o",
    "ano",
];
const MONTH: &[&str] = &["month", "mm", "mon", "mth", "monat", "maand", "mois", "mes"];
const DAY: &[&str] =
    &["day", "dd", "day of month", "dom", "tag", "dag", "jour", "d\u{ed}a", "dia", "dayofmonth"];
const HOUR: &[&str] = &["hour", "hh", "hr", "stunde", "uur", "heure", "hora"];
const MINUTE: &[&str] = &["minute", "mi", "minuut", "minuto"];

impl DateParts {
    /// Finds three columns that are a year, a month and a day, or a year, a week and a day of the week, in a table without a column of dates.
    fn find(table: &SheetTable) -> Option<Self> {
        if table.used().any(|(_, c)| is_date(c)) {
            return None;
        }
        let whole = |c: &Facts, least: f64, most: f64| {
            c.mostly(c.numbers) && c.whole == c.numbers && c.range.0 >= least && c.range.1 <= most
        };
        let find = |words: &[&str], fits: &dyn Fn(&Facts) -> bool| {
            let named = |c: &Facts| words.contains(&c.lower().trim_end_matches('.'));
            table.used().find(|(_, c)| named(c) && fits(c)).map(|(i, c)| (i, c.name.clone()))
        };
        let year = find(YEAR, &|c| whole(c, 1900.0, 2199.0) || whole(c, 0.0, 99.0))?;
        let names_months = |c: &Facts| c.mostly(c.texts) && c.values.keys().all(|v| is_month(v));
        let of_month = || {
            let month = find(MONTH, &|c| whole(c, 1.0, 12.0) || names_months(c))?;
            Some((month, find(DAY, &|c| whole(c, 1.0, 31.0))?))
        };
        let of_week = || Some((find(WEEK, &are_weeks)?, find(&[WEEKDAY, DAY].concat(), &are_weekdays)?));
        let (by_week, (second, day)) = match of_month() {
            Some(found) => (false, found),
            None => (true, of_week()?),
        };
        let hour = find(HOUR, &|c| whole(c, 0.0, 23.0));
        let minute = find(MINUTE, &|c| whole(c, 0.0, 59.0));
        Some(Self { date: [year, second, day], by_week, clock: hour.zip(minute).map(|(h, m)| [h, m]) })
    }

    /// Puts the date into the first of its columns, and the time of day into that of the hour.
    fn compose(&self, table: &SheetTable, row: u64, cells: &mut [Cell<'static>]) -> Result<(), Problem> {
        let sum = |c: &Cell<'_>| matches!(c, Cell::Text(text) if is_total_word(text));
        let empty =
            |parts: &[(usize, String)]| parts.iter().all(|(i, _)| cells.get(*i).is_none_or(Cell::is_empty));
        if empty(&self.date) {
            return Ok(());
        }
        // The word of a row of sums stands where its date would.
        if cells.iter().find(|c| !c.is_empty()).is_some_and(sum) {
            let word = self.date.iter().find_map(|(i, _)| cells.get(*i).filter(|c| sum(c)).cloned());
            self.date.iter().for_each(|(i, _)| cells[*i] = Cell::Empty);
            cells[self.date[0].0] = word.unwrap_or(Cell::Empty);
            return Ok(());
        }
        let wrong = |(i, name): &(usize, String), what: &str| {
            let shown = cells.get(*i).map_or_else(|| Cell::Empty.shown(), Cell::shown);
            Problem::new(table.place.clone().row(row).column(name), format!("{shown} is not {what}"))
        };
        let part = |of: &(usize, String), what: &str| {
            let cell = cells.get(of.0).unwrap_or(&Cell::Empty);
            match cell {
                Cell::Number(x) => Some(*x),
                Cell::Text(text) => number(text, Decimal::Point).or_else(|| month(text).map(f64::from)),
                _ => None,
            }
            .filter(|x| x.fract() == 0.0 && (0.0..3000.0).contains(x))
            .map(|x| x as i16)
            .ok_or_else(|| wrong(of, what))
        };
        let [year, month, day] = &self.date;
        let y = part(year, "a year")?;
        let y = if y < 100 { y + 2000 } else { y };
        let date = if self.by_week {
            let cell = |of: &(usize, String)| cells.get(of.0).unwrap_or(&Cell::Empty);
            let week = week_of(cell(month)).ok_or_else(|| wrong(month, "a week from 1 to 53"))?;
            let on = weekday_of(cell(day)).ok_or_else(|| wrong(day, "a day of the week such as Mon"))?;
            date_of(y, week, on).ok_or_else(|| {
                wrong(month, &format!("a week of {y} by ISO 8601")).help("write dates, such as 2025-03-14")
            })?
        } else {
            let (m, d) = (part(month, "a month")?, part(day, "a day of the month")?);
            Date::new(y, i8::try_from(m).unwrap_or(0), i8::try_from(d).unwrap_or(0)).map_err(|_| {
                wrong(day, &format!("a day of month {m} of {y}"))
                    .help("look at the three columns of its date")
            })?
        };
        let clock = match &self.clock {
            Some([hour, minute]) if !empty(&[hour.clone(), minute.clone()]) => {
                let (h, m) = (part(hour, "an hour from 0 to 23")?, part(minute, "a minute from 0 to 59")?);
                let time = Time::new(i8::try_from(h).unwrap_or(-1), i8::try_from(m).unwrap_or(-1), 0, 0)
                    .map_err(|_| wrong(hour, "an hour from 0 to 23"))?;
                Some(f64::from(time.hour()) * 3600.0 + f64::from(time.minute()) * 60.0)
            }
            _ => None,
        };
        cells[year.0] = Cell::Moment(date.to_datetime(Time::midnight()));
        (cells[month.0], cells[day.0]) = (Cell::Empty, Cell::Empty);
        if let (Some([hour, minute]), Some(seconds)) = (&self.clock, clock) {
            cells[hour.0] = Cell::Span(seconds);
            cells[minute.0] = Cell::Empty;
        }
        Ok(())
    }

    /// The last of its columns.
    fn last(&self) -> usize {
        self.date.iter().chain(self.clock.iter().flatten()).map(|p| p.0).max().unwrap_or(0)
    }
}

/// Whether a text is the name of a month.
pub fn is_month(text: &str) -> bool {
    text.chars().all(|c| c.is_alphabetic() || c == '.') && month(text).is_some()
}

impl SheetTable {
    /// Hands each row of the table to `take`, its cells numbered from the table's first column.
    ///
    /// # Errors
    /// If the file is broken, a date in three columns is none, and what `take` says.
    pub fn rows(&self, book: &Book, watch: &dyn ReadProgress, take: &mut Take<'_>) -> Result<(), Problem> {
        match &self.view.spread {
            Some(spread) => spread.rows(self, |each| self.own_rows(book, watch, each), take),
            None => self.own_rows(book, watch, take),
        }
    }

    /// The same before measures get columns of their own.
    fn own_rows(&self, book: &Book, watch: &dyn ReadProgress, take: &mut Take<'_>) -> Result<(), Problem> {
        let view = &self.view;
        let mut held: Cell<'static> = Cell::Empty;
        rows_of(book, self.sheet.as_deref(), view.pivot.as_deref(), watch, &mut |row, all| {
            let end = view.columns.end.min(all.len());
            let cells = all.get(view.columns.start.min(end)..end).unwrap_or_default();
            if !view.rows.contains(&row)
                || cells.iter().all(Cell::is_empty)
                || view.left_out.binary_search(&row).is_ok()
                || view.remarks.binary_search_by_key(&row, |r| r.0).is_ok()
            {
                return Ok(());
            }
            // Almost all tables are plain: their cells are handed on as they are.
            let as_it_is = view.parts.is_none() && view.held.is_none() && view.sections.is_empty();
            if as_it_is || row <= self.names_row {
                return take(row, cells);
            }
            let mut own: Vec<Cell<'static>> = cells.iter().map(|c| c.clone().into_owned()).collect();
            if let Some(parts) = &view.parts {
                own.resize(own.len().max(parts.last() + 1), Cell::Empty);
                parts.compose(self, row, &mut own)?;
            }
            match view.held.and_then(|h| own.get_mut(h)) {
                Some(cell) if cell.is_empty() => *cell = held.clone(),
                Some(cell) => held = cell.clone(),
                None => {}
            }
            if let Some(i) = view.sections.partition_point(|s| s.0 < row).checked_sub(1) {
                own.resize(own.len().max(view.place + 1), Cell::Empty);
                own[view.place] = Cell::text(&view.sections[i].1).into_owned();
            }
            take(row, &own)
        })
    }
}

/// The rows of a sheet, those of a nested table as if it were plain.
pub(crate) fn rows_of(
    book: &Book,
    sheet: Option<&str>,
    pivot: Option<&Pivot>,
    watch: &dyn ReadProgress,
    take: &mut Take<'_>,
) -> Result<(), Problem> {
    match pivot {
        Some(pivot) => pivot.rows(book, sheet, watch, take),
        None => book.rows(sheet, watch, take),
    }
}

/// Looks once more at a table whose dates are in three columns, or stand once for the rows below them.
///
/// # Errors
/// If three columns are no date in some row.
pub(crate) fn plain(
    mut table: SheetTable,
    book: &Book,
    watch: &dyn ReadProgress,
) -> Result<SheetTable, Problem> {
    if let Some(parts) = DateParts::find(&table) {
        let mut names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
        let of = |p: &[(usize, String)]| p.iter().map(|p| p.1.as_str()).collect::<Vec<_>>().join(", ");
        names[parts.date[0].0] = of(&parts.date);
        if let Some(clock) = &parts.clock {
            // The name says that it is a time of day, whatever the columns are called.
            names[clock[0].0] = of(clock);
        }
        let (by_week, date) = (parts.by_week, parts.date[0].0);
        table.view.parts = Some(parts);
        let first = if by_week { week_dates::first(&table, date, book, watch)? } else { None };
        if let Some(first) = first {
            table.view.read_as.push(format!(
                "`{}` are read as weeks of ISO 8601, which begin on Monday and belong to the year of their Thursday: the first row is {first}",
                names[date]
            ));
        }
        look_again(&mut table, names, book, watch)?;
    }
    let sections = sections(&table, book, watch)?;
    if !sections.is_empty() {
        let titles: std::collections::BTreeSet<u64> = sections.iter().map(|s| s.0).collect();
        table.view.remarks.retain(|r| !titles.contains(&r.0));
        table.view.left_out.extend(titles.into_iter().filter(|row| *row > 0));
        table.view.left_out.sort_unstable();
        table.view.place = table.columns.len();
        table.view.sections = sections;
        let names = table.columns.iter().map(|c| c.name.clone()).chain(["Place".to_owned()]).collect();
        look_again(&mut table, names, book, watch)?;
    }
    table.view.held = held(&table);
    if let Some(spread) = Spread::find(&table, book, watch)? {
        let names = spread.names(&table);
        table.view.read_as.push(spread.said(&table));
        table.view.spread = Some(Rc::new(spread));
        look_again(&mut table, names, book, watch)?;
    }
    Ok(table)
}

/// Looks at all rows of a table anew, of which the columns are called so.
fn look_again(
    table: &mut SheetTable,
    names: Vec<String>,
    book: &Book,
    watch: &dyn ReadProgress,
) -> Result<(), Problem> {
    let columns = names.into_iter().map(|name| Facts { name, ..Facts::default() }).collect();
    let mut seen = SheetTable { columns, ..SheetTable::empty(table) };
    table.rows(book, watch, &mut |row, cells| {
        if row > table.names_row {
            crate::facts::add(&mut seen, row, cells);
        }
        Ok(())
    })?;
    (table.columns, table.rows) = (seen.columns, seen.rows);
    Ok(())
}

/// A column of dates of which each stands once, at the first row of its day, beside a full column of times of day.
fn held(table: &SheetTable) -> Option<usize> {
    let mut dates = table.used().filter(|(_, c)| c.mostly(c.dates) && c.with_time == 0);
    let (date, facts) = dates.next()?;
    if dates.next().is_some() {
        return None;
    }
    let clock = table.used().find(|(i, c)| *i != date && is_clock(c) && (says(c, TIME) || c.clocks > 0))?.1;
    (clock.filled >= 2 * facts.filled && clock.filled + 3 >= table.rows).then_some(date)
}
