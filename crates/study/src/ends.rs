//! Whether a verdict holds at both ends of what the foremost unknown may be: a few short replications there, where nobody asked for draws
//! of all that is unknown.

use crate::compare::primary;
use crate::parallel::{Workers, ordered};
use crate::replicate::{Replicated, Settings, Watch, extend};
use crate::study::Study;
use crate::verdict::{Foremost, called};
use poolwise_engine::time::WEEK;
use poolwise_scenario::levers::{levers, said};
use poolwise_scenario::{Scenario, UncertainInput};
use poolwise_stats::Estimate;
use std::ops::ControlFlow;
use toml::Value;

/// Replications at each end; of a shorter run so many as it has.
const REPLICATIONS: u32 = 4;
/// Requests that all of them together may take: some tenths of a second.
const REQUESTS: f64 = 1_000_000.0;
/// Confidence of the intervals at both ends together.
const CONFIDENCE: f64 = 0.95;

/// What a verdict comes to at an end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtEnd {
    /// The difference has the sign that it has at the base, beyond chance.
    Holds,
    /// It has the other, beyond chance.
    Turns,
    /// It cannot be told.
    Open,
}

/// What was tried.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EndTrials {
    /// Whole weeks that were simulated where the window has more.
    pub weeks: Option<u32>,
    /// Both ends as people say them, and what comes there.
    pub ends: Vec<(String, AtEnd)>,
}

/// The difference that a verdict is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AboutDifference<'a> {
    /// Places in the study: the option, and the baseline.
    pub places: [usize; 2],
    /// Name of the measure.
    pub measure: &'a str,
    /// The difference at the base is above zero.
    pub more: bool,
    /// Requests of a replication of each.
    pub requests: [f64; 2],
}

/// Tries both ends of an unknown. `None` where the window is too large to be tried in some tenths of a second, or a trial cannot be run.
pub(crate) fn at_ends(
    study: &Study,
    unknown: &Foremost,
    about: AboutDifference<'_>,
    threads: Option<usize>,
    watch: &dyn Watch,
) -> Option<EndTrials> {
    let scenarios: [&Scenario; 2] = about.places.map(|place| &*study.scenarios()[place]);
    let weeks = window(scenarios, about.requests)?;
    let known = scenarios.map(|s| levers(&s.resolved));
    // Of one name there may be several, such as the absence of each centre, which one lever moves.
    let inputs: [Vec<&UncertainInput>; 2] = std::array::from_fn(|i| {
        scenarios[i].uncertain.iter().filter(|input| called(input, &known[i]) == unknown.label).collect()
    });
    let (levers, first) = known.iter().zip(&inputs).find_map(|(levers, own)| Some((levers, own.first()?)))?;
    let (low, high) = first.range();
    let words = [&low, &high].map(|value| said(levers, &first.path, value));
    // Both ends, and of each the option and the baseline: the same requests.
    let one = |task: usize| -> Option<Replicated> {
        let (end, which) = (task / 2, task % 2);
        let sets: Vec<String> = inputs[which]
            .iter()
            .map(|input| {
                let (low, high) = input.range();
                format!("{}={}", input.path, if end == 0 { low } else { high })
            })
            .collect();
        let scenario = study.shortened(about.places[which], &sets, weeks).ok()?;
        let settings = Settings { threads: Some(1), ..Settings::default() };
        let mut all = Replicated::none(&scenario.model, &settings);
        let n = REPLICATIONS.min(scenario.model.run.replications);
        extend(&scenario.model, &mut all, 0..n, &settings, &Silent(watch)).ok()?;
        (all.replications() == n).then_some(all)
    };
    let mut done: Vec<Replicated> = Vec::new();
    let stopped = || watch.stopped();
    ordered(0..4, Workers { threads, stopped: &stopped }, one, |_, all| match all {
        Some(all) => {
            done.push(all);
            ControlFlow::Continue(())
        }
        None => ControlFlow::Break(()),
    });
    let [low_ours, low_base, high_ours, high_base] = done.as_slice() else { return None };
    // Two intervals that hold together.
    let each = 1.0 - (1.0 - CONFIDENCE) / 2.0;
    let pairs = [(low_ours, low_base), (high_ours, high_base)];
    let told =
        pairs.map(|(ours, base)| primary(ours, base, about.measure, each).map(|d| at_end(&d, about.more)));
    let ends =
        words.into_iter().zip(told).map(|(word, told)| Some((word, told?))).collect::<Option<Vec<_>>>()?;
    Some(EndTrials { weeks, ends })
}

fn at_end(difference: &Estimate, more: bool) -> AtEnd {
    match (difference.lower > 0.0, difference.upper < 0.0) {
        (true, _) if more => AtEnd::Holds,
        (_, true) if !more => AtEnd::Holds,
        (false, false) => AtEnd::Open,
        _ => AtEnd::Turns,
    }
}

/// Weeks to simulate: `Some(None)` for the whole window where that is as quick, `None` where a week is too much.
fn window(scenarios: [&Scenario; 2], requests: [f64; 2]) -> Option<Option<u32>> {
    let run = &scenarios[0].model.run;
    let all = requests.iter().sum::<f64>() * 2.0 * f64::from(REPLICATIONS);
    if all <= REQUESTS {
        return Some(None);
    }
    let per_week = all / ((run.warm_up + run.horizon) / WEEK).max(1e-9);
    let weeks = (REQUESTS / per_week - run.warm_up.min(WEEK) / WEEK).floor();
    // What begins from now has no other window, nor has one of a few weeks.
    let shorter = weeks >= 1.0 && weeks * WEEK < run.horizon && !scenarios.iter().any(|s| begins_from_now(s));
    shorter.then_some(Some(weeks as u32))
}

fn begins_from_now(scenario: &Scenario) -> bool {
    scenario.resolved.get("start").and_then(Value::as_table).is_some_and(|start| !start.is_empty())
}

/// Trials are no replications of the run: nobody counts them.
struct Silent<'a>(&'a dyn Watch);

impl Watch for Silent<'_> {
    fn replication_done(&self, _requests: u64) {}

    fn stopped(&self) -> bool {
        self.0.stopped()
    }

    fn memory(&self) -> u64 {
        self.0.memory()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Options, Study, Unwatched};
    use poolwise_scenario::{Overrides, Snapshot};

    /// Ten officers who are quicker or slower than eight others by a factor that nobody knows: with twice the time they cannot keep
    /// up, with four fifths of it hardly anybody waits. Seed fixed; both differences are tens of their standard errors, so that the
    /// two intervals, which are wrong in 5 % of cases, tell them from nothing in all but those.
    #[test]
    fn the_foremost_unknown_is_tried_at_both_ends() {
        let eight = r#"
            title = "Eight"
            run = { horizon = "3 weeks", warm_up = "1 week", replications = 4, target = "30 min" }
            class.call = { rate = "20 per hour", start = "answer" }
            stage.answer = { service = { role = "agent", time = { exponential = "20 min" } }, next = "done" }
            stage.done = { exit = true }
            centre.desk = { levels = { officers = 8 } }
            route = [{ to = "desk" }]
        "#;
        let said = |range: &str| {
            let ten = format!(
                "extends = \"eight.toml\"\nname = \"ten\"\ntitle = \"Ten\"\n[centre.desk]\nlevels.officers = 10\n\
                 speed = {{ {range}, standing = \"assumption\" }}\n"
            );
            let files = [("eight.toml".into(), eight.to_owned().into()), ("ten.toml".into(), ten.into())];
            let paths = ["eight.toml".into(), "ten.toml".into()];
            let study = Study::load_through(&Snapshot::of(files.into()), &paths, &Overrides::default());
            let study = study.and_then(|study| study.paired(None)).expect("two scenarios");
            let results = study.run(&Options::default(), &Unwatched).expect("a run");
            results.comparison.expect("a comparison").verdict.join(" ")
        };
        let text = said("low = 0.8, base = 1.0, high = 2.0");
        let wanted = "It turns over with desk: time per request, as a multiple (1, an assumption) at 2, and holds at 0.8.";
        assert!(text.contains(wanted), "{text}");
        let text = said("low = 0.8, base = 1.0, high = 1.05");
        let wanted =
            "It holds with desk: time per request, as a multiple (1, an assumption) at 0.8 and at 1.05.";
        assert!(text.contains(wanted), "{text}");
    }
}
