//! The incomplete beta function, its inverse, and the quantiles that follow from it.

use crate::gamma::{away_from_zero, deviance, stirling_error};
use crate::{exp, ln, ln_1p, normal_quantile};
use std::f64::consts::PI;

/// From this many degrees of freedom on Student's quantile is an expansion about the normal one.
const EXPAND_FROM: f64 = 1e6;

/// Regularised incomplete beta function I_x(a, b): the distribution function of a beta variable. NaN unless
/// `a` and `b` are positive and finite and `0 <= x <= 1`. Error below 1e-13 for parameters up to 1,000.
pub fn beta_lower(a: f64, b: f64, x: f64) -> f64 {
    if !(usable(a) && usable(b) && (0.0..=1.0).contains(&x)) {
        return f64::NAN;
    }
    if x == 0.0 || x == 1.0 {
        return x;
    }
    if x < a / (a + b) {
        exp(left_share(a, b, x, 1.0 - x).0).min(1.0)
    } else {
        1.0 - exp(left_share(b, a, 1.0 - x, x).0).min(1.0)
    }
}

/// Quantile of the beta distribution: x with I_x(a, b) = p. NaN unless `a` and `b` are positive and finite and
/// `0 <= p <= 1`.
pub fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    1.0 / (1.0 + exp(-logit_quantile(a, b, p, 1.0 - p)))
}

/// Quantile of Student's t with `df` degrees of freedom at probability `p`. NaN unless `df > 0` and
/// `0 <= p <= 1`. Error below 1e-13 of the value up to a million degrees of freedom; above, the expansion of
/// Abramowitz and Stegun (1964), 26.7.5, is as good at usual levels.
pub fn student_quantile(p: f64, df: f64) -> f64 {
    if !(df > 0.0 && (0.0..=1.0).contains(&p)) {
        return f64::NAN;
    }
    if p == 0.5 {
        return 0.0;
    }
    if df < EXPAND_FROM && p > 0.0 && p < 1.0 {
        // df / (df + t^2) is a beta variable, and both tails are one side of it.
        let tails = 2.0 * p.min(1.0 - p);
        let t = df.sqrt() * exp(-0.5 * logit_quantile(df / 2.0, 0.5, tails, (2.0 * p - 1.0).abs()));
        return if p < 0.5 { -t } else { t };
    }
    let z = normal_quantile(p);
    if z.is_infinite() {
        return z;
    }
    let s = z * z;
    let g1 = z * (s + 1.0) / 4.0;
    let g2 = z * ((5.0 * s + 16.0) * s + 3.0) / 96.0;
    let g3 = z * (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
    let g4 = z * ((((79.0 * s + 776.0) * s + 1_482.0) * s - 1_920.0) * s - 945.0) / 92_160.0;
    z + (g1 + (g2 + (g3 + g4 / df) / df) / df) / df
}

/// Quantile of Fisher and Snedecor's F with `df1` and `df2` degrees of freedom at probability `p`. NaN unless
/// they are positive and finite and `0 <= p <= 1`.
pub fn fisher_quantile(p: f64, df1: f64, df2: f64) -> f64 {
    df2 / df1 * exp(logit_quantile(df1 / 2.0, df2 / 2.0, p, 1.0 - p))
}

fn usable(x: f64) -> bool {
    x > 0.0 && x.is_finite()
}

/// ln of I_x(a, b), and I_x(a, b) over its derivative by the logit of x, which is `x^a y^b / B(a, b)`; `y` is 1 - x.
fn left_share(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    // Loader's saddle-point form of the binomial probability (Loader 2000), times a b / (a + b).
    let n = a + b;
    let errors = stirling_error(n) - stirling_error(a) - stirling_error(b);
    let ln_slope = errors - deviance(a, n * x) - deviance(b, n * y) + 0.5 * ln(a * b / (2.0 * PI * n));
    let ratio = fraction(a, b, x, y);
    (ln_slope + ln(ratio), ratio)
}

/// I_x(a, b) over `x^a y^b / B(a, b)`: the continued fraction of DiDonato and Morris (1992, equation 9), in Lentz's
/// way. Nothing cancels in it left of the mean.
fn fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let mut value = away_from_zero(a * (a * y - b * x + 1.0) / (a + 1.0));
    let (mut c, mut d, mut m) = (value, 0.0, 0.0);
    loop {
        m += 1.0;
        let odd = a + 2.0 * m - 1.0;
        let numerator = (a + m - 1.0) / odd * ((a + b + m - 1.0) / odd) * m * (b - m) * x * x;
        let rest = m + m * (b - m) * x / odd + (a + m) / (odd + 2.0) * (a * y - b * x + 1.0 + m * (1.0 + y));
        d = 1.0 / away_from_zero(rest + numerator * d);
        c = away_from_zero(rest + numerator / c);
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() < 2.0 * f64::EPSILON || m > 1e6 {
            return 1.0 / value;
        }
    }
}

/// ln(x / (1 - x)) for the x with I_x(a, b) = p, `q` being 1 - p: minus infinity at p = 0, infinity at q = 0.
fn logit_quantile(a: f64, b: f64, p: f64, q: f64) -> f64 {
    if !(usable(a) && usable(b) && (0.0..=1.0).contains(&p)) {
        return f64::NAN;
    }
    // The smaller side has all its digits.
    if p <= q { left_logit(a, b, p) } else { -left_logit(b, a, q) }
}

fn left_logit(a: f64, b: f64, p: f64) -> f64 {
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    // Far to the left I_x(a, b) is x^a / (a B(a, b)).
    let n = a + b;
    let ln_beta = (a - 0.5) * ln(a / n) + (b - 0.5) * ln(b / n) - 0.5 * ln(n / (2.0 * PI))
        + (stirling_error(a) + stirling_error(b) - stirling_error(n));
    let far = (ln(p) + ln(a) + ln_beta) / a;
    if far < -40.0 - ln_1p(b) {
        return far;
    }
    // ln I is concave in the logit, so that Newton's steps come from the left after the first and cannot pass it.
    let target = ln(p);
    let mut z = ln(a / b);
    for _ in 0..200 {
        let (x, y) = (1.0 / (1.0 + exp(-z)), 1.0 / (1.0 + exp(z)));
        let step = if x < a / (a + b) {
            let (ln_lower, ratio) = left_share(a, b, x, y);
            (target - ln_lower) * ratio
        } else {
            let (ln_upper, ratio) = left_share(b, a, y, x);
            let upper = exp(ln_upper);
            // ln lower and lower over slope, by way of the other side.
            (target - ln_1p(-upper)) * (1.0 - upper) * ratio / upper
        };
        if !step.is_finite() {
            break;
        }
        // Further left nothing is left of x; the far part would have been the answer.
        z = (z + step).max(-700.0);
        if step.abs() <= 4.0 * f64::EPSILON * z.abs().max(1.0) {
            break;
        }
    }
    z
}

#[cfg(test)]
mod tests;
