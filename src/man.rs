//! `poolwise man`

use super::exit::{Done, Failure};
use super::options::{Cli, ManArgs};
use clap::CommandFactory;
use poolwise_report::write::Folder;

/// Writes a man page for the program and one for each command.
///
/// # Errors
/// If the folder or a page cannot be written.
pub(crate) fn man(args: &ManArgs) -> Result<Done, Failure> {
    let folder = Folder::create(&args.folder).map_err(|e| e.chosen_by(""))?;
    let failed =
        |e: std::io::Error| Failure::Failed(format!("cannot write in {}: {e}", args.folder.display()));
    clap_mangen::generate_to(Cli::command(), folder.path()).map_err(failed)?;
    Ok(Done::Fully)
}
