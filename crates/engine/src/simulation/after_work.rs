//! Work that keeps the officers when a request has gone on: notes to write, a room to clean.
//!
//! It holds the slot of the request, with its team, and the request goes on in another: so officers, seats and lists know it
//! by the number that they have. It is never counted as a request.

use super::centre::PoolState;
use super::event_list::{Entity, Rank};
use super::integral::Count;
use super::listed::enlist;
use super::request::{NONE, Phase};
use super::service::Team;
use super::sim::Sim;
use crate::random::{Purpose, Sampler};

impl Sim<'_> {
    /// A service ends whose team has more to do, so long at speed 1; the request goes on without it.
    #[inline(never)]
    pub(crate) fn finish_before_after_work(&mut self, s: u32, team: Team, time: &Sampler) {
        let onward = self.requests[s].clone();
        let n = self.requests.insert(onward);
        self.begin_after_work(s, team, time);
        let r = &mut self.requests[n];
        r.doubled = false;
        (r.prev, r.next) = (NONE, NONE);
        let goes_on = self.complete_service(n, team.centre).is_some_and(|at| self.sets_out_again(n, at));
        if self.more_to_come() {
            self.put_off(team.centre, goes_on.then_some(n));
        } else if goes_on {
            self.reach_service(n);
        }
    }

    /// The team of a request, whose service is over, goes on with what is to do after it.
    pub(crate) fn begin_after_work(&mut self, s: u32, team: Team, time: &Sampler) {
        let t = self.now;
        let length = self.after_work_of(s, team.centre, time) * self.pace_of(s, team);
        let r = &mut self.requests[s];
        r.turn_into_work_alone();
        r.doubled = true;
        r.phase = Phase::InService;
        r.started = t;
        r.ends = t + length;
        self.stations[team.station as usize].change(Count::Busy, f64::from(team.officers), t);
        if self.stations[team.station as usize].mixed {
            self.share_work(s, self.service(&self.requests[s]), 1.0);
        }
        self.events.schedule(Entity::Request(s), t + length, Rank::Finish);
        if self.stations[team.station as usize].concurrent {
            self.note_begun_in_hand(s);
        }
        if let PoolState::Levels(levels) = &mut self.pools[team.pool].state
            && levels.listed
        {
            enlist(levels, s, &mut self.requests);
        }
    }

    /// How long the work after a request's present service takes at a centre.
    pub(crate) fn after_work_of(&self, s: u32, centre: usize, time: &Sampler) -> f64 {
        let r = &self.requests[s];
        let step = self.net.step(r.stage);
        let mut draws = r.keyed_draw(step.stage.key, step.visit(&r.visits), Purpose::AfterWork);
        time.sample(&mut draws) * self.net.speed(centre, r.class)
    }
}
