//! From the bytes of a file to its text: UTF-8, or UTF-16 as spreadsheets save it; what else it may be is
//! named, with what to do.

/// First bytes of files that planners take for a table of text, what they are, and what to do instead.
const BINARY: [(&[u8], &str); 6] = [
    (
        b"PK\x03\x04",
        "a workbook (.xlsx, .ods) or another zip archive; save its sheet as CSV and name that file",
    ),
    (b"\xD0\xCF\x11\xE0", "an old workbook (.xls); save its sheet as CSV and name that file"),
    (b"\x1F\x8B", "compressed with gzip; unpack it first"),
    (b"\x28\xB5\x2F\xFD", "compressed with zstd; unpack it first"),
    (b"PAR1", "a Parquet file; write its columns as CSV and name that file"),
    (b"%PDF", "a PDF; write its table as CSV and name that file"),
];

/// The text of a file, without a byte order mark, or a sentence that says why it has none.
pub(crate) fn text(bytes: Vec<u8>, shown: &str) -> Result<String, String> {
    if let Some((_, what)) = BINARY.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(format!("{shown}: is {what}"));
    }
    let sixteen: Option<fn([u8; 2]) -> u16> = match bytes.get(..2) {
        Some([0xFF, 0xFE]) => Some(u16::from_le_bytes),
        Some([0xFE, 0xFF]) => Some(u16::from_be_bytes),
        _ => None,
    };
    if let Some(read) = sixteen {
        return utf16(&bytes[2..], read).ok_or_else(|| {
            format!("{shown}: begins as UTF-16 text but is not valid; save it as CSV in UTF-8")
        });
    }
    if bytes.contains(&0) {
        return Err(format!("{shown}: is a binary file, not text; save it as text in UTF-8"));
    }
    let mut text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        format!("{shown}:{line}: is not UTF-8 text (byte {at}); save it as UTF-8")
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().map(|p| read(*p)))
        .collect::<Result<String, _>>()
        .ok()
        .filter(|t| !t.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_save_is_read() {
        let read = |bytes: &[u8]| text(bytes.to_vec(), "x.csv");
        assert_eq!(read("\u{feff}a,\u{e9}\n".as_bytes()).as_deref(), Ok("a,\u{e9}\n"));
        let little: Vec<u8> =
            "\u{feff}a,\u{e9}\u{1F600}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}a,\u{e9}\u{1F600}\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&little).as_deref(), Ok("a,\u{e9}\u{1F600}\n"));
        assert_eq!(read(&big).as_deref(), Ok("a,\u{e9}\u{1F600}\n"));
    }

    #[test]
    fn what_is_no_text_is_named() {
        let wrong = |bytes: &[u8]| text(bytes.to_vec(), "x.csv").expect_err("no text");
        assert!(wrong(b"PK\x03\x04...").contains("workbook"));
        assert!(wrong(b"\xFF\xFEa").contains("UTF-16"));
        assert!(wrong(b"a\0b").contains("binary"));
        assert!(wrong(b"a\nb\nc\xE9d").starts_with("x.csv:3: is not UTF-8"));
    }
}
