//! `[run]` and `[workforce]`.

use crate::collections::List;
use crate::describe::{JsonSchema, Schema, SchemaGenerator, json_schema};
use crate::diagnostic::Problems;
use crate::input::{Input, Req, table, wrong_kind};
use crate::node::Node;
use crate::quantity::{Date, Dur, Span};
use crate::scalar::{Fraction, Text, WeekHours, Whole};
use crate::source::TextSpan;
use poolwise_engine::model::Workforce;
use poolwise_engine::time::{HOUR, WEEK};
use poolwise_measures::{MEASURES, PlaceKind as Kept, find};
use std::borrow::Cow;
use toml::Value;

/// Monday, the first day of fiscal year 2019.
const START: Date = Date { date: jiff::civil::date(2018, 10, 1), place: TextSpan::NONE };

table! {
    /// Calendar, horizon, replications.
    pub(crate) struct RunIn {
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
    pub(crate) struct PrecisionIn {
        /// Half-width of each measure's interval over the size of its estimate.
        relative: Req<Fraction>,
        /// Measures of the whole scenario that must all reach it.
        measures: List<MeasureName> = MeasureName::usual(),
        /// The greatest number of replications.
        max_replications: Whole<3, 1_000_000> = Whole::new(1_000),
        /// Replications added at a time.
        round: Whole<1, 100_000> = Whole::new(10),
    }
}

/// A measure of the whole scenario that replications make more precise, by its name in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MeasureName(pub &'static str);

impl MeasureName {
    /// The measures meant where none is named.
    fn usual() -> List<Self> {
        let items = ["done_within_target", "time_to_completion_mean_hours"].map(Self).to_vec();
        List { place: TextSpan::NONE, items }
    }

    fn all() -> impl Iterator<Item = &'static str> {
        MEASURES.iter().filter(|m| m.is_estimated()).map(|m| m.name)
    }
}

impl JsonSchema for MeasureName {
    fn schema_name() -> Cow<'static, str> {
        "MeasureName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A measure of the whole scenario.", "enum": Self::all().collect::<Vec<_>>() })
    }
}

impl Input for MeasureName {
    fn expects() -> String {
        let names: Vec<String> = Self::all().map(|name| format!("\"{name}\"")).collect();
        format!("one of {}", names.join(", "))
    }
    fn accepts(node: &Node) -> bool {
        node.text().is_some()
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        let Some(written) = node.text() else {
            wrong_kind(node, &Self::expects(), cx);
            return None;
        };
        let found = Self::all().find(|name| *name == written);
        if found.is_none() {
            let note =
                cx.error(node.place, format!("unknown measure {written:?}")).names(written, Self::all());
            if let Some(m) = find(written) {
                let why = match m.read_at(Kept::Whole) {
                    Some(_) => "is the same in every replication: no number of them is too small for it",
                    None => "is not of the whole scenario, and only such measures can be asked for",
                };
                note.help(format!("`{written}` {why}"));
            }
        }
        found.map(Self)
    }
    fn write(&self) -> Value {
        Value::String(self.0.to_owned())
    }
}

impl Default for RunIn {
    fn default() -> Self {
        Self {
            place: TextSpan::NONE,
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
    pub(crate) struct WorkforceIn {
        /// Hours that an officer is paid for in a week.
        hours_per_week: WeekHours = WeekHours::new(Workforce::USUAL.hours_per_week),
        /// Share of paid hours that can be rostered; the rest is leave and training.
        planned_availability: Fraction = Fraction::new(Workforce::USUAL.planned_availability),
    }
}

impl Default for WorkforceIn {
    fn default() -> Self {
        Self {
            place: TextSpan::NONE,
            hours_per_week: WeekHours::new(Workforce::USUAL.hours_per_week),
            planned_availability: Fraction::new(Workforce::USUAL.planned_availability),
        }
    }
}
