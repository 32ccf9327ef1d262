//! `anchorwatch audit`: the chain of changes, and whether somebody edited it.

use std::fmt::Write as _;

use clap::{Args, Subcommand};

use super::arguments::StoreArguments;
use super::out;
use super::settings::{open_store, settings};
use crate::render::plain;
use crate::store::AuditHead;

/// The chain is not as it was written: as for an invalid package.
const EDITED: u8 = 12;

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Print the changes of trust, latest first, and the head of the chain
    Log(LogArguments),
    /// Recompute the chain and its signatures
    Verify(VerifyArguments),
}

#[derive(Debug, Clone, Args)]
pub(super) struct LogArguments {
    /// At most this many
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Clone, Args)]
pub(super) struct VerifyArguments {
    /// A head that was kept elsewhere and must be in the chain; may be given more than once
    #[arg(long, value_name = "HEAD")]
    head: Vec<AuditHead>,
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run(command: &AuditCommand) -> anyhow::Result<u8> {
    match command {
        AuditCommand::Log(arguments) => {
            let config = settings(arguments.store.config.as_deref())?;
            let store = open_store(&arguments.store, &config)?;
            let mut text = format!("head {}\n", store.audit_head()?);
            for entry in store.audit_log(arguments.limit)? {
                let _ = writeln!(
                    text,
                    "{:>5}  {}  {:<16} {:<20} {}",
                    entry.sequence,
                    entry.at,
                    plain(&entry.action),
                    plain(&entry.actor),
                    plain(&entry.detail)
                );
            }
            out::write(&text)?;
            Ok(0)
        }
        AuditCommand::Verify(arguments) => {
            let config = settings(arguments.store.config.as_deref())?;
            let store = open_store(&arguments.store, &config)?;
            let report = store.audit_verify(&arguments.head)?;
            let mut text = format!(
                "{} entries, {} signed heads, head {}\n",
                report.entries, report.signed_heads, report.head
            );
            for fault in &report.faults {
                let _ = writeln!(text, "{fault}");
            }
            if report.faults.is_empty() {
                text.push_str("whole: nothing was edited, removed or cut off");
                if arguments.head.is_empty() {
                    text.push_str(", as far as it shows without a head kept elsewhere (--head)");
                }
                text.push('\n');
            }
            out::write(&text)?;
            Ok(if report.faults.is_empty() { 0 } else { EDITED })
        }
    }
}
