//! Values of a sweep that is too large to be held: read from the tidy file as they are asked for.
//!
//! The file's rows are in the order of points, so whoever goes through the points in their order decodes each row group once; a few stay
//! decoded for whoever goes to and fro. Memory holds those, whatever the number of points and replications.

use super::manifest::Manifest;
use super::rows::{RowNames, ValueRows};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use poolwise_study::measures::Value;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::fs::File;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Row groups that stay decoded: what is taken at one point may lie in two.
const KEPT: usize = 3;

/// An open tidy file.
pub(crate) struct Filed {
    open: Mutex<OpenTidy>,
    names: RowNames,
    /// Least and greatest point of each row group.
    spans: Vec<(usize, usize)>,
    /// Why a value could not be read.
    failure: OnceLock<String>,
}

struct OpenTidy {
    reader: SerializedFileReader<File>,
    /// Row groups, the last used last.
    kept: VecDeque<(usize, Arc<DecodedGroup>)>,
    /// Values that are held for good, by point, scenario and measure.
    held: HashMap<(u32, u16, u16), Vec<Value>>,
}

/// A row group's values: by point from the first, scenario and measure, those of each replication, one after the other.
struct DecodedGroup {
    first: usize,
    /// Where the values of each cell begin, and where those of the last end.
    starts: Vec<u32>,
    values: Vec<Value>,
}

impl DecodedGroup {
    fn of(rows: &ValueRows, names: &RowNames, (first, last): (usize, usize)) -> Self {
        let mut starts = vec![0; names.cell(first, (last + 1, 0, 0)) + 1];
        rows.each(|at, _| starts[names.cell(first, at) + 1] += 1);
        for cell in 1..starts.len() {
            starts[cell] += starts[cell - 1];
        }
        let mut next = starts.clone();
        let mut values = vec![Value::Plain(f64::NAN); *starts.last().unwrap_or(&0) as usize];
        rows.each(|at, value| {
            let to = &mut next[names.cell(first, at)];
            values[*to as usize] = value;
            *to += 1;
        });
        Self { first, starts, values }
    }

    /// Values of a cell.
    fn cell(&self, cell: usize) -> &[Value] {
        match (self.starts.get(cell), self.starts.get(cell + 1)) {
            (Some(from), Some(to)) => &self.values[*from as usize..*to as usize],
            _ => &[],
        }
    }
}

impl fmt::Debug for Filed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filed").field("spans", &self.spans).finish_non_exhaustive()
    }
}

impl Filed {
    /// Of a file whose row groups have these points.
    ///
    /// # Errors
    /// In words, if its rows are not in the order of points.
    pub(crate) fn new(
        reader: SerializedFileReader<File>,
        manifest: &Manifest,
        spans: Vec<(usize, usize)>,
    ) -> Result<Self, String> {
        if spans.windows(2).any(|w| w[1].0 < w[0].1) {
            return Err("its rows are not in the order of points".to_owned());
        }
        let open = Mutex::new(OpenTidy { reader, kept: VecDeque::new(), held: HashMap::new() });
        Ok(Self { open, names: RowNames::of(manifest), spans, failure: OnceLock::new() })
    }

    /// Values of a measure, by replication; none where they cannot be read, which [`Self::failure`] tells.
    pub(crate) fn values(&self, point: usize, scenario: usize, measure: usize) -> Vec<Value> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = open.held.get(&key(point, scenario, measure)) {
            return held.clone();
        }
        let from = self.spans.partition_point(|span| span.1 < point);
        let of_point = self.spans[from..].iter().take_while(|span| span.0 <= point).count();
        let mut all = Vec::new();
        for group in from..from + of_point {
            match self.group(&mut open, group) {
                Ok(decoded) => {
                    let cell = self.names.cell(decoded.first, (point, scenario, measure));
                    all.extend_from_slice(decoded.cell(cell));
                }
                Err(e) => {
                    // The first reason is told; later ones follow from it.
                    let _ = self.failure.set(e.to_string());
                    return Vec::new();
                }
            }
        }
        all
    }

    /// Holds the values of a measure at a point for good.
    pub(crate) fn hold(&self, point: usize, scenario: usize, measure: usize) {
        let values = self.values(point, scenario, measure);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.held.insert(key(point, scenario, measure), values);
    }

    /// Why a value could not be read.
    pub(crate) fn failure(&self) -> Option<String> {
        self.failure.get().cloned()
    }

    fn group(&self, open: &mut OpenTidy, number: usize) -> Result<Arc<DecodedGroup>, ParquetError> {
        // Whoever goes through the points in their order finds it last.
        if let Some((_, last)) = open.kept.back().filter(|(n, _)| *n == number) {
            return Ok(Arc::clone(last));
        }
        let known = open.kept.iter().position(|(n, _)| *n == number);
        if let Some(found) = known.and_then(|at| open.kept.remove(at)) {
            open.kept.push_back(found.clone());
            return Ok(found.1);
        }
        let rows = ValueRows::of(open.reader.get_row_group(number)?.as_ref(), &self.names)?;
        let decoded = Arc::new(DecodedGroup::of(&rows, &self.names, self.spans[number]));
        if open.kept.len() == KEPT {
            open.kept.pop_front();
        }
        open.kept.push_back((number, Arc::clone(&decoded)));
        Ok(decoded)
    }
}

fn key(point: usize, scenario: usize, measure: usize) -> (u32, u16, u16) {
    (point as u32, scenario as u16, measure as u16)
}
