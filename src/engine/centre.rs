//! The officers and queues of one centre during a run.

use super::queue::Queue;
use super::request::{NONE, NOWHERE};
use super::roster::{LineCalendar, Shift};
use std::collections::VecDeque;

use crate::model::{Centre, LevelEnd, Model, PoolKind, RoleMask, ShiftEnd};

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
    pub calendar: LineCalendar,
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
pub(super) struct PoolRun {
    pub roles: RoleMask,
    /// Slots of these roles, in order.
    pub slots: Vec<u8>,
    /// Idle officers of its crews.
    pub idle: u32,
    pub state: PoolState,
}

impl PoolRun {
    /// Officers who can begin a case now.
    #[inline]
    pub fn free(&self) -> u32 {
        match &self.state {
            PoolState::Levels(l) => l.free(),
            PoolState::Crews(_) => self.idle,
        }
    }

    /// An officer of a crew becomes idle.
    #[inline]
    pub fn rests(&mut self, line: usize, officer: u32) {
        if let PoolState::Crews(crews) = &mut self.state {
            crews[line].idle.push(officer);
            self.idle += 1;
        }
    }

    /// An idle officer of a crew goes home or on a break.
    pub fn withdraws(&mut self, line: usize, officer: u32) {
        if let PoolState::Crews(crews) = &mut self.state {
            crews[line].idle.retain(|o| *o != officer);
            self.idle -= 1;
        }
    }
}

/// A centre during a run.
#[derive(Debug)]
pub(super) struct CentreRun {
    pub pools: Vec<PoolRun>,
    /// Slot of each model role (0: nobody here holds it).
    pub slots: Vec<u8>,
    /// Queue of each slot from 1 on, at index slot - 1.
    pub queues: Vec<Queue>,
    /// All waiting here.
    pub waiting: u32,
}

impl CentreRun {
    /// Nobody on duty yet: the roster event at the origin brings them.
    pub fn new(model: &Model, centre: &Centre, absences: u64) -> Self {
        let held = centre.pools.iter().fold(0, |mask, pool| mask | pool.roles);
        let mut slots = vec![0_u8; model.roles.len()];
        let mut used = 0;
        for (role, slot) in slots.iter_mut().enumerate() {
            if held >> role & 1 == 1 {
                used += 1;
                *slot = used;
            }
        }
        let pools = centre
            .pools
            .iter()
            .map(|pool| {
                let state = match &pool.kind {
                    PoolKind::Crews(lines) => PoolState::Crews(
                        lines
                            .iter()
                            .map(|line| Crew {
                                calendar: LineCalendar::new(model, centre, line, absences),
                                shift: None,
                                breaks: 0,
                                members: Vec::new(),
                                idle: Vec::new(),
                            })
                            .collect(),
                    ),
                    PoolKind::Levels(levels) => PoolState::Levels(LevelState {
                        level: 0,
                        busy: 0,
                        leaving: 0,
                        over: 0,
                        seats: (centre.shift_end == ShiftEnd::Finish && levels.end == LevelEnd::ByOfficer)
                            .then(Seats::default),
                        listed: centre.shift_end != ShiftEnd::Finish,
                        head: NONE,
                        tail: NONE,
                        until: 0.0,
                    }),
                };
                let own = (0..model.roles.len()).filter(|r| pool.roles >> r & 1 == 1);
                PoolRun { roles: pool.roles, slots: own.map(|r| slots[r]).collect(), idle: 0, state }
            })
            .collect();
        let queues = (0..used).map(|_| Queue::new(centre.discipline)).collect();
        Self { pools, slots, queues, waiting: 0 }
    }

    /// Slot of a role.
    #[inline]
    pub fn slot(&self, role: usize) -> usize {
        self.slots[role] as usize
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
