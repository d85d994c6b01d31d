//! A loop of its own for stations at which requests do nothing but wait, be served and leave.
//!
//! Most models of textbooks, and most calls of call centres, are of this kind: one service by one officer of a level, first
//! come first served, perhaps with patience. Such a station has few things that can happen next: the next arrival, the
//! first end of a service, the first patience that runs out, the next change of the level. So it needs no event list, and
//! none of the questions that the general loop must ask of every request. Rules and statistics are not written a second
//! time: what is recorded, drawn and lost is done by the same functions as everywhere; only who is next is found in a
//! shorter way. `lane/tests.rs` holds that the outcome is that of the general loop to the last bit.

use super::centre::PoolState;
use super::components::Component;
use super::event_list::EventList;
use super::integral::Count;
use super::limits::BATCH;
use super::network::{Kind, To};
use super::path::{book, finish_stage, follow, leave, lose};
use super::request::{Phase, Request};
use super::service::begin_work;
use super::sim::Sim;
use crate::model::{
    Branch, Centre, Class, Closing, Demand, Discipline, LevelEnd, LevelPlan, Levels, Pool, PoolKind, Service,
    ShiftEnd, StageId, StageKind,
};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Most sources of a lane: the next of so few is found by looking at each.
const MOST_SOURCES: usize = 8;
/// Up to so many officers the ends of their services stand in a sorted list, beyond in a heap.
const FEW: u32 = 24;
/// Up to so many who wait are looked at one by one.
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
    /// The first of them.
    end: f64,
    patience: Patience,
    /// How many have come.
    turn: u64,
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
    /// Its number among those who have come, to tell it from whoever had the place before.
    turn: u64,
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

/// When patience runs out. In a short queue whoever is next is found by looking at all who wait, in a long one by a heap; and
/// not before the earliest instant at which that may be, since most who wait are begun long before.
struct Patience {
    /// Nobody who waits gives up before; infinite where nobody does.
    earliest: f64,
    /// Everybody who waits, and some who waited: when, their turn and place.
    heap: Option<BinaryHeap<Reverse<(u64, u64, u32)>>>,
}

/// When services end, in the order in which they do: at one instant the first begun first.
enum Ends {
    /// The next one last.
    Few(Vec<(f64, u32)>),
    Many(BinaryHeap<Reverse<(u64, u64, u32)>>, u64),
}

impl Ends {
    #[inline(always)]
    fn first(&self) -> f64 {
        match self {
            Self::Few(list) => list.last().map_or(f64::INFINITY, |end| end.0),
            Self::Many(heap, _) => heap.peek().map_or(f64::INFINITY, |end| f64::from_bits(end.0.0)),
        }
    }

    #[inline(always)]
    fn insert(&mut self, t: f64, case: u32) {
        match self {
            Self::Few(list) => {
                list.push((t, case));
                let mut at = list.len() - 1;
                while at > 0 && list[at - 1].0 <= t {
                    list[at] = list[at - 1];
                    at -= 1;
                }
                list[at] = (t, case);
            }
            Self::Many(heap, begun) => {
                *begun += 1;
                // Times from the origin on, whose bits ascend as they do.
                heap.push(Reverse((t.to_bits(), *begun, case)));
            }
        }
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<u32> {
        match self {
            Self::Few(list) => list.pop().map(|end| end.1),
            Self::Many(heap, _) => heap.pop().map(|Reverse(end)| end.2),
        }
    }

    fn cases(&self) -> Vec<u32> {
        match self {
            Self::Few(list) => list.iter().map(|end| end.1).collect(),
            Self::Many(heap, _) => heap.iter().map(|Reverse(end)| end.2).collect(),
        }
    }
}

impl<'m> Sim<'m> {
    /// The lane that a component is, if it is one.
    ///
    /// Everything that a model can say about it is named here without `..`, so that whoever adds something decides whether
    /// a lane can do it.
    pub fn lane(&self, component: &Component) -> Option<Lane<'m>> {
        let model = self.model;
        let Component { centres, areas: _, sources, backfills, event_rate: _ } = component;
        let &[c] = &centres[..] else { return None };
        if !backfills.is_empty()
            || sources.is_empty()
            || sources.len() > MOST_SOURCES
            || model.rework.is_some()
            || !model.run.start.is_empty()
        {
            return None;
        }
        let Centre {
            name: _,
            key: _,
            clock: _,
            pools,
            shift_end: ShiftEnd::Finish,
            closing: Closing::Hold,
            discipline: Discipline::Fifo,
            // Officers of a level are a number.
            officer_choice: _,
            speed: _,
            documentation: _,
            capacity: None,
            balk: None,
            // Of officers on shifts.
            absence: _,
            counted: _,
            headcount: _,
        } = &model.centres[c]
        else {
            return None;
        };
        let [Pool { roles, kind: PoolKind::Levels(Levels { plan, end: LevelEnd::ByCount }) }] = &pools[..]
        else {
            return None;
        };
        if roles.count_ones() != 1 {
            return None;
        }
        let station = self.net.stations(c).start;
        let mut from: Vec<From> =
            sources.iter().map(|&s| self.lane_source(s, station)).collect::<Option<_>>()?;
        // Of those that arrive at one instant, the order is that of their turns.
        from.sort_by_key(|from| self.turns[from.source]);
        let most = match plan {
            LevelPlan::Weekly(steps) | LevelPlan::Steps { steps, period: _ } => {
                steps.iter().map(|step| step.1).max().unwrap_or(0)
            }
        };
        Some(Lane {
            centre: c,
            pool: self.centres[c].pools.start,
            station,
            sources: from,
            arrival: (f64::INFINITY, 0),
            level: 0,
            busy: 0,
            over: false,
            change: 0.0,
            cases: Vec::new(),
            free: Vec::new(),
            queue: VecDeque::new(),
            waiting: 0,
            ends: if most <= FEW { Ends::Few(Vec::new()) } else { Ends::Many(BinaryHeap::new(), 0) },
            end: f64::INFINITY,
            patience: Patience { earliest: f64::INFINITY, heap: None },
            turn: 0,
        })
    }

    /// A source of a lane's requests, if they do nothing but wait, be served and leave.
    fn lane_source(&self, source: usize, station: usize) -> Option<From<'m>> {
        let model = self.model;
        let of = &self.sources[source];
        let (class, area) = (of.class, of.area);
        let Class { name: _, priority: _, start, demand: Demand::Rate { .. }, deadline } =
            &model.classes[class]
        else {
            return None;
        };
        let stage = *start as u16;
        if deadline.is_some() && !self.net.deadline_terms(class as u16).met_by_start(stage) {
            return None;
        }
        let Kind::Service(service) = self.net.step(stage).kind else { return None };
        let Service {
            role: _,
            officers: 1,
            time: _,
            same_officer: _,
            different_officer: false,
            overtaking: _,
        } = service
        else {
            return None;
        };
        let [Branch { to, cumulative: _, delay: None }] = &model.stages[*start].next[..] else { return None };
        if !matches!(model.stages[*to].kind, StageKind::Exit) {
            return None;
        }
        let cell = class * model.areas.len() + area;
        match self.net.routes(stage, cell as u32).first() {
            Some(route) if route.plain && matches!(route.to, To::Always(s) if s as usize == station) => {}
            _ => return None,
        }
        let at = &self.stations[station];
        if !at.by_anyone || at.limited || at.guarded {
            return None;
        }
        let mut form = Request::new(0, (class, area, cell), 0.0, *start as StageId);
        form.station = station as u32;
        form.centre = at.centre;
        Some(From { source, next: f64::INFINITY, service, stage, form })
    }

    /// Runs a lane from the origin to the end.
    #[inline(never)]
    pub fn run_lane(&mut self, component: &Component, mut lane: Lane<'m>) {
        // Rosters alone are scheduled here.
        self.events = EventList::new(self.sources.len(), self.centres.len(), 0.0);
        self.now = 0.0;
        for i in 0..lane.sources.len() {
            self.next_of_lane(&mut lane, i);
        }
        lane.find_arrival();
        self.turn_hours(component);
        loop {
            let there = u64::from(lane.waiting + lane.busy);
            if self.requests.most() + there > self.limits.requests() {
                // The limit looks at requests in their usual places.
                break;
            }
            self.look_at_limits();
            let left = self.run_lane_batch(component, &mut lane);
            self.obs.out.events += BATCH - left;
            if left > 0 {
                break;
            }
        }
        self.leave_lane(lane);
        self.look_at_limits();
    }

    /// Some thousand events; how many were left to do when none came any more.
    #[inline(always)]
    fn run_lane_batch(&mut self, component: &Component, lane: &mut Lane<'m>) -> u64 {
        let mut left = BATCH;
        while left > 0 {
            let (end, arrival) = (lane.end, lane.arrival.0);
            let rare = lane.patience.earliest.min(lane.change);
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
        0
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
            lane.schedule(lane.sources[i].form.ends, case);
        } else {
            station.change(Count::Queue, 1.0, t);
            lane.waiting += 1;
            let case = lane.add(i, State::Waiting);
            lane.queue.push_back(case);
            lane.note_patience(case);
        }
    }

    /// A service ends.
    #[inline(always)]
    fn end_in_lane(&mut self, lane: &mut Lane<'m>) {
        let t = self.now;
        let Some(place) = lane.ends.pop() else { return };
        lane.end = lane.ends.first();
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
        self.obs.ends(station, r, 1.0, t);
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
        if lane.end > t && lane.change > t {
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
            lane.schedule(ends, place);
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

    /// The run is over: who is still there takes a usual place.
    fn leave_lane(&mut self, mut lane: Lane) {
        let waiting = lane.queue.iter().copied().filter(|w| lane.cases[*w as usize].state == State::Waiting);
        let all: Vec<u32> = waiting.chain(lane.ends.cases()).collect();
        for place in all {
            let case = lane.cases[place as usize];
            let From { stage, form: r, .. } = &mut lane.sources[case.of as usize];
            case.write(r, *stage);
            r.phase = if case.state == State::Waiting { Phase::Waiting } else { Phase::InService };
            let r = r.clone();
            self.requests.insert(r);
        }
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

    /// A service will end.
    #[inline(always)]
    fn schedule(&mut self, ends: f64, case: u32) {
        self.ends.insert(ends, case);
        if ends < self.end {
            self.end = ends;
        }
    }

    /// A request that has begun to wait will not do so for ever.
    #[inline(always)]
    fn note_patience(&mut self, place: u32) {
        let Case { deadline, turn, .. } = self.cases[place as usize];
        if deadline == f64::INFINITY {
            return;
        }
        if deadline < self.patience.earliest {
            self.patience.earliest = deadline;
        }
        if let Some(heap) = &mut self.patience.heap {
            heap.push(Reverse((deadline.to_bits(), turn, place)));
        } else if self.queue.len() > SHORT {
            self.fill_heap();
        }
    }

    /// Puts everybody who waits into the heap.
    #[cold]
    fn fill_heap(&mut self) {
        let gives_up = |case: &Case| case.state == State::Waiting && case.deadline < f64::INFINITY;
        let waiting = self.queue.iter().filter(|place| gives_up(&self.cases[**place as usize]));
        let all = waiting.map(|&place| {
            let case = &self.cases[place as usize];
            Reverse((case.deadline.to_bits(), case.turn, place))
        });
        self.patience.heap = Some(all.collect());
    }

    /// Whoever waits and gives up at `t`; otherwise nobody does before the new earliest instant.
    fn first_to_give_up(&mut self, t: f64) -> Option<u32> {
        if let Some(heap) = &mut self.patience.heap {
            let first = heap.pop().map(|Reverse(first)| first);
            self.patience.earliest = heap.peek().map_or(f64::INFINITY, |next| f64::from_bits(next.0.0));
            if heap.is_empty() {
                self.patience.heap = None;
            }
            let (_, turn, place) = first?;
            let case = &self.cases[place as usize];
            return (case.turn == turn && case.state == State::Waiting).then_some(place);
        }
        let (mut first, mut earliest) = (None, f64::INFINITY);
        for &place in &self.queue {
            let Case { deadline, state, .. } = self.cases[place as usize];
            if state != State::Waiting {
                continue;
            }
            if deadline <= t && first.is_none() {
                first = Some(place);
            } else {
                earliest = earliest.min(deadline);
            }
        }
        self.patience.earliest = earliest;
        first
    }

    /// Keeps the request that stands in a source's form.
    #[inline(always)]
    fn add(&mut self, of: usize, state: State) -> u32 {
        self.turn += 1;
        let r = &self.sources[of].form;
        let case = Case {
            seed: r.seed,
            arrival: r.arrival,
            clock: r.clock,
            deadline: r.deadline,
            started: r.started,
            length: r.length,
            turn: self.turn,
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
        r.left = f64::NAN;
    }
}

#[cfg(test)]
mod tests;
