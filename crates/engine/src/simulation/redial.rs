//! Clients who leave a queue without service, because their patience is over or they were turned away, and come again.
//!
//! Whoever comes again is the same client: the completion clock goes on, and the work is the same. Patience, and whether
//! they balk, are drawn anew for each contact.

use super::event_list::{Entity, Rank};
use super::network::Network;
use super::observe::Observer;
use super::path::{PathEnd, book, follow, lose};
use super::request::{NONE, NOWHERE, Phase, Request};
use super::sim::Sim;
use crate::model::limits::numbered;
use crate::model::{DeadlineUntil, Model};
use crate::random::Purpose;

/// A client leaves unserved at `t`: when the next contact begins, if there is one. The request is then at the first stage
/// of its class again, with a patience of its own.
fn redial(model: &Model, net: &Network, obs: &mut Observer, r: &mut Request, t: f64) -> Option<f64> {
    let class = &model.classes[r.class as usize];
    let redial = class.redial.as_ref()?;
    obs.contact_failed(r, t);
    let again = r.keyed_draw(0, r.redials, Purpose::Redial).uniform() < redial.probability(r.redials);
    if !again {
        obs.client_gone(r, t);
        return None;
    }
    let at = t + redial.after.sample(&mut r.keyed_draw(0, r.redials, Purpose::RedialDelay));
    obs.count_redial(r, t, at);
    r.redials += 1;
    r.bookings += 1;
    r.stage = numbered(class.start);
    r.arrival = at;
    r.reached = at;
    r.interrupted = false;
    r.moved = false;
    r.left = f64::NAN;
    r.spent = 0.0;
    r.last_centre = NOWHERE;
    r.last_officer = NONE;
    book(net, r);
    Some(at)
}

/// A request's deadline passes at `t`: when it is at a stage again, because it comes again, or is lost and goes on elsewhere.
pub(super) fn give_up(
    model: &Model,
    net: &Network,
    obs: &mut Observer,
    r: &mut Request,
    t: f64,
) -> Option<f64> {
    let patience =
        net.deadline_terms(r.class).deadline.is_some_and(|d| matches!(d.until, DeadlineUntil::Start(_)));
    if patience
        && t <= model.run.end()
        && let Some(at) = redial(model, net, obs, r, t)
    {
        return Some(at);
    }
    lose(model, net, obs, r, t)
}

impl Sim<'_> {
    /// The patience of a waiting request is over, and it is in no queue any more: it comes again or is lost.
    pub(crate) fn leave_unserved(&mut self, s: u32) {
        let Some(s) = self.whole_again(s) else { return };
        match give_up(self.model, &self.net, &mut self.obs, &mut self.requests[s], self.now) {
            Some(at) => self.come_again(s, at),
            None => self.drop_slot(s),
        }
    }

    /// Whether a request that was turned away comes again.
    pub(crate) fn try_again(&mut self, s: u32) -> bool {
        let again = redial(self.model, &self.net, &mut self.obs, &mut self.requests[s], self.now);
        if let Some(at) = again {
            self.come_again(s, at);
        }
        again.is_some()
    }

    /// A request that is in no queue reaches a stage at `at`: a client begins another contact, or it has turned aside.
    pub(crate) fn come_again(&mut self, s: u32, at: f64) {
        // It may have been cut off, with the end of its service still to come.
        self.events.cancel(Entity::Request(s));
        let r = &mut self.requests[s];
        match follow(self.model, &self.net, &mut self.obs, r, at) {
            PathEnd::Serve(at) if at <= self.end => {
                r.reached = at;
                r.phase = Phase::Underway;
                self.events.schedule(Entity::Request(s), at, Rank::Reach);
            }
            PathEnd::Serve(_) => {
                self.obs.still_under_way(r);
                self.requests.remove(s);
            }
            PathEnd::Gone => self.requests.remove(s),
        }
    }
}

impl Observer<'_> {
    /// A contact of a class that may call again ends without service.
    fn contact_failed(&mut self, r: &Request, t: f64) {
        let inside = self.in_window(t);
        self.cell(r).flow.contacts_failed += u64::from(inside);
    }

    /// A client who does not call again goes without ever having been served.
    fn client_gone(&mut self, r: &Request, t: f64) {
        let gone = !r.seen && self.in_window(t);
        self.cell(r).flow.clients_gone += u64::from(gone);
    }

    /// A client who has gone at `t` calls again at `at`.
    fn count_redial(&mut self, r: &Request, t: f64, at: f64) {
        let inside = self.in_window(at);
        let between = at.min(self.until()) - t.max(self.from);
        let flow = &mut self.cell(r).flow;
        flow.redials += u64::from(inside);
        flow.between_contacts += between.max(0.0);
    }
}
