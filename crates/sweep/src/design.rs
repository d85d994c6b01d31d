//! Designs: which points of the axes' space are simulated.
//!
//! A point is a row of numbers, one for each axis; an axis of words counts positions in its list.

use poolwise_engine::random::name_key;
use poolwise_math::powf;
use poolwise_scenario::sweep::{Axis, AxisSpot, Constraint, Design, in_unit, round};
use rand::rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::ops::{Index, IndexMut};
use std::sync::Arc;

/// Points of a design, row by row: eight bytes a value, which clones share.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    axes: usize,
    rows: Arc<Vec<f64>>,
    /// Points that a constraint left out.
    pub left_out: u64,
}

impl Points {
    /// So many points whose values are not known yet: NaN.
    pub(crate) fn unknown(axes: usize, points: usize, left_out: u64) -> Self {
        Self { axes: axes.max(1), rows: Arc::new(vec![f64::NAN; axes.max(1) * points]), left_out }
    }

    /// Number of points of the design.
    pub fn len(&self) -> usize {
        self.rows.len() / self.axes
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Values of a point.
    pub fn row(&self, point: usize) -> &[f64] {
        &self.rows[point * self.axes..(point + 1) * self.axes]
    }

    /// All points, each a value an axis.
    pub fn iter(&self) -> std::slice::ChunksExact<'_, f64> {
        self.rows.chunks_exact(self.axes)
    }
}

impl<'p> IntoIterator for &'p Points {
    type Item = &'p [f64];
    type IntoIter = std::slice::ChunksExact<'p, f64>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Index<usize> for Points {
    type Output = [f64];

    fn index(&self, point: usize) -> &[f64] {
        self.row(point)
    }
}

impl IndexMut<usize> for Points {
    fn index_mut(&mut self, point: usize) -> &mut [f64] {
        &mut Arc::make_mut(&mut self.rows)[point * self.axes..(point + 1) * self.axes]
    }
}

/// How many points a design has before constraints, without making them. As a float, since designs may
/// be absurd.
pub(crate) fn size(design: &Design, axes: &[Axis]) -> f64 {
    let levels = |a: &Axis| a.levels.as_ref().map_or(1, Vec::len) as f64;
    match design {
        Design::Grid => axes.iter().map(levels).product(),
        Design::OneAtATime => 1.0 + axes.iter().map(levels).sum::<f64>(),
        Design::LatinHypercube { points, .. } => *points as f64,
        Design::Saltelli { base, .. } => f64::from(*base) * (axes.len() as f64 + 2.0),
        Design::Csv { rows, .. } => (rows.len() / axes.len().max(1)) as f64,
    }
}

/// The points that satisfy all constraints.
pub(crate) fn points(design: &Design, axes: &[Axis], constraints: &[(Constraint, AxisSpot)]) -> Points {
    let room = if constraints.is_empty() { size(design, axes) as usize * axes.len() } else { 0 };
    let (mut rows, mut left_out) = (Vec::with_capacity(room), 0);
    let mut keep = |row: &[f64]| {
        if constraints.iter().all(|(c, _)| c.holds(row)) {
            rows.extend_from_slice(row);
        } else {
            left_out += 1;
        }
    };
    match design {
        Design::Grid => grid(axes, &mut keep),
        Design::OneAtATime => one_at_a_time(axes, &mut keep),
        Design::LatinHypercube { points, seed } => hypercube(axes, *points as usize, *seed, &mut keep),
        Design::Saltelli { base, seed } => saltelli(axes, *base, *seed, &mut keep),
        Design::Csv { rows, .. } => rows.chunks_exact(axes.len()).for_each(keep),
    }
    rows.shrink_to_fit();
    Points { axes: axes.len(), rows: Arc::new(rows), left_out }
}

fn levels(axis: &Axis) -> &[f64] {
    axis.levels.as_deref().unwrap_or(&[])
}

/// All combinations; the last axis varies fastest.
fn grid(axes: &[Axis], keep: &mut dyn FnMut(&[f64])) {
    if axes.iter().any(|a| levels(a).is_empty()) {
        return;
    }
    let mut at = vec![0; axes.len()];
    let mut row: Vec<f64> = axes.iter().map(|a| levels(a)[0]).collect();
    loop {
        keep(&row);
        let mut k = axes.len();
        loop {
            if k == 0 {
                return;
            }
            k -= 1;
            at[k] += 1;
            if at[k] < levels(&axes[k]).len() {
                row[k] = levels(&axes[k])[at[k]];
                break;
            }
            at[k] = 0;
            row[k] = levels(&axes[k])[0];
        }
    }
}

/// The base point, then each axis through its other levels while the rest stay.
fn one_at_a_time(axes: &[Axis], keep: &mut dyn FnMut(&[f64])) {
    let base: Vec<f64> = axes.iter().map(|a| a.base.unwrap_or(f64::NAN)).collect();
    keep(&base);
    for (k, axis) in axes.iter().enumerate() {
        for level in levels(axis).iter().filter(|l| **l != base[k]) {
            let mut row = base.clone();
            row[k] = *level;
            keep(&row);
        }
    }
}

/// The axis' value at `u` of [0, 1): along its range, or among its listed values.
fn at(axis: &Axis, u: f64) -> f64 {
    if let Some(law) = &axis.law {
        // The very ends of a distribution may lie at infinity.
        let value = law.value(u.clamp(1e-6, 1.0 - 1e-6));
        return in_unit(&value, axis.unit.as_deref()).map_or(f64::NAN, round);
    }
    match (axis.range, &axis.levels) {
        (Some((from, to)), _) => {
            let x = if axis.log { from * powf(to / from, u) } else { from + u * (to - from) };
            let x = if axis.whole { x.round() } else { round(x) };
            x.clamp(from, to)
        }
        (None, Some(levels)) => levels[((u * levels.len() as f64) as usize).min(levels.len() - 1)],
        (None, None) => f64::NAN,
    }
}

/// A Latin hypercube (McKay, Beckman and Conover 1979): each axis' range is cut into as many strata as
/// there are points; each stratum is hit once, at a random place. The order of an axis' strata depends on
/// the seed and its name alone, so that adding an axis leaves the others as they were.
fn hypercube(axes: &[Axis], n: usize, seed: u64, keep: &mut dyn FnMut(&[f64])) {
    let columns: Vec<Vec<f64>> = axes
        .iter()
        .map(|axis| {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ name_key(&axis.name));
            let mut unit = move || (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
            let mut strata: Vec<usize> = (0..n).collect();
            // Fisher and Yates.
            for i in (1..n).rev() {
                strata.swap(i, (unit() * (i + 1) as f64) as usize);
            }
            strata.into_iter().map(|s| at(axis, (s as f64 + unit()) / n as f64)).collect()
        })
        .collect();
    let mut row = vec![0.0; axes.len()];
    for i in 0..n {
        for (x, column) in row.iter_mut().zip(&columns) {
            *x = column[i];
        }
        keep(&row);
    }
}

/// Saltelli's design (Saltelli 2002; Saltelli et al. 2010): for each row j of two matrices A and B of
/// quasi-random points, the points A_j, then A_j with column i from B_j for each axis i, then B_j. The
/// matrices are the first and second half of the columns of a Sobol sequence with Owen's scrambling, in
/// the form of Burley (2020).
fn saltelli(axes: &[Axis], base: u32, seed: u64, keep: &mut dyn FnMut(&[f64])) {
    let k = axes.len();
    let seed = (seed ^ (seed >> 32)) as u32;
    let value = |j: u32, axis: usize, dimension: usize| {
        at(&axes[axis], f64::from(sobol_burley::sample(j, dimension as u32, seed)))
    };
    for j in 0..base {
        let a: Vec<f64> = (0..k).map(|i| value(j, i, i)).collect();
        let b: Vec<f64> = (0..k).map(|i| value(j, i, k + i)).collect();
        keep(&a);
        for i in 0..k {
            let mut row = a.clone();
            row[i] = b[i];
            keep(&row);
        }
        keep(&b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_math::log2;
    use std::fs;

    /// Axes and design of a sweep file.
    fn plan(text: &str) -> (Points, f64) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.toml");
        fs::write(&path, format!("scenarios = ['x.toml']\n{text}")).unwrap();
        let file = poolwise_scenario::sweep::load(&path).unwrap_or_else(|e| panic!("{e}"));
        (points(&file.design, &file.axes, &file.constraints), size(&file.design, &file.axes))
    }

    const TWO: &str = "[axis.a]\npath = 'x'\nfrom = 0\nto = 1\nsteps = 3\n\
                       [axis.b]\npath = 'y'\nvalues = [10, 20]\n";

    #[test]
    fn a_grid_has_all_combinations_but_for_constraints() {
        let (p, size) = plan(TWO);
        let rows: Vec<&[f64]> = p.iter().collect();
        let wanted = [[0.0, 10.0], [0.0, 20.0], [0.5, 10.0], [0.5, 20.0], [1.0, 10.0], [1.0, 20.0]];
        assert_eq!(rows, wanted);
        assert_eq!(size, 6.0);
        let (p, _) = plan(&format!("constraints = ['a * b < 10']\n{TWO}"));
        assert_eq!(p.iter().collect::<Vec<_>>(), &wanted[..3]);
        assert_eq!(p.left_out, 3);
    }

    #[test]
    fn ranges_have_round_levels_in_their_unit() {
        let (p, _) = plan("[axis.a]\npath = 'x'\nfrom = '6 min'\nto = 1.5\nstep = 0.1\nunit = 'h'\n");
        let a: Vec<f64> = p.iter().map(|r| r[0]).collect();
        assert_eq!((a.len(), a[0], a[2], a[14]), (15, 0.1, 0.3, 1.5));
        let (p, _) = plan("[axis.a]\npath = 'x'\nfrom = 1\nto = 1000\nlog_steps = 4\n");
        assert_eq!(p.iter().map(|r| r[0]).collect::<Vec<_>>(), [1.0, 10.0, 100.0, 1000.0]);
        let (p, _) = plan("[axis.a]\npath = 'x'\nfrom = 1\nto = 3\nsteps = 5\nwhole = true\n");
        assert_eq!(p.iter().map(|r| r[0]).collect::<Vec<_>>(), [1.0, 2.0, 3.0]);
    }

    #[test]
    fn one_at_a_time_departs_from_the_base() {
        let (p, _) = plan(
            "design = 'one-at-a-time'\n[axis.a]\npath = 'x'\nvalues = [1, 2, 3]\nbase = 2\n\
             [axis.b]\npath = 'y'\nvalues = ['u', 'v']\nbase = 'v'\n",
        );
        let rows: Vec<&[f64]> = p.iter().collect();
        assert_eq!(rows, [[2.0, 1.0], [1.0, 1.0], [3.0, 1.0], [2.0, 0.0]]);
    }

    #[test]
    fn a_hypercube_hits_each_stratum_once() {
        let text = "[design.latin_hypercube]\npoints = 50\nseed = 7\n\
                    [axis.a]\npath = 'x'\nfrom = 0\nto = 100\n\
                    [axis.b]\npath = 'y'\nfrom = 1\nto = 1024\nlog = true\n";
        let (p, size) = plan(text);
        assert_eq!((p.len(), size), (50, 50.0));
        let mut a: Vec<usize> = p.iter().map(|r| (r[0] / 2.0) as usize).collect();
        let mut b: Vec<usize> = p.iter().map(|r| (log2(r[1]) * 5.0) as usize).collect();
        a.sort_unstable();
        b.sort_unstable();
        assert_eq!(a, (0..50).collect::<Vec<_>>());
        assert_eq!(b, (0..50).collect::<Vec<_>>());
        // Another axis changes nothing for those that were there.
        let (q, _) = plan(&format!("{text}[axis.c]\npath = 'z'\nfrom = 0\nto = 1\n"));
        assert!(p.iter().zip(q.iter()).all(|(p, q)| p == &q[..2]));
    }

    #[test]
    fn saltelli_swaps_one_column_at_a_time() {
        let (p, size) = plan(
            "[design.saltelli]\nbase = 64\n[axis.a]\npath = 'x'\nfrom = 0\nto = 1\n\
             [axis.b]\npath = 'y'\nfrom = 0\nto = 1\n[axis.c]\npath = 'z'\nvalues = [5, 6]\n",
        );
        assert_eq!((p.len(), size), (64 * 5, 320.0));
        for j in 0..64 {
            let row = |i: usize| p.row(j * 5 + i);
            let (a, b) = (row(0), row(4));
            for i in 0..3 {
                for k in 0..3 {
                    assert_eq!(row(1 + i)[k], if i == k { b[k] } else { a[k] });
                }
            }
        }
        // A Sobol sequence of 64 points has one in each 64th of an axis.
        let mut cells: Vec<usize> = (0..64).map(|j| (p.row(j * 5)[0] * 64.0) as usize).collect();
        cells.sort_unstable();
        assert_eq!(cells, (0..64).collect::<Vec<_>>());
    }

    #[test]
    fn points_from_a_file() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("p.csv"), "word,point,a\nv,0,1.5\nu,1,2\n").unwrap();
        let path = dir.path().join("s.toml");
        let text = "scenarios = ['x.toml']\ndesign = { csv = 'p.csv' }\n[axis.a]\npath = 'x'\nfrom = 1\nto = 2\n\
                    [axis.word]\npath = 'y'\nvalues = ['u', 'v']\n";
        fs::write(&path, text).unwrap();
        let file = poolwise_scenario::sweep::load(&path).unwrap();
        let p = points(&file.design, &file.axes, &[]);
        assert_eq!(p.iter().collect::<Vec<_>>(), [[1.5, 1.0], [2.0, 0.0]]);
    }
}
