//! Files of sweeps.

pub mod analysis;
pub mod tidy;
mod words;
