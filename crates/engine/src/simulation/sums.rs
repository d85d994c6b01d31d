//! Sums under way, laid out for writing: what one event touches lies together. At the end they become
//! the parts of an [`Outcome`](super::Outcome).

use super::outcome::{Flow, StageFlow};

/// Sums of a class in an area.
#[derive(Debug, Clone, Default)]
pub(super) struct SumsCell {
    pub flow: Flow,
    pub conservation: ConservationCounts,
    /// Officer-seconds of duplicate work and of rework.
    pub duplicate: f64,
    pub rework: f64,
}

/// How many requests came and went over the whole run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ConservationCounts {
    pub booked: u64,
    /// Came back: for rework, or from a time before the run.
    pub returned: u64,
    /// Left before the end.
    pub left: u64,
    /// Without a slot, because their next instant lies beyond the end.
    pub beyond: u64,
}

/// Sums of a stage at a centre.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StageSums {
    /// Visits completed in the window; those of delays are counted at the first centre.
    pub completed: u64,
    pub started: u64,
    pub wait_sum: f64,
}

impl ConservationCounts {
    pub(super) fn add(&mut self, other: Self) {
        self.booked += other.booked;
        self.returned += other.returned;
        self.left += other.left;
        self.beyond += other.beyond;
    }
}

/// What happened at a stage that so many requests reached, from its sums by centre.
pub(super) fn stage_flow(visits: u64, sums: &[StageSums]) -> StageFlow {
    StageFlow {
        visits,
        completed: sums.iter().map(|s| s.completed).collect(),
        started: sums.iter().map(|s| s.started).sum(),
        wait_sum: sums.iter().map(|s| s.wait_sum).sum(),
    }
}
