//! Sums under way, laid out for writing: what one event touches lies together. At the end they become
//! the parts of an [`Outcome`](super::Outcome).

use super::outcome::{Flow, StageFlow};

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

impl StageSums {
    /// With the visits completed, by centre.
    pub fn flow(self, completed: Vec<u64>) -> StageFlow {
        StageFlow { visits: self.visits, completed, started: self.started, wait_sum: self.wait_sum }
    }
}
