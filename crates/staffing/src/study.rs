//! A staffing study: what is asked of which scenarios, read and checked; the door of this crate.

use super::answer::{NoAnswer, Question, StaffingAnswer, answer};
use super::check::Margins;
use super::inputs::Draws;
use super::solve::{SearchSettings, Unsolved};
use super::target::{Target, TargetError, parse};
use poolwise_planning::roster_rules::{AssumedRange, FieldWork};
use poolwise_scenario::{Overrides, Snapshot, nearest};
use poolwise_study::uncertain::sets;
use poolwise_study::{Study, StudyError, Watch};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// What is asked, in words as on the command line.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Targets, such as `done within 4 h >= 90 %`.
    pub targets: Vec<String>,
    /// Deliver what this scenario delivers, by name or by file, within these margins.
    pub matching: Option<(String, Margins)>,
    /// With `matching`: in every hour of the local week as well.
    pub hourly: bool,
    /// The scenario from which officers are released; the one matched, else the one that says so, else the first.
    pub baseline: Option<String>,
    /// Officers in a team in the field, where the scenario's own assumption shall not hold.
    pub at_large_team: Option<f64>,
    /// Hours that each of them spends on one case.
    pub at_large_hours: Option<f64>,
    /// Split what is released over its causes.
    pub causes: bool,
}

/// How the search is run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StaffingOptions {
    /// Threads; all processors where `None`. Answers do not depend on it.
    pub threads: Option<usize>,
    /// Probability that an option's interval is wrong, at most.
    pub error: f64,
    /// Test the textbook's shortcuts too.
    pub shortcuts: bool,
    /// Draw up rosters of whole weeks of work.
    pub rosters: bool,
    /// Simulate the service with more and fewer officers than are needed too.
    pub curve: bool,
    /// Take what is known of arrivals out of the margins that tests look at, where it gains (control variates).
    pub controls: bool,
    /// Draws of uncertain inputs behind the input interval; 0 for none.
    pub draws: u32,
}

impl Default for StaffingOptions {
    fn default() -> Self {
        Self {
            threads: None,
            error: 0.05,
            shortcuts: true,
            rosters: true,
            curve: true,
            controls: false,
            draws: 20,
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum StaffingError {
    /// The scenarios cannot be read or paired.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// Targets that make no sense.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Targets(Vec<TargetError>),
    /// The scenario to be matched is none of those given, and no file.
    #[error("--match {wanted}: neither a scenario given nor a file{near}; there are {}", names.join(", "))]
    NoMatch {
        /// What was asked for.
        wanted: String,
        /// The nearest name, in words.
        near: String,
        /// What there is.
        names: Vec<String>,
    },
    /// A number that is not positive.
    #[error("{option} must be positive, and is {value}")]
    NotPositive {
        /// The option of the command line.
        option: &'static str,
        /// What was given.
        value: f64,
    },
    /// The search found none.
    #[error(transparent)]
    Search(#[from] NoAnswer),
}

impl StaffingError {
    /// Whether what was asked makes no sense, rather than that something went wrong.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Study(e) => e.is_usage(),
            Self::Search(NoAnswer::Option(
                _,
                Unsolved::Halt(_) | Unsolved::Failed(_) | Unsolved::Unfinished(_),
            )) => false,
            _ => true,
        }
    }
}

/// Scenarios and what is asked of them, ready to be searched.
#[derive(Debug, Clone)]
pub struct StaffingStudy {
    study: Study,
    question: Question,
}

impl StaffingStudy {
    /// Reads scenarios, all with the same changes, and what is asked of them.
    ///
    /// # Errors
    /// All that is wrong with the targets, or with any of the files; scenarios that cannot be paired where one's
    /// service is to be matched.
    pub fn load(paths: &[PathBuf], overrides: &Overrides, asked: &Wanted) -> Result<Self, StaffingError> {
        // All that is wrong with the question is said before any file is.
        let targets = targets(asked)?;
        let files = Snapshot::default();
        let mut study = Study::load_through(&files, paths, overrides)?;
        if let Some((wanted, _)) = &asked.matching
            && study.position(wanted).is_none()
            && Path::new(wanted).is_file()
        {
            let paths: Vec<PathBuf> = [wanted.into()].into_iter().chain(paths.iter().cloned()).collect();
            study = Study::load_through(&files, &paths, overrides)?;
        }
        Self::asking(study, asked, targets)
    }

    /// Asks of scenarios that were read before.
    ///
    /// # Errors
    /// As [`Self::load`], but for files.
    pub fn of(study: Study, asked: &Wanted) -> Result<Self, StaffingError> {
        Self::asking(study, asked, targets(asked)?)
    }

    fn asking(study: Study, asked: &Wanted, targets: Vec<Target>) -> Result<Self, StaffingError> {
        let mut baseline = asked.baseline.clone();
        if let Some((wanted, _)) = &asked.matching {
            let found = study.position(wanted).ok_or_else(|| no_match(wanted, &study))?;
            baseline = Some(study.names()[found].to_owned());
        }
        let study = study.with_baseline(baseline.as_deref())?;
        if asked.matching.is_some() {
            study.pairable()?;
        }
        let question = Question {
            targets,
            matching: asked.matching.as_ref().map(|(_, margins)| *margins),
            hourly: asked.hourly,
            baseline: 0,
            field_work: field_work(asked, &study)?,
            causes: asked.causes,
        };
        Ok(Self { study, question })
    }

    /// The scenarios, the baseline first.
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// Searches for the least staff of every scenario.
    ///
    /// # Errors
    /// If a target does not fit a scenario, one cannot be staffed at all, a run fails, or `watch` stops it.
    pub fn run(&self, options: &StaffingOptions, watch: &dyn Watch) -> Result<StaffingAnswer, StaffingError> {
        let scenarios = self.study.scenarios();
        let how = SearchSettings {
            threads: options.threads,
            error: options.error,
            shortcuts: options.shortcuts,
            rosters: options.rosters,
            curve: options.curve,
            controls: options.controls,
            watch,
        };
        let load = |option: usize, draw: u32| {
            let base = &scenarios[option];
            let sets = sets(&base.uncertain, base.model.run.seed, draw);
            self.study.changed(option, &sets)
        };
        let uncertain = scenarios.iter().any(|s| !s.uncertain.is_empty()) && options.draws > 0;
        let draws = uncertain.then_some(Draws { count: options.draws, load: &load });
        Ok(answer(scenarios, &self.question, &how, draws.as_ref(), &|name| watch.turn_to(name))?)
    }
}

/// The targets, or all that is wrong with them.
fn targets(asked: &Wanted) -> Result<Vec<Target>, StaffingError> {
    let (targets, wrong): (Vec<_>, Vec<_>) =
        asked.targets.iter().map(|text| parse(text)).partition(Result::is_ok);
    let wrong: Vec<TargetError> = wrong.into_iter().filter_map(Result::err).collect();
    if !wrong.is_empty() {
        return Err(StaffingError::Targets(wrong));
    }
    Ok(targets.into_iter().filter_map(Result::ok).collect())
}

fn no_match(wanted: &str, study: &Study) -> StaffingError {
    let names = study.names();
    let near = nearest(wanted, &names).map_or_else(String::new, |n| format!(" (did you mean `{n}`?)"));
    let names = names.into_iter().map(str::to_owned).collect();
    StaffingError::NoMatch { wanted: wanted.to_owned(), near, names }
}

/// What a case in the field takes, where it is asked otherwise than the scenario says.
fn field_work(asked: &Wanted, study: &Study) -> Result<Option<FieldWork>, StaffingError> {
    let (team, hours) = (asked.at_large_team, asked.at_large_hours);
    if team.is_none() && hours.is_none() {
        return Ok(None);
    }
    let assumed = study.scenarios().first().and_then(|base| base.field_work);
    let mut all = assumed.unwrap_or(FieldWork {
        officers_per_case: AssumedRange { low: 3.0, base: 5.0, high: 7.0 },
        hours_per_officer: AssumedRange { low: 4.0, base: 10.0, high: 40.0 },
    });
    for (given, into, what) in [
        (team, &mut all.officers_per_case, "--at-large-team"),
        (hours, &mut all.hours_per_officer, "--at-large-hours"),
    ] {
        match given {
            Some(x) if x > 0.0 && x.is_finite() => *into = AssumedRange { low: x, base: x, high: x },
            Some(value) => return Err(StaffingError::NotPositive { option: what, value }),
            None => {}
        }
    }
    Ok(Some(all))
}
