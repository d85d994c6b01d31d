//! What may happen to a request while it waits: it moves on by its rule, rises in priority, or is lost at its deadline.

use super::event_list::{Entity, Rank};
use super::request::{Phase, Request};
use super::sim::Sim;

impl Sim<'_> {
    /// When a waiting request moves on by its rule, unless it is served before.
    fn overflow_limit(&self, r: &Request) -> f64 {
        let rule = &self.model.rules[r.rule as usize];
        match rule.overflow.as_ref().and_then(|o| o.after) {
            // Counted from when the stage was reached, not from when this queue was joined: a case handed back has waited already.
            Some(after) if !r.moved && !r.copy => (r.reached + after).max(self.now),
            _ => f64::INFINITY,
        }
    }

    /// When the priority of a waiting request rises next, if it matters where it waits.
    fn next_rise(&self, r: &Request) -> f64 {
        let rises = &self.model.classes[r.class as usize].rises;
        let next = rises.iter().find(|rise| rise.priority < r.priority);
        let matters = self.stations[r.station as usize].queue.by_priority();
        next.filter(|_| matters).map_or(f64::INFINITY, |rise| (r.reached + rise.after).max(self.now))
    }

    /// The priority that a request has risen to by now.
    pub(super) fn risen(&self, r: &Request) -> u8 {
        let rises = self.model.classes[r.class as usize].rises.iter();
        rises
            .filter(|rise| r.reached + rise.after <= self.now)
            .map(|rise| rise.priority)
            .fold(r.priority, u8::min)
    }

    /// The priority of a waiting request rises: it takes its place anew, and may take others' officers from there.
    fn rise(&mut self, s: u32) {
        let priority = self.risen(&self.requests[s]);
        let station = self.requests[s].station as usize;
        if self.stations[station].guarded {
            self.unguard(s);
        }
        self.stations[station].queue.remove(s, &mut self.requests);
        self.requests[s].priority = priority;
        self.stations[station].queue.insert(s, &mut self.requests);
        if self.stations[station].guarded {
            self.guard(s);
        }
        self.set_timer(s);
        self.put_off(usize::from(self.stations[station].centre), None);
    }

    /// A request waits on whose deadline runs no longer.
    pub(super) fn wait_without_deadline(&mut self, s: u32) {
        // Its place in line may have been by it.
        let station = self.requests[s].station as usize;
        if self.stations[station].guarded {
            self.unguard(s);
        }
        self.stations[station].queue.remove(s, &mut self.requests);
        self.requests[s].deadline = f64::INFINITY;
        self.stations[station].queue.insert(s, &mut self.requests);
        if self.stations[station].guarded {
            self.guard(s);
        }
        self.set_timer(s);
    }

    /// Schedules what can happen to a waiting request: its deadline, the limit of its wait, a higher priority, an offer to more
    /// officers.
    #[inline(always)]
    pub(super) fn set_timer(&mut self, s: u32) {
        let r = &self.requests[s];
        let mut at = r.deadline;
        if !r.plain {
            at = at.min(self.overflow_limit(r)).min(self.next_rise(r)).min(self.next_offer(s));
            at = at.min(self.batch_waits_until(s));
        }
        let entity = Entity::Request(s);
        if at < f64::INFINITY {
            self.events.schedule(entity, at, Rank::Timeout);
        } else {
            self.events.cancel(entity);
        }
    }

    /// A waiting request's deadline passes, its priority rises, or its wait reaches the limit.
    pub(crate) fn time_out(&mut self, s: u32) {
        // One timer stands for four things. At one instant the deadline comes first: who is lost moves nowhere any more.
        if self.requests[s].deadline <= self.now {
            let station = self.requests[s].station;
            self.leave_queue(s);
            self.note_unserved(s);
            let r = &self.requests[s];
            self.obs.leave_unserved(&mut self.stations[r.station as usize], r, self.now);
            // Some behind may have been held back by this one alone (teams, `overtaking = false`).
            self.drop_partner(s);
            self.leave_unserved(s);
            self.serve_those_behind(station);
            return;
        }
        let r = &self.requests[s];
        if !r.plain && self.next_rise(r) <= self.now {
            self.rise(s);
            return;
        }
        if self.overflow_limit(r) > self.now {
            // It has waited for as long as some officers leave it to others: they are asked now.
            self.set_timer(s);
            self.put_off(usize::from(self.requests[s].centre), None);
            return;
        }
        self.requests[s].moved = true;
        let r = &self.requests[s];
        let overflow = self.model.rules[r.rule as usize].overflow.as_ref();
        let other = overflow.and_then(|o| self.resolve(&o.to, r)).filter(|c| *c != r.centre as usize);
        match other.and_then(|c| self.station_at(c, r)) {
            Some(other) => {
                let station = self.requests[s].station;
                self.leave_queue(s);
                self.join_queue(s, other, false);
                self.serve_those_behind(station);
            }
            // Nowhere to go now. It is marked as moved and waits on: the rule says when it moves, not that it tries again.
            None => self.set_timer(s),
        }
    }

    /// A waiting request of a role whose last officer has gone off duty is routed again.
    pub(super) fn transfer(&mut self, s: u32) {
        // A copy's place was fixed when it was made. Others may have been taken up since the list was made, at this very instant.
        if self.requests[s].copy || self.requests[s].phase != Phase::Waiting {
            return;
        }
        let centre = self.requests[s].centre;
        if let Some((other, route)) = self.route(&self.requests[s])
            && self.stations[other as usize].centre != centre
        {
            self.leave_queue(s);
            let r = &mut self.requests[s];
            r.rule = route.rule;
            r.plain = route.plain;
            self.join_queue(s, other, false);
        }
    }
}
