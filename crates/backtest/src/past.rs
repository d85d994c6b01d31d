//! What happened, by interval and place.

use jiff::civil::{Date, DateTime};
use std::collections::BTreeMap;

/// What happened in one interval at one place.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Happened {
    /// Requests that came in the interval.
    pub offered: u64,
    /// Answered within the target.
    pub within: Option<f64>,
    /// Requests that gave up, where the file says so.
    pub abandoned: Option<f64>,
    /// Officers at work.
    pub staff: Option<f64>,
    /// Mean handling time, seconds.
    pub handling: Option<f64>,
}

/// A history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Past {
    /// Places; one without a name where the table has none.
    pub places: Vec<String>,
    /// By start of interval and place.
    pub rows: BTreeMap<(DateTime, usize), Happened>,
    /// Seconds of an interval.
    pub width: i64,
    /// How it was read where there was a choice, in sentences.
    pub notes: Vec<String>,
}

impl Past {
    /// The number of a place, a new one's too.
    pub fn place(&mut self, name: &str) -> usize {
        self.places.iter().position(|p| p == name).unwrap_or_else(|| {
            self.places.push(name.to_owned());
            self.places.len() - 1
        })
    }

    /// Mean handling time over all intervals that have one, by the requests offered; seconds.
    pub fn mean_handling(&self) -> Option<f64> {
        let (mut sum, mut n) = (0.0, 0.0);
        for r in self.rows.values().filter(|r| r.offered > 0) {
            if let Some(seconds) = r.handling.filter(|s| *s > 0.0) {
                sum += seconds * r.offered as f64;
                n += r.offered as f64;
            }
        }
        (n > 0.0).then(|| sum / n)
    }

    /// The arrivals as CSV: a column for each place.
    pub fn csv(&self) -> String {
        let mut by: BTreeMap<DateTime, Vec<u64>> = BTreeMap::new();
        for ((at, place), r) in &self.rows {
            by.entry(*at).or_insert_with(|| vec![0; self.places.len()])[*place] = r.offered;
        }
        let mut out = String::from("time");
        for (i, _) in self.places.iter().enumerate() {
            out.push_str(&format!(",place {}", i + 1));
        }
        out.push('\n');
        for (at, n) in by {
            out.push_str(&at.strftime("%Y-%m-%d %H:%M").to_string());
            n.iter().for_each(|n| out.push_str(&format!(",{n}")));
            out.push('\n');
        }
        out
    }

    /// First and last day; `None` where it has no intervals.
    pub fn days(&self) -> Option<(Date, Date)> {
        Some((self.rows.first_key_value()?.0.0.date(), self.rows.last_key_value()?.0.0.date()))
    }
}
