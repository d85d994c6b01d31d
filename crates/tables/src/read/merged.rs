//! Merged cells of a workbook: only the first has a value, and people mean it for all of them.

use crate::cell::{Cell, MERGED};
use calamine::Dimensions;

/// A region as its rows go by.
#[derive(Debug)]
struct Region {
    /// First row and column, last row and column; rows from 1.
    from: (u64, usize),
    to: (u64, usize),
    value: Cell<'static>,
}

/// The merged regions of a sheet.
#[derive(Debug, Default)]
pub(super) struct MergedCells {
    /// Those not yet begun, the first last.
    left: Vec<Region>,
    /// Those of the row at hand.
    open: Vec<Region>,
}

/// Most regions over one row; a sheet has so many columns at most, and regions do not overlap.
const MOST_OPEN: usize = 16_384;

impl MergedCells {
    /// `None` where regions overlap, so that their number at a row has no limit.
    pub(super) fn new(regions: &[Dimensions]) -> Option<Self> {
        let mut left: Vec<Region> = regions
            .iter()
            .map(|d| Region {
                from: (u64::from(d.start.0) + 1, d.start.1 as usize),
                to: (u64::from(d.end.0) + 1, d.end.1 as usize),
                value: Cell::Empty,
            })
            .filter(|r| r.to > r.from && r.to.1 < MOST_OPEN && r.to.0 >= r.from.0 && r.to.1 >= r.from.1)
            .collect();
        left.sort_by_key(|r| std::cmp::Reverse(r.from));
        let mut ends: Vec<u64> = Vec::new();
        for r in left.iter().rev() {
            ends.retain(|e| *e >= r.from.0);
            ends.push(r.to.0);
            if ends.len() > MOST_OPEN / 16 {
                return None;
            }
        }
        Some(Self { left, open: Vec::new() })
    }

    /// A region that begins at a cell, of a file that says so there; `None` where more are open than regions that do not overlap
    /// could be.
    pub(super) fn begin(
        &mut self,
        (row, column): (u64, usize),
        (rows, columns): (u64, usize),
        value: Cell<'static>,
    ) -> Option<()> {
        self.advance(row);
        let to = (row.saturating_add(rows.max(1) - 1), column.saturating_add(columns.max(1) - 1));
        if to.1 < MOST_OPEN && to > (row, column) {
            self.open.push(Region { from: (row, column), to, value });
        }
        (self.open.len() <= MOST_OPEN / 16).then_some(())
    }

    /// Whether no region is left, nor open.
    pub(super) fn is_over(&self) -> bool {
        self.left.is_empty() && self.open.is_empty()
    }

    fn advance(&mut self, row: u64) {
        self.open.retain(|r| r.to.0 >= row);
        while self.left.last().is_some_and(|r| r.from.0 <= row) {
            self.open.extend(self.left.pop().filter(|r| r.to.0 >= row));
        }
    }

    /// A cell that has a value.
    pub(super) fn see(&mut self, row: u64, column: usize, cell: &Cell<'static>) {
        if self.is_over() {
            return;
        }
        self.advance(row);
        if let Some(region) = self.open.iter_mut().find(|r| r.from == (row, column)) {
            region.value = cell.clone();
        }
    }

    /// Puts the value of each region into its cells of a row. A number over several rows may be their sum, so that nobody
    /// knows what each is: such cells say so. Beside the first, names alone are repeated.
    pub(super) fn fill(&mut self, row: u64, cells: &mut Vec<Cell<'static>>) {
        if self.is_over() {
            return;
        }
        self.advance(row);
        for region in &self.open {
            let value = match &region.value {
                Cell::Empty => continue,
                Cell::Number(_) if row == region.from.0 => continue,
                Cell::Number(_) => Cell::Text(MERGED.into()),
                other => other.clone(),
            };
            if cells.len() <= region.to.1 {
                cells.resize(region.to.1 + 1, Cell::Empty);
            }
            for cell in &mut cells[region.from.1..=region.to.1] {
                if cell.is_empty() {
                    *cell = value.clone();
                }
            }
        }
    }
}
