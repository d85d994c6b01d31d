//! From a model to its workload and staff: the load that rosters must carry, and officers by headcount spread
//! over centres and shifts.
#![warn(missing_docs)]

pub mod allocation;
pub mod crowding;
pub mod effort;
pub mod exceptions;
pub mod offered_load;
pub mod roster_rules;
pub mod staffing;
