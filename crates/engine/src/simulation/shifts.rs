//! What happens at a change of roster: ends first, then starts, then the queue is served.

use super::centre::PoolState;
use super::components::Component;
use super::event_list::{Entity, Rank};
use super::integral::Count;
use super::officers::Doing;
use super::request::NONE;
use super::shift_calendar::{Shift, level, scaled};
use super::sim::Sim;
use crate::model::{Closing, PoolKind, ShiftEnd, ShiftLine};
use std::cmp::Reverse;

impl Sim<'_> {
    /// Finds the lines of a centre that change now: those whose time has come, or all when an exception begins or
    /// ends. Gives the factor of the exceptions.
    pub(crate) fn find_changes(&mut self, centre: usize) -> f64 {
        let run = &mut self.centres[centre];
        let place = run.next_factor(self.now);
        let factor = if place == 0 { 1.0 } else { run.factors[place - 1].1 };
        run.due.clear();
        if factor != run.factor {
            run.factor = factor;
            run.changes.clear();
            run.due.extend(0..run.lines.len() as u32);
            return factor;
        }
        while let Some(Reverse((at, line))) = run.changes.peek().copied()
            && f64::from_bits(at) <= self.now
        {
            run.changes.pop();
            run.due.push(line);
        }
        run.due.sort_unstable();
        factor
    }

    /// Levels fall and shifts end.
    pub(crate) fn end_shifts(&mut self, centre: usize, factor: f64) {
        for pool in self.level_pools(centre) {
            self.lower_level(centre, pool, factor);
        }
        for i in 0..self.centres[centre].due.len() {
            let (pool, line) = self.due_line(centre, i);
            self.shrink_crew(centre, pool, line, factor);
        }
    }

    /// Levels rise, and shifts and breaks begin.
    pub(crate) fn begin_shifts(&mut self, centre: usize, factor: f64) {
        for pool in self.level_pools(centre) {
            self.raise_level(centre, pool, factor);
        }
        for i in 0..self.centres[centre].due.len() {
            let (pool, line) = self.due_line(centre, i);
            let PoolKind::Crews(lines) = &self.pools[pool].rules.kind else { continue };
            let rules = &lines[line];
            self.grow_crew(centre, pool, line, rules, factor);
            self.break_crew(pool, line, rules);
            let next = self.next_change(pool, line);
            if next < f64::INFINITY {
                let run = &mut self.centres[centre];
                run.changes.push(Reverse((next.to_bits(), run.due[i])));
            }
            self.look_at_moves();
        }
    }

    /// Pools of a centre whose officers are a level.
    fn level_pools(&self, centre: usize) -> impl Iterator<Item = usize> + use<> {
        let pools = self.centres[centre].pools.clone();
        let levels = pools.filter(|p| matches!(self.pools[*p].state, PoolState::Levels(_)));
        levels.collect::<Vec<_>>().into_iter()
    }

    /// Pool and line of the `i`th of the lines that change now.
    fn due_line(&self, centre: usize, i: usize) -> (usize, usize) {
        let run = &self.centres[centre];
        let (pool, line) = run.lines[run.due[i] as usize];
        (pool as usize, line as usize)
    }

    /// Closes all hours of a component that are over, before anything is recorded.
    #[inline(never)]
    pub(crate) fn turn_hours(&mut self, component: &Component) {
        let centres = &self.centres;
        self.obs.turn_hours(component, &mut self.stations, |c| centres[c].stations.clone(), self.now);
    }

    /// Officers of a pool come on duty or leave: counted once for the centre and at each station of theirs.
    fn on_duty(&mut self, pool: usize, by: f64) {
        let pool = &mut self.pools[pool];
        if let PoolState::Crews(_) = &pool.state {
            pool.present = pool.present.saturating_add_signed(by as i32);
        }
        self.obs.on_duty(pool.centre, by, self.now);
        for &station in &pool.stations {
            self.stations[station as usize].change(Count::OnDuty, by, self.now);
        }
    }

    /// Whether somebody is on duty, for each role held at a centre.
    pub(crate) fn roles_on_duty(&self, centre: usize) -> Vec<bool> {
        self.stations[self.net.stations(centre)]
            .iter()
            .map(|station| station.count(Count::OnDuty) > 0.0)
            .collect()
    }

    pub(crate) fn next_roster_change(&self, centre: usize) -> f64 {
        let run = &self.centres[centre];
        let factor_changes = run.factors.get(run.next_factor(self.now)).map_or(f64::INFINITY, |next| next.0);
        let mut next = factor_changes.min(self.next_change_of_reserves(centre));
        let begin = self.model.run.begin();
        if begin > self.now {
            next = next.min(begin);
        }
        if let Some(Reverse((at, _))) = run.changes.peek() {
            next = next.min(f64::from_bits(*at));
        }
        for pool in &self.pools[run.pools.clone()] {
            if let PoolState::Levels(levels) = &pool.state {
                next = next.min(levels.until);
            }
        }
        next
    }

    /// When the roster of a line changes next.
    pub(crate) fn next_change(&mut self, pool: usize, line: usize) -> f64 {
        let crew = self.crew(pool, line);
        let mut next = crew.events.next.map_or(f64::INFINITY, |shift| shift.start);
        if let Some(shift) = crew.shift {
            next = next.min(shift.end);
            if let Some(Reverse((at, ..))) = crew.breaks.peek() {
                next = next.min(f64::from_bits(*at));
            }
            next = crew.resting.iter().copied().fold(next, f64::min);
        }
        next
    }

    pub(super) fn lower_level(&mut self, centre: usize, pool: usize, factor: f64) {
        let model = self.model;
        let run = &mut self.pools[pool];
        let PoolKind::Levels(plan) = &run.rules.kind else { return };
        let clock = &model.clocks[model.centres[centre].clock];
        let (target, until) = level(&plan.plan, clock, self.now);
        let PoolState::Levels(levels) = &mut run.state else { return };
        let target = levels.observed_at(self.now).unwrap_or_else(|| scaled(target, factor));
        levels.until = until;
        if target >= levels.level {
            return;
        }
        let fall = levels.level - target;
        levels.level = target;
        let listed = levels.listed;
        let left = levels.seats.as_mut().map(|seats| seats.fall(target));
        self.on_duty(pool, -f64::from(fall));
        // By officer: each who leaves has a case of his own to finish, which is overtime from now on. By count there are no names,
        // and whoever is busy beyond the level is in overtime.
        if let Some(left) = left {
            for s in left {
                self.requests[s].leaving += 1;
                let station = self.requests[s].station;
                if let PoolState::Levels(levels) = &mut self.pools[pool].state {
                    levels.busy -= 1;
                    levels.leaving += 1;
                }
                self.stations[station as usize].change(Count::Overtime, 1.0, self.now);
            }
            return;
        }
        if !listed {
            self.count_overtime(pool);
            return;
        }
        // Cut off from the last begun: least work is lost, and the order does not depend on where requests lie in memory.
        loop {
            let PoolState::Levels(levels) = &self.pools[pool].state else { return };
            let last = levels.tail;
            if levels.busy <= target || last == NONE {
                return;
            }
            let team = self.interrupt(last);
            self.free_team(last, team);
        }
    }

    pub(super) fn raise_level(&mut self, centre: usize, pool: usize, factor: f64) {
        let model = self.model;
        let run = &mut self.pools[pool];
        let PoolKind::Levels(plan) = &run.rules.kind else { return };
        let clock = &model.clocks[model.centres[centre].clock];
        let PoolState::Levels(levels) = &mut run.state else { return };
        let planned = || scaled(level(&plan.plan, clock, self.now).0, factor);
        let target = levels.observed_at(self.now).unwrap_or_else(planned);
        if target <= levels.level {
            return;
        }
        let rise = target - levels.level;
        levels.level = target;
        let counted = !levels.listed && levels.seats.is_none();
        if let Some(seats) = &mut levels.seats {
            seats.rise(target);
        }
        self.on_duty(pool, f64::from(rise));
        if counted {
            self.count_overtime(pool);
        }
    }

    /// Ends a crew's shift when it is over, and sends home whom an exception takes away.
    pub(super) fn shrink_crew(&mut self, centre: usize, pool: usize, line: usize, factor: f64) {
        let now = self.now;
        let crew = self.crew(pool, line);
        let Some(shift) = crew.shift else { return };
        let target = if shift.end <= now {
            crew.shift = None;
            crew.breaks.clear();
            0
        } else {
            scaled(shift.present, factor) as usize
        };
        if crew.members.len() <= target {
            return;
        }
        // The idle go first, then those who came last.
        let members = std::mem::take(&mut crew.members);
        let excess = members.len() - target;
        let idle: Vec<bool> = members.iter().map(|&o| self.officers[o].doing == Doing::Idle).collect();
        let mut goes = vec![false; members.len()];
        let mut left = excess;
        for pass in [true, false] {
            for i in (0..members.len()).rev() {
                if left > 0 && !goes[i] && idle[i] == pass {
                    goes[i] = true;
                    left -= 1;
                }
            }
        }
        let stay = members.iter().zip(&goes).filter(|(_, goes)| !**goes).map(|(o, _)| *o).collect();
        self.crew(pool, line).members = stay;
        for (&o, _) in members.iter().zip(&goes).filter(|(_, goes)| **goes) {
            self.go_off_duty(centre, pool, line, o);
        }
    }

    /// The next shift of a crew begins when it is time; an exception that is over gives officers back. Those of the
    /// line who still finish a case are the first of them, since nobody can be on two shifts.
    pub(super) fn grow_crew(
        &mut self,
        centre: usize,
        pool: usize,
        line: usize,
        rules: &ShiftLine,
        factor: f64,
    ) {
        let (model, now, absences) = (self.model, self.now, self.absences);
        let mut owed = self.centres[centre].owed;
        let crew = self.crew(pool, line);
        if let Some(mut next) = crew.events.next
            && next.start <= now
        {
            crew.events.step(model, &model.centres[centre], rules);
            // Absence is settled when the shift begins and not when it was planned: what is owed the centre goes by time.
            crew.events.settle(&mut next, (&model.centres[centre], rules), absences, &mut owed);
            crew.shift = Some(next);
            crew.breaks.clear();
            self.centres[centre].owed = owed;
        }
        let Some(Shift { present, .. }) = self.crew(pool, line).shift else { return };
        let target = scaled(present, factor) as usize;
        let target = self.rested(pool, line, (target, present));
        let more = target.saturating_sub(self.crew(pool, line).members.len());
        for _ in 0..more {
            let rests = model.centres[centre].min_rest > 0.0;
            let o = match self.crew(pool, line).overtime.first().filter(|_| !rests) {
                Some(o) => {
                    self.end_overtime(pool, line, o);
                    o
                }
                None => {
                    let o = self.officers.insert(centre, pool, line, rules.listed);
                    self.pools[pool].make_idle_officer(&mut self.officers, o, now);
                    o
                }
            };
            let members = &mut self.crew(pool, line).members;
            let place = members.len();
            members.push(o);
            if !rules.breaks.is_empty() {
                self.plan_breaks(pool, line, rules, o, (place, target));
            }
        }
        // Those who went on from overtime come on duty too: their shift had ended in the books.
        if more > 0 {
            self.on_duty(pool, more as f64);
        }
    }

    /// An officer in overtime is on duty again, with the case in hand.
    fn end_overtime(&mut self, pool: usize, line: usize, o: u32) {
        if let PoolState::Crews(crews) = &mut self.pools[pool].state {
            crews[line].overtime.remove(&mut self.officers, o);
        }
        self.events.cancel(Entity::Officer(o));
        let officer = &mut self.officers[o];
        officer.doing = Doing::Busy;
        officer.break_due = 0.0;
        let station = self.requests[officer.request].station;
        let station = self.station_at_work(o, station);
        self.stations[station as usize].change(Count::Overtime, -1.0, self.now);
        self.take_more(o);
    }

    /// Notes when the officer at a `place` among `of` in a crew has breaks in the shift under way.
    fn plan_breaks(
        &mut self,
        pool: usize,
        line: usize,
        rules: &ShiftLine,
        o: u32,
        (place, of): (usize, usize),
    ) {
        let (now, stamp) = (self.now, self.officers[o].stamp);
        let crew = self.crew(pool, line);
        let Some(shift) = crew.shift else { return };
        for (which, b) in rules.breaks.iter().enumerate() {
            let at = shift.start + b.begin(place as u32, of as u32);
            // A break that began before the run, or before the officer came, is not made up for.
            if at >= now {
                crew.breaks.push(Reverse((at.to_bits(), place as u32, o, stamp, which as u32)));
            }
        }
    }

    /// Starts the breaks of a crew that are due.
    fn break_crew(&mut self, pool: usize, line: usize, rules: &ShiftLine) {
        let now = self.now;
        while let Some(Reverse((at, _, o, stamp, which))) = self.crew(pool, line).breaks.peek().copied()
            && f64::from_bits(at) <= now
        {
            self.crew(pool, line).breaks.pop();
            let officer = &mut self.officers[o];
            // Whoever was sent home meanwhile takes no break.
            if officer.stamp != stamp || officer.doing == Doing::Overtime {
                continue;
            }
            let length = rules.breaks[which as usize].length;
            if officer.break_due == f64::INFINITY {
                self.owe_break(o, length);
                continue;
            }
            officer.break_due += length;
            if officer.doing == Doing::Idle {
                self.pools[pool].withdraw(&mut self.officers, o);
                self.begin_break(o);
            } else {
                self.take_no_more(o);
            }
        }
    }

    /// An officer, idle or just free, goes on the break that is due.
    pub(crate) fn begin_break(&mut self, o: u32) {
        let now = self.now;
        let officer = &mut self.officers[o];
        officer.doing = Doing::OnBreak;
        // All that is due at once: a break that fell due during a long case is not lost, and two become one.
        let length = std::mem::take(&mut officer.break_due);
        let pool = officer.pool as usize;
        if length < f64::INFINITY {
            self.events.schedule(Entity::Officer(o), now + length, Rank::Finish);
        } else {
            self.depart(o);
        }
        self.on_duty(pool, -1.0);
    }

    /// An officer of a pool has gone on a break: where nobody of a role is left, its queue closes as at the end of
    /// a shift, since new requests find it closed too.
    pub(crate) fn close_stations(&mut self, pool: usize) {
        if self.model.centres[self.pools[pool].centre].closing != Closing::Transfer {
            return;
        }
        for i in 0..self.pools[pool].stations.len() {
            let station = self.pools[pool].stations[i] as usize;
            if self.stations[station].count(Count::OnDuty) <= 0.0 {
                self.instant.closing.push(station);
                self.instant.open = true;
            }
        }
    }

    /// An officer returns from a break, or goes on the next one where that fell due meanwhile.
    pub(crate) fn end_break(&mut self, o: u32) {
        let officer = &mut self.officers[o];
        if officer.break_due > 0.0 {
            let length = std::mem::take(&mut officer.break_due);
            self.events.schedule(Entity::Officer(o), self.now + length, Rank::Finish);
            return;
        }
        officer.doing = Doing::Idle;
        let (centre, pool) = (officer.centre as usize, officer.pool as usize);
        self.pools[pool].make_idle_officer(&mut self.officers, o, self.now);
        self.on_duty(pool, 1.0);
        // Not served at once: others may end their services or their shifts at this instant.
        self.put_off(centre, None);
    }

    /// An officer's shift is over: home at once, or after the case in hand, by the centre's rule.
    fn go_off_duty(&mut self, centre: usize, pool: usize, line: usize, o: u32) {
        let now = self.now;
        self.take_no_more(o);
        match self.officers[o].doing {
            Doing::OnBreak => {
                self.events.cancel(Entity::Officer(o));
                self.officers.remove(o);
                self.look_at_moves();
            }
            Doing::Idle => {
                self.pools[pool].withdraw(&mut self.officers, o);
                self.on_duty(pool, -1.0);
                self.officers.remove(o);
            }
            // Off duty in the books though still at work: hours beyond the roster are overtime, under every rule for the end of shifts.
            Doing::Busy | Doing::Partly => {
                self.on_duty(pool, -1.0);
                if self.officers[o].break_due == f64::INFINITY {
                    // Was about to be moved: the end of the shift ends that.
                    self.officers[o].break_due = 0.0;
                    self.look_at_moves();
                }
                let s = self.officers[o].request;
                let station = self.station_at_work(o, self.requests[s].station);
                self.officers[o].doing = Doing::Overtime;
                if let PoolState::Crews(crews) = &mut self.pools[pool].state {
                    crews[line].overtime.push(&mut self.officers, o);
                }
                self.stations[station as usize].change(Count::Overtime, 1.0, now);
                let rules = &self.model.centres[centre];
                if rules.shift_end != ShiftEnd::Finish {
                    self.interrupt_all(o);
                } else if let Some(limit) = rules.overtime_limit {
                    // A case that ends at that very instant is finished.
                    self.events.schedule(Entity::Officer(o), now + limit.most, Rank::Roster);
                }
            }
            Doing::Overtime => {}
        }
    }

    /// So many of a shift under way are there.
    pub(super) fn set_present(&mut self, pool: usize, line: usize, there: u32) {
        if let Some(shift) = &mut self.crew(pool, line).shift {
            shift.present = there;
        }
    }

    fn crew(&mut self, pool: usize, line: usize) -> &mut super::centre::Crew {
        match &mut self.pools[pool].state {
            PoolState::Crews(crews) => &mut crews[line],
            PoolState::Levels(_) => unreachable!("crews are asked for in pools of crews only"),
        }
    }
}
