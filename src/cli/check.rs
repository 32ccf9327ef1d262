//! `anchorwatch check`.

use std::path::Path;

use indicatif::ProgressBar;
use jiff::Timestamp;

use super::arguments::{
    CheckArguments, FormatArgument, GroupingArgument, KnowledgeArgument, TrustArguments,
};
use super::settings::{now, profile, settings, view_and_store};
use super::{out, progress};
use crate::domain::Verdict;
use crate::judge::path::Profile;
use crate::render::{Run, check_json, check_junit, check_sarif, check_text};
use crate::service::check::{CheckRequest, CheckRun, Grouping, Progress, check};
use crate::service::revocation::revocation_lists;

pub(super) fn run(arguments: &CheckArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    if (arguments.signature.is_some() || arguments.manifest.is_some()) && arguments.paths.len() != 1
    {
        return Err(out::Usage(
            "--signature and --manifest speak of one PATH; name one".to_owned(),
        )
        .into());
    }
    let now = now();
    let at = arguments.trust.at.unwrap_or(now);
    let profile = profile(&arguments.trust, &config);
    let (view, store) = view_and_store(&arguments.trust, &arguments.store, &config, now)?;
    if let Some(slug) = &arguments.vendor {
        known_vendor(&*view, slug, arguments.product.as_deref())?;
    }
    let request = CheckRequest {
        paths: arguments.paths.clone(),
        vendor: arguments.vendor.clone(),
        product: arguments.product.clone(),
        signature: arguments.signature.clone(),
        manifest: arguments.manifest.clone(),
        keys: arguments.key.clone(),
        lists: std::sync::Arc::new(revocation_lists(&arguments.crl)?),
        grouping: match arguments.grouping {
            None => Grouping::Detect,
            Some(GroupingArgument::Package) => Grouping::Package,
            Some(GroupingArgument::Files) => Grouping::Files,
        },
        profile,
        at,
        known_at: arguments.trust.known_at,
        remember_verdicts: arguments.crl.is_empty() && is_todays(&arguments.trust),
        now,
        require_signed: arguments.require_signed || config.check.require_signed,
    };
    let found = check(&request, &*view, store, &Bar::new());
    if let Some(trouble) = &found.store_trouble {
        out::note(&format!("nothing was kept: {trouble}; {}", trouble.hint()));
    }
    let accepted = |verdict: Verdict| {
        let word = if verdict == Verdict::Explained {
            "explained"
        } else {
            verdict.word()
        };
        verdict == Verdict::Anchored
            || arguments
                .allow
                .iter()
                .chain(&config.check.allow)
                .any(|allowed| allowed == word)
    };
    out::write(&report(arguments.format, &found, &request, now, accepted))?;
    Ok(match arguments.format {
        // A code-scanning upload must go through; its results carry the verdicts.
        FormatArgument::Sarif => 0,
        _ => found.exit_code(accepted),
    })
}

fn report(
    format: FormatArgument,
    found: &CheckRun,
    request: &CheckRequest,
    now: Timestamp,
    accepted: impl Fn(Verdict) -> bool,
) -> String {
    match format {
        FormatArgument::Text => check_text(&found.packages, found.skipped, out::palette()),
        FormatArgument::Json => {
            let run = Run {
                rules_version: env!("CARGO_PKG_VERSION"),
                profile: match request.profile {
                    Profile::Strict => "strict",
                    Profile::Field => "field",
                },
                at: request.at,
                known_at: request.known_at.unwrap_or(now),
            };
            check_json(&run, &found.packages)
        }
        FormatArgument::Sarif => check_sarif(env!("CARGO_PKG_VERSION"), &found.packages),
        FormatArgument::Junit => check_junit(&found.packages, accepted),
    }
}

/// A misspelt vendor must not turn every package into somebody else's.
pub(super) fn known_vendor(
    view: &dyn crate::judge::trust::View,
    slug: &str,
    product: Option<&str>,
) -> anyhow::Result<()> {
    let Some(profile) = view.vendor(slug) else {
        return Err(out::Usage(format!(
            "no vendor {slug} is known; known: {}",
            view.vendors().join(", ")
        ))
        .into());
    };
    match product {
        Some(name) if !profile.products.iter().any(|product| product.name == name) => {
            let names: Vec<_> = profile.products.iter().map(|p| p.name.as_str()).collect();
            let known = names.join(", ");
            Err(out::Usage(format!("{slug} has no product {name}; known: {known}")).into())
        }
        _ => Ok(()),
    }
}

/// Whether verdicts are those of this instance's whole trust, now: only they are worth remembering.
fn is_todays(trust: &TrustArguments) -> bool {
    trust.at.is_none()
        && trust.known_at.is_none()
        && trust.anchors.is_empty()
        && trust.trust.is_none()
        && trust.knowledge != Some(KnowledgeArgument::Folder)
}

struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        Self(progress::bar())
    }
}

impl Progress for Bar {
    fn begin(&self, packages: usize) {
        self.0.set_length(packages as u64);
    }

    fn done(&self, path: &Path) {
        if let Some(name) = path.file_name() {
            self.0
                .set_message(crate::render::plain(&name.to_string_lossy()).into_owned());
        }
        self.0.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
