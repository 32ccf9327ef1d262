//! `anchorwatch explain`.

use super::arguments::{ExplainArguments, ExplainFormatArgument, StoreArguments};
use super::check::{known_vendor, now, profile, settings, trust_choice};
use super::{out, places, store};
use crate::render::{explain_json, explain_markdown, explain_script, explain_text};
use crate::service::explain::{ExplainError, ExplainRequest, explain};
use crate::service::trust::load;
use crate::store::Store;

pub(super) fn run(arguments: &ExplainArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let view = load(&trust_choice(&arguments.trust, &config)?)?;
    if let Some(slug) = &arguments.vendor {
        known_vendor(&*view, slug, None)?;
    }
    let now = now();
    let request = ExplainRequest {
        what: arguments.what.clone(),
        vendor: arguments.vendor.clone(),
        profile: profile(&arguments.trust, &config),
        at: arguments.trust.at.unwrap_or(now),
        known_at: arguments.known_at.unwrap_or(now),
    };
    let store = existing(
        &arguments.store,
        arguments.no_store || config.store.disabled,
    )?;
    let found = match explain(&request, &*view, store.as_ref()) {
        Err(error @ (ExplainError::Unrecognised(_) | ExplainError::NoKey(_))) => {
            return Err(out::Usage(error.to_string()).into());
        }
        outcome => outcome?,
    };
    out::write(&if arguments.script {
        explain_script(&found)
    } else {
        match arguments.format {
            ExplainFormatArgument::Text => explain_text(&found, out::palette()),
            ExplainFormatArgument::Json => explain_json(&found),
            ExplainFormatArgument::Markdown => explain_markdown(&found),
        }
    })?;
    Ok(found.verdict.exit_code())
}

/// The store, when there is one: explaining makes none.
fn existing(arguments: &StoreArguments, none: bool) -> anyhow::Result<Option<Store>> {
    if none {
        return Ok(None);
    }
    let config = settings(arguments.config.as_deref())?;
    let path = arguments
        .store
        .clone()
        .or(config.store.path)
        .or_else(places::store);
    match path {
        Some(path) if path.exists() => store::open(arguments).map(Some),
        Some(path) if arguments.store.is_some() => {
            Err(out::Usage(format!("there is no store {}", path.display())).into())
        }
        _ => Ok(None),
    }
}
