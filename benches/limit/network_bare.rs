//! `network` with as little as its answer needs: one generator, one merged stream of arrivals, a timing
//! wheel, patience looked at when an officer is free.

use super::Answer;
use super::network::{ALL_HOURS, CENTRES, HOUR, HOURS, PATIENCE, SERVICE, answer, centre, level, rates};
use super::wheel::Wheel;
use poolwise_engine::random::unit;
use poolwise_math::{exp, ln, ln_1p, powi};
use rand::distr::Distribution;
use rand::rand_core::{Rng, SeedableRng};
use rand_distr::{Exp1, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::VecDeque;

/// A centre under way.
#[derive(Default)]
struct Centre {
    level: i32,
    busy: i32,
    /// Arrival, and the instant at which patience ends.
    queue: VecDeque<(f64, f64)>,
    served: u64,
    waited: f64,
}

struct World {
    rng: Xoshiro256PlusPlus,
    wheel: Wheel,
    centres: Vec<Centre>,
    /// ln of a service is `service.0 + service.1 Z`.
    service: (f64, f64),
    counting: bool,
    left: u64,
}

impl World {
    #[inline]
    fn starts(&mut self, c: usize, waited: f64, t: f64) {
        let z: f64 = StandardNormal.sample(&mut self.rng);
        let end = t + exp(self.service.0 + self.service.1 * z);
        let centre = &mut self.centres[c];
        centre.busy += 1;
        if self.counting {
            centre.served += 1;
            centre.waited += waited;
        }
        self.wheel.schedule(end, c as u32);
    }

    /// Serves the queue as far as there are officers.
    #[inline]
    fn serve(&mut self, c: usize, t: f64) {
        while self.centres[c].busy < self.centres[c].level {
            let Some((arrived, gives_up)) = self.centres[c].queue.pop_front() else { return };
            if gives_up < t {
                self.left += u64::from(self.counting);
            } else {
                self.starts(c, t - arrived, t);
            }
        }
    }

    /// All departures up to `t`.
    #[inline]
    fn departures(&mut self, t: f64) {
        while let Some((end, c)) = self.wheel.pop_until(t) {
            self.centres[c as usize].busy -= 1;
            self.serve(c as usize, end);
        }
    }
}

/// One replication.
pub(crate) fn run(replication: u32) -> Answer {
    let sigma2 = ln_1p(powi(SERVICE.1, 2));
    let rates = rates();
    let mut w = World {
        rng: Xoshiro256PlusPlus::seed_from_u64(u64::from(replication) + 1),
        wheel: Wheel::new(0.1),
        centres: (0..CENTRES).map(|_| Centre::default()).collect(),
        service: (ln(SERVICE.0) - sigma2 / 2.0, sigma2.sqrt()),
        counting: false,
        left: 0,
    };
    let mut requests = 0;
    for hour in 0..ALL_HOURS.1 {
        let (from, until) = (hour as f64 * HOUR, (hour + 1) as f64 * HOUR);
        w.counting = hour >= ALL_HOURS.0;
        for c in 0..CENTRES {
            w.centres[c].level = level(c, hour % HOURS);
            w.serve(c, from);
        }
        let gap = 1.0 / rates[hour % HOURS];
        let mut t = from;
        loop {
            let e: f64 = Exp1.sample(&mut w.rng);
            t += e * gap;
            if t >= until {
                break;
            }
            w.departures(t);
            requests += 1;
            let c = centre(unit(w.rng.next_u64()));
            let centre = &w.centres[c];
            if centre.busy < centre.level {
                w.starts(c, 0.0, t);
            } else {
                let e: f64 = Exp1.sample(&mut w.rng);
                w.centres[c].queue.push_back((t, t + e * PATIENCE));
            }
        }
        w.departures(until);
    }
    let local = w.centres[1..].iter().fold((0, 0.0), |s, c| (s.0 + c.served, s.1 + c.waited));
    answer(requests, w.left, local, (w.centres[0].served, w.centres[0].waited))
}
