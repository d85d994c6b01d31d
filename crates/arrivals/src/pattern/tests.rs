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
    let mut rng = poolwise_fit::draws::generator("thin");
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

/// Two places with factors of CV 0.2 and bursts of 1.5 by the hour: how days hang together, what the places have in common, requests a day.
#[derive(Debug, Clone, Copy)]
struct TwoPlaces {
    r: f64,
    common: f64,
    daily: f64,
}

/// Two places whose days hang together by 0.6, half of their factor in common.
const USUAL: TwoPlaces = TwoPlaces { r: 0.6, common: 0.5, daily: 96.0 };

/// Sums of gammas: a part of both places and one of each, and chains by the beta-gamma step.
fn bursty(name: &str, days: usize, of: TwoPlaces) -> Series {
    let mut rng = poolwise_fit::draws::generator(name);
    let mut parts = [const { Vec::new() }; 3];
    for (i, part) in parts.iter_mut().enumerate() {
        let shape = 25.0 * if i == 0 { of.common } else { 1.0 - of.common };
        if shape == 0.0 {
            *part = vec![0.0; days];
            continue;
        }
        let mut x = drawn(shape, &mut rng);
        for _ in 0..days {
            part.push(x);
            let kept = if of.r > 0.0 {
                let (a, b) = (drawn(shape * of.r, &mut rng), drawn(shape * (1.0 - of.r), &mut rng));
                x * a / (a + b)
            } else {
                0.0
            };
            x = kept + drawn(shape * (1.0 - of.r), &mut rng);
        }
    }
    series(days, &["a", "b"], &mut |p, d, h| {
        let m = of.daily / 24.0 * rate(d, h) / 2.4 * (parts[0][d] + parts[1 + p][d]) / 25.0;
        let burst = gamma((0.5 / m).sqrt(), &mut rng);
        poisson(m * burst, &mut rng)
    })
}

/// Two years: found within some four standard errors.
#[test]
fn factors_and_bursts_are_told_apart() {
    let found = patterns(&bursty("factors", 730, USUAL), &[]).expect("enough");
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

/// Of streams of two places, how often intervals hold the truth: dispersion within the day, the factor's variation, its correlation with the
/// next day's (two of each a stream), and that between places. Two at a time.
fn held(weeks: usize, of: TwoPlaces, streams: usize) -> [usize; 4] {
    let one = |k: usize| {
        let name = format!("weeks {weeks} {of:?} {k}");
        let found = patterns(&bursty(&name, weeks * 7, of), &[]).expect("enough");
        let mut out = [0; 4];
        let mut count = |i: usize, interval: &Interval, truth: f64| {
            out[i] += usize::from((interval.low..=interval.high).contains(&truth));
        };
        for p in &found.places {
            count(0, &p.dispersion, 1.5);
            count(1, &p.day_cv, 0.2);
            // Where no correlation fits none is held.
            count(
                2,
                &p.autocorrelation.interval().unwrap_or(Interval { base: 0.0, low: 2.0, high: 2.0 }),
                of.r,
            );
        }
        let any = Interval { base: 0.0, low: 0.0, high: 1.0 };
        let none = Interval { base: 0.0, low: 2.0, high: 2.0 };
        count(3, &found.between.map_or(any, |b| b.interval().unwrap_or(none)), of.common);
        out
    };
    let some = |ks: std::ops::Range<usize>| {
        ks.map(one).fold([0; 4], |mut sum, x| {
            sum.iter_mut().zip(x).for_each(|(s, x)| *s += x);
            sum
        })
    };
    std::thread::scope(|scope| {
        let first = scope.spawn(|| some(0..streams / 2));
        let second = some(streams / 2..streams);
        let mut sum = first.join().expect("no panic");
        sum.iter_mut().zip(second).for_each(|(s, x)| *s += x);
        sum
    })
}

/// The table of `docs/from-a-spreadsheet.md`: `cargo test --release -p poolwise-intake --lib -- --ignored --nocapture the_table_of_how_days`.
#[test]
#[ignore = "takes minutes, and prints a table of the docs"]
fn the_table_of_how_days_hang_together() {
    println!("weeks daily r common | dispersion cv next-day places, % held");
    for weeks in [26, 52, 104] {
        for daily in [12.0, 300.0] {
            for r in [0.0, 0.3, 0.6, 0.8] {
                for common in [0.0, 0.3, 0.7] {
                    let h = held(weeks, TwoPlaces { r, common, daily }, 200);
                    let of = |i: usize, n: f64| h[i] as f64 * 100.0 / n;
                    println!(
                        "{weeks:3} {daily:3} {r} {common} | {:5.1} {:5.1} {:5.1} {:5.1}",
                        of(0, 400.0),
                        of(1, 400.0),
                        of(2, 400.0),
                        of(3, 200.0)
                    );
                }
            }
        }
    }
}

/// Of such streams of half a year and of two years, and of thin ones that hang together by 0.8 and have 0.7 in common, the intervals hold the dispersion
/// within the day, the factor's variation, its correlation with the next day's and that between places in 88 of 100 or more: were it 95 of 100, one of
/// these twelve numbers would be lower by chance once in fifty (the draws are fixed).
#[test]
fn intervals_hold_the_truth() {
    let thin = TwoPlaces { r: 0.8, common: 0.7, daily: 12.0 };
    for (weeks, of) in [(26, USUAL), (104, USUAL), (52, thin)] {
        let h = held(weeks, of, 100);
        println!("{weeks} weeks, {of:?}: {h:?}");
        assert!(
            h.iter().zip([200, 200, 200, 100]).all(|(held, of)| *held * 100 >= of * 88),
            "{weeks}: {h:?}"
        );
    }
}

/// Months of 0.8 and 1.2 by turns, and holidays at half of a day's demand, over two years.
#[test]
fn months_and_holidays_are_found() {
    let mut rng = poolwise_fit::draws::generator("months");
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
