//! Single changes that could explain what a model does not predict: handling times, absence, breaks, patience, work that waits at
//! the beginning.

use crate::history::Past;
use crate::recorded_staff::{RecordedPresence, recorded};
use jiff::tz::TimeZone;
use poolwise_engine::model::{Break, Deadline, DeadlineUntil, Model, PoolKind, ShiftLine, StageKind};
use poolwise_engine::random::Sampler;
use poolwise_scenario::Scenario;
use poolwise_study::number;

/// What is changed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Edit {
    /// Handling takes so many times as long.
    Handling(f64),
    /// This share of officers on shifts does not come.
    Absence(f64),
    /// Breaks of shifts are so many times as long; 0: there are none.
    Breaks(f64),
    /// Shifts of six hours and more have half an hour's break.
    HalfHour,
    /// Patience in queues is so many times as long.
    Patience(f64),
    /// Who waits gives up after an exponential time of this mean, seconds.
    PatienceOf(f64),
    /// Settings of the scenario, as `--set` takes them.
    Sets(Vec<String>),
}

/// A change to be tried.
#[derive(Debug, Clone)]
pub(crate) struct TrialChange {
    /// For people.
    pub name: String,
    /// What it does.
    pub edit: Edit,
}

/// Share of the time that half an hour's break in eight hours takes.
const BREAK: f64 = 1.0 / 16.0;
const HALF_HOUR: f64 = 1_800.0;
/// Shifts from this length on have a break.
const LONG: f64 = 6.0 * 3_600.0;

fn waits_for_start(deadline: &Deadline) -> bool {
    matches!(deadline.until, DeadlineUntil::Start(_))
}

fn lines(model: &mut Model) -> impl Iterator<Item = &mut ShiftLine> {
    let pools = model.centres.iter_mut().flat_map(|c| &mut c.pools);
    pools.flat_map(|pool| match &mut pool.kind {
        PoolKind::Crews(lines) => lines.as_mut_slice(),
        PoolKind::Levels(_) => &mut [],
    })
}

impl Edit {
    /// Changes the model; settings of the scenario are in it already.
    pub(crate) fn apply(&self, model: &mut Model) {
        match self {
            Self::Sets(_) => {}
            Self::Handling(by) => {
                model.centres.iter_mut().flat_map(|c| &mut c.speed).for_each(|speed| *speed *= by);
            }
            Self::Absence(share) => model.centres.iter_mut().for_each(|c| c.absence.share = *share),
            Self::Breaks(by) => lines(model).for_each(|line| lengthen(line, *by)),
            Self::HalfHour => {
                let long = lines(model).filter(|line| line.length >= LONG && line.once.is_none());
                long.for_each(|line| {
                    let after = line.length / 2.0 - 3.0 * HALF_HOUR / 2.0;
                    line.breaks =
                        vec![Break { after, length: HALF_HOUR, spread: 2.0 * HALF_HOUR, step: 0.0 }];
                });
            }
            Self::Patience(by) => {
                for class in &mut model.classes {
                    if let Some(deadline) = class.deadline.as_mut().filter(|d| waits_for_start(d)) {
                        deadline.after = deadline.after.scaled(*by);
                    }
                }
            }
            Self::PatienceOf(mean) => {
                let find = |of: fn(&StageKind) -> bool| model.stages.iter().position(|s| of(&s.kind));
                let (exit, first) =
                    (find(|k| matches!(k, StageKind::Exit)), find(|k| matches!(k, StageKind::Service(_))));
                let (Some(exit), Some(first)) = (exit, first) else { return };
                for class in model.classes.iter_mut().filter(|c| c.deadline.is_none()) {
                    let (after, until) = (Sampler::Exponential(*mean), DeadlineUntil::Start(first));
                    class.deadline = Some(Deadline { after, until, exit });
                }
            }
        }
    }
}

/// Breaks so many times as long, as far as the shift has room before the next break or its end.
fn lengthen(line: &mut ShiftLine, by: f64) {
    if by == 0.0 {
        line.breaks.clear();
        return;
    }
    let ends: Vec<f64> = line.breaks.iter().skip(1).map(|b| b.after).chain([line.length]).collect();
    for (b, end) in line.breaks.iter_mut().zip(ends) {
        b.length = (b.length * by).min(end - b.after - b.spread).max(b.length);
    }
}

/// The changes to try, of whatever the model and the history have.
pub(crate) fn changes(
    scenario: &Scenario,
    past: &Past,
    zone: &TimeZone,
    (own_staff, within): (bool, f64),
) -> Vec<TrialChange> {
    let model = &scenario.model;
    let change = |name: &str, edit| TrialChange { name: name.to_owned(), edit };
    let mut out = vec![
        change("handling times 30 % shorter", Edit::Handling(0.7)),
        change("handling times 20 % shorter", Edit::Handling(0.8)),
        change("handling times 10 % shorter", Edit::Handling(0.9)),
        change("handling times 10 % longer", Edit::Handling(1.1)),
        change("handling times 20 % longer", Edit::Handling(1.2)),
        change("handling times 30 % longer", Edit::Handling(1.3)),
    ];
    out.extend(if own_staff { of_own_staff(model) } else { of_recorded_staff(scenario, past, zone) });
    out.extend(of_patience(model, past, within));
    out.extend(of_backlog(model, past));
    out
}

/// Absence and breaks of officers on shifts.
fn of_own_staff(model: &Model) -> Vec<TrialChange> {
    let mut shifts = model.clone();
    let (mut any, mut breaks) = (false, false);
    lines(&mut shifts).for_each(|line| {
        any = true;
        breaks |= !line.breaks.is_empty();
    });
    if !any {
        return Vec::new();
    }
    let mut out = vec![TrialChange { name: "no absence".to_owned(), edit: Edit::Absence(0.0) }];
    out.extend([10, 15, 20, 25, 30].map(|percent| TrialChange {
        name: format!("absence of {percent} %"),
        edit: Edit::Absence(f64::from(percent) / 100.0),
    }));
    if breaks {
        out.push(TrialChange { name: "no breaks".to_owned(), edit: Edit::Breaks(0.0) });
        let longer = [("twice", 2.0), ("three times", 3.0), ("four times", 4.0)];
        out.extend(longer.map(|(word, by)| TrialChange {
            name: format!("breaks {word} as long"),
            edit: Edit::Breaks(by),
        }));
    } else {
        let name = "half an hour's break in shifts of six hours and more".to_owned();
        out.push(TrialChange { name, edit: Edit::HalfHour });
    }
    out
}

/// Some of the officers that a history counts may be away all the same: absent all day, or on a break.
fn of_recorded_staff(scenario: &Scenario, past: &Past, zone: &TimeZone) -> Vec<TrialChange> {
    let sets = |present| Edit::Sets(recorded(scenario, past, zone, present).sets);
    let mut out: Vec<TrialChange> = [5, 10, 20]
        .into_iter()
        .map(|percent| TrialChange {
            name: format!("absence of {percent} % of the history's officers"),
            edit: sets(RecordedPresence::NotAbsent(f64::from(percent) / 100.0)),
        })
        .collect();
    out.push(TrialChange {
        name: "half an hour's break in eight hours of the history's officers".to_owned(),
        edit: sets(RecordedPresence::NotOnBreak(BREAK)),
    });
    out
}

/// Patience: longer or shorter, or some where the scenario has none and the history knows of requests that were given up.
fn of_patience(model: &Model, past: &Past, within: f64) -> Vec<TrialChange> {
    let deadlines = || model.classes.iter().filter_map(|c| c.deadline.as_ref());
    if deadlines().any(waits_for_start) {
        let times = [("a quarter as", 0.25), ("half as", 0.5), ("twice as", 2.0), ("four times as", 4.0)];
        return times
            .map(|(word, by)| TrialChange { name: format!("patience {word} long"), edit: Edit::Patience(by) })
            .into();
    }
    let given_up = past.rows.values().filter_map(|r| r.abandoned).any(|n| n > 0.0);
    if !given_up || deadlines().count() == model.classes.len() {
        return Vec::new();
    }
    let of = |mean: f64| TrialChange {
        name: format!(
            "requests that wait {} on average before they are given up",
            number::duration(mean / 3600.0)
        ),
        edit: Edit::PatienceOf(mean),
    };
    [1.0, 3.0, 10.0].map(|by| of(by * within.max(60.0))).into()
}

/// Requests that wait when it begins: those that come to each place in an hour, in eight, in a day and in three.
fn of_backlog(model: &Model, past: &Past) -> Vec<TrialChange> {
    let hours = past.rows.len() as f64 * past.width as f64 / 3600.0;
    let offered: u64 = past.rows.values().map(|r| r.offered).sum();
    let places = past.places.len().max(1) as f64;
    let each = |hours_of_work: f64| {
        let share = places / model.centres.len().max(1) as f64;
        (hours_of_work * offered as f64 / hours.max(1.0) * share).round().max(1.0) as u64
    };
    let mut numbers = [1.0, 8.0, 24.0, 72.0].map(each).to_vec();
    numbers.dedup();
    let line = |n: u64| TrialChange {
        name: format!("{n} request{} waiting at each centre when it begins", if n == 1 { "" } else { "s" }),
        edit: Edit::Sets(
            model.centres.iter().map(|c| format!("start.{}={{requests={n}}}", quoted(&c.name))).collect(),
        ),
    };
    numbers.into_iter().map(line).collect()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_grow_as_far_as_there_is_room() {
        let mut line = ShiftLine::weekly("day", [1; 7], 8.0, 8.0);
        line.breaks = vec![Break::together(7_200.0, 900.0), Break::together(8_600.0, 18_000.0)];
        lengthen(&mut line, 2.0);
        // The second begins 1,400 s after the first, and the shift ends 20,200 s after the second begins.
        assert_eq!(line.breaks.iter().map(|b| b.length).collect::<Vec<_>>(), [1_400.0, 20_200.0]);
        lengthen(&mut line, 0.0);
        assert!(line.breaks.is_empty());
    }
}
