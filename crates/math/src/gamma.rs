//! The gamma function and its relatives.

use crate::{exp, ln, ln_1p, powf};
use std::f64::consts::PI;

/// Largest argument at which the parts of a gamma density are multiplied as they stand.
const DIRECT_BELOW: f64 = 15.0;

/// The gamma function. Error below 1e-14 of the value for arguments from 0 to 170; infinite beyond 171.6.
pub fn gamma(x: f64) -> f64 {
    libm::tgamma(x)
}

/// Natural logarithm of the absolute value of the gamma function.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Derivative of [`ln_gamma`], for `x > 0` (NaN otherwise): recurrence up to 12, then the asymptotic series of
/// Abramowitz and Stegun (1964), 6.3.18. Error below 1e-14 of the larger of value and one.
pub fn digamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut x, mut below) = (x, 0.0);
    while x < 12.0 {
        below += 1.0 / x;
        x += 1.0;
    }
    let s = 1.0 / (x * x);
    let series = s
        * (1.0 / 12.0
            - s * (1.0 / 120.0
                - s * (1.0 / 252.0 - s * (1.0 / 240.0 - s * (1.0 / 132.0 - s * 691.0 / 32_760.0)))));
    ln(x) - 0.5 / x - series - below
}

/// `ln(gamma(n + 1)) - ((n + 1/2) ln n - n + ln(2 pi) / 2)`, the error of Stirling's formula, for `n > 0`.
pub fn stirling_error(n: f64) -> f64 {
    let (mut n, mut below) = (n, 0.0);
    while n < 15.0 {
        below += (n + 0.5) * ln_1p(1.0 / n) - 1.0;
        n += 1.0;
    }
    let s = n * n;
    below
        + (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1_260.0 - (1.0 / 1_680.0 - 1.0 / 1_188.0 / s) / s) / s) / s) / n
}

/// Deviance `x ln(x / m) + m - x`, without cancellation where `x` is near `m` (Loader 2000).
pub fn deviance(x: f64, m: f64) -> f64 {
    let v = (x - m) / (x + m);
    if v.abs() >= 0.1 {
        return x * ln(x / m) + m - x;
    }
    // x ln(x/m) = 2x artanh(v): the series starts at v^2, after the terms that cancel.
    let (mut sum, mut power, mut odd) = ((x - m) * v, 2.0 * x * v, 1.0);
    loop {
        power *= v * v;
        odd += 2.0;
        let next = sum + power / odd;
        if next == sum {
            return sum;
        }
        sum = next;
    }
}

/// `x^a e^-x / gamma(a + 1)`, by Loader's saddle-point form (Loader 2000) where `a` is large.
fn density(a: f64, x: f64) -> f64 {
    if a < DIRECT_BELOW {
        powf(x, a) * exp(-x) / gamma(a + 1.0)
    } else {
        exp(-stirling_error(a) - deviance(a, x)) / (2.0 * PI * a).sqrt()
    }
}

/// Regularised lower incomplete gamma function P(a, x): the distribution function of a gamma variable of shape
/// `a` and scale 1. NaN unless `a > 0` is finite and `x >= 0`. Error below 1e-13.
pub fn gamma_lower(a: f64, x: f64) -> f64 {
    shares(a, x).0
}

/// Regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), with all digits in its tail. NaN unless
/// `a > 0` is finite and `x >= 0`. Error below 1e-13 of the value where it is below a half.
pub fn gamma_upper(a: f64, x: f64) -> f64 {
    shares(a, x).1
}

/// Lower and upper share, the smaller one worked out: by its series (Abramowitz and Stegun 1964, 6.5.29), or by
/// its continued fraction (6.5.31, in Lentz's way).
fn shares(a: f64, x: f64) -> (f64, f64) {
    if !(a > 0.0 && a.is_finite() && x >= 0.0) {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    let front = density(a, x);
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0, 1.0, a);
        while term > 1e-17 * sum {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        let lower = (front * sum).min(1.0);
        return (lower, 1.0 - lower);
    }
    if front == 0.0 {
        return (1.0, 0.0);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (f64::MAX, 1.0 / b);
    let (mut fraction, mut i) = (d, 0.0);
    loop {
        i += 1.0;
        let numerator = i * (a - i);
        b += 2.0;
        d = 1.0 / away_from_zero(b + numerator * d);
        c = away_from_zero(b + numerator / c);
        let factor = c * d;
        fraction *= factor;
        if (factor - 1.0).abs() < 2.0 * f64::EPSILON || i > 1e7 {
            break;
        }
    }
    let upper = (front * a * fraction).min(1.0);
    (1.0 - upper, upper)
}

/// Keeps the next quotient finite.
pub(crate) fn away_from_zero(x: f64) -> f64 {
    if x.abs() < 1e-300 { 1e-300 } else { x }
}

#[cfg(test)]
mod tests;
