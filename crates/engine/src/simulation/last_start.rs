//! Officers who begin nothing near the end of their shifts, and overtime that ends before the case does.

use super::centre::PoolState;
use super::officers::Doing;
use super::service::length_at;
use super::sim::Sim;
use crate::model::{LastStart, Service};

impl Sim<'_> {
    /// How long a request would keep officers of speed 1 if it were begun at a centre now, where they ask before they begin.
    #[cold]
    pub(crate) fn needed(&self, s: u32, centre: usize, service: &Service) -> f64 {
        if self.model.centres[centre].last_start != Some(LastStart::CanFinish) {
            return 0.0;
        }
        let r = &self.requests[s];
        let left = if r.left.is_nan() { length_at(&self.net, r, service, centre) } else { r.left };
        let all = left + service.after_work.as_ref().map_or(0.0, |time| self.after_work_of(s, centre, time));
        all * self.pace_of_hour(r, centre, self.now)
    }

    /// Whether an officer of a crew who is on duty begins a case that takes so long.
    pub(crate) fn ends_in_time(&self, o: u32, needed: f64) -> bool {
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

    /// Something is due for an officer: a break is over, or overtime has lasted as long as it may.
    pub(crate) fn officer_event(&mut self, o: u32) {
        if self.officers[o].doing != Doing::Overtime {
            self.end_break(o);
            return;
        }
        let (pool, centre) = (self.officers[o].pool as usize, usize::from(self.officers[o].centre));
        self.interrupt_all(o);
        self.close_stations(pool);
        self.put_off(centre, None);
    }
}
