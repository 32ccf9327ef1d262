//! The command line: arguments in, streams and exit code out.
//!
//! The only floor that reads the wall clock and the environment.

mod announcements;
mod arguments;
mod check;
mod completions;
mod explain;
mod man;
mod out;
mod places;
mod progress;
mod show;
mod store;

use std::process::ExitCode;

use clap::Parser as _;

use crate::service::trust::TrustError;
use arguments::{Arguments, Command};

/// Usage errors, as clap and `DESIGN` number them.
const USAGE: u8 = 2;
/// Something broke inside; never the number of a verdict.
const INTERNAL: u8 = 1;

/// Runs the program with the process's own arguments.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, not errors; clap knows which stream is right.
            let code = if error.use_stderr() { USAGE } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let outcome = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Announcements { command } => announcements::run(&command),
        Command::Completions { shell } => completions::run(shell),
        Command::Man { command } => man::run(command.as_deref()),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            out::complain(&error);
            // Trust that cannot be loaded was named by somebody, as a wrong argument is.
            ExitCode::from(if error.is::<out::Usage>() || error.is::<TrustError>() {
                USAGE
            } else {
                INTERNAL
            })
        }
    }
}
