//! The law that the times of a file follow: the file read, its column found, laws fitted.

use crate::durations::{Durations, Fittable, RecordedWaits, fittable};
use crate::facts::{self, SheetTable};
use crate::fit::censored::{self, Patience, SurvivalStep};
use crate::fit::{self, Fit, Shift};
use crate::problem::{Problem, TablePlace};
use crate::read::{Book, ReadProgress};
use crate::recognise::{self, TableShape};
use crate::ways::Said;
use std::path::Path;

/// What is asked of a file.
#[derive(Debug, Clone)]
pub struct FitRequest<'a> {
    /// The file with the times.
    pub file: &'a Path,
    /// Its sheet; the only one where `None`.
    pub sheet: Option<&'a str>,
    /// The column of the times; found by its name and contents where `None`.
    pub column: Option<&'a str>,
    /// What is subtracted before laws are fitted.
    pub shift: Shift,
    /// What the file leaves open.
    pub said: Said,
    /// Patience is asked for, of call records that have handling times as well.
    pub patience: bool,
}

/// The laws of a file's times.
#[derive(Debug, Clone)]
pub struct FileFit {
    /// The file's name without its folder.
    pub file: String,
    /// What kind of file it is, in words.
    pub form: String,
    /// What was fitted.
    pub laws: Laws,
}

/// What was fitted.
#[derive(Debug, Clone)]
pub enum Laws {
    /// Handling times, and the laws they may follow.
    Durations(Durations, Fit),
    /// Waits and how they ended: the survival of patience by Kaplan and Meier, and the laws it may follow.
    Patience(RecordedWaits, Vec<SurvivalStep>, Vec<Patience>),
}

/// Reads a file and fits laws to its times.
///
/// # Errors
/// If the file cannot be understood, has no times, or too few of them.
pub fn fit_file(asked: &FitRequest<'_>, watch: &dyn ReadProgress) -> Result<FileFit, Problem> {
    let book = Book::open(asked.file)?;
    let table = table(&book, asked.sheet, watch)?;
    let shape = match asked.column {
        Some(name) => TableShape::Durations { duration: column(&table, name)?, groups: Vec::new() },
        None => recognise::shape(&table)?,
    };
    let laws = match fittable(&book, &table, &shape, (&asked.said, asked.patience), watch)? {
        Fittable::Durations(d) => {
            let fit = fit::fit(&d.seconds, asked.shift).ok_or_else(|| {
                table.problem(format!(
                    "`{}` has fewer than two different times: there is nothing to fit",
                    d.column
                ))
            })?;
            Laws::Durations(d, fit)
        }
        Fittable::Waits(w) => {
            let laws: Vec<_> =
                censored::FAMILIES.iter().filter_map(|f| censored::fit(*f, &w.observed)).collect();
            if laws.is_empty() {
                let few = "fewer than three waits were given up: patience cannot be told";
                return Err(table.problem(few));
            }
            let steps = censored::kaplan_meier(&w.observed);
            Laws::Patience(w, steps, laws)
        }
    };
    let file = asked.file.file_name().map_or_else(|| book.name.clone(), |n| n.to_string_lossy().into_owned());
    Ok(FileFit { file, form: table.form.clone(), laws })
}

/// The table of a book: that of the sheet named, else of the only one.
///
/// # Errors
/// If there is no such sheet, several and none is named, or no table.
pub(crate) fn table(
    book: &Book,
    sheet: Option<&str>,
    watch: &dyn ReadProgress,
) -> Result<SheetTable, Problem> {
    let sheet = chosen(book, sheet)?;
    let place = TablePlace::sheet(&book.name, sheet.as_deref());
    facts::table(book, sheet.as_deref(), watch)?
        .ok_or_else(|| Problem::new(place, "there is no table in this file"))
}

/// The sheet to read: the one named, else the only one.
pub(crate) fn chosen(book: &Book, named: Option<&str>) -> Result<Option<String>, Problem> {
    let sheets = book.sheets()?;
    let hidden = book.hidden()?;
    let names = || sheets.iter().flatten().map(|s| format!("`{s}`")).collect::<Vec<_>>().join(", ");
    let problem = |what: String| Problem::new(TablePlace::sheet(&book.name, None), what);
    match named {
        Some(name) if hidden.iter().any(|s| s == name) => Ok(Some(name.to_owned())),
        Some(name) => sheets.iter().find(|s| s.as_deref() == Some(name)).cloned().ok_or_else(|| {
            let problem = problem(format!("there is no sheet `{name}`"));
            if sheets.iter().any(Option::is_some) {
                problem.help(format!("there are {}", names()))
            } else {
                problem
            }
        }),
        None => match &sheets[..] {
            [] => Err(problem("the workbook has no sheet that can be seen".to_owned())
                .help(format!("name a hidden one with `--sheet`: {}", hidden.join(", ")))),
            [one] => Ok(one.clone()),
            _ => Err(problem(format!("the workbook has {} sheets", sheets.len()))
                .help(format!("say which with `--sheet`: {}", names()))),
        },
    }
}

fn column(table: &SheetTable, name: &str) -> Result<usize, Problem> {
    let found = table.columns.iter().position(|c| c.name.eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let names: Vec<String> = table.columns.iter().map(|c| format!("`{}`", c.name)).collect();
        table.problem(format!("there is no column `{name}`")).help(format!("there are {}", names.join(", ")))
    })
}
