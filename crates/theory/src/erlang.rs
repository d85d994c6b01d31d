//! Erlang's formulas: M/M/c/c (loss) and M/M/c (delay).

use super::{Exactness, SteadyState, positive, usable};
use poolwise_math::exp;

/// Erlang B: probability that all `servers` are busy when blocked arrivals are lost, at `offered`
/// erlangs. By the recursion `B(n) = a B(n-1) / (n + a B(n-1))` (Cooper 1981, section 3.3), which
/// neither overflows nor loses digits. NaN for an unusable load.
pub fn blocking(servers: u32, offered: f64) -> f64 {
    if !usable(offered) {
        return f64::NAN;
    }
    if servers > RECURSION {
        return by_sum(servers, offered);
    }
    (1..=servers).fold(1.0, |b, n| offered * b / (f64::from(n) + offered * b))
}

/// Servers up to which the recursion is quick enough.
const RECURSION: u32 = 20_000;

/// The same for very many servers, as `1 / B = sum over k of c (c - 1) ... (c - k + 1) / a^k` (Cooper 1981, eq. 3.3.3,
/// read backwards): only some times the root of the load matter, before the terms are negligible or the sum beyond
/// all bounds.
fn by_sum(servers: u32, offered: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    let mut left = f64::from(servers);
    while left > 0.0 && term > sum * 1e-18 && sum < f64::INFINITY {
        term *= left / offered;
        left -= 1.0;
        sum += term;
    }
    1.0 / sum
}

/// Erlang C: probability that an arrival waits in M/M/c at `offered` erlangs (Cooper 1981, eq. 3.4.8).
/// One where the load is not below the servers, NaN for an unusable load.
pub fn waiting(servers: u32, offered: f64) -> f64 {
    delayed(blocking(servers, offered), f64::from(servers), offered)
}

/// Erlang C from Erlang B.
fn delayed(b: f64, servers: f64, offered: f64) -> f64 {
    if offered >= servers { 1.0 } else { b / (1.0 - offered / servers * (1.0 - b)) }
}

/// M/M/c: `arrivals` and `service` are rates. `None` for unusable rates or no servers.
pub fn mmc(servers: u32, arrivals: f64, service: f64) -> Option<SteadyState> {
    if servers == 0 || !usable(arrivals) || !positive(service) {
        return None;
    }
    let what = ("M/M/c", "Erlang 1917; Cooper 1981, section 3.4", Exactness::Exact);
    let c = f64::from(servers);
    let offered = arrivals / service;
    let p = waiting(servers, offered);
    let wait = if offered < c { p / (c * service - arrivals) } else { f64::INFINITY };
    Some(SteadyState::lossless(what, arrivals, offered.min(c), p, wait))
}

/// Probability that the wait in M/M/c, first come first served, is at most `time`:
/// `1 - C exp(-(c mu - lambda) t)` (Cooper 1981, eq. 3.4.21). NaN for unusable parameters, zero without
/// a steady state.
pub fn wait_at_most(servers: u32, arrivals: f64, service: f64, time: f64) -> f64 {
    if !usable(arrivals) || !positive(service) || !usable(time) {
        return f64::NAN;
    }
    service_level(waiting(servers, arrivals / service), servers, arrivals, service, time)
}

fn service_level(p_wait: f64, servers: u32, arrivals: f64, service: f64, time: f64) -> f64 {
    let slack = f64::from(servers) * service - arrivals;
    if slack > 0.0 { 1.0 - p_wait * exp(-slack * time) } else { 0.0 }
}

/// Least number of servers with which at least a share `level` of arrivals to M/M/c waits no longer
/// than `time`; `None` for unusable parameters, `level` outside `[0, 1)`, or more than about 4,000
/// million servers.
pub fn servers_for_level(arrivals: f64, service: f64, time: f64, level: f64) -> Option<u32> {
    if !usable(arrivals) || !positive(service) || !usable(time) || !(0.0..1.0).contains(&level) {
        return None;
    }
    let offered = arrivals / service;
    let mut b = 1.0;
    for c in 1..=u32::MAX {
        b = offered * b / (f64::from(c) + offered * b);
        let p = delayed(b, f64::from(c), offered);
        if service_level(p, c, arrivals, service, time) >= level {
            return Some(c);
        }
    }
    None
}

/// M/M/c/c: blocked arrivals are lost. `None` for unusable rates.
pub fn loss(servers: u32, arrivals: f64, service: f64) -> Option<SteadyState> {
    if !usable(arrivals) || !positive(service) {
        return None;
    }
    let b = blocking(servers, arrivals / service);
    Some(SteadyState {
        model: "M/M/c/c",
        source: "Erlang 1917; Cooper 1981, section 3.3",
        exactness: Exactness::Exact,
        p_wait: 0.0,
        wait_mean: 0.0,
        wait_mean_served: 0.0,
        p_lost: b,
        queue_mean: 0.0,
        busy_mean: arrivals / service * (1.0 - b),
    })
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    #[test]
    fn eight_servers_at_nine_tenths() {
        let a = mmc(8, 7.2, 1.0).unwrap();
        close(a.wait_mean, 0.876_916, 1e-6);
        close(a.p_wait, 0.701_533, 1e-6);
        close(a.queue_mean, 7.2 * 0.876_916, 1e-6);
        assert_eq!(a.busy_mean, 7.2);
    }

    #[test]
    fn small_cases_in_closed_form() {
        close(blocking(1, 0.5), 1.0 / 3.0, 1e-15);
        close(blocking(2, 1.0), 0.2, 1e-15);
        close(waiting(1, 0.7), 0.7, 1e-14);
        // M/M/2: C = 2 rho^2 / (1 + rho).
        close(waiting(2, 1.5), 2.0 * 0.75 * 0.75 / 1.75, 1e-14);
        assert_eq!(blocking(0, 3.0), 1.0);
        close(loss(2, 1.0, 1.0).unwrap().busy_mean, 0.8, 1e-15);
    }

    #[test]
    fn published_tables() {
        // Erlang B tables: 10 trunks carry 4.461 erlangs at 1 % blocking, 100 carry 84.06.
        close(blocking(10, 4.461_2), 0.01, 1e-4);
        close(blocking(100, 84.064), 0.01, 1e-4);
    }

    #[test]
    fn large_systems_neither_overflow_nor_vanish() {
        // Halfin and Whitt (1981): c = a + sqrt(a) at delay probability 0.2234 in the limit.
        let p = waiting(1_001_000, 1e6);
        assert!((p - 0.223_361).abs() < 5e-4, "{p}");
        close(blocking(1_000_000, 1e6), (2.0 / std::f64::consts::PI / 1e6).sqrt(), 2e-3);
        assert_eq!(blocking(100_000, 1.0), 0.0);
        // Both ways of working it out.
        for (c, a) in [(30_000, 29_800.0), (30_000, 31_000.0), (30_000, 29_999.0), (30_000, 90_000.0)] {
            let recursion = (1..=c).fold(1.0, |b, n| a * b / (f64::from(n) + a * b));
            close(blocking(c, a), recursion, 1e-9);
        }
        // Four thousand million servers take no longer than a few.
        assert!(waiting(u32::MAX, 4.294e9) < 1.0 && blocking(u32::MAX, 1e3) == 0.0);
    }

    #[test]
    fn a_call_centre_of_a_hundred_calls_each_half_hour() {
        // 100 calls per 30 min of 3 min each, 80 % within 20 s: 14 agents, 88.8350 %.
        let (arrivals, service) = (100.0 / 1_800.0, 1.0 / 180.0);
        assert_eq!(servers_for_level(arrivals, service, 20.0, 0.8), Some(14));
        close(wait_at_most(14, arrivals, service, 20.0), 0.888_350, 1e-6);
        assert!(wait_at_most(13, arrivals, service, 20.0) < 0.8);
    }

    #[test]
    fn odd_parameters() {
        assert!(blocking(3, -1.0).is_nan() && waiting(3, f64::NAN).is_nan());
        assert!(mmc(0, 1.0, 1.0).is_none() && mmc(1, f64::INFINITY, 1.0).is_none());
        assert!(mmc(1, 1.0, 0.0).is_none() && servers_for_level(1.0, 1.0, 0.0, 1.0).is_none());
        let full = mmc(2, 2.0, 1.0).unwrap();
        assert_eq!((full.p_wait, full.wait_mean, full.busy_mean), (1.0, f64::INFINITY, 2.0));
        let idle = mmc(2, 0.0, 1.0).unwrap();
        assert_eq!((idle.p_wait, idle.wait_mean, idle.queue_mean), (0.0, 0.0, 0.0));
        assert_eq!(wait_at_most(2, 2.0, 1.0, 5.0), 0.0);
        assert_eq!(servers_for_level(0.0, 1.0, 0.0, 0.9), Some(1));
    }
}
