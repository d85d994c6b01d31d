//! How often 95 % intervals hold the truth by the number of replications that they are of: six models, each with the measure that a
//! planner would look at.

use super::bench::{Bench, known};
use super::coverage::{desk, held, whole};
use super::{CaseGroup, Check, KnownModel, varying};
use poolwise_study::measures::{Key, Section};
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

fn by_replications(bench: &Bench) -> Result<Vec<Check>, String> {
    let mut checks = Vec::new();
    let mut add = |file: &str, seed: u32, sets: &[&str], what: &str, key: Key, truth: f64| {
        let seed = format!("run.seed={seed}");
        let sets: Vec<&str> =
            ["run.horizon=1 week", "run.warm_up=1 week", &seed].iter().chain(sets).copied().collect();
        let model = bench.model(file, &sets)?;
        for size in SIZES {
            let name = format!("{what}, {size} replications");
            checks.extend(held(bench, &model, &[(name.as_str(), key.clone(), truth)], size, EXPECTED)?);
        }
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
