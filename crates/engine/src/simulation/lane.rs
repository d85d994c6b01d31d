//! A loop of its own for stations at which requests do nothing but wait, be served and leave.
//!
//! Most models of textbooks, and most calls of call centres, are of this kind: one service by one officer of a level, first
//! come first served, perhaps with patience. Such a station has few things that can happen next: the next arrival, the
//! first end of a service, the first patience that runs out, the next change of the level. So it needs no event list, and
//! none of the questions that the general loop must ask of every request. Rules and statistics are not written a second
//! time: what is recorded, drawn and lost is done by the same functions as everywhere; only who is next is found in a
//! shorter way. Where many wait who may give up, looking for the first of them is no longer short: the lane then goes over to
//! the general loop. `lane/tests.rs` holds that the outcome is that of the general loop to the last bit.

use super::centre::PoolState;
use super::components::Component;
use super::event_list::{Entity, EventList, Rank};
use super::integral::Count;
use super::limits::BATCH;
use super::path::{book, finish_stage, follow, leave, lose};
use super::request::{Phase, Request};
use super::service::begin_work;
use super::sim::Sim;
use crate::model::Service;
use ends::Ends;
use std::collections::VecDeque;

mod ends;
mod recognise;
#[cfg(test)]
mod tests;
/// Up to so many who wait and may give up are looked at one by one.
const SHORT: usize = 64;

/// A station of this kind, and who is there.
pub(super) struct Lane<'m> {
    centre: usize,
    pool: usize,
    station: usize,
    sources: Vec<From<'m>>,
    /// The first of the next arrivals: when, and of which source.
    arrival: (f64, usize),
    level: u32,
    busy: u32,
    /// Some are at work beyond the level.
    over: bool,
    /// When the level changes next.
    change: f64,
    cases: Vec<Case>,
    free: Vec<u32>,
    /// First come first; those who have left without service are still among them, and are passed over.
    queue: VecDeque<u32>,
    /// Without those.
    waiting: u32,
    ends: Ends,
    /// Nobody who waits gives up before; infinite where nobody does. Whoever it was may have been begun since: most are, long
    /// before, so that it pays to look for the next only when the instant has come.
    patience: f64,
    /// So many wait who may give up that the general loop is faster.
    crowded: bool,
}

/// Where a lane's requests come from.
struct From<'m> {
    /// The source, and its next arrival.
    source: usize,
    next: f64,
    service: &'m Service,
    stage: u16,
    /// A request of this source. What changes from one to the next is written into it before it is used.
    form: Request,
}

/// A request at a lane's station.
#[derive(Debug, Clone, Copy)]
struct Case {
    seed: u64,
    arrival: f64,
    clock: f64,
    deadline: f64,
    started: f64,
    length: f64,
    of: u32,
    hour: u8,
    clock_hour: u8,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Waiting,
    InService,
    /// Left the queue unserved; its place is not free before the queue has come to it.
    Left,
}

impl<'m> Sim<'m> {
    /// Runs a lane from the origin; whether to its end, or else the general loop goes on from where it stands.
    #[inline(never)]
    pub(crate) fn run_lane(&mut self, component: &Component, mut lane: Lane<'m>) -> bool {
        // Rosters alone are scheduled here, until the general loop takes over.
        self.events = EventList::new(
            self.sources.len() + self.backfills.len(),
            self.centres.len(),
            component.event_rate,
        );
        self.now = 0.0;
        for i in 0..lane.sources.len() {
            self.next_of_lane(&mut lane, i);
        }
        lane.find_arrival();
        self.turn_hours(component);
        loop {
            // The limits look at requests in their usual places, of which there are none here.
            let there = u64::from(lane.waiting + lane.busy);
            if lane.crowded || self.requests.most() + there > self.limits.requests() {
                self.leave_lane(lane);
                return false;
            }
            self.look_at_limits();
            let left = self.run_lane_batch(component, &mut lane);
            self.obs.out.events += BATCH - left;
            if left > 0 && !lane.crowded {
                self.leave_lane(lane);
                return true;
            }
        }
    }

    /// Some thousand events; how many were left to do when none came any more.
    #[inline(always)]
    fn run_lane_batch(&mut self, component: &Component, lane: &mut Lane<'m>) -> u64 {
        let mut left = BATCH;
        // Nothing is left open at an instant when the general loop takes over.
        while left > 0 && !(lane.crowded && lane.ends.first > self.now && lane.change > self.now) {
            let (end, arrival) = (lane.ends.first, lane.arrival.0);
            let rare = lane.patience.min(lane.change);
            // At one instant services end, the level changes, patience runs out, requests arrive.
            let (t, event) = if end <= rare && end <= arrival {
                (end, Event::End)
            } else if rare <= arrival {
                (rare, if lane.change <= rare { Event::Change } else { Event::Patience })
            } else {
                (arrival, Event::Arrival)
            };
            if t > self.stop || t == f64::INFINITY {
                return left;
            }
            self.now = t;
            if t >= self.obs.edge {
                self.turn_hours(component);
            }
            match event {
                Event::End => self.end_in_lane(lane),
                Event::Arrival => self.arrive_in_lane(lane),
                Event::Change => self.change_lane(lane),
                Event::Patience => {
                    if !self.give_up_in_lane(lane) {
                        // Somebody whose service has begun meanwhile: no event.
                        continue;
                    }
                }
            }
            left -= 1;
        }
        left
    }

    #[inline(always)]
    fn next_of_lane(&mut self, lane: &mut Lane, i: usize) {
        let from = &mut lane.sources[i];
        let next = self.sources[from.source].next(self.model, &mut self.obs.hours, self.end);
        from.next = next.unwrap_or(f64::INFINITY);
    }

    /// A request arrives.
    #[inline(always)]
    fn arrive_in_lane(&mut self, lane: &mut Lane<'m>) {
        let (t, i) = lane.arrival;
        let seed = self.sources[lane.sources[i].source].seed();
        self.next_of_lane(lane, i);
        lane.find_arrival();
        let From { service, stage, form: r, .. } = &mut lane.sources[i];
        r.seed = seed;
        r.arrival = t;
        r.clock = f64::NAN;
        r.deadline = f64::INFINITY;
        r.reached = t;
        r.enqueued = t;
        r.stage = *stage;
        r.left = f64::NAN;
        r.seen = false;
        r.done = false;
        self.obs.booking(r);
        book(&self.net, r);
        follow(self.model, &self.net, &mut self.obs, r, t);
        let station = &mut self.stations[lane.station];
        self.obs.reaches_centre(station, r);
        if lane.waiting == 0 && lane.busy < lane.level {
            lane.busy += 1;
            begin_work(&self.net, &mut self.obs, station, r, service, t);
            let case = lane.add(i, State::InService);
            lane.ends.insert(lane.sources[i].form.ends, case);
        } else {
            station.change(Count::Queue, 1.0, t);
            lane.waiting += 1;
            let case = lane.add(i, State::Waiting);
            lane.queue.push_back(case);
            lane.note_patience(lane.sources[i].form.deadline);
        }
    }

    /// A service ends.
    #[inline(always)]
    fn end_in_lane(&mut self, lane: &mut Lane<'m>) {
        let t = self.now;
        let Some(place) = lane.ends.pop() else { return };
        lane.free.push(place);
        let case = &lane.cases[place as usize];
        let From { stage, form: r, .. } = &mut lane.sources[case.of as usize];
        // What a request is asked for when its service ends.
        r.clock = case.clock;
        r.clock_hour = case.clock_hour;
        r.deadline = case.deadline;
        r.started = case.started;
        r.stage = *stage;
        r.done = false;
        let station = &mut self.stations[lane.station];
        self.obs.end_service(station, r, 1.0, t);
        let step = self.net.step(*stage);
        finish_stage(&self.net, &mut self.obs, r, step, lane.centre, t);
        if leave(self.model, &self.net, &mut self.obs, r, step, t).is_some() {
            follow(self.model, &self.net, &mut self.obs, r, t);
        }
        lane.busy -= 1;
        if lane.over {
            self.count_overtime_in_lane(lane);
        }
        // Whoever is free takes the next when all has ended and changed that does at this instant.
        if lane.ends.first > t && lane.change > t {
            self.serve_lane(lane);
        }
    }

    /// Begins waiting requests while officers are free for them.
    #[inline(always)]
    fn serve_lane(&mut self, lane: &mut Lane<'m>) {
        let t = self.now;
        while lane.busy < lane.level && lane.waiting > 0 {
            let Some(place) = lane.queue.pop_front() else { return };
            let case = lane.cases[place as usize];
            if case.state == State::Left {
                lane.free.push(place);
                continue;
            }
            let From { service, stage, form: r, .. } = &mut lane.sources[case.of as usize];
            case.write(r, *stage);
            let station = &mut self.stations[lane.station];
            station.leave_queue(r, t);
            begin_work(&self.net, &mut self.obs, station, r, service, t);
            let ends = r.ends;
            let kept = &mut lane.cases[place as usize];
            kept.started = t;
            kept.deadline = r.deadline;
            kept.length = r.length;
            kept.state = State::InService;
            lane.waiting -= 1;
            lane.busy += 1;
            lane.ends.insert(ends, place);
        }
    }

    /// The level changes, or may.
    #[cold]
    fn change_lane(&mut self, lane: &mut Lane<'m>) {
        if let PoolState::Levels(levels) = &mut self.pools[lane.pool].state {
            levels.busy = lane.busy;
        }
        self.instant.rosters.push(lane.centre as u32);
        self.settle();
        if let PoolState::Levels(levels) = &self.pools[lane.pool].state {
            lane.level = levels.level;
            lane.over = levels.over > 0;
        }
        lane.change = self.next_roster_change(lane.centre);
        self.serve_lane(lane);
    }

    #[cold]
    fn count_overtime_in_lane(&mut self, lane: &mut Lane) {
        if let PoolState::Levels(levels) = &mut self.pools[lane.pool].state {
            levels.busy = lane.busy;
        }
        self.count_overtime(lane.pool);
        if let PoolState::Levels(levels) = &self.pools[lane.pool].state {
            lane.over = levels.over > 0;
        }
    }

    /// The first patience runs out: whether somebody still waits whose it is.
    #[inline(never)]
    fn give_up_in_lane(&mut self, lane: &mut Lane<'m>) -> bool {
        let t = self.now;
        let Some(place) = lane.first_to_give_up(t) else { return false };
        let case = lane.cases[place as usize];
        lane.cases[place as usize].state = State::Left;
        lane.waiting -= 1;
        let From { stage, form: r, .. } = &mut lane.sources[case.of as usize];
        case.write(r, *stage);
        let station = &mut self.stations[lane.station];
        station.leave_queue(r, t);
        self.obs.leave_unserved(station, r, t);
        lose(self.model, &self.net, &mut self.obs, r, t);
        if lane.waiting == 0 {
            while let Some(left) = lane.queue.pop_front() {
                lane.free.push(left);
            }
        }
        true
    }

    /// Everybody takes a usual place, and what is to happen stands in the event list.
    fn leave_lane(&mut self, mut lane: Lane) {
        let in_line = lane.queue.iter().copied().filter(|w| lane.cases[*w as usize].state == State::Waiting);
        for place in in_line.collect::<Vec<_>>() {
            let slot = self.insert_from_lane(&mut lane, place, Phase::Waiting, f64::NAN);
            self.ticket += 1;
            self.requests[slot].ticket = self.ticket;
            let deadline = self.requests[slot].deadline;
            self.stations[lane.station].queue.insert(slot, &mut self.requests);
            self.centres[lane.centre].waiting += 1;
            if deadline < f64::INFINITY {
                self.events.schedule(Entity::Request(slot), deadline, Rank::Timeout);
            }
        }
        // In the order in which they end, which the event list keeps.
        loop {
            let ends = lane.ends.first;
            let Some(place) = lane.ends.pop() else { break };
            let slot = self.insert_from_lane(&mut lane, place, Phase::InService, ends);
            self.events.schedule(Entity::Request(slot), ends, Rank::Finish);
        }
        if let PoolState::Levels(levels) = &mut self.pools[lane.pool].state {
            levels.busy = lane.busy;
        }
        for from in &lane.sources {
            if from.next < f64::INFINITY {
                let entity = Entity::Source(from.source as u32);
                self.events.schedule_as(entity, from.next, Rank::Arrive, self.turns[from.source]);
            }
        }
    }

    fn insert_from_lane(&mut self, lane: &mut Lane, place: u32, phase: Phase, ends: f64) -> u32 {
        let case = lane.cases[place as usize];
        let From { stage, form: r, .. } = &mut lane.sources[case.of as usize];
        case.write(r, *stage);
        r.phase = phase;
        r.ends = ends;
        let r = r.clone();
        self.requests.insert(r)
    }
}

/// What happens next.
enum Event {
    End,
    Change,
    Patience,
    Arrival,
}

impl Lane<'_> {
    /// Finds the first of the next arrivals.
    #[inline(always)]
    fn find_arrival(&mut self) {
        let mut first = (self.sources[0].next, 0);
        for (i, from) in self.sources.iter().enumerate().skip(1) {
            if from.next < first.0 {
                first = (from.next, i);
            }
        }
        self.arrival = first;
    }

    /// Whether a request that has begun to wait may give up, and when.
    #[inline(always)]
    fn note_patience(&mut self, deadline: f64) {
        if deadline < f64::INFINITY {
            self.patience = self.patience.min(deadline);
            self.crowded = self.queue.len() > SHORT;
        }
    }

    /// Whoever waits and gives up at `t`; nobody else does before the new earliest instant.
    fn first_to_give_up(&mut self, t: f64) -> Option<u32> {
        let mut first = None;
        self.patience = f64::INFINITY;
        for &place in &self.queue {
            let Case { deadline, state, .. } = self.cases[place as usize];
            if state != State::Waiting {
                continue;
            }
            if deadline <= t && first.is_none() {
                first = Some(place);
            } else {
                self.patience = self.patience.min(deadline);
            }
        }
        first
    }

    /// Keeps the request that stands in a source's form.
    #[inline(always)]
    fn add(&mut self, of: usize, state: State) -> u32 {
        let r = &self.sources[of].form;
        let case = Case {
            seed: r.seed,
            arrival: r.arrival,
            clock: r.clock,
            deadline: r.deadline,
            started: r.started,
            length: r.length,
            of: of as u32,
            hour: r.hour,
            clock_hour: r.clock_hour,
            state,
        };
        match self.free.pop() {
            Some(place) => {
                self.cases[place as usize] = case;
                place
            }
            None => {
                self.cases.push(case);
                (self.cases.len() - 1) as u32
            }
        }
    }
}

impl Case {
    /// Writes a request into its source's form, as it is at its station.
    #[inline(always)]
    fn write(&self, r: &mut Request, stage: u16) {
        r.seed = self.seed;
        r.arrival = self.arrival;
        r.clock = self.clock;
        r.deadline = self.deadline;
        r.reached = self.arrival;
        r.enqueued = self.arrival;
        r.started = self.started;
        r.length = self.length;
        r.hour = self.hour;
        r.clock_hour = self.clock_hour;
        r.stage = stage;
        r.done = false;
        // Nobody has begun on it unless it is in service, and then nobody asks.
        r.seen = self.state == State::InService;
        // Of whoever is in service the general loop asks when it ends.
        r.left = f64::NAN;
    }
}
