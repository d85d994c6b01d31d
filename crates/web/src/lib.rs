//! The simulator as a WebAssembly module without imports: a request goes in as JSON, an answer comes out.
//!
//! A request names scenarios and holds the text of every file that they mention; the answer has the files that
//! `poolwise run` or `poolwise compare` would write, byte for byte, and the document of `--format json`.
//!
//! ```
//! let desk = "
//!     run = { horizon = '4 weeks', replications = 4 }
//!     class.call = { rate = '48 per hour', start = 'answer' }
//!     stage.answer = { service = { role = 'agent', time = { exponential = '1 min' } }, next = 'answered' }
//!     stage.answered = { exit = true }
//!     centre.desk = { levels = { officers = 1 } }
//!     route = [{ to = 'desk' }]
//! ";
//! let request = serde_json::json!({ "files": { "desk.toml": desk }, "scenarios": ["desk.toml"] });
//! let answer = poolwise_web::answer(&request.to_string()).expect("results");
//! assert!(answer.files["desk/summary.json"].contains("wait_mean_hours"));
//! assert!(answer.files["desk/replications.csv"].starts_with("scenario,replication,measure,value"));
//! ```
//!
//! From JavaScript: [`door`] says how. Everything runs on the caller's thread; a page puts the module into a worker.
#![warn(missing_docs)]

pub mod door;
mod live;
mod session;

pub use session::handle;

use poolwise_scenario::{Overrides, Snapshot, Texts, add_zone};
use poolwise_study::{Options, Study, StudyError, Unwatched};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// Texts of the scenarios, of what they extend and of their data files, by path.
    pub files: BTreeMap<String, String>,
    /// Paths of the scenarios to be run.
    pub scenarios: Vec<String>,
    /// Changes to all of them: `path=value`, as `--set` takes them.
    #[serde(default)]
    pub set: Vec<String>,
    /// Replications, instead of the scenarios' own number.
    #[serde(default)]
    pub replications: Option<u32>,
    /// Length of the statistics window, such as `4 weeks`, instead of the scenarios' own.
    #[serde(default)]
    pub horizon: Option<String>,
    /// Root seed, instead of the scenarios' own.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Compare the scenarios: each with the baseline, paired by replication.
    #[serde(default)]
    pub compare: bool,
    /// Name of the baseline; else the scenario that says it is, else the first.
    #[serde(default)]
    pub baseline: Option<String>,
    /// Take what is known of arrivals out of estimates, where it gains.
    #[serde(default)]
    pub controls: bool,
    /// Data of the time zones that the scenarios name (RFC 9636), by name, where the module is built without its table.
    #[serde(default)]
    pub zones: BTreeMap<String, Vec<u8>>,
}

/// What a run gave, as files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Texts of the files that the command line would write, by path under `output/`: each scenario's
    /// `summary.json` and `replications.csv`, of a comparison also `compare/comparison.json`.
    pub files: BTreeMap<String, String>,
    /// The document that the command line prints with `--format json`.
    pub document: String,
}

/// Reads the scenarios of a request (JSON), simulates them and sums up.
///
/// # Errors
/// What is wrong with the request or a scenario, for people to read; or why a run failed.
pub fn answer(request: &str) -> Result<Answer, String> {
    let request: RunRequest =
        serde_json::from_str(request).map_err(|e| format!("the request is not as it should be: {e}"))?;
    if request.scenarios.is_empty() {
        return Err("the request names no scenario: list paths of its files in `scenarios`".to_owned());
    }
    know(&request.zones)?;
    let texts: Texts = request.files.into_iter().map(|(path, text)| (path.into(), text.into())).collect();
    let paths: Vec<PathBuf> = request.scenarios.iter().map(PathBuf::from).collect();
    let overrides = Overrides {
        sets: request.set,
        replications: request.replications,
        horizon: request.horizon,
        seed: request.seed,
        ..Overrides::default()
    };
    let said = |e: StudyError| e.to_string();
    let mut study = Study::load_through(&Snapshot::of(texts), &paths, &overrides).map_err(said)?;
    if request.compare {
        study = study.paired(request.baseline.as_deref()).map_err(said)?;
    }
    let options = Options { threads: Some(1), controls: request.controls, ..Options::default() };
    let results = study.run(&options, &Unwatched).map_err(said)?;
    let mut files = BTreeMap::new();
    for case in &results.cases {
        let name = &case.summary.scenario;
        files.insert(format!("{name}/summary.json"), case.summary_json().map_err(|e| e.to_string())?);
        files.insert(format!("{name}/replications.csv"), case.replications_csv().map_err(|e| e.to_string())?);
    }
    if let Some(comparison) = &results.comparison {
        files.insert("compare/comparison.json".to_owned(), comparison.json().map_err(|e| e.to_string())?);
    }
    let document = results.json(request.compare).map_err(|e| e.to_string())?;
    Ok(Answer { files, document })
}

/// Takes up zones that were handed in.
pub(crate) fn know(zones: &BTreeMap<String, Vec<u8>>) -> Result<(), String> {
    zones.iter().try_for_each(|(name, data)| add_zone(name, data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const DESK: &str = "
        run = { horizon = '2 weeks', replications = 3 }
        class.call = { rate = '48 per hour', start = 'answer' }
        stage.answer = { service = { role = 'agent', time = { exponential = '1 min' } }, next = 'answered' }
        stage.answered = { exit = true }
        centre.desk = { levels = { officers = 1 } }
        route = [{ to = 'desk' }]
    ";

    #[test]
    fn scenarios_extend_others_and_take_changes() {
        let files = json!({ "a/desk.toml": DESK, "b/two.toml": "extends = '../a/desk.toml'\ncentre.desk.levels.officers = 2" });
        let request = json!({
            "files": files, "scenarios": ["a/desk.toml", "b/two.toml"], "set": ["class.call.rate=40 per hour"],
            "replications": 2, "horizon": "1 week", "seed": 7, "compare": true, "baseline": "two",
        });
        let answer = answer(&request.to_string()).unwrap();
        assert_eq!(answer.files.len(), 5);
        assert!(answer.files["compare/comparison.json"].contains("\"baseline\": \"two\""));
        assert!(answer.document.contains("\"comparison\": {"));
        let summary: serde_json::Value = serde_json::from_str(&answer.files["two/summary.json"]).unwrap();
        assert_eq!((&summary["replications"], &summary["horizon_days"]), (&json!(2), &json!(7.0)));
        // 40 calls an hour of a minute each: 2/3 of an officer, to five standard errors and more.
        let busy = summary["measures"]["busy_mean"]["estimate"].as_f64().unwrap();
        assert!((busy - 2.0 / 3.0).abs() < 0.08, "{busy}");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let said = |request: serde_json::Value| answer(&request.to_string()).unwrap_err();
        assert!(answer("{").unwrap_err().contains("line 1"));
        assert!(said(json!({ "files": {}, "scenarios": [] })).contains("no scenario"));
        assert!(said(json!({ "files": {}, "scenarios": ["x.toml"] })).contains("x.toml"));
        assert!(said(json!({ "files": {}, "scenarios": [], "horizn": "1 week" })).contains("horizn"));
        let broken = DESK.replace("start", "strat");
        let text = said(json!({ "files": { "desk.toml": broken }, "scenarios": ["desk.toml"] }));
        assert!(text.contains("desk.toml:3") && text.contains("start"), "{text}");
        let twice = json!({ "a/desk.toml": DESK, "b/desk.toml": DESK });
        assert!(
            said(json!({ "files": twice, "scenarios": ["a/desk.toml", "b/desk.toml"] }))
                .contains("both called")
        );
    }
}
