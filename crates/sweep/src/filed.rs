//! Values of a sweep that is too large to be held: read from the tidy file as they are asked for.
//!
//! The file's rows are in the order of points, so whoever goes through the points in their order decodes each row group once; a few stay
//! decoded for whoever goes to and fro. Memory holds those, whatever the number of points and replications.

use super::manifest::Manifest;
use super::rows::TidyRows;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use poolwise_study::measures::Value;
use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Row groups that stay decoded: what is taken at one point may lie in two.
const KEPT: usize = 3;

/// An open tidy file.
pub(crate) struct Filed {
    open: Mutex<OpenTidy>,
    manifest: Manifest,
    /// Least and greatest point of each row group.
    spans: Vec<(usize, usize)>,
    /// Why a value could not be read.
    failure: OnceLock<String>,
}

struct OpenTidy {
    reader: SerializedFileReader<File>,
    /// Row groups, the last used last.
    kept: VecDeque<(usize, Arc<DecodedGroup>)>,
}

/// A row group's values: by point from the first, scenario and measure, those of each replication.
struct DecodedGroup {
    first: usize,
    cells: Vec<Vec<Value>>,
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
        let open = Mutex::new(OpenTidy { reader, kept: VecDeque::new() });
        Ok(Self { open, manifest: manifest.clone(), spans, failure: OnceLock::new() })
    }

    /// Values of a measure, by replication; none where they cannot be read, which [`Self::failure`] tells.
    pub(crate) fn values(&self, point: usize, scenario: usize, measure: usize) -> Vec<Value> {
        let (scenarios, measures) = (self.manifest.scenarios.len(), self.manifest.measures.len());
        let from = self.spans.partition_point(|span| span.1 < point);
        let of_point = self.spans[from..].iter().take_while(|span| span.0 <= point).count();
        let mut all = Vec::new();
        for group in from..from + of_point {
            match self.group(group) {
                Ok(decoded) => {
                    let cell = ((point - decoded.first) * scenarios + scenario) * measures + measure;
                    all.extend(decoded.cells.get(cell).into_iter().flatten());
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

    /// Why a value could not be read.
    pub(crate) fn failure(&self) -> Option<String> {
        self.failure.get().cloned()
    }

    fn group(&self, number: usize) -> Result<Arc<DecodedGroup>, ParquetError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let known = open.kept.iter().position(|(n, _)| *n == number);
        if let Some(found) = known.and_then(|at| open.kept.remove(at)) {
            open.kept.push_back(found.clone());
            return Ok(found.1);
        }
        let rows = TidyRows::of(open.reader.get_row_group(number)?.as_ref(), &self.manifest, false)?;
        let (first, last) = self.spans[number];
        let (scenarios, measures) = (self.manifest.scenarios.len(), self.manifest.measures.len());
        let mut cells = vec![Vec::new(); (last + 1 - first) * scenarios * measures];
        rows.each(|(p, s, m), value| cells[((p - first) * scenarios + s) * measures + m].push(value));
        let decoded = Arc::new(DecodedGroup { first, cells });
        if open.kept.len() == KEPT {
            open.kept.pop_front();
        }
        open.kept.push_back((number, Arc::clone(&decoded)));
        Ok(decoded)
    }
}
