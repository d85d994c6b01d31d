//! Who gets an officer in time, who goes without one, and what no staff could have changed: the counts behind
//! shares answered within a time, lost, and turned away.

use super::observe::Observer;
use super::outcome::{Outcome, Waits};
use super::request::Request;
use super::station::Station;
use crate::model::Model;

impl Outcome {
    /// What a run leaves behind in which nothing happened: it has a place for everything that a run of the model
    /// counts, without one.
    pub fn empty(model: &Model) -> Self {
        let mut observer = Observer::new(model, 0, false);
        observer.finish(&[]);
        for centre in &mut observer.out.centres {
            centre.waits.resize_with(centre.roles.len() + 1, Waits::new);
        }
        observer.out
    }
}

impl Observer<'_> {
    /// Whether a clock start or a joining of a queue at `t` is a case for the share answered within `prompt`.
    #[inline(always)]
    pub(crate) fn is_offer(&self, t: f64) -> bool {
        t >= self.from && t <= self.last_offer
    }

    /// The request's deadline passed first. `needed` tells whether its drawn outcome asks for the
    /// deadline's stage, `anyway` whether no waiting at all would have saved it.
    pub(super) fn lost(&mut self, r: &Request, needed: bool, anyway: bool, t: f64) {
        let inside = needed && self.in_window(t);
        let flow = &mut self.cell(r).flow;
        flow.lost += u64::from(inside);
        flow.lost_anyway += u64::from(inside && anyway);
    }

    /// A client is promised a call.
    pub(super) fn promise_call(&mut self, r: &Request) {
        self.cell(r).flow.call_backs += u64::from(self.inside);
    }

    /// Nobody answers a call.
    pub(super) fn ring_in_vain(&mut self, r: &Request) {
        self.cell(r).flow.calls_in_vain += u64::from(self.inside);
    }

    /// A request that has come to a station is turned away there for good.
    pub(super) fn turned_away(&mut self, r: &Request, t: f64) {
        self.cell(r).flow.turned_away += u64::from(self.inside);
        self.go_early(r, t);
    }

    /// A request that goes at `t`, not done, is one that no staff could have done or begun in time if it goes
    /// before the time has passed.
    pub(crate) fn go_early(&mut self, r: &Request, t: f64) {
        if r.clock.is_nan() {
            return;
        }
        let gone = t - r.clock;
        let lost = !r.done && self.is_case(r.clock) && gone < self.target;
        let unanswered = !r.seen && self.is_offer(r.clock) && gone <= self.model.run.prompt;
        let flow = &mut self.cell(r).flow;
        flow.target_lost_early += u64::from(lost);
        flow.gone_early += u64::from(unanswered);
        self.local_cell(r).gone_early += u32::from(unanswered);
    }

    /// A request goes away from a station without having been begun there.
    pub(crate) fn leave_unserved(&self, station: &mut Station, r: &Request, t: f64) {
        // Who was cut off has been begun before; a copy was never offered.
        let offered = !r.interrupted && !r.copy && self.is_offer(r.enqueued);
        if offered && t - r.enqueued <= self.model.run.prompt {
            station.gone_early(r);
        }
    }

    /// A service is cut off by a more urgent case.
    pub(super) fn cut(&self, station: &mut Station) {
        station.cut += u64::from(self.inside);
    }

    /// Work on a service that is cut off comes to nothing: officer-seconds.
    pub(crate) fn lose_work(&self, station: &mut Station, officer_seconds: f64) {
        if self.inside {
            station.work_lost += officer_seconds;
        }
    }

    /// The first officer since the clock started, `waited` before, begins on the request.
    #[inline(always)]
    pub(crate) fn first_officer(&mut self, r: &Request, waited: f64, inside: bool) {
        let prompt = waited <= self.model.run.prompt;
        // The window of offers ends early enough for answers in time; that of waits is the window itself.
        if prompt && self.is_offer(r.clock) {
            self.cell(r).flow.answered += 1;
            self.local_cell(r).answered += 1;
        }
        if !inside {
            return;
        }
        let flow = &mut self.cell(r).flow;
        flow.first_wait_sum += waited;
        flow.first_wait_count += 1;
        flow.first_wait_prompt += u64::from(prompt);
        let cell = self.local_cell(r);
        cell.wait_count += 1;
        cell.wait_sum += waited;
        cell.prompt += u32::from(prompt);
    }
}
