//! A request's way through delays, branches and exits up to its next service.
//!
//! Nothing can come between a request and the end of a chain of delays but its own clocks, so the
//! whole chain is worked out at once and only the arrival at the next service is scheduled. Records
//! carry the instants at which things will have happened.

use super::network::{Cancel, Draw, Network};
use super::observe::Observer;
use super::request::Request;
use crate::model::{DeadlineUntil, Model, PickupClock, Stage, StageKind};
use crate::random::{KeyedRng, Purpose};
use crate::time::DAY;

/// Where a walk ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Walk {
    /// At a service stage (now the request's), reached at this instant.
    Serve(f64),
    /// Out of the system.
    Gone,
}

/// Books a request: draws its deadline, counted from its arrival.
#[inline]
pub(super) fn book(model: &Model, r: &mut Request) {
    r.entry = r.stage;
    r.entry_visits = r.visits;
    if let Some(deadline) = &model.classes[r.class as usize].deadline {
        const FIRST: u64 = KeyedRng::salt(0, 0, Purpose::Deadline);
        let mut luck = match r.bookings {
            0 => KeyedRng::salted(r.seed, FIRST),
            n => r.luck(0, u32::from(n), Purpose::Deadline),
        };
        r.release = r.arrival + deadline.after.sample(&mut luck);
        r.deadline = r.release;
    }
}

/// Takes a request that reaches its stage at `t` as far as it goes without an officer.
#[inline]
pub(super) fn walk(model: &Model, net: &Network, obs: &mut Observer, r: &mut Request, mut t: f64) -> Walk {
    loop {
        let s = r.stage as usize;
        let stage = &model.stages[s];
        obs.visit(s, t);
        let delay = match &stage.kind {
            StageKind::Service(_) => {
                if r.clock.is_nan() && (stage.starts_clock || net.clock_at_first_service) {
                    obs.clock_starts(r, t);
                }
                return Walk::Serve(t);
            }
            StageKind::Exit => {
                if stage.done && !r.done {
                    obs.done(r, t);
                }
                obs.exit(r, s, t);
                return Walk::Gone;
            }
            StageKind::Delay(delay) => delay,
        };
        if stage.starts_clock && r.clock.is_nan() {
            obs.clock_starts(r, t);
        }
        if delay.rebook {
            r.deadline = f64::INFINITY;
            r.release = f64::INFINITY;
            if stage.done && !r.done {
                obs.done(r, t);
            }
        }
        let end = t + delay.time.sample(&mut net.luck(model, (r.seed, &r.visits), s, Draw::Time));
        let limit = delay.pickup.as_ref().map_or(f64::INFINITY, |p| hold_ends(model, r, p));
        if r.deadline < end.min(limit) {
            let at = r.deadline;
            lose(model, net, obs, r, at);
            return Walk::Gone;
        }
        if let Some(pickup) = &delay.pickup
            && limit < end
        {
            r.stage = pickup.exit as u16;
            t = t.max(limit);
            continue;
        }
        finish_stage(net, obs, r, stage, 0, end);
        if delay.rebook {
            rebook(model, r, end);
        }
        match leave(model, net, obs, r, stage, end) {
            Some(next) => t = next,
            None => return Walk::Gone,
        }
    }
}

/// Records that a request has finished its stage at `t`, served at `centre` (0 for a delay): its
/// deadline may be met, it may be done.
#[inline(always)]
pub(super) fn finish_stage(
    net: &Network,
    obs: &mut Observer,
    r: &mut Request,
    stage: &Stage,
    centre: usize,
    t: f64,
) {
    let s = r.stage as usize;
    obs.completed(s, centre, t);
    if r.deadline < f64::INFINITY && net.cancels(r.class as usize, s) == Cancel::ByFinish {
        obs.deadline_met(r, t);
        r.deadline = f64::INFINITY;
    }
    if stage.done && !r.done {
        obs.done(r, t);
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
    stage: &Stage,
    t: f64,
) -> Option<f64> {
    let next = choose(model, net, (r.seed, &mut r.visits), r.class as usize, (r.stage as usize, stage), t);
    r.stage = next.0 as u16;
    r.interrupted = false;
    r.moved = false;
    r.left = f64::NAN;
    r.spent = 0.0;
    if r.deadline < next.1 {
        let at = r.deadline;
        lose(model, net, obs, r, at);
        return None;
    }
    r.reached = next.1;
    Some(next.1)
}

/// Draws the branch out of `stage` and the delay on it: next stage, and when it is reached.
#[inline(always)]
fn choose(
    model: &Model,
    net: &Network,
    (seed, visits): (u64, &mut [u8; 8]),
    class: usize,
    (stage, this): (usize, &Stage),
    t: f64,
) -> (usize, f64) {
    let branch = if this.next.len() == 1 {
        &this.next[0]
    } else {
        let u = net.luck(model, (seed, visits), stage, Draw::Branch).uniform();
        // The last branch closes the sum, whatever rounding left of it.
        this.next.iter().find(|b| u < b.cumulative[class]).unwrap_or(&this.next[this.next.len() - 1])
    };
    let reached = match &branch.delay {
        Some(delay) => t + delay.sample(&mut net.luck(model, (seed, visits), stage, Draw::BranchDelay)),
        None => t,
    };
    net.count_visit(visits, stage);
    (branch.to, reached)
}

/// The request comes back from a delay outside custody, as if newly booked at `t`.
pub(super) fn rebook(model: &Model, r: &mut Request, t: f64) {
    r.arrival = t;
    r.bookings = r.bookings.saturating_add(1);
    r.clock = f64::NAN;
    r.done = false;
    r.last_centre = super::request::NOWHERE;
    r.last_officer = super::request::NONE;
    book(model, r);
}

/// The request is lost at `t`: its deadline has passed.
pub(super) fn lose(model: &Model, net: &Network, obs: &mut Observer, r: &mut Request, t: f64) {
    let Some(deadline) = &model.classes[r.class as usize].deadline else { return };
    r.deadline = f64::INFINITY;
    if t <= model.run.end() {
        let unhindered = without_waiting(model, net, r, deadline.until);
        let anyway = unhindered.is_some_and(|end| end > t);
        obs.lost(r, unhindered.is_some(), anyway, t);
    }
    obs.exit(r, deadline.exit, t);
}

/// When the request's present booking would have come to what cancels its deadline, with the luck it
/// has, no waiting anywhere and centres of speed 1; `None` when its drawn path never gets there.
fn without_waiting(model: &Model, net: &Network, r: &Request, until: DeadlineUntil) -> Option<f64> {
    let class = r.class as usize;
    let mut stage = r.entry as usize;
    let mut visits = r.entry_visits;
    let mut t = r.arrival;
    // A loop whose visit counter is saturated repeats itself; a bound keeps the walk finite.
    for _ in 0..10_000 {
        let this = &model.stages[stage];
        let time = match &this.kind {
            StageKind::Exit => return None,
            StageKind::Delay(delay) if delay.rebook => return None,
            StageKind::Delay(delay) => &delay.time,
            StageKind::Service(service) => &service.time,
        };
        if until == DeadlineUntil::Start(stage) {
            return Some(t);
        }
        t += time.sample(&mut net.luck(model, (r.seed, &visits), stage, Draw::Time));
        if until == DeadlineUntil::Finish(stage) {
            return Some(t);
        }
        (stage, t) = choose(model, net, (r.seed, &mut visits), class, (stage, this), t);
    }
    None
}

/// The instant at which the hold after the drawn release instant runs out.
fn hold_ends(model: &Model, r: &Request, pickup: &PickupClock) -> f64 {
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
