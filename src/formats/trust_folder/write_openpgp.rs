//! Writing the files of an OpenPGP key for a trust folder, for a person to review.

use std::fmt::Write as _;

use base64::Engine as _;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::write::{FirstStatus, first_status, quoted};
use crate::formats::openpgp::{KeyState, LeftOutReason, OpenPgpCertificate};

/// `roots/openpgp-<fingerprint>.toml` of one copy of a certificate, as it was seen on a day at a place.
#[must_use]
pub fn openpgp_root_toml(
    certificate: &OpenPgpCertificate,
    seen: Date,
    source: &str,
    shared: bool,
    status: Option<&FirstStatus>,
) -> String {
    let keys = certificate.keys();
    let states = certificate.states(Timestamp::MAX);
    let day = |instant: Timestamp| instant.to_zoned(TimeZone::UTC).date();
    let state = |fingerprint| states.iter().find(|state| state.key == fingerprint);
    let users: Vec<String> = certificate
        .user_ids()
        .iter()
        .map(|one| quoted(one))
        .collect();
    let mut text = format!(
        "kind = \"openpgp\"\nfingerprint = \"{}\"\nuids = [{}]\n",
        certificate.fingerprint(),
        users.join(", ")
    );
    let mut ends = None;
    if let Some(primary) = keys.iter().find(|key| key.primary) {
        ends = state(primary.fingerprint).and_then(|state| state.expires);
        let _ = writeln!(
            text,
            "algorithm = {}",
            quoted(&primary.algorithm.to_string())
        );
        if let Some(bits) = primary.bits {
            let _ = writeln!(text, "bits = {bits}");
        }
        let _ = writeln!(text, "created = {}", day(primary.created));
    }
    let expires = ends.map_or_else(String::new, |end| format!("expires = {}\n", day(end)));
    text.push_str(&expires);
    let _ = writeln!(text, "shared = {shared}");
    if let Some(end) = ends {
        let _ = write!(
            text,
            "\n[[expiry]]\nuntil = {}\nseen = {seen}\nevidence = [{}]\n",
            day(end),
            quoted(source)
        );
    }
    for subkey in keys.iter().filter(|key| !key.primary) {
        let state = state(subkey.fingerprint);
        let uses: Vec<String> = state.map(uses).unwrap_or_default();
        let _ = write!(
            text,
            "\n[[subkey]]\nfingerprint = \"{}\"\nuse = [{}]\ncreated = {}\n",
            subkey.fingerprint,
            uses.join(", "),
            day(subkey.created)
        );
        if let Some(end) = state.and_then(|state| state.expires) {
            let _ = writeln!(text, "expires = {}", day(end));
        }
    }
    let _ = write!(
        text,
        "\n[[copy]]\nseen = {seen}\nsource = {}\n{expires}",
        quoted(source)
    );
    text.push_str(&first_status(status));
    text
}

/// What a subkey is for, in the folder's words and order.
fn uses(state: &KeyState) -> Vec<String> {
    [
        ("certify", state.may_certify),
        ("sign", state.may_sign),
        ("encrypt", state.may_encrypt),
        ("authenticate", state.may_authenticate),
    ]
    .into_iter()
    .filter(|(_, may)| *may)
    .map(|(word, _)| quoted(word))
    .collect()
}

/// The `.asc` beside it: one armour block.
///
/// # Errors
/// When the library cannot write what it read.
pub fn openpgp_armour(certificate: &OpenPgpCertificate) -> Result<String, LeftOutReason> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(certificate.to_own_bytes()?);
    let mut text = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n".to_owned();
    for line in encoded.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text.push_str("-----END PGP PUBLIC KEY BLOCK-----\n");
    Ok(text)
}
