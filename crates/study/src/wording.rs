//! How results speak: the words of the scenarios and the times that labels name.

use super::measures::{Measure, Times};
use super::number;
use super::summary::Summary;
use poolwise_engine::model::{Model, Words};
use poolwise_engine::time::HOUR;

/// Words and times that go into labels and meanings of measures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// What requests and officers are called.
    pub words: Words,
    /// Times within which something counts.
    pub times: Times,
}

impl Wording {
    /// The wording of results: what scenarios differ in is left general.
    pub fn of(summaries: &[&Summary]) -> Self {
        let common = |of: fn(&Summary) -> f64| {
            let first = of(summaries.first()?);
            summaries.iter().all(|s| of(s) == first).then(|| number::duration(first))
        };
        let times = Times { target: common(|s| s.target_hours), answer: common(|s| s.answer_within_hours) };
        Self { words: Words::default(), times }
    }

    /// The wording of one model.
    pub fn of_model(model: &Model) -> Self {
        let time = |seconds: f64| Some(number::duration(seconds / HOUR));
        let times = Times { target: time(model.run.target), answer: time(model.run.prompt) };
        Self { words: Words::default(), times }
    }

    /// What tables and axes call a measure.
    pub fn label(&self, measure: &Measure) -> String {
        measure.label(&self.words, &self.times)
    }

    /// What a measure means.
    pub fn meaning(&self, measure: &Measure) -> String {
        measure.meaning(&self.words)
    }
}
