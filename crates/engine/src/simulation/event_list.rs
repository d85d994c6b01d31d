//! The events: what happens next.
//!
//! A wheel of buckets, each a short span of time, behind it a wheel of *blocks*, each a whole turn of the
//! first, and a list of what lies beyond both. Every entity (a source, a centre's roster, a request, an
//! officer on a break) has one node, which stands in at most one of these lists, linked both ways: so an
//! event is scheduled, moved and cancelled in constant time, and what is cancelled is never met again.
//! Only the bucket that is due is sorted; when a wheel has turned, the next list is dealt out.
//!
//! Events at the same instant come in the order of [`Rank`], then in the order they were scheduled;
//! the width of the buckets changes nothing but the speed.

use std::cell::Cell;

/// What kind of thing happens, in the order in which things of one instant happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Rank {
    /// A service ends, or its deadline cuts it off; an officer returns from a break.
    Finish = 0,
    /// A roster changes. When all have, officers take what waits.
    Roster = 1,
    /// The deadline of a waiting request passes; a wait reaches its overflow limit.
    Timeout = 2,
    /// A request ends a delay and reaches a stage.
    Reach = 3,
    /// A new request arrives.
    Arrive = 4,
    /// Rules that react look at what all this has led to.
    Look = 5,
}

/// Who has the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entity {
    Source(u32),
    Roster(u32),
    Request(u32),
    Officer(u32),
}

/// Buckets of the near wheel, as a power of two.
const NEAR_BITS: u32 = 14;
const NEAR: usize = 1 << NEAR_BITS;
/// Blocks of the far wheel, as a power of two.
const FAR_BITS: u32 = 10;
const FAR: usize = 1 << FAR_BITS;

/// So many that most buckets hold one event or none: what is rare is foreseen by the processor.
const BUCKETS_PER_EVENT: f64 = 8.0;

/// Lists: the near buckets, the far blocks, what lies beyond, what is due.
const BEYOND: u32 = (NEAR + FAR) as u32;
const DUE: u32 = BEYOND + 1;
/// A power of two, so that the remainder that keeps an index in range is cheap.
const LISTS: usize = NEAR * 2;
/// Not a list: the entity has no event.
const NOWHERE: u32 = u32::MAX;
/// Not a node.
const NONE: u32 = u32::MAX;

const RANK_SHIFT: u32 = 60;

/// An entity's event, and its neighbours in the list that it stands in.
#[derive(Debug, Clone, Copy)]
struct ListNode {
    time: f64,
    /// Rank in the upper bits, number of the scheduling in the lower.
    order: u64,
    prev: u32,
    next: u32,
    list: u32,
}

impl ListNode {
    const IDLE: Self = Self { time: 0.0, order: 0, prev: NONE, next: NONE, list: NOWHERE };

    #[inline]
    fn key(&self) -> (u64, u64) {
        // Times are never negative, so their bits are in the order of the numbers.
        (self.time.to_bits(), self.order)
    }
}

/// Pending events.
#[derive(Debug)]
pub(super) struct EventList {
    /// Sources and rosters first, then requests and officers by turns.
    nodes: Vec<ListNode>,
    sources: u32,
    /// Sources and rosters.
    fixed: u32,
    /// First node of the list that is due, which is in order.
    due: u32,
    /// First node of each other list, in no order.
    lists: Box<[u32; LISTS]>,
    /// Which buckets and blocks may hold something.
    near: [u64; NEAR / 64],
    far: [u64; FAR / 64],
    /// The block that the near wheel stands for, counted from time zero.
    block: u64,
    /// First bucket of that block, counted from time zero.
    base: u64,
    /// The first bucket of the near wheel that is not due yet.
    next: usize,
    buckets_per_second: f64,
    /// How many events have been scheduled.
    number: u64,
    /// Room for sorting.
    sorted: Vec<((u64, u64), u32)>,
}

thread_local! {
    /// Empty lists of a replication that is over, for the next one on this thread: what they take is large enough for allocators
    /// to give it back to the system each time, whose new pages cost a short replication a third of its time.
    static SPARE: Cell<Option<Box<[u32; LISTS]>>> = const { Cell::new(None) };
}

impl EventList {
    /// An empty calendar for so many sources and rosters, and about so many events a second.
    pub(super) fn new(sources: usize, rosters: usize, events_per_second: f64) -> Self {
        let mut it = Self {
            nodes: Vec::new(),
            sources: 0,
            fixed: 0,
            due: NONE,
            lists: SPARE.take().unwrap_or_else(|| Box::new([NONE; LISTS])),
            near: [0; NEAR / 64],
            far: [0; FAR / 64],
            block: 0,
            base: 0,
            next: 0,
            buckets_per_second: 0.0,
            number: 0,
            sorted: Vec::new(),
        };
        it.restart(sources, rosters, events_per_second);
        it
    }

    /// Time begins anew, without any event, in the memory that is there.
    pub(super) fn restart(&mut self, sources: usize, rosters: usize, events_per_second: f64) {
        self.empty_lists();
        self.sources = sources as u32;
        self.fixed = (sources + rosters) as u32;
        self.nodes.clear();
        self.nodes.resize(sources + rosters, ListNode::IDLE);
        self.due = NONE;
        (self.block, self.base, self.next, self.number) = (0, 0, 0, 0);
        self.buckets_per_second = BUCKETS_PER_EVENT * events_per_second.clamp(1.0 / 86_400.0, 1e6);
    }

    /// Leaves the lists to the next replication on this thread.
    pub(super) fn retire(mut self) {
        self.empty_lists();
        SPARE.set(Some(self.lists));
    }

    /// Forgets what stands in the lists. Few of them hold anything, and the bits say which.
    fn empty_lists(&mut self) {
        for (first, words) in [(0, &mut self.near[..]), (NEAR, &mut self.far[..])] {
            let mut from = 0;
            while let Some(at) = first_from(words, from) {
                from = at;
                words[at / 64] &= !(1 << (at % 64));
                self.lists[first + at] = NONE;
            }
        }
        self.lists[BEYOND as usize] = NONE;
        debug_assert!(self.lists.iter().all(|&id| id == NONE));
    }

    #[inline(always)]
    fn id(&self, entity: Entity) -> u32 {
        match entity {
            Entity::Source(i) => i,
            Entity::Roster(i) => self.sources + i,
            Entity::Request(i) => self.fixed + 2 * i,
            Entity::Officer(i) => self.fixed + 2 * i + 1,
        }
    }

    /// Who has the event of this number.
    #[inline(always)]
    pub(crate) fn entity(&self, id: u32) -> Entity {
        if id >= self.fixed {
            let i = id - self.fixed;
            if i & 1 == 0 { Entity::Request(i >> 1) } else { Entity::Officer(i >> 1) }
        } else if id < self.sources {
            Entity::Source(id)
        } else {
            Entity::Roster(id - self.sources)
        }
    }

    /// Bucket of a time, counted from zero. It never falls as time rises, so that buckets are in order
    /// whatever the rounding.
    #[inline]
    fn bucket(&self, time: f64) -> u64 {
        const WHOLE: f64 = 4_503_599_627_370_496.0;
        // Above 2^52 a float's last bits are a whole number: a third of the work of a checked conversion.
        ((time * self.buckets_per_second).min(WHOLE / 2.0) + WHOLE).to_bits() & ((1 << 52) - 1)
    }

    /// Schedules `entity`'s event, replacing one it already has.
    #[inline(always)]
    pub(super) fn schedule(&mut self, entity: Entity, time: f64, rank: Rank) {
        self.number += 1;
        self.schedule_as(entity, time, rank, self.number);
    }

    /// The same, in a given order among the events of its instant and rank.
    #[inline(always)]
    pub(crate) fn schedule_as(&mut self, entity: Entity, time: f64, rank: Rank, number: u64) {
        debug_assert!(time >= 0.0, "{time}");
        let id = self.id(entity);
        let order = (rank as u64) << RANK_SHIFT | number;
        let bucket = self.bucket(time);
        let at = bucket.wrapping_sub(self.base) as usize;
        if at < NEAR
            && at >= self.next
            && let Some(node) = self.nodes.get_mut(id as usize)
            && node.list == NOWHERE
        {
            self.near[at / 64] |= 1 << (at % 64);
            let next = std::mem::replace(&mut self.lists[at], id);
            *node = ListNode { time, order, prev: NONE, next, list: at as u32 };
            if next != NONE {
                self.nodes[next as usize].prev = id;
            }
        } else {
            self.schedule_elsewhere(id, time, order, bucket);
        }
    }

    /// Schedules an event that does not go straight into the near wheel.
    #[inline(never)]
    fn schedule_elsewhere(&mut self, id: u32, time: f64, order: u64, bucket: u64) {
        self.make_idle(id);
        let node = &mut self.nodes[id as usize];
        node.time = time;
        node.order = order;
        self.place(id, bucket);
    }

    /// Sees to it that an entity has a node, and that it stands in no list.
    fn make_idle(&mut self, id: u32) {
        if id as usize >= self.nodes.len() {
            self.nodes.resize(id as usize + 1, ListNode::IDLE);
        } else if self.nodes[id as usize].list != NOWHERE {
            self.unlink(id);
        }
    }

    /// Puts a node where it belongs.
    fn place(&mut self, id: u32, bucket: u64) {
        let block = bucket >> NEAR_BITS;
        if bucket < self.base + self.next as u64 {
            self.place_due(id);
        } else if block == self.block {
            let at = bucket as usize % NEAR;
            self.near[at / 64] |= 1 << (at % 64);
            self.push(id, at as u32);
        } else if block >> FAR_BITS == self.block >> FAR_BITS {
            let at = block as usize % FAR;
            self.far[at / 64] |= 1 << (at % 64);
            self.push(id, (NEAR + at) as u32);
        } else {
            self.push(id, BEYOND);
        }
    }

    /// Puts a node first into a list.
    #[inline(always)]
    fn push(&mut self, id: u32, list: u32) {
        let first = std::mem::replace(&mut self.lists[list as usize % LISTS], id);
        let node = &mut self.nodes[id as usize];
        node.prev = NONE;
        node.next = first;
        node.list = list;
        if first != NONE {
            self.nodes[first as usize].prev = id;
        }
    }

    /// Puts a node at its place in the list that is due.
    fn place_due(&mut self, id: u32) {
        let key = self.nodes[id as usize].key();
        let mut before = NONE;
        let mut after = self.due;
        while after != NONE && self.nodes[after as usize].key() < key {
            before = after;
            after = self.nodes[after as usize].next;
        }
        let node = &mut self.nodes[id as usize];
        node.prev = before;
        node.next = after;
        node.list = DUE;
        if before == NONE {
            self.due = id;
        } else {
            self.nodes[before as usize].next = id;
        }
        if after != NONE {
            self.nodes[after as usize].prev = id;
        }
    }

    /// Takes a node out of the list that it stands in.
    fn unlink(&mut self, id: u32) {
        let ListNode { prev, next, list, .. } = self.nodes[id as usize];
        if prev == NONE {
            if list == DUE {
                self.due = next;
            } else {
                self.lists[list as usize % LISTS] = next;
            }
        } else {
            self.nodes[prev as usize].next = next;
        }
        if next != NONE {
            self.nodes[next as usize].prev = prev;
        }
    }

    /// Removes `entity`'s event, if it has one.
    #[inline]
    pub(super) fn cancel(&mut self, entity: Entity) {
        let id = self.id(entity);
        if self.nodes.get(id as usize).is_some_and(|node| node.list != NOWHERE) {
            self.unlink(id);
            self.nodes[id as usize].list = NOWHERE;
        }
    }

    /// Whether more services end or rosters change at `now`, the time of the last event taken out.
    #[inline(always)]
    pub(crate) fn more_changes(&self, now: f64) -> bool {
        // All events of an instant stand in one bucket, so that the others are due.
        self.nodes
            .get(self.due as usize)
            .is_some_and(|node| node.time == now && node.order < (Rank::Timeout as u64) << RANK_SHIFT)
    }

    /// Takes out the next event: when, and the number of its [`Self::entity`].
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<(f64, u32)> {
        let id = self.due;
        if id != NONE { Some(self.pop_due(id)) } else { self.turn() }
    }

    /// Takes out the first node of the list that is due.
    fn pop_due(&mut self, id: u32) -> (f64, u32) {
        let node = &mut self.nodes[id as usize];
        node.list = NOWHERE;
        let (time, next) = (node.time, node.next);
        self.due = next;
        if next != NONE {
            self.nodes[next as usize].prev = NONE;
        }
        (time, id)
    }

    /// Takes out the first event of the next filled bucket and makes the others there due.
    #[inline(always)]
    fn turn(&mut self) -> Option<(f64, u32)> {
        loop {
            let Some(at) = first_from(&self.near, self.next) else {
                if self.next_block() {
                    continue;
                }
                return None;
            };
            self.near[at / 64 % (NEAR / 64)] &= !(1 << (at % 64));
            self.next = at + 1;
            let first = std::mem::replace(&mut self.lists[at % LISTS], NONE);
            if first == NONE {
                continue;
            }
            let node = &mut self.nodes[first as usize];
            if node.next == NONE {
                node.list = NOWHERE;
                let time = node.time;
                return Some((time, first));
            }
            let first = self.sort(first);
            return Some(self.pop_due(first));
        }
    }

    /// Deals the next block out to the near wheel, which is empty; whether there was one.
    #[cold]
    fn next_block(&mut self) -> bool {
        let list = if let Some(at) = first_from(&self.far, 0) {
            self.far[at / 64] &= !(1 << (at % 64));
            self.block = self.block >> FAR_BITS << FAR_BITS | at as u64;
            (NEAR + at) as u32
        } else {
            let mut earliest = u64::MAX;
            let mut id = self.lists[BEYOND as usize];
            while id != NONE {
                let node = &self.nodes[id as usize];
                earliest = earliest.min(self.bucket(node.time));
                id = node.next;
            }
            if earliest == u64::MAX {
                return false;
            }
            self.block = earliest >> NEAR_BITS;
            BEYOND
        };
        self.base = self.block << NEAR_BITS;
        self.next = 0;
        let mut id = std::mem::replace(&mut self.lists[list as usize], NONE);
        while id != NONE {
            let ListNode { time, next, .. } = self.nodes[id as usize];
            let bucket = self.bucket(time);
            self.place(id, bucket);
            id = next;
        }
        true
    }

    /// Makes the nodes from `first` on due, in order, and gives the earliest.
    #[inline(never)]
    fn sort(&mut self, first: u32) -> u32 {
        self.sorted.clear();
        let mut id = first;
        while id != NONE {
            let node = &self.nodes[id as usize];
            self.sorted.push((node.key(), id));
            id = node.next;
        }
        self.sorted.sort_unstable();
        let mut before = NONE;
        for i in 0..self.sorted.len() {
            let id = self.sorted[i].1;
            let next = self.sorted.get(i + 1).map_or(NONE, |s| s.1);
            let node = &mut self.nodes[id as usize];
            node.prev = before;
            node.next = next;
            node.list = DUE;
            before = id;
        }
        self.sorted[0].1
    }
}

/// The first bit that is set, from bit `from` on.
#[inline]
fn first_from(words: &[u64], from: usize) -> Option<usize> {
    let mut word = from / 64;
    let mut bits = words.get(word)? & u64::MAX << (from % 64);
    while bits == 0 {
        word += 1;
        bits = *words.get(word)?;
    }
    Some(word * 64 + bits.trailing_zeros() as usize)
}

#[cfg(test)]
mod tests;
