//! CMS objects, good and attacked, made by an own CA.

use anchorwatch::domain::{HashAlgorithm, Sha256};
use anchorwatch::formats::cms::{
    Covered, Outcome, SignedData, SignerCheck, Trailing, certificate_bundle, check,
};
use anchorwatch::formats::digest::digest;
use anchorwatch::formats::limits;
use anchorwatch::formats::x509::Certificate;
use proptest::prelude::*;

use crate::making::authority::{Key, Role, Wish};
use crate::making::cms::{self, ID_DATA, Signer};
use crate::making::der;

const CONTENT: &[u8] = b"{\"files\": []}";
const TIME: &str = "260301120000Z";

/// A root, and a signer below it.
pub(crate) struct Pair {
    pub(crate) root: Certificate,
    pub(crate) key: Key,
    pub(crate) certificate: Certificate,
}

impl Pair {
    pub(crate) fn new(key: Key, role: Role) -> Self {
        let root_key = Key::ed25519(1);
        let authority = Wish {
            common_name: "Test Root",
            organisation: "Test",
            serial: 1,
            years: (2020, 2040),
            role: Role::Authority,
        };
        let leaf = Wish {
            common_name: "Test Signer",
            serial: 2,
            role,
            ..authority
        };
        Self {
            root: authority.self_signed(&root_key),
            certificate: leaf.issued(&key, &authority, &root_key),
            key,
        }
    }

    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer::new(&self.key, &self.certificate)
    }

    fn detached(&self) -> Vec<u8> {
        cms::detached(
            self.signer(),
            CONTENT,
            TIME,
            &[&self.root, &self.certificate],
        )
    }

    fn object(&self, content: Option<Vec<u8>>, signers: &[Vec<u8>]) -> Vec<u8> {
        let certificates = [self.root.der().to_vec(), self.certificate.der().to_vec()];
        cms::signed_data(ID_DATA, content, &certificates, signers)
    }

    fn attributes(&self) -> Vec<Vec<u8>> {
        cms::attributes(ID_DATA, self.key.hash, CONTENT, TIME)
    }

    /// A detached object with one signer over these attributes, as they stand.
    fn over(&self, attributes: &[Vec<u8>]) -> Vec<u8> {
        self.object(None, &[self.signer().over_attributes(attributes, &[])])
    }
}

fn ed25519() -> Pair {
    Pair::new(Key::ed25519(2), Role::CodeSigner)
}

/// The first signer's check, or why there is none.
fn checked(der: &[u8], content: &[u8]) -> Result<(SignedData, SignerCheck), String> {
    let data = SignedData::from_der(der, Trailing::Nothing).map_err(|error| error.to_string())?;
    let covered = match &data.content {
        Some(attached) => Covered::Bytes(&attached.octets),
        None => Covered::Bytes(content),
    };
    let found = check(&data.signers[0], &data.certificates, covered);
    Ok((data, found))
}

fn answer(der: &[u8], content: &[u8]) -> String {
    match checked(der, content) {
        Err(error) => format!("refused: {error}"),
        Ok((_, found)) => match found.outcome {
            Outcome::Good => "good".to_owned(),
            Outcome::Bad(reason) => format!("bad: {reason}"),
            Outcome::Unchecked(reason) => format!("unchecked: {reason}"),
        },
    }
}

#[test]
fn every_form_of_a_sound_object_is_good() {
    for pair in [
        ed25519(),
        Pair::new(Key::p256(), Role::CodeSigner),
        Pair::new(Key::rsa(), Role::CodeSigner),
    ] {
        let mut by_key = pair.signer();
        by_key.by_key_identifier = true;
        let mut named = pair.attributes();
        named.push(cms::signing_certificate(pair.certificate.der()));
        let attached = Some(der::octets(CONTENT));
        let plain = pair.signer().over_content(CONTENT);
        let cases = [
            ("detached", pair.detached(), true, false),
            (
                "by key identifier",
                pair.object(None, &[by_key.over_attributes(&pair.attributes(), &[])]),
                true,
                false,
            ),
            (
                "attached",
                pair.object(
                    attached.clone(),
                    &[pair.signer().over_attributes(&pair.attributes(), &[])],
                ),
                true,
                false,
            ),
            ("certificate named by hash", pair.over(&named), true, true),
            (
                "without attributes",
                pair.object(attached, &[plain]),
                false,
                false,
            ),
        ];
        for (what, der, has_attributes, names) in cases {
            let (data, found) = checked(&der, CONTENT).unwrap();
            assert_eq!(found.outcome, Outcome::Good, "{what}");
            assert_eq!(
                found.certificate.as_ref(),
                Some(&pair.certificate),
                "{what}"
            );
            assert_eq!(found.has_signed_attributes, has_attributes, "{what}");
            assert_eq!(found.names_certificate, names, "{what}");
            // Ed25519 over the content itself digests nothing.
            let digested = has_attributes || pair.key.hash == HashAlgorithm::Sha256;
            let expected = digested.then(|| digest(pair.key.hash, CONTENT));
            assert_eq!(found.message_digest, expected, "{what}");
            assert_eq!(data.certificates.len(), 2, "{what}");
            let time = data.signers[0]
                .signed_attributes
                .as_ref()
                .and_then(|attributes| attributes.signing_time);
            let expected = has_attributes.then(|| "2026-03-01T12:00:00Z".parse().unwrap());
            assert_eq!(time, expected, "{what}");
        }
    }
}

#[test]
fn attacked_objects_are_never_good() {
    let pair = ed25519();
    let stranger = Pair::new(Key::ed25519(9), Role::CodeSigner);
    let good = pair.detached();
    let attributes = pair.attributes();
    let signature = pair.key.sign(&der::set(&attributes));
    let with = |more: Vec<u8>| pair.over(&[attributes.clone(), vec![more]].concat());
    let without = |index: usize| {
        let mut fewer = attributes.clone();
        fewer.remove(index);
        pair.over(&fewer)
    };
    // The signature over the attributes, passed off as one over content that is the attributes.
    let confused = der::set(&attributes);
    let confusion = pair.object(None, &[pair.signer().info(None, &signature, &[])]);
    let reversed: Vec<Vec<u8>> = attributes.iter().rev().cloned().collect();
    let two_digests = vec![
        cms::attribute(cms::CONTENT_TYPE, &[der::oid(ID_DATA)]),
        cms::attribute(
            cms::MESSAGE_DIGEST,
            &[
                der::octets(&digest(pair.key.hash, b"other")),
                der::octets(&digest(pair.key.hash, CONTENT)),
            ],
        ),
    ];
    let relabelled = cms::attributes("1.2.3", pair.key.hash, CONTENT, TIME);
    let cases: Vec<(&str, Vec<u8>, &[u8], &str)> = vec![
        (
            "other content",
            good.clone(),
            b"other",
            "bad: the content has another digest",
        ),
        (
            "a byte follows",
            [good.clone(), vec![0]].concat(),
            CONTENT,
            "refused: 1 bytes follow",
        ),
        (
            "cut",
            good[..good.len() - 1].to_vec(),
            CONTENT,
            "refused: not well formed",
        ),
        (
            "attributes as content",
            confusion,
            &confused,
            "bad: a set of signed attributes is passed off",
        ),
        (
            "attributes in another order than signed",
            pair.object(
                None,
                &[pair.signer().info(Some(&reversed), &signature, &[])],
            ),
            CONTENT,
            "unchecked: the signature fits the signed attributes only in another order",
        ),
        (
            "no signer",
            pair.object(None, &[]),
            CONTENT,
            "refused: nobody signed",
        ),
        (
            "the signer's certificate is missing",
            cms::detached(pair.signer(), CONTENT, TIME, &[&pair.root]),
            CONTENT,
            "unchecked: the signer's certificate is not among",
        ),
        (
            "another key under the same name and serial",
            cms::detached(pair.signer(), CONTENT, TIME, &[&stranger.certificate]),
            CONTENT,
            "bad: the signature does not fit",
        ),
        (
            "an attribute twice",
            with(attributes[0].clone()),
            CONTENT,
            "refused: signed attribute 1.2.840.113549.1.9.",
        ),
        (
            "two digests in one attribute",
            pair.over(&two_digests),
            CONTENT,
            "refused: signed attribute 1.2.840.113549.1.9.4 has 2 values",
        ),
        (
            "another content type is signed",
            pair.over(&relabelled),
            CONTENT,
            "refused: the signed content type is 1.2.3",
        ),
        (
            "another certificate is named",
            with(cms::signing_certificate(pair.root.der())),
            CONTENT,
            "bad: the signer names another certificate",
        ),
        (
            "no such digest algorithm",
            // Where it is announced, then where the signer names it.
            unknown_digest(&unknown_digest(&good)),
            CONTENT,
            "unchecked: unknown digest algorithm",
        ),
        (
            "another digest algorithm is announced",
            unknown_digest(&good),
            CONTENT,
            "refused: a signer digests with 2.16.840.1.101.3.4.2.3, which",
        ),
        (
            "no such version",
            replaced(&good, &[2, 1, 1, 0x31], &[2, 1, 2, 0x31]),
            CONTENT,
            "refused: SignedData of version 2",
        ),
        (
            "no such version of a signer",
            pair.object(
                None,
                &[replaced(
                    &pair.signer().over_attributes(&attributes, &[]),
                    &[2, 1, 1, 0x30],
                    &[2, 1, 2, 0x30],
                )],
            ),
            CONTENT,
            "refused: a SignerInfo of version 2",
        ),
        (
            "content in a SEQUENCE",
            pair.object(
                Some(der::tlv(0x30, CONTENT)),
                &[pair.signer().over_attributes(&attributes, &[])],
            ),
            CONTENT,
            "refused: content of type 1.2.840.113549.1.7.1 has tag 0x30",
        ),
        (
            "not SignedData",
            replaced(
                &good,
                &der::oid("1.2.840.113549.1.7.2"),
                &der::oid("1.2.840.113549.1.7.3"),
            ),
            CONTENT,
            "refused: a ContentInfo of type 1.2.840.113549.1.7.3",
        ),
        (
            "no content type",
            without(0),
            CONTENT,
            "refused: the signed attributes lack the content",
        ),
        (
            "no message digest",
            without(2),
            CONTENT,
            "refused: the signed attributes lack the message",
        ),
    ];
    for (what, der, content, expected) in cases {
        let found = answer(&der, content);
        assert!(found.starts_with(expected), "{what}: {found}");
    }
}

/// The first SHA-512 becomes an algorithm that nobody knows.
fn unknown_digest(object: &[u8]) -> Vec<u8> {
    replaced(
        object,
        &der::oid("2.16.840.1.101.3.4.2.3"),
        &der::oid("2.16.840.1.101.3.4.9.9"),
    )
}

/// `bytes` with the one place where `old` stands replaced by `new` of the same length.
fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let at = bytes
        .windows(old.len())
        .position(|window| window == old)
        .unwrap();
    let mut bytes = bytes.to_vec();
    bytes[at..at + old.len()].copy_from_slice(new);
    bytes
}

#[test]
fn alignment_is_allowed_only_where_asked_for() {
    let good = ed25519().detached();
    let cases: [(&[u8], bool); 4] = [
        (&[], true),
        (&[0; 7], true),
        (&[0; 8], false),
        (&[0, 0, 1], false),
    ];
    for (padding, expected) in cases {
        let der = [good.as_slice(), padding].concat();
        let found = SignedData::from_der(&der, Trailing::Alignment).is_ok();
        assert_eq!(found, expected, "{padding:?}");
    }
}

#[test]
fn a_large_content_is_checked_by_its_digest() {
    let pair = Pair::new(Key::p256(), Role::CodeSigner);
    let attributes = pair.detached();
    let plain = pair.object(None, &[pair.signer().over_content(CONTENT)]);
    let by_digest = |hash: HashAlgorithm| Some(digest(hash, CONTENT));
    for (what, der, are_attributes, expected) in [
        ("attributes", &attributes, false, "Good"),
        ("plain", &plain, false, "Good"),
        (
            "plain over attributes",
            &plain,
            true,
            "Bad(AttributesAsContent)",
        ),
    ] {
        let data = SignedData::from_der(der, Trailing::Nothing).unwrap();
        let covered = Covered::Digests {
            are_attributes,
            digest: &by_digest,
        };
        let found = check(&data.signers[0], &data.certificates, covered);
        assert_eq!(format!("{:?}", found.outcome), expected, "{what}");
        let absent = check(&data.signers[0], &data.certificates, Covered::Absent);
        assert!(matches!(absent.outcome, Outcome::Unchecked(_)), "{what}");
    }
}

#[test]
fn open_lengths_of_the_envelope_are_read_and_told() {
    let pair = ed25519();
    let info = pair.signer().over_attributes(&pair.attributes(), &[]);
    let open = |tag: u8, inner: &[u8]| [&[tag, 0x80], inner, &[0, 0]].concat();
    let content = open(
        0x24,
        &[der::octets(&CONTENT[..5]), der::octets(&CONTENT[5..])].concat(),
    );
    let object = |signer: &[u8]| {
        let encapsulated = open(0x30, &[der::oid(ID_DATA), open(0xa0, &content)].concat());
        let data = [
            der::integer(1),
            der::set(&[]),
            encapsulated,
            open(0xa0, pair.certificate.der()),
            open(0x31, signer),
        ];
        let data = open(0xa0, &open(0x30, &data.concat()));
        open(0x30, &[der::oid("1.2.840.113549.1.7.2"), data].concat())
    };
    let (data, found) = checked(&object(&info), b"").unwrap();
    assert!(data.ber);
    assert_eq!(found.outcome, Outcome::Good);
    assert_eq!(data.content.unwrap().octets, CONTENT);
    let opened = open(0x30, &info[2..]);
    assert!(answer(&object(&opened), b"").starts_with("refused: indefinite length inside"));
}

#[test]
fn a_bundle_needs_no_signer() {
    let pair = ed25519();
    let bundle = pair.object(None, &[]);
    let found = certificate_bundle(&bundle).unwrap();
    assert_eq!(found, [pair.root.clone(), pair.certificate.clone()]);
    assert!(certificate_bundle(b"0").is_err());
}

#[test]
fn namesakes_do_not_hide_the_signer() {
    let pair = ed25519();
    let namesake = Pair::new(Key::ed25519(9), Role::CodeSigner).certificate;
    let der = cms::detached(
        pair.signer(),
        CONTENT,
        TIME,
        &[&namesake, &pair.certificate],
    );
    let (_, found) = checked(&der, CONTENT).unwrap();
    assert_eq!(found.outcome, Outcome::Good);
    assert_eq!(found.certificate, Some(pair.certificate));
    assert_eq!(found.alternatives, [namesake]);
}

#[test]
fn too_many_certificates_are_flagged() {
    let pair = ed25519();
    let mut certificates = vec![pair.certificate.der().to_vec()];
    certificates.extend((0..limits::CERTIFICATES + 16).map(|_| pair.root.der().to_vec()));
    certificates.insert(1, der::context(1, &[der::integer(1)]));
    let info = pair.signer().over_attributes(&pair.attributes(), &[]);
    let der = cms::signed_data(ID_DATA, None, &certificates, &[info]);
    let (data, found) = checked(&der, CONTENT).unwrap();
    assert_eq!(found.outcome, Outcome::Good);
    let kept = data.certificates.len() + data.other_certificates.len();
    assert_eq!(kept, limits::CERTIFICATES);
    assert_eq!(data.other_certificates.len(), 1);
    assert_eq!(data.certificates_left_out, 18);
}

/// What a good check vouches for.
#[derive(Debug, PartialEq)]
struct Facts {
    key: Sha256,
    message_digest: Option<Vec<u8>>,
    signed: Option<Vec<u8>>,
}

fn facts(der: &[u8]) -> Option<Facts> {
    let (data, found) = checked(der, CONTENT).ok()?;
    (found.outcome == Outcome::Good).then(|| Facts {
        key: found.certificate.unwrap().spki_sha256(),
        message_digest: found.message_digest,
        signed: data.signers[0]
            .signed_attributes
            .as_ref()
            .map(|attributes| attributes.message.clone()),
    })
}

#[test]
fn no_flipped_byte_gives_other_facts() {
    let pair = ed25519();
    let attached = pair.object(
        Some(der::octets(CONTENT)),
        &[pair.signer().over_attributes(&pair.attributes(), &[])],
    );
    let plain = pair.object(None, &[pair.signer().over_content(CONTENT)]);
    for object in [pair.detached(), attached, plain] {
        let expected = facts(&object);
        assert!(expected.is_some());
        let mut bad = 0;
        for at in 0..object.len() {
            for flip in [0x01, 0x20, 0x80, 0xff] {
                let mut flipped = object.clone();
                flipped[at] ^= flip;
                match facts(&flipped) {
                    None => bad += 1,
                    found => assert_eq!(found, expected, "byte {at} ^ {flip:#x}"),
                }
            }
        }
        assert!(bad > object.len(), "most flips break something: {bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = checked(&bytes, CONTENT);
        let _ = certificate_bundle(&bytes);
    }

    #[test]
    fn mutated_objects_never_panic(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut object = ed25519().detached();
        for (at, byte) in edits {
            let at = at.index(object.len());
            object[at] = byte;
        }
        let _ = checked(&object, CONTENT);
        object.truncate(cut.index(object.len()));
        prop_assert!(checked(&object, CONTENT).is_err());
    }
}
