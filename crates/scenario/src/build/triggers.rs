//! Rules that react: what they watch, whom they call in, which gates they close.

use super::Builder;
use super::route::window;
use crate::collections::List;
use crate::distribution::sampler;
use crate::parts::{CallInIn, GateIn, MeasuredIn, MoveIn, TriggerIn};
use crate::scalar::Text;
use crate::source::TextSpan;
use poolwise_engine::model::{
    CallIn, Centre, CentreId, Gate, LevelEnd, LevelPlan, Levels, Measured, Move, Pool, PoolKind, RoleMask,
    Stage, StageKind, Trigger, Window,
};
use poolwise_engine::random::{Sampler, name_key};

/// The place of a trigger among all, which stand in the order of their names.
pub(super) fn find(b: &mut Builder<'_>, name: &Text) -> Option<usize> {
    let names = names(b);
    let found = names.iter().position(|n| n == name.as_str());
    if found.is_none() {
        let note = b.cx.error(name.place, format!("unknown trigger `{}`", name.as_str()));
        if names.is_empty() {
            note.help("the scenario has no [[trigger]]");
        } else {
            note.names(name.as_str(), names.iter().map(String::as_str));
        }
    }
    found
}

fn names(b: &Builder<'_>) -> Vec<String> {
    let mut names: Vec<String> =
        b.input.trigger.items.iter().filter_map(|t| t.name.get()).map(|n| n.value.clone()).collect();
    names.sort();
    names
}

/// The triggers by name. Officers on call become pools of nobody at their centres.
pub(super) fn triggers(b: &mut Builder<'_>, stages: &[Stage], centres: &mut [Centre]) -> Vec<Trigger> {
    let input = b.input;
    let mut listed: Vec<&TriggerIn> = input.trigger.items.iter().collect();
    listed.sort_by_key(|t| t.name.get().map(|n| n.value.clone()));
    for pair in listed.windows(2) {
        if let (Some(first), Some(second)) = (pair[0].name.get(), pair[1].name.get())
            && first.value == second.value
        {
            b.cx.error(second.place, format!("a second trigger is called `{}`", second.value));
        }
    }
    let all: Vec<Trigger> = listed.iter().filter_map(|t| one(b, t, stages, centres)).collect();
    // Places of those that stand in routes are by name: none may be missing.
    b.workflow_ok &= all.len() == listed.len();
    all
}

fn centre(
    b: &mut Builder<'_>,
    named: Option<&Text>,
    otherwise: Option<CentreId>,
    place: TextSpan,
    key: &str,
) -> Option<CentreId> {
    match (named, otherwise) {
        (Some(name), _) => b.names.centres.find(name, b.cx),
        (None, Some(centre)) => Some(centre),
        (None, None) => {
            b.cx.error(place, format!("there are several centres: say which with `{key}`"))
                .names("", b.names.centres.all().iter().map(String::as_str));
            None
        }
    }
}

fn one(b: &mut Builder<'_>, input: &TriggerIn, stages: &[Stage], centres: &mut [Centre]) -> Option<Trigger> {
    let name = input.name.get()?;
    let only = (centres.len() == 1).then_some(0);
    let watched = centre(b, input.at.as_ref(), only, input.place, "at")?;
    let hours = match window(&input.hours, b.cx) {
        Window::Always => None,
        Window::Hours(spans) => Some(spans),
        Window::Open => {
            b.cx.error(input.place, "a trigger has hours such as \"Mon-Fri 16:00-18:00\", or none");
            None
        }
    };
    let role = match &input.role {
        None => None,
        Some(named) => {
            let role = b.names.roles.find(named, b.cx)?;
            if !centres[watched].pools.iter().any(|pool| pool.roles >> role & 1 == 1) {
                b.cx.error(
                    named.place,
                    format!("nobody at `{}` holds the role `{}`", centres[watched].name, named.as_str()),
                );
                return None;
            }
            Some(role)
        }
    };
    let on = input.on.as_ref().and_then(measured);
    let off = input.off.as_ref().and_then(measured);
    if input.on.is_none() && hours.is_none() {
        b.cx.error(input.place, format!("nothing puts `{}` on", name.as_str()))
            .help("say what does: on = { queue = 10 }, on = { oldest = \"5 min\" }, on = { answered_below = 0.8 }, or hours");
    }
    if let (Some(of), Some(off)) = (&input.off, off) {
        let fits = match (on, off) {
            (Some(Measured::Queue(on)), Measured::Queue(off)) => off <= on,
            (Some(Measured::Oldest(on)), Measured::Oldest(off)) => off <= on,
            (Some(Measured::Answered(on)), Measured::Answered(off)) => off >= on,
            _ => {
                b.cx.error(of.place, "`off` measures something else than `on`")
                    .help("both are a queue, an oldest wait, or a share answered");
                true
            }
        };
        if !fits {
            b.cx.error(of.place, "`off` lies beyond `on`: it would be off as soon as it is on")
                .help("it stays on while `off` is reached: a shorter queue or wait, or a greater share, than that of `on`");
        }
    }
    let routed = routes_of(b, name);
    if input.call_in.items.is_empty()
        && input.move_officers.items.is_empty()
        && input.close.items.is_empty()
        && !routed
    {
        b.cx.warning(input.place, format!("trigger `{}` does nothing", name.as_str()))
            .help("give it `call_in`, `move_officers` or `close`, or name it in a route: trigger = \"...\"");
    }
    let moves = input
        .move_officers
        .items
        .iter()
        .filter_map(|order| move_officers(b, order, watched, centres))
        .collect();
    let calls = input.call_in.items.iter().filter_map(|call| call_in(b, call, watched, centres)).collect();
    let gates = input.close.items.iter().filter_map(|close| gate(b, close, watched, stages)).collect();
    Some(Trigger {
        name: name.value.clone(),
        key: name_key(name.as_str()),
        centre: watched,
        role,
        on,
        off,
        hours,
        calls,
        moves,
        gates,
    })
}

/// Whether a route opens with a trigger.
fn routes_of(b: &Builder<'_>, name: &Text) -> bool {
    let standing = b.input.route.items.iter();
    let all = standing.chain(b.input.exception.items.iter().flat_map(|e| &e.routes.items));
    all.filter_map(|route| route.trigger.as_ref()).any(|named| named.as_str() == name.as_str())
}

fn measured(input: &MeasuredIn) -> Option<Measured> {
    let queue = input.queue.map(|n| Measured::Queue(n.count()));
    let oldest = input.oldest.map(|wait| Measured::Oldest(wait.seconds));
    queue.or(oldest).or(input.answered_below.map(|share| Measured::Answered(share.value)))
}

fn call_in(
    b: &mut Builder<'_>,
    input: &CallInIn,
    watched: CentreId,
    centres: &mut [Centre],
) -> Option<CallIn> {
    let at = centre(b, input.centre.as_ref(), Some(watched), input.place, "centre")?;
    let roles = roles(b, input.roles.as_ref(), &centres[at])?;
    let lead = match &input.lead {
        Some(dist) => sampler(Some(dist), &mut b.files, b.cx),
        None => Sampler::Constant(0.0),
    };
    let pool = add_nobody(&mut centres[at], roles);
    Some(CallIn {
        centre: at,
        pool,
        officers: input.officers.get()?.count(),
        lead,
        stay: input.stay.seconds,
        premium: input.premium.value,
        allowance: input.allowance.seconds,
    })
}

/// The roles of officers who come to help at a centre.
fn roles(b: &mut Builder<'_>, named: Option<&List<Text>>, centre: &Centre) -> Option<RoleMask> {
    let held: RoleMask = centre.pools.iter().fold(0, |mask, pool| mask | pool.roles);
    let Some(list) = named else { return Some(held) };
    let mask = b.names.mask(Some(list), b.cx);
    if mask & !held != 0 {
        b.cx.error(list.place, format!("nobody else at `{}` holds a role of theirs", centre.name))
            .help("they come to help those who are there: name roles that these hold");
        return None;
    }
    Some(mask)
}

/// Adds a pool of nobody to a centre, for those who come to help; gives its place.
fn add_nobody(centre: &mut Centre, roles: RoleMask) -> usize {
    let nobody =
        Levels { plan: LevelPlan::Steps { steps: vec![(0.0, 0)], period: None }, end: LevelEnd::ByCount };
    centre.pools.push(Pool::new(roles, PoolKind::Levels(nobody)));
    centre.pools.len() - 1
}

/// The centres as they are when all who may come to help are there.
pub(super) fn with_help(centres: &[Centre], triggers: &[Trigger]) -> Vec<Centre> {
    let mut helped = centres.to_vec();
    let calls = triggers.iter().flat_map(|t| &t.calls).map(|call| (call.centre, call.pool, call.officers));
    let moves = triggers.iter().flat_map(|t| &t.moves).map(|order| (order.to, order.pool, order.officers));
    for (centre, pool, officers) in calls.chain(moves) {
        if let PoolKind::Levels(levels) = &mut helped[centre].pools[pool].kind {
            levels.plan = LevelPlan::Steps { steps: vec![(0.0, officers)], period: None };
        }
    }
    helped
}

fn move_officers(
    b: &mut Builder<'_>,
    input: &MoveIn,
    watched: CentreId,
    centres: &mut [Centre],
) -> Option<Move> {
    let to = centre(b, input.to.as_ref(), Some(watched), input.place, "to")?;
    let named = input.from.get()?;
    let from = b.names.centres.find(named, b.cx)?;
    if !centres[from].pools.iter().any(|pool| matches!(pool.kind, PoolKind::Crews(_))) {
        b.cx.error(named.place, format!("`{}` has no officers on shifts to be moved", named.as_str()))
            .help("officers of a level are a number: give the centre `shifts` in place of `levels`");
        return None;
    }
    if from == to && input.roles.is_none() {
        b.cx.error(input.place, "the officers stay where they are, in the roles that they have")
            .help("name another centre with `to`, or other roles with `roles`");
    }
    if centres[to].discipline.cuts_off() {
        b.cx.error(input.place, format!("urgent cases cut off others at `{}`: when an officer who helps there could go back is not known", centres[to].name))
            .help("call officers in, or choose another discipline there");
    }
    let roles = roles(b, input.roles.as_ref(), &centres[to])?;
    let pool = add_nobody(&mut centres[to], roles);
    Some(Move { from, to, pool, officers: input.officers.get()?.count(), travel: input.travel.seconds })
}

fn gate(b: &mut Builder<'_>, input: &GateIn, watched: CentreId, stages: &[Stage]) -> Option<Gate> {
    let at = centre(b, input.centre.as_ref(), Some(watched), input.place, "centre")?;
    let name = input.exit.get()?;
    let exit = b.names.stages.find(name, b.cx)?;
    if !stages.get(exit).is_some_and(|stage| matches!(stage.kind, StageKind::Exit)) {
        b.cx.error(name.place, format!("`{}` is no exit: a closed gate turns away", name.as_str()))
            .help("to send them elsewhere open a route with `trigger`");
        return None;
    }
    Some(Gate { centre: at, classes: b.names.classes.flags(input.classes.as_ref(), b.cx), exit })
}
