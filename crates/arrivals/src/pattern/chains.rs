//! Whether months differ beyond what days that hang together make of them, over all the ways in which a record lets them hang together.
//!
//! A day's level is the mean of its month, a slope within it, a part that goes on from one day to the next by r, and chance of the day. For each r and
//! each share of what goes on Kalman's filter gives the restricted likelihood (Harville 1977, "Maximum likelihood approaches to variance
//! component estimation") and, by generalised least squares, F's test of months that are alike. The tests are weighed by the likelihoods: where a
//! record leaves open how far days hang together, so does the test.

use super::months::beyond;
use poolwise_math::{exp, ln};

/// Correlations with the next day's that are thought of.
const CHAINS: [f64; 10] = [0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97];
/// Shares of a day's variance that go on.
const SHARES: [f64; 4] = [0.3, 0.5, 0.7, 0.9];
/// How likely days are not to hang together before the record is seen, over one chain.
const APART: f64 = 30.0;
/// Correlations from here on are near to 1.
pub(crate) const NEAR_ONE: f64 = 0.93;
/// A mean and a slope for each month.
const COLUMNS: usize = 24;

/// A day in its month.
#[derive(Debug, Clone, Copy)]
pub(super) struct DayInMonth {
    /// Its number, from any day on.
    pub number: i32,
    /// January is 0.
    pub month: usize,
    /// How far it lies from the middle of the month, about -1 to 1.
    pub at: f64,
    /// Its demand over that of its weekday.
    pub level: f64,
}

/// What all chains say, weighed by how well each explains the record.
#[derive(Debug, Clone, Copy)]
pub(super) struct OverChains {
    /// Probability that chance alone makes months differ as much.
    pub chance: f64,
    /// Weight of the chains that hang together by [`NEAR_ONE`] or more.
    pub near_one: f64,
}

/// Products of columns and values, each weighed by the precision of what the days before leave of it.
struct Products {
    columns: [[f64; COLUMNS]; COLUMNS],
    with_level: [f64; COLUMNS],
    squares: f64,
    /// Logarithm of the determinant of the values' covariances.
    determinant: f64,
}

/// Runs Kalman's filter over the days, the same for their levels and for all columns.
fn filtered(days: &[DayInMonth], r: f64, share: f64) -> Products {
    let mut out = Products {
        columns: [[0.0; COLUMNS]; COLUMNS],
        with_level: [0.0; COLUMNS],
        squares: 0.0,
        determinant: 0.0,
    };
    // What is foreseen of each column and of the level, and the variance of that.
    let (mut foreseen, mut variance) = ([0.0; COLUMNS + 1], share);
    let mut before = days.first().map_or(0, |d| d.number);
    for d in days {
        for _ in before..d.number {
            foreseen.iter_mut().for_each(|x| *x *= r);
            variance = r * r * variance + share * (1.0 - r * r);
        }
        before = d.number;
        let all = variance + 1.0 - share;
        let mut off = foreseen.map(|x| -x);
        off[d.month] += 1.0;
        off[12 + d.month] += d.at;
        off[COLUMNS] += d.level;
        out.determinant += ln(all);
        for i in 0..COLUMNS {
            let weighed = off[i] / all;
            if weighed.abs() > 1e-9 {
                out.columns[i][..=i].iter_mut().zip(&off).for_each(|(sum, x)| *sum += weighed * x);
                out.with_level[i] += weighed * off[COLUMNS];
            }
        }
        out.squares += off[COLUMNS] * off[COLUMNS] / all;
        let gain = variance / all;
        foreseen.iter_mut().zip(&off).for_each(|(x, off)| *x += gain * off);
        variance *= 1.0 - gain;
    }
    out
}

impl Products {
    /// Squares that are left when columns of one number in `of` have one coefficient, and the logarithm of the determinant of their products.
    fn left(&self, of: &dyn Fn(usize) -> usize, n: usize) -> (f64, f64) {
        let (mut sums, mut right) = (vec![0.0; n * n], vec![0.0; n]);
        for i in 0..COLUMNS {
            right[of(i)] += self.with_level[i];
            for j in 0..COLUMNS {
                sums[of(i) * n + of(j)] += self.columns[i.max(j)][i.min(j)];
            }
        }
        // Cholesky's factor in place, and the right side solved along.
        let (mut determinant, mut fitted) = (0.0, 0.0);
        for j in 0..n {
            let dot = |sums: &[f64], i: usize| (0..j).map(|k| sums[i * n + k] * sums[j * n + k]).sum::<f64>();
            let root = (sums[j * n + j] - dot(&sums, j)).max(1e-12).sqrt();
            determinant += 2.0 * ln(root);
            sums[j * n + j] = root;
            for i in j + 1..n {
                sums[i * n + j] = (sums[i * n + j] - dot(&sums, i)) / root;
            }
            right[j] = (right[j] - (0..j).map(|k| sums[j * n + k] * right[k]).sum::<f64>()) / root;
            fitted += right[j] * right[j];
        }
        ((self.squares - fitted).max(1e-12), determinant)
    }
}

/// Logarithm of the restricted likelihood of one chain, and the probability that chance makes months differ as much under it.
fn one(days: &[DayInMonth], r: f64, share: f64) -> (f64, f64) {
    let products = filtered(days, r, share);
    let (own, determinant) = products.left(&|i| i, COLUMNS);
    // One mean for all months, and their slopes.
    let (alike, _) = products.left(&|i| i.saturating_sub(11), 13);
    let free = (days.len() - COLUMNS) as f64;
    let likelihood = -0.5 * (products.determinant + determinant + free * ln(own));
    (likelihood, beyond(((alike - own) / 11.0 / (own / free)).max(0.0), (11.0, free)))
}

/// Days in order, more than a hundred of them.
pub(super) fn over_chains(days: &[DayInMonth]) -> OverChains {
    let each = CHAINS.iter().flat_map(|r| SHARES.map(|share| (*r, share)));
    let mut found: Vec<(f64, f64, f64)> = each
        .map(|(r, share)| {
            let (likelihood, chance) = one(days, r, share);
            (likelihood, chance, r)
        })
        .collect();
    let (likelihood, chance) = one(days, 0.0, SHARES[0]);
    found.push((likelihood + ln(APART), chance, 0.0));
    let most = found.iter().map(|f| f.0).fold(f64::NEG_INFINITY, f64::max);
    let (mut all, mut out) = (0.0, OverChains { chance: 0.0, near_one: 0.0 });
    for (likelihood, chance, r) in found {
        let weight = exp(likelihood - most);
        all += weight;
        out.chance += weight * chance;
        out.near_one += if r >= NEAR_ONE { weight } else { 0.0 };
    }
    OverChains { chance: out.chance / all, near_one: out.near_one / all }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without a chain the filter is least squares: the squares that are left are those about each month's own line, and about lines through one mean.
    #[test]
    fn without_a_chain_it_is_least_squares() {
        let day = |i: i32| {
            let (month, at) = ((i / 30) as usize, f64::from(i % 30 - 15) / 15.0 + 1.0 / 30.0);
            let odd = if i % 2 == 0 { 0.1 } else { -0.1 };
            DayInMonth { number: i, month, at, level: 1.0 + 0.01 * month as f64 + 0.2 * at + odd }
        };
        let days: Vec<DayInMonth> = (0..360).map(day).collect();
        let products = filtered(&days, 0.0, 0.3);
        let (own, _) = products.left(&|i| i, COLUMNS);
        // A slope takes a little of what goes up and down by turns: 30 cells of 0.1, less (sum of at x odd)^2 / sum of at^2 = 0.01 / (30 x 899 / 2700).
        let each = 30.0 * 0.01 - 0.01 / (30.0 * 899.0 / 2700.0);
        assert!((own - 12.0 * each).abs() < 1e-9, "{own} {}", 12.0 * each);
        let (alike, _) = products.left(&|i| i.saturating_sub(11), 13);
        // Twelve means 0.01 apart: 30 x 0.0001 x 143.
        assert!((alike - own - 30.0 * 1e-4 * 143.0).abs() < 1e-9, "{alike} {own}");
        assert!(over_chains(&days).near_one < 0.01);
    }
}
