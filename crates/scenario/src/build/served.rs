//! Finds stages that no crew can ever staff: they take more officers than are on duty together.

use super::Builder;
use super::reach::Sent;
use crate::source::Place;
use poolwise_engine::model::{
    AbsenceMode, Centre, CentreId, Exception, LevelPlan, Line, Model, PoolKind, Reserve, ReserveLimit,
    RoleId, StageId, StageKind,
};
use poolwise_engine::time::{DAY, WEEK};
use poolwise_math::beta_lower;

/// A chance of a crew large enough that is so small that somebody should know.
const SELDOM: f64 = 0.05;

/// Checks every stage at every centre that it can be sent to. Where the officers of a pool are spread (`spread_over`)
/// it is a warning: `staff` may well find out how many are needed.
pub fn check(b: &mut Builder<'_>, model: &Model, sent: &Sent, spread_over: &[CentreId]) {
    for (&(s, k), &place) in sent {
        let StageKind::Service(service) = &model.stages[s].kind else { continue };
        let place = if place.is_none() { b.input.stage.0[s].0.place } else { place };
        for (role, needed) in service.team() {
            let own = service.others.is_empty();
            let asked = Asked { role, needed: u64::from(needed), own };
            check_role(b, model, (s, k, place), &asked, spread_over.contains(&k));
        }
    }
}

/// Officers of a role that a stage takes at once; of its `own` role and of no other, or of several.
struct Asked {
    role: RoleId,
    needed: u64,
    own: bool,
}

impl Asked {
    /// So many officers, and of which role where the stage takes several.
    fn words(&self, model: &Model) -> String {
        let n = if self.needed == 1 { "an officer".to_owned() } else { format!("{} officers", self.needed) };
        if self.own { n } else { format!("{n} of the role `{}`", model.roles[self.role]) }
    }
}

/// Checks that so many officers of a role are ever on duty together at a centre.
fn check_role(
    b: &mut Builder<'_>,
    model: &Model,
    (s, k, place): (usize, CentreId, Place),
    asked: &Asked,
    spread: bool,
) {
    let centre = &model.centres[k];
    let factors = |e: &Exception| e.roster.iter().filter(|r| r.0 == k).map(|r| r.1).product::<f64>();
    let largest = largest_factor(model, k);
    let &Asked { role, needed, .. } = asked;
    let officers = || asked.words(model);
    let together = together(centre, role, largest);
    if together < needed {
        let why = reasons(centre, (role, needed), largest);
        let message = format!(
            "`{}` takes {} at once, but at `{}` at most {together} with its role {} ever on duty together",
            model.stages[s].name,
            officers(),
            centre.name,
            if together == 1 { "is" } else { "are" }
        );
        if spread {
            b.cx.warning(place, message).help(format!(
                "{why}; nobody does it; give the pool more officers or shifts a greater `minimum`"
            ));
        } else {
            b.cx.error(place, message)
                .help(format!("{why}; let shifts overlap, roster more, or ask for fewer"));
        }
        return;
    }
    for (i, e) in model.exceptions.iter().enumerate().filter(|(_, e)| factors(e) < 1.0) {
        // What begins before an exception may go on into it for a day.
        let while_it_holds = self::together(centre, role, factors(e));
        if while_it_holds < needed && e.until - e.from > DAY && e.until > 0.0 && e.from < model.run.end() {
            let place = b.input.exception.items[i].place;
            b.cx.warning(
                place,
                format!(
                    "while `{}` lasts nobody can do `{}` at `{}`: it takes {}, and at most {while_it_holds} {} on duty",
                    e.name,
                    model.stages[s].name,
                    centre.name,
                    officers(),
                    if while_it_holds == 1 { "is" } else { "are" }
                ),
            )
            .help("requests wait until it is over, or a rule of the exception sends them elsewhere");
        }
    }
    if asked.own {
        check_reserves(b, model, (s, k), (needed, together), spread);
    }
    let a = centre.absence;
    let chance = at_least(together, needed, 1.0 - a.share);
    if a.mode == AbsenceMode::Drawn && a.share > 0.0 && chance < SELDOM {
        b.cx.warning(
            place,
            format!(
                "`{}` takes {} at once, but at `{}`, with an absence of {}, so many come together in {:.1} % of shifts at best",
                model.stages[s].name,
                officers(),
                centre.name,
                a.share,
                chance * 100.0
            ),
        )
        .help("requests wait for a shift with enough of them");
    }
}

/// Finds classes of which a stage's cases are never begun at a centre, since so many officers as are ever there are kept free
/// of them.
fn check_reserves(
    b: &mut Builder<'_>,
    model: &Model,
    (s, k): (StageId, CentreId),
    (needed, together): (u64, u64),
    spread: bool,
) {
    let centre = &model.centres[k];
    let always = |r: &Reserve| {
        r.hours
            .as_ref()
            .is_none_or(|spans| spans.iter().map(|(from, until)| until - from).sum::<f64>() >= WEEK)
    };
    for reserve in centre.reserves.iter().filter(|r| always(r)) {
        let why = match reserve.limit {
            ReserveLimit::KeepFree(n) if together < needed + u64::from(n) => {
                format!("of at most {together} on duty together {n} stay free beside its team")
            }
            ReserveLimit::AtWork(n) if u64::from(n) < needed => {
                format!("it takes {needed} officers, and is begun only while no more than {n} are at work")
            }
            _ => continue,
        };
        let held = (0..model.classes.len()).filter(|c| reserve.classes[*c]);
        let Some(class) = held.into_iter().find(|c| model.expected_visits(*c)[s] > 0.0) else { continue };
        let message = format!(
            "no case of `{}` is ever begun in `{}` at `{}`: {why}",
            model.classes[class].name, model.stages[s].name, centre.name
        );
        let place = b.input.centre.0[k].0.place;
        let help = "keep fewer free, say in which `hours`, or roster more officers";
        if spread {
            b.cx.warning(place, message).help(help);
        } else {
            b.cx.error(place, message).help(help);
        }
    }
}

/// What keeps the number on duty small.
fn reasons(centre: &Centre, (role, wanted): (RoleId, u64), factor: f64) -> String {
    let of_role = || centre.pools.iter().filter(|p| p.roles & 1 << role != 0);
    let rostered: u64 = of_role().map(super::staff::most_on_duty).sum();
    let mut out = Vec::new();
    // Who would be there together if everybody came.
    let mut all = centre.clone();
    all.absence.share = 0.0;
    if rostered >= wanted && together(&all, role, 1.0) < wanted {
        out.push("its shifts are not there at the same time");
    }
    if centre.absence.share > 0.0 {
        out.push("some are absent");
    }
    if factor < 1.0 {
        out.push("an exception holds all the time");
    }
    if out.is_empty() { "there are no more".to_owned() } else { out.join(", and ") }
}

/// The largest factor on a centre's officers at any time of the run.
fn largest_factor(model: &Model, centre: usize) -> f64 {
    let of = |e: &Exception| e.roster.iter().filter(|r| r.0 == centre).map(|r| r.1).product::<f64>();
    let concerned: Vec<&Exception> =
        model.exceptions.iter().filter(|e| e.roster.iter().any(|r| r.0 == centre)).collect();
    // Factors change at the edges only.
    let mut edges = vec![0.0];
    edges.extend(concerned.iter().flat_map(|e| [e.from, e.until]));
    let inside = edges.into_iter().filter(|t| (0.0..model.run.end()).contains(t));
    inside
        .map(|t| concerned.iter().filter(|e| t >= e.from && t < e.until).map(|e| of(e)).product::<f64>())
        .fold(0.0, f64::max)
}

/// Most officers of a role that are on duty together at any time, absence and a factor of exceptions included. Breaks
/// are left out: they are taken in turn or not at the same time every day.
fn together(centre: &Centre, role: RoleId, factor: f64) -> u64 {
    let mut weekly: Vec<(f64, i64)> = Vec::new();
    let mut once: Vec<(f64, i64)> = Vec::new();
    let mut by_elapsed_time = 0;
    let times = |n: u32| i64::from(present(centre, (f64::from(n) * factor + 0.5).floor()));
    for pool in centre.pools.iter().filter(|p| p.roles & 1 << role != 0) {
        match &pool.kind {
            PoolKind::Crews(lines) => {
                for line in lines {
                    match line.once {
                        Some((from, until)) => {
                            once.extend([(from, times(line.officers[0])), (until, -times(line.officers[0]))])
                        }
                        None => add(line, times, &mut weekly),
                    }
                }
            }
            PoolKind::Levels(levels) => match &levels.plan {
                LevelPlan::Weekly(steps) => {
                    let ends = steps.iter().skip(1).map(|s| s.0).chain([WEEK]);
                    weekly.extend(
                        steps.iter().zip(ends).flat_map(|(s, end)| [(s.0, times(s.1)), (end, -times(s.1))]),
                    );
                }
                LevelPlan::Steps { steps, .. } => {
                    by_elapsed_time += steps.iter().map(|s| times(s.1)).max().unwrap_or(0);
                }
            },
        }
    }
    u64::try_from(highest(weekly) + highest(once) + by_elapsed_time).unwrap_or(0)
}

/// A shift's officers over a week that comes round again.
fn add(line: &Line, times: impl Fn(u32) -> i64, changes: &mut Vec<(f64, i64)>) {
    for (day, &n) in line.officers.iter().enumerate().filter(|(_, n)| **n > 0) {
        let from = day as f64 * DAY + line.start;
        for (from, until) in [(from, (from + line.length).min(WEEK)), (0.0, from + line.length - WEEK)] {
            if until > from {
                changes.extend([(from, times(n)), (until, -times(n))]);
            }
        }
    }
}

/// The highest value of a step function given by its changes; at one instant those who leave go first.
fn highest(mut changes: Vec<(f64, i64)>) -> i64 {
    changes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut level = 0;
    changes
        .iter()
        .map(|c| {
            level += c.1;
            level
        })
        .fold(0, i64::max)
}

/// Most of so many rostered officers who come.
fn present(centre: &Centre, rostered: f64) -> u32 {
    let a = centre.absence;
    let most = match a.mode {
        AbsenceMode::Drawn if a.share < 1.0 => rostered,
        AbsenceMode::Drawn => 0.0,
        AbsenceMode::Fixed => (rostered * (1.0 - a.share) - 1e-9).ceil(),
    };
    most.clamp(0.0, f64::from(u32::MAX)) as u32
}

/// Chance that of `n` officers, each there with probability `p`, at least `k` are (binomial).
fn at_least(n: u64, k: u64, p: f64) -> f64 {
    if k == 0 || k > n {
        return f64::from(u8::from(k == 0));
    }
    // Abramowitz and Stegun (1964), 26.5.24.
    beta_lower(k as f64, (n - k + 1) as f64, p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_of_a_crew() {
        // All of 3 at 0.9; at least 2 of 3: 3 x 0.81 x 0.1 + 0.729; anybody of 10 at 0.1.
        assert!((at_least(3, 3, 0.9) - 0.729).abs() < 1e-12);
        assert!((at_least(3, 2, 0.9) - 0.972).abs() < 1e-12);
        assert!((at_least(10, 1, 0.1) - (1.0 - poolwise_math::powi(0.9, 10))).abs() < 1e-12);
        assert_eq!((at_least(2, 3, 0.9), at_least(5, 3, 1.0)), (0.0, 1.0));
    }

    #[test]
    fn at_one_instant_those_who_leave_go_first() {
        assert_eq!(highest(vec![(5.0, 2), (0.0, 2), (5.0, -2), (9.0, -2)]), 2);
        assert_eq!(highest(vec![(4.0, 2), (0.0, 2), (5.0, -2), (9.0, -2)]), 4);
    }
}
