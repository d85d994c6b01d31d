//! When the services of a single station end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Up to so many ends are looked at one by one for the first, up to [`SOME`] stand in a sorted list, more in a heap.
const FEW: u32 = 16;
const SOME: u32 = 40;

/// When services end, in the order in which they do: at one instant the first begun first.
pub(super) struct Ends {
    /// The first of them; infinite where there is none.
    pub first: f64,
    begun: u64,
    kept: KeptEnds,
}

enum KeptEnds {
    Few(FewEnds),
    /// The next one last.
    Sorted(Vec<(f64, u32)>),
    Many(BinaryHeap<Reverse<(u64, u64, u32)>>),
}

/// In no order; by place, when each ends, and which it is.
#[derive(Default)]
struct FewEnds {
    times: Vec<f64>,
    of: Vec<EndOf>,
    /// The place of the first.
    at: usize,
}

#[derive(Clone, Copy)]
struct EndOf {
    begun: u64,
    case: u32,
}

impl Ends {
    /// None yet, and hardly more than `most` at a time.
    pub(super) fn new(most: u32) -> Self {
        let kept = if most <= FEW {
            KeptEnds::Few(FewEnds::default())
        } else if most <= SOME {
            KeptEnds::Sorted(Vec::new())
        } else {
            KeptEnds::Many(BinaryHeap::new())
        };
        Self { first: f64::INFINITY, begun: 0, kept }
    }

    /// A request's service will end at `t`.
    #[inline(always)]
    pub(super) fn insert(&mut self, t: f64, case: u32) {
        self.begun += 1;
        match &mut self.kept {
            KeptEnds::Few(few) => {
                if t < self.first {
                    few.at = few.times.len();
                    self.first = t;
                }
                few.times.push(t);
                few.of.push(EndOf { begun: self.begun, case });
            }
            KeptEnds::Sorted(list) => {
                self.first = self.first.min(t);
                list.push((t, case));
                let mut at = list.len() - 1;
                while at > 0 && list[at - 1].0 <= t {
                    list[at] = list[at - 1];
                    at -= 1;
                }
                list[at] = (t, case);
            }
            KeptEnds::Many(heap) => {
                self.first = self.first.min(t);
                // Times from the origin on, whose bits ascend as they do.
                heap.push(Reverse((t.to_bits(), self.begun, case)));
            }
        }
    }

    /// Takes out the first.
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<u32> {
        match &mut self.kept {
            KeptEnds::Few(few) => {
                let at = few.at;
                if at >= few.times.len() || at >= few.of.len() {
                    return None;
                }
                few.times.swap_remove(at);
                let case = few.of.swap_remove(at).case;
                self.first = few.find();
                Some(case)
            }
            KeptEnds::Sorted(list) => {
                let case = list.pop().map(|end| end.1);
                self.first = list.last().map_or(f64::INFINITY, |end| end.0);
                case
            }
            KeptEnds::Many(heap) => {
                let case = heap.pop().map(|Reverse(end)| end.2);
                self.first = heap.peek().map_or(f64::INFINITY, |end| f64::from_bits(end.0.0));
                case
            }
        }
    }
}

impl FewEnds {
    /// Finds the place of the first, and when it ends.
    ///
    /// Without a branch on what is drawn, which a processor cannot foresee: for so few a sorted list takes fewer instructions and more time.
    #[inline(always)]
    fn find(&mut self) -> f64 {
        let (mut first, mut at, mut tie) = (f64::INFINITY, 0, false);
        for (i, t) in self.times.iter().enumerate() {
            let before = *t < first;
            tie = *t == first || tie && !before;
            first = if before { *t } else { first };
            at = if before { i } else { at };
        }
        self.at = if tie { self.find_begun_first(first) } else { at };
        first
    }

    /// Of those that end at `t`, the place of the one begun first.
    #[cold]
    fn find_begun_first(&self, t: f64) -> usize {
        let ends = self.times.iter().zip(&self.of).enumerate().filter(|(_, (end, _))| **end == t);
        ends.min_by_key(|(_, (_, of))| of.begun).map_or(0, |(i, _)| i)
    }
}
