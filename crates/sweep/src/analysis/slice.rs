//! Points along one axis while the others stay where they usually are, and planes of two axes.

use crate::results::SweepResults;
use std::cmp::Ordering;

/// Points along one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// Index of the axis that is cut.
    pub axis: usize,
    /// Its values and their points, ascending.
    pub at: Vec<(f64, usize)>,
    /// Values of all axes; that of `axis` itself means nothing.
    pub others: Vec<f64>,
    /// How many points there are along it, of which `at` has up to a thousand.
    pub of: usize,
}

/// Points of a slice that are looked at and shown, at most: of more that many evenly spaced ones, both ends among them.
const MOST_ALONG: usize = 1_000;
/// Levels of a side of a plane that are shown, at most, chosen alike.
const MOST_LEVELS: usize = 100;

/// At most so many of a list, evenly spaced, its first and its last among them.
fn thinned<T: Copy>(all: Vec<T>, most: usize) -> Vec<T> {
    if all.len() <= most {
        return all;
    }
    let last = all.len() - 1;
    (0..most).map(|k| all[(k * last + (most - 1) / 2) / (most - 1)]).collect()
}

/// Levels of an axis that occur among the points, ascending.
pub(crate) fn levels(results: &SweepResults, axis: usize) -> Vec<f64> {
    let mut found: Vec<f64> = results.points.iter().map(|p| p[axis]).collect();
    found.sort_by(f64::total_cmp);
    found.dedup();
    found
}

/// The usual value of every axis: its base, or the level nearest to it; without a base the middle level.
pub fn reference(results: &SweepResults) -> Vec<f64> {
    (0..results.manifest.axes.len())
        .map(|k| {
            let levels = levels(results, k);
            let middle = levels.get(levels.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN);
            let Some(base) = results.manifest.axes[k].base else { return middle };
            levels
                .iter()
                .copied()
                .min_by(|a, b| (a - base).abs().total_cmp(&(b - base).abs()))
                .unwrap_or(middle)
        })
        .collect()
}

/// The slice along an axis through a point of the space; empty where the design has no such points.
pub(crate) fn slice(results: &SweepResults, axis: usize, through: &[f64]) -> Slice {
    let on = |p: &[f64]| p.iter().zip(through).enumerate().all(|(k, (a, b))| k == axis || a == b);
    let mut at: Vec<(f64, usize)> =
        results.points.iter().enumerate().filter(|(_, p)| on(p)).map(|(i, p)| (p[axis], i)).collect();
    at.sort_by(|a, b| a.0.total_cmp(&b.0));
    at.dedup_by(|a, b| a.0 == b.0);
    Slice { axis, of: at.len(), at: thinned(at, MOST_ALONG), others: through.to_vec() }
}

/// Slices along all axes through the usual point, those with two points or more.
pub fn slices(results: &SweepResults) -> Vec<Slice> {
    let through = reference(results);
    (0..through.len()).map(|k| slice(results, k, &through)).filter(|s| s.at.len() > 1).collect()
}

/// Levels from which an axis is a course rather than a few cases.
const COURSE: usize = 8;
/// Combinations of the other axes that are shown, at most.
const MOST_FACETS: usize = 6;

/// Slices along the axes with many levels, one for each combination of the others, where those are few;
/// else as [`slices`].
pub fn facets(results: &SweepResults) -> Vec<Slice> {
    let mut out = Vec::new();
    for usual in slices(results) {
        let k = usual.axis;
        let mut combinations: Vec<Vec<f64>> = Vec::new();
        for point in &results.points {
            let other = |at: usize, x: f64| if at == k { usual.others[k] } else { x };
            let same = |c: &Vec<f64>| point.iter().zip(c).enumerate().all(|(at, (x, c))| other(at, *x) == *c);
            if !combinations.iter().any(same) {
                combinations.push(point.iter().enumerate().map(|(at, x)| other(at, *x)).collect());
                if combinations.len() > MOST_FACETS {
                    break;
                }
            }
        }
        if levels(results, k).len() >= COURSE && (2..=MOST_FACETS).contains(&combinations.len()) {
            out.extend(combinations.iter().map(|c| slice(results, k, c)).filter(|s| s.at.len() > 1));
        } else {
            out.push(usual);
        }
    }
    out
}

/// A plane of two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// Horizontal and vertical axis.
    pub axes: (usize, usize),
    /// Levels of the horizontal axis.
    pub xs: Vec<f64>,
    /// Levels of the vertical axis.
    pub ys: Vec<f64>,
    /// The point at each pair of levels, by vertical then horizontal level; `None` where there is none.
    pub points: Vec<Vec<Option<usize>>>,
    /// Values of all axes; those of the plane's own mean nothing.
    pub others: Vec<f64>,
    /// How many levels there are of both axes, of which up to a hundred each are in it.
    pub of: (usize, usize),
}

/// Planes through the usual point, of each pair of axes of numbers with three levels or more of which at least
/// half of the pairs of levels were simulated.
pub fn planes(results: &SweepResults) -> Vec<Plane> {
    let through = reference(results);
    let wide: Vec<usize> = (0..through.len())
        .filter(|&k| results.manifest.axes[k].words.is_empty() && levels(results, k).len() > 2)
        .collect();
    let mut out = Vec::new();
    for (i, &x) in wide.iter().enumerate() {
        for &y in &wide[i + 1..] {
            out.extend(plane(results, (x, y), &through));
        }
    }
    out
}

/// The plane of two axes; none where less than half of the pairs of levels were simulated.
fn plane(results: &SweepResults, axes: (usize, usize), through: &[f64]) -> Option<Plane> {
    let on: Vec<usize> = (0..results.points.len())
        .filter(|&i| {
            let p = &results.points[i];
            (0..p.len()).all(|k| k == axes.0 || k == axes.1 || p[k] == through[k])
        })
        .collect();
    let of = |k: usize| {
        let mut v: Vec<f64> = on.iter().map(|&i| results.points[i][k]).collect();
        v.sort_by(f64::total_cmp);
        v.dedup();
        v
    };
    let (all_xs, all_ys) = (of(axes.0), of(axes.1));
    let of = (all_xs.len(), all_ys.len());
    // Scattered points have as many levels as points: pairs of all of them are nothing to hold.
    if on.len() * 2 < of.0 * of.1 {
        return None;
    }
    // Zeros are equal, whatever their sign.
    let order = |a: &f64, b: f64| if *a == b { Ordering::Equal } else { a.total_cmp(&b) };
    let at = |levels: &[f64], x: f64| levels.binary_search_by(|l| order(l, x)).ok();
    let mut there = vec![false; of.0 * of.1];
    for &i in &on {
        let (x, y) = (results.points[i][axes.0], results.points[i][axes.1]);
        if let (Some(x), Some(y)) = (at(&all_xs, x), at(&all_ys, y)) {
            there[y * of.0 + x] = true;
        }
    }
    if there.iter().filter(|there| **there).count() * 2 < there.len() {
        return None;
    }
    let (xs, ys) = (thinned(all_xs, MOST_LEVELS), thinned(all_ys, MOST_LEVELS));
    let mut points = vec![vec![None; xs.len()]; ys.len()];
    for &i in &on {
        let (x, y) = (results.points[i][axes.0], results.points[i][axes.1]);
        if let (Some(x), Some(y)) = (at(&xs, x), at(&ys, y)) {
            points[y][x] = Some(i);
        }
    }
    Some(Plane { axes, xs, ys, points, others: through.to_vec(), of })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_thinned_keeps_its_ends_and_is_evenly_spaced() {
        assert_eq!(thinned(vec![1, 2, 3], 3), [1, 2, 3]);
        let some = thinned((0..=1_000_000).collect(), 1_000);
        assert_eq!((some.len(), some[0], some[999]), (1_000, 0, 1_000_000));
        assert!(some.windows(2).all(|w| (1_001..=1_002).contains(&(w[1] - w[0]))));
    }
}
