//! Files with spoilt bytes: whatever is wrong with them, reading gives rows or says what is wrong. It never panics, nor asks for more
//! memory than a table of that size needs. Bytes are changed by fixed seeds, where formats keep their lengths more often than elsewhere.

mod files;

use files::{archive, file, rows, xlsx};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::data_type::{DoubleType, Int64Type};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Numbers by xorshift (Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).expect("64 bits") % n.max(1)
    }
}

/// The bytes with one to sixteen changes, half of them among the last, where Parquet keeps its footer and archives their list of parts,
/// or the first, where old workbooks keep their table of sectors.
fn spoilt(bytes: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..[1, 1, 1, 2, 4, 16][numbers.below(6)] {
        if out.len() < 8 {
            break;
        }
        let n = out.len();
        let at = match numbers.below(4) {
            0 => numbers.below(n.min(600)),
            1 => n - 1 - numbers.below(n.min(900)),
            _ => numbers.below(n),
        };
        match numbers.below(7) {
            0 => out[at] = u8::try_from(numbers.below(256)).expect("a byte"),
            1 => out[at] ^= 1 << numbers.below(8),
            2 => out[at] = [0, 255, 127, 128][numbers.below(4)],
            3 => drop(out.drain(at..n.min(at + [1, 2, 4, 64][numbers.below(4)]))),
            4 => {
                out.splice(at..at, bytes[..numbers.below(64).min(bytes.len())].iter().copied()).for_each(drop)
            }
            // Numbers of variable length as long as they come.
            5 => out.splice(at..=at, vec![0xff; 1 + numbers.below(9)]).for_each(drop),
            _ => out[at..n.min(at + 4)].fill(255),
        }
    }
    out
}

/// Hours in milliseconds and a number, some of them missing.
fn parquet(folder: &Path, version: WriterVersion, codec: Compression, encoding: Encoding) -> Vec<u8> {
    let path = folder.join("seed.parquet");
    let schema = "message t { REQUIRED INT64 at (TIMESTAMP(MILLIS,false)); OPTIONAL DOUBLE n; }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let properties = WriterProperties::builder()
        .set_writer_version(version)
        .set_compression(codec)
        .set_dictionary_enabled(encoding == Encoding::RLE_DICTIONARY);
    let plain = [Encoding::RLE_DICTIONARY, Encoding::DELTA_BINARY_PACKED].contains(&encoding);
    let properties = if plain { properties } else { properties.set_encoding(encoding) };
    let out = std::fs::File::create(&path).expect("made");
    let mut writer = SerializedFileWriter::new(out, schema, Arc::new(properties.build())).expect("a writer");
    for part in 0..3 {
        let mut group = writer.next_row_group().expect("a group");
        let at: Vec<i64> = (0..100).map(|h| 1_740_960_000_000 + 3_600_000 * (100 * part + h)).collect();
        let mut column = group.next_column().expect("a column").expect("one");
        column.typed::<Int64Type>().write_batch(&at, None, None).expect("written");
        column.close().expect("closed");
        let there: Vec<i16> = (0..100).map(|h| i16::from(h % 3 > 0)).collect();
        let values: Vec<f64> = (0..100).filter(|h| h % 3 > 0).map(f64::from).collect();
        let mut column = group.next_column().expect("a column").expect("one");
        column.typed::<DoubleType>().write_batch(&values, Some(&there), None).expect("written");
        column.close().expect("closed");
        group.close().expect("closed");
    }
    writer.close().expect("closed");
    std::fs::read(path).expect("there")
}

/// Reads what so many changes make of a file; at least some of them are found out.
fn tried(seed: &[u8], name: &str, times: usize) {
    let dir = tempfile::tempdir().expect("a folder");
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let whole = rows(&file(dir.path(), name, seed)).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert!(whole.len() > 40, "{name}: {} rows", whole.len());
    let refused = (0..times)
        .filter(|_| {
            let found = rows(&file(dir.path(), name, &spoilt(seed, &mut numbers)));
            found.is_err_and(|e| {
                let told = e.to_string();
                assert!(told.contains(name) && told.len() < 2_000, "{told}");
                true
            })
        })
        .count();
    println!("{name}: {refused} of {times} refused");
    assert!(refused * 10 > times, "{name}: {refused} of {times}");
}

#[test]
fn parquet_with_spoilt_bytes() {
    let dir = tempfile::tempdir().expect("a folder");
    let (one, two) = (WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0);
    let zstd = Compression::ZSTD(ZstdLevel::default());
    for (i, (version, codec, encoding)) in [
        (one, Compression::UNCOMPRESSED, Encoding::PLAIN),
        (one, Compression::SNAPPY, Encoding::RLE_DICTIONARY),
        (two, Compression::LZ4_RAW, Encoding::DELTA_BINARY_PACKED),
        (two, zstd, Encoding::RLE_DICTIONARY),
    ]
    .into_iter()
    .enumerate()
    {
        tried(&parquet(dir.path(), version, codec, encoding), &format!("{i}.parquet"), 250);
    }
}

const TIMES: usize = 48;

fn cells() -> String {
    (0..TIMES)
        .map(|i| {
            format!(
                r#"<row r="{}"><c r="A{}" s="1"><v>{}</v></c><c r="B{}"><v>{}</v></c></row>"#,
                i + 2,
                i + 2,
                45_719.0 + i as f64 / 24.0,
                i + 2,
                i % 5
            )
        })
        .collect()
}

#[test]
fn workbooks_with_spoilt_bytes() {
    let dir = tempfile::tempdir().expect("a folder");
    let head = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>Date</t></is></c><c r="B1" t="inlineStr"><is><t>North</t></is></c></row>"#;
    let merged = r#"<mergeCells><mergeCell ref="A2:A9"/></mergeCells>"#;
    let sheet = format!("<sheetData>{head}{}</sheetData>{merged}", cells());
    tried(&std::fs::read(xlsx(dir.path(), "seed.xlsx", &sheet, &[])).expect("there"), "a.xlsx", 150);
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/intake/counts_from_1904.xls");
    tried(&std::fs::read(old).expect("there"), "a.xls", 400);
    let row = |i: usize| {
        format!(
            r#"<table:table-row table:number-rows-repeated="1"><table:table-cell office:value-type="date" office:date-value="2025-03-{:02}T07:00:00"/><table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="{}"/></table:table-row>"#,
            1 + i % 28,
            i % 5
        )
    };
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="A">{}</table:table></office:spreadsheet></office:body></office:document-content>"#,
        (0..TIMES).map(row).collect::<String>()
    );
    // Mime type and content, as parts that are whole: what is spoilt is in them.
    let mut numbers = Numbers(7);
    let mut refused = 0;
    for _ in 0..150 {
        let parts = [("mimetype", b"x".to_vec()), ("content.xml", spoilt(content.as_bytes(), &mut numbers))];
        refused += usize::from(rows(&archive(dir.path(), "a.ods", &parts)).is_err());
        let parts = [("xl/worksheets/sheet1.xml", spoilt(sheet.as_bytes(), &mut numbers))];
        drop(rows(&replaced(dir.path(), &xlsx(dir.path(), "b.xlsx", &sheet, &[]), &parts)));
    }
    assert!(refused > 10, "{refused}");
}

/// The archive with other content in some parts.
fn replaced(folder: &Path, from: &Path, parts: &[(&str, Vec<u8>)]) -> std::path::PathBuf {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(from).expect("there")).expect("an archive");
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    for i in 0..zip.len() {
        let mut part = zip.by_index(i).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("read");
        if let Some((_, other)) = parts.iter().find(|p| p.0 == name) {
            bytes.clone_from(other);
        }
        all.push((name, bytes));
    }
    let all: Vec<(&str, Vec<u8>)> = all.iter().map(|(n, b)| (n.as_str(), b.clone())).collect();
    archive(folder, "c.xlsx", &all)
}

#[test]
fn text_with_spoilt_bytes() {
    let mut text = String::from("Date,North,\"South, West\"\n");
    (0..TIMES).for_each(|i| {
        text.push_str(&format!("2025-03-{:02} {:02}:00,{},\"{}\"\n", 3 + i / 24, i % 24, i % 5, i % 7))
    });
    let dir = tempfile::tempdir().expect("a folder");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, text.as_bytes()).expect("packed");
    for (name, seed) in
        [("a.csv", text.into_bytes()), ("u.csv", wide), ("a.csv.gz", packed.finish().expect("packed"))]
    {
        let mut numbers = Numbers(11);
        for _ in 0..200 {
            drop(rows(&file(dir.path(), name, &spoilt(&seed, &mut numbers))));
        }
    }
}

/// The header of an old workbook that names sectors of 4 GB: refused, not made room for.
#[test]
fn an_old_workbook_with_sectors_that_there_are_not() {
    let dir = tempfile::tempdir().expect("a folder");
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/intake/counts_from_1904.xls");
    let good = std::fs::read(old).expect("there");
    let with = |at: usize, value: u8| {
        let mut bytes = good.clone();
        bytes[at] = value;
        rows(&file(dir.path(), "a.xls", &bytes)).expect_err("refused").to_string()
    };
    for (at, value, what) in [
        (30, 32, "sectors of a size"),
        (26, 9, "sectors of a size"),
        (47, 0x7f, "table of sectors"),
        (51, 0x7f, "never ends"),
    ] {
        let told = with(at, value);
        assert!(told.contains("a.xls") && told.contains(what), "{at}: {told}");
    }
}
