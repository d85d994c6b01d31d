//! What tests share: points, and errors in units in the last place against 106-bit references.

use crate::double::{Double, RECIPROCALS};

/// Points a test looks at.
pub(crate) const POINTS: u64 = 1_000_000;

/// Scattered numbers of `[0, 1)`: SplitMix64 (Steele, Lea and Flood 2014).
pub(crate) fn scattered() -> impl FnMut() -> f64 {
    let mut state = 7_u64;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Distance from the true value in units in the last place of it.
pub(crate) fn ulps(found: f64, truth: Double) -> f64 {
    let size = truth.hi.abs().max(f64::MIN_POSITIVE);
    let unit = f64::from_bits(size.to_bits() + 1) - size;
    ((found - truth.hi) / unit - truth.lo / unit).abs()
}

/// The largest error of `f` over a million points made from scattered numbers, and where it is.
pub(crate) fn worst(
    mut point: impl FnMut(&mut dyn FnMut() -> f64) -> f64,
    f: impl Fn(f64) -> f64,
    truth: impl Fn(f64) -> Double,
) -> (f64, f64) {
    let mut next = scattered();
    (0..POINTS).fold((0.0, f64::NAN), |worst, _| {
        let x = point(&mut next);
        let error = ulps(f(x), truth(x));
        if error > worst.0 { (error, x) } else { worst }
    })
}

/// ln x: Newton's step from a near value, with the 106-bit exponential function.
pub(crate) fn true_ln(x: f64) -> Double {
    ln_of(Double::of(x))
}

/// ln of a number of 106 bits.
pub(crate) fn ln_of(x: Double) -> Double {
    let near = libm::log(x.hi);
    // ln x = near + ln(1 + e), e = x e^-near - 1.
    let e =
        x.scaled(0.5).times(Double::of(-near / 2.0).exp()).times(Double::of(-near / 2.0).exp()).scaled(2.0);
    let e = e.minus(Double::ONE);
    Double::of(near).plus(e).minus(e.times(e).scaled(0.5))
}

/// sin and cos by their series, for `|x|` up to about 100.
pub(crate) fn true_sin_cos(x: f64) -> (Double, Double) {
    const HALF_PI: Double = Double { hi: std::f64::consts::FRAC_PI_2, lo: 6.123_233_995_736_766e-17 };
    let k = (x / HALF_PI.hi).round_ties_even();
    let r = Double::of(x).minus(HALF_PI.times(Double::of(k)));
    let square = r.times(r);
    let (mut sin, mut cos) = (Double::of(0.0), Double::of(0.0));
    for n in (0..13).rev() {
        let over = |a: usize, b: usize| RECIPROCALS[a].times(RECIPROCALS[b]);
        sin = Double::ONE.minus(square.times(sin).times(over(2 * n + 2, 2 * n + 3)));
        cos = Double::ONE.minus(square.times(cos).times(over(2 * n + 1, 2 * n + 2)));
    }
    sin = sin.times(r);
    let minus = |d: Double| Double { hi: -d.hi, lo: -d.lo };
    match (k as i64).rem_euclid(4) {
        0 => (sin, cos),
        1 => (cos, minus(sin)),
        2 => (minus(sin), minus(cos)),
        _ => (minus(cos), sin),
    }
}
