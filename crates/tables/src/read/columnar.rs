//! Parquet, row by row.

use super::Take;
use super::guard::guarded;
use crate::cell::Cell;
use crate::problem::{Problem, TablePlace};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use parquet::basic::{Compression, LogicalType, TimeUnit};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::borrow::Cow;
use std::fs::File;
use std::path::Path;

/// Hands the names and each row to `take`.
pub(super) fn rows(path: &Path, name: &str, take: &mut Take<'_>) -> Result<(), Problem> {
    let place = || TablePlace::sheet(name, None);
    let damaged = |e: &dyn std::fmt::Display| {
        Problem::new(place(), format!("the Parquet file cannot be read: {e}"))
            .help("write it anew, or as CSV")
    };
    let file = File::open(path).map_err(|e| damaged(&e))?;
    let reader =
        guarded(|| SerializedFileReader::new(file)).map_err(|e| damaged(&e))?.map_err(|e| damaged(&e))?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    if let Some(column) = schema.columns().iter().find(|c| c.path().parts().len() > 1) {
        return Err(Problem::new(place().column(&column.path().string()), "nested columns are not read")
            .help("write a table of plain columns: in polars `df.unnest(...)` or `df.explode(...)`, in DuckDB `SELECT unnest(...)`"));
    }
    let chunks = reader.metadata().row_groups().iter().flat_map(|group| group.columns());
    for chunk in chunks {
        let packed = match chunk.compression() {
            Compression::BROTLI(_) => "Brotli",
            Compression::LZO => "LZO",
            _ => continue,
        };
        let column = chunk.column_path().string();
        return Err(Problem::new(
            place().column(&column),
            format!("the column is compressed by {packed}, which is not read"),
        )
        .help("write it with compression `zstd`, `snappy`, `gzip` or `lz4`: in pandas `to_parquet(path, compression=\"zstd\")`, in polars `write_parquet(path, compression=\"zstd\")`, in DuckDB `COPY t TO 'path' (FORMAT parquet, COMPRESSION zstd)`"));
    }
    // A footer that says of a column more values than the group has rows, or of a group more than its bytes can hold, is spoilt: its
    // reader would go on and on.
    for group in reader.metadata().row_groups() {
        let rows = group.num_rows();
        let odd = group.columns().iter().find(|c| c.num_values() != rows);
        if let Some(column) = odd {
            let column = column.column_path().string();
            let what =
                format!("the Parquet file is damaged: the column has not the {rows} values of its rows");
            return Err(Problem::new(place().column(&column), what).help("write it anew, or as CSV"));
        }
    }
    let names: Vec<Cell<'_>> = schema.columns().iter().map(|c| Cell::text(c.name()).into_owned()).collect();
    // Nanoseconds are handed out as plain numbers; instants, unlike local times, have a zone in which to be shown.
    let kinds: Vec<(bool, bool)> = schema
        .columns()
        .iter()
        .map(|c| match c.logical_type_ref() {
            Some(LogicalType::Timestamp(t)) => (matches!(t.unit, TimeUnit::NANOS), t.is_adjusted_to_u_t_c),
            _ => (false, false),
        })
        .collect();
    take(1, &names)?;
    let mut all = guarded(|| reader.get_row_iter(None)).map_err(|e| damaged(&e))?.map_err(|e| damaged(&e))?;
    let mut i = 0_u64;
    while let Some(row) = guarded(|| all.next()).map_err(|e| damaged(&e))? {
        let row = row.map_err(|e| damaged(&e))?;
        i += 1;
        let cells: Vec<Cell<'static>> =
            row.into_columns().into_iter().zip(&kinds).map(|((_, f), kind)| timed(f, *kind)).collect();
        take(i + 1, &cells)?;
    }
    Ok(())
}

/// A field of a column of timestamps in nanoseconds, or of instants.
fn timed(field: Field, (nanos, instant): (bool, bool)) -> Cell<'static> {
    let cell = match field {
        Field::Long(n) if nanos => moment(n.div_euclid(1000)),
        field => cell(field),
    };
    match cell {
        Cell::Moment(at) if instant => {
            Cell::Text(Cow::Owned(at.strftime("%Y-%m-%dT%H:%M:%S%.fZ").to_string()))
        }
        cell => cell,
    }
}

fn cell(field: Field) -> Cell<'static> {
    match field {
        Field::Bool(b) => Cell::Number(f64::from(u8::from(b))),
        Field::Byte(n) => Cell::Number(f64::from(n)),
        Field::Short(n) => Cell::Number(f64::from(n)),
        Field::Int(n) => Cell::Number(f64::from(n)),
        Field::Long(n) => Cell::Number(n as f64),
        Field::UByte(n) => Cell::Number(f64::from(n)),
        Field::UShort(n) => Cell::Number(f64::from(n)),
        Field::UInt(n) => Cell::Number(f64::from(n)),
        Field::ULong(n) => Cell::Number(n as f64),
        Field::Float(x) => finite(f64::from(x)),
        Field::Double(x) => finite(x),
        Field::Str(text) => Cell::text(&text).into_owned(),
        Field::Bytes(bytes) => Cell::text(&String::from_utf8_lossy(bytes.data())).into_owned(),
        Field::Date(days) => moment(i64::from(days) * 86_400_000_000),
        Field::TimestampMillis(ms) => moment(ms.saturating_mul(1000)),
        Field::TimestampMicros(us) => moment(us),
        Field::TimeMillis(ms) => Cell::Span(f64::from(ms) / 1000.0),
        Field::TimeMicros(us) => Cell::Span(us as f64 / 1e6),
        Field::Null => Cell::Empty,
        other => Cell::Text(Cow::Owned(other.to_string())),
    }
}

fn finite(x: f64) -> Cell<'static> {
    if x.is_finite() { Cell::Number(x) } else { Cell::Empty }
}

/// Micro-seconds since 1970 as the wall clock shows them.
fn moment(micros: i64) -> Cell<'static> {
    let at: Option<DateTime> = Timestamp::from_microsecond(micros).ok().map(|t| TimeZone::UTC.to_datetime(t));
    at.map_or(Cell::Empty, Cell::Moment)
}
