//! Nested tables, as a spreadsheet's pivots are, read as plain ones: labels that stand once for the rows or columns below them, several levels
//! of labels in one column, names in two rows, rows and columns of subtotals.
//!
//! Nothing is taken for a subtotal because it looks so: its numbers are the sums of the rows below it, or the sheet is refused.

mod labels;
mod names;
mod rows;

use crate::cell::Cell;
use crate::problem::{Problem, TablePlace};
use crate::read::{Book, ReadProgress, Take};
use labels::{Kind, kind};
use names::Names;
use rows::{Labelled, Walk};
use std::collections::BTreeMap;

/// A row with its number.
type Row = (u64, Vec<Cell<'static>>);

/// How a nested table becomes a plain one.
#[derive(Debug, Clone)]
pub(crate) struct Pivot {
    names: Names,
    /// Kinds of the levels of labels in one column, the outermost first; empty where each level has a column of its own.
    levels: Vec<Kind>,
    /// How it was read, for people.
    pub notes: Vec<String>,
}

/// What is seen of labels over all rows.
#[derive(Debug, Default)]
struct Seen {
    /// Kinds of the first column in the order in which they come.
    kinds: Vec<Kind>,
    /// Rows of each.
    of_kind: Vec<u64>,
    /// Columns of which a label holds for the rows below it, and whether these are days.
    inherited: BTreeMap<usize, bool>,
    /// A label stands again below itself: then an empty cell is no label that stands above.
    repeated: bool,
    totals: u64,
    headers: u64,
}

/// Whether the first rows of a sheet may be those of a nested table: then all of it is looked at.
pub(crate) fn may_be(first: &[Row]) -> bool {
    let Some(names) = Names::of(first) else { return false };
    if names.says_pivot || names.is_spread() {
        return true;
    }
    let body: Vec<&Row> = first.iter().filter(|r| r.0 > names.last_row).take(12).collect();
    let key = |r: &Row, i: usize| r.1.get(i).cloned().unwrap_or(Cell::Empty);
    let below = body.windows(2).any(|w| {
        (0..names.keys.saturating_sub(1)).any(|i| {
            !key(w[0], i).is_empty()
                && key(w[1], i).is_empty()
                && (i + 1..names.keys).any(|j| !key(w[1], j).is_empty())
        })
    });
    let mut kinds: Vec<Kind> = Vec::new();
    for k in body.iter().filter_map(|r| kind(&key(r, 0))).filter(|k| *k != Kind::Total) {
        if !kinds.contains(&k) {
            kinds.push(k);
        }
    }
    below || names.keys == 1 && kinds.len() > 1 && kinds.iter().any(|k| matches!(k, Kind::Date | Kind::Day))
}

impl Pivot {
    /// Finds out how a sheet is nested; `None` where it is a plain table.
    ///
    /// # Errors
    /// If a row of a group is not the sum of the rows below it, or days have no year.
    pub(crate) fn of(
        book: &Book,
        sheet: Option<&str>,
        first: &[Row],
        watch: &dyn ReadProgress,
    ) -> Result<Option<Self>, Problem> {
        let Some(names) = Names::of(first) else { return Ok(None) };
        let place = TablePlace::sheet(&book.name, sheet);
        names.told(&place)?;
        let mut seen = Seen::default();
        let mut held: Vec<Cell<'static>> = vec![Cell::Empty; names.keys];
        let mut plain = true;
        book.rows(sheet, watch, &mut |row, cells| {
            if row <= names.last_row || cells.iter().filter(|c| !c.is_empty()).count() < 2 {
                return Ok(());
            }
            plain &= names.fits(cells);
            seen.look(&names, &mut held, cells);
            Ok(())
        })?;
        let compact = names.keys == 1 && seen.kinds.len() > 1 && seen.nests();
        let levels = if compact { seen.kinds.clone() } else { Vec::new() };
        let nested = compact
            || !seen.inherited.is_empty()
            || seen.headers > 0
            || names.is_spread()
            || names.is_renamed();
        if !plain || !nested || seen.repeated && !names.is_spread() {
            return Ok(None);
        }
        let mut out = Self { names, levels, notes: Vec::new() };
        out.notes = out.said(&seen);
        // Once through all rows: each row of a group is the sum of those below it, each day has a year.
        let mut walk = Walk::new(&out, place);
        book.rows(sheet, watch, &mut |row, cells| walk.check(row, cells))?;
        walk.finish()?;
        Ok(Some(out))
    }

    fn said(&self, seen: &Seen) -> Vec<String> {
        let mut out = Vec::new();
        if !self.levels.is_empty() {
            let words: Vec<&str> = self.levels.iter().map(|k| word(*k)).collect();
            out.push(format!(
                "a nested table: column `{}` has {} below each other; rows of the outer ones are the sums of those below them and are left out",
                self.names.key_names[0],
                words.join(", ")
            ));
        }
        for (column, of_days) in &seen.inherited {
            let name = &self.names.key_names[*column];
            let stands = if *of_days { "at the first row of each day and" } else { "once and" };
            out.push(format!("`{name}` stands {stands} holds for the rows below it"));
        }
        let rows = |n: u64| if n == 1 { "1 row".to_owned() } else { format!("{n} rows") };
        if self.levels.is_empty() && seen.headers > 0 {
            out.push(format!("{} with the sums of the rows below left out", rows(seen.headers)));
        }
        if seen.totals > 0 {
            out.push(format!("{} of totals left out", rows(seen.totals)));
        }
        out.extend(self.names.said());
        out
    }

    /// Hands the rows of the sheet to `take` as those of a plain table.
    ///
    /// # Errors
    /// If the file is broken, and what `take` says.
    pub(crate) fn rows(
        &self,
        book: &Book,
        sheet: Option<&str>,
        watch: &dyn ReadProgress,
        take: &mut Take<'_>,
    ) -> Result<(), Problem> {
        let mut walk = Walk::new(self, TablePlace::sheet(&book.name, sheet));
        book.rows(sheet, watch, &mut |row, cells| {
            if row < self.names.first_row {
                return if crate::heads::one_text(cells).is_some() { take(row, cells) } else { Ok(()) };
            }
            if row <= self.names.last_row {
                if row < self.names.last_row {
                    return Ok(());
                }
                if let Some(title) = &self.names.measure {
                    take(self.names.first_row, &[Cell::text(title)])?;
                }
                let head: Vec<Cell<'static>> = self.head();
                return take(row, &head);
            }
            match walk.next(row, cells)? {
                Labelled::Leaf(keys) => self.names.groups.iter().try_for_each(|g| {
                    let mut out = keys.clone();
                    out.extend(g.label.clone());
                    out.extend(
                        g.columns
                            .iter()
                            .map(|c| cells.get(*c).map_or(Cell::Empty, |c| c.clone().into_owned())),
                    );
                    take(row, &out)
                }),
                Labelled::Other => take(row, cells),
                Labelled::Outer | Labelled::Total => Ok(()),
            }
        })
    }

    /// The names of the plain table.
    fn head(&self) -> Vec<Cell<'static>> {
        let own: Vec<String> = if self.levels.is_empty() {
            self.names.key_names.clone()
        } else {
            plain_levels(&self.levels).map(|k| name(k).to_owned()).collect()
        };
        let own = own.into_iter().map(|n| Cell::text(&n).into_owned());
        own.chain(self.names.group_name.map(Cell::text)).chain(self.names.columns.iter().cloned()).collect()
    }
}

/// Levels that are columns of the plain table: years and months only tell the year of days.
fn plain_levels(levels: &[Kind]) -> impl Iterator<Item = Kind> + '_ {
    levels.iter().copied().filter(|k| !matches!(k, Kind::Year | Kind::Month | Kind::Period | Kind::Total))
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Date | Kind::Day => "Date",
        Kind::Clock => "Hour",
        _ => "Place",
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Year => "years",
        Kind::Month => "months",
        Kind::Date | Kind::Day => "days",
        Kind::Clock => "times of day",
        Kind::Period => "weeks or quarters",
        Kind::Place => "places",
        Kind::Total => "totals",
    }
}

impl Seen {
    /// Whether kinds of labels in one column are levels: days among them, from years to times of day, and no more rows of an outer level than of
    /// the innermost.
    fn nests(&self) -> bool {
        let rank = |k: &Kind| match k {
            Kind::Year => Some(0),
            Kind::Month => Some(1),
            Kind::Period => Some(2),
            Kind::Date | Kind::Day => Some(3),
            Kind::Clock => Some(4),
            Kind::Place | Kind::Total => None,
        };
        let ranks: Vec<i32> = self.kinds.iter().filter_map(rank).collect();
        let last = self.of_kind.last().copied().unwrap_or(0);
        ranks.contains(&3) && ranks.windows(2).all(|w| w[0] < w[1]) && self.of_kind.iter().all(|n| *n <= last)
    }

    fn look(&mut self, names: &Names, held: &mut [Cell<'static>], cells: &[Cell<'_>]) {
        let key = |i: usize| cells.get(i).unwrap_or(&Cell::Empty);
        if (0..names.keys).any(|i| kind(key(i)) == Some(Kind::Total)) {
            self.totals += 1;
            held.fill(Cell::Empty);
            return;
        }
        let last = names.keys - 1;
        if let Some(k) = kind(key(0)) {
            match self.kinds.iter().position(|seen| *seen == k) {
                Some(i) => self.of_kind[i] += 1,
                None => {
                    self.kinds.push(k);
                    self.of_kind.push(1);
                }
            }
        }
        let inner = !key(last).is_empty();
        for i in 0..last {
            if key(i).is_empty() {
                if inner && !held[i].is_empty() {
                    self.inherited.insert(i, matches!(kind(&held[i]), Some(Kind::Date | Kind::Day)));
                }
            } else {
                self.repeated |= held[i] == *key(i);
                held[i] = key(i).clone().into_owned();
                held[i + 1..].fill(Cell::Empty);
            }
        }
        self.headers += u64::from(!inner && (0..last).any(|i| !key(i).is_empty()));
    }
}
