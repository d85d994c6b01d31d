//! The state of one replication, and its event loop.

use super::arrivals::{ArrivalSource, sources, turns};
use super::backfill::{Backfill, Return, backfills};
use super::centre::{CentreRun, PoolRun, centres, stations};
use super::components::{Component, components, together, whole};
use super::event_list::{Entity, EventList, Rank};
use super::forks::Splits;
use super::instant::Instant;
use super::limits::BATCH;
use super::network::Network;
use super::observe::Observer;
use super::officers::Officers;
use super::path::{PathEnd, book, finish_stage, follow, leave, rebook};
use super::request::{Arena, Phase, Request};
use super::station::Station;
use super::triggers::{TriggerRun, triggers};
use super::{Failure, Limits, Outcome};
use crate::model::Model;
use crate::model::limits::numbered;
use crate::random::{Streams, unit};
use rand::rand_core::Rng;
use std::collections::BTreeMap;

/// Tickets below are left to cases that were cut off.
const FIRST_TICKET: u64 = 1 << 48;

/// One replication under way.
pub(super) struct Sim<'m> {
    pub model: &'m Model,
    pub net: Network<'m>,
    pub obs: Observer<'m>,
    pub events: EventList,
    pub requests: Arena,
    pub officers: Officers,
    pub centres: Vec<CentreRun>,
    /// Of all centres.
    pub pools: Vec<PoolRun<'m>>,
    /// Of all centres.
    pub stations: Vec<Station>,
    pub sources: Vec<ArrivalSource>,
    pub backfills: Vec<Backfill>,
    pub components: Vec<Component>,
    /// They are simulated one after the other.
    apart: bool,
    /// Seed of the next request of each past stream.
    backfill_seeds: Vec<u64>,
    pub replication: u64,
    pub absences: u64,
    pub instant: Instant,
    /// Turn of each source among those with an arrival at one instant.
    pub turns: Vec<u64>,
    pub now: f64,
    pub end: f64,
    /// Events after this instant do not happen: the end, or the beginning of time after a failure.
    pub stop: f64,
    pub ticket: u64,
    /// The same for cases that were cut off and stand by their arrival: before all that have waited since.
    pub early_ticket: u64,
    /// Services begun where cases are cut off.
    pub begun: u64,
    /// Services of several requests at once, and who is in each.
    pub batches: BTreeMap<u32, Vec<u32>>,
    /// Branches of requests that are worked on in several places at once.
    pub splits: Splits,
    pub failure: Option<Failure>,
    pub limits: Limits<'m>,
    /// The cases in hand at the present have been brought in.
    pub brought: bool,
    pub triggers: Vec<TriggerRun>,
}

impl<'m> Sim<'m> {
    pub(super) fn new(model: &'m Model, replication: u32, tracing: bool, limits: Limits<'m>) -> Self {
        let streams = Streams::new(model.run.seed, u64::from(replication));
        let absences = streams.key("absence");
        let net = Network::new(model);
        let (centres, pools) = centres(model, &net);
        let stations = stations(model, &centres, &pools);
        let backfills = backfills(model, &net, streams);
        let sources = sources(model, streams, limits.stopped);
        let turns = turns(model, &sources);
        // Requests are numbered over all of a model, and those of the beginning come from anywhere.
        let apart =
            !tracing && model.run.start.is_empty() && model.run.now.is_none() && model.triggers.is_empty();
        let components = if apart {
            components(model, &sources, &backfills)
        } else {
            vec![whole(model, &sources, &backfills)]
        };
        Self {
            model,
            net,
            obs: Observer::new(model, replication, tracing).stopped_by(limits.stopped),
            events: EventList::new(0, 0, 0.0),
            requests: Arena::default(),
            officers: Officers::default(),
            centres,
            pools,
            stations,
            sources,
            backfill_seeds: vec![0; backfills.len()],
            backfills,
            components,
            apart,
            replication: u64::from(replication),
            absences,
            instant: Instant::new(),
            turns,
            now: 0.0,
            end: model.run.end(),
            stop: model.run.end(),
            ticket: FIRST_TICKET,
            early_ticket: 0,
            begun: 0,
            batches: BTreeMap::new(),
            splits: Splits::default(),
            failure: None,
            limits,
            brought: false,
            triggers: triggers(model),
        }
    }

    /// Time begins for a component: its rosters, and the first arrival of each source.
    #[inline(never)]
    fn begin_component(&mut self, component: &Component) {
        let sources = self.sources.len() + self.backfills.len() + self.triggers.len();
        self.events.restart(sources, self.centres.len(), component.event_rate);
        self.now = 0.0;
        for &c in &component.centres {
            self.events.schedule(Entity::Roster(c as u32), 0.0, Rank::Roster);
        }
        for &s in &component.sources {
            self.next_arrival(s);
        }
        for &p in &component.backfills {
            self.next_return(p);
        }
        self.begin_triggers();
        self.turn_hours(component);
    }

    /// Brings in what is there at the origin, once the officers of that hour are on duty. These requests
    /// count as returns, not as arrivals.
    fn begin_with(&mut self) {
        let model = self.model;
        if model.run.start.is_empty() || model.run.now.is_some() {
            return;
        }
        self.instant.rosters.extend(0..self.centres.len() as u32);
        self.settle();
        let streams = Streams::new(model.run.seed, self.replication);
        for state in &model.run.start {
            let mut rng = streams.source(&format!("start/{}", model.centres[state.centre].name));
            for k in 0..state.requests {
                if u64::from(k) % BATCH == 0 {
                    self.look_at_limits();
                }
                if self.failure.is_some() {
                    return;
                }
                let (seed, u) = (rng.next_u64(), unit(rng.next_u64()));
                let area = self.area_of_start(state, u);
                let cell = state.class * model.areas.len() + area;
                let mut r = Request::new(seed, (state.class, area, cell), 0.0, state.stage);
                // The scenario has seen to it that somebody there holds the role.
                let Some(station) = self.net.station_of(state.centre, self.service(&r).role) else {
                    continue;
                };
                self.obs.returning(&mut r);
                book(&self.net, &mut r);
                // At a service stage already: this only starts its clock.
                follow(model, &self.net, &mut self.obs, &mut r, 0.0);
                match self.route(&r) {
                    Some((to, route)) if to == station => {
                        r.rule = route.rule;
                        r.plain = route.plain;
                    }
                    // No rule sent it here, so that none moves it on.
                    _ => r.moved = true,
                }
                let slot = self.requests.insert(r);
                self.join_queue(slot, station, false);
            }
        }
        while self.instant.open {
            self.settle();
        }
    }

    /// Runs to the end, component by component.
    pub(super) fn run(mut self) -> Result<Outcome, Failure> {
        let mut components = std::mem::take(&mut self.components);
        if self.apart {
            if components.len() > 1 {
                self.obs.hours.keep_all(self.model);
            }
            let mut others = Vec::new();
            for component in components {
                match self.single_station(&component) {
                    Some(single) => {
                        if !self.run_single_station(&component, single) {
                            self.run_component(&component);
                        }
                    }
                    None => others.push(component),
                }
            }
            components = together(others);
        }
        for component in components {
            self.begin_component(&component);
            self.begin_with();
            self.run_component(&component);
        }
        self.close()
    }

    /// Runs a component to the end, in batches, so that no event has to ask whether a limit is reached.
    fn run_component(&mut self, component: &Component) {
        loop {
            self.look_at_limits();
            let left = self.run_batch(component);
            self.obs.out.events += BATCH - left;
            if left > 0 {
                self.end_where_cut();
                return;
            }
        }
    }

    /// Runs some thousand events; gives how many were left to do when none came any more. Each event belongs to one
    /// entity; its handler schedules that entity's next.
    #[inline(always)]
    fn run_batch(&mut self, component: &Component) -> u64 {
        for left in (1..=BATCH).rev() {
            let Some((time, id)) = self.events.pop() else { return left };
            if time > self.stop {
                return left;
            }
            self.now = time;
            if time >= self.obs.edge {
                self.turn_hours(component);
            }
            match self.events.entity(id) {
                Entity::Source(i) if (i as usize) < self.sources.len() => self.arrival(i as usize),
                Entity::Source(i) => self.take_return(i as usize - self.sources.len()),
                Entity::Roster(c) => {
                    self.instant.rosters.push(c);
                    self.instant.open = true;
                }
                Entity::Officer(o) => self.officer_event(o),
                Entity::Request(r) => match self.requests[r].phase {
                    Phase::Underway => self.reach_service(r),
                    Phase::Waiting => self.time_out(r),
                    Phase::InService if self.requests[r].deadline < self.requests[r].ends => {
                        self.lost_in_service(r);
                    }
                    Phase::InService => self.finish_service(r),
                },
            }
            // Settling may itself cut off cases, whose officers and places are given out at the same instant.
            while self.instant.open && !self.events.more_changes(time) {
                self.settle();
            }
        }
        0
    }

    #[inline(always)]
    fn next_arrival(&mut self, source: usize) {
        let entity = Entity::Source(source as u32);
        match self.sources[source].next(self.model, &mut self.obs.hours, self.end) {
            // Of those that arrive at one instant, the order is that of their sources.
            Some(t) => self.events.schedule_as(entity, t, Rank::Arrive, self.turns[source]),
            None => self.events.cancel(entity),
        }
    }

    fn next_return(&mut self, backfill: usize) {
        let entity = Entity::Source((self.sources.len() + backfill) as u32);
        match self.backfills[backfill].next(self.model, self.end) {
            Some((t, seed)) => {
                self.backfill_seeds[backfill] = seed;
                self.events.schedule(entity, t, Rank::Arrive);
            }
            None => self.events.cancel(entity),
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
        self.set_out(slot, self.now);
    }

    /// A request of the time before the run comes back.
    fn take_return(&mut self, backfill: usize) {
        let (model, t) = (self.model, self.now);
        if backfill >= self.backfills.len() {
            self.look(backfill - self.backfills.len());
            return;
        }
        if t < model.run.begin() {
            // It has come back before the present, and is in hand or gone.
            self.next_return(backfill);
            return;
        }
        let what = self.backfills[backfill].what;
        let mut r = self.backfills[backfill].request(model, &self.net, self.backfill_seeds[backfill], t);
        self.next_return(backfill);
        match what {
            Return::Rework => {
                // Its documenting centre is the one that would be asked now.
                let documented = model.rework.as_ref().map_or(0, |w| w.documented_at);
                let mut first = r.clone();
                first.stage = numbered(documented);
                let Some((station, _)) = self.route(&first) else { return };
                let centre = self.stations[station as usize].centre as usize;
                if self.must_be_redone(&r, 0, centre) {
                    self.obs.returning(&mut r);
                    book(&self.net, &mut r);
                    let slot = self.requests.insert(r);
                    self.set_out(slot, t);
                }
            }
            Return::Rebook(_) => {
                self.obs.returning(&mut r);
                rebook(&self.net, &mut r, t);
                // The stage's visit is over: take the branch out of it.
                let step = self.net.step(r.stage);
                if let Some(next) = leave(model, &self.net, &mut self.obs, &mut r, step, t) {
                    let slot = self.requests.insert(r);
                    self.set_out(slot, next);
                }
            }
        }
    }

    /// A new request reaches its stage at `t`; it keeps its slot if it comes to a service before the end.
    #[inline(always)]
    pub(crate) fn set_out(&mut self, slot: u32, t: f64) {
        let r = &mut self.requests[slot];
        match follow(self.model, &self.net, &mut self.obs, r, t) {
            PathEnd::Serve(at) if at <= self.end => self.travel(slot, at),
            PathEnd::Serve(_) => {
                self.obs.still_under_way(r);
                self.requests.remove(slot);
            }
            PathEnd::Gone => self.requests.remove(slot),
        }
    }

    /// A request with a slot reaches its service stage at `at`, now or later.
    #[inline(always)]
    pub(crate) fn travel(&mut self, slot: u32, at: f64) {
        let r = &mut self.requests[slot];
        r.reached = at;
        r.phase = Phase::Underway;
        if at <= self.now {
            self.reach_service(slot);
        } else {
            self.events.schedule(Entity::Request(slot), at, Rank::Reach);
        }
    }

    /// A request with a slot has finished its service stage at `centre`: what follows, up to its next
    /// service. `None` when it has left the system (and its slot).
    #[inline(always)]
    pub(crate) fn move_on(&mut self, slot: u32, centre: usize) -> Option<f64> {
        let (model, t) = (self.model, self.now);
        let r = &mut self.requests[slot];
        let step = self.net.step(r.stage);
        finish_stage(&self.net, &mut self.obs, r, step, centre, t);
        let next = leave(model, &self.net, &mut self.obs, r, step, t);
        let followed = next.map(|next| follow(model, &self.net, &mut self.obs, r, next));
        match followed {
            Some(PathEnd::Serve(at)) => Some(at),
            _ => {
                self.requests.remove(slot);
                None
            }
        }
    }

    /// Gives back a slot and the event that goes with it.
    #[inline]
    pub(crate) fn drop_slot(&mut self, slot: u32) {
        self.events.cancel(Entity::Request(slot));
        self.requests.remove(slot);
    }
}
