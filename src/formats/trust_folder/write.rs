//! Writing files of a trust folder, for a person to review.

use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::root::ValidFromIs;
use super::signer::{SignerKind, SignerRule};
use crate::domain::{Sha256, Status, hex};
use crate::formats::public_key::{KeyNumber, PublicKey};
use crate::formats::x509::Certificate;

/// The first status of a key, as a folder tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstStatus {
    pub status: Status,
    pub valid_from: Date,
    pub valid_from_is: ValidFromIs,
    pub recorded: Date,
    pub evidence: Vec<String>,
    pub says: String,
}

/// `vendor.toml` of a vendor of whom only the name is known; what is empty is to be filled in.
#[must_use]
pub fn vendor_toml(slug: &str, name: &str, homepage: &str) -> String {
    format!(
        "schema = 1\nslug = {}\nname = {}\nhomepage = {}\nsecurity_txt = \"\"\n\n\
         # [[contact]]\n# role = \"security\"\n# channel = \"phone\"\n\
         # value = \"\"     # from the contract or an earlier call, never from a package in doubt\n\
         # seen_at = \"\"\n\n\
         # [[product]]\n# name = \"\"\n# patterns = []\n\n\
         # [[feed]]\n# kind = \"rss\"\n# url = \"\"\n\n\
         # [[host]]\n# host = \"\"\n# content = \"vendor\"\n",
        quoted(slug),
        quoted(name),
        quoted(homepage)
    )
}

/// `roots/x509-<id>.toml` of a key in these certificates, all of one key.
#[must_use]
pub fn certificate_root_toml(
    certificates: &[Certificate],
    shared: bool,
    status: Option<&FirstStatus>,
) -> String {
    let first = certificates.first();
    let name = first.map_or_else(String::new, |certificate| {
        let subject = certificate.subject();
        let common_name = subject.common_name();
        common_name.map_or_else(|| subject.to_string(), str::to_owned)
    });
    let spki = first.map_or_else(String::new, |one| one.spki_sha256().to_string());
    let ski = certificates
        .iter()
        .find_map(Certificate::key_identifier)
        .unwrap_or_default();
    let hashes: Vec<String> = certificates
        .iter()
        .map(|certificate| quoted(&certificate.sha256().to_string()))
        .collect();
    let mut text = format!(
        "kind = \"x509_root\"\nname = {}\nspki_sha256 = {}\nski = \"{}\"\ncert_sha256 = [{}]\n",
        quoted(&name),
        quoted(&spki),
        hex(ski),
        hashes.join(", ")
    );
    let day = |instant: jiff::Timestamp| instant.to_zoned(TimeZone::UTC).date();
    let spans = || certificates.iter().map(Certificate::validity);
    if let Some(start) = spans().map(|span| span.not_before).min() {
        let _ = writeln!(text, "not_before = {}", day(start));
    }
    if let Some(end) = spans().map(|span| span.not_after).max() {
        let _ = writeln!(text, "not_after = {}", day(end));
    }
    let _ = writeln!(text, "shared = {shared}");
    text.push_str(&first_status(status));
    text
}

/// The `.pem` beside it.
#[must_use]
pub fn certificates_pem(certificates: &[Certificate]) -> String {
    use base64::Engine as _;
    let mut text = String::new();
    for certificate in certificates {
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        let encoded = base64::engine::general_purpose::STANDARD.encode(certificate.der());
        for line in encoded.as_bytes().chunks(64) {
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
        text.push_str("-----END CERTIFICATE-----\n");
    }
    text
}

/// `roots/raw-<id>.toml` of a bare key; its `.pub` is the file that it came in.
#[must_use]
pub fn raw_root_toml(
    key: &PublicKey,
    spki_sha256: Sha256,
    name: &str,
    status: Option<&FirstStatus>,
) -> String {
    let mut text = format!(
        "kind = \"raw_key\"\nname = {}\nspki_sha256 = \"{spki_sha256}\"\n",
        quoted(name)
    );
    if let Some(number) = key.number() {
        let KeyNumber(_) = number;
        let _ = writeln!(text, "key_number = \"{number}\"");
    }
    text.push_str(&first_status(status));
    text
}

/// `roots/<id>.toml` of a vendor whose signers stand under a shared root.
#[must_use]
pub fn link_toml(id: &str, status: Option<&FirstStatus>) -> String {
    format!(
        "link = {}\n{}",
        quoted(&format!("shared/roots/{id}")),
        first_status(status)
    )
}

/// `signers/<name>.toml`.
#[must_use]
pub fn signer_toml(rule: &SignerRule) -> String {
    let kind = match rule.kind {
        SignerKind::X509LeafPin => "x509_leaf_pin",
        SignerKind::X509IdentityPin => "x509_identity_pin",
    };
    let mut text = format!("kind = \"{kind}\"\nroot = \"{}\"\n", rule.root);
    let list = |texts: &[String]| {
        let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
        format!("[{}]", quoted.join(", "))
    };
    let digests =
        |digests: &[Sha256]| list(&digests.iter().map(ToString::to_string).collect::<Vec<_>>());
    for (field, value) in [
        ("subject_o", &rule.subject_o),
        ("subject_cn", &rule.subject_cn),
    ] {
        if !value.is_empty() {
            let _ = writeln!(text, "{field} = {}", list(value));
        }
    }
    if !rule.intermediate_spki.is_empty() {
        let _ = writeln!(
            text,
            "intermediate_spki = {}",
            digests(&rule.intermediate_spki)
        );
    }
    if let Some(identity) = &rule.eku_identity {
        let _ = writeln!(text, "eku_identity = \"{identity}\"");
    }
    for (field, value) in [
        ("leaf_sha256", rule.leaf_sha256),
        ("leaf_spki_sha256", rule.leaf_spki_sha256),
    ] {
        if let Some(value) = value {
            let _ = writeln!(text, "{field} = \"{value}\"");
        }
    }
    if rule.timestamp_required {
        text.push_str("timestamp_required = true\n");
    }
    if let Some(recorded) = rule.recorded {
        let _ = writeln!(text, "recorded = {recorded}");
    }
    if let Some(span) = rule.cert_valid
        && let (Some(from), Some(to)) = (span.from, span.to)
    {
        let _ = writeln!(text, "cert_valid = {{ from = {from}, to = {to} }}");
    }
    if !rule.observed_leaves.is_empty() {
        let _ = writeln!(text, "observed_leaves = {}", digests(&rule.observed_leaves));
    }
    if !rule.evidence.is_empty() {
        let _ = writeln!(text, "evidence = {}", list(&rule.evidence));
    }
    if !rule.note.is_empty() {
        let _ = writeln!(text, "note = {}", quoted(&rule.note));
    }
    text
}

pub(super) fn first_status(status: Option<&FirstStatus>) -> String {
    let Some(status) = status else {
        return String::new();
    };
    let evidence: Vec<String> = status.evidence.iter().map(|text| quoted(text)).collect();
    let observed = match status.valid_from_is {
        ValidFromIs::Observed => "valid_from_is = \"observed\"\n",
        ValidFromIs::Stated => "",
    };
    format!(
        "\n[[status]]\nstatus = \"{}\"\nvalid_from = {}\n{observed}recorded = {}\n\
         evidence = [{}]\nsays = {}\n",
        status.status.word(),
        status.valid_from,
        status.recorded,
        evidence.join(", "),
        quoted(&status.says)
    )
}

/// A TOML basic string (TOML 1.0, "String").
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_comes_back_from_its_quotes(text: String) {
            let table: toml::Table = format!("x = {}", quoted(&text)).parse().unwrap();
            prop_assert_eq!(table["x"].as_str(), Some(text.as_str()));
        }

        #[test]
        fn a_rule_comes_back_as_it_was_written(
            names in proptest::collection::vec("[ -~]{1,20}", 0..3),
            digests in proptest::collection::vec(any::<[u8; 32]>(), 0..3),
            leaf in proptest::option::of(any::<[u8; 32]>()),
            by_leaf: bool,
            timestamp_required: bool,
        ) {
            let rule = SignerRule {
                kind: if by_leaf { SignerKind::X509LeafPin } else { SignerKind::X509IdentityPin },
                root: crate::domain::AnchorId::X509(Sha256([7; 32])),
                subject_o: names.clone(),
                subject_cn: names,
                intermediate_spki: digests.iter().copied().map(Sha256).collect(),
                eku_identity: Some(crate::domain::Oid::new("1.3.6.1.4.1.311.97.1")),
                leaf_sha256: leaf.map(Sha256),
                leaf_spki_sha256: leaf.map(Sha256),
                timestamp_required,
                recorded: Some(super::super::Day(jiff::civil::date(2026, 11, 25))),
                valid: None,
                issuing_ca_rotates: false,
                observed_leaves: digests.into_iter().map(Sha256).collect(),
                observed_signing: None,
                cert_valid: None,
                evidence: vec!["a test".to_owned()],
                note: "x".to_owned(),
            };
            prop_assert_eq!(toml::from_str::<SignerRule>(&signer_toml(&rule)).unwrap(), rule);
        }
    }
}
