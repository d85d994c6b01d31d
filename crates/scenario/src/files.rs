//! Data files beside a scenario: CSV columns of numbers, times, counts.
//!
//! Columns may stand apart by commas, semicolons or tabs, whichever the first row has; where it is not
//! commas, numbers may have decimal commas.

use super::diagnostic::Problems;
use super::scalar::Text;
use super::source::{MAX_DATA, Sources};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

/// Most columns that are asked for at once.
const MOST_COLUMNS: usize = 3;

/// The data files that were read.
pub(crate) struct Files<'s> {
    sources: &'s Sources,
    /// Their paths, in the order of first use.
    pub paths: Vec<PathBuf>,
    /// SHA-256 of each, by its name in the scenario.
    pub hashes: BTreeMap<String, String>,
    texts: BTreeMap<PathBuf, Arc<str>>,
}

/// A column that is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CsvColumn<'a> {
    /// Its name; the first column where it has none.
    pub name: Option<&'a Text>,
    /// The key that names it, for messages.
    pub key: &'static str,
}

/// A row of a table: its line in the file, from 1, and its cells.
pub(crate) type CsvLine = (u64, Vec<String>);

/// A row's cells of the columns that were asked for.
#[derive(Debug)]
pub(crate) struct CsvRow<'a> {
    /// The cells, in the order of the columns.
    pub cells: &'a [&'a str],
    /// Its line in the file, from 1.
    pub line: u64,
    /// Numbers may have decimal commas.
    decimal_comma: bool,
}

impl CsvRow<'_> {
    /// A cell's number.
    pub(crate) fn number(&self, i: usize) -> Result<f64, String> {
        let cell = self.cells[i];
        let point = if self.decimal_comma && !cell.contains('.') {
            cell.replacen(',', ".", 1)
        } else {
            cell.to_owned()
        };
        let x: f64 = point.parse().map_err(|_| match cell.strip_suffix('%') {
            Some(share) => {
                format!("{cell:?} is not a number; write shares without %, such as {}", percent(share))
            }
            None if cell.is_empty() => "the cell is empty; a number is expected".to_owned(),
            None if is_grouped(cell) => {
                format!("{cell:?} is not a number; write thousands without marks: {}", cell.replace(',', ""))
            }
            None => format!("{cell:?} is not a number"),
        })?;
        if !x.is_finite() || !(0.0..=super::scalar::LARGEST).contains(&x) {
            return Err(format!("{cell:?} is not a number of at least 0"));
        }
        Ok(x)
    }
}

/// Whether a cell is a number with marks between its thousands, such as `1,234`.
fn is_grouped(cell: &str) -> bool {
    let mut groups = cell.split(',');
    let digits = |g: &str| g.bytes().all(|b| b.is_ascii_digit());
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && digits(first))
        && cell.contains(',')
        && groups.all(|g| g.len() == 3 && digits(g))
}

/// `7` per cent as a share, for advice.
fn percent(number: &str) -> String {
    number
        .trim()
        .parse::<f64>()
        .map_or_else(|_| "0.07".to_owned(), |x| format!("{}", (x * 1e7).round() / 1e9))
}

/// SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(64);
    for b in Sha256::digest(bytes) {
        let _ = write!(out, "{b:02x}");
    }
    out
}

impl<'s> Files<'s> {
    pub(crate) fn new(sources: &'s Sources) -> Self {
        Self { sources, paths: Vec::new(), hashes: BTreeMap::new(), texts: BTreeMap::new() }
    }

    /// The text of a data file and its path as messages show it; read once.
    fn text(&mut self, file: &Text, cx: &mut Problems) -> Option<(String, &str)> {
        let source = self.sources.get(file.place).or_else(|| self.sources.main());
        let path = source.map_or_else(PathBuf::new, |s| s.folder.clone()).join(file.as_str());
        if !self.texts.contains_key(&path) {
            let text = match self.sources.text(&path, MAX_DATA) {
                Ok(text) => text,
                Err(why) => {
                    cx.error(file.place, why);
                    return None;
                }
            };
            self.hashes.insert(file.value.clone(), sha256(text.as_bytes()));
            self.paths.push(path.clone());
            // The CSV reader counts lines by what ends them.
            let text = match text.contains('\r') {
                true => text.replace("\r\n", "\n").replace('\r', "\n").into(),
                false => text,
            };
            self.texts.insert(path.clone(), text);
        }
        Some((path.display().to_string(), self.texts.get(&path)?))
    }

    /// Hands each row's columns to `each`; where a row makes no sense, says so with its line and
    /// stops. A column without a name is the first one, and must be the only one if `alone`.
    pub(crate) fn rows(
        &mut self,
        file: &Text,
        columns: &[CsvColumn<'_>],
        alone: bool,
        cx: &mut Problems,
        mut each: impl FnMut(&CsvRow<'_>) -> Result<(), String>,
    ) -> Option<()> {
        let place = file.place;
        let (shown, text) = self.text(file, cx)?;
        let separator = separator(text, columns);
        let mut reader = reader(text, separator);
        let mut record = csv::StringRecord::new();
        let mut at: Option<Vec<usize>> = None;
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(e) => {
                    cx.error(place, format!("{shown}:{}", broken(&e)));
                    return None;
                }
            }
            let line = record.position().map_or(0, csv::Position::line);
            let positions = match &at {
                Some(positions) => positions,
                None => {
                    let (found, is_header) =
                        header(&record, columns, alone, &format!("{shown}:{line}"), file, cx)?;
                    let positions = at.insert(found);
                    if is_header {
                        continue;
                    }
                    positions
                }
            };
            // Spreadsheets leave rows of empty cells below their table.
            if record.iter().all(str::is_empty) {
                continue;
            }
            let mut cells = [""; MOST_COLUMNS];
            for (cell, i) in cells.iter_mut().zip(positions) {
                *cell = record.get(*i).unwrap_or("");
            }
            let cells = &cells[..positions.len().min(MOST_COLUMNS)];
            let row = CsvRow { cells, line, decimal_comma: separator != b',' };
            if let Err(why) = each(&row) {
                cx.error(place, format!("{shown}:{line}: {why}"));
                return None;
            }
        }
        if at.is_none() {
            cx.error(place, format!("{shown}: is empty"));
            return None;
        }
        Some(())
    }

    /// The names in the first row of a file and the cells of each other row, with its line; rows of empty cells are left out.
    pub(crate) fn table(&mut self, file: &Text, cx: &mut Problems) -> Option<(Vec<String>, Vec<CsvLine>)> {
        let (shown, text) = self.text(file, cx)?;
        let mut rows = Vec::new();
        for record in reader(text, separator(text, &[])).records() {
            match record {
                Ok(record) if record.iter().all(str::is_empty) => {}
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    rows.push((line, record.iter().map(str::to_owned).collect::<Vec<_>>()));
                }
                Err(e) => {
                    cx.error(file.place, format!("{shown}:{}", broken(&e)));
                    return None;
                }
            }
        }
        if rows.is_empty() {
            cx.error(file.place, format!("{shown}: is empty"));
            return None;
        }
        let (_, names) = rows.remove(0);
        Some((names, rows))
    }

    /// The names in the first row of a file that has been read, to suggest one of them.
    pub(crate) fn names(&mut self, file: &Text, cx: &mut Problems) -> Vec<String> {
        let Some((_, text)) = self.text(file, cx) else { return Vec::new() };
        let mut record = csv::StringRecord::new();
        match reader(text, separator(text, &[])).read_record(&mut record) {
            Ok(true) if !record.iter().any(looks_like_data) => record.iter().map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    /// A column of numbers.
    pub(crate) fn numbers(
        &mut self,
        file: &Text,
        column: Option<&Text>,
        cx: &mut Problems,
    ) -> Option<Vec<f64>> {
        let mut out = Vec::new();
        self.rows(file, &[CsvColumn { name: column, key: "column" }], true, cx, |row| {
            out.push(row.number(0)?);
            Ok(())
        })?;
        Some(out)
    }
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .delimiter(separator)
        .from_reader(text.as_bytes())
}

/// What stands between the columns, by the first row: that by which the columns asked for are found, else that
/// which makes the most columns. One column alone is read as if its numbers may have decimal commas.
fn separator(text: &str, columns: &[CsvColumn<'_>]) -> u8 {
    let fields = |separator: u8| {
        let mut record = csv::StringRecord::new();
        match reader(text, separator).read_record(&mut record) {
            Ok(true) => {
                let named = columns.iter().filter_map(|c| c.name);
                let all = named.clone().all(|name| record.iter().any(|cell| cell == name.as_str()));
                (all && named.count() > 0, record.len(), !record.iter().any(looks_like_data))
            }
            _ => (false, 0, false),
        }
    };
    let tried = [b',', b';', b'\t'].map(|s| (fields(s), s));
    if tried.iter().all(|t| t.0.1 <= 1) {
        // A name alone may stand above numbers such as 13,1.
        return if tried[0].0.2 { b';' } else { b',' };
    }
    // Of equals the comma, which is the first.
    tried.iter().rev().max_by_key(|t| (t.0.0, t.0.1)).map_or(b',', |t| t.1)
}

/// An error of the CSV reader in our words, from the line on.
fn broken(e: &csv::Error) -> String {
    let line = e.position().map_or(0, csv::Position::line);
    match e.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!(
            "{line}: not valid CSV: the row has {len} column{}, the first row {expected_len}",
            if *len == 1 { "" } else { "s" }
        ),
        _ => format!("{line}: not valid CSV: {e}"),
    }
}

/// Whether a cell of the first row is a value rather than a name.
fn looks_like_data(cell: &str) -> bool {
    cell.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+' || c == '.')
        || cell.parse::<f64>().is_ok()
}

/// Finds the columns in the first row, and whether it is a row of names.
fn header(
    record: &csv::StringRecord,
    columns: &[CsvColumn<'_>],
    alone: bool,
    shown: &str,
    file: &Text,
    cx: &mut Problems,
) -> Option<(Vec<usize>, bool)> {
    let names: Vec<&str> = record.iter().collect();
    let asked: Vec<&str> = columns.iter().filter_map(|c| c.name).map(Text::as_str).collect();
    // A name may begin with a digit: what is asked for by name stands in a row of names.
    let named = !asked.is_empty() && asked.iter().all(|n| names.contains(n));
    let names_row = named || !names.iter().any(|c| looks_like_data(c));
    let valid = || names.iter().copied().filter(|_| names_row);
    let mut out = Vec::new();
    for column in columns {
        let Some(name) = column.name else {
            if alone && record.len() > 1 {
                let message =
                    format!("{shown}: there are {} columns; say which with `{}`", record.len(), column.key);
                cx.error(file.place, message).names("", valid());
                return None;
            }
            out.push(0);
            continue;
        };
        let place = if name.place.is_none() { file.place } else { name.place };
        let mut at = names.iter().enumerate().filter(|(_, n)| names_row && **n == name.as_str());
        match (at.next(), at.next()) {
            (Some((i, _)), None) => out.push(i),
            (Some(_), Some(_)) => {
                cx.error(place, format!("{shown}: two columns are called `{}`", name.as_str()))
                    .help("give one of them another name in the file");
                return None;
            }
            (None, _) => {
                let note = cx.error(place, format!("{shown}: there is no column `{}`", name.as_str()));
                if names.len() > 1 {
                    note.names(name.as_str(), valid());
                } else {
                    note.help(format!(
                        "the file has one column, `{}`: columns stand apart by commas, semicolons or tabs",
                        names.join("")
                    ));
                }
                if name.place.is_none() {
                    note.help(format!("name the column with `{}`", column.key));
                }
                return None;
            }
        }
    }
    Some((out, names_row))
}
