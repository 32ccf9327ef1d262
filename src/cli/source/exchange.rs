//! `source export` and `source import`: OPML, as feed readers exchange it.

use std::path::PathBuf;

use clap::Args;

use super::add::web_address;
use super::means::TrustFolder;
use crate::cli::arguments::StoreArguments;
use crate::cli::check::known_vendor;
use crate::cli::out;
use crate::cli::settings::{now, open_store, settings};
use crate::domain::source::{Kind, Origin};
use crate::formats::feed::{Outline, read_opml, write_opml};
use crate::formats::limits;
use crate::store::sources::NewSource;

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ExportArguments {
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ImportArguments {
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The vendor of all of them, where the file's groups are not named by vendors
    #[arg(long, value_name = "SLUG")]
    vendor: Option<String>,
    #[command(flatten)]
    trust: TrustFolder,
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn export(arguments: &ExportArguments) -> anyhow::Result<u8> {
    let store = open_store(
        &arguments.store,
        &settings(arguments.store.config.as_deref())?,
    )?;
    let outlines: Vec<Outline> = store
        .sources()?
        .into_iter()
        .map(|source| Outline {
            kind: match source.kind {
                Kind::Feed => "rss".to_owned(),
                kind => kind.word().to_owned(),
            },
            url: source.url,
            group: source.vendor,
        })
        .collect();
    out::write(&write_opml(&outlines))?;
    Ok(0)
}

pub(super) fn import(arguments: &ImportArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let usage = |why: String| out::Usage(format!("{}: {why}", arguments.file.display()));
    let bytes = std::fs::read(&arguments.file).map_err(|error| usage(error.to_string()))?;
    let outlines = read_opml(&bytes)
        .ok_or_else(|| usage(format!("no OPML of at most {} bytes", limits::FEED)))?;
    let (view, mut store) = arguments.trust.open(&arguments.store, &config)?;
    if let Some(vendor) = &arguments.vendor {
        known_vendor(&*view, vendor, None)?;
    }
    let known: std::collections::BTreeSet<String> = store
        .sources()?
        .into_iter()
        .map(|source| source.url)
        .collect();
    let (mut added, mut left_out) = (0, 0);
    for outline in outlines {
        let vendor = arguments.vendor.clone().unwrap_or(outline.group);
        let kind = Kind::from_word(&outline.kind);
        let usable = view.vendor(&vendor).is_some().then_some(kind).flatten();
        let (Some(kind), Ok(url)) = (usable, web_address(&outline.url)) else {
            left_out += 1;
            out::note(&format!("left out: {} of {vendor}", outline.url));
            continue;
        };
        if known.contains(&url) {
            continue;
        }
        let new = NewSource {
            url,
            vendor,
            kind,
            origin: Origin::Person,
        };
        store.add_source(&new, now())?;
        added += 1;
    }
    out::write(&format!("{added} added, {left_out} left out\n"))?;
    Ok(u8::from(left_out > 0))
}
