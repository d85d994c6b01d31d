//! Files to read, made on the spot.
#![allow(dead_code, unreachable_pub, reason = "each test uses some of them")]

use poolwise_intake::cell::Cell;
use poolwise_intake::import::{Import, ImportRequest, import};
use poolwise_intake::problem::Problem;
use poolwise_intake::read::{Book, UnwatchedRead};
use poolwise_intake::ways::Said;
use std::io::Write;
use std::path::{Path, PathBuf};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

/// Handling times where the files have none, seconds; given holidays; weeks ahead to be forecast.
pub type Beside<'h> = (Option<f64>, &'h [String], usize);

/// Handling times as said, without holidays or forecast.
pub const PLAIN: Beside<'static> = (Some(600.0), &[], 0);

/// Nothing said beside the files.
pub const NO_TIMES: Beside<'static> = (None, &[], 0);

/// What an import of these files finds, of requests to be done within half an hour.
pub fn import_files(files: &[PathBuf], (handling, holidays, ahead): Beside<'_>) -> Result<Import, String> {
    let (said, target) = (Said::default(), 1800.0);
    let asked = ImportRequest { files, sheet: None, said, zone: None, target, handling, holidays, ahead };
    import(&asked, &UnwatchedRead).map_err(|e| e.to_string())
}

/// The same of texts by their names.
pub fn import_texts(texts: &[(&str, String)], beside: Beside<'_>) -> Result<Import, String> {
    let dir = tempfile::tempdir().expect("a folder");
    let files: Vec<_> = texts.iter().map(|(name, text)| file(dir.path(), name, text.as_bytes())).collect();
    import_files(&files, beside)
}

/// Rows as text, with their numbers.
pub fn rows(path: &Path) -> Result<Vec<(u64, Vec<String>)>, Problem> {
    let book = Book::open(path)?;
    let sheets = book.sheets()?;
    let mut out = Vec::new();
    let Some(sheet) = sheets.first() else { return Ok(out) };
    book.rows(sheet.as_deref(), &UnwatchedRead, &mut |row, cells| {
        let shown = cells.iter().map(|c| match c {
            Cell::Text(text) => text.to_string(),
            other => other.shown(),
        });
        out.push((row, shown.collect()));
        Ok(())
    })?;
    Ok(out)
}

pub fn archive(folder: &Path, name: &str, parts: &[(&str, Vec<u8>)]) -> PathBuf {
    let path = folder.join(name);
    let mut zip = ZipWriter::new(std::fs::File::create(&path).expect("made"));
    for (part, bytes) in parts {
        zip.start_file(*part, SimpleFileOptions::default()).expect("begun");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished");
    path
}

/// A workbook of one sheet with this content.
pub fn xlsx(folder: &Path, name: &str, sheet: &str, more: &[(&str, Vec<u8>)]) -> PathBuf {
    book(folder, name, "", &[("Counts", "", sheet)], more)
}

/// A workbook of sheets: each with its name, attributes in the list of sheets, and content.
pub fn book(
    folder: &Path,
    name: &str,
    properties: &str,
    sheets: &[(&str, &str, &str)],
    more: &[(&str, Vec<u8>)],
) -> PathBuf {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let head = r#"<?xml version="1.0"?>"#;
    let types = format!(
        r#"{head}<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#
    );
    let rels = format!(
        r#"{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let (mut list, mut links) = (String::new(), String::new());
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for (i, (sheet, attributes, content)) in sheets.iter().enumerate() {
        let n = i + 1;
        list.push_str(&format!(r#"<sheet name="{sheet}" sheetId="{n}" r:id="rId{n}" {attributes}/>"#));
        links.push_str(&format!(
            r#"<Relationship Id="rId{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>"#
        ));
        let text = format!(r#"{head}<worksheet xmlns="{main}">{content}</worksheet>"#);
        parts.push((format!("xl/worksheets/sheet{n}.xml"), text.into()));
    }
    // Style 1 is a date with a time of day.
    let styles = format!(
        r#"{head}<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>"#
    );
    links.push_str(&format!(r#"<Relationship Id="rId99" Type="{office}/styles" Target="styles.xml"/>"#));
    let workbook = format!(
        r#"{head}<workbook xmlns="{main}" xmlns:r="{office}">{properties}<sheets>{list}</sheets></workbook>"#
    );
    let links = format!(r#"{head}<Relationships xmlns="{package}/relationships">{links}</Relationships>"#);
    parts.extend([
        ("[Content_Types].xml".to_owned(), types.into()),
        ("_rels/.rels".to_owned(), rels.into()),
        ("xl/workbook.xml".to_owned(), workbook.into()),
        ("xl/_rels/workbook.xml.rels".to_owned(), links.into()),
        ("xl/styles.xml".to_owned(), styles.into()),
    ]);
    parts.extend(more.iter().map(|(part, bytes)| ((*part).to_owned(), bytes.clone())));
    let parts: Vec<(&str, Vec<u8>)> = parts.iter().map(|(p, b)| (p.as_str(), b.clone())).collect();
    archive(folder, name, &parts)
}
