//! Clients who do not stay in line: they keep their place, and are called when an officer is free for them.

use super::event_list::{Entity, Rank};
use super::network::StageAction;
use super::path::turn_aside;
use super::request::{NONE, Phase};
use super::sim::Sim;
use crate::model::limits::numbered;
use crate::model::{CallBack, DeadlineUntil, Service};
use crate::random::Purpose;

impl<'m> Sim<'m> {
    /// Offers a call to a request that is about to wait at a centre.
    #[inline(never)]
    pub(crate) fn offer_call_back(&mut self, s: u32, centre: usize) {
        let Some(rules) = &self.model.centres[centre].call_back else { return };
        let r = &self.requests[s];
        let step = self.net.step(r.stage);
        // Two copies, or two branches, would be two calls about one thing.
        if self.centres[centre].waiting < rules.queue
            || self.model.rules[r.rule as usize].duplicate.is_some()
            || r.is_branch()
        {
            return;
        }
        let visit = step.visit(&r.visits);
        if r.keyed_draw_of_contact(step.stage.key, visit, Purpose::CallBack).uniform() >= rules.accepted {
            return;
        }
        let is_patient = self.net.deadline_terms(r.class).met_by_start(r.stage);
        self.obs.promise_call(&self.requests[s]);
        let r = &mut self.requests[s];
        r.double();
        r.calls = 1;
        if is_patient {
            r.deadline = f64::INFINITY;
        }
    }

    /// Officers who are free for a request call it, where it has been promised that. Whether nobody answers: then they are
    /// at it for as long as it rings, and the request is in line again later, or has been called for the last time.
    #[cold]
    pub(crate) fn rings_in_vain(&mut self, s: u32, service: &'m Service) -> bool {
        let model = self.model;
        let r = &mut self.requests[s];
        if r.calls == 0 || r.orphan {
            return false;
        }
        let centre = usize::from(r.centre);
        let Some(rules) = &model.centres[centre].call_back else {
            // It has been moved to where nobody calls.
            r.calls = 0;
            return false;
        };
        let step = self.net.step(r.stage);
        let visit = step.visit(&r.visits);
        let mut draws = r.keyed_draw_of_contact(step.stage.key, visit, Purpose::Call);
        if draws.uniform() < rules.answered {
            r.calls = 0;
            if r.release < f64::INFINITY && self.net.deadline_terms(r.class).met_by_start(r.stage) {
                let inside = self.obs.inside;
                self.obs.deadline_met(&self.requests[s], inside);
            }
            return false;
        }
        let ringing = rules.ringing.sample(&mut draws) * self.net.speed(centre, r.class);
        self.ring(s, service, ringing);
        self.plan_next_call(s, rules, self.now + ringing);
        true
    }

    /// Officers ring for so long. It is no service of the request, which waits on, but work without one.
    fn ring(&mut self, s: u32, service: &'m Service, ringing: f64) {
        let mut call = self.requests[s].clone();
        call.turn_into_work_alone();
        call.calls = 0;
        // Nobody is begun by it: neither a wait nor an answer is recorded.
        call.interrupted = true;
        call.seen = true;
        (call.length, call.left) = (ringing, ringing);
        (call.prev, call.next) = (NONE, NONE);
        let call = self.requests.insert(call);
        self.begin_service(call, service);
    }

    /// A call that nobody answered ends at `t`: the request is called again, or has not been reached.
    fn plan_next_call(&mut self, s: u32, rules: &CallBack, t: f64) {
        self.obs.ring_in_vain(&self.requests[s]);
        let step = self.net.step(self.requests[s].stage);
        let r = &mut self.requests[s];
        if u32::from(r.calls) < rules.attempts {
            let visit = step.visit(&r.visits);
            let at = t + rules.again.sample(&mut r.keyed_draw_of_contact(
                step.stage.key,
                visit,
                Purpose::CallAgain,
            ));
            r.calls += 1;
            // The time at which it reached the stage is left as it is: that is its place.
            r.phase = Phase::Underway;
            if at <= self.end {
                self.events.schedule(Entity::Request(s), at, Rank::Reach);
            } else {
                self.obs.still_under_way(r);
                self.drop_slot(s);
            }
            return;
        }
        r.calls = 0;
        let deadline = self.net.deadline_terms(r.class).deadline;
        let leaves = matches!(self.net.step(numbered(rules.exit)).kind, StageAction::Exit);
        if leaves || deadline.is_some_and(|d| matches!(d.until, DeadlineUntil::Start(_))) {
            r.deadline = f64::INFINITY;
        }
        if leaves {
            self.obs.go_early(r, t);
        }
        turn_aside(&self.net, r, rules.exit, t);
        self.come_again(s, t);
    }
}
