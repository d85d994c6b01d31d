//! `poolwise sweep submit`: an array job of shards, and a job that merges after it.

use super::args::SubmitArgs;
use crate::cli::exit::{Done, Failure};

/// Submits what is missing.
///
/// # Errors
/// If the sweep is invalid or the scheduler refuses.
pub fn submit(_args: &SubmitArgs) -> Result<Done, Failure> {
    Err(Failure::Failed("not yet".to_owned()))
}
