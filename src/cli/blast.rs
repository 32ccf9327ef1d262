//! `anchorwatch blast` and `anchorwatch reevaluate`: what a change of trust does to known packages.

use std::fmt::Write as _;

use clap::Args;
use jiff::Timestamp;

use super::arguments::{StoreArguments, TrustArguments, instant};
use super::out;
use super::settings::{
    folder_view, now, open_store, open_store_patiently, profile, settings, store_path,
};
use super::speak::SpeakerArguments;
use super::status::named;
use crate::config::Config;
use crate::judge::trust::View as _;
use crate::render::plain;
use crate::service::consequences::{Reevaluation, Undoing, blast, distrusted, reevaluate, relink};

#[derive(Debug, Clone, Args)]
pub(super) struct BlastArguments {
    /// An id, the beginning of a fingerprint, or a part of a name
    #[arg(value_name = "ANCHOR")]
    anchor: String,
    /// As `distrust --from DATE` would leave it, by what is proven or witnessed earlier; otherwise as if
    /// it had never been known
    #[arg(long, value_name = "DATE", value_parser = instant)]
    from: Option<Timestamp>,
    /// Distrusted for this vendor alone
    #[arg(long, value_name = "SLUG", requires = "from")]
    vendor: Option<String>,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Clone, Args)]
pub(super) struct ReevaluateArguments {
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run(arguments: &BlastArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let now = now();
    let trust = TrustArguments::default();
    let view = folder_view(&trust, &arguments.store, &config, now)?;
    let speaker = SpeakerArguments {
        sign_with: None,
        store: arguments.store.clone(),
    };
    let anchor = named(&arguments.anchor, &speaker)?;
    // That there is a store, is told in the words of every command.
    drop(open_store(&arguments.store, &config)?);
    let Some(path) = store_path(&arguments.store, &config) else {
        return Ok(0);
    };
    let name = view.anchor(&anchor).map_or_else(String::new, |a| a.name);
    let (view, undoing, done) = match arguments.from {
        None => (view, Undoing::Gone, "without it".to_owned()),
        Some(from) => {
            let vendor = arguments.vendor.as_deref();
            let view = view.supposing(distrusted(&anchor, vendor, from, now)?);
            (view, Undoing::Recorded, format!("distrusted from {from}"))
        }
    };
    let profile = profile(&trust, &config);
    let found = blast(&path, &anchor, &view, undoing, profile, now)?;
    let mut text = format!(
        "{anchor} {}\n{} known packages pass and hang on it; {} would not be judged as they are\n",
        plain(&name),
        found.packages + found.spared,
        found.packages
    );
    for ((vendor, product), count) in &found.products {
        let product = if product.is_empty() {
            "(no product's pattern fits)"
        } else {
            product
        };
        let _ = writeln!(text, "  {count:>8}  {vendor}  {}", plain(product));
    }
    if found.packages > 0 {
        let _ = writeln!(text, "{done} they would be");
    }
    for ((verdict, anchor), count) in &found.instead {
        let path = anchor
            .as_ref()
            .map_or_else(String::new, |anchor| format!(", by {anchor}"));
        let _ = writeln!(text, "  {count:>8}  {verdict}{path}");
    }
    out::write(&text)?;
    Ok(0)
}

pub(super) fn run_reevaluate(arguments: &ReevaluateArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let found = follow_up(&arguments.store, &config)?;
    out::write(&told(&found))?;
    Ok(0)
}

/// Judges again what changes of trust touched since the last time.
pub(super) fn follow_up(
    arguments: &StoreArguments,
    config: &Config,
) -> anyhow::Result<Reevaluation> {
    let now = now();
    let trust = TrustArguments::default();
    let view = folder_view(&trust, arguments, config, now)?;
    let mut store = open_store(arguments, config)?;
    let Some(path) = store_path(arguments, config) else {
        return Ok(Reevaluation::default());
    };
    let profile = profile(&trust, config);
    Ok(reevaluate(&path, &mut store, &view, profile, now)?)
}

/// Holds known packages against the posts that came since the last time.
pub(super) fn follow_up_posts(
    arguments: &StoreArguments,
    config: &Config,
) -> anyhow::Result<Reevaluation> {
    let now = now();
    let trust = TrustArguments::default();
    let mut store = open_store_patiently(arguments, config)?;
    let waiting = !store.pending_posts(1)?.is_empty();
    let Some(path) = store_path(arguments, config).filter(|_| waiting) else {
        return Ok(Reevaluation::default());
    };
    // Made after the posts came, so that it knows them.
    let view = folder_view(&trust, arguments, config, now)?;
    Ok(relink(
        &path,
        &mut store,
        &view,
        profile(&trust, config),
        now,
    )?)
}

/// A line for each verdict that changed, and one that counts.
pub(super) fn told(found: &Reevaluation) -> String {
    let mut text = changes(found);
    let _ = writeln!(
        text,
        "{} known packages judged again, {} verdicts changed",
        found.touched,
        found.changed.len()
    );
    text
}

/// A line for each verdict that changed.
pub(super) fn changes(found: &Reevaluation) -> String {
    let mut text = String::new();
    for one in &found.changed {
        let _ = writeln!(
            text,
            "{}: {} -> {}{}",
            plain(&one.file),
            one.before,
            one.after.verdict,
            if one.before == one.after.verdict {
                " by another anchor or vendor"
            } else {
                ""
            }
        );
    }
    text
}
