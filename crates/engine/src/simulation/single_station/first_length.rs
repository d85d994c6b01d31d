//! How long a service at a single station takes.

use super::super::network::Network;
use crate::model::Service;
use crate::random::{KeyedRng, Sampler};

/// How long services of one class take at one centre, of requests on their first visit that are nobody's copies and were not cut off: what
/// [`length_at`](super::super::service::length_at) looks up for each request.
pub(super) struct FirstLength<'m> {
    time: &'m Sampler,
    salt: u64,
    speed: f64,
}

impl<'m> FirstLength<'m> {
    pub(super) fn new(net: &Network, stage: u16, service: &'m Service, centre: usize, class: u16) -> Self {
        Self { time: &service.time, salt: net.step(stage).first_time(), speed: net.speed(centre, class) }
    }

    #[inline(always)]
    pub(super) fn of(&self, seed: u64) -> f64 {
        self.time.sample(&mut KeyedRng::salted(seed, self.salt)) * self.speed
    }
}
