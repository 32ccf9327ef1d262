//! Hostile bytes: whatever is changed, reading and judging answer without a panic.

use anchorwatch::formats::openpgp::{
    CertificateFile, Cleartext, Digests, OpenPgpSignature, assess,
};
use proptest::prelude::*;

use super::fixtures::*;

/// Reads the bytes as everything that they could be, and judges what comes out.
fn exercise(signatures: &[u8], certificates: &[u8], document: &[u8]) {
    let certificates = CertificateFile::read(certificates)
        .map(|file| file.certificates)
        .unwrap_or_default();
    for certificate in &certificates {
        let _ = (
            certificate.states(day("2024-07-01")),
            certificate.user_ids(),
        );
    }
    let mut found = OpenPgpSignature::read_all(signatures).unwrap_or_default();
    if let Ok(cleartext) = Cleartext::read(document) {
        found.extend(cleartext.signatures);
    }
    let mut digests = Digests::new(&found);
    digests.update(b"the release\n");
    for signature in &found {
        let digest = digests.of(signature);
        let _ = assess(
            signature,
            digest.as_deref(),
            &certificates,
            day("2024-07-01"),
        );
    }
}

pub(super) fn mutate(bytes: &mut Vec<u8>, changes: &[(prop::sample::Index, u8, u8)]) {
    for (at, value, how) in changes {
        if bytes.is_empty() {
            return;
        }
        let at = at.index(bytes.len());
        match how % 4 {
            0 => bytes[at] = *value,
            1 => bytes[at] ^= 1 << (value % 8),
            2 => bytes.truncate(at),
            _ => bytes.insert(at, *value),
        }
    }
}

#[test]
fn mutated_signatures_and_certificates_never_panic() {
    let cert = with_subkey("2024-01-01");
    let (signature, certificate) = (sign(&cert, b"the release\n", "2024-06-01"), public(&cert));
    let rounds = std::env::var("ANCHORWATCH_MUTATIONS")
        .ok()
        .and_then(|n| n.parse().ok());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: rounds.unwrap_or(256),
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let change = || prop::collection::vec(any::<(prop::sample::Index, u8, u8)>(), 0..4);
    runner
        .run(&(change(), change()), |(first, second)| {
            let (mut signature, mut certificate) = (signature.clone(), certificate.clone());
            mutate(&mut signature, &first);
            mutate(&mut certificate, &second);
            exercise(&signature, &certificate, b"");
            Ok(())
        })
        .unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        exercise(&bytes, &bytes, &bytes);
    }

    #[test]
    fn random_lines_never_panic(lines in prop::collection::vec(prop_oneof![
        Just("-----BEGIN PGP SIGNED MESSAGE-----"), Just("-----BEGIN PGP SIGNATURE-----"),
        Just("-----END PGP SIGNATURE-----"), Just("Hash: SHA256"), Just(""), Just("- x"),
        Just("iQ=="), Just("=abcd"), Just("-----BEGIN PGP PUBLIC KEY BLOCK-----"), Just("\r"),
    ], 0..12)) {
        let text = lines.join("\n");
        exercise(text.as_bytes(), text.as_bytes(), text.as_bytes());
    }
}
