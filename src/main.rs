//! The `anchorwatch` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    anchorwatch::cli::run()
}
