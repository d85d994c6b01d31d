use super::*;
use crate::double::Double;
use crate::testing::{true_sin_cos, worst};

#[test]
fn a_million_points_each() {
    type Case = (&'static str, fn(f64) -> f64, fn(f64) -> Double);
    let cases: [Case; 3] = [
        ("sin", sin, |x| true_sin_cos(x).0),
        ("cos", cos, |x| true_sin_cos(x).1),
        ("tan", tan, |x| true_sin_cos(x).0.over(true_sin_cos(x).1)),
    ];
    for (name, f, truth) in cases {
        let (error, at) = worst(|next| 40.0 * (next() - 0.5), f, truth);
        assert!(error < 1.0, "{name}: {error} ulp at {at}");
    }
}

#[test]
fn a_million_arc_tangents() {
    // atan x = a + (x cos a - sin a) / (cos a + x sin a) for a near value a, to the third power of the difference.
    let truth = |x: f64| {
        let near = libm::atan(x);
        let ((s, c), x) = (true_sin_cos(near), Double::of(x));
        Double::of(near).plus(x.times(c).minus(s).over(c.plus(x.times(s))))
    };
    let (error, at) = worst(|next| (next() - 0.5) * 20.0, atan, truth);
    assert!(error < 1.0, "{error} ulp at {at}");
}

#[test]
fn known_values() {
    use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};
    assert_eq!((sin(0.0), cos(0.0), tan(0.0), atan(0.0)), (0.0, 1.0, 0.0, 0.0));
    assert_eq!((sin(FRAC_PI_2), atan(1.0), atan(f64::INFINITY)), (1.0, FRAC_PI_4, FRAC_PI_2));
    assert_eq!((atan2(1.0, 1.0), atan2(0.0, -1.0), atan2(-1.0, 0.0)), (FRAC_PI_4, PI, -FRAC_PI_2));
    // Multiples of pi by thousands of digits: Payne and Hanek's reduction.
    assert!((sin(1e22) - -0.852_200_849_767_188_8).abs() < 1e-15);
    assert!(sin(f64::INFINITY).is_nan() && cos(f64::NAN).is_nan());
}
