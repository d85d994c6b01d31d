//! Officers of different roles at one case: who may be of the team, and at which station each of them is at work.

use super::ask::Ask;
use super::centre::PoolState;
use super::integral::Count;
use super::queue::LinePlace;
use super::request::{NONE, Request};
use super::sim::Sim;
use crate::model::{OfficerChoice, RoleId, Service};

/// An idle officer who may be of a team, and of which of its roles: bit `i` stands for the team's `i`th.
struct Candidate {
    pool: usize,
    officer: u32,
    fits: u32,
}

impl Sim<'_> {
    /// Work on a request has begun at a centre that cuts cases off, has teams of several roles or officers of different pace.
    #[cold]
    pub(crate) fn note_rare_begin(&mut self, s: u32, service: &Service, pool: usize) {
        self.share_work(s, service, 1.0);
        let r = &self.requests[s];
        let at = &self.stations[r.station as usize];
        if at.counted && !r.interrupted && !r.orphan {
            self.note_fate(s, true);
        }
        if self.stations[self.requests[s].station as usize].preemptive {
            self.note_begun(s);
            self.recount_overtime(pool);
        }
        if self.stations[self.requests[s].station as usize].concurrent {
            self.note_begun_in_hand(s);
        }
    }

    /// It has ended there.
    #[cold]
    pub(crate) fn note_rare_end(&mut self, s: u32) {
        if self.stations[self.requests[s].station as usize].preemptive {
            self.note_ended(s);
        }
        if self.stations[self.requests[s].station as usize].concurrent {
            self.note_ended_in_hand(s);
        }
        self.share_work(s, self.service(&self.requests[s]), -1.0);
    }

    /// Station at which an officer is at work whose case stands at `station`.
    pub(crate) fn station_at_work(&self, o: u32, station: u32) -> u32 {
        let officer = &self.officers[o];
        if officer.at != NONE {
            return officer.at;
        }
        if !self.stations[station as usize].mixed {
            return station;
        }
        self.net.station_of(usize::from(officer.centre), RoleId::from(officer.role)).unwrap_or(station)
    }

    /// Stations of the roles of a request's team, its own first.
    pub(crate) fn stations_of_team(&self, s: u32) -> Vec<u32> {
        self.officers_by_station(&self.requests[s]).map(|(station, _)| station).collect()
    }

    /// Officers of a request's team by station, its own first.
    pub(crate) fn officers_by_station<'a>(&'a self, r: &'a Request) -> impl Iterator<Item = (u32, u32)> + 'a {
        let centre = usize::from(r.centre);
        let team = self.service(r).team().enumerate();
        team.map(move |(i, (role, n))| {
            let of_role = if i == 0 { None } else { self.net.station_of(centre, role) };
            (of_role.unwrap_or(r.station), n)
        })
    }

    /// Books officers of other roles than the case's own at their own stations: they begin (`sign` 1) or end (-1) their work.
    #[cold]
    pub(crate) fn share_work(&mut self, s: u32, service: &Service, sign: f64) {
        if service.others.is_empty() {
            return;
        }
        let r = &self.requests[s];
        let own = r.station as usize;
        let spent = if sign < 0.0 { self.now - r.started } else { 0.0 };
        let others: Vec<(u32, u32)> = self.officers_by_station(r).skip(1).collect();
        for (station, n) in others {
            let n = f64::from(n);
            let at = &mut self.stations[own];
            at.change(Count::Busy, -sign * n, self.now);
            at.given -= n * spent;
            let at = &mut self.stations[station as usize];
            at.change(Count::Busy, sign * n, self.now);
            at.given += n * spent;
        }
    }

    /// The level that has enough free officers who hold all roles of a service.
    fn level_of_all(&self, centre: usize, service: &Service, ask: Ask) -> Option<usize> {
        self.centres[centre].pools.clone().find(|p| {
            let pool = &self.pools[*p];
            let offered = |role| pool.roles >> role & 1 == 1 && self.is_offered(*p, &ask.in_role(role));
            matches!(&pool.state, PoolState::Levels(levels) if levels.free() >= service.officers)
                && service.team().all(|(role, _)| offered(role))
        })
    }

    /// Whether officers are free for a team of several roles.
    pub(crate) fn has_mixed_team(
        &self,
        centre: usize,
        service: &Service,
        ask: Ask,
        guarded: Option<LinePlace>,
    ) -> bool {
        self.level_of_all(centre, service, ask).is_some() || {
            let team: Vec<(RoleId, u32)> = service.team().collect();
            let wanted: Vec<u32> = team.iter().map(|(_, n)| *n).collect();
            can_fill(&self.candidates(centre, &team, ask, guarded), &wanted)
        }
    }

    /// The idle officers of a centre's crews who hold some role of a team and may take the case.
    fn candidates(
        &self,
        centre: usize,
        team: &[(RoleId, u32)],
        ask: Ask,
        guarded: Option<LinePlace>,
    ) -> Vec<Candidate> {
        let mut all = Vec::new();
        for p in self.centres[centre].pools.clone() {
            let pool = &self.pools[p];
            if matches!(pool.state, PoolState::Levels(_))
                || guarded.is_some_and(|place| !self.may_take(pool, place))
            {
                continue;
            }
            for o in pool.idle_officers(&self.officers) {
                let fit = |(i, (role, _)): (usize, &(RoleId, u32))| {
                    // Only of the case's own role is it asked who did the work before.
                    let of_role = if i == 0 { ask } else { ask.in_role(*role) };
                    let fits =
                        pool.roles >> role & 1 == 1 && o != of_role.avoided && self.may_start(o, &of_role);
                    u32::from(fits) << i
                };
                let fits = team.iter().enumerate().map(fit).sum();
                if fits != 0 {
                    all.push(Candidate { pool: p, officer: o, fits });
                }
            }
        }
        all
    }

    /// Picks a team of several roles: role by role, its own first, whom the centre's rule takes of those without whom
    /// the rest of the team can still be filled.
    #[cold]
    pub(crate) fn pick_mixed_team(
        &mut self,
        s: u32,
        centre: usize,
        service: &Service,
        ask: Ask,
        guarded: Option<LinePlace>,
    ) -> (usize, u32) {
        if let Some(p) = self.level_of_all(centre, service, ask) {
            if let PoolState::Levels(levels) = &mut self.pools[p].state {
                levels.busy += service.officers;
                if let Some(seats) = &mut levels.seats {
                    self.requests[s].seat = seats.take(s, service.officers);
                }
            }
            return (p, NONE);
        }
        let team: Vec<(RoleId, u32)> = service.team().collect();
        let mut wanted: Vec<u32> = team.iter().map(|(_, n)| *n).collect();
        let mut candidates = self.candidates(centre, &team, ask, guarded);
        let choice: OfficerChoice = self.centres[centre].choice;
        let mut picked = Vec::new();
        for (i, &(role, _)) in team.iter().enumerate() {
            while wanted[i] > 0 {
                wanted[i] -= 1;
                let turn = |c: &Candidate| self.pools[c.pool].turn(&self.officers, c.officer, choice, role);
                let mut order: Vec<usize> =
                    (0..candidates.len()).filter(|c| candidates[*c].fits >> i & 1 == 1).collect();
                // Stable: the officers of a pool stand in their order already.
                order.sort_by_key(|c| turn(&candidates[*c]));
                let spared = order.into_iter().find(|c| {
                    let gone = candidates.remove(*c);
                    let fills = can_fill(&candidates, &wanted);
                    candidates.insert(*c, gone);
                    fills
                });
                let Some(c) = spared else {
                    debug_assert!(false, "a team was promised");
                    break;
                };
                let Candidate { pool, officer, .. } = candidates.remove(c);
                picked.push((pool, officer, role));
            }
        }
        let (mut first, mut of) = (NONE, self.centres[centre].pools.start);
        // The last to join is the first of the chain, by whom the case is known: one of its own role.
        for (pool, officer, role) in picked.into_iter().rev() {
            self.send_to_work(pool, officer, s, (first, role));
            (first, of) = (officer, pool);
        }
        (of, first)
    }
}

/// Whether candidates can fill a team: for each set of its roles there are as many of them who hold one of these as it asks for
/// (Hall 1935).
fn can_fill(candidates: &[Candidate], wanted: &[u32]) -> bool {
    (1_u32..1 << wanted.len()).all(|set| {
        let asked: u32 = (0..wanted.len()).filter(|i| set >> i & 1 == 1).map(|i| wanted[i]).sum();
        candidates.iter().filter(|c| c.fits & set != 0).count() as u64 >= u64::from(asked)
    })
}
