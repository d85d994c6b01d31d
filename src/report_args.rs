//! A page beside what a command prints.

use super::exit::Failure;
use super::printer::Printer;
use clap::{Args, ValueHint};
use poolwise_report::page::Page;
use poolwise_report::write::Folder;
use poolwise_scenario::about_option;
use std::path::{Path, PathBuf};

/// A page of what a command prints.
#[derive(Debug, Clone, Args)]
pub struct ReportArgs {
    /// Write a page to forward as well: one HTML file with everything in it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub report: Option<PathBuf>,
}

impl ReportArgs {
    /// Writes the page where one was asked for, and says where it is.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn write(&self, printer: &Printer, page: impl FnOnce() -> Page) -> Result<(), Failure> {
        let Some(path) = &self.report else { return Ok(()) };
        write_to(path, page().html().as_bytes())?;
        printer.note(&format!("Page to forward: {}", path.display()));
        Ok(())
    }
}

/// Writes a file where a path says, whole or not at all.
///
/// # Errors
/// If the path names no file, or the file cannot be written.
pub(crate) fn write_to(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(file) = path.file_name().and_then(|f| f.to_str()) else {
        let path = path.display().to_string();
        let help = "write the name of a file, such as page.html";
        return Err(about_option("--report", &path, format!("{path} is no file name"), help).into());
    };
    Folder::create(parent)?.write(file, bytes)?;
    Ok(())
}
