//! `network` with what the engine keeps: draws keyed by request, integrals of officers at work, in overtime and
//! of the queue by hour of the week and centre, waits and times to completion in histograms, waits and
//! service within the target by hour, the books of requests, work and waiting.
//!
//! What a request touches is small: sums of the open hour stand in a few cache lines for each centre and are
//! booked when the hour closes.

use super::Answer;
use super::network::{ALL_HOURS, CENTRES, HOUR, HOURS, PATIENCE, SERVICE, answer, centre, level, rates};
use super::wheel::Wheel;
use poolwise_engine::random::{KeyedRng, Purpose, name_key, unit};
use poolwise_math::{exp, ln, ln_1p, powi};
use rand::distr::Distribution;
use rand::rand_core::{Rng, SeedableRng};
use rand_distr::{Exp1, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::VecDeque;

/// Service target, seconds: whole hours, so that an hour of arrivals is or is not a case as a whole.
const TARGET: f64 = 4.0 * HOUR;
const TARGET_HOURS: usize = 4;
const WINDOW: f64 = ALL_HOURS.0 as f64 * HOUR;
const END: f64 = ALL_HOURS.1 as f64 * HOUR;

/// 128 buckets an octave from 2^-3 to 2^31 s, and what lies outside.
struct Histogram {
    zeros: u32,
    outside: u32,
    greatest: f64,
    counts: Box<[u32; 34 << 7]>,
}

impl Histogram {
    fn new() -> Self {
        Self { zeros: 0, outside: 0, greatest: 0.0, counts: Box::new([0; 34 << 7]) }
    }

    #[inline]
    fn record(&mut self, x: f64) {
        let bucket = (x.to_bits() >> 45).wrapping_sub((1023 - 3) << 7) as usize;
        match self.counts.get_mut(bucket) {
            Some(count) => *count += 1,
            None => self.outside += 1,
        }
        self.greatest = self.greatest.max(x);
    }

    fn count(&self) -> u64 {
        let inside: u64 = self.counts.iter().map(|n| u64::from(*n)).sum();
        inside + u64::from(self.zeros) + u64::from(self.outside)
    }
}

/// Sums of one hour of the week.
#[derive(Clone, Copy, Default)]
struct Hour {
    on_duty: f64,
    busy: f64,
    overtime: f64,
    queue: f64,
    waited: f64,
    reached: u32,
    started: u32,
    cases: u32,
    met: u32,
}

struct Waiting {
    seed: u64,
    arrived: f64,
    gives_up: f64,
    /// Hour of the run.
    hour: u32,
}

/// A centre: its counts, what the open hour has added, then the sums.
struct Centre {
    level: i32,
    busy: i32,
    over: i32,
    /// Open hour: arrivals, those served at once, and of these within the target.
    reached: u32,
    at_once: u32,
    met: u32,
    /// Open parts of the integrals that stem from changes.
    busy_open: f64,
    queue_open: f64,
    over_open: f64,
    completion_sum: f64,
    /// Whole run: work given.
    given: f64,
    done: u64,
    served: u64,
    queue: VecDeque<Waiting>,
    completion: Histogram,
    waits: Histogram,
    hours: Vec<Hour>,
    left: u64,
    left_early: u64,
    came: u64,
    gone: u64,
    /// Whole run: time waited, and the integrals.
    queued: f64,
    busy_time: f64,
    queue_time: f64,
}

impl Centre {
    fn new() -> Self {
        Self {
            level: 0,
            busy: 0,
            over: 0,
            reached: 0,
            at_once: 0,
            met: 0,
            busy_open: 0.0,
            queue_open: 0.0,
            over_open: 0.0,
            completion_sum: 0.0,
            given: 0.0,
            done: 0,
            served: 0,
            queue: VecDeque::new(),
            completion: Histogram::new(),
            waits: Histogram::new(),
            hours: vec![Hour::default(); HOURS],
            left: 0,
            left_early: 0,
            came: 0,
            gone: 0,
            queued: 0.0,
            busy_time: 0.0,
            queue_time: 0.0,
        }
    }
}

struct World {
    wheel: Wheel,
    centres: Vec<Centre>,
    /// ln of a service is `service.0 + service.1 Z`.
    service: (f64, f64),
    stage: u64,
    /// Start of the hour, and whether it is in the window.
    from: f64,
    counting: bool,
}

impl World {
    /// Service begins at `t` after `waited`: its end is known, so all of it is booked now. Whether it ends
    /// within the target.
    #[inline]
    fn starts(&mut self, c: usize, seed: u64, waited: f64, t: f64) -> bool {
        let z: f64 = StandardNormal.sample(&mut KeyedRng::new(seed, self.stage, 0, Purpose::Time));
        let time = exp(self.service.0 + self.service.1 * z);
        let (end, taken) = (t + time, waited + time);
        let centre = &mut self.centres[c];
        centre.busy += 1;
        centre.busy_open -= t - self.from;
        centre.served += 1;
        centre.given += time;
        if (WINDOW..END).contains(&end) {
            centre.done += 1;
            centre.completion_sum += taken;
            centre.completion.record(taken);
        }
        self.wheel.schedule(end, c as u32);
        taken <= TARGET && end < END
    }

    /// Serves the queue as far as there are officers and patience.
    #[inline]
    fn serve(&mut self, c: usize, t: f64) {
        loop {
            let centre = &mut self.centres[c];
            if centre.busy >= centre.level {
                return;
            }
            let Some(r) = centre.queue.pop_front() else { return };
            // Patience is looked at late: where it ended in an hour gone by, this one takes the correction.
            let until = t.min(r.gives_up);
            let waited = until - r.arrived;
            centre.queued += waited;
            centre.queue_open += until - self.from;
            if r.gives_up < t {
                centre.gone += 1;
                if self.counting {
                    centre.left += 1;
                    centre.left_early += u64::from(waited < TARGET);
                }
                continue;
            }
            let met = self.starts(c, r.seed, waited, t);
            if self.counting {
                let centre = &mut self.centres[c];
                centre.waits.record(waited);
                let hour = &mut centre.hours[r.hour as usize % HOURS];
                hour.started += 1;
                hour.waited += waited;
                hour.met += u32::from(met && (r.hour as usize) < ALL_HOURS.1 - TARGET_HOURS);
            }
        }
    }

    #[inline]
    fn departures(&mut self, t: f64) {
        while let Some((end, c)) = self.wheel.pop_until(t) {
            let since = end - self.from;
            let centre = &mut self.centres[c as usize];
            centre.busy -= 1;
            centre.busy_open += since;
            if centre.over > 0 {
                centre.over -= 1;
                centre.over_open += since;
            }
            if !centre.queue.is_empty() {
                self.serve(c as usize, end);
            }
        }
    }

    fn opens(&mut self, hour: usize) {
        self.from = hour as f64 * HOUR;
        self.counting = hour >= ALL_HOURS.0;
        for c in 0..CENTRES {
            let centre = &mut self.centres[c];
            centre.level = level(c, hour % HOURS);
            centre.over = (centre.busy - centre.level).max(0);
            self.serve(c, self.from);
        }
    }

    fn closes(&mut self, hour: usize) {
        for centre in &mut self.centres {
            let busy = std::mem::take(&mut centre.busy_open) + f64::from(centre.busy) * HOUR;
            let queue = std::mem::take(&mut centre.queue_open) + centre.queue.len() as f64 * HOUR;
            let over = std::mem::take(&mut centre.over_open) + f64::from(centre.over) * HOUR;
            let (reached, at_once, met) = (centre.reached, centre.at_once, centre.met);
            (centre.reached, centre.at_once, centre.met) = (0, 0, 0);
            centre.busy_time += busy;
            centre.queue_time += queue;
            centre.came += u64::from(reached);
            if self.counting {
                let case = u32::from(hour < ALL_HOURS.1 - TARGET_HOURS);
                let sums = &mut centre.hours[hour % HOURS];
                sums.on_duty += f64::from(centre.level) * HOUR;
                sums.busy += busy;
                sums.queue += queue;
                sums.overtime += over;
                sums.reached += reached;
                sums.started += at_once;
                sums.cases += reached * case;
                sums.met += met * case;
                centre.waits.zeros += at_once;
            }
        }
    }
}

/// One replication.
pub(crate) fn run(replication: u32) -> Answer {
    let rates = rates();
    let sigma2 = ln_1p(powi(SERVICE.1, 2));
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(u64::from(replication) + 1);
    let mut w = World {
        wheel: Wheel::new(0.1),
        centres: (0..CENTRES).map(|_| Centre::new()).collect(),
        service: (ln(SERVICE.0) - sigma2 / 2.0, sigma2.sqrt()),
        stage: name_key("service"),
        from: 0.0,
        counting: false,
    };
    let mut requests = 0;
    for hour in 0..ALL_HOURS.1 {
        w.opens(hour);
        let until = (hour + 1) as f64 * HOUR;
        let gap = 1.0 / rates[hour % HOURS];
        let mut t = w.from;
        loop {
            let e: f64 = Exp1.sample(&mut rng);
            t += e * gap;
            if t >= until {
                break;
            }
            w.departures(t);
            requests += 1;
            let seed = rng.next_u64();
            let c = centre(unit(seed));
            // Patience is drawn for every request, as the engine does.
            let e: f64 = Exp1.sample(&mut KeyedRng::new(seed, 0, 0, Purpose::Deadline));
            let gives_up = t + e * PATIENCE;
            let centre = &mut w.centres[c];
            centre.reached += 1;
            if centre.busy < centre.level {
                let met = w.starts(c, seed, 0.0, t);
                w.centres[c].at_once += 1;
                w.centres[c].met += u32::from(met);
            } else {
                centre.queue_open -= t - w.from;
                centre.queue.push_back(Waiting { seed, arrived: t, gives_up, hour: hour as u32 });
            }
        }
        w.departures(until);
        w.closes(hour);
    }
    books(&w);
    let (mut left, mut local, mut big) = (0, (0, 0.0), (0, 0.0));
    for (c, centre) in w.centres.iter().enumerate() {
        left += centre.left;
        let to = if c == 0 { &mut big } else { &mut local };
        for hour in &centre.hours {
            to.0 += u64::from(hour.started);
            to.1 += hour.waited;
        }
    }
    let unfinished = w.wheel.left(END);
    let (given, busy) = w.centres.iter().fold((0.0, 0.0), |s, c| (s.0 + c.given, s.1 + c.busy_time));
    assert!((given - unfinished - busy).abs() <= 1e-7 * busy, "{given} {unfinished} {busy}");
    answer(requests, left, local, big)
}

/// Requests that came are served, gone or waiting; time waited is the integral of the queue; histograms and
/// hours count the same.
fn books(w: &World) {
    for c in &w.centres {
        assert_eq!(c.came, c.served + c.gone + c.queue.len() as u64);
        let waiting: f64 = c.queue.iter().map(|r| END - r.arrived).sum();
        let difference = c.queued + waiting - c.queue_time;
        assert!(difference.abs() <= 1e-7 * (c.queue_time + END), "{difference}");
        let hours = |of: fn(&Hour) -> u32| c.hours.iter().map(|h| u64::from(of(h))).sum::<u64>();
        assert!(hours(|h| h.started) == c.waits.count() && c.completion.count() == c.done);
        assert!(hours(|h| h.met) <= hours(|h| h.cases) && hours(|h| h.cases) <= hours(|h| h.reached));
        assert!(c.left_early <= c.left && c.completion_sum > 0.0 && c.waits.greatest > 0.0);
        assert!(c.hours.iter().all(|h| h.busy >= 0.0 && h.busy - h.overtime <= h.on_duty + 1e-6));
    }
}
