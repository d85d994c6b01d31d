//! Powers.

use crate::exponential::{USUAL, of_sum};
use crate::logarithm::{is_usual, parts};

/// Exponents up to this size keep the error of the logarithm below a tenth of a unit in the last place.
const SMALL: f64 = 1_024.0;

/// `x^y`, with the special values of IEEE 754. Error below 0.6 units in the last place for exponents up to
/// 1,024, so that results that are doubles are exact; below one unit for larger ones.
#[inline]
pub fn powf(x: f64, y: f64) -> f64 {
    if is_usual(x) && y.abs() < SMALL {
        let ln = parts(x, 0.0);
        let hi = ln.hi + ln.lo;
        let lo = (ln.hi - hi) + ln.lo;
        // y ln x to more digits than a double has: halves of 26 bits have exact products.
        let ((y_upper, y_lower), (l_upper, l_lower)) = (halves(y), halves(hi));
        let product = y_upper * l_upper;
        if product.abs() < USUAL - 1.0 {
            let rest = (y_upper * l_lower + y_lower * l_upper) + (y_lower * l_lower + y * lo);
            return of_sum(product, rest);
        }
    }
    // Signs, zeros, infinities and the ends of the range: FreeBSD's algorithm, as ported to Rust.
    libm::pow(x, y)
}

#[inline(always)]
fn halves(x: f64) -> (f64, f64) {
    let upper = f64::from_bits(x.to_bits() & !((1 << 27) - 1));
    (upper, x - upper)
}

/// `x^n` by squaring, multiplied in one order everywhere; a negative power is one over the positive one.
#[inline]
pub fn powi(x: f64, n: i32) -> f64 {
    let (mut square, mut left, mut result) = (x, n.unsigned_abs(), 1.0);
    loop {
        if left % 2 == 1 {
            result *= square;
        }
        left /= 2;
        if left == 0 {
            break;
        }
        square *= square;
    }
    if n < 0 { 1.0 / result } else { result }
}

/// Length of the vector `(x, y)`, without overflow on the way.
pub fn hypot(x: f64, y: f64) -> f64 {
    libm::hypot(x, y)
}

#[cfg(test)]
mod tests;
