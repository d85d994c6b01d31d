//! How many officers, and on which shifts: the least staff that gives a service.
//!
//! [`target`] reads what is asked, [`check`] what a replication says of it, [`judge`] whether it is shown to
//! hold. [`plan`] draws up staffings from the offered load by the square-root rule, a [`search`] finds the least
//! that holds, and a [`curve`] says how many officers must be on duty in each hour of the week at each centre. Which weeks of shifts cover it
//! says [`roster`]; [`rostered`] draws rosters up until one is shown to hold.
#![warn(missing_docs)]

pub mod answer;
pub mod candidates;
pub mod causes;
pub mod check;
pub mod controls;
pub mod exchange;
mod field_work;
mod inputs;
pub mod judge;
mod level;
pub mod offered;
pub(crate) mod pilot;
pub mod plan;
pub mod probe;
mod refine;
pub mod roster;
pub mod rostered;
mod row;
pub mod search;
pub mod service;
mod shortcuts;
pub mod solve;
pub mod steering;
mod study;
pub mod target;
mod unreachable;
mod unsolved;
pub mod verdict;

pub use poolwise_rosters::{curve, headcount};
pub use study::{StaffingError, StaffingOptions, StaffingStudy, Wanted};
pub use verdict::verdict;
