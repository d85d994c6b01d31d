//! The exponential function, from a table (Tang 1989): `e^x = 2^(k / 128) e^r` with `|r|` at most ln 2 / 256.

use crate::double::{Double, LN_2};

/// Steps of the table in a doubling.
const STEPS: usize = 128;
/// Adding it leaves a number's nearest whole one in the last bits.
const SHIFT: f64 = 6_755_399_441_055_744.0;
const STEPS_PER_UNIT: f64 = STEPS as f64 / LN_2.hi;
/// ln 2 / 128 in two parts. The upper one has 34 bits, so that its product with k (18 bits) is exact.
const STEP_HIGH: f64 = f64::from_bits((LN_2.hi / STEPS as f64).to_bits() & !((1 << 19) - 1));
const STEP_LOW: f64 = (LN_2.hi / STEPS as f64 - STEP_HIGH) + LN_2.lo / STEPS as f64;

/// Below this size neither the result nor its parts leave the normal doubles, the smallest part by the 12 bits it is smaller.
pub(crate) const USUAL: f64 = 704.0;
/// From here on up the result is infinite.
const INFINITE_FROM: f64 = 709.782_712_893_384;
/// From here on down it is zero.
const ZERO_FROM: f64 = -745.133_219_101_941_2;

/// `2^(i / 128)`: its bits less `i << 45`, to which k is added by one shift, and what rounding took from it,
/// in parts of itself.
#[derive(Clone, Copy)]
struct ExpStep {
    bits: u64,
    rest: f64,
}

static TABLE: [ExpStep; STEPS] = table();

const fn table() -> [ExpStep; STEPS] {
    let mut steps = [ExpStep { bits: 0, rest: 0.0 }; STEPS];
    let mut i = 0;
    while i < STEPS {
        let value = LN_2.times(Double::of(i as f64 / STEPS as f64)).exp();
        steps[i] =
            ExpStep { bits: value.hi.to_bits().wrapping_sub((i as u64) << 45), rest: value.lo / value.hi };
        i += 1;
    }
    steps
}

/// `e^x`. Error below 0.52 units in the last place where the result is normal, below one where it is subnormal;
/// exact at 0, and 0, infinity and NaN where they should be.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    if x.abs() < USUAL { usual(x, 0) } else { far(x) }
}

/// The number of steps nearest to `x`, in the last bits of a double, and what is left of `x`.
#[inline(always)]
fn reduce(x: f64) -> (u64, f64) {
    let shifted = x * STEPS_PER_UNIT + SHIFT;
    let k = shifted - SHIFT;
    (shifted.to_bits(), (x - k * STEP_HIGH) - k * STEP_LOW)
}

/// `e^r` times the power of two that the steps and `doublings` come to.
#[inline(always)]
fn assemble(steps: u64, r: f64, doublings: i64) -> f64 {
    let step = TABLE[steps as usize % STEPS];
    let scale = f64::from_bits(step.bits.wrapping_add(steps << 45).wrapping_add((doublings << 52) as u64));
    // Taylor's series of e^r - 1: the first term left out is below 2^-60.
    let square = r * r;
    let low_terms = (step.rest + r) + square * (0.5 + r * (1.0 / 6.0));
    scale + scale * (low_terms + square * square * (1.0 / 24.0 + r * (1.0 / 120.0)))
}

/// `e^x` times 2^`doublings`.
#[inline(always)]
fn usual(x: f64, doublings: i64) -> f64 {
    let (steps, r) = reduce(x);
    assemble(steps, r, doublings)
}

/// `e^(x + rest)` for `|x|` below [`USUAL`] and a `rest` of up to 1e-4.
#[inline(always)]
pub(crate) fn of_sum(x: f64, rest: f64) -> f64 {
    let (steps, r) = reduce(x);
    assemble(steps, r + rest, 0)
}

/// The ends of the range.
#[cold]
#[inline(never)]
fn far(x: f64) -> f64 {
    if x.is_nan() {
        x
    } else if x > INFINITE_FROM {
        f64::INFINITY
    } else if x < ZERO_FROM {
        0.0
    } else if x > 0.0 {
        usual(x, -8) * 256.0
    } else {
        // Rounded to a subnormal once, at the end.
        usual(x, 128) * f64::from_bits((1_023 - 128) << 52)
    }
}

/// `e^x - 1`, with all digits near zero. Error below one unit in the last place.
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

#[cfg(test)]
mod tests;
