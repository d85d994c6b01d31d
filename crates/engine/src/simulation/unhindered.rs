//! What would happen to a request with no waiting anywhere and centres of speed 1, by the draws that it has.

use super::forks::seed_of_branch;
use super::network::{Draw, Network, StageAction};
use super::path::choose;
use super::request::Request;
use super::visits::Visits;
use crate::model::limits::numbered;
use crate::model::{DeadlineUntil, StageId};

/// Stages after which a path without any waiting counts as one that comes to its end.
const FARTHEST: u32 = 1_000_000;

/// When the request's present booking would have come to what cancels its deadline; `None` when its drawn path never gets
/// there.
pub(super) fn without_waiting(net: &Network, r: &Request, until: DeadlineUntil) -> Option<f64> {
    let terms = net.deadline_terms(r.class);
    let mut stage = r.entry as usize;
    let mut visits = r.visits.when_booked();
    let mut t = r.arrival;
    let booked_at = net.step(r.entry);
    if r.bookings > 0
        && let StageAction::Delay(delay) = booked_at.kind
        && delay.rebook
    {
        // Booked anew at the end of that delay: its branch out of it, with the draws of that visit, comes first.
        (stage, t) = choose(booked_at, r.seed, r.class, &mut visits, t);
    }
    // Draws never repeat, so that a path that can come to its end does; only one that is left with a probability of a
    // millionth takes so long that it has to be bounded.
    for _ in 0..FARTHEST {
        if !terms.leads(numbered(stage)) {
            return None;
        }
        let step = net.step(numbered(stage));
        let time = match step.kind {
            StageAction::Exit => return None,
            StageAction::Delay(delay) if delay.rebook => return None,
            StageAction::Delay(delay) => Some(&delay.time),
            StageAction::Service(service) => Some(&service.time),
            StageAction::Fork => {
                if until == DeadlineUntil::Finish(stage) {
                    return Some(t);
                }
                let mut met = f64::INFINITY;
                let on = through_branches(
                    net,
                    (r.seed, r.class),
                    &mut visits,
                    (numbered(stage), t),
                    &mut |at, from, to| {
                        if let Some(at) = met_at(until, usize::from(at), from, to) {
                            met = met.min(at);
                        }
                    },
                );
                // What is done in a branch that nobody waits for any more meets nothing.
                if met <= on.1 {
                    return Some(met);
                }
                (stage, t) = on;
                continue;
            }
            StageAction::Join(_) => None,
        };
        let end = t + time.map_or(0.0, |time| time.sample(&mut step.keyed_draw(r.seed, &visits, Draw::Time)));
        if let Some(met) = met_at(until, stage, t, end) {
            return Some(met);
        }
        (stage, t) = choose(step, r.seed, r.class, &mut visits, end);
    }
    Some(t)
}

/// When a visit to a stage, from one instant to another, meets a deadline.
fn met_at(until: DeadlineUntil, stage: StageId, from: f64, to: f64) -> Option<f64> {
    match until {
        DeadlineUntil::Start(at) if at == stage => Some(from),
        DeadlineUntil::Finish(at) if at == stage => Some(to),
        DeadlineUntil::Start(_) | DeadlineUntil::Finish(_) => None,
    }
}

/// Follows a request of a seed and class, which reaches a fork at an instant, through all branches without waiting: its join,
/// and when it would go on from there. `seen` is told each visit to a stage on the way, from when to when.
pub(super) fn through_branches(
    net: &Network,
    (seed, class): (u64, u16),
    visits: &mut Visits,
    (fork, t): (u16, f64),
    seen: &mut dyn FnMut(u16, f64, f64),
) -> (usize, f64) {
    let step = net.step(fork);
    let visit = step.visit(visits);
    step.count_visit(visits);
    let (mut join, mut need) = (usize::from(fork), step.branches.len());
    let mut came = Vec::with_capacity(step.branches.len());
    for (i, branch) in step.branches.iter().enumerate() {
        let nth = step.branches[..i].iter().filter(|other| other.to == branch.to).count() as u32;
        let seed = seed_of_branch(step, seed, visit, net.step(branch.to), nth);
        let (mut at, mut now, mut visits) = (branch.to, t, visits.clone());
        for _ in 0..FARTHEST {
            let step = net.step(at);
            let end = match step.kind {
                StageAction::Join(rules) => {
                    join = usize::from(at);
                    need = rules.need.map_or(need, |need| need as usize);
                    break;
                }
                StageAction::Fork => {
                    let on = through_branches(net, (seed, class), &mut visits, (at, now), seen);
                    (at, now) = (numbered(on.0), on.1);
                    // From the inner join on.
                    now
                }
                StageAction::Delay(delay) => {
                    now + delay.time.sample(&mut step.keyed_draw(seed, &visits, Draw::Time))
                }
                StageAction::Service(service) => {
                    now + service.time.sample(&mut step.keyed_draw(seed, &visits, Draw::Time))
                }
                StageAction::Exit => break,
            };
            seen(at, now, end);
            let next = choose(net.step(at), seed, class, &mut visits, end);
            (at, now) = (numbered(next.0), next.1);
        }
        came.push(now);
    }
    came.sort_by(f64::total_cmp);
    (join, came[need.clamp(1, came.len()) - 1])
}
