//! What a page asks for while its user moves levers: requests with `"do"`, on scenarios that are opened once.
//!
//! | `do` | what comes back |
//! |---|---|
//! | `open` | the version; from now on the scenarios are these ([`OpenScenarios`]) |
//! | `levers` | the levers of a scenario |
//! | `begin` | a change is taken up, in the place of the one before: its overrides and how many replications it gets |
//! | `more` | one replication more of it, and what all of them say so far |
//! | `ends` | the answer once more, with the foremost unknown tried at both ends of what it may be, as `compare` has it |
//! | `summary` | `summary.json` of what is finished, as the command line would write it |
//! | `proof` | whether the first replication here has the same bits as that of the page |
//! | `save` | the change as a scenario that extends the changed one |
//! | `week` | what happens at each centre in a week of one replication |

use crate::live::{self, Run, ScenarioChange};
use poolwise_scenario::levers::{Lever, Moved, levers, moved};
use poolwise_scenario::{Diagnostic, Overrides, Scenario, Severity, Snapshot, Texts, load_through};
use poolwise_study::Kept;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Scenarios that are kept as models; more than a page shows at once.
const MOST_KEPT: usize = 12;

static SESSION: Mutex<Option<Session>> = Mutex::new(None);

/// Scenarios to work on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenScenarios {
    /// Texts of the scenarios, of what they extend and of their data files, by path.
    files: BTreeMap<String, String>,
    /// The scenarios' paths, by name.
    scenarios: BTreeMap<String, String>,
    /// Changes to each of them, by name.
    #[serde(default)]
    set: BTreeMap<String, Vec<String>>,
    /// Replications, instead of the scenarios' own number.
    replications: Option<u32>,
    /// Horizon, instead of the scenarios' own.
    horizon: Option<String>,
    /// Root seed, instead of the scenarios' own.
    seed: Option<u64>,
    /// Data of the time zones that the scenarios name, by name.
    #[serde(default)]
    zones: BTreeMap<String, Vec<u8>>,
    /// Name of the scenario that changes are compared with.
    pub(crate) baseline: String,
    /// Its replications, as the page has them.
    pub(crate) kept: Option<Kept>,
    /// What is known of arrivals is taken out of estimates, where it gains.
    #[serde(default)]
    pub(crate) controls: bool,
}

/// A request.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum SessionAsk {
    Open(Box<OpenScenarios>),
    Levers { scenario: String },
    Begin(ScenarioChange),
    More,
    Ends { requests: Option<f64> },
    Summary,
    Proof,
    Save { scenario: String, values: Vec<(String, f64)>, extends: String, title: String },
    Week(live::WeekOf),
}

/// Something that is wrong with a change.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct InputProblem {
    /// The lever, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lever: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl InputProblem {
    /// What is wrong, whatever brings it about.
    fn of(d: &Diagnostic) -> Self {
        let why = if d.hint().is_empty() { String::new() } else { format!(": {}", d.hint()) };
        Self { lever: None, message: format!("{}{why}", d.message) }
    }

    /// What is wrong with what a lever was moved to, and what is allowed.
    fn of_lever(lever: &Lever, d: &Diagnostic) -> Self {
        let message = match (d.hint().strip_prefix("it "), d.help.first()) {
            // `Research time must be longer than zero`
            (Some(rest), _) => format!("{} {rest}", lever.label),
            (None, Some(help)) => format!("{}: {}; {help}", lever.label, d.message),
            (None, None) => format!("{}: {}", lever.label, Self::of(d).message),
        };
        Self { lever: Some(lever.id.clone()), message }
    }
}

/// What is wrong with a request: for the door, as JSON.
fn said(problems: Vec<InputProblem>) -> String {
    serde_json::json!({ "problems": problems }).to_string()
}

fn plain(message: impl Into<String>) -> String {
    said(vec![InputProblem { lever: None, message: message.into() }])
}

/// Opened scenarios.
pub(crate) struct Session {
    pub(crate) asked: OpenScenarios,
    snapshot: Snapshot,
    /// Scenarios read so far, by what they were read with.
    read: Vec<(SessionKey, Scenario)>,
    pub(crate) run: Option<Run>,
}

/// Scenario, overrides, horizon.
type SessionKey = (String, Vec<String>, Option<String>);

/// Answers a request: JSON in, JSON out.
///
/// # Errors
/// What is wrong, for people to read; of a request with `"do"` as JSON `{ "problems": [{ "lever", "message" }] }`.
pub fn handle(request: &str) -> Result<String, String> {
    let value: serde_json::Value =
        serde_json::from_str(request).map_err(|e| format!("the request is not as it should be: {e}"))?;
    if value.get("do").is_none() {
        return serde_json::to_string(&crate::answer(request)?).map_err(|e| e.to_string());
    }
    let ask: SessionAsk = serde_json::from_value(value).map_err(|e| plain(e.to_string()))?;
    let mut held = SESSION.lock().unwrap_or_else(PoisonError::into_inner);
    if let SessionAsk::Open(open) = ask {
        crate::know(&open.zones).map_err(plain)?;
        *held = Some(Session::open(*open));
        return Ok(serde_json::json!({ "version": env!("CARGO_PKG_VERSION") }).to_string());
    }
    let Some(session) = held.as_mut() else { return Err(plain("no scenario is open")) };
    session.answer(ask).map_err(said)
}

impl Session {
    fn open(asked: OpenScenarios) -> Self {
        let texts: Texts =
            asked.files.iter().map(|(path, text)| (PathBuf::from(path), text.clone().into())).collect();
        Self { snapshot: Snapshot::of(texts), asked, read: Vec::new(), run: None }
    }

    fn answer(&mut self, ask: SessionAsk) -> Result<String, Vec<InputProblem>> {
        let text = |value: serde_json::Value| Ok(value.to_string());
        match ask {
            SessionAsk::Open(_) => text(serde_json::Value::Null),
            SessionAsk::Levers { scenario } => {
                let levers = levers(&self.scenario(&scenario, &[], None)?.resolved);
                Ok(serde_json::to_string(&levers).unwrap_or_default())
            }
            SessionAsk::Begin(change) => text(live::begin(self, &change)?),
            SessionAsk::More => text(live::more(self)?),
            SessionAsk::Ends { requests } => text(live::ends(self, requests)?),
            SessionAsk::Summary => live::summary(self),
            SessionAsk::Proof => text(live::proof(self)?),
            SessionAsk::Save { scenario, values, extends, title } => {
                let change = self.moved(&scenario, &values)?;
                text(serde_json::json!({ "toml": change.toml(&extends, &title), "sets": change.sets }))
            }
            SessionAsk::Week(week) => text(live::week(self, &week)?),
        }
    }

    /// What moving levers of a scenario changes.
    pub(crate) fn moved(&mut self, name: &str, values: &[(String, f64)]) -> Result<Moved, Vec<InputProblem>> {
        let resolved = &self.scenario(name, &[], None)?.resolved;
        let levers: Vec<Lever> = levers(resolved);
        moved(resolved, &levers, values).map_err(|wrong| {
            wrong.into_iter().map(|(lever, message)| InputProblem { lever: Some(lever), message }).collect()
        })
    }

    /// The scenario with a change, in so long a window, with these overrides.
    ///
    /// # Errors
    /// What is wrong, told of the lever that brings it about by itself, in the words of its label and what is allowed.
    pub(crate) fn changed(
        &mut self,
        change: (&str, &[(String, f64)]),
        sets: &[String],
        horizon: Option<&str>,
    ) -> Result<Scenario, Vec<InputProblem>> {
        let (name, values) = change;
        let whole = match self.scenario(name, sets, horizon) {
            Ok(scenario) => return Ok(scenario.clone()),
            Err(whole) => whole,
        };
        let resolved = self.scenario(name, &[], None)?.resolved.clone();
        let mut alone = Vec::new();
        for lever in levers(&resolved) {
            let own: Vec<(String, f64)> = values.iter().filter(|(id, _)| *id == lever.id).cloned().collect();
            if own.is_empty() {
                continue;
            }
            let sets = self.moved(name, &own)?.sets;
            if let Err(wrong) = self.read_again(name, &sets, horizon) {
                alone.extend(wrong.iter().map(|d| InputProblem::of_lever(&lever, d)));
            }
        }
        Err(if alone.is_empty() { whole } else { alone })
    }

    /// Reads a scenario with overrides; its errors otherwise.
    fn read_again(
        &self,
        name: &str,
        sets: &[String],
        horizon: Option<&str>,
    ) -> Result<Scenario, Vec<Diagnostic>> {
        let path = self.asked.scenarios.get(name).map_or("", String::as_str);
        let overrides = Overrides {
            sets: self.asked.set.get(name).into_iter().flatten().chain(sets).cloned().collect(),
            replications: self.asked.replications,
            horizon: horizon.map(str::to_owned).or_else(|| self.asked.horizon.clone()),
            seed: self.asked.seed,
            ..Overrides::default()
        };
        load_through(&self.snapshot, Path::new(path), &overrides)
            .map_err(|wrong| wrong.iter().filter(|d| d.severity == Severity::Error).cloned().collect())
    }

    /// A scenario with further overrides, read once.
    pub(crate) fn scenario(
        &mut self,
        name: &str,
        sets: &[String],
        horizon: Option<&str>,
    ) -> Result<&Scenario, Vec<InputProblem>> {
        let key: SessionKey = (name.to_owned(), sets.to_vec(), horizon.map(str::to_owned));
        if let Some(at) = self.read.iter().position(|(k, _)| *k == key) {
            return Ok(&self.read[at].1);
        }
        if !self.asked.scenarios.contains_key(name) {
            return Err(vec![InputProblem { lever: None, message: format!("no scenario is called {name}") }]);
        }
        let scenario = self
            .read_again(name, sets, horizon)
            .map_err(|wrong| wrong.iter().map(InputProblem::of).collect::<Vec<_>>())?;
        if self.read.len() >= MOST_KEPT {
            // The scenarios as they are stay; of changes the oldest goes.
            let oldest = self.read.iter().position(|((_, sets, _), _)| !sets.is_empty()).unwrap_or(0);
            self.read.remove(oldest);
        }
        self.read.push((key, scenario));
        Ok(&self.read[self.read.len() - 1].1)
    }
}
