//! Every form of list: what is read from it, and what is refused when it is cut off or mixed up.

use anchorwatch::domain::{ListEntry, ListKind};
use anchorwatch::formats::programme::{ProgrammeFile, read};
use jiff::Timestamp;
use sequoia_openpgp::cert::CertBuilder;
use sequoia_openpgp::serialize::SerializeInto as _;

use super::making::*;

pub(super) fn at() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

pub(super) fn entries(name: &str, bytes: &[u8]) -> Result<(ListKind, Vec<ListEntry>), String> {
    match read(name, bytes, at()) {
        Ok(ProgrammeFile::Certificates(kind, entries)) => Ok((kind, entries)),
        Ok(ProgrammeFile::List(list)) => Ok((list.list, list.entries)),
        Ok(ProgrammeFile::Tuf(root)) => Ok((ListKind::TufRoot, root.snapshot().entries)),
        Err(error) => Err(error.to_string()),
    }
}

/// A keyring of two certificates, one of which signs by a subkey, in armour.
fn keyring() -> Vec<u8> {
    let born = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_000);
    let (one, _) = CertBuilder::new()
        .add_userid("Harbour Works <release@example.test>")
        .add_signing_subkey()
        .set_creation_time(born)
        .generate()
        .unwrap();
    one.armored().to_vec().unwrap()
}

fn three() -> [anchorwatch::formats::x509::Certificate; 3] {
    [root(1), root(2), root(3)]
}

/// Every form with three certificates or keys, and how many entries that makes.
pub(super) fn samples() -> Vec<(&'static str, Vec<u8>, usize)> {
    let certificates = three();
    let subjects: Vec<_> = certificates
        .iter()
        .map(|one| (sha1(one), vec![property(11, &utf16("A name"))]))
        .collect();
    let objects: Vec<_> = certificates
        .iter()
        .map(|one| certdata_pair(one, "CKT_NSS_TRUSTED_DELEGATOR", None))
        .collect();
    let keys = [("a", 1), ("b", 2), ("c", 3)];
    vec![
        ("pem", pem(&certificates), 3),
        ("pkcs7", pkcs7(&certificates), 3),
        ("authroot", trust_list(&subjects), 3),
        ("certdata", certdata(&objects), 3),
        ("ccadb", report(&certificates), 3),
        ("openpgp", keyring(), 1),
        ("tuf", tuf_of(1, &keys, &keys), 12),
        ("trusted_root", trusted_root(1, 2, None), 2),
        ("java", java(&certificates), 3),
        ("pkcs12", pkcs12(&certificates), 3),
    ]
}

fn report(certificates: &[anchorwatch::formats::x509::Certificate]) -> Vec<u8> {
    let mut text = "\"CA Owner\",\"Certificate Name\",\"SHA-256 Fingerprint\",\"Mozilla Status\",\
                    \"Trust Bits\",\"Distrust for TLS After Date\",\"PEM Info\"\r\n"
        .to_owned();
    for one in certificates {
        text.push_str(&format!(
            "\"Harbour, \"\"Works\"\"\",\"{}\",\"{}\",\"Included\",\"Websites;Code\",\"2025.11.30\",\
             \"'{}'\"\r\n",
            one.subject().common_name().unwrap(),
            one.sha256().to_string().to_uppercase(),
            pem_block("CERTIFICATE", one.der())
        ));
    }
    text.into_bytes()
}

#[test]
fn every_form_is_read() {
    for (name, bytes, count) in samples() {
        let (_, found) = entries(name, &bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(found.len(), count, "{name}");
    }
    // A bundle may be PEM around PKCS#7, or one certificate alone.
    let wrapped = pem_block("PKCS7", &pkcs7(&three()));
    assert_eq!(entries("a.p7b", wrapped.as_bytes()).unwrap().1.len(), 3);
    assert_eq!(entries("a.cer", root(1).der()).unwrap().1.len(), 1);
    let named = |name: &str| entries(name, &pem(&three())).unwrap().0;
    assert_eq!(named("codesignctl.pem"), ListKind::CodeSigning);
    assert_eq!(named("timestampctl.pem"), ListKind::TimeStamping);
    assert_eq!(named("roots.pem"), ListKind::Certificates);
}

/// The statements of each certificate and key, as a person reads them.
fn states(bytes: &[u8]) -> String {
    let (_, entries) = entries("list", bytes).unwrap();
    let mut lines = vec![];
    for entry in entries {
        let name = entry.name.clone().unwrap_or_default();
        let role = entry
            .role
            .clone()
            .map_or(String::new(), |role| format!(" as {role}"));
        lines.push(format!("{name}{role}"));
        let of_certificates = entry.certificates.iter().flat_map(|one| &one.state);
        for statement in entry.state.iter().chain(of_certificates) {
            lines.push(format!("  {statement}"));
        }
    }
    lines.join("\n")
}

#[test]
fn graded_states_and_their_reasons_survive() {
    let client = "1.3.6.1.5.5.7.3.2";
    let code = "1.3.6.1.5.5.7.3.3";
    let list = trust_list(&[
        (sha1(&root(1)), vec![]),
        (
            sha1(&root(2)),
            vec![
                property(11, &utf16("Härbour Two")),
                property(9, &purposes(&[client, code])),
                property(122, &purposes(&["1.3.6.1.4.1.311.94.1.2"])),
                property(104, &filetime(1_600_000_000)),
            ],
        ),
        (
            sha1(&root(3)),
            vec![
                property(11, &utf16("Three")),
                property(126, &filetime(1_500_000_000)),
                property(127, &purposes(&[code])),
                property(104, &[]),
            ],
        ),
    ]);
    // In the order of their SHA-1.
    insta::assert_snapshot!(states(&list), @r"
    Härbour Two
      1.3.6.1.4.1.311.94.1.2: denied (denied purpose)
      any: denied from 2020-09-13T12:26:40Z (disabled-at)
      client-auth: allowed (allowed purpose)
      code-signing: allowed (allowed purpose)

      any: allowed (no purposes named)
    Three
      any: allowed (no purposes named)
      any: denied (disabled-at)
      code-signing: no new issuance from 2017-07-14T02:40:00Z (not-before)
    ");
    let objects = [
        certdata_pair(&root(1), "CKT_NSS_TRUSTED_DELEGATOR", Some("251130235959Z")),
        certdata_pair(&root(2), "CKT_NSS_MUST_VERIFY_TRUST", None),
        certdata_distrust(b"an issuer", b"a serial"),
    ];
    insta::assert_snapshot!(states(&certdata(&objects)), @r"
    Harbour Root 2
      code-signing: must verify (trust bits)
      email-protection: must verify (trust bits)
      server-auth: must verify (trust bits)
    Harbour Root 1
      code-signing: must verify (trust bits)
      email-protection: must verify (trust bits)
      server-auth: allowed (trust bits)
      server-auth: no new issuance from 2025-11-30T23:59:59Z (distrust-after)
    A stolen one
      code-signing: denied (trust bits)
      email-protection: denied (trust bits)
      server-auth: denied (trust bits)
    ");
    insta::assert_snapshot!(states(&report(&[root(1)])), @r"
    Harbour Root 1
      code-signing: allowed (trust bits)
      mozilla status: Included
      server-auth: allowed (trust bits)
      server-auth: no new issuance from 2025-11-30T00:00:00Z (distrust for tls after date)
    ");
    insta::assert_snapshot!(states(&trusted_root(1, 2, Some("2025-06-01T00:00:00Z"))), @r"
    Harbour Root 2 as certificate-authority
      any: allowed from 2024-01-01T00:00:00Z until 2025-06-01T00:00:00Z (valid for)
    https://log.example.test as tlog
      any: allowed from 2024-01-01T00:00:00Z until 2025-06-01T00:00:00Z (valid for)
    ");
}

/// A list that lost its end must not pass for one from which keys were removed. In texts the only
/// cuts that nothing tells are those between two blocks.
#[test]
fn what_is_cut_off_is_refused() {
    for (name, bytes, count) in samples() {
        let step = (bytes.len() / 400).max(1);
        for cut in (1..bytes.len()).step_by(step).chain([bytes.len() - 1]) {
            let part = &bytes[..cut];
            let Ok((_, found)) = entries(name, part) else {
                continue;
            };
            if found.len() == count {
                let rest = String::from_utf8_lossy(&bytes[cut..]);
                assert!(rest.trim().is_empty(), "{name}: nothing misses {rest:?}");
                continue;
            }
            let text = String::from_utf8_lossy(part);
            let whole = match name {
                "pem" => text.matches("-----END ").count() == found.len(),
                "certdata" => text.matches("CKA_TRUST_CODE_SIGNING").count() == found.len(),
                "ccadb" => text.matches("'\"").count() == found.len(),
                _ => false,
            };
            assert!(
                whole,
                "{name}: cut at {cut} of {} gives {}",
                bytes.len(),
                found.len()
            );
        }
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let two = || pem(&[root(1), root(2)]);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let pair = certdata_pair(&root(1), "CKT_NSS_TRUSTED_DELEGATOR", None);
    let mut list = trust_list(&[(sha1(&root(1)), vec![])]);
    let place = list
        .windows(20)
        .position(|window| window == sha1(&root(1)))
        .unwrap();
    list[place] ^= 1;
    let mut store = java(&[root(1)]);
    let last = store.len() - 1;
    store[last] ^= 1;
    let report = text(report(&[root(1), root(2)]));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"<!DOCTYPE html><html>".to_vec(), "none of the forms"),
        (vec![], "none of the forms"),
        (
            text(two())
                .replacen("-----END CERTIFICATE-----", "-----END CERT", 1)
                .into_bytes(),
            "the block that begins in line 2 has no matching END",
        ),
        (
            [two(), b"-----BEGIN CERTIF".to_vec()].concat(),
            "line 24 begins like a PEM marker and is none",
        ),
        (
            [two(), pem_block("PRIVATE KEY", b"x").into_bytes()].concat(),
            "block 3 is a PRIVATE KEY, not a certificate",
        ),
        (
            [two(), pem_block("CERTIFICATE", b"x").into_bytes()].concat(),
            "certificate 3: not a well-formed certificate",
        ),
        ([two(), keyring()].concat(), "the block that begins in line"),
        (
            [two(), pair.clone().into_bytes()].concat(),
            "line 2: neither an attribute nor a comment",
        ),
        (
            [pem(&vec![root(1); 300]), pair.clone().into_bytes()].concat(),
            "line 3601: an object of certdata.txt among certificates",
        ),
        (
            [keyring(), b"-----BEGIN PGP PUBLIC".to_vec()].concat(),
            "line",
        ),
        (
            [pkcs7(&three()), vec![0]].concat(),
            "1 bytes follow the object",
        ),
        (list, "the list's own signature does not hold"),
        (
            certdata(&[pair.clone(), text(pem(&[root(2)]))]),
            "line 56: neither an attribute nor a comment",
        ),
        (
            certdata(&[pair.replace("CKT_NSS_TRUSTED_DELEGATOR", "CKT_NSS_TRUST")]),
            "line 35: an unknown grade of trust in the object that begins here: CKT_NSS_TRUST",
        ),
        (
            certdata(&[pair
                .split("CKA_CLASS CK_OBJECT_CLASS CKO_NSS")
                .next()
                .unwrap()
                .to_owned()]),
            "line 4: no trust object names the certificate that begins here",
        ),
        (
            report
                .replacen("Included\",", "Included\",\"more\",", 1)
                .into_bytes(),
            "line 2: a row with another number of columns than the titles",
        ),
        (
            report.replacen("2025.11.30", "soon", 1).into_bytes(),
            "line 2: a distrust date that is no date",
        ),
        (
            report
                .replacen(
                    &root(1).sha256().to_string().to_uppercase(),
                    &"0".repeat(64),
                    1,
                )
                .into_bytes(),
            "line 2: the fingerprint is not that of the certificate beside it",
        ),
        (
            br#"{"signed":{},"signed":{},"signatures":[]}"#.to_vec(),
            "not JSON",
        ),
        (
            br#"{"signed":{"_type":"targets"},"signatures":[]}"#.to_vec(),
            "signed._type: not the",
        ),
        (br#"{"a":1}"#.to_vec(), "none of the forms"),
        (
            text(trusted_root(1, 2, Some("soon"))).into_bytes(),
            "tlogs[0].publicKey.validFor.end: not a time",
        ),
        (store, "the truststore's digest does not fit"),
        (
            [java(&[root(1)]), vec![0]].concat(),
            "byte 435: something follows the digest",
        ),
    ];
    let mut wrong = vec![];
    for (bytes, expected) in cases {
        match entries("list", &bytes) {
            Err(found) if found.starts_with(expected) => {}
            found => wrong.push(format!("{expected:?} became {:?}", found.map(|_| ()))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_keyring_tells_what_each_key_may_do() {
    let (_, found) = entries("keys.asc", &keyring()).unwrap();
    let state: Vec<_> = found[0].state.iter().map(ToString::to_string).collect();
    assert_eq!(state.len(), 2);
    assert!(
        state.contains(&"primary key: allowed (certifies)".to_owned()),
        "{state:?}"
    );
    assert!(
        state
            .iter()
            .any(|one| one.starts_with("subkey ") && one.ends_with(": allowed (signs)")),
        "{state:?}"
    );
}
