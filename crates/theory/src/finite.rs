//! M/M/c/K: room for K in all, arrivals beyond are turned away.

use super::birth_death::stationary;
use super::{Exactness, SteadyState, positive, usable};

/// More waiting room than this is refused: it takes memory for each state.
const MOST_WAITING: u32 = 1_000_000;

/// M/M/c/K with room for `capacity` in system, those in service included (Gross et al. 2008, section
/// 2.5). Waits are of those who enter; `p_wait` is over all arrivals. With less room than servers, the
/// servers beyond it never work. `None` for unusable rates, no servers, no
/// room, or room for more than a million to wait.
pub fn mmck(servers: u32, capacity: u32, arrivals: f64, service: f64) -> Option<SteadyState> {
    if servers == 0 || capacity == 0 || !usable(arrivals) || !positive(service) {
        return None;
    }
    if capacity.saturating_sub(servers) > MOST_WAITING {
        return None;
    }
    let c = u64::from(servers);
    let k = u64::from(capacity);
    let answer = |p_wait, queue: f64, p_lost: f64, busy: f64| SteadyState {
        model: "M/M/c/K",
        source: "Gross, Shortle, Thompson and Harris 2008, section 2.5",
        exactness: Exactness::Exact,
        p_wait,
        // By the rate of those who enter, which is also that of those served.
        wait_mean: if queue == 0.0 { 0.0 } else { queue / (busy * service) },
        wait_mean_served: if queue == 0.0 { 0.0 } else { queue / (busy * service) },
        p_lost,
        queue_mean: queue,
        busy_mean: busy,
    };
    if arrivals == 0.0 {
        return Some(answer(0.0, 0.0, 0.0, 0.0));
    }
    let offered = arrivals / service;
    let mode = if offered < c as f64 { offered as u64 } else { k };
    let states = stationary(|_| arrivals, |n| n.min(c) as f64 * service, mode, k, k);
    let p_wait = states.expect(|n| f64::from(u8::from(n >= c && n < k)));
    let queue = states.expect(|n| n.saturating_sub(c) as f64);
    let full = states.expect(|n| f64::from(u8::from(n == k)));
    Some(answer(p_wait, queue, full, states.expect(|n| n.min(c) as f64)))
}

#[cfg(test)]
mod tests {
    use super::super::{close, erlang};
    use super::*;

    #[test]
    fn one_server_in_closed_form() {
        // M/M/1/3 at rho = 1/2: p = 8, 4, 2, 1 over 15.
        let a = mmck(1, 3, 0.5, 1.0).unwrap();
        close(a.p_lost, 1.0 / 15.0, 1e-14);
        close(a.p_wait, 6.0 / 15.0, 1e-14);
        close(a.queue_mean, 4.0 / 15.0, 1e-14);
        close(a.wait_mean, 4.0 / 15.0 / (0.5 * 14.0 / 15.0), 1e-14);
        // At rho = 1 all states are equally likely; at rho = 2 the order is reversed.
        close(mmck(1, 3, 1.0, 1.0).unwrap().p_lost, 0.25, 1e-14);
        close(mmck(1, 3, 2.0, 1.0).unwrap().p_lost, 8.0 / 15.0, 1e-14);
    }

    #[test]
    fn limits_are_loss_and_delay() {
        close(mmck(10, 10, 8.0, 1.0).unwrap().p_lost, erlang::blocking(10, 8.0), 1e-13);
        let deep = mmck(8, 5_000, 7.2, 1.0).unwrap();
        close(deep.wait_mean, 0.876_916, 1e-6);
        close(deep.p_wait, 0.701_533, 1e-6);
        assert!(deep.p_lost < 1e-200);
        close(mmck(20, 5, 3.0, 1.0).unwrap().p_lost, erlang::blocking(5, 3.0), 1e-13);
    }

    #[test]
    fn flows_balance_under_overload() {
        let a = mmck(50, 400, 80.0, 1.0).unwrap();
        close(80.0 * (1.0 - a.p_lost), a.busy_mean, 1e-12);
        close(a.busy_mean, 50.0, 1e-9);
        assert!(mmck(1, 0, 1.0, 1.0).is_none() && mmck(1, 3, f64::NAN, 1.0).is_none());
        assert_eq!(mmck(2, 3, 0.0, 1.0).unwrap().wait_mean, 0.0);
    }
}
