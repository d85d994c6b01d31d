//! Who takes what: which waiting request is begun, and by which of the idle officers.

use super::ask::Ask;
use super::centre::{PoolRun, PoolState};
use super::officers::Doing;
use super::queue::{LinePlace, OfficerFit};
use super::request::{NONE, Phase};
use super::service::Team;
use super::sim::Sim;
use super::station::Station;
use crate::model::{RoleId, Service};

impl Sim<'_> {
    /// Begins a waiting request, or several, once a team is free.
    #[inline(always)]
    pub(crate) fn serve_freed(&mut self, team: Team) {
        if self.centres[team.centre].waiting > 0 {
            self.serve_next(team);
        }
    }

    /// [`Self::serve_freed`] where somebody waits.
    #[inline(never)]
    fn serve_next(&mut self, team: Team) {
        if !self.stations[team.station as usize].singly {
            self.serve(team.centre);
            return;
        }
        // Nobody waits whom the officers of other pools could take up.
        let pool = &self.pools[team.pool];
        if pool.free() == 0 {
            return;
        }
        let station = &self.stations[team.station as usize];
        let next = match &pool.stations[..] {
            [only] if station.by_anyone && *only == team.station => station.queue.first(),
            _ => self.first_for(pool, NONE),
        };
        if let Some(s) = next {
            let service = self.service(&self.requests[s]);
            self.leave_queue(s);
            self.begin_service(s, service);
        }
    }

    /// Begins waiting requests while officers are free for them, the first in line first.
    #[inline]
    pub(super) fn serve(&mut self, centre: usize) {
        if !self.centres[centre].by_line {
            self.serve_otherwise(centre);
            return;
        }
        while self.centres[centre].waiting > 0 {
            let Some(s) = self.first_in_line(centre) else { return };
            let service = self.service(&self.requests[s]);
            self.leave_queue(s);
            self.begin_service(s, service);
        }
    }

    /// Of the waiting requests that officers are free for, the first in line.
    #[inline(always)]
    fn first_in_line(&self, centre: usize) -> Option<u32> {
        let mut best = None;
        for pool in self.pools[self.centres[centre].pools.clone()].iter().filter(|p| p.free() > 0) {
            best = self.first_for(pool, best.unwrap_or(NONE));
        }
        best
    }

    /// Of `best` (or [`NONE`]) and the waiting requests that officers of a pool with free ones are there for,
    /// the first in line.
    #[inline(always)]
    fn first_for(&self, pool: &PoolRun, mut best: u32) -> Option<u32> {
        for &station in &pool.stations {
            if let Some(s) = self.first_at(pool, station)
                && (best == NONE || self.place_in_line(s) < self.place_in_line(best))
            {
                best = s;
            }
        }
        (best != NONE).then_some(best)
    }

    /// Of the requests that wait at a station of a pool with free officers, the first in line that officers are there for.
    #[inline(always)]
    pub(crate) fn first_at(&self, pool: &PoolRun, station: u32) -> Option<u32> {
        let at = &self.stations[station as usize];
        let queue = &at.queue;
        if queue.len() == 0 {
            return None;
        }
        queue.first_that(&self.requests, |s| {
            let service = self.service(&self.requests[s]);
            if at.guarded && !self.may_take(pool, self.place_in_line(s)) {
                // Nor may anybody behind it.
                return OfficerFit::Block;
            }
            if at.reserved && !self.may_begin(at, s, service) {
                return OfficerFit::Skip;
            }
            if service.officers == 1 && !service.different_officer || self.has_team(at, s, service) {
                OfficerFit::Yes
            } else if service.officers > 1 && !service.overtaking {
                OfficerFit::Block
            } else {
                OfficerFit::Skip
            }
        })
    }

    pub(crate) fn place_in_line(&self, s: u32) -> LinePlace {
        let r = &self.requests[s];
        self.stations[r.station as usize].queue.place(r)
    }

    /// Whether enough officers are free for a request at a station.
    #[inline(always)]
    pub(crate) fn has_team(&self, station: &Station, s: u32, service: &Service) -> bool {
        let simple = !station.guarded && !service.different_officer;
        let enough = self.pools[station.pool as usize].free() >= service.officers && simple;
        // Where there is one pool, it has answered for the centre.
        enough || !(simple && station.alone) && self.find_team(station.centre as usize, s, service)
    }

    /// Whether enough officers are free in all pools of a centre.
    fn find_team(&self, centre: usize, s: u32, service: &Service) -> bool {
        let guarded = self.guarded_place(centre, s);
        if guarded.is_some() && self.is_held_back(centre, s, service) {
            return false;
        }
        self.enough_free(centre, s, service, guarded)
    }

    /// The same, whether or not the request is held back.
    #[inline(always)]
    pub(crate) fn enough_free(
        &self,
        centre: usize,
        s: u32,
        service: &Service,
        guarded: Option<LinePlace>,
    ) -> bool {
        let ask = self.ask(s, centre, service);
        if !service.others.is_empty() {
            return self.has_mixed_team(centre, service, ask, guarded);
        }
        let mut found = 0;
        for p in self.centres[centre].pools.clone() {
            let pool = &self.pools[p];
            if pool.roles >> service.role & 1 == 0 || guarded.is_some_and(|place| !self.may_take(pool, place))
            {
                continue;
            }
            let of_pool = self.free_for(p, &ask);
            let free = match &pool.state {
                PoolState::Levels(_) => of_pool,
                PoolState::Crews(_) => {
                    found += of_pool;
                    found
                }
            };
            if free >= service.officers {
                return true;
            }
        }
        false
    }

    /// Whether an officer is idle in a pool.
    pub(crate) fn is_idle_in(&self, o: u32, pool: usize) -> bool {
        o != NONE
            && matches!(self.officers[o].doing, Doing::Idle | Doing::Partly)
            && self.officers[o].pool as usize == pool
    }

    /// Picks free officers of a centre: of a level, or of its crews by the centre's rule.
    pub(crate) fn pick_team(&mut self, s: u32, centre: usize, service: &Service) -> (usize, u32) {
        let wanted = service.officers;
        let at = &self.stations[self.requests[s].station as usize];
        if at.alone && wanted == 1 && !at.guarded && !service.different_officer {
            // As it mostly is: one pool of crews, and its next officer.
            let p = at.pool as usize;
            if let Some(o) = self.pools[p].next_idle(&self.officers, NONE) {
                self.send_to_work(p, o, s, (NONE, service.role));
                return (p, o);
            }
        }
        let ask = self.ask(s, centre, service);
        let guarded = self.guarded_place(centre, s);
        if !service.others.is_empty() {
            return self.pick_mixed_team(s, centre, service, ask, guarded);
        }
        for p in self.centres[centre].pools.clone() {
            let later = self.centres[centre].selective && !self.is_offered(p, &ask);
            if self.pools[p].roles >> service.role & 1 == 0 || later {
                continue;
            }
            if let PoolState::Levels(levels) = &mut self.pools[p].state
                && levels.free() >= wanted
            {
                levels.busy += wanted;
                if let Some(seats) = &mut levels.seats {
                    self.requests[s].seat = seats.take(s, wanted);
                }
                return (p, NONE);
            }
        }
        let mut first = NONE;
        let mut of = self.centres[centre].pools.start;
        for _ in 0..wanted {
            let Some((p, o)) = self.next_officer(centre, &ask, guarded) else {
                debug_assert!(false, "a team was promised");
                break;
            };
            self.send_to_work(p, o, s, (first, service.role));
            first = o;
            of = p;
        }
        (of, first)
    }

    /// An idle officer of a pool joins the team of a request in a role; the team's officer before is `next`.
    #[inline(always)]
    pub(crate) fn send_to_work(&mut self, pool: usize, o: u32, s: u32, (next, role): (u32, RoleId)) {
        if self.pools[pool].concurrency.is_some() {
            self.take_in_hand(pool, o, s, role);
            return;
        }
        self.pools[pool].withdraw(&mut self.officers, o);
        let officer = &mut self.officers[o];
        officer.doing = Doing::Busy;
        officer.request = s;
        officer.team = next;
        officer.role = role as u8;
    }

    /// The officer who may not take a request, having done its last service; [`NONE`] where anybody may.
    pub(crate) fn avoided(&self, s: u32, service: &Service) -> u32 {
        let r = &self.requests[s];
        let there = r.last_officer != NONE && self.officers[r.last_officer].stamp == r.last_stamp;
        if service.different_officer && there { r.last_officer } else { NONE }
    }

    /// The idle officer of a centre's crews who takes what is asked, and the officer's pool.
    #[inline]
    fn next_officer(&self, centre: usize, ask: &Ask, guarded: Option<LinePlace>) -> Option<(usize, u32)> {
        let choice = self.centres[centre].choice;
        let mut best: Option<(usize, u32)> = None;
        for p in self.centres[centre].pools.clone() {
            let pool = &self.pools[p];
            if pool.roles >> ask.role & 1 == 0 || pool.idle == 0 {
                continue;
            }
            if guarded.is_some_and(|place| !self.may_take(pool, place)) {
                continue;
            }
            let Some(o) = self.next_for(p, ask) else { continue };
            let turn = |(p, o): (usize, u32)| self.pools[p].turn(&self.officers, o, choice, ask.role);
            if best.is_none_or(|other| turn((p, o)) < turn(other)) {
                best = Some((p, o));
            }
        }
        best
    }

    /// Notes a request that has begun to wait where nobody may overtake it.
    #[inline(never)]
    pub(super) fn guard(&mut self, s: u32) {
        let service = self.service(&self.requests[s]);
        if service.officers > 1 && !service.overtaking {
            let place = self.place_in_line(s);
            for station in self.stations_of_team(s) {
                self.stations[station as usize].guards.insert(place, s);
            }
        }
    }

    /// It waits no longer.
    #[inline(never)]
    pub(crate) fn unguard(&mut self, s: u32) {
        let place = self.place_in_line(s);
        for station in self.stations_of_team(s) {
            self.stations[station as usize].guards.remove(&place);
        }
    }

    /// Whether the free officers of a pool may take a request at this place in line: not while one before it, which nobody
    /// may overtake, waits for officers of a role that they hold, since they could be of its team.
    #[inline(never)]
    pub(crate) fn may_take(&self, pool: &PoolRun, place: LinePlace) -> bool {
        pool.stations.iter().all(|station| {
            let guards = &self.stations[*station as usize].guards;
            guards.first_key_value().is_none_or(|(first, _)| *first >= place)
        })
    }

    /// The place in line of a request at a centre where some may keep others from overtaking; `None` elsewhere.
    #[inline(always)]
    pub(crate) fn guarded_place(&self, centre: usize, s: u32) -> Option<LinePlace> {
        let at = &self.stations[self.centres[centre].stations.start];
        if !at.guarded {
            return None;
        }
        let r = &self.requests[s];
        let mut place = at.queue.place(r);
        if r.phase != Phase::Waiting {
            // It comes after all who are there already.
            place.2 = u64::MAX;
        }
        Some(place)
    }

    /// Whether those who wait may have been held back by a request that does not wait any longer: they are served.
    pub(crate) fn serve_those_behind(&mut self, station: u32) {
        let at = &self.stations[station as usize];
        if at.guarded {
            self.serve(usize::from(at.centre));
        }
    }
}
