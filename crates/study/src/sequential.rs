//! Replications until the intervals of several measures are short enough: the rule of
//! [`poolwise_stats::sequential`] driven by the engine.
//!
//! Scenarios that are compared are replicated together, round by round, so that all have the same number and
//! every measure of every scenario counts. The numbers do not depend on threads: rounds are fixed, and the
//! rule looks only at finished ones.

use super::controls::{self, expected_per_hour};
use super::measures::{Key, Section};
use super::replicate::{Replicated, Settings, Watch, extend};
use super::summarise::estimate_of;
use poolwise_engine::Failure;
use poolwise_engine::model::{Model, Precision};
use poolwise_stats::{Estimate, PrecisionTarget, StoppingRule};
use serde::Serialize;

/// Look-ahead of Hoad, Robinson and Davies (2010).
const LOOK_AHEAD: u32 = 5;

/// How a sequential run ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reached {
    /// Half-width over the size of the estimate that was asked for.
    pub relative: f64,
    /// The least number of replications.
    pub floor: u32,
    /// The greatest number.
    pub cap: u32,
    /// Replications that were run in all.
    pub replications: u32,
    /// Rounds of replications after which the precision was looked at.
    pub rounds: u32,
    /// Whether every measure was met and stayed so over the look-ahead.
    pub met: bool,
    /// The measure that was met last, or that was farthest from its target at the cap.
    pub decided_by: Option<Decider>,
    /// What was asked of each measure and what was reached.
    pub targets: Vec<PrecisionReached>,
    /// About how many replications the same would have taken without controls, where these were asked for and it was met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_controls: Option<u32>,
}

/// A scenario's measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decider {
    /// Name of the scenario.
    pub scenario: String,
    /// Name of the measure.
    pub measure: String,
}

/// How near a measure came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrecisionReached {
    /// Name of the scenario.
    pub scenario: String,
    /// Name of the measure.
    pub measure: String,
    /// Half-width over the size of the estimate at the end.
    pub relative_half_width: f64,
    /// Least number of replications from which on it was met, if it was.
    pub met_from: Option<u32>,
}

/// Why the rounds were broken off.
enum Broken {
    Stopped,
    Failed(usize, Failure),
}

/// Replicates `models` together until the first one's `precision` is met or its cap reached. `begins` is told
/// whenever a scenario's next round begins. When `watch` stops it, the result is what was finished and `None`.
///
/// # Errors
/// The scenario's position, and the engine's [`Failure`].
pub fn until_precise(
    models: &[&Model],
    precision: &Precision,
    settings: &Settings,
    watch: &dyn Watch,
    begins: &dyn Fn(usize),
) -> Result<(Vec<Replicated>, Option<Reached>), (usize, Failure)> {
    let mut all: Vec<Replicated> = models.iter().map(|m| Replicated::none(m, settings)).collect();
    let names: Vec<(usize, &str)> = (0..models.len())
        .flat_map(|m| precision.measures.iter().map(move |name| (m, name.as_str())))
        .collect();
    let floor = models.first().map_or(3, |m| m.run.replications).max(3);
    let rule = StoppingRule {
        targets: names
            .iter()
            .map(|(m, name)| PrecisionTarget {
                measure: format!("{m}/{name}"),
                relative: precision.relative,
                absolute: 0.0,
            })
            .collect(),
        floor,
        cap: precision.max_replications.max(floor),
        round: precision.round,
        look_ahead: LOOK_AHEAD,
    };
    let known = settings.controls.then(|| models.iter().map(|m| expected_per_hour(m)).collect::<Vec<_>>());
    let shared = std::cell::RefCell::new(&mut all);
    let outcome = rule.drive(
        |from, to| {
            let mut all = shared.borrow_mut();
            for (m, model) in models.iter().enumerate() {
                begins(m);
                extend(model, &mut all[m], from..to, settings, watch).map_err(|e| Broken::Failed(m, e))?;
                if all[m].replications() < to {
                    return Err(Broken::Stopped);
                }
            }
            Ok(())
        },
        |i, n| {
            let (m, name) = names[i];
            first(&shared.borrow(), m, name, n as usize, known.as_deref())
        },
    );
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(Broken::Stopped) => return Ok((all, None)),
        Err(Broken::Failed(m, failure)) => return Err((m, failure)),
    };
    let last = |m: usize, name: &str, known: Option<&[Result<f64, String>]>| {
        first(&all, m, name, outcome.replications as usize, known)
    };
    let decided = outcome.decided_by.and_then(|d| rule.targets.iter().position(|t| t.measure == d));
    let scenario = |m: usize| models[m].name.clone();
    let targets = names
        .iter()
        .zip(&outcome.met_from)
        .map(|((m, name), met_from)| PrecisionReached {
            scenario: scenario(*m),
            measure: (*name).to_owned(),
            relative_half_width: last(*m, name, known.as_deref()).relative_half_width(),
            met_from: *met_from,
        })
        .collect();
    // A half-width falls with the root of the number.
    let taken = |(m, name): &(usize, &str)| {
        let excess = last(*m, name, None).relative_half_width() / precision.relative;
        (f64::from(outcome.replications) * excess * excess).ceil()
    };
    let without = || names.iter().map(taken).fold(f64::from(outcome.replications), f64::max);
    let without_controls = (known.is_some() && outcome.met).then(without);
    let reached = Reached {
        without_controls: without_controls.filter(|n| n.is_finite()).map(|n| n as u32),
        relative: precision.relative,
        floor: rule.floor,
        cap: rule.cap,
        replications: outcome.replications,
        rounds: outcome.rounds,
        met: outcome.met,
        decided_by: decided
            .map(|i| Decider { scenario: scenario(names[i].0), measure: names[i].1.to_owned() }),
        targets,
    };
    Ok((all, Some(reached)))
}

/// The estimate of a whole-scenario measure of the `m`th scenario from the first `n` replications: controlled where the expected
/// arrivals are given and it gains.
fn first(
    all: &[Replicated],
    m: usize,
    name: &str,
    n: usize,
    known: Option<&[Result<f64, String>]>,
) -> Estimate {
    let results = &all[m];
    let key = Key { section: Section::Whole, name: name.to_owned() };
    let Some(position) = results.position(&key) else { return Estimate::undefined() };
    let values = controls::first_values(results, position, n);
    let control = known.and_then(|expected| controls::shared(expected, all, n).ok());
    match control.filter(|control| controls::gains(all, &key, control, n)) {
        Some(control) => controls::controlled(&values, key.range(), &control, results.confidence),
        None => estimate_of(&values, key.range(), results.confidence),
    }
}

impl Reached {
    /// One line: how many, and what decided.
    pub fn line(&self, several: bool) -> String {
        let percent = |x: f64| format!("{} %", (x * 1e4).round() / 100.0);
        let name = |d: &Decider| {
            if several { format!("{} of {}", d.measure, d.scenario) } else { d.measure.clone() }
        };
        let decided = match (&self.decided_by, self.met) {
            (Some(d), true) => {
                let from = self.of(d).and_then(|t| t.met_from).unwrap_or(self.replications);
                format!(
                    "all half-widths are within {}; {} decided, met from {from} on",
                    percent(self.relative),
                    name(d)
                )
            }
            (Some(d), false) => {
                let half = self.of(d).map(|t| t.relative_half_width).filter(|h| h.is_finite());
                format!(
                    "the cap was reached before all half-widths were within {}; {}",
                    percent(self.relative),
                    match half {
                        Some(half) => format!("{} is farthest, at {}", name(d), percent(half)),
                        None => format!(
                            "{} is 0 or has no value, so that its interval has no share of it",
                            name(d)
                        ),
                    }
                )
            }
            (None, _) => "no measure was named".to_owned(),
        };
        let s = if self.rounds == 1 { "" } else { "s" };
        format!("Replications: {} in {} round{s}: {decided}.", self.replications, self.rounds)
    }

    fn of(&self, d: &Decider) -> Option<&PrecisionReached> {
        self.targets.iter().find(|t| t.scenario == d.scenario && t.measure == d.measure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Unwatched, replicate_range};
    use poolwise_engine::model::{Model, Pool};
    use poolwise_engine::random::Sampler;

    fn model() -> Model {
        let mut m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1); 4]);
        m.run.replications = 3;
        m.run.horizon = 2.0 * poolwise_engine::time::WEEK;
        m
    }

    fn precision(relative: f64, cap: u32) -> Precision {
        let measures = vec!["arrivals_per_hour".to_owned(), "wait_mean_hours".to_owned()];
        Precision { relative, measures, max_replications: cap, round: 5 }
    }

    #[test]
    fn the_slowest_measure_decides_and_the_results_are_those_of_a_fixed_run() {
        let m = model();
        let run = |threads| {
            let settings = Settings { threads: Some(threads), ..Settings::default() };
            until_precise(&[&m], &precision(0.03, 300), &settings, &Unwatched, &|_| {}).unwrap()
        };
        let ((one, reached), (two, again)) = (run(1), run(2));
        assert_eq!(reached, again);
        let reached = reached.unwrap();
        assert!(reached.met && reached.rounds > 1, "{reached:?}");
        assert_eq!(reached.decided_by.as_ref().unwrap().measure, "wait_mean_hours");
        assert!(reached.targets.iter().all(|t| t.relative_half_width <= 0.03), "{reached:?}");
        let fixed = replicate_range(&m, 0..reached.replications, &Settings::default(), &Unwatched).unwrap();
        // In words, as undefined values are not equal to themselves.
        let words = |r: &Replicated| format!("{:?}", r.values);
        assert_eq!(words(&one[0]), words(&fixed));
        assert_eq!(words(&two[0]), words(&fixed));
        assert_eq!(one[0].merged.course(), fixed.merged.course());
        assert!(reached.line(false).contains("wait_mean_hours decided"), "{}", reached.line(false));
    }

    #[test]
    fn the_cap_ends_it_and_scenarios_go_on_together() {
        let (a, mut b) = (model(), model());
        b.name = "other".into();
        b.centres[0].speed = vec![1.3];
        let models = [&a, &b];
        let settings = Settings::default();
        let (all, reached) =
            until_precise(&models, &precision(1e-4, 12), &settings, &Unwatched, &|_| {}).unwrap();
        let reached = reached.unwrap();
        assert!(!reached.met && reached.replications == 12);
        assert!(all.iter().all(|r| r.replications() == 12 && r.planned == 12));
        assert_eq!(reached.targets.len(), 4);
        assert!(reached.line(true).contains("cap was reached"), "{}", reached.line(true));
    }
}
