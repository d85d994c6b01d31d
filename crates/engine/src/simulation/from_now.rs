//! A run that begins in the middle of a day: rosters have gone on from the origin, and at the present instant those who are on
//! shift and the cases in hand are brought in.

use super::centre::PoolState;
use super::path::{book, follow};
use super::request::Request;
use super::sim::Sim;
use crate::model::{DeadlineUntil, PoolKind, StartState};
use crate::random::{KeyedRng, Purpose, Streams, unit};
use rand::rand_core::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::BTreeMap;

/// Officers who came together: a shift under way, or a level.
struct PresentGroup {
    pool: usize,
    line: Option<usize>,
    rostered: u32,
    there: u32,
}

impl<'m> Sim<'m> {
    /// Whether the cases in hand are to be brought in now.
    pub(super) fn is_present(&self) -> bool {
        !self.brought && self.model.run.now.as_ref().is_some_and(|now| now.at == self.now)
    }

    /// Brings in who is on shift and the cases in hand; the rosters of the instant have changed, and nobody has been given work.
    #[cold]
    pub(super) fn bring_in(&mut self) {
        self.brought = true;
        let model = self.model;
        let Some(now) = &model.run.now else { return };
        for &(centre, officers) in &now.on_shift {
            self.set_on_shift(centre, officers);
        }
        let streams = Streams::new(model.run.seed, self.replication);
        let mut streams_of: BTreeMap<usize, Xoshiro256PlusPlus> = BTreeMap::new();
        for in_service in [true, false] {
            for state in model.run.start.iter().filter(|state| state.spent.is_some() == in_service) {
                let name = || format!("start/{}", model.centres[state.centre].name);
                let rng = streams_of.entry(state.centre).or_insert_with(|| streams.source(&name()));
                for _ in 0..state.requests {
                    let (seed, u) = (rng.next_u64(), unit(rng.next_u64()));
                    self.take_in(state, seed, u);
                }
            }
        }
    }

    /// The area of a request that is there at the beginning.
    pub(super) fn area_of_start(&self, state: &StartState, u: f64) -> usize {
        let mut below = 0.0;
        let drawn = self.model.areas.iter().position(|area| {
            below += area.share;
            u < below
        });
        let own = self.model.classes[state.class].demand.area();
        state.area.or(own).or(drawn).unwrap_or(self.model.areas.len() - 1)
    }

    /// A case in hand.
    fn take_in(&mut self, state: &StartState, seed: u64, u: f64) {
        let (model, now) = (self.model, self.now);
        let area = self.area_of_start(state, u);
        let cell = state.class * model.areas.len() + area;
        let arrival = now - state.since_arrival;
        let mut r = Request::new(seed, (state.class, area, cell), arrival, state.stage);
        // The scenario has seen to it that somebody there holds the role.
        let Some(station) = self.net.station_of(state.centre, self.service(&r).role) else { return };
        self.obs.returning(&mut r);
        book(&self.net, &mut r);
        self.draw_deadline_beyond(&mut r, state);
        if state.since_arrival > state.age && self.clock_has_started(state) {
            self.obs.start_clock(&mut r, arrival);
        }
        follow(model, &self.net, &mut self.obs, &mut r, now - state.age);
        r.reached = now - state.age;
        match self.route(&r) {
            Some((to, route)) if to == station => {
                r.rule = route.rule;
                r.plain = route.plain;
            }
            // No rule sent it here, so that none moves it on.
            _ => r.moved = true,
        }
        let at = &self.stations[station as usize];
        r.station = station;
        r.centre = at.centre;
        r.hour = at.hour.of_week;
        r.enqueued = now;
        let s = self.requests.insert(r);
        if let Some(spent) = state.spent
            && self.go_on_from(s, spent)
        {
            return;
        }
        self.wait_in_queue(s);
        // The wait is counted from its beginning, the books of this run from now.
        self.requests[s].enqueued = now - state.age;
        self.stations[station as usize].queued -= state.age;
    }

    /// The deadline of a case in hand, which has not passed yet: drawn given that, or met already.
    fn draw_deadline_beyond(&self, r: &mut Request, state: &StartState) {
        let terms = self.net.deadline_terms(r.class);
        let Some(deadline) = terms.deadline else { return };
        let begun = state.spent.is_some()
            && matches!(deadline.until, DeadlineUntil::Start(stage) if stage == state.stage);
        if begun || !terms.leads(r.stage) {
            r.deadline = f64::INFINITY;
            return;
        }
        let mut draws = KeyedRng::new(r.seed, 0, 0, Purpose::Deadline);
        r.release = r.arrival + deadline.after.sample_beyond(state.since_arrival, &mut draws);
        r.deadline = r.release;
    }

    /// Whether the completion clock of a case in hand has started at a stage before its own.
    fn clock_has_started(&self, state: &StartState) -> bool {
        let stages = &self.model.stages;
        let said = stages.iter().any(|stage| stage.starts_clock);
        if !said {
            return true;
        }
        // Its own stage does it now, or one from which the class comes here has done it.
        let mut seen = vec![false; stages.len()];
        let mut open: Vec<usize> =
            (0..stages.len()).filter(|s| stages[*s].starts_clock && *s != state.stage).collect();
        while let Some(s) = open.pop() {
            if s == state.stage {
                return true;
            }
            if std::mem::replace(&mut seen[s], true) {
                continue;
            }
            let mut before = 0.0;
            for branch in &stages[s].next {
                let upto = branch.cumulative[state.class];
                if upto > before {
                    open.push(branch.to);
                }
                before = upto;
            }
        }
        false
    }

    /// Officers go on with a case on which they have been at work for so long, if there are enough; else it is left with the work
    /// that remains, to stand at the head of the line.
    fn go_on_from(&mut self, s: u32, spent: f64) -> bool {
        let now = self.now;
        let r = &self.requests[s];
        let service = self.service(r);
        let speed = self.net.speed(usize::from(r.centre), r.class);
        let mut draws = self.net.step(r.stage).keyed_draw(r.seed, &r.visits, super::network::Draw::Time);
        let length =
            if speed > 0.0 { service.time.sample_beyond(spent / speed, &mut draws) * speed } else { spent };
        let r = &mut self.requests[s];
        r.length = length;
        r.left = length - spent;
        // Begun before: this is no start of a service, and no first officer.
        r.interrupted = true;
        r.seen = true;
        if !self.enough_free(usize::from(self.requests[s].centre), s, service, None) {
            return false;
        }
        self.begin_service(s, service);
        let r = &mut self.requests[s];
        r.interrupted = false;
        r.started = now - spent;
        let station = &mut self.stations[r.station as usize];
        // With several cases in hand an officer's time is booked apart from the cases.
        if !station.concurrent {
            station.given -= f64::from(service.officers) * spent;
        }
        true
    }

    /// Sees to it that so many officers are on shift at a centre: who is missing comes, one after the other, to the shift under way
    /// that is most short of its roster, and who is too many goes from the one with most officers.
    fn set_on_shift(&mut self, centre: usize, officers: u32) {
        let mut groups = self.groups(centre);
        let mut total: u32 = groups.iter().map(|group| group.there).sum();
        while total != officers {
            let first_most = |key: &dyn Fn(&PresentGroup) -> i64| {
                let most = groups.iter().map(key).max()?;
                groups.iter().position(|group| key(group) == most)
            };
            let more = officers > total;
            let found = if more {
                first_most(&|group| i64::from(group.rostered) - i64::from(group.there))
            } else {
                first_most(&|group| i64::from(group.there))
            };
            // Where no shift is under way nobody can be on it.
            let Some(i) = found else { return };
            if more {
                groups[i].there += 1;
                total += 1;
            } else {
                groups[i].there -= 1;
                total -= 1;
            }
        }
        for PresentGroup { pool, line, there, .. } in groups {
            match line {
                Some(line) => {
                    let rules = self.pools[pool].rules;
                    let PoolKind::Crews(lines) = &rules.kind else { continue };
                    self.set_present(pool, line, there);
                    self.shrink_crew(centre, pool, line, 1.0);
                    self.grow_crew(centre, pool, line, &lines[line], 1.0);
                }
                None => {
                    if let PoolState::Levels(levels) = &mut self.pools[pool].state {
                        levels.observed = Some((there, levels.until));
                    }
                    self.lower_level(centre, pool, 1.0);
                    self.raise_level(centre, pool, 1.0);
                }
            }
        }
    }

    /// The shifts under way at a centre, by name, and its levels.
    fn groups(&self, centre: usize) -> Vec<PresentGroup> {
        let run = &self.centres[centre];
        let mut groups = Vec::new();
        for &(pool, line) in &run.lines {
            let (pool, line) = (pool as usize, line as usize);
            if let PoolState::Crews(crews) = &self.pools[pool].state
                && let Some(shift) = crews[line].shift
            {
                let there = crews[line].members.len() as u32;
                groups.push(PresentGroup { pool, line: Some(line), rostered: shift.rostered, there });
            }
        }
        for pool in run.pools.clone() {
            if let PoolState::Levels(levels) = &self.pools[pool].state {
                groups.push(PresentGroup { pool, line: None, rostered: levels.level, there: levels.level });
            }
        }
        groups
    }
}
