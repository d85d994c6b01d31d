//! The reproducibility statement as a page.

use super::{Described, markdown};
use crate::escape;
use crate::page::{Page, live};
use crate::unbroken::unbroken;
use poolwise_study::Study;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::collections::HashMap;

/// The statement as a page to forward: of the scenario of `study`, changes of which can be simulated there if `engine`.
pub fn page(d: &Described<'_>, study: &Study, engine: bool) -> Page {
    let page = Page {
        kind: "Reproducibility statement (STRESS-DES)".to_owned(),
        title: d.model.title.clone(),
        document: Some(document(&markdown(d))),
        ..Page::default()
    };
    page.of_scenarios(study, Some(live::command("describe", study)), engine)
}

/// A document as HTML without its title, which heads the page. Markup of a scenario's own texts is shown as it was written.
fn document(text: &str) -> String {
    let (mut title, mut diagram) = (false, false);
    let (mut tables, mut inside, mut listing) = (0, false, false);
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(|event| {
        match &event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => title = true,
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => {
                title = false;
                return None;
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                (diagram, listing) = (language.as_ref() == "mermaid", true);
            }
            Event::Start(Tag::CodeBlock(_)) => listing = true,
            Event::End(TagEnd::CodeBlock) => listing = false,
            _ => {}
        }
        if title {
            return None;
        }
        Some(match event {
            Event::Text(text) if diagram => {
                diagram = false;
                Event::Text(arrows(&text).into())
            }
            Event::Text(text) if !listing => Event::Text(unbroken(&text).into()),
            Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
            // An address that a reader could be led to is text here: the page leads nowhere.
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) | Event::End(TagEnd::Link | TagEnd::Image) => {
                Event::Text("".into())
            }
            Event::Start(table @ Tag::Table(_)) => {
                (tables, inside) = (tables + 1, true);
                return Some(vec![
                    Event::Html(
                        format!("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table {tables}\">").into(),
                    ),
                    Event::Start(table),
                ]);
            }
            Event::End(TagEnd::Table) => {
                inside = false;
                return Some(vec![Event::End(TagEnd::Table), Event::Html("</div>".into())]);
            }
            // The line of a long key ends after a point of it.
            Event::Code(key) if inside => {
                Event::Html(format!("<code>{}</code>", escape(&key).replace('.', ".<wbr>")).into())
            }
            other => other,
        })
        .map(|event| vec![event])
    });
    let mut out = String::new();
    html::push_html(&mut out, events.flatten());
    // A head without a word is no head; a listing that is wider than the page is reached by keyboard.
    out.replace("<th></th>", "<td></td>").replace("<pre>", "<pre tabindex=\"0\">")
}

/// A Mermaid flow chart as lines of text, one for each arrow: a page without a network draws no chart.
fn arrows(chart: &str) -> String {
    let mut names: HashMap<&str, &str> = HashMap::new();
    let mut out = String::new();
    for line in chart.lines().map(str::trim) {
        let Some((id, rest)) = line.split_once(|c: char| !c.is_ascii_alphanumeric()) else { continue };
        if let (Some((_, label)), None) = (line.split_once('"'), line.find("->")) {
            let name = label.rsplit_once('"').map_or(label, |(name, _)| name);
            names.insert(id, name);
        } else if let Some((_, to)) = rest.rsplit_once(' ') {
            let called = |id: &str| names.get(id).copied().unwrap_or(id).to_owned();
            let label = line.split('"').nth(1).map_or_else(String::new, |label| format!(" ({label})"));
            out.push_str(&format!("{} \u{2192} {}{label}\n", called(id), called(to)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_chart_is_a_line_for_each_arrow() {
        let chart = "flowchart LR\n  s0[\"to do\"]\n  s1{{\"done\"}}\n  s0 -->|\"0.4\"| s1\n  s0 --> s0\n  s0 -.->|\"hold runs out\"| s1\n";
        assert_eq!(
            arrows(chart),
            "to do \u{2192} done (0.4)\nto do \u{2192} to do\nto do \u{2192} done (hold runs out)\n"
        );
    }

    #[test]
    fn a_document_is_html_and_foreign_markup_is_text() {
        let text = "# Title\n\n## One\n\nIt takes 2 h.\n\n```\n2 h\n```\n\nA <b>bold</b> [word](javascript:alert(1)) & more.\n\n| | a |\n|---|---|\n| `x.y` | <script>1</script> |\n\n<img src=x>\n";
        let html = document(text);
        for there in [
            "<h2>One</h2>",
            "2\u{a0}h.",
            ">2 h\n",
            "&lt;b&gt;bold",
            "&amp; more",
            "<td><code>x.<wbr>y</code></td>",
            "&lt;script&gt;",
            "role=\"region\"",
        ] {
            assert!(html.contains(there), "{there}\n{html}");
        }
        for not in ["Title", "<b>", "<script", "<img", "href", "javascript:", "<th></th>"] {
            assert!(!html.contains(not), "{not}\n{html}");
        }
    }
}
