//! Which centre, and into its queue: routing rules, overflow, balking, copies.

use super::calendar::{Entity, Rank};
use super::centre::{CentreRun, Doing, PoolState};
use super::integral::Count;
use super::request::{NONE, NOWHERE, Phase, Request};
use super::sim::Sim;
use super::walk::{Walk, lose, walk};
use super::{Failure, queue::Fit};
use crate::model::{Service, StageKind, Target, Window};
use crate::random::Purpose;

impl<'m> Sim<'m> {
    /// The service that a request is at.
    #[inline(always)]
    pub fn service(&self, r: &Request) -> &'m Service {
        match &self.model.stages[r.stage as usize].kind {
            StageKind::Service(service) => service,
            _ => unreachable!("only requests at a service stage are routed"),
        }
    }

    /// Slot of the request's role at a centre; 0 where nobody there holds it.
    #[inline]
    fn slot_at(&self, centre: usize, r: &Request) -> usize {
        self.centres[centre].slot(self.service(r).role)
    }

    /// The centre and rule for a request at a service stage: the first rule that matches now.
    #[inline(always)]
    pub fn route(&self, r: &Request) -> Option<(usize, u16)> {
        let (stage, class, area) = (r.stage as usize, r.class as usize, r.area as usize);
        match self.net.fixed(stage, class, area) {
            Some((centre, rule)) => Some((centre as usize, rule)),
            None => self.match_rules(r, self.net.rules(stage, class, area)),
        }
    }

    /// The first of `rules` that matches now, and its centre.
    fn match_rules(&self, r: &Request, rules: &[u16]) -> Option<(usize, u16)> {
        for &i in rules {
            let rule = &self.model.rules[i as usize];
            if let Some(e) = rule.exception {
                let e = &self.model.exceptions[e];
                if self.now < e.from || self.now >= e.until {
                    continue;
                }
            }
            if rule.share < 1.0 {
                let stage = &self.model.stages[r.stage as usize];
                let visit = self.net.visit(&r.visits, r.stage as usize);
                let u = r.luck(stage.key ^ rule.key, visit, Purpose::Share).uniform();
                if u >= rule.share {
                    continue;
                }
            }
            let Some(centre) = self.resolve(&rule.to, r) else { continue };
            if self.applies(&rule.window, r, &[centre]) {
                return Some((centre, i));
            }
        }
        None
    }

    /// The centre that a target means for a request now.
    fn resolve(&self, target: &Target, r: &Request) -> Option<usize> {
        match target {
            Target::Centre(c) => Some(*c),
            Target::Local => self.model.areas[r.area as usize].centre,
            Target::Same => (r.last_centre != NOWHERE).then_some(r.last_centre as usize),
            Target::LeastLoaded(list) => {
                let load = |c: usize| {
                    let slot = self.slot_at(c, r);
                    let on_duty = self.obs.count(c, slot, Count::OnDuty);
                    let work = self.obs.count(c, slot, Count::Queue) + self.obs.count(c, slot, Count::Busy);
                    (on_duty <= 0.0, if on_duty > 0.0 { work / on_duty } else { work })
                };
                list.iter().copied().min_by(|&a, &b| {
                    let (x, y) = (load(a), load(b));
                    x.0.cmp(&y.0).then(x.1.total_cmp(&y.1))
                })
            }
        }
    }

    /// Whether a window holds now for a request, with somebody on duty at each of `centres` where it
    /// asks for that.
    fn applies(&self, window: &Window, r: &Request, centres: &[usize]) -> bool {
        match window {
            Window::Always => true,
            Window::Hours(spans) => {
                let clock = &self.model.clocks[self.model.areas[r.area as usize].clock];
                let second = clock.second_of_week(self.now);
                spans.iter().any(|s| second >= s.0 && second < s.1)
            }
            Window::Open => centres.iter().all(|&c| {
                let slot = self.slot_at(c, r);
                slot > 0 && self.obs.count(c, slot, Count::OnDuty) > 0.0
            }),
        }
    }

    /// A request reaches its service stage: it is routed, and its work perhaps duplicated.
    #[inline]
    pub fn reaches_service(&mut self, s: u32) {
        let Some((centre, rule)) = self.route(&self.requests[s]) else {
            let r = &self.requests[s];
            self.failure = Some(Failure::NoRoute {
                stage: self.model.stages[r.stage as usize].name.clone(),
                class: self.model.classes[r.class as usize].name.clone(),
                area: self.model.areas[r.area as usize].name.clone(),
            });
            return;
        };
        self.requests[s].rule = rule;
        if self.net.is_plain(rule) {
            self.joins(s, centre, true);
            return;
        }
        let copy_at = self.duplicated(s, centre, rule);
        if self.joins(s, centre, true)
            && let Some(other) = copy_at
        {
            self.spawn_copy(s, other);
        }
    }

    /// Where the request's work is done a second time, if it is.
    fn duplicated(&self, s: u32, centre: usize, rule: u16) -> Option<usize> {
        let duplicate = self.model.rules[rule as usize].duplicate.as_ref()?;
        let r = &self.requests[s];
        let stage = &self.model.stages[r.stage as usize];
        let visit = self.net.visit(&r.visits, r.stage as usize);
        if r.luck(stage.key, visit, Purpose::Duplicate).uniform() >= duplicate.probability {
            return None;
        }
        let other = self.resolve(&duplicate.at, r).filter(|c| *c != centre)?;
        self.applies(&duplicate.window, r, &[centre, other]).then_some(other)
    }

    fn spawn_copy(&mut self, s: u32, centre: usize) {
        let mut copy = self.requests[s].clone();
        copy.copy = true;
        copy.partner = s;
        copy.deadline = f64::INFINITY;
        copy.left = f64::NAN;
        copy.officer = NONE;
        (copy.prev, copy.next) = (NONE, NONE);
        let other = self.requests.insert(copy);
        self.requests[s].partner = other;
        self.joins(other, centre, false);
    }

    /// A request joins a centre: it is begun, waits, is turned away, or (`first`) flows over at the
    /// sight of the queue. Whether it was taken in.
    pub fn joins(&mut self, s: u32, mut centre: usize, first: bool) -> bool {
        let (model, t) = (self.model, self.now);
        let service = self.service(&self.requests[s]);
        let mut slot = self.centres[centre].slot(service.role);
        let mut free = self.begins_at_once(centre, slot, s, service);
        if first && !free && !self.net.is_plain(self.requests[s].rule) {
            let r = &self.requests[s];
            let length = self.centres[centre].queues[slot - 1].len();
            let overflow = model.rules[r.rule as usize].overflow.as_ref();
            if let Some(overflow) = overflow
                && overflow.queue.is_some_and(|q| length >= q)
                && let Some(other) = self.resolve(&overflow.to, r).filter(|c| *c != centre)
            {
                self.requests[s].moved = true;
                centre = other;
                slot = self.centres[centre].slot(service.role);
                free = self.begins_at_once(centre, slot, s, service);
            }
        }
        let r = &mut self.requests[s];
        r.centre = centre as u16;
        r.slot = slot as u16;
        r.desk = self.obs.desk(centre, slot);
        r.enqueued = t;
        self.obs.reaches_centre(centre, r, t);
        if free {
            self.begins(s, centre, service);
            return true;
        }
        if first && let Some(exit) = self.turned_away(s, centre) {
            let r = &mut self.requests[s];
            r.stage = exit as u16;
            r.deadline = f64::INFINITY;
            let gone = walk(model, &self.net, &mut self.obs, r, t);
            debug_assert_eq!(gone, Walk::Gone);
            self.drop_slot(s);
            return false;
        }
        self.waits(s, centre);
        if self.centres[centre].pools.iter().any(|p| p.free() > 0) {
            self.serve(centre);
        }
        true
    }

    /// Whether a request that joins the queue of `slot` is begun at once: nobody is before it, and there
    /// are officers.
    #[inline(always)]
    fn begins_at_once(&self, centre: usize, slot: usize, s: u32, service: &Service) -> bool {
        let run = &self.centres[centre];
        run.queues[slot - 1].len() == 0 && self.has_team(run, centre, s, service)
    }

    /// The exit of a request that does not join the queue it finds.
    fn turned_away(&self, s: u32, centre: usize) -> Option<usize> {
        let rules = &self.model.centres[centre];
        let waiting = self.centres[centre].waiting;
        if let Some((limit, exit)) = rules.capacity
            && waiting >= limit
        {
            return Some(exit);
        }
        let balk = rules.balk.as_ref()?;
        let p = balk.steps.iter().take_while(|step| step.0 <= waiting).last()?.1;
        let r = &self.requests[s];
        let stage = &self.model.stages[r.stage as usize];
        let visit = self.net.visit(&r.visits, r.stage as usize);
        (r.luck(stage.key, visit, Purpose::Balk).uniform() < p).then_some(balk.exit)
    }

    /// A request goes into the queue of its role.
    pub fn waits(&mut self, s: u32, centre: usize) {
        let t = self.now;
        self.ticket += 1;
        let r = &mut self.requests[s];
        let slot = r.slot as usize;
        r.phase = Phase::Waiting;
        r.centre = centre as u16;
        r.enqueued = t;
        r.ticket = self.ticket;
        let priority = self.model.classes[r.class as usize].priority;
        let run = &mut self.centres[centre];
        run.queues[slot - 1].insert(s, &mut self.requests, priority);
        run.waiting += 1;
        self.obs.change(centre, slot, Count::Queue, 1.0, t);
        self.sets_timer(s);
    }

    /// A request leaves the queue it is in.
    pub fn leaves_queue(&mut self, s: u32) {
        let t = self.now;
        let r = &self.requests[s];
        let (centre, waited) = (r.centre as usize, t - r.enqueued);
        let priority = self.model.classes[r.class as usize].priority;
        let slot = r.slot as usize;
        let run = &mut self.centres[centre];
        run.queues[slot - 1].remove(s, &mut self.requests, priority);
        run.waiting -= 1;
        self.obs.change(centre, slot, Count::Queue, -1.0, t);
        self.obs.leaves_queue(&self.requests[s], waited);
    }

    /// Schedules what can happen to a waiting request: its deadline, or the limit of its wait.
    fn sets_timer(&mut self, s: u32) {
        let r = &self.requests[s];
        let mut at = r.deadline;
        if !r.moved
            && !r.copy
            && let Some(overflow) = &self.model.rules[r.rule as usize].overflow
            && let Some(after) = overflow.after
        {
            at = at.min((r.reached + after).max(self.now));
        }
        let entity = Entity::Request(s);
        if at < f64::INFINITY {
            self.calendar.schedule(entity, at, Rank::Timeout);
        } else {
            self.calendar.cancel(entity);
        }
    }

    /// A waiting request's deadline passes, or its wait reaches the limit.
    pub fn times_out(&mut self, s: u32) {
        if self.requests[s].deadline <= self.now {
            self.leaves_queue(s);
            self.drop_partner(s);
            lose(self.model, &self.net, &mut self.obs, &mut self.requests[s], self.now);
            self.drop_slot(s);
            return;
        }
        self.requests[s].moved = true;
        let r = &self.requests[s];
        let overflow = self.model.rules[r.rule as usize].overflow.as_ref();
        let other = overflow.and_then(|o| self.resolve(&o.to, r)).filter(|c| *c != r.centre as usize);
        match other {
            Some(other) => {
                self.leaves_queue(s);
                self.joins(s, other, false);
            }
            None => self.sets_timer(s),
        }
    }

    /// The queue of a role whose last officer has gone off duty is routed again.
    pub fn transfers(&mut self, centre: usize, slot: usize) {
        for s in self.centres[centre].queues[slot - 1].to_vec(&self.requests) {
            if self.requests[s].copy {
                continue;
            }
            match self.route(&self.requests[s]) {
                Some((other, rule)) if other != centre => {
                    self.leaves_queue(s);
                    self.requests[s].rule = rule;
                    self.joins(s, other, false);
                }
                _ => {}
            }
        }
    }

    /// Begins waiting requests while officers are free for them, the first in line first.
    #[inline]
    pub fn serve(&mut self, centre: usize) {
        while self.centres[centre].waiting > 0 {
            let Some(s) = self.first_in_line(centre) else { return };
            let service = self.service(&self.requests[s]);
            self.leaves_queue(s);
            self.begins(s, centre, service);
        }
    }

    /// Of the waiting requests that officers are free for, the first in line.
    #[inline]
    fn first_in_line(&self, centre: usize) -> Option<u32> {
        let run = &self.centres[centre];
        let mut best = None;
        for pool in run.pools.iter().filter(|p| p.free() > 0) {
            for &slot in &pool.slots {
                let queue = &run.queues[slot as usize - 1];
                if queue.len() == 0 {
                    continue;
                }
                let found = queue.first_that(&self.requests, |s| {
                    let service = self.service(&self.requests[s]);
                    if self.has_team(run, centre, s, service) {
                        Fit::Yes
                    } else if service.officers > 1 && !service.overtaking {
                        Fit::Block
                    } else {
                        Fit::Skip
                    }
                });
                if let Some(s) = found {
                    let r = &self.requests[s];
                    let place = queue.place(r, self.model.classes[r.class as usize].priority);
                    if best.is_none_or(|(p, _)| place < p) {
                        best = Some((place, s));
                    }
                }
            }
        }
        best.map(|(_, s)| s)
    }

    /// Whether enough officers are free for a request at a centre.
    #[inline(always)]
    fn has_team(&self, run: &CentreRun, centre: usize, s: u32, service: &Service) -> bool {
        let mut found = 0;
        for (p, pool) in run.pools.iter().enumerate() {
            if pool.roles >> service.role & 1 == 0 {
                continue;
            }
            let free = match &pool.state {
                PoolState::Levels(levels) => levels.free(),
                PoolState::Crews(_) => {
                    found += pool.idle;
                    if service.different_officer && self.last_officer_idles(&self.requests[s], centre, p) {
                        found -= 1;
                    }
                    found
                }
            };
            if free >= service.officers {
                return true;
            }
        }
        false
    }

    /// Whether the officer who did the request's last service is idle in a pool.
    fn last_officer_idles(&self, r: &Request, centre: usize, pool: usize) -> bool {
        if r.last_officer == NONE {
            return false;
        }
        let officer = &self.officers[r.last_officer];
        officer.stamp == r.last_stamp
            && officer.doing == Doing::Idle
            && officer.centre as usize == centre
            && officer.pool as usize == pool
    }
}
