//! Rules that react to the state of a centre: they are looked at when it changes, after all else of the instant, and when a
//! wait or an hour reaches what they wait for.

use super::centre::PoolState;
use super::event_list::{Entity, Rank};
use super::moves::MovePlace;
use super::outcome::{CallFlow, TriggerFlow};
use super::request::NONE;
use super::sim::Sim;
use super::station::Station;
use crate::model::{Measured, Model, Trigger};
use crate::random::KeyedRng;
use crate::time::{HOUR, WEEK};
use std::collections::VecDeque;

/// Officers on call.
#[derive(Debug, Clone, Copy, PartialEq)]
enum OnCall {
    AtHome,
    /// They have been called, and are there from this instant on.
    Coming(f64),
    /// They have been there since.
    There(f64),
}

/// A trigger during a run.
#[derive(Debug)]
pub(super) struct TriggerRun {
    pub on: bool,
    since: f64,
    /// When it last went on: at one instant it does so once.
    went_on: f64,
    /// The instant at which it is going to be looked at, if that is the present one.
    pub looking: f64,
    /// Those begun or gone in the last hour: when, and whether in time.
    fates: VecDeque<(f64, bool)>,
    in_time: u32,
    calls: Vec<OnCall>,
    /// Officers who have been moved.
    pub away: Vec<Away>,
    flow: TriggerFlow,
}

/// An officer who has been moved by one of a trigger's orders.
#[derive(Debug, Clone, Copy)]
pub(super) struct Away {
    pub order: usize,
    pub officer: u32,
    /// Tells the officer from whoever has the same slot later.
    pub stamp: u32,
    pub place: MovePlace,
    /// Length of breaks that fell due while the officer still had a case in hand, seconds.
    pub owed: f64,
}

impl TriggerRun {
    /// An officer is sent by an order, `inside` the window or not.
    pub(super) fn count_move(&mut self, order: usize, inside: bool) {
        self.flow.moves[order].called += u64::from(inside);
    }

    /// Seconds that an officer has been there.
    pub(super) fn add_moved(&mut self, order: usize, seconds: f64) {
        self.flow.moves[order].officer_seconds += seconds;
    }
}

/// The triggers of a model; all are off.
pub(super) fn triggers(model: &Model) -> Vec<TriggerRun> {
    let run = |trigger: &Trigger| TriggerRun {
        on: false,
        since: 0.0,
        went_on: f64::NEG_INFINITY,
        looking: f64::NAN,
        fates: VecDeque::new(),
        in_time: 0,
        calls: vec![OnCall::AtHome; trigger.calls.len()],
        away: Vec::new(),
        flow: TriggerFlow {
            calls: vec![CallFlow::default(); trigger.calls.len()],
            moves: vec![CallFlow::default(); trigger.moves.len()],
            ..TriggerFlow::default()
        },
    };
    model.triggers.iter().map(run).collect()
}

impl Sim<'_> {
    pub(super) fn entity_of_trigger(&self, trigger: usize) -> Entity {
        Entity::Source((self.sources.len() + self.backfills.len() + trigger) as u32)
    }

    /// All triggers are looked at as time begins.
    pub(super) fn begin_triggers(&mut self) {
        for i in 0..self.triggers.len() {
            let begin = self.model.run.begin();
            self.events.schedule(self.entity_of_trigger(i), begin, Rank::Look);
        }
    }

    /// A centre's state has changed: its triggers are looked at, when all else of the instant has happened.
    #[inline(never)]
    pub(super) fn look_soon(&mut self, centre: usize) {
        for i in 0..self.triggers.len() {
            if self.model.triggers[i].centre == centre {
                self.look_at(i);
            }
        }
    }

    /// A request at a watched centre is begun, or goes unserved, after a wait.
    pub(super) fn note_fate(&mut self, s: u32, begun: bool) {
        let r = &self.requests[s];
        let (centre, waited, role) = (usize::from(r.centre), self.now - r.enqueued, self.service(r).role);
        let in_time = begun && waited <= self.model.run.prompt;
        for (rules, run) in self.model.triggers.iter().zip(&mut self.triggers) {
            if rules.centre == centre
                && rules.role.is_none_or(|of| of == role)
                && matches!(rules.on, Some(Measured::Answered(_)))
            {
                run.fates.push_back((self.now, in_time));
                run.in_time += u32::from(in_time);
            }
        }
        self.look_soon(centre);
    }

    /// A request that has come to a station goes unserved.
    pub(super) fn note_unserved(&mut self, s: u32) {
        if self.stations[self.requests[s].station as usize].counted {
            self.note_fate(s, false);
        }
    }

    /// A trigger is looked at.
    #[cold]
    pub(super) fn look(&mut self, i: usize) {
        let model = self.model;
        let rules = &model.triggers[i];
        self.triggers[i].looking = f64::NAN;
        for c in 0..rules.calls.len() {
            if let OnCall::Coming(at) = self.triggers[i].calls[c]
                && at <= self.now
            {
                self.triggers[i].calls[c] = OnCall::There(self.now);
                self.set_on_call(rules.calls[c].centre, rules.calls[c].pool, rules.calls[c].officers);
            }
        }
        // In whatever hour: the next look is when the oldest of them is an hour old.
        self.forget_fates(i);
        let hour = self.hour_of_trigger(rules);
        let on = self.triggers[i].on;
        let threshold = if on { rules.off.or(rules.on) } else { rules.on };
        let holds = hour.0 && threshold.is_none_or(|threshold| self.holds(i, threshold));
        if holds && !on && self.now > self.triggers[i].went_on {
            self.switch_on(i, rules);
        } else if !holds && on {
            self.switch_off(i);
        }
        let mut next = hour.1.min(self.next_crossing(i, threshold));
        if !rules.moves.is_empty() {
            next = next.min(self.follow_moves(i, rules));
            // Others go in the place of one whose shift at home has ended, or as soon as anybody can be sent.
            if self.triggers[i].on {
                self.send_officers(i, rules);
            }
        }
        for c in 0..rules.calls.len() {
            match self.triggers[i].calls[c] {
                OnCall::Coming(at) => next = next.min(at),
                OnCall::There(since) if !self.triggers[i].on => {
                    let leave = since + rules.calls[c].stay;
                    if leave <= self.now {
                        self.send_home(i, c);
                    } else {
                        next = next.min(leave);
                    }
                }
                OnCall::There(_) | OnCall::AtHome => {}
            }
        }
        if next < f64::INFINITY && self.triggers[i].looking.is_nan() {
            self.events.schedule(self.entity_of_trigger(i), next.max(self.now), Rank::Look);
        }
    }

    fn switch_on(&mut self, i: usize, rules: &Trigger) {
        let (model, now) = (self.model, self.now);
        let clock = &model.clocks[model.centres[rules.centre].clock];
        let run = &mut self.triggers[i];
        run.on = true;
        run.since = now;
        run.went_on = now;
        let inside = self.obs.in_window(now);
        if inside {
            run.flow.fired += 1;
            run.flow.fired_by_hour[clock.hour_of_week(now)] += 1;
        }
        let number = run.flow.ever;
        run.flow.ever += 1;
        self.send_officers(i, rules);
        for (c, call) in rules.calls.iter().enumerate() {
            // Who is there stays, and who is on the way comes.
            if self.triggers[i].calls[c] == OnCall::AtHome {
                let place = rules.key.wrapping_add(c as u64);
                let mut draws = KeyedRng::of(self.absences, place, number as i64);
                let at = now + call.lead.sample(&mut draws);
                let run = &mut self.triggers[i];
                run.calls[c] = OnCall::Coming(at);
                run.flow.calls[c].called += u64::from(inside);
                if at <= now {
                    run.calls[c] = OnCall::There(now);
                    self.set_on_call(call.centre, call.pool, call.officers);
                }
            }
        }
    }

    fn switch_off(&mut self, i: usize) {
        let (since, now) = (self.triggers[i].since, self.now);
        self.triggers[i].on = false;
        self.add_time_on(i, since, now);
    }

    /// Books the time that a trigger has been on, by hour of the centre's week.
    fn add_time_on(&mut self, i: usize, since: f64, until: f64) {
        let model = self.model;
        let clock = &model.clocks[model.centres[model.triggers[i].centre].clock];
        let (mut from, until) = (since.max(self.obs.from), until.min(model.run.end()));
        while from < until {
            let to = clock.next_hour(from).min(until);
            self.triggers[i].flow.on[clock.hour_of_week(from)] += to - from;
            from = to;
        }
    }

    fn send_home(&mut self, i: usize, c: usize) {
        let call = &self.model.triggers[i].calls[c];
        self.add_time_there(i, c);
        self.triggers[i].calls[c] = OnCall::AtHome;
        self.set_on_call(call.centre, call.pool, 0);
    }

    /// Books the officer-seconds of those on call who have been there until now.
    fn add_time_there(&mut self, i: usize, c: usize) {
        let OnCall::There(since) = self.triggers[i].calls[c] else { return };
        let officers = f64::from(self.model.triggers[i].calls[c].officers);
        let until = self.now.min(self.model.run.end());
        self.triggers[i].flow.calls[c].officer_seconds +=
            officers * (until - since.max(self.obs.from)).max(0.0);
    }

    /// So many of those on call are on duty from now on: settled with the rosters of the instant.
    pub(super) fn set_on_call(&mut self, centre: usize, pool: usize, officers: u32) {
        let p = self.centres[centre].pools.start + pool;
        if let PoolState::Levels(levels) = &mut self.pools[p].state {
            levels.observed = Some((officers, f64::INFINITY));
        }
        self.instant.rosters.push(centre as u32);
        self.instant.open = true;
    }

    /// Whether it is an hour of a trigger, and when that changes next.
    fn hour_of_trigger(&self, rules: &Trigger) -> (bool, f64) {
        let Some(hours) = &rules.hours else { return (true, f64::INFINITY) };
        let clock = &self.model.clocks[self.model.centres[rules.centre].clock];
        let second = clock.second_of_week(self.now);
        let inside = hours.iter().any(|span| second >= span.0 && second < span.1);
        let edge = hours
            .iter()
            .flat_map(|span| [span.0, span.1])
            .map(|edge| if edge > second { edge - second } else { edge + WEEK - second })
            .fold(f64::INFINITY, f64::min);
        // The clock may be moved before then.
        (inside, (self.now + edge).min(clock.next_hour(self.now)))
    }

    /// Forgets who was begun or gone an hour ago.
    fn forget_fates(&mut self, i: usize) {
        let run = &mut self.triggers[i];
        // The same sum as that of the next look, so that a look at that instant sees it gone, whatever the rounding.
        while let Some(&(at, in_time)) = run.fates.front()
            && at + HOUR <= self.now
        {
            run.fates.pop_front();
            run.in_time -= u32::from(in_time);
        }
    }

    /// Whether what is measured has reached a threshold.
    fn holds(&self, i: usize, threshold: Measured) -> bool {
        match threshold {
            Measured::Queue(n) => self.watched(i).map(|station| station.queue.len()).sum::<u32>() >= n,
            Measured::Oldest(wait) => self.longest_waiting(i) + wait <= self.now,
            Measured::Answered(share) => {
                let run = &self.triggers[i];
                !run.fates.is_empty() && f64::from(run.in_time) < share * run.fates.len() as f64
            }
        }
    }

    /// When what is measured would reach, or leave, a threshold by the passing of time alone.
    fn next_crossing(&self, i: usize, threshold: Option<Measured>) -> f64 {
        match threshold {
            Some(Measured::Oldest(wait)) if !self.triggers[i].on => {
                let at = self.longest_waiting(i) + wait;
                if at > self.now { at } else { f64::INFINITY }
            }
            Some(Measured::Answered(_)) => {
                self.triggers[i].fates.front().map_or(f64::INFINITY, |fate| fate.0 + HOUR)
            }
            _ => f64::INFINITY,
        }
    }

    /// The stations that a trigger watches.
    fn watched(&self, i: usize) -> impl Iterator<Item = &Station> {
        let rules = &self.model.triggers[i];
        let all = self.centres[rules.centre].stations.clone();
        let of_role = |role| match self.net.station_of(rules.centre, role) {
            Some(station) => station as usize..station as usize + 1,
            None => 0..0,
        };
        self.stations[rules.role.map_or(all, of_role)].iter()
    }

    /// When the one who has waited longest of those that a trigger looks at reached the stage; never where nobody waits.
    fn longest_waiting(&self, i: usize) -> f64 {
        self.watched(i)
            .map(|station| station.queue.first_reached(&self.requests))
            .fold(f64::INFINITY, f64::min)
    }

    /// Where a closed gate sends a request that would have to wait at a centre.
    pub(super) fn gate(&self, s: u32, centre: usize) -> Option<usize> {
        let class = self.requests[s].class as usize;
        let on = self.model.triggers.iter().zip(&self.triggers).filter(|(_, run)| run.on);
        on.into_iter().find_map(|(rules, _)| rules.gate(centre, class))
    }

    /// Books what is still on at the end, and gives what came of all triggers.
    pub(super) fn close_triggers(&mut self) -> Vec<TriggerFlow> {
        self.now = self.end;
        for i in 0..self.triggers.len() {
            if self.triggers[i].on {
                let since = self.triggers[i].since;
                self.add_time_on(i, since, self.end);
            }
            for c in 0..self.triggers[i].calls.len() {
                self.add_time_there(i, c);
            }
            for k in 0..self.triggers[i].away.len() {
                self.book_move(i, k);
            }
        }
        self.triggers.iter_mut().map(|run| std::mem::take(&mut run.flow)).collect()
    }

    /// A request joins the line of a station that guards or triggers look after, or leaves it.
    #[inline(never)]
    pub(super) fn attend(&mut self, s: u32, comes: bool) {
        let at = &self.stations[self.requests[s].station as usize];
        let (guarded, watched, centre) = (at.guarded, at.watched, usize::from(at.centre));
        if guarded && comes {
            self.guard(s);
        } else if guarded {
            self.unguard(s);
        }
        if watched {
            self.look_soon(centre);
        }
        debug_assert_ne!(s, NONE);
    }
}
