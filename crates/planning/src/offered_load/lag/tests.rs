//! Lags against closed forms.

use super::*;
use poolwise_math::exp;

/// One of each distribution, with means between 1 and 9 hours.
fn zoo() -> Vec<Sampler> {
    vec![
        Sampler::Constant(1.25 * HOUR),
        Sampler::Exponential(3.0 * HOUR),
        Sampler::log_normal(2.0 * HOUR, 1.0),
        Sampler::gamma_mean_cv(4.0 * HOUR, 0.5).unwrap(),
        Sampler::Weibull { shape: 1.7, scale: 3.0 * HOUR },
        Sampler::Uniform { low: HOUR, high: 4.0 * HOUR },
        Sampler::triangular(HOUR, 2.0 * HOUR, 6.0 * HOUR).unwrap(),
        Sampler::hyper_exponential(&[(0.3, HOUR), (0.7, 9.0 * HOUR)]),
        Sampler::Empirical(vec![HOUR, 2.5 * HOUR, 7.0 * HOUR].into()),
    ]
}

#[test]
fn the_shortfall_is_the_integral_of_the_distribution_function() {
    for time in zoo() {
        // Midpoint rule at 1 s; the functions with jumps jump at whole seconds.
        let x = 5.3 * HOUR;
        let sum: f64 = (0..x as usize).map(|i| time.cdf(i as f64 + 0.5)).sum();
        assert!((time.shortfall(x) - sum).abs() < 0.02, "{time:?}: {} {sum}", time.shortfall(x));
    }
}

#[test]
fn kernels_keep_mass_mean_and_work() {
    for time in zoo() {
        let k = Kernel::new(&time, 1.5, None);
        let mass: f64 = k.shares.iter().map(|s| s.1).sum();
        assert!((mass - 1.0).abs() < 1e-9, "{time:?}: {mass}");
        // All these end well within a week, so hours modulo a week are hours.
        let mean: f64 = k.shares.iter().map(|s| s.0 as f64 * s.1).sum();
        let expected = 1.5 * time.mean() / HOUR;
        assert!((mean - expected).abs() < 1e-4 * expected, "{time:?}: {mean} {expected}");
        let work: f64 = k.spent.iter().map(|s| s.1).sum();
        assert!((work - expected).abs() < 1e-6 * expected, "{time:?}: {work} {expected}");
    }
}

#[test]
fn a_lag_of_an_hour_and_a_quarter_goes_three_quarters_to_the_next_hour() {
    let k = Kernel::new(&Sampler::Constant(1.25 * HOUR), 1.0, None);
    let mut flow = vec![0.0; HOURS_OF_WEEK];
    flow[167] = 8.0;
    let later = k.carry(&flow);
    assert!((later[0] - 6.0).abs() < 1e-9 && (later[1] - 2.0).abs() < 1e-9);
    let work = k.occupy(&flow);
    // In the hour of the start half an hour; then 0.75 (0.25 + 0.375) + 0.25; the rest.
    assert!((work[167] - 8.0 * 0.5).abs() < 0.01);
    assert!((work[0] - 8.0 * 0.71875).abs() < 0.01);
    assert!((work[1] - 8.0 * 0.03125).abs() < 0.01);
}

#[test]
fn extreme_times_are_carried_too() {
    let times = [
        Sampler::Weibull { shape: 90.0, scale: 1.0 },
        Sampler::Weibull { shape: 0.02, scale: 1.0 },
        Sampler::gamma_mean_cv(HOUR, 1e-6).unwrap(),
        Sampler::gamma_mean_cv(HOUR, 40.0).unwrap(),
        Sampler::log_normal(1e-9, 8.0),
        Sampler::LogNormal { mu: 8.0, sigma: 0.0 },
        Sampler::Uniform { low: HOUR, high: HOUR },
        Sampler::Empirical(vec![0.0, 1e12].into()),
        Sampler::Exponential(0.0),
    ];
    for time in &times {
        let grid = LagGrid::new(time);
        let k = Kernel::new(time, 1.0, Some(&grid));
        let mass: f64 = k.shares.iter().map(|s| s.1).sum();
        assert!((mass - 1.0).abs() < 1e-6, "{time:?}: {mass}");
        let alive = grid.alive(&k.later(&vec![1.0]));
        assert!((-1e-9..=1.0 + 1e-9).contains(&alive), "{time:?}: {alive}");
    }
}

#[test]
fn a_lag_of_a_year_is_flat() {
    let k = Kernel::new(&Sampler::Constant(8_760.0 * HOUR), 1.0, None);
    let mut flow = vec![0.0; HOURS_OF_WEEK];
    flow[3] = 168.0;
    assert!(k.carry(&flow).iter().all(|x| (x - 1.0).abs() < 1e-9));
    // But for the hour of the start, of which only half is spent.
    let work = k.occupy(&flow);
    assert!(work.iter().all(|x| (x - 8_760.0).abs() < 100.0));
    assert!((work.iter().sum::<f64>() / 168.0 - 8_760.0).abs() < 1e-6);
}

#[test]
fn an_age_outlives_a_deadline_as_often_as_it_should() {
    // Independent exponentials of means 10 h (deadline) and 5 h, twice: (10 / 15)^2.
    let grid = LagGrid::new(&Sampler::Exponential(10.0 * HOUR));
    let k = Kernel::new(&Sampler::Exponential(5.0 * HOUR), 1.0, Some(&grid));
    let once = k.later(&vec![1.0]);
    assert!((grid.alive(&once) - 2.0 / 3.0).abs() < 1e-4, "{}", grid.alive(&once));
    let twice = k.later(&once);
    assert!((grid.alive(&twice) - 4.0 / 9.0).abs() < 1e-4, "{}", grid.alive(&twice));
    assert!((twice.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    // A wait of 4 h or 30 h, evenly; and no time at all.
    let waits = grid.of_waits(&[(4.0, 0.5), (30.0, 0.5)]);
    let expected = f64::midpoint(exp(-0.4_f64), exp(-3.0_f64));
    assert!((grid.alive(&waits) - expected).abs() < 1e-4);
    assert_eq!(grid.alive(&vec![1.0]), 1.0);
    // Patience of two minutes, service of one.
    let grid = LagGrid::new(&Sampler::Exponential(120.0));
    let k = Kernel::new(&Sampler::Exponential(60.0), 1.0, Some(&grid));
    assert!((grid.alive(&k.later(&vec![1.0])) - 2.0 / 3.0).abs() < 1e-4);
    // Ages beyond the grid are dead.
    assert!(grid.alive(&grid.of_waits(&[(1e6, 1.0)])) < 1e-3);
}
