//! The handling times of a history, interval by interval, in the place of a scenario's own.
//!
//! An interval's mean of a few times differs from the next by chance, and the model draws that chance itself. So each interval's
//! mean is drawn towards that of its hour of the day, and that towards the mean of all, by how much of the differences chance
//! makes (DerSimonian and Laird 1986, eq. 8, for the variance between; the weights are those of empirical Bayes).

use crate::past::Past;
use crate::verdict::{Handled, Replica};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use poolwise_engine::model::{Handling, Model, StageKind};
use std::collections::BTreeMap;

/// Factors beyond these are no handling times of the same work.
const FACTORS: std::ops::RangeInclusive<f64> = 0.02..=50.0;

/// Some mean over what the model says, and how many times it is the mean of.
#[derive(Debug, Clone, Copy)]
struct Mean {
    value: f64,
    n: f64,
    /// What it is drawn towards.
    towards: f64,
}

/// Means drawn towards what they are thought to be; `chance` is the variance of one time.
fn drawn(means: &[Mean], chance: f64) -> Vec<f64> {
    let weight: f64 = means.iter().map(|m| m.n).sum();
    let squares: f64 = means.iter().map(|m| m.n * m.n).sum();
    let spread: f64 = means.iter().map(|m| m.n * (m.value - m.towards) * (m.value - m.towards)).sum();
    let free = weight - squares / weight;
    let between =
        if free > 0.0 { ((spread - chance * (means.len() as f64 - 1.0)) / free).max(0.0) } else { 0.0 };
    let own = |m: &Mean| if between > 0.0 { between / (between + chance / m.n) } else { 0.0 };
    means.iter().map(|m| m.towards + own(m) * (m.value - m.towards)).collect()
}

/// How much longer handling takes in each interval of a place than in the model: over all, and by interval.
fn factors(past: &Past, place: usize, model: &Handled) -> Option<(f64, BTreeMap<DateTime, f64>)> {
    let mean = model.mean()?;
    let of = |at: &DateTime| at.hour();
    let known: Vec<(DateTime, f64, f64)> = past
        .rows
        .iter()
        .filter(|((_, p), _)| *p == place)
        .filter_map(|((at, _), r)| {
            let n = r.offered as f64 - r.abandoned.unwrap_or(0.0);
            let seconds = r.handling.filter(|s| *s > 0.0)?;
            (n >= 1.0 && FACTORS.contains(&(seconds / mean))).then_some((*at, seconds / mean, n))
        })
        .collect();
    let weight: f64 = known.iter().map(|k| k.2).sum();
    if known.is_empty() {
        return None;
    }
    let overall = known.iter().map(|k| k.1 * k.2).sum::<f64>() / weight;
    let chance = model.cv_squared() * overall * overall;
    let mut hours: BTreeMap<i8, (f64, f64)> = BTreeMap::new();
    for (at, value, n) in &known {
        let sum = hours.entry(of(at)).or_default();
        *sum = (sum.0 + value * n, sum.1 + n);
    }
    let means: Vec<Mean> =
        hours.values().map(|(sum, n)| Mean { value: sum / n, n: *n, towards: overall }).collect();
    let by_hour: BTreeMap<i8, f64> = hours.keys().copied().zip(drawn(&means, chance)).collect();
    let towards = |at: &DateTime| by_hour.get(&of(at)).copied().unwrap_or(overall);
    let means: Vec<Mean> =
        known.iter().map(|(at, value, n)| Mean { value: *value, n: *n, towards: towards(at) }).collect();
    let mut out: BTreeMap<DateTime, f64> =
        past.rows.keys().filter(|k| k.1 == place).map(|k| (k.0, towards(&k.0))).collect();
    out.extend(known.iter().map(|k| k.0).zip(drawn(&means, chance)));
    Some((overall, out))
}

/// The history's handling times as factors on the model's: of each place's class, beside what replications of the model without
/// factors of its own took.
pub fn recorded(
    past: &Past,
    classes: &[usize],
    (model, own): (&Model, &[Replica]),
    zone: &TimeZone,
) -> Vec<Handling> {
    let services: Vec<bool> = model.stages.iter().map(|s| matches!(s.kind, StageKind::Service(_))).collect();
    let mut out = Vec::new();
    for (place, class) in classes.iter().enumerate() {
        let taken =
            own.iter().filter_map(|r| r.handled.get(*class)).fold(Handled::default(), |sum, h| sum.and(h));
        let Some((overall, by_interval)) = factors(past, place, &taken) else { continue };
        let mut steps: Vec<(f64, f64)> = Vec::new();
        let mut end = f64::NEG_INFINITY;
        for (at, factor) in by_interval {
            let Ok(instant) = zone.to_timestamp(at) else { continue };
            let from = (instant.as_second() - model.run.origin_unix) as f64;
            let last = steps.last().map_or(f64::NEG_INFINITY, |s| s.0);
            // Between rows nothing is known; an hour that the clock shows twice has the factor of its first time.
            if from > end && end > last {
                steps.push((end, 1.0));
            }
            if from > steps.last().map_or(f64::NEG_INFINITY, |s| s.0) {
                steps.push((from, factor / overall));
            }
            end = from + past.width as f64;
        }
        if end > steps.last().map_or(f64::INFINITY, |s| s.0) {
            steps.push((end, 1.0));
        }
        let mut of_class = vec![false; model.classes.len()];
        of_class[*class] = true;
        out.push(Handling {
            factor: overall,
            classes: of_class,
            stages: services.clone(),
            centres: vec![true; model.centres.len()],
            hours: None,
            steps,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::past::Happened;
    use jiff::civil::date;
    use poolwise_engine::random::unit;
    use poolwise_fit::draws::generator;
    use rand::rand_core::Rng;

    /// Means of `n` times of 600 s and a coefficient of variation of 0.5, by hour of 28 days, times a factor.
    fn past(n: u64, factor: &dyn Fn(i8, i8) -> f64) -> Past {
        let mut rng = generator("recorded times");
        let mut rows = BTreeMap::new();
        for day in 1..=28 {
            for hour in 0..24 {
                // Uniform on 600 (1 +- 0.5 sqrt(3)).
                let draw = |rng: &mut _| {
                    600.0 * (1.0 + 0.5 * 3.0_f64.sqrt() * (2.0 * unit(Rng::next_u64(rng)) - 1.0))
                };
                let mean = (0..n).map(|_| draw(&mut rng)).sum::<f64>() / n as f64;
                let handling = Some(mean * factor(day, hour));
                let happened = Happened { offered: n, handling, ..Happened::default() };
                rows.insert((date(2025, 2, day).at(hour, 0, 0, 0), 0), happened);
            }
        }
        Past { places: vec![String::new()], rows, width: 3600, ..Past::default() }
    }

    /// What the model took: a mean of 600 s and a coefficient of variation of 0.5.
    fn model() -> Handled {
        Handled { sum: 600.0 * 1000.0, squares: 1000.0 * 360_000.0 * 1.25, n: 1000.0 }
    }

    #[test]
    fn chance_alone_gives_no_factors() {
        let (overall, by) = factors(&past(4, &|_, _| 1.0), 0, &model()).expect("known");
        assert!((overall - 1.0).abs() < 0.03, "{overall}");
        // The means themselves lie 0.25 apart.
        let off = (by.values().map(|f| (f - 1.0) * (f - 1.0)).sum::<f64>() / by.len() as f64).sqrt();
        assert!(off < 0.06, "{off}");
    }

    #[test]
    fn hours_and_single_intervals_that_differ_are_found() {
        let truth = |day: i8, hour: i8| match (day, hour) {
            (_, 0..6) => 1.5,
            (10, 12..18) => 3.0,
            _ => 1.0,
        };
        let (overall, by) = factors(&past(40, &truth), 0, &model()).expect("known");
        assert!((1.1..1.2).contains(&overall), "{overall}");
        for (at, f) in &by {
            let expected = truth(at.day(), at.hour());
            // Five standard deviations of the mean of 40 times.
            assert!((f / expected - 1.0).abs() < 5.0 * 0.5 / 40.0_f64.sqrt(), "{at}: {f} for {expected}");
        }
    }
}
