//! Tables for the terminal, in plain text of at most 100 columns.

use super::block::{self, Block, Cell};
use super::setting::Setting;
use super::staffing::Staffing;
use super::theory;
use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};
use poolwise_study::Oracle;
use poolwise_study::summary::{Comparison, Summary};

/// Widest line of a table.
pub const WIDTH: u16 = 100;
/// Pools that `check` shows.
const CHECKED: usize = 40;
/// Widest column of scenario names; longer names are wrapped.
const NAME_WIDTH: usize = 22;
/// Blanks between two columns: the padding, and one that the table puts there itself.
const GAP: usize = GAP_PADDING as usize + 1;
const GAP_PADDING: u16 = 1;

/// One scenario or several side by side, and the notes to read them by.
pub fn scenarios(summaries: &[&Summary], settings: &[Setting]) -> String {
    let mut text = said(summaries.iter().map(|s| s.verdict.as_slice()));
    text.push_str(&legend(summaries, None));
    push_blocks(&mut text, &block::scenarios(summaries));
    let mut notes = block::notes(summaries, settings, None);
    for s in summaries {
        push_blocks(&mut text, theory::block(&s.scenario, &s.oracle, theory::FEW).as_slice());
        notes.extend(theory::notes(&s.oracle, theory::FEW));
    }
    push_notes(&mut text, &notes);
    text
}

/// The answers in sentences, a paragraph each, and an empty line.
fn said<'a>(answers: impl IntoIterator<Item = &'a [String]>) -> String {
    let mut text: String = answers
        .into_iter()
        .filter(|sentences| !sentences.is_empty())
        .map(|sentences| paragraph(&sentences.join(" ")))
        .collect();
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// More tables, and notes to read them by.
pub fn further(blocks: &[Block], notes: &[String]) -> String {
    let mut text = String::new();
    if !blocks.is_empty() {
        push_blocks(&mut text, blocks);
        push_notes(&mut text, notes);
    }
    text
}

/// A paragraph no wider than tables are.
pub fn paragraph(text: &str) -> String {
    wrap(text, usize::from(WIDTH), 0)
}

/// All scenarios side by side, their differences from the baseline, and the notes.
pub fn comparison(summaries: &[&Summary], comparison: &Comparison, settings: &[Setting]) -> String {
    let mut text = said([comparison.verdict.as_slice()]);
    text.push_str(&legend(summaries, Some(&comparison.baseline)));
    push_blocks(&mut text, &block::scenarios(summaries));
    push_blocks(&mut text, &block::differences(comparison, summaries));
    push_notes(&mut text, &block::notes(summaries, settings, Some(comparison)));
    text
}

/// A legend of names, tables, and the notes to read them by.
pub fn document(legend: &[(String, String)], blocks: &[Block], notes: &[String]) -> String {
    let mut text = legend_of(legend);
    push_blocks(&mut text, blocks);
    push_notes(&mut text, notes);
    text
}

/// What `check` says of a valid scenario: staffing, expected load, and theory.
pub fn check(staffing: &Staffing, oracle: &Oracle) -> String {
    let mut text = titled(&staffing.block());
    push_blocks(&mut text, theory::block(&staffing.scenario, oracle, CHECKED).as_slice());
    push_notes(&mut text, &theory::notes(oracle, CHECKED));
    text
}

fn legend(summaries: &[&Summary], baseline: Option<&str>) -> String {
    legend_of(&block::legend(summaries, baseline))
}

fn legend_of(entries: &[(String, String)]) -> String {
    let widest = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, title) in entries {
        let line = format!("{name:widest$}  {title}");
        text.push_str(&wrap(&line, usize::from(WIDTH), widest + 2));
    }
    text
}

fn push_blocks(text: &mut String, blocks: &[Block]) {
    for block in blocks {
        text.push('\n');
        text.push_str(&titled(block));
    }
}

fn push_notes(text: &mut String, notes: &[String]) {
    text.push('\n');
    for note in notes {
        text.push_str(&wrap(note, usize::from(WIDTH), 2));
    }
}

/// A block's title and its grid.
pub fn titled(block: &Block) -> String {
    wrap(&block.title, usize::from(WIDTH), 2) + &grid(block)
}

/// A block drawn as a grid: intervals beside their numbers where that fits, else below them.
fn grid(block: &Block) -> String {
    let beside = lay_out(block, " ");
    if let Some(widths) = widths(block, &beside) {
        return draw(block, &beside, Some(&widths));
    }
    let below = lay_out(block, "\n");
    draw(block, &below, widths(block, &below).as_deref())
}

/// Widths at which no cell is broken, and headings as little as there is room for. `None` when the
/// cells alone do not fit.
fn widths(block: &Block, rows: &[Vec<String>]) -> Option<Vec<usize>> {
    let room = usize::from(WIDTH) - GAP * block.header.len().saturating_sub(1);
    let longest = |text: &str, by: char| text.split(by).map(|w| w.chars().count()).max().unwrap_or(0);
    let mut widths: Vec<usize> = block
        .header
        .iter()
        .enumerate()
        .map(|(column, heading)| {
            let cells = rows.iter().map(|row| longest(&row[column], '\n')).max().unwrap_or(0);
            let cells = if column == 0 { cells.min(NAME_WIDTH) } else { cells };
            cells.max(longest(heading, ' '))
        })
        .collect();
    let lines = |column: usize, width: usize| wrap(&block.header[column], width, 0).lines().count();
    // The heading with the most lines is widened first, as long as there is room.
    while let Some(tallest) = (0..widths.len()).max_by_key(|&c| lines(c, widths[c])) {
        let now = lines(tallest, widths[tallest]);
        let used: usize = widths.iter().sum();
        let wider = (widths[tallest] + 1..=widths[tallest] + room.saturating_sub(used))
            .find(|&width| lines(tallest, width) < now);
        match wider {
            Some(width) if now > 1 => widths[tallest] = width,
            _ => break,
        }
    }
    (widths.iter().sum::<usize>() <= room).then_some(widths)
}

fn lay_out(block: &Block, between: &str) -> Vec<Vec<String>> {
    block.rows.iter().map(|row| row.iter().map(|cell| text_of(cell, between)).collect()).collect()
}

fn text_of(cell: &Cell, between: &str) -> String {
    let mut text = cell.value.clone();
    if between == " " {
        text.extend(cell.interval.iter().map(|i| format!(" {i}")));
        text.extend(cell.remark.iter().map(|r| format!(" {r}")));
    } else {
        text.extend(cell.remark.iter().map(|r| format!(" {r}")));
        text.extend(cell.interval.iter().map(|i| format!("{between}{i}")));
    }
    text
}

fn draw(block: &Block, rows: &[Vec<String>], widths: Option<&[usize]>) -> String {
    let mut table = Table::new();
    table
        .load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(block.header.clone())
        .add_rows(rows.to_vec());
    for (i, column) in table.column_iter_mut().enumerate() {
        // The gap stands before every column but the first, so that lines end where the text does.
        let before = if i == 0 { 0 } else { GAP_PADDING };
        column.set_padding((before, 0));
        if let Some(width) = widths.and_then(|w| w.get(i)).and_then(|w| u16::try_from(*w).ok()) {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + before)));
        }
    }
    let mut text = table.trim_fmt();
    text.push('\n');
    text
}

/// Breaks a line at blanks so that no part is longer than `width`; later parts are indented.
fn wrap(line: &str, width: usize, indent: usize) -> String {
    let mut text = String::new();
    let mut used = 0;
    // Blanks inside the line (as in the aligned legend) are kept: each word comes with those before it.
    for word in line.split_inclusive(' ') {
        let length = word.trim_end().chars().count();
        if used > indent && used + length > width {
            text.truncate(text.trim_end().len());
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            used = indent;
        }
        text.push_str(word);
        used += word.chars().count();
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn fits(text: &str) {
        for line in text.lines() {
            assert!(line.chars().count() <= usize::from(WIDTH), "{} columns: {line}", line.chars().count());
            assert_eq!(line, line.trim_end());
        }
    }

    #[test]
    fn seven_scenarios_fit_100_columns_and_show_every_measure() {
        let summaries = fixture::seven();
        let all: Vec<&Summary> = summaries.iter().collect();
        let c = fixture::comparison(&summaries);
        let text = comparison(&all, &c, &fixture::settings(summaries.len()));
        fits(&text);
        for words in [
            "Posts",
            "Rostered",
            "Headcount",
            "Utilization,\u{a0}%",
            "Idlest",
            "Busiest",
            "Done within 4\u{a0}h",
            "Mean time",
            "95th percentile",
            "Avoidable",
            "Duplicate",
            "Rework",
            "Overtime",
            "Backlog",
            "simultaneous 95 %",
            "pointwise 95 %",
            "cannot tell",
            "status-quo (baseline)",
            "Shift end:",
            "Replications that would",
        ] {
            assert!(text.contains(words), "{words} is missing in\n{text}");
        }
    }

    #[test]
    fn one_scenario_without_intervals_and_with_undefined_numbers() {
        let mut summary = fixture::summary("alone", 0.6);
        (summary.replications, summary.replications_planned) = (1, 1);
        for e in summary.measures.values_mut() {
            (e.lower, e.upper) = (f64::NAN, f64::NAN);
        }
        summary.measures.get_mut("time_to_completion_p95_hours").unwrap().estimate = f64::NAN;
        summary.detail.utilization_range = None;
        let text = scenarios(&[&summary], &fixture::settings(1));
        fits(&text);
        assert!(text.contains("n/a") && text.contains("One replication, so no intervals"), "{text}");
        assert!(!text.contains('['), "{text}");
    }

    #[test]
    fn a_partial_run_says_so_first_among_the_notes() {
        let mut summary = fixture::summary("half", 0.6);
        summary.replications = 3;
        let text = scenarios(&[&summary], &[]);
        assert!(text.contains("PARTIAL: only 3 of 10 replications were finished. In brackets"), "{text}");
    }

    #[test]
    fn long_lines_are_wrapped_with_an_indent() {
        let wrapped = wrap("one two three four", 9, 2);
        assert_eq!(wrapped, "one two\n  three\n  four\n");
        assert_eq!(wrap("unbreakablelongword", 9, 2), "unbreakablelongword\n");
    }

    #[test]
    fn very_long_names_still_fit() {
        let summary = fixture::summary(&"a-very-long-name-of-a-scenario".repeat(3), 0.6);
        fits(&grid(&block::scenarios(&[&summary])[0]));
    }
}
