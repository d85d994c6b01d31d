//! Experiments: replicate, summarise, compare. Threads are started in [`parallel`] only.
#![warn(missing_docs)]

pub mod compare;
pub mod format;
pub mod measures;
pub mod merged;
pub mod oracle;
pub mod pairing;
pub mod parallel;
pub mod replicate;
pub mod sample;
pub mod sequential;
pub mod study;
pub mod summarise;
pub mod summary;
pub mod uncertain;
pub mod warm_up;

pub use compare::compare;
pub use oracle::{Oracle, oracle};
pub use replicate::{Replicated, Settings, Unwatched, Watch, replicate, replicate_range, run_watched};
pub use sample::sample;
pub use sequential::until_precise;
pub use study::{Options, Results, Study, StudyError};
pub use summarise::summarise;
