//! What a measure is: its unit, which way is better, how it is read, and its words.

use crate::part::Part;
use crate::places::PlaceKind;
use poolwise_engine::model::Words;
use poolwise_stats::ValueRange;
use serde::Serialize;

/// What a measure is counted in, as its name states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A number of officers or posts.
    Officers,
    /// Hours in a week.
    HoursPerWeek,
    /// A share between 0 and 1, shown in per cent.
    Share,
    /// A length of time, hours.
    Hours,
    /// A rate, per hour.
    PerHour,
    /// A number of requests.
    Requests,
}

/// Which way a planner would like a measure to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Higher is better.
    More,
    /// Lower is better.
    Less,
    /// Neither in itself.
    Neither,
}

/// How a measure is read off a replication: as what, so that estimates over replications are ratios of sums.
#[derive(Debug, Clone, Copy)]
pub enum Read {
    /// Known without simulation; the same in every replication.
    Known(fn(&Part) -> f64),
    /// A value by itself, averaged over replications.
    Plain(fn(&Part) -> f64),
    /// Numerator and denominator, summed over replications.
    Ratio(fn(&Part) -> (f64, f64)),
}

/// What a measure is at some places.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// Kinds of place for which it is defined.
    pub places: &'static [PlaceKind],
    /// How it is read there.
    pub read: Read,
    /// What is particular there; most often nothing.
    pub note: &'static str,
}

/// How it is read at places where nothing is particular.
pub(crate) const fn at(places: &'static [PlaceKind], read: Read) -> At {
    At { places, read, note: "" }
}

/// The same with what is particular there.
pub(crate) const fn noted(places: &'static [PlaceKind], read: Read, note: &'static str) -> At {
    At { places, read, note }
}

/// A measure of the catalogue: its name, what it means, and which way is better.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// Name in files; it carries the unit.
    pub name: &'static str,
    /// Words for tables: see [`Self::label`].
    pub(crate) label: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// What values it can have.
    pub range: ValueRange,
    /// What it means, with places for words: see [`Self::meaning`].
    pub(crate) meaning: &'static str,
    /// Where it is kept, and how it is read there.
    pub at: &'static [At],
}

/// What goes into a label beside the words of the scenario: times as texts, with their unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times {
    /// The service target T; none where the scenarios at hand have different ones.
    pub target: Option<String>,
    /// The time within which a first officer is in time.
    pub answer: Option<String>,
}

impl Measure {
    /// Words for tables and axes, with the times filled in.
    pub fn label(&self, words: &Words, times: &Times) -> String {
        // A no-break space keeps a number and its unit on one line.
        let time = |time: &Option<String>, otherwise: &str| {
            time.as_deref().unwrap_or(otherwise).replace(' ', "\u{a0}")
        };
        let label = self.label.replace("{T}", &time(&times.target, "target"));
        words.fill(&label.replace("{A}", &time(&times.answer, "answer\u{a0}time")))
    }

    /// What it means, in a sentence or two.
    pub fn meaning(&self, words: &Words) -> String {
        words.fill(self.meaning)
    }

    /// How it is read at a place, if it is kept there.
    pub fn read_at(&self, place: PlaceKind) -> Option<Read> {
        self.at.iter().find(|at| at.places.contains(&place)).map(|at| at.read)
    }

    /// Whether it is of the whole scenario and differs between replications, so that an interval for it can be
    /// asked for.
    pub fn is_estimated(&self) -> bool {
        self.read_at(PlaceKind::Whole).is_some_and(|read| !matches!(read, Read::Known(_)))
    }
}
