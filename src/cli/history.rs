//! `anchorwatch history`: who signed a product over time.

use std::fmt::Write as _;

use clap::Args;

use super::arguments::{StoreArguments, TrustArguments};
use super::out;
use super::settings::{folder_view, now, open_store, settings};
use crate::judge::trust::View as _;
use crate::render::plain;
use crate::service::signers::signers;

#[derive(Debug, Clone, Args)]
pub(super) struct HistoryArguments {
    /// A vendor's slug, or `slug/product` as its vendor.toml names the product
    #[arg(value_name = "PRODUCT")]
    product: String,
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run(arguments: &HistoryArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let view = folder_view(&TrustArguments::default(), &arguments.store, &config, now())?;
    let (slug, product) = match arguments.product.split_once('/') {
        Some((slug, product)) => (slug, Some(product)),
        None => (arguments.product.as_str(), None),
    };
    let Some(profile) = view.vendor(slug) else {
        return Err(out::Usage(format!("no vendor {slug} is known")).into());
    };
    if let Some(name) = product
        && !profile.products.iter().any(|known| known.name == name)
    {
        return Err(out::Usage(format!("{slug} has no product {name}")).into());
    }
    let store = open_store(&arguments.store, &config)?;
    let line = signers(&store, &profile, product)?;
    let mut text = String::new();
    for one in &line {
        let _ = writeln!(
            text,
            "{} to {}  {:<24} {} package(s)  {}",
            one.first.strftime("%F"),
            one.last.strftime("%F"),
            one.told(),
            one.packages,
            plain(&one.subject)
        );
        let _ = writeln!(text, "{:26}SHA-256 {}", "", one.sha256);
        let _ = writeln!(text, "{:26}issuer  {}", "", plain(&one.issuer));
        if let Some(anchor) = &one.anchor {
            let _ = writeln!(text, "{:26}anchor  {anchor}", "");
        }
    }
    if line.is_empty() {
        text.push_str("no signed package of it is known\n");
    }
    out::write(&text)?;
    Ok(0)
}
