//! No interval of any measure goes beyond what is possible, and verdicts agree: over scenarios that are overloaded,
//! nearly idle, with and without losses, at few replications. Any scenario must hold; no chance is involved.

use poolwise_engine::model::Model;
use poolwise_scenario::{Library, Overrides, load_embedded};
use poolwise_study::measures::{PRIMARY, Section, more_is_better};
use poolwise_study::summarise::estimate;
use poolwise_study::summary::Verdict;
use poolwise_study::{Replicated, Settings, Unwatched, compare, replicate};

/// M/M/1, with patience.
const QUEUE: &str = r#"
[run]
horizon = "1 week"
replications = 4
target = "1 h"
[class.c]
rate = "12 per hour"
start = "s"
deadline = { after = { exponential = "1000 h" }, until = { start = "s" }, exit = "lost" }
[stage.s]
service = { role = "r", time = { exponential = "10 min" } }
next = "out"
[stage.out]
exit = true
[stage.lost]
exit = true
[centre.d]
levels = { officers = 1 }
"#;

/// The same queue under three names.
const QUEUES: &Library = &[("a.toml", QUEUE), ("b.toml", QUEUE), ("c.toml", QUEUE)];

fn model(name: &str, sets: &[String]) -> Model {
    let overrides = Overrides { sets: sets.to_vec(), ..Overrides::default() };
    load_embedded(QUEUES, name, &overrides).unwrap_or_else(|e| panic!("{}", e.render(false))).model
}

fn run(model: &Model) -> Replicated {
    replicate(model, &Settings { threads: Some(1), ..Settings::default() }, &Unwatched).expect("it runs")
}

#[test]
fn no_interval_goes_beyond_what_is_possible() {
    let mut looked = 0;
    for rate in ["0.01 per hour", "1 per hour", "5.7 per hour", "6 per hour", "12 per hour"] {
        for replications in [2, 3, 5] {
            let sets = [format!("class.c.rate={rate}"), format!("run.replications={replications}")];
            let results = run(&model("a.toml", &sets));
            for (at, key) in results.keys.iter().enumerate() {
                let e = estimate(&results, at, 0.999);
                let path = key.parts().join(".");
                if e.estimate.is_nan() {
                    continue;
                }
                let share = path.contains("share")
                    || ["utilization", "p_wait"].contains(&key.name.as_str())
                    || key.name.starts_with("done_within");
                let most = if share { 1.0 } else { f64::INFINITY };
                assert!(
                    0.0 <= e.lower && e.lower <= e.estimate && e.estimate <= e.upper && e.upper <= most,
                    "{path} at {rate}, {replications} replications: {e:?}"
                );
                looked += 1;
            }
        }
    }
    assert!(looked > 500, "{looked}");
}

#[test]
fn the_best_and_the_verdicts_agree_and_differences_of_shares_are_possible() {
    let mut open = 0;
    for (seed, rates) in [(1, ["5", "5.2", "5.4"]), (2, ["5", "9", "12"]), (3, ["5", "5", "5.01"])] {
        let models: Vec<Model> = rates
            .iter()
            .enumerate()
            .map(|(i, rate)| {
                let name = ["a.toml", "b.toml", "c.toml"][i];
                model(name, &[format!("class.c.rate={rate} per hour"), format!("run.seed={seed}")])
            })
            .collect();
        let results: Vec<Replicated> = models.iter().map(run).collect();
        let models: Vec<&Model> = models.iter().collect();
        let found = compare(&models, &results, 0);
        for row in &found.rows {
            let share = row.measure.contains("share") || row.measure.starts_with("done_within");
            if share && row.difference.lower.is_finite() {
                assert!(-1.0 <= row.difference.lower && row.difference.upper <= 1.0, "{row:?}");
            }
        }
        for measure in PRIMARY {
            let best: Vec<_> = found.best.iter().filter(|b| b.measure == measure).collect();
            for row in found.rows.iter().filter(|r| r.measure == measure) {
                let of = |name: &str| best.iter().find(|b| b.scenario == name).expect("a scenario");
                let (option, base) = (of(&row.scenario), of(&found.baseline));
                let verdict = row.verdict.expect("a verdict");
                let better = if more_is_better(measure) { Verdict::More } else { Verdict::Less };
                assert!(!option.is_best || verdict == better);
                assert!(!(base.is_best || base.may_be_best) || verdict != better);
                assert!(!base.is_best || (verdict != better && verdict != Verdict::CannotTell));
                open += usize::from(verdict == Verdict::CannotTell);
            }
        }
    }
    assert!(open > 0, "some verdicts are open");
    let whole = |r: &Replicated| r.keys.iter().filter(|k| k.section == Section::Whole).count();
    assert!(whole(&run(&model("a.toml", &[]))) > 20);
}
