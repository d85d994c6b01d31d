//! Requests that are worked on in parallel: queues that each get a part of every request, and the last, or k-th, of several
//! independent times.

use super::{Exactness, positive};

/// Most different rates whose subsets are gone through.
const MOST_RATES: usize = 16;
/// Most queues for which the approximation was fitted (Nelson and Tantawi 1988).
const MOST_QUEUES: u32 = 32;

/// Time from the arrival of a request until its last part is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response {
    /// Mean, in the unit of `1 / service`.
    pub mean: f64,
    /// Author, year and place of the formula.
    pub source: &'static str,
    /// Exact, or an approximation.
    pub exactness: Exactness,
}

/// So many M/M/1 queues, each of which gets one part of every request: requests come at rate `arrivals`, and each server
/// works at rate `service`. One queue is M/M/1; of two the mean is (12 - rho) / 8 times that (Flatto and Hahn 1984; Nelson and
/// Tantawi 1988, eq. 6); of up to 32 the approximation of Nelson and Tantawi (1988, eq. 18), whose error is below 5 %. `None`
/// for unusable parameters, without a steady state, and for more queues.
///
/// ```
/// let two = poolwise_theory::fork_join::queues(2, 0.8, 1.0).unwrap();
/// assert!((two.mean - 11.2 / 8.0 / 0.2).abs() < 1e-12);
/// ```
pub fn queues(n: u32, arrivals: f64, service: f64) -> Option<Response> {
    if !positive(arrivals) || !positive(service) || arrivals >= service || n == 0 || n > MOST_QUEUES {
        return None;
    }
    let rho = arrivals / service;
    let one = 1.0 / (service - arrivals);
    let two = (12.0 - rho) / 8.0 * one;
    Some(match n {
        1 => Response { mean: one, source: "Erlang", exactness: Exactness::Exact },
        2 => Response { mean: two, source: "Flatto and Hahn 1984", exactness: Exactness::Exact },
        _ => {
            let ratio = harmonic(n) / harmonic(2);
            let mean = (ratio + 4.0 / 11.0 * (1.0 - ratio) * rho) * two;
            Response { mean, source: "Nelson and Tantawi 1988", exactness: Exactness::Approximate }
        }
    })
}

/// Mean of the k-th smallest of independent exponential times of these rates: of `n` equal ones the sum of `1 / (i rate)` for i
/// from `n - k + 1` to `n` (Renyi 1953); else by the smallest of each subset (inclusion and exclusion; David and Nagaraja 2003,
/// 5.2), of at most 16. `None` for unusable parameters.
///
/// ```
/// // All of three, each of an hour: 1 + 1/2 + 1/3.
/// let all = poolwise_theory::fork_join::kth_of_exponentials(&[1.0; 3], 3).unwrap();
/// assert!((all - 11.0 / 6.0).abs() < 1e-12);
/// ```
pub fn kth_of_exponentials(rates: &[f64], k: usize) -> Option<f64> {
    let n = rates.len();
    if k == 0 || k > n || !rates.iter().all(|rate| positive(*rate)) {
        return None;
    }
    if rates.iter().all(|rate| *rate == rates[0]) {
        return Some((n - k + 1..=n).map(|i| 1.0 / (i as f64 * rates[0])).sum());
    }
    if n > MOST_RATES {
        return None;
    }
    // S_j: the sum of the mean minima of all subsets of j. E = sum over j from m = n - k + 1 of (-1)^(j - m) C(j - 1, m - 1) S_j.
    let mut of_size = vec![0.0; n + 1];
    for subset in 1_u32..1 << n {
        let all: f64 = (0..n).filter(|i| subset >> i & 1 == 1).map(|i| rates[i]).sum();
        of_size[subset.count_ones() as usize] += 1.0 / all;
    }
    let m = n - k + 1;
    let mut mean = 0.0;
    let mut factor = 1.0;
    for (j, sum) in of_size.iter().enumerate().skip(m) {
        mean += factor * sum;
        // C(j, m - 1) from C(j - 1, m - 1), with the other sign.
        factor *= -(j as f64) / (j - m + 1) as f64;
    }
    Some(mean)
}

fn harmonic(n: u32) -> f64 {
    (1..=n).map(|i| 1.0 / f64::from(i)).sum()
}

#[cfg(test)]
mod tests {
    use super::super::{chain, close};
    use super::*;

    #[test]
    fn two_queues_are_a_chain_of_their_numbers() {
        // State: parts at each queue. By Little's law requests in the system are arrivals times the mean time, and a request is in
        // the system until both of its parts are done: as the longer of the two queues has parts.
        for rho in [0.3, 0.6] {
            let most = 60_u32;
            let p = chain::stationary((0_u32, 0_u32), 10_000, |&(a, b)| {
                let mut moves = Vec::new();
                if a < most && b < most {
                    moves.push(((a + 1, b + 1), rho));
                }
                if a > 0 {
                    moves.push(((a - 1, b), 1.0));
                }
                if b > 0 {
                    moves.push(((a, b - 1), 1.0));
                }
                moves
            })
            .unwrap();
            let inside: f64 = p.iter().map(|((a, b), p)| f64::from(*a.max(b)) * p).sum();
            close(queues(2, rho, 1.0).unwrap().mean, inside / rho, 1e-6);
        }
    }

    #[test]
    fn of_equal_rates_both_ways_agree_and_of_different_ones_two_are_known() {
        for (n, k) in [(2, 1), (3, 2), (5, 5), (6, 4)] {
            // A rate that differs by a billionth takes the other way.
            let mut rates = vec![1.0; n];
            let same = kth_of_exponentials(&rates, k).unwrap();
            rates[0] += 1e-9;
            close(kth_of_exponentials(&rates, k).unwrap(), same, 1e-8);
        }
        // The longer of two: 1/a + 1/b - 1/(a + b).
        close(kth_of_exponentials(&[1.0, 3.0], 2).unwrap(), 1.0 + 1.0 / 3.0 - 0.25, 1e-12);
        close(kth_of_exponentials(&[1.0, 3.0], 1).unwrap(), 0.25, 1e-12);
        // The second of three: sums of pairs less twice that of all.
        let second = 1.0 / 3.0 + 0.25 + 0.2 - 2.0 / 6.0;
        close(kth_of_exponentials(&[1.0, 2.0, 3.0], 2).unwrap(), second, 1e-12);
    }

    #[test]
    fn more_queues_are_approximate_and_too_much_is_nothing() {
        let found = queues(4, 0.5, 1.0).unwrap();
        assert!(found.exactness == Exactness::Approximate && found.mean > queues(2, 0.5, 1.0).unwrap().mean);
        // Next to no load: the longest of four.
        close(queues(4, 1e-12, 1.0).unwrap().mean, harmonic(4), 1e-9);
        assert!(
            queues(2, 1.0, 1.0).is_none() && queues(33, 0.5, 1.0).is_none() && queues(0, 0.5, 1.0).is_none()
        );
        assert!(kth_of_exponentials(&[1.0], 2).is_none() && kth_of_exponentials(&[0.0], 1).is_none());
        assert!(kth_of_exponentials(&(1..=20).map(f64::from).collect::<Vec<_>>(), 3).is_none());
    }
}
