//! Tidy results, read back: what reports and root finders stand on.
//!
//! `results.parquet` has one row for each scenario, point, replication and measure, and the plan in its
//! metadata under [`PLAN_KEY`], so that it can be understood alone.

use super::error::SweepError;
use super::manifest::Manifest;
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use poolwise_stats::{Estimate, Paired, Range, ratio_residuals};
use poolwise_study::measures::{Value, range_of};
use poolwise_study::summarise::estimate_of;
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

/// Name of the tidy file in a sweep's folder.
pub const PARQUET: &str = "results.parquet";
/// Name of the same as text.
pub const CSV: &str = "results.csv";
/// Where the plan stands in the Parquet file's metadata.
pub const PLAN_KEY: &str = "poolwise.plan";

/// All results of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// The sweep: scenarios, axes, design, measures.
    pub manifest: Manifest,
    /// Values of the axes, point by point; of an axis of words, positions in its list.
    pub points: Vec<Vec<f64>>,
    /// By point, scenario and measure: values by replication. Empty where the scenario has no such measure.
    values: Vec<Vec<Value>>,
}

impl Results {
    /// Reads `results.parquet` of a folder.
    ///
    /// # Errors
    /// If it cannot be read or is not what this program writes.
    pub fn read(folder: &Path) -> Result<Self, SweepError> {
        let path = folder.join(PARQUET);
        let file = File::open(&path).map_err(|e| SweepError::file(&path, "read", e))?;
        let damaged = |why: String| SweepError::Damaged { path: path.clone(), why };
        let reader = SerializedFileReader::new(file).map_err(|e| damaged(e.to_string()))?;
        let manifest = manifest_of(&reader).map_err(damaged)?;
        let mut out = Self::empty(manifest);
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group).map_err(|e| damaged(e.to_string()))?;
            out.take(group.as_ref()).map_err(|e| damaged(e.to_string()))?;
        }
        Ok(out)
    }

    /// Results in which nothing is known yet. `points` are of the right number, their values NaN.
    pub fn empty(manifest: Manifest) -> Self {
        let cells = manifest.points * manifest.scenarios.len() * manifest.measures.len();
        Self {
            points: vec![vec![f64::NAN; manifest.axes.len()]; manifest.points],
            values: vec![Vec::new(); cells],
            manifest,
        }
    }

    fn cell(&self, point: usize, scenario: usize, measure: usize) -> usize {
        (point * self.manifest.scenarios.len() + scenario) * self.manifest.measures.len() + measure
    }

    /// Values of a measure, by replication; empty where the scenario has no such measure.
    pub fn values(&self, point: usize, scenario: usize, measure: usize) -> &[Value] {
        &self.values[self.cell(point, scenario, measure)]
    }

    /// Adds a replication's value of a measure.
    pub fn push(&mut self, point: usize, scenario: usize, measure: usize, value: Value) {
        let cell = self.cell(point, scenario, measure);
        self.values[cell].push(value);
    }

    /// What values a measure can have.
    pub(crate) fn range(&self, measure: usize) -> Range {
        range_of(&self.manifest.measures[measure])
    }

    /// The estimate of a measure over replications; undefined where the scenario has no such measure.
    pub fn estimate(&self, point: usize, scenario: usize, measure: usize, confidence: f64) -> Estimate {
        match self.values(point, scenario, measure) {
            [] => Estimate::undefined(),
            values => estimate_of(values, self.range(measure), confidence),
        }
    }

    /// Scenario `a` less scenario `b`, replications paired by number, ratios by their linearised values.
    /// `None` where one of them has no such measure.
    pub fn difference(
        &self,
        point: usize,
        a: usize,
        b: usize,
        measure: usize,
        confidence: f64,
    ) -> Option<Paired> {
        let (a, b) = (self.values(point, a, measure), self.values(point, b, measure));
        let n = a.len().min(b.len());
        (n > 0).then(|| {
            Paired::new(&linear(&a[..n]), &linear(&b[..n]), confidence).possible(self.range(measure))
        })
    }

    /// Scenario `a` less scenario `b` in each replication, as [`Self::difference`] averages them.
    pub(crate) fn differences(&self, point: usize, a: usize, b: usize, measure: usize) -> Vec<f64> {
        let (a, b) = (linear(self.values(point, a, measure)), linear(self.values(point, b, measure)));
        a.iter().zip(&b).map(|(x, y)| x - y).collect()
    }

    /// Takes in a row group.
    fn take(&mut self, group: &dyn RowGroupReader) -> Result<(), ParquetError> {
        let wrong = |what: &str| ParquetError::General(what.to_owned());
        let columns = Columns::of(group);
        let numbers = |name: &str| -> Result<Vec<f64>, ParquetError> {
            column::<DoubleType>(group, columns.find(name)?, f64::NAN)
        };
        let words = |name: &str| -> Result<Vec<ByteArray>, ParquetError> {
            column::<ByteArrayType>(group, columns.find(name)?, ByteArray::new())
        };
        let point = column::<Int32Type>(group, columns.find("point")?, -1)?;
        let (scenario, measure) = (words("scenario")?, words("measure")?);
        let (value, numerator, denominator) =
            (numbers("value")?, numbers("numerator")?, numbers("denominator")?);
        let mut axes = Vec::new();
        for axis in &self.manifest.axes {
            axes.push(if axis.words.is_empty() {
                numbers(&axis.name)?
            } else {
                let position = |w: &ByteArray| {
                    axis.words.iter().position(|x| x.as_bytes() == w.data()).map_or(f64::NAN, |i| i as f64)
                };
                words(&axis.name)?.iter().map(position).collect()
            });
        }
        let of = |names: Vec<&String>| -> HashMap<Vec<u8>, usize> {
            names.into_iter().enumerate().map(|(i, n)| (n.clone().into_bytes(), i)).collect()
        };
        let scenarios = of(self.manifest.scenarios.iter().map(|s| &s.name).collect());
        let measures = of(self.manifest.measures.iter().collect());
        for row in 0..point.len() {
            let p = usize::try_from(point[row]).ok().filter(|p| *p < self.points.len());
            let p = p.ok_or_else(|| wrong("a row's point is not in the plan"))?;
            let s =
                *scenarios.get(scenario[row].data()).ok_or_else(|| wrong("a row's scenario is unknown"))?;
            let m = *measures.get(measure[row].data()).ok_or_else(|| wrong("a row's measure is unknown"))?;
            for (k, axis) in axes.iter().enumerate() {
                self.points[p][k] = axis[row];
            }
            let known = if numerator[row].is_nan() {
                Value::Plain(value[row])
            } else {
                Value::Ratio(numerator[row], denominator[row])
            };
            self.push(p, s, m, known);
        }
        Ok(())
    }
}

/// Values whose mean is the estimate: a ratio's linearised values, or the values themselves.
pub(crate) fn linear(values: &[Value]) -> Vec<f64> {
    if matches!(values.first(), Some(Value::Ratio(..))) {
        let (n, d) = poolwise_study::summarise::parts(values);
        ratio_residuals(&n, &d)
    } else {
        values.iter().map(|v| v.value()).collect()
    }
}

fn manifest_of(reader: &SerializedFileReader<File>) -> Result<Manifest, String> {
    let pairs = reader.metadata().file_metadata().key_value_metadata();
    let plan = pairs.and_then(|p| p.iter().find(|kv| kv.key == PLAN_KEY)).and_then(|kv| kv.value.as_ref());
    let plan = plan.ok_or("is not the result of a sweep: it holds no plan")?;
    serde_json::from_str(plan).map_err(|e| format!("its plan cannot be read: {e}"))
}

/// Columns by name.
struct Columns(HashMap<String, usize>);

impl Columns {
    fn of(group: &dyn RowGroupReader) -> Self {
        let schema = group.metadata().schema_descr();
        Self(schema.columns().iter().enumerate().map(|(i, c)| (c.name().to_owned(), i)).collect())
    }

    fn find(&self, name: &str) -> Result<usize, ParquetError> {
        self.0.get(name).copied().ok_or_else(|| ParquetError::General(format!("there is no column `{name}`")))
    }
}

/// A whole column; `missing` stands where it is null.
fn column<T: DataType>(
    group: &dyn RowGroupReader,
    index: usize,
    missing: T::T,
) -> Result<Vec<T::T>, ParquetError> {
    let mut reader = get_typed_column_reader::<T>(group.get_column_reader(index)?);
    let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
    let optional = group.metadata().column(index).column_descr().max_def_level() > 0;
    let (mut values, mut levels) = (Vec::with_capacity(rows), Vec::new());
    let mut read = 0;
    while read < rows {
        let (records, ..) = reader.read_records(rows - read, Some(&mut levels), None, &mut values)?;
        if records == 0 {
            return Err(ParquetError::General("a column ends early".to_owned()));
        }
        read += records;
    }
    if !optional {
        return Ok(values);
    }
    let mut known = values.into_iter();
    Ok(levels
        .iter()
        .map(|l| if *l > 0 { known.next().unwrap_or_else(|| missing.clone()) } else { missing.clone() })
        .collect())
}
