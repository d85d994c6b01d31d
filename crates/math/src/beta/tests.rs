use super::*;
use crate::testing::scattered;

fn close(found: f64, truth: f64, relative: f64) {
    assert!((found - truth).abs() <= relative * truth.abs(), "{found:e} is not {truth:e}");
}

#[test]
fn values_worked_out_to_sixty_digits() {
    for (a, b, x, value) in [
        (0.5, 0.5, 0.3, 0.369_010_119_565_545_4),
        (2.0, 3.0, 0.9, 0.996_3),
        (450.0, 0.5, 0.99, 2.640_947_961_586_913_8e-3),
        (30.0, 70.0, 0.2, 9.692_085_749_007_045e-3),
        (0.5, 500.0, 1e-3, 0.682_689_552_690_282_6),
    ] {
        close(beta_lower(a, b, x), value, 1e-13);
        close(beta_quantile(a, b, value), x, 1e-12);
    }
    for (p, df, t) in [
        (0.975, 1.0, 12.706_204_736_174_693),
        (0.975, 2.0, 4.302_652_729_749_462),
        (0.975, 3.0, 3.182_446_305_283_708),
        (0.995, 4.0, 4.604_094_871_349_992),
        (0.95, 9.0, 1.833_112_932_656_236_6),
        (0.975, 9.0, 2.262_157_162_798_205),
        (0.975, 19.0, 2.093_024_054_408_309),
        (0.75, 7.0, 0.711_141_778_081_786_3),
        (0.999_5, 39.0, 3.558_120_081_332_771),
        (0.975, 99.0, 1.984_216_951_586_417),
        (0.975, 999.0, 1.962_341_461_133_449_6),
        (0.975, 20_000.0, 1.960_082_605_158_134_8),
        (0.975, 2e6, 1.959_965_170_676_374_6),
    ] {
        close(student_quantile(p, df), t, 1e-13);
        close(student_quantile(1.0 - p, df), -t, 2e-13);
    }
    for (p, df1, df2, f) in [
        (0.975, 9.0, 90.0, 2.258_765_556_368_338_6),
        (0.025, 9.0, 90.0, 0.293_158_766_270_853_6),
        (0.975, 39.0, 4_960.0, 1.493_429_728_205_941),
    ] {
        close(fisher_quantile(p, df1, df2), f, 1e-13);
    }
}

#[test]
fn quantiles_go_back_to_their_probabilities() {
    let mut next = scattered();
    for i in 0..100_000 {
        let (a, b) = if i % 2 == 0 {
            (0.01 + 3.0 * next(), 0.01 + 3.0 * next())
        } else {
            (300.0 * next(), 40.0 * next())
        };
        let p = next();
        let x = beta_quantile(a, b, p);
        // Where the distribution is steep, no double gives p closer than a neighbour of x does.
        let (below, above) = (f64::from_bits(x.to_bits().saturating_sub(8)), f64::from_bits(x.to_bits() + 8));
        let (lower, upper) = (beta_lower(a, b, below), beta_lower(a, b, above.min(1.0)));
        assert!(p >= lower - 1e-13 && p <= upper + 1e-13, "{a} {b} {p}: {x}, {lower} {upper}");
        let agree = statrs::function::beta::beta_reg(a, b, x.min(1.0));
        assert!((agree - p).abs() < (upper - lower) + 1e-11, "{a} {b} {p}: {x} {agree}");
    }
}

#[test]
fn closed_forms() {
    // One and two degrees of freedom, far into the tails; I_x(a, 1) = x^a.
    for p in [1e-300, 1e-12, 0.3, 0.499_999, 0.6, 0.9, 0.999] {
        let one = -1.0 / crate::tan(PI * p);
        let two = (2.0 * p - 1.0) * (2.0 / (4.0 * p * (1.0 - p))).sqrt();
        close(student_quantile(p, 1.0), one, 2e-13 + 1e-15 / (p - 0.5).abs());
        close(student_quantile(p, 2.0), two, 2e-13);
        close(beta_lower(2.5, 1.0, p), crate::powf(p, 2.5), 1e-12);
        close(beta_quantile(2.5, 1.0, p), crate::powf(p, 0.4), 1e-13);
    }
    // Student's t squared is an F with one degree of freedom.
    for df in [1.0, 3.0, 30.0, 3e4] {
        let t = student_quantile(0.975, df);
        close(fisher_quantile(0.95, 1.0, df), t * t, 1e-12);
    }
}

#[test]
fn the_expansion_meets_the_exact_quantile() {
    for p in [0.001, 0.3, 0.9, 0.975, 0.999_9] {
        close(student_quantile(p, EXPAND_FROM * (1.0 - 1e-12)), student_quantile(p, EXPAND_FROM), 1e-12);
    }
}

#[test]
fn the_ends_of_the_range() {
    assert_eq!((beta_lower(2.0, 3.0, 0.0), beta_lower(2.0, 3.0, 1.0)), (0.0, 1.0));
    assert_eq!((beta_quantile(2.0, 3.0, 0.0), beta_quantile(2.0, 3.0, 1.0)), (0.0, 1.0));
    assert!(beta_lower(0.0, 1.0, 0.5).is_nan() && beta_quantile(1.0, 1.0, 1.1).is_nan());
    assert_eq!((student_quantile(0.0, 3.0), student_quantile(1.0, 3.0)), (f64::NEG_INFINITY, f64::INFINITY));
    assert_eq!(student_quantile(0.5, 3.0), 0.0);
    assert_eq!(student_quantile(0.9, f64::INFINITY), normal_quantile(0.9));
    assert!(student_quantile(0.9, 0.0).is_nan() && student_quantile(1.1, 3.0).is_nan());
    assert!(fisher_quantile(0.5, 0.0, 3.0).is_nan());
}
