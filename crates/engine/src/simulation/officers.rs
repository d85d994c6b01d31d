//! Officers of crews as persons, and lists of them.

use super::request::{NONE, NOWHERE};
use crate::model::limits::numbered;

/// What an officer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Idle,
    /// Has cases in hand and may take more.
    Partly,
    Busy,
    /// Busy beyond the end of the shift: goes home after this case.
    Overtime,
    OnBreak,
}

/// An officer of a crew.
#[derive(Debug, Clone)]
pub(super) struct Officer {
    pub centre: u16,
    pub pool: u32,
    pub line: u32,
    /// Role asked for by the case in hand.
    pub role: u8,
    pub doing: Doing,
    /// Request in hand.
    pub request: u32,
    /// All requests in hand, the first taken first, of officers who may have several; empty for others.
    pub hands: Vec<u32>,
    /// Station at which the time of such an officer is booked, and since when.
    pub at: u32,
    pub at_since: f64,
    /// Next officer of the same team.
    pub team: u32,
    /// Tells an officer from the earlier ones who had the same slot.
    pub stamp: u32,
    /// Length of breaks due after the case in hand, seconds.
    pub break_due: f64,
    /// Since when idle.
    pub since: f64,
    /// Where officers take turns by their lines: the line's place in the file, and the turn in it.
    pub turn: (u32, u64),
    /// Neighbours in the list that the officer is in: of a pool's idle, or of a crew's overtime.
    prev: u32,
    next: u32,
}

/// The officers of all crews of a run.
#[derive(Debug, Default)]
pub(super) struct Officers {
    all: Vec<Officer>,
    gone: Vec<u32>,
    stamp: u32,
    turns: u64,
}

impl Officers {
    /// A new officer of a pool's line, the `listed`th in the file.
    pub(super) fn insert(&mut self, centre: usize, pool: usize, line: usize, listed: u32) -> u32 {
        self.stamp = self.stamp.wrapping_add(1);
        let officer = Officer {
            centre: numbered(centre),
            pool: pool as u32,
            line: line as u32,
            role: 0,
            doing: Doing::Idle,
            request: NONE,
            hands: Vec::new(),
            at: NONE,
            at_since: 0.0,
            team: NONE,
            stamp: self.stamp,
            break_due: 0.0,
            since: 0.0,
            turn: (listed, 0),
            prev: NONE,
            next: NONE,
        };
        if let Some(i) = self.gone.pop() {
            self.all[i as usize] = officer;
            i
        } else {
            self.all.push(officer);
            (self.all.len() - 1) as u32
        }
    }

    /// An officer goes home.
    pub(super) fn remove(&mut self, officer: u32) {
        self.all[officer as usize].centre = NOWHERE;
        // The stamp of an absent officer fits nobody.
        self.all[officer as usize].stamp = 0;
        self.gone.push(officer);
    }

    /// The next turn of an officer who may have several cases in hand: by how many there are, then, `by_line`, by the line, then
    /// as it was taken.
    pub(crate) fn next_turn_by_hands(&mut self, officer: u32, by_line: bool) -> (u32, u64) {
        self.turns += 1;
        let officer = &mut self.all[officer as usize];
        let line = if by_line { officer.turn.0 & 0xffff } else { 0 };
        officer.turn = ((officer.hands.len() as u32) << 16 | line, self.turns);
        officer.turn
    }

    /// The next turn of an officer within the line.
    pub(crate) fn next_turn(&mut self, officer: u32) -> (u32, u64) {
        self.turns += 1;
        let turn = &mut self.all[officer as usize].turn;
        turn.1 = self.turns;
        *turn
    }
}

impl std::ops::Index<u32> for Officers {
    type Output = Officer;
    #[inline]
    fn index(&self, i: u32) -> &Officer {
        &self.all[i as usize]
    }
}

impl std::ops::IndexMut<u32> for Officers {
    #[inline]
    fn index_mut(&mut self, i: u32) -> &mut Officer {
        &mut self.all[i as usize]
    }
}

/// Officers in a line, linked through themselves: joining at the end and leaving from anywhere take constant
/// time, however many they are. An officer is in one list at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfficerList {
    head: u32,
    tail: u32,
}

impl OfficerList {
    /// A list of nobody.
    pub(super) const EMPTY: Self = Self { head: NONE, tail: NONE };

    /// An officer joins at the end.
    #[inline]
    pub(super) fn push(&mut self, officers: &mut Officers, o: u32) {
        officers[o].prev = self.tail;
        officers[o].next = NONE;
        if self.tail == NONE {
            self.head = o;
        } else {
            officers[self.tail].next = o;
        }
        self.tail = o;
    }

    /// An officer leaves.
    #[inline]
    pub(super) fn remove(&mut self, officers: &mut Officers, o: u32) {
        let (prev, next) = (officers[o].prev, officers[o].next);
        if prev == NONE {
            self.head = next;
        } else {
            officers[prev].next = next;
        }
        if next == NONE {
            self.tail = prev;
        } else {
            officers[next].prev = prev;
        }
    }

    /// The first.
    pub(super) fn first(&self) -> Option<u32> {
        (self.head != NONE).then_some(self.head)
    }

    /// All, first to last.
    pub(crate) fn iter<'a>(&self, officers: &'a Officers) -> impl Iterator<Item = u32> + use<'a> {
        let after = |o: &u32| Some(officers[*o].next).filter(|next| *next != NONE);
        std::iter::successors(self.first(), after)
    }

    /// The first who is not `avoided`.
    #[inline]
    pub(crate) fn first_but(&self, officers: &Officers, avoided: u32) -> Option<u32> {
        let first = self.first()?;
        if first != avoided {
            return Some(first);
        }
        let second = officers[first].next;
        (second != NONE).then_some(second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_order(list: &OfficerList, officers: &Officers) -> Vec<u32> {
        list.iter(officers).collect()
    }

    #[test]
    fn officers_leave_a_list_from_anywhere_and_one_may_be_avoided() {
        let mut officers = Officers::default();
        let mut list = OfficerList::EMPTY;
        let [a, b, c, d] = [0, 1, 2, 3].map(|_| officers.insert(0, 0, 0, 0));
        for o in [a, b, c, d] {
            list.push(&mut officers, o);
        }
        list.remove(&mut officers, b);
        assert_eq!(in_order(&list, &officers), [a, c, d]);
        assert_eq!(list.first_but(&officers, a), Some(c));
        assert_eq!(list.first_but(&officers, c), Some(a));
        list.remove(&mut officers, d);
        list.remove(&mut officers, a);
        list.push(&mut officers, b);
        assert_eq!(in_order(&list, &officers), [c, b]);
        list.remove(&mut officers, c);
        assert_eq!(list.first_but(&officers, b), None);
        list.remove(&mut officers, b);
        assert_eq!(list.first(), None);
    }
}
