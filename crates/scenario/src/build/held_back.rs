//! Finds classes that reserves keep out for ever: whenever officers are there, so many are kept free that none is left.

use super::Builder;
use super::presence::{Presence, StartConditions};
use poolwise_engine::model::{
    Centre, CentreId, ClassId, Model, Reserve, ReserveLimit, RoleId, StageId, StageKind,
};
use poolwise_engine::time::WEEK;

/// Checks a stage that takes `needed` of at most `together` officers at once at a centre, which stands here with all who may come
/// to help; `factor` is the greatest of exceptions on their number.
pub(super) fn check(
    b: &mut Builder<'_>,
    model: &Model,
    centre: &Centre,
    (s, k): (StageId, CentreId),
    (needed, together, factor): (u64, u64, f64),
    spread: bool,
) {
    if centre.reserves.is_empty() {
        return;
    }
    let StageKind::Service(service) = &model.stages[s].kind else { return };
    let held = |class: &ClassId| {
        centre.reserves.iter().any(|r| r.classes[*class]) && model.expected_visits(*class)[s] > 0.0
    };
    for class in (0..model.classes.len()).filter(held) {
        let reserves: Vec<&Reserve> = centre.reserves.iter().filter(|r| r.classes[class]).collect();
        let always = reserves.iter().filter(|r| holds_always(r)).find_map(|r| why(r, needed, together));
        let why = match always {
            Some(why) => why,
            None if by_hours(centre, service.role, &reserves, needed, factor) => {
                "in no hour of the week are officers left beside those who stay free in its hours".to_owned()
            }
            None => continue,
        };
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
        return;
    }
}

/// Why a reserve lets nobody begin while no more than so many are together; `None` where it does.
fn why(reserve: &Reserve, needed: u64, together: u64) -> Option<String> {
    match reserve.limit {
        ReserveLimit::KeepFree(n) if together < needed + u64::from(n) => {
            Some(format!("of at most {together} on duty together {n} stay free beside its team"))
        }
        ReserveLimit::AtWork(n) if u64::from(n) < needed => {
            Some(format!("it takes {needed} officers, and is begun only while no more than {n} are at work"))
        }
        _ => None,
    }
}

fn holds_always(reserve: &Reserve) -> bool {
    let length = |spans: &Vec<(f64, f64)>| spans.iter().map(|(from, until)| until - from).sum::<f64>();
    reserve.hours.as_ref().is_none_or(|spans| length(spans) >= WEEK)
}

/// Whether at no time of the week officers are left beside those who are kept free then. Those on call and moved ones may be there
/// at any time.
fn by_hours(centre: &Centre, role: RoleId, reserves: &[&Reserve], needed: u64, factor: f64) -> bool {
    let presence = Presence::of(centre, StartConditions { factor, breaks: true, length: None });
    if !presence.is_weekly() {
        return false;
    }
    let mut edges: Vec<f64> = vec![0.0];
    for (from, until) in reserves.iter().filter_map(|r| r.hours.as_ref()).flatten() {
        edges.extend([*from, if *until < WEEK { *until } else { 0.0 }]);
    }
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    edges.iter().enumerate().all(|(i, &from)| {
        // Who is there most between two edges may begin a case if anybody may.
        let until = edges.get(i + 1).copied().unwrap_or(WEEK);
        let most = presence.most_between(role, from, until);
        let in_force = |r: &&&Reserve| {
            r.hours.as_ref().is_none_or(|spans| spans.iter().any(|span| from >= span.0 && from < span.1))
        };
        most < needed || reserves.iter().filter(in_force).any(|r| why(r, needed, most).is_some())
    })
}
