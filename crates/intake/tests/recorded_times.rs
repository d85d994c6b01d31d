//! A history of which the truth is known: handling takes twice as long at night.

use poolwise_intake::read::UnwatchedRead as NoRows;
use poolwise_intake::replay::{Backtest, BacktestRequest, Replay};
use poolwise_intake::ways::Said;
use poolwise_math::ln;
use poolwise_scenario::{Overrides, Snapshot};
use poolwise_study::{Loaded, Unwatched};
use rand::rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::BTreeMap;
use std::path::Path;

const OFFICERS: usize = 5;
const DAYS: usize = 28;
/// Mean handling time by day, minutes.
const TIME: f64 = 20.0;
const PER_HOUR: f64 = 6.0;

fn is_night(hour: usize) -> bool {
    hour % 24 < 6 || hour % 24 >= 22
}

/// A queue of five officers by hand, first come first served: requests, how many were begun within 10 minutes, and the mean
/// time, by hour.
fn history() -> String {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(20_261_129);
    let mut unit = move || ((rng.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
    let mut free = [0.0_f64; OFFICERS];
    let mut hours: BTreeMap<usize, (u32, u32, f64)> = (0..DAYS * 24).map(|h| (h, (0, 0, 0.0))).collect();
    let mut at = 0.0;
    loop {
        at -= ln(unit()) * 60.0 / PER_HOUR;
        let hour = (at / 60.0) as usize;
        let Some(cell) = hours.get_mut(&hour) else { break };
        let first = free.iter_mut().min_by(|a, b| a.total_cmp(b)).expect("officers");
        let start = first.max(at);
        let factor = if is_night((start / 60.0) as usize) { 2.0 } else { 1.0 };
        let time = -ln(unit()) * TIME * factor;
        *first = start + time;
        *cell = (cell.0 + 1, cell.1 + u32::from(start - at <= 10.0), cell.2 + time);
    }
    let mut out = String::from("Date/time,Offered,Answered within 10 min,AHT (min)\n");
    for (hour, (n, within, time)) in hours {
        let mean = if n > 0 { format!("{:.6}", time / f64::from(n)) } else { String::new() };
        out.push_str(&format!("2025-02-{:02} {:02}:00,{n},{within},{mean}\n", 3 + hour / 24, hour % 24));
    }
    // February has 28 days: the record runs from the 3rd into March.
    for day in 29..=30 {
        out = out.replace(&format!("2025-02-{day:02}"), &format!("2025-03-{:02}", day - 28));
    }
    out
}

fn back_test(history: &Path, more: &str) -> Backtest {
    let text = format!(
        "run = {{ horizon = \"1 week\" }}\nclass.call = {{ rate = \"6 per hour\" }}\n\
         stage.answer = {{ service = {{ role = \"agent\", time = {{ exponential = \"20 min\" }} }}, next = \"done\" }}\n\
         stage.done = {{ exit = true }}\ncentre.desk = {{ levels = {{ officers = {OFFICERS} }} }}\nroute = [{{ to = \"desk\" }}]\n{more}"
    );
    let files = Snapshot::of([("desk.toml".into(), text.into())].into());
    let loaded = Loaded::read(&files, Path::new("desk.toml"), &Overrides::default()).expect("a scenario");
    let asked =
        BacktestRequest { history, sheet: None, said: Said::default(), within: Some(600.0), changes: false };
    let replay = Replay::of(&loaded, &asked, &NoRows).expect("a replay");
    replay.run(Some(1), &Unwatched).expect("simulated")
}

/// With the history's times by interval the prediction holds, whether the scenario knows of nights or not; with the scenario's
/// own, of which none is longer at night, it does not.
#[test]
fn nights_that_take_twice_as_long_are_predicted_by_the_historys_times() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.csv");
    std::fs::write(&path, history()).expect("written");
    let plain = back_test(&path, "");
    let v = &plain.verdict;
    assert!((v.band.0..=v.band.1).contains(&v.actual), "{} outside of {:?}", v.actual, v.band);
    // Bands of 39 replications hold 95 % of intervals, but a predicted interval's mean is estimated.
    assert!(v.inside > 0.93, "{}", v.inside);
    let own = plain.own_times.expect("simulated too");
    assert!(own.predicted - v.actual > 0.08 && own.inside < 0.9, "{own:?}, {}", v.actual);
    // A scenario that knows of nights is as right with its own times as with the history's.
    let nights = back_test(&path, "handling = [{ factor = 2, hours = \"22:00-06:00\" }]\n");
    let v = &nights.verdict;
    assert!((v.band.0..=v.band.1).contains(&v.actual), "{} outside of {:?}", v.actual, v.band);
    let own = nights.own_times.expect("simulated too");
    assert!((own.predicted - v.actual).abs() < 0.03 && own.inside > 0.93, "{own:?}, {}", v.actual);
}
