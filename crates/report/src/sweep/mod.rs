//! Files of sweeps.

pub mod analysis;
mod controls;
mod cost;
mod curve;
pub mod pictures;
