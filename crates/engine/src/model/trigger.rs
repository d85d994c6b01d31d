//! Rules that react: what is watched, when they are on, and what they do then.

use super::{CentreId, ClassId, Model, RoleId, StageId};
use crate::random::Sampler;

/// A rule that is on while a centre needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// Name, as reports show it.
    pub name: String,
    /// Key of its draws (lead times): a hash of its name.
    pub key: u64,
    /// The centre that is watched.
    pub centre: CentreId,
    /// Only those who wait for, or were begun by, this role are looked at; all where `None`.
    pub role: Option<RoleId>,
    /// It goes on when this holds; by its hours alone where `None`.
    pub on: Option<Measured>,
    /// It goes off when this no longer holds: a threshold at least as easy to stay above as that of `on`, in the same kind.
    pub off: Option<Measured>,
    /// Hours in which it may be on, `(from, to)` in seconds of the centre's local week, ascending; all where `None`.
    pub hours: Option<Vec<(f64, f64)>>,
    /// Officers whom it calls in.
    pub calls: Vec<CallIn>,
    /// Officers whom it moves.
    pub moves: Vec<Move>,
    /// Gates that it closes.
    pub gates: Vec<Gate>,
}

/// What is measured at a centre, and the threshold that it has reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measured {
    /// So many wait, or more.
    Queue(u32),
    /// One has waited for so many seconds since it reached its stage, or longer.
    Oldest(f64),
    /// Of those begun or gone unserved in the last hour, less than this share were begun within the run's `prompt`.
    Answered(f64),
}

/// Officers on call.
#[derive(Debug, Clone, PartialEq)]
pub struct CallIn {
    /// Where they work.
    pub centre: CentreId,
    /// Number of their pool among the centre's: a level of nobody, whose officers they are while they are there.
    pub pool: usize,
    /// How many come.
    pub officers: u32,
    /// Time from the call until they are there.
    pub lead: Sampler,
    /// They stay for at least so many seconds.
    pub stay: f64,
    /// What an hour of theirs costs on top of ordinary pay, as a share of it. The run does not look at it.
    pub premium: f64,
    /// Seconds that each of them is paid for each call-in besides the time there. The run does not look at it.
    pub allowance: f64,
}

/// Officers of shifts at one centre who help at another, or in another role, while the trigger is on.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// Where they are on shift.
    pub from: CentreId,
    /// Where they help; may be the same.
    pub to: CentreId,
    /// Number of their pool among the pools of `to`: a level of nobody, whose officers they are while they are there.
    pub pool: usize,
    /// How many, at most.
    pub officers: u32,
    /// Seconds from there to here, and back.
    pub travel: f64,
}

/// A gate: who would have to wait is turned away.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// At this centre.
    pub centre: CentreId,
    /// Requests of these classes, by class.
    pub classes: Vec<bool>,
    /// The exit of those turned away, or any stage at which they go on.
    pub exit: StageId,
}

impl Model {
    /// Whether a trigger measures who is begun in time at a centre.
    pub(crate) fn measures_answers(&self, centre: CentreId) -> bool {
        let counts = |t: &Trigger| t.centre == centre && matches!(t.on, Some(Measured::Answered(_)));
        self.triggers.iter().any(counts)
    }
}

impl Trigger {
    /// Whether its gate keeps a class out of a centre, and where to it sends them.
    pub(crate) fn gate(&self, centre: CentreId, class: ClassId) -> Option<StageId> {
        let closed = |gate: &&Gate| gate.centre == centre && gate.classes[class];
        self.gates.iter().find(closed).map(|gate| gate.exit)
    }
}
