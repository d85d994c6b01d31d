//! Archives (xlsx, ods) before anything in them is used: what they hold, and how large it becomes.

use crate::problem::{Problem, TablePlace};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use zip::ZipArchive;

/// What an archive is.
#[derive(Debug)]
pub(super) struct Content {
    /// Which kind of workbook.
    pub kind: WorkbookKind,
    /// For people.
    pub form: String,
}

/// Kinds of workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WorkbookKind {
    /// A workbook of Excel.
    Xlsx,
    /// A workbook of OpenDocument.
    Ods,
}

/// Most bytes that all parts together may unpack to.
const MOST: u64 = 4 << 30;
/// Most bytes of a part that is held as a whole: texts, styles.
const MOST_HELD: u64 = 256 << 20;
/// A part beyond this size is looked at for how much smaller it was packed.
const LARGE: u64 = 64 << 20;
/// Tables pack to a tenth or a fiftieth; beyond this there is nothing in them but repetition.
const MOST_RATIO: u64 = 400;
/// Most parts.
const MOST_PARTS: usize = 20_000;

/// Measures an archive by unpacking it into nothing: what it says of its own sizes may be false.
pub(crate) fn inspect(path: &Path, name: &str) -> Result<Content, Problem> {
    let place = || TablePlace::sheet(name, None);
    let broken = |e: &dyn std::fmt::Display| {
        Problem::new(place(), format!("the workbook is damaged: {e}"))
            .help("open it and save it again as xlsx")
    };
    let file =
        File::open(path).map_err(|e| Problem::new(place(), format!("the file cannot be read: {e}")))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|e| broken(&e))?;
    if zip.len() > MOST_PARTS {
        return Err(Problem::new(
            place(),
            format!("the archive has {} parts, which no table needs", zip.len()),
        ));
    }
    let names: Vec<String> = zip.file_names().filter_map(|n| Some(n.ok()?.into_owned())).collect();
    let has = |part: &str| names.iter().any(|n| n.eq_ignore_ascii_case(part));
    let kind = if has("xl/workbook.xml") {
        WorkbookKind::Xlsx
    } else if has("content.xml") {
        WorkbookKind::Ods
    } else if has("xl/workbook.bin") {
        return Err(Problem::new(place(), "a binary workbook (xlsb) is not read").help("save it as xlsx"));
    } else {
        return Err(
            Problem::new(place(), "an archive that is no workbook").help("name the files in it, unpacked")
        );
    };
    let mut all = 0_u64;
    for i in 0..zip.len() {
        let part = zip.by_index(i).map_err(|e| broken(&e))?;
        let part_name = part.name().map_err(|e| broken(&e))?.into_owned();
        let packed = part.compressed_size().max(1);
        let wanted = part_name.ends_with(".xml") || part_name.ends_with(".rels");
        if !wanted {
            continue;
        }
        let held = kind == WorkbookKind::Xlsx && !part_name.starts_with("xl/worksheets/");
        let most = if held { MOST_HELD } else { MOST - all };
        let size = unpacked(part, most).map_err(|e| broken(&e))?;
        all += size;
        if size >= most || all >= MOST || (size > LARGE && size / packed > MOST_RATIO) {
            return Err(Problem::new(
                place(),
                format!(
                    "`{part_name}` in the workbook unpacks to {} MB or more from {} kB, which no table does",
                    size >> 20,
                    packed >> 10
                ),
            )
            .help("save the sheet that is meant as CSV"));
        }
    }
    let mut form = match kind {
        WorkbookKind::Xlsx => "an xlsx workbook",
        WorkbookKind::Ods => "an ods workbook",
    }
    .to_owned();
    if names.iter().any(|n| n.ends_with("vbaProject.bin") || n.starts_with("Basic/")) {
        form.push_str("; its macros are not run");
    }
    if names.iter().any(|n| n.starts_with("xl/externalLinks/")) {
        form.push_str("; its links to other workbooks are not followed, values are those last saved");
    }
    Ok(Content { kind, form })
}

/// How many bytes a part becomes, up to `most`.
fn unpacked(part: impl Read, most: u64) -> std::io::Result<u64> {
    std::io::copy(&mut part.take(most), &mut std::io::sink())
}
