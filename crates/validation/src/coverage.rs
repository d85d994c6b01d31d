//! How often the program's 95 % intervals hold the truth: many independent experiments of two to ten
//! replications each, on models whose long-run answers are known. A week of warm-up is dozens of relaxation
//! times of each, so that the empty start leaves no trace.

use super::bench::{Bench, known};
use super::{CaseGroup, Check, Finding, Known, KnownModel, varying};
use poolwise_engine::model::Model;
use poolwise_math::beta_quantile;
use poolwise_stats::Estimate;
use poolwise_study::measures::{Key, Section};
use poolwise_study::parallel;
use poolwise_study::summarise::estimate;
use poolwise_study::{Settings, Unwatched, replicate_range};
use poolwise_theory::{abandonment, erlang};

const GROUP: CaseGroup = CaseGroup::Coverage;

pub(super) const CASES: &[KnownModel] = &[
    KnownModel {
        group: GROUP,
        name: "Intervals of M/M/1 at load 0.5",
        source: "2,000 experiments of 10 replications of 8 weeks",
        run: mm1,
    },
    KnownModel {
        group: GROUP,
        name: "Intervals of M/M/8+M at load 1",
        source: "2,000 experiments of 10 replications of 2 weeks",
        run: patience,
    },
    KnownModel {
        group: GROUP,
        name: "Intervals of M(t)/M/s(t)+M, three shifts",
        source: "2,000 experiments of 10 replications of 1 week",
        run: three_shifts,
    },
    KnownModel {
        group: GROUP,
        name: "Intervals near their bounds, 2 replications",
        source: "M/M/8+M at load 0.5: 2,000 experiments of 2 replications of 1 week",
        run: |b| near_bounds(b, 2),
    },
    KnownModel {
        group: GROUP,
        name: "Intervals near their bounds, 5 replications",
        source: "M/M/8+M at load 0.5: 2,000 experiments of 5 replications of 1 week",
        run: |b| near_bounds(b, 5),
    },
    KnownModel {
        group: GROUP,
        name: "Intervals near their bounds, 10 replications",
        source: "M/M/8+M at load 0.5: 2,000 experiments of 10 replications of 1 week",
        run: |b| near_bounds(b, 10),
    },
    KnownModel {
        group: GROUP,
        name: "Backlog at the end, 2 replications",
        source: "M/M/1 at load 0.7, geometric: 2,000 experiments of 2 replications of 8 weeks, and of 1 week",
        run: |b| backlog(b, 2),
    },
    KnownModel {
        group: GROUP,
        name: "Backlog at the end, 5 replications",
        source: "M/M/1 at load 0.7, geometric: 2,000 experiments of 5 replications of 8 weeks, and of 1 week",
        run: |b| backlog(b, 5),
    },
    KnownModel {
        group: GROUP,
        name: "Backlog at the end, 10 replications",
        source: "M/M/1 at load 0.7, geometric: 2,000 experiments of 10 replications of 8 weeks, and of 1 week",
        run: |b| backlog(b, 10),
    },
];

/// Independent experiments for each model.
pub(super) const EXPERIMENTS: u32 = 2_000;
/// Replications of an experiment.
const REPLICATIONS: u32 = 10;
/// Nominal confidence.
const NOMINAL: f64 = 0.95;
/// How far the share of intervals that hold the truth may be from the nominal.
const ALLOWED: f64 = 0.015;

/// Where an interval may hold the truth more often than stated, but hardly less: expected, and allowed, per cent.
const WIDE: (f64, f64) = (96.0, 4.0);

pub(super) fn desk(name: &str) -> Key {
    Key { section: Section::Centre("desk".to_owned(), "all".to_owned()), name: name.to_owned() }
}

pub(super) fn whole(name: &str) -> Key {
    Key { section: Section::Whole, name: name.to_owned() }
}

/// A measure with its truth, and what to call it.
type Truth<'t> = (&'t str, Key, f64);

/// A line for each measure with its truth: the share of experiments whose interval holds it.
fn coverage(bench: &Bench, model: &Model, truths: &[Truth]) -> Result<Vec<Check>, String> {
    held(bench, model, truths, REPLICATIONS, (100.0 * NOMINAL, 100.0 * ALLOWED))
}

/// The same for so many replications an experiment, with what is expected and how far off it may be, in per cent.
fn held(
    bench: &Bench,
    model: &Model,
    truths: &[Truth],
    replications: u32,
    expected: (f64, f64),
) -> Result<Vec<Check>, String> {
    let settings = Settings { threads: Some(1), confidence: NOMINAL, ..Settings::default() };
    let experiments = parallel::all(EXPERIMENTS as usize, bench.threads, |e| {
        let e = e as u32;
        let range = e * replications..(e + 1) * replications;
        let results = replicate_range(model, range, &settings, &Unwatched).map_err(|e| e.to_string())?;
        let holds = |(_, key, truth): &Truth| {
            let at = results.position(key).ok_or_else(|| format!("no measure {key:?}"))?;
            Ok(estimate(&results, at, results.confidence).covers(*truth))
        };
        truths.iter().map(holds).collect::<Result<Vec<bool>, String>>()
    });
    let experiments = experiments.into_iter().collect::<Result<Vec<_>, String>>()?;
    let held = |i: usize| experiments.iter().filter(|e| e[i]).count() as u32;
    Ok(truths.iter().enumerate().map(|(i, (what, ..))| share_held(what, held(i), expected)).collect())
}

/// The line of a measure whose intervals held the truth in so many experiments.
pub(super) fn share_held(what: &str, held: u32, expected: (f64, f64)) -> Check {
    Check {
        what: what.to_owned(),
        unit: "%",
        known: Known::Exact,
        expected: expected.0,
        tolerance: expected.1,
        found: Finding::Point(binomial(held, EXPERIMENTS)),
        narrow: 0.0,
    }
}

/// A share with its 95 % interval (Clopper and Pearson 1934), in per cent.
fn binomial(held: u32, of: u32) -> Estimate {
    let (k, n) = (f64::from(held), f64::from(of));
    let tail = 0.025;
    let lower = if held == 0 { 0.0 } else { beta_quantile(k, n - k + 1.0, tail) };
    let upper = if held == of { 1.0 } else { beta_quantile(k + 1.0, n - k, 1.0 - tail) };
    Estimate { estimate: 100.0 * k / n, lower: 100.0 * lower, upper: 100.0 * upper, replications: of }
}

fn mm1(bench: &Bench) -> Result<Vec<Check>, String> {
    let sets = [
        "class.customer.rate=1 per hour",
        "stage.service.service.time.exponential=30 min",
        "run.horizon=8 weeks",
        "run.seed=1001",
    ];
    let model = bench.model("mm1.toml", &sets)?;
    let a = known(erlang::mmc(1, 1.0, 2.0))?;
    coverage(
        bench,
        &model,
        &[
            ("mean wait: a ratio of sums", whole("wait_mean_hours"), a.wait_mean),
            ("utilization: a ratio to a constant", desk("utilization"), a.busy_mean),
            ("share that waits: a ratio of counts", desk("p_wait"), a.p_wait),
        ],
    )
}

fn patience(bench: &Bench) -> Result<Vec<Check>, String> {
    let sets = [
        "class.call.rate=8 per hour",
        "class.call.deadline.after.exponential=2 h",
        "stage.service.service.time.exponential=1 h",
        "centre.desk.levels.officers=8",
        "run.warm_up=1 week",
        "run.horizon=2 weeks",
        "run.seed=1002",
    ];
    let model = bench.model("mmc-patience.toml", &sets)?;
    let a = known(abandonment::mmc_m(8, 8.0, 1.0, 0.5))?;
    coverage(
        bench,
        &model,
        &[
            ("abandonment: a ratio of counts", whole("lost_share"), a.p_lost),
            ("mean wait of the served: a ratio of sums", desk("wait_mean_hours"), a.wait_mean_served),
        ],
    )
}

/// Few are lost, few wait, and often nobody is there: near a bound an interval must be longer rather than too
/// short, so that it may hold the truth in more than 95 %, but in no less than 92 %.
fn near_bounds(bench: &Bench, replications: u32) -> Result<Vec<Check>, String> {
    let sets = [
        "class.call.rate=4 per hour",
        "class.call.deadline.after.exponential=2 h",
        "stage.service.service.time.exponential=1 h",
        "centre.desk.levels.officers=8",
        "run.warm_up=1 week",
        "run.horizon=1 week",
        "run.seed=1004",
    ];
    let model = bench.model("mmc-patience.toml", &sets)?;
    let a = known(abandonment::mmc_m(8, 4.0, 1.0, 0.5))?;
    let exit = |exit: &str| Key { section: Section::Exit(exit.to_owned()), name: "share".to_owned() };
    let truths = [
        ("abandonment: a share near 0", whole("lost_share"), a.p_lost),
        ("served: a share near 1", exit("served"), 1.0 - a.p_lost),
        ("share of the served that waits", desk("p_wait"), (a.p_wait - a.p_lost) / (1.0 - a.p_lost)),
        ("mean queue: near 0, skewed", desk("queue_mean"), a.queue_mean),
        ("mean wait of the served: near 0, skewed", desk("wait_mean_hours"), a.wait_mean_served),
        ("backlog at the end: a number", whole("backlog_at_end"), a.queue_mean + a.busy_mean),
    ];
    held(bench, &model, &truths, replications, WIDE)
}

/// A number at one instant that is none in three of ten and far above its mean now and then: with the spread from week to
/// week, and from day to day where the window is short.
fn backlog(bench: &Bench, replications: u32) -> Result<Vec<Check>, String> {
    let a = known(erlang::mmc(1, 1.4, 2.0))?;
    let truth = a.queue_mean + a.busy_mean;
    let mut checks = Vec::new();
    for (horizon, what) in [("8 weeks", "backlog after 8 weeks"), ("1 week", "backlog after 1 week")] {
        let horizon = format!("run.horizon={horizon}");
        let sets = [
            "class.customer.rate=1.4 per hour",
            "stage.service.service.time.exponential=30 min",
            "run.warm_up=1 week",
            &horizon,
            "run.seed=1005",
        ];
        let model = bench.model("mm1.toml", &sets)?;
        checks.extend(held(bench, &model, &[(what, whole("backlog_at_end"), truth)], replications, WIDE)?);
    }
    Ok(checks)
}

fn three_shifts(bench: &Bench) -> Result<Vec<Check>, String> {
    let model = bench.model("mt-staffing.toml", &["run.horizon=1 week", "run.seed=1003"])?;
    let path = varying::solution(&model)?;
    let above = path.periods.iter().map(|p| p.above_level).sum::<f64>() / path.periods.len() as f64;
    let on_duty = varying::mean_level(&model)?;
    coverage(
        bench,
        &model,
        &[
            ("abandonment, rates and officers changing", whole("lost_share"), path.overall.p_lost),
            (
                "utilization, rates and officers changing",
                desk("utilization"),
                (path.overall.busy_mean - above) / on_duty,
            ),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binomial_intervals() {
        // 5 of 10: 18.71 to 81.29 % (Clopper and Pearson 1934, chart; tables).
        let e = binomial(5, 10);
        assert!((e.lower - 18.708_6).abs() < 1e-3 && (e.upper - 81.291_4).abs() < 1e-3, "{e:?}");
        assert_eq!((binomial(0, 10).lower, binomial(10, 10).upper), (0.0, 100.0));
        assert!((binomial(0, 10).upper - 30.849_7).abs() < 1e-3);
    }
}
