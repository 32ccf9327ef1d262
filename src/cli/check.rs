//! `anchorwatch check`.

use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;
use jiff::Timestamp;

use super::arguments::{
    CheckArguments, FormatArgument, GroupingArgument, ProfileArgument, TrustArguments,
};
use super::{out, places, progress};
use crate::config::{Config, ProfileName};
use crate::domain::Verdict;
use crate::judge::path::Profile;
use crate::render::{Run, check_json, check_junit, check_sarif, check_text};
use crate::service::check::{CheckRequest, CheckRun, Grouping, Progress, check};
use crate::service::trust::{TrustChoice, load};
use crate::store::Store;

/// The longest that `check` waits for another writer of the store.
const PATIENCE: Duration = Duration::from_millis(50);

pub(super) fn run(arguments: &CheckArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.config.as_deref())?;
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
    let view = load(&trust_choice(&arguments.trust, &config)?)?;
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
        grouping: match arguments.grouping {
            None => Grouping::Detect,
            Some(GroupingArgument::Package) => Grouping::Package,
            Some(GroupingArgument::Files) => Grouping::Files,
        },
        profile,
        at,
        now,
        require_signed: arguments.require_signed || config.check.require_signed,
    };
    let found = check(&request, &*view, store(arguments, &config), &Bar::new());
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
                known_at: now,
            };
            check_json(&run, &found.packages)
        }
        FormatArgument::Sarif => check_sarif(env!("CARGO_PKG_VERSION"), &found.packages),
        FormatArgument::Junit => check_junit(&found.packages, accepted),
    }
}

/// The settings: a file that was named must be there, the default one may be absent.
pub(super) fn settings(named: Option<&Path>) -> anyhow::Result<Config> {
    let path = match named {
        Some(path) => path.to_path_buf(),
        None => match places::config() {
            Some(path) if path.exists() => path,
            _ => return Ok(Config::default()),
        },
    };
    let usage = |error: &dyn std::fmt::Display| out::Usage(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| usage(&error))?;
    Ok(Config::from_toml(&text).map_err(|error| usage(&error))?)
}

pub(super) fn trust_choice(
    arguments: &TrustArguments,
    config: &Config,
) -> anyhow::Result<TrustChoice> {
    if !arguments.anchors.is_empty() {
        return Ok(TrustChoice::Anchors(arguments.anchors.clone()));
    }
    if let Some(folder) = &arguments.trust {
        return Ok(TrustChoice::Folder(folder.clone()));
    }
    match &config.trust.folder {
        None => Ok(TrustChoice::Shipped),
        Some(folder) if config.trust.folder_is_authority => Ok(TrustChoice::Folder(folder.clone())),
        Some(folder) => Err(out::Usage(format!(
            "the settings name the trust folder {}, whose roots are only proposed; \
             set trust.folder_is_authority = true, or name it with --trust",
            folder.display()
        ))
        .into()),
    }
}

pub(super) fn profile(arguments: &TrustArguments, config: &Config) -> Profile {
    match (arguments.profile, config.check.profile) {
        (Some(ProfileArgument::Strict), _) | (None, Some(ProfileName::Strict)) => Profile::Strict,
        _ => Profile::Field,
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

/// The store, opened; trouble is told and never stops a check. Under CI nothing is kept, because
/// such machines are thrown away.
fn store(arguments: &CheckArguments, config: &Config) -> Option<Store> {
    let named = arguments
        .store
        .clone()
        .or_else(|| config.store.path.clone());
    let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
    if arguments.no_store || config.store.disabled || in_ci && named.is_none() {
        return None;
    }
    let path = named.or_else(places::store)?;
    match Store::open(&path, PATIENCE) {
        Ok(store) => Some(store),
        Err(trouble) => {
            out::note(&format!("nothing is kept: {trouble}; {}", trouble.hint()));
            None
        }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the one place where the wall clock is read"
)]
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    // Reports tell whole seconds; finer would only look precise.
    Timestamp::from_second(now.as_second()).unwrap_or(now)
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
