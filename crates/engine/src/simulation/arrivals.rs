//! New requests: one source for each class and area, exact across every change of rate.
//!
//! A source's rate is constant between the changes of local hour, local day and exceptions. The next
//! arrival is found by inversion: a standard exponential amount of accumulated rate is used up segment
//! by segment, so no rate is ever taken at the wrong instant. A trace is replayed as recorded.

use super::hours::Hours;
use super::recorded;
use super::request::Request;
use super::so_far::known_days;
use super::varying::Varying;
use crate::model::{Demand, Model, Profile};
use crate::random::{KeyedRng, Purpose, Streams, exponential, name_key, unit};
use crate::time::{DAY, HOURS_OF_WEEK, earlier};
use rand::rand_core::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Days from 1970-01-01 to the Monday that day numbers count from.
const FIRST_MONDAY: i64 = 4;

/// A source of new requests.
#[derive(Debug)]
pub(super) struct ArrivalSource {
    pub class: usize,
    /// The area; of a trace without an area, the first.
    pub area: usize,
    /// Number of its sums.
    cell: usize,
    rng: Xoshiro256PlusPlus,
    kind: SourceKind,
}

#[derive(Debug)]
enum SourceKind {
    Rate(SourceRate),
    /// Batches, each of whose requests is an arrival of its own at the same instant.
    Batches(Box<Batches>),
    Trace {
        arrivals: recorded::RecordedArrivals,
        next: usize,
        drawn_area: bool,
    },
}

/// Where a source of a rate stands.
#[derive(Debug)]
struct SourceRate {
    /// Accumulated rate still to be used up before the next arrival.
    left: f64,
    /// Where the source stands in time.
    at: f64,
    /// Rate per second until `until`.
    rate: f64,
    until: f64,
    /// Random factors of days and of short intervals.
    varying: Varying,
}

/// Where a source of batches stands.
#[derive(Debug)]
struct Batches {
    /// The arrivals of batches.
    rate: SourceRate,
    /// Requests of the last batch still to come, and its instant.
    left: u32,
    at: f64,
}

/// All sources of a model for one replication; whoever builds them looks afterwards whether it was `stopped` meanwhile.
pub(super) fn sources(model: &Model, streams: Streams, stopped: &dyn Fn() -> bool) -> Vec<ArrivalSource> {
    let mut all = Vec::new();
    let begin = model.run.begin();
    let known = known_days(model);
    let days = streams.key("day factor");
    // Days that hang together are drawn from two before the origin's on, so that areas of all zones begin with the same.
    let first = (model.run.origin_unix as f64 / DAY).floor() as i64 - FIRST_MONDAY - 2;
    for (c, class) in model.classes.iter().enumerate() {
        match &class.demand {
            Demand::Rate { area: own, .. } => {
                for (a, area) in
                    model.areas.iter().enumerate().filter(|(a, _)| own.is_none_or(|own| own == *a))
                {
                    let mut rng = streams.source(&format!("arrivals/{}/{}", class.name, area.name));
                    let left = exponential(&mut rng);
                    let bursts = streams.key(&format!("bursts/{}/{}", class.name, area.name));
                    let today = known.get(c * model.areas.len() + a).cloned().flatten();
                    let varying = Varying::new((days, first, name_key(&area.name)), bursts, today);
                    let rate = SourceRate { left, at: begin, rate: 0.0, until: begin, varying };
                    let kind = match class.batch {
                        Some(_) => SourceKind::Batches(Box::new(Batches { rate, left: 0, at: 0.0 })),
                        None => SourceKind::Rate(rate),
                    };
                    all.push(ArrivalSource { class: c, area: a, cell: c * model.areas.len() + a, rng, kind });
                }
            }
            Demand::Trace(trace) => {
                let mut rng = streams.source(&format!("trace/{}", class.name));
                let arrivals = recorded::arrivals(model, c, trace, &mut rng, streams, stopped);
                let next = arrivals.times.partition_point(|t| *t < begin);
                let kind = SourceKind::Trace { arrivals, next, drawn_area: trace.area.is_none() };
                let area = trace.area.unwrap_or(0);
                all.push(ArrivalSource { class: c, area, cell: c * model.areas.len() + area, rng, kind });
            }
        }
    }
    all
}

/// The turn of each source among those with an arrival at one instant: by priority, then by the names of class and area, so
/// that the order of tables makes no difference.
pub(super) fn turns(model: &Model, sources: &[ArrivalSource]) -> Vec<u64> {
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|&s| {
        let class = &model.classes[sources[s].class];
        (class.priority, &class.name, &model.areas[sources[s].area].name)
    });
    let mut turns = vec![0; sources.len()];
    for (turn, &source) in order.iter().enumerate() {
        turns[source] = turn as u64;
    }
    turns
}

impl SourceRate {
    /// The next arrival within the present segment of the rate, if it is there.
    #[inline(always)]
    fn next_within(&mut self, rng: &mut Xoshiro256PlusPlus) -> Option<f64> {
        if self.left > self.rate * (self.until - self.at) || self.rate <= 0.0 {
            return None;
        }
        self.at += self.left / self.rate;
        // Rounding must not carry an arrival beyond its segment.
        if self.at > self.until {
            self.at = self.until;
        }
        self.left = exponential(rng);
        Some(self.at)
    }

    /// The next arrival in the first later segment with one; `None` after `end`.
    #[inline(always)]
    fn next_later(
        &mut self,
        (model, class, area): (&Model, usize, usize),
        hours: &mut Hours,
        rng: &mut Xoshiro256PlusPlus,
        end: f64,
    ) -> Option<f64> {
        loop {
            self.left -= self.rate * (self.until - self.at);
            self.at = self.until;
            if self.at > end {
                return None;
            }
            (self.rate, self.until) = segment(model, hours, (class, area), self.at, &mut self.varying);
            if let Some(t) = self.next_within(rng) {
                return Some(t);
            }
        }
    }
}

impl ArrivalSource {
    /// The next arrival instant, or `None` where there is none before `end`.
    #[inline(always)]
    pub(super) fn next(&mut self, model: &Model, hours: &mut Hours, end: f64) -> Option<f64> {
        let within = match &mut self.kind {
            SourceKind::Rate(rate) => rate.next_within(&mut self.rng),
            SourceKind::Batches(_) | SourceKind::Trace { .. } => None,
        };
        let next = match within {
            Some(t) => t,
            None => self.next_elsewhere(model, hours, end)?,
        };
        (next <= end).then_some(next)
    }

    /// The next arrival of a trace, of a batch, or in a later segment of a rate; `None` after `end`.
    #[inline(never)]
    fn next_elsewhere(&mut self, model: &Model, hours: &mut Hours, end: f64) -> Option<f64> {
        let (of, rng) = ((model, self.class, self.area), &mut self.rng);
        match &mut self.kind {
            SourceKind::Rate(rate) => rate.next_later(of, hours, rng, end),
            SourceKind::Batches(batches) => {
                if batches.left > 0 {
                    batches.left -= 1;
                    return Some(batches.at);
                }
                let rate = &mut batches.rate;
                batches.at = rate.next_within(rng).or_else(|| rate.next_later(of, hours, rng, end))?;
                let size = model.classes[self.class].batch.as_ref();
                batches.left = size.map_or(1, |size| size.of(unit(rng.next_u64()))) - 1;
                Some(batches.at)
            }
            SourceKind::Trace { arrivals, next, .. } => {
                *next += 1;
                arrivals.times.get(*next - 1).copied()
            }
        }
    }

    /// The seed of the request that arrives now, of a rate.
    #[inline(always)]
    pub(super) fn seed(&mut self) -> u64 {
        self.rng.next_u64()
    }

    /// Makes `r` the request that arrives at `t`.
    #[inline(always)]
    pub(super) fn begin(&mut self, model: &Model, r: &mut Request, t: f64) {
        let (seed, area) = match &self.kind {
            SourceKind::Rate(_) | SourceKind::Batches(_) => (self.rng.next_u64(), self.area),
            SourceKind::Trace {
                arrivals: recorded::RecordedArrivals { marks: Some(marks), .. },
                next,
                ..
            } => {
                let mark = marks[*next - 1];
                (mark.seed, mark.area)
            }
            SourceKind::Trace { drawn_area: is_drawn, .. } => {
                let seed = self.rng.next_u64();
                (seed, if *is_drawn { drawn_area(model, seed) } else { self.area })
            }
        };
        let class = &model.classes[self.class];
        let cell = self.cell + area - self.area;
        r.begin(seed, (self.class, area, cell), t, class.start);
    }
}

/// The area of a traced request, by share.
pub(super) fn drawn_area(model: &Model, seed: u64) -> usize {
    let u = KeyedRng::new(seed, 0, 0, Purpose::Area).uniform();
    let mut sum = 0.0;
    let found = model.areas.iter().position(|a| {
        sum += a.share;
        u < sum
    });
    found.unwrap_or(model.areas.len() - 1)
}

/// The rate of a class in an area at `t` and until when it holds.
pub(super) fn segment(
    model: &Model,
    hours: &mut Hours,
    (class, area): (usize, usize),
    t: f64,
    varying: &mut Varying,
) -> (f64, f64) {
    let demand = &model.classes[class].demand;
    let Demand::Rate { per_second, profile, months, day_factor, bursts, area: _ } = demand else {
        return (0.0, f64::INFINITY);
    };
    let share = demand.part_from(area, model.areas[area].share);
    let clock = model.areas[area].clock;
    let mut rate = per_second * share;
    if let Some(size) = &model.classes[class].batch {
        rate /= size.mean();
    }
    let mut until = f64::INFINITY;
    match profile {
        Profile::Flat => {}
        Profile::HourOfWeek(values) => {
            let hour = hours.at(model, clock, t);
            rate *= values[hour.of_week];
            until = hour.until;
        }
        Profile::StepOfWeek(values) => {
            let hour = hours.at(model, clock, t);
            let (step, end) = hour.part(&model.clocks[clock], t, values.len() / HOURS_OF_WEEK);
            rate *= values[step];
            until = end;
        }
        Profile::Cycle { period, values } => {
            let step = period / values.len() as f64;
            // The step is counted from zero so that the same multiple of it ends one segment and
            // begins the next.
            let mut k = (t / step).floor();
            if (k + 1.0) * step <= t {
                k += 1.0;
            }
            rate *= values[(k as u64 % values.len() as u64) as usize];
            until = (k + 1.0) * step;
        }
    }
    let monthly = hours.monthly[class];
    if monthly || day_factor.is_some() {
        let hour = hours.at(model, clock, t);
        let today = hour.day;
        until = earlier(until, if hour.day_until > t { hour.day_until } else { hour.until });
        if monthly {
            rate *= months[month(today)];
        }
        if let Some(factor) = day_factor {
            rate *= varying.of_day(factor, today);
        }
    }
    if let Some(bursts) = bursts {
        let end;
        (rate, end) = varying.in_interval(bursts, t, rate);
        until = earlier(until, end);
    }
    until = earlier(until, hours.exceptions.next_edge(t));
    (hours.exceptions.on_demand(model, class, area, t, rate), until)
}

/// Calendar month (0 = January) of a local day number.
pub(super) fn month(day: i64) -> usize {
    // Civil date from a day count (Hinnant 2013, "chrono-compatible low-level date algorithms"),
    // counted from 0000-03-01: 719,468 days before 1970-01-01, the Monday of day 0 being four later.
    let z = day + 4 + 719_468;
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march_based = (5 * of_year + 2) / 153;
    ((march_based + 2) % 12) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_of_days() {
        // Day 0 is 1970-01-05.
        assert_eq!(month(0), 0);
        assert_eq!(month(26), 0); // 31 January
        assert_eq!(month(27), 1); // 1 February
        assert_eq!(month(-5), 11); // 31 December 1969
        assert_eq!(month(17_805 - 4), 9); // 2018-10-01
        assert_eq!(month(17_804 - 4), 8); // 2018-09-30
        assert_eq!(month(18_321 - 4), 1); // 2020-02-29
        assert_eq!(month(18_322 - 4), 2); // 2020-03-01
    }
}
