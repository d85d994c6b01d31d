//! How many officers, and on which shifts: the least staff that gives a service.
//!
//! A [`curve`] says how many officers must be on duty in each hour of the week at each centre. It is
//! found by simulation against targets; rosters of whole shifts then cover it.

pub mod curve;
