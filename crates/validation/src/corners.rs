//! Ties, counters and edges: small scenarios on which simulators go wrong, each with the right answer.

use super::bench::{Bench, CaseResults, check, known, load, minutes};
use super::hand::{hours, left, once};
use super::{CaseGroup, Check, Known, KnownModel};
use poolwise_engine::time::HOUR;
use poolwise_engine::trace::TraceKind;
use poolwise_scenario::Library;
use poolwise_study::measures::Section;
use poolwise_study::summarise::estimate;
use poolwise_theory::erlang;

const GROUP: CaseGroup = CaseGroup::Corners;

pub(super) const CASES: &[KnownModel] = &[
    KnownModel {
        group: GROUP,
        name: "Two centres that relieve each other at one instant",
        source: "M/M/2, whichever table stands first (Erlang C)",
        run: follow_the_sun,
    },
    KnownModel {
        group: GROUP,
        name: "A case that ends at the stroke, by crews and levels",
        source: "by hand; the right output of r-simmer issue 64",
        run: stroke,
    },
    KnownModel {
        group: GROUP,
        name: "A loop gone through fifty times on average",
        source: "M/M/1 with feedback by chance: L = rho / (1 - rho)",
        run: loop_visits,
    },
    KnownModel {
        group: GROUP,
        name: "No interval beyond what is possible",
        source: "shares within 0 and 1, all others from 0 on",
        run: possible,
    },
    KnownModel { group: GROUP, name: "Counts by half hour", source: "the file itself", run: half_hours },
    KnownModel {
        group: GROUP,
        name: "Who of two idle officers takes it",
        source: "the rule itself, by hand",
        run: who_takes_it,
    },
    KnownModel {
        group: GROUP,
        name: "Overtime of the role that works it",
        source: "nobody asks for the other",
        run: overtime,
    },
];

macro_rules! corners {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../corners/", $name)))),*]
    };
}

/// The scenarios of the folder by name.
pub(super) const CORNERS: &Library = corners![
    "follow-the-sun.toml",
    "half-hours.csv",
    "half-hours.toml",
    "hand-over-desk.toml",
    "loop-visits.toml",
    "one-at-0-1.csv",
    "one-at-0.csv",
    "overloaded.toml",
    "overtime-of-roles.toml",
    "stroke-shift-end.toml",
    "three-at-0.csv",
    "treatment-centre.toml",
    "who-takes-it.toml",
];

fn follow_the_sun(bench: &Bench) -> Result<Vec<Check>, String> {
    let results = bench.simulate_model(&load(CORNERS, "follow-the-sun.toml", &["run.replications=16"])?)?;
    let exact = known(erlang::mmc(2, 10.0, 6.0))?;
    let wait = results.whole("wait_mean_hours");
    // The same requests, with the same draws, at one centre that never closes: nothing may be lost at the stroke.
    let one = ["run.replications=16", "centre.day={ levels = { officers = 2 } }", "route=[{ to = \"day\" }]"];
    let one = bench.simulate_model(&load(CORNERS, "follow-the-sun.toml", &one)?)?.whole("wait_mean_hours");
    let beyond = 60.0 * (wait.estimate - one.estimate);
    Ok(vec![
        minutes("mean wait", 60.0 * exact.wait_mean, wait).narrow(0.15),
        Check::value(
            "mean wait beyond that of one centre on the same requests",
            "min",
            Known::Exact,
            0.0,
            beyond,
        )
        .within(1e-6),
        check("officers busy", "", exact.busy_mean, results.whole("busy_mean")),
    ])
}

fn stroke(bench: &Bench) -> Result<Vec<Check>, String> {
    let level = "levels = { finish = \"by-officer\", steps = [[\"0 h\", 0], [\"5 h\", 1], [\"10 h\", 0], [\"15 h\", 1]] }";
    let mut checks = Vec::new();
    for (what, set) in [
        ("crews", String::new()),
        ("crews, hand-over", "centre.d.shift_end=hand-over".to_owned()),
        ("levels by officer", format!("centre.d={{ {level} }}")),
        ("levels by count", format!("centre.d={{ {} }}", level.replace("by-officer", "by-count"))),
    ] {
        let sets: Vec<&str> = [set.as_str()].into_iter().filter(|s| !s.is_empty()).collect();
        let (model, outcome) = once(bench, load(CORNERS, "stroke-shift-end.toml", &sets)?)?;
        let what = format!("{what}, leaves at");
        checks.extend(hours(&what, &[10.0, 20.0, 25.0], &left(&model, &outcome, None)));
    }
    Ok(checks)
}

fn loop_visits(bench: &Bench) -> Result<Vec<Check>, String> {
    let sets = ["run.replications=16", "run.horizon=52 weeks"];
    let results = bench.simulate_model(&load(CORNERS, "loop-visits.toml", &sets)?)?;
    Ok(vec![
        check("utilization", "", 0.5, results.whole("utilization")).narrow(0.06),
        check("time in the system", "h", 1.0, results.whole("time_to_completion_mean_hours")).narrow(0.15),
        check("done an hour", "", 1.0, results.whole("done_per_hour")),
    ])
}

/// How many of all intervals of a run have an end beyond what is possible.
fn beyond(results: &CaseResults) -> f64 {
    let results = &results.0;
    let wrong = |at: &usize| {
        let (least, most) = results.keys[*at].range().ends(false);
        let e = estimate(results, *at, 0.95);
        e.lower < least || e.upper > most
    };
    (0..results.keys.len()).filter(wrong).count() as f64
}

fn possible(bench: &Bench) -> Result<Vec<Check>, String> {
    let mut checks = Vec::new();
    for (what, rate) in [("twice the work", "12"), ("the work that can be done", "6"), ("little", "0.01")] {
        for replications in [2, 4] {
            let sets = [format!("class.c.rate={rate} per hour"), format!("run.replications={replications}")];
            let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
            let results = bench.simulate_model(&load(CORNERS, "overloaded.toml", &sets)?)?;
            let what = format!("{what}, {replications} replications: intervals beyond");
            checks.push(Check::value(what, "", Known::Exact, 0.0, beyond(&results)));
        }
    }
    Ok(checks)
}

fn half_hours(bench: &Bench) -> Result<Vec<Check>, String> {
    let (_, outcome) = once(bench, load(CORNERS, "half-hours.toml", &[])?)?;
    let ends = outcome.trace.iter().filter(|r| r.kind == TraceKind::Exit);
    let slots: Vec<i64> = ends.map(|r| (r.booked / (HOUR / 2.0)).floor() as i64).collect();
    let within = |slot: i64| slots.iter().filter(|s| **s == slot).count() as f64;
    let count = |what: &str, expected, slot| Check::value(what, "", Known::Exact, expected, within(slot));
    Ok(vec![
        count("from 8:00", 60.0, 16),
        count("from 8:30", 0.0, 17),
        count("from 9:00", 60.0, 18),
        count("from 9:30", 0.0, 19),
    ])
}

fn who_takes_it(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, outcome) = once(bench, load(CORNERS, "who-takes-it.toml", &[])?)?;
    let mut checks = hours("fewest roles first, leaves at", &[2.0, 2.1], &left(&model, &outcome, None));
    let listed = ["centre.d.officer_choice=as-listed"];
    let (model, outcome) = once(bench, load(CORNERS, "who-takes-it.toml", &listed)?)?;
    checks.extend(hours("as listed, leaves at", &[2.0, 4.0], &left(&model, &outcome, None)));
    Ok(checks)
}

fn overtime(bench: &Bench) -> Result<Vec<Check>, String> {
    let results = bench.simulate_model(&load(CORNERS, "overtime-of-roles.toml", &[])?)?;
    let of = |role: &str, name: &str| {
        results.estimate(Section::Centre("k".to_owned(), role.to_owned()), name).estimate
    };
    let all = of("all", "overtime_hours_per_week");
    if all.is_nan() || all <= 0.0 {
        return Err("there is no overtime".to_owned());
    }
    Ok(vec![
        Check::value(
            "of r0, for whom there is no work",
            "h/week",
            Known::Exact,
            0.0,
            of("r0", "overtime_hours_per_week"),
        ),
        Check::value("of r1, all there is", "h/week", Known::Exact, all, of("r1", "overtime_hours_per_week")),
        Check::value("utilization of r0", "", Known::Exact, 0.0, of("r0", "utilization")),
    ])
}

/// Requests booked in each hour of a run, by replication.
pub(super) fn booked_by_hour(bench: &Bench, name: &str, hours: usize) -> Result<Vec<Vec<f64>>, String> {
    let model = load(CORNERS, name, &[])?;
    bench.sample(&model, true, |outcome| {
        let mut counts = vec![0.0; hours];
        for row in outcome.trace.iter().filter(|r| r.kind == TraceKind::Exit) {
            if let Some(count) = counts.get_mut((row.booked / HOUR) as usize) {
                *count += 1.0;
            }
        }
        counts
    })
}
