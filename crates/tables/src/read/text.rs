//! Text files: which encoding, what stands between columns, and the rows, without holding the file.

use super::Take;
use super::fixed::BlankColumns;
use super::source::TextFile;
use crate::cell::{Cell as Content, is_failed};
use crate::problem::{Problem, TablePlace};
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

/// The form of a text file.
#[derive(Debug, Clone)]
pub(super) struct TextForm {
    encoding: &'static Encoding,
    separator: u8,
    /// Its first line says what separates, as Excel writes it.
    sep_line: bool,
    one_column: bool,
    /// Columns told by blanks, where no mark stands between them.
    blanks: Option<BlankColumns>,
}

impl TextForm {
    /// For people.
    pub(super) fn words(&self) -> String {
        let between = match (self.one_column, self.separator) {
            _ if self.blanks.is_some() => "blanks between columns",
            (true, _) => "one column",
            (_, b',') => "commas between columns",
            (_, b';') => "semicolons between columns",
            (_, b'\t') => "tabs between columns",
            (_, b'|') => "bars between columns",
            _ => "blanks between columns",
        };
        let encoding = match self.encoding.name() {
            "UTF-8" => "UTF-8",
            "windows-1252" => "Latin-1 (Windows-1252)",
            "UTF-16LE" | "UTF-16BE" => "UTF-16",
            other => other,
        };
        format!("text, {encoding}, {between}")
    }
}

/// Longest line that is looked at for the separator, and most that a line may have.
const LONGEST_LINE: usize = 4 << 20;
/// Lines of a text in fixed columns among which titles are no surprise.
const FIRST_LINES: u64 = 10;
/// Lines that are looked at for the separator.
const LOOKED_AT: usize = 50;

/// Finds out the form of a file.
pub(super) fn form(path: &Path, name: &str) -> Result<TextForm, Problem> {
    let cannot =
        |e: io::Error| Problem::new(TablePlace::sheet(name, None), format!("the file cannot be read: {e}"));
    let encoding = encoding(path).map_err(cannot)?;
    let mut text = String::new();
    let mut start = vec![0; 256 * 1024];
    let mut reader =
        DecodedText::new(TextFile::open(path).map_err(cannot)?, encoding, Rc::new(Cell::new(LONGEST_LINE)));
    let mut filled = 0;
    while filled < start.len() {
        let n = reader.read(&mut start[filled..]).map_err(cannot)?;
        if n == 0 {
            break;
        }
        filled += n;
    }
    text.push_str(&String::from_utf8_lossy(&start[..filled]));
    if let Some(at) = text.find('\0') {
        // A text that somebody's program has spoilt, rather than a file of another kind.
        let spoilt = text.bytes().filter(|b| *b < b'\t').count() * 200 < text.len();
        let row = text[..at].lines().count().max(1) as u64;
        if spoilt {
            return Err(nul(name, row));
        }
        return Err(Problem::new(
            TablePlace::sheet(name, None),
            "this is neither text nor a workbook that is known",
        )
        .help("save it as CSV or as xlsx"));
    }
    let lines: Vec<&str> = text
        .split(['\n', '\r'])
        .filter(|l| !l.trim().is_empty() && !is_remark(l) && l.len() < LONGEST_LINE)
        .take(LOOKED_AT)
        .collect();
    if let Some(mark) =
        lines.first().and_then(|l| l.trim().strip_prefix("sep=")).and_then(|m| m.bytes().next())
    {
        return Ok(TextForm { encoding, separator: mark, sep_line: true, one_column: false, blanks: None });
    }
    let (separator, fields) = separator(&lines);
    // Decimal commas may look like marks between columns.
    let blanks = (fields <= 1 || separator == b',' && !lines.iter().take(2).any(|l| l.contains(',')))
        .then(|| BlankColumns::of(&lines))
        .flatten()
        .filter(|b| b.len() > fields);
    Ok(TextForm { encoding, separator, sep_line: false, one_column: fields <= 1, blanks })
}

/// A byte that no text has.
fn nul(name: &str, row: u64) -> Problem {
    Problem::new(
        TablePlace::sheet(name, None).row(row),
        "a byte of value 0 stands in this row, which no text has",
    )
    .help("was the file cut off or copied while it was written? save it as CSV once more")
}

/// Whether a row is a remark. What a spreadsheet writes where a formula failed begins with the same mark and is none.
fn is_remark(first: &str) -> bool {
    let first = first.trim_start();
    first.starts_with('#') && first.trim_end() != "#" && !is_failed(first)
}

/// Whether a row is a line drawn below the names: `|---|:---:|`.
fn is_rule(record: &csv::StringRecord) -> bool {
    let mut drawn = false;
    for cell in record {
        let cell = cell.trim();
        if !cell.bytes().all(|b| matches!(b, b'-' | b'=' | b':' | b'+')) {
            return false;
        }
        drawn |= cell.len() >= 3;
    }
    drawn
}

/// The mark that gives the most lines the same number of columns, above one.
fn separator(lines: &[&str]) -> (u8, usize) {
    let mut best = (b';', 0_usize, 1_usize);
    for mark in [b'\t', b';', b'|', b','] {
        let counts: Vec<usize> = lines.iter().map(|l| fields(l, mark)).collect();
        let usual = counts
            .iter()
            .copied()
            .max_by_key(|c| (counts.iter().filter(|x| *x == c).count(), *c))
            .unwrap_or(1);
        if usual < 2 {
            continue;
        }
        let agree = counts.iter().filter(|c| **c == usual).count();
        // Decimal commas divide some lines, not all: what all lines agree on wins, of equals the first.
        if agree > best.1 {
            best = (mark, agree, usual);
        }
    }
    if best.2 <= 1
        && lines.iter().skip(1).any(|l| l.contains(','))
        && lines.first().is_none_or(|l| !l.contains(','))
    {
        // One column of numbers with decimal commas.
        return (b';', 1);
    }
    (best.0, best.2)
}

fn fields(line: &str, mark: u8) -> usize {
    let mut quoted = false;
    let mut n = 1;
    for b in line.bytes() {
        if b == b'"' {
            quoted = !quoted;
        } else if b == mark && !quoted {
            n += 1;
        }
    }
    n
}

/// By the mark in front, the pattern of zeros, or whether all of it is valid UTF-8.
fn encoding(path: &Path) -> io::Result<&'static Encoding> {
    let mut file = TextFile::open(path)?;
    let mut chunk = vec![0; 1 << 20];
    let n = fill(&mut file, &mut chunk, 0)?;
    let start = &chunk[..n];
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return Ok(encoding);
    }
    let looked = &start[..start.len().min(4096)];
    let zeros = |at: usize| looked.iter().skip(at).step_by(2).filter(|b| **b == 0).count();
    if looked.len() >= 4 && zeros(1) * 4 > looked.len() && zeros(0) * 20 < looked.len() {
        return Ok(UTF_16LE);
    }
    if looked.len() >= 4 && zeros(0) * 4 > looked.len() && zeros(1) * 20 < looked.len() {
        return Ok(UTF_16BE);
    }
    let mut have = n;
    let mut kept;
    loop {
        match std::str::from_utf8(&chunk[..have]) {
            Ok(_) => kept = 0,
            Err(e) if e.error_len().is_none() && have - e.valid_up_to() < 4 => {
                // A character that the chunk cuts in two.
                kept = have - e.valid_up_to();
                chunk.copy_within(e.valid_up_to()..have, 0);
            }
            Err(_) => return Ok(WINDOWS_1252),
        }
        have = fill(&mut file, &mut chunk, kept)?;
        if have == kept {
            return Ok(if kept == 0 { UTF_8 } else { WINDOWS_1252 });
        }
    }
}

fn fill(file: &mut TextFile, chunk: &mut [u8], from: usize) -> io::Result<usize> {
    let mut at = from;
    while at < chunk.len() {
        let n = file.read(&mut chunk[at..])?;
        if n == 0 {
            break;
        }
        at += n;
    }
    Ok(at)
}

/// A file as UTF-8, whatever its encoding.
struct DecodedText {
    file: TextFile,
    decoder: Decoder,
    raw: Vec<u8>,
    out: Vec<u8>,
    at: usize,
    over: bool,
    /// Bytes that may still be read for the row at hand.
    left: Rc<Cell<usize>>,
}

impl DecodedText {
    fn new(file: TextFile, encoding: &'static Encoding, left: Rc<Cell<usize>>) -> Self {
        Self {
            file,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; 64 * 1024],
            out: Vec::new(),
            at: 0,
            over: false,
            left,
        }
    }
}

impl Read for DecodedText {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() {
            if self.over {
                return Ok(0);
            }
            let n = self.file.read(&mut self.raw)?;
            self.over = n == 0;
            let most = self.decoder.max_utf8_buffer_length(n).unwrap_or(4 * n + 16);
            self.out.resize(most, 0);
            let (_, _, written, _) = self.decoder.decode_to_utf8(&self.raw[..n], &mut self.out, self.over);
            self.out.truncate(written);
            self.at = 0;
        }
        let n = to.len().min(self.out.len() - self.at);
        // A quotation mark that is never closed would make the rest of the file one row.
        if n > self.left.get() {
            return Err(io::Error::other("a row of more than 4 MB"));
        }
        self.left.set(self.left.get() - n);
        to[..n].copy_from_slice(&self.out[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

/// Hands each row to `take`.
pub(super) fn rows(path: &Path, name: &str, form: &TextForm, take: &mut Take<'_>) -> Result<(), Problem> {
    let place = || TablePlace::sheet(name, None);
    let file =
        TextFile::open(path).map_err(|e| Problem::new(place(), format!("the file cannot be read: {e}")))?;
    let left = Rc::new(Cell::new(LONGEST_LINE));
    if let Some(columns) = &form.blanks {
        let lines = BufReader::new(DecodedText::new(file, form.encoding, Rc::clone(&left)));
        return blank_rows(lines, &left, name, columns, take);
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(form.separator)
        .from_reader(DecodedText::new(file, form.encoding, Rc::clone(&left)));
    let mut record = csv::StringRecord::new();
    let mut n = 0_u64;
    loop {
        left.set(LONGEST_LINE);
        let more = reader.read_record(&mut record).map_err(|e| {
            Problem::new(place().row(n + 1), format!("this is not a row of a table: {e}"))
                .help("is a quotation mark opened here and never closed?")
        })?;
        if !more {
            return Ok(());
        }
        n += 1;
        if form.sep_line && n == 1 || record.get(0).is_some_and(is_remark) || is_rule(&record) {
            continue;
        }
        // Lines are counted by line feeds; files with carriage returns alone have records only.
        let line = record.position().map_or(0, csv::Position::line).max(n);
        if record.as_slice().contains('\0') {
            return Err(nul(name, line));
        }
        let cells: Vec<Content<'_>> = record.iter().map(Content::text).collect();
        take(line, &cells)?;
    }
}

/// Hands each row of a text in columns of a fixed width to `take`.
fn blank_rows(
    mut lines: impl BufRead,
    left: &Cell<usize>,
    name: &str,
    columns: &BlankColumns,
    take: &mut Take<'_>,
) -> Result<(), Problem> {
    let place = |n: u64| TablePlace::sheet(name, None).row(n);
    let (mut line, mut n) = (String::new(), 0_u64);
    loop {
        line.clear();
        left.set(LONGEST_LINE);
        let more = lines
            .read_line(&mut line)
            .map_err(|e| Problem::new(place(n + 1), format!("this is not a row of a table: {e}")))?;
        if more == 0 {
            return Ok(());
        }
        n += 1;
        let text = line.trim();
        if text.is_empty()
            || is_remark(text)
            || text.bytes().all(|b| matches!(b, b'-' | b'=' | b'_' | b'+' | b' '))
        {
            continue;
        }
        if text.contains('\0') {
            return Err(nul(name, n));
        }
        match columns.cells(line.trim_end_matches(['\n', '\r'])) {
            Some(cells) => take(n, &cells.iter().map(|c| Content::text(c)).collect::<Vec<_>>())?,
            // A title or a remark runs on over all columns; a row of numbers does not.
            None if !text.bytes().any(|b| b.is_ascii_digit()) || n <= FIRST_LINES => {
                take(n, &[Content::text(text)])?;
            }
            None => {
                let shown: String = text.chars().take(60).collect();
                return Err(Problem::new(
                    place(n),
                    format!(
                        "{shown:?} does not fit the columns, which are told by blanks: {}",
                        columns.told()
                    ),
                )
                .help(
                    "save the table as CSV or as xlsx: then nothing can run from one column into the next",
                ));
            }
        }
    }
}
