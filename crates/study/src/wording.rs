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
        Self { words: Words::common(summaries.iter().map(|s| &s.words)), times }
    }

    /// The wording of one model.
    pub fn of_model(model: &Model) -> Self {
        let time = |seconds: f64| Some(number::duration(seconds / HOUR));
        let times = Times { target: time(model.run.target), answer: time(model.run.prompt) };
        Self { words: model.words.clone(), times }
    }

    /// A text with the words put in: see [`Words::fill`].
    pub fn fill(&self, text: &str) -> String {
        self.words.fill(text)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::find;
    use crate::{Options, Study, Unwatched};
    use poolwise_scenario::{Overrides, Snapshot};

    #[test]
    fn labels_speak_as_the_scenario_and_of_several_only_as_all_of_them() {
        let text = r#"
            unit = "call"
            officer = "agent"
            run = { horizon = "1 day", replications = 2, answer_within = "20 s" }
            class.call = { rate = "48 per hour", start = "answer" }
            stage.answer = { service = { role = "agent", time = { exponential = "1 min" } }, next = "answered" }
            stage.answered = { exit = true }
            centre.desk = { levels = { officers = 1 } }
            route = [{ to = "desk" }]
        "#;
        let other = text.replace("\"call\"", "\"ticket\"").replace("20 s", "30 s");
        let files = Snapshot::of([("a.toml".into(), text.into()), ("b.toml".into(), other.into())].into());
        let paths = ["a.toml".into(), "b.toml".into()];
        let study = Study::load_through(&files, &paths, &Overrides::default()).unwrap();
        let results = study.run(&Options::default(), &Unwatched).unwrap();
        let [a, b] = [0, 1].map(|i| &results.cases[i].summary);
        let label = |of: &[&Summary], name| Wording::of(of).label(find(name).unwrap());
        assert_eq!(label(&[a], "answered_within"), "Answered within 20\u{a0}s");
        assert_eq!(label(&[a], "queue_mean"), "Calls waiting");
        assert_eq!(label(&[b], "queue_mean"), "Tickets waiting");
        assert_eq!(label(&[a, b], "answered_within"), "Answered within answer\u{a0}time");
        assert_eq!(label(&[a, b], "queue_mean"), "Requests waiting");
        assert_eq!(label(&[a, b], "busy_mean"), "Agents busy");
        let json = serde_json::to_value(a).unwrap();
        assert_eq!(json["words"]["request"]["many"], "calls");
    }
}
