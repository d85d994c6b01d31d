//! The calendar: what happens next.
//!
//! A wheel of buckets, each a short span of time: an event is dropped into its bucket and only the
//! bucket that is due is sorted, so most events cost a push and a pop. What lies beyond the wheel waits
//! in a heap and is dealt out when the wheel has turned once. Every entity (a source, a centre's
//! roster, a request, an officer on a break) has at most one valid event; moving or cancelling it
//! leaves the old entry behind, which is recognised by its number and skipped.
//!
//! Events at the same instant come in the order of [`Rank`], then in the order they were scheduled;
//! the width of the buckets changes nothing but the speed.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

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

const BUCKETS: usize = 1024;
const WORDS: usize = BUCKETS / 64;
const RANK_SHIFT: u32 = 60;
const NUMBER: u64 = (1 << RANK_SHIFT) - 1;

#[derive(Debug, Clone, Copy)]
struct Entry {
    time: f64,
    /// Rank in the upper bits, number in the lower.
    order: u64,
    code: u32,
}

impl Entry {
    #[inline]
    fn key(&self) -> (u64, u64) {
        // Times are never negative, so their bits are in the order of the numbers.
        (self.time.to_bits(), self.order)
    }
}

/// Far events, earliest at the top of the heap.
#[derive(Debug, Clone, Copy)]
struct Far(Entry);

impl PartialEq for Far {
    fn eq(&self, other: &Self) -> bool {
        self.0.key() == other.0.key()
    }
}
impl Eq for Far {}
impl PartialOrd for Far {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Far {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.key().cmp(&self.0.key())
    }
}

/// Pending events.
#[derive(Debug)]
pub(super) struct Calendar {
    /// The bucket that is due, latest event first.
    due: Vec<Entry>,
    buckets: Vec<Vec<Entry>>,
    /// One bit for each bucket that holds something.
    filled: [u64; WORDS],
    /// Index of the bucket after the one that is due.
    next: usize,
    /// Start of the wheel's turn.
    start: f64,
    /// Buckets a second.
    per_second: f64,
    far: BinaryHeap<Far>,
    /// Number of each entity's valid event, by kind and index; 0 where it has none.
    valid: [Vec<u64>; 4],
    number: u64,
}

impl Calendar {
    /// An empty calendar for about `events_per_second` events.
    pub fn new(events_per_second: f64) -> Self {
        Self {
            due: Vec::new(),
            buckets: (0..BUCKETS).map(|_| Vec::new()).collect(),
            filled: [0; WORDS],
            next: 0,
            start: 0.0,
            per_second: events_per_second.clamp(1.0 / 86_400.0, 1e6),
            far: BinaryHeap::new(),
            valid: Default::default(),
            number: 0,
        }
    }

    /// Schedules `entity`'s event, replacing one it already has.
    #[inline]
    pub fn schedule(&mut self, entity: Entity, time: f64, rank: Rank) {
        debug_assert!(time >= 0.0, "{time}");
        let code = entity.code();
        self.number += 1;
        let valid = &mut self.valid[(code & 3) as usize];
        let index = (code >> 2) as usize;
        if valid.len() <= index {
            valid.resize(index + 1, 0);
        }
        valid[index] = self.number;
        self.place(Entry { time, order: (rank as u64) << RANK_SHIFT | self.number, code });
    }

    /// Bucket of a time in this turn of the wheel. It never falls as time rises, so that buckets, the one
    /// that is due and what is far are in order whatever the rounding.
    #[inline]
    fn bucket(&self, time: f64) -> usize {
        let at = (time - self.start) * self.per_second;
        let at = if at < BUCKETS as f64 { at } else { BUCKETS as f64 };
        // Above 2^52 a float's last bits are a whole number: a third of the work of a checked conversion.
        ((at + 4_503_599_627_370_496.0).to_bits() & 0xFFFF) as usize
    }

    #[inline]
    fn place(&mut self, entry: Entry) {
        let at = self.bucket(entry.time);
        if at < self.next {
            self.place_due(entry);
        } else if let Some(bucket) = self.buckets.get_mut(at) {
            bucket.push(entry);
            self.filled[at / 64 % WORDS] |= 1 << (at % 64);
        } else {
            self.far.push(Far(entry));
        }
    }

    /// Puts an entry into the bucket that is due, which is in order already.
    fn place_due(&mut self, entry: Entry) {
        let key = entry.key();
        let at = self.due.iter().rposition(|e| e.key() > key).map_or(0, |i| i + 1);
        self.due.insert(at, entry);
    }

    /// Removes `entity`'s event, if it has one.
    #[inline]
    pub fn cancel(&mut self, entity: Entity) {
        let code = entity.code();
        if let Some(valid) = self.valid[(code & 3) as usize].get_mut((code >> 2) as usize) {
            *valid = 0;
        }
    }

    /// Takes out the next event.
    #[inline]
    pub fn pop(&mut self) -> Option<(f64, Entity)> {
        loop {
            while let Some(entry) = self.due.pop() {
                let valid = &mut self.valid[(entry.code & 3) as usize][(entry.code >> 2) as usize];
                if *valid == entry.order & NUMBER {
                    *valid = 0;
                    return Some((entry.time, Entity::decode(entry.code)));
                }
            }
            if !self.turn() {
                return None;
            }
        }
    }

    /// Makes the next filled bucket due; whether there is one.
    fn turn(&mut self) -> bool {
        loop {
            let mut word = self.next / 64;
            let mut bits =
                if self.next < BUCKETS { self.filled[word] & (u64::MAX << (self.next % 64)) } else { 0 };
            while bits == 0 && word + 1 < WORDS {
                word += 1;
                bits = self.filled[word];
            }
            if bits != 0 {
                let at = word * 64 + bits.trailing_zeros() as usize;
                self.filled[word] &= !(1 << (at % 64));
                self.next = at + 1;
                std::mem::swap(&mut self.due, &mut self.buckets[at]);
                if self.due.len() > 1 {
                    self.due.sort_unstable_by_key(|e| std::cmp::Reverse(e.key()));
                }
                return true;
            }
            // The wheel has turned: begin anew at the earliest far event.
            let Some(first) = self.far.peek() else { return false };
            self.start = first.0.time;
            self.next = 0;
            while let Some(entry) = self.far.peek().map(|f| f.0) {
                let at = self.bucket(entry.time);
                if at >= BUCKETS {
                    break;
                }
                self.far.pop();
                if self.valid[(entry.code & 3) as usize][(entry.code >> 2) as usize] == entry.order & NUMBER {
                    self.buckets[at].push(entry);
                    self.filled[at / 64] |= 1 << (at % 64);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{KeyedRng, Purpose};

    #[test]
    fn same_instant_follows_rank_then_order_of_scheduling() {
        let mut c = Calendar::new(0.05);
        c.schedule(Entity::Source(0), 1.0, Rank::Arrive);
        c.schedule(Entity::Request(7), 1.0, Rank::Finish);
        c.schedule(Entity::Roster(2), 1.0, Rank::Roster);
        c.schedule(Entity::Request(3), 1.0, Rank::Finish);
        c.schedule(Entity::Request(4), 0.5, Rank::Reach);
        let order: Vec<Entity> = std::iter::from_fn(|| c.pop().map(|p| p.1)).collect();
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
        let mut c = Calendar::new(0.05);
        let mut list: Vec<(f64, u64, u32)> = Vec::new();
        let mut sequence = 0;
        let mut now = 0.0;
        for _ in 0..20_000 {
            let i = (rng.bits() % 60) as u32;
            match rng.bits() % 4 {
                0 | 1 => {
                    // Near and far, often at the same instant; never before the present.
                    let reach = if rng.bits().is_multiple_of(10) { 1_000_000 } else { 300 };
                    let time = now + (rng.bits() % reach) as f64;
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
                    let got = c.pop();
                    assert_eq!(got, expected.map(|e| (e.0, Entity::Request(e.2))));
                    now = got.map_or(now, |g| g.0);
                }
            }
        }
    }
}
