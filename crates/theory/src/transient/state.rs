//! Probabilities of the states that are followed.

use super::{PeriodEnd, TransientError};

/// Mass that is moved to a neighbouring state to keep the state space small; counted as error.
const DUST: f64 = 1e-17;
/// No more states than this are followed: eight megabytes for each vector of probabilities.
pub(super) const MOST_STATES: usize = 1 << 20;

/// Probabilities of (busy, waiting) at a level: below it nobody waits.
#[derive(Debug, Clone)]
pub(super) struct BusyWaiting {
    pub level: usize,
    /// Greatest number waiting.
    pub room: usize,
    /// Nobody waits: busy 0..level; then a row of waiting 0..=room for each busy from the level up.
    pub p: Vec<f64>,
}

impl BusyWaiting {
    pub(super) fn new(level: usize, most_busy: usize, room: usize) -> Self {
        Self { level, room, p: vec![0.0; level + (most_busy.max(level) - level + 1) * (room + 1)] }
    }

    pub(super) fn rows(&self) -> usize {
        (self.p.len() - self.level) / (self.room + 1)
    }

    /// `(busy, waiting, probability)` of all states.
    pub(super) fn states(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        let (level, width) = (self.level, self.room + 1);
        self.p.iter().enumerate().map(move |(i, &p)| {
            if i < level { (i, 0, p) } else { (level + (i - level) / width, (i - level) % width, p) }
        })
    }

    pub(super) fn index(&self, busy: usize, waiting: usize) -> usize {
        if busy < self.level { busy } else { self.level + (busy - self.level) * (self.room + 1) + waiting }
    }

    /// The same mass at another level or room, with the mass that had to be displaced to fit. Fails where that would
    /// take too many states.
    pub(super) fn refit(
        &self,
        level: usize,
        room: usize,
        rule: PeriodEnd,
    ) -> Result<(Self, f64), TransientError> {
        let place = |busy: usize, waiting: usize| match rule {
            PeriodEnd::FinishByCount if busy >= level => (busy, waiting),
            _ => ((busy + waiting).min(level), (busy + waiting).saturating_sub(level)),
        };
        // Rows above the level that hold next to nothing are folded into it.
        let mut by_busy = vec![0.0; level.max(self.level + self.rows()) + 1];
        self.states().for_each(|(b, q, p)| by_busy[place(b, q).0] += p);
        let mut most_busy = by_busy.len() - 1;
        let mut folded = 0.0;
        while most_busy > level && folded + by_busy[most_busy] <= DUST {
            folded += by_busy[most_busy];
            most_busy -= 1;
        }
        if level + (most_busy - level + 1).saturating_mul(room + 1) > MOST_STATES {
            return Err(TransientError::TooMuch);
        }
        let mut out = Self::new(level, most_busy, room);
        let mut displaced = 0.0;
        for (b, q, p) in self.states().filter(|s| s.2 > 0.0) {
            let (b, q) = place(b, q);
            if b > most_busy || q > room {
                displaced += p;
            }
            let at = out.index(b.min(most_busy), q.min(room));
            out.p[at] += p;
        }
        Ok((out, displaced))
    }

    /// Least room that leaves no more than dust beyond it.
    pub(crate) fn used_room(&self) -> usize {
        let mut by_waiting = vec![0.0; self.room + 1];
        self.states().for_each(|(_, q, p)| by_waiting[q] += p);
        let mut beyond = 0.0;
        let mut room = self.room;
        while room > 0 && beyond + by_waiting[room] <= DUST {
            beyond += by_waiting[room];
            room -= 1;
        }
        room
    }

    pub(super) fn in_system(&self) -> Vec<f64> {
        let mut out = vec![0.0; self.level + self.rows() + self.room + 1];
        self.states().for_each(|(b, q, p)| out[b + q] += p);
        while out.len() > 1 && out.last() == Some(&0.0) {
            out.pop();
        }
        out
    }

    pub(super) fn p_wait(&self) -> f64 {
        self.p[self.level..].iter().sum()
    }

    /// Probability of a state, zero for one that is not followed.
    fn at(&self, busy: usize, waiting: usize) -> f64 {
        let followed = if busy < self.level {
            waiting == 0
        } else {
            waiting <= self.room && busy < self.level + self.rows()
        };
        if followed { self.p[self.index(busy, waiting)] } else { 0.0 }
    }

    /// Half the sum of absolute differences. Nobody waits below the level of either.
    pub(super) fn distance(&self, other: &Self) -> f64 {
        let mine: f64 = self.states().map(|(b, q, p)| (p - other.at(b, q)).abs()).sum();
        // States that only the other one follows.
        let theirs = other.states().filter(|&(b, q, _)| {
            let followed =
                if b < self.level { q == 0 } else { q <= self.room && b < self.level + self.rows() };
            !followed
        });
        (mine + theirs.map(|s| s.2).sum::<f64>()) / 2.0
    }
}
