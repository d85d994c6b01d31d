//! Rows of a table that hold a text alone: notes below it, titles of its parts.

use crate::facts::SheetTable;
use crate::recognise::TableShape;

/// Rows of a text alone, which are not read as data. Below a roster of persons they explain its letters.
pub(crate) fn remarks(table: &SheetTable, shape: &TableShape) -> Option<String> {
    let of_codes = |text: &str| matches!(shape, TableShape::Persons { .. }) && text.contains(['=', ':']);
    let rows: Vec<String> = table
        .view
        .remarks
        .iter()
        .filter(|r| !of_codes(&r.1))
        .map(|(row, text)| format!("{row} {:?}", text.chars().take(40).collect::<String>()))
        .collect();
    let more = rows.len().saturating_sub(MOST_SAID);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!rows.is_empty()).then(|| {
        format!("rows of text alone are left out: {}{more}", rows[..rows.len().min(MOST_SAID)].join(", "))
    })
}

/// Rows that a sentence names.
const MOST_SAID: usize = 5;
