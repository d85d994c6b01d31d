//! What happens at a change of roster: ends first, then starts, then the queue is served.

use super::centre::{Doing, PoolState};
use super::components::Component;
use super::event_list::{Entity, Rank};
use super::integral::Count;
use super::request::NONE;
use super::shift_calendar::{Shift, factor, factor_changes, level, scaled};
use super::sim::Sim;
use crate::model::{Closing, Line, PoolKind, ShiftEnd};

impl Sim<'_> {
    /// Something in a centre's roster changes now.
    pub fn change_roster(&mut self, centre: usize) {
        let model = self.model;
        let factor = factor(model, centre, self.now);
        let open_before = self.roles_on_duty(centre);
        for pool in self.centres[centre].pools.clone() {
            match &self.pools[pool].rules.kind {
                PoolKind::Levels(_) => self.lower_level(centre, pool, factor),
                PoolKind::Crews(lines) => {
                    for line in 0..lines.len() {
                        self.shrink_crew(centre, pool, line, factor);
                    }
                }
            }
        }
        for pool in self.centres[centre].pools.clone() {
            match &self.pools[pool].rules.kind {
                PoolKind::Levels(_) => self.raise_level(centre, pool, factor),
                PoolKind::Crews(lines) => {
                    for (line, rules) in lines.iter().enumerate() {
                        self.grow_crew(centre, pool, line, rules, factor);
                        self.break_crew(pool, line, rules);
                    }
                }
            }
        }
        self.serve(centre);
        if model.centres[centre].closing == Closing::Transfer {
            let open = self.roles_on_duty(centre);
            for (station, (before, now)) in self.net.stations(centre).zip(open_before.iter().zip(&open)) {
                if *before && !*now {
                    self.transfer(station);
                }
            }
        }
        let next = self.next_roster_change(centre);
        if next < f64::INFINITY {
            self.events.schedule(Entity::Roster(centre as u32), next, Rank::Roster);
        }
    }

    /// Closes all hours of a component that are over, before anything is recorded.
    #[inline(never)]
    pub fn turn_hours(&mut self, component: &Component) {
        let centres = &self.centres;
        self.obs.turn_hours(component, &mut self.stations, |c| centres[c].stations.clone(), self.now);
    }

    /// Officers of a pool come on duty or leave: counted once for the centre and at each station of theirs.
    fn on_duty(&mut self, pool: usize, by: f64) {
        let pool = &self.pools[pool];
        self.obs.on_duty(pool.centre, by, self.now);
        for &station in &pool.stations {
            self.stations[station as usize].change(Count::OnDuty, by, self.now);
        }
    }

    /// Whether somebody is on duty, for each role held at a centre.
    fn roles_on_duty(&self, centre: usize) -> Vec<bool> {
        self.stations[self.net.stations(centre)]
            .iter()
            .map(|station| station.count(Count::OnDuty) > 0.0)
            .collect()
    }

    fn next_roster_change(&self, centre: usize) -> f64 {
        let mut next = factor_changes(self.model, centre, self.now);
        for pool in &self.pools[self.centres[centre].pools.clone()] {
            match (&pool.state, &pool.rules.kind) {
                (PoolState::Levels(levels), _) => next = next.min(levels.until),
                (PoolState::Crews(crews), PoolKind::Crews(lines)) => {
                    for (crew, line) in crews.iter().zip(lines) {
                        if let Some(shift) = crew.shift {
                            next = next.min(shift.end);
                            if let Some(b) = line.breaks.get(crew.breaks) {
                                next = next.min(shift.start + b.after);
                            }
                        }
                        if let Some(shift) = crew.events.next {
                            next = next.min(shift.start);
                        }
                    }
                }
                (PoolState::Crews(_), PoolKind::Levels(_)) => {}
            }
        }
        next
    }

    fn lower_level(&mut self, centre: usize, pool: usize, factor: f64) {
        let model = self.model;
        let run = &mut self.pools[pool];
        let PoolKind::Levels(plan) = &run.rules.kind else { return };
        let clock = &model.clocks[model.centres[centre].clock];
        let (target, until) = level(&plan.plan, clock, self.now);
        let target = scaled(target, factor);
        let PoolState::Levels(levels) = &mut run.state else { return };
        levels.until = until;
        if target >= levels.level {
            return;
        }
        let fall = levels.level - target;
        levels.level = target;
        let listed = levels.listed;
        let left = levels.seats.as_mut().map(|seats| seats.fall(target));
        self.on_duty(pool, -f64::from(fall));
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

    fn raise_level(&mut self, centre: usize, pool: usize, factor: f64) {
        let model = self.model;
        let run = &mut self.pools[pool];
        let PoolKind::Levels(plan) = &run.rules.kind else { return };
        let clock = &model.clocks[model.centres[centre].clock];
        let target = scaled(level(&plan.plan, clock, self.now).0, factor);
        let PoolState::Levels(levels) = &mut run.state else { return };
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
    fn shrink_crew(&mut self, centre: usize, pool: usize, line: usize, factor: f64) {
        let now = self.now;
        let crew = self.crew(pool, line);
        let Some(shift) = crew.shift else { return };
        let target = if shift.end <= now {
            crew.shift = None;
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

    /// The next shift of a crew begins when it is time; an exception that is over gives officers back.
    fn grow_crew(&mut self, centre: usize, pool: usize, line: usize, rules: &Line, factor: f64) {
        let (model, now, absences) = (self.model, self.now, self.absences);
        let crew = self.crew(pool, line);
        if let Some(next) = crew.events.next
            && next.start <= now
        {
            crew.events.step(model, &model.centres[centre], rules, absences);
            crew.shift = Some(next);
            crew.breaks = 0;
        }
        let Some(Shift { present, .. }) = crew.shift else { return };
        let target = scaled(present, factor) as usize;
        let more = target.saturating_sub(crew.members.len());
        for _ in 0..more {
            let o = self.officers.insert(centre, pool, line);
            self.crew(pool, line).members.push(o);
            self.pools[pool].make_idle_officer(line, o);
        }
        if more > 0 {
            self.on_duty(pool, more as f64);
        }
    }

    /// Starts the breaks of a crew that are due.
    fn break_crew(&mut self, pool: usize, line: usize, rules: &Line) {
        let now = self.now;
        loop {
            let crew = self.crew(pool, line);
            let Some(shift) = crew.shift else { return };
            let Some(b) = rules.breaks.get(crew.breaks) else { return };
            if shift.start + b.after > now {
                return;
            }
            crew.breaks += 1;
            // A break that began before the run is not made up for.
            if shift.start + b.after < now {
                continue;
            }
            let members = crew.members.clone();
            for o in members {
                let officer = &mut self.officers[o];
                officer.break_due += b.length;
                if officer.doing == Doing::Idle {
                    self.pools[pool].withdraw(line, o);
                    self.begin_break(o);
                }
            }
        }
    }

    /// An officer, idle or just free, goes on the break that is due.
    pub fn begin_break(&mut self, o: u32) {
        let now = self.now;
        let officer = &mut self.officers[o];
        officer.doing = Doing::OnBreak;
        let length = std::mem::take(&mut officer.break_due);
        let pool = officer.pool as usize;
        self.events.schedule(Entity::Officer(o), now + length, Rank::Finish);
        self.on_duty(pool, -1.0);
    }

    /// An officer returns from a break, or goes on the next one where that fell due meanwhile.
    pub fn end_break(&mut self, o: u32) {
        let officer = &mut self.officers[o];
        if officer.break_due > 0.0 {
            let length = std::mem::take(&mut officer.break_due);
            self.events.schedule(Entity::Officer(o), self.now + length, Rank::Finish);
            return;
        }
        officer.doing = Doing::Idle;
        let (centre, pool, line) = (officer.centre as usize, officer.pool as usize, officer.line as usize);
        self.pools[pool].make_idle_officer(line, o);
        self.on_duty(pool, 1.0);
        self.serve(centre);
    }

    /// An officer's shift is over: home at once, or after the case in hand, by the centre's rule.
    fn go_off_duty(&mut self, centre: usize, pool: usize, line: usize, o: u32) {
        let now = self.now;
        match self.officers[o].doing {
            Doing::OnBreak => {
                self.events.cancel(Entity::Officer(o));
                self.officers.remove(o);
            }
            Doing::Idle => {
                self.pools[pool].withdraw(line, o);
                self.on_duty(pool, -1.0);
                self.officers.remove(o);
            }
            Doing::Busy => {
                self.on_duty(pool, -1.0);
                let s = self.officers[o].request;
                let station = self.requests[s].station;
                self.officers[o].doing = Doing::Overtime;
                self.stations[station as usize].change(Count::Overtime, 1.0, now);
                if self.model.centres[centre].shift_end != ShiftEnd::Finish {
                    let team = self.interrupt(s);
                    self.free_team(s, team);
                }
            }
            Doing::Overtime => {}
        }
    }

    fn crew(&mut self, pool: usize, line: usize) -> &mut super::centre::Crew {
        match &mut self.pools[pool].state {
            PoolState::Crews(crews) => &mut crews[line],
            PoolState::Levels(_) => unreachable!("crews are asked for in pools of crews only"),
        }
    }
}
