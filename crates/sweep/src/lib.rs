//! Sweeps: scenarios over a design of points, on one machine or many, in pieces that can be lost and redone.
//!
//! [`Sweep`] is the door: load, run, results.
//!
//! [`plan`] turns a sweep file into points and cases with stable ids; `run` simulates cases and appends each
//! replication to the file of its shard; [`merge`] puts shards together in the one order that tidy files have;
//! [`tidy`] writes these and [`results`] reads them back. What a shard file holds is for `record`, how
//! it is written and read for `store`, and whether all is there for `status`.
#![warn(missing_docs)]

pub mod analysis;
mod controls;
mod design;
mod error;
mod expected;
mod filed;
mod hashed;
mod inputs;
mod known;
mod list;
mod look;
pub mod manifest;
pub mod merge;
pub mod plan;
pub mod record;
pub mod results;
mod rows;
pub mod run;
pub mod status;
pub mod store;
mod sweep;
pub mod tidy;
mod unknown;

pub use design::Points;
pub use error::SweepError;
pub use list::Ranges;
pub use manifest::Manifest;
pub use plan::{Changes, SweepPlan};
pub use run::Selection;
pub use sweep::{PointEstimate, Sweep, SweepOptions, Swept};
