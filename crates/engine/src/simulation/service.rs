//! Services: how they begin, end, are cut off or lost, and what becomes of the officers.

use super::centre::PoolState;
use super::event_list::{Entity, EventList, Rank};
use super::integral::Count;
use super::listed::{delist, enlist};
use super::network::{Draw, Network, StageAction};
use super::observe::Observer;
use super::officers::Doing;
use super::path::lose;
use super::request::{NONE, Phase, Request};
use super::sim::Sim;
use super::station::Station;
use super::trace::TraceKind;
use crate::model::{OvertimeLimit, Service, ShiftEnd};
use crate::random::{KeyedRng, Purpose, mix};

/// The officers at work on a request, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Team {
    pub centre: usize,
    pub pool: usize,
    pub station: u32,
    pub officers: u32,
    /// First of them; [`NONE`] under levels.
    pub first: u32,
    /// Officers of a by-officer level who leave after the case.
    leaving: u32,
    /// Seat of one alone of a by-officer level.
    seat: u32,
}

impl<'m> Sim<'m> {
    /// The team at work on a request in service.
    #[inline(always)]
    pub(super) fn team(&self, s: u32) -> Team {
        let r = &self.requests[s];
        Team {
            centre: r.centre as usize,
            pool: r.pool as usize,
            station: r.station,
            officers: self.service(r).officers,
            first: r.officer,
            leaving: r.leaving,
            seat: r.seat,
        }
    }

    /// Officers take up a request that has joined a centre and is in no queue. There are enough.
    #[inline(always)]
    pub(crate) fn begin_service(&mut self, s: u32, service: &'m Service) {
        if self.requests[s].doubled && self.rings_in_vain(s, service) {
            return;
        }
        let r = &mut self.requests[s];
        let station = &mut self.stations[r.station as usize];
        let wanted = service.officers;
        let pool = station.pool;
        if let PoolState::Levels(levels) = &mut self.pools[pool as usize].state
            && levels.anonymous
            && levels.free() >= wanted
        {
            // Officers without identity, as they mostly are in textbooks.
            levels.busy += wanted;
            r.pool = pool;
            r.officer = NONE;
            r.leaving = 0;
            start_work(&self.net, &mut self.obs, &mut self.events, station, r, (s, service), self.now);
            if r.doubled {
                self.tell_partner(s);
            }
            return;
        }
        self.begin_with_team(s, service);
    }

    /// [`Self::begin_service`] where officers have names, or more is asked than a number: once in the program and not in each of its
    /// callers, which together would not fit into the processor's memory of instructions.
    #[inline(never)]
    fn begin_with_team(&mut self, s: u32, service: &'m Service) {
        let r = &self.requests[s];
        let station = &self.stations[r.station as usize];
        let centre = usize::from(r.centre);
        let (pool, first) = if station.apart {
            if let Some(rules) = &service.batch
                && !r.orphan
            {
                self.begin_batch(s, service, rules);
                return;
            }
            if self.stations[self.requests[s].station as usize].preemptive {
                self.pick_by_cutting(s, centre, service)
            } else {
                self.pick_team(s, centre, service)
            }
        } else {
            self.pick_team(s, centre, service)
        };
        let r = &mut self.requests[s];
        r.pool = pool as u32;
        r.officer = first;
        r.leaving = 0;
        self.work_on(s, service);
    }

    /// A request's team starts work on it now.
    #[inline(always)]
    fn work_on(&mut self, s: u32, service: &Service) {
        // What few centres have is behind one look.
        let rare = self.stations[self.requests[s].station as usize].rare;
        if rare {
            self.set_pace(s, service);
        }
        let r = &mut self.requests[s];
        let station = &mut self.stations[r.station as usize];
        start_work(&self.net, &mut self.obs, &mut self.events, station, r, (s, service), self.now);
        let pool = r.pool as usize;
        if r.doubled {
            self.tell_partner(s);
        }
        if rare {
            self.note_rare_begin(s, service, pool);
        }
        if let PoolState::Levels(levels) = &mut self.pools[pool].state
            && levels.listed
        {
            enlist(levels, s, &mut self.requests);
        }
    }

    /// Books the work done on a request since its service began, and that its team is at it no longer.
    #[inline(always)]
    pub(crate) fn stop_work(&mut self, s: u32, team: Team) {
        let r = &mut self.requests[s];
        let station = &mut self.stations[team.station as usize];
        self.obs.end_service(station, r, f64::from(team.officers), self.now);
        if station.rare {
            self.note_rare_end(s);
        }
        if let PoolState::Levels(levels) = &mut self.pools[team.pool].state
            && levels.listed
        {
            delist(levels, s, &mut self.requests);
        }
    }

    /// A team is free: on to the next case, on a break, or home.
    #[inline(always)]
    pub(crate) fn free_team(&mut self, s: u32, team: Team) {
        if team.first != NONE {
            self.free_officers(s, team);
            return;
        }
        let PoolState::Levels(levels) = &mut self.pools[team.pool].state else { return };
        levels.busy -= team.officers - team.leaving;
        if let Some(seats) = &mut levels.seats {
            seats.release(s, team.seat, team.officers);
            if team.leaving > 0 {
                levels.leaving -= team.leaving;
                let by = -f64::from(team.leaving);
                self.stations[team.station as usize].change(Count::Overtime, by, self.now);
            }
        } else if levels.over > 0 {
            self.count_overtime(team.pool);
        }
    }

    /// The officers of a team of a crew are free.
    #[inline(never)]
    fn free_officers(&mut self, s: u32, team: Team) {
        // Of those who may have several cases in hand each is alone at each of them.
        if !self.officers[team.first].hands.is_empty() && !self.take_from_hands(s, team) {
            return;
        }
        let mut o = team.first;
        while o != NONE {
            let officer = &mut self.officers[o];
            let next = std::mem::replace(&mut officer.team, NONE);
            officer.request = NONE;
            if officer.doing == Doing::Overtime {
                let (pool, line) = (officer.pool as usize, officer.line as usize);
                let station = self.station_at_work(o, team.station);
                self.stations[station as usize].change(Count::Overtime, -1.0, self.now);
                if let PoolState::Crews(crews) = &mut self.pools[pool].state {
                    crews[line].overtime.remove(&mut self.officers, o);
                }
                self.events.cancel(Entity::Officer(o));
                self.officers.remove(o);
                self.go_to_rest(pool, line);
            } else if officer.break_due > 0.0 {
                let pool = officer.pool as usize;
                self.begin_break(o);
                self.close_stations(pool);
            } else {
                officer.doing = Doing::Idle;
                let pool = officer.pool as usize;
                self.pools[pool].make_idle_officer(&mut self.officers, o, self.now);
            }
            o = next;
        }
    }

    /// Overtime of a level pool by count: the busy beyond the level. A count has no names, so that each role has the
    /// part of it that it has of the work in hand.
    pub(crate) fn count_overtime(&mut self, pool: usize) {
        let run = &mut self.pools[pool];
        let PoolState::Levels(levels) = &mut run.state else { return };
        let over = levels.busy.saturating_sub(levels.level);
        if over == 0 && levels.over == 0 {
            return;
        }
        levels.over = over;
        levels.over_by.resize(run.stations.len(), 0.0);
        let busy = |station: u32| self.stations[station as usize].count(Count::Busy);
        let all: f64 = run.stations.iter().map(|station| busy(*station)).sum();
        for (&station, booked) in run.stations.iter().zip(&mut levels.over_by) {
            let at = &mut self.stations[station as usize];
            let part = if over == 0 { 0.0 } else { f64::from(over) * at.count(Count::Busy) / all };
            if part != *booked {
                at.change(Count::Overtime, part - *booked, self.now);
                *booked = part;
            }
        }
    }

    /// A service ends.
    pub(crate) fn finish_service(&mut self, s: u32) {
        let t = self.now;
        let team = self.team(s);
        self.stop_work(s, team);
        // The first of two copies that ends settles both; an orphan's other half has ended already, so that its end changes nothing.
        if self.requests[s].doubled {
            if self.requests[s].orphan {
                self.end_copy(s, team);
                return;
            }
            self.settle_copies(s);
            if self.requests[s].is_branch() {
                self.finish_in_branch(s, team);
                return;
            }
        }
        if let Some(time) = &self.service(&self.requests[s]).after_work {
            self.finish_before_after_work(s, team, time);
            return;
        }
        let goes_on = match self.complete_service(s, team.centre) {
            Some(at) if at <= t && self.go_on_with(s, team) => {
                self.go_on(s, team, at);
                return;
            }
            Some(at) => self.sets_out_again(s, at),
            None => false,
        };
        // Free before the request goes on: they count among the officers for whoever is first in line now.
        self.free_team(s, team);
        // Other things happen at this very instant. Who takes what is settled when all of them have happened.
        if self.more_to_come() {
            self.put_off(team.centre, goes_on.then_some(s));
            return;
        }
        if goes_on {
            self.go_straight_on(s, team.centre);
        }
        self.serve_freed(team);
    }

    /// The officer of a request goes on with its next service, which it has reached at `at`, as the same case.
    #[inline(always)]
    pub(super) fn go_on(&mut self, s: u32, team: Team, at: f64) {
        let service = self.service(&self.requests[s]);
        // The pool holds the next role too.
        let station = self.net.station_of(team.centre, service.role).unwrap_or(team.station);
        let r = &mut self.requests[s];
        r.reached = at;
        r.enqueued = self.now;
        r.station = station;
        self.obs.reaches_centre(&mut self.stations[station as usize], r);
        self.move_overtime(team, station);
        if team.first != NONE {
            self.officers[team.first].role = service.role as u8;
        }
        self.work_on(s, service);
        self.count_overtime(team.pool);
    }

    /// A request's service at a centre is complete: what follows, as [`Self::move_on`] gives it.
    #[inline(always)]
    pub(crate) fn complete_service(&mut self, s: u32, centre: usize) -> Option<f64> {
        self.note_service(s, centre);
        self.move_on(s, centre)
    }

    /// A request's service at a centre is complete: who did it.
    #[inline(always)]
    pub(super) fn note_service(&mut self, s: u32, centre: usize) {
        let r = &mut self.requests[s];
        let stage = r.stage as usize;
        r.last_centre = r.centre;
        r.last_officer = r.officer;
        // Slots of officers are used again: the stamp tells the one who did this from whoever sits there later.
        r.last_stamp = if r.officer == NONE { 0 } else { self.officers[r.officer].stamp };
        self.obs.trace_row(r, stage, Some(centre), r.started, self.now, TraceKind::Service);
        self.draw_documentation(s, stage, centre);
    }

    /// A request that is to reach its next service at `at` is on its way; whether it goes straight on.
    #[inline(always)]
    pub(crate) fn sets_out_again(&mut self, s: u32, at: f64) -> bool {
        if at <= self.now {
            let r = &mut self.requests[s];
            r.reached = at;
            r.phase = Phase::Underway;
            return true;
        }
        if at <= self.end {
            self.travel(s, at);
        } else {
            // It would arrive after the end of the run: nothing that can be seen happens to it any more.
            self.obs.still_under_way(&self.requests[s]);
            self.drop_slot(s);
        }
        false
    }

    /// Whether a request's next service is done by the same officer at once, as the same case.
    pub(super) fn go_on_with(&self, s: u32, team: Team) -> bool {
        let StageAction::Service(service) = self.net.step(self.requests[s].stage).kind else { return false };
        let pool = &self.pools[team.pool];
        service.same_officer
            && service.officers == 1
            && team.officers == 1
            && pool.roles >> service.role & 1 == 1
    }

    /// Overtime moves with the officer from one role to the next.
    fn move_overtime(&mut self, team: Team, station: u32) {
        let overtime =
            team.leaving > 0 || (team.first != NONE && self.officers[team.first].doing == Doing::Overtime);
        if overtime && station != team.station {
            self.stations[team.station as usize].change(Count::Overtime, -1.0, self.now);
            self.stations[station as usize].change(Count::Overtime, 1.0, self.now);
        }
    }

    /// A deadline passes while officers are at work: they drop the case.
    pub(crate) fn lost_in_service(&mut self, s: u32) {
        if self.is_in_batch(s) {
            let centre = usize::from(self.requests[s].centre);
            self.leave_batch(s);
            self.lose_whole(s);
            self.put_off(centre, None);
            return;
        }
        let team = self.team(s);
        self.stop_work(s, team);
        self.drop_partner(s);
        if self.requests[s].is_branch() {
            self.free_team(s, team);
            self.lose_whole(s);
            self.put_off(team.centre, None);
            return;
        }
        let aside = lose(self.model, &self.net, &mut self.obs, &mut self.requests[s], self.now);
        if aside.is_none() {
            self.drop_slot(s);
        }
        self.free_team(s, team);
        if let Some(at) = aside {
            self.come_again(s, at);
        }
        self.put_off(team.centre, None);
    }

    /// A request is lost, perhaps in one of its branches, and nobody is at work on it any more.
    #[cold]
    fn lose_whole(&mut self, s: u32) {
        let Some(s) = self.whole_again(s) else { return };
        match lose(self.model, &self.net, &mut self.obs, &mut self.requests[s], self.now) {
            Some(at) => self.come_again(s, at),
            None => self.drop_slot(s),
        }
    }

    /// A service is cut off at the end of a shift or by a fall of a level: the case goes to the head
    /// of the queue. The team's other officers are freed by the caller.
    pub(super) fn interrupt(&mut self, s: u32) -> Team {
        let t = self.now;
        let team = self.stop_and_note(s);
        let pace = self.pace_of(s, team);
        let r = &mut self.requests[s];
        let rules = &self.model.centres[team.centre];
        r.length /= pace;
        r.left = match (rules.shift_end, rules.overtime_limit) {
            (ShiftEnd::HandOver(penalty), _) | (ShiftEnd::Finish, Some(OvertimeLimit { penalty, .. })) => {
                (r.ends - t).max(0.0) / pace + penalty
            }
            (ShiftEnd::Restart | ShiftEnd::Finish, _) => r.length,
        };
        if r.orphan {
            self.drop_orphan(s);
        } else {
            self.wait_in_queue(s);
        }
        team
    }

    /// A team stops work on a service before its end: it is noted as interrupted, and the team is at it no longer.
    pub(crate) fn stop_and_note(&mut self, s: u32) -> Team {
        let team = self.team(s);
        self.stop_work(s, team);
        let r = &mut self.requests[s];
        if !r.interrupted {
            r.cuts = 0;
        }
        r.interrupted = true;
        if !(r.orphan && r.after_work) {
            let (stage, centre) = (r.stage as usize, Some(team.centre));
            self.obs.trace_row(r, stage, centre, r.started, self.now, TraceKind::Interrupted);
        }
        r.officer = NONE;
        team
    }
}

/// The team of a request starts work on it at `t`: what is recorded, how long it takes, what happens next.
#[inline(always)]
fn start_work(
    net: &Network,
    obs: &mut Observer,
    events: &mut EventList,
    station: &mut Station,
    r: &mut Request,
    (s, service): (u32, &Service),
    t: f64,
) {
    begin_work(net, obs, station, r, service, t);
    r.phase = Phase::InService;
    let at = if r.deadline < r.ends { r.deadline } else { r.ends };
    events.schedule(Entity::Request(s), at, Rank::Finish);
}

/// Officers begin to work on a request at `t`: what is recorded, and when it will end.
#[inline(always)]
pub(super) fn begin_work(
    net: &Network,
    obs: &mut Observer,
    station: &mut Station,
    r: &mut Request,
    service: &Service,
    t: f64,
) {
    if r.deadline < f64::INFINITY && net.deadline_terms(r.class).met_by_start(r.stage) {
        obs.deadline_met(r, obs.inside);
        r.deadline = f64::INFINITY;
    }
    obs.begin_service(station, r, f64::from(service.officers), t);
    if r.left.is_nan() {
        r.length = length_at(net, r, service, r.centre as usize);
        r.left = r.length;
    }
    r.started = t;
    r.ends = t + r.left;
}

/// How long a service of a request takes that is begun at a centre for the first time, or anew.
#[inline(always)]
pub(super) fn length_at(net: &Network, r: &Request, service: &Service, centre: usize) -> f64 {
    let step = net.step(r.stage);
    let mut draws = if r.copy || r.interrupted {
        draws_apart(r, step.stage.key, step.visit(&r.visits))
    } else {
        step.keyed_draw(r.seed, &r.visits, Draw::Time)
    };
    service.time.sample(&mut draws) * net.speed(centre, r.class)
}

/// Draws of a copy's service, and of one that is drawn anew after it was cut off.
#[cold]
fn draws_apart(r: &Request, stage: u64, visit: u32) -> KeyedRng {
    if !r.interrupted {
        return r.keyed_draw(stage, visit, Purpose::CopyTime);
    }
    // The how-manyth cut, and whether of a copy, in the place's key.
    let cut = u64::from(r.cuts) << 1 | u64::from(r.copy);
    r.keyed_draw(mix(stage ^ cut), visit, Purpose::Redraw)
}
