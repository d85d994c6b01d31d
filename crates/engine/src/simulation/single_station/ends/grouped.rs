//! Ends of some dozens of services: groups of eight, each with its first.
//!
//! To find who ends next, eight ends of one group are looked at and the firsts of all groups, without a branch on what was drawn. A sorted list
//! takes half of its length to find the place of a new end, and the processor cannot foresee where it stops.

use super::{EndOf, first_of};

const GROUP: usize = 8;
const GROUPS: usize = 8;
const ROOM: usize = GROUP * GROUPS;
/// No service ends from here on.
const NEVER: f64 = 1e300;

/// When a place without an end has its.
#[inline(always)]
fn never(place: usize) -> f64 {
    NEVER * (1 + place) as f64
}

pub(super) struct GroupedEnds {
    /// By place; an instant that never comes where there is none, of each place its own, so that none meets another.
    times: [[f64; GROUP]; GROUPS],
    of: [EndOf; ROOM],
    /// Places without an end, `free` of them.
    places: [u8; ROOM],
    free: usize,
    /// The first of each group, and its place.
    firsts: [f64; GROUPS],
    at: [u8; GROUPS],
    /// Groups with places that have been used.
    used: usize,
    /// The group of the first.
    group: usize,
}

impl Default for GroupedEnds {
    fn default() -> Self {
        Self {
            times: std::array::from_fn(|group| std::array::from_fn(|i| never(group * GROUP + i))),
            of: [EndOf::default(); ROOM],
            // The lowest places on top, so that few groups are used.
            places: std::array::from_fn(|i| (ROOM - 1 - i) as u8),
            free: ROOM,
            firsts: std::array::from_fn(|group| never(group * GROUP)),
            at: [0; GROUPS],
            used: 0,
            group: 0,
        }
    }
}

impl GroupedEnds {
    /// Takes up another, of which the earliest so far ends at `first`; whether there was room.
    #[inline(always)]
    pub(super) fn insert(&mut self, t: f64, of: EndOf, first: &mut f64) -> bool {
        if self.free == 0 {
            return false;
        }
        self.free -= 1;
        let place = usize::from(self.places[self.free % ROOM]) % ROOM;
        let group = place / GROUP;
        self.times[group][place % GROUP] = t;
        self.of[place] = of;
        self.used = self.used.max(group + 1);
        // Who was begun earlier stays before whoever ends at the same instant.
        let before = t < self.firsts[group];
        self.at[group] = if before { place as u8 } else { self.at[group] };
        self.firsts[group] = if before { t } else { self.firsts[group] };
        // A branch, mostly foreseen: what comes next does not wait for how long the service takes.
        if t < *first {
            *first = t;
            self.group = group;
        }
        true
    }

    /// Takes out the first, of one at least.
    #[inline(always)]
    pub(super) fn pop(&mut self) -> u32 {
        let group = self.group % GROUPS;
        let place = usize::from(self.at[group]) % ROOM;
        self.times[group][place % GROUP] = never(place);
        self.places[self.free % ROOM] = place as u8;
        self.free += 1;
        let (first, mut at, tie) = first_of(&self.times[group]);
        if tie {
            at = self.begun_first(group, first);
        }
        self.firsts[group] = first;
        self.at[group] = (group * GROUP + at) as u8;
        self.of[place].case
    }

    /// Finds the group of the first, and when it ends.
    #[inline(always)]
    pub(super) fn find(&mut self) -> f64 {
        let (first, group, tie) = first_of(&self.firsts[..self.used.min(GROUPS)]);
        self.group = if tie { self.group_begun_first(first) } else { group };
        if first < NEVER { first } else { f64::INFINITY }
    }

    /// Of a group's ends at `t`, the place in it of the one begun first.
    #[cold]
    fn begun_first(&self, group: usize, t: f64) -> usize {
        let meeting = (0..GROUP).filter(|i| self.times[group][*i] == t);
        meeting.min_by_key(|i| self.of[group * GROUP + i].begun).unwrap_or(0)
    }

    /// Of the groups whose firsts end at `t`, the one whose first was begun first.
    #[cold]
    fn group_begun_first(&self, t: f64) -> usize {
        let meeting = (0..GROUPS).filter(|group| self.firsts[*group] == t);
        meeting.min_by_key(|group| self.of[usize::from(self.at[*group]) % ROOM].begun).unwrap_or(0)
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = (f64, EndOf)> {
        self.times.as_flattened().iter().copied().zip(self.of).filter(|(t, _)| *t < NEVER)
    }
}
