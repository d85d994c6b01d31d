//! What is wrong with a file: where, what was found, and what to write.

use std::fmt;
use thiserror::Error;

/// A file, or part of one, that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct Problem {
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where it stands.
    pub place: Box<TablePlace>,
    /// What to do about it.
    pub help: Vec<String>,
}

/// Where something stands in a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TablePlace {
    /// The file, as the user named it.
    pub file: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Row (line of a text file), from 1; 0 where none is meant.
    pub row: u64,
    /// Name of the column.
    pub column: Option<String>,
}

impl TablePlace {
    /// A sheet of a file; text files have one without a name.
    pub fn sheet(file: &str, sheet: Option<&str>) -> Self {
        Self { file: file.to_owned(), sheet: sheet.map(str::to_owned), ..Self::default() }
    }

    /// A row of it.
    #[must_use]
    pub fn row(mut self, row: u64) -> Self {
        self.row = row;
        self
    }

    /// A column of it.
    #[must_use]
    pub fn column(mut self, name: &str) -> Self {
        self.column = Some(name.to_owned());
        self
    }
}

impl fmt::Display for TablePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, ", sheet `{sheet}`")?;
        }
        if self.row > 0 {
            write!(f, ", row {}", self.row)?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        Ok(())
    }
}

impl Problem {
    /// A problem at a place.
    pub fn new(place: TablePlace, message: impl Into<String>) -> Self {
        Self { message: message.into(), place: Box::new(place), help: Vec::new() }
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n  --> {}", self.message, self.place)?;
        for help in &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}
