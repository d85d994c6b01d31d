//! M/M/8 at load 0.9 as a recursion over customers: one starts when the first of eight servers is free. There is
//! no calendar, which only a queue without deadlines, rosters and other rules allows.

use super::{Answer, WEEKS};
use poolwise_engine::histogram::Histogram;
use poolwise_engine::random::{KeyedRng, Purpose, name_key};
use rand::distr::Distribution;
use rand::rand_core::{Rng, SeedableRng};
use rand_distr::Exp1;
use rand_xoshiro::Xoshiro256PlusPlus;

const HOUR: f64 = 3600.0;
const HOURS: usize = 168;
/// Mean gap and mean service, seconds.
const GAP: f64 = HOUR / 43.2;
const SERVICE: f64 = 600.0;

/// The instants at which eight servers are free, ascending.
struct Servers([f64; 8]);

impl Servers {
    /// The first free server works until `end`.
    #[inline]
    fn take(&mut self, end: f64) {
        let mut i = 0;
        while i < 7 && self.0[i + 1] < end {
            self.0[i] = self.0[i + 1];
            i += 1;
        }
        self.0[i] = end;
    }
}

fn span() -> (f64, f64) {
    let week = HOURS as f64 * HOUR;
    (WEEKS.0 as f64 * week, (WEEKS.0 + WEEKS.1) as f64 * week)
}

fn answer(requests: u64, served: u64, delayed: u64, waited: f64) -> Answer {
    let n = served as f64;
    Answer {
        requests,
        values: vec![
            ("share that waits", delayed as f64 / n, 0.701_533, 0.02),
            ("mean wait, services", waited / n / SERVICE, 0.876_916, 0.08),
        ],
    }
}

/// Sums alone.
pub(crate) fn bare(replication: u32) -> Answer {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(u64::from(replication) + 1);
    let mut servers = Servers([0.0; 8]);
    let (from, until) = span();
    let (mut t, mut requests, mut served, mut delayed, mut waited) = (0.0, 0, 0, 0, 0.0);
    loop {
        let e: f64 = Exp1.sample(&mut rng);
        t += e * GAP;
        if t >= until {
            break;
        }
        requests += 1;
        let start = servers.0[0].max(t);
        let e: f64 = Exp1.sample(&mut rng);
        servers.take(start + e * SERVICE);
        if t >= from {
            served += 1;
            delayed += u64::from(start > t);
            waited += start - t;
        }
    }
    answer(requests, served, delayed, waited)
}

/// Sums of one hour of the week.
#[derive(Clone, Copy, Default)]
struct Hour {
    busy: f64,
    queue: f64,
    reached: u64,
    started: u64,
    waited: f64,
    cases: u64,
    met: u64,
}

/// Adds the time from `from` to `until` to the hours of the week that it falls into.
#[inline]
fn spread(from: f64, until: f64, mut add: impl FnMut(usize, f64)) {
    let mut hour = (from / HOUR) as usize;
    let mut at = from;
    while (hour + 1) as f64 * HOUR < until {
        let edge = (hour + 1) as f64 * HOUR;
        add(hour % HOURS, edge - at);
        at = edge;
        hour += 1;
    }
    add(hour % HOURS, until - at);
}

/// With keyed draws and the engine's statistics.
pub(crate) fn kept(replication: u32) -> Answer {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(u64::from(replication) + 1);
    let stage = name_key("service");
    let mut servers = Servers([0.0; 8]);
    let mut hours = vec![Hour::default(); HOURS];
    let (mut waits, mut completion) = (Histogram::new(), Histogram::new());
    let (from, until) = span();
    let (mut t, mut requests, mut done, mut completion_sum) = (0.0_f64, 0, 0_u64, 0.0);
    let (mut given, mut queued) = (0.0, 0.0);
    loop {
        let e: f64 = Exp1.sample(&mut rng);
        t += e * GAP;
        if t >= until {
            break;
        }
        requests += 1;
        let seed = rng.next_u64();
        let start = servers.0[0].max(t);
        let e: f64 = Exp1.sample(&mut KeyedRng::new(seed, stage, 0, Purpose::Time));
        let time = e * SERVICE;
        let end = start + time;
        servers.take(end);
        given += time;
        queued += start - t;
        if start > t && start > from {
            spread(t.max(from), start.min(until), |h, s| hours[h].queue += s);
        }
        if end > from && start < until {
            spread(start.max(from), end.min(until), |h, s| hours[h].busy += s);
        }
        if t >= from {
            let hour = &mut hours[(t / HOUR) as usize % HOURS];
            hour.reached += 1;
            hour.cases += u64::from(t + 4.0 * HOUR <= until);
            hour.met += u64::from(end - t <= 4.0 * HOUR);
            hour.started += 1;
            hour.waited += start - t;
            waits.record(start - t);
        }
        if end >= from && end < until {
            done += 1;
            completion_sum += end - t;
            completion.record(end - t);
        }
    }
    assert!(completion.count() == done && completion_sum > 0.0 && given > queued * 0.1);
    let busy: f64 = hours.iter().map(|h| h.busy).sum();
    assert!((busy / (until - from) - 7.2).abs() < 0.2, "{busy}");
    let waited = hours.iter().map(|h| h.waited).sum();
    answer(requests, waits.count(), waits.count() - waits.zeros(), waited)
}
