//! Sums under way, laid out for writing: what one event touches lies together. At the end they become
//! the parts of an [`Outcome`](super::Outcome).

use super::integral::Gauges;
use super::outcome::{Flow, StageFlow, Waits};
use crate::stats::quantile::Histogram;
use crate::time::HOURS_OF_WEEK;

/// Sums of a class in an area.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub flow: Flow,
    pub books: Books,
}

/// How many requests came and went over the whole run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Books {
    pub booked: u64,
    /// Came back: for rework, or from a time before the run.
    pub returned: u64,
    /// Left before the end.
    pub left: u64,
    /// Without a slot, because their next instant lies beyond the end.
    pub beyond: u64,
}

/// Sums of a role at a centre.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub gauges: Gauges,
    /// Sum of waits.
    pub sum: f64,
    /// Whole run: time in the queue, and officer-seconds of service given.
    pub queued: f64,
    pub given: f64,
    pub waits: Histogram,
    pub hours: Box<[DeskHour; HOURS_OF_WEEK]>,
}

/// Requests of one hour of a centre's week: those who reached the queue, those of them begun, their waits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DeskHour {
    pub reached: u64,
    pub started: u64,
    pub wait_sum: f64,
}

/// Sums of a stage.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StageSums {
    pub visits: u64,
    pub started: u64,
    pub wait_sum: f64,
}

impl Books {
    pub fn add(&mut self, other: Self) {
        self.booked += other.booked;
        self.returned += other.returned;
        self.left += other.left;
        self.beyond += other.beyond;
    }
}

impl Desk {
    pub fn new() -> Self {
        Self {
            gauges: Gauges::default(),
            sum: 0.0,
            queued: 0.0,
            given: 0.0,
            waits: Histogram::new(),
            hours: Box::new([DeskHour::default(); HOURS_OF_WEEK]),
        }
    }

    pub fn waits(&self) -> Waits {
        let started = self.waits.count();
        Waits {
            reached: self.hours.iter().map(|h| h.reached).collect(),
            started,
            waited: started - self.waits.zeros(),
            sum: self.sum,
            waits: self.waits.clone(),
            sum_by_hour: self.hours.iter().map(|h| h.wait_sum).collect(),
            started_by_hour: self.hours.iter().map(|h| h.started).collect(),
            queued: self.queued,
            given: self.given,
        }
    }
}

impl StageSums {
    /// With the visits completed, by centre.
    pub fn flow(self, completed: Vec<u64>) -> StageFlow {
        StageFlow { visits: self.visits, completed, started: self.started, wait_sum: self.wait_sum }
    }
}
