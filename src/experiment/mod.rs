//! Experiments: replicate, summarise, compare. The only place that uses threads.

pub mod summary;
