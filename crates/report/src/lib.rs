//! Reports: one renderer a file, from results only. Nothing here computes a result.
//!
//! [`block`] decides what the tables say; [`table`] draws them in the terminal and [`page`] on a page.
//! [`plots`] draws pictures, [`folder`] decides which files a scenario gets.
#![warn(missing_docs)]

pub mod assumptions;
pub mod backtest;
pub mod block;
pub mod colour;
pub mod csv;
pub mod describe;
pub mod fit;
#[cfg(test)]
mod fixture;
pub mod folder;
pub mod intake;
pub mod json;
pub mod manifest;
pub mod markdown;
pub mod options;
pub mod page;
pub mod plots;
pub mod roster;
pub mod setting;
pub mod staff;
pub mod staffing;
pub mod strip;
pub mod sweep;
pub mod table;
pub mod theory;
pub mod told;
pub mod uncertain;
#[cfg(feature = "validation")]
pub mod validation;
pub mod write;
pub mod xlsx;

pub use poolwise_study::number;
pub use setting::Setting;

use std::fmt;
use std::path::PathBuf;
use write::WriteError;

/// Why a report could not be made.
#[derive(Debug)]
pub enum ReportError {
    /// A file or folder could not be written.
    Write(WriteError),
    /// A result could not be encoded.
    Encode(String),
    /// A picture could not be drawn.
    Draw(String),
    /// A file that is never overwritten is there already.
    There(PathBuf),
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(e) => e.fmt(f),
            Self::Encode(e) => write!(f, "cannot encode a result: {e}"),
            Self::Draw(e) => write!(f, "cannot draw a picture: {e}"),
            Self::There(path) => write!(
                f,
                "{} is there already and is not overwritten; choose another folder with --into",
                path.display()
            ),
        }
    }
}

impl std::error::Error for ReportError {}

impl From<serde_json::Error> for ReportError {
    fn from(e: serde_json::Error) -> Self {
        Self::Encode(e.to_string())
    }
}

impl From<WriteError> for ReportError {
    fn from(e: WriteError) -> Self {
        Self::Write(e)
    }
}

/// Text made safe inside HTML and SVG.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}
