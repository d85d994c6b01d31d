//! The state of one replication, and its event loop.

use super::arrivals::{Source, sources};
use super::backfill::{Past, Return, pasts};
use super::centre::{CentreRun, Officers, PoolRun, centres, desks};
use super::components::{Part, parts, together, whole};
use super::event_list::{Calendar, Entity, Rank};
use super::network::Network;
use super::observe::Observer;
use super::path::{Walk, book, finish_stage, leave, rebook, walk};
use super::request::{Arena, Phase, Request};
use super::station::Desk;
use super::{Failure, Outcome};
use crate::model::Model;
use crate::random::{Streams, unit};
use rand::rand_core::Rng;

/// One replication under way.
pub(super) struct Sim<'m> {
    pub model: &'m Model,
    pub net: Network<'m>,
    pub obs: Observer<'m>,
    pub calendar: Calendar,
    pub requests: Arena,
    pub officers: Officers,
    pub centres: Vec<CentreRun>,
    /// Of all centres.
    pub pools: Vec<PoolRun<'m>>,
    /// Of all centres.
    pub desks: Vec<Desk>,
    sources: Vec<Source>,
    pasts: Vec<Past>,
    parts: Vec<Part>,
    /// Seed of the next request of each past stream.
    past_seeds: Vec<u64>,
    replication: u64,
    pub absences: u64,
    pub now: f64,
    pub end: f64,
    /// Events after this instant do not happen: the end, or the beginning of time after a failure.
    pub stop: f64,
    pub ticket: u64,
    pub failure: Option<Failure>,
}

impl<'m> Sim<'m> {
    pub fn new(model: &'m Model, replication: u32, tracing: bool) -> Self {
        let streams = Streams::new(model.run.seed, u64::from(replication));
        let absences = streams.key("absence");
        let net = Network::new(model);
        let (centres, pools) = centres(model, &net, absences);
        let desks = desks(model, &centres, &pools);
        let pasts = pasts(model, streams);
        let sources = sources(model, streams);
        // Requests are numbered over all of a model, and those of the beginning come from anywhere.
        let apart = !tracing && model.run.start.is_empty();
        let parts = if apart {
            together(parts(model, &sources, &pasts))
        } else {
            vec![whole(model, &sources, &pasts)]
        };
        Self {
            model,
            net,
            obs: Observer::new(model, replication, tracing),
            calendar: Calendar::new(0, 0, 0.0),
            requests: Arena::default(),
            officers: Officers::default(),
            centres,
            pools,
            desks,
            sources,
            past_seeds: vec![0; pasts.len()],
            pasts,
            parts,
            replication: u64::from(replication),
            absences,
            now: 0.0,
            end: model.run.end(),
            stop: model.run.end(),
            ticket: 0,
            failure: None,
        }
    }

    /// Time begins for a part: its rosters, and the first arrival of each source.
    #[inline(never)]
    fn begins_part(&mut self, part: &Part) {
        let (sources, rosters) = (self.sources.len() + self.pasts.len(), self.centres.len());
        self.calendar = Calendar::new(sources, rosters, part.event_rate);
        self.now = 0.0;
        for &c in &part.centres {
            self.calendar.schedule(Entity::Roster(c as u32), 0.0, Rank::Roster);
        }
        for &s in &part.sources {
            self.next_arrival(s);
        }
        for &p in &part.pasts {
            self.next_return(p);
        }
        self.turns_hours(part);
    }

    /// Brings in what is there at the origin, once the officers of that hour are on duty. These requests
    /// count as returns, not as arrivals.
    fn begin_with(&mut self) {
        let model = self.model;
        if model.run.start.is_empty() {
            return;
        }
        for c in 0..self.centres.len() {
            self.roster_changes(c);
        }
        let streams = Streams::new(model.run.seed, self.replication);
        for state in &model.run.start {
            let mut rng = streams.source(&format!("start/{}", model.centres[state.centre].name));
            for _ in 0..state.requests {
                let (seed, u) = (rng.next_u64(), unit(rng.next_u64()));
                let mut below = 0.0;
                let drawn = model.areas.iter().position(|a| {
                    below += a.share;
                    u < below
                });
                let area = state.area.or(drawn).unwrap_or(model.areas.len() - 1);
                let cell = state.class * model.areas.len() + area;
                let mut r = Request::new(seed, (state.class, area, cell), 0.0, state.stage);
                // The scenario has seen to it that somebody there holds the role.
                let Some(desk) = self.net.desk_of(state.centre, self.service(&r).role) else { continue };
                self.obs.returning(&mut r);
                book(&self.net, &mut r);
                // At a service stage already: this only starts its clock.
                walk(model, &self.net, &mut self.obs, &mut r, 0.0);
                match self.route(&r) {
                    Some((to, way)) if to == desk => {
                        r.rule = way.rule;
                        r.plain = way.plain;
                    }
                    // No rule sent it here, so that none moves it on.
                    _ => r.moved = true,
                }
                let slot = self.requests.insert(r);
                self.joins(slot, desk, false);
            }
        }
    }

    /// Runs to the end, part by part.
    pub fn run(mut self) -> Result<Outcome, Failure> {
        for part in std::mem::take(&mut self.parts) {
            self.begins_part(&part);
            self.begin_with();
            self.runs_part(&part);
        }
        self.close()
    }

    /// Runs a part to the end. Each event belongs to one entity; its handler schedules that entity's next.
    fn runs_part(&mut self, part: &Part) {
        while let Some((time, id)) = self.calendar.pop() {
            if time > self.stop {
                break;
            }
            self.now = time;
            if time >= self.obs.edge {
                self.turns_hours(part);
            }
            self.obs.out.events += 1;
            match self.calendar.entity(id) {
                Entity::Source(i) if (i as usize) < self.sources.len() => self.arrival(i as usize),
                Entity::Source(i) => self.returns(i as usize - self.sources.len()),
                Entity::Roster(c) => self.roster_changes(c as usize),
                Entity::Officer(o) => self.break_ends(o),
                Entity::Request(r) => match self.requests[r].phase {
                    Phase::Underway => self.reaches_service(r),
                    Phase::Waiting => self.times_out(r),
                    Phase::InService if self.requests[r].deadline < self.requests[r].ends => {
                        self.lost_in_service(r);
                    }
                    Phase::InService => self.finishes(r),
                },
            }
        }
    }

    #[inline(always)]
    fn next_arrival(&mut self, source: usize) {
        let entity = Entity::Source(source as u32);
        match self.sources[source].next(self.model, &mut self.obs.hours, self.end) {
            Some(t) => self.calendar.schedule(entity, t, Rank::Arrive),
            None => self.calendar.cancel(entity),
        }
    }

    fn next_return(&mut self, past: usize) {
        let entity = Entity::Source((self.sources.len() + past) as u32);
        match self.pasts[past].next(self.model, self.end) {
            Some((t, seed)) => {
                self.past_seeds[past] = seed;
                self.calendar.schedule(entity, t, Rank::Arrive);
            }
            None => self.calendar.cancel(entity),
        }
    }

    /// A new request arrives.
    #[inline]
    fn arrival(&mut self, source: usize) {
        let slot = self.requests.take();
        let r = &mut self.requests[slot];
        self.sources[source].begin(self.model, r, self.now);
        self.next_arrival(source);
        let r = &mut self.requests[slot];
        self.obs.booking(r);
        book(&self.net, r);
        self.sets_out(slot, self.now);
    }

    /// A request of the time before the run comes back.
    fn returns(&mut self, past: usize) {
        let (model, t) = (self.model, self.now);
        let what = self.pasts[past].what;
        let mut r = self.pasts[past].request(model, self.past_seeds[past], t);
        self.next_return(past);
        match what {
            Return::Rework => {
                // Its documenting centre is the one that would be asked now.
                let documented = model.rework.as_ref().map_or(0, |w| w.documented_at);
                let mut first = r.clone();
                first.stage = documented as u16;
                let Some((desk, _)) = self.route(&first) else { return };
                let centre = self.desks[desk as usize].centre as usize;
                if self.must_be_redone(&r, 0, centre) {
                    self.obs.returning(&mut r);
                    book(&self.net, &mut r);
                    let slot = self.requests.insert(r);
                    self.sets_out(slot, t);
                }
            }
            Return::Rebook(_) => {
                self.obs.returning(&mut r);
                rebook(&self.net, &mut r, t);
                // The stage's visit is over: take the branch out of it.
                let step = self.net.step(r.stage);
                if let Some(next) = leave(model, &self.net, &mut self.obs, &mut r, step, t) {
                    let slot = self.requests.insert(r);
                    self.sets_out(slot, next);
                }
            }
        }
    }

    /// A new request reaches its stage at `t`; it keeps its slot if it comes to a service before the end.
    #[inline(always)]
    pub fn sets_out(&mut self, slot: u32, t: f64) {
        let r = &mut self.requests[slot];
        match walk(self.model, &self.net, &mut self.obs, r, t) {
            Walk::Serve(at) if at <= self.end => self.travels(slot, at),
            Walk::Serve(_) => {
                self.obs.still_under_way(r);
                self.requests.remove(slot);
            }
            Walk::Gone => self.requests.remove(slot),
        }
    }

    /// A request with a slot reaches its service stage at `at`, now or later.
    #[inline(always)]
    pub fn travels(&mut self, slot: u32, at: f64) {
        let r = &mut self.requests[slot];
        r.reached = at;
        r.phase = Phase::Underway;
        if at <= self.now {
            self.reaches_service(slot);
        } else {
            self.calendar.schedule(Entity::Request(slot), at, Rank::Reach);
        }
    }

    /// A request with a slot has finished its service stage at `centre`: what follows, up to its next
    /// service. `None` when it has left the system (and its slot).
    #[inline(always)]
    pub fn moves_on(&mut self, slot: u32, centre: usize) -> Option<f64> {
        let (model, t) = (self.model, self.now);
        let r = &mut self.requests[slot];
        let step = self.net.step(r.stage);
        finish_stage(&self.net, &mut self.obs, r, step, centre, t);
        let next = leave(model, &self.net, &mut self.obs, r, step, t);
        let walked = next.map(|next| walk(model, &self.net, &mut self.obs, r, next));
        match walked {
            Some(Walk::Serve(at)) => Some(at),
            _ => {
                self.requests.remove(slot);
                None
            }
        }
    }

    /// Gives back a slot and the event that goes with it.
    #[inline]
    pub fn drop_slot(&mut self, slot: u32) {
        self.calendar.cancel(Entity::Request(slot));
        self.requests.remove(slot);
    }
}
