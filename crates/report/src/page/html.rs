//! Tables of a page.

use crate::block::{Block, BlockCell};
use crate::escape;
use crate::options::MARK;
use crate::unbroken::unbroken;
use std::fmt::Write;

/// Rows of a table that is not broken over two sheets of paper, at most.
const WHOLE: usize = 26;

/// A block as a table that scrolls by itself where it is too wide.
pub(super) fn table(out: &mut String, block: &Block) -> std::fmt::Result {
    table_of(out, block, words, "")
}

/// The same of texts that are copied, such as commands: their blanks stay blanks, and no line ends within an option's name.
pub(super) fn verbatim(out: &mut String, block: &Block) -> std::fmt::Result {
    table_of(out, block, copied, " copied")
}

fn copied(text: &str) -> String {
    let word = |word: &str| match word.starts_with("--") {
        true => format!("<span class=\"option\">{}</span>", escape(word)),
        false => escape(word),
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Words to read: no line parts a number from its unit.
pub(super) fn words(text: &str) -> String {
    escape(&unbroken(text))
}

fn table_of(out: &mut String, block: &Block, shown: fn(&str) -> String, kind: &str) -> std::fmt::Result {
    let whole = if block.rows.len() <= WHOLE { " whole" } else { "" };
    writeln!(
        out,
        "<div class=\"wide{whole}{kind}\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table><caption>{}</caption><thead><tr>",
        escape(&block.title),
        words(&block.title)
    )?;
    for heading in &block.header {
        write!(out, "<th scope=\"col\">{}</th>", words(heading))?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    for row in &block.rows {
        write!(out, "<tr>")?;
        for (i, cell) in row.iter().enumerate() {
            let text = cell_html(cell, shown);
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

fn cell_html(cell: &BlockCell, shown: fn(&str) -> String) -> String {
    let mut text = shown(&cell.value);
    if let Some(interval) = &cell.interval {
        text.push_str(&format!(" <span class=\"interval\">{}</span>", shown(interval)));
    }
    if let Some(remark) = &cell.remark {
        let kind = match remark {
            r if r.contains("better") => " good",
            r if r.contains("worse") => " bad",
            _ => "",
        };
        let plain: String = remark.chars().filter(|c| *c != MARK).collect();
        text.push_str(&format!(" <span class=\"remark{kind}\">{}</span>", shown(&plain)));
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
    let cell = |text: &str| BlockCell { value: text.to_owned(), ..BlockCell::default() };
    let block = Block {
        title: caption.to_owned(),
        header: header.iter().map(|h| (*h).to_owned()).collect(),
        rows: rows.iter().map(|(a, b)| vec![cell(a), cell(b)]).collect(),
    };
    table(out, &block)
}

/// Paths and values, on demand, as a scenario has them: keys under the path of their table, which is written once; then the
/// paths that are not there. A row of a table for each of a thousand values would be most of a page.
pub(super) fn assumptions(out: &mut String, heading: &str, lines: &[(String, String)]) -> std::fmt::Result {
    writeln!(out, "<details><summary>{}</summary><pre class=\"values\">", escape(heading))?;
    let mut within = "";
    let mut there: Vec<(&str, &str, &str)> = lines
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(path, value)| (parted(path).0, parted(path).1, value.as_str()))
        .collect();
    // Keys of no table would else seem to be of the one above them.
    there.sort_by_key(|(table, ..)| !table.is_empty());
    for (table, key, value) in there {
        if table != within {
            writeln!(out, "<strong>[{}]</strong>", inner(table))?;
            within = table;
        }
        writeln!(out, "{} = {}", inner(key), inner(value))?;
    }
    let missing: Vec<String> =
        lines.iter().filter(|(_, value)| value.is_empty()).map(|(path, _)| inner(path)).collect();
    if !missing.is_empty() {
        writeln!(out, "<strong>Not there:</strong> {}", missing.join(", "))?;
    }
    writeln!(out, "</pre></details>")
}

/// A sentence of a terminal, in which a name stands between backticks. Keys and commands are to be copied; the name of a place, with
/// a capital and without what keys are made of, is read as any other word.
pub(super) fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // One that is alone is itself.
    if parts.len().is_multiple_of(2) {
        return words(text);
    }
    let part = |(i, part): (usize, &&str)| match i % 2 {
        0 => words(part),
        _ if part.starts_with(char::is_uppercase) && !part.contains(['_', '=', '[', '/']) => words(part),
        _ => format!("<code>{}</code>", escape(part)),
    };
    parts.iter().enumerate().map(part).collect()
}

/// Text between tags, where a quotation mark is itself.
fn inner(text: &str) -> String {
    escape(text).replace("&quot;", "\"")
}

/// The table of a path and its key there: they part at the last point that is not in a quoted name.
fn parted(path: &str) -> (&str, &str) {
    let mut quote = None;
    let mut at = None;
    for (i, c) in path.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            (None, '.') => at = Some(i),
            _ => {}
        }
    }
    at.map_or(("", path), |i| (&path[..i], &path[i + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_between_backticks_are_set_as_code_and_nothing_becomes_markup() {
        assert_eq!(prose("column `a<b>` & more"), "column <code>a&lt;b&gt;</code> &amp; more");
        assert_eq!(prose("`St. Louis` by 8 %, key `rate`"), "St. Louis by 8\u{a0}%, key <code>rate</code>");
        assert_eq!(prose("a lone ` stays"), "a lone ` stays");
        assert_eq!(prose("4 h, `rate = 4 h`"), "4\u{a0}h, <code>rate = 4 h</code>");
    }

    #[test]
    fn no_line_ends_within_an_options_name() {
        assert_eq!(
            copied("poolwise run a-b.toml --set x=\"<1>\""),
            "poolwise run a-b.toml <span class=\"option\">--set</span> x=&quot;&lt;1&gt;&quot;"
        );
    }

    #[test]
    fn values_stand_under_the_path_of_their_table_which_is_written_once() {
        let line = |path: &str, value: &str| (path.to_owned(), value.to_owned());
        let lines = [
            line("name", "\"a <b>\""),
            line("run.seed", "1"),
            line("run.start", "\"2018-10-01\""),
            line("area.\"St. Louis\".share", "9"),
            line("baseline", "true"),
            line("area.Miami.centre", ""),
            line("route", ""),
        ];
        let mut out = String::new();
        assumptions(&mut out, "All & more", &lines).unwrap();
        assert_eq!(
            out,
            "<details><summary>All &amp; more</summary><pre class=\"values\">\n\
             name = \"a &lt;b&gt;\"\nbaseline = true\n\
             <strong>[run]</strong>\nseed = 1\nstart = \"2018-10-01\"\n\
             <strong>[area.\"St. Louis\"]</strong>\nshare = 9\n\
             <strong>Not there:</strong> area.Miami.centre, route\n</pre></details>\n"
        );
    }
}
