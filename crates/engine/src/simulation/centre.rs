//! The officers and queues of one centre during a run.

use super::network::Network;
use super::officers::{OfficerList, Officers};
use super::preempt::AtWork;
use super::request::NONE;
use super::shift_calendar::{LineCalendar, Shift, factors};
use super::station::Station;
use crate::model::{
    CaseChoice, Centre, Concurrency, LevelEnd, Model, OfficerChoice, Pool, PoolKind, RoleId, RoleMask,
    ShiftEnd, ShiftLine, StageKind,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::ops::Range;

/// A break to begin: when (as bits), the officer's place in the crew, the officer and stamp, and which of the
/// shift's breaks.
pub(super) type DueBreak = (u64, u32, u32, u32, u32);

/// A crew line during a run.
#[derive(Debug)]
pub(super) struct Crew {
    pub events: LineCalendar,
    /// The shift under way.
    pub shift: Option<Shift>,
    /// Breaks of that shift still to begin, the next on top.
    pub breaks: BinaryHeap<Reverse<DueBreak>>,
    /// Officers of the shift, in the order they came: idle, busy or on a break.
    pub members: Vec<u32>,
    /// Officers of earlier shifts who still finish a case.
    pub overtime: OfficerList,
    /// When those who went home after overtime have rested.
    pub resting: Vec<f64>,
}

/// Officers on duty as a mere number.
#[derive(Debug)]
pub(super) struct LevelState {
    pub level: u32,
    /// Busy and counted against the level.
    pub busy: u32,
    /// Busy on top of the level, leaving after their case (by-officer).
    pub leaving: u32,
    /// Busy beyond the level now: overtime; and what of it is booked on each of the pool's stations.
    pub over: u32,
    pub over_by: Vec<f64>,
    /// By-officer: the request in each officer's hand ([`NONE`] where idle), for those on duty in the
    /// order they came, and the idle ones, the longest idle first. Unused otherwise.
    pub seats: Option<Seats>,
    /// Neither seats nor a list, nor cases that are cut off: officers are a mere number.
    pub anonymous: bool,
    /// Whether services under way are listed, because a fall of the level cuts some of them off.
    pub listed: bool,
    /// The services under way, oldest first.
    pub head: u32,
    pub tail: u32,
    /// When the level may change next.
    pub until: f64,
    /// Officers seen on duty at the beginning of a run from now, and until when they count in place of the plan's.
    pub observed: Option<(u32, f64)>,
}

/// The officers of a by-officer level as persons.
#[derive(Debug, Default)]
pub(super) struct Seats {
    hands: Vec<u32>,
    idle: VecDeque<u32>,
    /// Seats at work on requests that take several, so that no look through all seats finds them.
    teams: BTreeMap<u32, Vec<u32>>,
}

impl Seats {
    /// Gives a request to as many idle officers as it asks for, the longest idle first; the seat of the last of them.
    pub(super) fn take(&mut self, request: u32, officers: u32) -> u32 {
        let mut last = NONE;
        let mut team = Vec::new();
        for _ in 0..officers {
            if let Some(seat) = self.idle.pop_front() {
                self.hands[seat as usize] = request;
                last = seat;
                if officers > 1 {
                    team.push(seat);
                }
            }
        }
        if officers > 1 {
            // They are free again in the order of their seats.
            team.sort_unstable();
            self.teams.insert(request, team);
        }
        last
    }

    /// The officers who are still on duty and have a request in hand become idle; `seat` is that of one alone.
    pub(super) fn release(&mut self, request: u32, seat: u32, officers: u32) {
        if officers == 1 {
            self.free(request, seat);
        } else {
            for seat in self.teams.remove(&request).unwrap_or_default() {
                self.free(request, seat);
            }
        }
    }

    /// A seat is idle, unless its officer has left and perhaps another sits there now.
    fn free(&mut self, request: u32, seat: u32) {
        if let Some(hand) = self.hands.get_mut(seat as usize).filter(|hand| **hand == request) {
            *hand = NONE;
            self.idle.push_back(seat);
        }
    }

    /// More officers come on duty, idle.
    pub(super) fn rise(&mut self, level: u32) {
        for seat in self.hands.len() as u32..level {
            self.hands.push(NONE);
            self.idle.push_back(seat);
        }
    }

    /// Those who came last leave; gives the requests that some of them have in hand, one entry for
    /// each officer.
    pub(super) fn fall(&mut self, level: u32) -> Vec<u32> {
        self.idle.retain(|seat| *seat < level);
        let leaving = self.hands.split_off((level as usize).min(self.hands.len()));
        leaving.into_iter().filter(|hand| *hand != NONE).collect()
    }
}

impl LevelState {
    /// Officers seen on duty, while they count.
    pub(super) fn observed_at(&self, t: f64) -> Option<u32> {
        self.observed.filter(|(_, until)| t < *until).map(|(officers, _)| officers)
    }

    /// Officers who can begin a case.
    #[inline]
    pub(super) fn free(&self) -> u32 {
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
    /// Several cases in hand of one officer.
    pub concurrency: Option<&'m Concurrency>,
    /// Idle officers take turns as their lines are listed.
    by_line: bool,
    pub centre: usize,
    pub roles: RoleMask,
    /// Stations of these roles, in the order of preference where there is one.
    pub stations: Vec<u32>,
    /// How many roles its officers hold.
    pub held: u32,
    /// Its place among the centre's pools by the names of their roles, whatever the order in the file.
    pub rank: u32,
    /// How many officers of its crews are on duty.
    pub present: u32,
    /// How many officers of its crews are idle, and who.
    pub idle: u32,
    pub idlers: Idlers,
    pub state: PoolState,
}

/// Idle officers of a pool, in the order in which they take cases.
#[derive(Debug)]
pub(super) enum Idlers {
    /// The longest idle first.
    Longest(OfficerList),
    /// By the place of their line in the file, the longest idle of a line first; where an officer may have several cases in
    /// hand, by how many that are before.
    Listed(BTreeMap<(u32, u64), u32>),
}

impl PoolRun<'_> {
    /// Officers who can begin a case now.
    #[inline(always)]
    pub(super) fn free(&self) -> u32 {
        match &self.state {
            PoolState::Levels(l) => l.free(),
            PoolState::Crews(_) => self.idle,
        }
    }

    /// Where a role stands in the officers' order of preference; the same for all where there is no order.
    fn preference(&self, role: RoleId) -> u64 {
        self.rules.skills.iter().position(|skill| skill.role == role).unwrap_or(0) as u64
    }

    /// Officers on duty.
    pub(super) fn on_duty(&self) -> u32 {
        match &self.state {
            PoolState::Levels(levels) => levels.level,
            PoolState::Crews(_) => self.present,
        }
    }

    /// An officer of a crew becomes idle at `t`.
    #[inline]
    pub(crate) fn make_idle_officer(&mut self, officers: &mut Officers, o: u32, t: f64) {
        self.idle += 1;
        officers[o].since = t;
        match &mut self.idlers {
            Idlers::Longest(list) => list.push(officers, o),
            Idlers::Listed(map) => {
                let turn = match self.concurrency {
                    Some(_) => officers.next_turn_by_hands(o, self.by_line),
                    None => officers.next_turn(o),
                };
                map.insert(turn, o);
            }
        }
    }

    /// An idle officer of a crew takes up a case, goes home or on a break.
    #[inline]
    pub(crate) fn withdraw(&mut self, officers: &mut Officers, o: u32) {
        self.idle -= 1;
        match &mut self.idlers {
            Idlers::Longest(list) => list.remove(officers, o),
            Idlers::Listed(map) => {
                map.remove(&officers[o].turn);
            }
        }
    }

    /// The idle officers of its crews, in the order in which they take cases.
    pub(crate) fn idle_officers<'a>(&'a self, officers: &'a Officers) -> Box<dyn Iterator<Item = u32> + 'a> {
        match &self.idlers {
            Idlers::Longest(list) => Box::new(list.iter(officers)),
            Idlers::Listed(map) => Box::new(map.values().copied()),
        }
    }

    /// The idle officer whose turn it is, but for the one to be `avoided`.
    #[inline]
    pub(crate) fn next_idle(&self, officers: &Officers, avoided: u32) -> Option<u32> {
        match &self.idlers {
            Idlers::Longest(list) => list.first_but(officers, avoided),
            Idlers::Listed(map) => map.values().copied().find(|o| *o != avoided),
        }
    }

    /// Where officer `o` stands among idle officers of all pools of the centre for a case of a role: smaller takes it.
    pub(super) fn turn(
        &self,
        officers: &Officers,
        o: u32,
        choice: OfficerChoice,
        role: RoleId,
    ) -> (usize, u64, u64, u32) {
        // Times from the origin on, whose bits ascend as they do.
        let since = officers[o].since.to_bits();
        let held = u64::from(self.held);
        let in_hand = officers[o].hands.len();
        let (first, second, third) = match choice {
            OfficerChoice::LongestIdle => (since, held, self.rank),
            OfficerChoice::FewestRolesFirst => (held, since, self.rank),
            OfficerChoice::AsListed => (u64::from(officers[o].turn.0), since, self.rank),
            OfficerChoice::ByPreference => (self.preference(role), since, self.held << 16 | self.rank),
            // Speeds are above 0, so that their bits ascend as they do.
            OfficerChoice::Fastest => (self.rules.speed(role).to_bits(), since, self.held << 16 | self.rank),
        };
        (in_hand, first, second, third)
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
    /// Which idle officer takes a case.
    pub choice: OfficerChoice,
    /// Which case an officer takes.
    pub cases: CaseChoice,
    /// The first in line is next, and cuts nobody off.
    pub by_line: bool,
    /// Some officers may be idle and not begin a case: near the end of their shift, or before it has waited.
    pub selective: bool,
    /// The cases in hand, where urgent ones cut off others.
    pub at_work: Option<AtWork>,
    /// Pool and line of each crew, in the order of the lines' names.
    pub lines: Vec<(u32, u32)>,
    /// When the roster of each of them changes next, by its place in `lines`; times as bits.
    pub changes: BinaryHeap<Reverse<(u64, u32)>>,
    /// Lines that change now.
    pub due: Vec<u32>,
    /// The factor that exceptions put on its officers.
    pub factor: f64,
    /// That factor through all time; empty where it never changes.
    pub factors: Vec<(f64, f64)>,
    /// What fixed absence owes: officers who should have been absent less those who were.
    pub owed: f64,
}

impl CentreRun {
    /// Where the factor of exceptions that holds after `t` stands among all of them.
    pub(crate) fn next_factor(&self, t: f64) -> usize {
        self.factors.partition_point(|(from, _)| *from <= t)
    }
}

/// Centres and pools of a model. Nobody is on duty yet: the roster event at the origin brings them.
pub(super) fn centres<'m>(model: &'m Model, net: &Network<'m>) -> (Vec<CentreRun>, Vec<PoolRun<'m>>) {
    let mut pools: Vec<PoolRun> = Vec::new();
    let centres = model.centres.iter().enumerate().map(|(c, centre)| {
        let first = pools.len();
        for rules in &centre.pools {
            let held = (0..model.roles.len()).filter(|role| rules.roles >> role & 1 == 1);
            pools.push(PoolRun {
                rules,
                concurrency: centre.concurrency.as_deref(),
                by_line: centre.officer_choice == OfficerChoice::AsListed,
                centre: c,
                roles: rules.roles,
                stations: in_order(rules, held).filter_map(|role| net.station_of(c, role)).collect(),
                held: rules.roles.count_ones(),
                rank: 0,
                present: 0,
                idle: 0,
                idlers: match centre.officer_choice {
                    _ if centre.concurrency.is_some() => Idlers::Listed(BTreeMap::new()),
                    OfficerChoice::AsListed => Idlers::Listed(BTreeMap::new()),
                    _ => Idlers::Longest(OfficerList::EMPTY),
                },
                state: state(model, c, rules),
            });
        }
        rank_pools(model, &mut pools[first..]);
        CentreRun {
            lines: lines_by_name(&pools, first),
            pools: first..pools.len(),
            stations: net.stations(c),
            waiting: 0,
            choice: centre.officer_choice,
            cases: centre.case_choice,
            by_line: centre.case_choice == CaseChoice::FirstInLine && !preemptive(centre),
            selective: is_selective(centre),
            at_work: preemptive(centre).then(|| AtWork::new(centre.preemption)),
            changes: BinaryHeap::new(),
            due: Vec::new(),
            factor: f64::NAN,
            factors: factors(model, c),
            owed: 0.0,
        }
    });
    (centres.collect(), pools)
}

/// Gives a centre's pools their ranks: by the names of their roles, then of their first shift.
fn rank_pools(model: &Model, pools: &mut [PoolRun]) {
    let name = |pool: &PoolRun| {
        let held = (0..model.roles.len()).filter(|role| pool.roles >> role & 1 == 1);
        let mut roles: Vec<&str> = held.map(|role| model.roles[role].as_str()).collect();
        roles.sort_unstable();
        let first = match &pool.rules.kind {
            PoolKind::Crews(lines) => lines.iter().map(|line| line.name.clone()).min(),
            PoolKind::Levels(_) => None,
        };
        (roles.join("\n"), first)
    };
    let mut order: Vec<usize> = (0..pools.len()).collect();
    order.sort_by_cached_key(|&p| name(&pools[p]));
    for (rank, p) in order.into_iter().enumerate() {
        pools[p].rank = rank as u32;
    }
}

/// Pool and line of each crew of the pools from `first` on, by the lines' names.
fn lines_by_name(pools: &[PoolRun], first: usize) -> Vec<(u32, u32)> {
    let mut all: Vec<(&str, u32, u32, u32)> = Vec::new();
    for (p, pool) in pools.iter().enumerate().skip(first) {
        if let PoolKind::Crews(lines) = &pool.rules.kind {
            let of_pool = lines.iter().enumerate();
            all.extend(of_pool.map(|(i, line)| (line.name.as_str(), pool.rank, p as u32, i as u32)));
        }
    }
    all.sort_unstable();
    all.into_iter().map(|(_, _, pool, line)| (pool, line)).collect()
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

/// Roles of a pool in its order of preference, else as given.
fn in_order(rules: &Pool, held: impl Iterator<Item = RoleId>) -> impl Iterator<Item = RoleId> {
    let alike = rules.skills.is_empty();
    rules.skills.iter().map(|skill| skill.role).chain(held.filter(move |_| alike))
}

/// Whether officers may be idle at a centre and not begin a case.
pub(super) fn is_selective(centre: &Centre) -> bool {
    let apart = |pool: &Pool| centre.concurrency.as_ref().is_some_and(|c| pool.roles & !c.roles != 0);
    centre.last_start.is_some() || centre.offers_later() || centre.pools.iter().any(apart)
}

/// Whether services at a centre take longer with some officers than with others, or at some hours.
pub(super) fn is_paced(model: &Model, centre: usize) -> bool {
    let slower = |pool: &Pool| {
        let learns = |line: &ShiftLine| line.learning.is_some();
        pool.skills.iter().any(|skill| skill.speed != 1.0)
            || matches!(&pool.kind, PoolKind::Crews(lines) if lines.iter().any(learns))
    };
    model.handling.iter().any(|handling| handling.centres[centre])
        || model.centres[centre].pools.iter().any(slower)
}

/// Whether some service that a centre's officers do takes officers of several roles.
pub(super) fn is_mixed(model: &Model, centre: &Centre) -> bool {
    let held = centre.pools.iter().fold(0, |mask, pool| mask | pool.roles);
    model.stages.iter().any(|stage| {
        matches!(&stage.kind, StageKind::Service(x) if held >> x.role & 1 == 1 && !x.others.is_empty())
    })
}

/// Whether some service that a centre's officers do is of several requests at once.
pub(super) fn serves_batches(model: &Model, centre: &Centre) -> bool {
    let held = centre.pools.iter().fold(0, |mask, pool| mask | pool.roles);
    model.stages.iter().any(
        |stage| matches!(&stage.kind, StageKind::Service(x) if held >> x.role & 1 == 1 && x.batch.is_some()),
    )
}

/// Whether urgent cases cut off others at a centre.
fn preemptive(centre: &Centre) -> bool {
    centre.discipline.cuts_off()
}

fn state(model: &Model, c: usize, rules: &Pool) -> PoolState {
    let centre = &model.centres[c];
    match &rules.kind {
        PoolKind::Crews(lines) => {
            let crew = |line| Crew {
                events: LineCalendar::new(model, centre, line),
                shift: None,
                breaks: BinaryHeap::new(),
                members: Vec::new(),
                overtime: OfficerList::EMPTY,
                resting: Vec::new(),
            };
            PoolState::Crews(lines.iter().map(crew).collect())
        }
        PoolKind::Levels(levels) => PoolState::Levels(LevelState {
            level: 0,
            busy: 0,
            leaving: 0,
            over: 0,
            over_by: Vec::new(),
            seats: (centre.shift_end == ShiftEnd::Finish && levels.end == LevelEnd::ByOfficer)
                .then(Seats::default),
            anonymous: centre.shift_end == ShiftEnd::Finish
                && levels.end != LevelEnd::ByOfficer
                && !preemptive(centre)
                && rules.skills.is_empty()
                && !is_mixed(model, centre)
                && !is_paced(model, c)
                && !model.measures_answers(c)
                && !serves_batches(model, centre),
            listed: centre.shift_end != ShiftEnd::Finish,
            head: NONE,
            tail: NONE,
            until: 0.0,
            observed: None,
        }),
    }
}
