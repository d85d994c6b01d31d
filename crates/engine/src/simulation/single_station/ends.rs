//! When the services of a single station end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

mod few;
mod grouped;

use few::FewEnds;
use grouped::GroupedEnds;

/// Up to so many ends are looked at one by one for the first, up to [`SOME`] stand in groups, more in a heap.
const FEW: u32 = 16;
const SOME: u32 = 48;

/// When services end, in the order in which they do: at one instant the first begun first.
pub(super) struct Ends {
    /// The first of them; infinite where there is none.
    pub first: f64,
    begun: u64,
    kept: KeptEnds,
}

enum KeptEnds {
    Few(Box<FewEnds>),
    Grouped(Box<GroupedEnds>),
    Many(BinaryHeap<Reverse<(u64, u64, u32)>>),
}

/// One of them: the how-manyth begun, and whose it is.
#[derive(Clone, Copy, Default)]
struct EndOf {
    begun: u64,
    case: u32,
}

impl Ends {
    /// None yet, and hardly more than `most` at a time.
    pub(super) fn new(most: u32) -> Self {
        let kept = if most <= FEW {
            KeptEnds::Few(Box::default())
        } else if most <= SOME {
            KeptEnds::Grouped(Box::default())
        } else {
            KeptEnds::Many(BinaryHeap::new())
        };
        Self { first: f64::INFINITY, begun: 0, kept }
    }

    /// A request's service will end at `t`.
    #[inline(always)]
    pub(super) fn insert(&mut self, t: f64, case: u32) {
        self.begun += 1;
        let of = EndOf { begun: self.begun, case };
        let kept = match &mut self.kept {
            KeptEnds::Few(few) => few.insert(t, of, &mut self.first),
            KeptEnds::Grouped(grouped) => grouped.insert(t, of, &mut self.first),
            KeptEnds::Many(heap) => {
                heap.push(in_heap((t, of)));
                self.first = self.first.min(t);
                true
            }
        };
        if !kept {
            self.insert_in_heap(t, of);
        }
    }

    /// Takes out the first.
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<u32> {
        if self.first == f64::INFINITY {
            return None;
        }
        match &mut self.kept {
            KeptEnds::Few(few) => {
                let case = few.pop();
                self.first = few.find();
                Some(case)
            }
            KeptEnds::Grouped(grouped) => {
                let case = grouped.pop();
                self.first = grouped.find();
                Some(case)
            }
            KeptEnds::Many(heap) => {
                let case = heap.pop().map(|Reverse(end)| end.2);
                self.first = heap.peek().map_or(f64::INFINITY, |end| f64::from_bits(end.0.0));
                case
            }
        }
    }

    /// There are more at work than was thought.
    #[cold]
    fn insert_in_heap(&mut self, t: f64, of: EndOf) {
        let mut heap: BinaryHeap<_> = match &self.kept {
            KeptEnds::Few(few) => few.all().map(in_heap).collect(),
            KeptEnds::Grouped(grouped) => grouped.all().map(in_heap).collect(),
            KeptEnds::Many(_) => return,
        };
        heap.push(in_heap((t, of)));
        self.first = self.first.min(t);
        self.kept = KeptEnds::Many(heap);
    }
}

/// Times from the origin on, whose bits ascend as they do.
fn in_heap((t, of): (f64, EndOf)) -> Reverse<(u64, u64, u32)> {
    Reverse((t.to_bits(), of.begun, of.case))
}

/// The first of some ends, its place among them, and whether several may meet there.
#[inline(always)]
fn first_of(times: &[f64]) -> (f64, usize, bool) {
    let (mut first, mut at, mut tie) = (f64::INFINITY, 0, false);
    for (i, t) in times.iter().enumerate() {
        let before = *t < first;
        tie |= *t == first;
        first = if before { *t } else { first };
        at = if before { i } else { at };
    }
    (first, at, tie)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::KeyedRng;

    /// Few, groups and a heap, and few that turn out to be many, give the same order, also where services end at one instant.
    #[test]
    fn all_ways_to_keep_them_give_the_same_order() {
        for seed in 0..60 {
            let mut draws = KeyedRng::of(seed, 1, 1);
            let most = [16, 31, 48, 80][seed as usize % 4];
            let mut all = [FEW, SOME, SOME + 1].map(Ends::new);
            let (mut t, mut at_work) = (0.0, 0);
            for case in 0..4_000 {
                let begins = at_work < most && (at_work == 0 || draws.uniform() < 0.6);
                if begins {
                    let length =
                        (draws.uniform() * 20.0).floor() + if seed < 30 { 0.0 } else { draws.uniform() };
                    all.iter_mut().for_each(|ends| ends.insert(t + length, case));
                    at_work += 1;
                } else {
                    t = all[0].first;
                    let [a, b, c] = all.each_mut().map(|ends| (ends.first.to_bits(), ends.pop()));
                    assert_eq!((a, b), (c, c), "seed {seed}");
                    at_work -= 1;
                }
            }
            while at_work > 0 {
                let [a, b, c] = all.each_mut().map(Ends::pop);
                assert!(a.is_some() && a == b && b == c, "seed {seed}");
                at_work -= 1;
            }
            assert!(all.iter_mut().all(|ends| ends.pop().is_none() && ends.first == f64::INFINITY));
        }
    }
}
