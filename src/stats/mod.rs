//! Estimates and their uncertainty.

pub mod estimate;

pub use estimate::Estimate;
