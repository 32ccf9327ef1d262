//! What RFC 5280 section 4 demands of a certificate without changing where a path leads: the strict
//! profile refuses what breaks it, the field profile tells it.

use super::failure::{Defect, KeyUse, Mandate};
use super::name_constraints::SUBJECT_ALTERNATIVE_NAME;
use super::policies::{CERTIFICATE_POLICIES, INHIBIT_ANY_POLICY, POLICY_CONSTRAINTS};
use crate::domain::Oid;
use crate::formats::x509::{
    Certificate, GeneralName, certificate_policies, is_host, subject_alternative_names,
};

pub(super) const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
pub(super) const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub(super) const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";

/// Extensions that MUST NOT be critical: 4.2.1.1, 4.2.1.2, 4.2.1.8, 4.2.1.15, 4.2.2.1, 4.2.2.2.
const NEVER_CRITICAL: [&str; 6] = [
    AUTHORITY_KEY_IDENTIFIER,
    SUBJECT_KEY_IDENTIFIER,
    "2.5.29.9",
    "2.5.29.46",
    "1.3.6.1.5.5.7.1.1",
    "1.3.6.1.5.5.7.1.11",
];

/// Extensions that MUST be critical beside basicConstraints and nameConstraints: 4.2.1.11, 4.2.1.14.
const ALWAYS_CRITICAL: [&str; 2] = [POLICY_CONSTRAINTS, INHIBIT_ANY_POLICY];

/// The role in which a certificate is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Leaf,
    Intermediate,
    Anchor,
}

/// Everything that a certificate breaks, in the order of RFC 5280.
pub(super) fn broken(certificate: &Certificate, role: Role) -> Vec<Defect> {
    let mut broken = vec![];
    let mut tell = |mandate| broken.push(Defect::Mandate(mandate));
    let is_ca = certificate
        .basic_constraints()
        .is_some_and(|constraints| constraints.ca);
    if certificate.version() != 3 && !certificate.extensions().is_empty() {
        tell(Mandate::VersionForExtensions);
    }
    if role != Role::Anchor {
        serial(certificate.serial(), &mut tell);
    }
    if is_ca && certificate.subject().is_empty() {
        tell(Mandate::EmptySubject);
    }
    let names_key = certificate
        .authority_key_identifier()
        .is_some_and(|authority| authority.key_identifier.is_some());
    // What was signed with its own key needs no pointer to another; whether a self-issued
    // intermediate was, its signature says, which the walk never follows to itself.
    let may_lack = role == Role::Anchor && certificate.is_self_issued();
    if !names_key && !may_lack && certificate.version() == 3 {
        tell(Mandate::AuthorityKeyIdentifierMissing);
    }
    if is_ca && certificate.key_identifier().is_none() {
        tell(Mandate::SubjectKeyIdentifierMissing);
    }
    for extension in certificate.extensions() {
        let oid = extension.oid.as_str();
        let is_ca_basic = oid == BASIC_CONSTRAINTS && is_ca;
        if extension.critical && NEVER_CRITICAL.contains(&oid) {
            tell(Mandate::Critical(extension.oid.clone()));
        }
        if !extension.critical && (ALWAYS_CRITICAL.contains(&oid) || is_ca_basic) {
            tell(Mandate::NotCritical(extension.oid.clone()));
        }
        if oid == CERTIFICATE_POLICIES
            && let Some(twice) = certificate_policies(&extension.value).ok().and_then(twice)
        {
            tell(Mandate::PolicyTwice(twice));
        }
    }
    if let Some(usage) = certificate.key_usage()
        && usage.certificate_sign
        && !is_ca
        && certificate.version() == 3
    {
        tell(Mandate::KeyUsageWithoutCa(KeyUse::CertificateSign));
    }
    if certificate
        .basic_constraints()
        .is_some_and(|known| known.path_length.is_some() && !known.ca)
    {
        tell(Mandate::PathLengthWithoutCa);
    }
    alternative_names(certificate, &mut tell);
    broken
}

/// RFC 5280 4.1.2.2: positive, and at most 20 octets.
fn serial(serial: &[u8], tell: &mut impl FnMut(Mandate)) {
    if serial.len() > 20 {
        tell(Mandate::SerialTooLong(serial.len()));
    }
    if serial.first().is_none_or(|octet| *octet >= 0x80) || serial.iter().all(|octet| *octet == 0) {
        tell(Mandate::SerialNotPositive);
    }
}

/// RFC 5280 4.2.1.6: critical where the subject is empty, and every name in its form's syntax.
fn alternative_names(certificate: &Certificate, tell: &mut impl FnMut(Mandate)) {
    let extension = certificate
        .extensions()
        .iter()
        .find(|extension| extension.oid == SUBJECT_ALTERNATIVE_NAME);
    let Some(extension) = extension else {
        if certificate.subject().is_empty() {
            tell(Mandate::NoName);
        }
        return;
    };
    if certificate.subject().is_empty() && !extension.critical {
        tell(Mandate::NotCritical(extension.oid.clone()));
    }
    // What cannot be read is told as malformed elsewhere.
    let names = subject_alternative_names(&extension.value).unwrap_or_default();
    for name in names {
        let is_sound = match &name {
            GeneralName::Dns(host) => is_preferred_syntax(host),
            GeneralName::Ip(octets) => matches!(octets.len(), 4 | 16),
            GeneralName::Rfc822(address) => address.contains('@'),
            GeneralName::Uri(uri) => uri.contains(':'),
            GeneralName::Directory(_) | GeneralName::Other(..) => true,
        };
        if !is_sound {
            tell(Mandate::NameSyntax(name));
        }
    }
}

/// RFC 1034 3.5 as changed by RFC 1123 2.1: no underscores, no address; the web's wildcard passes.
fn is_preferred_syntax(host: &str) -> bool {
    let host = host.strip_prefix("*.").unwrap_or(host);
    let is_label =
        |label: &str| !label.contains('_') && !label.starts_with('-') && !label.ends_with('-');
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    is_host(host)
        && host.split('.').all(is_label)
        && host.rsplit('.').next().is_some_and(|last| !is_number(last))
}

fn twice(policies: Vec<Oid>) -> Option<Oid> {
    let mut sorted = policies;
    sorted.sort();
    sorted
        .windows(2)
        .find_map(|pair| (pair.first() == pair.get(1)).then(|| pair.first().cloned())?)
}
