//! Cases that can be done by hand, to the second: the end of shifts, and rules that formulas do not know.

use super::bench::{Bench, load};
use super::{CaseGroup, Check, Known, KnownModel};
use poolwise_engine::Outcome;
use poolwise_engine::integral::Count;
use poolwise_engine::model::Model;
use poolwise_engine::time::HOUR;
use poolwise_engine::trace::TraceKind;
use poolwise_scenario::Library;
use poolwise_study::measures::{Section, measure};

const GROUP: CaseGroup = CaseGroup::Hand;
const RULE: &str = "the rule itself, by hand";

pub(super) const CASES: &[KnownModel] = &[
    KnownModel {
        group: GROUP,
        name: "Shift end: hand over",
        source: RULE,
        run: |b| textbook(b, "hand-over", &[15.0]),
    },
    KnownModel {
        group: GROUP,
        name: "Shift end: restart",
        source: RULE,
        run: |b| textbook(b, "restart", &[19.0]),
    },
    KnownModel {
        group: GROUP,
        name: "Levels 1, 3, 1",
        source: RULE,
        run: |b| textbook(b, "levels", &[2.0, 3.0, 3.0]),
    },
    KnownModel { group: GROUP, name: "Crews of 1, 2 and 0", source: RULE, run: crews },
    KnownModel { group: GROUP, name: "A level falls: by count, by officer", source: RULE, run: levels },
    KnownModel { group: GROUP, name: "A break after the case in hand", source: RULE, run: breaks },
    KnownModel { group: GROUP, name: "Overflow by original arrival", source: RULE, run: overflow },
    KnownModel { group: GROUP, name: "Two copies of the work", source: RULE, run: copies },
    KnownModel { group: GROUP, name: "A deadline counted from booking", source: RULE, run: deadline },
    KnownModel { group: GROUP, name: "Work that comes back", source: RULE, run: rework },
    KnownModel { group: GROUP, name: "A case that ends with the shift", source: RULE, run: instant },
    KnownModel { group: GROUP, name: "Unfinished work and the service level", source: RULE, run: unfinished },
    KnownModel { group: GROUP, name: "Under way when the run ends", source: RULE, run: under_way },
    KnownModel { group: GROUP, name: "The lost as a share", source: RULE, run: lost },
    KnownModel { group: GROUP, name: "Warm-up does not count", source: RULE, run: warm_up },
    KnownModel { group: GROUP, name: "A ratio is one of sums", source: RULE, run: ratio },
];

/// Cases that are too small for a file of their own. The names of exits are asked for below.
const CASES_BY_HAND: &Library = &[
    ("at-0.csv", "time\n2018-10-01 00:00\n"),
    ("at-0-1.csv", "time\n2018-10-01 00:00\n2018-10-01 01:00\n"),
    ("at-0-2.csv", "time\n2018-10-01 00:00\n2018-10-01 02:00\n"),
    ("at-0-0-3.csv", "time\n2018-10-01 00:00\n2018-10-01 00:00\n2018-10-01 03:00\n"),
    ("at-0-30-59.csv", "time\n2018-10-01 00:00\n2018-10-02 06:00\n2018-10-03 11:30\n"),
    ("at-3-5.csv", "time\n2018-10-01 03:00\n2018-10-01 05:00\n"),
    ("at-0-10.csv", "time\n2018-10-01 00:00\n2018-10-01 10:00\n"),
    ("before-and-after.csv", "time\n2018-09-25 00:00\n2018-09-25 01:00\n2018-10-03 00:00\n"),
    ("instant.toml", include_str!("hand/instant.toml")),
    ("unfinished.toml", include_str!("hand/unfinished.toml")),
    ("under-way.toml", include_str!("hand/under-way.toml")),
    ("lost.toml", include_str!("hand/lost.toml")),
    ("warm-up.toml", include_str!("hand/warm-up.toml")),
    ("ratio.toml", include_str!("hand/ratio.toml")),
    ("levels.toml", include_str!("hand/levels.toml")),
    ("break.toml", include_str!("hand/break.toml")),
    ("overflow.toml", include_str!("hand/overflow.toml")),
    ("copies.toml", include_str!("hand/copies.toml")),
    ("deadline.toml", include_str!("hand/deadline.toml")),
    ("rework.toml", include_str!("hand/rework.toml")),
];

/// The model of a small case and its only run.
fn run(bench: &Bench, name: &str, sets: &[&str]) -> Result<(Model, Outcome), String> {
    let model = load(CASES_BY_HAND, name, sets)?;
    once(bench, model)
}

pub(super) fn once(bench: &Bench, mut model: Model) -> Result<(Model, Outcome), String> {
    model.run.replications = 1;
    let outcome = bench.sample(&model, true, |o| o)?.pop().ok_or("no replication")?;
    Ok((model, outcome))
}

/// Hours at which requests left, in order of time; by one exit, or by any.
pub(super) fn left(model: &Model, outcome: &Outcome, exit: Option<&str>) -> Vec<f64> {
    let by = |stage: usize| exit.is_none_or(|name| model.stages[stage].name == name);
    let rows = outcome.trace.iter().filter(|r| r.kind == TraceKind::Exit && by(r.stage));
    let mut hours: Vec<f64> = rows.map(|r| r.finished / HOUR).collect();
    hours.sort_by(f64::total_cmp);
    hours
}

/// A line for each of the hours, and one for their number.
pub(super) fn hours(what: &str, expected: &[f64], found: &[f64]) -> Vec<Check> {
    let number =
        Check::value(format!("{what}: how many"), "", Known::Hand, expected.len() as f64, found.len() as f64);
    let mut checks = vec![number];
    for (i, (e, f)) in expected.iter().zip(found).enumerate() {
        checks.push(Check::value(format!("{what}: number {}", i + 1), "h", Known::Hand, *e, *f));
    }
    checks
}

fn total(what: &str, expected: f64, seconds: f64) -> Check {
    Check::value(what, "h", Known::Hand, expected, seconds / HOUR)
}

/// A measure of the whole scenario.
fn measured(model: &Model, outcome: &Outcome, name: &str) -> f64 {
    let rows = measure(model, outcome);
    let row = rows.iter().find(|(key, _)| key.section == Section::Whole && key.name == name);
    row.map_or(f64::NAN, |(_, value)| value.value())
}

fn textbook(bench: &Bench, name: &str, expected: &[f64]) -> Result<Vec<Check>, String> {
    let (model, outcome) = once(bench, bench.model(&format!("shift-end-{name}.toml"), &[])?)?;
    Ok(hours("leaves at", expected, &left(&model, &outcome, None)))
}

fn crews(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, outcome) = once(bench, bench.model("shift-end-crews.toml", &[])?)?;
    let mut checks = hours("leaves at", &[8.0, 11.0, 14.0], &left(&model, &outcome, None));
    checks.push(total("overtime 4 + 1 + 4", 9.0, outcome.centres[0].integrals.total(0, Count::Overtime)));
    checks.push(total("on duty 1 x 4 + 2 x 6", 16.0, outcome.centres[0].on_duty()));
    // Of 15 h of work, 6 on duty.
    let busy = measured(&model, &outcome, "utilization");
    checks.push(Check::value("utilization (15 - 9) / 16", "%", Known::Hand, 37.5, 100.0 * busy));
    Ok(checks)
}

fn levels(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, by_count) = run(bench, "levels.toml", &[])?;
    let mut checks = hours("by count, leaves at", &[10.0, 10.0, 20.0], &left(&model, &by_count, None));
    let over = |o: &Outcome| o.centres[0].integrals.total(0, Count::Overtime);
    checks.push(total("by count, overtime", 1.0, over(&by_count)));
    let (model, by_officer) = run(bench, "levels.toml", &["centre.c.levels.finish=by-officer"])?;
    checks.extend(hours("by officer, leaves at", &[10.0, 10.0, 13.0], &left(&model, &by_officer, None)));
    checks.push(total("by officer, overtime", 9.0, over(&by_officer)));
    Ok(checks)
}

fn breaks(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, outcome) = run(bench, "break.toml", &[])?;
    let mut checks = hours("leaves at", &[6.0, 10.0], &left(&model, &outcome, None));
    checks.push(total("on duty 10 - 1", 9.0, outcome.centres[0].on_duty()));
    Ok(checks)
}

fn overflow(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, outcome) = run(bench, "overflow.toml", &[])?;
    let mut rows: Vec<(f64, f64)> = outcome
        .trace
        .iter()
        .filter(|r| r.kind == TraceKind::Exit)
        .map(|r| (r.booked / HOUR, r.finished / HOUR))
        .collect();
    rows.sort_by(|x, y| x.1.total_cmp(&y.1));
    let booked: Vec<f64> = rows.iter().map(|r| r.0).collect();
    let mut checks = hours("leaves at", &[4.0, 8.0, 10.0, 12.0], &left(&model, &outcome, None));
    checks.extend(hours("in order of leaving, booked at", &[0.0, 1.0, 0.0, 2.0], &booked));
    Ok(checks)
}

fn copies(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, slow) = run(bench, "copies.toml", &[])?;
    let mut checks = hours("slower copy, leaves at", &[5.0], &left(&model, &slow, None));
    checks.push(total("slower copy, duplicate work", 6.0, slow.duplicate));
    let (model, fast) = run(bench, "copies.toml", &["centre.b.speed=0.5"])?;
    checks.extend(hours("faster copy, leaves at", &[2.5], &left(&model, &fast, None)));
    checks.push(total("faster copy, duplicate work", 4.0, fast.duplicate));
    let reached: u64 = slow.centres[1].waits.iter().flat_map(|w| &w.reached).sum();
    checks.push(Check::value("copies that count as arrivals", "", Known::Hand, 0.0, reached as f64));
    let late = ["centre.b.levels.steps=[[\"0 h\", 0], [\"6 h\", 1]]"];
    let (model, closed) = run(bench, "copies.toml", &late)?;
    checks.extend(hours("copy not begun, leaves at", &[5.0], &left(&model, &closed, None)));
    checks.push(total("copy not begun, duplicate work", 0.0, closed.duplicate));
    Ok(checks)
}

fn deadline(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, met) = run(bench, "deadline.toml", &[])?;
    let mut checks =
        hours("met at the last moment, leaves at", &[14.0], &left(&model, &met, Some("collected")));
    let sets = ["class.c.deadline.after=3.5 h"];
    let (model, lost) = run(bench, "deadline.toml", &sets)?;
    checks.extend(hours("lost at", &[3.5], &left(&model, &lost, Some("released"))));
    let anyway = lost.total.lost_anyway as f64;
    checks.push(Check::value("of these, lost without any waiting too", "", Known::Hand, 1.0, anyway));
    Ok(checks)
}

fn rework(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, bad) = run(bench, "rework.toml", &[])?;
    let mut checks = hours("done again at", &[33.0, 43.0], &left(&model, &bad, Some("redone")));
    checks.push(total("work done again", 2.0, bad.rework));
    let arrivals = bad.total.arrivals as f64;
    checks.push(Check::value("arrivals", "", Known::Hand, 2.0, arrivals));
    let (model, good) = run(bench, "rework.toml", &["centre.c.documentation=1.0"])?;
    checks.extend(hours("well documented, done again at", &[], &left(&model, &good, Some("redone"))));
    Ok(checks)
}

fn instant(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, outcome) = run(bench, "instant.toml", &[])?;
    let mut checks = hours("leaves at", &[4.0, 8.0], &left(&model, &outcome, None));
    checks.push(total("overtime", 0.0, outcome.centres[0].integrals.total(0, Count::Overtime)));
    Ok(checks)
}

fn unfinished(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, outcome) = run(bench, "unfinished.toml", &[])?;
    let share = |name| 100.0 * measured(&model, &outcome, name);
    Ok(vec![
        Check::value("done within 4 h: 1 of 2", "%", Known::Hand, 50.0, share("done_within_target")),
        Check::value(
            "the same, early losses left out",
            "%",
            Known::Hand,
            50.0,
            share("done_within_target_of_not_lost_early"),
        ),
        Check::value("left at the end", "", Known::Hand, 1.0, measured(&model, &outcome, "backlog_at_end")),
    ])
}

/// Every run proves that arrivals are exits plus those in the system, or fails: so a request that is left out fails here.
fn under_way(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, signed) = run(bench, "under-way.toml", &[])?;
    let mut checks = hours("leaves at", &[44.0], &left(&model, &signed, None));
    let arrivals = signed.total.arrivals as f64;
    checks.push(Check::value("arrivals", "", Known::Hand, 3.0, arrivals));
    // The one on the way has not come to an officer: its clock has not started.
    let backlog = measured(&model, &signed, "backlog_at_end");
    checks.push(Check::value("left at the end", "", Known::Hand, 1.0, backlog));
    let (model, unsigned) = run(bench, "under-way.toml", &["stage.custody.next=done"])?;
    checks.extend(hours("without a signature, leaves at", &[43.0], &left(&model, &unsigned, None)));
    Ok(checks)
}

fn lost(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, outcome) = run(bench, "lost.toml", &[])?;
    let mut checks = hours("lost at", &[1.5], &left(&model, &outcome, Some("lost")));
    checks.extend(hours("served at", &[3.0, 6.0], &left(&model, &outcome, Some("done"))));
    let share = |name| 100.0 * measured(&model, &outcome, name);
    let third = 100.0 / 3.0;
    checks.push(Check::value("lost: 1 of 3", "%", Known::Hand, third, share("lost_share")));
    let avoidable = share("lost_share_avoidable");
    checks.push(Check::value("lost for want of officers: 1 of 3", "%", Known::Hand, third, avoidable));
    Ok(checks)
}

fn warm_up(bench: &Bench) -> Result<Vec<Check>, String> {
    let (model, outcome) = run(bench, "warm-up.toml", &[])?;
    let week = |name| 168.0 * measured(&model, &outcome, name);
    let busy = outcome.centres[0].integrals.total(0, Count::Busy);
    Ok(vec![
        Check::value("arrivals in the week that counts", "", Known::Hand, 1.0, week("arrivals_per_hour")),
        Check::value("done in it", "", Known::Hand, 1.0, week("done_per_hour")),
        Check::value("mean wait in it", "h", Known::Hand, 0.0, measured(&model, &outcome, "wait_mean_hours")),
        total("work in it", 3.0, busy),
    ])
}

fn ratio(bench: &Bench) -> Result<Vec<Check>, String> {
    let model = load(CASES_BY_HAND, "ratio.toml", &[])?;
    let sums = bench.sample(&model, false, |o| (o.total.completion_sum / HOUR, o.total.done as f64))?;
    let (time, done) = sums.iter().fold((0.0, 0.0), |s, x| (s.0 + x.0, s.1 + x.1));
    let found = bench.simulate_model(&model)?.whole("time_to_completion_mean_hours").estimate;
    Ok(vec![Check::value("mean time to completion", "h", Known::Exact, time / done, found)])
}
