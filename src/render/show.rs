//! The report of `show`: every signature, certificate, fingerprint and path, with the gap named.

use std::fmt::Write as _;

use super::text::{Palette, one_key};
use super::{in_groups_of_four, message, openpgp, plain};
use crate::domain::{Crypto, HashAlgorithm, hex};
use crate::formats::digest::digest;
use crate::formats::x509::Certificate;
use crate::judge::report::{PackageReport, SignatureReport};

/// Everything about one package.
#[must_use]
pub fn show_text(package: &PackageReport, palette: Palette) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} ({}, {} bytes)",
        plain(&package.path),
        package.format,
        package.size
    );
    if let Some(sha256) = package.sha256 {
        let _ = writeln!(text, "SHA-256 {}", in_groups_of_four(&sha256.to_string()));
    }
    for finding in &package.findings {
        let _ = writeln!(
            text,
            "[{}] {}",
            plain(finding.kind.code()),
            message(finding)
        );
    }
    for (index, signature) in package.signatures.iter().enumerate() {
        one_signature(index + 1, signature, palette, &mut text);
    }
    if package.signatures.is_empty() {
        text.push_str("no signature\n");
    }
    let _ = writeln!(
        text,
        "\nverdict without a stated vendor: {}",
        package.verdict.word()
    );
    text
}

/// The certificates of a file that holds nothing else.
#[must_use]
pub fn show_certificates(path: &str, certificates: &[Certificate]) -> String {
    let count = match certificates.len() {
        1 => "1 certificate".to_owned(),
        count => format!("{count} certificates"),
    };
    let mut text = format!("{} ({count})\n", plain(path));
    for (index, certificate) in certificates.iter().enumerate() {
        let _ = writeln!(text, "\ncertificate {}", index + 1);
        one_certificate(certificate, "  ", &mut text);
    }
    text
}

fn one_signature(number: usize, signature: &SignatureReport, palette: Palette, text: &mut String) {
    let style = match signature.crypto {
        Crypto::Good => palette.good,
        Crypto::Bad => palette.bad,
        Crypto::Unchecked => palette.doubt,
    };
    let _ = writeln!(
        text,
        "\nsignature {number}: {} in {}, crypto {style}{}{style:#}, covers {}",
        signature.kind,
        plain(&signature.place),
        signature.crypto.word(),
        plain(&signature.covers)
    );
    if let Some(program) = &signature.program {
        let _ = writeln!(text, "  program    {}", plain(program));
    }
    if let Some(key) = &signature.key {
        one_key(key, "  ", text);
    }
    if let Some(report) = &signature.openpgp {
        openpgp::lines(report, "  ", text);
    }
    match (&signature.timestamp, signature.time.at) {
        (Some(timestamp), _) => {
            let _ = writeln!(
                text,
                "  timestamp  {} by {}",
                timestamp.time,
                plain(&timestamp.authority)
            );
        }
        (None, Some(at)) => {
            let _ = writeln!(text, "  time       {at}, {}", signature.time.ground.word());
        }
        (None, None) => text.push_str("  time       none stated\n"),
    }
    path_tree(signature, text);
    for finding in &signature.findings {
        let _ = writeln!(
            text,
            "  [{}] {}",
            plain(finding.kind.code()),
            message(finding)
        );
    }
    for (index, certificate) in signature.shipped.iter().enumerate() {
        let role = if signature.signer.as_ref() == Some(certificate) {
            " (the signer)"
        } else {
            ""
        };
        let _ = writeln!(text, "  certificate {}{role}", index + 1);
        one_certificate(certificate, "    ", text);
    }
}

/// The path from the signer upwards; where it ends early, what is missing and what each near path
/// lacks.
fn path_tree(signature: &SignatureReport, text: &mut String) {
    if !signature.path.is_empty() {
        text.push_str("  path\n");
        for (depth, certificate) in signature.path.iter().enumerate() {
            let _ = writeln!(
                text,
                "    {}└ {}",
                "  ".repeat(depth),
                plain(&certificate.subject().to_string())
            );
        }
        if let Some(anchor) = &signature.anchor {
            let _ = writeln!(text, "  anchor     {} ({})", anchor.id, anchor.kind);
        }
        return;
    }
    for (index, near) in signature.near_paths.iter().enumerate() {
        let _ = writeln!(text, "  near path {}", index + 1);
        for (depth, subject) in near.subjects.iter().enumerate() {
            let _ = writeln!(text, "    {}└ {}", "  ".repeat(depth), plain(subject));
        }
        let _ = writeln!(text, "      lacks: {}", plain(&near.lacks));
    }
    if let Some(missing) = &signature.missing_issuer {
        let _ = writeln!(text, "  gap        {}", plain(&missing.subject));
        if let Some(id) = &missing.key_identifier {
            let _ = writeln!(text, "             key id {}", in_groups_of_four(id));
        }
        if let Some(other) = missing.known_name_with_other_key {
            let _ = writeln!(
                text,
                "             this name is known with another key: SPKI SHA-256 {}",
                in_groups_of_four(&other.to_string())
            );
        }
    }
}

fn one_certificate(certificate: &Certificate, indent: &str, text: &mut String) {
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "{indent}{label:<15}{value}");
    };
    line("subject", &plain(&certificate.subject().to_string()));
    line("issuer", &plain(&certificate.issuer().to_string()));
    line("serial", &hex(certificate.serial()));
    let validity = certificate.validity();
    line(
        "valid",
        &format!("{} to {}", validity.not_before, validity.not_after),
    );
    line(
        "SHA-256",
        &in_groups_of_four(&certificate.sha256().to_string()),
    );
    let sha1 = hex(&digest(HashAlgorithm::Sha1, certificate.der()));
    line("SHA-1", &in_groups_of_four(&sha1));
    line(
        "SPKI SHA-256",
        &in_groups_of_four(&certificate.spki_sha256().to_string()),
    );
    if let Some(id) = certificate.key_identifier() {
        line("key id", &in_groups_of_four(&hex(id)));
    }
    let authority = certificate.authority_key_identifier();
    if let Some(id) = authority.and_then(|authority| authority.key_identifier.as_deref()) {
        line("issuer key id", &in_groups_of_four(&hex(id)));
    }
    if let Some(purposes) = certificate.extended_key_usage() {
        let list: Vec<_> = purposes.iter().map(|oid| purpose(oid.as_str())).collect();
        line("purposes", &list.join(", "));
    }
}

fn purpose(oid: &str) -> &str {
    match oid {
        "1.3.6.1.5.5.7.3.1" => "serverAuth",
        "1.3.6.1.5.5.7.3.2" => "clientAuth",
        "1.3.6.1.5.5.7.3.3" => "codeSigning",
        "1.3.6.1.5.5.7.3.4" => "emailProtection",
        "1.3.6.1.5.5.7.3.8" => "timeStamping",
        "1.3.6.1.5.5.7.3.9" => "OCSPSigning",
        "2.5.29.37.0" => "any",
        other => other,
    }
}
