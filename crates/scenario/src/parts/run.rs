//! `[run]` and `[workforce]`.

use crate::collections::List;
use crate::input::{Input, Req, table, words};
use crate::quantity::{Date, Dur, Span};
use crate::scalar::{Fraction, Text, WeekHours, Whole};
use crate::source::Place;
use poolwise_engine::time::{HOUR, WEEK};

/// Monday, the first day of fiscal year 2019.
const START: Date = Date { date: jiff::civil::date(2018, 10, 1), place: Place::NONE };

table! {
    /// Calendar, horizon, replications.
    pub struct RunIn {
        /// First day of the statistics, at local midnight.
        start: Date = START,
        /// IANA name of the run's time zone, the default of areas and centres.
        time_zone: Text = Text::new("UTC"),
        /// Length of the statistics, at most 200 years.
        horizon: Span = Span::new(52.0 * WEEK),
        /// Cut the horizon to whole weeks where arrivals or officers follow the week.
        whole_weeks: bool = true,
        /// Whole weeks that are run before `start` and not counted.
        warm_up: Dur = Dur::new(0.0),
        /// How many independent replications.
        replications: Whole<1, 1_000_000> = Whole::new(10),
        /// Root of all random streams.
        seed: Whole<0, { i64::MAX }> = Whole::new(1),
        /// Service target T: a request counts as in time when it is done within it.
        target: Span = Span::new(4.0 * HOUR),
        /// A first officer counts as in time within this of the clock's start; `target` where it is not given.
        answer_within: Option<Span>,
        /// Dates of holidays.
        holidays: List<Date> = List::none(),
        /// Replicate until intervals are short enough; `replications` is then the least number.
        precision: Option<PrecisionIn>,
    }
}

table! {
    /// When there are enough replications.
    pub struct PrecisionIn {
        /// Half-width of each measure's interval over the size of its estimate.
        relative: Req<Fraction>,
        /// Measures of the whole scenario that must all reach it.
        measures: List<MeasureWord> = MeasureWord::usual(),
        /// The greatest number of replications.
        max_replications: Whole<3, 1_000_000> = Whole::new(1_000),
        /// Replications added at a time.
        round: Whole<1, 100_000> = Whole::new(10),
    }
}

words! {
    /// A measure of the whole scenario.
    pub enum MeasureWord {
        /// Hours paid a week.
        PaidHours = "paid_hours_per_week",
        /// Officers present.
        OnDuty = "on_duty_mean",
        /// Officers at work.
        Busy = "busy_mean",
        /// Share of on-duty time at work.
        Utilization = "utilization",
        /// Time on duty without a case.
        Downtime = "downtime_hours_per_week",
        /// Work after the end of a shift.
        Overtime = "overtime_hours_per_week",
        /// Work done twice.
        Duplicate = "duplicate_hours_per_week",
        /// Work redone.
        Rework = "rework_hours_per_week",
        /// Requests left at the end.
        Backlog = "backlog_at_end",
        /// Arrivals.
        Arrivals = "arrivals_per_hour",
        /// Requests done.
        Done = "done_per_hour",
        /// Wait for the first officer.
        Wait = "wait_mean_hours",
        /// Mean time to completion.
        CompletionMean = "time_to_completion_mean_hours",
        /// Its 95th percentile.
        CompletionP95 = "time_to_completion_p95_hours",
        /// Share done within T.
        WithinTarget = "done_within_target",
        /// The same, early losses left out.
        WithinTargetKept = "done_within_target_of_not_lost_early",
        /// Share lost.
        Lost = "lost_share",
        /// Share lost by waiting.
        Avoidable = "lost_share_avoidable",
    }
}

impl MeasureWord {
    /// The measures meant where none is named.
    fn usual() -> List<Self> {
        List { place: Place::NONE, items: vec![Self::WithinTarget, Self::CompletionMean] }
    }

    /// Its name.
    pub fn name(self) -> String {
        match self.write() {
            toml::Value::String(name) => name,
            _ => String::new(),
        }
    }
}

impl Default for RunIn {
    fn default() -> Self {
        Self {
            place: Place::NONE,
            start: START,
            time_zone: Text::new("UTC"),
            horizon: Span::new(52.0 * WEEK),
            whole_weeks: true,
            warm_up: Dur::new(0.0),
            replications: Whole::new(10),
            seed: Whole::new(1),
            target: Span::new(4.0 * HOUR),
            answer_within: None,
            holidays: List::none(),
            precision: None,
        }
    }
}

table! {
    /// From headcount to rostered hours.
    pub struct WorkforceIn {
        /// Hours that an officer is paid for in a week.
        hours_per_week: WeekHours = WeekHours::new(40.0),
        /// Share of paid hours that can be rostered; the rest is leave and training.
        planned_availability: Fraction = Fraction::new(1.0),
    }
}

impl Default for WorkforceIn {
    fn default() -> Self {
        Self {
            place: Place::NONE,
            hours_per_week: WeekHours::new(40.0),
            planned_availability: Fraction::new(1.0),
        }
    }
}
