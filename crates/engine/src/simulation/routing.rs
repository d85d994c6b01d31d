//! Which centre, and into its queue: routing rules, overflow, balking, copies.

use super::Failure;
use super::integral::Count;
use super::network::{Route, StageAction, To};
use super::path::{PathEnd, follow, turn_aside};
use super::request::{NONE, NOWHERE, Phase, Request};
use super::sim::Sim;
use crate::model::limits::numbered;
use crate::model::{DeadlineUntil, Destination, Rule, Service, Window};
use crate::random::Purpose;

impl<'m> Sim<'m> {
    /// The service that a request is at.
    #[inline(always)]
    pub(super) fn service(&self, r: &Request) -> &'m Service {
        match self.net.step(r.stage).kind {
            StageAction::Service(service) => service,
            StageAction::Delay(_) | StageAction::Fork | StageAction::Join(_) | StageAction::Exit => {
                unreachable!("only requests at a service stage are routed")
            }
        }
    }

    /// Station of the request's role at a centre; `None` where nobody there holds it.
    #[inline]
    pub(super) fn station_at(&self, centre: usize, r: &Request) -> Option<u32> {
        self.net.station_of(centre, self.service(r).role)
    }

    /// The station and rule for a request at a service stage: the first rule that matches now.
    #[inline(always)]
    pub(super) fn route(&self, r: &Request) -> Option<(u32, Route)> {
        self.net.routes(r.stage, r.cell).iter().find_map(|route| {
            let station = match route.to {
                To::Always(station) => Some(station),
                To::WhileOpen(station) => {
                    (self.stations[station as usize].count(Count::OnDuty) > 0.0).then_some(station)
                }
                To::Depends => self.matches(r, &self.model.rules[route.rule as usize]),
            };
            Some((station?, *route))
        })
    }

    /// The station that a rule leads to if it matches now.
    #[inline(never)]
    fn matches(&self, r: &Request, rule: &Rule) -> Option<u32> {
        if rule.trigger.is_some_and(|trigger| !self.triggers[trigger].on) {
            return None;
        }
        if let Some(e) = rule.exception {
            let e = &self.model.exceptions[e];
            if self.now < e.from || self.now >= e.until {
                return None;
            }
        }
        if rule.share < 1.0 {
            let stage = &self.model.stages[r.stage as usize];
            let visit = self.net.step(r.stage).visit(&r.visits);
            // Keyed by stage and rule: the request falls on the same side of the share in every scenario that has the rule, and a rule
            // added above changes nobody else's side.
            let u = r.keyed_draw(stage.key ^ rule.key, visit, Purpose::Share).uniform();
            if u >= rule.share {
                return None;
            }
        }
        // A rule whose target means nothing here (no local centre, nobody of the role) does not match, so that the next is asked.
        let centre = self.resolve(&rule.to, r)?;
        self.applies(&rule.window, r, &[centre]).then(|| self.station_at(centre, r))?
    }

    /// The centre that a target means for a request now.
    pub(super) fn resolve(&self, target: &Destination, r: &Request) -> Option<usize> {
        match target {
            Destination::Centre(c) => Some(*c),
            Destination::Local => self.model.areas[r.area as usize].centre,
            Destination::Same => (r.last_centre != NOWHERE).then_some(r.last_centre as usize),
            Destination::LeastLoaded(list) => {
                let load = |c: usize| {
                    let Some(station) = self.station_at(c, r) else { return (true, f64::INFINITY) };
                    let station = &self.stations[station as usize];
                    let on_duty = station.count(Count::OnDuty);
                    let work = station.count(Count::Queue) + station.count(Count::Busy);
                    // Centres without anybody on duty come after all others, and among themselves by their work: a ratio to nobody says nothing.
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
                let station = self.station_at(c, r);
                station.is_some_and(|station| self.stations[station as usize].count(Count::OnDuty) > 0.0)
            }),
        }
    }

    /// A request reaches its service stage: it is routed, and its work perhaps duplicated.
    #[inline(never)]
    pub(crate) fn reach_service(&mut self, s: u32) {
        let Some((station, route)) = self.route(&self.requests[s]) else {
            if !self.reach_other_stage(s) {
                self.has_no_route(s);
            }
            return;
        };
        let rule = route.rule;
        let r = &mut self.requests[s];
        r.rule = rule;
        r.plain = route.plain;
        if route.plain {
            self.join_plainly(s, station);
            return;
        }
        // Drawn before the request joins: joining may begin its service, by which the centre's load would have changed.
        let copy_at = self.duplicated(s, self.stations[station as usize].centre as usize, rule);
        if self.join_queue(s, station, true)
            && let Some(other) = copy_at
        {
            self.spawn_copy(s, other);
        }
    }

    #[cold]
    fn has_no_route(&mut self, s: u32) {
        let r = &self.requests[s];
        self.stop = f64::NEG_INFINITY;
        self.failure = Some(Failure::NoRoute {
            stage: self.model.stages[r.stage as usize].name.clone(),
            class: self.model.classes[r.class as usize].name.clone(),
            area: self.model.areas[r.area as usize].name.clone(),
        });
    }

    /// The station where the request's work is done a second time, if it is.
    fn duplicated(&self, s: u32, centre: usize, rule: u16) -> Option<u32> {
        let duplicate = self.model.rules[rule as usize].duplicate.as_ref()?;
        let r = &self.requests[s];
        let step = self.net.step(r.stage);
        let mut draws = r.keyed_draw(step.stage.key, step.visit(&r.visits), Purpose::Duplicate);
        if draws.uniform() >= duplicate.probability {
            return None;
        }
        let other = self.resolve(&duplicate.at, r).filter(|c| *c != centre)?;
        self.applies(&duplicate.window, r, &[centre, other]).then(|| self.station_at(other, r))?
    }

    fn spawn_copy(&mut self, s: u32, station: u32) {
        self.requests[s].double();
        let mut copy = self.requests[s].clone();
        copy.copy = true;
        copy.calls = 0;
        copy.partner = s;
        // The deadline belongs to the original alone, or the request could be lost twice.
        copy.deadline = f64::INFINITY;
        copy.left = f64::NAN;
        copy.officer = NONE;
        (copy.prev, copy.next) = (NONE, NONE);
        let other = self.requests.insert(copy);
        let r = &mut self.requests[s];
        r.partner = other;
        r.calls = 0;
        self.join_queue(other, station, false);
    }

    /// A request joins a station: it is begun, waits, is turned away, or (`first`) flows over at the
    /// sight of the queue. Whether it was taken in.
    #[inline]
    pub(crate) fn join_queue(&mut self, s: u32, mut station: u32, first: bool) -> bool {
        let service = self.service(&self.requests[s]);
        let mut free = self.begin_at_once(station, s, service);
        if first
            && !free
            && !self.requests[s].plain
            && let Some(other) = self.overflow_at_sight(s, station)
        {
            // Once moved it stays: two centres that overflow into each other would pass it to and fro for ever.
            self.requests[s].moved = true;
            station = other;
            free = self.begin_at_once(station, s, service);
        }
        self.come_to(s, station);
        if free {
            self.begin_service(s, service);
            return true;
        }
        self.is_not_begun(s, first)
    }

    /// A request that its rule neither duplicates nor sends elsewhere joins a station.
    #[inline(always)]
    fn join_plainly(&mut self, s: u32, station: u32) {
        let service = self.service(&self.requests[s]);
        self.come_to(s, station);
        if self.begin_at_once(station, s, service) {
            self.begin_service(s, service);
        } else {
            self.is_not_begun(s, true);
        }
    }

    /// A request comes to a station.
    #[inline(always)]
    fn come_to(&mut self, s: u32, station: u32) {
        let r = &mut self.requests[s];
        let at = &mut self.stations[station as usize];
        r.station = station;
        r.centre = at.centre;
        r.enqueued = self.now;
        self.obs.reaches_centre(at, r);
    }

    /// A request that has come to a station waits, or, `first`, is turned away. Whether it was taken in.
    #[inline]
    fn is_not_begun(&mut self, s: u32, first: bool) -> bool {
        let at = &self.stations[self.requests[s].station as usize];
        let (centre, limited, by_anyone) = (usize::from(at.centre), at.limited, at.by_anyone);
        // Whoever has been promised a call has a place.
        if first && limited && !self.requests[s].is_called() {
            if let Some(exit) = self.turned_away(s, centre) {
                self.go_away(s, exit);
                return false;
            }
            self.offer_call_back(s, centre);
        }
        // In line first, whoever is idle: whom officers take next is the discipline's choice among all who wait.
        self.wait_in_queue(s);
        self.instant.join(centre);
        // Teams and different-officer rules: those idle may be of use to somebody behind a case that they cannot take.
        if !by_anyone
            && !self.instant.holds(numbered(centre))
            && self.centres[centre].pools.clone().any(|p| self.pools[p].free() > 0)
        {
            self.serve(centre);
        }
        true
    }

    /// Where a request flows over to at the sight of the queue, if it does.
    fn overflow_at_sight(&self, s: u32, station: u32) -> Option<u32> {
        let r = &self.requests[s];
        let at = &self.stations[station as usize];
        let overflow = self.model.rules[r.rule as usize].overflow.as_ref()?;
        if overflow.queue.is_none_or(|q| at.queue.len() < q) {
            return None;
        }
        // A least-loaded target may name the centre it is at, which is no place to flow over to.
        let other = self.resolve(&overflow.to, r).filter(|c| *c != at.centre as usize)?;
        self.station_at(other, r)
    }

    /// Whether a request that joins a station is begun at once: nobody waits there, and there are officers; or it may overtake
    /// those who wait.
    #[inline(always)]
    fn begin_at_once(&self, station: u32, s: u32, service: &Service) -> bool {
        let at = &self.stations[station as usize];
        at.queue.len() == 0
            && self.has_team(at, s, service)
            && !(self.instant.holds(at.centre) && self.centres[usize::from(at.centre)].waiting > 0)
            || at.overtakes && self.may_cut_in(station, s, service)
    }

    /// The exit of a request that does not join the queue it finds.
    fn turned_away(&self, s: u32, centre: usize) -> Option<usize> {
        let rules = &self.model.centres[centre];
        if let Some(exit) = self.gate(s, centre) {
            return Some(exit);
        }
        let waiting = self.centres[centre].waiting;
        if let Some((limit, exit)) = rules.capacity
            && waiting >= limit
        {
            return Some(exit);
        }
        let balk = rules.balk.as_ref()?;
        // The last step reached counts: steps ascend by the number found waiting.
        let p = balk.steps.iter().take_while(|step| step.0 <= waiting).last()?.1;
        let r = &self.requests[s];
        let stage = &self.model.stages[r.stage as usize];
        let visit = self.net.step(r.stage).visit(&r.visits);
        (r.keyed_draw_of_contact(stage.key, visit, Purpose::Balk).uniform() < p).then_some(balk.exit)
    }

    /// A request that is turned away leaves by `exit`, or goes on there.
    #[inline(never)]
    pub(crate) fn go_away(&mut self, s: u32, exit: usize) {
        self.note_unserved(s);
        let r = &self.requests[s];
        self.obs.leave_unserved(&mut self.stations[r.station as usize], r, self.now);
        let Some(s) = self.whole_again(s) else { return };
        if self.try_again(s) {
            return;
        }
        let r = &mut self.requests[s];
        if !matches!(self.net.step(numbered(exit)).kind, StageAction::Exit) {
            let deadline = self.net.deadline_terms(r.class).deadline;
            // There is nothing left to be patient for; what must be finished by a time still must.
            if deadline.is_some_and(|deadline| matches!(deadline.until, DeadlineUntil::Start(_))) {
                r.deadline = f64::INFINITY;
            }
            turn_aside(&self.net, r, exit, self.now);
            self.come_again(s, self.now);
            return;
        }
        self.obs.turned_away(r, self.now);
        r.stage = numbered(exit);
        // Whoever has been turned away is counted as such, and can no longer be lost to a deadline on the way out.
        r.deadline = f64::INFINITY;
        let gone = follow(self.model, &self.net, &mut self.obs, r, self.now);
        debug_assert_eq!(gone, PathEnd::Gone);
        self.drop_slot(s);
    }

    /// A request goes into the queue of its station.
    #[inline]
    pub(crate) fn wait_in_queue(&mut self, s: u32) {
        self.ticket += 1;
        self.wait_as(s, self.ticket);
    }

    /// A request goes into the queue of its station with a ticket.
    #[inline(always)]
    pub(crate) fn wait_as(&mut self, s: u32, ticket: u64) {
        let t = self.now;
        let r = &mut self.requests[s];
        r.phase = Phase::Waiting;
        r.enqueued = t;
        r.ticket = ticket;
        // An urgency that grew while it was served, travelled or waited elsewhere holds from the first moment in this queue.
        if !r.plain {
            self.requests[s].priority = self.risen(&self.requests[s]);
        }
        let r = &mut self.requests[s];
        let centre = r.centre as usize;
        let station = &mut self.stations[r.station as usize];
        station.change(Count::Queue, 1.0, t);
        station.queue.insert(s, &mut self.requests);
        self.centres[centre].waiting += 1;
        if self.stations[self.requests[s].station as usize].attended {
            self.attend(s, true);
        }
        self.set_timer(s);
    }

    /// A request leaves the queue it is in.
    #[inline]
    pub(crate) fn leave_queue(&mut self, s: u32) {
        let r = &self.requests[s];
        let centre = r.centre as usize;
        let station = &mut self.stations[r.station as usize];
        station.leave_queue(r, self.now);
        station.queue.remove(s, &mut self.requests);
        self.centres[centre].waiting -= 1;
        if station.attended {
            self.attend(s, false);
        }
    }
}
