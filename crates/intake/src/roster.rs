//! Who works when: shifts by place, from tables of numbers or of persons.

use crate::cell::Cell;
use crate::coverage;
use crate::dates::{is_day_end, start_of_span, weekday, whole_hour};
use crate::facts::SheetTable;
use crate::persons;
use crate::problem::Problem;
use crate::read::{Book, ReadProgress};
use crate::recognise::TableShape;
use crate::values::{CellValues, unit_of};
use crate::ways::{Said, reading};
use jiff::civil::{Date, Time};
use std::collections::{BTreeMap, BTreeSet};

/// A shift line: so many officers on each day of the week, Monday first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordedShift {
    /// Start, minutes after midnight.
    pub start: i64,
    /// Length, minutes.
    pub length: i64,
    /// Officers by day of the week on which it starts.
    pub officers: [u64; 7],
}

/// Shifts by place. A table without places has them under the empty name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordedRoster {
    /// Shifts by place, in the order of the file.
    pub places: Vec<(String, Vec<RecordedShift>)>,
    /// What was found out, in sentences.
    pub notes: Vec<String>,
    /// They are intervals with so many officers at work, rather than shifts of officers who may be absent.
    pub by_interval: bool,
}

impl RecordedRoster {
    fn add(&mut self, place: &str, start: i64, length: i64, days: [bool; 7], n: u64) {
        let at = match self.places.iter().position(|p| p.0 == place) {
            Some(at) => at,
            None => {
                self.places.push((place.to_owned(), Vec::new()));
                self.places.len() - 1
            }
        };
        let shifts = &mut self.places[at].1;
        let line = match shifts.iter().position(|s| s.start == start && s.length == length) {
            Some(i) => &mut shifts[i],
            None => {
                shifts.push(RecordedShift { start, length, officers: [0; 7] });
                let last = shifts.len() - 1;
                &mut shifts[last]
            }
        };
        for (to, on) in line.officers.iter_mut().zip(days) {
            *to += if on { n } else { 0 };
        }
    }
}

pub(crate) fn minutes(t: Time) -> i64 {
    i64::from(t.hour()) * 60 + i64::from(t.minute())
}

/// Minutes from one time of day to the next other, over midnight where it is earlier.
pub(crate) fn until(start: i64, end: i64) -> i64 {
    let d = (end - start).rem_euclid(1440);
    if d == 0 { 1440 } else { d }
}

/// Days in words: daily, Mon-Fri, Sat,Sun, weekdays, weekend; `None` where they are none.
pub fn days(text: &str) -> Option<[bool; 7]> {
    let lower = text.to_lowercase();
    match lower.as_str() {
        "daily" | "all" | "every day" | "all days" | "7/7" => return Some([true; 7]),
        "weekdays" | "weekday" | "working days" => return Some([true, true, true, true, true, false, false]),
        "weekend" | "weekends" => return Some([false, false, false, false, false, true, true]),
        _ => {}
    }
    let mut out = [false; 7];
    for part in lower.split([',', ';', '/', '+', '&']).map(str::trim).filter(|p| !p.is_empty()) {
        let mut ends = part.split(['-', '\u{2013}']).map(str::trim);
        let from = weekday(ends.next()?)?;
        let to = match ends.next() {
            Some(word) => weekday(word)?,
            None => from,
        };
        let mut d = from;
        loop {
            out[d] = true;
            if d == to {
                break;
            }
            d = (d + 1) % 7;
        }
    }
    out.contains(&true).then_some(out)
}

/// What the letters and words of a roster mean: start and length, minutes.
pub type Codes = BTreeMap<String, (i64, i64)>;

/// Reads a roster.
///
/// # Errors
/// If a cell makes no sense, with its place.
pub fn roster(
    book: &Book,
    table: &SheetTable,
    shape: &TableShape,
    (said, codes): (&Said, &Codes),
    watch: &dyn ReadProgress,
) -> Result<RecordedRoster, Problem> {
    match shape {
        TableShape::ShiftCounts { .. } => {
            let mut found = shift_counts(book, table, shape, said, watch)?;
            coverage::as_intervals(&mut found);
            Ok(found)
        }
        TableShape::Coverage(coverage) => coverage::read(book, table, coverage, said, watch),
        TableShape::Persons { .. } => persons::by_day(book, table, shape, (said, codes), watch),
        TableShape::ShiftLog { .. } => persons::log(book, table, shape, said, watch),
        _ => Err(table.problem("this is no roster")),
    }
}

/// Shifts by place, start and length: how many officers on each day of the week.
pub(crate) type FoundShifts = BTreeMap<(String, i64, i64), [u64; 7]>;

/// One week of several: the mean of each day of the week, halves up.
pub(crate) fn of_week(
    table: &SheetTable,
    order: &[String],
    found: &FoundShifts,
    weeks: [u64; 7],
) -> Result<RecordedRoster, Problem> {
    let most = weeks.iter().copied().max().unwrap_or(1).max(1);
    let mut out = RecordedRoster::default();
    for name in order {
        let shifts: Vec<RecordedShift> = found
            .iter()
            .filter(|(k, _)| k.0 == *name)
            .map(|((_, start, length), n)| {
                let mut officers = *n;
                for (o, w) in officers.iter_mut().zip(weeks) {
                    *o = (*o * 2 + w.max(1)) / (2 * w.max(1));
                }
                RecordedShift { start: *start, length: *length, officers }
            })
            .filter(|s| s.officers.iter().any(|n| *n > 0))
            .collect();
        if !shifts.is_empty() {
            out.places.push((name.clone(), shifts));
        }
    }
    if out.places.is_empty() {
        return Err(table.problem("nobody works in this roster"));
    }
    if most > 1 {
        out.notes.push(format!("{most} weeks are made one, by the mean of each day of the week"));
    }
    Ok(out)
}

/// How often each day of the week comes between the first and the last of some dates.
pub(crate) fn weeks_of(dates: &BTreeSet<Date>) -> [u64; 7] {
    let mut weeks = [0; 7];
    let mut day = dates.first().copied();
    while let Some(d) = day.filter(|d| dates.last().is_some_and(|l| d <= l)) {
        weeks[day_of(d)] += 1;
        day = d.tomorrow().ok();
    }
    weeks
}

/// The day of the week, Monday 0.
pub(crate) fn day_of(date: Date) -> usize {
    usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0)
}

pub(crate) fn clock(
    cells: &CellValues<'_>,
    row: u64,
    column: usize,
    cell: &Cell<'_>,
) -> Result<(i64, Option<i64>), Problem> {
    let wrong = || cells.wrong(row, column, cell, "a time of day or a span such as 07:00-15:00");
    match cell {
        Cell::Span(s) => Ok(((s / 60.0).round() as i64 % 1440, None)),
        Cell::Moment(at) => Ok((minutes(at.time()), None)),
        Cell::Text(text) => {
            if is_day_end(text) {
                return Ok((0, None));
            }
            // `7h` of a start or an end is a time of day.
            let (start, end) =
                start_of_span(text).or_else(|| Some((whole_hour(text)?, None))).ok_or_else(wrong)?;
            Ok((minutes(start), end.map(minutes)))
        }
        _ => Err(wrong()),
    }
}

fn shift_counts(
    book: &Book,
    table: &SheetTable,
    shape: &TableShape,
    said: &Said,
    watch: &dyn ReadProgress,
) -> Result<RecordedRoster, Problem> {
    let TableShape::ShiftCounts { place, start, end, length, officers, days: day_column, date } = shape
    else {
        return Err(table.problem("this is no roster"));
    };
    let dated: Vec<usize> = date.iter().copied().collect();
    let cells = CellValues {
        table,
        reading: reading(table, &dated, officers, said)?,
        zone: None,
        hours_from_one: false,
    };
    let unit = length.map(|l| unit_of(table, l, said.unit.or(Some(3600.0)))).transpose()?;
    let mut out = RecordedRoster::default();
    let (mut found, mut order, mut dates) = (FoundShifts::new(), Vec::new(), BTreeSet::new());
    table.rows(book, watch, &mut |row, row_cells| {
        if row <= table.names_row || crate::totals::is_total_row(row_cells) {
            return Ok(());
        }
        let get = |i: usize| row_cells.get(i).unwrap_or(&Cell::Empty);
        let (from, span_end) = clock(&cells, row, *start, get(*start))?;
        let lasts = match (span_end, end, length) {
            (Some(to), ..) => until(from, to),
            (None, Some(e), _) => until(from, clock(&cells, row, *e, get(*e))?.0),
            (None, None, Some(l)) => {
                let seconds = cells.seconds(row, *l, get(*l), unit.unwrap_or(3600.0))?;
                (seconds.ok_or_else(|| cells.wrong(row, *l, get(*l), "the length of a shift"))? / 60.0)
                    .round() as i64
            }
            _ => return Err(cells.wrong(row, *start, get(*start), "a span such as 07:00-15:00")),
        };
        if !(1..=1440).contains(&lasts) {
            return Err(cells.wrong(row, *start, get(*start), "a shift of at most 24 hours"));
        }
        let on = match day_column.map(|d| (d, get(d))) {
            Some((d, cell @ Cell::Text(text))) => {
                days(text).ok_or_else(|| cells.wrong(row, d, cell, "days such as Mon-Fri, Sat or daily"))?
            }
            _ => [true; 7],
        };
        for c in officers {
            let own = weekday(&table.columns[*c].name).filter(|_| officers.len() >= 5);
            let name = match place.map(get) {
                Some(Cell::Text(name)) => name.to_string(),
                Some(Cell::Number(x)) => format!("{x}"),
                Some(other) => {
                    return Err(cells.wrong(row, place.unwrap_or(0), other, "the name of a place"));
                }
                None if own.is_some() => String::new(),
                None if officers.len() > 1 || !generic(&table.columns[*c].name) => {
                    table.columns[*c].name.clone()
                }
                None => String::new(),
            };
            let n = cells.count(row, *c, get(*c))?.unwrap_or(0);
            if n > 100_000 {
                return Err(cells.wrong(row, *c, get(*c), "a number of officers"));
            }
            if let Some(d) = date {
                let day = cells.moment(row, *d, get(*d))?.date();
                dates.insert(day);
                if !order.contains(&name) {
                    order.push(name.clone());
                }
                found.entry((name, from, lasts)).or_default()[day_of(day)] += n;
            } else if n > 0 {
                let on = own.map_or(on, |d| std::array::from_fn(|i| i == d));
                out.add(&name, from, lasts, on, n);
            }
        }
        Ok(())
    })?;
    if date.is_some() {
        return of_week(table, &order, &found, weeks_of(&dates));
    }
    if out.places.is_empty() {
        return Err(table.problem("no shift in this roster has an officer"));
    }
    Ok(out)
}

/// Whether a column's name is a word for numbers, not a place.
fn generic(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["officer", "number", "count", "staff", "headcount", "agent", "head", "post", "fte", "people"]
        .iter()
        .any(|w| lower.contains(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_words() {
        assert_eq!(days("Mon-Fri"), Some([true, true, true, true, true, false, false]));
        assert_eq!(days("Sat, Sun"), Some([false, false, false, false, false, true, true]));
        assert_eq!(days("Sat-Mon"), Some([true, false, false, false, false, true, true]));
        assert_eq!(days("daily"), Some([true; 7]));
        assert_eq!(days("sometimes"), None);
    }

    #[test]
    fn shifts_over_midnight() {
        assert_eq!(until(23 * 60, 7 * 60), 480);
        assert_eq!(until(0, 0), 1440);
    }
}
