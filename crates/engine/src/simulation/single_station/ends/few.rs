//! Ends of a few services, in no order.

use super::{EndOf, first_of};

/// Room for so many, a power of two: places are taken modulo it, so that nobody has to ask whether they are there.
const ROOM: usize = 32;

/// By place, when each ends and which it is.
pub(super) struct FewEnds {
    times: [f64; ROOM],
    of: [EndOf; ROOM],
    many: usize,
    /// The place of the first.
    at: usize,
}

impl Default for FewEnds {
    fn default() -> Self {
        Self { times: [f64::INFINITY; ROOM], of: [EndOf::default(); ROOM], many: 0, at: 0 }
    }
}

impl FewEnds {
    /// Takes up another, of which the earliest so far ends at `first`; whether there was room.
    #[inline(always)]
    pub(super) fn insert(&mut self, t: f64, of: EndOf, first: &mut f64) -> bool {
        let place = self.many;
        if place >= ROOM - 1 {
            return false;
        }
        // A branch, mostly foreseen: what comes next does not wait for how long the service takes.
        if t < *first {
            *first = t;
            self.at = place;
        }
        self.times[place % ROOM] = t;
        self.of[place % ROOM] = of;
        self.many += 1;
        true
    }

    /// Takes out the first, of one at least.
    #[inline(always)]
    pub(super) fn pop(&mut self) -> u32 {
        self.many -= 1;
        let (at, last) = (self.at % ROOM, self.many % ROOM);
        let case = self.of[at].case;
        self.times[at] = self.times[last];
        self.of[at] = self.of[last];
        case
    }

    /// Finds the place of the first, and when it ends.
    ///
    /// Without a branch on what is drawn, which a processor cannot foresee: for so few a sorted list takes fewer instructions and more time.
    #[inline(always)]
    pub(super) fn find(&mut self) -> f64 {
        let (first, at, tie) = first_of(&self.times[..self.many % ROOM]);
        self.at = if tie { self.find_begun_first(first) } else { at };
        first
    }

    /// Of those that end at `t`, the place of the one begun first.
    #[cold]
    fn find_begun_first(&self, t: f64) -> usize {
        let ends = self.times.iter().zip(&self.of).take(self.many).enumerate();
        let meeting = ends.filter(|(_, (end, _))| **end == t);
        meeting.min_by_key(|(_, (_, of))| of.begun).map_or(0, |(i, _)| i)
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = (f64, EndOf)> {
        self.times.iter().copied().zip(self.of).take(self.many)
    }
}
