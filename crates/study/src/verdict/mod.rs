//! The answer in plain sentences, from results only: what is better, by how much, how sure, what it needs, and what
//! would turn it over.
//!
//! [`run`] speaks of one scenario, [`comparison`] of options. No sentence says more than the intervals do: what they
//! leave open "cannot be told", and what was not tried is said not to have been. Words of the trade and titles come
//! from the scenario ([`About`]). The sentences stand in the results themselves, so that the terminal, pages, Python and the
//! browser say the same, pages without the options of a command line ([`Sentence`]).

mod compare;
mod idle;
mod needs;
mod open;
#[cfg(test)]
mod open_tests;
mod phrases;
mod plan;
mod rests;
mod run;
mod sentence;
#[cfg(test)]
mod tests;

pub use compare::comparison;
pub(crate) use compare::{about, tried};
pub use phrases::{Present, list, named, plural, short_titles};
pub use plan::steady;
pub use run::run;
pub(crate) use run::run_drawn;
pub use sentence::Sentence;
pub(crate) use sentence::both;

use crate::ends::varied;
use crate::summary::Summary;
use poolwise_engine::model::{Centre, Model, Words};
use poolwise_scenario::levers::{Lever, label, levers, said};
use poolwise_scenario::uncertain::Standing;
use poolwise_scenario::{Overload, Scenario, UncertainInput};
use std::collections::BTreeSet;

/// What sentences on a scenario need beside its measures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct About {
    /// What its requests and officers are called.
    pub words: Words,
    /// Centres that cannot keep up, and by how much.
    pub overloaded: Vec<Overload>,
    /// Numbers given with a range; those tied together, or moved by one lever, count once.
    pub inputs: usize,
    /// The one of them that a sentence names.
    pub foremost: Option<Foremost>,
    /// What people call those of them in which it differs from the baseline it is compared with.
    pub varied: Vec<String>,
    /// How many officers are employed is said by the scenario, and no sum of hours on duty.
    pub states_headcount: bool,
    /// The same number of officers is on duty at every hour.
    pub steady: bool,
    /// Arrivals or officers change with the hour, the day or the month, so that hours of the week differ by plan and
    /// not by chance alone.
    pub changes: bool,
    /// It begins from now: the rest of a day, with whom that finds on shift.
    pub from_now: bool,
    /// Whose clock hours of the whole scenario are told by, where not all centres have that clock.
    pub clock: Option<String>,
}

/// The uncertain number that a planner would ask about first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Foremost {
    /// What people call it.
    pub label: String,
    /// Its value in the results.
    pub base: String,
    /// Whether nobody has published it.
    pub assumed: bool,
}

impl Foremost {
    /// `research time (20 min, an assumption)`
    pub(crate) fn said(&self) -> String {
        let standing = if self.assumed { ", an assumption" } else { "" };
        format!("{} ({}{standing})", within(&self.label), self.base)
    }
}

/// A label as a sentence has it: without its capital, but where a name begins it, as what stands before a colon is.
fn within(label: &str) -> String {
    let mut letters = label.chars();
    let first = letters
        .next()
        .filter(|_| !label.contains(':') && !label.chars().nth(1).is_some_and(char::is_uppercase));
    first.map_or_else(|| label.to_owned(), |c| c.to_lowercase().chain(letters).collect())
}

/// The first handling time that is an assumption, since all work is proportional to it and every request meets the first
/// stage; else the first assumption, else the first handling time, else the first of all.
fn foremost(scenario: &Scenario, levers: &[Lever]) -> Option<Foremost> {
    let assumed = |input: &UncertainInput| input.standing == Some(Standing::Assumption);
    let handling = |input: &UncertainInput| {
        input.path.starts_with("stage.") && input.path.contains(".service.") && input.unit == "s"
    };
    let inputs = &scenario.uncertain;
    // The first of equals.
    let input = inputs.iter().rev().max_by_key(|input| (assumed(input), handling(input)))?;
    let base = said(levers, &input.path, &input.base_text);
    Some(Foremost { label: called(input, levers), base, assumed: assumed(input) })
}

/// What people call an uncertain number.
pub(crate) fn called(input: &UncertainInput, levers: &[Lever]) -> String {
    match &input.together {
        Some(word) => word.clone(),
        None => label(levers, &input.path).map_or_else(|| format!("`{}`", input.path), str::to_owned),
    }
}

/// Numbers with a range that have names of their own: the absence of five centres is one where one lever moves it.
fn names(scenario: &Scenario, levers: &[Lever]) -> usize {
    scenario.uncertain.iter().map(|input| called(input, levers)).collect::<BTreeSet<_>>().len()
}

/// The summary whose foremost unknown a comparison names: of the scenario with the most of them, the first of equals.
pub(crate) fn foremost_of<'s>(summaries: &[&'s Summary]) -> Option<&'s Summary> {
    summaries.iter().rev().max_by_key(|s| s.about.inputs).copied()
}

/// The centres that count in an option's totals and have officers.
fn staffed(model: &Model) -> impl Iterator<Item = &Centre> {
    model.centres.iter().filter(|centre| centre.counted && !centre.pools.is_empty())
}

/// Whether the scenario says of every centre with officers in its totals how many it employs.
pub fn states_headcount(model: &Model) -> bool {
    staffed(model).all(|centre| centre.headcount.is_some())
}

impl About {
    /// What a scenario says.
    pub fn of(scenario: &Scenario) -> Self {
        let levers = levers(&scenario.resolved);
        Self {
            words: scenario.model.words.clone(),
            overloaded: scenario.overloaded.clone(),
            inputs: names(scenario, &levers),
            foremost: foremost(scenario, &levers),
            varied: Vec::new(),
            states_headcount: states_headcount(&scenario.model),
            steady: steady(&scenario.model),
            changes: plan::changes(&scenario.model),
            from_now: scenario.model.run.now.is_some(),
            clock: plan::clock(&scenario.model),
        }
    }

    /// The same beside the baseline that the scenario is compared with.
    pub fn beside(scenario: &Scenario, baseline: &Scenario) -> Self {
        Self { varied: varied(baseline, scenario), ..Self::of(scenario) }
    }
}
