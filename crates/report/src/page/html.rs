//! Tables of a page.

use crate::block::{Block, Cell};
use crate::escape;
use crate::options::MARK;
use std::fmt::Write;

/// A block as a table that scrolls by itself where it is too wide.
pub(super) fn table(out: &mut String, block: &Block) -> std::fmt::Result {
    let name = escape(&block.title);
    writeln!(
        out,
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{name}\"><table><caption>{}</caption><thead><tr>",
        escape(&block.title)
    )?;
    for heading in &block.header {
        write!(out, "<th scope=\"col\">{}</th>", escape(heading))?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    for row in &block.rows {
        write!(out, "<tr>")?;
        for (i, cell) in row.iter().enumerate() {
            let text = cell_html(cell);
            if i == 0 && !text.is_empty() {
                write!(out, "<th scope=\"row\">{text}</th>")?;
            } else {
                write!(out, "<td>{text}</td>")?;
            }
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table></div>")
}

fn cell_html(cell: &Cell) -> String {
    let mut text = escape(&cell.value);
    if let Some(interval) = &cell.interval {
        text.push_str(&format!(" <span class=\"interval\">{}</span>", escape(interval)));
    }
    if let Some(remark) = &cell.remark {
        let kind = match remark {
            r if r.contains("better") => " good",
            r if r.contains("worse") => " bad",
            _ => "",
        };
        let plain: String = remark.chars().filter(|c| *c != MARK).collect();
        text.push_str(&format!(" <span class=\"remark{kind}\">{}</span>", escape(&plain)));
    }
    text
}

/// Names and what they are, as a table.
pub(super) fn rows(
    out: &mut String,
    caption: &str,
    header: &[&str],
    rows: &[(String, String)],
) -> std::fmt::Result {
    let cell = |text: &str| Cell { value: text.to_owned(), ..Cell::default() };
    let block = Block {
        title: caption.to_owned(),
        header: header.iter().map(|h| (*h).to_owned()).collect(),
        rows: rows.iter().map(|(a, b)| vec![cell(a), cell(b)]).collect(),
    };
    table(out, &block)
}

/// Paths and values, on demand.
pub(super) fn assumptions(out: &mut String, heading: &str, lines: &[(String, String)]) -> std::fmt::Result {
    writeln!(
        out,
        "<details><summary>{}</summary><div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Values\"><table><tbody>",
        escape(heading)
    )?;
    for (path, value) in lines {
        let value = if value.is_empty() { "(not there)" } else { value };
        let (path, value) = (escape(path), escape(value));
        writeln!(out, "<tr><td><code>{path}</code></td><td><code>{value}</code></td></tr>")?;
    }
    writeln!(out, "</tbody></table></div></details>")
}
