//! Who does the work: centres, pools of officers, shifts and levels.

use super::{
    CallBack, CaseChoice, ClockId, Concurrency, Discipline, Learning, OfficerChoice, RoleMask, Skill, StageId,
};
use crate::choice;
use crate::random::name_key;
use crate::time::HOUR;

/// A place with officers.
#[derive(Debug, Clone, PartialEq)]
pub struct Centre {
    /// Name, as reports show it.
    pub name: String,
    /// Key of the centre's draws (absence): a hash of its name.
    pub key: u64,
    /// Wall clock of its shifts.
    pub clock: ClockId,
    /// Its officers, by the roles that they hold.
    pub pools: Vec<Pool>,
    /// What happens to the case in hand at the end of a shift or when a level falls.
    pub shift_end: ShiftEnd,
    /// How long overtime may last under [`ShiftEnd::Finish`]; as long as the case where `None`. Of officers on shifts.
    pub overtime_limit: Option<OvertimeLimit>,
    /// Until when before the end of the shift an officer begins cases; until the end where `None`. Of officers on shifts.
    pub last_start: Option<LastStart>,
    /// Several cases in hand of one officer; one where `None`. Of officers on shifts.
    pub concurrency: Option<Box<Concurrency>>,
    /// Time that an officer is at home, at least, after overtime, seconds. Of officers on shifts.
    pub min_rest: f64,
    /// What happens to the queue when the last officer of a role goes off duty.
    pub closing: Closing,
    /// Who is next.
    pub discipline: Discipline,
    /// What becomes of a case that a more urgent one cuts off; without meaning but under [`Discipline::Preemptive`].
    pub preemption: Preemption,
    /// Which of several idle officers takes a case.
    pub officer_choice: OfficerChoice,
    /// Which of the cases that wait an officer takes.
    pub case_choice: CaseChoice,
    /// Officers kept free of some classes.
    pub reserves: Vec<Reserve>,
    /// Factor on service times, by class: above 1 is slower.
    pub speed: Vec<f64>,
    /// Probability that a case is documented well enough.
    pub documentation: f64,
    /// Most requests that may wait at the centre, and the exit of those turned away, or any stage at which they go on.
    pub capacity: Option<(u32, StageId)>,
    /// Requests that leave at the sight of a queue.
    pub balk: Option<Balk>,
    /// Calling back those who do not stay in line.
    pub call_back: Option<Box<CallBack>>,
    /// Share of rostered officers who do not come, and how it falls on days.
    pub absence: Absence,
    /// Whether its officers count in the option's totals.
    pub counted: bool,
    /// Officers employed, where the scenario says so; else it follows from rostered hours.
    pub headcount: Option<f64>,
}

impl Centre {
    /// A counted centre in the first clock, with speed 1 for each of so many classes: first come, first served, cases
    /// finished after the shift, queues held.
    pub fn new(name: &str, classes: usize, pools: Vec<Pool>) -> Self {
        Self {
            name: name.into(),
            key: name_key(name),
            clock: 0,
            pools,
            shift_end: ShiftEnd::Finish,
            overtime_limit: None,
            last_start: None,
            concurrency: None,
            min_rest: 0.0,
            closing: Closing::Hold,
            discipline: Discipline::Fifo,
            preemption: Preemption::default(),
            reserves: Vec::new(),
            officer_choice: OfficerChoice::LongestIdle,
            case_choice: CaseChoice::FirstInLine,
            speed: vec![1.0; classes],
            documentation: 1.0,
            capacity: None,
            balk: None,
            call_back: None,
            absence: Absence { share: 0.0, mode: AbsenceMode::Drawn },
            counted: true,
            headcount: None,
        }
    }
}

/// Officers who share a set of roles.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// Roles that each of them holds.
    pub roles: RoleMask,
    /// The same roles in their order of preference, with what differs between them; empty where they hold all alike.
    pub skills: Vec<Skill>,
    /// How they come and go.
    pub kind: PoolKind,
}

impl Pool {
    /// Officers who hold these roles, all alike.
    pub fn new(roles: RoleMask, kind: PoolKind) -> Self {
        Self { roles, skills: Vec::new(), kind }
    }

    /// Crews who hold these roles.
    pub fn crews(roles: RoleMask, lines: Vec<ShiftLine>) -> Self {
        Self::new(roles, PoolKind::Crews(lines))
    }

    /// So many officers at all times, in one shift a day.
    pub fn around_the_clock(roles: RoleMask, officers: u32) -> Self {
        Self::crews(roles, vec![ShiftLine::weekly("always", [officers; 7], 0.0, 24.0)])
    }

    /// So many officers at all times, by count.
    pub fn level(roles: RoleMask, officers: u32) -> Self {
        Self::levels(roles, LevelPlan::Weekly(vec![(0.0, officers)]))
    }

    /// A number of officers that changes, by count.
    pub fn levels(roles: RoleMask, plan: LevelPlan) -> Self {
        Self::new(roles, PoolKind::Levels(Levels { plan, end: LevelEnd::ByCount }))
    }
}

/// How officers come and go.
#[derive(Debug, Clone, PartialEq)]
pub enum PoolKind {
    /// Crews: each line is a shift whose officers come and leave together.
    Crews(Vec<ShiftLine>),
    /// A number on duty by period.
    Levels(Levels),
}

/// A shift that recurs on some days of the week, by the centre's wall clock.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftLine {
    /// Name, as reports show it.
    pub name: String,
    /// Key of the line's draws (absence): a hash of centre and line name.
    pub key: u64,
    /// Rostered officers by weekday of the start, Monday first; zero where it is not worked.
    pub officers: [u32; 7],
    /// Start, seconds after local midnight.
    pub start: f64,
    /// Length by the wall clock, seconds; at most 24 hours.
    pub length: f64,
    /// Breaks within it, each taken after the case in hand.
    pub breaks: Vec<Break>,
    /// Whether it is worked on holidays.
    pub holidays: HolidayWork,
    /// Its place among the centre's lines as they are listed, for [`OfficerChoice::AsListed`]; those with the same place
    /// stand in the order of pools and lines.
    pub listed: u32,
    /// How its officers become faster, where they are new.
    pub learning: Option<Box<Learning>>,
    /// For literature cases: worked once only, from engine time `.0` to `.1`, with the officers of
    /// Monday; then `start`, `length` and days are not used.
    pub once: Option<(f64, f64)>,
}

impl ShiftLine {
    /// A shift of every week: officers on each weekday, Monday first; start and length in hours. No breaks, and worked on
    /// holidays too.
    pub fn weekly(name: &str, officers: [u32; 7], start: f64, length: f64) -> Self {
        Self {
            name: name.into(),
            key: name_key(name),
            officers,
            start: start * HOUR,
            length: length * HOUR,
            breaks: Vec::new(),
            holidays: HolidayWork::Work,
            listed: 0,
            learning: None,
            once: None,
        }
    }
}

choice! {
    /// Whether a shift is worked on holidays.
    pub enum HolidayWork {
        /// As on any day.
        Work = "work",
        /// Not at all.
        Off = "off",
    }
}

/// A break, taken after the case in hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Break {
    /// The earliest begin, seconds after the shift's start.
    pub after: f64,
    /// Length of the break, seconds.
    pub length: f64,
    /// Seconds from the earliest begin to the latest; 0: all officers of the shift go together.
    pub spread: f64,
    /// Seconds between two begins; 0: any whole second.
    pub step: f64,
}

/// Officers that stand for any number where a staggered break is counted in the mean.
const MANY: u32 = 48;

impl Break {
    /// A break that all officers of a shift begin together, `after` seconds from its start.
    pub fn together(after: f64, length: f64) -> Self {
        Self { after, length, spread: 0.0, step: 0.0 }
    }

    /// When the officer with this place among `of` begins it, seconds after the shift's start: evenly over the
    /// window, at its middle where there is one officer.
    pub fn begin(&self, place: u32, of: u32) -> f64 {
        if self.spread <= 0.0 || of == 0 {
            return self.after;
        }
        let share = (f64::from(place.min(of - 1)) + 0.5) / f64::from(of);
        if self.step > 0.0 {
            let marks = (self.spread / self.step + 1e-9).floor() + 1.0;
            return self.after + (share * marks).floor() * self.step;
        }
        // Whole seconds, as far as the window has any, so that instants meet exactly.
        let into = share * self.spread;
        self.after + if self.spread >= 60.0 { into.floor() } else { into }
    }

    /// Parts of the break as the mean officer takes it: begin, length and the share of officers.
    pub fn parts(&self) -> impl Iterator<Item = (f64, f64, f64)> + use<> {
        let (own, of) = (*self, if self.spread > 0.0 { MANY } else { 1 });
        (0..of).map(move |place| (own.begin(place, of), own.length, 1.0 / f64::from(of)))
    }
}

/// Officers on duty by period.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// The number at each time.
    pub plan: LevelPlan,
    /// What `finish` means for levels.
    pub end: LevelEnd,
}

/// The number of officers at each time.
#[derive(Debug, Clone, PartialEq)]
pub enum LevelPlan {
    /// `(second of the centre's local week, officers)`, ascending; the first starts at 0.
    Weekly(Vec<(f64, u32)>),
    /// `(seconds after the origin, officers)`, ascending, the first at 0; repeated with the period.
    Steps {
        /// When the number changes, and to what.
        steps: Vec<(f64, u32)>,
        /// Period, seconds, if it repeats.
        period: Option<f64>,
    },
}

choice! {
    /// What `finish` means when a level falls below the number of busy officers.
    pub enum LevelEnd {
        /// Nobody starts while as many are busy as the level allows.
        ByCount = "by-count",
        /// The officers who stay go on; those who leave finish their case on top of the level. Officers are
        /// persons here: those who came last leave, idle or busy, and the longest idle is next to begin.
        ByOfficer = "by-officer",
    }
}

/// What happens to the case in hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ShiftEnd {
    /// It is finished in overtime.
    Finish,
    /// It goes to the head of the queue, work so far kept, plus a penalty in seconds.
    HandOver(f64),
    /// It goes to the head of the queue and starts again.
    Restart,
}

/// Until when an officer begins cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LastStart {
    /// So many seconds before the end of the shift, that instant among them.
    Before(f64),
    /// While the case, by its drawn length, ends within the shift; one that is longer than the whole shift at any time.
    CanFinish,
}

/// Overtime that ends before the case does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OvertimeLimit {
    /// The longest overtime, seconds.
    pub most: f64,
    /// What it costs whoever goes on with the case, seconds.
    pub penalty: f64,
}

choice! {
    /// What happens to the queue when a centre goes off duty.
    pub enum Closing {
        /// It waits where it is until the centre opens again.
        Hold = "hold",
        /// It is routed again by the rules.
        Transfer = "transfer",
    }
}

/// Officers kept free of some classes, for the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Reserve {
    /// The classes that are held back, by class.
    pub classes: Vec<bool>,
    /// When one of their cases may be begun.
    pub limit: ReserveLimit,
    /// In these spans of the centre's local week, `(from, to)` in seconds, ascending; at all times where `None`.
    pub hours: Option<Vec<(f64, f64)>>,
}

/// When a case that is held back may be begun; counted are the officers on duty who hold the role that it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReserveLimit {
    /// While so many stay free beside its team.
    KeepFree(u32),
    /// While no more than so many are at work, its team among them.
    AtWork(u32),
}

/// What becomes of a case whose officers a more urgent one takes, and which case that is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Preemption {
    /// The work done so far.
    pub work: CutWork,
    /// Which of several cases of one priority is cut off.
    pub victim: Victim,
    /// Where the cut case waits.
    pub place: CutPlace,
    /// A cut case that finds the queue full is turned away by the capacity's exit; else it comes in all the same.
    pub needs_place: bool,
}

choice! {
    /// The work done on a case that is cut off.
    pub enum CutWork {
        /// It is kept: the rest is done later.
        Resume = "resume",
        /// It is lost: the same length is needed again.
        Restart = "restart",
        /// It is lost, and the length is drawn anew.
        Redraw = "redraw",
    }
}

choice! {
    /// Which of several cases of the lowest priority is cut off.
    pub enum Victim {
        /// The one whose service began last.
        LastBegun = "last-begun",
        /// The one whose service began first.
        FirstBegun = "first-begun",
    }
}

choice! {
    /// Where a case that was cut off waits.
    pub enum CutPlace {
        /// Before all others of its priority.
        Head = "head",
        /// By the time at which it reached the stage, as if it had never been begun.
        Arrival = "by-arrival",
    }
}

/// Requests that leave at the sight of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Balk {
    /// `(queue length, probability)`, ascending: the probability holds from that length on; below
    /// the first length nobody balks.
    pub steps: Vec<(u32, f64)>,
    /// Exit of those who balk, or any stage at which they go on.
    pub exit: StageId,
}

/// Officers who do not come: what share, and whether drawn anew for each shift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Absence {
    /// Share of rostered officers who do not come.
    pub share: f64,
    /// How it falls.
    pub mode: AbsenceMode,
}

choice! {
    /// How absence falls on shifts.
    pub enum AbsenceMode {
        /// Each officer of each shift by chance.
        Drawn = "drawn",
        /// The same share in the long run, of each line and of the centre: what is left of whole officers carries over, half of what is
        /// owed the line and half of what is owed the centre; shifts that start together stand in the order of their names.
        Fixed = "fixed",
    }
}
