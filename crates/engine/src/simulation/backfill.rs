//! Returns of requests from before the run.
//!
//! Work that comes back after months would be missing from a run that starts from nothing. In a
//! stationary past of rate `r`, the returns at time `t` of requests that left before the origin form
//! a Poisson process of intensity `r P(D > t)`, D being the delay: candidates come at rate `r`, and
//! each is taken when its own drawn delay exceeds `t`. With the returns of the run's own requests,
//! intensity `r P(D <= t)`, that is `r` at all times.

use super::backfill_flow::past_visits;
use super::network::Network;
use super::request::Request;
use crate::model::{Demand, Model, StageId, StageKind};
use crate::random::{Purpose, Sampler, Streams, exponential};
use rand::rand_core::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// What a request of the past comes back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Return {
    /// A delay with `rebook`.
    Rebook(StageId),
    /// Work that comes back to be redone.
    Rework,
}

/// A stream of candidates.
#[derive(Debug)]
pub(super) struct Backfill {
    pub class: usize,
    pub area: usize,
    pub what: Return,
    rng: Xoshiro256PlusPlus,
    rate: f64,
    at: f64,
}

/// All streams of returns from the past.
pub(super) fn backfills(model: &Model, net: &Network, streams: Streams) -> Vec<Backfill> {
    let mut all = Vec::new();
    for (c, class) in model.classes.iter().enumerate() {
        // A recorded stream says nothing of the time before it.
        let Demand::Rate { per_second, .. } = &class.demand else { continue };
        let rebooks = |s: &usize| matches!(&model.stages[*s].kind, StageKind::Delay(d) if d.rebook);
        let rebooking: Vec<usize> = (0..model.stages.len()).filter(rebooks).collect();
        if rebooking.is_empty() && model.rework.is_none() {
            continue;
        }
        let visits = past_visits(model, net, c);
        let rebooked =
            rebooking.iter().map(|&s| (Return::Rebook(s), visits[s], model.stages[s].name.as_str()));
        let mut kinds: Vec<(Return, f64, &str)> = rebooked.collect();
        if let Some(rework) = &model.rework {
            kinds.push((Return::Rework, visits[rework.documented_at] * rework.probability, "rework"));
        }
        for (what, ratio, name) in kinds.into_iter().filter(|k| k.1 > 0.0) {
            for a in class.demand.areas(model.areas.len()) {
                let area = &model.areas[a];
                let share = class.demand.part_from(a, area.share);
                let rng = streams.source(&format!("past/{}/{}/{name}", class.name, area.name));
                let rate = per_second * share * ratio;
                all.push(Backfill { class: c, area: a, what, rng, rate, at: 0.0 });
            }
        }
    }
    all
}

impl Backfill {
    /// The next return before `end`, with the seed of the request.
    pub(super) fn next(&mut self, model: &Model, end: f64) -> Option<(f64, u64)> {
        if self.rate <= 0.0 {
            return None;
        }
        loop {
            let gap = exponential(&mut self.rng);
            self.at += gap / self.rate;
            if self.at > end {
                return None;
            }
            let seed = self.rng.next_u64();
            let delay = self.delay(model).map_or(0.0, |(sampler, key, purpose)| {
                sampler.sample(&mut crate::random::KeyedRng::new(seed, key, 0, purpose))
            });
            if delay > self.at {
                return Some((self.at, seed));
            }
        }
    }

    fn delay<'m>(&self, model: &'m Model) -> Option<(&'m Sampler, u64, Purpose)> {
        match self.what {
            Return::Rebook(s) => match &model.stages[s].kind {
                StageKind::Delay(d) => Some((&d.time, model.stages[s].key, Purpose::Time)),
                _ => None,
            },
            Return::Rework => model.rework.as_ref().map(|r| (&r.after, 0, Purpose::ReworkDelay)),
        }
    }

    /// The request that comes back at `t`, at the stage it comes back from or to.
    pub(super) fn request(&self, model: &Model, net: &Network, seed: u64, t: f64) -> Request {
        let stage = match self.what {
            Return::Rebook(s) => s,
            Return::Rework => model.rework.as_ref().map_or(0, |r| r.stage),
        };
        let mut r =
            Request::new(seed, (self.class, self.area, self.class * model.areas.len() + self.area), t, stage);
        // It has been through the workflow once; its earlier visits are not this run's.
        r.visits = net.once_each();
        r.rework = self.what == Return::Rework;
        r
    }
}
