//! The rows of a nested table, one after the other: which labels hold, and whether rows of groups are sums of those below them.

use super::Pivot;
use super::labels::{Held, Kind, kind};
use super::plain_levels;
use crate::cell::{Cell, Decimal, number};
use crate::problem::{Problem, TablePlace};
use jiff::civil::Time;

/// What a row is.
pub(super) enum Labelled {
    /// One of the innermost level, with all of its labels.
    Leaf(Vec<Cell<'static>>),
    /// One of a group.
    Outer,
    /// One of totals.
    Total,
    /// Something else: a remark.
    Other,
}

/// A row of a group whose sum is not yet known to be one.
struct Group {
    row: u64,
    level: usize,
    label: String,
    /// Its numbers in both ways of reading them.
    own: Vec<[Option<f64>; 2]>,
    sums: Vec<[f64; 2]>,
    rows: u64,
}

/// What to write where days have no year.
const NO_YEAR: &str =
    "write the days with their year, such as 2025-03-14: in a pivot ungroup the dates, or show years too";

/// Goes through rows.
pub(super) struct Walk<'p> {
    pivot: &'p Pivot,
    place: TablePlace,
    held: Held,
    open: Vec<Group>,
}

fn read(cell: &Cell<'_>) -> [Option<f64>; 2] {
    match cell {
        Cell::Number(x) => [Some(*x); 2],
        Cell::Text(text) => [number(text, Decimal::Point), number(text, Decimal::Comma)],
        _ => [None; 2],
    }
}

impl<'p> Walk<'p> {
    pub(super) fn new(pivot: &'p Pivot, place: TablePlace) -> Self {
        Self { pivot, place, held: Held::default(), open: Vec::new() }
    }

    /// The level of the innermost label of a row; `None` where it has none.
    fn level(&self, cells: &[Cell<'_>]) -> Option<usize> {
        let key = |i: usize| cells.get(i).unwrap_or(&Cell::Empty);
        if self.pivot.levels.is_empty() {
            return (0..self.pivot.names.keys).rev().find(|i| !key(*i).is_empty());
        }
        let own = kind(key(0))?;
        self.pivot.levels.iter().position(|k| *k == own)
    }

    /// What the next row is.
    ///
    /// # Errors
    /// If a day has no year.
    pub(super) fn next(&mut self, row: u64, cells: &[Cell<'_>]) -> Result<Labelled, Problem> {
        let names = &self.pivot.names;
        let key = |i: usize| cells.get(i).unwrap_or(&Cell::Empty);
        let filled = cells.iter().filter(|c| !c.is_empty()).count();
        if (0..names.keys).any(|i| kind(key(i)) == Some(Kind::Total)) {
            self.held.0.clear();
            return Ok(Labelled::Total);
        }
        let Some(level) = self.level(cells) else { return Ok(Labelled::Other) };
        // A remark is no label; that of a group without numbers is.
        let remark = || names.keys == 1 || kind(key(0)) == Some(Kind::Period);
        if filled == 1 && self.pivot.levels.is_empty() && crate::heads::one_text(cells).is_some() && remark()
        {
            return Ok(Labelled::Other);
        }
        if self.pivot.levels.is_empty() {
            (0..names.keys).filter(|i| !key(*i).is_empty()).for_each(|i| self.held.set(i, key(i)));
        } else {
            self.held.set(level, key(0));
        }
        let last = self.last();
        if level < last {
            return Ok(Labelled::Outer);
        }
        Ok(Labelled::Leaf(self.labels(row)?))
    }

    fn last(&self) -> usize {
        if self.pivot.levels.is_empty() { self.pivot.names.keys - 1 } else { self.pivot.levels.len() - 1 }
    }

    /// All labels that hold for a row, days with their year.
    fn labels(&self, row: u64) -> Result<Vec<Cell<'static>>, Problem> {
        let names = &self.pivot.names;
        let dated = |cell: &Cell<'static>, name: &str| match (kind(cell), self.held.date(cell)) {
            (Some(Kind::Day), Some(date)) => Ok(Cell::Moment(date.to_datetime(Time::midnight()))),
            (Some(Kind::Day), None) => {
                let what = format!("{} has no year, and no label above it names one", cell.shown());
                Err(Problem::new(self.place.clone().row(row).column(name), what).help(NO_YEAR))
            }
            _ => Ok(cell.clone()),
        };
        if self.pivot.levels.is_empty() {
            return self.held.0.iter().zip(&names.key_names).map(|(c, n)| dated(c, n)).collect();
        }
        let levels = &self.pivot.levels;
        plain_levels(levels)
            .map(|k| {
                let at = levels.iter().position(|l| *l == k).unwrap_or(0);
                dated(self.held.0.get(at).unwrap_or(&Cell::Empty), &names.key_names[0])
            })
            .collect()
    }

    /// The same, and whether rows of groups are sums.
    ///
    /// # Errors
    /// If one is not.
    pub(super) fn check(&mut self, row: u64, cells: &[Cell<'_>]) -> Result<(), Problem> {
        let names = &self.pivot.names;
        if row <= names.last_row {
            return Ok(());
        }
        let numbers = || names.all().map(|c| read(cells.get(c).unwrap_or(&Cell::Empty)));
        match self.next(row, cells)? {
            Labelled::Leaf(_) => {
                for group in &mut self.open {
                    group.rows += 1;
                    for (sum, x) in group.sums.iter_mut().zip(numbers()) {
                        (sum[0], sum[1]) = (sum[0] + x[0].unwrap_or(0.0), sum[1] + x[1].unwrap_or(0.0));
                    }
                }
                Ok(())
            }
            Labelled::Outer => {
                let level = self.level(cells).unwrap_or(0);
                self.close(level)?;
                let own: Vec<[Option<f64>; 2]> = numbers().collect();
                let label = cells.iter().find(|c| !c.is_empty()).map_or_else(String::new, Cell::shown);
                let sums = vec![[0.0; 2]; own.len()];
                self.open.push(Group { row, level, label, own, sums, rows: 0 });
                Ok(())
            }
            Labelled::Total => self.close(0),
            Labelled::Other if numbers().any(|x| x != [None; 2]) => {
                Err(Problem::new(self.place.clone().row(row), "this row has numbers and no label")
                    .help("write its label, or take the row out if it has sums"))
            }
            Labelled::Other => Ok(()),
        }
    }

    /// Groups of such a level and within it end.
    fn close(&mut self, level: usize) -> Result<(), Problem> {
        let names = &self.pivot.names;
        while let Some(group) = self.open.pop_if(|g| g.level >= level) {
            for ((column, own), sum) in names.all().zip(&group.own).zip(&group.sums) {
                let same = |i: usize| own[i].is_some_and(|x| (x - sum[i]).abs() <= 1e-6 * (1.0 + x.abs()));
                if own == &[None; 2] || names.is_mean(column) || same(0) || same(1) {
                    continue;
                }
                let found = own[0].or(own[1]).unwrap_or(0.0);
                let what = if group.rows == 0 {
                    format!("{} has {found} here, and no rows below it", group.label)
                } else {
                    format!(
                        "{} has {found} here, and the {} rows below it have {}",
                        group.label, group.rows, sum[0]
                    )
                };
                return Err(Problem::new(
                    self.place.clone().row(group.row).column(names.raw_name(column)),
                    format!("{what}: it is neither their sum nor a row of its own"),
                )
                .help("write every label in every row (in a pivot: tabular form, repeat all item labels, no subtotals)"));
            }
        }
        Ok(())
    }

    /// All rows are seen.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        self.close(0)
    }
}
