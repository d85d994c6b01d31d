//! What happened, by interval: offered requests, how many were answered in time, given up, who was there.

use crate::cell::Cell;
use crate::counts::Series;
use crate::facts::SheetTable;
use crate::fit_file::chosen;
use crate::measures::{MeasureColumns, of_sheet_called};
use crate::problem::{Problem, TablePlace};
use crate::read::{Book, ReadProgress};
use crate::recognise::{self, History, TableShape};
use crate::tables::of_sheet;
use crate::values::{CellValues, named_unit, unit_of};
use crate::ways::{Said, reading};
use jiff::civil::DateTime;
pub(crate) use poolwise_backtest::past::{Happened, Past};
use std::collections::{BTreeMap, BTreeSet};

/// What a table says of an interval at a place.
#[derive(Debug, Clone, Copy, Default)]
struct Row {
    /// The table, and its row.
    table: usize,
    row: u64,
    /// Column of those answered in time.
    column: usize,
    offered: Option<u64>,
    within: Option<f64>,
    /// A part of those offered.
    share: Option<f64>,
    abandoned: Option<f64>,
    staff: Option<f64>,
    handling: Option<f64>,
}

/// What one table says.
pub(crate) struct Part<'t> {
    table: &'t SheetTable,
    /// What it is called: what stands above it, or its sheet.
    name: &'t str,
    /// One without a name where it names none.
    places: Vec<String>,
    rows: BTreeMap<(DateTime, usize), Row>,
}

impl<'t> Part<'t> {
    /// Reads a table.
    ///
    /// # Errors
    /// If a row makes no sense, with its place.
    pub(crate) fn read(
        (book, table, name): (&Book, &'t SheetTable, &'t str),
        h: &History,
        said: &Said,
        watch: &dyn ReadProgress,
    ) -> Result<Self, Problem> {
        let numbers: Vec<usize> = h.each.iter().flat_map(|m| m.numbers()).collect();
        let cells = CellValues {
            table,
            reading: reading(table, &h.when.columns()[..1], &numbers, said)?,
            zone: None,
            hours_from_one: false,
        };
        let columns: Vec<Columns<'_>> =
            h.each.iter().map(|m| Columns::of(table, m, said)).collect::<Result<_, Problem>>()?;
        let places = match h.place {
            Some(_) => Vec::new(),
            None => h.each.iter().map(|m| m.place.clone().unwrap_or_default()).collect(),
        };
        let mut part = Self { table, name, places, rows: BTreeMap::new() };
        table.rows(book, watch, &mut |row, row_cells| {
            if row <= table.names_row || crate::totals::is_total_row(row_cells) {
                return Ok(());
            }
            let at = cells.when(row, row_cells, h.when)?;
            let named = match h.place.map(|c| (c, row_cells.get(c).unwrap_or(&Cell::Empty))) {
                None => None,
                Some((_, Cell::Text(name))) => Some(part.number(name)),
                Some((c, other)) => return Err(cells.wrong(row, c, other, "the name of a place")),
            };
            for (i, of) in columns.iter().enumerate() {
                let key = (at, named.unwrap_or(i));
                if let Some(first) = part.rows.insert(key, of.read(&cells, row, row_cells)?) {
                    let shown = at.strftime("%Y-%m-%d %H:%M");
                    return Err(Problem::new(
                        table.place.clone().row(row),
                        format!("a second row for {shown}: the first is row {}", first.row),
                    )
                    .help("write one row for each interval and place"));
                }
            }
            Ok(())
        })?;
        Ok(part)
    }

    fn number(&mut self, name: &str) -> usize {
        self.places.iter().position(|p| p == name).unwrap_or_else(|| {
            self.places.push(name.to_owned());
            self.places.len() - 1
        })
    }

    fn span(&self) -> Option<(DateTime, DateTime)> {
        Some((self.rows.first_key_value()?.0.0, self.rows.last_key_value()?.0.0))
    }
}

/// The columns of a place, and how to read them.
struct Columns<'m> {
    of: &'m MeasureColumns,
    /// Seconds of a handling time's unit.
    unit: f64,
    /// A share of 84 is a per cent, one of 0.84 is not; cells such as 84% say so themselves.
    scale: f64,
}

impl<'m> Columns<'m> {
    fn of(table: &SheetTable, of: &'m MeasureColumns, said: &Said) -> Result<Self, Problem> {
        let unit = of.handling.map(|c| unit_of(table, c, said.unit)).transpose()?.unwrap_or(1.0);
        let scale = of.share.map_or(1.0, |c| if table.columns[c].range.1 > 1.5 { 0.01 } else { 1.0 });
        Ok(Self { of, unit, scale })
    }

    fn read(&self, cells: &CellValues<'_>, row: u64, all: &[Cell<'_>]) -> Result<Row, Problem> {
        let get = |i: usize| all.get(i).unwrap_or(&Cell::Empty);
        let number = |c: Option<usize>| c.map_or(Ok(None), |c| cells.number(row, c, get(c)));
        Ok(Row {
            table: 0,
            row,
            column: self.of.within.or(self.of.share).unwrap_or(0),
            offered: match self.of.offered {
                Some(c) => Some(cells.count(row, c, get(c))?.unwrap_or(0)),
                None => None,
            },
            within: number(self.of.within)?,
            share: number(self.of.share)?.map(|s| s * self.scale),
            abandoned: number(self.of.abandoned)?,
            staff: number(self.of.staff)?,
            handling: self.of.handling.map_or(Ok(None), |c| cells.seconds(row, c, get(c), self.unit))?,
        })
    }
}

impl Row {
    /// Adds what another table says; `None` where both say the same thing.
    fn and(self, other: Self) -> Option<Self> {
        fn one<T>(a: Option<T>, b: Option<T>) -> Option<Option<T>> {
            if a.is_some() && b.is_some() { None } else { Some(a.or(b)) }
        }
        // Where those in time stand is kept for messages.
        let at = if other.within.or(other.share).is_some() { other } else { self };
        Some(Self {
            table: at.table,
            row: at.row,
            column: at.column,
            offered: one(self.offered, other.offered)?,
            within: one(self.within, other.within)?,
            share: one(self.share, other.share)?,
            abandoned: one(self.abandoned, other.abandoned)?,
            staff: one(self.staff, other.staff)?,
            handling: one(self.handling, other.handling)?,
        })
    }
}

/// Makes one history of what tables say: each a month or a place of its own, or a measure.
///
/// # Errors
/// If two say the same thing of an interval, more was answered than came, or nothing tells how long an interval is.
pub(crate) fn of_parts(mut parts: Vec<Part<'_>>) -> Result<Past, Problem> {
    let mut past = Past::default();
    // Tables of the same days that name no place are a place each.
    let mut spans: Vec<(DateTime, DateTime)> = parts.iter().filter_map(Part::span).collect();
    spans.sort_unstable();
    let unnamed = |p: &Part<'_>| p.places.len() == 1 && p.places[0].is_empty();
    if parts.len() > 1 && parts.iter().all(unnamed) && spans.windows(2).any(|w| w[1].0 <= w[0].1) {
        parts.iter_mut().for_each(|p| p.places = vec![p.name.to_owned()]);
        let names = parts.iter().map(|p| format!("`{}`", p.name)).collect::<Vec<_>>().join(", ");
        past.notes.push(format!("tables of the same days that name no place are a place each: {names}"));
    }
    let mut rows: BTreeMap<(DateTime, usize), Row> = BTreeMap::new();
    for (n, part) in parts.iter().enumerate() {
        let own: Vec<usize> = part.places.iter().map(|p| past.place(p)).collect();
        for ((at, p), new) in &part.rows {
            let key = (*at, own[*p]);
            let new = Row { table: n, ..*new };
            let both = match rows.get(&key) {
                None => new,
                Some(old) => old.and(new).ok_or_else(|| {
                    let of = match past.places[key.1].as_str() {
                        "" => String::new(),
                        name => format!(" of `{name}`"),
                    };
                    let first = parts[old.table].table.place.clone().row(old.row);
                    Problem::new(
                        part.table.place.clone().row(new.row),
                        format!(
                            "{}{of} is here a second time: the first is {first}",
                            at.strftime("%Y-%m-%d %H:%M")
                        ),
                    )
                    .help("leave one of the two out: of workbooks `--sheet` names what is read")
                })?,
            };
            rows.insert(key, both);
        }
    }
    for (key, r) in rows {
        let offered = r.offered.unwrap_or(0);
        let within = r.within.or(r.share.map(|s| s * offered as f64));
        if within.is_some_and(|w| w < -1e-9 || w > offered as f64 * 1.0001 + 0.5) {
            let table = parts[r.table].table;
            let place = table.place.clone().row(r.row);
            let place = table.columns.get(r.column).map_or(place.clone(), |c| place.column(&c.name));
            let shown =
                r.within.map_or_else(|| format!("a share of {}", r.share.unwrap_or(0.0)), |w| w.to_string());
            return Err(Problem::new(
                place,
                format!("{shown} is not a part of the {offered} requests offered"),
            ));
        }
        let Row { abandoned, staff, handling, .. } = r;
        past.rows.insert(key, Happened { offered, within, abandoned, staff, handling });
    }
    let starts: BTreeSet<DateTime> = past.rows.keys().map(|k| k.0).collect();
    let starts: Vec<DateTime> = starts.into_iter().collect();
    let step = starts.windows(2).map(|w| w[0].duration_until(w[1]).as_secs()).min();
    past.width = step.filter(|s| *s >= 60 && 86_400 % s == 0).ok_or_else(|| {
        let place = parts.first().map_or_else(Default::default, |p| p.table.place.clone());
        Problem::new(place, "the rows' times do not tell how long an interval is")
            .help("rows begin at equal steps: a quarter, half or whole hour, or a day")
    })?;
    Ok(past)
}

/// Reads a history of one table.
///
/// # Errors
/// If a row makes no sense, with its place.
pub(crate) fn history(
    book: &Book,
    table: &SheetTable,
    h: &History,
    said: &Said,
    watch: &dyn ReadProgress,
) -> Result<Past, Problem> {
    of_parts(vec![Part::read((book, table, ""), h, said, watch)?])
}

/// Whether a table is of numbers by interval: a log of events is none.
fn is_by_interval(shape: &TableShape) -> bool {
    match shape {
        TableShape::Events {
            answered: None,
            ended: None,
            duration: None,
            wait: None,
            abandoned: None,
            ..
        } => true,
        shape => matches!(shape, TableShape::Counts { .. } | TableShape::Coverage(_)),
    }
}

fn of_sheet_named(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!(" in `{name}`") }
}

/// Reads a history from all tables of a book, or of the sheet named: one of all places, one for each place or month, or one for each measure.
///
/// # Errors
/// If no table is one, or a row makes no sense, with its place.
pub(crate) fn of_book(
    book: &Book,
    named: Option<&str>,
    said: &Said,
    watch: &dyn ReadProgress,
) -> Result<Past, Problem> {
    let sheets = if named.is_some() { vec![chosen(book, named)?] } else { book.sheets()? };
    let mut tables = Vec::new();
    for sheet in &sheets {
        tables.extend(of_sheet(book, sheet.as_deref(), watch)?);
    }
    if sheets.is_empty() {
        chosen(book, None)?;
    }
    let several = tables.len() > 1;
    let (mut parts, mut others, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for table in &tables {
        notes.extend(table.view.read_as.iter().cloned());
        let name = table.name.as_deref().or(table.sheet.as_deref()).unwrap_or_default();
        let (when, found) = (recognise::when(table), recognise::shape(table));
        let called = |found: &Result<TableShape, Problem>| {
            let counted = found.as_ref().map_or(true, is_by_interval);
            when.filter(|_| several && counted).and_then(|w| of_sheet_called(table, name, w))
        };
        let (h, unit) = match found {
            Ok(TableShape::History(h)) => (h, said.unit),
            // The unit of handling times stands where they are named.
            found => match (called(&found), found) {
                (Some(h), _) => (h, said.unit.or_else(|| named_unit(name))),
                (None, Err(problem)) if !several || when.is_some() => return Err(problem),
                (None, _) => {
                    others.push((table, name));
                    continue;
                }
            },
        };
        if h.each.len() > 1 {
            let names: Vec<String> =
                h.each.iter().filter_map(|m| Some(format!("`{}`", m.place.as_ref()?))).collect();
            notes.push(format!("columns of {}{}", names.join(", "), of_sheet_named(name)));
        }
        parts.push(Part::read((book, table, name), &h, &Said { unit, ..said.clone() }, watch)?);
    }
    if parts.is_empty() {
        let what = "this is no history: requests offered and how many were answered in time, by interval";
        let help = "columns such as `Date/time`, `Office`, `Offered`, `Answered within 30 min`; each place may have a sheet or columns of its own";
        let place =
            TablePlace::sheet(&book.name, sheets.first().and_then(Option::as_deref).filter(|_| !several));
        return Err(Problem::new(place, what).help(help));
    }
    let n = parts.len();
    let mut past = of_parts(parts)?;
    if n > 1 {
        notes.push(format!("{n} tables are made one history"));
    }
    notes.append(&mut past.notes);
    past.notes = notes;
    past.notes.extend(others.iter().map(|(_, name)| format!("`{name}` is no history and is left out")));
    Ok(past)
}

/// The offered requests as counts of the places.
pub(crate) fn series(past: &Past) -> Series {
    let mut by: BTreeMap<DateTime, Vec<u64>> = BTreeMap::new();
    for ((at, place), r) in &past.rows {
        by.entry(*at).or_insert_with(|| vec![0; past.places.len()])[*place] = r.offered;
    }
    let named = |p: &String| if p.is_empty() { "requests".to_owned() } else { p.clone() };
    Series {
        places: past.places.iter().map(named).collect(),
        width: past.width,
        rows: by.into_iter().collect(),
        notes: Vec::new(),
    }
}
