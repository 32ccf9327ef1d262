//! OpenPGP keyrings: one entry a certificate, with what its own signatures say of it.

use jiff::{Span, Timestamp};

use super::bounded;
use super::error::ProgrammeError;
use crate::domain::{KeyForm, ListEntry, ListedKey, Stance, Statement};
use crate::formats::openpgp::{CertificateFile, KeyState, OpenPgpCertificate};

/// An armour, or a packet that opens a certificate: a public key in old or new framing.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(0x98..=0x9a | 0xc6))
        || bytes
            .split(|byte| *byte == b'\n')
            .any(|line| line.starts_with(b"-----BEGIN PGP "))
}

/// Every certificate; copies of one are one.
pub(super) fn entries(bytes: &[u8], at: Timestamp) -> Result<Vec<ListEntry>, ProgrammeError> {
    // A date means its whole day: what was signed on that day was in the file.
    let at = at.checked_add(Span::new().hours(24)).unwrap_or(at);
    if bytes.first().is_some_and(u8::is_ascii) {
        // Text around armours is passed over, and must not be an armour that was cut off.
        super::pem::broken_marker(bytes)?;
    }
    let file = CertificateFile::read(bytes)?;
    if let Some(left_out) = file.left_out.first() {
        return Err(ProgrammeError::KeyLeftOut {
            number: left_out.number,
            why: left_out.why.to_string(),
        });
    }
    let merged =
        OpenPgpCertificate::merge(file.certificates).map_err(|why| ProgrammeError::KeyLeftOut {
            number: 1,
            why: why.to_string(),
        })?;
    Ok(merged
        .iter()
        .map(|certificate| entry(certificate, at))
        .collect())
}

fn entry(certificate: &OpenPgpCertificate, at: Timestamp) -> ListEntry {
    let mut state: Vec<Statement> = certificate.states(at).iter().map(statement).collect();
    state.sort();
    ListEntry {
        form: KeyForm::OpenPgp,
        key: ListedKey::OpenPgp(certificate.fingerprint()),
        role: None,
        public_key: None,
        key_ids: vec![],
        name: certificate.user_ids().first().map(|id| bounded(id)),
        state,
        certificates: vec![],
    }
}

/// What holds of one key: a revocation outweighs an expiry, and an unbound subkey says nothing.
fn statement(key: &KeyState) -> Statement {
    let about = if key.primary {
        "primary key".to_owned()
    } else {
        format!("subkey {}", key.key)
    };
    match &key.revocation {
        Some(revocation) => Statement {
            about,
            stance: Stance::Denied,
            from: Some(revocation.at),
            until: None,
            reason: format!("revoked: {}", revocation.reason),
        },
        None if !key.bound => Statement {
            about,
            stance: Stance::MustVerify,
            from: None,
            until: None,
            reason: "no self-signature binds it".to_owned(),
        },
        None => Statement {
            about,
            stance: Stance::Allowed,
            from: None,
            until: key.expires,
            reason: match (key.may_certify, key.may_sign) {
                (true, true) => "certifies, signs",
                (true, false) => "certifies",
                (false, true) => "signs",
                (false, false) => "neither certifies nor signs",
            }
            .to_owned(),
        },
    }
}
