//! `[class.<name>]` and `[area.<name>]`.

use super::Dist;
use super::appointments::AppointmentsIn;
use super::batch::BatchIn;
use super::preemption::RiseIn;
use super::redial::RedialIn;
use crate::collections::{Exactly, List};
use crate::describe::{JsonSchema, Schema, SchemaGenerator, json_schema};
use crate::diagnostic::Problems;
use crate::input::{Input, Layering, Req, either, table, words};
use crate::node::Node;
use crate::quantity::{DateOrder, Dur, Rate, Span};
use crate::scalar::{Growth, NonNegative, Positive, Share, Text, Whole};
use std::borrow::Cow;

table! {
    /// A kind of request: how many come and when, where they start, when they are lost.
    pub(crate) struct ClassIn {
        /// Mean arrivals of all areas together: a Poisson process, with the patterns below.
        rate: Option<Rate>,
        /// Recorded arrivals instead of a rate.
        trace: Option<TraceIn>,
        /// Or appointments, some of whose clients do not come.
        appointments: Option<AppointmentsIn>,
        /// The area of all its arrivals of a rate. Default: all areas, by share.
        area: Option<Text>,
        /// Pattern of the rate over the week in each area's local time (or over another period).
        profile: Option<ProfileIn>,
        /// Factor of each calendar month, January first.
        months: Option<Exactly<NonNegative, 12>>,
        /// Change of the demand in a year from the start of the run on, as a share.
        growth: Option<Growth>,
        /// Random factor of each day.
        day_factor: Option<DayFactorIn>,
        /// Random factor of each short interval: arrivals in bursts.
        bursts: Option<BurstsIn>,
        /// How many requests come at once; `rate` is that of requests. Default: one.
        batch: Option<BatchIn>,
        /// Lower is served first under the `priority` and `preemptive` disciplines.
        priority: Whole<0, 255> = Whole::new(0),
        /// Priorities that those who wait rise to.
        rises: List<RiseIn> = List::none(),
        /// Time from arrival until it is due, for the `earliest-due` discipline. Nobody is lost by it.
        due: Option<Span>,
        /// The stage that a new request enters. Default: the first stage.
        start: Option<Text>,
        /// When a request is lost, if it can be.
        deadline: Option<DeadlineIn>,
        /// Whether those who give up or are turned away come again.
        redial: Option<RedialIn>,
    }
    exactly_one [rate, trace, appointments]
}

either! {
    /// Relative rates, scaled to mean 1.
    pub(crate) enum ProfileIn {
        /// A CSV file, or `flat`.
        File(Text),
        /// Values by hour of the week, or half or quarter hour, Monday 00:00 first: 168, 336 or 672.
        Week(WeekSteps),
        /// A column of a file, or a cycle of another length.
        Table(ProfileTableIn),
    }
    expects "168, 336 or 672 numbers, the name of a CSV file, \"flat\", or a table with `file` or `values`"
}

/// Values by equal steps of the week. How many there are is checked where they are used, as for files.
#[derive(Debug, Clone)]
pub(crate) struct WeekSteps(pub List<NonNegative>);

impl JsonSchema for WeekSteps {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "WeekSteps".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<NonNegative>();
        let of = |n: usize| json_schema!({ "type": "array", "items": items, "minItems": n, "maxItems": n });
        json_schema!({ "anyOf": [of(168), of(336), of(672)] })
    }
}

impl Input for WeekSteps {
    fn expects() -> String {
        "a list of 168, 336 or 672 numbers".to_owned()
    }
    fn accepts(node: &Node) -> bool {
        List::<NonNegative>::accepts(node)
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        List::read(node, cx).map(Self)
    }
    fn write(&self) -> toml::Value {
        self.0.write()
    }
    fn merge(base: &mut Node, over: Node, how: Layering, cx: &mut Problems) {
        List::<NonNegative>::merge(base, over, how, cx);
    }
}

table! {
    /// A column of a file, or a cycle of another length than the week.
    pub(crate) struct ProfileTableIn {
        /// CSV file beside the scenario, with 168, 336 or 672 values.
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
    pub(crate) struct DayFactorIn {
        /// Coefficient of variation.
        cv: Req<NonNegative>,
        /// Whether all areas share one factor.
        scope: DayScopeIn = DayScopeIn::National,
        /// Correlation of a day's factor with the next day's.
        autocorrelation: Option<Share>,
        /// Correlation of the factors of any two areas, instead of `scope`.
        correlation: Option<Share>,
    }
}

table! {
    /// A random factor of each short interval: gamma with mean 1, for each class and area by itself.
    pub(crate) struct BurstsIn {
        /// Variance over mean of the counts of an interval, given the day: 1 is pure chance.
        dispersion: Req<Positive>,
        /// Length of an interval.
        every: Span = Span::new(3600.0),
    }
}

words! {
    /// Who shares a day's factor.
    pub(crate) enum DayScopeIn {
        /// All areas.
        National = "national",
        /// Each area has its own.
        Area = "area",
    }
}

table! {
    /// Recorded arrivals from a CSV file.
    pub(crate) struct TraceIn {
        /// CSV file beside the scenario.
        file: Req<Text>,
        /// What its rows are.
        kind: Req<TraceKindIn>,
        /// Column with times, or with dates. Default: the first.
        column: Option<Text>,
        /// Column with hours or times of day, where `column` has dates alone.
        time_column: Option<Text>,
        /// Column with counts. Default: `n`.
        count_column: Option<Text>,
        /// Width of the intervals of counts. Default: the step between rows.
        width: Option<Span>,
        /// Which part of a date stands first.
        dates: DateOrder = DateOrder::Year,
        /// Full width of a uniform spread around each time.
        jitter: Option<Dur>,
        /// The area of all events, whose local time the file is in. Default: areas by share, the run's
        /// time zone.
        area: Option<Text>,
        /// Arrivals for each recorded one.
        factor: NonNegative = NonNegative::new(1.0),
        /// Factor of each calendar month, January first.
        months: Option<Exactly<NonNegative, 12>>,
        /// Whole recorded days or weeks are drawn at random in each replication. Default: all is replayed as
        /// recorded.
        resample: Option<ResampleIn>,
    }
    as replaced
}

words! {
    /// What the rows of a trace are.
    pub(crate) enum TraceKindIn {
        /// One arrival each.
        Times = "times",
        /// An hour and how many arrived in it.
        HourlyCounts = "hourly-counts",
        /// An interval and how many arrived in it.
        IntervalCounts = "interval-counts",
    }
    otherwise "counts by hour are \"hourly-counts\", by half or quarter hour \"interval-counts\""
}

words! {
    /// What is drawn from a record.
    pub(crate) enum ResampleIn {
        /// Days, each from those of its weekday.
        Days = "days",
        /// Weeks, Monday to Sunday.
        Weeks = "weeks",
    }
}

table! {
    /// When a request is lost.
    pub(crate) struct DeadlineIn {
        /// Time from arrival to the deadline.
        after: Req<Dist>,
        /// What cancels the deadline.
        until: Req<UntilIn>,
        /// Exit of a lost request.
        exit: Req<Text>,
    }
    such "{ after = \"72 h\", until = \"sign\", exit = \"too late\" }"
}

either! {
    /// What cancels a deadline.
    pub(crate) enum UntilIn {
        /// The end of this stage.
        Finish(Text),
        /// The start of service at a stage: patience in the queue.
        Start(UntilStartIn),
    }
    expects "a stage's name, or { start = \"stage\" }"
}

table! {
    /// The start of service.
    pub(crate) struct UntilStartIn {
        /// The service stage.
        start: Req<Text>,
    }
    as replaced
}

table! {
    /// Where requests come from.
    pub(crate) struct AreaIn {
        /// Weight of the area in every class's volume; weights are scaled to sum to one.
        share: Positive = Positive::new(1.0),
        /// IANA name of its time zone. Default: the run's.
        time_zone: Option<Text>,
        /// Its own centre, if it has one.
        centre: Option<Text>,
    }
}
