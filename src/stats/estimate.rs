//! A point estimate with its interval.

use serde::{Deserialize, Serialize};

/// A point estimate with a two-sided confidence interval over replications.
///
/// With fewer than two replications, or where the measure is undefined, `lower` and `upper` are NaN
/// (written as `null`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Point estimate.
    pub estimate: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
    /// How many replications it rests on.
    pub replications: u32,
}

impl Estimate {
    /// A value without an interval of its own, known exactly: the interval is the point.
    pub fn exact(value: f64, replications: u32) -> Self {
        Self { estimate: value, lower: value, upper: value, replications }
    }

    /// Half the length of the interval.
    pub fn half_width(&self) -> f64 {
        (self.upper - self.lower) / 2.0
    }
}
