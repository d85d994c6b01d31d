//! Work that comes back: whether a case is met again, when, and whether its work must be redone.

use super::path::book;
use super::request::Request;
use super::sim::Sim;
use crate::model::limits::numbered;
use crate::random::{Purpose, mix};

impl Sim<'_> {
    /// Draws whether the case will be met again and its work redone, where this stage documents it.
    #[inline(always)]
    pub(super) fn draw_documentation(&mut self, s: u32, stage: usize, centre: usize) {
        let Some(rework) = &self.model.rework else { return };
        let r = &self.requests[s];
        if rework.documented_at != stage || r.rework {
            return;
        }
        let visit = self.net.step(numbered(stage)).visit(&r.visits);
        if r.keyed_draw(0, visit, Purpose::Rework).uniform() >= rework.probability
            || !self.must_be_redone(r, visit, centre)
        {
            return;
        }
        let after = rework.after.sample(&mut r.keyed_draw(0, visit, Purpose::ReworkDelay));
        let at = self.now + after;
        // After the run nobody sees it, and its draws are its own: leaving it out changes nothing else.
        if at > self.end {
            return;
        }
        let seed = mix(r.seed ^ (u64::from(visit) + 1));
        let of = (r.class as usize, r.area as usize, r.cell as usize);
        let mut back = Request::new(seed, of, at, rework.stage);
        back.rework = true;
        self.obs.returning(&mut back);
        book(&self.net, &mut back);
        let slot = self.requests.insert(back);
        self.set_out(slot, at);
    }

    /// Whether a case documented at `centre` must be worked on again when it is met again.
    pub(crate) fn must_be_redone(&self, r: &Request, visit: u32, centre: usize) -> bool {
        let Some(rework) = &self.model.rework else { return false };
        let documented = r.keyed_draw(0, visit, Purpose::Documentation).uniform();
        documented >= self.model.centres[centre].documentation
            && r.keyed_draw(0, visit, Purpose::Redone).uniform() < rework.redone
    }
}
