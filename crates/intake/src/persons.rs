//! Who works when, by person: a column for each day, or a row for each shift. Persons are counted, not kept.

use crate::cell::Cell;
use crate::dates::{start_of_span, weekday};
use crate::facts::SheetTable;
use crate::grid::days as named_days;
use crate::problem::Problem;
use crate::read::{Book, ReadProgress};
use crate::recognise::TableShape;
use crate::roster::{Codes, FoundShifts, RecordedRoster, clock, day_of, minutes, of_week, until, weeks_of};
use crate::totals::is_total_row;
use crate::values::CellValues;
use crate::ways::{Said, reading};
use std::collections::{BTreeMap, BTreeSet};

/// Cells that mean that a person is off.
fn is_off(text: &str) -> bool {
    matches!(
        text.to_lowercase().as_str(),
        "off"
            | "-"
            | "--"
            | "x"
            | "free"
            | "rest"
            | "leave"
            | "annual leave"
            | "al"
            | "sick"
            | "holiday"
            | "vacation"
            | "training"
            | "vrij"
            | "frei"
            | "urlaub"
            | "verlof"
            | "ziek"
            | "krank"
            | "repos"
            | "libre"
            | "descanso"
            | "vacaciones"
            | "baja"
            | "cong\u{e9}"
            | "cong\u{e9}s"
            | "rtt"
            | "absent"
            | "maladie"
            | "elternzeit"
            | "fortbildung"
            | "day off"
            | "rdo"
            | "r"
            | "o"
            | "\u{2013}"
    )
}

/// The day of the week of each column: by a word, or by the date that it is.
fn weekdays(table: &SheetTable, columns: &[usize], said: &Said) -> Result<Vec<(usize, usize)>, Problem> {
    let word = |c: &usize| {
        let name = &table.columns[*c].name;
        weekday(name.split([' ', ',', '.', '-', '/']).next().unwrap_or(name))
    };
    let by_word: Vec<(usize, usize)> = columns.iter().filter_map(|c| Some((*c, word(c)?))).collect();
    if by_word.len() == columns.len() {
        return Ok(by_word);
    }
    Ok(named_days(table, columns, said)?.into_iter().map(|(c, d)| (c, day_of(d))).collect())
}

/// `D = 07:00-15:00` below a roster says what a letter means.
fn explained(text: &str) -> Option<(String, (i64, i64))> {
    let (code, span) = text.split_once(['=', ':'])?;
    let span = span.split(['(', ',']).next().unwrap_or(span);
    let (start, end) = start_of_span(span.trim())?;
    let start = minutes(start);
    Some((code.trim().to_owned(), (start, until(start, minutes(end?)))))
}

/// `U = Urlaub` below a roster says that a letter means a day off.
fn explained_off(text: &str) -> Option<String> {
    let (code, what) = text.split_once(['=', ':'])?;
    let what = what.split(['(', ',']).next().unwrap_or(what).trim().to_lowercase();
    let none = ["no ", "not ", "kein", "geen", "pas de", "sin ", "day off", "days off"];
    (is_off(&what) || none.iter().any(|w| what.starts_with(w))).then(|| code.trim().to_owned())
}

/// The shifts of a cell that has several: `09:00-13:00 / 17:00-19:00`.
fn several(text: &str, codes: &Codes) -> Option<Vec<(i64, i64)>> {
    let marks = ["/", "+", "&", "\n", ";", ",", " and ", " und ", " en ", " et ", " y "];
    let mark = marks.iter().find(|m| text.contains(**m))?;
    text.split(mark)
        .map(|part| {
            let part = part.trim();
            codes.get(part).copied().or_else(|| {
                let (start, end) = start_of_span(part)?;
                let start = minutes(start);
                Some((start, until(start, minutes(end?))))
            })
        })
        .collect()
}

/// What a table of codes says.
///
/// # Errors
/// If a cell is no time of day, with its place.
pub(crate) fn codes(
    book: &Book,
    table: &SheetTable,
    shape: &TableShape,
    watch: &dyn ReadProgress,
) -> Result<Codes, Problem> {
    let TableShape::Codes { code, start, end } = shape else {
        return Err(table.problem("these are no codes"));
    };
    let cells = CellValues {
        table,
        reading: reading(table, &[], &[], &Said::default())?,
        zone: None,
        hours_from_one: false,
    };
    let mut out = Codes::new();
    table.rows(book, watch, &mut |row, row_cells| {
        let get = |i: usize| row_cells.get(i).unwrap_or(&Cell::Empty);
        let Cell::Text(name) = get(*code) else { return Ok(()) };
        // A code for days off has no times.
        if row <= table.names_row || get(*start).is_empty() {
            return Ok(());
        }
        let (from, span_end) = clock(&cells, row, *start, get(*start))?;
        let to = match (span_end, end) {
            (Some(to), _) => to,
            (None, Some(e)) => clock(&cells, row, *e, get(*e))?.0,
            (None, None) => return Err(cells.wrong(row, *start, get(*start), "a span such as 07:00-15:00")),
        };
        out.insert(name.to_string(), (from, until(from, to)));
        Ok(())
    })?;
    Ok(out)
}

/// A row for each person and a column for each day.
pub(crate) fn by_day(
    book: &Book,
    table: &SheetTable,
    shape: &TableShape,
    (said, codes): (&Said, &Codes),
    watch: &dyn ReadProgress,
) -> Result<RecordedRoster, Problem> {
    let TableShape::Persons { person, place, days } = shape else {
        return Err(table.problem("this is no roster"));
    };
    let days = weekdays(table, days, said)?;
    let cells =
        CellValues { table, reading: reading(table, &[], &[], said)?, zone: None, hours_from_one: false };
    let is_empty =
        |row_cells: &[Cell<'_>]| days.iter().all(|(c, _)| row_cells.get(*c).is_none_or(Cell::is_empty));
    let mut codes = codes.clone();
    let mut off: BTreeSet<String> = BTreeSet::new();
    for (_, text) in &table.view.remarks {
        if let Some((code, shift)) = explained(text) {
            codes.insert(code, shift);
        }
        off.extend(explained_off(text));
    }
    table.rows(book, watch, &mut |row, row_cells| {
        if row > table.names_row && is_empty(row_cells) {
            for cell in row_cells {
                let Cell::Text(text) = cell else { continue };
                if let Some((code, shift)) = explained(text) {
                    codes.insert(code, shift);
                }
                off.extend(explained_off(text));
            }
        }
        Ok(())
    })?;
    let (mut found, mut order) = (FoundShifts::new(), Vec::new());
    let mut weeks = [0_u64; 7];
    for (_, d) in &days {
        weeks[*d] += 1;
    }
    let mut people = 0_u64;
    table.rows(book, watch, &mut |row, row_cells| {
        let get = |i: usize| row_cells.get(i).unwrap_or(&Cell::Empty);
        if row <= table.names_row || get(*person).is_empty() || is_empty(row_cells) || is_total_row(row_cells)
        {
            return Ok(());
        }
        people += 1;
        let name = named(place.map(get), &mut order);
        for (c, d) in &days {
            let shifts = match get(*c) {
                Cell::Empty => continue,
                Cell::Text(text) if codes.contains_key(text.as_ref()) => vec![codes[text.as_ref()]],
                Cell::Text(text) if is_off(text) || off.contains(text.as_ref()) => continue,
                cell => match (shift(&cells, (row, *c), cell), cell) {
                    (Ok(one), _) => vec![one],
                    (Err(problem), Cell::Text(text)) => several(text, &codes).ok_or(problem)?,
                    (Err(problem), _) => return Err(problem),
                },
            };
            for (start, length) in shifts {
                found.entry((name.clone(), start, length)).or_default()[*d] += 1;
            }
        }
        Ok(())
    })?;
    let mut out = of_week(table, &order, &found, weeks)?;
    out.notes.insert(0, format!("{people} persons; persons are counted by shift and day, not kept"));
    if !codes.is_empty() {
        let shown = |(code, (start, length)): (&String, &(i64, i64))| {
            let end = (start + length) % 1440;
            format!("{code} is {:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60)
        };
        out.notes.push(codes.iter().map(shown).collect::<Vec<_>>().join(", "));
    }
    Ok(out)
}

/// Start and length of the shift in a cell, minutes.
fn shift(
    cells: &CellValues<'_>,
    (row, column): (u64, usize),
    cell: &Cell<'_>,
) -> Result<(i64, i64), Problem> {
    let told = |problem: Problem| {
        problem
            .help("write start and end, or `off`")
            .help("letters are explained by a sheet or file of their own, `Code,Start,End`, or by lines such as `D = 07:00-15:00` below the roster")
    };
    let (start, end) = clock(cells, row, column, cell).map_err(told)?;
    let end = end.ok_or_else(|| told(cells.wrong(row, column, cell, "a span such as 07:00-15:00")))?;
    Ok((start, until(start, end)))
}

/// The name of the place in a cell, empty where there is none; kept in the order in which names come.
fn named(cell: Option<&Cell<'_>>, order: &mut Vec<String>) -> String {
    let name = match cell {
        Some(Cell::Text(name)) => name.to_string(),
        Some(Cell::Number(x)) => format!("{x}"),
        _ => String::new(),
    };
    if !order.contains(&name) {
        order.push(name.clone());
    }
    name
}

/// A row for each shift of each person: a date with start and end, or start and end with their dates.
pub(crate) fn log(
    book: &Book,
    table: &SheetTable,
    shape: &TableShape,
    said: &Said,
    watch: &dyn ReadProgress,
) -> Result<RecordedRoster, Problem> {
    let TableShape::ShiftLog { date, start, end, place } = shape else {
        return Err(table.problem("this is no roster"));
    };
    let dated: Vec<usize> =
        if date == start { [Some(*start), *end].into_iter().flatten().collect() } else { vec![*date] };
    let cells =
        CellValues { table, reading: reading(table, &dated, &[], said)?, zone: None, hours_from_one: false };
    let (mut found, mut order): (FoundShifts, Vec<String>) = (BTreeMap::new(), Vec::new());
    let mut dates = BTreeSet::new();
    table.rows(book, watch, &mut |row, row_cells| {
        let get = |i: usize| row_cells.get(i).unwrap_or(&Cell::Empty);
        let off = matches!(get(*start), Cell::Text(text) if is_off(text));
        if row <= table.names_row || is_total_row(row_cells) || get(*start).is_empty() || off {
            return Ok(());
        }
        let at = cells.moment(row, *date, get(*date))?;
        dates.insert(at.date());
        let (from, lasts) = match end {
            Some(e) if date == start => {
                let over = cells.moment(row, *e, get(*e))?;
                let lasts = at.duration_until(over).as_mins();
                if !(1..=1440).contains(&lasts) {
                    return Err(cells.wrong(row, *e, get(*e), "the end of a shift of at most 24 hours"));
                }
                (minutes(at.time()), lasts)
            }
            _ => {
                let (from, span_end) = clock(&cells, row, *start, get(*start))?;
                let to = match (span_end, end) {
                    (Some(to), _) => to,
                    (None, Some(e)) => clock(&cells, row, *e, get(*e))?.0,
                    (None, None) => {
                        return Err(cells.wrong(row, *start, get(*start), "a span such as 07:00-15:00"));
                    }
                };
                (from, until(from, to))
            }
        };
        let name = named(place.map(get), &mut order);
        found.entry((name, from, lasts)).or_default()[day_of(at.date())] += 1;
        Ok(())
    })?;
    let mut out = of_week(table, &order, &found, weeks_of(&dates))?;
    out.notes.insert(0, "a row for each shift of a person; persons are counted, not kept".to_owned());
    Ok(out)
}
