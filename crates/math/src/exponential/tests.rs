use super::*;
use crate::double::RECIPROCALS;
use crate::testing::{ulps, worst};

#[test]
fn a_million_points_of_the_whole_range() {
    let (error, at) = worst(|next| -670.0 + 1_378.0 * next(), exp, |x| Double::of(x).exp());
    assert!(error < 0.52, "{error} ulp at {at}");
    // Near the smallest normal number the reference needs room for its lower part.
    let room = f64::from_bits((1_023 + 128) << 52);
    let truth = |x: f64| Double::of(x + 100.0).exp().scaled(room).times(Double::of(-100.0).exp());
    let (error, at) = worst(|next| -708.39 + 45.0 * next(), |x| exp(x) * room, truth);
    assert!(error < 0.52, "{error} ulp at {at}");
}

#[test]
fn a_million_points_near_zero() {
    let (error, at) = worst(|next| 2.0 * next() - 1.0, exp, |x| Double::of(x).exp());
    assert!(error < 0.52, "{error} ulp at {at}");
    let tiny = |next: &mut dyn FnMut() -> f64| f64::from_bits((next() * 0.5_f64.to_bits() as f64) as u64);
    let (error, at) = worst(tiny, exp, |x| Double::of(x).exp());
    assert!(error < 0.52, "{error} ulp at {at}");
}

#[test]
fn the_ends_of_the_range() {
    for (x, value) in [
        (0.0, 1.0),
        (-0.0, 1.0),
        (f64::MIN_POSITIVE, 1.0),
        (-5e-324, 1.0),
        (1.0, std::f64::consts::E),
        (f64::INFINITY, f64::INFINITY),
        (f64::NEG_INFINITY, 0.0),
        (709.782_712_893_384, 1.797_693_134_862_273_2e308),
        (709.782_712_893_384_1, f64::INFINITY),
        (f64::MAX, f64::INFINITY),
        (-745.133_219_101_941_1, 5e-324),
        (-745.2, 0.0),
        (f64::MIN, 0.0),
    ] {
        assert_eq!(exp(x), value, "{x:e}");
    }
    assert!(exp(f64::NAN).is_nan());
    // Where results are subnormal: one unit in their last place, which is 2^-1074.
    for i in 0..100_000 {
        let x = -708.4 - 36.8 * f64::from(i) / 100_000.0;
        let (room, back) = (f64::from_bits((1_023 + 128) << 52), f64::from_bits((1_023 - 128) << 52));
        let truth = Double::of(x + 300.0).exp().scaled(room).times(Double::of(-300.0).exp()).hi * back;
        let bits = (exp(x).to_bits() as i64 - truth.to_bits() as i64).abs();
        assert!(bits <= 1, "{x}");
    }
    for i in 0..10_000 {
        let x = 708.0 + 1.78 * f64::from(i) / 10_000.0;
        let less = f64::from_bits((1_023 - 128) << 52);
        let truth = Double::of(x - 10.0).exp().scaled(less).times(Double::of(10.0).exp());
        assert!(ulps(exp(x) * less, truth) < 0.55, "{x}");
    }
}

#[test]
fn it_never_falls_where_x_rises() {
    // Also at the edges of steps: neighbours in order, a million of them on either side of edges.
    for k in -500..500 {
        let edge = (f64::from(k) + 0.5) * LN_2.hi / 128.0;
        let mut x = f64::from_bits(edge.to_bits() - 500);
        for _ in 0..1_000 {
            let next = f64::from_bits(x.to_bits() + 1);
            assert!((exp(next) >= exp(x)) == (next > x) || exp(next) == exp(x), "{x}");
            x = next;
        }
    }
}

#[test]
fn the_same_as_another_implementation_to_one_unit() {
    let (error, at) = worst(|next| 1_400.0 * (next() - 0.5), exp, |x| Double::of(libm::exp(x)));
    assert!(error <= 1.0, "{error} ulp at {at}");
}

#[test]
fn less_one() {
    let truth = |x: f64| {
        if x.abs() < 0.1 {
            // Its series: no digits are lost.
            (1..20_usize).rev().fold(Double::of(0.0), |sum, n| {
                let x = Double::of(x);
                x.plus(x.times(sum)).times(RECIPROCALS[n])
            })
        } else {
            Double::of(x).exp().minus(Double::ONE)
        }
    };
    for width in [0.09, 1.0, 80.0, 700.0] {
        let (error, at) = worst(|next| width * (2.0 * next() - 1.0), exp_m1, truth);
        assert!(error < 1.0, "{error} ulp at {at}");
    }
    assert_eq!(exp_m1(0.0), 0.0);
    assert_eq!(exp_m1(f64::NEG_INFINITY), -1.0);
    assert_eq!(exp_m1(1e-300), 1e-300);
}

#[test]
fn the_reference_has_the_digits_it_is_taken_to_have() {
    // e to 32 digits; and e^x e^-x.
    let e = Double::ONE.exp();
    assert!(e.hi == std::f64::consts::E && (e.lo - 1.445_646_891_729_250_2e-16).abs() < 1e-31);
    for x in [-600.0, -3.3, 1e-3, 0.7, 42.0, 650.0] {
        let one = Double::of(x).exp().times(Double::of(-x).exp()).minus(Double::ONE);
        assert!(one.hi.abs() < 1e-29, "{x}: {}", one.hi);
    }
}
