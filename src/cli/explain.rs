//! `anchorwatch explain`.

use super::arguments::{ExplainArguments, ExplainFormatArgument};
use super::check::known_vendor;
use super::out;
use super::settings::{now, profile, settings, view_and_store};
use crate::render::{explain_json, explain_markdown, explain_script, explain_text};
use crate::service::explain::{ExplainError, ExplainRequest, explain};

pub(super) fn run(arguments: &ExplainArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let now = now();
    let (view, store) = view_and_store(&arguments.trust, &arguments.store, &config, now)?;
    if let Some(slug) = &arguments.vendor {
        known_vendor(&*view, slug, None)?;
    }
    let request = ExplainRequest {
        what: arguments.what.clone(),
        vendor: arguments.vendor.clone(),
        profile: profile(&arguments.trust, &config),
        at: arguments.trust.at.unwrap_or(now),
        known_at: arguments.trust.known_at.unwrap_or(now),
    };
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
