//! The tables of a sheet: one as a rule, or several beside or below each other, as people put a place next to the other.

use crate::cell::Cell;
use crate::facts::{Facts, SheetTable, add};
use crate::heads::{self, one_text};
use crate::pivot::{self, Pivot};
use crate::problem::{Problem, TablePlace};
use crate::read::{Book, ReadProgress};
use crate::totals::is_total_word;
use crate::view::{plain, rows_of};
use crate::words::{ANSWERED, ARRIVED, ENDED, TOTAL, says};
use std::ops::Range;
use std::rc::Rc;

/// A row with its number.
type Row = (u64, Vec<Cell<'static>>);

/// Rows of one text that are kept as remarks; more of them are no remarks.
const MOST_REMARKS: usize = 200;
/// Tables that a sheet may have: each is read by itself.
const MOST: usize = 100;

fn word<'c>(cell: &'c Cell<'_>) -> Option<&'c str> {
    match cell {
        Cell::Text(text) if !heads::is_data(cell) => Some(text.trim()),
        _ => None,
    }
}

/// Tables beside each other: columns of each, and what stands above it.
fn blocks(first: &[Row]) -> Vec<(Range<usize>, Option<String>)> {
    let whole = || vec![(0..usize::MAX, None)];
    for (i, (_, cells)) in first.iter().enumerate() {
        let Some(a) = cells.iter().position(|c| !c.is_empty()) else { continue };
        let Some(name) = word(&cells[a]) else { continue };
        let again = |c: &Cell<'_>| word(c).is_some_and(|w| w.eq_ignore_ascii_case(name));
        let starts: Vec<usize> = (a..cells.len()).filter(|c| again(&cells[*c])).collect();
        if starts.len() < 2 || starts.windows(2).any(|w| w[1] - w[0] < 2) {
            continue;
        }
        let below = &first[i + 1..];
        // Of two rows of names the lower may begin where the upper has the names of the rows: then nothing is repeated.
        let leftmost = below.iter().filter_map(|r| r.1.iter().position(|c| !c.is_empty())).min();
        if leftmost.is_none_or(|l| l < a) {
            continue;
        }
        let ends = starts.iter().skip(1).copied().chain([usize::MAX]);
        let ranges: Vec<Range<usize>> = starts.iter().copied().zip(ends).map(|(s, e)| s..e).collect();
        let filled = |cells: &[Cell<'_>], r: &Range<usize>| {
            let end = r.end.min(cells.len());
            cells.get(r.start..end).map_or(0, |c| c.iter().filter(|c| !c.is_empty()).count())
        };
        if ranges.iter().any(|r| filled(cells, r) < 2 || below.iter().all(|b| filled(&b.1, r) < 2)) {
            continue;
        }
        let titles = titles(&first[..i], &ranges);
        let apart = starts
            .iter()
            .skip(1)
            .all(|s| first[i..].iter().all(|r| r.1.get(s - 1).is_none_or(Cell::is_empty)));
        // Dates of one record stand beside each other too: arrived, answered, ended.
        let of_one = |t: &Option<String>| {
            t.as_ref().is_some_and(|t| {
                [ARRIVED, ANSWERED, ENDED].iter().any(|w| w.contains(&t.to_lowercase().as_str()))
            })
        };
        if titles.iter().any(of_one) || !(apart || titles.iter().all(Option::is_some)) {
            continue;
        }
        // What stands left of the first table, in the rows above, goes with it.
        return ranges
            .into_iter()
            .enumerate()
            .map(|(n, r)| if n == 0 { 0..r.end } else { r })
            .zip(titles)
            .collect();
    }
    whole()
}

/// The text above each of some ranges of columns: in the lowest row that has texts above two of them or more.
fn titles(above: &[Row], ranges: &[Range<usize>]) -> Vec<Option<String>> {
    let of = |cells: &[Cell<'_>], r: &Range<usize>| {
        let end = r.end.min(cells.len());
        cells.get(r.start..end)?.iter().find_map(word).map(str::to_owned)
    };
    for (_, cells) in above.iter().rev() {
        let found: Vec<Option<String>> = ranges.iter().map(|r| of(cells, r)).collect();
        let different: std::collections::BTreeSet<&String> = found.iter().flatten().collect();
        if different.len() >= 2 {
            return found;
        }
    }
    vec![None; ranges.len()]
}

/// A table, or several below each other, while their rows go by.
struct Below<'b> {
    book: &'b Book,
    sheet: Option<&'b str>,
    columns: Range<usize>,
    name: Option<String>,
    first: Vec<Row>,
    tables: Vec<SheetTable>,
    /// The text above the first table, which names it where others stand below.
    above: Option<String>,
    /// A row of one text, which may be the title of a table below.
    title: Option<Row>,
    /// The row of names.
    head: Vec<Cell<'static>>,
}

fn owned(cells: &[Cell<'_>]) -> Vec<Cell<'static>> {
    cells.iter().map(|c| c.clone().into_owned()).collect()
}

impl Below<'_> {
    fn take(&mut self, row: u64, all: &[Cell<'_>]) {
        let end = self.columns.end.min(all.len());
        let cells = all.get(self.columns.start.min(end)..end).unwrap_or_default();
        if cells.iter().all(Cell::is_empty) {
            return;
        }
        if self.tables.is_empty() {
            self.first.push((row, owned(cells)));
            if self.first.len() == heads::TITLE_ROWS {
                self.begin();
            }
        } else {
            self.put(row, cells);
        }
    }

    /// A row below the names.
    fn put(&mut self, row: u64, cells: &[Cell<'_>]) {
        if self.is_head(cells) {
            self.again(row);
            return;
        }
        self.flush();
        if one_text(cells).is_some() {
            self.title = Some((row, owned(cells)));
        } else if let Some(table) = self.tables.last_mut() {
            add(table, row, cells);
        }
    }

    /// The row that was held back is no title: it belongs to the table.
    fn flush(&mut self) {
        let (Some((row, cells)), Some(table)) = (self.title.take(), self.tables.last_mut()) else { return };
        // Beside other columns one text alone is a remark, or the title of a part; whoever reads the table says so.
        let text =
            one_text(&cells).filter(|_| table.columns.len() > 1 && table.view.remarks.len() < MOST_REMARKS);
        match text {
            Some(text) if !is_total_word(text) => table.view.remarks.push((row, text.to_owned())),
            _ => add(table, row, &cells),
        }
    }

    fn is_head(&self, cells: &[Cell<'_>]) -> bool {
        let same = |(a, b): (&Cell<'_>, &Cell<'_>)| match (a, b) {
            (Cell::Text(a), Cell::Text(b)) => a.eq_ignore_ascii_case(b),
            _ => a == b,
        };
        let trimmed = |n: usize| n - cells[..n].iter().rev().take_while(|c| c.is_empty()).count();
        self.head.len() >= 2
            && trimmed(cells.len()) == self.head.len()
            && self.head.iter().zip(cells).all(same)
    }

    /// The names stand once more: below another title they are those of another table, else those of a page of the same.
    fn again(&mut self, row: u64) {
        let title = self.title.take();
        let Some(table) = self.tables.last_mut() else { return };
        let before = table.name.clone().or_else(|| self.above.take());
        match title.as_ref().and_then(|(at, cells)| Some((*at, one_text(cells)?))) {
            Some((at, name)) if before.as_deref() != Some(name) => {
                table.name = before;
                table.view.rows.end = at;
                let mut next = SheetTable::empty(table);
                next.view.columns = table.view.columns.clone();
                next.view.rows = row..u64::MAX;
                next.names_row = row;
                next.name = Some(name.to_owned());
                let names = table.columns.iter().map(|c| c.name.clone());
                next.columns = names.map(|name| Facts { name, ..Facts::default() }).collect();
                // One more than there may be is told at the end.
                if self.tables.len() <= MOST {
                    self.tables.push(next);
                }
            }
            _ => {
                self.above = before.filter(|_| table.name.is_none());
                table.view.left_out.extend(title.map(|t| t.0).into_iter().chain([row]));
            }
        }
    }

    /// Enough rows are known to tell where the names stand.
    fn begin(&mut self) {
        let rows = std::mem::take(&mut self.first);
        let Some(mut begun) = heads::begin(self.book, self.sheet, &rows, self.columns.start) else { return };
        begun.table.view.columns = self.columns.clone();
        begun.table.name.clone_from(&self.name);
        let above = &rows[..begun.names.as_ref().map_or(0, |n| n.start)];
        begun.table.title = above.iter().flat_map(|r| &r.1).filter_map(word).collect::<Vec<_>>().join(" ");
        self.above = above.last().and_then(|r| one_text(&r.1)).map(str::to_owned);
        begun.table.view.above.clone_from(&self.above);
        if let Some((_, cells)) = begun.names.and_then(|n| rows[n].last()) {
            let empty = cells.iter().rev().take_while(|c| c.is_empty()).count();
            self.head = cells[..cells.len() - empty].to_vec();
        }
        self.tables.push(begun.table);
        for (row, cells) in &rows[begun.from..] {
            self.put(*row, cells);
        }
    }

    fn finish(mut self) -> Vec<SheetTable> {
        if self.tables.is_empty() {
            self.begin();
        }
        self.flush();
        self.tables
    }
}

/// Looks at all rows of a sheet.
///
/// # Errors
/// If the file is broken, two columns of a table have one name, or formulas have no values.
pub fn of_sheet(
    book: &Book,
    sheet: Option<&str>,
    watch: &dyn ReadProgress,
) -> Result<Vec<SheetTable>, Problem> {
    let pivot = nested(book, sheet, watch)?;
    let tables = plain_or_nested(book, sheet, pivot.as_ref(), watch)?;
    tables
        .into_iter()
        .map(|mut t| {
            if let Some(pivot) = &pivot {
                t.view.pivot = Some(Rc::clone(pivot));
                t.view.read_as.clone_from(&pivot.notes);
            }
            sound(&t)?;
            plain(t, book, watch)
        })
        .collect()
}

/// How a sheet is nested, if it is; told by its first rows, and then by all of them.
fn nested(book: &Book, sheet: Option<&str>, watch: &dyn ReadProgress) -> Result<Option<Rc<Pivot>>, Problem> {
    let mut first: Vec<Row> = Vec::new();
    let mut enough = false;
    let read = book.rows(sheet, watch, &mut |row, cells| {
        first.push((row, owned(cells)));
        enough = first.len() == heads::TITLE_ROWS;
        // Nobody sees this: it ends the reading.
        if enough { Err(Problem::new(TablePlace::sheet(&book.name, sheet), "enough")) } else { Ok(()) }
    });
    if !enough {
        read?;
    }
    if !pivot::may_be(&first) {
        return Ok(None);
    }
    Ok(Pivot::of(book, sheet, &first, watch)?.map(Rc::new))
}

fn plain_or_nested(
    book: &Book,
    sheet: Option<&str>,
    pivot: Option<&Rc<Pivot>>,
    watch: &dyn ReadProgress,
) -> Result<Vec<SheetTable>, Problem> {
    let mut first: Vec<Row> = Vec::new();
    let mut beside: Vec<Below<'_>> = Vec::new();
    let begin = |first: &mut Vec<Row>| -> Vec<Below<'_>> {
        let mut blocks = blocks(first);
        blocks.truncate(MOST + 1);
        let mut all: Vec<Below<'_>> = blocks
            .into_iter()
            .map(|(columns, name)| Below {
                book,
                sheet,
                columns,
                name,
                first: Vec::new(),
                tables: Vec::new(),
                above: None,
                title: None,
                head: Vec::new(),
            })
            .collect();
        for (row, cells) in first.drain(..) {
            all.iter_mut().for_each(|b| b.take(row, &cells));
        }
        all
    };
    rows_of(book, sheet, pivot.map(|p| &**p), watch, &mut |row, cells| {
        if beside.is_empty() {
            first.push((row, owned(cells)));
            if first.len() == heads::TITLE_ROWS {
                beside = begin(&mut first);
            }
        } else {
            beside.iter_mut().for_each(|b| b.take(row, cells));
        }
        Ok(())
    })?;
    if beside.is_empty() {
        beside = begin(&mut first);
    }
    let tables: Vec<SheetTable> = beside.into_iter().flat_map(Below::finish).filter(|t| t.rows > 0).collect();
    if tables.len() > MOST {
        let what = format!("more than {MOST} tables stand beside or below each other");
        return Err(Problem::new(TablePlace::sheet(&book.name, sheet), what)
            .help("make them one table, with a column that says which place a row is of"));
    }
    Ok(tables)
}

/// Whether each column has values and a name of its own.
fn sound(t: &SheetTable) -> Result<(), Problem> {
    // Sums, and hours of a roster, follow from what stands beside them.
    let follows = |c: &Facts| says(c, TOTAL) || says(c, &["hours"]);
    let not_known = |c: &&Facts| c.filled == 0 && !follows(c);
    if let Some((c, row)) = t.columns.iter().filter(not_known).find_map(|c| Some((c, c.unsaved?))) {
        return Err(Problem::new(
            t.place.clone().row(row).column(&c.name),
            "the column has formulas, and none of their values was saved",
        )
        .help("open the workbook in a spreadsheet program and save it: a program wrote the formulas without their results"));
    }
    let mut seen = std::collections::BTreeSet::new();
    match t.columns.iter().filter(|c| c.filled > 0).find(|c| !seen.insert(c.name.as_str())) {
        None => Ok(()),
        Some(c) => {
            let what = format!("two columns are called `{}`", c.name);
            Err(Problem::new(t.place.clone().row(t.names_row), what)
                .help("give one of them another name in the file")
                .help("if these are two tables beside each other, leave a column empty between them, or write above each what it is of"))
        }
    }
}
