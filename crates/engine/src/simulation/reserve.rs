//! Officers kept free of some classes: whether a case may be begun now, and when that changes by the hour.

use super::sim::Sim;
use super::station::Station;
use crate::model::{Reserve, ReserveLimit, Service};
use crate::time::WEEK;

impl Sim<'_> {
    /// Whether a request at a station is held back so that officers stay free for others.
    pub(crate) fn is_held_back(&self, centre: usize, s: u32, service: &Service) -> bool {
        let station = self.net.station_of(centre, service.role).map(|at| &self.stations[at as usize]);
        station.is_some_and(|at| at.reserved && !self.may_begin(at, s, service))
    }

    /// Whether enough officers begin such a case so near the end of their shifts, and enough stay free, or few enough are at
    /// work, for a request to be begun at a station.
    #[inline(never)]
    pub(crate) fn may_begin(&self, at: &Station, s: u32, service: &Service) -> bool {
        let centre = usize::from(at.centre);
        let r = &self.requests[s];
        let applies =
            |reserve: &&Reserve| reserve.classes[r.class as usize] && self.holds_now(reserve, centre);
        let rules = &self.model.centres[centre];
        if let Some(batch) = &service.batch
            && !self.is_batch_ready(at, s, batch)
        {
            return false;
        }
        if self.centres[centre].selective
            && !self.enough_free(centre, s, service, self.guarded_place(centre, s))
        {
            return false;
        }
        let mut reserves = rules.reserves.iter().filter(applies).peekable();
        if reserves.peek().is_none() {
            return true;
        }
        let wanted = service.own_officers();
        let ask = self.ask(s, centre, service).of_anybody();
        let holding =
            self.centres[centre].pools.clone().filter(|p| self.pools[*p].roles >> service.role & 1 == 1);
        let (free, idle, present) = holding.fold((0, 0, 0), |(free, idle, present), p| {
            let pool = &self.pools[p];
            (free + self.free_for(p, &ask), idle + pool.free(), present + pool.on_duty())
        });
        reserves.all(|reserve| match reserve.limit {
            ReserveLimit::KeepFree(kept) => free >= wanted + kept,
            ReserveLimit::AtWork(most) => present - idle.min(present) + wanted <= most,
        })
    }

    /// Whether it is an hour of the reserve.
    fn holds_now(&self, reserve: &Reserve, centre: usize) -> bool {
        let Some(hours) = &reserve.hours else { return true };
        let second = self.model.clocks[self.model.centres[centre].clock].second_of_week(self.now);
        hours.iter().any(|span| second >= span.0 && second < span.1)
    }

    /// When the hours of a centre's reserves next begin or end, or the hour of the clock does, which may be moved
    /// before then.
    pub(crate) fn next_change_of_reserves(&self, centre: usize) -> f64 {
        let rules = &self.model.centres[centre];
        let clock = &self.model.clocks[rules.clock];
        let second = clock.second_of_week(self.now);
        let spans = rules.reserves.iter().filter_map(|reserve| reserve.hours.as_ref()).flatten();
        let until = spans
            .flat_map(|span| [span.0, span.1])
            .map(|edge| if edge > second { edge - second } else { edge + WEEK - second })
            .fold(f64::INFINITY, f64::min);
        if until < f64::INFINITY { (self.now + until).min(clock.next_hour(self.now)) } else { f64::INFINITY }
    }
}
