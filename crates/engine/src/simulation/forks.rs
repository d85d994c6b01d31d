//! Requests that are worked on in several branches at once.
//!
//! From its fork on a request keeps its slot and takes no part; each branch has a slot of its own, with draws of its own, and
//! goes through queues and services as any request does. What is one thing for the whole request, its clocks and its
//! deadline, is told to all of its branches as soon as it changes. When enough branches have come to the join, the request
//! goes on from there. Branches within branches are the same again: the slot that waits is then itself a branch.
//!
//! All of it is reached over questions that others asked before (`doubled`, a stage without a route), so that models without
//! forks pay nothing.

mod shared;
#[cfg(test)]
mod tests;

use super::event_list::{Entity, Rank};
use super::limits::BATCH;
use super::network::{Draw, StageAction, StageStep};
use super::path::{choose, finish_stage};
use super::request::{NONE, Phase, Request};
use super::service::Team;
use super::sim::Sim;
use crate::model::Rest;
use crate::model::limits::numbered;
use crate::random::KeyedRng;

/// The branches of a request that are on their way to a join.
#[derive(Debug)]
struct Split {
    /// The request, or the branch, that waits for them; [`NONE`] when it has gone on.
    whole: u32,
    /// Those that have not come to the join.
    under_way: Vec<u32>,
    /// How many have come.
    came: u32,
    /// Sum of the instants at which they came.
    came_at: f64,
    branches: u32,
    /// Tells it from earlier ones with the same number.
    serial: u64,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Splits {
    all: Vec<Split>,
    free: Vec<u32>,
    serial: u64,
    /// Branches made since limits were looked at.
    made: u64,
}

impl Splits {
    fn begin(&mut self, whole: u32, branches: u32) -> u32 {
        self.serial += 1;
        let serial = self.serial;
        let split = Split { whole, under_way: Vec::new(), came: 0, came_at: 0.0, branches, serial };
        if let Some(number) = self.free.pop() {
            self.all[number as usize] = split;
            return number;
        }
        self.all.push(split);
        (self.all.len() - 1) as u32
    }

    fn end(&mut self, number: u32) {
        // Another number, so that nobody who looks again takes what comes next for this one.
        self.all[number as usize].serial = 0;
        self.free.push(number);
    }

    fn of(&mut self, number: u32) -> &mut Split {
        &mut self.all[number as usize]
    }

    /// A branch goes on in another slot.
    pub(super) fn replace(&mut self, number: u32, old: u32, new: u32) {
        for slot in &mut self.of(number).under_way {
            if *slot == old {
                *slot = new;
            }
        }
    }
}

/// The seed of the draws of a branch: keyed by fork, visit, the branch's first stage and, of several that begin there, its
/// number. So no branch's draws depend on the others.
pub(super) fn seed_of_branch(step: &StageStep, seed: u64, visit: u32, first: &StageStep, nth: u32) -> u64 {
    let place = step.stage.key ^ first.stage.key.rotate_left(17);
    KeyedRng::of(seed, place, i64::from(visit) << 16 | i64::from(nth)).bits()
}

impl Sim<'_> {
    /// A request is at a stage that no rule leads on from: a fork, a join, or for a branch a delay that is over. Whether it is
    /// one of these.
    #[cold]
    pub(super) fn reach_other_stage(&mut self, s: u32) -> bool {
        let r = &self.requests[s];
        match self.net.step(r.stage).kind {
            StageAction::Fork if r.doubled && r.branches != NONE => self.time_out_in_parts(s),
            StageAction::Fork => self.fork(s),
            StageAction::Join(_) => {
                if let Some(on) = self.join(s) {
                    self.reach_service(on);
                }
            }
            StageAction::Delay(_) => {
                if let Some(on) = self.leave_in_branch(s, 0) {
                    self.reach_service(on);
                }
            }
            StageAction::Service(_) | StageAction::Exit => return false,
        }
        true
    }

    /// A request, or a branch of one, goes into branches.
    fn fork(&mut self, s: u32) {
        let t = self.now;
        self.finish_stage_of(s, 0);
        let r = &mut self.requests[s];
        let step = self.net.step(r.stage);
        let visit = step.visit(&r.visits);
        step.count_visit(&mut r.visits);
        r.double();
        let split = self.splits.begin(s, step.branches.len() as u32);
        let r = &mut self.requests[s];
        r.branches = split;
        r.phase = Phase::Underway;
        r.interrupted = false;
        let whole = r.fork == NONE;
        if whole && r.deadline < f64::INFINITY {
            self.events.schedule(Entity::Request(s), r.deadline, Rank::Timeout);
        } else {
            self.events.cancel(Entity::Request(s));
        }
        let mut blank = self.requests[s].clone();
        blank.become_branch(split);
        let mut branches = Vec::with_capacity(step.branches.len());
        for (i, branch) in step.branches.iter().enumerate() {
            let nth = step.branches[..i].iter().filter(|other| other.to == branch.to).count() as u32;
            let seed = seed_of_branch(step, blank.seed, visit, self.net.step(branch.to), nth);
            branches.push(self.requests.insert(Request { seed, stage: branch.to, ..blank.clone() }));
        }
        self.splits.of(split).under_way.clone_from(&branches);
        let serial = self.splits.of(split).serial;
        self.splits.made += branches.len() as u64;
        if self.splits.made >= BATCH {
            self.splits.made = 0;
            self.look_at_limits();
        }
        for branch in branches {
            // One before it may have been turned away, and the whole request with it; or the join may need no more.
            let at = self.splits.of(split);
            if at.serial == serial
                && at.under_way.contains(&branch)
                && let Some(on) = self.proceed(branch, t)
            {
                self.reach_service(on);
            }
        }
    }

    /// A branch is to reach its stage at `t`. Who is to be sent on to a service, a fork or a queue now, if anybody: the branch,
    /// or the request that was waiting for it.
    fn proceed(&mut self, s: u32, mut t: f64) -> Option<u32> {
        loop {
            let kind = self.net.step(self.requests[s].stage).kind;
            let at_once = t <= self.now;
            self.requests[s].phase = Phase::Underway;
            self.requests[s].reached = t;
            match kind {
                StageAction::Join(_) if at_once => return self.join(s),
                StageAction::Join(_) => {}
                StageAction::Service(_) | StageAction::Fork => self.arrive_in_branch(s, t),
                StageAction::Delay(delay) => {
                    self.arrive_in_branch(s, t);
                    let r = &self.requests[s];
                    let step = self.net.step(r.stage);
                    t += delay.time.sample(&mut step.keyed_draw(r.seed, &r.visits, Draw::Time));
                    if t <= self.now && self.obs.chains.go_on() {
                        t = self.choose_in_branch(s, 0);
                        continue;
                    }
                    self.events.schedule(Entity::Request(s), t, Rank::Reach);
                    return None;
                }
                StageAction::Exit => unreachable!("no branch of a valid model leads to an exit"),
            }
            if at_once {
                return Some(s);
            }
            self.events.schedule(Entity::Request(s), t, Rank::Reach);
            return None;
        }
    }

    /// A branch reaches a stage at `t`.
    fn arrive_in_branch(&mut self, s: u32, t: f64) {
        let inside = self.obs.in_window(t);
        let r = &mut self.requests[s];
        let step = self.net.step(r.stage);
        self.obs.visit(r, inside);
        r.priority = step.priority(r.class);
        if step.starts_clock && r.clock.is_nan() && self.whole_or_rest(s).1 {
            self.obs.start_clock(&mut self.requests[s], t);
            self.share(s);
        }
    }

    /// A request, or a branch, has finished its stage now, at `centre`; all its branches are told what follows from that.
    fn finish_stage_of(&mut self, s: u32, centre: usize) {
        let r = &mut self.requests[s];
        let before = (r.done, r.deadline);
        finish_stage(&self.net, &mut self.obs, r, self.net.step(r.stage), centre, self.now);
        if before != (r.done, r.deadline) && r.is_branch() {
            self.share(s);
        }
    }

    /// A branch has finished its stage now, at `centre`: who is to be sent on, as by [`Self::proceed`].
    fn leave_in_branch(&mut self, s: u32, centre: usize) -> Option<u32> {
        let reached = self.choose_in_branch(s, centre);
        self.proceed(s, reached)
    }

    /// A branch has finished its stage now, at `centre`: it is given the next one. When that is reached.
    fn choose_in_branch(&mut self, s: u32, centre: usize) -> f64 {
        self.finish_stage_of(s, centre);
        let r = &mut self.requests[s];
        let (next, reached) = choose(self.net.step(r.stage), r.seed, r.class, &mut r.visits, self.now);
        r.stage = numbered(next);
        r.interrupted = false;
        r.moved = false;
        r.left = f64::NAN;
        r.spent = 0.0;
        reached
    }

    /// A branch's service at a centre is complete: who is to be sent on.
    pub(super) fn complete_in_branch(&mut self, s: u32, centre: usize) -> Option<u32> {
        self.note_service(s, centre);
        self.leave_in_branch(s, centre)
    }

    /// A branch's service ends.
    #[cold]
    pub(super) fn finish_in_branch(&mut self, s: u32, team: Team) {
        if let Some(time) = &self.service(&self.requests[s]).after_work {
            let mut onward = self.requests[s].clone();
            (onward.prev, onward.next) = (NONE, NONE);
            let fork = onward.fork;
            let onward = self.requests.insert(onward);
            self.splits.replace(fork, s, onward);
            self.begin_after_work(s, team, time);
            let on = self.complete_in_branch(onward, team.centre);
            if self.more_to_come() {
                self.put_off(team.centre, on);
            } else if let Some(on) = on {
                self.reach_service(on);
            }
            return;
        }
        let on = self.complete_in_branch(s, team.centre);
        if on == Some(s) && self.go_on_with(s, team) {
            self.go_on(s, team, self.now);
            return;
        }
        self.free_team(s, team);
        if self.more_to_come() {
            self.put_off(team.centre, on);
            return;
        }
        if let Some(on) = on {
            self.go_straight_on(on, team.centre);
        }
        self.serve_freed(team);
    }

    /// A branch comes to the join now. Who is to be sent on: the request, when it needs no more of them.
    fn join(&mut self, s: u32) -> Option<u32> {
        let r = &self.requests[s];
        let (stage, fork) = (r.stage, r.fork);
        let last = (r.last_centre, r.last_officer, r.last_stamp);
        let StageAction::Join(rules) = self.net.step(stage).kind else { unreachable!("it is at a join") };
        let split = self.splits.of(fork);
        split.came += 1;
        split.came_at += self.now;
        let (came, came_at) = (split.came, split.came_at);
        let (whole, enough) = (split.whole, split.came >= rules.need.unwrap_or(split.branches));
        self.leave_split(s);
        if whole == NONE || !enough {
            self.drop_slot(s);
            return None;
        }
        let rest = self.splits.of(fork);
        if rules.rest == Rest::Finish && !rest.under_way.is_empty() {
            rest.whole = NONE;
            self.let_finish(fork);
        } else {
            self.withdraw(fork, false);
        }
        // Its slot is not given to anybody else before its team is free, which the caller sees to at once.
        self.drop_slot(s);
        self.events.cancel(Entity::Request(whole));
        let inside = self.obs.inside;
        let r = &mut self.requests[whole];
        r.stage = stage;
        (r.last_centre, r.last_officer, r.last_stamp) = last;
        r.branches = NONE;
        r.doubled = r.fork != NONE;
        self.obs.visit(r, inside);
        // Each branch has waited from its own coming to that of the last one needed.
        self.obs.joined(r, (came, f64::from(came) * self.now - came_at), inside);
        if r.doubled {
            return self.leave_in_branch(whole, 0);
        }
        let at = self.move_on(whole, 0)?;
        self.sets_out_again(whole, at).then_some(whole)
    }

    /// A branch is no longer on its way to the join.
    fn leave_split(&mut self, s: u32) {
        let fork = self.requests[s].fork;
        let split = self.splits.of(fork);
        split.under_way.retain(|other| *other != s);
        if split.whole == NONE && split.under_way.is_empty() {
            self.splits.end(fork);
        }
    }

    /// Nobody waits for the branches under way any more: they are work for the officers and nothing else.
    fn let_finish(&mut self, split: u32) {
        for s in self.splits.of(split).under_way.clone() {
            self.forget_deadline(s);
            let r = &mut self.requests[s];
            r.clock = f64::NAN;
            r.seen = true;
            r.done = true;
            if r.branches != NONE {
                let within = r.branches;
                self.let_finish(within);
            }
        }
    }

    /// All branches under way end where they are, and the split with them. Whether those who wait go `unserved`, because the
    /// request is lost or turned away.
    fn withdraw(&mut self, split: u32, unserved: bool) {
        let under_way = std::mem::take(&mut self.splits.of(split).under_way);
        self.splits.end(split);
        for s in under_way {
            let r = &self.requests[s];
            if r.branches != NONE {
                let within = r.branches;
                self.withdraw(within, unserved);
                self.drop_slot(s);
                continue;
            }
            self.drop_partner(s);
            match self.requests[s].phase {
                // It may be about to go straight on to its next service.
                Phase::Underway => self.instant.forget(s),
                Phase::Waiting => {
                    self.leave_queue(s);
                    if unserved {
                        self.note_unserved(s);
                        let r = &self.requests[s];
                        self.obs.leave_unserved(&mut self.stations[r.station as usize], r, self.now);
                    }
                    self.put_off(usize::from(self.requests[s].centre), None);
                }
                Phase::InService if self.is_in_batch(s) => {
                    if !self.batches.contains_key(&self.requests[s].batch) {
                        // The service that it is in is just ending, and will find it there.
                        self.requests[s].turn_into_work_alone();
                        continue;
                    }
                    self.leave_batch(s);
                }
                Phase::InService => {
                    let team = self.team(s);
                    self.stop_work(s, team);
                    self.free_team(s, team);
                    self.put_off(team.centre, None);
                }
            }
            // Whoever has a list of those who wait sees that it does so no longer.
            self.requests[s].phase = Phase::Underway;
            self.drop_slot(s);
        }
    }

    /// A request is lost or turned away, perhaps in one of its branches, which is in no queue and no service any more: all
    /// others are withdrawn. The request itself; `None` where nobody waited for the branch.
    #[inline(always)]
    pub(super) fn whole_again(&mut self, s: u32) -> Option<u32> {
        if self.requests[s].is_branch() { self.put_together(s) } else { Some(s) }
    }

    #[cold]
    fn put_together(&mut self, s: u32) -> Option<u32> {
        let (top, waits) = self.whole_or_rest(s);
        self.leave_split(s);
        self.drop_slot(s);
        if top == s {
            return None;
        }
        self.withdraw(self.requests[top].branches, true);
        let r = &mut self.requests[top];
        r.branches = NONE;
        if !waits {
            self.leave_split(top);
            self.drop_slot(top);
            return None;
        }
        r.doubled = false;
        self.events.cancel(Entity::Request(top));
        Some(top)
    }

    /// The deadline of a request passes that is in branches.
    fn time_out_in_parts(&mut self, s: u32) {
        self.withdraw(self.requests[s].branches, true);
        let r = &mut self.requests[s];
        r.branches = NONE;
        r.doubled = false;
        self.leave_unserved(s);
    }
}

impl Request {
    /// A branch of the request, in a slot of its own.
    fn become_branch(&mut self, split: u32) {
        self.fork = split;
        self.branches = NONE;
        self.partner = NONE;
        self.calls = 0;
        self.phase = Phase::Underway;
        self.interrupted = false;
        self.moved = false;
        self.left = f64::NAN;
        self.spent = 0.0;
        (self.prev, self.next, self.officer) = (NONE, NONE, NONE);
        self.leaving = 0;
    }
}
