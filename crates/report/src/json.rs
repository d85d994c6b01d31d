//! Results as JSON, indented, ending with a line feed; undefined numbers are `null`. The documents of a study are
//! its own: see [`poolwise_study::Results`].

use super::ReportError;
use serde::Serialize;

/// Any value as indented JSON that ends with a line feed.
///
/// # Errors
/// If it cannot be written as JSON, which no result of this program should cause.
pub fn document<T: Serialize>(value: &T) -> Result<String, ReportError> {
    Ok(poolwise_study::study::json(value)?)
}
