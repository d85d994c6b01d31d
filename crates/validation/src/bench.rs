//! Runs a case's scenario and looks its results up.

use super::library::LIBRARY;
use super::{CONFIDENCE, Check, Finding, Known};
use poolwise_engine::Outcome;
use poolwise_engine::model::Model;
use poolwise_scenario::{self, Library, Overrides};
use poolwise_stats::Estimate;
use poolwise_study::measures::{Key, Section};
use poolwise_study::summarise::estimate;
use poolwise_study::{self, Replicated, Settings, Unwatched};

/// Where cases run: how many threads, and who watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bench {
    /// Threads; all processors where `None`.
    pub threads: Option<usize>,
}

impl Bench {
    /// A textbook scenario with changes.
    pub(super) fn model(&self, name: &str, sets: &[&str]) -> Result<Model, String> {
        load(LIBRARY, name, sets)
    }

    /// Runs all replications of a textbook scenario.
    pub(super) fn simulate(&self, name: &str, sets: &[&str]) -> Result<CaseResults, String> {
        self.simulate_model(&self.model(name, sets)?)
    }

    /// Runs all replications of a model.
    pub(super) fn simulate_model(&self, model: &Model) -> Result<CaseResults, String> {
        let settings = Settings { threads: self.threads, ..Settings::default() };
        poolwise_study::replicate(model, &settings, &Unwatched).map(CaseResults).map_err(|e| e.to_string())
    }

    /// What `of` makes of each replication, in their order.
    pub(super) fn sample<T: Send>(
        &self,
        model: &Model,
        trace: bool,
        of: impl Fn(Outcome) -> T + Sync,
    ) -> Result<Vec<T>, String> {
        let settings = Settings { threads: self.threads, trace, ..Settings::default() };
        poolwise_study::sample(model, &settings, of).map_err(|e| e.to_string())
    }
}

/// Reads a scenario of a library.
pub(super) fn load(library: &'static Library, name: &str, sets: &[&str]) -> Result<Model, String> {
    let overrides =
        Overrides { sets: sets.iter().map(|s| (*s).to_owned()).collect(), ..Overrides::default() };
    poolwise_scenario::load_embedded(library, name, &overrides).map(|s| s.model).map_err(|e| e.render(false))
}

/// Finished replications of a case.
pub(super) struct CaseResults(pub Replicated);

impl CaseResults {
    /// A measure's estimate at the suite's confidence.
    pub(crate) fn estimate(&self, section: Section, name: &str) -> Estimate {
        self.at(section, name, CONFIDENCE)
    }

    /// A measure of the centre called `desk` at a confidence.
    pub(crate) fn desk_at(&self, name: &str, confidence: f64) -> Estimate {
        self.at(Section::Centre("desk".to_owned(), "all".to_owned()), name, confidence)
    }

    /// A measure of an exit at a confidence.
    pub(crate) fn exit_at(&self, exit: &str, name: &str, confidence: f64) -> Estimate {
        self.at(Section::Exit(exit.to_owned()), name, confidence)
    }

    /// Any measure at a confidence.
    pub(super) fn at(&self, section: Section, name: &str, confidence: f64) -> Estimate {
        let key = Key { section, name: name.to_owned() };
        self.0.position(&key).map_or_else(Estimate::undefined, |at| estimate(&self.0, at, confidence))
    }

    /// A measure of the whole scenario.
    pub(crate) fn whole(&self, name: &str) -> Estimate {
        self.estimate(Section::Whole, name)
    }

    /// A measure of the centre called `desk`.
    pub(crate) fn desk(&self, name: &str) -> Estimate {
        self.estimate(Section::Centre("desk".to_owned(), "all".to_owned()), name)
    }

    /// A measure of a class.
    pub(crate) fn class(&self, class: &str, name: &str) -> Estimate {
        self.estimate(Section::Class(class.to_owned()), name)
    }

    /// A measure of an exit.
    pub(crate) fn exit(&self, exit: &str, name: &str) -> Estimate {
        self.estimate(Section::Exit(exit.to_owned()), name)
    }
}

/// An estimate with its interval in another unit.
pub(super) fn scaled(e: Estimate, by: f64) -> Estimate {
    Estimate { estimate: e.estimate * by, lower: e.lower * by, upper: e.upper * by, ..e }
}

/// A random measure against an exact value; it is narrow within 3 %.
pub(super) fn check(what: impl Into<String>, unit: &'static str, expected: f64, found: Estimate) -> Check {
    Check {
        what: what.into(),
        unit,
        known: Known::Exact,
        expected,
        tolerance: 0.0,
        found: Finding::Estimate(found),
        narrow: 0.03,
    }
}

/// A time stored in hours, in minutes.
pub(super) fn minutes(what: impl Into<String>, expected: f64, found: Estimate) -> Check {
    check(what, "min", expected, scaled(found, 60.0))
}

/// A time stored in hours, in seconds.
pub(super) fn seconds(what: impl Into<String>, expected: f64, found: Estimate) -> Check {
    check(what, "s", expected, scaled(found, 3_600.0))
}

/// A share, in per cent.
pub(super) fn percent(what: impl Into<String>, expected: f64, found: Estimate) -> Check {
    check(what, "%", 100.0 * expected, scaled(found, 100.0))
}

/// What theory should always give here.
pub(super) fn known<T>(answer: Option<T>) -> Result<T, String> {
    answer.ok_or_else(|| "theory gives no answer".to_owned())
}
