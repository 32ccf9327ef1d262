//! `anchorwatch csaf`.

use super::arguments::{CsafArguments, CsafCommand};
use super::out;
use super::settings::now;
use crate::domain::{Crypto, Verdict};
use crate::judge::csaf::DocumentReport;
use crate::render::{csaf_json, csaf_text};
use crate::service::csaf::{CsafRequest, Kept, check};

pub(super) fn run(arguments: &CsafArguments) -> anyhow::Result<u8> {
    let CsafCommand::Check(arguments) = &arguments.command;
    let request = CsafRequest {
        paths: arguments.files.clone(),
        kept: arguments
            .seen
            .iter()
            .map(|(at, folder)| Kept {
                at: *at,
                folder: folder.clone(),
            })
            .collect(),
        at: arguments.at.unwrap_or_else(now),
    };
    // A folder that cannot be read was named by somebody, as a wrong argument is.
    let found = check(&request).map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        out::Usage(format!("{error}: {}", cause.unwrap_or_default()))
    })?;
    out::write(&if arguments.json {
        csaf_json(&found.documents, &found.rotations, &found.findings)
    } else {
        csaf_text(
            &found.documents,
            &found.rotations,
            &found.findings,
            out::palette(),
        )
    })?;
    Ok(exit_code(&found.documents))
}

/// A forged signature is the worst, then what could not be read. A document that breaks rules is an
/// advisory all the same.
fn exit_code(documents: &[DocumentReport]) -> u8 {
    let forged = |report: &DocumentReport| {
        let bad =
            |signature: &crate::judge::csaf::SignatureStanding| signature.crypto() == Crypto::Bad;
        report.signatures.iter().any(bad)
    };
    if documents.iter().any(forged) {
        Verdict::Invalid.exit_code()
    } else if documents.iter().any(|report| report.head.is_none()) {
        Verdict::Unjudged.exit_code()
    } else {
        0
    }
}
