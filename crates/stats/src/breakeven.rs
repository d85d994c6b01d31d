//! Where a simulated difference is zero: the root, and the interval in which it may be.
//!
//! The function is known by replications only, which share their draws at all x (common random numbers), so
//! that for a fixed number of replications its mean is an ordinary function and can be solved like one
//! (sample average approximation: Shapiro, Dentcheva and Ruszczynski 2009, chapter 5). The interval is the
//! set of x at which a Student t interval of the difference holds zero: at the true root it does so with the
//! interval's confidence, whatever the slope. Replications are added until it is short enough.

use super::estimate::Estimate;
use poolwise_math::powi;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Steps of one search at most; each at least halves the bracket every second time.
const STEPS: usize = 40;

/// How closely to look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// Confidence of the interval.
    pub confidence: f64,
    /// Replications to begin with, at least 3.
    pub at_least: u32,
    /// Replications at most.
    pub at_most: u32,
    /// Half-width of the interval that is short enough.
    pub half_width: f64,
    /// How exactly the mean's root is found: far below `half_width`.
    pub tolerance: f64,
}

/// A break-even value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BreakEven {
    /// Where the mean difference is zero.
    pub estimate: f64,
    /// Lower end of the interval; that of the bracket where it reaches so far.
    pub lower: f64,
    /// Upper end of the interval within which the values cross.
    pub upper: f64,
    /// Whether the difference rises from below zero to above.
    pub rising: bool,
    /// Replications at each x.
    pub replications: u32,
    /// Values of x looked at.
    pub looked_at: u32,
}

/// Finds the break-even value between two ends at which the difference has unlike signs. `more(x, from, to)`
/// gives the differences of replications `from` to `to` at x; values that are not finite are left out.
/// `None` when the means at the ends have the same sign after all.
///
/// # Errors
/// The first failure of `more`.
pub fn break_even<E>(
    (low, high): (f64, f64),
    search: &Search,
    more: &mut dyn FnMut(f64, u32, u32) -> Result<Vec<f64>, E>,
) -> Result<Option<BreakEven>, E> {
    let mut known = KnownPoints { values: BTreeMap::new(), more };
    let mut n = search.at_least.max(3);
    loop {
        let at_ends = [known.at(low, n, search.confidence)?, known.at(high, n, search.confidence)?];
        let signs = at_ends.map(|e| e.estimate);
        if !opposite(signs[0], signs[1]) {
            if n >= search.at_most {
                return Ok(None);
            }
            n = (n * 2).min(search.at_most);
            continue;
        }
        let rising = signs[1] >= signs[0];
        let mean = |e: &Estimate| e.estimate;
        let estimate = known.root((low, high), n, search, &mean)?.unwrap_or(low);
        // The band around a rising difference meets zero first with its upper edge.
        let first = |e: &Estimate| if rising { e.upper } else { e.lower };
        let last = |e: &Estimate| if rising { e.lower } else { e.upper };
        // Over the whole bracket: where there is hardly any chance, an edge may lie beyond the estimate by its
        // rounding.
        let lower = known.root((low, high), n, search, &first)?.unwrap_or(low).min(estimate);
        let upper = known.root((low, high), n, search, &last)?.unwrap_or(high).max(estimate);
        if (upper - lower) / 2.0 <= search.half_width || n >= search.at_most {
            let looked_at = known.values.len() as u32;
            return Ok(Some(BreakEven { estimate, lower, upper, rising, replications: n, looked_at }));
        }
        // Half-widths fall with the root of the number: as many as that asks for, but no more than four times.
        let wanted = f64::from(n) * powi((upper - lower) / 2.0 / search.half_width, 2) * 1.1;
        n = (wanted.min(f64::from(n) * 4.0).ceil() as u32).clamp(n + 1, search.at_most.max(n + 1));
    }
}

/// An edge of the band of a difference, or its mean.
type Edge<'e> = &'e dyn Fn(&Estimate) -> f64;

/// Replications so far, by the bits of x.
struct KnownPoints<'m, E> {
    values: BTreeMap<u64, Vec<f64>>,
    more: &'m mut dyn FnMut(f64, u32, u32) -> Result<Vec<f64>, E>,
}

impl<E> KnownPoints<'_, E> {
    fn at(&mut self, x: f64, n: u32, confidence: f64) -> Result<Estimate, E> {
        let values = self.values.entry(x.to_bits()).or_default();
        let have = values.len() as u32;
        if have < n {
            values.extend((self.more)(x, have, n)?);
        }
        Ok(Estimate::mean(&values[..(n as usize).min(values.len())], confidence))
    }

    /// The closest values with so many replications between which an edge changes its sign: each root is begun
    /// where those before have narrowed it down.
    fn narrowed(&self, (low, high): (f64, f64), n: u32, confidence: f64, edge: Edge) -> (f64, f64) {
        let mut at: Vec<(f64, f64)> = self
            .values
            .iter()
            .map(|(bits, values)| (f64::from_bits(*bits), values))
            .filter(|(x, values)| values.len() >= n as usize && (low..=high).contains(x))
            .map(|(x, values)| (x, edge(&Estimate::mean(&values[..n as usize], confidence))))
            .collect();
        at.sort_by(|a, b| a.0.total_cmp(&b.0));
        let pair = at.windows(2).find(|w| opposite(w[0].1, w[1].1));
        pair.map_or((low, high), |w| (w[0].0, w[1].0))
    }

    /// Root of an edge of the band, or of its mean, by the Illinois method (Dowell and Jarratt 1971). `None`
    /// where it has the same sign at both ends.
    fn root(
        &mut self,
        (low, high): (f64, f64),
        n: u32,
        search: &Search,
        edge: Edge,
    ) -> Result<Option<f64>, E> {
        let at_ends =
            [edge(&self.at(low, n, search.confidence)?), edge(&self.at(high, n, search.confidence)?)];
        if at_ends[0] == 0.0 {
            return Ok(Some(low));
        }
        if !opposite(at_ends[0], at_ends[1]) {
            return Ok(None);
        }
        let (mut a, mut b) = self.narrowed((low, high), n, search.confidence, edge);
        let mut fa = edge(&self.at(a, n, search.confidence)?);
        let mut fb = edge(&self.at(b, n, search.confidence)?);
        if fa == 0.0 {
            return Ok(Some(a));
        }
        for _ in 0..STEPS {
            if (b - a).abs() <= search.tolerance || fb == 0.0 {
                break;
            }
            let x = ((a * fb - b * fa) / (fb - fa)).clamp(a.min(b), a.max(b));
            let x = if x == a || x == b { f64::midpoint(a, b) } else { x };
            let fx = edge(&self.at(x, n, search.confidence)?);
            if !fx.is_finite() {
                break;
            }
            if opposite(fx, fb) {
                (a, fa) = (b, fb);
            } else {
                fa /= 2.0;
            }
            let moved = (x - b).abs();
            (b, fb) = (x, fx);
            if moved <= search.tolerance && fx.abs() <= fa.abs() {
                break;
            }
        }
        Ok(Some(b))
    }
}

/// Whether zero lies between two values; not where one is undefined.
fn opposite(a: f64, b: f64) -> bool {
    a * b <= 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SplitMix64;
    use crate::student::normal_quantile;
    use poolwise_math::powf;

    /// Difference (x - root) slope + noise, the noise of a replication being the same at all x.
    fn noisy(root: f64, slope: f64, seed: u64) -> impl FnMut(f64, u32, u32) -> Result<Vec<f64>, ()> {
        move |x, from, to| {
            let noise = |k: u32| normal_quantile(SplitMix64(seed ^ (u64::from(k) * 0x1234_5678_9ABC)).unit());
            Ok((from..to).map(|k| (x - root) * slope + noise(k)).collect())
        }
    }

    const SEARCH: Search =
        Search { confidence: 0.95, at_least: 10, at_most: 1_000, half_width: 0.1, tolerance: 1e-4 };

    #[test]
    fn a_line_gives_the_delta_method() {
        for slope in [2.0, -2.0] {
            let b = break_even((0.0, 5.0), &SEARCH, &mut noisy(1.34, slope, 1)).unwrap().unwrap();
            // The mean noise over the slope is the root's error; the band's half-width over the slope its half-width.
            let noise: Vec<f64> = noisy(0.0, 0.0, 1)(0.0, 0, b.replications).unwrap();
            let e = Estimate::mean(&noise, 0.95);
            assert!((b.estimate - (1.34 - e.estimate / slope)).abs() < 1e-3, "{b:?}");
            assert!(((b.upper - b.lower) / 2.0 - e.half_width() / 2.0).abs() < 1e-3, "{b:?}");
            assert!((b.upper - b.lower) / 2.0 <= 0.1 && b.rising == (slope > 0.0), "{b:?}");
        }
    }

    #[test]
    fn a_curve_is_solved_to_its_tolerance() {
        let mut f = |x: f64, from: u32, to: u32| -> Result<Vec<f64>, ()> {
            Ok((from..to).map(|_| powi(x, 5) - 3.0).collect())
        };
        let b = break_even((0.0, 4.0), &SEARCH, &mut f).unwrap().unwrap();
        assert!((b.estimate - powf(3.0_f64, 0.2)).abs() < 1e-4 && b.upper - b.lower < 1e-4, "{b:?}");
    }

    #[test]
    fn no_change_of_sign_is_no_root() {
        assert!(break_even((2.0, 5.0), &SEARCH, &mut noisy(-3.0, 1.0, 1)).unwrap().is_none());
        assert!(break_even((0.0, 1.0), &SEARCH, &mut |_, _, _| Err::<Vec<f64>, _>("stop")).is_err());
    }

    /// Over 400 searches the 95 % interval holds the root 95 % of the time: within four standard errors, at
    /// fixed seeds.
    #[test]
    fn intervals_cover() {
        let few = Search { at_most: 10, ..SEARCH };
        let held = (0..400)
            .filter(|s| {
                let b = break_even((-9.0, 9.0), &few, &mut noisy(0.5, 1.0, s * 7919 + 1)).unwrap().unwrap();
                b.lower <= 0.5 && 0.5 <= b.upper
            })
            .count();
        assert!((362..=397).contains(&held), "{held}");
    }
}
