//! Officers whom triggers move from one centre or role to another for a while, and back.
//!
//! At home a moved officer is as one on a break without an end, which begins after the case in hand. At the other place those who
//! have come are a number on duty.

use super::centre::PoolState;
use super::event_list::Rank;
use super::officers::Doing;
use super::request::Phase;
use super::sim::Sim;
use super::triggers::Away;
use crate::model::{Move, Trigger};

/// Where a moved officer is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum MovePlace {
    /// Still at home with a case in hand.
    Leaving,
    /// On the way there, until this instant.
    Going(f64),
    /// There since.
    There(f64),
    /// Has a case in hand there until the first instant, and is back home at the second.
    Returning(f64, f64),
}

impl Sim<'_> {
    /// A trigger is on: officers on shift are sent until so many are away, idle ones first, then those at work.
    pub(super) fn send_officers(&mut self, i: usize, rules: &Trigger) {
        for (m, order) in rules.moves.iter().enumerate() {
            // Wanted again before the last case there is done: nobody goes home to be sent again.
            for away in self.triggers[i].away.iter_mut().filter(|away| away.order == m) {
                if matches!(away.place, MovePlace::Returning(done, _) if done > self.now) {
                    away.place = MovePlace::There(self.now);
                }
            }
            let on_the_way =
                |away: &&Away| away.order == m && !matches!(away.place, MovePlace::Returning(..));
            let there = self.triggers[i].away.iter().filter(on_the_way).count() as u32;
            let inside = self.obs.in_window(self.now);
            for o in self.candidates_to_move(order, order.officers.saturating_sub(there)) {
                let stamp = self.officers[o].stamp;
                self.triggers[i].away.push(Away {
                    order: m,
                    officer: o,
                    stamp,
                    place: MovePlace::Leaving,
                    owed: 0.0,
                });
                self.triggers[i].count_move(m, inside);
                self.officers[o].break_due = f64::INFINITY;
                if self.officers[o].doing == Doing::Idle {
                    let pool = self.officers[o].pool as usize;
                    self.pools[pool].withdraw(&mut self.officers, o);
                    self.begin_break(o);
                    self.close_stations(pool);
                } else {
                    self.take_no_more(o);
                }
            }
        }
    }

    /// At most so many officers of the shifts under way at an order's centre: the idle, then those who could take more cases, then
    /// the busy; by shift, as they came.
    fn candidates_to_move(&self, order: &Move, most: u32) -> Vec<u32> {
        let mut found = Vec::new();
        for doing in [Doing::Idle, Doing::Partly, Doing::Busy] {
            for &(pool, line) in &self.centres[order.from].lines {
                // Whoever can do the work where they are has nowhere to go.
                let guests = self.pools[self.centres[order.to].pools.start + order.pool].roles;
                let PoolState::Crews(crews) = &self.pools[pool as usize].state else { continue };
                if order.from == order.to && self.pools[pool as usize].roles & guests == guests {
                    continue;
                }
                // Whoever has a break due takes it, and one who has been sent already leaves.
                let members = crews[line as usize].members.iter().copied();
                let free = members
                    .filter(|o| self.officers[*o].doing == doing && self.officers[*o].break_due <= 0.0);
                found.extend(free);
            }
        }
        found.truncate(most as usize);
        found
    }

    /// An officer begins a break without an end: travel begins.
    pub(super) fn depart(&mut self, o: u32) {
        let (now, stamp) = (self.now, self.officers[o].stamp);
        let mut owed = 0.0;
        for i in 0..self.triggers.len() {
            let orders = &self.model.triggers[i].moves;
            let mut left = false;
            for away in &mut self.triggers[i].away {
                if away.officer == o && away.stamp == stamp && away.place == MovePlace::Leaving {
                    away.place = MovePlace::Going(now + orders[away.order].travel);
                    owed += std::mem::take(&mut away.owed);
                    left = true;
                }
            }
            if left {
                self.look_at(i);
            }
        }
        // Taken on return, as those that fall due from now on.
        self.officers[o].break_due = owed;
    }

    /// A break falls due for an officer who is about to be moved and has a case in hand.
    #[cold]
    pub(super) fn owe_break(&mut self, o: u32, length: f64) {
        let stamp = self.officers[o].stamp;
        let all = self.triggers.iter_mut().flat_map(|run| &mut run.away);
        let leaving =
            |away: &&mut Away| away.officer == o && away.stamp == stamp && away.place == MovePlace::Leaving;
        if let Some(away) = all.into_iter().find(leaving) {
            away.owed += length;
        }
    }

    /// Moves on whoever has arrived somewhere, and calls back those who are away where the trigger is off; gives when the next arrives.
    pub(super) fn follow_moves(&mut self, i: usize, rules: &Trigger) -> f64 {
        let now = self.now;
        for k in (0..self.triggers[i].away.len()).rev() {
            let away = self.triggers[i].away[k];
            let officer = &self.officers[away.officer];
            let stays = away.place == MovePlace::Leaving && officer.break_due != f64::INFINITY;
            let gone = officer.stamp != away.stamp || stays;
            let on = self.triggers[i].on;
            match away.place {
                // The shift at home is over, and with it the move; who is there, or has not left, finishes the case in hand.
                _ if gone => {
                    self.book_move(i, k);
                    self.triggers[i].away.remove(k);
                }
                MovePlace::Leaving if !on => {
                    self.officers[away.officer].break_due = away.owed;
                    // Has had cases in hand all the time, and may take more again unless a break is due.
                    if self.officers[away.officer].doing == Doing::Busy && away.owed <= 0.0 {
                        self.take_more(away.officer);
                        self.put_off(usize::from(self.officers[away.officer].centre), None);
                    }
                    self.triggers[i].away.remove(k);
                }
                MovePlace::Going(at) if at <= now => self.triggers[i].away[k].place = MovePlace::There(now),
                MovePlace::Returning(_, at) if at <= now => {
                    self.triggers[i].away.remove(k);
                    self.end_break(away.officer);
                }
                _ => {}
            }
        }
        for (m, order) in rules.moves.iter().enumerate() {
            if !self.triggers[i].on {
                self.call_back_officers(i, m, order);
            }
            let there = self.triggers[i]
                .away
                .iter()
                .filter(|a| a.order == m && matches!(a.place, MovePlace::There(_)));
            let there = there.count() as u32;
            self.set_guests(order.to, order.pool, there);
        }
        let next = |away: &Away| match away.place {
            MovePlace::Going(at) | MovePlace::Returning(_, at) => at,
            MovePlace::Leaving | MovePlace::There(_) => f64::INFINITY,
        };
        self.triggers[i].away.iter().map(next).fold(f64::INFINITY, f64::min)
    }

    /// Those who are there go back: who is idle now, the others after their cases.
    fn call_back_officers(&mut self, i: usize, m: usize, order: &Move) {
        let now = self.now;
        let there: Vec<usize> = (0..self.triggers[i].away.len())
            .filter(|&k| {
                self.triggers[i].away[k].order == m
                    && matches!(self.triggers[i].away[k].place, MovePlace::There(_))
            })
            .collect();
        if there.is_empty() {
            return;
        }
        let pool = self.centres[order.to].pools.start + order.pool;
        let at_work = |r: &super::request::Request| r.phase == Phase::InService && r.pool as usize == pool;
        let mut ends: Vec<f64> =
            self.requests.iter().filter(|(_, r)| at_work(r)).map(|(_, r)| r.ends).collect();
        ends.sort_by(f64::total_cmp);
        let idle = there.len().saturating_sub(ends.len());
        for (n, k) in there.into_iter().enumerate() {
            self.book_move(i, k);
            let from = if n < idle { now } else { ends[n - idle].max(now) };
            self.triggers[i].away[k].place = MovePlace::Returning(from, from + order.travel);
        }
    }

    /// Books the time that an officer has been there.
    pub(super) fn book_move(&mut self, i: usize, k: usize) {
        let Away { order, place, .. } = self.triggers[i].away[k];
        if let MovePlace::There(since) = place {
            let until = self.now.min(self.model.run.end());
            let seconds = (until - since.max(self.obs.from)).max(0.0);
            self.triggers[i].add_moved(order, seconds);
        }
    }

    /// A trigger is looked at, when all else of this instant has happened.
    pub(super) fn look_at(&mut self, i: usize) {
        if self.triggers[i].looking != self.now {
            self.triggers[i].looking = self.now;
            self.events.schedule(self.entity_of_trigger(i), self.now, Rank::Look);
        }
    }

    /// Somebody's shift has ended while away, or a shift has begun: triggers that move officers are looked at.
    #[cold]
    pub(super) fn look_at_moves(&mut self) {
        for i in 0..self.triggers.len() {
            let wants = self.triggers[i].on && !self.model.triggers[i].moves.is_empty();
            if wants || !self.triggers[i].away.is_empty() {
                self.look_at(i);
            }
        }
    }

    /// So many guests are on duty at a centre.
    fn set_guests(&mut self, centre: usize, pool: usize, officers: u32) {
        let p = self.centres[centre].pools.start + pool;
        if let PoolState::Levels(levels) = &self.pools[p].state
            && levels.observed.map_or(0, |seen| seen.0) != officers
        {
            self.set_on_call(centre, pool, officers);
        }
    }
}
