//! What a planner writes: TOML files with units, `extends` and overrides, turned into a
//! [`Model`](crate::model::Model).
mod collections;
mod diagnostic;
mod input;
mod node;
mod parts;
mod quantity;
mod scalar;
mod source;
