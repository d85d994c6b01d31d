use super::*;
use crate::testing::{POINTS, scattered};

fn close(found: f64, truth: f64, relative: f64) {
    assert!((found - truth).abs() <= relative * truth.abs(), "{found:e} is not {truth:e}");
}

#[test]
fn values_worked_out_to_sixty_digits() {
    for (x, value) in [
        (1e-3, -1_000.575_571_931_810_3),
        (0.5, -1.963_510_026_021_423_5),
        (1.0, -0.577_215_664_901_532_9),
        (3.7, 1.167_153_539_361_511_4),
        (12.0, 2.442_661_679_975_812),
        (1e6, 13.815_510_057_964_19),
    ] {
        close(digamma(x), value, 1e-14);
    }
    for (a, x, lower, upper) in [
        (0.5, 0.3, 0.561_421_973_919_000_1, 0.438_578_026_080_999_9),
        (0.01, 1e-5, 0.896_336_798_267_197_2, 0.103_663_201_732_802_8),
        (3.7, 2.0, 0.186_274_670_889_053_95, 0.813_725_329_110_946),
        (3.7, 30.0, 0.999_999_999_760_839_5, 2.391_605_348_318_065_7e-10),
        (15.0, 14.0, 0.429_563_287_172_627_8, 0.570_436_712_827_372_2),
        (40.0, 70.0, 0.999_961_360_613_927_5, 3.863_938_607_251_46e-5),
        (1e3, 1.05e3, 0.941_328_888_622_681_9, 0.058_671_111_377_318_08),
        (1e5, 99_000.0, 7.574_199_211_747_68e-4, 0.999_242_580_078_825_2),
    ] {
        close(gamma_lower(a, x), lower, 1e-13);
        close(gamma_upper(a, x), upper, 1e-13);
    }
}

#[test]
fn the_gamma_function() {
    let mut factorial = 1.0;
    for n in 1..=170 {
        close(gamma(f64::from(n)), factorial, 1e-14);
        close(exp(ln_gamma(f64::from(n))), factorial, 3e-13);
        factorial *= f64::from(n);
    }
    close(gamma(0.5), PI.sqrt(), 1e-15);
    assert_eq!(gamma(172.0), f64::INFINITY);
    let mut next = scattered();
    for _ in 0..POINTS {
        let x = 1e-3 + 100.0 * next();
        close(gamma(x + 1.0), x * gamma(x), 4e-14);
        close(ln_gamma(x + 1.0), ln_gamma(x) + ln(x), 1e-14 + 1e-14 / ln_gamma(x + 1.0).abs());
        close(gamma(x), statrs::function::gamma::gamma(x), 1e-12);
        // Its expansion is the definition of the error of Stirling's formula.
        let stirling = ln_gamma(x + 1.0) - ((x + 0.5) * ln(x) - x + 0.5 * ln(2.0 * PI));
        assert!((stirling_error(x) - stirling).abs() < 3e-13, "{x}");
    }
    assert!(digamma(0.0).is_nan() && digamma(f64::NAN).is_nan());
}

#[test]
fn shares_agree_with_sums_and_another_implementation() {
    let mut next = scattered();
    for i in 0..POINTS / 10 {
        let a = if i % 2 == 0 { 20.0 * next() + 1e-3 } else { 500.0 * next() + 1.0 };
        let x = a * 3.0 * next();
        let (lower, upper) = shares(a, x);
        assert!((lower + upper - 1.0).abs() < 1e-15 && (0.0..=1.0).contains(&lower));
        assert!((lower - statrs::function::gamma::gamma_lr(a, x)).abs() < 1e-11, "{a} {x}");
        // P(a, x) = P(a + 1, x) + x^a e^-x / gamma(a + 1).
        assert!((lower - gamma_lower(a + 1.0, x) - density(a, x)).abs() < 2e-14, "{a} {x}");
    }
    // Whole shapes: sums of Poisson probabilities.
    for x in [0.1, 2.0, 7.3, 20.0] {
        let mut term = exp(-x);
        let mut below = term;
        for a in 1..30 {
            close(gamma_upper(f64::from(a), x), below, 1e-13);
            term *= x / f64::from(a);
            below += term;
        }
    }
}

#[test]
fn the_ends_of_the_range() {
    assert_eq!(shares(2.0, 0.0), (0.0, 1.0));
    assert_eq!(shares(2.0, f64::INFINITY), (1.0, 0.0));
    assert_eq!(shares(2.0, 1e6), (1.0, 0.0));
    assert!(
        gamma_lower(0.0, 1.0).is_nan()
            && gamma_lower(1.0, -1.0).is_nan()
            && gamma_lower(f64::NAN, 1.0).is_nan()
    );
    assert_eq!(gamma_lower(1e-8, 1e-300), 1.0 - gamma_upper(1e-8, 1e-300));
    close(gamma_lower(1.0, 1e-20), 1e-20, 1e-15);
}
