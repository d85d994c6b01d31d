//! Parts of a table under titles of their own, such as a line `Miami` and then its rows: each is of the place so called.

use crate::cell::Cell;
use crate::columns::{is_date, is_label};
use crate::dates::{month, weekday};
use crate::facts::SheetTable;
use crate::problem::Problem;
use crate::read::{Book, ReadProgress};
use crate::words::{PLACE, has_word};
use std::collections::{BTreeMap, BTreeSet};

/// Words of a title that name a time rather than a place.
const TIMES: &[&str] = &[
    "week", "wk", "kw", "woche", "semaine", "semana", "month", "maand", "monat", "mois", "mes", "year",
    "day", "page", "seite",
];

/// Words and letters of a name at most.
const LONGEST: (usize, usize) = (6, 50);

/// The place that a title names: one in a few words, of no time, with no mark of a sentence; `Office: Miami` names Miami.
pub(crate) fn place(title: &str) -> Option<&str> {
    let name = match title.split_once(':') {
        Some((kind, name)) if has_word(kind, PLACE) => name.trim(),
        Some(_) => return None,
        None => title.trim(),
    };
    let sentence = name.ends_with(['.', '!', '?', ',', ';'])
        || name.starts_with(['*', '(', '#', '-'])
        || name.contains(['=', '"', '|']);
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let of_time = words.iter().any(|w| (w.len() > 2 && month(w).is_some()) || weekday(w).is_some())
        || has_word(name, TIMES)
        || words.iter().any(|w| w.len() == 4 && w.parse::<u16>().is_ok_and(|y| (1990..2100).contains(&y)));
    let short = (1..=LONGEST.0).contains(&words.len()) && name.chars().count() <= LONGEST.1;
    let named = words.iter().any(|w| w.chars().any(char::is_alphabetic));
    (short && named && !sentence && !of_time).then_some(name)
}

/// Whether a title says by itself that it is a place.
fn says_place(title: &str) -> bool {
    has_word(title, PLACE)
}

/// The day of a cell, as a text that is the same for the same day.
fn day_of(cell: &Cell<'_>) -> Option<String> {
    match cell {
        Cell::Moment(at) => Some(at.date().to_string()),
        Cell::Number(x) => Some(format!("{}", x.floor())),
        Cell::Text(text) => text.split([' ', 'T']).next().map(str::to_owned),
        _ => None,
    }
}

/// Parts that are of a place each, by the row of their title; empty where titles name none. Titles of places have rows of the same days below them;
/// those of weeks or months do not.
///
/// # Errors
/// If the file is broken.
pub(crate) fn sections(
    table: &SheetTable,
    book: &Book,
    watch: &dyn ReadProgress,
) -> Result<Vec<(u64, String)>, Problem> {
    let titled: Vec<&(u64, String)> =
        table.view.remarks.iter().filter(|r| r.0 > table.names_row && place(&r.1).is_some()).collect();
    let date = table.used().find(|(_, c)| is_date(c)).map(|c| c.0);
    let (Some(date), false) = (date, titled.is_empty()) else { return Ok(Vec::new()) };
    if table.names_row == 0 || table.find(PLACE, is_label).is_some() {
        return Ok(Vec::new());
    }
    // What stands above the names is the first part's title, where rows come before another.
    let above = table.view.above.as_deref().filter(|t| place(t).is_some());
    let mut all: Vec<(u64, &str)> = above.map(|t| (0, t)).into_iter().collect();
    all.extend(titled.iter().map(|t| (t.0, t.1.as_str())));
    let mut rows = vec![0_u64; all.len()];
    let mut days: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut before = 0_u64;
    table.rows(book, watch, &mut |row, cells| {
        if row <= table.names_row {
            return Ok(());
        }
        match all.partition_point(|t| t.0 < row).checked_sub(1) {
            None => before += 1,
            Some(i) => {
                rows[i] += 1;
                let day = cells.get(date).and_then(day_of);
                days.entry(place(all[i].1).unwrap_or_default()).or_default().extend(day);
            }
        }
        Ok(())
    })?;
    let kept: Vec<(u64, String)> = all
        .iter()
        .zip(&rows)
        .filter(|(_, n)| **n > 0)
        .map(|(t, _)| (t.0, place(t.1).unwrap_or_default().to_owned()))
        .collect();
    let mut seen: BTreeSet<&String> = BTreeSet::new();
    let shared = days.values().flatten().any(|d| !seen.insert(d));
    let told = all.iter().zip(&rows).filter(|(_, n)| **n > 0).all(|(t, _)| says_place(t.1));
    if before > 0 || days.len() < 2 || !(shared || told) {
        return Ok(Vec::new());
    }
    Ok(kept)
}

/// Parts that a sentence names.
const MOST_SAID: usize = 6;

/// How the titles were read, in a sentence.
pub fn said(sections: &[(u64, String)]) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    let mut shown: Vec<String> = Vec::new();
    for (row, name) in sections {
        if !names.contains(&name.as_str()) {
            names.push(name);
            shown.push(if *row == 0 {
                format!("`{name}` above the names")
            } else {
                format!("`{name}` from row {row}")
            });
        }
    }
    let more = shown.len().saturating_sub(MOST_SAID);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.truncate(MOST_SAID);
    (!shown.is_empty()).then(|| format!("titles of parts are taken for places: {}{more}", shown.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_name_a_place() {
        for (title, name) in
            [("Miami", "Miami"), ("Office: Los Angeles", "Los Angeles"), ("Ward 3 (North)", "Ward 3 (North)")]
        {
            assert_eq!(place(title), Some(name));
        }
        for title in [
            "Week 12",
            "March",
            "Monday",
            "Q1 2025",
            "Closed from 3 to 5.",
            "Note: system down",
            "F = 07:00-15:00",
            "* preliminary",
            "12",
        ] {
            assert_eq!(place(title), None, "{title}");
        }
    }
}
