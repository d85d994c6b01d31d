//! Tables of the ziggurat method (Marsaglia and Tsang 2000, in the form of Doornik 2005), worked out at compile
//! time: 256 layers of one area under a decreasing density that is one at zero.

use crate::double::{Double, LN_2};

const LAYERS: usize = 256;

/// Where layers end, and the density there.
#[derive(Debug, Clone, Copy)]
pub struct Ziggurat {
    /// Right end of each layer, the lowest first. That includes the tail: its end is its area over the density at
    /// the start of the tail, which is `ends[1]`. The last is zero.
    pub ends: [f64; LAYERS + 1],
    /// Density at each end.
    pub densities: [f64; LAYERS + 1],
}

/// For the density `e^(-x^2 / 2)`, of the right half of the standard normal: start of the tail and area of a layer by
/// Doornik (2005).
pub static NORMAL: Ziggurat = table(Density::Normal, 3.654_152_885_361_009, 0.004_928_673_233_99);

/// For the density `e^-x` of the standard exponential: start of the tail and area of a layer by Marsaglia and
/// Tsang (2000), with more digits.
pub static EXPONENTIAL: Ziggurat =
    table(Density::Exponential, 7.697_117_470_131_05, 0.003_949_659_822_581_557);

#[derive(Clone, Copy)]
enum Density {
    Normal,
    Exponential,
}

impl Density {
    const fn at(self, x: Double) -> Double {
        let exponent = match self {
            Self::Normal => x.times(x).scaled(0.5),
            Self::Exponential => x,
        };
        Double { hi: -exponent.hi, lo: -exponent.lo }.exp()
    }

    /// Where the density is `y`; `near` is a little above.
    const fn end_of(self, y: Double, near: Double) -> Double {
        let ln = ln_below_one(y);
        let exponent = Double { hi: -ln.hi, lo: -ln.lo };
        match self {
            Self::Exponential => exponent,
            Self::Normal => {
                // Square root by Newton's steps, which do not pass it.
                let (square, mut x, mut step) = (exponent.scaled(2.0), near, 0);
                while step < 12 {
                    x = x.plus(square.over(x)).scaled(0.5);
                    step += 1;
                }
                x
            }
        }
    }
}

const fn table(density: Density, tail: f64, area: f64) -> Ziggurat {
    let (mut ends, mut densities) = ([0.0; LAYERS + 1], [0.0; LAYERS + 1]);
    let (mut x, area) = (Double::of(tail), Double::of(area));
    let mut y = density.at(x);
    let lowest = area.over(y);
    (ends[0], densities[0]) = (lowest.hi, density.at(lowest).hi);
    (ends[1], densities[1]) = (x.hi, y.hi);
    let mut layer = 2;
    while layer < LAYERS {
        y = y.plus(area.over(x));
        x = density.end_of(y, x);
        (ends[layer], densities[layer]) = (x.hi, y.hi);
        layer += 1;
    }
    densities[LAYERS] = 1.0;
    Ziggurat { ends, densities }
}

/// ln of a number between 2^-20 and 1.
const fn ln_below_one(y: Double) -> Double {
    let (mut y, mut doublings) = (y, 0.0);
    while y.hi < 0.75 {
        y = y.scaled(2.0);
        doublings += 1.0;
    }
    y.ln_near_one().minus(LN_2.times(Double::of(doublings)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{exp, normal_cdf};
    use std::f64::consts::PI;

    #[test]
    fn layers_have_one_area_and_end_at_zero() {
        let tail = |t: f64| (2.0 * PI).sqrt() * normal_cdf(-t);
        for (table, density, tail) in [
            (&NORMAL, (|x| exp(-0.5 * x * x)) as fn(f64) -> f64, tail as fn(f64) -> f64),
            (&EXPONENTIAL, |x| exp(-x), |t| exp(-t)),
        ] {
            let (x, f) = (&table.ends, &table.densities);
            let area = x[0] * f[1];
            // Doornik's area has twelve digits.
            assert!((area / (x[1] * f[1] + tail(x[1])) - 1.0).abs() < 1e-11);
            for i in 0..LAYERS {
                assert!(x[i] > x[i + 1] && f[i] < f[i + 1], "{i}");
                assert!((density(x[i]) / f[i] - 1.0).abs() < 1e-14, "{i}");
                let layer = if i == 0 { area } else { x[i] * (f[i + 1] - f[i]) };
                let slack = if i == LAYERS - 1 { 1e-7 } else { 1e-11 };
                assert!((layer / area - 1.0).abs() < slack, "{i}: {layer}");
            }
            assert_eq!((x[LAYERS], f[LAYERS]), (0.0, 1.0));
        }
        // Printed by Doornik (2005) and others: the second and third ends.
        assert!((NORMAL.ends[2] - 3.449_278_298_560_964).abs() < 1e-14);
        assert!((EXPONENTIAL.ends[2] - 6.941_033_629_377_213).abs() < 1e-14);
    }
}
