//! A smooth trend through scattered points.
use poolwise_math::powi;

/// Share of the points that bear on each place of the trend.
const SPAN: f64 = 0.6;

/// Local linear regression with tricube weights (Cleveland 1979, without its robust steps) at `at`, from the
/// nearest 60 % of the points. NaN where fewer than three are defined.
///
/// # Panics
/// If the slices differ in length.
pub fn local_line(x: &[f64], y: &[f64], at: f64) -> f64 {
    assert_eq!(x.len(), y.len(), "one y for each x");
    let mut near: Vec<(f64, f64, f64)> = x
        .iter()
        .zip(y)
        .filter(|(a, b)| a.is_finite() && b.is_finite())
        .map(|(a, b)| ((a - at).abs(), *a, *b))
        .collect();
    if near.len() < 3 {
        return f64::NAN;
    }
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    let reach = ((near.len() as f64 * SPAN).ceil() as usize).clamp(3, near.len());
    // A little beyond the furthest, so that it counts too.
    let width = near[reach - 1].0 * 1.000_001;
    if width == 0.0 {
        return near[..reach].iter().map(|p| p.2).sum::<f64>() / reach as f64;
    }
    let (mut w, mut wx, mut wy, mut wxx, mut wxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (d, a, b) in &near[..reach] {
        let k = powi(1.0 - powi(d / width, 3), 3);
        let u = a - at;
        w += k;
        wx += k * u;
        wy += k * b;
        wxx += k * u * u;
        wxy += k * u * b;
    }
    let spread = w * wxx - wx * wx;
    if spread <= 1e-12 * w * wxx { wy / w } else { (wxx * wy - wx * wxy) / spread }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_its_own_trend() {
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|x| 3.0 - 0.5 * x).collect();
        for at in [0.0, 7.3, 19.0] {
            assert!((local_line(&x, &y, at) - (3.0 - 0.5 * at)).abs() < 1e-9);
        }
    }

    #[test]
    fn degenerate_points() {
        assert!(local_line(&[1.0, 2.0], &[1.0, 2.0], 1.0).is_nan());
        assert!((local_line(&[1.0; 4], &[1.0, 2.0, 3.0, 6.0], 1.0) - 2.0).abs() < 1e-12);
        assert!((local_line(&[1.0, 2.0, 3.0, f64::NAN], &[1.0, 2.0, 3.0, 9.0], 2.5) - 2.5).abs() < 1e-9);
    }
}
