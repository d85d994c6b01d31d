//! Files as they come from people and their programs, spoilt in every usual way: each is read as it is meant, or refused with its
//! place and what to write.

mod files;

use files::{archive, book, file, rows, xlsx};
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use poolwise_intake::import::{Import, ImportRequest, import};
use poolwise_intake::read::{Book, UnwatchedRead};
use poolwise_intake::ways::Said;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn read(path: &Path, sheet: Option<&str>, zone: Option<&str>) -> Result<Import, String> {
    let files = [path.to_path_buf()];
    let asked = ImportRequest {
        files: &files,
        sheet,
        said: Said::default(),
        zone,
        target: 1800.0,
        handling: Some(600.0),
        holidays: &[],
        ahead: 0,
    };
    import(&asked, &UnwatchedRead).map_err(|e| e.to_string())
}

fn counts(found: &Import) -> &str {
    found.written.files.iter().find(|f| f.0 == "data/arrivals.csv").map_or("", |f| f.1.as_str())
}

/// The message says all of it.
fn says(error: &str, parts: &[&str]) {
    for part in parts {
        assert!(error.contains(part), "no `{part}` in: {error}");
    }
}

const HEAD: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>Date</t></is></c><c r="B1" t="inlineStr"><is><t>North</t></is></c></row>"#;

/// A sheet of two days of hours with 1, 2, 3, ... counts; some rows are others.
fn sheet(first: f64, other: &dyn Fn(usize) -> Option<String>) -> String {
    let row = |i: usize| {
        let r = i + 2;
        other(r).unwrap_or_else(|| {
            let day = first + i as f64 / 24.0;
            format!(
                r#"<row r="{r}"><c r="A{r}" s="1"><v>{day}</v></c><c r="B{r}"><v>{}</v></c></row>"#,
                i % 5
            )
        })
    };
    let rows: String = (0..48).map(row).collect();
    format!("<sheetData>{HEAD}{rows}</sheetData>")
}

/// Monday, 3 March 2025, as Excel counts days.
const DAY: f64 = 45_719.0;

#[test]
fn cells_that_went_wrong_are_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let with = |name: &str, cell: &str| {
        let at = |r: usize| {
            (r == 9)
                .then(|| format!(r#"<row r="9"><c r="A9" s="1"><v>{}</v></c>{cell}</row>"#, DAY + 7.0 / 24.0))
        };
        read(&xlsx(dir.path(), name, &sheet(DAY, &at), &[]), None, None).expect_err("refused")
    };
    for (name, error) in [("ref.xlsx", "#REF!"), ("div.xlsx", "#DIV/0!"), ("na.xlsx", "#N/A")] {
        let found = with(name, &format!(r#"<c r="B9" t="e"><f>A1</f><v>{error}</v></c>"#));
        says(&found, &[name, "sheet `Counts`", "row 9", "column `North`", error, "a formula failed"]);
    }
    let found = with("unsaved.xlsx", r#"<c r="B9"><f>SUM(C9:D9)</f></c>"#);
    says(&found, &["row 9", "column `North`", "formula without a saved value", "save it"]);
    // A whole column of them that is a sum is left out and said so; another is refused.
    let all = |r: usize| {
        let i = r - 2;
        let day = DAY + i as f64 / 24.0;
        Some(format!(
            r#"<row r="{r}"><c r="A{r}" s="1"><v>{day}</v></c><c r="B{r}"><v>{}</v></c><c r="C{r}"><f>SUM(B{r}:B{r})</f><v/></c></row>"#,
            i % 5
        ))
    };
    let text = |name: &str| {
        let cell = format!(r#"<c r="C1" t="inlineStr"><is><t>{name}</t></is></c></row>"#);
        sheet(DAY, &all).replacen("</row>", &cell, 1)
    };
    let sum = read(&xlsx(dir.path(), "sum.xlsx", &text("Total"), &[]), None, None).expect("read");
    says(&sum.said.join("\n"), &["`Total` has formulas without saved values and is left out"]);
    let error =
        read(&xlsx(dir.path(), "south.xlsx", &text("South"), &[]), None, None).expect_err("not known");
    says(&error, &["south.xlsx", "row 2", "column `South`", "none of their values was saved"]);
    // What was worked out and saved is a number like any other.
    let at = |r: usize| {
        (r == 9).then(|| {
            format!(
                r#"<row r="9"><c r="A9" s="1"><v>{}</v></c><c r="B9"><f>1+1</f><v>2</v></c></row>"#,
                DAY + 7.0 / 24.0
            )
        })
    };
    let saved = read(&xlsx(dir.path(), "saved.xlsx", &sheet(DAY, &at), &[]), None, None).expect("read");
    let plain = read(&xlsx(dir.path(), "plain.xlsx", &sheet(DAY, &|_| None), &[]), None, None).expect("read");
    assert_eq!((counts(&saved), counts(&sum)), (counts(&plain), counts(&plain)));
}

/// A date merged over the hours of its day is the date of each; a number merged over hours is nobody's.
#[test]
fn merged_cells_mean_what_people_mean_by_them() {
    let dir = tempfile::tempdir().expect("a folder");
    let text = |merged: bool, number: bool| {
        let rows: String = (0..48)
            .map(|i| {
                let r = i + 2;
                let date = if i % 24 == 0 || !merged {
                    format!(r#"<c r="A{r}" s="1"><v>{}</v></c>"#, DAY + f64::from(i / 24))
                } else {
                    String::new()
                };
                let n =
                    if number && (5..8).contains(&i) { String::new() } else { format!("<v>{}</v>", i % 7) };
                format!(r#"<row r="{r}">{date}<c r="B{r}"><v>{}</v></c><c r="C{r}">{n}</c></row>"#, i % 24)
            })
            .collect();
        let head = ["Date", "Hour", "North"]
            .iter()
            .zip(["A1", "B1", "C1"])
            .map(|(name, cell)| format!(r#"<c r="{cell}" t="inlineStr"><is><t>{name}</t></is></c>"#))
            .collect::<String>();
        let also = if number { r#"<mergeCell ref="C6:C9"/>"# } else { "" };
        let merges =
            format!(r#"<mergeCells><mergeCell ref="A2:A25"/><mergeCell ref="A26:A49"/>{also}</mergeCells>"#);
        format!(
            r#"<sheetData><row r="1">{head}</row>{rows}</sheetData>{}"#,
            if merged { &merges } else { "" }
        )
    };
    let of =
        |name: &str, merged, number| read(&xlsx(dir.path(), name, &text(merged, number), &[]), None, None);
    let plain = of("plain.xlsx", false, false).expect("read");
    assert_eq!(counts(&of("merged.xlsx", true, false).expect("read")), counts(&plain));
    let error = of("number.xlsx", true, true).expect_err("whose are they?");
    says(&error, &["number.xlsx", "row 7", "column `North`", "merged over several rows", "apart"]);
    // Regions over each other, of which a hostile file has as many as it likes.
    let many: String = (0..2_000).map(|i| format!(r#"<mergeCell ref="A2:B{}"/>"#, 3 + i % 40)).collect();
    let sheet = format!("{}<mergeCells>{many}</mergeCells>", text(false, false));
    let error = read(&xlsx(dir.path(), "over.xlsx", &sheet, &[]), None, None).expect_err("damaged");
    says(&error, &["over.xlsx", "merged cells overlap"]);
}

/// The same in OpenDocument, where each cell says over how many it goes and those covered are empty; a title over all columns names
/// none of them.
#[test]
fn merged_cells_of_open_document_mean_the_same() {
    let dir = tempfile::tempdir().expect("a folder");
    let text = |t: &str, over: &str| {
        format!(
            r#"<table:table-cell office:value-type="string"{over}><text:p>{t}</text:p></table:table-cell>"#
        )
    };
    let number = |n: usize, over: &str| {
        format!(
            r#"<table:table-cell office:value-type="float" office:value="{n}"{over}><text:p>{n}</text:p></table:table-cell>"#
        )
    };
    let covered = |n: usize| format!(r#"<table:covered-table-cell table:number-columns-repeated="{n}"/>"#);
    let of = |name: &str, merged: bool, of_number: bool| {
        let mut rows = String::new();
        if merged {
            let title =
                text("Week report", r#" table:number-columns-spanned="3" table:number-rows-spanned="1""#);
            rows.push_str(&format!("<table:table-row>{title}{}</table:table-row>", covered(2)));
        }
        let head: String = ["Date", "Hour", "North"].iter().map(|t| text(t, "")).collect();
        rows.push_str(&format!("<table:table-row>{head}</table:table-row>"));
        for i in 0..48_usize {
            let day = format!(
                r#"<table:table-cell office:value-type="date" office:date-value="2025-03-0{}"{}><text:p>x</text:p></table:table-cell>"#,
                3 + i / 24,
                if merged {
                    r#" table:number-rows-spanned="24" table:number-columns-spanned="1""#
                } else {
                    ""
                }
            );
            let date = if merged && i % 24 > 0 { covered(1) } else { day };
            let n = match i {
                4 if of_number => {
                    number(i % 7, r#" table:number-rows-spanned="4" table:number-columns-spanned="1""#)
                }
                5..8 if of_number => covered(1),
                _ => number(i % 7, ""),
            };
            rows.push_str(&format!("<table:table-row>{date}{}{n}</table:table-row>", number(i % 24, "")));
        }
        let content = format!(
            r#"<office:document-content><office:body><office:spreadsheet><table:table table:name="Counts">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
        );
        read(&archive(dir.path(), name, &[("content.xml", content.into_bytes())]), None, None)
    };
    let plain = of("plain.ods", false, false).expect("read");
    assert_eq!(counts(&plain).lines().count(), 49);
    assert_eq!(counts(&of("merged.ods", true, false).expect("read")), counts(&plain));
    let error = of("number.ods", true, true).expect_err("whose are they?");
    says(&error, &["number.ods", "row 8", "column `North`", "merged over several rows", "apart"]);
}

#[test]
fn hidden_sheets_are_left_out_and_said_so() {
    let dir = tempfile::tempdir().expect("a folder");
    let (seen, other) = (sheet(DAY, &|_| None), sheet(DAY + 7.0, &|_| None));
    let sheets: [(&str, &str, &str); 2] = [("Counts", "", &seen), ("Old", r#"state="hidden""#, &other)];
    let path = book(dir.path(), "hidden.xlsx", "", &sheets, &[]);
    let found = read(&path, None, None).expect("read");
    assert!(counts(&found).contains("2025-03-03 00:00") && !counts(&found).contains("2025-03-10 00:00"));
    assert!(found.said.iter().any(|s| s.contains("`Old`: hidden, left out")), "{:?}", found.said);
    let old = read(&path, Some("Old"), None).expect("read");
    assert!(counts(&old).contains("2025-03-10 00:00"));
    says(
        &read(&path, Some("New"), None).expect_err("none"),
        &["no file has a sheet `New`", "`Counts`, `Old`"],
    );
}

/// Workbooks of old Macintoshes count days from 1904, and others have dates as text: all are the same counts.
#[test]
fn dates_of_every_kind_are_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let plain = read(&xlsx(dir.path(), "plain.xlsx", &sheet(DAY, &|_| None), &[]), None, None).expect("read");
    let from_1904 = sheet(DAY - 1462.0, &|_| None);
    let properties = r#"<workbookPr date1904="1"/>"#;
    let mac = book(dir.path(), "mac.xlsx", properties, &[("Counts", "", &from_1904)], &[]);
    assert_eq!(counts(&read(&mac, None, None).expect("read")), counts(&plain));
    // The same by an old Excel, with a sheet that is hidden.
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/intake/counts_from_1904.xls");
    let found = read(&old, None, None).expect("read");
    assert_eq!(counts(&found), counts(&plain));
    says(&found.said.join("\n"), &["`Old`: hidden, left out"]);
    let text = |r: usize| {
        let i = r - 2;
        let at = format!("{:02}/03/2025 {:02}:00", 3 + i / 24, i % 24);
        let day = format!(r#"<c r="A{r}" t="inlineStr"><is><t>{at}</t></is></c>"#);
        Some(format!(r#"<row r="{r}">{day}<c r="B{r}"><v>{}</v></c></row>"#, i % 5))
    };
    let texts = xlsx(dir.path(), "texts.xlsx", &sheet(DAY, &text), &[]);
    says(&read(&texts, None, None).expect_err("open"), &["row 2", "`Date`", "two ways", "--dates day-first"]);
    let macros =
        [("xl/vbaProject.bin", vec![1, 2, 3]), ("xl/externalLinks/externalLink1.xml", b"<x/>".to_vec())];
    let found =
        read(&xlsx(dir.path(), "macros.xlsm", &sheet(DAY, &|_| None), &macros), None, None).expect("read");
    assert_eq!(counts(&found), counts(&plain));
    says(&found.said.join("\n"), &["macros are not run", "not followed"]);
}

#[test]
fn text_that_is_spoilt_is_refused_with_its_row() {
    let dir = tempfile::tempdir().expect("a folder");
    let table = |row: usize, line: &str| {
        let mut out = String::from("# a remark, with a comma\nTime,North\n");
        for i in 0..48 {
            let at = format!("2025-03-{:02} {:02}:00", 3 + i / 24, i % 24);
            out.push_str(&if i == row { line.to_owned() } else { format!("{at},{}\n", i % 5) });
        }
        out
    };
    let of = |name: &str, text: &[u8]| read(&file(dir.path(), name, text), None, None);
    let good = of("good.csv", table(99, "").as_bytes()).expect("read");
    assert_eq!(counts(&good).lines().count(), 49);
    // A formula that failed is no remark, although it begins with the same mark.
    says(
        &of("ref.csv", table(7, "#REF!,3\n").as_bytes()).expect_err("no date"),
        &["row 10", "`Time`", "#REF!"],
    );
    says(
        &of("nul.csv", table(7, "2025-03-03 07:00,\0\n").as_bytes()).expect_err("NUL"),
        &["nul.csv", "row 10", "value 0"],
    );
    let mut far = "2025-03-03 00:00,1\n".repeat(20_000);
    far.insert_str(0, "Time,North\n");
    far.push_str("2025-03-03 01:00,\0\n");
    says(
        &rows(&file(dir.path(), "far.csv", far.as_bytes())).expect_err("NUL").to_string(),
        &["row 20002", "value 0"],
    );
    let wide: Vec<u8> = table(99, "").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(counts(&of("wide.csv", &wide).expect("read")), counts(&good));
    // One line without end: refused when four megabytes of it are read, however many follow.
    let long = format!("Time,North\n{}", "1,".repeat(4 << 20));
    says(&of("long.csv", long.as_bytes()).expect_err("one line"), &["long.csv", "more than 4 MB"]);
}

#[test]
fn what_has_passed_since_1970_is_a_time() {
    let dir = tempfile::tempdir().expect("a folder");
    // Monday, 3 March 2025, midnight in Amsterdam is an hour earlier in UTC.
    let first = 1_740_956_400_i64;
    let table = |per_second: i64| {
        let mut out = String::from("ts,calls\n");
        (0..48).for_each(|h| out.push_str(&format!("{},{}\n", (first + 3600 * h) * per_second, h % 5)));
        out
    };
    let of = |name: &str, per: i64, zone: Option<&str>| {
        read(&file(dir.path(), name, table(per).as_bytes()), None, zone).unwrap_or_else(|e| panic!("{e}"))
    };
    let here = of("s.csv", 1, Some("Europe/Amsterdam"));
    assert!(
        counts(&here).starts_with("time,requests\n2025-03-03 00:00,0\n2025-03-03 01:00,1\n"),
        "{}",
        counts(&here)
    );
    says(&here.said.join("\n"), &["as seconds since 1970", "2025-03-03 00:00"]);
    assert_eq!(counts(&of("ms.csv", 1000, Some("Europe/Amsterdam"))), counts(&here));
    let utc = of("utc.csv", 1000, None);
    assert!(counts(&utc).contains("2025-03-02 23:00,0"));
    says(&utc.said.join("\n"), &["as milliseconds since 1970", "UTC", "--time-zone"]);
    // Events with three instants in milliseconds: handling times follow.
    let mut log = String::from("arrived,answered,ended\n");
    for i in 0..400 {
        let at = (first + 600 * i) * 1000;
        log.push_str(&format!("{at},{},{}\n", at + 30_000, at + 30_000 + 60_000 * (1 + i % 7)));
    }
    let found = read(&file(dir.path(), "log.csv", log.as_bytes()), None, None).expect("read");
    says(&found.said.join("\n"), &["events", "400 handling times"]);
}

/// Counts of two days in Parquet.
fn parquet(folder: &Path, name: &str, codec: Compression) -> PathBuf {
    let path = folder.join(name);
    let schema = "message t { REQUIRED INT64 at (TIMESTAMP(MILLIS,false)); REQUIRED BINARY office (STRING); REQUIRED INT64 n; }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let properties = Arc::new(WriterProperties::builder().set_compression(codec).build());
    let out = std::fs::File::create(&path).expect("made");
    let mut writer = SerializedFileWriter::new(out, schema, properties).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    let at: Vec<i64> = (0..48).map(|h| 1_740_960_000_000 + 3_600_000 * h).collect();
    let mut column = group.next_column().expect("a column").expect("one");
    column.typed::<Int64Type>().write_batch(&at, None, None).expect("written");
    column.close().expect("closed");
    let mut column = group.next_column().expect("a column").expect("one");
    column
        .typed::<ByteArrayType>()
        .write_batch(&vec![ByteArray::from("North"); 48], None, None)
        .expect("written");
    column.close().expect("closed");
    let mut column = group.next_column().expect("a column").expect("one");
    column
        .typed::<Int64Type>()
        .write_batch(&(0..48).map(|h| h % 5).collect::<Vec<_>>(), None, None)
        .expect("written");
    column.close().expect("closed");
    group.close().expect("closed");
    writer.close().expect("closed");
    path
}

#[test]
fn parquet_is_read_however_it_is_compressed() {
    let dir = tempfile::tempdir().expect("a folder");
    let plain = parquet(dir.path(), "plain.parquet", Compression::UNCOMPRESSED);
    let expected = read(&plain, None, None).expect("read");
    assert!(counts(&expected).starts_with("time,North\n2025-03-03 00:00,0\n2025-03-03 01:00,1\n"));
    for codec in [
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
    ] {
        let found = read(&parquet(dir.path(), &format!("{codec}.parquet"), codec), None, None);
        assert_eq!(counts(&found.unwrap_or_else(|e| panic!("{codec}: {e}"))), counts(&expected));
    }
    // The footer says of a column that it is packed by Brotli: name, field of the codec, field of the number of values.
    let mut bytes = std::fs::read(&plain).expect("there");
    let mark = b"office\x15\x00\x16";
    let at = bytes.windows(mark.len()).rposition(|w| w == mark).expect("the footer");
    bytes[at + 7] = 8;
    let error = read(&file(dir.path(), "brotli.parquet", &bytes), None, None).expect_err("refused");
    says(&error, &["brotli.parquet", "column `office`", "Brotli", "compression=\"zstd\""]);
}

#[test]
fn parquet_that_is_no_plain_table_does_no_harm() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("nested.parquet");
    let schema = "message t { REQUIRED INT64 at; REQUIRED GROUP place { REQUIRED INT64 id; } }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let out = std::fs::File::create(&path).expect("made");
    let writer = SerializedFileWriter::new(out, schema, Arc::default()).expect("a writer");
    writer.close().expect("closed");
    let error = read(&path, None, None).expect_err("nested");
    says(&error, &["nested.parquet", "column `place.id`", "nested", "unnest"]);
    // The file cut off anywhere: an error or fewer values, never a panic.
    let good = std::fs::read(parquet(dir.path(), "good.parquet", Compression::ZSTD(ZstdLevel::default())))
        .expect("there");
    for at in 4..good.len() {
        drop(rows(&file(dir.path(), "cut.parquet", &good[..at])));
    }
}

#[test]
fn sheets_of_open_document_that_are_hidden_are_left_out() {
    let dir = tempfile::tempdir().expect("a folder");
    let table = |name: &str, style: &str| {
        format!(
            r#"<table:table table:name="{name}" table:style-name="{style}"><table:table-row><table:table-cell office:value-type="string"><text:p>n</text:p></table:table-cell></table:table-row></table:table>"#
        )
    };
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s"><office:automatic-styles><style:style style:name="ta1"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>{}{}</office:spreadsheet></office:body></office:document-content>"#,
        table("Seen", "ta1"),
        table("Kept", "ta2")
    );
    let parts = [("mimetype", b"x".to_vec()), ("content.xml", content.into())];
    let book = Book::open(&files::archive(dir.path(), "a.ods", &parts)).expect("opens");
    assert_eq!(book.sheets().expect("read"), [Some("Seen".to_owned())]);
    assert_eq!(book.hidden().expect("read"), ["Kept"]);
}
