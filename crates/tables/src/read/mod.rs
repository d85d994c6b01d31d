//! Files of any usual kind as rows of cells, one after the other: no more than a row is held at a time. A file
//! from anybody does no harm: archives are measured before they are opened, macros and links are never looked at.

mod archive;
mod columnar;
mod compound;
mod fixed;
mod guard;
mod merged;
mod opendocument;
mod source;
mod text;
mod workbook;

use crate::cell::Cell;
use crate::problem::{Problem, TablePlace};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file and what kind it is of.
#[derive(Debug)]
pub struct Book {
    /// Its name as the user gave it.
    pub name: String,
    path: PathBuf,
    kind: FileKind,
    /// What was found out about its form, for people.
    pub form: String,
}

#[derive(Debug)]
enum FileKind {
    Text(text::TextForm),
    Xlsx,
    Xls,
    Ods,
    Parquet,
}

/// Told of rows as they are read; may stop the reading.
pub trait ReadProgress {
    /// So many rows of the file have been read.
    fn rows(&self, file: &str, rows: u64);
    /// Whether to stop.
    fn stopped(&self) -> bool {
        false
    }
}

/// Nobody watches.
#[derive(Debug, Clone, Copy)]
pub struct UnwatchedRead;

impl ReadProgress for UnwatchedRead {
    fn rows(&self, _: &str, _: u64) {}
}

/// What takes rows: the row's number from 1, and its cells.
pub(crate) type Take<'t> = dyn FnMut(u64, &[Cell<'_>]) -> Result<(), Problem> + 't;

/// Rows between two words of progress.
const EVERY: u64 = 65_536;

impl Book {
    /// Looks what kind of file it is, by its first bytes.
    ///
    /// # Errors
    /// If it cannot be read, is of no kind that is known, or would take unreasonable room.
    pub fn open(path: &Path) -> Result<Self, Problem> {
        let name = path.display().to_string();
        let place = || TablePlace::sheet(&name, None);
        let cannot = |e: std::io::Error| {
            Problem::new(place(), format!("the file cannot be read: {e}"))
                .help("check the name and the folder")
        };
        let is_folder = std::fs::metadata(path).map_err(cannot)?.is_dir();
        if is_folder {
            return Err(Problem::new(place(), "this is a folder, not a file").help("name the files in it"));
        }
        let mut first = Vec::new();
        File::open(path).map_err(cannot)?.take(64 * 1024).read_to_end(&mut first).map_err(cannot)?;
        if first.is_empty() {
            return Err(Problem::new(place(), "the file is empty"));
        }
        let (kind, form) = if first.starts_with(b"PK\x03\x04") {
            let content = archive::inspect(path, &name)?;
            match content.kind {
                archive::WorkbookKind::Xlsx => (FileKind::Xlsx, content.form),
                archive::WorkbookKind::Ods => (FileKind::Ods, content.form),
            }
        } else if first.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            compound::inspect(path, &name)?;
            (FileKind::Xls, "a workbook of the old kind (xls)".to_owned())
        } else if first.starts_with(b"PAR1") {
            (FileKind::Parquet, "Parquet".to_owned())
        } else if first.starts_with(b"%PDF") || first.starts_with(b"\x89PNG") {
            return Err(Problem::new(place(), "this is not a table: a PDF or a picture")
                .help("save it as CSV or as a workbook (xlsx)"));
        } else {
            let packed = first.starts_with(&source::GZIP);
            if packed {
                let mut inside = [0; 4];
                let n = source::TextFile::open(path).and_then(|mut s| s.read(&mut inside)).map_err(|e| {
                    Problem::new(place(), format!("the compressed file is damaged: {e}"))
                        .help("unpack it and name the file in it")
                })?;
                if [&b"PK\x03\x04"[..], &[0xd0, 0xcf, 0x11, 0xe0], b"PAR1"].contains(&&inside[..n]) {
                    return Err(Problem::new(place(), "a workbook or Parquet file, compressed once more")
                        .help("unpack it and name the file in it"));
                }
            }
            let form = text::form(path, &name)?;
            let words = if packed { format!("{}, compressed", form.words()) } else { form.words() };
            (FileKind::Text(form), words)
        };
        Ok(Self { name, path: path.to_owned(), kind, form })
    }

    /// Names of its sheets; text files and Parquet have one without a name.
    ///
    /// # Errors
    /// If the workbook cannot be opened.
    pub fn sheets(&self) -> Result<Vec<Option<String>>, Problem> {
        match self.kind {
            FileKind::Text(_) | FileKind::Parquet => Ok(vec![None]),
            FileKind::Xlsx => workbook::xlsx_sheets(&self.path, &self.name, false),
            FileKind::Xls => workbook::xls_sheets(&self.path, &self.name, false),
            FileKind::Ods => opendocument::sheets(&self.path, &self.name, false),
        }
    }

    /// Names of its hidden sheets.
    ///
    /// # Errors
    /// If the workbook cannot be opened.
    pub fn hidden(&self) -> Result<Vec<String>, Problem> {
        let found = match self.kind {
            FileKind::Text(_) | FileKind::Parquet => Vec::new(),
            FileKind::Xlsx => workbook::xlsx_sheets(&self.path, &self.name, true)?,
            FileKind::Xls => workbook::xls_sheets(&self.path, &self.name, true)?,
            FileKind::Ods => opendocument::sheets(&self.path, &self.name, true)?,
        };
        Ok(found.into_iter().flatten().collect())
    }

    /// Hands each row that is not empty to `take`.
    ///
    /// # Errors
    /// If the file is broken, and what `take` says.
    pub fn rows(
        &self,
        sheet: Option<&str>,
        watch: &dyn ReadProgress,
        take: &mut Take<'_>,
    ) -> Result<(), Problem> {
        let mut seen = 0_u64;
        let mut counted = |row: u64, cells: &[Cell<'_>]| {
            seen += 1;
            if seen.is_multiple_of(EVERY) {
                watch.rows(&self.name, seen);
                if watch.stopped() {
                    return Err(Problem::new(TablePlace::sheet(&self.name, sheet), "stopped"));
                }
            }
            if cells.iter().all(Cell::is_empty) { Ok(()) } else { take(row, cells) }
        };
        match &self.kind {
            FileKind::Text(form) => text::rows(&self.path, &self.name, form, &mut counted),
            FileKind::Xlsx => workbook::xlsx_rows(&self.path, &self.name, sheet, &mut counted),
            FileKind::Xls => workbook::xls_rows(&self.path, &self.name, sheet, &mut counted),
            FileKind::Ods => opendocument::rows(&self.path, &self.name, sheet, &mut counted),
            FileKind::Parquet => columnar::rows(&self.path, &self.name, &mut counted),
        }
    }
}
