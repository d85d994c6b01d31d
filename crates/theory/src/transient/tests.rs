//! Uniformization against closed forms, steady states and an independent integration of the equations.

use super::super::{abandonment, close, offered, poisson};
use super::*;
use poolwise_engine::random::Sampler;
use poolwise_math::{cos, exp, sin};
use std::collections::BTreeMap;

fn system(service: f64, abandonment: f64, level_end: PeriodEnd) -> System {
    System { service, abandonment, level_end }
}

fn period(duration: f64, arrivals: f64, servers: u32) -> Period {
    Period { duration, arrivals, servers }
}

/// More updates than any of these takes.
const PLENTY: f64 = 1e11;

const BOTH: [PeriodEnd; 2] = [PeriodEnd::FinishByCount, PeriodEnd::HandOver];

#[test]
fn one_service_after_the_level_fell_to_none() {
    let periods = [period(1.0, 0.0, 1), period(0.5, 0.0, 0), period(0.7, 0.0, 1)];
    let by_count = solve(&system(2.0, 0.0, PeriodEnd::FinishByCount), &periods, 1, 1e-12, PLENTY).unwrap();
    let handed = solve(&system(2.0, 0.0, PeriodEnd::HandOver), &periods, 1, 1e-12, PLENTY).unwrap();
    // Finishing goes on through the gap: still there at 1.5 with probability exp(-3); handed over, the
    // clock stands still while nobody is on duty.
    close(by_count.periods[1].in_system_at_end[1], exp(-3.0_f64), 1e-12);
    close(by_count.periods[1].above_level, (exp(-2.0_f64) - exp(-3.0_f64)) / 2.0 / 0.5, 1e-11);
    close(handed.periods[1].in_system_at_end[1], exp(-2.0_f64), 1e-12);
    close(handed.periods[1].queue, exp(-2.0_f64), 1e-12);
    close(handed.periods[2].in_system_at_end[1], exp(-3.4_f64), 1e-12);
    assert_eq!(handed.periods[1].above_level, 0.0);
    // An arrival always waits when nobody is on duty.
    close(by_count.periods[1].p_wait, 1.0, 1e-12);
}

#[test]
fn nobody_starts_while_as_many_are_busy_as_the_level_allows() {
    // Five in system, three servers, then one: the number in system falls by three services at first, by
    // two once one is done, and the two that wait start only one after the other.
    let periods = [period(1e-9, 0.0, 3), period(0.4, 0.0, 1)];
    let o = solve(&system(1.0, 0.0, PeriodEnd::FinishByCount), &periods, 5, 1e-12, PLENTY).unwrap();
    let p = &o.periods[1].in_system_at_end;
    // Five with probability exp(-3t); four by the hypoexponential of rates 3 and 2.
    close(p[5], exp(-1.2_f64), 1e-8);
    close(p[4], 3.0 * (exp(-0.8_f64) - exp(-1.2_f64)), 1e-8);
}

#[test]
fn equal_rates_make_the_number_in_system_poisson_under_any_roster() {
    // lambda(t) = 100 + 20 sin t in steps of a tenth, mu = theta = 1, from empty, with a roster that jumps.
    let step = 0.1;
    let rates: Vec<f64> = (0..80).map(|i| 100.0 + 20.0 * sin(f64::from(i) * step)).collect();
    let load = offered::from_empty(&rates, step, &Sampler::Exponential(1.0)).unwrap();
    let roster = [110, 70, 0, 95, 130];
    for rule in BOTH {
        let periods: Vec<Period> =
            rates.iter().enumerate().map(|(i, r)| period(step, *r, roster[i / 6 % 5])).collect();
        let path = solve(&system(1.0, 1.0, rule), &periods, 0, 1e-10, PLENTY).unwrap();
        assert!(path.error_bound <= 1e-10, "{}", path.error_bound);
        for (o, m) in path.periods.iter().zip(&load) {
            assert!((o.mean_at_end() - m).abs() < 1e-7, "{} {m}", o.mean_at_end());
            for (n, p) in o.in_system_at_end.iter().enumerate().step_by(7) {
                assert!((p - poisson::probability(n as u64, *m)).abs() < 1e-9, "{rule:?} {n} at {}", o.end);
            }
        }
        // Handed over, all on duty are busy with probability P(N >= s).
        if rule == PeriodEnd::HandOver {
            let (o, p) = (&path.periods[79], &periods[79]);
            close(o.p_wait_at_end, poisson::at_least(u64::from(p.servers), load[79]), 1e-7);
        }
    }
}

#[test]
fn a_wave_with_servers_to_spare_is_the_closed_form() {
    // lambda(t) = 16 (1 + 0.5 sin(2 pi t / 24)): busy is m(t); step rates are the exact means.
    let f = std::f64::consts::TAU / 24.0;
    let rate = |a: f64, b: f64| 16.0 * (1.0 + 0.5 * (cos(f * a) - cos(f * b)) / (f * (b - a)));
    let cycle: Vec<Period> =
        (0..240).map(|i| period(0.1, rate(f64::from(i) * 0.1, f64::from(i + 1) * 0.1), 90)).collect();
    let path = periodic(&system(0.8, 0.0, PeriodEnd::FinishByCount), &cycle, 1e-9, 20, PLENTY).unwrap();
    let rates: Vec<f64> = cycle.iter().map(|p| p.arrivals).collect();
    let load = offered::periodic(&rates, 0.1, &Sampler::Exponential(1.25)).unwrap();
    for (i, o) in path.periods.iter().enumerate().step_by(13) {
        assert!((o.mean_at_end() - load[(i + 1) % 240]).abs() < 1e-6);
        // Steps of a tenth of an hour are themselves off by about rate' step^2 mu / 12.
        close(o.mean_at_end(), offered::sinusoidal(16.0, 0.5, f, 0.8, o.end), 1.5e-4);
    }
    assert!(path.cycles > 1 && path.error_bound <= 1e-9);
    close(path.overall.busy_mean, 20.0, 1e-8);
}

#[test]
fn constant_rates_settle_at_erlang() {
    let day = [period(5.0, 7.2, 8)];
    let c = periodic(&system(1.0, 0.0, PeriodEnd::FinishByCount), &day, 1e-9, 500, PLENTY).unwrap().overall;
    close(c.wait_mean, 0.876_916, 1e-6);
    close(c.p_wait, 0.701_533, 1e-6);
    let a = periodic(&system(1.0, 0.5, PeriodEnd::HandOver), &[period(10.0, 48.0, 50)], 1e-10, 100, PLENTY)
        .unwrap();
    let exact = abandonment::mmc_m(50, 48.0, 1.0, 0.5).unwrap();
    close(a.overall.p_lost, exact.p_lost, 1e-8);
    close(a.overall.wait_mean, exact.wait_mean, 1e-8);
    close(a.overall.p_wait, exact.p_wait, 1e-8);
    close(a.periods[0].busy, exact.busy_mean, 1e-9);
}

/// Forward equations on (busy, waiting) by Runge-Kutta, from rules written down event by event.
fn by_runge_kutta(s: &System, periods: &[Period], initial: usize, room: usize) -> BTreeMap<usize, f64> {
    type Dist = BTreeMap<(usize, usize), f64>;
    let settle = |b: usize, q: usize, level: usize| {
        let (mut b, mut q) = (b, q);
        while b > level && s.level_end == PeriodEnd::HandOver {
            (b, q) = (b - 1, q + 1);
        }
        while b < level && q > 0 {
            (b, q) = (b + 1, q - 1);
        }
        (b, q)
    };
    let mut p: Dist = BTreeMap::from([(settle(0, initial, periods[0].servers as usize), 1.0)]);
    for period in periods {
        let level = period.servers as usize;
        let mut moved = Dist::new();
        p.iter().for_each(|(&(b, q), x)| *moved.entry(settle(b, q, level)).or_default() += x);
        p = moved;
        let slope = |p: &Dist| {
            let mut d = Dist::new();
            let mut flow = |from: (usize, usize), to: (usize, usize), rate: f64| {
                *d.entry(from).or_default() -= rate;
                *d.entry(to).or_default() += rate;
            };
            for (&(b, q), x) in p {
                if b + q < room {
                    flow((b, q), settle(b, q + 1, level), x * period.arrivals);
                }
                if b > 0 {
                    flow((b, q), settle(b - 1, q, level), x * b as f64 * s.service);
                }
                if q > 0 {
                    flow((b, q), (b, q - 1), x * q as f64 * s.abandonment);
                }
            }
            d
        };
        let add = |p: &Dist, d: &Dist, h: f64| {
            let mut out = p.clone();
            d.iter().for_each(|(k, x)| *out.entry(*k).or_default() += h * x);
            out
        };
        let steps = 150;
        let h = period.duration / f64::from(steps);
        for _ in 0..steps {
            let k1 = slope(&p);
            let k2 = slope(&add(&p, &k1, h / 2.0));
            let k3 = slope(&add(&p, &k2, h / 2.0));
            let k4 = slope(&add(&p, &k3, h));
            for (k, w) in [(k1, 1.0), (k2, 2.0), (k3, 2.0), (k4, 1.0)] {
                p = add(&p, &k, w * h / 6.0);
            }
        }
    }
    let mut total = BTreeMap::new();
    p.into_iter().for_each(|((b, q), x)| *total.entry(b + q).or_default() += x);
    total
}

#[test]
fn an_independent_integration_agrees() {
    let periods = [
        period(1.0, 3.0, 3),
        period(0.7, 2.0, 1),
        period(0.4, 4.0, 2),
        period(0.5, 1.0, 0),
        period(0.8, 2.5, 4),
        period(0.6, 0.0, 2),
    ];
    for rule in BOTH {
        let s = system(1.3, 0.4, rule);
        let path = solve(&s, &periods, 5, 1e-11, PLENTY).unwrap();
        let want = by_runge_kutta(&s, &periods, 5, 34);
        let got = &path.periods[5].in_system_at_end;
        for (n, p) in want.iter().filter(|w| *w.0 < 20) {
            assert!((got[*n] - p).abs() < 1e-7, "{rule:?} {n}: {} {p}", got[*n]);
        }
        close(got.iter().sum(), 1.0, 1e-12);
    }
}

#[test]
fn what_enters_leaves_or_stays() {
    let periods = [period(2.0, 10.0, 9), period(1.0, 14.0, 5), period(3.0, 6.0, 11)];
    for rule in BOTH {
        let path = solve(&system(1.0, 0.3, rule), &periods, 4, 1e-11, PLENTY).unwrap();
        let mut before = 4.0;
        for (p, o) in periods.iter().zip(&path.periods) {
            let change = p.arrivals - o.busy - o.abandonments;
            assert!((o.mean_at_end() - before - change * p.duration).abs() < 1e-8, "{rule:?} {}", o.end);
            before = o.mean_at_end();
        }
    }
}

#[test]
fn the_stated_error_holds() {
    let periods = [period(3.0, 8.0, 5), period(3.0, 9.0, 3)];
    let s = system(1.0, 0.2, PeriodEnd::FinishByCount);
    let fine = solve(&s, &periods, 0, 1e-13, PLENTY).unwrap();
    let coarse = solve(&s, &periods, 0, 0.05, PLENTY).unwrap();
    assert!(coarse.error_bound > 1e-6 && coarse.error_bound <= 0.05, "{}", coarse.error_bound);
    for (a, b) in fine.periods.iter().zip(&coarse.periods) {
        let at = |o: &PeriodMeans, n: usize| o.in_system_at_end.get(n).copied().unwrap_or(0.0);
        let variation: f64 = (0..200).map(|n| (at(a, n) - at(b, n)).abs()).sum::<f64>() / 2.0;
        assert!(variation <= coarse.error_bound, "{variation} {}", coarse.error_bound);
    }
}

#[test]
fn growing_queues_and_odd_parameters() {
    // Nobody ever serves: the number waiting is Poisson.
    let s = system(1.0, 0.0, PeriodEnd::FinishByCount);
    let path = solve(&s, &[period(10.0, 30.0, 0)], 0, 1e-9, PLENTY).unwrap();
    close(path.periods[0].in_system_at_end[300], poisson::probability(300, 300.0), 1e-9);
    close(path.overall.queue_mean, 150.0, 1e-9);
    assert!(periodic(&s, &[period(5.0, 3.0, 2)], 1e-9, 5, PLENTY).is_err());
    assert!(
        solve(&s, &[], 0, 1e-9, PLENTY).is_err()
            && solve(&s, &[period(0.0, 1.0, 1)], 0, 1e-9, PLENTY).is_err()
    );
    assert!(solve(&system(0.0, 0.0, PeriodEnd::HandOver), &[period(1.0, 1.0, 1)], 0, 1e-9, PLENTY).is_err());
    let endless = period(1e300, 1e300, 1);
    assert!(
        solve(&s, &[endless], 0, 1e-9, PLENTY).is_err()
            && solve(&s, &[period(1.0, 1.0, u32::MAX)], 0, 1e-9, PLENTY).is_err()
    );
    // Empty and nobody on duty: nothing happens.
    let still = solve(&s, &[period(4.0, 0.0, 0)], 0, 1e-9, PLENTY).unwrap();
    close(still.periods[0].in_system_at_end[0], 1.0, 1e-14);
    assert_eq!((still.periods[0].in_system_at_end.len(), still.overall.queue_mean), (1, 0.0));
}

#[test]
fn work_is_bounded_by_what_is_counted() {
    let s = system(20.0, 0.0, PeriodEnd::HandOver);
    // Letters round the clock, worked by day: a state for every letter of the night.
    let day = |per_hour: f64| [period(14.0, per_hour, 0), period(10.0, per_hour, (per_hour / 6.0) as u32)];
    assert!(periodic(&s, &day(20.0), 1e-3, 30, 1e8).is_ok());
    assert_eq!(periodic(&s, &day(20.0), 1e-3, 30, 1e4), Err(TransientError::TooMuch));
    // What would take hours, or more memory than there is, is refused at once.
    assert_eq!(periodic(&s, &day(1e6), 1e-3, 30, 1e8), Err(TransientError::TooMuch));
    let impatient = system(20.0, 3.6e6, PeriodEnd::HandOver);
    assert_eq!(periodic(&impatient, &day(4.0), 1e-3, 30, 1e8), Err(TransientError::TooMuch));
    assert_eq!(periodic(&s, &[period(1e300, 1.0, 1)], 1e-3, 30, 1e8), Err(TransientError::TooMuch));
    let falling = system(1.0, 0.0, PeriodEnd::FinishByCount);
    let levels = [period(1e-6, 1e9, 60_000), period(1e-6, 1e9, 1)];
    assert_eq!(periodic(&falling, &levels, 1e-3, 30, 1e15), Err(TransientError::TooMuch));
}

#[test]
fn distances_are_those_of_all_states() {
    // Two levels and rooms: (busy, waiting) in one, in both, and in the other.
    let mut a = BusyWaiting::new(2, 3, 2);
    let mut b = BusyWaiting::new(3, 3, 4);
    let put = |s: &mut BusyWaiting, of: &[(usize, usize, f64)]| {
        for &(busy, waiting, p) in of {
            let at = s.index(busy, waiting);
            s.p[at] = p;
        }
    };
    put(&mut a, &[(1, 0, 0.2), (2, 2, 0.5), (3, 1, 0.3)]);
    put(&mut b, &[(1, 0, 0.3), (3, 1, 0.1), (3, 4, 0.6)]);
    close(a.distance(&b), (0.1 + 0.5 + 0.2 + 0.6) / 2.0, 1e-14);
    close(b.distance(&a), a.distance(&b), 1e-14);
}
