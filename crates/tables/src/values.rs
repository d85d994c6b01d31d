//! Cells as dates, times of day, numbers and lengths of time, once it is known how to read them.

use crate::cell::{Cell, MERGED, NO_VALUE, Spans, epoch, is_failed, number, serial, span, unit};
use crate::columns::When;
use crate::dates::{WrittenDate, is_day_end, military, named_hour, stamp, start_of_span, written};
use crate::facts::SheetTable;
use crate::instants::is_military;
use crate::problem::{Problem, TablePlace};
use crate::ways::CellReading;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

/// Reads cells of one table.
#[derive(Debug, Clone)]
pub struct CellValues<'t> {
    /// The table.
    pub table: &'t SheetTable,
    /// How its cells are to be read.
    pub reading: CellReading,
    /// Zone in which instants with an offset from UTC are shown; else as they are written.
    pub zone: Option<TimeZone>,
    /// Hours are numbered 1 to 24.
    pub hours_from_one: bool,
}

impl CellValues<'_> {
    fn place(&self, row: u64, column: usize) -> TablePlace {
        let place = self.table.place.clone().row(row);
        match self.table.columns.get(column) {
            Some(c) => place.column(&c.name),
            None => place,
        }
    }

    /// A problem with a cell.
    pub fn wrong(&self, row: u64, column: usize, cell: &Cell<'_>, expected: &str) -> Problem {
        let problem = Problem::new(self.place(row, column), format!("{} is not {expected}", cell.shown()));
        match cell {
            Cell::Text(text) if is_failed(text) => {
                problem.help("a formula failed in this cell: mend it, or write its value")
            }
            Cell::Text(text) if text == NO_VALUE => {
                problem.help("open the workbook in a spreadsheet program and save it: a program wrote the formula without its result")
            }
            Cell::Text(text) if text == MERGED => {
                problem.help("take the merged cells apart, and write the number of each row")
            }
            Cell::Empty => problem.help("of merged cells only the first has a value: take them apart, and write the value in each row"),
            _ => problem,
        }
    }

    /// The local time of a row.
    ///
    /// # Errors
    /// If the cells are no date and time.
    pub fn when(&self, row: u64, cells: &[Cell<'_>], when: When) -> Result<DateTime, Problem> {
        let get = |i: usize| cells.get(i).unwrap_or(&Cell::Empty);
        match when {
            When::One(c) | When::Days(c) => self.moment(row, c, get(c)),
            When::Two { date, time } => {
                let day = self.moment(row, date, get(date))?.date();
                if matches!(get(time), Cell::Text(text) if is_day_end(text)) {
                    return day
                        .tomorrow()
                        .map(|d| d.to_datetime(Time::midnight()))
                        .map_err(|_| self.wrong(row, date, get(date), "a date"));
                }
                Ok(day.to_datetime(self.clock(row, time, get(time))?))
            }
        }
    }

    /// A date and time; midnight where there is no time.
    ///
    /// # Errors
    /// If the cell is none.
    pub fn moment(&self, row: u64, column: usize, cell: &Cell<'_>) -> Result<DateTime, Problem> {
        let wrong = || self.wrong(row, column, cell, "a date such as 2025-03-14 06:30");
        match cell {
            Cell::Moment(at) => Ok(*at),
            Cell::Number(x) => self.counted(*x, 10_000.0).ok_or_else(wrong),
            Cell::Text(text) => match written(text) {
                Some(WrittenDate::Instant(at, shown)) => {
                    Ok(self.zone.as_ref().map_or(shown, |z| z.to_datetime(at)))
                }
                Some(WrittenDate::Local(parts, time)) => parts
                    .read(self.reading.order)
                    .map(|d| d.to_datetime(time.unwrap_or_default()))
                    .ok_or_else(|| {
                        wrong().help(format!(
                            "dates of this file are read with the {}",
                            self.reading.order.word().replace("-first", " first")
                        ))
                    }),
                Some(WrittenDate::DayEnd(parts)) => parts
                    .read(self.reading.order)
                    .and_then(|d| d.tomorrow().ok())
                    .map(|d| d.to_datetime(Time::midnight()))
                    .ok_or_else(wrong),
                None => number(text, self.reading.decimal)
                    .and_then(|x| self.counted(x, 20_000.0))
                    .ok_or_else(wrong),
            },
            _ => Err(wrong()),
        }
    }

    /// A number as a date: days as a workbook counts them, from so many on, or what has passed since 1970.
    fn counted(&self, x: f64, least: f64) -> Option<DateTime> {
        if let Some(at) = stamp(x) {
            return Some(at);
        }
        if let Some((at, _)) = epoch(x) {
            return Some(self.zone.as_ref().unwrap_or(&TimeZone::UTC).to_datetime(at));
        }
        serial(x).filter(|_| x > least && (least < 20_000.0 || x < 80_000.0))
    }

    /// A time of day, or an hour.
    ///
    /// # Errors
    /// If the cell is none.
    pub fn clock(&self, row: u64, column: usize, cell: &Cell<'_>) -> Result<Time, Problem> {
        let wrong = || self.wrong(row, column, cell, "an hour from 0 to 23 or a time of day such as 06:30");
        let in_digits = self.table.columns.get(column).is_some_and(is_military);
        let hour = |x: f64| {
            if in_digits {
                return military(x).ok_or_else(wrong);
            }
            let x = if self.hours_from_one { x - 1.0 } else { x };
            let h = if x.fract() == 0.0 && (0.0..24.0).contains(&x) { x as i8 } else { return Err(wrong()) };
            Time::new(h, 0, 0, 0).map_err(|_| wrong())
        };
        match cell {
            Cell::Span(s) if (0.0..86_400.0).contains(s) => {
                let s = s.round() as i64;
                Time::new((s / 3600) as i8, (s / 60 % 60) as i8, (s % 60) as i8, 0).map_err(|_| wrong())
            }
            Cell::Moment(at) => Ok(at.time()),
            Cell::Number(x) => hour(*x),
            Cell::Text(text) => match start_of_span(text).map(|s| s.0).or_else(|| named_hour(text)) {
                Some(start) => Ok(start),
                None => hour(number(text, self.reading.decimal).ok_or_else(wrong)?),
            },
            _ => Err(wrong()),
        }
    }

    /// A number; `None` for an empty cell.
    ///
    /// # Errors
    /// If the cell is something else.
    pub fn number(&self, row: u64, column: usize, cell: &Cell<'_>) -> Result<Option<f64>, Problem> {
        match cell {
            Cell::Empty => Ok(None),
            Cell::Number(x) => Ok(Some(*x)),
            Cell::Text(text)
                if matches!(text.as_ref(), "-" | "\u{2013}" | "n/a" | "N/A" | "NA" | "null" | "NULL") =>
            {
                Ok(None)
            }
            Cell::Text(text) => number(text, self.reading.decimal)
                .map(Some)
                .ok_or_else(|| self.wrong(row, column, cell, "a number")),
            _ => Err(self.wrong(row, column, cell, "a number")),
        }
    }

    /// A count: a whole number of at least 0; an empty cell is none.
    ///
    /// # Errors
    /// If the cell is something else.
    pub fn count(&self, row: u64, column: usize, cell: &Cell<'_>) -> Result<Option<u64>, Problem> {
        match self.number(row, column, cell)? {
            // What is not known was not nothing.
            None if matches!(cell, Cell::Text(text) if text.len() > 1 && !text.starts_with('\u{2013}')) => {
                Err(self
                    .wrong(row, column, cell, "a count")
                    .help("write the number, or leave the row out: what is not known is not 0"))
            }
            None => Ok(None),
            Some(x) if x.fract() == 0.0 && (0.0..1e12).contains(&x) => Ok(Some(x as u64)),
            Some(_) => Err(self
                .wrong(row, column, cell, "a whole number of at least 0")
                .help("counts are whole: give those from which a mean was made, or write means as a rate and a `profile` in a scenario (docs/scenario.md, cookbook, 2)")),
        }
    }

    /// A length of time in seconds; `unit` is what plain numbers are in. `None` for an empty cell.
    ///
    /// # Errors
    /// If the cell is something else, or below 0.
    pub fn seconds(
        &self,
        row: u64,
        column: usize,
        cell: &Cell<'_>,
        unit: f64,
    ) -> Result<Option<f64>, Problem> {
        let wrong = || self.wrong(row, column, cell, "a length of time of at least 0");
        let found = match cell {
            Cell::Empty => return Ok(None),
            Cell::Span(s) => *s,
            Cell::Number(x) => x * unit,
            // A length of time of a day or more that a workbook keeps as a date.
            Cell::Moment(_) => return Err(wrong().help("format the column as numbers or as [h]:mm:ss")),
            Cell::Text(text) => match (number(text, self.reading.decimal), span(text)) {
                (Some(x), _) => x * unit,
                (None, Some(Spans::One(s))) => s,
                // Hours and minutes where the unit is hours, minutes and seconds where it is minutes.
                (None, Some(Spans::Two(hours, minutes))) => {
                    if unit >= 3600.0 {
                        hours
                    } else {
                        minutes
                    }
                }
                (None, None) => return Err(wrong()),
            },
        };
        if found.is_finite() && (0.0..3.2e10).contains(&found) { Ok(Some(found)) } else { Err(wrong()) }
    }
}

/// Seconds of the unit that a column's name says.
pub fn named_unit(name: &str) -> Option<f64> {
    let lower = name.to_lowercase();
    // `AHT (mm:ss)` says how two parts with a colon are meant.
    if ["mm:ss", "m:ss", "min:s"].iter().any(|form| lower.contains(form)) {
        return Some(60.0);
    }
    if ["hh:mm", "h:mm"].iter().any(|form| lower.contains(form)) {
        return Some(3600.0);
    }
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() > 1 || matches!(*w, "s" | "h"))
        .find_map(unit)
}

/// The unit of a column of lengths of time.
///
/// # Errors
/// If neither the column's name nor the user says it, and its cells need it.
pub fn unit_of(table: &SheetTable, column: usize, said: Option<f64>) -> Result<f64, Problem> {
    let facts = &table.columns[column];
    if let Some(unit) = said.or_else(|| named_unit(&facts.name)) {
        return Ok(unit);
    }
    if facts.numbers == 0 && facts.two_parts == 0 {
        return Ok(1.0);
    }
    let (row, text) = facts.first.clone().unwrap_or_default();
    let example = if facts.numbers > 0 {
        "are they minutes or seconds?"
    } else {
        "are they hours and minutes, or minutes and seconds?"
    };
    Err(Problem::new(
        table.place.clone().row(row).column(&facts.name),
        format!("{text} has no unit: {example}"),
    )
    .help("write `--unit s`, `--unit min` or `--unit h`, or say it in the column's name, such as `Minutes`"))
}

/// Name of a unit, as scenarios write it.
pub fn unit_name(seconds: f64) -> &'static str {
    if seconds >= 86_400.0 {
        "days"
    } else if seconds >= 3600.0 {
        "h"
    } else if seconds >= 60.0 {
        "min"
    } else {
        "s"
    }
}
