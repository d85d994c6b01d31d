//! An answer for a document: sentences, and the one table as Markdown.

use super::block::{Block, BlockCell};
use super::options;
use poolwise_study::summary::{Comparison, Summary};

/// The answer on scenarios, compared or not.
pub fn scenarios(summaries: &[&Summary], comparison: Option<&Comparison>) -> String {
    let said: Vec<String> = match comparison {
        Some(comparison) => comparison.verdict.clone(),
        None => summaries.iter().map(|s| s.verdict.join(" ")).collect(),
    };
    let between = if comparison.is_some() { " " } else { "\n\n" };
    document(&[said.join(between)], &options::table(summaries, comparison))
}

/// Sentences as a paragraph, and a table.
pub fn document(said: &[String], block: &Block) -> String {
    escaped_lines(&said.join(" ")) + "\n\n" + &rows(block)
}

/// A table without its title.
pub(crate) fn rows(block: &Block) -> String {
    let mut out = String::new();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    out.push_str(&line(block.header.iter().map(|h| escaped(h)).collect()));
    let rule = (0..block.header.len()).map(|c| if c == 0 { ":--" } else { "--:" }.to_owned());
    out.push_str(&line(rule.collect()));
    for row in &block.rows {
        out.push_str(&line(row.iter().map(|cell| escaped(&text(cell))).collect()));
    }
    out
}

fn text(cell: &BlockCell) -> String {
    let parts = [Some(cell.value.as_str()), cell.interval.as_deref(), cell.remark.as_deref()];
    let text: Vec<&str> = parts.into_iter().flatten().filter(|p| !p.is_empty()).collect();
    text.join(" ").replace(options::MARK, "")
}

/// Text that keeps its meaning in Markdown.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '<' | '>' | '\\' | '#' => out.extend(['\\', c]),
            '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A text whose line breaks stay, with the last one at its end; nothing of nothing.
pub fn lines(text: &str) -> String {
    let all: Vec<String> = text.trim_end().lines().map(escaped).collect();
    if all.is_empty() { String::new() } else { all.join("  \n") + "\n" }
}

/// The same, paragraphs kept.
fn escaped_lines(text: &str) -> String {
    text.split("\n\n").map(escaped).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_table_has_as_many_cells_in_every_line_and_titles_are_escaped() {
        let mut summaries = fixture::seven();
        summaries[1].title = "A | b *c*".to_owned();
        let all: Vec<&Summary> = summaries.iter().collect();
        let text = scenarios(&all, Some(&fixture::comparison(&summaries)));
        let lines: Vec<&str> = text.lines().filter(|l| l.starts_with('|')).collect();
        assert_eq!(lines.len(), 9);
        let cells = |l: &str| l.replace("\\|", "").matches('|').count();
        assert!(lines.iter().all(|l| cells(l) == cells(lines[0])), "{text}");
        assert!(text.contains("A \\| b \\*c\\*") && !text.contains(options::MARK), "{text}");
    }
}
