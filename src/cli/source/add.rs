//! `source add`.

use clap::{Args, ValueEnum};

use super::means::{TrustFolder, means};
use crate::cli::arguments::StoreArguments;
use crate::cli::check::known_vendor;
use crate::cli::out;
use crate::cli::settings::{now, settings};
use crate::domain::source::{Kind, Origin};
use crate::render::plain;
use crate::service::poll::discover;
use crate::store::sources::NewSource;

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct AddArguments {
    url: String,
    /// The vendor whose news it brings
    #[arg(long, value_name = "SLUG")]
    vendor: String,
    /// What stands there; nothing is asked then
    #[arg(long, value_enum)]
    kind: Option<KindArgument>,
    #[command(flatten)]
    trust: TrustFolder,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum KindArgument {
    Feed,
    Csaf,
    Page,
}

impl From<KindArgument> for Kind {
    fn from(argument: KindArgument) -> Self {
        match argument {
            KindArgument::Feed => Self::Feed,
            KindArgument::Csaf => Self::Csaf,
            KindArgument::Page => Self::Page,
        }
    }
}

pub(super) fn run(arguments: &AddArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let (view, mut store) = arguments.trust.open(&arguments.store, &config)?;
    known_vendor(&*view, &arguments.vendor, None)?;
    let (url, kind) = match arguments.kind {
        Some(kind) => (web_address(&arguments.url)?, kind.into()),
        None => {
            let means = means(&*view, &config)?;
            let url = web_address(&arguments.url)?;
            let found = discover(&url, &means.fetcher, &means.clock, &mut store)?
                .map_err(|why| out::Usage(format!("{}: {why}", arguments.url)))?;
            let feeds = found.iter().filter(|one| one.kind != Kind::Page).count();
            match (found.first(), feeds) {
                (Some(one), 0 | 1) => (one.url.clone(), one.kind),
                _ => {
                    let mut text = format!("{} leads to several; add one of:\n", arguments.url);
                    for one in &found {
                        let title = plain(&one.title);
                        text.push_str(&format!(
                            "  {} --kind {}  {title}\n",
                            plain(&one.url),
                            one.kind.word()
                        ));
                    }
                    out::write(&text)?;
                    return Ok(2);
                }
            }
        }
    };
    let new = NewSource {
        url,
        vendor: arguments.vendor.clone(),
        kind,
        origin: Origin::Person,
    };
    let number = store.add_source(&new, now())?;
    out::write(&format!(
        "{number} {} {} for {}\n",
        new.kind.word(),
        plain(&new.url),
        plain(&new.vendor)
    ))?;
    Ok(0)
}

/// An address in the form in which it is asked.
pub(super) fn web_address(text: &str) -> anyhow::Result<String> {
    let url = url::Url::parse(text.trim())
        .map_err(|error| out::Usage(format!("{text}: no web address: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > 4096 {
        return Err(out::Usage(format!("{text}: only http and https are asked")).into());
    }
    Ok(url.to_string())
}
