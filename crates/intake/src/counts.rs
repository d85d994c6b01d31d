//! Counts by interval from tables of counts and from lists of events: what came when, at which place; doubled rows,
//! gaps, totals and changes of the clock found and said.

use crate::cell::{Cell, epoch};
use crate::collector::{Collector, MOST, mark, skipped};
use crate::columns::When;
use crate::dates::start_of_span;
use crate::facts::SheetTable;
use crate::instants::{is_epoch, is_military};
use crate::join::UNNAMED;
use crate::problem::Problem;
use crate::read::{Book, ReadProgress};
use crate::recognise::TableShape;
use crate::sums::{leave_out_sums, place_names};
use crate::totals::{is_total_of, last_row_is_total};
use crate::values::CellValues;
use crate::ways::{Said, reading_of_counts};
use crate::words::{is_plain_count, says};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
pub(crate) use poolwise_arrivals::series::NONE_ARRIVE;
pub use poolwise_arrivals::series::{Series, quoted};

/// Reads a table of counts.
///
/// # Errors
/// If a row makes no sense, with its place.
pub fn counts(
    book: &Book,
    table: &SheetTable,
    shape: &TableShape,
    (said, zone): (&Said, Option<&TimeZone>),
    watch: &dyn ReadProgress,
) -> Result<Series, Problem> {
    let TableShape::Counts { when, counts, place, totals } = shape else {
        return Err(table.problem("these are no counts"));
    };
    let numbers: Vec<usize> = counts.iter().chain(totals).copied().collect();
    let mut cells = CellValues {
        table,
        reading: reading_of_counts(table, &when.columns()[..1], &numbers, said)?,
        zone: zone.cloned(),
        hours_from_one: false,
    };
    let mut notes = Vec::new();
    said_of(table, *when, &mut cells, &mut notes)?;
    let names = match place {
        Some(_) => Vec::new(),
        None if counts.len() == 1 && is_plain_count(&table.columns[counts[0]].name) => {
            vec![UNNAMED.to_owned()]
        }
        None => place_names(counts.iter().map(|c| table.columns[*c].name.as_str())),
    };
    let mut all = Collector::new(names);
    let skip_totals = last_row_is_total(table);
    let mut skipped_rows = 0_u64;
    let mut odd_total: Option<(u64, u64, u64)> = None;
    let by_end = is_by_end(table, *when) && !cells.hours_from_one;
    let mut last: Option<DateTime> = None;
    table.rows(book, watch, &mut |row, row_cells| {
        if row <= table.names_row {
            return Ok(());
        }
        if skip_totals && is_total_of(row_cells, &when.columns()) {
            skipped_rows += 1;
            return Ok(());
        }
        let get = |i: usize| row_cells.get(i).unwrap_or(&Cell::Empty);
        let mut at = cells.when(row, row_cells, *when)?;
        if by_end {
            at = day_end(at, last);
            last = Some(at);
        }
        let of_row = mark(row_cells);
        let mut sum = 0;
        for (i, c) in counts.iter().enumerate() {
            let n = cells.count(row, *c, get(*c))?;
            all.empty += u64::from(n.is_none());
            let n = n.unwrap_or(0);
            sum += n;
            let p = match place {
                Some(p) => match get(*p) {
                    Cell::Text(name) => all.place(&cells, row, name)?,
                    Cell::Number(x) => all.place(&cells, row, &format!("{x}"))?,
                    other => return Err(cells.wrong(row, *p, other, "the name of a place")),
                },
                None => i,
            };
            all.put(&cells, (row, at, of_row), p, n)?;
        }
        if let Some(t) = totals.first().filter(|_| counts.len() > 1)
            && let Some(total) = cells.count(row, *t, get(*t))?
            && total != sum
            && odd_total.is_none()
        {
            odd_total = Some((row, total, sum));
        }
        if all.cells > MOST {
            return Err(table
                .problem("more intervals and places than can be held")
                .help("take fewer years or places"));
        }
        Ok(())
    })?;
    let used: Vec<usize> = when.columns().into_iter().chain(numbers).chain(*place).collect();
    notes.extend(unused(table, &used));
    for t in totals {
        let name = &table.columns[*t].name;
        notes.push(match odd_total {
            None => format!("column `{name}` is the sum of the others and is left out"),
            Some((row, total, sum)) => format!("column `{name}` is taken for the sum of the others and left out, although in row {row} it is {total} and they come to {sum}"),
        });
    }
    if skipped_rows > 0 {
        let rows = if skipped_rows == 1 { "row of sums is" } else { "rows of sums are" };
        notes.push(format!("{skipped_rows} {rows} left out"));
    }
    if all.empty > 0 {
        notes.push(format!("{} empty cells count as 0", all.empty));
    }
    if by_end {
        let width = width(&all, table)?;
        notes.push(format!(
            "intervals are named by their ends: the first is {} to its name",
            shown_seconds(width)
        ));
        all.earlier(width);
    }
    finish(all, table, zone, notes, matches!(when, When::Days(_)))
}

/// Whether intervals are named by their ends: there is a 24:00 and no midnight that begins a day, or a name says so.
fn is_by_end(table: &SheetTable, when: When) -> bool {
    let column = match when {
        When::One(c) | When::Two { time: c, .. } => &table.columns[c],
        When::Days(_) => return false,
    };
    let spans = column.values.keys().any(|v| start_of_span(v).is_some_and(|s| s.1.is_some()));
    let named =
        says(column, &["ending", "ended", "ends", "end", "until", "bis", "ende", "einde", "tot", "fin"]);
    !spans && (column.day_ends > 0 && column.midnights == 0 || named)
}

/// The end of an interval: midnight that follows the evening of the same date is that at its end.
fn day_end(at: DateTime, last: Option<DateTime>) -> DateTime {
    let evening = last.is_some_and(|l| l.date() == at.date() && l.hour() >= 12);
    if evening && at.time() == jiff::civil::Time::midnight() {
        return at.checked_add(jiff::Span::new().days(1)).unwrap_or(at);
    }
    at
}

/// Says that so many rows were copied, and where.
pub(crate) fn doubled(rows: u64, place: &str) -> String {
    match rows {
        1 => format!("1 row stands a second time, the same in every cell, and counts once{place}"),
        n => format!("{n} rows stand a second time, the same in every cell, and count once{place}"),
    }
}

/// Columns that are not used.
pub(crate) fn unused(table: &SheetTable, used: &[usize]) -> Option<String> {
    let names: Vec<String> =
        table.used().filter(|(i, _)| !used.contains(i)).map(|(_, c)| format!("`{}`", c.name)).collect();
    let columns = if names.len() == 1 { "column" } else { "columns" };
    (!names.is_empty()).then(|| format!("not used: {columns} {}", names.join(", ")))
}

/// Says how times are read, and finds hours numbered from 1.
pub(crate) fn said_of(
    table: &SheetTable,
    when: When,
    cells: &mut CellValues<'_>,
    notes: &mut Vec<String>,
) -> Result<(), Problem> {
    for c in table.columns.iter().filter(|c| c.filled == 0 && c.unsaved.is_some()) {
        notes.push(format!("column `{}` has formulas without saved values and is left out", c.name));
    }
    if let Some(c) = table.view.held.filter(|c| when.columns().contains(c)) {
        let name = &table.columns[c].name;
        notes.push(format!("`{name}` stands at the first row of each day and holds for the rows below it"));
    }
    let is_title = |row: &&u64| table.view.sections.iter().any(|s| s.0 == **row);
    let again: Vec<String> =
        table.view.left_out.iter().filter(|row| !is_title(row)).map(u64::to_string).collect();
    if !again.is_empty() {
        notes.push(format!("the names stand again in row {} and are left out there", again.join(", ")));
    }
    notes.extend(crate::sections::said(&table.view.sections));
    let names: Vec<String> = when.columns().iter().map(|c| format!("`{}`", table.columns[*c].name)).collect();
    let column = when.columns().first().map(|c| &table.columns[*c]);
    let first = column.and_then(|c| c.first.clone());
    let shown = first.map_or(String::new(), |f| f.1);
    let order = match cells.reading.order {
        crate::dates::DatePartOrder::Year => "",
        crate::dates::DatePartOrder::Day => ", the day standing first",
        crate::dates::DatePartOrder::Month => ", the month standing first",
    };
    let order = match column.map(|c| (c, c.orders())) {
        Some((c, open)) if open.len() > 1 && c.runs.only(&open).is_some() => {
            format!("{order} (in another order of their parts the rows would not follow each other)")
        }
        _ => order.to_owned(),
    };
    let since = when.columns().first().map(|c| &table.columns[*c]).filter(|c| is_epoch(c));
    let since = since.and_then(|c| {
        let (at, unit) = epoch(c.range.0)?;
        let zone = cells.zone.as_ref();
        let at = zone.unwrap_or(&TimeZone::UTC).to_datetime(at).strftime("%Y-%m-%d %H:%M");
        let of = zone.map_or("UTC, since `--time-zone` names no other", |_| "the time zone asked for");
        Some(format!(" as {unit} since 1970, shown in {of}: the earliest is {at}"))
    });
    notes.push(format!(
        "times are in {}{order}{} (the first cell is {})",
        names.join(" and "),
        since.unwrap_or_default(),
        shown.trim_matches('"')
    ));
    let When::Two { time, .. } = when else { return Ok(()) };
    let facts = &table.columns[time];
    if facts.numbers > 0 && facts.clocks == 0 && !is_military(facts) {
        let (low, high) = facts.range;
        if low >= 1.0 && high >= 24.0 {
            cells.hours_from_one = true;
            notes.push("hours are numbered 1 to 24: hour 1 is read as 00:00 to 01:00".to_owned());
        } else if high >= 24.0 {
            return Err(table
                .problem(format!(
                    "`{}` has hours from {low} to {high}: 0 to 23 and 1 to 24 are both used",
                    facts.name
                ))
                .help("number hours 0 to 23, each named by its start"));
        }
    }
    Ok(())
}

/// Orders rows, finds the width, says what is missing.
pub(crate) fn finish(
    mut all: Collector,
    table: &SheetTable,
    zone: Option<&TimeZone>,
    mut notes: Vec<String>,
    days: bool,
) -> Result<Series, Problem> {
    let places = all.names.len();
    if all.rows.is_empty() {
        return Err(table.problem("there are no counts in this table"));
    }
    let width = if days { 86_400 } else { width(&all, table)? };
    if let Some(zone) = zone.filter(|_| width < 86_400) {
        gap_hours(&mut all, zone, table)?;
    }
    let missing = missing(&all, width, zone);
    if missing.0 > 0 {
        let first = missing.1.map_or(String::new(), |d| d.strftime("%Y-%m-%d %H:%M").to_string());
        notes.push(format!("{} intervals have no row, the first {first}: {NONE_ARRIVE}", missing.0));
    }
    if all.doubled.0 > 0 {
        notes.push(doubled(all.doubled.0, &format!(" (the last is row {})", all.doubled.1.unwrap_or(0))));
    }
    if !all.again.is_empty() {
        notes.push("rows that come twice as the clock goes back are kept as two".to_owned());
    }
    let mut rows = Vec::with_capacity(all.rows.len());
    let again = std::mem::take(&mut all.again);
    for (at, mut slot) in all.rows {
        slot.n.resize(places, 0);
        rows.push((at, slot.n));
        if let Some(second) = again.get(&at) {
            let mut n = second.n.clone();
            n.resize(places, 0);
            rows.push((at, n));
        }
    }
    let mut series = Series { places: all.names, width, rows, notes };
    leave_out_sums(&mut series, table)?;
    Ok(series)
}

pub(crate) fn seconds_between(a: DateTime, b: DateTime) -> i64 {
    a.duration_until(b).as_secs()
}

fn width(all: &Collector, table: &SheetTable) -> Result<i64, Problem> {
    let starts: Vec<(&DateTime, u64)> =
        all.rows.iter().map(|(at, s)| (at, s.row.iter().copied().find(|r| *r > 0).unwrap_or(0))).collect();
    let least = starts.windows(2).map(|w| seconds_between(*w[0].0, *w[1].0)).min();
    let Some(step) = least else {
        return Err(table
            .problem("one row does not tell how long its interval is")
            .help("give a table with two rows or more"));
    };
    if step < 60 || 86_400 % step != 0 {
        let at = starts.windows(2).find(|w| seconds_between(*w[0].0, *w[1].0) == step);
        let row = at.map_or(0, |w| w[1].1);
        return Err(Problem::new(
            table.place.clone().row(row),
            format!("rows are {} apart, which does not divide a day", shown_seconds(step)),
        )
        .help("rows of counts begin at equal steps: a quarter, half or whole hour, or a day"));
    }
    for w in starts.windows(2) {
        let away = seconds_between(*w[0].0, *w[1].0);
        if away % step != 0 {
            return Err(Problem::new(
                table.place.clone().row(w[1].1),
                format!(
                    "this row is {} after the one before, although others are {} apart",
                    shown_seconds(away),
                    shown_seconds(step)
                ),
            )
            .help("rows of counts begin at equal steps"));
        }
    }
    Ok(step)
}

fn shown_seconds(s: i64) -> String {
    if s % 3600 == 0 {
        format!("{} h", s / 3600)
    } else if s % 60 == 0 {
        format!("{} min", s / 60)
    } else {
        format!("{s} s")
    }
}

/// In an hour that the clock leaves out nothing can have come.
fn gap_hours(all: &mut Collector, zone: &TimeZone, table: &SheetTable) -> Result<(), Problem> {
    let gone: Vec<DateTime> = all.rows.keys().copied().filter(|at| skipped(zone, *at)).collect();
    for at in gone {
        let slot = &all.rows[&at];
        if slot.n.iter().any(|n| *n > 0) {
            let row = slot.row.iter().copied().max().unwrap_or(0);
            return Err(Problem::new(
                table.place.clone().row(row),
                format!(
                    "{} does not exist in this time zone: the clock goes forward over it",
                    at.strftime("%Y-%m-%d %H:%M")
                ),
            )
            .help("is it the zone of the file? without `--time-zone` the clock never changes"));
        }
        all.rows.remove(&at);
    }
    Ok(())
}

/// How many intervals between the first and the last have no row, and the first of them.
fn missing(all: &Collector, width: i64, zone: Option<&TimeZone>) -> (i64, Option<DateTime>) {
    let mut n = 0;
    let mut first = None;
    let starts: Vec<DateTime> = all.rows.keys().copied().collect();
    for w in starts.windows(2) {
        let mut hole = seconds_between(w[0], w[1]) / width - 1;
        if hole > 0 {
            let next = w[0].checked_add(jiff::SignedDuration::from_secs(width)).unwrap_or(w[1]);
            // An hour that the clock leaves out is no hole.
            if hole <= 3600 / width.min(3600) && zone.is_some_and(|z| skipped(z, next)) {
                hole = 0;
            }
            if hole > 0 {
                n += hole;
                first.get_or_insert(next);
            }
        }
    }
    (n, first)
}
