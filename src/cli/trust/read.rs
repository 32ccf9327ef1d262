//! What the reading subcommands have in common: which trust, known when, in which form.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::cli::arguments::{KnowledgeArgument, StoreArguments, TrustArguments, instant};
use crate::cli::settings::{folder_view, now, settings};
use crate::judge::trust::FolderView;

#[derive(Debug, Clone, Args)]
pub(super) struct ReadArguments {
    /// Read this trust folder instead of the one built in
    #[arg(long, value_name = "DIR")]
    pub(super) trust: Option<PathBuf>,
    /// How things stood at this instant [default: now]
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(super) at: Option<Timestamp>,
    /// Only what was known at this time [default: all that is known now]
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(super) known_at: Option<Timestamp>,
    /// Whose account of when trust was learnt counts [default: instance]
    #[arg(long, value_enum, value_name = "WHOSE")]
    pub(super) knowledge: Option<KnowledgeArgument>,
    #[command(flatten)]
    pub(super) store: StoreArguments,
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub(super) format: Form,
}

/// A table for people, or JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    Text,
    Json,
}

impl ReadArguments {
    /// The view, the instant at which it is read, and the time of its knowledge.
    pub(super) fn view(&self) -> anyhow::Result<(FolderView, Timestamp, Timestamp)> {
        let now = now();
        let view = self.view_known_at(self.known_at)?;
        Ok((view, self.at.unwrap_or(now), self.known_at.unwrap_or(now)))
    }

    /// The same trust as known at another time.
    pub(super) fn view_known_at(&self, known_at: Option<Timestamp>) -> anyhow::Result<FolderView> {
        let config = settings(self.store.config.as_deref())?;
        let trust = TrustArguments {
            trust: self.trust.clone(),
            anchors: vec![],
            at: self.at,
            known_at,
            knowledge: self.knowledge,
            profile: None,
        };
        folder_view(&trust, &self.store, &config, now())
    }
}
