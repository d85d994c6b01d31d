//! `network` with what the engine keeps: luck keyed by request, integrals of officers at work, in overtime and
//! of the queue by hour of the week and centre, waits and times to completion in histograms, waits and
//! service within the target by hour, the books of requests, work and waiting.

use super::Answer;
use super::network::{ALL_HOURS, CENTRES, HOUR, HOURS, PATIENCE, SERVICE, answer, centre, level, rates};
use super::wheel::Wheel;
use poolwise::random::{KeyedRng, Purpose, Sampler, name_key, unit};
use poolwise::stats::Histogram;
use rand::distr::Distribution;
use rand::rand_core::{Rng, SeedableRng};
use rand_distr::Exp1;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::VecDeque;

/// Service target, seconds.
const TARGET: f64 = 4.0 * HOUR;

/// A count and its integral by difference: a change by `d` adds `-d` times the part of the hour that is
/// gone, and the hour's end adds count times length.
#[derive(Clone, Copy, Default)]
struct Gauge {
    now: f64,
    open: f64,
}

impl Gauge {
    #[inline]
    fn change(&mut self, by: f64, since: f64) {
        self.now += by;
        self.open -= by * since;
    }

    fn close(&mut self) -> f64 {
        std::mem::take(&mut self.open) + self.now * HOUR
    }
}

/// Sums of one hour of the week.
#[derive(Clone, Copy, Default)]
struct Hour {
    on_duty: f64,
    busy: f64,
    overtime: f64,
    queue: f64,
    reached: u64,
    started: u64,
    waited: f64,
    cases: u64,
    met: u64,
}

#[derive(Clone)]
struct Waiting {
    seed: u64,
    arrived: f64,
    gives_up: f64,
    hour: usize,
}

struct Centre {
    level: i32,
    queue: VecDeque<Waiting>,
    busy: Gauge,
    overtime: Gauge,
    waiting: Gauge,
    hours: Vec<Hour>,
    waits: Histogram,
    completion: Histogram,
    completion_sum: f64,
    done: u64,
    delayed: u64,
    left: u64,
    left_early: u64,
    /// Whole run: requests that came, left, and were served; work given, time waited, and their integrals.
    came: u64,
    gone: u64,
    served: u64,
    given: f64,
    queued: f64,
    busy_time: f64,
    queue_time: f64,
}

struct World {
    wheel: Wheel,
    centres: Vec<Centre>,
    service: Sampler,
    stage: u64,
    /// Start of the hour, its place in the week, and whether it is in the window.
    from: f64,
    hour: usize,
    counting: bool,
    end: f64,
}

impl World {
    #[inline]
    fn starts(&mut self, c: usize, r: &Waiting, t: f64) {
        let time = self.service.sample(&mut KeyedRng::new(r.seed, self.stage, 0, Purpose::Time));
        let (end, waited) = (t + time, t - r.arrived);
        let centre = &mut self.centres[c];
        centre.busy.change(1.0, t - self.from);
        centre.served += 1;
        centre.given += time;
        if self.counting {
            centre.waits.record(waited);
            centre.delayed += u64::from(waited > 0.0);
            let hour = &mut centre.hours[r.hour];
            hour.started += 1;
            hour.waited += waited;
        }
        if end < self.end {
            let taken = waited + time;
            if taken <= TARGET && self.counting {
                centre.hours[r.hour].met += 1;
            }
            if end >= ALL_HOURS.0 as f64 * HOUR {
                centre.done += 1;
                centre.completion_sum += taken;
                centre.completion.record(taken);
            }
        }
        self.wheel.schedule(end, c as u32);
    }

    #[inline]
    fn serve(&mut self, c: usize, t: f64) {
        while (self.centres[c].busy.now as i32) < self.centres[c].level {
            let centre = &mut self.centres[c];
            let Some(r) = centre.queue.pop_front() else { return };
            let leaves = t.min(r.gives_up);
            // Patience is looked at late: where it ended in an hour gone by, this one takes the correction.
            self.unqueue(c, leaves, r.arrived);
            if r.gives_up < t {
                let centre = &mut self.centres[c];
                centre.gone += 1;
                if self.counting {
                    centre.left += 1;
                    centre.left_early += u64::from(r.gives_up - r.arrived < TARGET);
                }
            } else {
                self.starts(c, &r, t);
            }
        }
    }

    #[inline]
    fn unqueue(&mut self, c: usize, t: f64, arrived: f64) {
        let centre = &mut self.centres[c];
        centre.queued += t - arrived;
        centre.waiting.change(-1.0, t - self.from);
    }

    #[inline]
    fn departures(&mut self, t: f64) {
        while let Some((end, c)) = self.wheel.pop_until(t) {
            let c = c as usize;
            let since = end - self.from;
            let centre = &mut self.centres[c];
            centre.busy.change(-1.0, since);
            if centre.overtime.now > 0.0 {
                centre.overtime.change(-1.0, since);
            }
            if !centre.queue.is_empty() {
                self.serve(c, end);
            }
        }
    }

    fn opens(&mut self, hour: usize) {
        self.from = hour as f64 * HOUR;
        self.hour = hour % HOURS;
        self.counting = hour >= ALL_HOURS.0;
        for c in 0..CENTRES {
            let level = level(c, self.hour);
            let centre = &mut self.centres[c];
            centre.level = level;
            let over = (centre.busy.now - f64::from(level)).max(0.0);
            centre.overtime.change(over - centre.overtime.now, 0.0);
            self.serve(c, self.from);
        }
    }

    fn closes(&mut self) {
        for centre in &mut self.centres {
            let (busy, queue, overtime) =
                (centre.busy.close(), centre.waiting.close(), centre.overtime.close());
            centre.busy_time += busy;
            centre.queue_time += queue;
            if self.counting {
                let hour = &mut centre.hours[self.hour];
                hour.on_duty += f64::from(centre.level) * HOUR;
                hour.busy += busy;
                hour.queue += queue;
                hour.overtime += overtime;
            }
        }
    }
}

/// One replication.
pub fn run(replication: u32) -> Answer {
    let rates = rates();
    let centre_new = || Centre {
        level: 0,
        queue: VecDeque::new(),
        busy: Gauge::default(),
        overtime: Gauge::default(),
        waiting: Gauge::default(),
        hours: vec![Hour::default(); HOURS],
        waits: Histogram::new(),
        completion: Histogram::new(),
        completion_sum: 0.0,
        done: 0,
        delayed: 0,
        left: 0,
        left_early: 0,
        came: 0,
        gone: 0,
        served: 0,
        given: 0.0,
        queued: 0.0,
        busy_time: 0.0,
        queue_time: 0.0,
    };
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(u64::from(replication) + 1);
    let mut w = World {
        wheel: Wheel::new(0.1),
        centres: (0..CENTRES).map(|_| centre_new()).collect(),
        service: Sampler::log_normal(SERVICE.0, SERVICE.1),
        stage: name_key("service"),
        from: 0.0,
        hour: 0,
        counting: false,
        end: ALL_HOURS.1 as f64 * HOUR,
    };
    let mut requests = 0;
    for hour in 0..ALL_HOURS.1 {
        w.opens(hour);
        let until = (hour + 1) as f64 * HOUR;
        let gap = 1.0 / rates[w.hour];
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
            let r = Waiting { seed, arrived: t, gives_up: t + e * PATIENCE, hour: w.hour };
            let counting = w.counting;
            let centre = &mut w.centres[c];
            centre.came += 1;
            if counting {
                centre.hours[r.hour].reached += 1;
                centre.hours[r.hour].cases += u64::from(t + TARGET <= w.end);
            }
            if (centre.busy.now as i32) < centre.level {
                w.starts(c, &r, t);
            } else {
                centre.waiting.change(1.0, t - w.from);
                centre.queue.push_back(r);
            }
        }
        w.departures(until);
        w.closes();
    }
    books(&w);
    let (mut left, mut local, mut big) = (0, (0, 0.0), (0, 0.0));
    for (c, centre) in w.centres.iter().enumerate() {
        left += centre.left;
        let to = if c == 0 { &mut big } else { &mut local };
        for hour in &centre.hours {
            to.0 += hour.started;
            to.1 += hour.waited;
        }
        assert!(centre.done + 200 >= centre.waits.count() && centre.completion.count() == centre.done);
        assert!(centre.delayed <= centre.waits.count() && centre.left_early <= centre.left);
    }
    let unfinished = w.wheel.left(w.end);
    let (given, busy) = w.centres.iter().fold((0.0, 0.0), |s, c| (s.0 + c.given, s.1 + c.busy_time));
    assert!((given - unfinished - busy).abs() <= 1e-7 * busy, "{given} {unfinished} {busy}");
    answer(requests, left, local, big)
}

/// Requests that came are served, gone or waiting; time waited is the integral of the queue.
fn books(w: &World) {
    for c in &w.centres {
        assert_eq!(c.came, c.served + c.gone + c.queue.len() as u64);
        let waiting: f64 = c.queue.iter().map(|r| w.end - r.arrived).sum();
        let difference = c.queued + waiting - c.queue_time;
        assert!(difference.abs() <= 1e-7 * (c.queue_time + w.end), "{difference}");
    }
}
