//! What `check` says on a page: who is there, how much work is expected of them, what queueing theory says, and warnings.
//! Nothing of it is simulated.

use crate::page::{self, Page};
use crate::staffing::Staffing;
use crate::told::Told;
use crate::{assumptions, number, theory};
use poolwise_scenario::Scenario;
use poolwise_study::oracle::Oracle;

/// A valid scenario, looked at.
#[derive(Debug)]
pub struct Checked {
    /// The scenario.
    pub scenario: Scenario,
    /// Who is there, and how much work.
    pub staffing: Staffing,
    /// What theory says.
    pub oracle: Oracle,
    /// Warnings, a sentence each.
    pub warnings: Vec<String>,
}

/// The page on some scenarios; `invalid` has what is wrong with others, a text each.
pub fn page(checked: &[Checked], invalid: &[String]) -> Page {
    let mut told = Told::default();
    for one in checked {
        told.head.push(sentence(&one.staffing));
        told.blocks.push(one.staffing.block());
        let theory = theory::block(&one.staffing.scenario, &one.oracle, usize::MAX, &one.staffing.words);
        told.blocks.extend(theory);
        told.notes.extend(one.warnings.iter().map(|w| format!("{}: {w}", one.staffing.scenario)));
    }
    for note in checked.iter().flat_map(|one| theory::notes(&one.oracle, usize::MAX)) {
        if !told.notes.contains(&note) {
            told.notes.push(note);
        }
    }
    told.notes.push(
        "Expected work is work that would be done if nobody ever waited: nothing was simulated. `poolwise run` does that."
            .to_owned(),
    );
    told.advice = invalid.join("\n");
    let resolved: Vec<&toml::Table> = checked.iter().map(|one| &one.scenario.resolved).collect();
    let title = match checked {
        [one] => one.staffing.title.clone(),
        _ => format!("{} scenarios, checked", checked.len() + invalid.len()),
    };
    Page {
        alert: (!invalid.is_empty()).then(|| {
            let n = invalid.len();
            format!("{n} of the scenarios {} invalid: see below.", if n == 1 { "is" } else { "are" })
        }),
        rests: page::rests(&resolved),
        assumptions: checked
            .iter()
            .map(|one| {
                (format!("{}: all values", one.staffing.scenario), assumptions::lines(&one.scenario.resolved))
            })
            .collect(),
        reproduce: checked
            .iter()
            .map(|one| (format!("Scenario {}, hash", one.staffing.scenario), one.scenario.hash.clone()))
            .collect(),
        ..Page::told("Checked, not simulated", title, told, Vec::new())
    }
}

/// Whether everybody can keep up.
fn sentence(s: &Staffing) -> String {
    let one = |x: f64| number::trimmed(x, 1);
    let percent = |x: f64| format!("{} %", number::fixed(100.0 * x, 0, false));
    let work = format!(
        "{}: {} {} on duty on average for work that keeps {} busy",
        s.title,
        one(s.posts),
        s.words.officer.many,
        one(s.offered_load)
    );
    let over: Vec<&str> =
        s.centres.iter().filter(|c| c.load_ratio >= 1.0).map(|c| c.centre.as_str()).collect();
    let loaded = s.centres.iter().filter(|c| c.load_ratio.is_finite());
    let busiest = loaded.max_by(|a, b| a.load_ratio.total_cmp(&b.load_ratio));
    match (over.as_slice(), busiest) {
        ([], Some(c)) if s.centres.len() > 1 => {
            format!(
                "{work}; all centres can keep up, the tightest is {} ({}).",
                c.centre,
                percent(c.load_ratio)
            )
        }
        ([], Some(c)) => format!("{work}, {} of their time.", percent(c.load_ratio)),
        ([], None) => format!("{work}."),
        (over, _) => {
            let named = poolwise_study::verdict::list(&over[..over.len().min(3)], "and");
            let more = over.len().saturating_sub(3);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!(
                "{work}; more work than {} at {named}{more}, so that queues will grow without end.",
                s.words.officer.many
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{Model, Pool};
    use poolwise_engine::random::Sampler;

    #[test]
    fn the_sentence_says_whether_they_keep_up() {
        let of = |minutes: f64| {
            let pools = vec![Pool::around_the_clock(1, 4)];
            sentence(&Staffing::of(&Model::one_queue(6.0, Sampler::Constant(60.0 * minutes), pools)))
        };
        assert!(
            of(20.0)
                .ends_with("4 servers on duty on average for work that keeps 2 busy, 50 % of their time."),
            "{}",
            of(20.0)
        );
        assert!(
            of(60.0).ends_with("more work than servers at here, so that queues will grow without end."),
            "{}",
            of(60.0)
        );
    }
}
