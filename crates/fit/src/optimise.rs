//! Maxima of smooth functions of one to three numbers, and their curvature.

use poolwise_math::ln;

/// The maximum of a function that rises and falls once over `[low, high]`: golden sections (Kiefer 1953).
pub(crate) fn golden(mut low: f64, mut high: f64, f: &dyn Fn(f64) -> f64) -> (f64, f64) {
    const RATIO: f64 = 0.618_033_988_749_894_9;
    let (mut a, mut b) = (high - RATIO * (high - low), low + RATIO * (high - low));
    let (mut fa, mut fb) = (f(a), f(b));
    for _ in 0..70 {
        if fa >= fb {
            (high, b, fb) = (b, a, fa);
            a = high - RATIO * (high - low);
            fa = f(a);
        } else {
            (low, a, fa) = (a, b, fb);
            b = low + RATIO * (high - low);
            fb = f(b);
        }
        if high - low < 1e-10 * (1.0 + low.abs()) {
            break;
        }
    }
    if fa >= fb { (a, fa) } else { (b, fb) }
}

/// The maximum near `start` by the simplex of Nelder and Mead (1965). `step` is the size of the first simplex.
pub(crate) fn simplex(start: &[f64], step: f64, f: &dyn Fn(&[f64]) -> f64) -> (Vec<f64>, f64) {
    let n = start.len();
    if n == 0 {
        return (Vec::new(), f(&[]));
    }
    if n == 1 {
        let mut wide = step;
        loop {
            let (x, y) = golden(start[0] - wide, start[0] + wide, &|x| f(&[x]));
            if (x - start[0]).abs() < 0.98 * wide || wide > 60.0 {
                return (vec![x], y);
            }
            wide *= 3.0;
        }
    }
    let value = |x: &[f64]| {
        let y = f(x);
        if y.is_nan() { f64::NEG_INFINITY } else { y }
    };
    let mut points: Vec<(Vec<f64>, f64)> = vec![(start.to_vec(), value(start))];
    for i in 0..n {
        let mut x = start.to_vec();
        x[i] += step;
        let y = value(&x);
        points.push((x, y));
    }
    for _ in 0..400 {
        points.sort_by(|a, b| b.1.total_cmp(&a.1));
        let (best, worst) = (points[0].1, points[n].1);
        let spread = (0..n).map(|i| (points[n].0[i] - points[0].0[i]).abs()).fold(0.0, f64::max);
        if best - worst < 1e-10 * (1.0 + best.abs()) && spread < 1e-6 {
            break;
        }
        let centre: Vec<f64> =
            (0..n).map(|i| points[..n].iter().map(|p| p.0[i]).sum::<f64>() / n as f64).collect();
        let along =
            |t: f64| -> Vec<f64> { (0..n).map(|i| centre[i] + t * (points[n].0[i] - centre[i])).collect() };
        let reflected = along(-1.0);
        let y = value(&reflected);
        let replaced = if y > best {
            let further = along(-2.0);
            let z = value(&further);
            Some(if z > y { (further, z) } else { (reflected, y) })
        } else if y > points[n - 1].1 {
            Some((reflected, y))
        } else {
            let nearer = if y > worst { along(-0.5) } else { along(0.5) };
            let z = value(&nearer);
            (z > worst.max(y)).then_some((nearer, z))
        };
        match replaced {
            Some(point) => points[n] = point,
            None => {
                let first = points[0].0.clone();
                for p in &mut points[1..] {
                    for (x, b) in p.0.iter_mut().zip(&first) {
                        *x = f64::midpoint(*x, *b);
                    }
                    p.1 = value(&p.0);
                }
            }
        }
    }
    points.sort_by(|a, b| b.1.total_cmp(&a.1));
    points.swap_remove(0)
}

/// Standard errors of the coordinates at a maximum: the inverse of the second differences. `None` where the surface
/// is flat or bent the wrong way.
pub(crate) fn standard_errors(at: &[f64], f: &dyn Fn(&[f64]) -> f64) -> Option<Vec<f64>> {
    let n = at.len();
    let h = 1e-3;
    let shifted = |moves: &[(usize, f64)]| {
        let mut x = at.to_vec();
        for &(i, d) in moves {
            x[i] += d;
        }
        f(&x)
    };
    let middle = f(at);
    let second = |i: usize, j: usize| {
        if i == j {
            return -(shifted(&[(i, h)]) - 2.0 * middle + shifted(&[(i, -h)])) / (h * h);
        }
        let mixed = shifted(&[(i, h), (j, h)]) - shifted(&[(i, h), (j, -h)]) - shifted(&[(i, -h), (j, h)])
            + shifted(&[(i, -h), (j, -h)]);
        -mixed / (4.0 * h * h)
    };
    let bend: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| second(i, j)).collect()).collect();
    let inverse = inverse(bend)?;
    (0..n).map(|i| (inverse[i][i] > 0.0).then(|| inverse[i][i].sqrt())).collect()
}

/// The inverse of a small matrix by elimination.
fn inverse(mut a: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let n = a.len();
    let mut out: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for i in 0..n {
        let pivot = (i..n).max_by(|x, y| a[*x][i].abs().total_cmp(&a[*y][i].abs()))?;
        if a[pivot][i].abs() < 1e-300 || !a[pivot][i].is_finite() {
            return None;
        }
        a.swap(i, pivot);
        out.swap(i, pivot);
        let scale = a[i][i];
        for j in 0..n {
            a[i][j] /= scale;
            out[i][j] /= scale;
        }
        for k in (0..n).filter(|k| *k != i) {
            let by = a[k][i];
            for j in 0..n {
                let (x, y) = (a[i][j], out[i][j]);
                a[k][j] -= by * x;
                out[k][j] -= by * y;
            }
        }
    }
    Some(out)
}

/// What twice the loss of likelihood may be inside a 95 % interval. Of the normal law's mean it is exact,
/// n ln(1 + t^2 / (n - p)); of others it is closer than the limit, chi-square's 3.84, which it goes to.
pub(crate) fn allowed(n: usize, parameters: usize) -> f64 {
    let df = n.saturating_sub(parameters).max(1) as f64;
    let t = poolwise_math::student_quantile(0.975, df);
    n as f64 * ln(1.0 + t * t / df)
}

/// The interval of a coordinate by profile likelihood: where the best that the other coordinates can do
/// has fallen by half of `allowed`.
pub(crate) fn profile(
    at: &[f64],
    i: usize,
    error: f64,
    allowed: f64,
    f: &dyn Fn(&[f64]) -> f64,
) -> (f64, f64) {
    let best = f(at);
    let others: Vec<f64> = at.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, x)| *x).collect();
    let profiled = |x: f64, from: &[f64]| -> (f64, Vec<f64>) {
        let join = |rest: &[f64]| {
            let mut all = rest.to_vec();
            all.insert(i, x);
            f(&all)
        };
        let (rest, y) = simplex(from, 0.2, &join);
        (2.0 * (best - y) - allowed, rest)
    };
    let end = |sign: f64| {
        let (mut inside, mut step, mut rest) = (at[i], error * allowed.sqrt(), others.clone());
        let mut outside = None;
        for _ in 0..12 {
            let x = inside + sign * step;
            let (y, moved) = profiled(x, &rest);
            if y >= 0.0 || y.is_nan() {
                outside = Some(x);
                break;
            }
            (inside, rest) = (x, moved);
            step *= 1.5;
        }
        let Some(mut outside) = outside else { return sign * f64::INFINITY };
        for _ in 0..16 {
            let x = f64::midpoint(inside, outside);
            let (y, moved) = profiled(x, &rest);
            if y < 0.0 {
                (inside, rest) = (x, moved);
            } else {
                outside = x;
            }
        }
        f64::midpoint(inside, outside)
    };
    (end(-1.0), end(1.0))
}
