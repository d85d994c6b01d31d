//! The officers of a history, interval by interval, in the place of a scenario's own.

use crate::fit::draws::generator;
use crate::history::Past;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use poolwise_engine::random::unit;
use poolwise_scenario::Scenario;
use rand::rand_core::Rng;
use std::collections::BTreeMap;

/// Who of the officers that a history counts is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum RecordedPresence {
    /// All of them.
    All,
    /// Each but with this probability, all day.
    NotAbsent(f64),
    /// Each but with this probability, in each interval anew.
    NotOnBreak(f64),
}

impl RecordedPresence {
    /// How many of so many, in an interval at a centre.
    fn of(self, n: u64, centre: &str, at: DateTime) -> u64 {
        let (away, when) = match self {
            Self::All => return n,
            Self::NotAbsent(share) => (share, at.date().to_string()),
            Self::NotOnBreak(share) => (share, at.to_string()),
        };
        // The same officers are away whatever else is counted.
        let mut rng = generator(&format!("away from {centre} on {when}"));
        (0..n).filter(|_| unit(rng.next_u64()) >= away).count() as u64
    }
}

/// Settings that put the history's officers into the scenario, and a sentence that says so.
pub(crate) struct RecordedStaff {
    /// As `--set` takes them; none where the scenario's own officers stay.
    pub sets: Vec<String>,
    /// For people.
    pub said: String,
}

fn kept(why: &str) -> RecordedStaff {
    RecordedStaff { sets: Vec::new(), said: format!("Staff are those of the scenario: {why}.") }
}

/// Officers by centre and start of interval: a centre of the place's name, or the only centre.
fn by_centre(scenario: &Scenario, past: &Past) -> Result<Vec<BTreeMap<DateTime, f64>>, String> {
    let centres: Vec<&str> = scenario.model.centres.iter().map(|c| c.name.as_str()).collect();
    let of_place = |p: &String| match centres[..] {
        [_] => Some(0),
        _ => centres.iter().position(|c| c.eq_ignore_ascii_case(p)),
    };
    let to: Vec<Option<usize>> = past.places.iter().map(of_place).collect();
    if let Some(i) = to.iter().position(Option::is_none) {
        return Err(format!("the history's officers are of `{}`, which is no centre of it", past.places[i]));
    }
    if let Some(c) = (0..centres.len()).find(|c| !to.contains(&Some(*c))) {
        return Err(format!("the history says nothing of the officers of `{}`", centres[c]));
    }
    let mut out = vec![BTreeMap::new(); centres.len()];
    for ((at, place), r) in &past.rows {
        match r.staff {
            Some(n) if n >= 0.0 => {
                *out[to[*place].unwrap_or(0)].entry(*at).or_insert(0.0) += n;
            }
            _ if r.offered == 0 => {}
            _ => return Err(format!("the history has no officers for {}", at.strftime("%Y-%m-%d %H:%M"))),
        }
    }
    Ok(out)
}

/// The history's officers as levels of the scenario's centres.
pub(crate) fn recorded(
    scenario: &Scenario,
    past: &Past,
    zone: &TimeZone,
    present: RecordedPresence,
) -> RecordedStaff {
    if past.rows.values().all(|r| r.staff.is_none()) {
        return kept("the history has no column of officers");
    }
    let staff = match by_centre(scenario, past) {
        Ok(staff) => staff,
        Err(why) => return kept(&why),
    };
    let mut sets = Vec::new();
    let mut rounded = false;
    for (centre, levels) in scenario.model.centres.iter().zip(&staff) {
        let mut steps: Vec<(i64, u64)> = vec![(0, 0)];
        let mut set = |at: i64, n: u64| match steps.last_mut() {
            Some(last) if last.0 == at => last.1 = n,
            Some(last) if last.1 != n => steps.push((at, n)),
            _ => {}
        };
        let mut end = 0;
        for (at, n) in levels {
            let Ok(instant) = zone.to_timestamp(*at) else { continue };
            let from = instant.as_second() - scenario.model.run.origin_unix;
            // Between rows nobody is known to be there.
            if from > end {
                set(end, 0);
            }
            rounded |= n.fract() != 0.0;
            set(from.max(0), present.of(n.round() as u64, &centre.name, *at));
            end = from + past.width;
        }
        set(end, 0);
        let list: Vec<String> = steps.iter().map(|(at, n)| format!("[\"{at} s\", {n}]")).collect();
        let name = centre.name.replace('\\', "\\\\").replace('"', "\\\"");
        sets.push(format!("centre.\"{name}\".levels={{steps=[{}]}}", list.join(",")));
        sets.push(format!("centre.\"{name}\".absence=0"));
    }
    let more = if rounded { ", rounded to whole officers" } else { "" };
    let said = format!(
        "Staff are those of the history, interval by interval{more}; nobody of them is taken to be absent or on a break."
    );
    RecordedStaff { sets, said }
}
