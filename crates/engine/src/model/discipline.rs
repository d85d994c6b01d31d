//! Who is next: everything that a queue discipline is, but for what theory knows of it.
//!
//! A new one is a variant with its word, and an arm of each `match` here; and an arm where the oracle asks whether formulas
//! hold (`oracle/discipline.rs` of `poolwise-study`).

use super::{CutWork, Preemption};
use crate::choice;

choice! {
    /// Who is next.
    pub enum Discipline {
        /// First come, first served.
        Fifo = "fifo",
        /// By class priority, then first come.
        Priority = "priority",
        /// By class priority, then first come; a case takes the officers of less urgent ones where too few are free.
        Preemptive = "preemptive",
        /// The earliest deadline first; those without one last, first come.
        EarliestDeadline = "earliest-deadline",
        /// The earliest due date first (arrival and the class's `due`); those without one last, first come.
        EarliestDue = "earliest-due",
    }
}

/// What the place of a waiting request can hang on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Waiting {
    /// When it reached the stage, seconds.
    pub reached: f64,
    /// Its priority at present: lower is more urgent.
    pub priority: u8,
    /// When it is lost, seconds; infinite without a deadline.
    pub deadline: f64,
    /// When it is due, seconds; infinite without a due date.
    pub due: f64,
}

/// Non-negative times in ascending order as integers.
pub(crate) fn bits(t: f64) -> u64 {
    t.max(0.0).to_bits()
}

impl Discipline {
    /// Where a request stands, by two numbers: smaller is earlier, and equals stand in the order of their arrival. `None`:
    /// in the order in which they reached the stage, so that a plain line will do.
    #[inline(always)]
    pub(crate) fn key(self, waiting: impl FnOnce() -> Waiting) -> Option<(u64, u64)> {
        let first_come = |first: fn(&Waiting) -> u64| {
            let waiting = waiting();
            Some((first(&waiting), bits(waiting.reached)))
        };
        match self {
            Self::Fifo => None,
            Self::Priority | Self::Preemptive => first_come(|w| u64::from(w.priority)),
            Self::EarliestDeadline => first_come(|w| bits(w.deadline)),
            Self::EarliestDue => first_come(|w| bits(w.due)),
        }
    }

    /// Whether requests stand by priority, so that one whose priority rises moves.
    pub fn is_by_priority(self) -> bool {
        match self {
            Self::Priority | Self::Preemptive => true,
            Self::Fifo | Self::EarliestDeadline | Self::EarliestDue => false,
        }
    }

    /// Whether a case takes the officers of less urgent ones.
    pub fn cuts_off(self) -> bool {
        match self {
            Self::Preemptive => true,
            Self::Fifo | Self::Priority | Self::EarliestDeadline | Self::EarliestDue => false,
        }
    }

    /// In words, for tables and pages.
    pub fn describe(self, preemption: &Preemption) -> &'static str {
        match self {
            Self::Fifo => "first come, first served",
            Self::Priority => "by class priority, then first come",
            Self::Preemptive => match preemption.work {
                CutWork::Resume => "by class priority; urgent cases cut off others, which go on later",
                CutWork::Restart => "by class priority; urgent cases cut off others, which start again",
                CutWork::Redraw => "by class priority; urgent cases cut off others, which start anew",
            },
            Self::EarliestDeadline => "the earliest deadline first",
            Self::EarliestDue => "the earliest due date first",
        }
    }
}
