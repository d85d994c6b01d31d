//! How long services take beyond their draw: with officers who are slower at a role or still learning, and by the hour.
//!
//! A case in hand has its times at the pace of its team; one that waits has them at pace 1, so that whoever goes on with
//! it, whenever that is, does so at the own pace.

use super::request::{NONE, Request};
use super::service::{Team, length_at};
use super::sim::Sim;
use crate::model::{PoolKind, RoleId, Service};

impl Sim<'_> {
    /// What a request's work is lengthened by in the hands of its team; 1 where nothing is.
    #[inline(always)]
    pub(crate) fn pace_of(&self, s: u32, team: Team) -> f64 {
        if !self.stations[team.station as usize].paced {
            return 1.0;
        }
        let r = &self.requests[s];
        self.pace(r, (team.first, team.pool), self.service(r).role, r.started)
    }

    /// Gives a request that is begun, or gone on with, its length at the pace of its team.
    #[cold]
    pub(crate) fn set_pace(&mut self, s: u32, service: &Service) {
        let r = &self.requests[s];
        if !self.stations[r.station as usize].paced {
            return;
        }
        let pace = self.pace(r, (r.officer, r.pool as usize), service.role, self.now);
        let r = &mut self.requests[s];
        if r.left.is_nan() {
            r.length = length_at(&self.net, r, service, usize::from(r.centre));
            r.left = r.length;
        }
        r.length *= pace;
        r.left *= pace;
    }

    /// The pace of a team at a request that it began at `t`: that of its slowest officer, and of the hour.
    fn pace(&self, r: &Request, (first, pool): (u32, usize), role: RoleId, t: f64) -> f64 {
        let of_hour = self.pace_of_hour(r, usize::from(r.centre), t);
        if first == NONE {
            return of_hour * self.pools[pool].rules.speed(role);
        }
        let mut slowest = 0.0_f64;
        let mut o = first;
        while o != NONE {
            let officer = &self.officers[o];
            slowest = slowest.max(self.pace_of_officer(o, RoleId::from(officer.role), t));
            o = officer.team;
        }
        of_hour * slowest
    }

    /// The pace of an officer of a crew in a role, at a case begun at `t`.
    pub(crate) fn pace_of_officer(&self, o: u32, role: RoleId, t: f64) -> f64 {
        let officer = &self.officers[o];
        let rules = self.pools[officer.pool as usize].rules;
        let learning = match &rules.kind {
            PoolKind::Crews(lines) => lines[officer.line as usize].learning.as_ref(),
            PoolKind::Levels(_) => None,
        };
        rules.speed(role) * learning.map_or(1.0, |learning| learning.factor(t))
    }

    /// The pace of the hour in which a request's service begins at a centre.
    pub(crate) fn pace_of_hour(&self, r: &Request, centre: usize, t: f64) -> f64 {
        if self.model.handling.is_empty() {
            return 1.0;
        }
        let second = self.model.clocks[self.model.centres[centre].clock].second_of_week(t);
        self.model.handling_factor_at(centre, (usize::from(r.class), usize::from(r.stage)), (second, t))
    }
}
