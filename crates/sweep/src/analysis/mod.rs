//! What a sweep says: slices along its axes, differences from the baseline and where their sign changes,
//! break-even values, which input matters, which scenario is best. All from the tidy file; only break-even
//! values ask for further replications.

pub mod answer;
pub mod best;
pub mod breakeven;
pub mod contrast;
pub mod cost;
mod crossings;
pub mod findings;
mod gains;
pub mod influence;
mod level;
mod search;
pub mod shown;
pub mod slice;
mod survey;
pub mod words;

pub use answer::BestEntries;
pub use answer::SweepAnswer;
pub use best::{BestColumn, BestScenario, best};
pub use breakeven::{Bracket, Crossing, SearchEffort, brackets, refine};
pub use contrast::{Contrast, Identified, contrasts, identified};
pub use cost::PointCost;
pub use findings::{Findings, SENTENCES, outputs};
pub use gains::{Lengths, MeasureGains, SweepGains};
pub use influence::{Indices, Swing, indices, swings};
pub use level::{Extremes, Level};
pub use search::BREAK_EVEN;
pub use shown::Shown;
pub use slice::{Slice, facets, reference, slices};

/// Confidence of intervals.
pub const CONFIDENCE: f64 = 0.95;
