//! Rosters for people and programs: a part of a scenario that `run` accepts, CSV, and what to say of them.

pub mod csv;
pub mod fragment;
pub mod words;
