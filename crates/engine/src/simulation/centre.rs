//! The officers and queues of one centre during a run.

use super::network::Network;
use super::request::{NONE, NOWHERE};
use super::shift_calendar::{LineCalendar, Shift};
use super::station::Station;
use crate::model::{Centre, LevelEnd, Model, Pool, PoolKind, RoleMask, ShiftEnd};
use std::collections::VecDeque;
use std::ops::Range;

/// What an officer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Idle,
    Busy,
    /// Busy beyond the end of the shift: goes home after this case.
    Overtime,
    OnBreak,
}

/// An officer of a crew.
#[derive(Debug, Clone)]
pub(super) struct Officer {
    pub centre: u16,
    pub pool: u16,
    pub line: u16,
    pub doing: Doing,
    /// Request in hand.
    pub request: u32,
    /// Next officer of the same team.
    pub team: u32,
    /// Tells an officer from the earlier ones who had the same slot.
    pub stamp: u32,
    /// Length of breaks due after the case in hand, seconds.
    pub break_due: f64,
}

/// A crew line during a run.
#[derive(Debug)]
pub(super) struct Crew {
    pub events: LineCalendar,
    /// The shift under way.
    pub shift: Option<Shift>,
    /// Breaks of that shift already begun.
    pub breaks: usize,
    /// Officers of the shift, in the order they came: idle, busy or on a break.
    pub members: Vec<u32>,
    /// The idle ones.
    pub idle: Vec<u32>,
}

/// Officers on duty as a mere number.
#[derive(Debug)]
pub(super) struct LevelState {
    pub level: u32,
    /// Busy and counted against the level.
    pub busy: u32,
    /// Busy on top of the level, leaving after their case (by-officer).
    pub leaving: u32,
    /// Busy beyond the level now: overtime.
    pub over: u32,
    /// By-officer: the request in each officer's hand ([`NONE`] where idle), for those on duty in the
    /// order they came, and the idle ones, the longest idle first. Unused otherwise.
    pub seats: Option<Seats>,
    /// Neither seats nor a list: officers are a mere number.
    pub anonymous: bool,
    /// Whether services under way are listed, because a fall of the level cuts some of them off.
    pub listed: bool,
    /// The services under way, oldest first.
    pub head: u32,
    pub tail: u32,
    /// When the level may change next.
    pub until: f64,
}

/// The officers of a by-officer level as persons.
#[derive(Debug, Default)]
pub(super) struct Seats {
    pub hands: Vec<u32>,
    pub idle: VecDeque<u32>,
}

impl Seats {
    /// Gives a request to as many idle officers as it asks for, the longest idle first.
    pub fn take(&mut self, request: u32, officers: u32) {
        for _ in 0..officers {
            if let Some(seat) = self.idle.pop_front() {
                self.hands[seat as usize] = request;
            }
        }
    }

    /// The officers who are still on duty and have a request in hand become idle.
    pub fn release(&mut self, request: u32) {
        for (seat, hand) in self.hands.iter_mut().enumerate() {
            if *hand == request {
                *hand = NONE;
                self.idle.push_back(seat as u32);
            }
        }
    }

    /// More officers come on duty, idle.
    pub fn rise(&mut self, level: u32) {
        for seat in self.hands.len() as u32..level {
            self.hands.push(NONE);
            self.idle.push_back(seat);
        }
    }

    /// Those who came last leave; gives the requests that some of them have in hand, one entry for
    /// each officer.
    pub fn fall(&mut self, level: u32) -> Vec<u32> {
        self.idle.retain(|seat| *seat < level);
        let leaving = self.hands.split_off((level as usize).min(self.hands.len()));
        leaving.into_iter().filter(|hand| *hand != NONE).collect()
    }
}

impl LevelState {
    /// Officers who can begin a case.
    #[inline]
    pub fn free(&self) -> u32 {
        self.level.saturating_sub(self.busy)
    }
}

#[derive(Debug)]
pub(super) enum PoolState {
    Crews(Vec<Crew>),
    Levels(LevelState),
}

/// A pool during a run.
#[derive(Debug)]
pub(super) struct PoolRun<'m> {
    pub rules: &'m Pool,
    pub centre: usize,
    pub roles: RoleMask,
    /// Stations of these roles, in order.
    pub stations: Vec<u32>,
    /// Idle officers of its crews.
    pub idle: u32,
    pub state: PoolState,
}

impl PoolRun<'_> {
    /// Officers who can begin a case now.
    #[inline(always)]
    pub fn free(&self) -> u32 {
        match &self.state {
            PoolState::Levels(l) => l.free(),
            PoolState::Crews(_) => self.idle,
        }
    }

    /// An officer of a crew becomes idle.
    #[inline]
    pub fn make_idle_officer(&mut self, line: usize, officer: u32) {
        if let PoolState::Crews(crews) = &mut self.state {
            crews[line].idle.push(officer);
            self.idle += 1;
        }
    }

    /// An idle officer of a crew goes home or on a break.
    pub fn withdraw(&mut self, line: usize, officer: u32) {
        if let PoolState::Crews(crews) = &mut self.state {
            crews[line].idle.retain(|o| *o != officer);
            self.idle -= 1;
        }
    }
}

/// A centre during a run.
#[derive(Debug)]
pub(super) struct CentreRun {
    /// Numbers of its pools.
    pub pools: Range<usize>,
    /// Numbers of its stations, one for each role held.
    pub stations: Range<usize>,
    /// All waiting here.
    pub waiting: u32,
}

/// Centres and pools of a model. Nobody is on duty yet: the roster event at the origin brings them.
pub(super) fn centres<'m>(
    model: &'m Model,
    net: &Network<'m>,
    absences: u64,
) -> (Vec<CentreRun>, Vec<PoolRun<'m>>) {
    let mut pools: Vec<PoolRun> = Vec::new();
    let centres = model.centres.iter().enumerate().map(|(c, centre)| {
        let first = pools.len();
        for rules in &centre.pools {
            let held = (0..model.roles.len()).filter(|role| rules.roles >> role & 1 == 1);
            pools.push(PoolRun {
                rules,
                centre: c,
                roles: rules.roles,
                stations: held.filter_map(|role| net.station_of(c, role)).collect(),
                idle: 0,
                state: state(model, centre, &rules.kind, absences),
            });
        }
        CentreRun { pools: first..pools.len(), stations: net.stations(c), waiting: 0 }
    });
    (centres.collect(), pools)
}

/// The stations of all centres.
pub(super) fn stations(model: &Model, centres: &[CentreRun], pools: &[PoolRun]) -> Vec<Station> {
    let mut all = Vec::new();
    for (c, centre) in centres.iter().enumerate() {
        for station in centre.stations.clone() {
            let holds = |p: &usize| pools[*p].stations.contains(&(station as u32));
            // Somebody holds the role, or there were no station.
            let pool = centre.pools.clone().find(holds).unwrap_or(centre.pools.start);
            all.push(Station::new(model, c, pool));
        }
    }
    all
}

fn state(model: &Model, centre: &Centre, kind: &PoolKind, absences: u64) -> PoolState {
    match kind {
        PoolKind::Crews(lines) => {
            let crew = |line| Crew {
                events: LineCalendar::new(model, centre, line, absences),
                shift: None,
                breaks: 0,
                members: Vec::new(),
                idle: Vec::new(),
            };
            PoolState::Crews(lines.iter().map(crew).collect())
        }
        PoolKind::Levels(levels) => PoolState::Levels(LevelState {
            level: 0,
            busy: 0,
            leaving: 0,
            over: 0,
            seats: (centre.shift_end == ShiftEnd::Finish && levels.end == LevelEnd::ByOfficer)
                .then(Seats::default),
            anonymous: centre.shift_end == ShiftEnd::Finish && levels.end != LevelEnd::ByOfficer,
            listed: centre.shift_end != ShiftEnd::Finish,
            head: NONE,
            tail: NONE,
            until: 0.0,
        }),
    }
}

/// The officers of all crews of a run.
#[derive(Debug, Default)]
pub(super) struct Officers {
    all: Vec<Officer>,
    gone: Vec<u32>,
    stamp: u32,
}

impl Officers {
    /// A new officer, idle.
    pub fn insert(&mut self, centre: usize, pool: usize, line: usize) -> u32 {
        self.stamp = self.stamp.wrapping_add(1);
        let officer = Officer {
            centre: centre as u16,
            pool: pool as u16,
            line: line as u16,
            doing: Doing::Idle,
            request: NONE,
            team: NONE,
            stamp: self.stamp,
            break_due: 0.0,
        };
        if let Some(i) = self.gone.pop() {
            self.all[i as usize] = officer;
            i
        } else {
            self.all.push(officer);
            (self.all.len() - 1) as u32
        }
    }

    /// An officer goes home.
    pub fn remove(&mut self, officer: u32) {
        self.all[officer as usize].centre = NOWHERE;
        // The stamp of an absent officer fits nobody.
        self.all[officer as usize].stamp = 0;
        self.gone.push(officer);
    }
}

impl std::ops::Index<u32> for Officers {
    type Output = Officer;
    #[inline]
    fn index(&self, i: u32) -> &Officer {
        &self.all[i as usize]
    }
}

impl std::ops::IndexMut<u32> for Officers {
    #[inline]
    fn index_mut(&mut self, i: u32) -> &mut Officer {
        &mut self.all[i as usize]
    }
}
