//! Results as JSON, indented, ending with a line feed; undefined numbers are `null`. The documents of a study are
//! its own: see [`poolwise_study::Results`].

use super::ReportError;
use serde::Serialize;
use std::io::{self, Write};

/// Any value as indented JSON that ends with a line feed.
///
/// # Errors
/// If it cannot be written as JSON, which no result of this program should cause.
pub fn document<T: Serialize>(value: &T) -> Result<String, ReportError> {
    Ok(poolwise_study::study::json(value)?)
}

/// The same to a file, without holding all of it.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write<T: Serialize>(value: &T, to: &mut dyn Write) -> io::Result<()> {
    poolwise_study::format::write_json(value, to)
}
