//! Urgent cases that take the officers of less urgent ones: whom they cut off, and what becomes of those.
//!
//! Cases in hand at such a centre are kept in the order in which they would be cut off. A case is cut off only where that
//! makes up the team of a more urgent one, now, and nobody is cut off who is not needed for it.

use super::ask::Ask;
use super::centre::PoolState;
use super::network::StageAction;
use super::officers::Doing;
use super::queue::OfficerFit;
use super::request::NONE;
use super::service::Team;
use super::sim::Sim;
use crate::model::{CutPlace, CutWork, Preemption, Service, Victim};
use std::collections::BTreeMap;

/// The cases in hand at a centre, by priority and by when they were begun: the last is cut off first.
#[derive(Debug)]
pub(super) struct AtWork {
    rules: Preemption,
    cases: BTreeMap<(u8, u64), u32>,
}

/// Cases whose officers make up a team.
#[derive(Debug)]
pub(super) struct Victims {
    /// The level whose officers they are; of crews where `None`.
    level: Option<usize>,
    cases: Vec<u32>,
}

impl AtWork {
    pub(super) fn new(rules: Preemption) -> Self {
        Self { rules, cases: BTreeMap::new() }
    }

    /// Key of a case begun as the `begun`th.
    fn key(&self, priority: u8, begun: u64) -> (u8, u64) {
        match self.rules.victim {
            Victim::LastBegun => (priority, begun),
            Victim::FirstBegun => (priority, u64::MAX - begun),
        }
    }
}

impl<'m> Sim<'m> {
    /// Notes that a request is in hand where cases are cut off.
    #[inline(never)]
    pub(crate) fn note_begun(&mut self, s: u32) {
        self.begun += 1;
        let r = &mut self.requests[s];
        r.ticket = self.begun;
        if let Some(at_work) = &mut self.centres[r.centre as usize].at_work {
            let key = at_work.key(r.priority, r.ticket);
            at_work.cases.insert(key, s);
        }
    }

    /// Notes that it is in hand no longer.
    #[inline(never)]
    pub(crate) fn note_ended(&mut self, s: u32) {
        let r = &self.requests[s];
        if let Some(at_work) = &mut self.centres[r.centre as usize].at_work {
            let key = at_work.key(r.priority, r.ticket);
            at_work.cases.remove(&key);
        }
    }

    /// Whether a request that joins a station is begun at once although others wait there, or by cutting off less
    /// urgent cases. Whoever waits could not be begun when it came, nor at any change since, so that none has a better claim.
    pub(crate) fn may_cut_in(&self, station: u32, s: u32, service: &Service) -> bool {
        let at = &self.stations[station as usize];
        !self.instant.holds(at.centre)
            && (self.has_team(at, s, service) || self.victims(usize::from(at.centre), s, service).is_some())
    }

    /// The cases whose officers, with those who are free, make up a team for a request at a centre.
    fn victims(&self, centre: usize, s: u32, service: &Service) -> Option<Victims> {
        let at_work = self.centres[centre].at_work.as_ref()?;
        let priority = self.requests[s].priority;
        if at_work.cases.last_key_value().is_none_or(|((lowest, _), _)| *lowest <= priority) {
            return None;
        }
        let guarded = self.guarded_place(centre, s);
        if guarded.is_some() && self.is_held_back(centre, s, service) {
            return None;
        }
        let may = |p: usize| {
            let pool = &self.pools[p];
            pool.roles >> service.role & 1 == 1 && guarded.is_none_or(|place| self.may_take(pool, place))
        };
        let ask = self.ask(s, centre, service);
        let less_urgent = || {
            let from_lowest = at_work.cases.iter().rev();
            from_lowest.take_while(|((of_case, _), _)| *of_case > priority).map(|(_, case)| *case)
        };
        let wanted = service.officers;
        for p in self.centres[centre].pools.clone().filter(|p| may(*p)) {
            if let PoolState::Levels(levels) = &self.pools[p].state {
                let of_level = |case: u32| self.level_officers(case, p);
                if self.is_offered(p, &ask)
                    && let Some(cases) = choose(wanted, levels.free(), less_urgent(), of_level)
                {
                    return Some(Victims { level: Some(p), cases });
                }
            }
        }
        let crews = self.centres[centre].pools.clone().filter(|p| may(*p));
        let idle: u32 = crews.map(|p| self.free_for(p, &ask)).sum();
        let of_crews = |case: u32| self.crew_officers(case, &may, &ask);
        choose(wanted, idle, less_urgent(), of_crews).map(|cases| Victims { level: None, cases })
    }

    /// How many officers of a level a case would free; none where some of them leave after it.
    fn level_officers(&self, case: u32, pool: usize) -> u32 {
        let r = &self.requests[case];
        if r.officer == NONE && r.pool as usize == pool && r.leaving == 0 {
            self.service(r).officers
        } else {
            0
        }
    }

    /// How many officers of crews, of pools that `may` be asked, a case would free for what another asks; none where one
    /// of them goes home after it, for whom it is the last of the day.
    fn crew_officers(&self, case: u32, may: &impl Fn(usize) -> bool, ask: &Ask) -> u32 {
        let mut o = self.requests[case].officer;
        let mut freed = 0;
        while o != NONE {
            let officer = &self.officers[o];
            if officer.doing == Doing::Overtime {
                return 0;
            }
            let useful = o != ask.avoided && may(officer.pool as usize) && self.may_start(o, ask);
            freed += u32::from(useful);
            o = officer.team;
        }
        freed
    }

    /// Picks a team for a request at a centre where less urgent cases are cut off if need be: pool and first officer.
    #[inline(never)]
    pub(crate) fn pick_by_cutting(&mut self, s: u32, centre: usize, service: &Service) -> (usize, u32) {
        let station = &self.stations[self.requests[s].station as usize];
        if self.has_team(station, s, service) {
            return self.pick_team(s, centre, service);
        }
        let Some(victims) = self.victims(centre, s, service) else {
            debug_assert!(false, "a team was promised");
            return self.pick_team(s, centre, service);
        };
        let mut freed = Vec::new();
        for case in victims.cases {
            let team = self.cut_off(case, centre);
            self.release(case, team, &mut freed);
        }
        // The cut cases may be for others who are free, and take the officers of still less urgent ones.
        self.put_off(centre, None);
        let (pool, first) = match victims.level {
            Some(p) => {
                if let PoolState::Levels(levels) = &mut self.pools[p].state {
                    levels.busy += service.officers;
                    if let Some(seats) = &mut levels.seats {
                        seats.take(s, service.officers);
                    }
                }
                (p, NONE)
            }
            None => self.pick_team(s, centre, service),
        };
        self.send_on_breaks(&freed);
        (pool, first)
    }

    /// A case is cut off by a more urgent one: it waits again, or is turned away where it needs a place and there is none.
    /// Gives the team, which is at it no longer.
    fn cut_off(&mut self, case: u32, centre: usize) -> Team {
        let (t, rules) = (self.now, &self.model.centres[centre]);
        let Preemption { work, place, needs_place, .. } = rules.preemption;
        // A branch has its place: with it the whole request would go, and perhaps the very one that takes its officers.
        let needs_place = needs_place && !self.requests[case].is_branch();
        let full = rules.capacity.filter(|(limit, _)| needs_place && self.centres[centre].waiting >= *limit);
        let team = self.stop_and_note(case);
        let pace = self.pace_of(case, team);
        let station = &mut self.stations[team.station as usize];
        self.obs.cut(station);
        let r = &mut self.requests[case];
        let done = (r.length - (r.ends - t)).max(0.0);
        r.length /= pace;
        r.left = match work {
            CutWork::Resume => (r.ends - t).max(0.0) / pace,
            CutWork::Restart => r.length,
            CutWork::Redraw => f64::NAN,
        };
        r.cuts += 1;
        let orphan = r.orphan;
        if work != CutWork::Resume || full.is_some() || orphan {
            self.obs.lose_work(station, done * f64::from(team.officers));
        }
        if orphan {
            self.drop_orphan(case);
        } else if let Some((_, exit)) = full {
            self.send_away(case, exit);
        } else if place == CutPlace::Arrival {
            // Before those who reached the stage at the same instant and have waited since.
            self.early_ticket += 1;
            self.wait_as(case, self.early_ticket);
        } else {
            self.wait_in_queue(case);
        }
        team
    }

    /// A case that was cut off and finds no place is turned away; of two copies the other one goes on alone.
    fn send_away(&mut self, case: u32, exit: usize) {
        if self.requests[case].copy {
            let partner = std::mem::replace(&mut self.requests[case].partner, NONE);
            if partner != NONE {
                self.requests[partner].partner = NONE;
            }
            self.drop_orphan(case);
        } else {
            self.drop_partner(case);
            self.go_away(case, exit);
        }
    }

    /// The officers of a case that was cut off are idle, for the one that needs them. A break that is due has to wait.
    fn release(&mut self, case: u32, team: Team, freed: &mut Vec<u32>) {
        if team.first == NONE {
            self.free_team(case, team);
            return;
        }
        let mut o = team.first;
        while o != NONE {
            let officer = &mut self.officers[o];
            let next = std::mem::replace(&mut officer.team, NONE);
            officer.request = NONE;
            officer.doing = Doing::Idle;
            let pool = officer.pool as usize;
            self.pools[pool].make_idle_officer(&mut self.officers, o, self.now);
            freed.push(o);
            o = next;
        }
    }

    /// Of the officers freed, those who are not of the new team go on a break that is due.
    fn send_on_breaks(&mut self, freed: &[u32]) {
        for &o in freed {
            let officer = &self.officers[o];
            if officer.doing == Doing::Idle && officer.break_due > 0.0 {
                let pool = officer.pool as usize;
                self.pools[pool].withdraw(&mut self.officers, o);
                self.begin_break(o);
                self.close_stations(pool);
            }
        }
    }

    /// Begins waiting requests of a centre while officers are free for them or can be taken from less urgent cases, the
    /// first in line first.
    #[inline(never)]
    pub(crate) fn serve_by_cutting(&mut self, centre: usize) {
        while self.centres[centre].waiting > 0 {
            let Some(s) = self.first_that_may_begin(centre) else { return };
            let service = self.service(&self.requests[s]);
            self.leave_queue(s);
            self.begin_service(s, service);
        }
    }

    /// Of the waiting requests that can be begun, by cutting off others or not, the first in line.
    fn first_that_may_begin(&self, centre: usize) -> Option<u32> {
        let here = &self.centres[centre];
        let somebody_free = here.pools.clone().any(|p| self.pools[p].free() > 0);
        let lowest = here.at_work.as_ref().and_then(|w| Some(w.cases.last_key_value()?.0.0));
        let mut best: Option<u32> = None;
        for at in &self.stations[here.stations.clone()] {
            let found = at.queue.first_that(&self.requests, |s| {
                let r = &self.requests[s];
                if !somebody_free && lowest.is_none_or(|lowest| lowest <= r.priority) {
                    // Nor can those behind, who are no more urgent.
                    return OfficerFit::Block;
                }
                let StageAction::Service(service) = self.net.step(r.stage).kind else {
                    return OfficerFit::Skip;
                };
                if self.has_team(at, s, service) || self.victims(centre, s, service).is_some() {
                    OfficerFit::Yes
                } else if service.officers > 1 && !service.overtaking {
                    OfficerFit::Block
                } else {
                    OfficerFit::Skip
                }
            });
            if let Some(s) = found
                && best.is_none_or(|best| self.place_in_line(s) < self.place_in_line(best))
            {
                best = Some(s);
            }
        }
        best
    }

    /// Overtime of a level by count, where an urgent case has taken the place of others.
    pub(crate) fn recount_overtime(&mut self, pool: usize) {
        if let PoolState::Levels(levels) = &self.pools[pool].state
            && levels.seats.is_none()
            && !levels.listed
        {
            self.count_overtime(pool);
        }
    }
}

/// Takes `(case, officers freed)` in order until `wanted` officers are there, with those `free`; then spares whom it can do
/// without, the last taken first, since it is the most urgent. `None` where they are too few.
fn choose(
    wanted: u32,
    free: u32,
    cases: impl Iterator<Item = u32>,
    officers: impl Fn(u32) -> u32,
) -> Option<Vec<u32>> {
    let mut have = free;
    let mut taken = Vec::new();
    for case in cases {
        let freed = officers(case);
        if freed > 0 {
            have += freed;
            taken.push((case, freed));
            if have >= wanted {
                break;
            }
        }
    }
    if have < wanted {
        return None;
    }
    for i in (0..taken.len()).rev() {
        let freed = taken[i].1;
        if have - freed >= wanted {
            have -= freed;
            taken.remove(i);
        }
    }
    Some(taken.into_iter().map(|(case, _)| case).collect())
}
