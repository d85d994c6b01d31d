//! What happens to a request: services, delays, exits, and the clocks that run beside them.

use super::{BatchService, Join, RoleId, StageId};
use crate::random::{Sampler, name_key};

/// A step of the workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Name, as reports show it.
    pub name: String,
    /// Key of the stage's draws: a hash of its name.
    pub key: u64,
    /// What it does.
    pub kind: StageKind,
    /// Branches afterwards; empty for an exit. Of a fork all are taken, and they are kept as if each were as likely.
    pub next: Vec<Branch>,
    /// The clock of "time to completion" starts when a request first reaches this stage.
    pub starts_clock: bool,
    /// The request is done when it has left this stage (reached it, for an exit or a delay with
    /// `rebook`).
    pub done: bool,
}

impl Stage {
    /// Work by one officer of a role, at speed 1 so long; branches `(to, cumulative probability)` that are those of one
    /// class.
    pub fn service(name: &str, role: RoleId, time: Sampler, next: &[(StageId, f64)]) -> Self {
        let kind = StageKind::Service(Service {
            role,
            officers: 1,
            others: Vec::new(),
            time,
            after_work: None,
            same_officer: false,
            different_officer: false,
            overtaking: true,
            batch: None,
            priority: None,
        });
        Self::new(name, kind, next)
    }

    /// A delay that needs nobody, with branches as those of [`Self::service`].
    pub fn delay(name: &str, time: Sampler, next: &[(StageId, f64)]) -> Self {
        Self::new(name, StageKind::Delay(Delay { time, pickup: None, rebook: false }), next)
    }

    /// A stage at which requests leave.
    pub fn exit(name: &str) -> Self {
        Self::new(name, StageKind::Exit, &[])
    }

    /// A fork: a request is sent to all of these stages at once, a branch of it to each. The same stage may be named more than
    /// once.
    pub fn fork(name: &str, branches: &[StageId]) -> Self {
        Self::new(name, StageKind::Fork, &Self::evenly(branches))
    }

    /// A join, at which the branches of a fork end, with branches afterwards as those of [`Self::service`].
    pub fn join(name: &str, rules: Join, next: &[(StageId, f64)]) -> Self {
        Self::new(name, StageKind::Join(rules), next)
    }

    /// The branches of a fork as [`Self::next`] keeps them: as if the request took one of them, each as likely, so that
    /// whatever follows the flow of requests comes to the join once for each.
    pub fn evenly(branches: &[StageId]) -> Vec<(StageId, f64)> {
        let share = |k: usize| if k == branches.len() { 1.0 } else { k as f64 / branches.len() as f64 };
        branches.iter().zip(1..).map(|(to, k)| (*to, share(k))).collect()
    }

    fn new(name: &str, kind: StageKind, next: &[(StageId, f64)]) -> Self {
        let next = next.iter().map(|&(to, p)| Branch { to, cumulative: vec![p], delay: None }).collect();
        Self { name: name.into(), key: name_key(name), kind, next, starts_clock: false, done: false }
    }
}

/// Kinds of stage.
#[derive(Debug, Clone, PartialEq)]
pub enum StageKind {
    /// Work by officers.
    Service(Service),
    /// Time that needs nobody.
    Delay(Delay),
    /// Work goes on in several branches at once, each of which begins at one of the stages that follow.
    Fork,
    /// Branches of a fork end here, and the request goes on.
    Join(Join),
    /// The request leaves.
    Exit,
}

/// Work by officers of a role.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Role asked for.
    pub role: RoleId,
    /// Priority of each class at this stage, where it is not the class's own.
    pub priority: Option<Vec<u8>>,
    /// Officers at once, of all roles.
    pub officers: u32,
    /// How many of them are asked for by other roles, by role; empty for officers of one role.
    pub others: Vec<(RoleId, u32)>,
    /// Duration at speed 1.
    pub time: Sampler,
    /// Work that keeps the officers when the request has gone on, at speed 1.
    pub after_work: Option<Box<Sampler>>,
    /// The officer of the stage before goes on with this one at once, as the same case.
    pub same_officer: bool,
    /// Somebody other than the officer of the stage before must do it.
    pub different_officer: bool,
    /// While it waits for several officers, later requests may be started.
    pub overtaking: bool,
    /// Several of those who wait are served together; one each where `None`.
    pub batch: Option<Box<BatchService>>,
}

impl Service {
    /// How many of its officers are asked for by its own role.
    pub fn own_officers(&self) -> u32 {
        self.officers - self.others.iter().map(|(_, n)| n).sum::<u32>().min(self.officers)
    }

    /// Its officers by the role asked for, its own role first.
    pub fn team(&self) -> impl Iterator<Item = (RoleId, u32)> + '_ {
        std::iter::once((self.role, self.own_officers())).chain(self.others.iter().copied())
    }

    /// Mean time that it keeps its officers, seconds at speed 1.
    pub fn busy_mean(&self) -> f64 {
        self.time.mean() + self.after_work.as_ref().map_or(0.0, |after| after.mean())
    }

    /// Coefficient of variation of that time.
    pub fn busy_cv(&self) -> f64 {
        match &self.after_work {
            None => self.time.cv(),
            Some(after) => (self.time.variance() + after.variance()).sqrt() / self.busy_mean(),
        }
    }
}

/// Time that needs nobody.
#[derive(Debug, Clone, PartialEq)]
pub struct Delay {
    /// How long it takes.
    pub time: Sampler,
    /// A limit on the delay, counted from the request's deadline.
    pub pickup: Option<PickupClock>,
    /// The request is out of reach for the length of the delay and arrives anew at its end:
    /// arrival, completion clock and deadline start again there, and none runs meanwhile. Requests
    /// that went into such a delay before the run come out of it as a stationary stream.
    pub rebook: bool,
}

/// The hold after the drawn release instant: a delay that is not over by then ends at that instant,
/// at `exit`.
#[derive(Debug, Clone, PartialEq)]
pub struct PickupClock {
    /// Length of the hold, seconds.
    pub hold: f64,
    /// Saturdays, Sundays and holidays (area's local dates) do not count.
    pub business_days: bool,
    /// Where a request goes when the hold runs out.
    pub exit: StageId,
}

/// One way on from a stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// The stage to which this branch leads.
    pub to: StageId,
    /// Cumulative probability of this and the earlier branches, by class; the last is 1.
    pub cumulative: Vec<f64>,
    /// Delay on the way.
    pub delay: Option<Sampler>,
}

/// The instant a request is lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadline {
    /// Time from arrival (booking) to the deadline.
    pub after: Sampler,
    /// What cancels it.
    pub until: DeadlineUntil,
    /// Exit of a lost request, or any stage at which it goes on.
    pub exit: StageId,
}

/// What cancels a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadlineUntil {
    /// The end of this stage.
    Finish(StageId),
    /// The start of service at this stage (patience in queue).
    Start(StageId),
}

/// Requests that come back because they are met again, and were badly documented the first time.
/// The schedule is drawn with the request; only whether the work is redone depends on the centre.
#[derive(Debug, Clone, PartialEq)]
pub struct Rework {
    /// The stage whose centre documents the case; finishing it starts the schedule.
    pub documented_at: StageId,
    /// Probability that the request is met again.
    pub probability: f64,
    /// Time from documentation until then.
    pub after: Sampler,
    /// Share of the badly documented whose work is redone.
    pub redone: f64,
    /// Stage that a returning request enters.
    pub stage: StageId,
}
