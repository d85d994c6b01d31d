//! When the services of a single station end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Up to so many ends stand in a sorted list, more in a heap.
const FEW: u32 = 24;

/// When services end, in the order in which they do: at one instant the first begun first.
pub(super) struct Ends {
    /// The first of them; infinite where there is none.
    pub first: f64,
    begun: u64,
    kept: KeptEnds,
}

enum KeptEnds {
    /// The next one last.
    Few(Vec<(f64, u32)>),
    Many(BinaryHeap<Reverse<(u64, u64, u32)>>),
}

impl Ends {
    /// None yet, and hardly more than `most` at a time.
    pub(super) fn new(most: u32) -> Self {
        let kept = if most <= FEW { KeptEnds::Few(Vec::new()) } else { KeptEnds::Many(BinaryHeap::new()) };
        Self { first: f64::INFINITY, begun: 0, kept }
    }

    /// A request's service will end at `t`.
    #[inline(always)]
    pub(super) fn insert(&mut self, t: f64, case: u32) {
        if t < self.first {
            self.first = t;
        }
        match &mut self.kept {
            KeptEnds::Few(list) => {
                list.push((t, case));
                let mut at = list.len() - 1;
                while at > 0 && list[at - 1].0 <= t {
                    list[at] = list[at - 1];
                    at -= 1;
                }
                list[at] = (t, case);
            }
            KeptEnds::Many(heap) => {
                self.begun += 1;
                // Times from the origin on, whose bits ascend as they do.
                heap.push(Reverse((t.to_bits(), self.begun, case)));
            }
        }
    }

    /// Takes out the first.
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<u32> {
        match &mut self.kept {
            KeptEnds::Few(list) => {
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
