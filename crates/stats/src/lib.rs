//! Estimates and their uncertainty: intervals, quantiles, comparisons, warm-up and run length.
//!
//! Everything here is pure and deterministic: the same numbers in the same order give the same bits.
#![warn(missing_docs)]

mod bounded;
pub mod breakeven;
mod control;
pub mod estimate;
pub mod nested;
mod paired;
pub mod sequential;
pub mod sobol;
mod splitmix;
pub mod student;
pub mod trend;
pub mod warmup;

pub use bounded::ValueRange;
pub use control::{Control, LEAST_EXPLAINED, LEAST_REPLICATIONS};
pub use estimate::{Estimate, jackknife_ratio, ratio_residuals, weekly_variance};
pub use nested::{Nested, nested};
pub use paired::{Paired, bonferroni, family_confidence, multiple_comparison_with_best};
pub use sequential::{PrecisionTarget, StoppingRule};
pub use splitmix::SplitMix64;
