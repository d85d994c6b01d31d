//! Rows of a tidy file: a row group decoded.

use super::manifest::Manifest;
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use poolwise_study::measures::Value;
use std::collections::HashMap;

/// The rows of a row group, by column.
pub(crate) struct TidyRows {
    /// Point of the design.
    pub point: Vec<usize>,
    /// Position of the scenario.
    scenario: Vec<usize>,
    /// Position of the measure.
    measure: Vec<usize>,
    value: Vec<Value>,
    /// Values of the axes, by axis; empty where they were not asked for.
    pub axes: Vec<Vec<f64>>,
}

impl TidyRows {
    /// Decodes a row group.
    ///
    /// # Errors
    /// If it cannot be read, or a row does not belong to the sweep.
    pub(crate) fn of(
        group: &dyn RowGroupReader,
        manifest: &Manifest,
        with_axes: bool,
    ) -> Result<Self, ParquetError> {
        let wrong = |what: &str| ParquetError::General(what.to_owned());
        let columns = Columns::of(group);
        let numbers = |name: &str| -> Result<Vec<f64>, ParquetError> {
            column::<DoubleType>(group, columns.find(name)?, f64::NAN)
        };
        let words = |name: &str| -> Result<Vec<ByteArray>, ParquetError> {
            column::<ByteArrayType>(group, columns.find(name)?, ByteArray::new())
        };
        let places = |names: Vec<&String>, column: &str, unknown: &str| -> Result<Vec<usize>, ParquetError> {
            let known: HashMap<&[u8], usize> =
                names.into_iter().enumerate().map(|(i, n)| (n.as_bytes(), i)).collect();
            let place = |w: &ByteArray| known.get(w.data()).copied().ok_or_else(|| wrong(unknown));
            words(column)?.iter().map(place).collect()
        };
        let known = |p: i32| usize::try_from(p).ok().filter(|p| *p < manifest.points);
        let point = column::<Int32Type>(group, columns.find("point")?, -1)?
            .into_iter()
            .map(|p| known(p).ok_or_else(|| wrong("a row's point is not in the plan")))
            .collect::<Result<_, _>>()?;
        let scenarios = manifest.scenarios.iter().map(|s| &s.name).collect();
        let scenario = places(scenarios, "scenario", "a row's scenario is unknown")?;
        let measure = places(manifest.measures.iter().collect(), "measure", "a row's measure is unknown")?;
        let (value, numerator, denominator) =
            (numbers("value")?, numbers("numerator")?, numbers("denominator")?);
        let one = |row: usize| match numerator[row] {
            n if n.is_nan() => Value::Plain(value[row]),
            n => Value::Ratio(n, denominator[row]),
        };
        let mut axes = Vec::new();
        for axis in manifest.axes.iter().filter(|_| with_axes) {
            axes.push(if axis.words.is_empty() {
                numbers(&axis.name)?
            } else {
                let position = |w: &ByteArray| {
                    axis.words.iter().position(|x| x.as_bytes() == w.data()).map_or(f64::NAN, |i| i as f64)
                };
                words(&axis.name)?.iter().map(position).collect()
            });
        }
        Ok(Self { point, scenario, measure, value: (0..value.len()).map(one).collect(), axes })
    }

    /// Its least and its greatest point; none without rows.
    pub(crate) fn span(&self) -> Option<(usize, usize)> {
        Some((self.point.iter().copied().min()?, self.point.iter().copied().max()?))
    }

    /// Every value in the order of the file, with its point, scenario and measure.
    pub(crate) fn each(&self, mut take: impl FnMut((usize, usize, usize), Value)) {
        for (row, value) in self.value.iter().enumerate() {
            take((self.point[row], self.scenario[row], self.measure[row]), *value);
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
