//! What a case asks of the officers who could take it: a role, that they may begin it so near the end of their shift, and that
//! it has waited for as long as they leave it to others.

use super::centre::PoolState;
use super::request::NONE;
use super::sim::Sim;
use crate::model::{RoleId, Service};

/// What a case asks of each officer of a role.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub role: RoleId,
    /// Who may not take it.
    pub avoided: u32,
    /// How long it keeps officers of speed 1; 0 where nobody asks.
    pub needed: f64,
    /// When it reached its stage.
    pub reached: f64,
}

impl Ask {
    /// The same where anybody may take it.
    pub(super) fn of_anybody(self) -> Self {
        Self { avoided: NONE, ..self }
    }

    /// The same of officers of another role.
    pub(super) fn in_role(self, role: RoleId) -> Self {
        Self { role, avoided: NONE, ..self }
    }
}

impl Sim<'_> {
    /// What a request asks of officers of a centre for a service.
    #[inline(always)]
    pub(crate) fn ask(&self, s: u32, centre: usize, service: &Service) -> Ask {
        let avoided = if service.different_officer { self.avoided(s, service) } else { NONE };
        // Nearly nobody asks: the question costs one look.
        let selective = self.centres[centre].selective;
        let needed = if selective { self.needed(s, centre, service) } else { 0.0 };
        Ask { role: service.role, avoided, needed, reached: self.requests[s].reached }
    }

    /// How many officers of a pool may begin what is asked.
    #[inline(always)]
    pub(crate) fn free_for(&self, p: usize, ask: &Ask) -> u32 {
        let pool = &self.pools[p];
        match &pool.state {
            _ if self.centres[pool.centre].selective => self.count_free_for(p, ask),
            PoolState::Levels(levels) => levels.free(),
            PoolState::Crews(_) => pool.idle - u32::from(self.is_idle_in(ask.avoided, p)),
        }
    }

    #[cold]
    fn count_free_for(&self, p: usize, ask: &Ask) -> u32 {
        let pool = &self.pools[p];
        if !self.is_offered(p, ask) {
            return 0;
        }
        match &pool.state {
            PoolState::Levels(levels) => levels.free(),
            PoolState::Crews(_)
                if self.model.centres[pool.centre].last_start.is_none() && pool.concurrency.is_none() =>
            {
                pool.idle - u32::from(self.is_idle_in(ask.avoided, p))
            }
            PoolState::Crews(_) => {
                let can = |o: &u32| *o != ask.avoided && self.may_start(*o, ask);
                pool.idle_officers(&self.officers).filter(can).count() as u32
            }
        }
    }

    /// The idle officer of a pool of crews who is next to begin what is asked.
    #[inline(always)]
    pub(crate) fn next_for(&self, p: usize, ask: &Ask) -> Option<u32> {
        let pool = &self.pools[p];
        if !self.centres[pool.centre].selective {
            return pool.next_idle(&self.officers, ask.avoided);
        }
        let can = |o: &u32| *o != ask.avoided && self.may_start(*o, ask);
        pool.idle_officers(&self.officers).find(can)
    }

    /// Whether an officer of a crew may begin what is asked, as far as it lies in the shift and in the time waited.
    pub(crate) fn may_start(&self, o: u32, ask: &Ask) -> bool {
        let pool = self.officers[o].pool as usize;
        self.has_a_hand(o, ask.role)
            && self.is_offered(pool, ask)
            && self.ends_in_time(o, ask.needed * self.pace_of_officer(o, ask.role, self.now))
    }

    /// Whether an officer of a crew, who is free or may have more cases in hand, may take one of a role beside those.
    fn has_a_hand(&self, o: u32, role: RoleId) -> bool {
        let officer = &self.officers[o];
        let rules = self.pools[officer.pool as usize].concurrency;
        officer.hands.is_empty() || rules.is_some_and(|rules| rules.shares(role))
    }

    /// Whether a case has waited for as long as a pool leaves it to others.
    pub(crate) fn is_offered(&self, p: usize, ask: &Ask) -> bool {
        ask.reached + self.pools[p].rules.takes_after(ask.role) <= self.now
    }

    /// When a waiting request is next offered to officers who have left it to others; infinite where it is not.
    pub(crate) fn next_offer(&self, s: u32) -> f64 {
        let r = &self.requests[s];
        if !self.centres[usize::from(r.centre)].selective {
            return f64::INFINITY;
        }
        let service = self.service(r);
        let pools = &self.pools[self.centres[usize::from(r.centre)].pools.clone()];
        let offers = service.team().flat_map(|(role, _)| {
            let of_role = pools.iter().filter(move |pool| pool.roles >> role & 1 == 1);
            of_role.map(move |pool| r.reached + pool.rules.takes_after(role))
        });
        offers.filter(|at| *at > self.now).fold(f64::INFINITY, f64::min)
    }
}
