//! `[run]` and `[workforce]`.

use crate::scenario::collections::List;
use crate::scenario::input::table;
use crate::scenario::quantity::{Date, Dur, Span};
use crate::scenario::scalar::{Fraction, Text, WeekHours, Whole};
use crate::scenario::source::Place;
use crate::time::{HOUR, WEEK};

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
        /// Whole weeks that are run before `start` and not counted.
        warm_up: Dur = Dur::new(0.0),
        /// How many independent replications.
        replications: Whole<1, 1_000_000> = Whole::new(10),
        /// Root of all random streams.
        seed: Whole<0, { i64::MAX }> = Whole::new(1),
        /// Service target T: a request counts as in time when it is done within it.
        target: Span = Span::new(4.0 * HOUR),
        /// Dates of holidays.
        holidays: List<Date> = List::none(),
    }
}

impl Default for RunIn {
    fn default() -> Self {
        Self {
            place: Place::NONE,
            start: START,
            time_zone: Text::new("UTC"),
            horizon: Span::new(52.0 * WEEK),
            warm_up: Dur::new(0.0),
            replications: Whole::new(10),
            seed: Whole::new(1),
            target: Span::new(4.0 * HOUR),
            holidays: List::none(),
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
