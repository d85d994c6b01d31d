//! One server who takes several customers at once.

use super::{Exactness, SteadyState, positive};

/// The steady state of `M/M[a,b]/1`: a server who takes `least` to `most` of those who wait together, in the order in which they
/// came, and waits while there are fewer; the service of all together has the rate `service` (Bailey 1954; Neuts 1967). While
/// it is busy, one more waiting has the probability times r, where `service r^(most + 1) - (rate + service) r + rate = 0` and
/// 0 < r < 1. `None` for unusable parameters or without a steady state.
///
/// ```
/// // One at a time is M/M/1.
/// let one = poolwise_theory::batch_service::single(0.5, 1.0, 1, 1).unwrap();
/// assert!((one.wait_mean - 1.0).abs() < 1e-12);
/// ```
pub fn single(rate: f64, service: f64, least: u32, most: u32) -> Option<SteadyState> {
    if !positive(rate) || !positive(service) || least == 0 || least > most {
        return None;
    }
    if rate >= service * f64::from(most) {
        return None;
    }
    let r = root(rate, service, most);
    // Busy and n waiting: r^n. Idle and n waiting, fewer than `least`: what comes in at n or below goes on to n + 1.
    let idle: Vec<f64> = (0..least)
        .scan((0.0, 1.0), |(sum, power), _| {
            *sum += *power;
            *power *= r;
            Some(service / rate * *sum)
        })
        .collect();
    let busy = 1.0 / (1.0 - r);
    let all = busy + idle.iter().sum::<f64>();
    let idle_waiting: f64 = idle.iter().enumerate().map(|(n, p)| n as f64 * p).sum();
    let queue_mean = (idle_waiting + r * busy * busy) / all;
    // Begun at once is who makes up the number while the server is idle.
    let at_once = idle[idle.len() - 1] / all;
    Some(SteadyState {
        model: "M/M[a,b]/1",
        source: "Neuts 1967",
        exactness: Exactness::Exact,
        p_wait: 1.0 - at_once,
        wait_mean: queue_mean / rate,
        wait_mean_served: queue_mean / rate,
        p_lost: 0.0,
        queue_mean,
        busy_mean: busy / all,
    })
}

/// The root between 0 and 1, by bisection: with the root at 1 divided out, `rate = service (r + r^2 + ... + r^most)`.
fn root(rate: f64, service: f64, most: u32) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..200 {
        let r = f64::midpoint(low, high);
        let sum = (0..most).fold(0.0, |sum, _| (sum + 1.0) * r);
        if service * sum < rate {
            low = r;
        } else {
            high = r;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::super::{chain, close, erlang};
    use super::*;

    #[test]
    fn one_at_a_time_is_erlangs_and_several_are_a_chain() {
        close(single(0.7, 1.0, 1, 1).unwrap().wait_mean, erlang::mmc(1, 0.7, 1.0).unwrap().wait_mean, 1e-12);
        for (least, most) in [(1, 3), (2, 3), (3, 5)] {
            let (rate, service) = (1.7, 1.0);
            // Whether it is busy, and how many wait; cut at 400, where next to nothing is.
            let p = chain::stationary((false, 0_u32), 1_000, |(busy, n)| {
                let mut moves = Vec::new();
                if !busy {
                    moves.push((if n + 1 == least { (true, 0) } else { (false, n + 1) }, rate));
                    return moves;
                }
                if *n < 400 {
                    moves.push(((true, n + 1), rate));
                }
                moves.push((if *n >= least { (true, n - n.min(&most)) } else { (false, *n) }, service));
                moves
            })
            .unwrap();
            let found = single(rate, service, least, most).unwrap();
            let queue: f64 = p.iter().map(|((_, n), p)| f64::from(*n) * p).sum();
            close(found.queue_mean, queue, 1e-9);
            close(found.busy_mean, p.iter().filter(|((busy, _), _)| *busy).map(|(_, p)| p).sum(), 1e-9);
            close(found.p_wait, 1.0 - p[&(false, least - 1)], 1e-9);
        }
        assert!(single(3.0, 1.0, 1, 3).is_none() && single(1.0, 1.0, 4, 3).is_none());
        assert!(single(f64::NAN, 1.0, 1, 3).is_none());
    }
}
