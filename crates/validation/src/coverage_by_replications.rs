//! How often 95 % intervals hold the truth by the number of replications that they are of: six models, each with the measure that a
//! planner would look at.

use super::bench::{Bench, known};
use super::coverage::{EXPERIMENTS, desk, share_held, whole};
use super::{CaseGroup, Check, KnownModel, varying};
use poolwise_engine::model::Model;
use poolwise_study::measures::{Key, Section};
use poolwise_study::parallel;
use poolwise_study::summarise::estimate;
use poolwise_study::{Settings, Unwatched, replicate_range};
use poolwise_theory::{abandonment, erlang, finite, general};

pub(super) const CASES: &[KnownModel] = &[KnownModel {
    group: CaseGroup::Coverage,
    name: "Intervals by number of replications",
    source: "six models: 2,000 experiments each of 5, 10, 20 and 50 replications of a week (M/M/1: of 8 weeks)",
    run: by_replications,
}];

/// Replications of an experiment.
const SIZES: [u32; 4] = [5, 10, 20, 50];
/// The nominal confidence and how far off it the share may be, per cent.
const EXPECTED: (f64, f64) = (95.0, 1.5);

fn exit(exit: &str) -> Key {
    Key { section: Section::Exit(exit.to_owned()), name: "share".to_owned() }
}

/// A line for each size. An experiment of fewer replications is the first of those of the largest.
fn held_by_size(
    bench: &Bench,
    model: &Model,
    names: &[String],
    key: &Key,
    truth: f64,
) -> Result<Vec<Check>, String> {
    let settings = Settings { threads: Some(1), confidence: EXPECTED.0 / 100.0, ..Settings::default() };
    let most = SIZES[SIZES.len() - 1];
    let experiments = parallel::all(EXPERIMENTS as usize, bench.threads, |e| {
        let range = e as u32 * most..(e as u32 + 1) * most;
        let mut results = replicate_range(model, range, &settings, &Unwatched).map_err(|e| e.to_string())?;
        let at = results.position(key).ok_or_else(|| format!("no measure {key:?}"))?;
        let mut holds = SIZES.map(|_| false);
        for (holds, size) in holds.iter_mut().zip(SIZES).rev() {
            results.values.truncate(size as usize);
            *holds = estimate(&results, at, results.confidence).covers(truth);
        }
        Ok::<_, String>(holds)
    });
    let experiments = experiments.into_iter().collect::<Result<Vec<_>, String>>()?;
    let held = |i: usize| experiments.iter().filter(|holds| holds[i]).count() as u32;
    Ok(names.iter().enumerate().map(|(i, name)| share_held(name, held(i), EXPECTED)).collect())
}

fn by_replications(bench: &Bench) -> Result<Vec<Check>, String> {
    let mut checks = Vec::new();
    let mut add = |file: &str, seed: u32, sets: &[&str], what: &str, key: Key, truth: f64| {
        let seed = format!("run.seed={seed}");
        let sets: Vec<&str> =
            ["run.horizon=1 week", "run.warm_up=1 week", &seed].iter().chain(sets).copied().collect();
        let model = bench.model(file, &sets)?;
        let names = SIZES.map(|size| format!("{what}, {size} replications"));
        checks.extend(held_by_size(bench, &model, &names, &key, truth)?);
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
