//! Data files beside a scenario: CSV columns of numbers, times, counts.

use super::diagnostic::Problems;
use super::scalar::Text;
use super::source::{MAX_DATA, Sources};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

/// The data files that were read.
pub struct Files<'s> {
    sources: &'s Sources,
    /// Their paths, in the order of first use.
    pub paths: Vec<PathBuf>,
    /// SHA-256 of each, by its name in the scenario.
    pub hashes: BTreeMap<String, String>,
    texts: BTreeMap<PathBuf, Arc<str>>,
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
    pub fn new(sources: &'s Sources) -> Self {
        Self { sources, paths: Vec::new(), hashes: BTreeMap::new(), texts: BTreeMap::new() }
    }

    /// Hands each row's named columns to `each`; where a row makes no sense, says so with its line and
    /// stops. A column without a name is the first one, and must be the only one if `alone`.
    pub fn rows(
        &mut self,
        file: &Text,
        columns: &[Option<&Text>],
        alone: bool,
        cx: &mut Problems,
        mut each: impl FnMut(&[&str]) -> Result<(), String>,
    ) -> Option<()> {
        let place = file.place;
        let source = self.sources.get(place).or_else(|| self.sources.main());
        let path = source.map_or_else(PathBuf::new, |s| s.folder.clone()).join(file.as_str());
        if !self.texts.contains_key(&path) {
            let text = match self.sources.text(&path, MAX_DATA) {
                Ok(text) => text,
                Err(why) => {
                    cx.error(place, why);
                    return None;
                }
            };
            self.hashes.insert(file.value.clone(), sha256(text.as_bytes()));
            self.paths.push(path.clone());
            self.texts.insert(path.clone(), text);
        }
        let text = self.texts.get(&path)?;
        let shown = path.display();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let mut record = csv::StringRecord::new();
        let mut at: Option<Vec<usize>> = None;
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(e) => {
                    let line = e.position().map_or(0, csv::Position::line);
                    cx.error(place, format!("{shown}:{line}: not valid CSV: {e}"));
                    return None;
                }
            }
            let line = record.position().map_or(0, csv::Position::line);
            let Some(positions) = &at else {
                let (positions, is_header) =
                    header(&record, columns, alone, &format!("{shown}:{line}"), file, cx)?;
                if !is_header {
                    let cells: Vec<&str> = positions.iter().map(|i| record.get(*i).unwrap_or("")).collect();
                    if let Err(why) = each(&cells) {
                        cx.error(place, format!("{shown}:{line}: {why}"));
                        return None;
                    }
                }
                at = Some(positions);
                continue;
            };
            let mut cells = [""; 2];
            for (cell, i) in cells.iter_mut().zip(positions) {
                *cell = record.get(*i).unwrap_or("");
            }
            if let Err(why) = each(&cells[..positions.len().min(2)]) {
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

    /// A column of numbers.
    pub fn numbers(&mut self, file: &Text, column: Option<&Text>, cx: &mut Problems) -> Option<Vec<f64>> {
        let mut out = Vec::new();
        self.rows(file, &[column], true, cx, |cells| {
            let x: f64 = cells[0].parse().map_err(|_| format!("{:?} is not a number", cells[0]))?;
            if !x.is_finite() || !(0.0..=super::scalar::LARGEST).contains(&x) {
                return Err(format!("{x} is not a number of at least 0"));
            }
            out.push(x);
            Ok(())
        })?;
        Some(out)
    }
}

/// Finds the columns in the first row, and whether it is a row of names.
fn header(
    record: &csv::StringRecord,
    columns: &[Option<&Text>],
    alone: bool,
    shown: &str,
    file: &Text,
    cx: &mut Problems,
) -> Option<(Vec<usize>, bool)> {
    let starts_with_digit =
        |c: &str| c.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+' || c == '.');
    let names_row = !record.iter().any(starts_with_digit);
    let names: Vec<&str> = record.iter().collect();
    let mut out = Vec::new();
    for column in columns {
        match column {
            None if alone && record.len() > 1 => {
                cx.error(
                    file.place,
                    format!("{shown}: there are {} columns; say which with `column`", record.len()),
                )
                .names("", names.iter().copied().filter(|_| names_row));
                return None;
            }
            None => out.push(0),
            Some(name) => match names.iter().position(|n| *n == name.as_str()) {
                Some(i) if names_row => out.push(i),
                _ => {
                    let place = if name.place.is_none() { file.place } else { name.place };
                    cx.error(place, format!("{shown}: there is no column `{}`", name.as_str()))
                        .names(name.as_str(), names.iter().copied().filter(|_| names_row));
                    return None;
                }
            },
        }
    }
    Some((out, names_row))
}
