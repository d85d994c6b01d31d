//! Erlang A: M/M/c+M, in which those who wait give up after an exponential patience.

use super::birth_death::stationary;
use super::{Exactness, SteadyState, erlang, positive, usable};
use poolwise_math::digamma;

/// Patience longer than this many mean interarrival times is refused: the state space would be huge,
/// and without abandonment the answer is Erlang C's.
const LONGEST_PATIENCE: f64 = 1e10;

/// M/M/c+M with first come first served: `arrivals`, `service` and `abandonment` are rates, the last
/// one over mean patience (Palm 1957; Garnett, Mandelbaum and Reiman 2002). `abandonment` of zero is
/// M/M/c. `None` for unusable rates, no servers, or a patience of more than 1e10 interarrival times.
///
/// The mean wait of the served follows from an arrival that finds `k` waiting: each step ahead lasts
/// `1 / (c mu + (j + 1) theta)` whichever way it goes, and the arrival is served with probability
/// `c mu / (c mu + (k + 1) theta)`.
pub fn mmc_m(servers: u32, arrivals: f64, service: f64, abandonment: f64) -> Option<SteadyState> {
    if servers == 0 || !usable(arrivals) || !positive(service) || !usable(abandonment) {
        return None;
    }
    if abandonment == 0.0 || arrivals == 0.0 {
        return erlang::mmc(servers, arrivals, service);
    }
    if arrivals / abandonment > LONGEST_PATIENCE {
        return None;
    }
    let c = u64::from(servers);
    let capacity = f64::from(servers) * service;
    let death = |n: u64| n.min(c) as f64 * service + n.saturating_sub(c) as f64 * abandonment;
    let mode = if arrivals < capacity {
        (arrivals / service) as u64
    } else {
        c + ((arrivals - capacity) / abandonment) as u64
    };
    let states = stationary(|_| arrivals, death, mode, c, u64::MAX);
    let p_wait = states.expect(|n| f64::from(u8::from(n >= c)));
    let queue = states.expect(|n| n.saturating_sub(c) as f64);
    let p_lost = abandonment * queue / arrivals;
    // Served and their waiting time, over arrivals that find k = n - c waiting.
    let before = states.first.saturating_sub(c) as f64;
    let mut steps = if before > 0.0 {
        let y = capacity / abandonment;
        (digamma(y + before + 1.0) - digamma(y + 1.0)) / abandonment
    } else {
        0.0
    };
    let mut waited = 0.0;
    for (n, p) in states.states().filter(|&(n, _)| n >= c) {
        let leave = capacity + (n - c + 1) as f64 * abandonment;
        steps += 1.0 / leave;
        waited += p * capacity / leave * steps;
    }
    let busy = states.expect(|n| n.min(c) as f64);
    Some(SteadyState {
        model: "M/M/c+M",
        source: "Palm 1957; Garnett, Mandelbaum and Reiman 2002",
        exactness: Exactness::Exact,
        p_wait,
        wait_mean: queue / arrivals,
        // Served per arrival by the busy servers: exact even where nearly all are lost.
        wait_mean_served: waited / (busy * service / arrivals),
        p_lost,
        queue_mean: queue,
        busy_mean: busy,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{close, poisson};
    use super::*;
    use poolwise_math::ln;

    #[test]
    fn garnett_mandelbaum_and_reiman() {
        // 48 calls a minute, 1 minute each, 50 agents, mean patience 2 minutes: 3.09 % abandon after a mean
        // wait of 3.71 seconds.
        let a = mmc_m(50, 48.0, 1.0, 0.5).unwrap();
        assert!((a.p_lost - 0.030_9).abs() < 5e-5, "{}", a.p_lost);
        assert!((a.wait_mean * 60.0 - 3.71).abs() < 5e-3, "{}", a.wait_mean * 60.0);
        close(a.busy_mean, 48.0 * (1.0 - a.p_lost), 1e-12);
    }

    #[test]
    fn equal_rates_make_the_number_in_system_poisson() {
        for (c, load) in [(1, 0.4), (8, 7.2), (20, 35.0), (300, 280.0)] {
            let a = mmc_m(c, load, 1.0, 1.0).unwrap();
            close(a.p_wait, poisson::at_least(u64::from(c), load), 1e-12);
            close(a.queue_mean, poisson::mean_above(u64::from(c), load), 1e-12);
        }
    }

    #[test]
    fn one_server_by_direct_summation() {
        // Independent of the production code: weights from state 0 upwards, waits by first-step analysis.
        let (lambda, mu, theta) = (1.3, 1.0, 0.4);
        let mut w = vec![1.0_f64];
        for n in 1..400 {
            w.push(w[n - 1] * lambda / (mu + (n as f64 - 1.0) * theta));
        }
        let total: f64 = w.iter().sum();
        let (mut served, mut waited) = (w[0], 0.0);
        for (n, x) in w.iter().enumerate().skip(1) {
            // Probability of service and E[wait; served] of the one behind n - 1 waiting, step by step.
            let (mut p, mut time) = (1.0, 0.0);
            for j in 0..n {
                let ahead = mu + j as f64 * theta;
                time += 1.0 / (ahead + theta);
                p *= ahead / (ahead + theta);
            }
            served += x * p;
            waited += x * p * time;
        }
        let a = mmc_m(1, lambda, mu, theta).unwrap();
        close(a.wait_mean_served, waited / served, 1e-12);
        close(1.0 - a.p_lost, served / total, 1e-12);
        assert!(a.wait_mean_served < a.wait_mean * 1.5);
    }

    #[test]
    fn patience_without_end_is_erlang_c() {
        let a = mmc_m(8, 7.2, 1.0, 1e-7).unwrap();
        close(a.wait_mean, 0.876_916, 1e-5);
        close(a.wait_mean_served, a.wait_mean, 1e-5);
        assert_eq!(mmc_m(8, 7.2, 1.0, 0.0).unwrap().model, "M/M/c");
    }

    #[test]
    fn overload_follows_the_fluid_limit() {
        // Twice the capacity: half is lost, and the served wait ln 2 / theta.
        let a = mmc_m(1_000, 2_000.0, 1.0, 0.01).unwrap();
        close(a.p_lost, 0.5, 1e-9);
        close(a.queue_mean, 100_000.0, 1e-9);
        close(a.wait_mean_served, ln(2.0_f64) / 0.01, 1e-4);
    }

    #[test]
    fn tiny_probabilities_and_large_pools() {
        let a = mmc_m(100, 20.0, 1.0, 0.5).unwrap();
        assert!(a.p_wait > 1e-40 && a.p_wait < 1e-30, "{}", a.p_wait);
        let b = mmc_m(100_000, 100_000.0, 1.0, 1.0).unwrap();
        assert!((b.p_wait - 0.5).abs() < 2e-3);
        assert!(mmc_m(0, 1.0, 1.0, 1.0).is_none() && mmc_m(1, 1.0, 1.0, -1.0).is_none());
        assert!(mmc_m(1, 1.0, 1.0, 1e-11).is_none());
        assert_eq!(mmc_m(1, 0.0, 1.0, 1.0).unwrap().wait_mean, 0.0);
    }
}
