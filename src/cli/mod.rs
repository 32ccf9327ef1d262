//! The command line: arguments in, streams and exit code out.
//!
//! The only floor that reads the wall clock and the environment.

mod announcements;
mod arguments;
mod audit;
mod blast;
mod check;
mod completions;
mod confirm;
mod csaf;
mod doctor;
mod explain;
mod formats;
mod history;
mod instance;
mod mail;
mod man;
mod notify;
mod out;
mod outbox;
mod person;
mod pin;
mod places;
mod poll;
mod progress;
mod propose;
mod serve;
mod settings;
mod show;
mod silence;
mod source;
mod speak;
mod status;
mod subscription;
mod team;
mod trust;

use std::process::ExitCode;

use clap::Parser as _;

use crate::service::catalogue::LoadFolderError;
use crate::service::change::ChangeError;
use crate::service::change::build::BuildError;
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
        Command::Propose(arguments) => propose::run(&arguments),
        Command::Pin(arguments) => pin::run(&arguments),
        Command::Confirm(arguments) => confirm::run(&arguments),
        Command::Reject(arguments) => confirm::run_reject(&arguments),
        Command::Distrust(arguments) => status::distrust(&arguments),
        Command::Retire(arguments) => status::retire(&arguments),
        Command::Withdraw(arguments) => status::withdraw(&arguments),
        Command::Blast(arguments) => blast::run(&arguments),
        Command::Reevaluate(arguments) => blast::run_reevaluate(&arguments),
        Command::History(arguments) => history::run(&arguments),
        Command::Person(command) => person::run(&command),
        Command::Audit(command) => audit::run(&command),
        Command::Instance(command) => instance::run(&command),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Announcements { command } => announcements::run(&command),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Status(arguments) => doctor::run_status(&arguments),
        Command::Doctor(arguments) => doctor::run_doctor(&arguments),
        Command::Backup(arguments) => doctor::run_backup(&arguments),
        Command::Team(command) => team::run(&command),
        Command::Subscribe(arguments) => subscription::run_subscribe(&arguments),
        Command::Unsubscribe(arguments) => subscription::run_unsubscribe(&arguments),
        Command::Subscription(command) => subscription::run(&command),
        Command::Ack(arguments) => silence::run_ack(&arguments),
        Command::Silence(command) => silence::run(&command),
        Command::Mail(command) => mail::run(&command),
        Command::Outbox(command) => outbox::run(&command),
        Command::Source { command } => source::run(&command),
        Command::Poll(arguments) => poll::run(&arguments),
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
                || error.is::<LoadFolderError>()
                || error.is::<ChangeError>()
                || error.is::<BuildError>();
            ExitCode::from(if usage { USAGE } else { INTERNAL })
        }
    }
}
