//! `preemption` of `[centre.<name>]`, `priority` of a service, and `rises` of `[class.<name>]`.

use crate::collections::Named;
use crate::input::{Req, either, table, words};
use crate::quantity::Span;
use crate::scalar::{Text, Whole};

either! {
    /// What becomes of a case whose officers a more urgent one takes.
    pub enum PreemptionIn {
        /// The work done so far.
        Work(CutWorkIn),
        /// The work, and more.
        Table(PreemptionTableIn),
    }
    expects "\"resume\", \"restart\" or \"redraw\", or a table such as { work = \"restart\", victim = \"first-begun\" }"
}

table! {
    /// What becomes of a case whose officers a more urgent one takes, and which case that is.
    pub struct PreemptionTableIn {
        /// The work done so far.
        work: CutWorkIn = CutWorkIn::Resume,
        /// Which of several cases of the lowest priority is cut off.
        victim: VictimIn = VictimIn::LastBegun,
        /// Where the cut case waits.
        waits: CutPlaceIn = CutPlaceIn::Head,
        /// What happens to it where the queue is full.
        full_queue: CutFullIn = CutFullIn::Enter,
    }
    as replaced
}

words! {
    /// The work done on a case that is cut off.
    pub enum CutWorkIn {
        /// It is kept.
        Resume = "resume",
        /// It is lost: the same length is needed again.
        Restart = "restart",
        /// It is lost, and the length is drawn anew.
        Redraw = "redraw",
    }
}

words! {
    /// Which of several cases of the lowest priority is cut off.
    pub enum VictimIn {
        /// The one begun last.
        LastBegun = "last-begun",
        /// The one begun first.
        FirstBegun = "first-begun",
    }
}

words! {
    /// Where a case that was cut off waits.
    pub enum CutPlaceIn {
        /// Before all others of its priority.
        Head = "head",
        /// By the time at which it reached the stage.
        ByArrival = "by-arrival",
    }
}

words! {
    /// What happens to a cut case where the queue is full.
    pub enum CutFullIn {
        /// It comes in all the same.
        Enter = "enter",
        /// It is turned away.
        TurnedAway = "turned-away",
    }
}

table! {
    /// A priority that a request rises to while it waits.
    pub struct RiseIn {
        /// When, after it has reached its stage.
        after: Req<Span>,
        /// The priority, or the class whose priority it is.
        to: Req<RiseToIn>,
    }
}

either! {
    /// Where a priority rises to.
    pub enum RiseToIn {
        /// The priority.
        Priority(Priority),
        /// A class, for its priority.
        Class(Text),
    }
    expects "a whole number from 0 to 255, or the name of a class"
}

/// A priority: lower is served first.
pub type Priority = Whole<0, 255>;

either! {
    /// Priority at a service.
    pub enum ServicePriorityIn {
        /// The same for all classes.
        All(Priority),
        /// By class; the others have their own.
        ByClass(Named<Priority>),
    }
    expects "a whole number from 0 to 255, or a table of such numbers by class"
}
