//! Pooling: where it helps, and where it hurts.

use super::bench::{Bench, check, known, minutes, percent, scaled, seconds};
use super::{CaseGroup, Check, Finding, Known, KnownModel};
use poolwise_stats::Estimate;
use poolwise_theory::{erlang, general};

const GROUP: CaseGroup = CaseGroup::Pooling;

pub(super) const CASES: &[KnownModel] = &[
    KnownModel {
        group: GROUP,
        name: "20 desks of 8 at load 0.9",
        source: "Erlang C; Smith and Whitt 1981",
        run: separate,
    },
    KnownModel {
        group: GROUP,
        name: "160 in one place at load 0.9",
        source: "Erlang C; Smith and Whitt 1981",
        run: pooled,
    },
    KnownModel {
        group: GROUP,
        name: "Short and long jobs, a server each",
        source: "Pollaczek-Khinchine; van Dijk and van der Sluis 2008",
        run: mixed_separate,
    },
    KnownModel {
        group: GROUP,
        name: "Short and long jobs pooled",
        source: "van Dijk and van der Sluis 2008; Kiefer and Wolfowitz 1955",
        run: mixed_pooled,
    },
];

fn separate(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("pooling-separate.toml", &["run.replications=16", "run.horizon=3 weeks"])?;
    let a = known(erlang::mmc(8, 43.2, 6.0))?;
    Ok(vec![minutes("mean wait", 60.0 * a.wait_mean, r.whole("wait_mean_hours")).narrow(0.1)])
}

fn pooled(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("pooling-pooled.toml", &["run.replications=24", "run.horizon=3 weeks"])?;
    let a = known(erlang::mmc(160, 864.0, 6.0))?;
    Ok(vec![
        percent("share that waits", a.p_wait, r.desk("p_wait")).narrow(0.15),
        seconds("mean wait", 3_600.0 * a.wait_mean, r.whole("wait_mean_hours")).narrow(0.2),
    ])
}

fn mixed_separate(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("mixed-separate.toml", &["run.replications=32", "run.horizon=13 weeks"])?;
    let short = known(general::mg1(50.0 / 60.0, 1.0, 0.0))?.wait_mean;
    let long = known(general::mg1(5.0 / 60.0, 10.0, 0.0))?.wait_mean;
    Ok(vec![
        minutes("mean wait of short jobs", short, r.class("short", "wait_mean_hours")),
        minutes("mean wait of long jobs", long, r.class("long", "wait_mean_hours")).narrow(0.1),
        minutes("mean wait of all", (50.0 * short + 5.0 * long) / 55.0, r.whole("wait_mean_hours"))
            .narrow(0.08),
    ])
}

fn mixed_pooled(bench: &Bench) -> Result<Vec<Check>, String> {
    let r = bench.simulate("mixed-pooled.toml", &["run.replications=32", "run.horizon=13 weeks"])?;
    let wait = scaled(r.whole("wait_mean_hours"), 60.0);
    // Mean 100/55 min, mean square 550/55 min^2.
    let mean: f64 = 100.0 / 55.0;
    let cv = (10.0 / (mean * mean) - 1.0).sqrt();
    let approximate = known(general::allen_cunneen(2, 55.0 / 60.0, 1.0, mean, cv))?;
    Ok(vec![
        // A separate program's recursion over 2 x 10^8 customers: 6.128 +- 0.020.
        check("mean wait", "min", 6.128, wait).within(0.020).narrow(0.06),
        check("mean wait, about 6.2 in print", "min", 6.2, wait)
            .known(Known::Published)
            .within(0.15)
            .narrow(0.06),
        check("mean wait by Allen and Cunneen", "min", approximate.wait_mean, wait)
            .known(Known::Approximate)
            .within(0.3)
            .narrow(0.06),
        longer_than_separate(wait),
    ])
}

/// Pooling hurts: the whole interval lies above 4.545 min. One or zero.
fn longer_than_separate(wait: Estimate) -> Check {
    let hurts = f64::from(u8::from(wait.lower > 50.0 / 11.0));
    Check {
        found: Finding::Value(hurts),
        ..Check::value("longer than separate (1 yes)", "", Known::Exact, 1.0, hurts)
    }
}
