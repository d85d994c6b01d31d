//! The end of a page: where it comes from, notes, and what it carries.

use super::html::{prose, table, verbatim, words};
use super::{Page, embed};
use crate::block::{Block, BlockCell};
use crate::escape;
use serde_json::json;
use std::fmt::Write;

impl Page {
    /// Whether there is something to read the tables by.
    pub(super) fn has_notes(&self) -> bool {
        !self.notes.is_empty() || !self.measures.is_empty()
    }

    pub(super) fn trust(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "<section id=\"validity\"><h2>Validity, and how to make it again</h2>")?;
        for block in &self.validity {
            table(out, block)?;
        }
        writeln!(out, "<p id=\"proof\" class=\"note\"></p>")?;
        let cell = |text: &str| BlockCell { value: text.to_owned(), ..BlockCell::default() };
        if !self.reproduce.is_empty() {
            let block = Block {
                title: "Made from".to_owned(),
                header: vec!["What".to_owned(), "Value".to_owned()],
                rows: self.reproduce.iter().map(|(a, b)| vec![cell(a), cell(b)]).collect(),
            };
            verbatim(out, &block)?;
        }
        if let Some(live) = &self.live {
            let carried = if live.files.len() == 1 { "The scenario is" } else { "The scenarios are" };
            writeln!(out, "<p class=\"more\">{carried} in this page: ")?;
            for file in &live.files {
                let file = escape(file);
                writeln!(
                    out,
                    "<button type=\"button\" class=\"quiet file\" data-file=\"{file}\" hidden>{file}</button>"
                )?;
            }
            writeln!(out, "</p>")?;
        }
        writeln!(out, "</section>")
    }

    pub(super) fn ending(&self, out: &mut String) -> std::fmt::Result {
        if !self.has_notes() {
            return Ok(());
        }
        writeln!(out, "<section id=\"notes\"><h2>Notes</h2><ul>")?;
        for note in &self.notes {
            writeln!(out, "<li>{}</li>", prose(note))?;
        }
        if self.measures.is_empty() {
            return writeln!(out, "</ul></section>");
        }
        writeln!(out, "</ul><details><summary>What the measures mean</summary><dl>")?;
        for m in &self.measures {
            let (label, meaning) = (words(&m.label), prose(&m.meaning));
            writeln!(out, "<dt>{label} (<code>{}</code>)</dt><dd>{meaning}</dd>", m.name)?;
        }
        writeln!(out, "</dl></details></section>")
    }

    /// Data, the engine, and the script, which is last: it finds all that is above.
    pub(super) fn carried(&self, out: &mut String, script: &str) -> std::fmt::Result {
        let block = |out: &mut String, id: &str, text: &str| {
            writeln!(out, "<script type=\"application/octet-stream\" id=\"{id}\">{text}</script>")
        };
        if let Some(figures) = &self.figures {
            let mut data = figures.clone();
            data["curves"] = json!(self.curves);
            block(out, "data", &embed::packed(data.to_string().as_bytes()))?;
        }
        if let Some(live) = &self.live {
            block(out, "pack", &embed::packed(live.pack.to_string().as_bytes()))?;
            block(out, "engine", &embed::encoded(embed::ENGINE))?;
            writeln!(out, "<script type=\"text/plain\" id=\"worker\">{}</script>", embed::WORKER)?;
        }
        writeln!(out, "<script>{script}</script>")
    }
}
