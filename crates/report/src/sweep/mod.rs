//! Files of sweeps.

pub mod analysis;
pub mod pictures;
pub mod tidy;
mod words;
