//! `anchorwatch show`.

use super::arguments::ShowArguments;
use super::check::{now, profile, trust_choice};
use super::out;
use crate::config::Config;
use crate::render::{show_certificates, show_text};
use crate::service::show::{Shown, show};
use crate::service::trust::load;

pub(super) fn run(arguments: &ShowArguments) -> anyhow::Result<u8> {
    let config = Config::default();
    let view = load(&trust_choice(&arguments.trust, &config)?)?;
    let at = arguments.trust.at.unwrap_or_else(now);
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
