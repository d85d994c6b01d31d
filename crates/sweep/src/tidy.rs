//! Tidy results of a sweep, as Parquet and CSV: one row for each point, scenario, replication and measure,
//! in that order, with a column for each axis. Rows stream to the files, so that memory does not grow with
//! their number.

use super::error::SweepError;
use super::merge::{Merged, Sink, merge};
use super::plan::SweepPlan;
use super::record::Record;
use super::results::{CSV, PARQUET, PLAN_KEY};
use super::store::write_whole_with;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use poolwise_study::measures::Value;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// Rows of a row group: some 10 MiB while it is being written.
const GROUP: usize = 1 << 17;

/// Merges the shards of a folder into `results.parquet` and, if wanted, `results.csv`. Both are written whole or not at all.
///
/// # Errors
/// As [`merge`], and if a file cannot be written.
pub fn write(plan: &SweepPlan, folder: &Path, csv: bool) -> Result<Merged, SweepError> {
    fs::create_dir_all(folder).map_err(|e| SweepError::file(folder, "make the folder", e))?;
    let mut outcome = None;
    let mut fill = |sink: &mut Tee<'_, '_>| {
        let merged = merge(plan, folder, sink).and_then(|m| sink.finish().map(|()| m));
        let stop = merged.is_err();
        outcome = Some(merged);
        // The reason is in `outcome`; this only keeps the file from being put in place.
        if stop { Err(io::Error::other("not merged")) } else { Ok(()) }
    };
    let mut text_failed = None;
    let written = write_whole_with(&folder.join(PARQUET), |parquet| {
        let parquet = Parquet::new(parquet, plan).map_err(io::Error::other)?;
        if csv {
            let mut parquet = Some(parquet);
            let text = write_whole_with(&folder.join(CSV), |text| {
                fill(&mut Tee::new(plan, parquet.take(), Some(csv::Writer::from_writer(text))))
            });
            // Said of the file that could not be written, not of the one that waits for it.
            text.map_err(|e| {
                text_failed = Some(e);
                io::Error::other("not written")
            })
        } else {
            fill(&mut Tee::new(plan, Some(parquet), None))
        }
    });
    match (outcome, text_failed) {
        (Some(Err(e)), _) | (_, Some(e)) => Err(e),
        (Some(Ok(merged)), None) => written.map(|()| merged),
        (None, None) => written.and_then(|()| Err(SweepError::Usage("nothing was merged".to_owned()))),
    }
}

/// A row that waits for its row group.
#[derive(Debug, Clone, Copy)]
struct PendingRow {
    point: u32,
    scenario: u16,
    measure: u16,
    replication: u32,
    value: Value,
}

/// Writes rows to both files.
struct Tee<'p, 'c> {
    plan: &'p SweepPlan,
    parquet: Option<Parquet<'p>>,
    csv: Option<csv::Writer<&'c mut (dyn Write + Send)>>,
    begun: bool,
}

impl<'p, 'c> Tee<'p, 'c> {
    fn new(
        plan: &'p SweepPlan,
        parquet: Option<Parquet<'p>>,
        csv: Option<csv::Writer<&'c mut (dyn Write + Send)>>,
    ) -> Self {
        Self { plan, parquet, csv, begun: false }
    }

    fn header(&mut self) -> Result<(), csv::Error> {
        if let Some(csv) = &mut self.csv {
            let axes = self.plan.manifest.axes.iter().map(|a| a.name.as_str());
            let after = ["measure", "value", "numerator", "denominator"];
            csv.write_record(["point", "scenario", "replication"].into_iter().chain(axes).chain(after))?;
        }
        self.begun = true;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), SweepError> {
        if let Some(parquet) = &mut self.parquet {
            parquet.finish().map_err(|e| failed(PARQUET, io_of(e)))?;
        }
        if let Some(csv) = &mut self.csv {
            csv.flush().map_err(|e| failed(CSV, e))?;
        }
        Ok(())
    }
}

fn failed(name: &str, cause: io::Error) -> SweepError {
    SweepError::file(Path::new(name), "write", cause)
}

/// The failure of the disk within a failure of the format.
fn io_of(e: ParquetError) -> io::Error {
    match e {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(io) => *io,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

fn io_of_csv(e: csv::Error) -> io::Error {
    match e.into_kind() {
        csv::ErrorKind::Io(io) => io,
        other => io::Error::other(format!("{other:?}")),
    }
}

impl Sink for Tee<'_, '_> {
    fn replication(&mut self, point: usize, scenario: usize, record: &Record) -> Result<(), SweepError> {
        if !self.begun {
            self.header().map_err(|e| failed(CSV, io_of_csv(e)))?;
        }
        let manifest = &self.plan.manifest;
        let axes: Vec<String> =
            manifest.axes.iter().zip(self.plan.points.row(point)).map(|(a, x)| a.show(*x)).collect();
        let (number, replication) = (point.to_string(), record.replication.to_string());
        for (measure, value) in record.values.iter().enumerate() {
            let Some(value) = *value else { continue };
            if let Some(csv) = &mut self.csv {
                let (n, d) = parts(value);
                let head =
                    [number.as_str(), manifest.scenarios[scenario].name.as_str(), replication.as_str()];
                let tail = [
                    shown(value.value()),
                    n.map_or_else(String::new, shown),
                    d.map_or_else(String::new, shown),
                ];
                let row = head
                    .into_iter()
                    .chain(axes.iter().map(String::as_str))
                    .chain([manifest.measures[measure].as_str()])
                    .chain(tail.iter().map(String::as_str));
                csv.write_record(row).map_err(|e| failed(CSV, io_of_csv(e)))?;
            }
            if let Some(parquet) = &mut self.parquet {
                let row = PendingRow {
                    point: point as u32,
                    scenario: scenario as u16,
                    measure: measure as u16,
                    replication: record.replication,
                    value,
                };
                parquet.push(row).map_err(|e| failed(PARQUET, io_of(e)))?;
            }
        }
        Ok(())
    }
}

/// Numerator and denominator of a ratio.
fn parts(value: Value) -> (Option<f64>, Option<f64>) {
    match value {
        Value::Ratio(n, d) => (Some(n), Some(d)),
        Value::Known(_) | Value::Plain(_) => (None, None),
    }
}

/// Shortest digits that read back as the same number; empty when undefined.
fn shown(x: f64) -> String {
    if x.is_finite() { x.to_string() } else { String::new() }
}

/// A Parquet file being written.
struct Parquet<'a> {
    plan: &'a SweepPlan,
    file: Option<SerializedFileWriter<&'a mut (dyn Write + Send)>>,
    rows: Vec<PendingRow>,
    scenarios: Vec<ByteArray>,
    measures: Vec<ByteArray>,
    words: Vec<Vec<ByteArray>>,
}

impl<'a> Parquet<'a> {
    fn new(to: &'a mut (dyn Write + Send), plan: &'a SweepPlan) -> Result<Self, ParquetError> {
        let manifest = &plan.manifest;
        let text = |s: &str| ByteArray::from(s.as_bytes().to_vec());
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(vec![KeyValue::new(PLAN_KEY.to_owned(), manifest.json())]))
            .build();
        Ok(Self {
            plan,
            file: Some(SerializedFileWriter::new(to, Arc::new(schema(plan)?), Arc::new(properties))?),
            rows: Vec::with_capacity(GROUP),
            scenarios: manifest.scenarios.iter().map(|s| text(&s.name)).collect(),
            measures: manifest.measures.iter().map(|m| text(m)).collect(),
            words: manifest.axes.iter().map(|a| a.words.iter().map(|w| text(w)).collect()).collect(),
        })
    }

    fn push(&mut self, row: PendingRow) -> Result<(), ParquetError> {
        self.rows.push(row);
        if self.rows.len() == GROUP { self.flush() } else { Ok(()) }
    }

    /// Writes the rows that wait as a row group.
    fn flush(&mut self) -> Result<(), ParquetError> {
        let Some(file) = self.file.as_mut().filter(|_| !self.rows.is_empty()) else { return Ok(()) };
        let rows = &self.rows;
        let mut group = file.next_row_group()?;
        let whole = |x: u32| i32::try_from(x).unwrap_or(i32::MAX);
        put::<Int32Type>(&mut group, rows.iter().map(|r| whole(r.point)).collect(), None)?;
        put::<ByteArrayType>(
            &mut group,
            rows.iter().map(|r| self.scenarios[usize::from(r.scenario)].clone()).collect(),
            None,
        )?;
        put::<Int32Type>(&mut group, rows.iter().map(|r| whole(r.replication)).collect(), None)?;
        for (k, words) in self.words.iter().enumerate() {
            let values = rows.iter().map(|r| self.plan.points.row(r.point as usize)[k]);
            if words.is_empty() {
                put::<DoubleType>(&mut group, values.collect(), None)?;
            } else {
                put::<ByteArrayType>(&mut group, values.map(|x| words[x as usize].clone()).collect(), None)?;
            }
        }
        put::<ByteArrayType>(
            &mut group,
            rows.iter().map(|r| self.measures[usize::from(r.measure)].clone()).collect(),
            None,
        )?;
        optional(&mut group, rows.iter().map(|r| Some(r.value.value())))?;
        optional(&mut group, rows.iter().map(|r| parts(r.value).0))?;
        optional(&mut group, rows.iter().map(|r| parts(r.value).1))?;
        group.close()?;
        self.rows.clear();
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ParquetError> {
        self.flush()?;
        match self.file.take() {
            Some(file) => file.close().map(drop),
            None => Ok(()),
        }
    }
}

/// Columns and their types.
fn schema(plan: &SweepPlan) -> Result<Type, ParquetError> {
    let column = |name: &str, physical, repetition| {
        let logical = (physical == Physical::BYTE_ARRAY).then_some(LogicalType::String);
        let builder = Type::primitive_type_builder(name, physical);
        builder.with_repetition(repetition).with_logical_type(logical).build().map(Arc::new)
    };
    let (must, may) = (Repetition::REQUIRED, Repetition::OPTIONAL);
    let mut fields = vec![
        column("point", Physical::INT32, must)?,
        column("scenario", Physical::BYTE_ARRAY, must)?,
        column("replication", Physical::INT32, must)?,
    ];
    for axis in &plan.manifest.axes {
        let physical = if axis.words.is_empty() { Physical::DOUBLE } else { Physical::BYTE_ARRAY };
        fields.push(column(&axis.name, physical, must)?);
    }
    fields.push(column("measure", Physical::BYTE_ARRAY, must)?);
    for name in ["value", "numerator", "denominator"] {
        fields.push(column(name, Physical::DOUBLE, may)?);
    }
    Type::group_type_builder("results").with_fields(fields).build()
}

type RowGroup<'g, 'w> = SerializedRowGroupWriter<'g, &'w mut (dyn Write + Send)>;

fn put<T: DataType>(
    group: &mut RowGroup<'_, '_>,
    values: Vec<T::T>,
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("there are more columns than the schema says".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(&values, levels, None)?;
    column.close()
}

/// A column of numbers in which undefined ones are null.
fn optional(
    group: &mut RowGroup<'_, '_>,
    values: impl Iterator<Item = Option<f64>>,
) -> Result<(), ParquetError> {
    let (mut known, mut levels) = (Vec::new(), Vec::new());
    for value in values {
        let value = value.filter(|x| x.is_finite());
        levels.push(i16::from(value.is_some()));
        known.extend(value);
    }
    put::<DoubleType>(group, known, Some(&levels))
}
