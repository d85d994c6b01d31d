//! The table of measures in `docs/output.md` is that of the catalogue. `POOLWISE_PAGES=write cargo test -p
//! poolwise-measures --test page` writes it anew.

use poolwise_engine::model::{Noun, Words};
use poolwise_measures::{Better, MEASURES, Measure, PlaceKind};
use std::fmt::Write;

const BEGIN: &str = "<!-- The catalogue of measures: written by crates/measures/tests/page.rs -->\n";
const END: &str = "<!-- The end of the catalogue -->\n";

/// The names of sections in files, in the order of places.
const SECTIONS: [(PlaceKind, &str); 10] = [
    (PlaceKind::Whole, "whole"),
    (PlaceKind::Exit, "exits"),
    (PlaceKind::Class, "classes"),
    (PlaceKind::Area, "areas"),
    (PlaceKind::Stage, "stages"),
    (PlaceKind::Join, "joins"),
    (PlaceKind::Service, "service stages"),
    (PlaceKind::ServiceAtCentre, "service stages"),
    (PlaceKind::Centre, "centres"),
    (PlaceKind::Role, "roles"),
];

fn sections(measure: &Measure) -> String {
    let kept = |place: &PlaceKind| measure.read_at(*place).is_some();
    let mut names: Vec<&str> = SECTIONS.iter().filter(|(p, _)| kept(p)).map(|(_, name)| *name).collect();
    // What all stages have needs no second word for those of service.
    if names.contains(&"stages") {
        names.retain(|name| !["service stages", "joins"].contains(name));
    }
    names.join(", ")
}

fn table() -> String {
    let mut out = String::from("| measure | in | better | meaning |\n|---|---|---|---|\n");
    let words = Words { officer: Noun::regular("officer"), ..Words::default() };
    for m in &MEASURES {
        let better = match m.better {
            Better::More => "more",
            Better::Less => "less",
            Better::Neither => "",
        };
        let meaning = m.meaning(&words);
        let notes: String =
            m.at.iter()
                .filter(|at| !at.note.is_empty())
                .map(|at| format!("; {}", words.fill(at.note)))
                .collect();
        let meaning =
            if notes.is_empty() { meaning } else { format!("{}{notes}", meaning.trim_end_matches('.')) };
        writeln!(out, "| `{}` | {} | {better} | {} |", m.name, sections(m), meaning.trim_end_matches('.'))
            .unwrap();
    }
    out
}

#[test]
fn the_page_on_measures_is_the_catalogue() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/output.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let from = page.find(BEGIN).expect("where the table begins") + BEGIN.len();
    let to = from + page[from..].find(END).expect("where the table ends");
    if std::env::var("POOLWISE_PAGES").is_ok_and(|v| v == "write") {
        std::fs::write(path, format!("{}{}{}", &page[..from], table(), &page[to..])).expect("written");
        return;
    }
    assert!(page[from..to] == table(), "write it anew: see the head of this file");
}
