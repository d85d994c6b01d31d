//! Logarithms, from a table: `ln(2^k m) = k ln 2 - ln q + ln(m q)` with a short `q` close to `1 / m`
//! (after Tang 1990).

use crate::double::{Double, LN_2, product, sum};

/// Intervals of m from 11/16 to 11/8.
const INTERVALS: usize = 128;
/// Bits of 11/16: what lies between it and its double has the same power of two.
const FROM: u64 = 0x3fe6_0000_0000_0000;
/// ln 2 in two parts. The upper one is a multiple of 2^-42, so that sums of its multiples and of the table's are exact.
const LN_2_HIGH: f64 = on_grid(LN_2.hi);
const LN_2_LOW: f64 = (LN_2.hi - LN_2_HIGH) + LN_2.lo;

/// The nearest multiple of 2^-42, for numbers between -1 and 1.
const fn on_grid(x: f64) -> f64 {
    // One half more than 2^10, so that its last place is 2^-42 on both sides.
    const SHIFT: f64 = 1_536.0;
    (x + SHIFT) - SHIFT
}

/// An interval: q, with ten bits so that products with half a mantissa are exact, and -ln q in two parts.
#[derive(Clone, Copy)]
struct LogInterval {
    q: f64,
    high: f64,
    low: f64,
    /// 1 / q as a double, and the lower part of its logarithm, the upper one being the same.
    c: f64,
    low_of_c: f64,
}

static TABLE: [LogInterval; INTERVALS] = table();

const fn table() -> [LogInterval; INTERVALS] {
    let mut intervals = [LogInterval { q: 1.0, high: 0.0, low: 0.0, c: 1.0, low_of_c: 0.0 }; INTERVALS];
    let mut i = 0;
    while i < INTERVALS {
        // The two on both sides of one keep q = 1, so that logarithms of numbers near it have all digits.
        if i != 79 && i != 80 {
            let width = if i < 80 { 1.0 / 256.0 } else { 1.0 / 128.0 };
            let middle = 1.0 + width * (i as f64 - 79.5);
            let q = (512.0 / middle).round_ties_even() / 512.0;
            let ln = Double::of(q).ln_near_one();
            let high = on_grid(-ln.hi);
            let low = (-ln.hi - high) - ln.lo;
            let c = 1.0 / q;
            let beyond = product(c, q);
            intervals[i] = LogInterval { q, high, low, c, low_of_c: low + ((beyond.hi - 1.0) + beyond.lo) };
        }
        i += 1;
    }
    intervals
}

/// ln of a normal positive number times 2^`doublings`, as a double and a rest, to 2^-66 of one or better; and
/// better by far near one.
#[inline(always)]
pub(crate) fn parts(x: f64, doublings: f64) -> Double {
    let bits = x.to_bits();
    let above = bits.wrapping_sub(FROM);
    let interval = TABLE[(above >> 45) as usize % INTERVALS];
    let k = ((above as i64) >> 52) as f64 + doublings;
    let m = bits.wrapping_sub(above & (0xfff << 52));
    let upper = f64::from_bits(m & !0xffff_ffff);
    let lower = f64::from_bits(m) - upper;
    // m q - 1 and the ends of it that a double cannot hold.
    let first = upper * interval.q - 1.0;
    let second = lower * interval.q;
    let r = first + second;
    let rest = (first - r) + second;
    // Taylor's series of ln(1 + r) - r: |r| is at most 2^-7, the first term left out below 2^-73.
    let square = r * r;
    let low_terms = -0.5 + r * (1.0 / 3.0) + square * (-0.25 + r * 0.2);
    let high_terms = -1.0 / 6.0 + r * (1.0 / 7.0) + square * (-0.125 + r * (1.0 / 9.0));
    let curve = square * (low_terms + square * square * high_terms);
    let table = k * LN_2_HIGH + interval.high;
    let hi = table + r;
    // The table's part is zero or larger than r, so nothing is lost here.
    Double { hi, lo: ((table - hi) + r) + (rest + (k * LN_2_LOW + interval.low) + curve) }
}

/// Natural logarithm. Error below 0.85 units in the last place; exact at 1, minus infinity at 0, NaN below.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    if is_usual(x) { usual(x, 0.0) } else { far(x) }
}

/// ln of a normal positive number times 2^`doublings`.
#[inline(always)]
fn usual(x: f64, doublings: f64) -> f64 {
    let bits = x.to_bits();
    let above = bits.wrapping_sub(FROM);
    let interval = TABLE[(above >> 45) as usize % INTERVALS];
    let k = ((above as i64) >> 52) as f64 + doublings;
    let m = f64::from_bits(bits.wrapping_sub(above & (0xfff << 52)));
    // The difference is exact; near one so is its product with q = 1.
    let r = (m - interval.c) * interval.q;
    // Taylor's series of ln(1 + r) - r: |r| is at most 2^-7, the first term left out below 2^-59 of r.
    let square = r * r;
    let low_terms = -0.5 + r * (1.0 / 3.0) + square * (-0.25 + r * 0.2);
    let high_terms = -1.0 / 6.0 + r * (1.0 / 7.0) - square * 0.125;
    let curve = square * (low_terms + square * square * high_terms);
    let table = k * LN_2_HIGH + interval.high;
    let hi = table + r;
    // The table's part is zero or larger than r, so nothing is lost here.
    hi + ((((table - hi) + r) + (k * LN_2_LOW + interval.low_of_c)) + curve)
}

/// Positive, normal and finite.
#[inline(always)]
pub(crate) fn is_usual(x: f64) -> bool {
    const FROM: u64 = f64::MIN_POSITIVE.to_bits();
    x.to_bits().wrapping_sub(FROM) < f64::INFINITY.to_bits() - FROM
}

#[cold]
#[inline(never)]
fn far(x: f64) -> f64 {
    if x == 0.0 {
        f64::NEG_INFINITY
    } else if x < 0.0 {
        f64::NAN
    } else if x < f64::MIN_POSITIVE {
        usual(x * (1u64 << 54) as f64, -54.0)
    } else {
        // Infinity or NaN.
        x
    }
}

/// `ln(1 + x)`, with all digits near zero. Error below one unit in the last place; minus infinity at -1, NaN below.
#[inline]
pub fn ln_1p(x: f64) -> f64 {
    // Smaller than half a unit in the last place of one: also keeps the sign of zero.
    if x.abs() < f64::EPSILON / 4.0 {
        return x;
    }
    let one_more = sum(1.0, x);
    if !is_usual(one_more.hi) {
        return far(one_more.hi);
    }
    let p = parts(one_more.hi, 0.0);
    p.hi + (p.lo + one_more.lo / one_more.hi)
}

/// Logarithm to base 10. Error below 0.52 units in the last place; exact at powers of ten.
pub fn log10(x: f64) -> f64 {
    to_base(x, Double { hi: std::f64::consts::LOG10_E, lo: 1.098_319_650_216_765e-17 })
}

/// Logarithm to base 2. Error below 0.52 units in the last place; exact at powers of two.
pub fn log2(x: f64) -> f64 {
    to_base(x, Double { hi: std::f64::consts::LOG2_E, lo: 2.035_527_374_093_103_3e-17 })
}

fn to_base(x: f64, factor: Double) -> f64 {
    if !is_usual(x) {
        return if x > 0.0 && x < f64::MIN_POSITIVE {
            finish(parts(x * (1u64 << 54) as f64, -54.0), factor)
        } else {
            far(x)
        };
    }
    finish(parts(x, 0.0), factor)
}

fn finish(p: Double, factor: Double) -> f64 {
    let p = sum(p.hi, p.lo).times(factor);
    p.hi + p.lo
}

#[cfg(test)]
mod tests;
