//! Standard workloads, timed: how fast this machine simulates, with answers that prove the work was done.
//!
//! `workload` says what is run; `expect` what must come out; `measure` runs one workload in this
//! process and times it; `machine` says where; `peers` runs other simulators; `results` is what is printed and compared.

pub mod command;
pub mod expect;
pub mod machine;
pub mod measure;
pub mod peers;
pub mod results;
pub mod workload;

pub use measure::{BenchEffort, measure, start_up};
pub use results::{Baseline, BenchResults};
pub use workload::{Workload, centres, find, workloads};
