//! Where requests come from: classes, areas, and the rate of each over time.

use super::{AreaId, BatchSize, Deadline, StageId};
use crate::random::Sampler;
use crate::time::HOURS_OF_WEEK;
use std::ops::Range;
use std::sync::Arc;

/// A kind of request.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// Name, as reports show it.
    pub name: String,
    /// Lower is served first under the `priority` and `preemptive` disciplines.
    pub priority: u8,
    /// Priorities that those who wait rise to: later ones lower in number.
    pub rises: Vec<Rise>,
    /// Time from arrival until it is due, seconds, for [`super::Discipline::EarliestDue`].
    pub due: Option<f64>,
    /// Stage that a new request enters.
    pub start: StageId,
    /// How its requests arrive.
    pub demand: Demand,
    /// How many come at once, where they come in batches; the rate stays that of requests.
    pub batch: Option<BatchSize>,
    /// When a request is lost, if it can be.
    pub deadline: Option<Deadline>,
    /// Those who leave a queue without service may come again.
    pub redial: Option<Redial>,
}

/// Clients who come again after they have given up or were turned away.
#[derive(Debug, Clone, PartialEq)]
pub struct Redial {
    /// Probability of coming again after the first, second, ... contact.
    pub probability: Vec<f64>,
    /// After later contacts than the list has: the last of the list, or nobody.
    pub goes_on: bool,
    /// Time until then.
    pub after: Sampler,
}

impl Redial {
    /// Probability of coming again after so many earlier returns.
    pub fn probability(&self, returns: u32) -> f64 {
        match self.probability.get(returns as usize) {
            Some(p) => *p,
            None if self.goes_on => self.probability.last().copied().unwrap_or(0.0),
            None => 0.0,
        }
    }
}

/// A priority that a request rises to while it waits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rise {
    /// When, seconds after it reached its stage.
    pub after: f64,
    /// To which priority.
    pub priority: u8,
}

/// Where requests come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Name, as reports show it.
    pub name: String,
    /// Share of each class's volume; shares sum to one.
    pub share: f64,
    /// Local wall clock.
    pub clock: super::ClockId,
    /// The area's own centre, if it has one.
    pub centre: Option<super::CentreId>,
}

/// A class's arrival process over all areas.
#[derive(Debug, Clone, PartialEq)]
pub enum Demand {
    /// A Poisson process with a rate that is constant between changes; given the day factor.
    Rate {
        /// Mean rate over profile and months, per second, all its areas together.
        per_second: f64,
        /// Pattern over the week or another period; mean 1.
        profile: Profile,
        /// Factor of each calendar month (January first), in the area's local time.
        months: [f64; 12],
        /// Random factor of each day, if any.
        day_factor: Option<DayFactor>,
        /// Random factor of each short interval, if any.
        bursts: Option<Bursts>,
        /// The area of all arrivals; without one they come from all areas, by share.
        area: Option<AreaId>,
    },
    /// Arrivals as they were recorded, replayed at their times.
    Trace(Trace),
}

impl Demand {
    /// The area of all arrivals, where there is one.
    pub fn area(&self) -> Option<AreaId> {
        match self {
            Self::Rate { area, .. } => *area,
            Self::Trace(trace) => trace.area,
        }
    }

    /// The part of the arrivals that comes from an area which has this share of those without an area of their own.
    pub fn part_from(&self, area: AreaId, share: f64) -> f64 {
        match self.area() {
            None => share,
            Some(own) if own == area => 1.0,
            Some(_) => 0.0,
        }
    }

    /// The areas from which its arrivals may come, of `all` areas.
    pub fn areas(&self, all: usize) -> Range<AreaId> {
        match self.area() {
            None => 0..all,
            Some(own) => own..own + 1,
        }
    }
}

/// A pattern of relative rates with mean 1.
#[derive(Debug, Clone, PartialEq)]
pub enum Profile {
    /// The same at all times.
    Flat,
    /// By hour of the week in the area's local time, Monday 00:00 first.
    HourOfWeek(Box<[f64; HOURS_OF_WEEK]>),
    /// By equal steps of the week in the area's local time, Monday 00:00 first: a whole number of steps makes
    /// an hour (336 half-hours, 672 quarters).
    StepOfWeek(Arc<[f64]>),
    /// Equal steps over a period counted from the start date, in elapsed time (literature cases).
    Cycle {
        /// Period, seconds.
        period: f64,
        /// Relative rate of each of the equal steps.
        values: Arc<[f64]>,
    },
}

/// A random factor on a day's rate: gamma with mean 1, drawn for each local date. It is keyed by the
/// date (and area), not by class, so classes share a good or bad day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayFactor {
    /// Coefficient of variation.
    pub cv: f64,
    /// Who shares one factor.
    pub scope: DayScope,
    /// Correlation of a day's factor with the next day's, from 0 to below 1; over h days it is its h-th power.
    pub autocorrelation: f64,
}

/// Who shares a day's factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DayScope {
    /// All areas.
    National,
    /// Each area has its own.
    Area,
    /// Each area has its own, and any two of them have this correlation, between 0 and 1.
    Correlated(f64),
}

/// A random factor on the rate of each interval within the day: gamma with mean 1, drawn for each class, area and
/// interval, of such a shape that counts in an interval are negative binomial with variance `dispersion` times their
/// mean, given the day's factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bursts {
    /// Variance over mean of the counts of an interval, above 1.
    pub dispersion: f64,
    /// Length of an interval, seconds, counted from the origin.
    pub every: f64,
}

/// Recorded arrivals: replayed in every replication, or drawn from it by whole days or weeks.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Arrival instants in engine time, ascending; of counts, the start of each event's interval. Not used
    /// where days are drawn.
    pub times: Arc<[f64]>,
    /// Each event is spread uniformly over `[time - before, time + after)`, both in seconds.
    pub jitter_before: f64,
    /// See `jitter_before`. Counts have the width of their intervals here and zero before.
    pub jitter_after: f64,
    /// Intervals of counts that have another width, around a change of the clock: start as in `times`, and seconds after it, by
    /// start. Not used where days are drawn: those have the width that an interval has on other days.
    pub uneven: Arc<[(f64, f64)]>,
    /// The area of all events; without one, each event's area is drawn by share.
    pub area: Option<AreaId>,
    /// Arrivals for each recorded one: below 1 some are left out at random, above 1 some come again.
    pub factor: f64,
    /// Factor of each calendar month (January first), in the area's local time, as `factor`.
    pub months: [f64; 12],
    /// Recorded days of which each replication draws its own; `None`: replayed as recorded.
    pub drawn: Option<RecordedDays>,
}

impl Trace {
    /// Recorded arrivals that are replayed as they are, from areas by share. `times` ascend.
    pub fn replayed(times: impl Into<Arc<[f64]>>) -> Self {
        Self {
            times: times.into(),
            jitter_before: 0.0,
            jitter_after: 0.0,
            uneven: Arc::default(),
            area: None,
            factor: 1.0,
            months: [1.0; 12],
            drawn: None,
        }
    }

    /// Seconds after its recorded time over which an event is spread.
    pub fn spread_after(&self, time: f64) -> f64 {
        if self.uneven.is_empty() || self.drawn.is_some() {
            return self.jitter_after;
        }
        let found = self.uneven.binary_search_by(|(start, _)| start.total_cmp(&time));
        found.map_or(self.jitter_after, |at| self.uneven[at].1)
    }

    /// How many arrivals of a day (where days are drawn) or of the whole record there are on average, before
    /// any factor.
    pub fn mean_size(&self) -> f64 {
        let Some(recorded) = &self.drawn else { return self.times.len() as f64 };
        let size = |day: &u32| recorded.days.get(*day as usize).map_or(0.0, |d| d.len() as f64);
        let mean = |list: &[u32]| list.iter().map(size).sum::<f64>() / list.len().max(1) as f64;
        match &recorded.draw {
            DayDraw::Weekday(lists) => lists.iter().map(|l| mean(l)).sum::<f64>() / 7.0,
            DayDraw::Week(mondays) => {
                (0..7).map(|d| mean(&mondays.iter().map(|m| m + d).collect::<Vec<_>>())).sum::<f64>() / 7.0
            }
        }
    }

    /// Arrivals a second over a run that ends at `end` (seconds), about, before months and exceptions.
    pub fn per_second(&self, end: f64) -> f64 {
        let over = if self.drawn.is_some() { crate::time::DAY } else { end.max(1.0) };
        self.factor * self.mean_size() / over
    }
}

/// Whole recorded days, and how the days of a run are drawn from them.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedDays {
    /// Arrivals of each recorded day in seconds after its local midnight, ascending.
    pub days: Vec<Arc<[f64]>>,
    /// Which of them may be drawn for a day of the run. Classes share the draws, so that those whose records
    /// cover the same days have the same days drawn.
    pub draw: DayDraw,
}

/// How the days of a run are drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum DayDraw {
    /// Each day by itself, from the recorded days (by number) of its weekday, Monday first; none of the
    /// lists is empty.
    Weekday([Vec<u32>; 7]),
    /// Whole weeks, by the number of the recorded Monday that begins each; not empty.
    Week(Vec<u32>),
}
