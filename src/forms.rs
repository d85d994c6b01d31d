//! Forms of results on standard output.

use clap::ValueEnum;

/// Form of an answer on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// The answer in sentences and a table
    Table,
    /// One JSON document
    Json,
    /// Every whole-scenario measure, a line each
    Csv,
    /// Sentences and table for a document
    Markdown,
}

/// Form of the results on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables to read
    Table,
    /// One JSON document
    Json,
}

/// Form of the validation's results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValidateFormat {
    /// Text to read, case by case
    Table,
    /// One JSON document
    Json,
    /// The page `docs/validation.md`
    Markdown,
}
