//! The normal distribution.

use crate::{exp, ln};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Error function. Error below one unit in the last place.
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// `1 - erf(x)`, with all digits in its tail. Error below three units in the last place.
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// Distribution function of the standard normal. Error in the lower tail below `(x^2 + 2) 2e-16` of the value.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x * FRAC_1_SQRT_2)
}

/// Density of the standard normal.
pub fn normal_density(x: f64) -> f64 {
    exp(-0.5 * x * x) / (2.0 * PI).sqrt()
}

/// Quantile of the standard normal at probability `p`; NaN unless `0 <= p <= 1`. Error below 1e-14 of the larger of
/// value and one; for probabilities below 1e-300, where the density leaves the normal doubles, 5e-4.
///
/// The approximation of Abramowitz and Stegun (1964), 26.2.23, and two steps of Halley's.
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let tail = p.min(1.0 - p);
    if p == 0.5 {
        return 0.0;
    }
    if tail == 0.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let t = (-2.0 * ln(tail)).sqrt();
    let rise = 2.515_517 + (0.802_853 + 0.010_328 * t) * t;
    let mut x = t - rise / (1.0 + (1.432_788 + (0.189_269 + 0.001_308 * t) * t) * t);
    if tail > 1e-300 {
        for _ in 0..2 {
            let step = (normal_cdf(-x) - tail) / normal_density(x);
            x += step / (1.0 - 0.5 * x * step);
        }
    }
    if p < 0.5 { -x } else { x }
}

#[cfg(test)]
mod tests;
