//! A request's way through delays, branches and exits up to its next service.
//!
//! Nothing can come between a request and the end of a chain of delays but its own clocks, so the
//! whole chain is worked out at once and only the arrival at the next service is scheduled. Records
//! carry the instants at which things will have happened.

use super::network::{Draw, Network, StageAction, StageStep};
use super::observe::Observer;
use super::redial::give_up;
use super::request::Request;
use super::unhindered::without_waiting;
use super::visits::Visits;
use crate::model::limits::numbered;
use crate::model::{Delay, Model, PickupClock, StageId};
use crate::random::{KeyedRng, Purpose};
use crate::time::DAY;

/// Where a path ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum PathEnd {
    /// At a service, or at a fork (now the request's stage), reached at this instant.
    Serve(f64),
    /// Out of the system.
    Gone,
}

/// Books a request: draws its deadline, counted from its arrival.
#[inline(always)]
pub(super) fn book(net: &Network, r: &mut Request) {
    r.entry = r.stage;
    r.visits.book();
    if let Some(deadline) = net.deadline_terms(r.class).deadline {
        let mut draws = match r.bookings {
            0 => first_deadline(r.seed),
            n => r.keyed_draw(0, n, Purpose::Deadline),
        };
        r.release = r.arrival + deadline.after.sample(&mut draws);
        r.deadline = r.release;
    }
}

/// Draws of the deadline that a request has when it is booked first.
#[inline(always)]
pub(super) fn first_deadline(seed: u64) -> KeyedRng {
    const FIRST: u64 = KeyedRng::salt(0, 0, Purpose::Deadline);
    KeyedRng::salted(seed, FIRST)
}

/// Takes a request that reaches its stage at `t` as far as it goes without an officer.
#[inline(always)]
pub(super) fn follow(model: &Model, net: &Network, obs: &mut Observer, r: &mut Request, t: f64) -> PathEnd {
    let step = net.step(r.stage);
    match step.kind {
        StageAction::Delay(_) => follow_on(model, net, obs, r, t),
        StageAction::Service(_) | StageAction::Fork | StageAction::Join(_) | StageAction::Exit => {
            arrive(obs, r, step, t)
        }
    }
}

/// Takes a request through one delay or several, and to where they lead.
#[inline(never)]
fn follow_on(model: &Model, net: &Network, obs: &mut Observer, r: &mut Request, mut t: f64) -> PathEnd {
    loop {
        if t > model.run.end() {
            // What happens after the end is nobody's business, however long a chain of delays goes on.
            return PathEnd::Serve(t);
        }
        let step = net.step(r.stage);
        let StageAction::Delay(delay) = step.kind else { return arrive(obs, r, step, t) };
        obs.visit(r, obs.in_window(t));
        let over = t + delay.time.sample(&mut step.keyed_draw(r.seed, &r.visits, Draw::Time));
        let next = match pass_delay(model, net, obs, r, (step, delay), (t, over)) {
            Passed::Whole => leave(model, net, obs, r, step, over),
            Passed::Cut(next) => next,
        };
        match next {
            // A run that was stopped in the middle of a chain does not come to the end of its time.
            Some(_) if !obs.chains.go_on() => return PathEnd::Serve(f64::MAX),
            Some(next) => t = next,
            None => return PathEnd::Gone,
        }
    }
}

/// A request reaches a service, a fork or an exit at `t`.
#[inline(always)]
fn arrive(obs: &mut Observer, r: &mut Request, step: &StageStep, t: f64) -> PathEnd {
    let inside = obs.in_window(t);
    obs.visit(r, inside);
    if let StageAction::Exit = step.kind {
        obs.exit(r, r.stage as usize, step.done, t, inside);
        return PathEnd::Gone;
    }
    if step.starts_clock && r.clock.is_nan() {
        obs.start_clock(r, t);
    }
    r.priority = step.priority(r.class);
    PathEnd::Serve(t)
}

/// What becomes of a request at a delay.
enum Passed {
    /// It stays to the end and leaves by a branch.
    Whole,
    /// Its deadline or hold came first: when it goes on at its stage, if it does not leave.
    Cut(Option<f64>),
}

/// Takes a request through the delay that it has reached at `t`, which is over at `over` if nothing comes first.
#[inline(always)]
fn pass_delay(
    model: &Model,
    net: &Network,
    obs: &mut Observer,
    r: &mut Request,
    (step, delay): (&StageStep, &Delay),
    (t, over): (f64, f64),
) -> Passed {
    if step.plain {
        // Nothing but the time is asked: so it is at most, and a request may go through several.
        if r.deadline < over {
            let at = r.deadline;
            return Passed::Cut(give_up(model, net, obs, r, at));
        }
        obs.completed(r, 0, obs.in_window(over));
        return Passed::Whole;
    }
    if step.starts_clock && r.clock.is_nan() {
        obs.start_clock(r, t);
    }
    if delay.rebook {
        r.deadline = f64::INFINITY;
        r.release = f64::INFINITY;
        if step.done && !r.done {
            obs.done(r, t, obs.in_window(t));
        }
    }
    let limit = delay.pickup.as_ref().map_or(f64::INFINITY, |p| hold_ends(model, r, p));
    if r.deadline < over.min(limit) {
        let at = r.deadline;
        return Passed::Cut(give_up(model, net, obs, r, at));
    }
    if let Some(pickup) = &delay.pickup
        && limit < over
    {
        r.stage = numbered(pickup.exit);
        return Passed::Cut(Some(t.max(limit)));
    }
    finish_stage(net, obs, r, step, 0, over);
    if delay.rebook {
        rebook(net, r, over);
    }
    Passed::Whole
}

/// Records that a request has finished its stage at `t`, served at `centre` (0 for a delay): its
/// deadline may be met, it may be done.
#[inline(always)]
pub(super) fn finish_stage(
    net: &Network,
    obs: &mut Observer,
    r: &mut Request,
    step: &StageStep,
    centre: usize,
    t: f64,
) {
    let inside = obs.in_window(t);
    obs.completed(r, centre, inside);
    if r.deadline < f64::INFINITY && net.deadline_terms(r.class).met_by_finish(r.stage) {
        obs.deadline_met(r, inside);
        r.deadline = f64::INFINITY;
    }
    if step.done && !r.done {
        obs.done(r, t, inside);
    }
}

/// Takes a branch from the request's stage at `t`: sets the next stage and gives the instant at which
/// it is reached; `None` when the deadline came first.
#[inline(always)]
pub(super) fn leave(
    model: &Model,
    net: &Network,
    obs: &mut Observer,
    r: &mut Request,
    step: &StageStep,
    t: f64,
) -> Option<f64> {
    let (next, reached) = choose(step, r.seed, r.class, &mut r.visits, t);
    r.stage = numbered(next);
    r.interrupted = false;
    r.moved = false;
    r.left = f64::NAN;
    r.spent = 0.0;
    if r.deadline < reached {
        let at = r.deadline;
        return give_up(model, net, obs, r, at);
    }
    r.reached = reached;
    Some(reached)
}

/// Draws the branch out of a stage and the delay on it: next stage, and when it is reached.
#[inline(always)]
pub(super) fn choose(step: &StageStep, seed: u64, class: u16, visits: &mut Visits, t: f64) -> (usize, f64) {
    let branch = match &step.branches[..] {
        [only] => only,
        _ => step.branch(class, step.keyed_draw(seed, visits, Draw::Branch).uniform()),
    };
    let reached = match branch.delay {
        Some(delay) => t + delay.sample(&mut step.keyed_draw(seed, visits, Draw::BranchDelay)),
        None => t,
    };
    step.count_visit(visits);
    (usize::from(branch.to), reached)
}

/// The request comes back from a delay out of reach, as if newly arrived at `t`.
pub(super) fn rebook(net: &Network, r: &mut Request, t: f64) {
    r.arrival = t;
    r.bookings += 1;
    r.clock = f64::NAN;
    r.done = false;
    r.last_centre = super::request::NOWHERE;
    r.last_officer = super::request::NONE;
    book(net, r);
}

/// The request is lost at `t`: its deadline has passed. When it is at the stage where it goes on, if it does not leave.
#[inline(never)]
pub(super) fn lose(model: &Model, net: &Network, obs: &mut Observer, r: &mut Request, t: f64) -> Option<f64> {
    let deadline = net.deadline_terms(r.class).deadline?;
    r.deadline = f64::INFINITY;
    let leaves = matches!(net.step(numbered(deadline.exit)).kind, StageAction::Exit);
    if t <= model.run.end() {
        let unhindered = without_waiting(net, r, deadline.until);
        let anyway = unhindered.is_some_and(|end| end > t);
        obs.lost(r, unhindered.is_some(), anyway, t);
        if leaves {
            obs.go_early(r, t);
        }
    }
    if leaves {
        obs.exit(r, deadline.exit, false, t, obs.in_window(t));
        return None;
    }
    turn_aside(net, r, deadline.exit, t);
    Some(t)
}

/// A request goes on at another stage at `t`, with what it was at behind it: another visit there would have draws of its own.
pub(super) fn turn_aside(net: &Network, r: &mut Request, stage: StageId, t: f64) {
    net.step(r.stage).count_visit(&mut r.visits);
    r.stage = numbered(stage);
    r.calls = 0;
    r.reached = t;
    r.interrupted = false;
    r.moved = false;
    r.left = f64::NAN;
    r.spent = 0.0;
}

/// The instant at which the hold after the drawn release instant runs out.
pub(super) fn hold_ends(model: &Model, r: &Request, pickup: &PickupClock) -> f64 {
    if !pickup.business_days || r.release == f64::INFINITY {
        return r.release + pickup.hold;
    }
    let clock = &model.clocks[model.areas[r.area as usize].clock];
    let mut left = pickup.hold;
    let mut t = r.release;
    loop {
        let day = clock.day(t);
        let midnight = clock.instant(day + 1, 0.0);
        let counts = day.rem_euclid(7) < 5 && !model.is_holiday(day);
        if counts {
            if left <= midnight - t {
                return t + left;
            }
            left -= midnight - t;
        }
        // A day has at least some hours; guard against a clock that stands still.
        t = if midnight > t { midnight } else { t + DAY };
    }
}
