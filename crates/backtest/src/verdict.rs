//! Predicted against actual: a band of chance for each interval, the share of intervals inside, bias by part of the
//! week.

use crate::past::Past;
use jiff::civil::DateTime;
use serde::Serialize;
use std::collections::BTreeMap;

/// Replications of a back-test: the least and the greatest of 39 hold another like them with probability 38/40, 95 %
/// (order statistics of exchangeable draws).
pub const REPLICATIONS: u32 = 39;

/// Requests answered in time by start of interval and place, in one replication.
pub type Counts = BTreeMap<(DateTime, usize), (u32, u32)>;

/// One replication.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replica {
    /// Requests answered in time, and offered.
    pub counts: Counts,
    /// Requests of which somebody took care, by interval.
    pub begun: BTreeMap<(DateTime, usize), u32>,
    /// Handling times of finished requests, by class.
    pub handled: Vec<Handled>,
}

/// Sums of handling times.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Handled {
    /// Of the times, seconds.
    pub sum: f64,
    /// Of their squares.
    pub squares: f64,
    /// How many there are.
    pub n: f64,
}

impl Handled {
    /// Both together.
    pub fn and(self, other: &Self) -> Self {
        Self { sum: self.sum + other.sum, squares: self.squares + other.squares, n: self.n + other.n }
    }

    /// One more.
    pub fn add(&mut self, seconds: f64) {
        *self = self.and(&Self { sum: seconds, squares: seconds * seconds, n: 1.0 });
    }

    /// Their mean, seconds; `None` where there is none above 0.
    pub fn mean(&self) -> Option<f64> {
        let mean = self.sum / self.n;
        (mean > 0.0).then_some(mean)
    }

    /// Their variance over the square of their mean.
    pub fn cv_squared(&self) -> f64 {
        let square = self.sum * self.sum / self.n;
        if square > 0.0 { ((self.squares - square) / square).max(0.0) } else { 0.0 }
    }
}

/// Something else that a history says, beside what is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Beside {
    /// What the history shows.
    pub actual: f64,
    /// What the model predicted, in the mean over replications.
    pub predicted: f64,
    /// Band that holds 95 % of what chance alone gives.
    pub band: (f64, f64),
}

fn spread(x: &[f64]) -> (f64, f64, f64) {
    let (mut low, mut high, mut sum) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
    for v in x {
        (low, high, sum) = (low.min(*v), high.max(*v), sum + v);
    }
    (low, sum / x.len().max(1) as f64, high)
}

/// Share of requests that were given up, if the history says it.
pub fn given_up(past: &Past, runs: &[Replica]) -> Option<Beside> {
    let known: Vec<((DateTime, usize), f64, f64)> = past
        .rows
        .iter()
        .filter(|(_, r)| r.offered > 0)
        .filter_map(|(k, r)| Some((*k, r.offered as f64, r.abandoned?)))
        .collect();
    let offered: f64 = known.iter().map(|k| k.1).sum();
    if known.is_empty() || runs.is_empty() {
        return None;
    }
    let of = |run: &Replica| {
        known.iter().map(|(k, n, _)| n - f64::from(run.begun.get(k).copied().unwrap_or(0))).sum::<f64>()
            / offered
    };
    let (low, predicted, high) = spread(&runs.iter().map(of).collect::<Vec<_>>());
    Some(Beside { actual: known.iter().map(|k| k.2).sum::<f64>() / offered, predicted, band: (low, high) })
}

/// Mean handling time, seconds, if the history says it.
pub fn handling(past: &Past, runs: &[Replica]) -> Option<Beside> {
    let actual = past.mean_handling()?;
    let all = |r: &Replica| r.handled.iter().fold(Handled::default(), |sum, h| sum.and(h)).mean();
    let means: Vec<f64> = runs.iter().filter_map(all).collect();
    if means.is_empty() {
        return None;
    }
    let (low, predicted, high) = spread(&means);
    Some(Beside { actual, predicted, band: (low, high) })
}

/// An interval.
#[derive(Debug, Clone, PartialEq)]
pub struct IntervalRow {
    /// Start of the interval, local time.
    pub at: DateTime,
    /// Number of the place.
    pub place: usize,
    /// Requests that came in the interval.
    pub offered: u64,
    /// Share answered in time that happened.
    pub actual: f64,
    /// Mean share predicted.
    pub predicted: f64,
    /// Band that holds 95 % of what chance alone gives.
    pub band: (f64, f64),
}

/// A part of the week.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeekPart {
    /// Such as `Monday mornings`.
    pub name: String,
    /// Requests that arrived in the interval.
    pub offered: u64,
    /// Share that happened.
    pub actual: f64,
    /// What the model predicted, in the mean over replications.
    pub predicted: f64,
    /// Whether what happened lies outside of all replications.
    pub beyond_chance: bool,
}

/// What a back-test says.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestVerdict {
    /// Intervals with requests.
    pub rows: Vec<IntervalRow>,
    /// Share of all requests answered in time that happened.
    pub actual: f64,
    /// What the model predicted, in the mean over replications.
    pub predicted: f64,
    /// Band of the whole.
    pub band: (f64, f64),
    /// Share of intervals inside their band.
    pub inside: f64,
    /// Parts of the week, by bias.
    pub parts: Vec<WeekPart>,
    /// Of hours of the day: predicted less actual.
    pub by_hour: Vec<(usize, f64, f64)>,
}

fn share(sum: (f64, f64)) -> f64 {
    if sum.1 > 0.0 { sum.0 / sum.1 } else { f64::NAN }
}

/// Least, mean and greatest share of replications over some intervals.
fn over<'r>(runs: &[Counts], keys: impl Iterator<Item = &'r (DateTime, usize)> + Clone) -> (f64, f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut all = (0.0, 0.0);
    for run in runs {
        let mut sum = (0.0, 0.0);
        for key in keys.clone() {
            if let Some((within, offered)) = run.get(key) {
                sum = (sum.0 + f64::from(*within), sum.1 + f64::from(*offered));
            }
        }
        let s = share(sum);
        if s.is_finite() {
            (low, high) = (low.min(s), high.max(s));
            all = (all.0 + sum.0, all.1 + sum.1);
        }
    }
    (low, share(all), high)
}

/// Sets predictions beside what happened.
pub fn judge(past: &Past, runs: &[Counts]) -> BacktestVerdict {
    let used: Vec<((DateTime, usize), u64, f64)> = past
        .rows
        .iter()
        .filter(|(_, r)| r.offered > 0)
        .filter_map(|(k, r)| Some((*k, r.offered, r.within?)))
        .collect();
    let rows: Vec<IntervalRow> = used
        .iter()
        .filter_map(|(key, offered, within)| {
            let (low, mean, high) = over(runs, std::iter::once(key));
            mean.is_finite().then(|| IntervalRow {
                at: key.0,
                place: key.1,
                offered: *offered,
                actual: (within / *offered as f64).min(1.0),
                predicted: mean,
                band: (low, high),
            })
        })
        .collect();
    // A half request of rounding in shares is no departure.
    let is_inside = |r: &IntervalRow| {
        let half = 0.5 / r.offered as f64 + 1e-9;
        (r.band.0 - half..=r.band.1 + half).contains(&r.actual)
    };
    let inside = rows.iter().filter(|r| is_inside(r)).count() as f64 / rows.len().max(1) as f64;
    let actual_of = |keep: &dyn Fn(&IntervalRow) -> bool| {
        share(
            rows.iter()
                .filter(|r| keep(r))
                .fold((0.0, 0.0), |s, r| (s.0 + r.actual * r.offered as f64, s.1 + r.offered as f64)),
        )
    };
    let keys: Vec<(DateTime, usize)> = rows.iter().map(|r| (r.at, r.place)).collect();
    let (low, predicted, high) = over(runs, keys.iter());
    let mut parts = Vec::new();
    for (d, day) in DAYS.iter().enumerate() {
        for (p, name) in ["nights", "mornings", "afternoons", "evenings"].iter().enumerate() {
            let of = |at: DateTime| weekday(at) == d && usize::try_from(at.hour()).unwrap_or(0) / 6 == p;
            let own: Vec<(DateTime, usize)> = keys.iter().copied().filter(|k| of(k.0)).collect();
            if own.is_empty() {
                continue;
            }
            let (low, predicted, high) = over(runs, own.iter());
            let actual = actual_of(&|r| of(r.at));
            let offered = rows.iter().filter(|r| of(r.at)).map(|r| r.offered).sum();
            parts.push(WeekPart {
                name: format!("{day} {name}"),
                offered,
                actual,
                predicted,
                beyond_chance: actual < low || actual > high,
            });
        }
    }
    let weight = |p: &WeekPart| (p.predicted - p.actual).abs();
    parts.sort_by(|a, b| b.beyond_chance.cmp(&a.beyond_chance).then(weight(b).total_cmp(&weight(a))));
    let by_hour = (0..24)
        .filter_map(|h| {
            let of = |at: DateTime| usize::try_from(at.hour()).ok() == Some(h);
            let own: Vec<(DateTime, usize)> = keys.iter().copied().filter(|k| of(k.0)).collect();
            (!own.is_empty()).then(|| (h, over(runs, own.iter()).1, actual_of(&|r| of(r.at))))
        })
        .collect();
    BacktestVerdict {
        actual: actual_of(&|_| true),
        predicted,
        band: (low, high),
        inside,
        parts,
        by_hour,
        rows,
    }
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn weekday(at: DateTime) -> usize {
    usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or(0)
}

/// Answered in time and given up, actual and predicted, each with the requests that it is a share of.
type Shares = [[(f64, f64); 2]; 2];

/// A part of a record: an hour of the week, or a span since it began, each twice as long as the one before.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum RecordPart {
    Hour(usize),
    Since(u32),
}

/// Hours of the first span of a record.
const FIRST: i64 = 8;

fn parts(at: DateTime, begin: DateTime) -> [RecordPart; 2] {
    let hour = weekday(at) * 24 + usize::try_from(at.hour()).unwrap_or(0);
    let spans = (begin.duration_until(at).as_hours().max(0) / FIRST + 1).ilog2();
    [RecordPart::Hour(hour), RecordPart::Since(spans)]
}

/// How far predictions lie from what happened: squares over hours of the week and, as much again, over the course of the record, which
/// alone tells work that waited when it began; by requests, of the share answered in time, and of the share given up where the history
/// says it, which alone tells a change of patience from one of the work. Nothing is taken off for chance.
pub fn gap(past: &Past, runs: &[Replica]) -> f64 {
    let mut cells: BTreeMap<RecordPart, Shares> = BTreeMap::new();
    let put = |sum: &mut (f64, f64), n: f64, of: f64| *sum = (sum.0 + n, sum.1 + of);
    let Some(begin) = past.rows.keys().next().map(|k| k.0) else { return 0.0 };
    for (key, r) in past.rows.iter().filter(|(_, r)| r.offered > 0) {
        let Some(within) = r.within else { continue };
        let offered = r.offered as f64;
        for part in parts(key.0, begin) {
            let cell = cells.entry(part).or_default();
            put(&mut cell[0][0], within, offered);
            if let Some(lost) = r.abandoned {
                put(&mut cell[1][0], lost, offered);
            }
            for run in runs {
                if let Some((w, o)) = run.counts.get(key) {
                    put(&mut cell[0][1], f64::from(*w), f64::from(*o));
                }
                if r.abandoned.is_some() {
                    let begun = f64::from(run.begun.get(key).copied().unwrap_or(0));
                    put(&mut cell[1][1], offered - begun, offered);
                }
            }
        }
    }
    let (mut sum, mut weight) = (0.0, 0.0);
    for [answered, lost] in cells.values() {
        let square = |[actual, predicted]: &[(f64, f64); 2]| {
            let away = share(*actual) - share(*predicted);
            away * away
        };
        let d = square(answered);
        if d.is_finite() {
            let also = square(lost);
            sum += (d + if also.is_finite() { also } else { 0.0 }) * answered[0].1;
            weight += answered[0].1;
        }
    }
    (sum / f64::max(weight, 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::past::Happened;
    use jiff::civil::date;

    /// Two hours, three replications, by hand.
    #[test]
    fn by_hand() {
        let (a, b) = (date(2025, 3, 3).at(8, 0, 0, 0), date(2025, 3, 3).at(9, 0, 0, 0));
        let happened = |offered, within| Happened { offered, within: Some(within), ..Happened::default() };
        let past = Past {
            places: vec![String::new()],
            rows: BTreeMap::from([((a, 0), happened(10, 4.0)), ((b, 0), happened(10, 9.0))]),
            width: 3600,
            ..Past::default()
        };
        let run = |x, y| Counts::from([((a, 0), (x, 10)), ((b, 0), (y, 10))]);
        let runs = [run(8, 9), run(9, 10), run(7, 8)];
        let v = judge(&past, &runs);
        assert!((v.actual - 0.65).abs() < 1e-12 && (v.predicted - 51.0 / 60.0).abs() < 1e-12);
        assert_eq!(v.band, (0.75, 0.95));
        assert_eq!(v.inside, 0.5);
        assert_eq!((v.parts[0].name.as_str(), v.parts[0].beyond_chance), ("Monday mornings", true));
        let all = |begun: u32| -> Vec<Replica> {
            let begun = BTreeMap::from([((a, 0), begun), ((b, 0), begun)]);
            runs.iter()
                .map(|r| Replica { counts: r.clone(), begun: begun.clone(), ..Replica::default() })
                .collect()
        };
        // By hours 0.4 and 0; over the whole 0.2, since both lie in its first span.
        assert!((gap(&past, &all(10)) - ((0.16_f64 / 2.0 + 0.04) / 2.0).sqrt()).abs() < 1e-12);
        // Nobody gave up at 8 and one at 9; one is predicted in each.
        let mut past = past;
        past.rows.values_mut().zip([0.0, 1.0]).for_each(|(r, lost)| r.abandoned = Some(lost));
        // One of two is predicted in each hour, one in all happened: 0.1 and 0 by hours, 0.05 over the whole.
        assert!((gap(&past, &all(9)) - ((0.17_f64 / 2.0 + 0.0425) / 2.0).sqrt()).abs() < 1e-12);
        let at = |hours: i64| {
            parts(a.checked_add(jiff::Span::new().hours(hours)).expect("an hour"), a)[1]
                == RecordPart::Since(0)
        };
        assert!(at(7) && !at(8));
    }
}
