//! The statement on a terminal: its Markdown with lines that are no wider, and tables that can be read.

use crate::block::{Block, BlockCell};
use crate::grid::{grid, room, wrap};

/// Blanks between two columns of a table.
const GAP: usize = 2;

/// A document of paragraphs, lists, tables and listings in lines of `width`. Listings are copied as they are; a table that is wider is
/// told row by row.
pub fn on_terminal(markdown: &str, width: usize) -> String {
    let mut out = String::new();
    let mut listing = false;
    let mut table: Vec<Vec<String>> = Vec::new();
    for line in markdown.lines() {
        if !listing && line.starts_with('|') {
            table.push(cells(line));
            continue;
        }
        if !table.is_empty() {
            out.push_str(&shown(&std::mem::take(&mut table), width));
        }
        listing ^= line.starts_with("```");
        if listing || line.starts_with("```") {
            out.push_str(line);
            out.push('\n');
        } else {
            out.push_str(&wrap(line, width, if line.starts_with("- ") { 2 } else { 0 }));
        }
    }
    out + &shown(&table, width)
}

/// The cells of a line of a table.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in line.trim_start_matches('|').trim_end_matches('|').chars() {
        match (c, cells.last_mut()) {
            ('|', _) if !escaped => cells.push(String::new()),
            ('|', Some(cell)) => {
                // The mark before it was no part of the text.
                cell.pop();
                cell.push('|');
            }
            (c, Some(cell)) => cell.push(c),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// A table, whose second line parts its head from its rows.
fn shown(table: &[Vec<String>], width: usize) -> String {
    let Some((header, rows)) = table.split_first() else { return String::new() };
    let rows: Vec<&Vec<String>> = rows.iter().skip(1).collect();
    let widest = |c: usize| {
        let cells = rows.iter().filter_map(|row| row.get(c)).chain([&header[c]]);
        cells.map(|cell| room(cell)).max().unwrap_or(0)
    };
    let whole = (0..header.len()).map(widest).sum::<usize>() + GAP * header.len().saturating_sub(1);
    let told = |row: &Vec<String>| -> String {
        let mut text = wrap(row.first().map_or("", String::as_str), width, 2);
        let named = header.iter().zip(row).skip(1).filter(|(_, cell)| !cell.is_empty());
        for (name, cell) in named {
            text.push_str(&wrap(&format!("  {name}: {cell}"), width, 4));
        }
        text
    };
    if whole > width {
        return rows.into_iter().map(told).collect();
    }
    let cell = |c: usize, row: &[String]| BlockCell {
        value: row.get(c).cloned().unwrap_or_default(),
        ..BlockCell::default()
    };
    let rows = rows.iter().map(|row| (0..header.len()).map(|c| cell(c, row)).collect()).collect();
    grid(&Block { title: String::new(), header: header.clone(), rows }, width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_wider_and_tables_are_told_where_they_are() {
        let text = "# A title\n\nOne two three four five six seven.\n\n- Ten elephants are in a list of things.\n\n\
                    | Key | Value | Words |\n|---|---|---|\n| `a.b` | 1 \\| 2 | several words that are too long here |\n| `c` | 3 |  |\n\n\
                    ```mermaid\n  s0[\"to do\"] --> s1[\"a line that is copied as it is\"]\n```\n\n| A | B |\n|---|---|\n| x | y |\n";
        let told = on_terminal(text, 30);
        for line in told.lines().filter(|line| !line.contains("-->")) {
            assert!(line.chars().count() <= 30, "{line}");
        }
        for part in [
            "`a.b`\n  Value: 1 | 2\n  Words: several words that\n    are too long here\n`c`\n  Value: 3\n",
            "- Ten elephants are in a list\n  of things.\n",
            "  s0[\"to do\"] --> s1[\"a line that is copied as it is\"]\n",
            "A  B\n────\nx  y\n",
        ] {
            assert!(told.contains(part), "{part}\n{told}");
        }
    }
}
