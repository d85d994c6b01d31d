//! Approximations to M(t)/M/s(t)+M that cost next to nothing, for where its states are too many to be followed.
//!
//! **The fluid limit** leaves chance out: `x' = lambda(t) - mu min(x, s(t)) - theta (x - s(t))^+` (Mandelbaum, Massey
//! and Reiman 1998, eq. 2.3; Whitt 2006). It is right to first order in large systems and wherever queues come of too
//! few officers for hours on end, since what chance adds grows only with the root of the size; where servers are
//! never short it knows no wait at all. Within a period it is solved in closed form.
//!
//! **The pointwise stationary approximation** takes each period as if it lasted for ever (Green and Kolesar 1991): good
//! where services are short beside the changes and servers are never short.

use super::transient::{Period, System};
use super::{Exactness, SteadyState, abandonment, positive, usable};
use poolwise_math::{exp_m1, ln, ln_1p};

/// Cycles after which the fluid counts as one that does not settle.
const MOST_CYCLES: u32 = 2_000;
/// Relative change of the fluid over a cycle at which it has settled.
const SETTLED: f64 = 1e-9;

/// Sums over time.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    queue: f64,
    busy: f64,
    /// Arrivals that find all servers taken.
    waits: f64,
}

/// The periodic state of the fluid under a `cycle` that repeats for ever. Services above a falling level wait again.
/// `None` for unusable parameters, or where the fluid does not settle (as much work as servers, and nobody gives up).
pub fn periodic(system: &System, cycle: &[Period]) -> Option<SteadyState> {
    if !valid(system, cycle) {
        return None;
    }
    let mut x = 0.0;
    for _ in 0..MOST_CYCLES {
        let before: f64 = x;
        let mut sums = Sums::default();
        for period in cycle {
            x = pass(system, period, x, &mut sums);
        }
        if (x - before).abs() <= SETTLED * (1.0 + x) {
            return Some(answer(system, cycle, sums));
        }
    }
    None
}

/// Each period of a `cycle` as if it lasted for ever. `None` for unusable parameters, or where a period by itself
/// has no steady state.
pub fn pointwise(system: &System, cycle: &[Period]) -> Option<SteadyState> {
    if !valid(system, cycle) {
        return None;
    }
    let (mut sums, mut lost) = (Sums::default(), 0.0);
    let mut known: Option<(f64, u32, SteadyState)> = None;
    for period in cycle.iter().filter(|p| p.arrivals > 0.0) {
        let one = match &known {
            // Hours of a night are often alike.
            Some((arrivals, servers, one)) if (*arrivals, *servers) == (period.arrivals, period.servers) => {
                *one
            }
            _ => abandonment::mmc_m(period.servers, period.arrivals, system.service, system.abandonment)?,
        };
        if !one.queue_mean.is_finite() {
            return None;
        }
        known = Some((period.arrivals, period.servers, one));
        sums.queue += one.queue_mean * period.duration;
        sums.busy += one.busy_mean * period.duration;
        sums.waits += one.p_wait * period.arrivals * period.duration;
        lost += one.p_lost * period.arrivals * period.duration;
    }
    let arrivals: f64 = cycle.iter().map(|p| p.arrivals * p.duration).sum();
    let source = "pointwise stationary approximation: Green and Kolesar 1991";
    Some(SteadyState { source, p_lost: ratio(lost, arrivals), ..answer(system, cycle, sums) })
}

/// Whether some period has more arrivals than its servers can take.
pub fn overloaded(system: &System, cycle: &[Period]) -> bool {
    cycle.iter().any(|p| p.arrivals >= f64::from(p.servers) * system.service && p.arrivals > 0.0)
}

fn valid(system: &System, cycle: &[Period]) -> bool {
    positive(system.service)
        && usable(system.abandonment)
        && !cycle.is_empty()
        && cycle.iter().all(|p| positive(p.duration) && usable(p.arrivals))
}

fn answer(system: &System, cycle: &[Period], sums: Sums) -> SteadyState {
    let time: f64 = cycle.iter().map(|p| p.duration).sum();
    let arrivals: f64 = cycle.iter().map(|p| p.arrivals * p.duration).sum();
    SteadyState {
        model: "M(t)/M/s(t)+M",
        source: "fluid limit: Mandelbaum, Massey and Reiman 1998; Whitt 2006",
        exactness: Exactness::Approximate,
        p_wait: ratio(sums.waits, arrivals),
        wait_mean: ratio(sums.queue, arrivals),
        wait_mean_served: f64::NAN,
        p_lost: ratio(system.abandonment * sums.queue, arrivals),
        queue_mean: sums.queue / time,
        busy_mean: sums.busy / time,
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// The fluid at the end of a period that begins with `x`. It crosses the number of servers at most once, since on
/// either side it moves one way only.
fn pass(system: &System, period: &Period, x: f64, sums: &mut Sums) -> f64 {
    let servers = f64::from(period.servers);
    let short = period.arrivals >= servers * system.service;
    let above = x > servers || x == servers && short;
    let (crossing, first) = if above { queueing(system, period, x) } else { serving(system, period, x) };
    if crossing >= period.duration {
        return first.add(period, sums, period.duration);
    }
    first.add(period, sums, crossing);
    let rest = Period { duration: period.duration - crossing, ..*period };
    let (_, second) = if above { serving(system, &rest, servers) } else { queueing(system, &rest, servers) };
    second.add(&rest, sums, rest.duration)
}

/// A stretch on one side of the number of servers: `x(t) = limit + (start - limit) exp(-rate t)`, or a straight line
/// of slope `slope` where the rate is zero.
struct Stretch {
    start: f64,
    limit: f64,
    rate: f64,
    slope: f64,
    servers: f64,
    above: bool,
}

/// All servers taken; when the queue is gone.
fn queueing(system: &System, period: &Period, x: f64) -> (f64, Stretch) {
    let servers = f64::from(period.servers);
    let (slope, rate) = (period.arrivals - servers * system.service, system.abandonment);
    let queue = x - servers;
    let limit = if rate > 0.0 { servers + slope / rate } else { 0.0 };
    let gone = if slope >= 0.0 {
        f64::INFINITY
    } else if rate > 0.0 {
        // queue exp(-rate t) + slope / rate (1 - exp(-rate t)) = 0.
        ln_1p(queue * rate / -slope) / rate
    } else {
        queue / -slope
    };
    (gone, Stretch { start: x, limit, rate, slope, servers, above: true })
}

/// Servers to spare; when they are all taken.
fn serving(system: &System, period: &Period, x: f64) -> (f64, Stretch) {
    let (servers, rate) = (f64::from(period.servers), system.service);
    let limit = period.arrivals / rate;
    let full =
        if limit > servers { ln((limit - x) / (limit - servers)).max(0.0) / rate } else { f64::INFINITY };
    (full, Stretch { start: x, limit, rate, slope: 0.0, servers, above: false })
}

impl Stretch {
    /// Adds its first `time` to the sums, and gives where it ends.
    fn add(&self, period: &Period, sums: &mut Sums, time: f64) -> f64 {
        let (end, area) = if self.rate > 0.0 {
            // 1 - exp(-rate t), without cancellation.
            let gone = -exp_m1(-self.rate * time);
            let apart = self.start - self.limit;
            (self.start - apart * gone, self.limit * time + apart * gone / self.rate)
        } else {
            (self.start + self.slope * time, (self.start + self.slope * time / 2.0) * time)
        };
        if self.above {
            sums.queue += (area - self.servers * time).max(0.0);
            sums.busy += self.servers * time;
            sums.waits += period.arrivals * time;
        } else {
            sums.busy += area;
        }
        end.max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::super::transient::{self, PeriodEnd};
    use super::*;

    fn system(service: f64, abandonment: f64) -> System {
        System { service, abandonment, level_end: PeriodEnd::HandOver }
    }

    fn period(duration: f64, arrivals: f64, servers: u32) -> Period {
        Period { duration, arrivals, servers }
    }

    #[test]
    fn letters_of_a_weekend_by_hand() {
        // 10 arrive each hour for ever; nobody works for 12 h, then 50 servers of rate 0.5. At closing what is in
        // service waits again, so that 140 are there at the opening: 50 in service, 90 waiting. The queue falls by 15
        // an hour and is gone after 6 h; then the number in service falls from 50 towards 20. All of it against
        // small steps of the equation.
        let cycle = [period(12.0, 10.0, 0), period(12.0, 10.0, 50)];
        let a = periodic(&system(0.5, 0.0), &cycle).unwrap();
        let mut x: f64 = 0.0;
        let (mut queue, mut busy, mut waits) = (0.0, 0.0, 0.0);
        let step = 1e-4;
        for cycle in 0..6 {
            for k in 0..240_000 {
                let servers = if k < 120_000 { 0.0 } else { 50.0 };
                let work = x.min(servers);
                if cycle == 5 {
                    queue += (x - work) * step;
                    busy += work * step;
                    waits += if x >= servers { 10.0 * step } else { 0.0 };
                }
                x += (10.0 - 0.5 * work) * step;
            }
        }
        close(a.queue_mean, queue / 24.0, 1e-3);
        close(a.busy_mean, busy / 24.0, 1e-3);
        close(a.busy_mean, 20.0, 1e-9);
        close(a.p_wait, waits / 240.0, 1e-3);
        close(a.wait_mean, a.queue_mean / 10.0, 1e-12);
        assert_eq!((a.p_lost, a.exactness), (0.0, Exactness::Approximate));
    }

    #[test]
    fn large_systems_come_to_it() {
        // The same day a hundred times as large: chance adds its root.
        for (abandonment, relative) in [(0.0, 0.02), (0.3, 0.02)] {
            let system = system(1.0, abandonment);
            let cycle = [period(6.0, 400.0, 100), period(6.0, 300.0, 900), period(12.0, 100.0, 200)];
            let exact = transient::periodic(&system, &cycle, 1e-6, 50, 1e12).unwrap().overall;
            let fluid = periodic(&system, &cycle).unwrap();
            close(fluid.queue_mean, exact.queue_mean, relative);
            close(fluid.busy_mean, exact.busy_mean, relative);
            close(fluid.wait_mean, exact.wait_mean, relative);
            assert!((fluid.p_wait - exact.p_wait).abs() < 0.03, "{} {}", fluid.p_wait, exact.p_wait);
            assert!((fluid.p_lost - exact.p_lost).abs() < 0.01);
        }
    }

    #[test]
    fn patience_of_a_millisecond_takes_no_longer() {
        let a = periodic(&system(3.0, 3.6e9), &[period(16.0, 4.0, 0), period(8.0, 4.0, 1)]).unwrap();
        // While nobody is there all are lost; while somebody is, all above the three an hour that one can serve.
        close(a.p_lost, (16.0 * 4.0 + 8.0 * (4.0 - 3.0)) / 96.0, 1e-2);
    }

    #[test]
    fn short_services_are_nearly_stationary_hour_by_hour() {
        let system = system(60.0, 0.0);
        let cycle = [period(12.0, 200.0, 5), period(12.0, 400.0, 8)];
        let exact = transient::periodic(&system, &cycle, 1e-9, 50, 1e12).unwrap().overall;
        let a = pointwise(&system, &cycle).unwrap();
        close(a.queue_mean, exact.queue_mean, 2e-2);
        close(a.p_wait, exact.p_wait, 1e-2);
        close(a.busy_mean, exact.busy_mean, 1e-3);
        assert!(!overloaded(&system, &cycle) && overloaded(&system, &[period(1.0, 400.0, 5)]));
    }

    #[test]
    fn no_steady_state_and_odd_parameters() {
        assert!(periodic(&system(1.0, 0.0), &[period(1.0, 2.0, 1), period(1.0, 1.0, 1)]).is_none());
        assert!(pointwise(&system(1.0, 0.0), &[period(1.0, 2.0, 1)]).is_none());
        assert!(periodic(&system(f64::NAN, 0.0), &[period(1.0, 2.0, 1)]).is_none());
        assert!(periodic(&system(1.0, 0.0), &[]).is_none());
        let idle = periodic(&system(1.0, 0.0), &[period(1.0, 0.0, 1)]).unwrap();
        assert_eq!((idle.queue_mean, idle.wait_mean, idle.p_wait), (0.0, 0.0, 0.0));
    }
}
