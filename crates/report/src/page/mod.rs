//! A page to forward: one HTML file with the answer first, figures that answer, tables and assumptions, and nothing outside
//! it. With the engine in it, it simulates changes where it is read.
//!
//! [`Page::html`] writes it; figures are drawn by the script from the data that [`figures`] gives, so that a changed option
//! is drawn as the others are. Tables, sentences and assumptions are plain HTML: they are there without a script.

mod curves;
mod data;
mod embed;
mod ending;
mod html;
pub mod live;
mod paper;
pub mod rests;
#[cfg(test)]
mod tests;

pub(crate) use curves::point;
pub use curves::{CurveLine, PageCurve};
pub use data::{figures, named, restaffed};
pub use live::Live;
pub use rests::{RestsOn, rests};

use super::block::Block;
use super::called::Called;
use super::folder::traced;
use super::told::Told;
use super::{assumptions, escape};
use html::{rows, table, words};
use poolwise_engine::model::capital;
use poolwise_study::measures::{MEASURES, Measure, Times};
use poolwise_study::summary::Summary;
use poolwise_study::{Study, Wording};
use serde_json::Value;
use std::fmt::Write;

/// Things that the answer rests on, shown beside it; the others are further down.
const RESTS_SHOWN: usize = 5;

/// What stands on a page, from top to bottom.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// What kind of result it is, such as `Comparison of six options`.
    pub kind: String,
    /// Heading of the page.
    pub title: String,
    /// Who wrote the scenario and as of when it holds, where it says so.
    pub by: Option<String>,
    /// Free text on what this is about.
    pub intro: String,
    /// What each scenario is: name, one line.
    pub legend: Vec<(String, String)>,
    /// What a reader must know before all else: a partial result.
    pub alert: Option<String>,
    /// The answer in sentences.
    pub answer: Vec<String>,
    /// What it rests on: numbers that are not known well.
    pub rests: Vec<RestsOn>,
    /// A text of several sections, as HTML made from nothing but itself.
    pub document: Option<String>,
    /// Tables, in their order on the page.
    pub blocks: Vec<Block>,
    /// Tables shown on demand, under their titles.
    pub more_blocks: Vec<Block>,
    /// Tables on whether the results can be trusted.
    pub validity: Vec<Block>,
    /// How to read them.
    pub notes: Vec<String>,
    /// Data of the figures, where the page draws them, and of what is called how; see [`figures`].
    pub figures: Option<Value>,
    /// Pictures as SVG.
    pub pictures: Vec<String>,
    /// What to write down or to do next, line breaks as they are.
    pub advice: String,
    /// Curves that the script draws.
    pub curves: Vec<PageCurve>,
    /// Pictures shown on demand: heading, SVG.
    pub more_pictures: Vec<(String, String)>,
    /// Assumptions: heading, then path and value.
    pub assumptions: Vec<(String, Vec<(String, String)>)>,
    /// How to make it again: what, value.
    pub reproduce: Vec<(String, String)>,
    /// The measures to define.
    pub measures: Vec<Definition>,
    /// What it simulates with, where the engine is in it.
    pub live: Option<Live>,
}

/// What a measure means, in the scenarios' words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Name in files.
    pub name: &'static str,
    /// Label in tables.
    pub label: String,
    /// What the measure means, in a sentence.
    pub meaning: String,
}

impl Definition {
    /// Of a measure out of the catalogue.
    pub(crate) fn of(measure: &Measure, wording: &Wording) -> Self {
        Self { name: measure.name, label: wording.label(measure), meaning: wording.meaning(measure) }
    }
}

impl Page {
    /// The measures that some of the scenarios have, in the order in which they are read.
    pub(crate) fn measures_of(summaries: &[&Summary]) -> Vec<Definition> {
        // Labels stand for all scenarios: no times in them.
        let wording = Wording { times: Times::default(), ..Wording::of(summaries) };
        let known = MEASURES.iter().filter(|m| summaries.iter().any(|s| s.measures.contains_key(m.name)));
        known.map(|m| Definition::of(m, &wording)).collect()
    }

    /// An answer in its parts as a page of its own, with pictures as SVG.
    pub fn told(kind: &str, title: String, told: Told, pictures: Vec<String>) -> Self {
        let Told { head, blocks, notes, advice } = told;
        Self {
            kind: kind.to_owned(),
            title,
            answer: head,
            blocks,
            notes,
            advice,
            pictures,
            ..Self::default()
        }
    }

    /// The same with the scenarios of a study: what they rest on, all their values, how they are found again, and if `engine`,
    /// changes of them that are simulated on the page, the first being what they are compared with.
    #[must_use]
    pub(crate) fn of_scenarios(self, study: &Study, command: Option<String>, engine: bool) -> Self {
        let scenarios = study.scenarios();
        let Some(base) = scenarios.first() else { return self };
        let resolved: Vec<&toml::Table> = scenarios.iter().map(|s| &s.resolved).collect();
        let titles: Vec<(&str, &str)> =
            scenarios.iter().map(|s| (s.model.name.as_str(), s.model.title.as_str())).collect();
        let called = Called::of(titles.iter().copied());
        let values = titles.iter().map(|(name, _)| called.get(name)).zip(resolved.iter().copied());
        Self {
            assumptions: assumptions::of(values),
            rests: rests(&resolved),
            figures: Some(named(&base.model.name, &titles, base.model.words.clone())),
            live: engine.then(|| live::unkept(study, 0)).flatten(),
            reproduce: traced(study, command),
            ..self
        }
    }

    /// The page as HTML.
    pub fn html(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let script = embed::script();
        self.head(out, &script)?;
        self.contents(out)?;
        writeln!(out, "<main>")?;
        self.first_screen(out)?;
        if self.live.is_some() {
            writeln!(
                out,
                "<section id=\"try\" hidden><h2>What if</h2><p class=\"note\">Simulated in this page, by the engine that made it. \
                 Nothing leaves your computer.</p><div class=\"live\"></div></section>"
            )?;
        }
        self.results(out)?;
        self.curved(out)?;
        self.drawn(out)?;
        self.played(out)?;
        self.shown_pictures(out)?;
        if self.assumes() {
            self.assumed(out)?;
        }
        if self.is_traced() {
            self.trust(out)?;
        }
        self.ending(out)?;
        writeln!(out, "</main>\n<footer><p>Made by poolwise {}.</p></footer>", env!("CARGO_PKG_VERSION"))?;
        self.carried(out, &script)?;
        writeln!(out, "</body>\n</html>")
    }

    fn head(&self, out: &mut String, script: &str) -> std::fmt::Result {
        let (title, policy) = (escape(&self.title), embed::policy(script, self.live.is_some()));
        writeln!(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
        writeln!(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">")?;
        writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
        writeln!(out, "<title>{title}</title>\n<style>{}</style>\n</head>\n<body>", embed::style())?;
        writeln!(
            out,
            "<a class=\"skip\" href=\"#{}\">To the results</a>",
            if self.has_results() { "results" } else { "statement" }
        )?;
        writeln!(out, "<header><p class=\"kind\">{}</p><h1>{}</h1>", words(&self.kind), words(&self.title))?;
        if let Some(by) = &self.by {
            writeln!(out, "<p class=\"kind by\">{}</p>", escape(by))?;
        }
        writeln!(
            out,
            "<button type=\"button\" id=\"theme\" class=\"quiet\" hidden>Light or dark</button></header>"
        )
    }

    fn contents(&self, out: &mut String) -> std::fmt::Result {
        let officers = self.noun("officer");
        let mut links = Vec::new();
        if self.answers() {
            links.push(("answer", self.first_words()));
        }
        if self.live.is_some() {
            links.push(("try", "What if"));
        }
        if self.document.is_some() {
            links.push(("statement", "Statement"));
        }
        if self.has_results() {
            links.push(("results", if self.legend.len() > 1 { "Options" } else { "Results" }));
        }
        if !self.curves.is_empty() {
            links.push(("curves", "Curves"));
        }
        if self.drawing().is_some() {
            links.extend([("duty", officers.as_str()), ("queues", "Queues and times")]);
            links.extend(self.parts_ways().then_some(("losses", "Losses")));
        }
        if self.plays() {
            links.push(("replay", self.hours_played()));
        }
        if !self.other_pictures().is_empty() || !self.more_pictures.is_empty() {
            links.push(("pictures", "Pictures"));
        }
        if self.assumes() {
            links.push(("assumptions", "Assumptions"));
        }
        if self.is_traced() {
            links.push(("validity", "Validity"));
        }
        if self.has_notes() {
            links.push(("notes", "Notes"));
        }
        write!(out, "<nav aria-label=\"Contents\"><ul>")?;
        for (id, name) in links {
            write!(out, "<li><a href=\"#{id}\">{name}</a></li>")?;
        }
        writeln!(out, "</ul></nav>")
    }

    /// The question, the verdict, the picture that shows it, and what it rests on.
    fn first_screen(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "<section id=\"answer\" class=\"first\"><div class=\"told\"><h2 class=\"unseen\">{}</h2>",
            self.first_words()
        )?;
        if let Some(alert) = &self.alert {
            writeln!(out, "<p class=\"warn\">{}</p>", words(alert))?;
        }
        for sentence in &self.answer {
            writeln!(out, "<p class=\"verdict\">{}</p>", html::prose(sentence))?;
        }
        if self.answer.is_empty() {
            self.introduction(out)?;
        }
        writeln!(out, "</div>")?;
        match (self.drawing(), self.pictures.first()) {
            (Some(figures), picture) if picture.is_none() || !self.begins_with_picture() => {
                let compared = figures["differences"]["measures"].as_array().is_some_and(|m| !m.is_empty());
                let which = if compared { "differences" } else { "utilization" };
                writeln!(out, "<figure data-chart=\"{which}\">{WITHOUT_SCRIPT}</figure>")?;
            }
            (_, Some(svg)) => {
                // It is no higher than the screen has room for, and begins where the text does.
                let svg = svg.replacen("<svg ", "<svg preserveAspectRatio=\"xMinYMin meet\" ", 1);
                writeln!(out, "<figure class=\"picture\" tabindex=\"0\">{svg}</figure>")?;
            }
            (_, None) => {}
        }
        self.foundation(out)?;
        writeln!(out, "</section>\n<p id=\"trouble\" class=\"note\" role=\"status\"></p>")?;
        if !self.answer.is_empty() {
            self.introduction(out)?;
        }
        Ok(())
    }

    /// What the answer rests on, the first of it.
    fn foundation(&self, out: &mut String) -> std::fmt::Result {
        if self.rests.is_empty() {
            return Ok(());
        }
        writeln!(out, "<div class=\"rests\"><h2>It rests on</h2><ul>")?;
        for rest in self.rests.iter().take(RESTS_SHOWN) {
            writeln!(out, "<li>{}</li>", words(&rest.line()))?;
        }
        if let Some(more) = self.rests.len().checked_sub(RESTS_SHOWN).filter(|n| *n > 0) {
            writeln!(out, "<li><a href=\"#assumptions\">{more} more</a></li>")?;
        }
        writeln!(out, "</ul></div>")
    }

    /// What the first screen has: an answer, or where nothing was asked what the text below rests on.
    fn first_words(&self) -> &'static str {
        let told = !self.answer.is_empty() || !self.intro.is_empty() || self.alert.is_some();
        let seen = self.drawing().is_some() || !self.pictures.is_empty();
        if told || seen || self.rests.is_empty() { "Answer" } else { "It rests on" }
    }

    /// Whether anything stands on the first screen.
    fn answers(&self) -> bool {
        let told = !self.answer.is_empty() || !self.rests.is_empty() || !self.intro.is_empty();
        told || self.alert.is_some() || self.drawing().is_some() || !self.pictures.is_empty()
    }

    /// The data of figures, where there is something to draw.
    fn drawing(&self) -> Option<&Value> {
        self.figures.as_ref().filter(|f| f["options"].as_array().is_some_and(|o| !o.is_empty()))
    }

    /// Whether it has values to show.
    fn assumes(&self) -> bool {
        !self.assumptions.is_empty() || !self.rests.is_empty()
    }

    /// Whether it says where it comes from.
    fn is_traced(&self) -> bool {
        !self.validity.is_empty() || !self.reproduce.is_empty() || self.live.is_some()
    }

    /// Whether a picture answers on the first screen, and not a figure: where options are staffed otherwise than their
    /// scenarios say, or nothing is drawn.
    fn begins_with_picture(&self) -> bool {
        self.drawing().is_none_or(|figures| figures["restaffed"] == true)
    }

    /// Pictures below the first screen.
    fn other_pictures(&self) -> &[String] {
        &self.pictures[usize::from(self.begins_with_picture()).min(self.pictures.len())..]
    }

    /// Places for the curves.
    fn curved(&self, out: &mut String) -> std::fmt::Result {
        if self.curves.is_empty() {
            return Ok(());
        }
        writeln!(out, "<section id=\"curves\"><h2>Curves</h2><div class=\"two\">")?;
        for i in 0..self.curves.len() {
            writeln!(out, "<figure data-chart=\"curve-{i}\">{WITHOUT_SCRIPT}</figure>")?;
        }
        writeln!(out, "</div></section>")
    }

    /// What officers or requests are called, as a heading.
    fn noun(&self, of: &str) -> String {
        let many = self.figures.as_ref().and_then(|f| f["words"][of]["many"].as_str());
        capital(many.unwrap_or(of))
    }

    fn introduction(&self, out: &mut String) -> std::fmt::Result {
        for paragraph in self.intro.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
            writeln!(out, "<p class=\"intro\">{}</p>", words(paragraph))?;
        }
        Ok(())
    }

    /// Whether there are tables or something to do next.
    fn has_results(&self) -> bool {
        self.document.is_none()
            || !self.blocks.is_empty()
            || !self.more_blocks.is_empty()
            || !self.advice.is_empty()
    }

    fn results(&self, out: &mut String) -> std::fmt::Result {
        if let Some(document) = &self.document {
            writeln!(out, "<section id=\"statement\" class=\"statement\">{document}</section>")?;
        }
        if !self.has_results() {
            return Ok(());
        }
        let heading = if self.legend.len() > 1 { "Options side by side" } else { "Results" };
        writeln!(out, "<section id=\"results\"><h2>{heading}</h2>")?;
        for block in &self.blocks {
            table(out, block)?;
        }
        if self.legend.len() > 1 {
            rows(out, "What each option is", &["In files", "What it is"], &self.legend)?;
        }
        for block in &self.more_blocks {
            writeln!(out, "<details><summary>{}</summary>", words(&block.title))?;
            table(out, block)?;
            writeln!(out, "</details>")?;
        }
        self.left_out(out)?;
        if !self.advice.is_empty() {
            writeln!(out, "<pre tabindex=\"0\">{}</pre>", escape(self.advice.trim_end()))?;
        }
        writeln!(out, "</section>")
    }

    /// Places for the figures that the script draws.
    fn drawn(&self, out: &mut String) -> std::fmt::Result {
        let Some(figures) = self.drawing() else { return Ok(()) };
        let compared = figures["differences"]["measures"].as_array().is_some_and(|m| !m.is_empty());
        let place = |out: &mut String, id: &str| {
            writeln!(out, "<figure data-chart=\"{id}\">{WITHOUT_SCRIPT}</figure>")
        };
        writeln!(out, "<section id=\"duty\"><h2>{}, hour by hour</h2>", self.noun("officer"))?;
        if compared {
            place(out, "utilization")?;
        }
        place(out, "duty")?;
        writeln!(out, "</section>\n<section id=\"queues\"><h2>Queues and times</h2><div class=\"two\">")?;
        for id in ["waiting", "queue", "completion", "wait"] {
            place(out, id)?;
        }
        writeln!(out, "</div></section>")?;
        if self.parts_ways() {
            let requests = self.noun("request").to_lowercase();
            writeln!(out, "<section id=\"losses\"><h2>How {requests} leave</h2>")?;
            place(out, "exits")?;
            writeln!(out, "</section>")?;
        }
        Ok(())
    }

    /// Whether requests leave by more than one exit: where all leave by the same, there is nothing to show.
    fn parts_ways(&self) -> bool {
        let options = self.drawing().and_then(|figures| figures["options"].as_array());
        let exits = |option: &Value| Some(option["exits"].as_object()?.keys().cloned().collect::<Vec<_>>());
        let mut all: Vec<String> = options.into_iter().flatten().filter_map(exits).flatten().collect();
        all.sort();
        all.dedup();
        all.len() > 1
    }

    fn shown_pictures(&self, out: &mut String) -> std::fmt::Result {
        let rest = self.other_pictures();
        if rest.is_empty() && self.more_pictures.is_empty() {
            return Ok(());
        }
        writeln!(out, "<section id=\"pictures\"><h2>Pictures</h2>")?;
        for svg in rest {
            writeln!(out, "<figure class=\"picture\" tabindex=\"0\">{svg}</figure>")?;
        }
        for (heading, svg) in &self.more_pictures {
            let heading = escape(heading);
            writeln!(
                out,
                "<details><summary>{heading}</summary><figure class=\"picture\" tabindex=\"0\">{svg}</figure></details>"
            )?;
        }
        writeln!(out, "</section>")
    }

    fn assumed(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "<section id=\"assumptions\"><h2>Assumptions</h2>")?;
        if !self.rests.is_empty() {
            rests::table(out, &self.rests)?;
        }
        // A sweep has the values that vary alone; all others stand in the scenarios.
        let own = self.assumptions.iter().any(|(heading, _)| heading != VARIES);
        let said = if own { OWN_WORDS } else { "What varies; every other value is in the scenarios below." };
        writeln!(out, "<p>{said}</p>")?;
        for (heading, lines) in &self.assumptions {
            html::assumptions(out, heading, lines)?;
        }
        writeln!(out, "</section>")
    }
}

/// Heading of what varies in a sweep.
pub(crate) const VARIES: &str = "What varies";
const OWN_WORDS: &str = "Every value that went into the results, in the scenario's own words.";

/// What stands in the place of a figure until the script has drawn it.
const WITHOUT_SCRIPT: &str =
    "<noscript>This figure takes JavaScript; its numbers are in the tables.</noscript>";
