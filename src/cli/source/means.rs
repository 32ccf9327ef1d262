//! With what sources are asked: the settings, the clock, the trust that says whose a host is.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::cli::arguments::{StoreArguments, TrustArguments};
use crate::cli::out;
use crate::cli::settings::{now, open_store_patiently, view_and_store};
use crate::config::Config;
use crate::fetch::{Fetcher, SystemNames};
use crate::formats::{limits, pem};
use crate::judge::link::Hosts;
use crate::judge::trust::View;
use crate::render::VisitLine;
use crate::service::poll::{Clock, Means, VisitReport, stated_sources};
use crate::store::Store;
use crate::store::sources::NewSource;

#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct TrustFolder {
    /// Whose vendors' sources and hosts count: this trust folder's instead of the one built in
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
}

impl TrustFolder {
    /// The view, and the store, with patience for other writers.
    pub(in crate::cli) fn open(
        &self,
        store: &StoreArguments,
        config: &Config,
    ) -> anyhow::Result<(Box<dyn View>, Store)> {
        let trust = TrustArguments {
            trust: self.trust.clone(),
            ..TrustArguments::default()
        };
        let (view, _) = view_and_store(&trust, store, config, now())?;
        Ok((view, open_store_patiently(store, config)?))
    }
}

pub(in crate::cli) fn means(view: &dyn View, config: &Config) -> anyhow::Result<Means> {
    let mut authorities = vec![];
    for path in &config.fetch.extra_authorities {
        let usage = |why: String| out::Usage(format!("{}: {why}", path.display()));
        let bytes = std::fs::read(path).map_err(|error| usage(error.to_string()))?;
        if bytes.len() > limits::ANCHOR_FILE {
            return Err(usage("too large".to_owned()).into());
        }
        if pem::is_pem(&bytes) {
            let blocks = pem::blocks(&bytes).map_err(|error| usage(error.to_string()))?;
            let certificates = blocks
                .into_iter()
                .filter(|block| block.label == "CERTIFICATE");
            authorities.extend(certificates.map(|block| block.der));
        } else {
            authorities.push(bytes);
        }
    }
    let usage = |why: String| out::Usage(format!("the settings: {why}"));
    let options = config.fetch.options(authorities).map_err(usage)?;
    let clock: Clock = Arc::new(now);
    Ok(Means {
        fetcher: Fetcher::new(options, Arc::new(SystemNames))
            .map_err(|error| usage(error.to_string()))?,
        clock,
        dice: Box::new(dice),
        speakers: Arc::new(Hosts::of(view)),
        options: config.poll.options().map_err(usage)?,
    })
}

/// From 0 up to 1. It spreads visits and guards nothing: the random part of a fresh id will do.
fn dice() -> f64 {
    let random = uuid::Uuid::now_v7().as_u128() & 0xffff_ffff;
    u32::try_from(random).map_or(0.0, |random| f64::from(random) / f64::from(u32::MAX))
}

/// The sources of profiles and settings; what cannot be used is told.
pub(in crate::cli) fn stated(view: &dyn View, config: &Config) -> Vec<NewSource> {
    let (stated, unknown) = stated_sources(view, &config.poll.sources);
    for one in unknown {
        out::note(&format!("not asked, a kind that nobody knows: {one}"));
    }
    stated
}

pub(in crate::cli) fn visit_line(visit: &VisitReport) -> VisitLine<'_> {
    VisitLine {
        number: visit.source,
        url: &visit.url,
        vendor: &visit.vendor,
        end: visit.end.word(),
        added: visit.brought.added,
        revised: visit.brought.revised,
        reason: visit.reason.as_deref(),
        moved_to: visit.moved_to.as_deref(),
        next: visit.next,
    }
}
