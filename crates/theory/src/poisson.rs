//! The Poisson distribution without underflow or lost digits, for means from 0 to millions.

use poolwise_math::{deviance, exp, ln};
use std::f64::consts::PI;

/// `ln(n!) - ((n + 1/2) ln n - n + ln(2 pi) / 2)`, the error of Stirling's formula.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        // ln(n!) from the product is exact to rounding for such small numbers.
        let factorial: f64 = (2..=n as u32).map(f64::from).product();
        return ln(factorial) - ((n + 0.5) * ln(n) - n + 0.5 * ln(2.0 * PI));
    }
    let s = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1_260.0 - (1.0 / 1_680.0 - 1.0 / 1_188.0 / s) / s) / s) / s) / n
}

/// Probability of exactly `k` when the mean is `mean`, by Loader's saddle-point form (Loader 2000).
/// NaN for a negative or undefined mean.
pub fn probability(k: u64, mean: f64) -> f64 {
    if mean.is_nan() || mean < 0.0 {
        return f64::NAN;
    }
    if mean == 0.0 || k == 0 {
        return if k == 0 { exp(-mean) } else { 0.0 };
    }
    let n = k as f64;
    exp(-stirling_error(n) - deviance(n, mean)) / (2.0 * PI * n).sqrt()
}

/// Probability of `k` or more.
pub fn at_least(k: u64, mean: f64) -> f64 {
    if (k as f64) <= mean {
        return if mean == 0.0 { 1.0 } else { 1.0 - below(k, mean) };
    }
    let mut term = probability(k, mean);
    let mut sum = term;
    let mut n = k as f64;
    while term > sum * 1e-18 {
        n += 1.0;
        term *= mean / n;
        sum += term;
    }
    sum
}

/// Probability of fewer than `k`, for `k` not above the mean: summed downwards from its largest term.
fn below(k: u64, mean: f64) -> f64 {
    if k == 0 {
        return 0.0;
    }
    let mut n = (k - 1) as f64;
    let mut term = probability(k - 1, mean);
    let mut sum = term;
    while n > 0.0 && term > sum * 1e-18 {
        term *= n / mean;
        n -= 1.0;
        sum += term;
    }
    sum
}

/// Mean of what exceeds `k`: `E[(N - k)^+]`.
pub(crate) fn mean_above(k: u64, mean: f64) -> f64 {
    // Directly in the tail, where the terms fall from the start; through the other side below the mean.
    let mut n = k as f64;
    if n < mean {
        let mut term = probability(k, mean);
        let (mut short, mut gap) = (0.0, 0.0);
        while n > 0.0 && term > 0.0 {
            term *= n / mean;
            n -= 1.0;
            gap += 1.0;
            short += gap * term;
            if gap * term < short * 1e-18 {
                break;
            }
        }
        return mean - k as f64 + short;
    }
    let mut term = probability(k, mean);
    let (mut sum, mut gap) = (0.0, 0.0);
    loop {
        n += 1.0;
        gap += 1.0;
        term *= mean / n;
        sum += gap * term;
        if gap * term <= sum * 1e-18 {
            return sum;
        }
    }
}

/// The probabilities of consecutive counts that together leave out a mass of `1e-17` or less on either
/// side, as `(first count, probabilities)`, scaled to sum to one (the role of Fox and Glynn 1988).
pub fn window(mean: f64) -> (usize, Vec<f64>) {
    let mode = mean.floor();
    let top = probability(mode as u64, mean);
    let mut down = Vec::new();
    let (mut term, mut n) = (top, mode);
    while n > 0.0 {
        term *= n / mean;
        n -= 1.0;
        if term < 1e-21 {
            break;
        }
        down.push(term);
    }
    let first = mode as usize - down.len();
    let mut weights: Vec<f64> = down.into_iter().rev().collect();
    weights.push(top);
    let (mut term, mut n) = (top, mode);
    loop {
        n += 1.0;
        term *= mean / n;
        if term < 1e-21 {
            break;
        }
        weights.push(term);
    }
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|w| *w /= total);
    (first, weights)
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    #[test]
    fn probabilities_match_products() {
        close(probability(0, 2.5), exp(-2.5_f64), 1e-15);
        close(probability(3, 2.0), 8.0 / 6.0 * exp(-2.0_f64), 1e-14);
        close(probability(20, 20.0), 0.088_835_317_392_084_8, 1e-13);
        // Consecutive terms across the switch of methods and far out.
        for (k, m) in [(15, 12.0), (16, 30.0), (100, 100.3), (1_000_000, 1_000_100.0), (40, 400.0)] {
            close(probability(k + 1, m) / probability(k, m), m / (k + 1) as f64, 1e-11);
        }
        assert_eq!(probability(1, 0.0), 0.0);
        assert!(probability(1, -1.0).is_nan());
    }

    #[test]
    fn tails_and_excess_agree_with_sums() {
        for (k, m) in [(0_u64, 3.2), (2, 3.2), (3, 3.2), (4, 3.2), (12, 3.2), (90, 100.0), (130, 100.0)] {
            let p = |j: u64| probability(j, m);
            let tail: f64 = (k..k + 400).rev().map(p).sum();
            let excess: f64 = (k..k + 400).rev().map(|j| (j - k) as f64 * p(j)).sum();
            close(at_least(k, m), tail, 1e-12);
            close(mean_above(k, m), excess, 1e-12);
        }
        assert_eq!((at_least(0, 0.0), at_least(1, 0.0), mean_above(0, 5.0)), (1.0, 0.0, 5.0));
    }

    #[test]
    fn windows_hold_all_mass() {
        for mean in [0.0, 0.3, 5.0, 700.0, 1e5] {
            let (first, w) = window(mean);
            close(w.iter().sum(), 1.0, 1e-13);
            let m: f64 = w.iter().enumerate().map(|(i, p)| (first + i) as f64 * p).sum();
            assert!((m - mean).abs() <= 1e-11 * mean, "{m} {mean}");
            let top = w.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
            close(*top.1, probability((first + top.0) as u64, mean), 1e-12);
        }
    }
}
