//! Rows of sums and means, which no reader takes for data.

use crate::cell::Cell;
use crate::facts::SheetTable;

/// Whether some row begins with the word for a sum.
pub fn last_row_is_total(table: &SheetTable) -> bool {
    table.columns.iter().any(|c| c.sums > 0)
}

/// Whether a row is one of sums.
pub fn is_total_row(cells: &[Cell<'_>]) -> bool {
    cells.iter().find(|c| !c.is_empty()).is_some_and(is_total)
}

/// Whether a row is one of sums: its first cell says so, or one of those that say when it is.
pub fn is_total_of(cells: &[Cell<'_>], when: &[usize]) -> bool {
    is_total_row(cells) || when.iter().any(|c| cells.get(*c).is_some_and(is_total))
}

fn is_total(cell: &Cell<'_>) -> bool {
    matches!(cell, Cell::Text(text) if is_total_word(text))
}

/// Whether a text says that what stands beside it is a sum or a mean: by its first word, or as one of a few, as `Week 6 total`.
pub fn is_total_word(text: &str) -> bool {
    let first = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
    if TOTALS.contains(&first.as_str()) || MEANS.contains(&first.as_str()) {
        return true;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() <= 4
        && words.iter().any(|w| TOTALS.contains(&w.trim_matches([':', '.']).to_lowercase().as_str()))
}

const TOTALS: &[&str] = &[
    "total",
    "totals",
    "subtotal",
    "subtotals",
    "subtotaal",
    "zwischensumme",
    "sum",
    "totaal",
    "gesamt",
    "summe",
    "grand",
    "gesamtsumme",
    "wochensumme",
    "tagessumme",
    "monatssumme",
    "weektotaal",
    "dagtotaal",
    "eindtotaal",
    "somme",
    "totale",
    "totaux",
    "suma",
];
const MEANS: &[&str] =
    &["average", "mean", "durchschnitt", "mittelwert", "gemiddelde", "moyenne", "promedio", "media"];
