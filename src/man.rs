//! `poolwise man`

use super::exit::{Done, Failure};
use super::options::{Cli, ManArgs};
use clap::CommandFactory;

/// Writes a man page for the program and one for each command.
///
/// # Errors
/// If the folder or a page cannot be written.
pub(crate) fn man(args: &ManArgs) -> Result<Done, Failure> {
    let failed = |e: std::io::Error| Failure::Failed(format!("cannot write {}: {e}", args.folder.display()));
    std::fs::create_dir_all(&args.folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), &args.folder).map_err(failed)?;
    Ok(Done::Fully)
}
