//! What the parser of the command line says, in lines as wide as those of all other messages: it breaks its help itself, but neither its
//! errors nor the line of usage.

use super::printer::{error_width, output_width};
use poolwise_report::table::messages;
use std::io::{self, Write};

/// Prints help and version on standard output, errors on standard error.
///
/// # Errors
/// If nobody reads it.
pub(crate) fn print(said: &clap::Error) -> io::Result<()> {
    let text = said.render().ansi().to_string();
    if said.use_stderr() {
        let text = messages(&text, error_width());
        return anstream::AutoStream::auto(io::stderr()).lock().write_all(text.as_bytes());
    }
    let text = messages(&text, output_width().unwrap_or(usize::MAX));
    anstream::AutoStream::auto(io::stdout()).lock().write_all(text.as_bytes())
}
