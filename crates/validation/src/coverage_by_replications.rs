//! How often 95 % intervals hold the truth by the number of replications that they are of: six models, each with the measure that a
//! planner would look at. From ten replications on the same with controls, and how far off the controlled estimates are in the mean.

use super::bench::{Bench, known};
use super::coverage::{EXPERIMENTS, desk, share_held, whole};
use super::{CaseGroup, Check, Finding, Known, KnownModel, varying};
use poolwise_engine::model::Model;
use poolwise_stats::Estimate;
use poolwise_study::controls::control_together;
use poolwise_study::measures::{Key, Section};
use poolwise_study::parallel;
use poolwise_study::summarise::estimate;
use poolwise_study::{Settings, Unwatched, replicate_range};
use poolwise_theory::{abandonment, erlang, finite, general};

pub(super) const CASES: &[KnownModel] = &[KnownModel {
    group: CaseGroup::Coverage,
    name: "Intervals by number of replications",
    source: "six models: 2,000 experiments each of 5, 10, 20 and 50 replications of a week (M/M/1: of 8 weeks), with controls and without",
    run: by_replications,
}];

/// Replications of an experiment.
const SIZES: [u32; 4] = [5, 10, 20, 50];
/// From how many on there are controls.
const CONTROLLED: u32 = 10;
/// The nominal confidence and how far off it the share may be, per cent.
const EXPECTED: (f64, f64) = (95.0, 1.5);

fn exit(exit: &str) -> Key {
    Key { section: Section::Exit(exit.to_owned()), name: "share".to_owned() }
}

/// Error of a controlled estimate in the mean, as a share of the mean half-width, that is allowed.
const BIAS: f64 = 0.1;

/// What an experiment gave: whether the interval holds the truth, and the same of the controlled one with its error and half-width.
#[derive(Clone, Copy, Default)]
struct Experiment {
    plain: bool,
    controlled: bool,
    error: f64,
    half_width: f64,
}

/// Lines for each size: without controls, and from ten replications on with them. An experiment of fewer replications is the first of
/// those of the largest.
fn held_by_size(
    bench: &Bench,
    model: &Model,
    what: &str,
    key: &Key,
    truth: f64,
) -> Result<Vec<Check>, String> {
    let settings = Settings { threads: Some(1), confidence: EXPECTED.0 / 100.0, ..Settings::default() };
    let most = SIZES[SIZES.len() - 1];
    let experiments = parallel::all(EXPERIMENTS as usize, bench.threads, |e| {
        let range = e as u32 * most..(e as u32 + 1) * most;
        let mut results = replicate_range(model, range, &settings, &Unwatched).map_err(|e| e.to_string())?;
        let at = results.position(key).ok_or_else(|| format!("no measure {key:?}"))?;
        let mut found = SIZES.map(|_| Experiment::default());
        for (found, size) in found.iter_mut().zip(SIZES).rev() {
            results.values.truncate(size as usize);
            results.controls = None;
            let plain = estimate(&results, at, results.confidence);
            control_together(&[model], std::slice::from_mut(&mut results));
            let controlled = estimate(&results, at, results.confidence);
            *found = Experiment {
                plain: plain.covers(truth),
                controlled: controlled.covers(truth),
                error: controlled.estimate - truth,
                half_width: controlled.half_width(),
            };
        }
        Ok::<_, String>(found)
    });
    let experiments = experiments.into_iter().collect::<Result<Vec<_>, String>>()?;
    let held =
        |i: usize, of: fn(&Experiment) -> bool| experiments.iter().filter(|e| of(&e[i])).count() as u32;
    let mut checks = Vec::new();
    for (i, size) in SIZES.iter().enumerate() {
        let name = format!("{what}, {size} replications");
        checks.push(share_held(&name, held(i, |e| e.plain), EXPECTED));
        if *size >= CONTROLLED {
            let name = format!("{name}, controls");
            checks.push(share_held(&name, held(i, |e| e.controlled), EXPECTED));
            checks.push(bias(&name, &experiments.iter().map(|e| e[i]).collect::<Vec<_>>()));
        }
    }
    Ok(checks)
}

/// The mean error of controlled estimates, as a share of their mean half-width.
fn bias(what: &str, experiments: &[Experiment]) -> Check {
    let mean = |of: fn(&Experiment) -> f64| {
        experiments.iter().map(of).sum::<f64>() / experiments.len().max(1) as f64
    };
    let half_width = mean(|e| e.half_width);
    let shares: Vec<f64> = experiments.iter().map(|e| e.error / half_width).collect();
    Check {
        what: format!("{what}: error by half-width"),
        unit: "",
        known: Known::Exact,
        expected: 0.0,
        tolerance: BIAS,
        found: Finding::Point(Estimate::mean(&shares, EXPECTED.0 / 100.0)),
        narrow: 0.0,
    }
}

fn by_replications(bench: &Bench) -> Result<Vec<Check>, String> {
    let mut checks = Vec::new();
    let mut add = |file: &str, seed: u32, sets: &[&str], what: &str, key: Key, truth: f64| {
        let seed = format!("run.seed={seed}");
        let sets: Vec<&str> =
            ["run.horizon=1 week", "run.warm_up=1 week", &seed].iter().chain(sets).copied().collect();
        let model = bench.model(file, &sets)?;
        checks.extend(held_by_size(bench, &model, what, &key, truth)?);
        Ok::<_, String>(())
    };
    let hourly = "class.customer.rate=1 per hour";
    let half_hours = "stage.service.service.time.exponential=30 min";
    let wait = known(erlang::mmc(1, 1.0, 2.0))?.wait_mean;
    let name = "M/M/1 at load 0.5: mean wait";
    add(
        "mm1.toml",
        1_101,
        &[hourly, half_hours, "run.horizon=8 weeks"],
        name,
        whole("wait_mean_hours"),
        wait,
    )?;
    let sets = ["class.customer.rate=8 per hour", "stage.service.service.time=5 min"];
    let wait = known(general::mg1(8.0, 1.0 / 12.0, 0.0))?.wait_mean;
    add("md1.toml", 1_102, &sets, "M/D/1 at load 0.67: mean wait", whole("wait_mean_hours"), wait)?;
    let blocked = known(erlang::loss(10, 8.0, 1.0))?.p_lost;
    let sets = ["class.customer.rate=8 per hour", "stage.service.service.time.exponential=1 h"];
    add("loss.toml", 1_103, &sets, "M/M/10/10, 8 erlangs: turned away", exit("blocked"), blocked)?;
    let queue = known(finite::mmck(3, 9, 6.0, 2.0))?.queue_mean;
    let sets = ["class.customer.rate=6 per hour", half_hours];
    add("mmck.toml", 1_104, &sets, "M/M/3/9 at load 1: mean queue", desk("queue_mean"), queue)?;
    let sets = [
        "class.call.rate=8 per hour",
        "class.call.deadline.after.exponential=2 h",
        "stage.service.service.time.exponential=1 h",
        "centre.desk.levels.officers=8",
    ];
    let lost = known(abandonment::mmc_m(8, 8.0, 1.0, 0.5))?.p_lost;
    add("mmc-patience.toml", 1_105, &sets, "M/M/8+M at load 1: abandonment", whole("lost_share"), lost)?;
    let lost = varying::solution(&bench.model("mt-staffing.toml", &["run.horizon=1 week"])?)?.overall.p_lost;
    add(
        "mt-staffing.toml",
        1_106,
        &[],
        "M(t)/M/s(t)+M, three shifts: abandonment",
        whole("lost_share"),
        lost,
    )?;
    Ok(checks)
}
