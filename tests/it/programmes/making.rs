//! Files of root programmes, made by the tests.

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::digest::digest;
use anchorwatch::formats::x509::Certificate;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::making::authority::{Key, Role, Wish};
use crate::making::cms::{ID_DATA, Signer, attribute, attributes, digest_algorithm, signed_data};
use crate::making::der::{context, integer, octets, oid, sequence, set, tlv, utc_time};

fn wish(common_name: &str, serial: u64) -> Wish<'_> {
    Wish {
        common_name,
        organisation: "Harbour Works",
        serial,
        years: (2020, 2040),
        role: Role::Authority,
    }
}

/// The self-signed root of one key; the same every time.
pub(super) fn root(seed: u8) -> Certificate {
    reissued(seed, 1)
}

/// A root of the same key under another serial number.
pub(super) fn reissued(seed: u8, serial: u64) -> Certificate {
    let name = format!("Harbour Root {seed}");
    wish(&name, serial).self_signed(&Key::ed25519(seed))
}

/// The key of one root in a certificate by another.
pub(super) fn crossed(seed: u8, by: u8) -> Certificate {
    let (name, issuer) = (format!("Harbour Root {seed}"), format!("Harbour Root {by}"));
    wish(&name, 9).issued(&Key::ed25519(seed), &wish(&issuer, 1), &Key::ed25519(by))
}

pub(super) fn pem_block(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines: Vec<_> = base64
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

pub(super) fn pem(certificates: &[Certificate]) -> Vec<u8> {
    let blocks: Vec<_> = certificates
        .iter()
        .map(|one| {
            format!(
                "# {}\n{}",
                one.subject(),
                pem_block("CERTIFICATE", one.der())
            )
        })
        .collect();
    blocks.join("\n").into_bytes()
}

pub(super) fn pkcs7(certificates: &[Certificate]) -> Vec<u8> {
    let ders: Vec<_> = certificates.iter().map(|one| one.der().to_vec()).collect();
    signed_data(ID_DATA, None, &ders, &[])
}

pub(super) fn sha1(certificate: &Certificate) -> Vec<u8> {
    digest(HashAlgorithm::Sha1, certificate.der())
}

/// A property of a certificate in a trust list.
pub(super) fn property(number: u32, value: &[u8]) -> Vec<u8> {
    attribute(&format!("1.3.6.1.4.1.311.10.11.{number}"), &[octets(value)])
}

pub(super) fn purposes(oids: &[&str]) -> Vec<u8> {
    let list: Vec<_> = oids.iter().map(|one| oid(one)).collect();
    sequence(&list)
}

/// 100-nanosecond steps since 1601 of a second since 1970.
pub(super) fn filetime(second: u64) -> Vec<u8> {
    ((second + 11_644_473_600) * 10_000_000)
        .to_le_bytes()
        .to_vec()
}

pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// A signed certificate trust list: SHA-1 and properties of each subject.
pub(super) fn trust_list(subjects: &[(Vec<u8>, Vec<Vec<u8>>)]) -> Vec<u8> {
    const TRUST_LIST: &str = "1.3.6.1.4.1.311.10.1";
    let subjects: Vec<_> = subjects
        .iter()
        .map(|(hash, properties)| sequence(&[octets(hash), set(properties)]))
        .collect();
    let list = sequence(&[
        sequence(&[oid("1.3.6.1.4.1.311.10.3.9")]),
        integer(7),
        utc_time("260101000000Z"),
        digest_algorithm(HashAlgorithm::Sha1),
        sequence(&subjects),
    ]);
    // The content octets, without the header of the sequence.
    let content = anchorwatch::formats::der::Reader::new(&list)
        .any()
        .unwrap()
        .content;
    let (key, certificate) = (Key::ed25519(200), root(200));
    let signed = attributes(TRUST_LIST, key.hash, content, "260101000000Z");
    let signer = Signer::new(&key, &certificate).over_attributes(&signed, &[]);
    signed_data(
        TRUST_LIST,
        Some(list.clone()),
        &[certificate.der().to_vec()],
        &[signer],
    )
}

fn octal(bytes: &[u8]) -> String {
    let lines: Vec<String> = bytes
        .chunks(16)
        .map(|line| line.iter().map(|byte| format!("\\{byte:03o}")).collect())
        .collect();
    format!("MULTILINE_OCTAL\n{}\nEND", lines.join("\n"))
}

/// A certificate object and its trust object.
pub(super) fn certdata_pair(
    certificate: &Certificate,
    server: &str,
    after: Option<&str>,
) -> String {
    let after = after.map_or("CK_BBOOL CK_FALSE".to_owned(), |time| {
        octal(time.as_bytes())
    });
    format!(
        "# a certificate\nCKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_TOKEN CK_BBOOL CK_TRUE\n\
         CKA_LABEL UTF8 \"{0}\"\nCKA_VALUE {1}\nCKA_NSS_SERVER_DISTRUST_AFTER {after}\n\n\
         CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\nCKA_LABEL UTF8 \"{0}\"\n\
         CKA_CERT_SHA1_HASH {2}\nCKA_ISSUER {3}\nCKA_SERIAL_NUMBER {4}\n\
         CKA_TRUST_SERVER_AUTH CK_TRUST {server}\n\
         CKA_TRUST_EMAIL_PROTECTION CK_TRUST CKT_NSS_MUST_VERIFY_TRUST\n\
         CKA_TRUST_CODE_SIGNING CK_TRUST CKT_NSS_MUST_VERIFY_TRUST\n\
         CKA_TRUST_STEP_UP_APPROVED CK_BBOOL CK_FALSE\n\n",
        certificate.subject().common_name().unwrap(),
        octal(certificate.der()),
        octal(&sha1(certificate)),
        octal(certificate.issuer().der()),
        octal(&tlv(2, certificate.serial())),
    )
}

/// Distrust of a certificate that the file does not hold.
pub(super) fn certdata_distrust(issuer: &[u8], serial: &[u8]) -> String {
    format!(
        "CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\nCKA_LABEL UTF8 \"A stolen one\"\n\
         CKA_ISSUER {}\nCKA_SERIAL_NUMBER {}\n\
         CKA_TRUST_SERVER_AUTH CK_TRUST CKT_NSS_NOT_TRUSTED\n\
         CKA_TRUST_EMAIL_PROTECTION CK_TRUST CKT_NSS_NOT_TRUSTED\n\
         CKA_TRUST_CODE_SIGNING CK_TRUST CKT_NSS_NOT_TRUSTED\n\n",
        octal(issuer),
        octal(serial)
    )
}

pub(super) fn certdata(objects: &[String]) -> Vec<u8> {
    format!("# head\nBEGINDATA\n{}", objects.concat()).into_bytes()
}

/// One TUF role: name, threshold, and its keys as id and seed.
pub(super) type TufRole<'a> = (&'a str, u64, &'a [(&'a str, u8)]);

fn raw_hex(seed: u8) -> String {
    use std::fmt::Write as _;
    let key = Key::ed25519(seed);
    key.pair
        .public_key_raw()
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The signed part. Sorted and without spaces, which is its canonical form, because no text in it
/// needs an escape.
pub(super) fn tuf_signed(version: u64, roles: &[TufRole<'_>]) -> Value {
    let mut keys = serde_json::Map::new();
    let mut table = serde_json::Map::new();
    for (name, threshold, members) in roles {
        for (id, seed) in *members {
            let key = json!({
                "keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": raw_hex(*seed)},
            });
            keys.insert((*id).to_owned(), key);
        }
        let ids: Vec<_> = members.iter().map(|(id, _)| *id).collect();
        table.insert(
            (*name).to_owned(),
            json!({"keyids": ids, "threshold": threshold}),
        );
    }
    json!({
        "_type": "root", "spec_version": "1.0", "version": version,
        "expires": "2030-01-01T00:00:00Z", "consistent_snapshot": true,
        "keys": keys, "roles": table,
    })
}

/// Root metadata with the signatures of these keys under these ids.
pub(super) fn tuf(signed: &Value, signers: &[(&str, u8)]) -> Vec<u8> {
    use std::fmt::Write as _;
    let message = serde_json::to_vec(signed).unwrap();
    let signatures: Vec<_> = signers
        .iter()
        .map(|(id, seed)| {
            let signature = Key::ed25519(*seed).sign(&message);
            let hex = signature.iter().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            });
            json!({"keyid": id, "sig": hex})
        })
        .collect();
    serde_json::to_vec_pretty(&json!({"signed": signed, "signatures": signatures})).unwrap()
}

/// A root whose four roles share these keys, two of which must sign.
pub(super) fn tuf_of(version: u64, keys: &[(&str, u8)], signers: &[(&str, u8)]) -> Vec<u8> {
    let roles = ["root", "snapshot", "targets", "timestamp"].map(|role| (role, 2, keys));
    tuf(&tuf_signed(version, &roles), signers)
}

/// A trusted root with one log and one authority, valid until an instant or without end.
pub(super) fn trusted_root(log: u8, authority: u8, until: Option<&str>) -> Vec<u8> {
    let mut window = json!({"start": "2024-01-01T00:00:00Z"});
    if let Some(until) = until {
        window["end"] = json!(until);
    }
    let spki = root(log).spki().to_vec();
    serde_json::to_vec_pretty(&json!({
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "tlogs": [{
            "baseUrl": "https://log.example.test",
            "publicKey": {"rawBytes": STANDARD.encode(&spki), "validFor": window},
            "logId": {"keyId": STANDARD.encode([log; 32])},
        }],
        "certificateAuthorities": [{
            "certChain": {"certificates": [
                {"rawBytes": STANDARD.encode(root(authority).der())},
            ]},
            "validFor": window,
        }],
    }))
    .unwrap()
}

/// A Java truststore under the usual password.
pub(super) fn java(certificates: &[Certificate]) -> Vec<u8> {
    let mut bytes = vec![0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2];
    bytes.extend(u32::try_from(certificates.len()).unwrap().to_be_bytes());
    for certificate in certificates {
        bytes.extend([0, 0, 0, 2, 0, 2, b'c', b'a']);
        bytes.extend(0u64.to_be_bytes());
        bytes.extend([0, 5]);
        bytes.extend(b"X.509");
        bytes.extend(
            u32::try_from(certificate.der().len())
                .unwrap()
                .to_be_bytes(),
        );
        bytes.extend(certificate.der());
    }
    let mut covered: Vec<u8> = "changeit"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    covered.extend(b"Mighty Aphrodite");
    covered.extend(&bytes);
    bytes.extend(digest(HashAlgorithm::Sha1, &covered));
    bytes
}

/// A PKCS#12 truststore without a password.
pub(super) fn pkcs12(certificates: &[Certificate]) -> Vec<u8> {
    let bags: Vec<_> = certificates
        .iter()
        .map(|one| {
            let bag = sequence(&[
                oid("1.2.840.113549.1.9.22.1"),
                context(0, &[octets(one.der())]),
            ]);
            sequence(&[oid("1.2.840.113549.1.12.10.1.3"), context(0, &[bag])])
        })
        .collect();
    let data = |content: &[u8]| sequence(&[oid(ID_DATA), context(0, &[octets(content)])]);
    let safe = sequence(&[data(&sequence(&bags))]);
    sequence(&[integer(3), data(&safe)])
}
