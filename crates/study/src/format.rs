//! Results as the text of files: the same bytes on every machine, for whoever asks.

use super::summary::Summary;
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};
use std::io::{Result, Write};

/// Any result as indented JSON that ends with a line feed, such as `summary.json`; undefined numbers are `null`.
///
/// # Errors
/// If a result cannot be written as JSON, which no result of this program should cause.
pub fn json<T: Serialize>(value: &T) -> std::result::Result<String, serde_json::Error> {
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Indented::default()))?;
    bytes.push(b'\n');
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The text of `replications.csv`: every whole-scenario measure of every replication, undefined values empty.
///
/// # Errors
/// If a row cannot be encoded, which no result of this program should cause.
pub fn replications(summary: &Summary) -> std::result::Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["scenario", "replication", "measure", "value"])?;
    for row in &summary.detail.replications {
        // Shortest digits that read back as the same number.
        let value = if row.value.is_finite() { signless(row.value).to_string() } else { String::new() };
        writer.write_record([&row.scenario, &row.replication.to_string(), &row.measure, &value])?;
    }
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The number, but for a zero without its sign. Which zero `max(-0.0, 0.0)` is differs between processors; nothing else
/// depends on it, so the sign is lost before it is written.
fn signless(value: f64) -> f64 {
    value + 0.0
}

/// JSON indented as usual, zeros without a sign.
#[derive(Default)]
struct Indented(PrettyFormatter<'static>);

impl Formatter for Indented {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> Result<()> {
        self.0.write_f64(writer, signless(value))
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.end_object_value(writer)
    }
}

/// What [`json`] gives, to a file: for what is too large to be held.
///
/// # Errors
/// If it cannot be written.
pub fn write_json<T: Serialize>(value: &T, to: &mut dyn Write) -> Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *to, Indented::default()))?;
    to.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::json;

    #[test]
    fn zeros_have_no_sign_and_the_rest_is_as_usual() {
        let value = serde_json::json!({ "a": [-0.0, 0.0, -1.5, f64::NAN, []], "b": { "c": 1e300 }, "d": {} });
        let usual = serde_json::to_string_pretty(&value).unwrap().replace("-0.0", "0.0") + "\n";
        assert_eq!(json(&value).unwrap(), usual);
    }
}
