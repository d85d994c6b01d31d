//! Standard variates from random bits: the ziggurat method for the exponential and the normal, Marsaglia and Tsang's
//! for the gamma. Everything goes through `poolwise-math`, so that draws are the same on every machine.

use super::unit;
use poolwise_math::ziggurat::{EXPONENTIAL, NORMAL};
use poolwise_math::{exp, ln, powf};
use rand::rand_core::Rng;

/// A standard exponential variate (mean 1).
#[inline(always)]
pub fn exponential<R: Rng>(rng: &mut R) -> f64 {
    let bits = rng.next_u64();
    let layer = bits as usize & 0xff;
    let x = open_unit(bits) * EXPONENTIAL.ends[layer];
    // Within the layer above as well: 98.9 % of all draws.
    if x < EXPONENTIAL.ends[layer + 1] { x } else { exponential_edge(rng, layer, x) }
}

#[cold]
#[inline(never)]
fn exponential_edge<R: Rng>(rng: &mut R, mut layer: usize, mut x: f64) -> f64 {
    loop {
        if layer == 0 {
            // The tail of an exponential is an exponential.
            return EXPONENTIAL.ends[1] - ln(unit(rng.next_u64()));
        }
        let (low, high) = (EXPONENTIAL.densities[layer], EXPONENTIAL.densities[layer + 1]);
        if high + (low - high) * unit(rng.next_u64()) < exp(-x) {
            return x;
        }
        let bits = rng.next_u64();
        layer = bits as usize & 0xff;
        x = open_unit(bits) * EXPONENTIAL.ends[layer];
        if x < EXPONENTIAL.ends[layer + 1] {
            return x;
        }
    }
}

/// A standard normal variate.
#[inline(always)]
pub fn normal<R: Rng>(rng: &mut R) -> f64 {
    let bits = rng.next_u64();
    let layer = bits as usize & 0xff;
    let x = both_signs(bits) * NORMAL.ends[layer];
    if x.abs() < NORMAL.ends[layer + 1] { x } else { normal_edge(rng, layer, x) }
}

#[cold]
#[inline(never)]
fn normal_edge<R: Rng>(rng: &mut R, mut layer: usize, mut x: f64) -> f64 {
    loop {
        if layer == 0 {
            return if x < 0.0 { -normal_tail(rng) } else { normal_tail(rng) };
        }
        let (low, high) = (NORMAL.densities[layer], NORMAL.densities[layer + 1]);
        if high + (low - high) * unit(rng.next_u64()) < exp(-x * x / 2.0) {
            return x;
        }
        let bits = rng.next_u64();
        layer = bits as usize & 0xff;
        x = both_signs(bits) * NORMAL.ends[layer];
        if x.abs() < NORMAL.ends[layer + 1] {
            return x;
        }
    }
}

/// A normal variate beyond the ziggurat's lowest layer, by rejection from an exponential (Marsaglia 1964).
fn normal_tail<R: Rng>(rng: &mut R) -> f64 {
    let start = NORMAL.ends[1];
    loop {
        let beyond = -ln(open_unit(rng.next_u64())) / start;
        let y = -ln(open_unit(rng.next_u64()));
        if 2.0 * y >= beyond * beyond {
            return start + beyond;
        }
    }
}

/// Maps the upper 52 bits to numbers between zero and one, never either.
#[inline(always)]
fn open_unit(bits: u64) -> f64 {
    f64::from_bits((bits >> 12) | 1.0_f64.to_bits()) - (1.0 - f64::EPSILON / 2.0)
}

/// Maps the upper 52 bits to `[-1, 1)`.
#[inline(always)]
fn both_signs(bits: u64) -> f64 {
    f64::from_bits((bits >> 12) | 2.0_f64.to_bits()) - 3.0
}

/// A gamma distribution, ready to be drawn from (Marsaglia and Tsang 2000).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gamma {
    shape: f64,
    scale: f64,
    /// Shape of the draws by rejection, less a third: they need a shape of one or more.
    d: f64,
    c: f64,
}

impl Gamma {
    /// With this shape and scale; `None` unless both are positive and finite.
    pub(crate) fn new(shape: f64, scale: f64) -> Option<Self> {
        let usable = |x: f64| x > 0.0 && x.is_finite();
        if !(usable(shape) && usable(scale)) {
            return None;
        }
        let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
        Some(Self { shape, scale, d, c: 1.0 / (9.0 * d).sqrt() })
    }

    /// A variate.
    pub(crate) fn sample<R: Rng>(&self, rng: &mut R) -> f64 {
        if self.shape == 1.0 {
            exponential(rng) * self.scale
        } else if self.shape < 1.0 {
            // A gamma of one more times a power of a uniform (Stuart 1962); the scale last, lest parts overflow.
            let u = open_unit(rng.next_u64());
            let v = self.cube(rng);
            (v * powf(u, 1.0 / self.shape) * self.d) * self.scale
        } else {
            self.cube(rng) * (self.d * self.scale)
        }
    }

    fn cube<R: Rng>(&self, rng: &mut R) -> f64 {
        loop {
            let x = normal(rng);
            let root = 1.0 + self.c * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            let u = open_unit(rng.next_u64());
            let square = x * x;
            // The first test is quick and nearly always enough.
            if u < 1.0 - 0.0331 * square * square || ln(u) < 0.5 * square + self.d * (1.0 - v + ln(v)) {
                return v;
            }
        }
    }
}

/// A triangular variate on `[low, high]` with this mode, by inversion.
pub(super) fn triangular<R: Rng>(rng: &mut R, (low, mode, high): (f64, f64, f64)) -> f64 {
    let width = high - low;
    let at = unit(rng.next_u64()) * width;
    if at < mode - low {
        low + (at * (mode - low)).sqrt()
    } else {
        high - ((width - at) * (high - mode)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::super::KeyedRng;
    use super::*;
    use rand::distr::Distribution;

    /// Draws of ours and of `rand_distr` from the same bits: the same to rounding, and the same number of bits used.
    fn compare(ours: impl Fn(&mut KeyedRng) -> f64, theirs: &impl Distribution<f64>) {
        let (mut a, mut b) = (KeyedRng::of(11, 0, 1), KeyedRng::of(11, 0, 1));
        for i in 0..1_000_000 {
            let (x, y) = (ours(&mut a), theirs.sample(&mut b));
            // Small draws come from the uppermost layer, whose end is known least.
            assert!((x - y).abs() <= 1e-13 * y.abs().max(0.1), "draw {i}: {x} and {y}");
        }
        assert_eq!(a.bits(), b.bits());
    }

    #[test]
    fn draws_are_those_of_another_implementation_to_rounding() {
        compare(exponential, &rand_distr::Exp1);
        compare(normal, &rand_distr::StandardNormal);
        for shape in [0.2, 1.0, 2.5, 400.0] {
            let ours = Gamma::new(shape, 3.0).unwrap();
            compare(|rng| ours.sample(rng), &rand_distr::Gamma::new(shape, 3.0).unwrap());
        }
        let sides = (1.0, 2.0, 5.0);
        compare(|rng| triangular(rng, sides), &rand_distr::Triangular::new(1.0, 5.0, 2.0).unwrap());
    }

    #[test]
    fn what_bits_are_mapped_to() {
        assert_eq!(open_unit(0), f64::EPSILON / 2.0);
        assert_eq!(open_unit(u64::MAX), 1.0 - f64::EPSILON / 2.0);
        assert_eq!((both_signs(0), both_signs(u64::MAX)), (-1.0, 1.0 - 2.0 * f64::EPSILON));
        for (shape, scale) in
            [(0.0, 1.0), (1.0, -1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY), (f64::INFINITY, 1.0)]
        {
            assert_eq!(Gamma::new(shape, scale), None);
        }
    }
}
