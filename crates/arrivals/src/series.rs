//! Counts of requests by interval and place.

use jiff::civil::DateTime;

/// How intervals without a row are said to be taken; others take it up.
pub const NONE_ARRIVE: &str = "nothing is taken to arrive in them";
/// How intervals without a count are said to be taken; others take it up.
pub const NONE_BETWEEN: &str = "nothing is taken to arrive then";
/// The same of a place that others have in an interval.
pub const COUNT_AS_NONE: &str = "they count as 0";

/// Counts of all places by interval, in local time.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Names of the places.
    pub places: Vec<String>,
    /// Length of an interval, seconds.
    pub width: i64,
    /// Start of each interval that has a row, ascending, and the counts of the places. An interval comes twice where
    /// the clock goes back.
    pub rows: Vec<(DateTime, Vec<u64>)>,
    /// What was found out on the way, in sentences.
    pub notes: Vec<String>,
}

impl Series {
    /// All requests.
    pub fn total(&self) -> u64 {
        self.rows.iter().flat_map(|r| &r.1).sum()
    }

    /// The counts as CSV in one form, whatever they came from.
    pub fn csv(&self) -> String {
        let mut text = String::from("time");
        for p in &self.places {
            text.push(',');
            text.push_str(&quoted(p));
        }
        text.push('\n');
        for (at, counts) in &self.rows {
            text.push_str(&at.strftime("%Y-%m-%d %H:%M").to_string());
            for n in counts {
                text.push_str(&format!(",{n}"));
            }
            text.push('\n');
        }
        text
    }
}

/// A name as CSV has it.
pub fn quoted(name: &str) -> String {
    if name.contains([',', '"', '\n', ';', '#']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}
