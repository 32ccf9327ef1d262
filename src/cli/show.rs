//! `anchorwatch show`.

use super::arguments::ShowArguments;
use super::out;
use super::settings::{now, profile, settings, view_and_store};
use crate::render::{show_certificates, show_text};
use crate::service::show::{Shown, show};

pub(super) fn run(arguments: &ShowArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let now = now();
    let (view, _) = view_and_store(&arguments.trust, &arguments.store, &config, now)?;
    let at = arguments.trust.at.unwrap_or(now);
    let profile = profile(&arguments.trust, &config);
    let path = arguments.file.display().to_string();
    match show(&arguments.file, &*view, at, profile) {
        Shown::Package(package) => {
            out::write(&show_text(&package, out::palette()))?;
            // Showing is no judgement: only what could not be looked at is an error.
            Ok(if package.sha256.is_none() {
                package.verdict.exit_code()
            } else {
                0
            })
        }
        Shown::Certificates(certificates) => {
            out::write(&show_certificates(&path, &certificates))?;
            Ok(0)
        }
    }
}
