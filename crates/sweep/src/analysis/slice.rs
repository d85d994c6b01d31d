//! Points along one axis while the others stay where they usually are, and planes of two axes.

use crate::results::SweepResults;

/// Points along one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// Index of the axis that is cut.
    pub axis: usize,
    /// Its values and their points, ascending.
    pub at: Vec<(f64, usize)>,
    /// Values of all axes; that of `axis` itself means nothing.
    pub others: Vec<f64>,
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
    let on = |p: &Vec<f64>| p.iter().zip(through).enumerate().all(|(k, (a, b))| k == axis || a == b);
    let mut at: Vec<(f64, usize)> =
        results.points.iter().enumerate().filter(|(_, p)| on(p)).map(|(i, p)| (p[axis], i)).collect();
    at.sort_by(|a, b| a.0.total_cmp(&b.0));
    at.dedup_by(|a, b| a.0 == b.0);
    Slice { axis, at, others: through.to_vec() }
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
            let mut others = point.clone();
            others[k] = usual.others[k];
            if !combinations.contains(&others) {
                combinations.push(others);
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
            let plane = plane(results, (x, y), &through);
            let there = plane.points.iter().flatten().flatten().count();
            if there * 2 >= plane.xs.len() * plane.ys.len() {
                out.push(plane);
            }
        }
    }
    out
}

fn plane(results: &SweepResults, axes: (usize, usize), through: &[f64]) -> Plane {
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
    let (xs, ys) = (of(axes.0), of(axes.1));
    let mut points = vec![vec![None; xs.len()]; ys.len()];
    for &i in &on {
        let at = |levels: &[f64], k: usize| levels.iter().position(|l| *l == results.points[i][k]);
        if let (Some(x), Some(y)) = (at(&xs, axes.0), at(&ys, axes.1)) {
            points[y][x] = Some(i);
        }
    }
    Plane { axes, xs, ys, points, others: through.to_vec() }
}
