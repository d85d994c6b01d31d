//! The rest of a day, foreseen from what is there now: by hour or shorter intervals, with bands that hold for one such day.
//!
//! A band is between two of the sorted values of n simulated days: the k-th from below and the k-th from above hold the next such
//! day with probability 1 - 2 k / (n + 1), whatever its law (Wilks 1941). With 399 days and k = 10 that is 95 %.

use super::replicate::{Settings, Watch};
use super::sample::sample_watched;
use poolwise_engine::integral::{COUNTS, Count};
use poolwise_engine::model::{KnownDay, Model};
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};
use poolwise_engine::{Failure, Outcome, SoFar, so_far};
use serde::Serialize;

/// Days that are simulated where nothing else is said.
pub const DAYS: u32 = 399;
/// Most intervals of a day.
pub const MOST: usize = HOURS_OF_WEEK;
/// Share of days outside a band.
const OUTSIDE: f64 = 0.05;

/// What is foreseen of a number: its mean, and a band that holds it on one day with 95 %.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Band {
    /// Mean over days; of a share, the ratio of sums.
    pub mean: f64,
    /// Lower end of the band in which the day will lie.
    pub lower: f64,
    /// Upper end of the band in which the day will lie.
    pub upper: f64,
}

/// An interval of the rest of the day, or the part of it that is left.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForecastInterval {
    /// Beginning, hours after the local midnight before the present.
    pub from: f64,
    /// When the interval ends, hours after the day's midnight.
    pub until: f64,
    /// Requests that reach the start of the completion clock.
    pub arrivals: Band,
    /// Requests waiting, mean over the interval.
    pub waiting: Band,
    /// Share of those that arrive whom an officer begins in time; `None` where hardly anybody comes, or the day ends before.
    pub answered: Option<Band>,
    /// Officers at work of those on duty; `None` where hardly anybody is.
    pub busy: Option<Band>,
}

/// The rest of a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// Name of the scenario.
    pub scenario: String,
    /// The present, hours after local midnight.
    pub at: f64,
    /// The end, hours after the same midnight.
    pub until: f64,
    /// In time: an officer within so many hours.
    pub within_hours: f64,
    /// Days simulated from the state in hand.
    pub days: usize,
    /// Cases in hand that wait, and that are in service.
    pub waiting_now: u64,
    /// Requests with an officer at the start; see `waiting_now`.
    pub in_service_now: u64,
    /// What has come so far today, by class.
    pub so_far: Vec<Come>,
    /// Interval by interval.
    pub intervals: Vec<ForecastInterval>,
    /// Arrivals from now on.
    pub to_come: Band,
    /// Of the whole day, where the counts so far are known of all classes.
    pub whole_day: Option<Band>,
    /// Share of those to come that are answered in time.
    pub answered: Option<Band>,
    /// Requests with a running clock that are not done at the end.
    pub left: Band,
}

/// What has come of a class so far today.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Come {
    /// The class of these requests in the scenario.
    pub class: String,
    /// Requests of the class in hand at the start.
    pub count: u64,
    /// How many were expected.
    pub expected: f64,
    /// The mean of the day's factor given that; `None` where the class has no random factor.
    pub factor: Option<f64>,
}

/// What one simulated day was like, by interval.
struct Day {
    arrivals: Vec<f64>,
    offered: Vec<f64>,
    answered: Vec<f64>,
    waiting: Vec<f64>,
    busy: Vec<f64>,
    on_duty: Vec<f64>,
    left: f64,
}

/// Whether intervals of so many seconds cut an hour in equal parts.
pub fn cuts_an_hour(every: f64) -> bool {
    every > 0.0 && every <= HOUR && HOUR % every == 0.0
}

/// How many intervals of so many seconds the rest of the day has; `None` where the model does not begin from now.
pub fn intervals(model: &Model, every: f64) -> Option<usize> {
    model.run.now.as_ref().map(|now| spans(model, now.at, every).len())
}

/// Foresees the rest of the day of a model that begins from now, by intervals of `every` seconds that cut an hour in equal parts; `None`
/// where it does not begin so, or there are more than [`MOST`] of them.
///
/// # Errors
/// The engine's [`Failure`] of a day that failed, or that it was stopped.
pub fn forecast(
    model: &Model,
    every: f64,
    settings: &Settings,
    watch: &dyn Watch,
) -> Result<Option<Forecast>, Failure> {
    let Some(now) = &model.run.now else { return Ok(None) };
    let spans = spans(model, now.at, every);
    if spans.len() > MOST {
        return Ok(None);
    }
    let mut by_interval = model.clone();
    if let Some(now) = &mut by_interval.run.now {
        now.intervals = spans.iter().map(|(_, until)| *until).collect();
    }
    let days = sample_watched(&by_interval, settings, |outcome| day(&spans, &outcome), watch)?;
    let clock = &model.clocks[model.run.clock];
    let midnight = clock.instant(clock.day(now.at), 0.0);
    let hour = |t: f64| (t - midnight) / 3_600.0;
    let intervals = spans.iter().enumerate().map(|(i, &(from, until))| ForecastInterval {
        from: hour(from),
        until: hour(until),
        arrivals: band(days.iter().map(|day| (day.arrivals[i], 1.0))),
        waiting: band(days.iter().map(|day| (day.waiting[i], until - from))),
        answered: share(days.iter().map(|day| (day.answered[i], day.offered[i]))),
        busy: share(days.iter().map(|day| (day.busy[i], day.on_duty[i]))),
    });
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    let to_come = band(days.iter().map(|day| (sum(&day.arrivals), 1.0)));
    let so_far = so_far(model);
    let count: u64 = so_far.iter().map(|come| come.count).sum();
    let counted = (0..model.classes.len()).all(|class| so_far.iter().any(|come| come.class == class));
    let more = |x: f64| x + count as f64;
    let in_hand = |in_service: bool| {
        let states = model.run.start.iter().filter(|state| state.spent.is_some() == in_service);
        states.map(|state| u64::from(state.requests)).sum()
    };
    Ok(Some(Forecast {
        scenario: model.name.clone(),
        at: hour(now.at),
        until: hour(model.run.end()),
        within_hours: model.run.prompt / 3_600.0,
        days: days.len(),
        waiting_now: in_hand(false),
        in_service_now: in_hand(true),
        so_far: by_class(model, &so_far),
        intervals: intervals.collect(),
        to_come,
        whole_day: counted.then(|| Band {
            mean: more(to_come.mean),
            lower: more(to_come.lower),
            upper: more(to_come.upper),
        }),
        answered: share(days.iter().map(|day| (sum(&day.answered), sum(&day.offered)))),
        left: band(days.iter().map(|day| (day.left, 1.0))),
    }))
}

/// The rest of the day cut at the full hours of the run's clock and, within them, at every so many seconds.
fn spans(model: &Model, at: f64, every: f64) -> Vec<(f64, f64)> {
    let (clock, end) = (&model.clocks[model.run.clock], model.run.end());
    let mut from = at;
    let mut out = Vec::new();
    while from < end {
        let into = clock.second_of_week(from) % every;
        let until = (from + every - into).min(clock.next_hour(from)).min(end);
        out.push((from, until));
        from = until;
    }
    out
}

/// What a replication says of each interval: its sums are kept by their number.
fn day(spans: &[(f64, f64)], outcome: &Outcome) -> Day {
    let mut day = Day {
        arrivals: Vec::new(),
        offered: Vec::new(),
        answered: Vec::new(),
        waiting: Vec::new(),
        busy: Vec::new(),
        on_duty: Vec::new(),
        left: outcome.backlog as f64,
    };
    for i in 0..spans.len() {
        let (mut arrivals, mut offered, mut answered) = (0, 0, 0);
        for intervals in &outcome.local {
            let hour = &intervals[i];
            arrivals += hour.reached;
            offered += hour.offered;
            answered += hour.answered;
        }
        let mut sums = [0.0; COUNTS];
        for flow in &outcome.centres {
            for (count, sum) in sums.iter_mut().enumerate() {
                *sum += flow.integrals.by_hour[count][i];
            }
        }
        day.arrivals.push(f64::from(arrivals));
        day.offered.push(f64::from(offered));
        day.answered.push(f64::from(answered));
        day.waiting.push(sums[Count::Queue as usize]);
        day.busy.push(sums[Count::Busy as usize] - sums[Count::Overtime as usize]);
        day.on_duty.push(sums[Count::OnDuty as usize]);
    }
    day
}

fn by_class(model: &Model, so_far: &[SoFar]) -> Vec<Come> {
    let mut out: Vec<Come> = Vec::new();
    for come in so_far {
        let class = &model.classes[come.class].name;
        match out.iter_mut().find(|other| other.class == *class) {
            Some(other) => {
                other.count += come.count;
                other.expected += come.expected;
                // Areas have factors of their own: none is that of the class.
                other.factor = None;
            }
            None => out.push(Come {
                class: class.clone(),
                count: come.count,
                expected: come.expected,
                factor: come.factor.as_ref().map(KnownDay::mean),
            }),
        }
    }
    out
}

/// The band of what `values` give over their denominators, all of which are above 0.
fn band(values: impl Iterator<Item = (f64, f64)>) -> Band {
    let (mut sorted, mut sums) = (Vec::new(), (0.0, 0.0));
    for (above, below) in values {
        sums.0 += above;
        sums.1 += below;
        sorted.push(above / below);
    }
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let place = (((n + 1) as f64 * OUTSIDE / 2.0 + 1e-9).floor() as usize).max(1);
    let at = |i: usize| sorted.get(i).copied().unwrap_or(f64::NAN);
    let mean = sums.0 / sums.1;
    // Where few days are unlike all others the mean would lie outside; a band that is wider holds the next day no less.
    Band { mean, lower: at(place - 1).min(mean), upper: at(n.saturating_sub(place)).max(mean) }
}

/// The same where some days have nothing to be a share of; `None` where most have not.
fn share(values: impl Iterator<Item = (f64, f64)>) -> Option<Band> {
    let all: Vec<(f64, f64)> = values.collect();
    let some: Vec<(f64, f64)> = all.iter().copied().filter(|(_, below)| *below > 0.0).collect();
    (2 * some.len() > all.len()).then(|| band(some.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_leaves_out_as_many_days_on_each_side() {
        let found = band((1..=399).map(|x| (f64::from(x), 1.0)));
        assert_eq!((found.mean, found.lower, found.upper), (200.0, 10.0, 390.0));
        // Of few days it is the least and the greatest, which hold the next with (n - 1) / (n + 1).
        let found = band([3.0, 1.0, 2.0].into_iter().map(|x| (x, 1.0)));
        assert_eq!((found.lower, found.upper), (1.0, 3.0));
        // One day of 399 on which half was answered: it is outside the band, but the mean is not.
        let found = band((0..399).map(|i| (if i == 0 { 0.5 } else { 1.0 }, 1.0)));
        assert_eq!((found.lower, found.upper), (found.mean, 1.0));
        assert_eq!(share([(1.0, 2.0), (0.0, 0.0), (0.0, 0.0)].into_iter()), None);
        assert_eq!(share([(1.0, 2.0), (3.0, 3.0), (0.0, 0.0)].into_iter()).map(|b| b.mean), Some(0.8));
    }
}
