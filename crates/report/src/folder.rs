//! Which files a scenario and a comparison get.

use super::block;
use super::manifest::{self, Host, Source};
use super::page::Page;
use super::plots::{self, Picture};
use super::write::Folder;
use super::{ReportError, Setting, assumptions, csv, json, number, theory, uncertain};
use poolwise_engine::model::Model;
use poolwise_engine::trace::TraceRow;
use poolwise_study::parallel;
use poolwise_study::summary::{Comparison, Summary};
use poolwise_study::uncertain::{DifferenceSpread, Uncertain};
use std::io;

/// One scenario's results and what they came from.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Results.
    pub summary: &'a Summary,
    /// Rules worth knowing.
    pub setting: &'a Setting,
    /// Inputs.
    pub source: Source<'a>,
    /// Where and when.
    pub host: &'a Host,
    /// The same with its uncertain inputs drawn, if they were.
    pub uncertain: Option<&'a Uncertain>,
}

/// Writes a scenario's folder: results, tidy data, manifest, page, and pictures if wanted.
///
/// # Errors
/// The first file that could not be written or picture that could not be drawn.
pub fn scenario(folder: &Folder, case: &Case<'_>, pictures: bool) -> Result<(), ReportError> {
    let summary = case.summary;
    folder.write("summary.json", json::document(summary)?.as_bytes())?;
    folder.write("replications.csv", csv::replications(summary)?.as_bytes())?;
    folder.write("hourly.csv", csv::hourly(summary)?.as_bytes())?;
    folder.write("local_hours.csv", csv::local_hours(summary)?.as_bytes())?;
    folder.write("manifest.json", manifest::manifest(&case.source, summary)?.as_bytes())?;
    folder.write("host.json", manifest::host(case.host)?.as_bytes())?;
    let drawn =
        if pictures { draw(folder, &plots::of_scenario(summary, Some(case.setting)))? } else { Vec::new() };
    let mut blocks = block::scenarios(&[summary]);
    blocks.extend(theory::block(&summary.scenario, &summary.oracle, usize::MAX));
    let mut notes = block::notes(&[summary], std::slice::from_ref(case.setting), None);
    if let Some(u) = case.uncertain {
        folder.write("uncertain.json", json::document(u)?.as_bytes())?;
        folder.write("uncertain.csv", uncertain::values_csv(u)?.as_bytes())?;
        folder.write("draws.csv", uncertain::draws_csv(u)?.as_bytes())?;
        blocks.extend(uncertain::scenarios(&[u], &[summary]));
        notes.extend(uncertain::notes(&[u]));
    }
    notes.extend(theory::notes(&summary.oracle, usize::MAX));
    let page = Page {
        title: format!("{}: {}", summary.scenario, summary.title),
        intro: case.source.description.to_owned(),
        legend: block::legend(&[summary], None),
        alert: partial(&[summary]),
        blocks,
        notes,
        pictures: drawn,
        more_pictures: Vec::new(),
        assumptions: vec![("All values".to_owned(), assumptions::lines(case.source.resolved))],
        measures: Page::measures_of(&[summary]),
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
    cases: &[Case<'_>],
    comparison: &Comparison,
    over_draws: &[DifferenceSpread],
    pictures: bool,
) -> Result<(), ReportError> {
    let summaries: Vec<&Summary> = cases.iter().map(|c| c.summary).collect();
    let settings: Vec<Setting> = cases.iter().map(|c| c.setting.clone()).collect();
    folder.write("comparison.json", json::document(comparison)?.as_bytes())?;
    folder.write("comparison.csv", csv::comparison(comparison)?.as_bytes())?;
    let mut drawn =
        if pictures { draw(folder, &plots::of_comparison(comparison, &summaries))? } else { Vec::new() };
    if pictures {
        drawn.extend(draw(folder, &plots::over_draws(over_draws, &summaries, &comparison.baseline))?);
    }
    let mut more_pictures = Vec::new();
    for summary in summaries.iter().filter(|_| pictures) {
        if let Some(scene) = plots::heat_map(summary) {
            more_pictures.push((scene.title().to_owned(), scene.svg()?));
        }
    }
    let mut blocks = block::scenarios(&summaries);
    blocks.extend(block::differences(comparison, &summaries));
    let mut notes = block::notes(&summaries, &settings, Some(comparison));
    let drawn_inputs: Vec<&Uncertain> = cases.iter().filter_map(|c| c.uncertain).collect();
    if !drawn_inputs.is_empty() {
        folder.write("uncertain.json", json::document(&over_draws)?.as_bytes())?;
        blocks.extend(uncertain::scenarios(&drawn_inputs, &summaries));
        blocks.extend(uncertain::differences(over_draws, &drawn_inputs, &summaries, &comparison.baseline));
        notes.extend(uncertain::notes(&drawn_inputs));
    }
    let page = Page {
        title: format!("Comparison with {}", comparison.baseline),
        intro: String::new(),
        legend: block::legend(&summaries, Some(&comparison.baseline)),
        alert: partial(&summaries),
        blocks,
        notes,
        pictures: drawn,
        more_pictures,
        assumptions: compared_assumptions(cases, &comparison.baseline),
        measures: Page::measures_of(&summaries),
    };
    folder.write("index.html", page.html().as_bytes())?;
    Ok(())
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
fn compared_assumptions(cases: &[Case<'_>], baseline: &str) -> Vec<(String, Vec<(String, String)>)> {
    let Some(base) = cases.iter().find(|c| c.summary.scenario == baseline) else { return Vec::new() };
    let resolved = base.source.resolved;
    let mut lists = vec![(format!("{baseline}: all values"), assumptions::lines(resolved))];
    for case in cases.iter().filter(|c| c.summary.scenario != baseline) {
        let differing = assumptions::differing(resolved, case.source.resolved);
        let heading = format!("{}: {} values that differ", case.summary.scenario, differing.len());
        lists.push((heading, differing));
    }
    lists
}

/// What must be said first of results that were cut short.
fn partial(summaries: &[&Summary]) -> Option<String> {
    let cut: Vec<String> = summaries
        .iter()
        .filter(|s| s.replications < s.replications_planned)
        .map(|s| format!("{} {} of {}", s.scenario, s.replications, s.replications_planned))
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
        let svg = scene.svg()?;
        folder.write(&format!("{name}.svg"), svg.as_bytes())?;
        folder.write_at(&format!("{name}.png"), |path| scene.png(path).map_err(io::Error::other))?;
        Ok(svg)
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
        let source = Source { description: "", resolved: &resolved, hash: "h", seed: 1 };
        let cases: Vec<Case<'_>> = summaries
            .iter()
            .zip(&settings)
            .map(|(summary, setting)| Case { summary, setting, source, host, uncertain: None })
            .collect();
        let folder = Folder::create(&at.join("one")).unwrap();
        scenario(&folder, &cases[0], pictures).unwrap();
        let all = Folder::create(&at.join(poolwise_study::study::COMPARISON)).unwrap();
        comparison(&all, &cases, &fixture::comparison(&summaries), &[], pictures).unwrap();
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
