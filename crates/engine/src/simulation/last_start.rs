//! Officers who begin nothing near the end of their shifts, and overtime that ends before the case does.

use super::centre::PoolState;
use super::officers::Doing;
use super::service::length_at;
use super::sim::Sim;
use crate::model::{LastStart, Service};

impl Sim<'_> {
    /// How long a request would keep its officers if it were begun at a centre now, where they ask before they begin.
    #[inline(always)]
    pub(crate) fn needed(&self, s: u32, centre: usize, service: &Service) -> f64 {
        // Nearly nobody asks: the question costs one look.
        match self.model.centres[centre].last_start {
            Some(LastStart::CanFinish) => self.needed_to_finish(s, centre, service),
            _ => 0.0,
        }
    }

    #[cold]
    fn needed_to_finish(&self, s: u32, centre: usize, service: &Service) -> f64 {
        let r = &self.requests[s];
        let left = if r.left.is_nan() { length_at(&self.net, r, service, centre) } else { r.left };
        left + service.after_work.as_ref().map_or(0.0, |time| self.after_work_of(s, centre, time))
    }

    /// Whether an officer of a crew who is on duty begins a case that takes so long.
    pub(crate) fn may_start(&self, o: u32, needed: f64) -> bool {
        let officer = &self.officers[o];
        let Some(rule) = self.model.centres[usize::from(officer.centre)].last_start else { return true };
        let PoolState::Crews(crews) = &self.pools[officer.pool as usize].state else { return true };
        let Some(shift) = crews[officer.line as usize].shift else { return false };
        match rule {
            LastStart::Before(time) => self.now <= shift.end - time,
            // What no shift of his can hold is no better begun later.
            LastStart::CanFinish => self.now + needed <= shift.end || needed > shift.end - shift.start,
        }
    }

    /// How many officers of a pool can begin a case that takes so long, but for the one to be `avoided`.
    #[inline(always)]
    pub(crate) fn free_for(&self, p: usize, needed: f64, avoided: u32) -> u32 {
        let pool = &self.pools[p];
        match &pool.state {
            PoolState::Levels(levels) => levels.free(),
            PoolState::Crews(_) if self.model.centres[pool.centre].last_start.is_none() => {
                pool.idle - u32::from(self.is_idle_in(avoided, p))
            }
            PoolState::Crews(_) => self.who_may_start(p, needed, avoided),
        }
    }

    #[cold]
    fn who_may_start(&self, p: usize, needed: f64, avoided: u32) -> u32 {
        let can = |o: &u32| *o != avoided && self.may_start(*o, needed);
        self.pools[p].idle_officers(&self.officers).filter(can).count() as u32
    }

    /// Something is due for an officer: a break is over, or overtime has lasted as long as it may.
    pub(crate) fn officer_event(&mut self, o: u32) {
        if self.officers[o].doing != Doing::Overtime {
            self.end_break(o);
            return;
        }
        let (s, pool, centre) =
            (self.officers[o].request, self.officers[o].pool as usize, usize::from(self.officers[o].centre));
        let team = self.interrupt(s);
        self.free_team(s, team);
        self.close_stations(pool);
        self.put_off(centre, None);
    }
}
