//! Rows of a tidy file: a row group decoded.

use super::manifest::Manifest;
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use poolwise_study::measures::Value;
use std::collections::HashMap;

/// What rows of a tidy file name, and how many points there are.
#[derive(Debug, Clone)]
pub(crate) struct RowNames {
    pub scenarios: Vec<String>,
    pub measures: Vec<String>,
    pub points: usize,
}

impl RowNames {
    /// Those of a sweep.
    pub(crate) fn of(manifest: &Manifest) -> Self {
        Self {
            scenarios: manifest.scenarios.iter().map(|s| s.name.clone()).collect(),
            measures: manifest.measures.clone(),
            points: manifest.points,
        }
    }

    /// The cell of a point, scenario and measure, where points count from `first`.
    pub(crate) fn cell(&self, first: usize, (point, scenario, measure): (usize, usize, usize)) -> usize {
        ((point - first) * self.scenarios.len() + scenario) * self.measures.len() + measure
    }
}

fn wrong(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

/// The points of a row group's rows.
///
/// # Errors
/// If they cannot be read, or one is not in the plan.
fn points(group: &dyn RowGroupReader, columns: &Columns, points: usize) -> Result<Vec<u32>, ParquetError> {
    let known = |p: i32| u32::try_from(p).ok().filter(|p| (*p as usize) < points);
    column::<Int32Type>(group, columns.find("point")?, -1)?
        .into_iter()
        .map(|p| known(p).ok_or_else(|| wrong("a row's point is not in the plan")))
        .collect()
}

/// Where the rows of a row group are.
pub(crate) struct PlacedRows {
    /// Point of the design.
    pub point: Vec<u32>,
    /// Values of the axes, by axis.
    pub axes: Vec<Vec<f64>>,
}

impl PlacedRows {
    /// Decodes what says where rows are.
    ///
    /// # Errors
    /// If it cannot be read, or a row does not belong to the sweep.
    pub(crate) fn of(group: &dyn RowGroupReader, manifest: &Manifest) -> Result<Self, ParquetError> {
        let columns = Columns::of(group);
        let point = points(group, &columns, manifest.points)?;
        let mut axes = Vec::new();
        for axis in &manifest.axes {
            let index = columns.find(&axis.name)?;
            axes.push(if axis.words.is_empty() {
                column::<DoubleType>(group, index, f64::NAN)?
            } else {
                let position = |w: &ByteArray| {
                    axis.words.iter().position(|x| x.as_bytes() == w.data()).map_or(f64::NAN, |i| i as f64)
                };
                column::<ByteArrayType>(group, index, ByteArray::new())?.iter().map(position).collect()
            });
        }
        Ok(Self { point, axes })
    }

    /// Its least and its greatest point; none without rows.
    pub(crate) fn span(&self) -> Option<(usize, usize)> {
        Some((*self.point.iter().min()? as usize, *self.point.iter().max()? as usize))
    }
}

/// The values of a row group's rows.
pub(crate) struct ValueRows {
    point: Vec<u32>,
    /// Position of the scenario.
    scenario: Vec<u16>,
    /// Position of the measure.
    measure: Vec<u16>,
    value: Vec<Value>,
}

impl ValueRows {
    /// Decodes values and what they are of.
    ///
    /// # Errors
    /// If they cannot be read, or a row does not belong to the sweep.
    pub(crate) fn of(group: &dyn RowGroupReader, names: &RowNames) -> Result<Self, ParquetError> {
        let columns = Columns::of(group);
        let numbers = |name: &str| -> Result<Vec<f64>, ParquetError> {
            column::<DoubleType>(group, columns.find(name)?, f64::NAN)
        };
        let places = |names: &[String], name: &str, unknown: &str| -> Result<Vec<u16>, ParquetError> {
            let known: HashMap<&[u8], usize> =
                names.iter().enumerate().map(|(i, n)| (n.as_bytes(), i)).collect();
            let words = column::<ByteArrayType>(group, columns.find(name)?, ByteArray::new())?;
            let mut out = Vec::with_capacity(words.len());
            // Names mostly stay, or come in their order.
            let mut last = 0;
            for word in &words {
                let word = word.data();
                let is = |at: usize| names.get(at).is_some_and(|name| name.as_bytes() == word);
                if !is(last) {
                    let next = if last + 1 < names.len() { last + 1 } else { 0 };
                    last = match is(next) {
                        true => next,
                        false => known.get(word).copied().ok_or_else(|| wrong(unknown))?,
                    };
                }
                out.push(last as u16);
            }
            Ok(out)
        };
        let point = points(group, &columns, names.points)?;
        let scenario = places(&names.scenarios, "scenario", "a row's scenario is unknown")?;
        let measure = places(&names.measures, "measure", "a row's measure is unknown")?;
        let (value, numerator, denominator) =
            (numbers("value")?, numbers("numerator")?, numbers("denominator")?);
        let one = |row: usize| match numerator[row] {
            n if n.is_nan() => Value::Plain(value[row]),
            n => Value::Ratio(n, denominator[row]),
        };
        Ok(Self { point, scenario, measure, value: (0..value.len()).map(one).collect() })
    }

    /// Every value in the order of the file, with its point, scenario and measure.
    pub(crate) fn each(&self, mut take: impl FnMut((usize, usize, usize), Value)) {
        for (row, value) in self.value.iter().enumerate() {
            let (scenario, measure) = (usize::from(self.scenario[row]), usize::from(self.measure[row]));
            take((self.point[row] as usize, scenario, measure), *value);
        }
    }
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
