//! Which files a scenario and a comparison get.

use super::block::{self, Block};
use super::called::Called;
use super::manifest::{self, Host, ScenarioSource};
use super::page::{self, Live, Page};
use super::plots::{self, Picture};
use super::write::Folder;
use super::{
    ReportError, Setting, assumptions, controls, csv, json, notes, number, options, shifts, theory, uncertain,
};
use poolwise_engine::model::Model;
use poolwise_engine::trace::TraceRow;
use poolwise_study::charts::Work;
use poolwise_study::summary::{Comparison, Summary};
use poolwise_study::uncertain::{DifferenceSpread, Uncertain};
use poolwise_study::{Study, parallel};

/// One scenario's results and what they came from.
#[derive(Debug, Clone, Copy)]
pub struct ScenarioCase<'a> {
    /// What its replications gave.
    pub summary: &'a Summary,
    /// Rules worth knowing.
    pub setting: &'a Setting,
    /// What it was read from.
    pub source: ScenarioSource<'a>,
    /// Where and when.
    pub host: &'a Host,
    /// The same with its uncertain inputs drawn, if they were.
    pub uncertain: Option<&'a Uncertain>,
    /// How the page is made.
    pub paging: &'a Paging,
}

/// What a page needs beside results.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paging {
    /// What it simulates with, where the engine goes into it.
    pub live: Option<Live>,
    /// The command that makes the same results.
    pub command: String,
    /// Expected work of the scenario's centres.
    pub work: Work,
}

/// Writes a scenario's folder: results, tidy data, manifest, page, and pictures if wanted.
///
/// # Errors
/// The first file that could not be written or picture that could not be drawn.
pub fn scenario(folder: &Folder, case: &ScenarioCase<'_>, pictures: bool) -> Result<(), ReportError> {
    let summary = case.summary;
    folder.write("summary.json", json::document(summary)?.as_bytes())?;
    folder.write("replications.csv", csv::replications(summary)?.as_bytes())?;
    folder.write("hourly.csv", csv::hourly(summary)?.as_bytes())?;
    folder.write("local_hours.csv", csv::local_hours(summary)?.as_bytes())?;
    if !summary.triggers.is_empty() {
        folder.write("triggers.csv", csv::triggers(summary)?.as_bytes())?;
    }
    folder.write("manifest.json", manifest::manifest(&case.source, summary)?.as_bytes())?;
    folder.write("host.json", manifest::host(case.host)?.as_bytes())?;
    let drawn = if pictures {
        let all = plots::of_scenario(summary, Some(case.setting));
        let svgs = draw(folder, &all)?;
        // The page draws the others itself, from their data.
        let kept = |(picture, svg): (Picture, String)| {
            (picture.name == "warm-up").then(|| (picture.scene.title().to_owned(), svg))
        };
        all.into_iter().zip(svgs).filter_map(kept).collect()
    } else {
        Vec::new()
    };
    let mut blocks = vec![options::table(&[summary], None)];
    blocks[0].title = "In short".to_owned();
    blocks.extend(options::centres(summary, usize::MAX));
    blocks.extend(options::cost_parts(&[summary], None));
    blocks.extend(block::scenarios(&[summary]));
    let validity = theory::block(&summary.title, &summary.oracle, usize::MAX, &summary.words);
    let mut notes = notes::notes(&[summary], std::slice::from_ref(case.setting), None);
    notes.extend(controls::lines(&[summary], None));
    if let Some(u) = case.uncertain {
        folder.write("uncertain.json", json::document(u)?.as_bytes())?;
        folder.write("uncertain.csv", uncertain::values_csv(u)?.as_bytes())?;
        folder.write("draws.csv", uncertain::draws_csv(u)?.as_bytes())?;
        blocks.extend(uncertain::scenarios(&[u], &[summary]));
        notes.extend(uncertain::notes(&[u]));
    }
    notes.extend(theory::notes(&summary.oracle, usize::MAX));
    let page = Page {
        kind: format!("One option, {}", span_of(summary, case.setting)),
        title: summary.title.clone(),
        by: by(case.source.resolved),
        intro: case.source.description.to_owned(),
        legend: block::legend(&[summary], None),
        alert: partial(&[summary]),
        answer: summary.on_page.clone(),
        rests: page::rests(&[case.source.resolved]),
        blocks,
        more_blocks: shifts::block(&case.setting.shifts, &summary.words).into_iter().collect(),
        validity: validity.into_iter().collect(),
        notes,
        figures: Some(page::figures(&[summary], &[&case.paging.work], None)),
        more_pictures: drawn,
        reproduce: reproduce(&[*case]),
        live: case.paging.live.clone(),
        assumptions: vec![("All values".to_owned(), assumptions::lines(case.source.resolved))],
        measures: Page::measures_of(&[summary]),
        ..Page::default()
    };
    folder.write("index.html", page.html().as_bytes())?;
    Ok(())
}

/// Writes the comparison's folder: differences, those over draws of uncertain inputs if there are any, page,
/// and pictures if wanted.
///
/// # Errors
/// As [`scenario`].
pub fn comparison(
    folder: &Folder,
    cases: &[ScenarioCase<'_>],
    comparison: &Comparison,
    over_draws: &[DifferenceSpread],
    paging: &Paging,
    pictures: bool,
) -> Result<(), ReportError> {
    let summaries: Vec<&Summary> = cases.iter().map(|c| c.summary).collect();
    let settings: Vec<Setting> = cases.iter().map(|c| c.setting.clone()).collect();
    folder.write("comparison.json", json::document(comparison)?.as_bytes())?;
    folder.write("comparison.csv", csv::comparison(comparison)?.as_bytes())?;
    let mut drawn = Vec::new();
    if pictures {
        draw(folder, &plots::of_comparison(comparison, &summaries))?;
        drawn.extend(draw(folder, &plots::over_draws(over_draws, &summaries, &comparison.baseline))?);
    }
    let mut blocks = vec![options::table(&summaries, Some(comparison))];
    blocks[0].title = "In short, and how far from the baseline".to_owned();
    blocks.extend(options::cost_parts(&summaries, Some(comparison)));
    blocks.extend(block::scenarios(&summaries));
    blocks.extend(block::differences(comparison, &summaries));
    // What pairing gained is no answer: it stands where a reader asks whether the results can be trusted.
    let gain = block::gain_block(comparison, &summaries);
    let (validity, mut blocks): (Vec<Block>, Vec<Block>) =
        blocks.into_iter().partition(|b| b.title == gain.title);
    let mut notes = notes::notes(&summaries, &settings, Some(comparison));
    notes.extend(controls::lines(&summaries, Some(comparison)));
    let drawn_inputs: Vec<&Uncertain> = cases.iter().filter_map(|c| c.uncertain).collect();
    if !drawn_inputs.is_empty() {
        folder.write("uncertain.json", json::document(&over_draws)?.as_bytes())?;
        blocks.extend(uncertain::scenarios(&drawn_inputs, &summaries));
        blocks.extend(uncertain::differences(over_draws, &drawn_inputs, &summaries, &comparison.baseline));
        notes.extend(uncertain::notes(&drawn_inputs));
    }
    let mut more_blocks = Vec::new();
    let called = Called::summaries(&summaries);
    for case in cases {
        let title = called.get(&case.summary.scenario);
        let titled = |b: Block| Block { title: format!("{title}. {}", b.title), ..b };
        more_blocks.extend(options::centres(case.summary, usize::MAX).map(titled));
        more_blocks.extend(shifts::block(&case.setting.shifts, &case.summary.words).map(titled));
    }
    let works: Vec<&Work> = cases.iter().map(|c| &c.paging.work).collect();
    let resolved: Vec<&toml::Table> = cases.iter().map(|c| c.source.resolved).collect();
    let page = Page {
        kind: format!(
            "{} options on the same requests, {}",
            summaries.len(),
            span_of(cases[0].summary, cases[0].setting)
        ),
        title: comparison_title(comparison, &summaries),
        // The first is the baseline: who wrote that asks the question.
        by: by(cases[0].source.resolved),
        legend: block::legend(&summaries, Some(&comparison.baseline)),
        alert: partial(&summaries),
        answer: comparison.on_page.clone(),
        rests: page::rests(&resolved),
        blocks,
        more_blocks,
        validity,
        notes,
        figures: Some(page::figures(&summaries, &works, Some(comparison))),
        pictures: drawn,
        reproduce: reproduce(cases),
        live: paging.live.clone(),
        assumptions: compared_assumptions(cases, &comparison.baseline),
        measures: Page::measures_of(&summaries),
        ..Page::default()
    };
    folder.write("index.html", page.html().as_bytes())?;
    Ok(())
}

/// What a comparison asks.
fn comparison_title(comparison: &Comparison, summaries: &[&Summary]) -> String {
    let base = summaries.iter().find(|s| s.scenario == comparison.baseline);
    let title = base.map_or(comparison.baseline.as_str(), |s| s.title.as_str());
    match summaries.iter().filter(|s| s.scenario != comparison.baseline).collect::<Vec<_>>().as_slice() {
        [other] => format!("\u{201c}{}\u{201d} or \u{201c}{title}\u{201d}?", other.title),
        _ => format!("Which option does better than \u{201c}{title}\u{201d}?"),
    }
}

/// Who wrote a scenario, and as of when it holds.
fn by(resolved: &toml::Table) -> Option<String> {
    let author = resolved.get("author").and_then(|a| a.as_str()).map(str::to_owned);
    let date = resolved.get("date").map(|d| d.as_str().map_or_else(|| d.to_string(), str::to_owned));
    let said: Vec<String> = author.into_iter().chain(date).filter(|s| !s.is_empty()).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// `52 weeks from 2018-10-01, 10 replications`
fn span_of(summary: &Summary, setting: &Setting) -> String {
    let from = setting.start.map(|date| format!(" from {date}")).unwrap_or_default();
    let runs = match summary.replications {
        1 => "1 replication".to_owned(),
        n => format!("{n} replications"),
    };
    format!("{}{from}, {runs}", number::span(summary.horizon_days))
}

/// How results are made again.
fn reproduce(cases: &[ScenarioCase<'_>]) -> Vec<(String, String)> {
    let Some(first) = cases.first() else { return Vec::new() };
    let mut rows = Vec::new();
    if !first.paging.command.is_empty() {
        rows.push(("Command".to_owned(), first.paging.command.clone()));
    }
    let called = Called::of(cases.iter().map(|c| (c.summary.scenario.as_str(), c.summary.title.as_str())));
    rows.push(("Seed".to_owned(), first.source.seed.to_string()));
    for case in cases {
        rows.push((format!("Hash of {}", called.get(&case.summary.scenario)), case.source.hash.to_owned()));
    }
    rows.push(("Version".to_owned(), format!("poolwise {}", env!("CARGO_PKG_VERSION"))));
    rows
}

/// How the results on the scenarios of a study are made again: by `command`, where there is one.
pub(crate) fn traced(study: &Study, command: Option<String>) -> Vec<(String, String)> {
    let all = study.scenarios();
    let called = Called::of(all.iter().map(|s| (s.model.name.as_str(), s.model.title.as_str())));
    let mut rows: Vec<(String, String)> = command.map(|c| ("Command".to_owned(), c)).into_iter().collect();
    rows.extend(all.first().map(|s| ("Seed".to_owned(), s.model.run.seed.to_string())));
    rows.extend(all.iter().map(|s| (format!("Hash of {}", called.get(&s.model.name)), s.hash.clone())));
    rows.push(("Version".to_owned(), format!("poolwise {}", env!("CARGO_PKG_VERSION"))));
    rows
}

/// Writes `requests.csv`.
///
/// # Errors
/// If it could not be written.
pub fn requests(folder: &Folder, model: &Model, rows: &[TraceRow]) -> Result<(), ReportError> {
    folder.write_with("requests.csv", |file| csv::requests(model, rows, file))?;
    Ok(())
}

/// All values of the baseline, and of the others what differs from it.
fn compared_assumptions(cases: &[ScenarioCase<'_>], baseline: &str) -> Vec<(String, Vec<(String, String)>)> {
    let Some(base) = cases.iter().find(|c| c.summary.scenario == baseline) else { return Vec::new() };
    let others = cases.iter().filter(|c| c.summary.scenario != baseline);
    let called = Called::of(cases.iter().map(|c| (c.summary.scenario.as_str(), c.summary.title.as_str())));
    assumptions::of(
        std::iter::once(base).chain(others).map(|c| (called.get(&c.summary.scenario), c.source.resolved)),
    )
}

/// What must be said first of results that were cut short.
fn partial(summaries: &[&Summary]) -> Option<String> {
    let called = Called::summaries(summaries);
    let cut: Vec<String> = summaries
        .iter()
        .filter(|s| s.replications < s.replications_planned)
        .map(|s| format!("{} {} of {}", called.within(&s.scenario), s.replications, s.replications_planned))
        .collect();
    if cut.is_empty() {
        return None;
    }
    Some(format!("Partial results. Replications finished: {}.", cut.join(", ")))
}

/// Writes pictures as SVG and PNG, and gives back the SVG.
pub(super) fn draw(folder: &Folder, pictures: &[Picture]) -> Result<Vec<String>, ReportError> {
    let one = |i: usize| -> Result<String, ReportError> {
        let Picture { name, scene } = &pictures[i];
        scene.write(folder, name)
    };
    // A picture is worth tens of milliseconds, nearly all of them for the bitmap's letters and its compression.
    parallel::all(pictures.len(), None, one).into_iter().collect()
}

/// Seconds in words for those who wait: `0.8 s`, `42 s`, `3 min 5 s`.
pub fn elapsed(seconds: f64) -> String {
    match seconds {
        s if s < 10.0 => format!("{} s", number::fixed(s, 1, false)),
        s if s < 60.0 => format!("{} s", number::fixed(s, 0, false)),
        s => format!(
            "{} min {} s",
            number::fixed((s / 60.0).floor(), 0, false),
            number::fixed(s % 60.0, 0, false)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use std::collections::BTreeMap;
    use std::path::Path;

    fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().path())
            .map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(p).unwrap()))
            .collect()
    }

    fn write_all(at: &Path, host: &Host, pictures: bool) -> BTreeMap<String, Vec<u8>> {
        let summaries = fixture::seven();
        let resolved: toml::Table = toml::from_str("[run]\nseed = 1\n").unwrap();
        let settings = fixture::settings(summaries.len());
        let source = ScenarioSource { description: "", resolved: &resolved, hash: "h", seed: 1 };
        let paging = Paging::default();
        let cases: Vec<ScenarioCase<'_>> = summaries
            .iter()
            .zip(&settings)
            .map(|(summary, setting)| ScenarioCase {
                summary,
                setting,
                source,
                host,
                uncertain: None,
                paging: &paging,
            })
            .collect();
        let folder = Folder::create(&at.join("one")).unwrap();
        scenario(&folder, &cases[0], pictures).unwrap();
        let all = Folder::create(&at.join(poolwise_study::study::COMPARISON)).unwrap();
        comparison(&all, &cases, &fixture::comparison(&summaries), &[], &paging, pictures).unwrap();
        let mut found = files(folder.path());
        found.extend(files(all.path()).into_iter().map(|(name, bytes)| (format!("compare/{name}"), bytes)));
        found
    }

    #[test]
    fn the_same_results_give_the_same_bytes_but_for_the_host_file() {
        let dir = tempfile::tempdir().unwrap();
        let first = write_all(dir.path(), &Host::default(), true);
        let host = Host { started: "later".to_owned(), ..Host::default() };
        let second = write_all(dir.path(), &host, true);
        for (name, bytes) in &first {
            assert_eq!(second.get(name) == Some(bytes), name != "host.json", "{name}");
        }
        for name in ["summary.json", "index.html", "queue.svg", "queue.png", "compare/differences.png"] {
            assert!(first.contains_key(name), "{name}");
        }
    }

    #[test]
    fn without_pictures_there_are_only_data_and_the_page() {
        let dir = tempfile::tempdir().unwrap();
        let names: Vec<String> = write_all(dir.path(), &Host::default(), false).into_keys().collect();
        assert_eq!(
            names,
            [
                "compare/comparison.csv",
                "compare/comparison.json",
                "compare/index.html",
                "host.json",
                "hourly.csv",
                "index.html",
                "local_hours.csv",
                "manifest.json",
                "replications.csv",
                "summary.json"
            ]
        );
    }

    #[test]
    fn elapsed_time_in_words() {
        assert_eq!(elapsed(0.84), "0.8 s");
        assert_eq!(elapsed(42.3), "42 s");
        assert_eq!(elapsed(185.0), "3 min 5 s");
    }
}
