//! A study: scenarios read, checked against each other, simulated, summarised and compared.
//!
//! This is the one door: the command line, Python and the page go through it, so that all of them get the
//! same summaries with the same warnings, byte for byte.

mod error;
mod given;
mod loaded;
mod results;
mod simulate;
mod simulated;
mod vary;

pub use super::format::json;
pub use error::{StudyError, said_once};
pub use given::Given;
pub use loaded::Loaded;
pub use results::{Results, ScenarioResults};
pub use simulated::Simulated;
pub use vary::{Variation, left_behind};

use super::pairing;
use super::replicate::{Settings, Watch};
use super::uncertain::DrawPlan;
use loaded::TextReading;
use poolwise_scenario::{Diagnostics, Overrides, Scenario, Snapshot};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of a comparison's folder: no scenario may have it.
pub const COMPARISON: &str = "compare";

/// Folders that `compare`, `staff` and `sweep` make beside those of scenarios.
const OWN_FOLDERS: [&str; 3] = [COMPARISON, "staff", "sweeps"];

/// Scenarios, ready to run.
///
/// # Examples
/// One queue, from text in memory:
/// ```
/// use poolwise_scenario::{Overrides, Snapshot};
/// use poolwise_study::{Options, Study, Unwatched};
///
/// let text = r#"
/// run = { horizon = "4 weeks", replications = 4 }
/// class.call = { rate = "48 per hour", start = "answer" }
/// stage.answer = { service = { role = "agent", time = { exponential = "1 min" } }, next = "answered" }
/// stage.answered = { exit = true }
/// centre.desk = { levels = { officers = 1 } }
/// route = [{ to = "desk" }]
/// "#;
/// let files = Snapshot::of([("desk.toml".into(), text.into())].into());
/// let study = Study::load_through(&files, &["desk.toml".into()], &Overrides::default())?;
/// let results = study.run(&Options::default(), &Unwatched)?;
/// let wait = results.cases[0].summary.measures["wait_mean_hours"];
/// assert!(wait.lower < 4.0 / 60.0 && 4.0 / 60.0 < wait.upper); // M/M/1 at load 0.8: 4 minutes
/// # Ok::<(), poolwise_study::StudyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Study {
    scenarios: Vec<Arc<Scenario>>,
    paths: Vec<PathBuf>,
    readings: Vec<TextReading>,
    paired: bool,
}

/// How a study is run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Threads; all processors where `None`. Results do not depend on it.
    pub threads: Option<usize>,
    /// Keep the instants of every request of the first replication.
    pub trace: bool,
    /// Confidence of intervals.
    pub confidence: f64,
    /// Draw the uncertain inputs as well, so often.
    pub uncertain: Option<DrawPlan>,
    /// Set what queueing theory says beside the runs.
    pub theory: bool,
    /// Take what is known of arrivals out of estimates, where it gains ([`crate::controls`]): they are then not means of
    /// replications any more. Not with draws of uncertain inputs.
    pub controls: bool,
}

impl Default for Options {
    fn default() -> Self {
        let Settings { threads, trace, confidence, controls } = Settings::default();
        Self { threads, trace, confidence, uncertain: None, theory: true, controls }
    }
}

impl Options {
    fn settings(&self) -> Settings {
        let Self { threads, trace, confidence, controls, .. } = *self;
        Settings { threads, trace, confidence, controls }
    }
}

impl Study {
    /// Reads scenarios, all with the same changes. Each file is read once: later draws of uncertain inputs see the
    /// same texts, whatever happens on the disk meanwhile.
    ///
    /// # Errors
    /// All that is wrong with any of the files, or two of one name.
    pub fn load(paths: &[PathBuf], overrides: &Overrides) -> Result<Self, StudyError> {
        Self::load_through(&Snapshot::default(), paths, overrides)
    }

    /// The same, from the files of a snapshot.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_through(
        files: &Snapshot,
        paths: &[PathBuf],
        overrides: &Overrides,
    ) -> Result<Self, StudyError> {
        let (loaded, wrong): (Vec<_>, Vec<_>) =
            paths.iter().map(|path| Loaded::read(files, path, overrides)).partition(Result::is_ok);
        if !wrong.is_empty() {
            return Err(StudyError::Invalid(wrong.into_iter().filter_map(Result::err).collect()));
        }
        Self::of(loaded.into_iter().filter_map(Result::ok))
    }

    /// A study of scenarios that were read one by one, each with changes of its own.
    ///
    /// # Errors
    /// Two of one name, or one with the name of a folder that is not a scenario's.
    pub fn of(loaded: impl IntoIterator<Item = Loaded>) -> Result<Self, StudyError> {
        let mut study =
            Self { scenarios: Vec::new(), paths: Vec::new(), readings: Vec::new(), paired: false };
        for Loaded { scenario, path, reading } in loaded {
            study.scenarios.push(scenario);
            study.paths.push(path);
            study.readings.push(reading);
        }
        study.differ_in_name()?;
        Ok(study)
    }

    fn differ_in_name(&self) -> Result<(), StudyError> {
        let mut before = HashMap::with_capacity(self.scenarios.len());
        for (i, scenario) in self.scenarios.iter().enumerate() {
            let name = &scenario.model.name;
            let folder = name.to_lowercase();
            if OWN_FOLDERS.contains(&folder.as_str()) {
                return Err(StudyError::ReservedName { name: name.clone(), file: self.paths[i].clone() });
            }
            if let Some(first) = before.insert(folder, i) {
                return Err(StudyError::SameName {
                    name: name.clone(),
                    first: self.paths[first].clone(),
                    second: self.paths[i].clone(),
                });
            }
        }
        Ok(())
    }

    /// The scenarios: of a comparison the baseline first.
    pub fn scenarios(&self) -> &[Arc<Scenario>] {
        &self.scenarios
    }

    /// Their files, in the same order.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// How a scenario was read: the files as they were, and the changes to it.
    pub fn reading(&self, scenario: usize) -> (&Snapshot, &Overrides) {
        self.readings[scenario].parts()
    }

    /// The names of the scenarios.
    pub fn names(&self) -> Vec<&str> {
        self.scenarios.iter().map(|s| s.model.name.as_str()).collect()
    }

    /// Position of a scenario by name, or by the file it was read from.
    pub fn position(&self, wanted: &str) -> Option<usize> {
        let by_name = self.scenarios.iter().position(|s| s.model.name == wanted);
        by_name.or_else(|| {
            let wanted = Path::new(wanted).canonicalize().ok()?;
            self.paths.iter().position(|path| path.canonicalize().is_ok_and(|p| p == wanted))
        })
    }

    /// A scenario with other values of its uncertain inputs.
    ///
    /// # Errors
    /// What makes it invalid.
    pub fn changed(&self, scenario: usize, sets: &[String]) -> Result<Scenario, Diagnostics> {
        self.readings[scenario].again(&self.paths[scenario], sets)
    }

    /// The same, in a window of so many weeks where that is said.
    ///
    /// # Errors
    /// As [`Self::changed`].
    pub(crate) fn shortened(
        &self,
        scenario: usize,
        sets: &[String],
        weeks: Option<u32>,
    ) -> Result<Scenario, Diagnostics> {
        let reading = &self.readings[scenario];
        match weeks {
            Some(weeks) => reading.within(&format!("{weeks} weeks")).again(&self.paths[scenario], sets),
            None => reading.again(&self.paths[scenario], sets),
        }
    }

    /// Takes the scenarios as options of which one is the baseline: the one named, else the one that says so (of several
    /// variants of one text the first), else the first. It comes first, in tables as in time: stopped early, it is there to compare with.
    ///
    /// # Errors
    /// If no scenario has that name, or several of different texts say that they are the baseline.
    pub fn with_baseline(mut self, named: Option<&str>) -> Result<Self, StudyError> {
        let baseline = self.baseline(named)?;
        self.scenarios[..=baseline].rotate_right(1);
        self.paths[..=baseline].rotate_right(1);
        self.readings[..=baseline].rotate_right(1);
        Ok(self)
    }

    /// Adds the baseline with changes, once for each variation, as options of their own.
    ///
    /// # Errors
    /// As [`Self::with_baseline`]; all that is wrong with any of them.
    pub fn varied(self, baseline: Option<&str>, variations: &[Variation]) -> Result<Self, StudyError> {
        if variations.is_empty() {
            return Ok(self);
        }
        let mut study = self.with_baseline(baseline)?;
        let (mut wrong, path) = (Vec::new(), study.paths[0].clone());
        for variation in variations {
            let taken: Vec<String> = study.names().into_iter().map(str::to_owned).collect();
            let reading = study.readings[0].varied(variation.changes(&variation.name(&taken)));
            match reading.again(&path, &[]) {
                Ok(scenario) => {
                    study.scenarios.push(Arc::new(scenario));
                    study.paths.push(path.clone());
                    study.readings.push(reading);
                }
                Err(problems) => wrong.push(problems),
            }
        }
        if wrong.is_empty() { Ok(study) } else { Err(StudyError::Invalid(wrong)) }
    }

    /// What changes of single values leave behind, such as routes that keep the hours of shifts that were changed.
    pub fn left_behind(&self) -> Vec<String> {
        let all = self.scenarios.iter().zip(&self.readings).zip(&self.paths);
        let changed = all.filter(|((_, reading), _)| !reading.changes().is_empty());
        let of = |((scenario, reading), path): ((&Arc<Scenario>, &TextReading), &PathBuf)| {
            // Where it takes the changes to make it valid there is nothing to compare with.
            let before = reading.unchanged(path).ok()?;
            Some(left_behind(&before, scenario, &reading.changes()))
        };
        changed.filter_map(of).flatten().collect()
    }

    /// Takes the scenarios as options to be compared: as [`Self::with_baseline`], and refuses what cannot be paired.
    /// [`Self::run`] then compares them.
    ///
    /// # Errors
    /// As [`Self::with_baseline`]; one scenario alone; scenarios whose requests cannot be paired.
    pub fn paired(self, baseline: Option<&str>) -> Result<Self, StudyError> {
        if self.scenarios.len() < 2 {
            return Err(StudyError::Alone);
        }
        let mut study = self.with_baseline(baseline)?;
        study.pairable()?;
        study.paired = true;
        Ok(study)
    }

    fn baseline(&self, named: Option<&str>) -> Result<usize, StudyError> {
        let names = || self.scenarios.iter().map(|s| s.model.name.clone());
        if let Some(named) = named {
            let found = self.scenarios.iter().position(|s| s.model.name == named);
            return found
                .ok_or_else(|| StudyError::NoBaseline { named: named.to_owned(), names: names().collect() });
        }
        let saying: Vec<usize> =
            (0..self.scenarios.len()).filter(|&i| self.scenarios[i].model.baseline).collect();
        match saying.as_slice() {
            [] => Ok(0),
            [one] => Ok(*one),
            several if self.are_one_text(several) => Ok(several[0]),
            several => {
                let names = several.iter().map(|&i| self.scenarios[i].model.name.clone()).collect();
                Err(StudyError::SeveralBaselines { names, file: self.paths[several[1]].clone() })
            }
        }
    }

    /// Whether these are one text with other values: each says what that text says, of which only the first can mean it.
    fn are_one_text(&self, which: &[usize]) -> bool {
        let of = |i: usize| Some((&self.paths[i], self.readings[i].parts().0.known(&self.paths[i])?));
        let first = of(which[0]);
        first.is_some() && which.iter().all(|&i| of(i) == first)
    }

    /// Refuses scenarios that cannot be paired with the first.
    ///
    /// # Errors
    /// [`StudyError::Unpaired`].
    pub fn pairable(&self) -> Result<(), StudyError> {
        let Some(base) = self.scenarios.first() else { return Ok(()) };
        for (other, path) in self.scenarios.iter().zip(&self.paths) {
            // Options are replicated together until all are precise: by one rule, then.
            let by_another_rule = base.model.run.precision != other.model.run.precision;
            let key = pairing::differing_key(&base.model, &other.model)
                .or(by_another_rule.then_some("run.precision"));
            if let Some(key) = key {
                return Err(StudyError::Unpaired {
                    file: path.clone(),
                    first: base.model.name.clone(),
                    second: other.model.name.clone(),
                    key,
                });
            }
        }
        Ok(())
    }

    /// Most replications that a run may take over all scenarios, draws of inputs included: for progress.
    pub fn most_replications(&self, options: &Options) -> u64 {
        let most = |s: &Scenario| {
            let run = &s.model.run;
            let cap = run.precision.as_ref().map_or(0, |p| p.max_replications);
            u64::from(run.replications.max(cap))
        };
        let drawn = options.uncertain.map_or(0, |p| u64::from(p.draws) * u64::from(p.per_draw));
        self.scenarios.iter().map(|s| most(s) + drawn).sum()
    }

    /// Simulates all scenarios, sums them up, draws their uncertain inputs if `options` ask for that, and compares
    /// them if they are [paired](Self::paired). When `watch` stops it, or a run needs more memory than it allows, what
    /// was finished comes back, and [`Results::complete`] says that this is not all.
    ///
    /// # Errors
    /// If a run fails, nothing is uncertain, drawn inputs are invalid, or nothing was finished.
    pub fn run(&self, options: &Options, watch: &dyn Watch) -> Result<Results, StudyError> {
        self.uncertain_enough(options)?;
        simulate::run(self, options, watch)
    }

    /// Whether [`Self::simulate`] gives what [`Self::run`] gives: nothing is compared, drawn, controlled, or replicated until it is
    /// precise.
    pub fn is_plain(&self, options: &Options) -> bool {
        let rounds = self.scenarios.iter().any(|s| s.model.run.precision.is_some());
        !rounds && options.uncertain.is_none() && !options.controls && !self.is_paired()
    }

    /// Whether what `options` ask for can be had, before minutes are spent.
    ///
    /// # Errors
    /// [`StudyError::NothingUncertain`], [`StudyError::DrawnControls`].
    pub fn uncertain_enough(&self, options: &Options) -> Result<(), StudyError> {
        if options.uncertain.is_some() && options.controls {
            return Err(StudyError::DrawnControls);
        }
        if options.uncertain.is_some() && self.scenarios.iter().all(|s| s.uncertain.is_empty()) {
            let names = self.names().into_iter().map(str::to_owned).collect();
            let file = self.paths.first().cloned().unwrap_or_default();
            return Err(StudyError::NothingUncertain { names, file });
        }
        Ok(())
    }

    /// Whether its scenarios are compared.
    pub fn is_paired(&self) -> bool {
        self.paired
    }
}
