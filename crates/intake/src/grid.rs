//! Counts in a grid: a row for each day and a column for each hour, or a row for each hour and a column for each day.

use crate::cell::Cell;
use crate::collector::{Collector, mark};
use crate::columns::{is_clock, is_date, is_label};
use crate::counts::{Series, finish};
use crate::dates::{DatePartOrder, Parts, Runs, WrittenDate, written};
use crate::facts::{Facts, SheetTable};
use crate::heads::time_of;
use crate::problem::Problem;
use crate::read::{Book, ReadProgress};
use crate::recognise::TableShape;
use crate::totals::is_total_row;
use crate::values::CellValues;
use crate::ways::{Said, reading_of_counts};
use crate::words::{PLACE, TIME, TOTAL, says};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// What the rows and the columns of a grid are.
#[derive(Debug, Clone, PartialEq)]
pub enum Grid {
    /// A row for each day: its column of dates, and the column of each time of day.
    Days {
        /// Column of dates.
        date: usize,
        /// Columns and their times.
        times: Vec<(usize, Time)>,
    },
    /// A row for each time of day: its column, and the columns that are named by dates.
    Times {
        /// Column of times.
        time: usize,
        /// Columns of days.
        dates: Vec<usize>,
    },
}

/// Names of columns as times that follow each other by equal steps: six of them or more. Hours may be numbered 1 to 24.
pub(crate) fn times(table: &SheetTable) -> Option<Vec<(usize, Time)>> {
    let names: Vec<(usize, &str)> = table.used().map(|(i, c)| (i, c.name.as_str())).collect();
    let from_one = (1..=24).all(|h| names.iter().any(|n| n.1 == h.to_string()));
    let of = |name: &str| {
        if !from_one {
            return time_of(name);
        }
        let hour: i8 = name.parse().ok().filter(|h| (1..=24).contains(h))?;
        Time::new(hour - 1, 0, 0, 0).ok()
    };
    let found: Vec<(usize, Time)> = names.iter().filter_map(|(i, n)| Some((*i, of(n)?))).collect();
    let step = |w: &[(usize, Time)]| w[0].1.duration_until(w[1].1).as_secs();
    let first = found.windows(2).next().map(step)?;
    (found.len() >= 6 && first > 0 && found.windows(2).all(|w| step(w) == first)).then_some(found)
}

/// Finds a grid of counts.
pub(crate) fn grid(table: &SheetTable) -> Option<TableShape> {
    let counts = |i: usize| {
        let c: &Facts = &table.columns[i];
        c.filled == 0 || c.mostly(c.numbers) && c.negative == 0
    };
    let totals = |taken: &dyn Fn(usize) -> bool| -> Vec<usize> {
        table.used().filter(|(i, c)| !taken(*i) && counts(*i) && says(c, TOTAL)).map(|c| c.0).collect()
    };
    if let Some(times) = times(table) {
        let taken = |i: usize| times.iter().any(|t| t.0 == i);
        let date = table.used().find(|(i, c)| !taken(*i) && is_date(c))?.0;
        let place = table.find(PLACE, is_label).filter(|p| !taken(*p) && *p != date);
        let fits = times.iter().all(|t| counts(t.0));
        let totals = totals(&taken);
        return fits.then_some(TableShape::Grid { grid: Grid::Days { date, times }, place, totals });
    }
    let dates: Vec<usize> = table.used().filter(|(_, c)| written(&c.name).is_some()).map(|c| c.0).collect();
    let taken = |i: usize| dates.contains(&i);
    let time = table.used().find(|(i, c)| !taken(*i) && is_clock(c) && (says(c, TIME) || c.clocks > 0))?.0;
    let place = table.find(PLACE, is_label).filter(|p| !taken(*p) && *p != time);
    let fits = dates.len() >= 3 && dates.iter().all(|d| counts(*d));
    let totals = totals(&|i| taken(i) || i == time);
    fits.then_some(TableShape::Grid { grid: Grid::Times { time, dates: dates.clone() }, place, totals })
}

/// The dates that columns are named by, all in one order of their parts.
pub(crate) fn days(
    table: &SheetTable,
    columns: &[usize],
    said: &Said,
) -> Result<Vec<(usize, Date)>, Problem> {
    let parts: Vec<(usize, Parts)> = columns
        .iter()
        .filter_map(|c| match written(&table.columns[*c].name)? {
            WrittenDate::Local(parts, _) | WrittenDate::DayEnd(parts) => Some((*c, parts)),
            WrittenDate::Instant(_, at) => Some((*c, Parts::Fixed(at.date()))),
        })
        .collect();
    let fits = |o: &DatePartOrder| parts.iter().all(|p| p.1.read(*o).is_some());
    let open: Vec<DatePartOrder> = match said.dates {
        Some(order) => vec![order],
        None if parts.iter().all(|p| matches!(p.1, Parts::Fixed(_))) => vec![DatePartOrder::Year],
        None => DatePartOrder::ALL.into_iter().filter(fits).collect(),
    };
    // Columns run on, one day after the other, in one order alone where there are enough of them.
    let mut runs = Runs::default();
    parts.iter().for_each(|p| runs.look(p.1));
    let open = if said.dates.is_none() && open.len() > 1 {
        runs.only(&open).map_or(open, |o| vec![o])
    } else {
        open
    };
    let name = columns.first().map_or("", |c| table.columns[*c].name.as_str());
    match open[..] {
        [order] if fits(&order) => Ok(parts.iter().filter_map(|(c, p)| Some((*c, p.read(order)?))).collect()),
        [] | [_] => Err(Problem::new(
            table.place.clone().row(table.names_row),
            format!("columns such as `{name}` are not all days in one way of writing"),
        )
        .help("name all columns in one way, best as 2025-03-14")),
        _ => Err(Problem::new(
            table.place.clone().row(table.names_row),
            format!("`{name}` may be read in two ways, and no other column says which"),
        )
        .help("write `--dates day-first` or `--dates month-first`")),
    }
}

/// Reads a grid.
///
/// # Errors
/// If a cell makes no sense, with its place.
pub(crate) fn read(
    book: &Book,
    table: &SheetTable,
    shape: &TableShape,
    (said, zone): (&Said, Option<&TimeZone>),
    watch: &dyn ReadProgress,
) -> Result<Series, Problem> {
    let TableShape::Grid { grid, place, totals } = shape else {
        return Err(table.problem("this is no grid"));
    };
    let (key, columns): (usize, Vec<usize>) = match grid {
        Grid::Days { date, times } => (*date, times.iter().map(|t| t.0).collect()),
        Grid::Times { time, dates } => (*time, dates.clone()),
    };
    let dated: &[usize] = if matches!(grid, Grid::Days { .. }) { &[key] } else { &[] };
    let reading = reading_of_counts(table, dated, &columns, said)?;
    let mut cells = CellValues { table, reading, zone: zone.cloned(), hours_from_one: false };
    let named = match grid {
        Grid::Days { .. } => Vec::new(),
        Grid::Times { dates, .. } => days(table, dates, said)?,
    };
    let hours = &table.columns[key];
    if matches!(grid, Grid::Times { .. })
        && hours.numbers > 0
        && hours.range.0 >= 1.0
        && hours.range.1 >= 24.0
    {
        cells.hours_from_one = true;
    }
    let mut all = Collector::new(if place.is_none() { vec!["requests".to_owned()] } else { Vec::new() });
    table.rows(book, watch, &mut |row, row_cells| {
        if row <= table.names_row || is_total_row(row_cells) {
            return Ok(());
        }
        let get = |i: usize| row_cells.get(i).unwrap_or(&Cell::Empty);
        let p = match place.map(|p| (p, get(p))) {
            None => 0,
            Some((_, Cell::Text(name))) => all.place(&cells, row, name)?,
            Some((c, other)) => return Err(cells.wrong(row, c, other, "the name of a place")),
        };
        let of_row = mark(row_cells);
        let mut put = |c: usize, day: Date, time: Time| {
            let n = cells.count(row, c, get(c))?;
            n.map_or(Ok(()), |n| all.put(&cells, (row, day.to_datetime(time), of_row), p, n))
        };
        match grid {
            Grid::Days { times, .. } => {
                let day = cells.moment(row, key, get(key))?.date();
                times.iter().try_for_each(|(c, time)| put(*c, day, *time))
            }
            Grid::Times { .. } => {
                let time = cells.clock(row, key, get(key))?;
                named.iter().try_for_each(|(c, day)| put(*c, *day, time))
            }
        }
    })?;
    let across = if named.is_empty() { "times of day" } else { "days" };
    let mut notes = vec![format!(
        "a grid: columns are {across}, from `{}` to `{}`",
        columns.first().map_or("", |c| &table.columns[*c].name),
        columns.last().map_or("", |c| &table.columns[*c].name)
    )];
    notes.extend(
        totals.iter().map(|t| format!("column `{}` is one of sums and is left out", table.columns[*t].name)),
    );
    finish(all, table, zone, notes, false)
}
