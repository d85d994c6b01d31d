//! Files of sweeps.

pub mod tidy;
