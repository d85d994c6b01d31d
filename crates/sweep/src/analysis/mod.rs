//! What a sweep says: slices along its axes, differences from the baseline and where their sign changes,
//! break-even values, which input matters, which scenario is best. All from the tidy file; only break-even
//! values ask for further replications.

pub mod best;
pub mod breakeven;
pub mod contrast;
pub mod influence;
pub mod slice;

pub use best::{Best, best};
pub use breakeven::{Bracket, Found, brackets, refine};
pub use contrast::{Contrast, Identified, contrasts, identified};
pub use influence::{Indices, Swing, indices, swings};
pub use slice::{Slice, facets, reference, slices};

/// Confidence of intervals.
pub const CONFIDENCE: f64 = 0.95;
