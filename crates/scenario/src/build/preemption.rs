//! Cases that are cut off by more urgent ones, priorities at a service, and priorities that rise.

use super::Builder;
use crate::parts::{CentreIn, ClassIn, CutFullIn, PreemptionIn, RiseToIn, ServicePriorityIn};
use poolwise_engine::model::{Preemption, Rise};

/// What a centre does with cases that are cut off.
pub(super) fn preemption(b: &mut Builder<'_>, input: &CentreIn) -> Preemption {
    let Some(given) = &input.preemption else { return Preemption::default() };
    let place = match given {
        PreemptionIn::Work(_) => input.place,
        PreemptionIn::Table(table) => table.place,
    };
    if !input.discipline.0.cuts_off() {
        b.cx.error(place, "`preemption` goes with `discipline = \"preemptive\"` only")
            .help("under any other discipline no case takes the officers of another");
    }
    match given {
        PreemptionIn::Work(word) => Preemption { work: word.0, ..Preemption::default() },
        PreemptionIn::Table(table) => {
            let needs_place = table.full_queue == CutFullIn::TurnedAway;
            if needs_place && input.queue_capacity.is_none() {
                b.cx.error(table.place, "`full_queue = \"turned-away\"` needs a queue that can be full")
                    .help("give the centre a `queue_capacity = { limit = 10, exit = \"stage\" }`");
            }
            Preemption { work: table.work.0, victim: table.victim.0, place: table.waits.0, needs_place }
        }
    }
}

/// The priorities that a class rises to while it waits, each more urgent than the one before.
pub(super) fn rises(b: &mut Builder<'_>, class: &ClassIn) -> Vec<Rise> {
    let mut out: Vec<Rise> = Vec::new();
    let mut before = level(class.priority.value);
    for step in &class.rises.items {
        let (Some(after), Some(to)) = (step.after.get(), step.to.get()) else { continue };
        let (priority, place) = match to {
            RiseToIn::Priority(n) => (level(n.value), n.place),
            RiseToIn::Class(name) => {
                let Some(c) = b.names.classes.find(name, b.cx) else { continue };
                (level(b.input.class.0[c].1.priority.value), name.place)
            }
        };
        if out.last().is_some_and(|last| last.after >= after.seconds) {
            b.cx.error(after.place, "the steps of `rises` must come one after the other")
                .help("write the shortest wait first");
        }
        if priority >= before {
            b.cx.error(place, format!("priority {priority} is no rise from {before}"))
                .help("a lower number is served first; `priority` of the class is 0 where it is not given");
        }
        before = priority;
        out.push(Rise { after: after.seconds, priority });
    }
    out
}

/// A priority as the engine has it.
fn level(n: i64) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

/// The priority of each class at a service that gives its own.
pub(crate) fn service_priority(b: &mut Builder<'_>, input: Option<&ServicePriorityIn>) -> Option<Vec<u8>> {
    Some(match input? {
        ServicePriorityIn::All(n) => vec![level(n.value); b.names.classes.len()],
        ServicePriorityIn::ByClass(table) => {
            let classes = &b.input.class;
            let mut out: Vec<u8> = classes.iter().map(|(_, class)| level(class.priority.value)).collect();
            for (class, n) in table.iter() {
                if let Some(c) = b.names.classes.find(class, b.cx) {
                    out[c] = level(n.value);
                }
            }
            out
        }
    })
}
