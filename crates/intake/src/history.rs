//! What happened, by interval: offered requests, how many were answered in time, given up, who was there.

use crate::cell::Cell;
use crate::counts::Series;
use crate::facts::SheetTable;
use crate::problem::Problem;
use crate::read::{Book, ReadProgress};
use crate::recognise::History;
use crate::values::{CellValues, unit_of};
use crate::ways::{Said, reading};
use jiff::civil::DateTime;
use std::collections::{BTreeMap, BTreeSet};

/// What happened in one interval at one place.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Happened {
    /// Requests that came in the interval.
    pub offered: u64,
    /// Answered within the target.
    pub within: Option<f64>,
    /// Requests that gave up, where the file says so.
    pub abandoned: Option<f64>,
    /// Officers at work.
    pub staff: Option<f64>,
    /// Mean handling time, seconds.
    pub handling: Option<f64>,
}

/// A history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Past {
    /// Places; one without a name where the table has none.
    pub places: Vec<String>,
    /// By start of interval and place.
    pub rows: BTreeMap<(DateTime, usize), Happened>,
    /// Seconds of an interval.
    pub width: i64,
}

/// Reads a history.
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
    let numbers: Vec<usize> =
        [Some(h.offered), h.staff, h.within, h.share, h.answered, h.abandoned, h.handling]
            .into_iter()
            .flatten()
            .collect();
    let cells = CellValues {
        table,
        reading: reading(table, &h.when.columns()[..1], &numbers, said)?,
        zone: None,
        hours_from_one: false,
    };
    let unit = h.handling.map(|c| unit_of(table, c, said.unit)).transpose()?;
    // A share of 84 is a per cent, one of 0.84 is not; cells such as 84% say so themselves.
    let scale = h.share.map_or(1.0, |c| if table.columns[c].range.1 > 1.5 { 0.01 } else { 1.0 });
    let mut past =
        Past { places: if h.place.is_none() { vec![String::new()] } else { Vec::new() }, ..Past::default() };
    let mut first_row: BTreeMap<(DateTime, usize), u64> = BTreeMap::new();
    table.rows(book, watch, &mut |row, row_cells| {
        if row <= table.names_row || crate::durations::is_total_row(row_cells) {
            return Ok(());
        }
        let get = |i: usize| row_cells.get(i).unwrap_or(&Cell::Empty);
        let at = cells.when(row, row_cells, h.when)?;
        let place = match h.place.map(get) {
            None => 0,
            Some(Cell::Text(name)) => past.places.iter().position(|p| *p == *name).unwrap_or_else(|| {
                past.places.push(name.to_string());
                past.places.len() - 1
            }),
            Some(other) => return Err(cells.wrong(row, h.place.unwrap_or(0), other, "the name of a place")),
        };
        let number = |c: Option<usize>| match c {
            Some(c) => cells.number(row, c, get(c)),
            None => Ok(None),
        };
        let offered = cells.count(row, h.offered, get(h.offered))?.unwrap_or(0);
        let within = match (number(h.within)?, number(h.share)?) {
            (Some(n), _) => Some(n),
            (None, Some(s)) => Some(s * scale * offered as f64),
            _ => None,
        };
        if within.is_some_and(|w| w < -1e-9 || w > offered as f64 * 1.0001 + 0.5) {
            let c = h.within.or(h.share).unwrap_or(h.offered);
            return Err(cells.wrong(row, c, get(c), &format!("a part of the {offered} requests offered")));
        }
        let handling = match h.handling {
            Some(c) => cells.seconds(row, c, get(c), unit.unwrap_or(1.0))?,
            None => None,
        };
        let happened =
            Happened { offered, within, abandoned: number(h.abandoned)?, staff: number(h.staff)?, handling };
        if let Some(first) = first_row.insert((at, place), row) {
            let shown = at.strftime("%Y-%m-%d %H:%M");
            return Err(Problem::new(
                table.place.clone().row(row),
                format!("a second row for {shown}: the first is row {first}"),
            )
            .help("write one row for each interval and place"));
        }
        past.rows.insert((at, place), happened);
        Ok(())
    })?;
    let starts: BTreeSet<DateTime> = past.rows.keys().map(|k| k.0).collect();
    let starts: Vec<DateTime> = starts.into_iter().collect();
    let step = starts.windows(2).map(|w| w[0].duration_until(w[1]).as_secs()).min();
    past.width = step.filter(|s| *s >= 60 && 86_400 % s == 0).ok_or_else(|| {
        table
            .problem("the rows' times do not tell how long an interval is")
            .help("rows begin at equal steps: a quarter, half or whole hour, or a day")
    })?;
    Ok(past)
}

impl Past {
    /// The offered requests as counts of the places.
    pub(crate) fn series(&self) -> Series {
        let mut by: BTreeMap<DateTime, Vec<u64>> = BTreeMap::new();
        for ((at, place), r) in &self.rows {
            by.entry(*at).or_insert_with(|| vec![0; self.places.len()])[*place] = r.offered;
        }
        let named = |p: &String| if p.is_empty() { "requests".to_owned() } else { p.clone() };
        Series {
            places: self.places.iter().map(named).collect(),
            width: self.width,
            rows: by.into_iter().collect(),
            notes: Vec::new(),
        }
    }

    /// Mean handling time over all intervals that have one, by the requests offered; seconds.
    pub(crate) fn mean_handling(&self) -> Option<f64> {
        let (mut sum, mut n) = (0.0, 0.0);
        for r in self.rows.values().filter(|r| r.offered > 0) {
            if let Some(seconds) = r.handling.filter(|s| *s > 0.0) {
                sum += seconds * r.offered as f64;
                n += r.offered as f64;
            }
        }
        (n > 0.0).then(|| sum / n)
    }

    /// The arrivals as CSV: a column for each place.
    pub(crate) fn csv(&self) -> String {
        let mut by: BTreeMap<DateTime, Vec<u64>> = BTreeMap::new();
        for ((at, place), r) in &self.rows {
            by.entry(*at).or_insert_with(|| vec![0; self.places.len()])[*place] = r.offered;
        }
        let mut out = String::from("time");
        for (i, _) in self.places.iter().enumerate() {
            out.push_str(&format!(",place {}", i + 1));
        }
        out.push('\n');
        for (at, n) in by {
            out.push_str(&at.strftime("%Y-%m-%d %H:%M").to_string());
            n.iter().for_each(|n| out.push_str(&format!(",{n}")));
            out.push('\n');
        }
        out
    }

    /// First and last day.
    pub(crate) fn days(&self) -> Option<(jiff::civil::Date, jiff::civil::Date)> {
        Some((self.rows.first_key_value()?.0.0.date(), self.rows.last_key_value()?.0.0.date()))
    }
}
