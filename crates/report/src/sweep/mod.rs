//! Files of sweeps.

pub mod analysis;
mod curve;
pub mod pictures;
pub mod tidy;
