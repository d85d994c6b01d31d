//! What is one thing for a request in branches: its completion clock, its first officer, whether it is done, its deadline.

use super::super::event_list::{Entity, Rank};
use super::super::request::{NONE, Phase, Request};
use super::super::sim::Sim;

/// What all branches of a request know of it.
#[derive(Debug, Clone, Copy)]
struct JoinShared {
    clock: f64,
    clock_hour: u8,
    seen: bool,
    done: bool,
    deadline: f64,
}

impl JoinShared {
    fn of(r: &Request) -> Self {
        Self { clock: r.clock, clock_hour: r.clock_hour, seen: r.seen, done: r.done, deadline: r.deadline }
    }

    fn tell(&self, r: &mut Request) {
        r.clock = self.clock;
        r.clock_hour = self.clock_hour;
        r.seen = self.seen;
        r.done = self.done;
    }
}

impl Sim<'_> {
    /// What a branch is of: the request, or, of those that nobody waits for, the outermost branch; and whether it is the request.
    pub(crate) fn whole_or_rest(&self, mut s: u32) -> (u32, bool) {
        loop {
            let r = &self.requests[s];
            if !r.is_branch() {
                return (s, true);
            }
            match self.splits.all[r.fork as usize].whole {
                NONE => return (s, false),
                whole => s = whole,
            }
        }
    }

    /// Officers have begun on a branch: it may be the first time on the request, and its patience may be over.
    #[cold]
    pub(crate) fn tell_family(&mut self, s: u32) {
        // A copy has no deadline of its own: what is known is with the branch that it is of.
        let r = &self.requests[s];
        let s = if r.copy && r.partner != NONE { r.partner } else { s };
        let (whole, waits) = self.whole_or_rest(s);
        let (r, whole) = (&self.requests[s], &self.requests[whole]);
        if waits && (whole.seen != r.seen || whole.deadline != r.deadline) {
            self.share(s);
        }
    }

    /// What a branch knows holds for the whole request, and for all of its branches.
    pub(crate) fn share(&mut self, s: u32) {
        let (whole, waits) = self.whole_or_rest(s);
        if waits {
            self.spread(whole, JoinShared::of(&self.requests[s]));
        }
    }

    fn spread(&mut self, s: u32, shared: JoinShared) {
        if shared.deadline == f64::INFINITY {
            self.forget_deadline(s);
        }
        let r = &mut self.requests[s];
        shared.tell(r);
        let (partner, split) = (r.partner, r.branches);
        if partner != NONE {
            shared.tell(&mut self.requests[partner]);
        }
        if split != NONE {
            for branch in self.splits.of(split).under_way.clone() {
                self.spread(branch, shared);
            }
        }
    }

    /// The deadline of a request or branch runs no longer, wherever it is.
    pub(crate) fn forget_deadline(&mut self, s: u32) {
        let r = &self.requests[s];
        if r.deadline == f64::INFINITY {
            return;
        }
        match r.phase {
            Phase::Waiting => self.wait_without_deadline(s),
            Phase::InService if self.is_in_batch(s) => self.events.cancel(Entity::Request(s)),
            Phase::InService if r.deadline < r.ends => {
                self.events.schedule(Entity::Request(s), r.ends, Rank::Finish);
            }
            Phase::Underway if !r.is_branch() => self.events.cancel(Entity::Request(s)),
            Phase::InService | Phase::Underway => {}
        }
        self.requests[s].deadline = f64::INFINITY;
    }
}
