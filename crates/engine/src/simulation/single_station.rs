//! A loop of its own for stations at which requests do nothing but wait, be served and leave.
//!
//! Most models of textbooks, and most calls of call centres, are of this kind: one service by one officer of a level, first
//! come first served, perhaps with patience. Such a station has few things that can happen next: the next arrival, the
//! first end of a service, the first patience that runs out, the next change of the level. So it needs no event list, and
//! none of the questions that the general loop must ask of every request. Rules and statistics are not written a second
//! time: what is recorded, drawn and lost is done by the same functions as everywhere; only who is next is found in a
//! shorter way. Where many wait who may give up, looking for the first of them is no longer short: the single station then goes over to
//! the general loop. `single_station/tests.rs` holds that the outcome is that of the general loop to the last bit.

use super::centre::PoolState;
use super::components::Component;
use super::integral::Count;
use super::limits::BATCH;
use super::observe::Alike;
use super::path::{first_deadline, lose};
use super::request::Request;
use super::service::begin_work;
use super::sim::Sim;
use crate::model::Service;
use crate::random::Sampler;
use crate::time::earlier;
use ends::Ends;
use first_length::FirstLength;
use std::collections::VecDeque;

mod alike;
mod ends;
mod first_length;
mod hand_over;
mod recognise;
#[cfg(test)]
mod tests;
/// Up to so many who wait and may give up are looked at one by one.
const SHORT: usize = 64;

/// A station of this kind, and who is there.
pub(super) struct SingleStation<'m> {
    centre: usize,
    pool: usize,
    station: usize,
    sources: Vec<From<'m>>,
    /// Nobody gives up.
    patient: bool,
    /// The hour of the centre's week.
    hour: u8,
    /// From here on hours must be turned first, or the run is over.
    look: f64,
    /// The first of the next arrivals: when, and of which source.
    arrival: (f64, usize),
    level: u32,
    busy: u32,
    /// Some are at work beyond the level.
    over: bool,
    /// When the level changes next.
    change: f64,
    cases: Vec<Case>,
    /// The first place of `cases` that nobody has; each leads to the next by its `of`.
    free: u32,
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

/// Where a single station's requests come from.
struct From<'m> {
    /// The source, and its next arrival.
    source: usize,
    next: f64,
    service: &'m Service,
    length: FirstLength<'m>,
    stage: u16,
    /// A request of this source. What changes from one to the next is written into it before it is used.
    form: Request,
    /// Where requests go after their service.
    exit: u16,
    /// How long they wait before they give up.
    patience: Option<&'m Sampler>,
    /// A clock of time to completion starts as they come.
    clocked: bool,
    /// And they are done when they leave.
    completes: bool,
    /// The hour of the area's week.
    clock_hour: u8,
    alike: Alike,
}

/// A request at a single station.
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
    /// Runs a single station from the origin; whether to its end, or else the general loop goes on from where it stands.
    #[inline(never)]
    pub(crate) fn run_single_station(
        &mut self,
        component: &Component,
        mut single: SingleStation<'m>,
    ) -> bool {
        // Rosters alone are scheduled here, until the general loop takes over.
        self.events.restart(
            self.sources.len() + self.backfills.len(),
            self.centres.len(),
            component.event_rate,
        );
        self.now = 0.0;
        for i in 0..single.sources.len() {
            self.next_of_single_station(&mut single, i);
        }
        single.find_arrival();
        self.turn_hours(component);
        self.note_hours_of(&mut single);
        loop {
            // The limits look at requests in their usual places, of which there are none here.
            let there = u64::from(single.waiting + single.busy);
            if single.crowded || self.requests.most() + there > self.limits.requests() {
                self.leave_single_station(single);
                return false;
            }
            self.look_at_limits();
            let left = if single.patient {
                self.run_single_station_batch::<true>(component, &mut single)
            } else {
                self.run_single_station_batch::<false>(component, &mut single)
            };
            self.obs.out.events += BATCH - left;
            if left > 0 && !single.crowded {
                self.leave_single_station(single);
                return true;
            }
        }
    }

    /// Some thousand events; how many were left to do when none came any more.
    #[inline(never)]
    fn run_single_station_batch<const PATIENT: bool>(
        &mut self,
        component: &Component,
        single: &mut SingleStation<'m>,
    ) -> u64 {
        let mut left = BATCH;
        // Between batches the run may have been stopped.
        single.look = earlier(self.obs.edge, self.stop.next_up());
        // Nothing is left open at an instant when the general loop takes over.
        while left > 0
            && (PATIENT || !(single.crowded && single.ends.first > self.now && single.change > self.now))
        {
            let (end, arrival) = (single.ends.first, single.arrival.0);
            let rare = if PATIENT { single.change } else { earlier(single.patience, single.change) };
            // At one instant services end, the level changes, patience runs out, requests arrive.
            if end <= rare && end <= arrival {
                if end >= single.look && !self.turn_to(end, component, single) {
                    return left;
                }
                self.now = end;
                self.end_in_single_station(single);
            } else if arrival < rare {
                if arrival >= single.look && !self.turn_to(arrival, component, single) {
                    return left;
                }
                self.now = arrival;
                self.arrive_in_single_station(single);
            } else {
                if rare >= single.look && !self.turn_to(rare, component, single) {
                    return left;
                }
                self.now = rare;
                if PATIENT || single.change <= rare {
                    self.change_single_station(single);
                } else if !self.give_up_in_single_station(single) {
                    // Somebody whose service has begun meanwhile: no event.
                    continue;
                }
            }
            left -= 1;
        }
        left
    }

    /// Time goes on to `t`, beyond an hour or the end of the run; whether there is anything left to do there.
    #[inline(never)]
    fn turn_to(&mut self, t: f64, component: &Component, single: &mut SingleStation<'m>) -> bool {
        if t > self.stop || t == f64::INFINITY {
            return false;
        }
        self.now = t;
        if t >= self.obs.edge {
            self.count_alike_of(single);
            self.turn_hours(component);
            self.note_hours_of(single);
        }
        single.look = earlier(self.obs.edge, self.stop.next_up());
        true
    }

    #[inline(always)]
    fn next_of_single_station(&mut self, single: &mut SingleStation, i: usize) {
        let from = &mut single.sources[i];
        let next = self.sources[from.source].next(self.model, &mut self.obs.hours, self.end);
        from.next = next.unwrap_or(f64::INFINITY);
    }

    /// A request arrives.
    #[inline(always)]
    fn arrive_in_single_station(&mut self, single: &mut SingleStation<'m>) {
        let (t, i) = single.arrival;
        let Some(from) = single.sources.get_mut(i) else { return };
        let source = &mut self.sources[from.source];
        let seed = source.seed();
        from.next = source.next(self.model, &mut self.obs.hours, self.end).unwrap_or(f64::INFINITY);
        single.find_arrival();
        let Some(from) = single.sources.get_mut(i) else { return };
        let From { length, alike, clocked, clock_hour, patience, .. } = from;
        alike.arrived += 1;
        let station = &mut self.stations[single.station];
        let mut case = Case {
            seed,
            arrival: t,
            clock: if *clocked { t } else { f64::NAN },
            deadline: f64::INFINITY,
            started: t,
            length: f64::NAN,
            of: i as u32,
            hour: single.hour,
            clock_hour: *clock_hour,
            state: State::Waiting,
        };
        if single.waiting == 0 && single.busy < single.level {
            alike.at_once += 1;
            station.change(Count::Busy, 1.0, t);
            single.busy += 1;
            case.length = length.of(seed);
            case.state = State::InService;
            let place = single.keep(case);
            single.ends.insert(t + case.length, place);
        } else {
            station.change(Count::Queue, 1.0, t);
            single.waiting += 1;
            // Draws are keyed by the request, so that nobody else's are moved by one that nobody asks for.
            if let Some(patience) = patience {
                case.deadline = t + patience.sample(&mut first_deadline(seed));
            }
            let place = single.keep(case);
            single.queue.push_back(place);
            single.note_patience(case.deadline);
        }
    }

    /// A service ends.
    #[inline(always)]
    fn end_in_single_station(&mut self, single: &mut SingleStation<'m>) {
        let t = self.now;
        let Some(place) = single.ends.pop() else { return };
        let case = &mut single.cases[place as usize];
        let of = std::mem::replace(&mut case.of, single.free);
        single.free = place;
        let From { form: r, alike, completes, .. } = &mut single.sources[of as usize];
        alike.gone += 1;
        let station = &mut self.stations[single.station];
        station.change(Count::Busy, -1.0, t);
        station.given += t - case.started;
        if *completes {
            r.clock = case.clock;
            r.clock_hour = case.clock_hour;
            self.obs.complete(r, t, self.obs.inside);
        }
        self.free_in_single_station(single);
    }

    /// An officer has ended a service.
    #[inline(always)]
    fn free_in_single_station(&mut self, single: &mut SingleStation<'m>) {
        let t = self.now;
        single.busy -= 1;
        if single.over {
            self.count_overtime_in_single_station(single);
        }
        // Whoever is free takes the next when all has ended and changed that does at this instant.
        if single.ends.first > t && single.change > t {
            self.serve_single_station(single);
        }
    }

    /// Begins waiting requests while officers are free for them.
    #[inline(always)]
    fn serve_single_station(&mut self, single: &mut SingleStation<'m>) {
        let t = self.now;
        while single.busy < single.level && single.waiting > 0 {
            let Some(place) = single.queue.pop_front() else { return };
            let case = single.cases[place as usize];
            if case.state == State::Left {
                single.leave(place);
                continue;
            }
            let From { service, length, stage, form: r, .. } = &mut single.sources[case.of as usize];
            case.write(r, *stage);
            r.length = length.of(case.seed);
            r.left = r.length;
            let station = &mut self.stations[single.station];
            station.leave_queue(r, t);
            begin_work(&self.net, &mut self.obs, station, r, service, t);
            let ends = r.ends;
            let kept = &mut single.cases[place as usize];
            kept.started = t;
            kept.deadline = r.deadline;
            kept.length = r.length;
            kept.state = State::InService;
            single.waiting -= 1;
            single.busy += 1;
            single.ends.insert(ends, place);
        }
    }

    /// The level changes, or may.
    #[cold]
    fn change_single_station(&mut self, single: &mut SingleStation<'m>) {
        if let PoolState::Levels(levels) = &mut self.pools[single.pool].state {
            levels.busy = single.busy;
        }
        self.instant.rosters.push(single.centre as u32);
        self.settle();
        if let PoolState::Levels(levels) = &self.pools[single.pool].state {
            single.level = levels.level;
            single.over = levels.over > 0;
        }
        single.change = self.next_roster_change(single.centre);
        self.serve_single_station(single);
    }

    #[cold]
    fn count_overtime_in_single_station(&mut self, single: &mut SingleStation) {
        if let PoolState::Levels(levels) = &mut self.pools[single.pool].state {
            levels.busy = single.busy;
        }
        self.count_overtime(single.pool);
        if let PoolState::Levels(levels) = &self.pools[single.pool].state {
            single.over = levels.over > 0;
        }
    }

    /// The first patience runs out: whether somebody still waits whose it is.
    #[inline(never)]
    fn give_up_in_single_station(&mut self, single: &mut SingleStation<'m>) -> bool {
        let t = self.now;
        let Some(place) = single.first_to_give_up(t) else { return false };
        let case = single.cases[place as usize];
        single.cases[place as usize].state = State::Left;
        single.waiting -= 1;
        let From { stage, form: r, .. } = &mut single.sources[case.of as usize];
        case.write(r, *stage);
        let station = &mut self.stations[single.station];
        station.leave_queue(r, t);
        self.obs.leave_unserved(station, r, t);
        lose(self.model, &self.net, &mut self.obs, r, t);
        if single.waiting == 0 {
            while let Some(left) = single.queue.pop_front() {
                single.leave(left);
            }
        }
        true
    }
}

impl SingleStation<'_> {
    /// Finds the first of the next arrivals.
    #[inline(always)]
    fn find_arrival(&mut self) {
        // Most have one source.
        if let [only] = &self.sources[..] {
            self.arrival = (only.next, 0);
            return;
        }
        let mut first = (f64::INFINITY, 0);
        for (i, from) in self.sources.iter().enumerate() {
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
            self.patience = earlier(self.patience, deadline);
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
                self.patience = earlier(self.patience, deadline);
            }
        }
        first
    }

    /// Gives a request a place.
    #[inline(always)]
    fn keep(&mut self, case: Case) -> u32 {
        let place = self.free;
        match self.cases.get_mut(place as usize) {
            Some(free) => {
                self.free = free.of;
                *free = case;
                place
            }
            None => {
                self.cases.push(case);
                (self.cases.len() - 1) as u32
            }
        }
    }

    /// A place is free again.
    #[inline(always)]
    fn leave(&mut self, place: u32) {
        self.cases[place as usize].of = self.free;
        self.free = place;
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
