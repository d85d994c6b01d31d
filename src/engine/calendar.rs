//! The calendar: what happens next.
//!
//! An indexed 4-ary heap. Every entity (a source, a centre's roster, a request, an officer on a break)
//! has at most one pending event, which can be moved or cancelled where it stands, so the heap holds
//! nothing stale and its size is the number of things pending, whatever the horizon.
//!
//! Events at the same instant come in the order of [`Rank`], then in the order they were scheduled.

/// What kind of thing happens, in the order in which things of one instant happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Rank {
    /// A service ends; an officer returns from a break.
    Finish = 0,
    /// A deadline passes; a wait reaches its overflow limit.
    Timeout = 1,
    /// A roster changes: ends of shifts and falls of levels first, then starts and rises.
    Roster = 2,
    /// A request ends a delay and reaches a stage.
    Reach = 3,
    /// A new request arrives.
    Arrive = 4,
}

/// Who has the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entity {
    Source(u32),
    Roster(u32),
    Request(u32),
    Officer(u32),
}

impl Entity {
    #[inline]
    fn code(self) -> u32 {
        match self {
            Self::Request(i) => i << 2,
            Self::Source(i) => i << 2 | 1,
            Self::Roster(i) => i << 2 | 2,
            Self::Officer(i) => i << 2 | 3,
        }
    }

    #[inline]
    fn decode(code: u32) -> Self {
        let i = code >> 2;
        match code & 3 {
            0 => Self::Request(i),
            1 => Self::Source(i),
            2 => Self::Roster(i),
            _ => Self::Officer(i),
        }
    }
}

const NONE: u32 = u32::MAX;
const RANK_SHIFT: u32 = 60;

#[derive(Debug, Clone, Copy)]
struct Entry {
    time: f64,
    /// Rank in the upper bits, sequence number in the lower.
    order: u64,
    code: u32,
}

impl Entry {
    #[inline]
    fn before(&self, other: &Self) -> bool {
        self.time < other.time || (self.time == other.time && self.order < other.order)
    }
}

/// The pending event at the head of the calendar.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub time: f64,
    pub entity: Entity,
    order: u64,
}

/// Pending events.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    heap: Vec<Entry>,
    /// Heap position of each entity, by kind and index.
    place: [Vec<u32>; 4],
    sequence: u64,
}

impl Calendar {
    #[inline]
    fn place_of(&self, code: u32) -> u32 {
        self.place[(code & 3) as usize].get((code >> 2) as usize).copied().unwrap_or(NONE)
    }

    #[inline]
    fn set_place(&mut self, code: u32, at: u32) {
        self.place[(code & 3) as usize][(code >> 2) as usize] = at;
    }

    /// Schedules `entity`'s event, replacing one it already has.
    #[inline]
    pub fn schedule(&mut self, entity: Entity, time: f64, rank: Rank) {
        debug_assert!(!time.is_nan());
        let code = entity.code();
        self.sequence += 1;
        let order = (rank as u64) << RANK_SHIFT | self.sequence;
        let entry = Entry { time, order, code };
        let places = &mut self.place[(code & 3) as usize];
        let index = (code >> 2) as usize;
        if places.len() <= index {
            places.resize(index + 1, NONE);
        }
        let at = places[index];
        if at == NONE {
            let at = self.heap.len();
            self.heap.push(entry);
            self.sift_up(at, entry);
        } else {
            let at = at as usize;
            if entry.before(&self.heap[at]) {
                self.sift_up(at, entry);
            } else {
                self.sift_down(at, entry);
            }
        }
    }

    /// Removes `entity`'s event, if it has one.
    #[inline]
    pub fn cancel(&mut self, entity: Entity) {
        let code = entity.code();
        let at = self.place_of(code);
        if at != NONE {
            self.remove(at as usize, code);
        }
    }

    fn remove(&mut self, at: usize, code: u32) {
        self.set_place(code, NONE);
        let Some(last) = self.heap.pop() else { return };
        if at == self.heap.len() {
            return;
        }
        if at > 0 && last.before(&self.heap[(at - 1) / 4]) {
            self.sift_up(at, last);
        } else {
            self.sift_down(at, last);
        }
    }

    /// The next event, left in place: a handler that schedules the same entity again moves it.
    #[inline]
    pub fn head(&self) -> Option<Head> {
        self.heap.first().map(|e| Head { time: e.time, entity: Entity::decode(e.code), order: e.order })
    }

    /// Ends `head`: removes it unless it has been scheduled anew or cancelled meanwhile.
    #[inline]
    pub fn settle(&mut self, head: Head) {
        let code = head.entity.code();
        let at = self.place_of(code);
        if at != NONE && self.heap[at as usize].order == head.order {
            self.remove(at as usize, code);
        }
    }

    #[inline]
    fn sift_up(&mut self, mut at: usize, entry: Entry) {
        while at > 0 {
            let parent = (at - 1) / 4;
            if !entry.before(&self.heap[parent]) {
                break;
            }
            let moved = self.heap[parent];
            self.heap[at] = moved;
            self.set_place(moved.code, at as u32);
            at = parent;
        }
        self.heap[at] = entry;
        self.set_place(entry.code, at as u32);
    }

    #[inline]
    fn sift_down(&mut self, mut at: usize, entry: Entry) {
        let len = self.heap.len();
        loop {
            let first = at * 4 + 1;
            if first >= len {
                break;
            }
            let mut least = first;
            for child in first + 1..(first + 4).min(len) {
                if self.heap[child].before(&self.heap[least]) {
                    least = child;
                }
            }
            let moved = self.heap[least];
            if !moved.before(&entry) {
                break;
            }
            self.heap[at] = moved;
            self.set_place(moved.code, at as u32);
            at = least;
        }
        self.heap[at] = entry;
        self.set_place(entry.code, at as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{KeyedRng, Purpose};

    fn pop(c: &mut Calendar) -> Option<(f64, Entity)> {
        let head = c.head()?;
        c.settle(head);
        Some((head.time, head.entity))
    }

    #[test]
    fn same_instant_follows_rank_then_order_of_scheduling() {
        let mut c = Calendar::default();
        c.schedule(Entity::Source(0), 1.0, Rank::Arrive);
        c.schedule(Entity::Request(7), 1.0, Rank::Finish);
        c.schedule(Entity::Roster(2), 1.0, Rank::Roster);
        c.schedule(Entity::Request(3), 1.0, Rank::Finish);
        c.schedule(Entity::Request(4), 0.5, Rank::Reach);
        let order: Vec<Entity> = std::iter::from_fn(|| pop(&mut c).map(|p| p.1)).collect();
        assert_eq!(
            order,
            [
                Entity::Request(4),
                Entity::Request(7),
                Entity::Request(3),
                Entity::Roster(2),
                Entity::Source(0)
            ]
        );
    }

    /// Random schedules, moves and cancellations against a sorted list.
    #[test]
    fn agrees_with_a_sorted_list() {
        let mut rng = KeyedRng::new(5, 0, 0, Purpose::Time);
        let mut c = Calendar::default();
        let mut list: Vec<(f64, u64, u32)> = Vec::new();
        let mut sequence = 0;
        for _ in 0..20_000 {
            let i = (rng.bits() % 60) as u32;
            match rng.bits() % 4 {
                0 | 1 => {
                    let time = (rng.bits() % 1000) as f64;
                    sequence += 1;
                    list.retain(|e| e.2 != i);
                    list.push((time, sequence, i));
                    c.schedule(Entity::Request(i), time, Rank::Reach);
                }
                2 => {
                    list.retain(|e| e.2 != i);
                    c.cancel(Entity::Request(i));
                }
                _ => {
                    list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                    let expected = (!list.is_empty()).then(|| list.remove(0));
                    let got = pop(&mut c);
                    assert_eq!(got, expected.map(|e| (e.0, Entity::Request(e.2))));
                }
            }
        }
    }
}
