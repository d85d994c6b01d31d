//! Excel's workbooks, by calamine: cell after cell, so that what a sheet pretends to span costs nothing.

use super::Take;
use super::guard::guarded;
use super::merged::MergedCells;
use crate::cell::{Cell, NO_VALUE, serial};
use crate::problem::{Problem, TablePlace};
use calamine::{Data, DataRef, ExcelDateTime, Reader, SheetVisible, Xls, XlsError, Xlsx, open_workbook};
use std::borrow::Cow;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

fn damaged(name: &str, sheet: Option<&str>, e: &dyn std::fmt::Display) -> Problem {
    Problem::new(TablePlace::sheet(name, sheet), format!("the workbook cannot be read: {e}"))
        .help("open it and save it again as xlsx; if it has a password, save it without")
}

fn xlsx(path: &Path, name: &str) -> Result<Xlsx<BufReader<File>>, Problem> {
    let opened = guarded(|| open_workbook(path)).map_err(|e| damaged(name, None, &e))?;
    opened.map_err(|e: calamine::XlsxError| damaged(name, None, &e))
}

fn xls(path: &Path, name: &str) -> Result<Xls<BufReader<File>>, Problem> {
    let opened = guarded(|| open_workbook(path)).map_err(|e| damaged(name, None, &e))?;
    opened.map_err(|e: XlsError| damaged(name, None, &e))
}

/// Sheets that can be seen, or those that are hidden.
fn sheets(sheets: &[calamine::Sheet], hidden: bool) -> Vec<Option<String>> {
    sheets
        .iter()
        .filter(|s| (s.visible != SheetVisible::Visible) == hidden && s.typ == calamine::SheetType::WorkSheet)
        .map(|s| Some(s.name.clone()))
        .collect()
}

/// Sheets of a workbook that can be seen, or that are hidden.
pub(crate) fn xlsx_sheets(path: &Path, name: &str, hidden: bool) -> Result<Vec<Option<String>>, Problem> {
    Ok(sheets(xlsx(path, name)?.sheets_metadata(), hidden))
}

/// Sheets of an old workbook that can be seen, or that are hidden.
pub(crate) fn xls_sheets(path: &Path, name: &str, hidden: bool) -> Result<Vec<Option<String>>, Problem> {
    Ok(sheets(xls(path, name)?.sheets_metadata(), hidden))
}

/// A row as it fills up.
struct Filling<'t, 'u> {
    row: u64,
    cells: Vec<Cell<'static>>,
    merged: MergedCells,
    take: &'t mut Take<'u>,
}

/// Most columns of a sheet.
const MOST_COLUMNS: usize = 16_384;

impl Filling<'_, '_> {
    fn put(&mut self, row: u32, column: u32, cell: Cell<'static>) -> Result<(), Problem> {
        let row = u64::from(row) + 1;
        if row != self.row {
            self.flush()?;
            self.row = row;
        }
        let column = column as usize;
        self.merged.see(row, column, &cell);
        if column < MOST_COLUMNS && !cell.is_empty() {
            if self.cells.len() <= column {
                self.cells.resize(column + 1, Cell::Empty);
            }
            self.cells[column] = cell;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Problem> {
        if !self.cells.is_empty() {
            self.merged.fill(self.row, &mut self.cells);
            (self.take)(self.row, &self.cells)?;
            self.cells.clear();
        }
        Ok(())
    }
}

/// Rows of a sheet.
pub(crate) fn xlsx_rows(
    path: &Path,
    name: &str,
    sheet: Option<&str>,
    take: &mut Take<'_>,
) -> Result<(), Problem> {
    let mut book = xlsx(path, name)?;
    let wanted = sheet.unwrap_or_default();
    let broken = |e: &dyn std::fmt::Display| damaged(name, sheet, e);
    let merged = guarded(|| book.merge_cells_by_sheet_name(wanted)).map_err(|e| broken(&e))?;
    let merged =
        MergedCells::new(&merged.map_err(|e| broken(&e))?).ok_or_else(|| broken(&"merged cells overlap"))?;
    let cells = guarded(|| book.worksheet_cells_reader(wanted)).map_err(|e| broken(&e))?;
    let mut cells = cells.map_err(|e| broken(&e))?;
    let mut filling = Filling { row: 0, cells: Vec::new(), merged, take };
    while let Some(cell) =
        guarded(|| cells.next_cell_with_formula()).map_err(|e| broken(&e))?.map_err(|e| broken(&e))?
    {
        let (row, column) = cell.pos;
        let value = match &cell.value {
            DataRef::Int(n) => Cell::Number(*n as f64),
            DataRef::Float(x) => Cell::Number(*x),
            DataRef::String(text) => owned(text),
            DataRef::SharedString(text) => owned(text),
            DataRef::Bool(b) => Cell::Number(f64::from(u8::from(*b))),
            DataRef::DateTime(at) => dated(at),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => owned(text),
            DataRef::Error(e) => Cell::Text(Cow::Owned(e.to_string())),
            // Nothing was counted as nought that somebody meant to be worked out.
            DataRef::Empty if cell.formula.is_some() => Cell::Text(Cow::Borrowed(NO_VALUE)),
            DataRef::Empty => Cell::Empty,
        };
        filling.put(row, column, value)?;
    }
    filling.flush()
}

/// Rows of a sheet of an old workbook, which has 65,536 rows of 256 cells at most.
pub(crate) fn xls_rows(
    path: &Path,
    name: &str,
    sheet: Option<&str>,
    take: &mut Take<'_>,
) -> Result<(), Problem> {
    let mut book = xls(path, name)?;
    let broken = |e: &dyn std::fmt::Display| damaged(name, sheet, e);
    let wanted = sheet.unwrap_or_default();
    let merged = book.merge_cells_by_sheet_name(wanted).map_err(|e| broken(&e))?;
    let merged = MergedCells::new(&merged).ok_or_else(|| broken(&"merged cells overlap"))?;
    let range = guarded(|| book.worksheet_range(wanted)).map_err(|e| broken(&e))?.map_err(|e| broken(&e))?;
    let (top, left) = range.start().unwrap_or_default();
    let mut filling = Filling { row: 0, cells: Vec::new(), merged, take };
    for (r, c, value) in range.used_cells() {
        let value = match value {
            Data::Int(n) => Cell::Number(*n as f64),
            Data::Float(x) => Cell::Number(*x),
            Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => owned(text),
            Data::Bool(b) => Cell::Number(f64::from(u8::from(*b))),
            Data::DateTime(at) => dated(at),
            Data::Error(e) => Cell::Text(Cow::Owned(e.to_string())),
            _ => Cell::Empty,
        };
        filling.put(top + r as u32, left + c as u32, value)?;
    }
    filling.flush()
}

fn owned(text: &str) -> Cell<'static> {
    Cell::text(text).into_owned()
}

fn dated(at: &ExcelDateTime) -> Cell<'static> {
    let days = at.as_f64();
    // Below one day it is a time of day or a length of time, whatever its format says.
    if at.is_duration() || (0.0..1.0).contains(&days) {
        return Cell::Span((days * 86_400_000.0).round() / 1000.0);
    }
    let (y, m, d, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let made = jiff::civil::Date::new(y as i16, m as i8, d as i8)
        .and_then(|day| {
            jiff::civil::Time::new(hour as i8, minute as i8, second as i8, i32::from(milli) * 1_000_000)
                .map(|time| day.to_datetime(time))
        })
        .ok()
        .or_else(|| serial(days));
    made.map_or(Cell::Number(days), Cell::Moment)
}
