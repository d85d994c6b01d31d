//! `preemption` of `[centre.<name>]`, `priority` of a service, and `rises` of `[class.<name>]`.

use crate::collections::Named;
use crate::input::{Req, either, table, words};
use crate::quantity::Span;
use crate::scalar::{Text, Whole};
use crate::word::ChoiceWord;
use poolwise_engine::model::{CutPlace, CutWork, Victim};

either! {
    /// What becomes of a case whose officers a more urgent one takes.
    pub(crate) enum PreemptionIn {
        /// The work done so far.
        Work(ChoiceWord<CutWork>),
        /// The work, and more.
        Table(PreemptionTableIn),
    }
    expects "\"resume\", \"restart\" or \"redraw\", or a table such as { work = \"restart\", victim = \"first-begun\" }"
}

table! {
    /// What becomes of a case whose officers a more urgent one takes, and which case that is.
    pub(crate) struct PreemptionTableIn {
        /// The work done so far.
        work: ChoiceWord<CutWork> = ChoiceWord(CutWork::Resume),
        /// Which of several cases of the lowest priority is cut off.
        victim: ChoiceWord<Victim> = ChoiceWord(Victim::LastBegun),
        /// Where the cut case waits.
        waits: ChoiceWord<CutPlace> = ChoiceWord(CutPlace::Head),
        /// What happens to it where the queue is full.
        full_queue: CutFullIn = CutFullIn::Enter,
    }
    as replaced
}

words! {
    /// What happens to a cut case where the queue is full.
    pub(crate) enum CutFullIn {
        /// It comes in all the same.
        Enter = "enter",
        /// It is turned away.
        TurnedAway = "turned-away",
    }
}

table! {
    /// A priority that a request rises to while it waits.
    pub(crate) struct RiseIn {
        /// When, after it has reached its stage.
        after: Req<Span>,
        /// The priority, or the class whose priority it is.
        to: Req<RiseToIn>,
    }
    such "{ after = \"2 h\", to = 0 }"
}

either! {
    /// Where a priority rises to.
    pub(crate) enum RiseToIn {
        /// The priority.
        Priority(Priority),
        /// A class, for its priority.
        Class(Text),
    }
    expects "a whole number from 0 to 255, or the name of a class"
}

/// A priority: lower is served first.
pub(crate) type Priority = Whole<0, 255>;

either! {
    /// Priority at a service.
    pub(crate) enum ServicePriorityIn {
        /// The same for all classes.
        All(Priority),
        /// By class; the others have their own.
        ByClass(Named<Priority>),
    }
    expects "a whole number from 0 to 255, or a table of such numbers by class"
}
