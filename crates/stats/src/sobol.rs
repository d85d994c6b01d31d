//! Sobol indices: which input a spread is due to, from Saltelli's design.
//!
//! For each row j there are the points A, B, and for each input i the point AB_i: A with input i from B.
//! With f their outputs, averages over rows give
//!
//! - first order (Saltelli et al. 2010, table 2, b): `mean(f(B) (f(AB_i) - f(A))) / V`,
//! - total (Jansen 1999): `mean((f(A) - f(AB_i))^2) / (2 V)`.
//!
//! Outputs of a simulation are means of few replications. Chance in them would be taken for an effect of
//! every input; so products of means are estimated without bias, less the covariance of the two means as it
//! shows between replications.

use super::nested::quantile;
use crate::splitmix::SplitMix64;
use serde::Serialize;

/// Rows are resampled so often for intervals.
pub(crate) const RESAMPLES: usize = 1_000;

/// Outputs at a point: one value a replication, numbered alike at all points.
pub type Outputs = Vec<f64>;

/// Outputs of a row of the design.
#[derive(Debug, Clone, PartialEq)]
pub struct DesignRow {
    /// Outputs at the points of the first matrix, A.
    pub a: Outputs,
    /// Outputs at the points of the second matrix, B.
    pub b: Outputs,
    /// At AB_i, by input.
    pub ab: Vec<Outputs>,
}

/// An index and its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SobolIndex {
    /// Estimate; sampling may put it a little below 0 or above 1.
    pub estimate: f64,
    /// Lower end of the index's bootstrapped interval.
    pub lower: f64,
    /// Upper end of the index's bootstrapped interval.
    pub upper: f64,
}

/// Indices of one output.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sobol {
    /// Share of the variance that goes if an input alone is known, by input.
    pub first: Vec<SobolIndex>,
    /// Share that stays if all inputs but one are known, by input: zero only for one that does not matter.
    pub total: Vec<SobolIndex>,
    /// Variance of the output over the inputs, chance taken out.
    pub variance: f64,
    /// Rows used: those in which all outputs are defined.
    pub rows: usize,
}

/// Estimates all indices, with percentile intervals from resampling rows (Archer, Saltelli and Sobol 1997).
/// `None` when fewer than two rows are defined or the output does not vary.
pub fn sobol(rows: &[DesignRow], confidence: f64) -> Option<Sobol> {
    let inputs = rows.first()?.ab.len();
    let defined = |r: &&DesignRow| {
        [&r.a, &r.b].into_iter().chain(&r.ab).all(|o| !o.is_empty() && o.iter().all(|x| x.is_finite()))
    };
    let rows: Vec<&DesignRow> = rows.iter().filter(defined).collect();
    if rows.len() < 2 {
        return None;
    }
    // Indices do not depend on where zero is; far from it they would lose digits.
    let centre = rows.iter().map(|r| mean(&r.a) + mean(&r.b)).sum::<f64>() / (2.0 * rows.len() as f64);
    let terms: Vec<Terms> = rows.iter().map(|r| Terms::of(r, centre, inputs)).collect();
    let all: Vec<usize> = (0..terms.len()).collect();
    let (first, total, variance) = estimates(&terms, &all, inputs)?;
    let mut spread = vec![Vec::with_capacity(RESAMPLES); 2 * inputs];
    let mut draws = SplitMix64(0x5EED);
    for _ in 0..RESAMPLES {
        let drawn: Vec<usize> = (0..terms.len()).map(|_| draws.below(terms.len())).collect();
        if let Some((f, t, _)) = estimates(&terms, &drawn, inputs) {
            for (i, x) in f.into_iter().chain(t).enumerate() {
                spread[i].push(x);
            }
        }
    }
    let index = |estimate: f64, values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        SobolIndex {
            estimate,
            lower: quantile(values, (1.0 - confidence) / 2.0),
            upper: quantile(values, f64::midpoint(1.0, confidence)),
        }
    };
    let (of_first, of_total) = spread.split_at_mut(inputs);
    Some(Sobol {
        first: first.into_iter().zip(of_first).map(|(x, s)| index(x, s)).collect(),
        total: total.into_iter().zip(of_total).map(|(x, s)| index(x, s)).collect(),
        variance,
        rows: terms.len(),
    })
}

/// What a row adds to the averages.
struct Terms {
    /// Means of A and of B, and their squares without bias.
    means: [f64; 2],
    squares: [f64; 2],
    first: Vec<f64>,
    total: Vec<f64>,
}

impl Terms {
    fn of(row: &DesignRow, centre: f64, inputs: usize) -> Self {
        let shift = |o: &Outputs| o.iter().map(|x| x - centre).collect::<Vec<f64>>();
        let (a, b) = (shift(&row.a), shift(&row.b));
        let steps: Vec<Vec<f64>> =
            (0..inputs).map(|i| shift(&row.ab[i]).iter().zip(&a).map(|(x, y)| x - y).collect()).collect();
        Self {
            means: [mean(&a), mean(&b)],
            squares: [product(&a, &a), product(&b, &b)],
            first: steps.iter().map(|s| product(&b, s)).collect(),
            total: steps.iter().map(|s| product(s, s) / 2.0).collect(),
        }
    }
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// Product of two expectations, from replications that share their draws: the product of the means less
/// their covariance. With one replication only the former.
fn product(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len().min(y.len());
    let (x, y) = (&x[..n], &y[..n]);
    let (mx, my) = (mean(x), mean(y));
    if n < 2 {
        return mx * my;
    }
    let covariance = x.iter().zip(y).map(|(a, b)| (a - mx) * (b - my)).sum::<f64>() / (n as f64 - 1.0);
    mx * my - covariance / n as f64
}

fn estimates(terms: &[Terms], rows: &[usize], inputs: usize) -> Option<(Vec<f64>, Vec<f64>, f64)> {
    let n = rows.len() as f64;
    let over = |f: &dyn Fn(&Terms) -> f64| rows.iter().map(|&j| f(&terms[j])).sum::<f64>() / n;
    // A and B are independent, so that the product of their means estimates the squared mean without bias.
    let centre = over(&|t| f64::midpoint(t.means[0], t.means[1]));
    let variance = over(&|t| f64::midpoint(t.squares[0], t.squares[1])) - centre * centre;
    if variance.is_nan() || variance <= 0.0 {
        return None;
    }
    let first = (0..inputs).map(|i| over(&|t| t.first[i]) / variance).collect();
    let total = (0..inputs).map(|i| over(&|t| t.total[i]) / variance).collect();
    Some((first, total, variance))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::normal_quantile;
    use poolwise_math::{powi, sin};
    use std::f64::consts::PI;

    /// Saltelli's rows of a function on the unit cube, each output repeated with noise added.
    fn rows(n: u32, k: usize, f: impl Fn(&[f64]) -> f64, noise: f64, replications: usize) -> Vec<DesignRow> {
        let x = |j: u32, d: usize| f64::from(sobol_burley::sample(j, d as u32, 3));
        let mut draws = SplitMix64(11);
        let mut out = |point: &[f64]| -> Outputs {
            let y = f(point);
            (0..replications)
                .map(|_| if noise > 0.0 { y + noise * normal_quantile(draws.unit()) } else { y })
                .collect()
        };
        (0..n)
            .map(|j| {
                let a: Vec<f64> = (0..k).map(|i| x(j, i)).collect();
                let b: Vec<f64> = (0..k).map(|i| x(j, k + i)).collect();
                let ab = (0..k)
                    .map(|i| {
                        let mut p = a.clone();
                        p[i] = b[i];
                        out(&p)
                    })
                    .collect();
                DesignRow { a: out(&a), b: out(&b), ab }
            })
            .collect()
    }

    /// Ishigami and Homma (1990) with a = 7, b = 0.1; indices in closed form from the variances of their
    /// appendix.
    #[test]
    fn ishigami() {
        let f = |u: &[f64]| {
            let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
            sin(x[0]) + 7.0 * powi(sin(x[1]), 2) + 0.1 * powi(x[2], 4) * sin(x[0])
        };
        let (a, b) = (7.0_f64, 0.1_f64);
        let v1 = 0.5 * powi(1.0 + b * powi(PI, 4) / 5.0, 2);
        let v2 = a * a / 8.0;
        let v13 = b * b * powi(PI, 8) * 8.0 / 225.0;
        let v = v1 + v2 + v13;
        let s = sobol(&rows(4096, 3, f, 0.0, 1), 0.95).unwrap();
        for (i, (first, total)) in [(v1, v1 + v13), (v2, v2), (0.0, v13)].into_iter().enumerate() {
            let (f, t) = (s.first[i], s.total[i]);
            assert!((f.estimate - first / v).abs() < 0.01, "first {i}: {f:?}");
            assert!((t.estimate - total / v).abs() < 0.01, "total {i}: {t:?}");
            assert!(f.lower < first / v && first / v < f.upper, "first {i}: {f:?}");
            assert!(t.lower < total / v && total / v < t.upper, "total {i}: {t:?}");
        }
        assert!((s.variance / v - 1.0).abs() < 0.02, "{}", s.variance);
    }

    /// y = 3 a + 2 b + c with independent uniform inputs: indices 9/14, 4/14, 1/14, first and total alike.
    /// A constant far from zero changes nothing.
    #[test]
    fn a_linear_function_far_from_zero() {
        let s = sobol(&rows(1024, 3, |x| 1e6 + 3.0 * x[0] + 2.0 * x[1] + x[2], 0.0, 1), 0.95).unwrap();
        for (i, share) in [9.0 / 14.0, 4.0 / 14.0, 1.0 / 14.0].into_iter().enumerate() {
            assert!((s.first[i].estimate - share).abs() < 0.01, "{:?}", s.first[i]);
            assert!((s.total[i].estimate - share).abs() < 0.01, "{:?}", s.total[i]);
        }
        assert!((s.variance - 14.0 / 12.0).abs() < 0.01);
    }

    /// The same with noise of as much variance as the inputs' in each replication: uncorrected, the total
    /// index of the third input would be above 0.3. The standard errors are about 0.04; limits three of
    /// them, at a fixed seed.
    #[test]
    fn chance_is_no_effect() {
        let s = sobol(&rows(2048, 3, |x| 3.0 * x[0] + 2.0 * x[1] + x[2], 1.08, 4), 0.95).unwrap();
        for (i, share) in [9.0 / 14.0, 4.0 / 14.0, 1.0 / 14.0].into_iter().enumerate() {
            assert!((s.first[i].estimate - share).abs() < 0.06, "first {:?}", s.first[i]);
            assert!((s.total[i].estimate - share).abs() < 0.06, "total {:?}", s.total[i]);
        }
        assert!((s.variance - 14.0 / 12.0).abs() < 0.08, "{}", s.variance);
    }

    #[test]
    fn nothing_to_tell() {
        assert!(sobol(&[], 0.95).is_none());
        assert!(sobol(&rows(64, 2, |_| 5.0, 0.0, 1), 0.95).is_none());
        let mut undefined = rows(64, 2, |x| x[0], 0.0, 1);
        undefined[5].ab[1][0] = f64::NAN;
        assert_eq!(sobol(&undefined, 0.95).unwrap().rows, 63);
    }
}
