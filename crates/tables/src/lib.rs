//! From files to tables: what tables stand in a file of any usual kind, what their columns are, and their cells as dates, numbers
//! and lengths of time.
//!
//! A [`Book`](read::Book) is a file: text in any encoding and with any separator or columns of a fixed width, workbooks of Excel
//! and OpenDocument, Parquet. [`tables`] finds the tables in its sheets: under titles, beside and below each other, nested, with
//! names in two rows. [`facts`] says what stands in each column, and [`ways`] in which of several ways its dates and numbers are
//! written; where two fit and nothing settles it, that is refused with what to write, never guessed. [`values`] then reads cell by
//! cell, one row at a time. What a table is about, and what follows from it, is for others to say (`poolwise-intake`).
//!
//! Everything that is wrong is a [`Problem`]: what, where, and what to do about it.
//!
//! ```
//! use poolwise_tables::columns::{When, is_date};
//! use poolwise_tables::facts::table;
//! use poolwise_tables::read::{Book, UnwatchedRead};
//! use poolwise_tables::values::CellValues;
//! use poolwise_tables::ways::{Said, reading_of_counts};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("calls.csv");
//! std::fs::write(&path, "Calls of spring;;\nDate;Hour;Calls\n31.03.2025;7;12\n31.03.2025;8;1.204\n")?;
//! let book = Book::open(&path)?;
//! let found = table(&book, None, &UnwatchedRead)?.expect("a table");
//! assert_eq!((found.names_row, found.columns.len()), (2, 3));
//! assert!(is_date(&found.columns[0]));
//! // A day above 12 stands first: no other order of dates fits. Counts are whole: the mark is one of thousands.
//! let reading = reading_of_counts(&found, &[0], &[2], &Said::default())?;
//! let cells = CellValues { table: &found, reading, zone: None, hours_from_one: false };
//! let mut rows = Vec::new();
//! found.rows(&book, &UnwatchedRead, &mut |row, line| {
//!     if row > found.names_row {
//!         let at = cells.when(row, line, When::Two { date: 0, time: 1 })?;
//!         rows.push((at.to_string(), cells.count(row, 2, &line[2])?));
//!     }
//!     Ok(())
//! })?;
//! assert_eq!(rows[1], ("2025-03-31T08:00:00".to_owned(), Some(1204)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(missing_docs)]

pub mod cell;
pub mod collector;
pub mod columns;
pub mod dates;
pub mod facts;
pub mod heads;
pub mod instants;
pub mod measure_words;
mod pivot;
pub mod problem;
pub mod read;
pub mod sections;
mod spread;
pub mod tables;
pub mod totals;
pub mod values;
pub mod view;
pub mod ways;
mod week_dates;
pub mod words;

pub use problem::{Problem, TablePlace};
