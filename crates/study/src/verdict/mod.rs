//! The answer in plain sentences, from results only: what is better, by how much, how sure, what it needs, and what
//! would turn it over.
//!
//! [`run`] speaks of one scenario, [`comparison`] of options. No sentence says more than the intervals do: what they
//! leave open "cannot be told", and what was not tried is said not to have been. Words of the trade and titles come
//! from the scenario ([`About`]). The sentences are plain strings that stand in the results themselves, so that the
//! terminal, pages, Python and the browser say the same.

mod compare;
mod needs;
mod phrases;
mod run;
#[cfg(test)]
mod tests;

pub use compare::comparison;
pub use phrases::{list, named, plural, short_titles};
pub use run::run;

use crate::uncertain::input_rows;
use poolwise_engine::model::Words;
use poolwise_scenario::{Overload, Scenario};

/// What sentences on a scenario need beside its measures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct About {
    /// What its requests and officers are called.
    pub words: Words,
    /// Centres that cannot keep up, and by how much.
    pub overloaded: Vec<Overload>,
    /// Numbers given with a range; those tied together count once.
    pub inputs: usize,
    /// Those among them that the scenario calls assumptions.
    pub assumed: usize,
    /// Arrivals or officers change with the hour, the day or the month, so that hours of the week differ by plan and
    /// not by chance alone.
    pub changes: bool,
}

impl About {
    /// What a scenario says.
    pub fn of(scenario: &Scenario) -> Self {
        let inputs = input_rows(&scenario.uncertain);
        Self {
            words: scenario.model.words.clone(),
            overloaded: scenario.overloaded.clone(),
            inputs: inputs.len(),
            assumed: inputs.iter().filter(|row| row.standing == Some("assumption")).count(),
            changes: crate::warm_up::changes(&scenario.model),
        }
    }
}
