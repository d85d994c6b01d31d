use super::*;
use crate::double::RECIPROCALS;
use crate::testing::{ln_of, true_ln, ulps, worst};

fn any_positive(next: &mut dyn FnMut() -> f64) -> f64 {
    let (from, to) = (f64::MIN_POSITIVE.to_bits(), f64::MAX.to_bits());
    f64::from_bits(from + (next() * (to - from) as f64) as u64)
}

#[test]
fn a_million_points_of_the_whole_range() {
    let (error, at) = worst(any_positive, ln, true_ln);
    assert!(error < 0.85, "{error} ulp at {at}");
}

#[test]
fn a_million_points_near_one() {
    for width in [0.9, 0.3, 0.02, 1e-5] {
        let (error, at) = worst(|next| 1.0 + width * (2.0 * next() - 1.0), ln, true_ln);
        assert!(error < 0.85, "{error} ulp at {at}");
    }
}

#[test]
fn the_ends_of_the_range() {
    assert_eq!(ln(1.0), 0.0);
    assert!(ln(1.0).is_sign_positive());
    assert_eq!(ln(0.0), f64::NEG_INFINITY);
    assert_eq!(ln(-0.0), f64::NEG_INFINITY);
    assert_eq!(ln(f64::INFINITY), f64::INFINITY);
    assert!(
        ln(-1.0).is_nan() && ln(f64::NEG_INFINITY).is_nan() && ln(f64::NAN).is_nan() && ln(-5e-324).is_nan()
    );
    assert_eq!(ln(2.0), std::f64::consts::LN_2);
    assert_eq!(ln(10.0), std::f64::consts::LN_10);
    assert_eq!(ln(5e-324), -744.440_071_921_381_2);
    assert_eq!(ln(f64::MAX), 709.782_712_893_384);
    // Subnormal arguments: ln(x 2^60) - 60 ln 2.
    for i in 1..100_000 {
        let x = f64::from_bits(i * 45_035_996_273);
        let truth = true_ln(x * (1_u64 << 60) as f64).minus(LN_2.times(Double::of(60.0)));
        assert!(ulps(ln(x), truth) < 0.85, "{x:e}");
    }
}

#[test]
fn it_never_falls_where_x_rises() {
    for i in 0..=128 {
        let edge = if i < 80 { (176 + i) as f64 / 256.0 } else { 1.0 + (i - 80) as f64 / 128.0 };
        let mut x = f64::from_bits(edge.to_bits() - 2_000);
        for _ in 0..4_000 {
            let next = f64::from_bits(x.to_bits() + 1);
            assert!(ln(next) >= ln(x), "{x}");
            x = next;
        }
    }
}

#[test]
fn the_same_as_another_implementation_to_one_unit() {
    let (error, at) = worst(any_positive, ln, |x| Double::of(libm::log(x)));
    assert!(error <= 1.0, "{error} ulp at {at}");
}

#[test]
fn of_one_more() {
    let truth = |x: f64| {
        if x.abs() < 1e-4 {
            // x - x^2/2 + x^3/3 - ...
            let x = Double::of(x);
            let mut sum = Double::of(0.0);
            for n in (1..9).rev() {
                sum = RECIPROCALS[n].minus(x.times(sum));
            }
            return x.times(sum);
        }
        ln_of(sum(1.0, x))
    };
    for width in [1e-12, 1e-5, 0.01, 0.999, 0.4] {
        let (error, at) = worst(|next| width * (2.0 * next() - 1.0), ln_1p, truth);
        assert!(error < 1.0, "{error} ulp at {at}");
    }
    let (error, at) = worst(|next| 1e6 * next(), ln_1p, truth);
    assert!(error < 1.0, "{error} ulp at {at}");
    for x in [0.0, -0.0, 1e-300, -1e-300, 5e-324, 1e-17] {
        assert_eq!(ln_1p(x).to_bits(), x.to_bits());
    }
    assert_eq!(ln_1p(-1.0), f64::NEG_INFINITY);
    assert_eq!(ln_1p(f64::INFINITY), f64::INFINITY);
    assert!(ln_1p(-1.1).is_nan() && ln_1p(f64::NAN).is_nan());
    assert_eq!(ln_1p(1e300), ln(1e300));
}

#[test]
fn other_bases() {
    for (n, text) in (-320..=308).map(|n| (n, format!("1e{n}"))).filter(|(n, _)| *n >= -307) {
        let x: f64 = text.parse().unwrap();
        assert_eq!(log10(x), f64::from(n), "{text}");
    }
    for n in -1_074..=1_023 {
        let x = if n < -1_022 { 5e-324 * powers_of_two(n + 1_074) } else { powers_of_two(n) };
        assert_eq!(log2(x), f64::from(n), "{n}");
    }
    let base = |b: f64| move |x: f64| true_ln(x).over(true_ln(b));
    let (error, at) = worst(any_positive, log10, base(10.0));
    assert!(error < 0.52, "{error} ulp at {at}");
    let (error, at) = worst(|next| 0.01 + 3.0 * next(), log2, base(2.0));
    assert!(error < 0.52, "{error} ulp at {at}");
    assert!(log10(-1.0).is_nan() && log2(0.0) == f64::NEG_INFINITY && log2(f64::INFINITY) == f64::INFINITY);
}

fn powers_of_two(n: i32) -> f64 {
    f64::from_bits(((1_023 + n) as u64) << 52)
}

#[test]
fn the_reference_has_the_digits_it_is_taken_to_have() {
    let two = true_ln(2.0);
    assert!(two.hi == LN_2.hi && (two.lo - LN_2.lo).abs() < 1e-31);
    for x in [1e-300, 0.3, 0.999, 1.001, 17.0, 1e200] {
        let ln = true_ln(x);
        let back = ln.scaled(0.5).exp();
        let one = back.times(back).over(Double::of(x)).minus(Double::ONE);
        assert!(one.hi.abs() < 1e-28, "{x}: {}", one.hi);
        if x > 0.5 && x < 2.0 {
            assert!(Double::of(x).ln_near_one().minus(ln).hi.abs() < 1e-30, "{x}");
        }
    }
}
