//! What is wrong with a certificate by itself, in its role on a path.

use jiff::Timestamp;

use super::failure::{Defect, KeyUse};
use super::mandates::{
    self, AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, Role, SUBJECT_KEY_IDENTIFIER,
};
use super::name_constraints::NAME_CONSTRAINTS;
use super::policies::{
    CERTIFICATE_POLICIES, INHIBIT_ANY_POLICY, POLICY_CONSTRAINTS, POLICY_MAPPINGS,
};
use super::{KeyPurpose, Profile};
use crate::domain::{HashAlgorithm, Oid};
use crate::formats::algorithm::Weakness;
use crate::formats::x509::{
    ANY_POLICY, Certificate, Extension, NameConstraints, PolicyConstraints, certificate_policies,
    inhibit_any_policy, policy_mappings,
};

const KEY_USAGE: &str = "2.5.29.15";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const ANY_PURPOSE: &str = "2.5.29.37.0";
const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";

/// Extensions whose meaning the walk processes or that cannot make a path unacceptable: alternative
/// names, policies with all that is said about them, distribution points, access descriptions.
const KNOWN: [&str; 16] = [
    KEY_USAGE,
    SUBJECT_KEY_IDENTIFIER,
    BASIC_CONSTRAINTS,
    AUTHORITY_KEY_IDENTIFIER,
    EXTENDED_KEY_USAGE,
    "2.5.29.9",
    "2.5.29.17",
    "2.5.29.18",
    "2.5.29.31",
    CERTIFICATE_POLICIES,
    POLICY_MAPPINGS,
    POLICY_CONSTRAINTS,
    "2.5.29.46",
    INHIBIT_ANY_POLICY,
    "1.3.6.1.5.5.7.1.1",
    "1.3.6.1.5.5.7.1.11",
];

/// Extensions that decide something here, so that even the field profile needs them well formed.
const DECIDING: [&str; 3] = [KEY_USAGE, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE];

impl KeyPurpose {
    fn oid(&self) -> Option<Oid> {
        match self {
            Self::Any => None,
            Self::CodeSigningRequired | Self::CodeSigningIfPresent => Some(Oid::new(CODE_SIGNING)),
            Self::TimeStamping => Some(Oid::new(TIME_STAMPING)),
            Self::Oid(oid) => Some(oid.clone()),
        }
    }
}

/// The defects of a leaf.
pub(super) fn leaf(
    certificate: &Certificate,
    at: Timestamp,
    purpose: &KeyPurpose,
    profile: Profile,
) -> Vec<Defect> {
    let mut defects = common(certificate, at, profile, Role::Leaf);
    let Some(wanted) = purpose.oid() else {
        return defects;
    };
    // Another purpose may need another key use, key agreement for one.
    if !matches!(purpose, KeyPurpose::Oid(_))
        && certificate
            .key_usage()
            .is_some_and(|usage| !usage.digital_signature && !usage.non_repudiation)
    {
        defects.push(Defect::KeyUsage(KeyUse::DigitalSignature));
    }
    let found = certificate.extended_key_usage();
    let allowed = match (purpose, found) {
        (KeyPurpose::CodeSigningRequired | KeyPurpose::TimeStamping, None) => false,
        (_, None) => true,
        (KeyPurpose::CodeSigningRequired | KeyPurpose::TimeStamping, Some(list)) => {
            list.contains(&wanted)
        }
        (_, Some(list)) => allows(list, &wanted),
    };
    if !allowed {
        defects.push(Defect::Purpose {
            wanted,
            found: found.map(<[Oid]>::to_vec),
        });
    } else if *purpose == KeyPurpose::TimeStamping && profile == Profile::Strict {
        // Microsoft's own authorities left the extension uncritical until 2022 or so.
        let critical = certificate
            .extensions()
            .iter()
            .any(|extension| extension.oid == EXTENDED_KEY_USAGE && extension.critical);
        if !critical || found.is_some_and(|list| list.len() != 1) {
            defects.push(Defect::TimeStampingNotExclusive);
        }
    }
    defects
}

/// The defects of an intermediate.
pub(super) fn intermediate(
    certificate: &Certificate,
    at: Timestamp,
    purpose: &KeyPurpose,
    profile: Profile,
) -> Vec<Defect> {
    let mut defects = common(certificate, at, profile, Role::Intermediate);
    if certificate.version() != 3 {
        defects.push(Defect::Version(certificate.version()));
    } else {
        match certificate.basic_constraints() {
            None => defects.push(Defect::BasicConstraintsMissing),
            Some(constraints) if !constraints.ca => defects.push(Defect::NotACa),
            Some(_) => {}
        }
    }
    match certificate.key_usage() {
        None if profile == Profile::Strict => defects.push(Defect::KeyUsageMissing),
        Some(usage) if !usage.certificate_sign => {
            defects.push(Defect::KeyUsage(KeyUse::CertificateSign));
        }
        _ => {}
    }
    if let (Some(wanted), Some(list)) = (purpose.oid(), certificate.extended_key_usage())
        && !allows(list, &wanted)
    {
        defects.push(Defect::Purpose {
            wanted,
            found: Some(list.to_vec()),
        });
    }
    defects
}

/// Whether a certificate without basicConstraints is a root all the same: it says so by its key
/// usage, or it is self-issued and older than saying anything ("Microsoft Root Authority", 1997). A
/// signer's own certificate, pinned as an anchor, names a use or purpose other than certificates.
fn is_old_root(certificate: &Certificate) -> bool {
    match certificate.key_usage() {
        Some(usage) => usage.certificate_sign,
        None => certificate.is_self_issued() && certificate.extended_key_usage().is_none(),
    }
}

/// The defects of an anchor's certificate. RFC 5280 6.1.1 asks only for its name and key; validity
/// and what it says about being a CA are held against it all the same, because a copy that ran out
/// has a successor, and nobody meant a server's certificate as an anchor above others.
pub(super) fn anchor(certificate: &Certificate, at: Timestamp, profile: Profile) -> Vec<Defect> {
    let mut defects = vec![];
    validity(certificate, at, &mut defects);
    match certificate.basic_constraints() {
        // Version 1 has no extensions to say it with.
        None if certificate.version() == 3
            && (profile == Profile::Strict || !is_old_root(certificate)) =>
        {
            defects.push(Defect::BasicConstraintsMissing);
        }
        Some(constraints) if !constraints.ca => defects.push(Defect::NotACa),
        _ => {}
    }
    if certificate
        .key_usage()
        .is_some_and(|usage| !usage.certificate_sign)
    {
        defects.push(Defect::KeyUsage(KeyUse::CertificateSign));
    }
    match profile {
        Profile::Strict => {
            extensions(certificate, profile, &mut defects);
            defects.extend(mandates::broken(certificate, Role::Anchor));
        }
        Profile::Field => {
            for extension in certificate.extensions() {
                defects.extend(policies(extension));
                defects.extend(name_constraints(certificate, extension, profile));
            }
        }
    }
    defects
}

/// What the strict profile refuses: SHA-1 since 2016 and keys below 2048 bits since 2014, the dates
/// after which public CAs may not issue them (CA/Browser Forum Baseline Requirements 7.1.3, 6.1.5).
/// Certificates from before keep their weakness as something told.
pub(super) fn refused(
    certificate: &Certificate,
    weaknesses: &[Weakness],
    profile: Profile,
) -> Option<Defect> {
    const SINCE_2014: i64 = 1_388_534_400;
    const SINCE_2016: i64 = 1_451_606_400;
    if profile == Profile::Field {
        return None;
    }
    let issued = certificate.validity().not_before.as_second();
    weaknesses
        .iter()
        .find(|weakness| match weakness {
            Weakness::Digest(HashAlgorithm::Sha1) => issued >= SINCE_2016,
            Weakness::Digest(_) => true,
            Weakness::KeyBits(_) => issued >= SINCE_2014,
        })
        .map(|weakness| Defect::WeakSignature(*weakness))
}

fn allows(list: &[Oid], wanted: &Oid) -> bool {
    list.iter().any(|oid| oid == wanted || *oid == ANY_PURPOSE)
}

fn validity(certificate: &Certificate, at: Timestamp, defects: &mut Vec<Defect>) {
    let validity = certificate.validity();
    // Certificates count in seconds, and the last one belongs to them (RFC 5280 4.1.2.5).
    let second = at.as_second();
    if second < validity.not_before.as_second() {
        defects.push(Defect::NotYetValid {
            at,
            not_before: validity.not_before,
        });
    }
    if second > validity.not_after.as_second() {
        defects.push(Defect::Expired {
            at,
            not_after: validity.not_after,
        });
    }
}

fn common(certificate: &Certificate, at: Timestamp, profile: Profile, role: Role) -> Vec<Defect> {
    let mut defects = vec![];
    validity(certificate, at, &mut defects);
    if !certificate.algorithms_agree() {
        defects.push(Defect::AlgorithmsDisagree);
    }
    if certificate.issuer().is_empty() {
        defects.push(Defect::EmptyIssuer);
    }
    extensions(certificate, profile, &mut defects);
    if profile == Profile::Strict {
        defects.extend(mandates::broken(certificate, role));
    }
    defects
}

/// What the field profile tells and does not refuse: what the strict one would, beyond the defects.
pub(super) fn deviations(certificate: &Certificate, role: Role) -> Vec<Defect> {
    let mut strict = vec![];
    extensions(certificate, Profile::Strict, &mut strict);
    if role == Role::Intermediate && certificate.key_usage().is_none() {
        strict.push(Defect::KeyUsageMissing);
    }
    let mut field = vec![];
    extensions(certificate, Profile::Field, &mut field);
    strict.retain(|defect| !field.contains(defect));
    strict.extend(mandates::broken(certificate, role));
    strict
}

fn extensions(certificate: &Certificate, profile: Profile, defects: &mut Vec<Defect>) {
    for extension in certificate.extensions() {
        let oid = extension.oid.as_str();
        if extension.oid == NAME_CONSTRAINTS {
            defects.extend(name_constraints(certificate, extension, profile));
        } else if let Some(defect) = policies(extension) {
            defects.push(defect);
        } else if extension.well_formed == Some(false) {
            if profile == Profile::Strict || extension.critical || DECIDING.contains(&oid) {
                defects.push(Defect::MalformedExtension(extension.oid.clone()));
            }
        } else if extension.critical && !KNOWN.contains(&oid) {
            defects.push(Defect::UnknownCritical(extension.oid.clone()));
        }
    }
}

/// What is wrong with name constraints by themselves. Not to mark them critical is against RFC 5280
/// 4.2.1.10, and allowed by the CA/Browser Forum (7.1.2.5.2); they bind all the same.
fn name_constraints(
    certificate: &Certificate,
    extension: &Extension,
    profile: Profile,
) -> Option<Defect> {
    if extension.oid != NAME_CONSTRAINTS {
        return None;
    }
    let oid = || extension.oid.clone();
    let is_strict = profile == Profile::Strict;
    let is_ca = certificate
        .basic_constraints()
        .is_some_and(|constraints| constraints.ca);
    match NameConstraints::from_extension(&extension.value) {
        Err(_) => Some(Defect::MalformedExtension(oid())),
        Ok(read) if is_strict && read.has_leading_dot() => Some(Defect::MalformedExtension(oid())),
        Ok(_) if is_strict && !extension.critical => Some(Defect::NotCritical(oid())),
        Ok(_) if is_strict && !is_ca => Some(Defect::OnlyForCa(oid())),
        Ok(_) => None,
    }
}

/// What is wrong with what an extension says about policies. All of it binds whether critical or not,
/// so that even the field profile needs it well formed.
fn policies(extension: &Extension) -> Option<Defect> {
    let value = &extension.value;
    let is_well_formed = match extension.oid.as_str() {
        CERTIFICATE_POLICIES => certificate_policies(value).is_ok(),
        POLICY_CONSTRAINTS => PolicyConstraints::from_extension(value).is_ok(),
        INHIBIT_ANY_POLICY => inhibit_any_policy(value).is_ok(),
        POLICY_MAPPINGS => match policy_mappings(value) {
            Ok(mappings) => {
                let maps_any = mappings
                    .iter()
                    .any(|(issuer, subject)| *issuer == ANY_POLICY || *subject == ANY_POLICY);
                return maps_any.then_some(Defect::PolicyMappingOfAny);
            }
            Err(_) => false,
        },
        _ => true,
    };
    (!is_well_formed).then(|| Defect::MalformedExtension(extension.oid.clone()))
}
