//! Experiments: replicate, summarise, compare. The only place that uses threads.

pub mod compare;
pub mod measures;
pub mod merged;
pub mod replicate;
pub mod summarise;
pub mod summary;
pub mod sweep;

pub use compare::compare;
pub use replicate::{Replicated, Settings, Unwatched, Watch, replicate, replicate_range};
pub use summarise::summarise;
