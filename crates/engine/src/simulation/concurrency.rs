//! Officers with several cases in hand: who has how many, how fast each goes, and whose time it is.
//!
//! An officer works at all cases in hand at once. Whenever one begins or ends, what is left of the others takes longer or
//! shorter from then on. His time at work is booked once, at the station of the case that he has had in hand for longest.

use super::centre::PoolState;
use super::event_list::{Entity, Rank};
use super::integral::Count;
use super::officers::Doing;
use super::request::NONE;
use super::service::Team;
use super::sim::Sim;
use crate::model::RoleId;

impl Sim<'_> {
    /// An officer who may have several cases in hand takes one of a role.
    #[cold]
    pub(crate) fn take_in_hand(&mut self, pool: usize, o: u32, s: u32, role: RoleId) {
        let Some(rules) = self.pools[pool].concurrency else { return };
        self.pools[pool].withdraw(&mut self.officers, o);
        let officer = &mut self.officers[o];
        let before = officer.hands.len();
        officer.hands.push(s);
        officer.request = officer.hands[0];
        officer.role = role as u8;
        officer.doing = Doing::Busy;
        let room = rules.shares(role) && officer.hands.len() < rules.cases();
        self.change_speed(o, s, before);
        if room {
            self.officers[o].doing = Doing::Partly;
            self.pools[pool].make_idle_officer(&mut self.officers, o, self.now);
        }
    }

    /// The cases of an officer but for one go at another factor from now on, since he has had so many `before`.
    fn change_speed(&mut self, o: u32, but: u32, before: usize) {
        let Some(rules) = self.pools[self.officers[o].pool as usize].concurrency else { return };
        let now = self.officers[o].hands.len();
        for i in 0..self.officers[o].hands.len() {
            let s = self.officers[o].hands[i];
            let role = self.service(&self.requests[s]).role;
            let (from, to) = (rules.factor(role, before), rules.factor(role, now));
            let r = &mut self.requests[s];
            // One that ends at this very instant ends.
            if s == but || r.ends <= self.now || from == to {
                continue;
            }
            r.ends = self.now + (r.ends - self.now) * (to / from);
            let at = r.deadline.min(r.ends);
            self.events.schedule(Entity::Request(s), at, Rank::Finish);
        }
    }

    /// The factor at which a request in the hands of an officer goes.
    fn factor_in_hand(&self, s: u32, o: u32) -> f64 {
        let officer = &self.officers[o];
        let rules = self.pools[officer.pool as usize].concurrency;
        rules.map_or(1.0, |rules| rules.factor(self.service(&self.requests[s]).role, officer.hands.len()))
    }

    /// Work on a request has begun, or goes on after the request: its end is that of one case among several, and the officer's
    /// time is booked once.
    #[cold]
    pub(crate) fn note_begun_in_hand(&mut self, s: u32) {
        let r = &self.requests[s];
        let (o, station) = (r.officer, r.station as usize);
        let factor = self.factor_in_hand(s, o);
        let r = &mut self.requests[s];
        r.ends = self.now + (r.ends - self.now) * factor;
        let at = r.deadline.min(r.ends);
        self.events.schedule(Entity::Request(s), at, Rank::Finish);
        self.stations[station].change(Count::Busy, -1.0, self.now);
        self.book_time(o);
    }

    /// Work on a request has ended, or stops: what would be left of it is that of a case alone, and the officer's time goes on.
    #[cold]
    pub(crate) fn note_ended_in_hand(&mut self, s: u32) {
        let r = &self.requests[s];
        let factor = self.factor_in_hand(s, r.officer);
        let (from, until) = (self.obs.from, self.obs.until());
        let r = &mut self.requests[s];
        r.ends = self.now + (r.ends - self.now) / factor;
        let station = &mut self.stations[r.station as usize];
        station.change(Count::Busy, 1.0, self.now);
        station.given -= self.now - r.started;
        station.in_hand += (self.now.min(until) - r.started.max(from)).max(0.0);
    }

    /// Books an officer's time at the station of the case that is longest in hand, from now on.
    fn book_time(&mut self, o: u32) {
        let officer = &self.officers[o];
        let to = officer.hands.first().map_or(NONE, |s| self.requests[*s].station);
        let (at, since) = (officer.at, officer.at_since);
        if to == at {
            return;
        }
        let overtime = f64::from(u8::from(officer.doing == Doing::Overtime));
        if at != NONE {
            let station = &mut self.stations[at as usize];
            station.change(Count::Busy, -1.0, self.now);
            station.given += self.now - since;
        }
        if to != NONE {
            self.stations[to as usize].change(Count::Busy, 1.0, self.now);
            // Of whoever goes home now the overtime ends where it is.
            if at != NONE && overtime > 0.0 {
                self.stations[at as usize].change(Count::Overtime, -overtime, self.now);
                self.stations[to as usize].change(Count::Overtime, overtime, self.now);
            }
        }
        let officer = &mut self.officers[o];
        officer.at_since = self.now;
        if to != NONE || officer.doing != Doing::Overtime {
            officer.at = to;
        }
    }

    /// An officer has a request in hand no longer. Whether it was the last one: then the officer is free.
    #[cold]
    pub(crate) fn take_from_hands(&mut self, s: u32, team: Team) -> bool {
        let o = team.first;
        let pool = self.officers[o].pool as usize;
        let officer = &mut self.officers[o];
        let before = officer.hands.len();
        officer.hands.retain(|case| *case != s);
        officer.request = officer.hands.first().copied().unwrap_or(NONE);
        self.change_speed(o, NONE, before);
        self.book_time(o);
        let officer = &self.officers[o];
        let (last, doing) = (officer.hands.is_empty(), officer.doing);
        let stays = !last && doing != Doing::Overtime && officer.break_due <= 0.0;
        if doing == Doing::Partly {
            self.pools[pool].withdraw(&mut self.officers, o);
            self.officers[o].doing = Doing::Busy;
        }
        if stays {
            self.officers[o].doing = Doing::Partly;
            self.pools[pool].make_idle_officer(&mut self.officers, o, self.now);
        }
        last
    }

    /// An officer who has cases in hand takes no more of them: a break is due, or the shift is over.
    pub(crate) fn take_no_more(&mut self, o: u32) {
        if self.officers[o].doing == Doing::Partly {
            let pool = self.officers[o].pool as usize;
            self.pools[pool].withdraw(&mut self.officers, o);
            self.officers[o].doing = Doing::Busy;
        }
    }

    /// An officer in overtime, who is on duty again, takes more cases if there is room for them.
    pub(crate) fn take_more(&mut self, o: u32) {
        let officer = &self.officers[o];
        let pool = officer.pool as usize;
        let Some(rules) = self.pools[pool].concurrency else { return };
        if rules.shares(RoleId::from(officer.role)) && officer.hands.len() < rules.cases() {
            self.officers[o].doing = Doing::Partly;
            self.pools[pool].make_idle_officer(&mut self.officers, o, self.now);
        }
    }

    /// All cases that an officer has in hand.
    pub(crate) fn cases_of(&self, o: u32) -> Vec<u32> {
        let officer = &self.officers[o];
        if officer.hands.is_empty() { vec![officer.request] } else { officer.hands.clone() }
    }

    /// The cases that an officer has in hand go back into the queue.
    pub(crate) fn interrupt_all(&mut self, o: u32) {
        for s in self.cases_of(o) {
            let team = self.interrupt(s);
            self.free_team(s, team);
        }
    }

    /// Time that officers with several cases in hand have been at work at each station, not yet booked at the end of the run.
    pub(crate) fn time_in_hand(&self, mut book: impl FnMut(u32, f64)) {
        for pool in &self.pools {
            let (Some(_), PoolState::Crews(crews)) = (pool.concurrency, &pool.state) else { continue };
            for crew in crews {
                let late = crew.overtime.iter(&self.officers);
                for o in crew.members.iter().copied().chain(late) {
                    let officer = &self.officers[o];
                    if !officer.hands.is_empty() {
                        book(officer.at, self.end - officer.at_since);
                    }
                }
            }
        }
    }
}
