//! The key in doubt, by everything that a post might call it.

use jiff::Timestamp;

use crate::domain::{AnchorId, Fingerprint, HashAlgorithm, KeyId, Sha256, hex};
use crate::formats::digest::{digest, sha256};
use crate::formats::openpgp::{Issuer, OpenPgpCertificate};
use crate::formats::post::{TokenKind, read};
use crate::formats::public_key::{Label, PublicKey};
use crate::formats::x509::Certificate;
use crate::judge::facts::KeyFacts;
use crate::judge::openpgp::OpenPgpReport;
use crate::judge::trust::View;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// What is known of a key. Values are in the forms of the domain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyIdentity {
    /// Every value that names the key alone: fingerprints, certificate and key hashes.
    pub full: Vec<String>,
    /// OpenPGP key ids (16 digits), which only find candidates.
    pub key_ids: Vec<String>,
    /// The ids under which a view may know the key.
    pub anchors: Vec<AnchorId>,
    pub common_name: Option<String>,
    pub organisation: Option<String>,
    pub issuer_common_name: Option<String>,
    /// Upper-case hex without leading zeros.
    pub serial: Option<String>,
    /// When the key or its certificate begins and ends, as far as it says.
    pub starts: Option<Timestamp>,
    pub ends: Option<Timestamp>,
    /// What people call it: a subject, a user id, a comment.
    pub named: Vec<String>,
}

impl KeyIdentity {
    /// The identity of a certificate and its key.
    #[must_use]
    pub fn of_certificate(certificate: &Certificate) -> Self {
        let serial = hex(certificate.serial()).to_ascii_uppercase();
        let validity = certificate.validity();
        let spki = certificate.spki_sha256();
        Self {
            full: vec![
                certificate.sha256().to_string(),
                spki.to_string(),
                hex(&digest(HashAlgorithm::Sha1, certificate.der())),
                ssh_form(&spki),
            ],
            anchors: vec![AnchorId::X509(spki)],
            common_name: certificate.subject().common_name().map(str::to_owned),
            organisation: certificate.subject().organisation().map(str::to_owned),
            issuer_common_name: certificate.issuer().common_name().map(str::to_owned),
            serial: Some(serial.trim_start_matches('0').to_owned()),
            starts: Some(validity.not_before),
            ends: Some(validity.not_after),
            named: vec![certificate.subject().to_string()],
            ..Self::default()
        }
    }

    /// The identity of an OpenPGP certificate: its primary key and every subkey.
    #[must_use]
    pub fn of_openpgp(certificate: &OpenPgpCertificate) -> Self {
        let keys = certificate.keys();
        Self {
            full: keys.iter().map(|key| key.fingerprint.to_string()).collect(),
            key_ids: keys
                .iter()
                .map(|key| key.fingerprint.key_id().to_string())
                .collect(),
            anchors: vec![AnchorId::OpenPgp(certificate.fingerprint())],
            starts: keys.iter().find(|key| key.primary).map(|key| key.created),
            named: certificate.user_ids(),
            ..Self::default()
        }
    }

    /// The identity of the key of an OpenPGP signature: the key that made it and its primary key, or what
    /// the signature names. `None` when it names nobody.
    #[must_use]
    pub fn of_openpgp_signature(report: &OpenPgpReport) -> Option<Self> {
        let keys: Vec<Fingerprint> = report.key.into_iter().chain(report.primary).collect();
        if keys.is_empty() {
            return Self::typed(&report.issuer);
        }
        let mut identity = Self::default();
        for key in &keys {
            identity.full.push(key.to_string());
            identity.key_ids.push(key.key_id().to_string());
        }
        identity.anchors = report.primary.map(AnchorId::OpenPgp).into_iter().collect();
        identity.named.clone_from(&report.user_ids);
        Some(identity)
    }

    /// The identity of a bare key that made a signature, by its id or by what the signature calls it.
    #[must_use]
    pub fn of_key_facts(facts: &KeyFacts) -> Option<Self> {
        let by_id = facts
            .id
            .as_ref()
            .and_then(|id| Self::typed(&id.to_string()));
        by_id.or_else(|| Self::typed(&facts.named))
    }

    /// With what a view's OpenPGP certificates say of the key: a subkey's primary key, user ids.
    #[must_use]
    pub fn known_to(mut self, view: &dyn View) -> Self {
        let named: Vec<Issuer> = self
            .full
            .iter()
            .filter_map(|value| value.parse().ok().map(Issuer::Fingerprint))
            .collect();
        for certificate in view.openpgp_certificates(&named) {
            let known = Self::of_openpgp(&certificate);
            let new = |have: &[String], more: Vec<String>| -> Vec<String> {
                more.into_iter().filter(|one| !have.contains(one)).collect()
            };
            self.full.extend(new(&self.full, known.full));
            self.key_ids.extend(new(&self.key_ids, known.key_ids));
            self.named.extend(new(&self.named, known.named));
            self.starts = self.starts.or(known.starts);
            for anchor in known.anchors {
                if !self.anchors.contains(&anchor) {
                    self.anchors.push(anchor);
                }
            }
        }
        self
    }

    /// The identity of a bare key.
    #[must_use]
    pub fn of_public_key(key: &PublicKey) -> Self {
        let spki = sha256(&key.spki);
        let mut full = vec![spki.to_string(), ssh_form(&spki)];
        match &key.label {
            Label::Ssh(wire) => full.push(ssh_form(&sha256(wire))),
            Label::Number(number) => full.extend(raw_form(number.0, &key.spki)),
            Label::None => {}
        }
        Self {
            full,
            anchors: vec![AnchorId::Raw(spki)],
            named: vec![key.comment.clone()],
            ..Self::default()
        }
    }

    /// The identity that somebody typed: a fingerprint in any spelling, a key id, an anchor's id.
    /// `None` when it is none of these.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        if let Ok(anchor) = text.trim().parse::<AnchorId>() {
            let mut identity = Self::default();
            if let Some((_, value)) = text.trim().split_once('-') {
                identity.add_full(value);
            }
            identity.anchors = vec![anchor];
            return Some(identity);
        }
        // The reader of posts knows every spelling; the words make it look for a key.
        let reading = read(&format!("certificate key fingerprint: {}", text.trim()));
        let [token] = reading.tokens.as_slice() else {
            return None;
        };
        let mut identity = Self::default();
        match token.kind {
            TokenKind::OpenpgpKeyId => identity.key_ids.push(token.value.clone()),
            kind if kind.is_full_identity() => identity.add_full(&token.value),
            _ => return None,
        }
        Some(identity)
    }

    /// Digits say nothing of their kind: 40 may be an OpenPGP key or a certificate, 64 a certificate,
    /// its key or a v6 key.
    fn add_full(&mut self, value: &str) {
        if let Ok(fingerprint) = value.parse::<Fingerprint>() {
            self.key_ids.push(fingerprint.key_id().to_string());
            self.full.push(value.to_ascii_uppercase());
            self.full.push(value.to_ascii_lowercase());
            self.anchors = vec![AnchorId::OpenPgp(fingerprint)];
            if let Ok(sha256) = value.to_ascii_lowercase().parse::<Sha256>() {
                self.anchors
                    .extend([AnchorId::X509(sha256), AnchorId::Raw(sha256)]);
                self.full.push(ssh_form(&sha256));
            }
        } else {
            self.full.push(value.to_owned());
            let bytes = value
                .strip_prefix("SHA256:")
                .and_then(|rest| STANDARD_NO_PAD.decode(rest).ok());
            if let Some(Ok(bytes)) = bytes.map(<[u8; 32]>::try_from) {
                self.full.push(Sha256(bytes).to_string());
                self.anchors = vec![AnchorId::X509(Sha256(bytes)), AnchorId::Raw(Sha256(bytes))];
            }
        }
    }

    /// The value to read out to somebody: the first full one, else a key id.
    #[must_use]
    pub fn main_value(&self) -> Option<&str> {
        self.full
            .first()
            .or(self.key_ids.first())
            .map(String::as_str)
    }

    /// Whether a value in a post names this key alone.
    #[must_use]
    pub fn is_named_by(&self, value: &str) -> bool {
        self.full.iter().any(|full| same(full, value))
    }

    /// Whether a key id in a post is this key's, or of one of its subkeys.
    #[must_use]
    pub fn has_key_id(&self, value: &str) -> bool {
        self.key_ids.iter().any(|id| same(id, value))
    }
}

/// Hex compares in any case, base64 as it stands.
fn same(a: &str, b: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex(a) && is_hex(b) {
        a.eq_ignore_ascii_case(b)
    } else {
        a == b
    }
}

/// `SHA256:` and base64, as OpenSSH and registries write the hash of a key.
fn ssh_form(digest: &Sha256) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(digest.0))
}

/// The line that minisign and signify print: `Ed`, the key number, the key's 32 bytes.
fn raw_form(number: [u8; 8], spki: &[u8]) -> Option<String> {
    let key = spki.get(spki.len().checked_sub(32)?..)?;
    Some(STANDARD_NO_PAD.encode([&b"Ed"[..], &number, key].concat()))
}

impl From<KeyId> for KeyIdentity {
    fn from(id: KeyId) -> Self {
        Self {
            key_ids: vec![id.to_string()],
            ..Self::default()
        }
    }
}
