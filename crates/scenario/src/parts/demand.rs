//! `[class.<name>]` and `[area.<name>]`.

use super::Dist;
use crate::collections::{Exactly, List};
use crate::input::{Req, either, table, words};
use crate::quantity::{Dur, Rate, Span};
use crate::scalar::{NonNegative, Positive, Text, Whole};

table! {
    /// A kind of request: how many come and when, where they start, when they are lost.
    pub struct ClassIn {
        /// Mean arrivals of all areas together: a Poisson process, with the patterns below.
        rate: Option<Rate>,
        /// Recorded arrivals instead of a rate.
        trace: Option<TraceIn>,
        /// Pattern of the rate over the week in each area's local time (or over another period).
        profile: Option<ProfileIn>,
        /// Factor of each calendar month, January first.
        months: Option<Exactly<NonNegative, 12>>,
        /// Random factor of each day.
        day_factor: Option<DayFactorIn>,
        /// Lower is served first under the `priority` discipline.
        priority: Whole<0, 255> = Whole::new(0),
        /// The stage that a new request enters. Default: the first stage.
        start: Option<Text>,
        /// When a request is lost, if it can be.
        deadline: Option<DeadlineIn>,
    }
    exactly_one [rate, trace]
}

either! {
    /// Relative rates, scaled to mean 1.
    pub enum ProfileIn {
        /// A CSV file, or `flat`.
        File(Text),
        /// Values by hour of the week, Monday 00:00 first.
        Week(Exactly<NonNegative, 168>),
        /// A column of a file, or a cycle of another length.
        Table(ProfileTableIn),
    }
    expects "168 numbers, the name of a CSV file, \"flat\", or a table with `file` or `values`"
}

table! {
    /// A column of a file, or a cycle of another length than the week.
    pub struct ProfileTableIn {
        /// CSV file beside the scenario, with 168 values.
        file: Option<Text>,
        /// Relative rate of equal steps of the period.
        values: Option<List<NonNegative>>,
        /// Column of the file. Default: the only one.
        column: Option<Text>,
        /// Period that the values cover, in elapsed time from the start of the warm-up.
        period: Option<Span>,
    }
    exactly_one [file, values]
    as replaced
}

table! {
    /// Random factor of each day: gamma with mean 1, shared by all classes.
    pub struct DayFactorIn {
        /// Coefficient of variation.
        cv: Req<NonNegative>,
        /// Whether all areas share one factor.
        scope: DayScopeIn = DayScopeIn::National,
    }
}

words! {
    /// Who shares a day's factor.
    pub enum DayScopeIn {
        /// All areas.
        National = "national",
        /// Each area has its own.
        Area = "area",
    }
}

table! {
    /// Recorded arrivals from a CSV file.
    pub struct TraceIn {
        /// CSV file beside the scenario.
        file: Req<Text>,
        /// What its rows are.
        kind: Req<TraceKindIn>,
        /// Column with times. Default: the first.
        column: Option<Text>,
        /// Column with counts. Default: `n`.
        count_column: Option<Text>,
        /// Full width of a uniform spread around each time.
        jitter: Option<Dur>,
        /// The area of all events, whose local time the file is in. Default: areas by share, the run's
        /// time zone.
        area: Option<Text>,
    }
    as replaced
}

words! {
    /// What the rows of a trace are.
    pub enum TraceKindIn {
        /// One arrival each.
        Times = "times",
        /// An hour and how many arrived in it.
        HourlyCounts = "hourly-counts",
    }
}

table! {
    /// When a request is lost.
    pub struct DeadlineIn {
        /// Time from arrival to the deadline.
        after: Req<Dist>,
        /// What cancels the deadline.
        until: Req<UntilIn>,
        /// Exit of a lost request.
        exit: Req<Text>,
    }
}

either! {
    /// What cancels a deadline.
    pub enum UntilIn {
        /// The end of this stage.
        Finish(Text),
        /// The start of service at a stage: patience in the queue.
        Start(UntilStartIn),
    }
    expects "a stage's name, or { start = \"stage\" }"
}

table! {
    /// The start of service.
    pub struct UntilStartIn {
        /// The service stage.
        start: Req<Text>,
    }
    as replaced
}

table! {
    /// Where requests come from.
    pub struct AreaIn {
        /// Weight of the area in every class's volume; weights are scaled to sum to one.
        share: Positive = Positive::new(1.0),
        /// IANA name of its time zone. Default: the run's.
        time_zone: Option<Text>,
        /// Its own centre, if it has one.
        centre: Option<Text>,
    }
}
