//! Work that is done twice: two copies of a request, of which the first to finish is the request from then on.

use super::event_list::{Entity, Rank};
use super::request::{NONE, Phase};
use super::service::Team;
use super::sim::Sim;
use super::trace::TraceKind;

impl Sim<'_> {
    /// An officer has begun on one of two copies.
    pub(crate) fn tell_partner(&mut self, s: u32) {
        let partner = self.requests[s].partner;
        if partner != NONE {
            self.requests[partner].seen = true;
        }
        if self.requests[s].is_branch() {
            self.tell_family(s);
        }
    }

    /// A copy that nobody waits for is gone, and its work was for nothing; or the work after a request has gone on.
    pub(crate) fn drop_orphan(&mut self, s: u32) {
        let r = &self.requests[s];
        if !r.after_work {
            self.obs.duplicate(r, r.spent);
        }
        self.drop_slot(s);
    }

    /// A copy that came too late, or the work after a request has gone on, has run to its end.
    pub(crate) fn end_copy(&mut self, s: u32, team: Team) {
        if let Some(members) = self.batches.remove(&s) {
            self.finish_batch(s, &members, team);
            return;
        }
        let r = &self.requests[s];
        if !r.after_work {
            self.obs.duplicate(r, r.spent);
            let (stage, centre) = (r.stage as usize, Some(team.centre));
            self.obs.trace_row(r, stage, centre, r.started, self.now, TraceKind::Duplicate);
        }
        self.drop_slot(s);
        self.free_team(s, team);
        self.put_off(team.centre, None);
    }

    /// The first of two copies is finished: it is the request from now on. The other is dropped if it
    /// waits, and is duplicate work if it is begun.
    pub(crate) fn settle_copies(&mut self, s: u32) {
        let other = std::mem::replace(&mut self.requests[s].partner, NONE);
        if other == NONE {
            return;
        }
        if self.requests[s].copy {
            let deadline = self.requests[other].deadline;
            let r = &mut self.requests[s];
            r.copy = false;
            r.deadline = deadline;
            self.requests[other].copy = true;
            let fork = self.requests[s].fork;
            if fork != NONE {
                self.splits.replace(fork, other, s);
            }
        }
        self.retire_copy(other, false);
    }

    /// A request is lost: its other copy goes too.
    pub(crate) fn drop_partner(&mut self, s: u32) {
        let other = std::mem::replace(&mut self.requests[s].partner, NONE);
        if other != NONE {
            self.retire_copy(other, true);
        }
    }

    /// Ends a copy that is not wanted any more: dropped from a queue; in service it runs on as an
    /// orphan, or is stopped.
    fn retire_copy(&mut self, s: u32, stop: bool) {
        self.requests[s].partner = NONE;
        if self.requests[s].phase == Phase::Waiting {
            self.leave_queue(s);
            let r = &self.requests[s];
            let station = r.station;
            self.obs.duplicate(r, r.spent);
            self.drop_slot(s);
            self.serve_those_behind(station);
            return;
        }
        let rule = self.requests[s].rule as usize;
        let stop = stop || self.model.rules[rule].duplicate.as_ref().is_some_and(|d| d.stop_later);
        if stop {
            let team = self.team(s);
            self.stop_work(s, team);
            self.end_copy(s, team);
        } else {
            let r = &mut self.requests[s];
            r.orphan = true;
            r.after_work = false;
            r.deadline = f64::INFINITY;
            let ends = r.ends;
            self.events.schedule(Entity::Request(s), ends, Rank::Finish);
        }
    }
}
