//! Laws of arrivals found again in streams of which they are known.

use super::*;
use jiff::civil::date;
use poolwise_engine::random::Sampler;

/// Counts of some places by hour from Monday 2024-01-01 on.
fn series(days: usize, places: &[&str], count: &mut dyn FnMut(usize, usize, usize) -> u64) -> Series {
    let mut rows = Vec::new();
    for d in 0..days {
        let day = date(2024, 1, 1).checked_add(jiff::Span::new().days(d as i64)).expect("a day");
        for h in 0..24 {
            let n = (0..places.len()).map(|p| count(p, d, h)).collect();
            rows.push((day.at(h as i8, 0, 0, 0), n));
        }
    }
    Series { places: places.iter().map(|p| (*p).to_owned()).collect(), width: 3600, rows, notes: Vec::new() }
}

/// A Poisson count by waits between arrivals.
fn poisson(mean: f64, rng: &mut rand_xoshiro::Xoshiro256PlusPlus) -> u64 {
    let (mut n, mut left) = (0, mean);
    loop {
        left -= Sampler::Exponential(1.0).sample(rng);
        if left < 0.0 {
            return n;
        }
        n += 1;
    }
}

fn gamma(cv: f64, rng: &mut rand_xoshiro::Xoshiro256PlusPlus) -> f64 {
    drawn(1.0 / (cv * cv), rng) * cv * cv
}

/// A gamma draw of scale 1.
fn drawn(shape: f64, rng: &mut rand_xoshiro::Xoshiro256PlusPlus) -> f64 {
    Sampler::gamma(shape, 1.0).expect("a law").sample(rng)
}

/// Weekday and time of day, and a step of its own on Saturday afternoons.
fn rate(d: usize, h: usize) -> f64 {
    let day = if d % 7 >= 5 { 0.6 } else { 1.16 };
    let time = if (8..20).contains(&h) { 1.6 } else { 0.4 };
    3.0 * day * time
}

/// Six weeks of a rate that is a product: smoothed values are nearer to it than own means by half and more; with a rate that is
/// none, and two years, they are the own means.
#[test]
fn thin_profiles_are_smoothed_and_long_ones_are_not() {
    let mut rng = crate::fit::draws::generator("thin");
    let thin = series(42, &["a"], &mut |_, d, h| poisson(rate(d, h), &mut rng));
    let p = &patterns(&thin, &[]).expect("enough").places[0];
    let truth: Vec<f64> = (0..168).map(|i| rate(i / 24, i % 24) / 3.0).collect();
    let level = mean(truth.iter().copied());
    let mut own = vec![0.0; 168];
    thin.rows.iter().enumerate().for_each(|(i, r)| own[i % 168] += r.1[0] as f64 / 6.0 / 3.0);
    let error = |x: &dyn Fn(usize) -> f64| {
        mean((0..168).map(|i| (x(i) - truth[i] / level) * (x(i) - truth[i] / level)))
    };
    let (smoothed, raw) = (error(&|i| p.profile[i].base), error(&|i| own[i] / level));
    assert!(smoothed < raw / 4.0, "{smoothed} against {raw}");
    assert!(p.own_weight < 0.3, "{}", p.own_weight);
    let inside =
        (0..168).filter(|i| (p.profile[*i].low..=p.profile[*i].high).contains(&(truth[*i] / level))).count();
    assert!(inside >= 151, "{inside} of 168 inside 95 % limits");
    let long = series(728, &["a"], &mut |_, d, h| {
        if d % 7 == 5 && h >= 12 { 9 } else { poisson(rate(d, h), &mut rng) }
    });
    let p = &patterns(&long, &[]).expect("enough").places[0];
    assert!(p.own_weight > 0.9, "{}", p.own_weight);
    assert!((p.profile[5 * 24 + 13].base * p.per_hour.base - 9.0).abs() < 0.3);
}

/// Two places whose days hang together by 0.6 and have a factor of CV 0.2, half of it in common, with bursts of 1.5 by the hour.
fn bursty(name: &str, days: usize) -> Series {
    let mut rng = crate::fit::draws::generator(name);
    // Sums of gammas: a part of both places and one of each, and chains by the beta-gamma step.
    let mut parts = [const { Vec::new() }; 3];
    for part in &mut parts {
        let shape = 12.5;
        let mut x = drawn(shape, &mut rng);
        for _ in 0..days {
            part.push(x);
            let (a, b) = (drawn(shape * 0.6, &mut rng), drawn(shape * 0.4, &mut rng));
            x = x * a / (a + b) + drawn(shape * 0.4, &mut rng);
        }
    }
    series(days, &["a", "b"], &mut |p, d, h| {
        let m = 4.0 * rate(d, h) / 2.4 * (parts[0][d] + parts[1 + p][d]) / 25.0;
        let burst = gamma((0.5 / m).sqrt(), &mut rng);
        poisson(m * burst, &mut rng)
    })
}

/// Two years: found within some four standard errors.
#[test]
fn factors_and_bursts_are_told_apart() {
    let found = patterns(&bursty("factors", 730), &[]).expect("enough");
    for p in &found.places {
        // Days that hang together by 0.6 count for half of 730: a standard error of 0.008.
        assert!((p.day_cv.base - 0.2).abs() < 0.03, "{:?}", p.day_cv);
        assert!(p.day_cv.low < 0.21 && p.day_cv.high > 0.19, "{:?}", p.day_cv);
        assert!((p.dispersion.base - 1.5).abs() < 0.08, "{:?}", p.dispersion);
        assert!((p.autocorrelation.base - 0.6).abs() < 0.13, "{:?}", p.autocorrelation);
        assert!(p.months.is_none(), "{:?}", p.months);
    }
    let r = found.between.expect("two places");
    assert!((r.base - 0.5).abs() < 0.15, "{r:?}");
}

/// Of such streams of half a year and of two years the intervals from weeks drawn anew hold the dispersion within the day, the correlation with the
/// next day and that between places in nine of ten, less what chance may take of a hundred: intervals of a correlation are some points short of 95 %.
#[test]
fn intervals_from_weeks_hold_the_truth() {
    for days in [182, 728] {
        let (mut held, mut of) = ([0; 3], [0; 3]);
        let mut count = |i: usize, interval: &Interval, truth: f64| {
            of[i] += 1;
            held[i] += usize::from((interval.low..=interval.high).contains(&truth));
        };
        for k in 0..100 {
            let found = patterns(&bursty(&format!("weeks {days} {k}"), days), &[]).expect("enough");
            for p in &found.places {
                count(0, &p.dispersion, 1.5);
                count(1, &p.autocorrelation, 0.6);
            }
            count(2, &found.between.expect("two places"), 0.5);
        }
        println!("{days} days: {held:?} of {of:?}");
        assert!(held.iter().zip(of).all(|(held, of)| *held * 100 >= of * 87), "{days}: {held:?} of {of:?}");
    }
}

/// Months of 0.8 and 1.2 by turns, and holidays at half of a day's demand, over two years.
#[test]
fn months_and_holidays_are_found() {
    let mut rng = crate::fit::draws::generator("months");
    let holidays: Vec<Holiday> = crate::holidays::of_country("US", 2024..=2025).expect("known");
    let s = series(731, &["a"], &mut |_, d, h| {
        let day = date(2024, 1, 1).checked_add(jiff::Span::new().days(d as i64)).expect("a day");
        let month = if day.month() % 2 == 0 { 1.2 } else { 0.8 };
        let off = if holidays.iter().any(|x| x.date == day) { 0.5 } else { 1.0 };
        poisson(2.0 * rate(d, h) * month * off, &mut rng)
    });
    let found = patterns(&s, &holidays).expect("enough");
    let months = found.places[0].months.expect("they differ");
    for (m, f) in months.iter().enumerate() {
        let truth = if m % 2 == 1 { 1.2 } else { 0.8 };
        assert!((f - truth).abs() < 0.05, "{months:?}");
    }
    let h = found.holidays.expect("seen");
    assert!((h.base - 0.5).abs() < 0.05 && h.low < 0.5 && h.high > 0.5, "{h:?}");
    assert_eq!(found.seen_holidays, 22);
    // Without bursts and factors there are none.
    let p = &found.places[0];
    assert!(p.dispersion.base < 1.08 && p.day_cv.base < 0.06, "{:?} {:?}", p.dispersion, p.day_cv);
}

#[test]
fn too_short_a_record_has_no_law() {
    assert!(patterns(&series(20, &["a"], &mut |_, _, _| 1), &[]).is_none());
    assert!(patterns(&series(30, &["a"], &mut |_, _, _| 0), &[]).is_none());
}
