//! A queue of requests for one role at one centre, by discipline.
//!
//! First come, first served is a doubly linked list through the requests themselves: joining, leaving
//! from the middle and going to the head take constant time. The other disciplines keep an ordered
//! map. Interrupted cases stand before all others; among themselves, and within one priority or
//! deadline, requests stand in the order in which they first reached the stage, then by ticket. Where urgent
//! cases cut off others, a case that was interrupted stands before those of its own priority only.

use super::request::{Arena, NONE, Request};
use crate::model::discipline::{Waiting, bits};
use crate::model::{Centre, CutPlace, Discipline, Model};
use std::collections::BTreeMap;

/// Place in line: smaller is earlier.
pub(super) type LinePlace = (u64, u64, u64);

#[derive(Debug)]
enum QueueOrder {
    Line { head: u32, tail: u32 },
    Map(BTreeMap<LinePlace, u32>),
}

/// A queue.
#[derive(Debug)]
pub(super) struct Queue {
    order: QueueOrder,
    discipline: Discipline,
    /// Preemptive: whoever was cut off stands where the arrival would.
    by_arrival: bool,
    /// By class: time from arrival until it is due.
    dues: Box<[f64]>,
    len: u32,
}

impl Queue {
    /// Nobody waits, at a centre with these rules.
    pub(super) fn new(model: &Model, rules: &Centre) -> Self {
        let order = match rules.discipline.key(Waiting::default) {
            None => QueueOrder::Line { head: NONE, tail: NONE },
            Some(_) => QueueOrder::Map(BTreeMap::new()),
        };
        let dues = model.classes.iter().map(|class| class.due.unwrap_or(f64::INFINITY)).collect();
        let by_arrival = rules.preemption.place == CutPlace::Arrival;
        Self { order, discipline: rules.discipline, by_arrival, dues, len: 0 }
    }

    /// Whether those who wait stand by priority.
    pub(super) fn by_priority(&self) -> bool {
        self.discipline.is_by_priority()
    }

    #[inline]
    pub(super) fn len(&self) -> u32 {
        self.len
    }

    /// A request's place.
    #[inline]
    pub(super) fn place(&self, request: &Request) -> LinePlace {
        let arrival = bits(request.reached);
        if request.interrupted && !self.discipline.cuts_off() {
            return (0, arrival, request.ticket);
        }
        let waiting = || Waiting {
            reached: request.reached,
            priority: request.priority,
            deadline: request.deadline,
            due: request.arrival + self.dues[request.class as usize],
        };
        let (first, then) = self.discipline.key(waiting).unwrap_or((0, arrival));
        let first = if self.discipline.cuts_off() {
            // Before all others a cut case would take the officers back from whoever cut it off, so it stands before
            // those of its own priority only.
            2 * first + u64::from(!request.interrupted || self.by_arrival)
        } else {
            1 + first
        };
        (first, then, request.ticket)
    }

    /// Adds a request at its place.
    #[inline]
    pub(super) fn insert(&mut self, slot: u32, arena: &mut Arena) {
        self.len += 1;
        if let QueueOrder::Line { tail, .. } = &mut self.order {
            let last = *tail;
            let r = &arena[slot];
            // Nearly all come after whoever is last, who has an earlier ticket.
            if last != NONE && !r.interrupted && arena[last].reached <= r.reached {
                *tail = slot;
                arena[last].next = slot;
                let r = &mut arena[slot];
                r.prev = last;
                r.next = NONE;
                return;
            }
        }
        self.insert_within(slot, arena);
    }

    fn insert_within(&mut self, slot: u32, arena: &mut Arena) {
        let place = self.place(&arena[slot]);
        if let QueueOrder::Map(map) = &mut self.order {
            map.insert(place, slot);
            return;
        }
        let QueueOrder::Line { head, tail } = self.order else { return };
        // Interrupted cases belong near the head, others near the tail: walk from there.
        let mut after = if arena[slot].interrupted { NONE } else { tail };
        if arena[slot].interrupted {
            let mut at = head;
            while at != NONE && self.place(&arena[at]) < place {
                after = at;
                at = arena[at].next;
            }
        } else {
            while after != NONE && place < self.place(&arena[after]) {
                after = arena[after].prev;
            }
        }
        let before = if after == NONE { head } else { arena[after].next };
        arena[slot].prev = after;
        arena[slot].next = before;
        let QueueOrder::Line { head, tail } = &mut self.order else { return };
        if after == NONE {
            *head = slot;
        } else {
            arena[after].next = slot;
        }
        if before == NONE {
            *tail = slot;
        } else {
            arena[before].prev = slot;
        }
    }

    /// Takes a request out, wherever it stands.
    #[inline]
    pub(super) fn remove(&mut self, slot: u32, arena: &mut Arena) {
        self.len -= 1;
        let QueueOrder::Line { head, tail } = &mut self.order else {
            self.remove_from_map(&arena[slot]);
            return;
        };
        let r = &mut arena[slot];
        let (prev, next) = (r.prev, r.next);
        r.prev = NONE;
        r.next = NONE;
        if prev == NONE {
            *head = next;
        } else {
            arena[prev].next = next;
        }
        if next == NONE {
            *tail = prev;
        } else {
            arena[next].prev = prev;
        }
    }

    fn remove_from_map(&mut self, r: &Request) {
        let place = self.place(r);
        if let QueueOrder::Map(map) = &mut self.order {
            let gone = map.remove(&place);
            debug_assert!(gone.is_some());
        }
    }

    /// The first request in line.
    #[inline(always)]
    pub(super) fn first(&self) -> Option<u32> {
        match &self.order {
            QueueOrder::Line { head, .. } => (*head != NONE).then_some(*head),
            QueueOrder::Map(map) => map.values().next().copied(),
        }
    }

    /// The first request in line that `fits`; `None` where none does or `fits` says stop.
    #[inline(always)]
    pub(crate) fn first_that(&self, arena: &Arena, mut fits: impl FnMut(u32) -> OfficerFit) -> Option<u32> {
        match &self.order {
            QueueOrder::Line { head, .. } => {
                let mut at = *head;
                while at != NONE {
                    match fits(at) {
                        OfficerFit::Yes => return Some(at),
                        OfficerFit::Block => return None,
                        OfficerFit::Skip => at = arena[at].next,
                    }
                }
                None
            }
            QueueOrder::Map(map) => {
                for &slot in map.values() {
                    match fits(slot) {
                        OfficerFit::Yes => return Some(slot),
                        OfficerFit::Block => return None,
                        OfficerFit::Skip => {}
                    }
                }
                None
            }
        }
    }

    /// When the one who has waited longest since it reached its stage did so; infinite where nobody waits.
    pub(super) fn first_reached(&self, arena: &Arena) -> f64 {
        let by_arrival = matches!(self.order, QueueOrder::Line { .. });
        let mut first = f64::INFINITY;
        self.first_that(arena, |slot| {
            first = first.min(arena[slot].reached);
            // In a plain line all behind one that was not interrupted have come later.
            if by_arrival && !arena[slot].interrupted { OfficerFit::Yes } else { OfficerFit::Skip }
        });
        first
    }

    /// All in line, first to last.
    pub(super) fn to_vec(&self, arena: &Arena) -> Vec<u32> {
        let mut all = Vec::with_capacity(self.len as usize);
        self.first_that(arena, |slot| {
            all.push(slot);
            OfficerFit::Skip
        });
        all
    }
}

/// Whether a waiting request can be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfficerFit {
    /// It can.
    Yes,
    /// It cannot, but later ones may be.
    Skip,
    /// It cannot, and nobody may overtake it.
    Block,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Model, Pool};
    use crate::random::Sampler;

    fn queue(discipline: Discipline) -> Queue {
        let mut model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        model.centres[0].discipline = discipline;
        Queue::new(&model, &model.centres[0])
    }

    fn add(q: &mut Queue, arena: &mut Arena, reached: f64, deadline: f64, interrupted: bool) -> u32 {
        let mut r = Request::new(0, (0, 0, 0), reached, 0);
        r.deadline = deadline;
        r.interrupted = interrupted;
        r.ticket = arena.iter().count() as u64;
        let slot = arena.insert(r);
        q.insert(slot, arena);
        slot
    }

    #[test]
    fn fifo_keeps_the_order_of_reaching_and_interrupted_cases_go_first() {
        let mut arena = Arena::default();
        let mut q = queue(Discipline::Fifo);
        let a = add(&mut q, &mut arena, 5.0, 0.0, false);
        let b = add(&mut q, &mut arena, 6.0, 0.0, false);
        let late = add(&mut q, &mut arena, 5.5, 0.0, false); // overflowed: place by original time
        let cut = add(&mut q, &mut arena, 9.0, 0.0, true);
        let cut2 = add(&mut q, &mut arena, 8.0, 0.0, true);
        assert_eq!(q.to_vec(&arena), [cut2, cut, a, late, b]);
        q.remove(late, &mut arena);
        q.remove(cut2, &mut arena);
        q.remove(b, &mut arena);
        assert_eq!(q.to_vec(&arena), [cut, a]);
        assert_eq!(q.len(), 2);
    }

    #[test]
    fn earliest_deadline_first_then_first_come() {
        let mut arena = Arena::default();
        let mut q = queue(Discipline::EarliestDeadline);
        let none = add(&mut q, &mut arena, 1.0, f64::INFINITY, false);
        let b = add(&mut q, &mut arena, 3.0, 50.0, false);
        let a = add(&mut q, &mut arena, 2.0, 50.0, false);
        let c = add(&mut q, &mut arena, 4.0, 10.0, false);
        assert_eq!(q.to_vec(&arena), [c, a, b, none]);
        q.remove(a, &mut arena);
        assert_eq!(q.to_vec(&arena), [c, b, none]);
    }
}
