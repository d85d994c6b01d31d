//! What a page needs to simulate: the scenarios' texts, how they were run, and the baseline's replications.

use crate::folder::Paging;
use poolwise_engine::time::{DAY, HOUR};
use poolwise_planning::offered_load;
use poolwise_scenario::{Overrides, Scenario, plain_path, zone_data};
use poolwise_study::charts;
use poolwise_study::{Kept, Results, Study};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Texts in all, bytes: with more a page would be too large to forward, and it is made without the engine.
const MOST_TEXT: usize = 3_000_000;

/// What a page simulates with.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    /// What the script unpacks.
    pub pack: Value,
    /// Texts of the scenarios, by path.
    pub files: Vec<String>,
}

/// The scenarios of `cases`, by their places in the results; changes are compared with the case at `baseline`. `None` where
/// their texts are too long.
pub(crate) fn of(study: &Study, results: &Results, cases: &[usize], baseline: usize) -> Option<Live> {
    let base = results.cases.get(baseline)?;
    let entries: Vec<LiveEntry> = cases
        .iter()
        .filter_map(|&i| results.cases.get(i))
        .map(|case| LiveEntry {
            place: case.place,
            requests: case.requests / u64::from(case.summary.replications.max(1)),
        })
        .collect();
    pack(study, &entries, base.place, Some(&base.values), base.summary.controls.is_some())
}

/// How the page of one case is made: with the engine in it if `engine`.
pub fn page_of(study: &Study, results: &Results, case: usize, engine: bool) -> Paging {
    Paging {
        live: engine.then(|| of(study, results, &[case], case)).flatten(),
        command: command(if study.is_paired() { "compare" } else { "run" }, study) + typed_controls(results),
        work: charts::work(&study.scenarios()[results.cases[case].place].model),
    }
}

/// How the page of all cases together is made, the first being the baseline.
pub fn page_of_all(study: &Study, results: &Results, engine: bool) -> Paging {
    let all: Vec<usize> = (0..results.cases.len()).collect();
    let live = engine.then(|| of(study, results, &all, 0)).flatten();
    let command = command("compare", study) + typed_controls(results);
    Paging { live, command, ..Paging::default() }
}

/// What is typed for controls, where they were asked for.
fn typed_controls(results: &Results) -> &'static str {
    if results.cases.iter().any(|case| case.summary.controls.is_some()) { " --controls" } else { "" }
}

/// All scenarios of a study of which no replications are kept: the page runs its baseline, the one at `baseline`, itself. Where
/// their requests cannot be paired, the baseline alone.
pub(crate) fn unkept(study: &Study, baseline: usize) -> Option<Live> {
    unkept_with(study, baseline, false)
}

/// The same; if `controls`, what the page simulates is controlled.
pub(crate) fn unkept_with(study: &Study, baseline: usize, controls: bool) -> Option<Live> {
    let together = study.pairable().is_ok();
    let entry = |(place, scenario): (usize, &Arc<Scenario>)| {
        let run = &scenario.model.run;
        let rate: f64 = offered_load::expected(&scenario.model).stage_flow.iter().fold(0.0, |a, b| a.max(*b));
        LiveEntry { place, requests: (rate * (run.warm_up + run.horizon) / HOUR) as u64 }
    };
    let scenarios = study.scenarios().iter().enumerate();
    let entries: Vec<LiveEntry> = scenarios.filter(|(i, _)| together || *i == baseline).map(entry).collect();
    pack(study, &entries, baseline, None, controls)
}

/// A scenario of a page.
struct LiveEntry {
    /// Its place in the study.
    place: usize,
    /// Requests of one replication, about.
    requests: u64,
}

fn pack(
    study: &Study,
    entries: &[LiveEntry],
    baseline: usize,
    kept: Option<&Kept>,
    controls: bool,
) -> Option<Live> {
    let mut texts: BTreeMap<PathBuf, Arc<str>> = BTreeMap::new();
    for entry in entries {
        let sources = &study.scenarios()[entry.place].sources;
        let wanted: Vec<PathBuf> = sources.iter().map(|p| plain_path(p)).collect();
        let read = study.reading(entry.place).0.read();
        texts.extend(read.into_iter().filter(|(path, _)| wanted.contains(path)));
    }
    if texts.is_empty() || texts.values().map(|t| t.len()).sum::<usize>() > MOST_TEXT {
        return None;
    }
    // Where on the machine they are is nobody's business.
    let above = shared(texts.keys().map(PathBuf::as_path))?;
    let name = |path: &Path| -> Option<String> {
        let parts: Vec<_> = path.strip_prefix(&above).ok()?.iter().map(|p| p.to_string_lossy()).collect();
        Some(parts.join("/"))
    };
    let mut files = Map::new();
    for (path, text) in &texts {
        files.insert(name(path)?, Value::from(&**text));
    }
    let mut scenarios = Map::new();
    let (mut requests, mut sets, mut zones) = (Map::new(), Map::new(), Map::new());
    for entry in entries {
        let model = &study.scenarios()[entry.place].model;
        scenarios.insert(model.name.clone(), name(&plain_path(&study.paths()[entry.place]))?.into());
        requests.insert(model.name.clone(), entry.requests.into());
        let changes = study.reading(entry.place).1;
        let own: Vec<&String> = changes.sets.iter().chain(&changes.vary).collect();
        sets.insert(model.name.clone(), json!(own));
        let named = model.clocks.iter().map(|clock| &clock.zone);
        zones.extend(named.filter_map(|name| Some((name.clone(), json!(zone_data(name)?)))));
    }
    let base = &study.scenarios().get(baseline)?.model;
    let overrides = study.reading(baseline).1;
    let names = files.keys().cloned().collect();
    let mut pack = json!({
        "open": {
            "files": files,
            "scenarios": scenarios,
            "set": sets,
            "zones": zones,
            "replications": overrides.replications,
            "horizon": overrides.horizon,
            "seed": overrides.seed,
            "baseline": base.name,
            "kept": kept,
        },
        "requests": requests,
        "days": base.run.horizon / DAY,
        "warm_up": base.run.warm_up / DAY,
    });
    if controls {
        pack["open"]["controls"] = true.into();
    }
    Some(Live { pack, files: names })
}

/// The command that makes the same results: `what` is its word. Files are named as they were given.
pub(crate) fn command(what: &str, study: &Study) -> String {
    let mut words = vec![format!("poolwise {what}")];
    for (place, path) in study.paths().iter().enumerate() {
        let vary = &study.reading(place).1.vary;
        let file = on_any_machine(path);
        if vary.is_empty() {
            words.push(quote(&file));
            continue;
        }
        let own = |set: &&String| ["name=", "title=", "baseline="].iter().all(|key| !set.starts_with(key));
        let sets: Vec<&str> = vary.iter().filter(own).map(String::as_str).collect();
        let changes = if sets.is_empty() { String::new() } else { format!(": {}", sets.join("; ")) };
        // A name ends at the first `=`.
        let model = &study.scenarios()[place].model;
        let under = if model.title.contains('=') { &model.name } else { &model.title };
        words.push(quote(&format!("{under}={file}{changes}")));
    }
    words.extend(typed(study.reading(0).1));
    words.join(" ")
}

/// Changes of scenarios as they are typed.
pub fn typed(changes: &Overrides) -> Vec<String> {
    let mut words: Vec<String> = changes.sets.iter().map(|set| format!("--set {}", quote(set))).collect();
    words.extend(changes.replications.map(|n| format!("--replications {n}")));
    words.extend(changes.horizon.as_ref().map(|h| format!("--horizon {}", quote(h))));
    words.extend(changes.seed.map(|n| format!("--seed {n}")));
    words
}

/// A word of a command line, in quotation marks where a shell would take it apart.
pub fn quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// A file as it was given, without folders that are of one machine.
pub fn on_any_machine(path: &Path) -> String {
    match path.is_absolute() {
        true => path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
        false => path.to_string_lossy().into_owned(),
    }
}

/// The folder that all files are below.
fn shared<'p>(paths: impl Iterator<Item = &'p Path>) -> Option<PathBuf> {
    let mut above: Option<PathBuf> = None;
    for path in paths {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        above = Some(match above {
            None => folder,
            Some(mut before) => {
                while !folder.starts_with(&before) {
                    before.pop();
                }
                before
            }
        });
    }
    above
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_folder_they_share() {
        let shared = |paths: &[&str]| shared(paths.iter().map(Path::new));
        assert_eq!(shared(&["/a/b/c.toml", "/a/b/d/e.toml"]), Some("/a/b".into()));
        assert_eq!(shared(&["/a/b/c.toml", "/a/x.csv"]), Some("/a".into()));
        assert_eq!(shared(&["c.toml"]), Some("".into()));
        assert_eq!(plain_path(Path::new("a/../b/./c")), Path::new("b/c"));
    }
}
