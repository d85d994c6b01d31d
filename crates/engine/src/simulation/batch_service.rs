//! Requests that are served several at once.
//!
//! The service is work without a request: it holds the team, and ends once for all. Those who are in it have no officers of
//! their own; each goes on by itself when it ends, and may be lost to a deadline before.

use super::event_list::{Entity, Rank};
use super::queue::OfficerFit;
use super::request::{NONE, Phase};
use super::service::{Team, length_at};
use super::sim::Sim;
use super::station::Station;
use crate::model::{BatchService, Service};

impl<'m> Sim<'m> {
    /// Whether a request is in a service together with others, or waits for one: not the service itself.
    pub(crate) fn is_in_batch(&self, s: u32) -> bool {
        let r = &self.requests[s];
        !r.orphan && self.service(r).batch.is_some()
    }

    /// Whether enough wait at a station, `s` among them, or one of them has waited long enough.
    #[cold]
    pub(crate) fn is_batch_ready(&self, at: &Station, s: u32, rules: &BatchService) -> bool {
        let r = &self.requests[s];
        // Who has just come is in no queue yet.
        let mut there = u32::from(r.phase != Phase::Waiting);
        if there >= rules.least {
            return true;
        }
        let found = at.queue.first_that(&self.requests, |other| {
            let waiting = &self.requests[other];
            if waiting.stage != r.stage {
                return OfficerFit::Skip;
            }
            there += 1;
            if there >= rules.least || waiting.reached + rules.after <= self.now {
                OfficerFit::Yes
            } else {
                OfficerFit::Skip
            }
        });
        found.is_some()
    }

    /// When a waiting request no longer waits for others; infinite where that is no matter of time, or over.
    pub(crate) fn batch_waits_until(&self, s: u32) -> f64 {
        let r = &self.requests[s];
        let at = self.service(r).batch.as_ref().map_or(f64::INFINITY, |rules| r.reached + rules.after);
        if at > self.now { at } else { f64::INFINITY }
    }

    /// A team takes up a request that is in no queue, and with it those in line behind it for the same stage.
    #[cold]
    pub(crate) fn begin_batch(&mut self, s: u32, service: &'m Service, rules: &BatchService) {
        let station = self.requests[s].station;
        let stage = self.requests[s].stage;
        let mut members = vec![s];
        self.stations[station as usize].queue.first_that(&self.requests, |other| {
            if members.len() as u64 >= u64::from(rules.most) {
                return OfficerFit::Block;
            }
            if self.requests[other].stage == stage {
                members.push(other);
            }
            OfficerFit::Skip
        });
        for &other in &members[1..] {
            self.leave_queue(other);
        }
        let length = length_at(&self.net, &self.requests[s], service, usize::from(self.requests[s].centre));
        let mut work = self.requests[s].clone();
        work.turn_into_work_alone();
        work.doubled = true;
        work.calls = 0;
        // Nobody is begun by it: the waits of those who are in it are theirs.
        work.interrupted = true;
        work.seen = true;
        work.rework = false;
        (work.length, work.left) = (length, length);
        (work.prev, work.next) = (NONE, NONE);
        let work = self.requests.insert(work);
        for &member in &members {
            self.enter_batch(member, work);
        }
        self.batches.insert(work, members);
        self.begin_service(work, service);
    }

    /// A request's service begins, together with that of others.
    fn enter_batch(&mut self, s: u32, work: u32) {
        let t = self.now;
        let r = &mut self.requests[s];
        if r.deadline < f64::INFINITY && self.net.deadline_terms(r.class).met_by_start(r.stage) {
            self.obs.deadline_met(r, self.obs.inside);
            r.deadline = f64::INFINITY;
        }
        self.obs.begin_service(&mut self.stations[r.station as usize], r, 0.0, t);
        r.phase = Phase::InService;
        r.batch = work;
        r.officer = NONE;
        r.started = t;
        r.ends = f64::INFINITY;
        if r.deadline < f64::INFINITY {
            self.events.schedule(Entity::Request(s), r.deadline, Rank::Finish);
        } else {
            self.events.cancel(Entity::Request(s));
        }
        if self.requests[s].is_branch() {
            self.tell_family(s);
        }
    }

    /// The service of several requests ends: each goes on, and the team may have work to do after it.
    #[cold]
    pub(crate) fn finish_batch(&mut self, work: u32, members: &[u32], team: Team) {
        for &member in members {
            self.events.cancel(Entity::Request(member));
            let r = &mut self.requests[member];
            r.officer = team.first;
            let service = self.service(&self.requests[member]);
            let after = service.after_work.as_deref().filter(|_| Some(&member) == members.last());
            if let Some(time) = after {
                self.begin_after_work(work, team, time);
            }
            let on = if self.requests[member].orphan {
                // The request that it was a branch of has gone on at this instant.
                self.drop_slot(member);
                None
            } else if self.requests[member].is_branch() {
                self.complete_in_branch(member, team.centre)
            } else {
                let at = self.complete_service(member, team.centre);
                at.filter(|at| self.sets_out_again(member, *at)).map(|_| member)
            };
            self.put_off(team.centre, on);
            if after.is_some() {
                return;
            }
        }
        self.drop_slot(work);
        self.free_team(work, team);
        self.put_off(team.centre, None);
    }

    /// A deadline passes while a request is in a service with others: they go on without it, and the officers are free when it was the last.
    #[cold]
    pub(crate) fn leave_batch(&mut self, s: u32) {
        let work = self.requests[s].batch;
        let left = self.batches.get_mut(&work).map_or(0, |members| {
            members.retain(|member| *member != s);
            members.len()
        });
        if left == 0 {
            self.batches.remove(&work);
            let team = self.team(work);
            self.stop_work(work, team);
            self.drop_slot(work);
            self.free_team(work, team);
            self.put_off(team.centre, None);
        }
    }
}
