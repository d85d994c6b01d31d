//! Finds stages that no crew can ever staff: they take more officers than are on duty together.

use super::Builder;
use super::held_back;
use super::presence::{Presence, StartConditions};
use super::reach::Sent;
use super::triggers::with_help;
use super::unstaffed;
use crate::source::TextSpan;
use poolwise_engine::model::{AbsenceMode, Centre, CentreId, Exception, Model, RoleId, StageKind};
use poolwise_engine::rosters;
use poolwise_engine::time::DAY;
use poolwise_math::beta_lower;

/// A chance of a crew large enough that is so small that somebody should know.
const SELDOM: f64 = 0.05;

/// Checks every stage at every centre that it can be sent to. Where the officers of a pool are spread (`spread_over`)
/// it is a warning: `staff` may well find out how many are needed.
pub(super) fn check(b: &mut Builder<'_>, model: &Model, sent: &Sent, spread_over: &[CentreId]) {
    let mut teams = unstaffed::Teams::default();
    let helped = with_help(&model.centres, &model.triggers);
    for (&(s, k), &place) in sent {
        let StageKind::Service(service) = &model.stages[s].kind else { continue };
        let place = if place.is_none() { b.input.stage.0[s].0.place } else { place };
        let spread = spread_over.contains(&k);
        let mut enough = true;
        for (role, needed) in service.team() {
            let own = service.others.is_empty();
            let wanted = OfficersWanted { role, needed: u64::from(needed), own };
            enough &= check_role(b, model, &helped[k], (s, k, place), &wanted, spread);
        }
        if enough {
            teams.check(b, model, &helped[k], (s, k, place), largest_factor(model, k), spread);
        }
    }
}

/// Officers of a role that a stage takes at once; of its `own` role and of no other, or of several.
struct OfficersWanted {
    role: RoleId,
    needed: u64,
    own: bool,
}

impl OfficersWanted {
    fn words(&self, model: &Model) -> String {
        unstaffed::officers(self.needed, (!self.own).then(|| model.roles[self.role].as_str()))
    }
}

/// Checks that so many officers of a role are ever on duty together at a centre.
fn check_role(
    b: &mut Builder<'_>,
    model: &Model,
    centre: &Centre,
    (s, k, place): (usize, CentreId, TextSpan),
    wanted: &OfficersWanted,
    spread: bool,
) -> bool {
    let factors = |e: &Exception| e.roster.iter().filter(|r| r.0 == k).map(|r| r.1).product::<f64>();
    let largest = largest_factor(model, k);
    let &OfficersWanted { role, needed, .. } = wanted;
    let officers = || wanted.words(model);
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
        return false;
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
    if wanted.own {
        held_back::check(b, model, centre, (s, k), (needed, together, largest), spread);
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
    true
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
    let factors = rosters::factors(model, centre);
    let lasts = |i: usize| factors.get(i + 1).map_or(f64::INFINITY, |next| next.0);
    let holds = factors.iter().enumerate().filter(|(i, f)| f.0 < model.run.end() && lasts(*i) > 0.0);
    if factors.is_empty() { 1.0 } else { holds.map(|(_, f)| f.1).fold(0.0, f64::max) }
}

/// Most officers of a role that are on duty together at any time, absence and a factor of exceptions included, breaks not.
fn together(centre: &Centre, role: RoleId, factor: f64) -> u64 {
    Presence::of(centre, StartConditions { factor, breaks: false, length: None }).most(role)
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
}
