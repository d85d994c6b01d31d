//! The `poolwise` program. All it does is in `lib.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    poolwise::main()
}
