//! What theory knows of a queue discipline: the other place, beside `model/discipline.rs` of the engine, that a new one
//! touches.

use poolwise_engine::model::{Centre, Discipline, Model};

/// The formulas that hold for what waits at a centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Formulas {
    /// Those of first come, first served.
    FirstCome,
    /// Those of priorities that do not interrupt.
    Priority,
    /// Those of priorities that cut off others.
    CuttingOff,
    /// None, for this reason.
    Unknown(&'static str),
}

/// The formulas that hold at a centre. No wildcard: a discipline without formulas of its own must not be judged by those
/// of first come.
pub(super) fn formulas(model: &Model, centre: &Centre) -> Formulas {
    match centre.discipline {
        Discipline::Fifo => Formulas::FirstCome,
        Discipline::Priority => Formulas::Priority,
        Discipline::Preemptive => Formulas::CuttingOff,
        // Where nobody has a date, all are equal and stand in the order in which they came.
        Discipline::EarliestDeadline if model.classes.iter().all(|c| c.deadline.is_none()) => {
            Formulas::FirstCome
        }
        Discipline::EarliestDeadline => Formulas::Unknown("service by deadline"),
        Discipline::EarliestDue if model.classes.iter().all(|c| c.due.is_none()) => Formulas::FirstCome,
        Discipline::EarliestDue => Formulas::Unknown("service by due date"),
    }
}
