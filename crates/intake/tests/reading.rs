//! Files of every kind, and files that mean harm.

mod files;

use files::{archive, file, rows, xlsx};
use poolwise_intake::read::Book;

#[test]
fn text_in_every_encoding_and_separator_is_one_table() {
    let dir = tempfile::tempdir().expect("a folder");
    let plain = "Place;n\nZürich;1,5\nBasel;2,5\n";
    let expected = vec![
        vec!["Place".to_owned(), "n".to_owned()],
        vec!["Zürich".to_owned(), "1,5".to_owned()],
        vec!["Basel".to_owned(), "2,5".to_owned()],
    ];
    let latin: Vec<u8> = plain.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
    let wide = |big: bool, mark: bool| {
        let text = if mark { format!("\u{feff}{plain}") } else { plain.to_owned() };
        text.encode_utf16()
            .flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() })
            .collect::<Vec<u8>>()
    };
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend(plain.as_bytes());
    for (name, bytes) in [
        ("utf8", plain.as_bytes().to_vec()),
        ("marked", marked),
        ("latin", latin),
        ("le", wide(false, false)),
        ("be", wide(true, false)),
        ("le-marked", wide(false, true)),
        ("be-marked", wide(true, true)),
        ("tabs", plain.replace(';', "\t").into_bytes()),
        ("bars", plain.replace(';', "|").into_bytes()),
        ("crlf", plain.replace('\n', "\r\n").into_bytes()),
        ("cr", plain.replace('\n', "\r").into_bytes()),
        ("quoted", plain.replace("Basel", "\"Basel\"").into_bytes()),
        ("said", format!("sep=;\n{plain}").into_bytes()),
        ("commas", b"Place,n\nZ\xc3\xbcrich,\"1,5\"\nBasel,\"2,5\"\n".to_vec()),
    ] {
        let found: Vec<Vec<String>> =
            rows(&file(dir.path(), name, &bytes)).expect(name).into_iter().map(|r| r.1).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn a_sheet_that_pretends_to_be_vast_costs_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut sheet =
        String::from(r#"<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>"#);
    for r in 2..1_000_000 {
        sheet.push_str(&format!("<row r=\"{r}\"/>"));
    }
    sheet.push_str(r#"<row r="1048576"><c r="C1048576"><v>7</v></c></row></sheetData>"#);
    let found = rows(&xlsx(dir.path(), "vast.xlsx", &sheet, &[])).expect("read");
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].0, found[0].1[0].as_str()), (1, "1"));
    assert_eq!((found[1].0, found[1].1.len(), found[1].1[2].as_str()), (1_048_576, 3, "7"));
}

#[test]
fn bombs_are_refused_before_they_are_opened() {
    let dir = tempfile::tempdir().expect("a folder");
    let zeros = vec![b'0'; 300 << 20];
    let bomb = xlsx(dir.path(), "bomb.xlsx", "<sheetData/>", &[("xl/sharedStrings.xml", zeros)]);
    assert!(std::fs::metadata(&bomb).expect("there").len() < 1 << 20);
    let error = Book::open(&bomb).expect_err("a bomb").to_string();
    assert!(error.contains("bomb.xlsx") && error.contains("unpacks to"), "{error}");
    let macros = xlsx(
        dir.path(),
        "macros.xlsm",
        "<sheetData/>",
        &[("xl/vbaProject.bin", vec![1, 2, 3]), ("xl/externalLinks/externalLink1.xml", b"<x/>".to_vec())],
    );
    let form = Book::open(&macros).expect("read").form;
    assert!(form.contains("macros are not run") && form.contains("not followed"), "{form}");
    assert!(Book::open(&archive(dir.path(), "other.zip", &[("a.txt", b"x".to_vec())])).is_err());
}

#[test]
fn open_document_sheets_are_read_as_a_stream() {
    let dir = tempfile::tempdir().expect("a folder");
    let content = r#"<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>
        <table:table table:name="Counts"><table:table-row><table:table-cell office:value-type="string"><text:p>Date</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>n &amp; more</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16382"/></table:table-row>
        <table:table-row table:number-rows-repeated="3"><table:table-cell office:value-type="date" office:date-value="2025-03-03T07:00:00"><text:p>3/3/25</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>
        </office:spreadsheet></office:body></office:document-content>"#;
    let path = archive(
        dir.path(),
        "a.ods",
        &[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet".to_vec()),
            ("content.xml", content.into()),
        ],
    );
    let found = rows(&path).expect("read");
    assert_eq!(found.len(), 4);
    assert_eq!(found[0].1, ["Date", "n & more"]);
    assert_eq!(found[3], (4, vec!["2025-03-03 07:00:00".to_owned(), "5".to_owned()]));
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_an_error_not_a_full_memory() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut text = b"a,b\n1,\"2\n".to_vec();
    text.extend(std::iter::repeat_n(b"3,4\n", 2_000_000).flatten());
    let error = rows(&file(dir.path(), "open.csv", &text)).expect_err("open").to_string();
    assert!(error.contains("quotation mark") && error.contains("row 2"), "{error}");
}
