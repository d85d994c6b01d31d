//! OpenDocument workbooks, read as a stream: what a sheet repeats a million times is not written out.

use super::Take;
use super::merged::MergedCells;
use crate::cell::{Cell, span};
use crate::dates::{WrittenDate, written};
use crate::problem::{Problem, TablePlace};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use zip::ZipArchive;

/// Most columns that a repeated cell fills, and rows that a repeated row stands for.
const MOST_COLUMNS: usize = 16_384;
const MOST_REPEATS: u64 = 1_048_576;

fn damaged(name: &str, e: &dyn std::fmt::Display) -> Problem {
    Problem::new(TablePlace::sheet(name, None), format!("the workbook cannot be read: {e}"))
        .help("open it and save it again as xlsx")
}

/// Hands the document's reader to `look`.
fn with_content<T>(
    path: &Path,
    name: &str,
    look: impl FnOnce(Reader<&mut dyn BufRead>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let file = File::open(path).map_err(|e| damaged(name, &e))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|e| damaged(name, &e))?;
    let part = zip.by_name("content.xml").map_err(|e| damaged(name, &e))?;
    let mut buffered = BufReader::new(part);
    let input: &mut dyn BufRead = &mut buffered;
    look(Reader::from_reader(input))
}

fn attribute(e: &BytesStart<'_>, key: &str) -> Option<String> {
    let attribute = e.attributes().with_checks(false).flatten().find(|a| a.key.as_ref() == key)?;
    Some(attribute.value.replace("&amp;", "&").replace("&quot;", "\"").replace("&apos;", "'"))
}

/// Names of the sheets that can be seen, or that are hidden: a style of tables says which are not displayed.
pub(super) fn sheets(path: &Path, name: &str, hidden: bool) -> Result<Vec<Option<String>>, Problem> {
    with_content(path, name, |mut reader| {
        let (mut buffer, mut found) = (Vec::new(), Vec::new());
        let (mut style, mut not_shown) = (String::new(), Vec::new());
        loop {
            match reader.read_event_into(&mut buffer).map_err(|e| damaged(name, &e))? {
                Event::Start(e) if e.name().as_ref() == "style:style" => {
                    style = attribute(&e, "style:name").unwrap_or_default();
                }
                Event::Start(e) | Event::Empty(e)
                    if e.name().as_ref() == "style:table-properties"
                        && attribute(&e, "table:display").as_deref() == Some("false") =>
                {
                    not_shown.push(style.clone());
                }
                Event::Start(e) if e.name().as_ref() == "table:table" => {
                    let styled = attribute(&e, "table:style-name").is_some_and(|s| not_shown.contains(&s));
                    if styled == hidden {
                        found.push(Some(attribute(&e, "table:name").unwrap_or_default()));
                    }
                }
                Event::Eof => return Ok(found),
                _ => {}
            }
            buffer.clear();
        }
    })
}

/// The cell that is being read.
#[derive(Default)]
struct OpenCell {
    kind: String,
    value: Option<String>,
    repeat: usize,
    /// Rows and columns over which it is merged.
    over: (u64, usize),
    text: String,
    inside: bool,
}

impl OpenCell {
    fn begin(e: &BytesStart<'_>) -> Self {
        let kind = attribute(e, "office:value-type").unwrap_or_default();
        let key = match kind.as_str() {
            "date" => "office:date-value",
            "time" => "office:time-value",
            _ => "office:value",
        };
        let repeat = attribute(e, "table:number-columns-repeated").and_then(|n| n.parse().ok()).unwrap_or(1);
        let number = |key: &str| attribute(e, key).and_then(|n| n.parse().ok());
        let over = (
            number("table:number-rows-spanned").unwrap_or(1),
            number("table:number-columns-spanned").unwrap_or(1),
        );
        Self {
            value: attribute(e, key),
            kind,
            repeat,
            over: (over.0, over.1 as usize),
            text: String::new(),
            inside: true,
        }
    }

    fn cell(&self) -> Cell<'static> {
        let value = self.value.as_deref().unwrap_or_default();
        let made = match self.kind.as_str() {
            "float" | "currency" | "percentage" => value.parse().ok().map(Cell::Number),
            "date" => match written(value) {
                Some(WrittenDate::Local(crate::dates::Parts::Fixed(day), time)) => {
                    Some(Cell::Moment(day.to_datetime(time.unwrap_or_default())))
                }
                _ => None,
            },
            "time" => match span(value) {
                Some(crate::cell::Spans::One(seconds)) => Some(Cell::Span(seconds)),
                _ => None,
            },
            _ => None,
        };
        made.unwrap_or_else(|| Cell::text(&self.text).into_owned())
    }
}

/// Rows of a sheet.
pub(super) fn rows(path: &Path, name: &str, sheet: Option<&str>, take: &mut Take<'_>) -> Result<(), Problem> {
    with_content(path, name, |mut reader| {
        let mut buffer = Vec::new();
        let (mut here, mut row, mut repeat) = (false, 0_u64, 1_u64);
        let mut cells: Vec<Cell<'static>> = Vec::new();
        let mut column = 0_usize;
        let mut open = OpenCell::default();
        let mut merged = MergedCells::default();
        loop {
            let event = reader.read_event_into(&mut buffer).map_err(|e| damaged(name, &e))?;
            match event {
                Event::Start(e) if e.name().as_ref() == "table:table" => {
                    here = attribute(&e, "table:name").as_deref() == sheet;
                }
                Event::End(e) if here && e.name().as_ref() == "table:table" => return Ok(()),
                Event::Eof => return Ok(()),
                _ if !here => {}
                Event::Start(e) if e.name().as_ref() == "table:table-row" => {
                    repeat =
                        attribute(&e, "table:number-rows-repeated").and_then(|n| n.parse().ok()).unwrap_or(1);
                    cells.clear();
                    column = 0;
                }
                Event::Empty(e) if e.name().as_ref() == "table:table-row" => {
                    row += attribute(&e, "table:number-rows-repeated")
                        .and_then(|n| n.parse().ok())
                        .unwrap_or(1_u64);
                }
                Event::End(e) if e.name().as_ref() == "table:table-row" => {
                    // Rows that repeat what stands in them are counted, up to a sheet's size; empty ones cost nothing.
                    let times = if cells.is_empty() { 0 } else { repeat.min(MOST_REPEATS) };
                    for i in 0..times {
                        // A row that stands for several is filled anew for each of them.
                        let mut own = Cow::Borrowed(&cells);
                        if !merged.is_over() {
                            merged.fill(row + i + 1, own.to_mut());
                        }
                        take(row + i + 1, &own)?;
                    }
                    row += repeat;
                }
                Event::Empty(e) if is_cell(&e) => {
                    let empty = OpenCell::begin(&e);
                    put(&mut cells, &mut column, empty.cell(), empty.repeat);
                }
                Event::Start(e) if is_cell(&e) => open = OpenCell::begin(&e),
                Event::Text(e) if open.inside => {
                    open.text.push_str(&e);
                }
                Event::GeneralRef(e) if open.inside => {
                    open.text.push_str(match e.as_ref() {
                        "amp" => "&",
                        "lt" => "<",
                        "gt" => ">",
                        "quot" => "\"",
                        "apos" => "'",
                        _ => "?",
                    });
                }
                Event::End(e)
                    if e.name().as_ref() == "table:table-cell"
                        || e.name().as_ref() == "table:covered-table-cell" =>
                {
                    open.inside = false;
                    if open.over != (1, 1) {
                        merged
                            .begin((row + 1, column), open.over, open.cell())
                            .ok_or_else(|| damaged(name, &"merged cells overlap"))?;
                    }
                    put(&mut cells, &mut column, open.cell(), open.repeat);
                }
                _ => {}
            }
            buffer.clear();
        }
    })
}

fn is_cell(e: &BytesStart<'_>) -> bool {
    matches!(e.name().as_ref(), "table:table-cell" | "table:covered-table-cell")
}

fn put(cells: &mut Vec<Cell<'static>>, column: &mut usize, cell: Cell<'static>, repeat: usize) {
    let end = (*column).saturating_add(repeat).min(MOST_COLUMNS);
    // Empty cells at the end of a row, of which there may be thousands, are not kept.
    if !cell.is_empty() {
        cells.resize(*column, Cell::Empty);
        cells.resize(end, cell);
    }
    *column = end;
}
