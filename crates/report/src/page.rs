//! A page to forward: one HTML file with tables, pictures and assumptions, and nothing outside it.

use super::block::{Block, Cell};
use super::escape;
use poolwise_study::Wording;
use poolwise_study::measures::{MEASURES, Measure, Times};
use poolwise_study::summary::Summary;
use std::fmt::Write;

/// Colours and spacing: readable on paper, in the dark and on a phone.
const STYLE: &str = "\
:root{color-scheme:light}\
body{font:16px/1.5 system-ui,sans-serif;color:#222;background:#fff;max-width:82rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.7rem;line-height:1.2}h2{font-size:1.25rem;margin-top:2.2rem}\
.wide{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0 1rem}\
caption{text-align:left;font-weight:600;padding:.3rem 0}\
th,td{text-align:left;vertical-align:top;padding:.3rem .9rem .3rem 0;border-bottom:1px solid #ddd}\
thead th{border-bottom:2px solid #888}td{font-variant-numeric:tabular-nums}\
.interval{color:#5a5a5a;white-space:nowrap}.remark{font-weight:600}\
figure{margin:1rem 0}figure svg{max-width:100%;height:auto}\
.warn{border-left:4px solid #d55e00;padding-left:.8rem}\
details{margin:.5rem 0}summary{cursor:pointer}code{font-size:.85rem;overflow-wrap:anywhere}\
@media print{details{display:none}}";

/// What stands on a page, from top to bottom.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Heading.
    pub title: String,
    /// Free text on what this is about.
    pub intro: String,
    /// What each scenario is: name, one line.
    pub legend: Vec<(String, String)>,
    /// What a reader must know before all else: a partial result.
    pub alert: Option<String>,
    /// Tables.
    pub blocks: Vec<Block>,
    /// How to read them.
    pub notes: Vec<String>,
    /// Pictures as SVG.
    pub pictures: Vec<String>,
    /// Pictures shown on demand: heading, SVG.
    pub more_pictures: Vec<(String, String)>,
    /// Assumptions: heading, then path and value.
    pub assumptions: Vec<(String, Vec<(String, String)>)>,
    /// The measures to define.
    pub measures: Vec<Definition>,
}

/// What a measure means, in the scenarios' words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Name in files.
    pub name: &'static str,
    /// Label in tables.
    pub label: String,
    /// Meaning.
    pub meaning: String,
}

impl Definition {
    /// Of a measure out of the catalogue.
    pub fn of(measure: &Measure, wording: &Wording) -> Self {
        Self { name: measure.name, label: wording.label(measure), meaning: wording.meaning(measure) }
    }
}

impl Page {
    /// The measures that some of the scenarios have, in the order in which they are read.
    pub fn measures_of(summaries: &[&Summary]) -> Vec<Definition> {
        // Labels stand for all scenarios: no times in them.
        let wording = Wording { times: Times::default(), ..Wording::of(summaries) };
        let known = MEASURES.iter().filter(|m| summaries.iter().any(|s| s.measures.contains_key(m.name)));
        known.map(|m| Definition::of(m, &wording)).collect()
    }

    /// The page as HTML.
    pub fn html(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let title = escape(&self.title);
        writeln!(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
        writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
        writeln!(out, "<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>")?;
        if let Some(alert) = &self.alert {
            writeln!(out, "<p class=\"warn\">{}</p>", escape(alert))?;
        }
        for paragraph in self.intro.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
            writeln!(out, "<p>{}</p>", escape(paragraph))?;
        }
        rows(out, "Scenarios", &["Scenario", "What it is"], &self.legend)?;
        writeln!(out, "<h2>Results</h2>")?;
        for block in &self.blocks {
            table(out, block)?;
        }
        writeln!(out, "<ul>")?;
        for note in &self.notes {
            writeln!(out, "<li>{}</li>", escape(note))?;
        }
        writeln!(out, "</ul>")?;
        if !self.pictures.is_empty() {
            writeln!(out, "<h2>Pictures</h2>")?;
        }
        for svg in &self.pictures {
            writeln!(out, "<figure>{svg}</figure>")?;
        }
        for (heading, svg) in &self.more_pictures {
            writeln!(out, "<details><summary>{}</summary><figure>{svg}</figure></details>", escape(heading))?;
        }
        writeln!(out, "<h2>Assumptions</h2>")?;
        writeln!(out, "<p>Every value that went into the results, in the scenario's own words.</p>")?;
        for (heading, lines) in &self.assumptions {
            assumptions(out, heading, lines)?;
        }
        writeln!(out, "<h2>What the measures mean</h2>\n<dl>")?;
        for m in &self.measures {
            let (label, meaning) = (escape(&m.label), escape(&m.meaning));
            writeln!(out, "<dt>{label} (<code>{}</code>)</dt><dd>{meaning}</dd>", m.name)?;
        }
        writeln!(out, "</dl>")?;
        writeln!(out, "<p><small>Made by poolwise {}.</small></p>", env!("CARGO_PKG_VERSION"))?;
        writeln!(out, "</body>\n</html>")
    }
}

fn table(out: &mut String, block: &Block) -> std::fmt::Result {
    writeln!(out, "<div class=\"wide\"><table><caption>{}</caption><thead><tr>", escape(&block.title))?;
    for heading in &block.header {
        write!(out, "<th scope=\"col\">{}</th>", escape(heading))?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    for row in &block.rows {
        write!(out, "<tr>")?;
        for (i, cell) in row.iter().enumerate() {
            let text = cell_html(cell);
            if i == 0 {
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
        text.push_str(&format!(" <span class=\"remark\">{}</span>", escape(remark)));
    }
    text
}

fn rows(out: &mut String, caption: &str, header: &[&str], rows: &[(String, String)]) -> std::fmt::Result {
    let cell = |text: &str| Cell { value: text.to_owned(), ..Cell::default() };
    let block = Block {
        title: caption.to_owned(),
        header: header.iter().map(|h| (*h).to_owned()).collect(),
        rows: rows.iter().map(|(a, b)| vec![cell(a), cell(b)]).collect(),
    };
    table(out, &block)
}

fn assumptions(out: &mut String, heading: &str, lines: &[(String, String)]) -> std::fmt::Result {
    writeln!(out, "<details><summary>{}</summary><table><tbody>", escape(heading))?;
    for (path, value) in lines {
        let value = if value.is_empty() { "(not there)" } else { value };
        let (path, value) = (escape(path), escape(value));
        writeln!(out, "<tr><td><code>{path}</code></td><td><code>{value}</code></td></tr>")?;
    }
    writeln!(out, "</tbody></table></details>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_all_and_links_to_nothing() {
        let page = Page {
            title: "a < b".to_owned(),
            legend: vec![("a".to_owned(), "one & only".to_owned())],
            alert: Some("PARTIAL".to_owned()),
            intro: "first\n\nsecond <b>".to_owned(),
            notes: vec!["how to read".to_owned()],
            pictures: vec!["<svg></svg>".to_owned()],
            more_pictures: vec![("more".to_owned(), "<svg></svg>".to_owned())],
            assumptions: vec![("all values".to_owned(), vec![("run.seed".to_owned(), "1".to_owned())])],
            measures: vec![Definition {
                name: "posts",
                label: "Posts".to_owned(),
                meaning: "Officers.".to_owned(),
            }],
            ..Page::default()
        };
        let html = page.html();
        for words in [
            "<h1>a &lt; b</h1>",
            "one &amp; only",
            "PARTIAL",
            "<p>second &lt;b&gt;</p>",
            "how to read",
            "run.seed",
            "<dt>Posts (",
        ] {
            assert!(html.contains(words), "{words}");
        }
        assert!(!html.contains("<dt>Utilization"));
        for outside in ["src=", "href=", "url(", "@import", "<script"] {
            assert!(!html.contains(outside), "{outside}");
        }
    }
}
