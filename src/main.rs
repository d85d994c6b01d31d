//! The `poolwise` program. All it does is in the library's `cli` module.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    poolwise::cli::main()
}
