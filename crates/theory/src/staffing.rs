//! How many servers: square-root staffing and its limits.

use super::positive;
use poolwise_math::{normal_cdf, normal_density};

/// Probability of waiting in M/M/c in the limit of many servers with `c = a + beta sqrt(a)`, `beta` > 0:
/// `1 / (1 + beta Phi(beta) / phi(beta))` (Halfin and Whitt 1981, eq. 2.2). One for `beta` not above 0.
pub fn halfin_whitt(beta: f64) -> f64 {
    if beta <= 0.0 { 1.0 } else { 1.0 / (1.0 + beta * normal_cdf(beta) / normal_density(beta)) }
}

/// The `beta` at which [`halfin_whitt`] is `p_wait`; NaN unless `0 < p_wait <= 1`.
pub fn halfin_whitt_beta(p_wait: f64) -> f64 {
    inverse(halfin_whitt, p_wait, 0.0)
}

/// Probability of waiting in M/M/c+M in the limit of many servers with `c = a + beta sqrt(a)`, for a
/// patience of `service / abandonment` mean service times: `1 / (1 + h(beta y) / (y h(-beta)))`, `y` the
/// root of that ratio, `h` the hazard rate of the normal (Garnett, Mandelbaum and Reiman 2002, eq. 2).
/// NaN for unusable rates.
pub fn garnett(beta: f64, service: f64, abandonment: f64) -> f64 {
    if !positive(service) || !positive(abandonment) {
        return f64::NAN;
    }
    let y = (service / abandonment).sqrt();
    1.0 / (1.0 + hazard(beta * y) / (y * hazard(-beta)))
}

/// The `beta` at which [`garnett`] is `p_wait`; NaN unless `0 < p_wait < 1`.
pub fn garnett_beta(p_wait: f64, service: f64, abandonment: f64) -> f64 {
    inverse(|beta| garnett(beta, service, abandonment), p_wait, -40.0)
}

/// Square-root staffing: the least whole number not below `offered + beta sqrt(offered)`, at least zero.
/// `offered` may be the load at an instant, [`offered`](super::offered) giving it for changing rates
/// (Jennings, Mandelbaum, Massey and Whitt 1996). Zero for an unusable load.
pub fn square_root(offered: f64, beta: f64) -> u32 {
    (offered + beta * offered.sqrt()).ceil().max(0.0) as u32
}

/// Hazard rate of the standard normal, without underflow above: `phi / (1 - Phi)`.
fn hazard(x: f64) -> f64 {
    // Where both vanish, the first terms of Mills' ratio are exact to rounding.
    if x > 35.0 { x + 1.0 / x } else { normal_density(x) / normal_cdf(-x) }
}

/// Solves a falling function by bisection.
fn inverse(f: impl Fn(f64) -> f64, p: f64, least: f64) -> f64 {
    let bracketed = p > 0.0 && p <= 1.0 && f(40.0) <= p && f(least) >= p;
    if !bracketed {
        return f64::NAN;
    }
    let (mut low, mut high) = (least, 40.0);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if f(middle) >= p {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::super::{abandonment, close, erlang};
    use super::*;

    #[test]
    fn published_betas() {
        for (p, beta) in [(0.5, 0.506), (0.2, 1.062), (0.1, 1.420), (0.05, 1.740)] {
            assert!((halfin_whitt_beta(p) - beta).abs() < 5e-4, "{p}: {}", halfin_whitt_beta(p));
            close(halfin_whitt(halfin_whitt_beta(p)), p, 1e-12);
        }
        assert!(halfin_whitt_beta(1.0) < 1e-15);
        assert!(halfin_whitt_beta(0.0).is_nan() && halfin_whitt_beta(f64::NAN).is_nan());
    }

    #[test]
    fn limits_meet_the_exact_formulas() {
        for beta in [0.2, 1.0, 2.0] {
            let c = 250_000_f64;
            // The load at which c is exactly a + beta sqrt(a).
            let root = (-beta + (beta * beta + 4.0 * c).sqrt()) / 2.0;
            let exact = erlang::waiting(250_000, root * root);
            assert!((halfin_whitt(beta) - exact).abs() < 2e-3, "{beta}");
            let exact = abandonment::mmc_m(250_000, root * root, 1.0, 0.25).unwrap().p_wait;
            assert!((garnett(beta, 1.0, 0.25) - exact).abs() < 2e-3, "{beta}");
        }
        // Equal rates: the normal tail.
        close(garnett(0.7, 2.0, 2.0), normal_cdf(-0.7), 1e-12);
        close(garnett(-0.7, 2.0, 2.0), normal_cdf(0.7), 1e-12);
        close(garnett_beta(0.3, 1.0, 1.0), poolwise_math::normal_quantile(0.7), 1e-10);
        assert!(garnett(1.0, 1.0, 0.0).is_nan() && garnett(50.0, 1.0, 1.0) >= 0.0);
    }

    #[test]
    fn square_roots_round_up() {
        assert_eq!(square_root(100.0, 1.062), 111);
        assert_eq!(square_root(100.0, 1.0), 110);
        assert_eq!(square_root(4.0, -3.0), 0);
        assert_eq!(square_root(f64::NAN, 1.0), 0);
    }
}
