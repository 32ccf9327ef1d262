//! The command line: arguments in, streams and exit code out.
//!
//! The only floor that reads the wall clock and the environment.

mod arguments;
mod check;
mod completions;
mod csaf;
mod formats;
mod man;
mod out;
mod places;
mod progress;
mod settings;
mod show;
mod trust;

use std::process::ExitCode;

use clap::Parser as _;

use crate::service::catalogue::LoadFolderError;
use crate::service::draft::DraftError;
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
        Command::Csaf(arguments) => csaf::run(&arguments),
        Command::Formats(arguments) => formats::run(&arguments),
        Command::Trust(command) => trust::run(&command),
        Command::Completions { shell } => completions::run(shell),
        Command::Man { command } => man::run(command.as_deref()),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            out::complain(&error);
            // Trust that cannot be loaded was named by somebody, as a wrong argument is.
            let usage = error.is::<out::Usage>()
                || error.is::<TrustError>()
                || error.is::<DraftError>()
                || error.is::<LoadFolderError>();
            ExitCode::from(if usage { USAGE } else { INTERNAL })
        }
    }
}
