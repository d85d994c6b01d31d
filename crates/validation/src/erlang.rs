//! M/M/c and its kin: loss, delay, patience, finite room, small and large.

use super::bench::{Bench, check, known, minutes, percent, seconds};
use super::{CaseGroup, Check, Known, KnownModel};
use poolwise_math::ln;
use poolwise_theory::{SteadyState, abandonment, erlang, finite, staffing};

const GROUP: CaseGroup = CaseGroup::Erlang;

pub(super) const CASES: &[KnownModel] = &[
    KnownModel { group: GROUP, name: "M/M/10/10 at 8 erlangs", source: "Erlang B; Erlang 1917", run: loss },
    KnownModel {
        group: GROUP,
        name: "M/M/1000/1000 at 1,000 erlangs",
        source: "Erlang B; Erlang 1917",
        run: large_loss,
    },
    KnownModel {
        group: GROUP,
        name: "M/M/1 at load 0.8",
        source: "Gross et al. 2008, section 2.2",
        run: mm1,
    },
    KnownModel { group: GROUP, name: "M/M/8 at load 0.9", source: "Erlang C; Erlang 1917", run: mm8 },
    KnownModel {
        group: GROUP,
        name: "M/M/200 at load 0.95",
        source: "Erlang C; Halfin and Whitt 1981",
        run: large_delay,
    },
    KnownModel {
        group: GROUP,
        name: "M/M/50+M at load 0.96",
        source: "Erlang A; Garnett, Mandelbaum and Reiman 2002",
        run: patience,
    },
    KnownModel {
        group: GROUP,
        name: "M/M/1000+M at load 1",
        source: "Erlang A; Garnett, Mandelbaum and Reiman 2002",
        run: large_patience,
    },
    KnownModel {
        group: GROUP,
        name: "M/M/3/9 at load 1",
        source: "Gross et al. 2008, section 2.5",
        run: finite_room,
    },
];

fn loss(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("loss.toml", &["run.horizon=13 weeks"])?;
    let a = known(erlang::loss(10, 8.0, 1.0))?;
    Ok(vec![
        percent("turned away", a.p_lost, r.exit("blocked", "share")),
        check("mean in service", "", a.busy_mean, r.desk("busy_mean")),
    ])
}

fn large_loss(bench: &Bench) -> Result<Vec<Check>, String> {
    let sets = [
        "class.customer.rate=1000 per hour",
        "stage.service.service.time.exponential=1 h",
        "centre.desk.levels.officers=1000",
        "run.horizon=1 week",
        "run.replications=20",
    ];
    let r = bench.simulate("loss.toml", &sets)?;
    let a = known(erlang::loss(1_000, 1_000.0, 1.0))?;
    Ok(vec![
        percent("turned away", a.p_lost, r.exit("blocked", "share")).narrow(0.15),
        check("mean in service", "", a.busy_mean, r.desk("busy_mean")),
    ])
}

fn mm1(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("mm1.toml", &["run.replications=32", "run.horizon=13 weeks"])?;
    let a = known(erlang::mmc(1, 48.0, 60.0))?;
    // The time in the system is exponential with mean 1 / (mu - lambda) = 5 min.
    Ok(vec![
        minutes("mean wait", 60.0 * a.wait_mean, r.whole("wait_mean_hours")),
        minutes("mean time in system", 5.0, r.whole("time_to_completion_mean_hours")),
        minutes("95th percentile in system", 5.0 * ln(20.0_f64), r.whole("time_to_completion_p95_hours")),
        percent("share that waits", a.p_wait, r.desk("p_wait")),
        percent("utilization", 0.8, r.desk("utilization")),
        check("mean queue", "", a.queue_mean, r.desk("queue_mean")),
    ])
}

fn mm8(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("mm8.toml", &["run.replications=32", "run.horizon=26 weeks"])?;
    let a = known(erlang::mmc(8, 43.2, 6.0))?;
    // P(wait > t) = C exp(-(c mu - lambda) t) is 0.05 at this t, in hours.
    let p95 = ln(a.p_wait / 0.05) / (48.0 - 43.2);
    Ok(vec![
        percent("share that waits", a.p_wait, r.desk("p_wait")),
        minutes("mean wait", 60.0 * a.wait_mean, r.desk("wait_mean_hours")).narrow(0.06),
        minutes("95th percentile of the wait", 60.0 * p95, r.desk("wait_p95_hours")).narrow(0.06),
        check("mean queue", "", a.queue_mean, r.desk("queue_mean")).narrow(0.06),
    ])
}

fn large_delay(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("mmc-large.toml", &[])?;
    let a = known(erlang::mmc(200, 570.0, 3.0))?;
    let limit = staffing::halfin_whitt(10.0 / 190.0_f64.sqrt());
    Ok(vec![
        percent("share that waits", a.p_wait, r.desk("p_wait")).narrow(0.1),
        seconds("mean wait", 3_600.0 * a.wait_mean, r.desk("wait_mean_hours")).narrow(0.3),
        check("mean in service", "", a.busy_mean, r.desk("busy_mean")),
        percent("share that waits, in the limit of many servers", limit, r.desk("p_wait"))
            .known(Known::Approximate)
            .within(2.0)
            .narrow(0.1),
    ])
}

/// Abandonment share and waits of M/M/c+M; the mean wait of all is the mean queue over the arrival rate.
fn erlang_a(a: &SteadyState, r: &super::bench::CaseResults, rate: f64) -> Vec<Check> {
    let all = super::bench::scaled(r.desk("queue_mean"), 3_600.0 / rate);
    vec![
        percent("abandon", a.p_lost, r.whole("lost_share")),
        check("mean wait of all", "s", 3_600.0 * a.wait_mean, all),
        seconds("mean wait of the served", 3_600.0 * a.wait_mean_served, r.desk("wait_mean_hours")),
        check("mean in service", "", a.busy_mean, r.desk("busy_mean")),
    ]
}

fn patience(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("mmc-patience.toml", &["run.replications=16"])?;
    let a = known(abandonment::mmc_m(50, 2_880.0, 60.0, 30.0))?;
    let mut checks: Vec<Check> = erlang_a(&a, &r, 2_880.0).into_iter().map(|c| c.narrow(0.05)).collect();
    let published = |what: &str, unit, printed: f64, exact: f64| {
        Check::value(what, unit, Known::Published, printed, exact).within(0.005)
    };
    checks.push(published("abandon, formula against print", "%", 3.09, 100.0 * a.p_lost));
    checks.push(published("mean wait, formula against print", "s", 3.71, 3_600.0 * a.wait_mean));
    Ok(checks)
}

fn large_patience(bench: &Bench) -> Result<Vec<Check>, String> {
    let sets = [
        "class.call.rate=1000 per hour",
        "class.call.deadline.after.exponential=2 h",
        "stage.service.service.time.exponential=1 h",
        "centre.desk.levels.officers=1000",
        "run.warm_up=1 week",
        "run.replications=20",
    ];
    let r = bench.simulate("mmc-patience.toml", &sets)?;
    let a = known(abandonment::mmc_m(1_000, 1_000.0, 1.0, 0.5))?;
    Ok(erlang_a(&a, &r, 1_000.0).into_iter().map(|c| c.narrow(0.3)).collect())
}

fn finite_room(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("mmck.toml", &["run.horizon=26 weeks"])?;
    let a = known(finite::mmck(3, 9, 18.0, 6.0))?;
    Ok(vec![
        percent("turned away", a.p_lost, r.exit("turned-away", "share")),
        minutes("mean wait of those who enter", 60.0 * a.wait_mean, r.desk("wait_mean_hours")),
        check("mean queue", "", a.queue_mean, r.desk("queue_mean")),
        Check::value("turned away, formula against hand", "%", Known::Hand, 11.25, 100.0 * a.p_lost),
    ])
}
