//! Services that are not exponential, and priorities.

use super::bench::{Bench, check, known, minutes, percent};
use super::{CaseGroup, Check, Known, KnownModel};
use poolwise_theory::{deterministic, erlang, general, priority};

const GROUP: CaseGroup = CaseGroup::General;

pub(super) const CASES: &[KnownModel] = &[
    KnownModel {
        group: GROUP,
        name: "M/D/1 at load 0.8",
        source: "Pollaczek 1930, Khinchine 1932",
        run: md1,
    },
    KnownModel {
        group: GROUP,
        name: "M/G/1 at load 0.7",
        source: "Pollaczek 1930, Khinchine 1932",
        run: mg1,
    },
    KnownModel { group: GROUP, name: "M/D/8 at load 0.9", source: "Crommelin 1932, Franx 2001", run: md8 },
    KnownModel {
        group: GROUP,
        name: "M/G/8 at load 0.9",
        source: "Allen and Cunneen (Allen 1990): an approximation",
        run: mg8,
    },
    KnownModel { group: GROUP, name: "M/G/1, two priorities", source: "Cobham 1954", run: priorities },
    KnownModel {
        group: GROUP,
        name: "M/M/4, three priorities",
        source: "Cobham 1954; Kella and Yechiali 1985",
        run: several_servers,
    },
];

fn md1(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("md1.toml", &["run.replications=32", "run.horizon=13 weeks"])?;
    let a = known(general::mg1(48.0, 1.0 / 60.0, 0.0))?;
    let crommelin = known(deterministic::mdc(1, 48.0, 1.0 / 60.0))?;
    Ok(vec![
        minutes("mean wait", 60.0 * a.wait_mean, r.whole("wait_mean_hours")),
        percent("share that waits", a.p_wait, r.desk("p_wait")),
        Check::value(
            "mean wait, M/G/1 against M/D/c",
            "min",
            Known::Exact,
            60.0 * a.wait_mean,
            60.0 * crommelin.wait_mean,
        ),
    ])
}

fn mg1(bench: &Bench) -> Result<Vec<Check>, String> {
    let mut checks = Vec::new();
    for (what, time, cv) in [
        ("lognormal, CV 1.5", "{ lognormal = { mean = \"1 min\", cv = 1.5 } }", 1.5),
        ("gamma, CV 0.5", "{ gamma = { mean = \"1 min\", cv = 0.5 } }", 0.5),
        ("hyperexponential, CV 2", "{ hyperexponential = { mean = \"1 min\", cv = 2.0 } }", 2.0),
        ("Erlang of 4 phases", "{ erlang = { shape = 4, mean = \"1 min\" } }", 0.5),
    ] {
        let set = format!("stage.service.service.time={time}");
        let r = bench.simulate("mg1.toml", &[&set, "run.replications=32", "run.horizon=13 weeks"])?;
        let a = known(general::mg1(42.0, 1.0 / 60.0, cv))?;
        let wait = r.whole("wait_mean_hours");
        checks.push(minutes(format!("mean wait, {what}"), 60.0 * a.wait_mean, wait).narrow(0.06));
    }
    Ok(checks)
}

fn md8(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("md8.toml", &["run.replications=32", "run.horizon=26 weeks"])?;
    let a = known(deterministic::mdc(8, 43.2, 1.0 / 6.0))?;
    Ok(vec![
        percent("share that waits", a.p_wait, r.desk("p_wait")),
        minutes("mean wait", 60.0 * a.wait_mean, r.desk("wait_mean_hours")).narrow(0.06),
        check("mean queue", "", a.queue_mean, r.desk("queue_mean")).narrow(0.06),
    ])
}

fn mg8(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("mg8.toml", &["run.replications=32", "run.horizon=26 weeks"])?;
    let a = known(general::allen_cunneen(8, 43.2, 1.0, 1.0 / 6.0, 1.5))?;
    let exponential = known(erlang::mmc(8, 43.2, 6.0))?;
    let expected = 60.0 * a.wait_mean;
    // The approximation leaves the share that waits at that of M/M/c.
    Ok(vec![
        minutes("mean wait", expected, r.desk("wait_mean_hours"))
            .known(Known::Approximate)
            .within(0.1 * expected)
            .narrow(0.1),
        percent("share that waits", exponential.p_wait, r.desk("p_wait"))
            .known(Known::Approximate)
            .within(3.0),
    ])
}

fn priorities(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("priorities.toml", &["run.replications=32", "run.horizon=13 weeks"])?;
    let class = |arrivals, service_mean| priority::PriorityClass { arrivals, service_mean, service_cv: 1.0 };
    let w = known(priority::mg1(&[class(36.0 / 60.0, 0.5), class(15.0 / 60.0, 2.0)]))?;
    Ok(vec![
        minutes("mean wait of the urgent", w[0], r.class("urgent", "wait_mean_hours")),
        minutes("mean wait of the routine", w[1], r.class("routine", "wait_mean_hours")).narrow(0.06),
    ])
}

fn several_servers(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("mmc-priorities.toml", &["run.horizon=13 weeks"])?;
    let w = known(priority::mmc(4, &[14.0; 3], 12.0))?;
    let check = |i: usize, class: &str| {
        minutes(format!("mean wait of the {class} class"), 60.0 * w[i], r.class(class, "wait_mean_hours"))
    };
    Ok(vec![check(0, "first"), check(1, "second"), check(2, "third").narrow(0.1)])
}
