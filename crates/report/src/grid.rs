//! Blocks drawn as grids for the terminal, no wider than it is: a table with more columns than there is room for goes on
//! below, and no number is ever broken.

use super::block::{Block, BlockCell};
use super::colour::coloured;
use super::messages::seen;
use super::options;
use super::unbroken::joined;
use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};

/// Widest column of scenario names; longer names are wrapped.
const NAME_WIDTH: usize = 22;
/// Blanks between two columns: the padding, and one that the table puts there itself.
const GAP: usize = GAP_PADDING as usize + 1;
const GAP_PADDING: u16 = 1;

/// A block's title and its grid.
pub fn titled(block: &Block, width: usize) -> String {
    wrap(&block.title, width, 2) + &grid(block, width)
}

/// A block drawn as a grid: intervals beside their numbers where that fits, else below them; columns for which there
/// is no room in further grids below.
pub(crate) fn grid(block: &Block, width: usize) -> String {
    for between in [" ", "\n"] {
        let rows = lay_out(block, between);
        if let Some(widths) = widths(block, &rows, width) {
            return draw(block, &rows, &widths);
        }
    }
    // The fewest grids, columns spread evenly over them.
    let columns = block.header.len();
    for parts in 2..columns {
        let each = (columns - 1).div_ceil(parts);
        let split: Vec<Block> = (1..columns).step_by(each).map(|at| columns_of(block, at, each)).collect();
        if each > 1 && split.iter().all(|b| fits(b, width)) {
            return split.iter().map(|b| grid(b, width)).collect::<Vec<_>>().join("\n");
        }
    }
    if columns > 2 {
        return as_they_fit(block, width).iter().map(|b| grid(b, width)).collect::<Vec<_>>().join("\n");
    }
    // One column beside the names, and still too wide: long words are all there is.
    let rows = lay_out(block, "\n");
    let longest =
        |c: usize| rows.iter().map(|r| longest(&r[c], '\n')).chain([longest(&block.header[c], ' ')]).max();
    let widths: Vec<usize> = (0..columns).map(|c| longest(c).unwrap_or(1)).collect();
    draw(block, &rows, &widths)
}

fn fits(block: &Block, width: usize) -> bool {
    widths(block, &lay_out(block, "\n"), width).is_some()
}

/// As many columns in each part as there is room for, where they cannot be spread evenly; one at least beside the names.
fn as_they_fit(block: &Block, width: usize) -> Vec<Block> {
    let (mut parts, mut at) = (Vec::new(), 1);
    while at < block.header.len() {
        let rest = block.header.len() - at;
        // All columns at once do not fit, which is why they are parted.
        let most = (1..=rest.min(block.header.len() - 2)).rev();
        let count = most.map(|n| columns_of(block, at, n)).find(|b| fits(b, width));
        let part = count.unwrap_or_else(|| columns_of(block, at, 1));
        at += part.header.len() - 1;
        parts.push(part);
    }
    parts
}

/// The first column and `count` others from `at` on.
fn columns_of(block: &Block, at: usize, count: usize) -> Block {
    let end = (at + count).min(block.header.len());
    fn pick<T: Clone>(row: &[T], at: usize, end: usize) -> Vec<T> {
        row.iter().take(1).chain(&row[at..end]).cloned().collect()
    }
    Block {
        title: String::new(),
        header: pick(&block.header, at, end),
        rows: block.rows.iter().map(|row| pick(row, at, end)).collect(),
    }
}

/// Characters of a text that take room.
pub(crate) fn room(text: &str) -> usize {
    text.chars().filter(|c| *c != options::MARK).count()
}

fn longest(text: &str, by: char) -> usize {
    text.split(by).map(room).max().unwrap_or(0)
}

/// Widths at which no cell is broken, and headings as little as there is room for. `None` when the
/// cells alone do not fit.
fn widths(block: &Block, rows: &[Vec<String>], width: usize) -> Option<Vec<usize>> {
    let room = width.saturating_sub(GAP * block.header.len().saturating_sub(1));
    let mut widths: Vec<usize> = block
        .header
        .iter()
        .enumerate()
        .map(|(column, heading)| {
            let cells = rows.iter().map(|row| longest(&row[column], '\n')).max().unwrap_or(0);
            let cells = if column == 0 { name_width(block, width).min(cells) } else { cells };
            cells.max(longest(heading, ' '))
        })
        .collect();
    let lines = |column: usize, width: usize| broken(&block.header[column], width, 0).lines().count();
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
    // What is left over goes to the names.
    let used: usize = widths.iter().sum();
    if let (Some(first), Some(longest)) =
        (widths.first_mut(), rows.iter().map(|row| longest(&row[0], '\n')).max())
    {
        *first = (*first).max(longest.min(*first + room.saturating_sub(used)));
    }
    (widths.iter().sum::<usize>() <= room).then_some(widths)
}

/// Room for names in the first column, which may be wrapped at blanks: at most a quarter of a wide terminal.
fn name_width(block: &Block, width: usize) -> usize {
    let word = block.rows.iter().filter_map(|r| Some(longest(&r.first()?.value, ' '))).max().unwrap_or(0);
    NAME_WIDTH.min(width / 3).max(word.min(NAME_WIDTH))
}

fn lay_out(block: &Block, between: &str) -> Vec<Vec<String>> {
    // Beside each other, marks of a column begin at the same place.
    let values =
        |c: usize| block.rows.iter().filter_map(|row| Some(room(&row.get(c)?.value))).max().unwrap_or(0);
    let marked = |c: usize| {
        block.rows.iter().any(|row| row[c].remark.as_ref().is_some_and(|r| r.starts_with(options::MARK)))
    };
    let wide: Vec<usize> =
        (0..block.header.len()).map(|c| if between == " " && marked(c) { values(c) } else { 0 }).collect();
    let cells =
        |row: &Vec<BlockCell>| row.iter().zip(&wide).map(|(cell, w)| text_of(cell, between, *w)).collect();
    block.rows.iter().map(cells).collect()
}

fn text_of(cell: &BlockCell, between: &str, width: usize) -> String {
    // Where there is little room, several numbers of one cell stand below each other.
    let mut text = if between == " " { cell.value.clone() } else { cell.value.replace("; ", ";\n") };
    if between == " " {
        if cell.remark.is_some() {
            text.extend(std::iter::repeat_n(' ', width.saturating_sub(room(&cell.value))));
        }
        text.extend(cell.interval.iter().map(|i| format!(" {i}")));
        text.extend(cell.remark.iter().map(|r| format!(" {r}")));
    } else {
        let marked = cell.remark.as_ref().is_some_and(|r| r.starts_with(options::MARK));
        text.extend(cell.remark.iter().map(|r| format!("{}{r}", if marked { between } else { " " })));
        text.extend(cell.interval.iter().map(|i| format!("{between}{i}")));
    }
    text
}

fn draw(block: &Block, rows: &[Vec<String>], widths: &[usize]) -> String {
    let whole = widths.iter().sum::<usize>() + GAP * widths.len();
    let mut table = Table::new();
    table
        .load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(whole).unwrap_or(u16::MAX))
        .set_header(block.header.clone())
        .add_rows(rows.to_vec());
    for (i, column) in table.column_iter_mut().enumerate() {
        // The gap stands before every column but the first, so that lines end where the text does.
        let before = if i == 0 { 0 } else { GAP_PADDING };
        column.set_padding((before, 0));
        if let Some(width) = widths.get(i).and_then(|w| u16::try_from(*w).ok()) {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + before)));
        }
    }
    let mut text = coloured(&table.trim_fmt());
    text.push('\n');
    text
}

/// Stands for a blank at which no line breaks. A terminal shows it as any other.
const STAYS: char = '\u{e000}';

/// Breaks a line at blanks so that no part is longer than `width`, and no number is parted from its unit or interval from its
/// end; later parts are indented.
pub(crate) fn wrap(line: &str, width: usize, indent: usize) -> String {
    broken(&joined(line, STAYS), width, indent).replace(STAYS, " ")
}

/// Breaks a line at all blanks alike, as tables break their headings.
fn broken(line: &str, width: usize, indent: usize) -> String {
    let mut text = String::new();
    let mut used = 0;
    // Blanks inside the line (as in the aligned legend) are kept: each word comes with those before it.
    for word in line.split_inclusive(' ') {
        let length = seen(word.trim_end());
        if used > indent && used + length > width {
            text.truncate(text.trim_end().len());
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            used = indent;
        }
        text.push_str(word);
        used += seen(word);
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_is_too_wide_goes_on_below_with_as_many_columns_as_fit() {
        let cell = |value: &str| BlockCell { value: value.to_owned(), ..BlockCell::default() };
        let wide = "x".repeat(24);
        let block = Block {
            title: String::new(),
            header: ["Option", "What binds", "Has", "Needs"].map(str::to_owned).to_vec(),
            rows: vec![vec![cell("Today"), cell(&wide), cell("63"), cell("65")]],
        };
        // Two and one do not fit; one and two do.
        let text = grid(&block, 34);
        let heads: Vec<&str> = text.lines().filter(|l| l.starts_with("Option")).collect();
        assert_eq!(heads, ["Option  What binds", "Option  Has  Needs"], "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 34), "{text}");
    }

    #[test]
    fn long_lines_are_wrapped_with_an_indent() {
        let wrapped = wrap("one two three four", 9, 2);
        assert_eq!(wrapped, "one two\n  three\n  four\n");
        assert_eq!(wrap("unbreakablelongword", 9, 2), "unbreakablelongword\n");
        assert_eq!(wrap("they lose 0.8 % [0.7, 0.9] in 4 h", 16, 0), "they lose 0.8 %\n[0.7, 0.9] in\n4 h\n");
    }
}
