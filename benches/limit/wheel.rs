//! A timing wheel of departures: buckets are lists through one small array of nodes, so that all of it
//! stays in the nearest cache. Only the bucket that is due is sorted.

const BUCKETS: u64 = 4096;
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Node {
    time: f64,
    next: u32,
    what: u32,
}

/// Pending departures.
pub(crate) struct Wheel {
    heads: Box<[u32; BUCKETS as usize]>,
    nodes: Vec<Node>,
    free: u32,
    /// The bucket that is due, counted from time zero.
    at: u64,
    /// Its entries, latest first.
    due: Vec<(f64, u32)>,
    /// Entries beyond the wheel's turn.
    far: Vec<(f64, u32)>,
    per_second: f64,
}

impl Wheel {
    /// A wheel for about so many events a second.
    pub(crate) fn new(events_per_second: f64) -> Self {
        Self {
            heads: Box::new([NONE; BUCKETS as usize]),
            nodes: Vec::new(),
            free: NONE,
            at: 0,
            due: Vec::new(),
            far: Vec::new(),
            per_second: events_per_second,
        }
    }

    #[inline]
    pub(crate) fn schedule(&mut self, time: f64, what: u32) {
        let bucket = (time * self.per_second) as u64;
        if bucket <= self.at {
            let at = self.due.iter().rposition(|e| e.0 > time).map_or(0, |i| i + 1);
            self.due.insert(at, (time, what));
        } else if bucket - self.at < BUCKETS {
            self.hang(bucket, time, what);
        } else {
            self.far.push((time, what));
        }
    }

    #[inline]
    fn hang(&mut self, bucket: u64, time: f64, what: u32) {
        let head = &mut self.heads[(bucket % BUCKETS) as usize];
        let node = Node { time, next: *head, what };
        if self.free == NONE {
            *head = self.nodes.len() as u32;
            self.nodes.push(node);
        } else {
            *head = self.free;
            let place = &mut self.nodes[self.free as usize];
            self.free = place.next;
            *place = node;
        }
    }

    /// The next departure up to `t`.
    #[inline]
    pub(crate) fn pop_until(&mut self, t: f64) -> Option<(f64, u32)> {
        loop {
            if let Some(&(time, what)) = self.due.last() {
                return if time <= t {
                    self.due.pop();
                    Some((time, what))
                } else {
                    None
                };
            }
            if !self.turn((t * self.per_second) as u64) {
                return None;
            }
        }
    }

    /// Makes the next filled bucket up to `last` due; whether there is one.
    #[inline]
    fn turn(&mut self, last: u64) -> bool {
        while self.at < last {
            self.at += 1;
            if self.at.is_multiple_of(BUCKETS) && !self.far.is_empty() {
                self.deal();
            }
            let head = &mut self.heads[(self.at % BUCKETS) as usize];
            let mut i = std::mem::replace(head, NONE);
            if i == NONE {
                continue;
            }
            while i != NONE {
                let node = &mut self.nodes[i as usize];
                self.due.push((node.time, node.what));
                let next = node.next;
                node.next = self.free;
                self.free = i;
                i = next;
            }
            if self.due.len() > 1 {
                self.due.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
            }
            return true;
        }
        false
    }

    /// Hangs up what has come within the wheel's turn.
    #[cold]
    fn deal(&mut self) {
        for (time, what) in std::mem::take(&mut self.far) {
            let bucket = (time * self.per_second) as u64;
            if bucket - self.at < BUCKETS {
                self.hang(bucket, time, what);
            } else {
                self.far.push((time, what));
            }
        }
    }

    /// Time from `t` to all pending departures together.
    pub(crate) fn left(mut self, t: f64) -> f64 {
        let mut sum = 0.0;
        while let Some((time, _)) = self.pop_until(t + 1e9) {
            sum += time - t;
        }
        sum
    }
}
