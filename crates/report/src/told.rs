//! An answer in its parts, so that the terminal, a document, a spreadsheet and a notebook say the same: sentences, tables, notes,
//! what to do next.

use super::block::{Block, BlockCell};
use super::{ReportError, markdown, options, table};

/// An answer in the order in which it is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// Sentences, a paragraph or a line each.
    pub head: Vec<String>,
    /// Tables, in their order.
    pub blocks: Vec<Block>,
    /// Notes to read them by.
    pub notes: Vec<String>,
    /// What to write down or to do next, line breaks as they are.
    pub advice: String,
}

impl Told {
    /// For a terminal: sentences, tables, notes.
    pub fn text(&self, width: usize) -> String {
        let paragraphs: Vec<String> = self.head.iter().map(|said| table::paragraph(said, width)).collect();
        paragraphs.join("\n") + &table::further(&self.blocks, &self.notes, width)
    }

    /// For a document: sentences, tables under their titles, notes as a list.
    pub fn markdown(&self) -> String {
        let mut parts: Vec<String> = self.head.iter().map(|said| markdown::lines(said)).collect();
        for block in &self.blocks {
            parts.push(format!("**{}**\n\n{}", markdown::escaped(&block.title), markdown::rows(block)));
        }
        let notes: String = self.notes.iter().map(|n| format!("- {}\n", markdown::escaped(n))).collect();
        parts.push(notes);
        parts.push(markdown::lines(&self.advice));
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }

    /// For a spreadsheet: every cell of every table, a line each, with what it is the cell of.
    ///
    /// # Errors
    /// If it cannot be encoded, which no result of this program should cause.
    pub fn csv(&self) -> Result<String, ReportError> {
        let mut out = csv::Writer::from_writer(Vec::new());
        let failed = |e: csv::Error| ReportError::Encode(e.to_string());
        out.write_record(["table", "row", "column", "value", "interval", "remark"]).map_err(failed)?;
        for block in &self.blocks {
            for row in &block.rows {
                let Some((name, cells)) = row.split_first() else { continue };
                let told = cells
                    .iter()
                    .zip(block.header.iter().skip(1))
                    .filter(|(c, _)| **c != BlockCell::default());
                for (cell, column) in told {
                    let plain = |text: &Option<String>| typed(text.as_deref().unwrap_or_default());
                    let (interval, remark) = (plain(&cell.interval), plain(&cell.remark));
                    let (value, column) = (typed(&cell.value), typed(column));
                    out.write_record([&block.title, &name.value, &column, &value, &interval, &remark])
                        .map_err(failed)?;
                }
            }
        }
        let bytes = out.into_inner().map_err(|e| ReportError::Encode(e.to_string()))?;
        String::from_utf8(bytes).map_err(|e| ReportError::Encode(e.to_string()))
    }
}

/// Groups thousands in tables.
const GROUP: char = '\u{202f}';

/// A text as people type it: a spreadsheet takes no number with blanks in it, and finds no heading with one that does not break.
fn typed(text: &str) -> String {
    text.chars()
        .filter(|c| ![options::MARK, GROUP].contains(c))
        .map(|c| if c == '\u{a0}' { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told() -> Told {
        let cell = |value: &str| BlockCell { value: value.to_owned(), ..BlockCell::default() };
        let with =
            BlockCell { interval: Some("[3, 5]".to_owned()), remark: Some("better".to_owned()), ..cell("4") };
        Told {
            head: vec!["Four | of five.".to_owned()],
            blocks: vec![Block {
                title: "Who, and how".to_owned(),
                header: ["Name", "Hours", "Days"].map(str::to_owned).to_vec(),
                rows: vec![vec![cell("a, b"), with, cell("")]],
            }],
            notes: vec!["A note.".to_owned()],
            advice: "first\nsecond".to_owned(),
        }
    }

    #[test]
    fn a_document_has_sentences_tables_and_notes() {
        assert_eq!(
            told().markdown(),
            "Four \\| of five.\n\n**Who, and how**\n\n| Name | Hours | Days |\n| :-- | --: | --: |\n\
             | a, b | 4 \\[3, 5\\] better |  |\n\n- A note.\n\nfirst  \nsecond\n"
                .replace("\\[", "[")
                .replace("\\]", "]")
        );
    }

    #[test]
    fn a_spreadsheet_has_a_line_for_every_cell_that_says_something() {
        let mut told = told();
        assert_eq!(
            told.csv().unwrap(),
            "table,row,column,value,interval,remark\n\"Who, and how\",\"a, b\",Hours,4,\"[3, 5]\",better\n"
        );
        told.blocks[0].rows[0][1].value = "12\u{202f}345.6".to_owned();
        told.blocks[0].header[1] = "Busy,\u{a0}%".to_owned();
        assert!(told.csv().unwrap().contains(",\"Busy, %\",12345.6,"), "{}", told.csv().unwrap());
    }
}
