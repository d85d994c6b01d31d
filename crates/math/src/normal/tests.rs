use super::*;
use crate::double::Double;
use crate::testing::{POINTS, scattered, ulps};

fn close(found: f64, truth: f64, relative: f64) {
    assert!((found / truth - 1.0).abs() <= relative, "{found:e} is not {truth:e}");
}

#[test]
fn values_worked_out_to_sixty_digits() {
    for (x, p) in [
        (-10.0, 7.619_853_024_160_526e-24),
        (-3.0, 1.349_898_031_630_094_5e-3),
        (-1.0, 0.158_655_253_931_457_05),
        (0.5, 0.691_462_461_274_013_1),
        (2.999, 0.998_645_663_466_272_9),
    ] {
        close(normal_cdf(x), p, (x * x + 2.0) * 2e-16);
    }
    for (p, x) in [
        (0.6, 0.253_347_103_135_799_7),
        (0.9, 1.281_551_565_544_600_6),
        (0.975, 1.959_963_984_540_053_9),
        (0.999_5, 3.290_526_731_491_926),
        (1e-10, -6.361_340_902_404_056),
        (1e-100, -21.273_453_560_965_324),
    ] {
        close(normal_quantile(p), x, 1e-14);
    }
    assert_eq!(normal_quantile(0.5), 0.0);
    assert_eq!((normal_cdf(0.0), normal_cdf(f64::INFINITY), normal_cdf(f64::NEG_INFINITY)), (0.5, 1.0, 0.0));
    assert_eq!((normal_quantile(0.0), normal_quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
    assert!(
        normal_quantile(1.1).is_nan() && normal_quantile(-0.1).is_nan() && normal_quantile(f64::NAN).is_nan()
    );
    assert!((normal_quantile(5e-324) - -38.467_405).abs() < 1e-3);
}

#[test]
fn a_million_quantiles_go_back_to_their_probabilities() {
    let mut next = scattered();
    for i in 0..POINTS {
        let u = next();
        let p = match i % 3 {
            0 => u,
            1 => exp(-40.0 * u),
            _ => 1.0 - exp(-30.0 * u),
        };
        let x = normal_quantile(p);
        let slack =
            1e-14 * x.abs().max(1.0) * normal_density(x) + 4e-16 * (x * x + 2.0) * p.min(1.0 - p) + 1.2e-16;
        assert!(p == 0.0 || (normal_cdf(x) - p).abs() <= slack, "{p:e}: {x}");
        assert!(
            (0.3..0.7).contains(&u) || normal_quantile(1.0 - u) == -normal_quantile(1.0 - (1.0 - u)),
            "{u}"
        );
    }
}

#[test]
fn error_functions_match_their_series() {
    // erf(x) = 2 / sqrt(pi) e^-x^2 (x + 2 x^3 / 3 + 4 x^5 / 15 + ...), every term positive, with 106 bits.
    const TWO_OVER_ROOT_PI: Double =
        Double { hi: std::f64::consts::FRAC_2_SQRT_PI, lo: 1.533_545_961_316_588e-17 };
    let mut next = scattered();
    for _ in 0..POINTS / 10 {
        let x = 5.0 * next();
        let square = Double::of(x).times(Double::of(x));
        let (mut term, mut sum, mut odd) = (Double::of(x), Double::of(x), 1.0);
        while term.hi > 1e-33 * sum.hi {
            odd += 2.0;
            term = term.times(square.scaled(2.0)).over(Double::of(odd));
            sum = sum.plus(term);
        }
        let minus = Double { hi: -square.hi, lo: -square.lo };
        let truth = sum.times(minus.exp()).times(TWO_OVER_ROOT_PI);
        assert!(ulps(erf(x), truth) < 1.0 && erf(-x) == -erf(x), "{x}");
        assert!(ulps(erfc(x), Double::ONE.minus(truth)) < 3.0, "{x}");
        assert!(ulps(erfc(-x), Double::ONE.plus(truth)) < 2.0, "{x}");
    }
    assert_eq!((erf(0.0), erfc(0.0), erfc(f64::INFINITY), erfc(f64::NEG_INFINITY)), (0.0, 1.0, 0.0, 2.0));
}
