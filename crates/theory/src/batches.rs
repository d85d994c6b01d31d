//! Queues whose arrivals come in batches.

use super::{positive, usable};

/// Mean wait of the requests of `M[X]/M/1`: `rate` requests a unit of time in batches whose sizes have this mean and mean
/// square (of sizes), services of rate `service`. The mean number there is `load / (1 - load) (E X^2 + E X) / (2 E X)` (Gross,
/// Shortle, Thompson and Harris 2008, equation 3.3). Infinite without a steady state, `None` for unusable parameters.
pub fn mxm1(rate: f64, service: f64, mean: f64, mean_square: f64) -> Option<f64> {
    if !positive(rate)
        || !positive(service)
        || !usable(mean)
        || mean < 1.0
        || mean_square.is_nan()
        || mean_square < mean * mean
    {
        return None;
    }
    let load = rate / service;
    if load >= 1.0 {
        return Some(f64::INFINITY);
    }
    let there = load / (1.0 - load) * (mean_square + mean) / (2.0 * mean);
    Some(there / rate - 1.0 / service)
}

#[cfg(test)]
mod tests {
    use super::super::{chain, close, erlang};
    use super::*;

    #[test]
    fn batches_of_one_are_erlangs_and_pairs_are_a_chain() {
        close(mxm1(0.6, 1.0, 1.0, 1.0).unwrap(), erlang::mmc(1, 0.6, 1.0).unwrap().wait_mean, 1e-13);
        // Pairs at rate 0.3, cut at 300, where next to nothing is.
        let p = chain::stationary(0_u32, 400, |n| {
            let up = (*n <= 300).then_some((n + 2, 0.3));
            let down = (*n > 0).then(|| (n - 1, 1.0));
            up.into_iter().chain(down).collect()
        });
        let there: f64 = p.unwrap().iter().map(|(n, p)| f64::from(*n) * p).sum();
        close(mxm1(0.6, 1.0, 2.0, 4.0).unwrap(), there / 0.6 - 1.0, 1e-10);
        assert_eq!(mxm1(2.0, 1.0, 2.0, 4.0), Some(f64::INFINITY));
        assert!(mxm1(0.6, 1.0, 2.0, 3.0).is_none() && mxm1(f64::NAN, 1.0, 2.0, 4.0).is_none());
    }
}
