//! Reports: one renderer a file, from results only. Nothing here computes a result.
//!
//! [`block`] decides what the tables say; [`table`] draws them in the terminal and [`page`] on a page.
//! [`plots`] draws pictures, [`folder`] decides which files a scenario gets.
#![warn(missing_docs)]

mod assumptions;
pub mod backtest;
pub mod block;
mod called;
pub mod check;
mod colour;
mod column;
mod controls;
pub mod csv;
pub mod describe;
pub mod fit;
#[cfg(test)]
mod fixture;
pub mod folder;
pub mod forecast;
mod grid;
pub mod intake;
pub mod json;
pub mod manifest;
pub mod markdown;
mod messages;
mod notes;
mod option_column;
mod options;
pub mod page;
pub mod plots;
mod reactions;
pub mod roster;
mod setting;
mod shifts;
pub mod staff;
pub mod staffing;
pub mod strip;
pub mod sweep;
pub mod table;
mod theory;
pub mod told;
mod unbroken;
pub mod uncertain;
#[cfg(feature = "validation")]
pub mod validation;
pub mod write;
pub mod xlsx;

pub use poolwise_study::number;
pub use setting::Setting;

use std::path::PathBuf;
use thiserror::Error;
use write::WriteError;

/// Why a report could not be made.
#[derive(Debug, Error)]
pub enum ReportError {
    /// A file or folder could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A result could not be encoded.
    #[error("cannot encode a result: {0}")]
    Encode(String),
    /// A picture could not be drawn.
    #[error("cannot draw a picture: {0}")]
    Draw(String),
    /// A file that is never overwritten is there already.
    #[error("{} is there already and is not overwritten; choose another folder with --into", .0.display())]
    There(PathBuf),
}

impl From<serde_json::Error> for ReportError {
    fn from(e: serde_json::Error) -> Self {
        Self::Encode(e.to_string())
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
