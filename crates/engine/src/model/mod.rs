//! The immutable network that the engine runs.
//!
//! Everything is a dense index into a table here; names are kept for reports, and for an order that does not depend on how
//! tables are listed. All times are in seconds since the run's origin (see [`crate::time`]). A [`Model`] is built by a
//! [`ModelBuilder`], or from a file by `poolwise-scenario`; [`Model::validate`] checks everything that the engine takes
//! for granted of it.

mod aside;
mod batch;
mod batch_service;
mod builder;
mod call_back;
pub mod choice;
mod concurrency;
mod day_law;
pub mod demand;
pub mod discipline;
mod fork;
mod handling;
pub(crate) mod limits;
mod now;
mod order;
pub mod route;
mod skills;
pub mod staff;
mod trigger;
mod validate;
mod visits;
mod words;
pub mod workflow;

pub(crate) use order::TableOrder;

pub use aside::Asides;
pub use batch::BatchSize;
pub use batch_service::BatchService;
pub use builder::ModelBuilder;
pub use call_back::CallBack;
pub use choice::Choice;
pub use concurrency::Concurrency;
pub(crate) use day_law::{CountSoFar, DayLaw};
pub use demand::{
    Area, Bursts, Class, DayDraw, DayFactor, DayScope, Demand, Profile, RecordedDays, Redial, Rise, Trace,
};
pub use discipline::Discipline;
pub use fork::{ForkFault, Join, MOST_BRANCHES, Parallel, Parallels, Rest};
pub use handling::{Handling, Learning};
pub use limits::{MOST_CALLS, MOST_CHANGES, MOST_ENTRIES, MOST_OF_A_KIND, MOST_OFFICERS};
pub use now::{Arrived, KnownDay, Now};
pub use route::{Destination, Duplicate, Exception, Overflow, Rule, Window};
pub use skills::{CaseChoice, OfficerChoice, Skill};
pub use staff::{
    Absence, AbsenceMode, Balk, Break, Centre, Closing, CutPlace, CutWork, HolidayWork, LastStart, LevelEnd,
    LevelPlan, Levels, OvertimeLimit, Pool, PoolKind, Preemption, Reserve, ReserveLimit, ShiftEnd, ShiftLine,
    Victim,
};
pub use trigger::{CallIn, Gate, Measured, Move, Trigger};
pub use validate::ModelError;
pub use words::{Noun, Words, capital};
pub use workflow::{Branch, Deadline, DeadlineUntil, Delay, PickupClock, Rework, Service, Stage, StageKind};

use crate::time::LocalClock;

/// Index into [`Model::classes`].
pub type ClassId = usize;
/// Index into [`Model::areas`].
pub type AreaId = usize;
/// Index into [`Model::stages`].
pub type StageId = usize;
/// Index into [`Model::centres`].
pub type CentreId = usize;
/// Index into [`Model::roles`].
pub type RoleId = usize;
/// Index into [`Model::clocks`].
pub type ClockId = usize;
/// A set of roles: bit `r` stands for role `r`. At most [`MAX_ROLES`].
pub type RoleMask = u32;
/// How many roles a model may have.
pub const MAX_ROLES: usize = 16;

/// When the run starts, how long it is, and how often it is repeated.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSettings {
    /// Unix time of the origin (local midnight of the first warm-up day in the run's zone).
    pub origin_unix: i64,
    /// Clock of the run's own time zone.
    pub clock: ClockId,
    /// Warm-up, seconds: statistics start at this engine time.
    pub warm_up: f64,
    /// Length of the statistics window, seconds.
    pub horizon: f64,
    /// How many replications.
    pub replications: u32,
    /// Root of all random numbers: the same seed gives the same bytes.
    pub seed: u64,
    /// Service target T, seconds, for the share done within T.
    pub target: f64,
    /// A wait of at most so many seconds counts as prompt, for the shares answered and started within a time.
    pub prompt: f64,
    /// Replicate until intervals are short enough, from `replications` on; a fixed number where `None`.
    pub precision: Option<Precision>,
    /// Requests that are there at the origin; nobody where empty.
    pub start: Vec<StartState>,
    /// Where the run begins in the middle of a day: what is known of it. They are there then, and not at the origin.
    pub now: Option<Box<Now>>,
}

/// When a run has enough replications.
#[derive(Debug, Clone, PartialEq)]
pub struct Precision {
    /// Half-width over the size of the estimate that every measure must reach.
    pub relative: f64,
    /// Names of whole-scenario measures.
    pub measures: Vec<String>,
    /// The greatest number of replications.
    pub max_replications: u32,
    /// Replications added at a time.
    pub round: u32,
}

/// Requests in a centre's queue at the origin, the first of them begun by whoever is on duty; or in hand at [`Now`].
#[derive(Debug, Clone, PartialEq)]
pub struct StartState {
    /// The centre, by its index in the model.
    pub centre: CentreId,
    /// Requests that are in hand at the start.
    pub requests: u32,
    /// Service stage that they are at.
    pub stage: StageId,
    /// The class to which these requests belong.
    pub class: ClassId,
    /// Their area; drawn by the areas' shares where `None`.
    pub area: Option<AreaId>,
    /// Seconds since they reached the stage; 0 at the origin.
    pub age: f64,
    /// Seconds since they arrived, at least `age`.
    pub since_arrival: f64,
    /// Seconds that officers have been at work on each of them; they wait where `None`.
    pub spent: Option<f64>,
}

impl StartState {
    /// Fresh requests in a centre's queue, from areas by share.
    pub fn waiting(centre: CentreId, requests: u32, stage: StageId, class: ClassId) -> Self {
        Self { centre, requests, stage, class, area: None, age: 0.0, since_arrival: 0.0, spent: None }
    }
}

impl RunSettings {
    /// Engine time from which on requests arrive: the origin, or the present.
    pub fn begin(&self) -> f64 {
        self.now.as_ref().map_or(0.0, |now| now.at)
    }

    /// Engine time at which the run ends.
    pub fn end(&self) -> f64 {
        self.warm_up + self.horizon
    }
}

/// The workforce's arithmetic from headcount to rostered hours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Workforce {
    /// Hours an officer is paid for in a week.
    pub hours_per_week: f64,
    /// Share of paid hours that can be rostered (the rest is leave and training).
    pub planned_availability: f64,
}

impl Workforce {
    /// What holds where nothing is said: 40 hours a week, all of which can be rostered.
    pub const USUAL: Self = Self { hours_per_week: 40.0, planned_availability: 1.0 };
}

/// A network, ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The scenario's name (also its folder of results).
    pub name: String,
    /// One line for tables and pictures.
    pub title: String,
    /// What requests and officers are called.
    pub words: Words,
    /// Whether `compare` takes this as the baseline when nothing else is said.
    pub baseline: bool,
    /// Calendar, horizon, seed.
    pub run: RunSettings,
    /// How headcount becomes officers on duty: hours a week, absence, overtime.
    pub workforce: Workforce,
    /// Distinct wall clocks.
    pub clocks: Vec<LocalClock>,
    /// Local day numbers (see [`LocalClock::day`]) of holidays, ascending.
    pub holidays: Vec<i64>,
    /// Names of roles; a role is the bit of its index in a set of roles.
    pub roles: Vec<String>,
    /// Classes of requests, each with its arrivals and deadline.
    pub classes: Vec<Class>,
    /// Areas that requests come from.
    pub areas: Vec<Area>,
    /// Steps of the workflow.
    pub stages: Vec<Stage>,
    /// Places with officers.
    pub centres: Vec<Centre>,
    /// Routing rules in order; an exception's rules stand before the standing ones.
    pub rules: Vec<Rule>,
    /// Dated days on which demand or staff differ from the week's pattern.
    pub exceptions: Vec<Exception>,
    /// Work that comes back.
    pub rework: Option<Rework>,
    /// Rules that react to the state of centres, in the order of their names.
    pub triggers: Vec<Trigger>,
    /// Factors on the times of services by hour and place; they multiply.
    pub handling: Vec<Handling>,
}

impl Model {
    /// Priority of a class where it waits for a stage: lower is more urgent.
    pub fn priority(&self, stage: StageId, class: ClassId) -> u8 {
        let own = self.classes[class].priority;
        match &self.stages[stage].kind {
            StageKind::Service(service) => service.priority.as_ref().map_or(own, |of_class| of_class[class]),
            StageKind::Delay(_) | StageKind::Fork | StageKind::Join(_) | StageKind::Exit => own,
        }
    }

    /// Whether local day `day` is a holiday.
    pub fn is_holiday(&self, day: i64) -> bool {
        self.holidays.binary_search(&day).is_ok()
    }
}
