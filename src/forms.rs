//! Forms of results on standard output.

use clap::ValueEnum;

/// Form of the results on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Sentences and tables to read
    Table,
    /// One JSON document
    Json,
    /// Numbers for a spreadsheet, a line each
    Csv,
    /// Sentences and tables for a document
    Markdown,
}
