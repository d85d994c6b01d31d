//! Where requests come from: classes, areas, and the rate of each over time.

use super::{AreaId, Deadline, StageId};
use crate::time::HOURS_OF_WEEK;
use std::sync::Arc;

/// A kind of request.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// Name.
    pub name: String,
    /// Lower is served first under the `priority` discipline.
    pub priority: u8,
    /// Stage that a new request enters.
    pub start: StageId,
    /// Arrivals.
    pub demand: Demand,
    /// When a request is lost, if it can be.
    pub deadline: Option<Deadline>,
}

/// Where requests come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Name.
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
        /// Mean rate over profile and months, per second, all areas together.
        per_second: f64,
        /// Pattern over the week or another period; mean 1.
        profile: Profile,
        /// Factor of each calendar month (January first), in the area's local time.
        months: [f64; 12],
        /// Random factor of each day, if any.
        day_factor: Option<DayFactor>,
    },
    /// Recorded arrivals.
    Trace(Trace),
}

/// A pattern of relative rates with mean 1.
#[derive(Debug, Clone, PartialEq)]
pub enum Profile {
    /// The same at all times.
    Flat,
    /// By hour of the week in the area's local time, Monday 00:00 first.
    HourOfWeek(Box<[f64; HOURS_OF_WEEK]>),
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
}

/// Who shares a day's factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayScope {
    /// All areas.
    National,
    /// Each area has its own.
    Area,
}

/// Recorded arrivals, replayed in every replication.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Arrival instants in engine time, ascending; for hourly counts, the start of each event's hour.
    pub times: Arc<[f64]>,
    /// Each event is spread uniformly over `[time - before, time + after)`, both in seconds.
    pub jitter_before: f64,
    /// See `jitter_before`. Hourly counts have 3,600 here and zero before.
    pub jitter_after: f64,
    /// The area of all events; without one, each event's area is drawn by share.
    pub area: Option<AreaId>,
}
