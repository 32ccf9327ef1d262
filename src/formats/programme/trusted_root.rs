//! Sigstore's `trusted_root.json`: authorities, logs and timestamp authorities, each with the time
//! in which it is valid (`dev.sigstore.trustroot.v1.TrustedRoot`).

use super::error::ProgrammeError;
use super::json::{At, Json};
use super::tuf::short_form;
use super::{bounded, certificate_entry};
use crate::domain::{KeyForm, ListEntry, ListedKey, Stance, Statement, hex};
use crate::formats::digest::sha256;
use crate::formats::x509::Certificate;

const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.trustedroot";

/// One entry a log's key and one a certificate of an authority, with its role.
pub(super) fn entries(json: &Json) -> Result<Vec<ListEntry>, ProgrammeError> {
    let top = At::top(json);
    let Some(media_type) = top.optional("mediaType") else {
        return Err(ProgrammeError::Unrecognised);
    };
    if !media_type.text()?.starts_with(MEDIA_TYPE) {
        return Err(media_type.wrong("another kind of document than a trusted root"));
    }
    let mut entries = vec![];
    for (field, role) in [("tlogs", "tlog"), ("ctlogs", "ctlog")] {
        if let Some(list) = top.optional(field) {
            for log in list.list()? {
                entries.push(transparency_log(&log, role)?);
            }
        }
    }
    for (field, role) in [
        ("certificateAuthorities", "certificate-authority"),
        ("timestampAuthorities", "timestamp-authority"),
    ] {
        if let Some(list) = top.optional(field) {
            for authority in list.list()? {
                entries.extend(certificates(&authority, role)?);
            }
        }
    }
    Ok(entries)
}

fn transparency_log(log: &At<'_>, role: &str) -> Result<ListEntry, ProgrammeError> {
    let public_key = log.field("publicKey")?;
    let spki = public_key.field("rawBytes")?;
    let bytes = spki.base64()?;
    let short = short_form(&bytes).ok_or_else(|| spki.wrong("not a SubjectPublicKeyInfo"))?;
    let key_id = log.field("logId")?.field("keyId")?.base64()?;
    let name = match log.optional("baseUrl") {
        Some(url) => Some(bounded(url.text()?)),
        None => None,
    };
    Ok(ListEntry {
        form: KeyForm::Raw,
        key: ListedKey::Spki(sha256(&bytes)),
        role: Some(role.to_owned()),
        public_key: Some(short),
        key_ids: vec![hex(&key_id)],
        name,
        state: validity(&public_key)?,
        certificates: vec![],
    })
}

fn certificates(authority: &At<'_>, role: &str) -> Result<Vec<ListEntry>, ProgrammeError> {
    let state = validity(authority)?;
    let list = authority
        .field("certChain")?
        .field("certificates")?
        .list()?;
    if list.is_empty() {
        return Err(authority.wrong("an authority without certificates"));
    }
    list.iter()
        .map(|item| {
            let bytes = item.field("rawBytes")?;
            let certificate = Certificate::from_der(&bytes.base64()?).map_err(|error| {
                ProgrammeError::FieldCertificate {
                    path: bounded(&bytes.path),
                    error,
                }
            })?;
            let mut entry = certificate_entry(&certificate, state.clone());
            entry.role = Some(role.to_owned());
            Ok(entry)
        })
        .collect()
}

/// The window of `validFor`; both ends may be open.
fn validity(of: &At<'_>) -> Result<Vec<Statement>, ProgrammeError> {
    let Some(window) = of.optional("validFor") else {
        return Ok(vec![]);
    };
    let end = |name: &str| match window.optional(name) {
        Some(at) => at.instant().map(Some),
        None => Ok(None),
    };
    Ok(vec![Statement {
        about: "any".to_owned(),
        stance: Stance::Allowed,
        from: end("start")?,
        until: end("end")?,
        reason: "valid for".to_owned(),
    }])
}
