use super::*;
use crate::double::Double;
use crate::testing::{POINTS, scattered, true_ln, ulps};

#[test]
fn a_million_points() {
    // Bases and exponents as they occur, and large exponents of bases near one.
    let mut next = scattered();
    let mut pairs = (0..POINTS).map(|i| match i % 4 {
        0 => (30.0 * next(), 10.0 * next() - 2.0),
        1 => (1e6 * next(), 6.0 * next() - 3.0),
        2 => (0.5 + next(), 1_000.0 * (next() - 0.5)),
        _ => (0.99 + 0.02 * next(), 40_000.0 * (next() - 0.5)),
    });
    let mut worst = [(0.0, (0.0, 0.0)); 2];
    for (x, y) in pairs.by_ref() {
        let truth = true_ln(x).times(Double::of(y));
        if truth.hi.abs() < 700.0 {
            let error = ulps(powf(x, y), truth.exp());
            let worst = &mut worst[usize::from(y.abs() >= SMALL)];
            if error > worst.0 {
                *worst = (error, (x, y));
            }
        }
    }
    assert!(worst[0].0 < 0.6 && worst[1].0 < 1.0, "{worst:?}");
}

#[test]
fn exact_powers_are_exact() {
    for x in 1..=40 {
        for n in 0..=8 {
            let exact = powi(f64::from(x), n);
            assert_eq!(powf(f64::from(x), f64::from(n)), exact);
            assert_eq!(powf(exact, 1.0), exact);
        }
        assert_eq!(powf(f64::from(x * x), 0.5), f64::from(x));
        assert_eq!(powf(f64::from(x * x), -1.0), 1.0 / f64::from(x * x));
    }
}

#[test]
fn special_values_of_ieee_754() {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    for (x, y, value) in [
        (0.0, 0.0, 1.0),
        (nan, 0.0, 1.0),
        (1.0, nan, 1.0),
        (0.0, 2.0, 0.0),
        (-0.0, 3.0, -0.0),
        (0.0, -1.0, inf),
        (-2.0, 3.0, -8.0),
        (-2.0, 2.0, 4.0),
        (inf, 0.5, inf),
        (inf, -0.5, 0.0),
        (0.5, inf, 0.0),
        (2.0, inf, inf),
        (2.0, 1_023.0, powi(2.0, 1_023)),
        (2.0, 1_024.0, inf),
        (2.0, -1_074.0, 5e-324),
        (2.0, -1_080.0, 0.0),
        (1e-310, 0.5, 1e-310_f64.sqrt()),
        (1.0, 1e300, 1.0),
    ] {
        let found = powf(x, y);
        assert!(found == value && found.is_sign_negative() == value.is_sign_negative(), "{x}^{y}: {found}");
    }
    assert!(powf(-2.0, 0.5).is_nan() && powf(nan, 1.0).is_nan() && powf(2.0, nan).is_nan());
}

#[test]
fn whole_powers_multiply_in_one_order() {
    let x = 1.1_f64;
    assert_eq!(powi(x, 0), 1.0);
    assert_eq!(powi(x, 1), x);
    assert_eq!(powi(x, 2), x * x);
    assert_eq!(powi(x, 3), x * (x * x));
    assert_eq!(powi(x, 4), (x * x) * (x * x));
    assert_eq!(powi(x, 5), x * ((x * x) * (x * x)));
    assert_eq!(powi(x, -2), 1.0 / (x * x));
    assert_eq!(powi(0.0, 0), 1.0);
    assert_eq!(powi(2.0, i32::MIN), 0.0);
    assert_eq!(powi(-1.0, i32::MAX), -1.0);
    assert!((hypot(3e200, 4e200) / 5e200 - 1.0).abs() < 2e-16);
}
