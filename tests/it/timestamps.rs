//! Timestamp tokens and countersignatures, good and attacked.

use anchorwatch::formats::cms::{BadReason, Outcome, SignedData, Trailing};
use anchorwatch::formats::timestamp::{
    TimestampError, TimestampFacts, TimestampKind, check_token, timestamps,
};
use proptest::prelude::*;

use crate::cms::Pair;
use crate::making::authority::{Key, Role};
use crate::making::cms::{ID_DATA, attribute, attributes, signed_data};
use crate::making::der;
use crate::making::token::{
    COUNTERSIGNATURE, MICROSOFT_TOKEN_ATTRIBUTE, TOKEN_ATTRIBUTE, TST_INFO, countersignature,
    token, token_attribute, tst_info,
};

const COVERED: &[u8] = b"a signature value";
const TIME: &str = "20260302080000.25Z";

fn authority() -> Pair {
    Pair::new(Key::ed25519(5), Role::TimestampAuthority)
}

#[test]
fn a_sound_token_gives_its_time() {
    for key in [Key::ed25519(5), Key::p256(), Key::rsa()] {
        let tsa = Pair::new(key, Role::TimestampAuthority);
        // An AttributeCertificateV1 among the certificates, as some authorities send.
        let further = [tsa.root.der().to_vec(), der::context(1, &[der::integer(1)])];
        let token = token(tsa.signer(), &tst_info(COVERED, TIME), &further);
        let found = check_token(&token, COVERED).unwrap();
        assert_eq!(found.outcome, Outcome::Good);
        assert!(found.imprint_ok && found.signer.names_certificate);
        assert_eq!(found.time.to_string(), "2026-03-02T08:00:00.25Z");
        assert_eq!(found.signer.certificate, Some(tsa.certificate));
        assert_eq!(found.pool.len(), 2);
        let details = found.token.unwrap();
        assert_eq!(details.policy, "1.2.3.4.1");
        assert_eq!(details.serial, [7]);
        assert_eq!(details.accuracy.unwrap().seconds, 1);
        assert_eq!(details.der, token);
    }
}

fn answer(result: Result<TimestampFacts, TimestampError>) -> String {
    match result {
        Err(error) => format!("refused: {error}"),
        Ok(found) => match found.outcome {
            Outcome::Good => "good".to_owned(),
            Outcome::Bad(reason) => format!("bad: {reason}"),
            Outcome::Unchecked(reason) => format!("unchecked: {reason}"),
        },
    }
}

#[test]
fn attacked_tokens_are_never_good() {
    let tsa = authority();
    let stranger = Pair::new(Key::ed25519(6), Role::TimestampAuthority);
    let info = tst_info(COVERED, TIME);
    let good = token(tsa.signer(), &info, &[]);
    let moved = {
        let mut moved = good.clone();
        let at = moved
            .windows(4)
            .position(|window| window == b"2026")
            .unwrap();
        moved[at + 3] = b'4';
        moved
    };
    let as_data = attributes(ID_DATA, tsa.key.hash, &info, "260301120000Z");
    let relabelled = signed_data(
        ID_DATA,
        Some(der::octets(&info)),
        &[tsa.certificate.der().to_vec()],
        &[tsa.signer().over_attributes(&as_data, &[])],
    );
    let plain = signed_data(
        TST_INFO,
        Some(der::octets(&info)),
        &[tsa.certificate.der().to_vec()],
        &[tsa.signer().over_content(&info)],
    );
    let signers = |count: usize, content: Option<Vec<u8>>| {
        let list = attributes(TST_INFO, tsa.key.hash, &info, "260301120000Z");
        let one = tsa.signer().over_attributes(&list, &[]);
        signed_data(
            TST_INFO,
            content,
            &[tsa.certificate.der().to_vec()],
            &vec![one; count],
        )
    };
    let cases: Vec<(&str, Vec<u8>, &[u8], &str)> = vec![
        ("good", good.clone(), COVERED, "good"),
        (
            "another signature",
            good.clone(),
            b"other",
            "bad: the timestamp covers another",
        ),
        (
            "another time",
            moved,
            COVERED,
            "bad: the content has another digest",
        ),
        (
            "another key",
            {
                let mut forged = tsa.signer();
                forged.key = &stranger.key;
                token(forged, &info, &[])
            },
            COVERED,
            "bad: the signature does not fit",
        ),
        (
            "not a TSTInfo",
            relabelled,
            COVERED,
            "refused: the content has type 1.2.840.113549.1.7.1",
        ),
        (
            "no attributes",
            plain,
            COVERED,
            "refused: content of type 1.2.840.113549.1.9.16.1.4 is signed",
        ),
        (
            "two signers",
            signers(2, Some(der::octets(&info))),
            COVERED,
            "refused: a token with 2",
        ),
        (
            "no content",
            signers(1, None),
            COVERED,
            "refused: the token carries no",
        ),
        (
            "bytes follow",
            [good, vec![0]].concat(),
            COVERED,
            "refused: 1 bytes",
        ),
    ];
    for (what, token, covered, expected) in cases {
        let found = answer(check_token(&token, covered));
        assert!(found.starts_with(expected), "{what}: {found}");
    }
}

#[test]
fn every_timestamp_of_a_signer_is_found() {
    let tsa = authority();
    let vendor = Pair::new(Key::ed25519(2), Role::CodeSigner);
    let content = b"content";
    let list = attributes(ID_DATA, vendor.key.hash, content, "260301120000Z");
    let value = vendor.key.sign(&der::set(&list));
    let by = tsa.signer();
    let unsigned = [
        token_attribute(by, TOKEN_ATTRIBUTE, &value, TIME),
        token_attribute(by, MICROSOFT_TOKEN_ATTRIBUTE, b"other", TIME),
        attribute(
            COUNTERSIGNATURE,
            &[
                countersignature(by, &value, "260302090000Z"),
                countersignature(by, b"other", "260302090000Z"),
            ],
        ),
        attribute("1.2.3.4", &[der::null()]),
        attribute(TOKEN_ATTRIBUTE, &[der::null()]),
    ];
    let object = signed_data(
        ID_DATA,
        None,
        &[
            vendor.certificate.der().to_vec(),
            tsa.certificate.der().to_vec(),
        ],
        &[vendor.signer().info(Some(&list), &value, &unsigned)],
    );
    // Both were issued with serial 2 by the same root: the keys must tell them apart.
    let data = SignedData::from_der(&object, Trailing::Nothing).unwrap();
    let found = timestamps(&data.signers[0], &data);
    let kinds: Vec<_> = found.iter().flatten().map(|facts| facts.kind).collect();
    let expected = [
        TimestampKind::Token,
        TimestampKind::Token,
        TimestampKind::Countersignature,
        TimestampKind::Countersignature,
    ];
    assert_eq!(kinds, expected);
    let answers: Vec<String> = found.into_iter().map(answer).collect();
    let expected = [
        "good",
        "bad: the timestamp covers another signature",
        "good",
        "bad: the content has another digest than the one that was signed",
    ];
    assert_eq!(answers[..4], expected);
    assert!(answers[4].starts_with("refused: not well formed"));
}

#[test]
fn a_weak_imprint_is_told() {
    let tsa = authority();
    let info = der::sequence(&[
        der::integer(1),
        der::oid("1.2.3"),
        der::sequence(&[
            crate::making::cms::digest_algorithm(anchorwatch::domain::HashAlgorithm::Sha1),
            der::octets(&anchorwatch::formats::digest::digest(
                anchorwatch::domain::HashAlgorithm::Sha1,
                COVERED,
            )),
        ]),
        der::integer(1),
        der::generalized_time(TIME),
    ]);
    let found = check_token(&token(tsa.signer(), &info, &[]), COVERED).unwrap();
    assert_eq!(found.outcome, Outcome::Good);
    assert_eq!(format!("{:?}", found.weaknesses), "[Digest(Sha1)]");
}

#[test]
fn no_flipped_byte_gives_another_time() {
    let tsa = authority();
    let good = token(tsa.signer(), &tst_info(COVERED, TIME), &[]);
    let expected = check_token(&good, COVERED).unwrap();
    for at in 0..good.len() {
        for flip in [0x01, 0x20, 0xff] {
            let mut flipped = good.clone();
            flipped[at] ^= flip;
            let Ok(found) = check_token(&flipped, COVERED) else {
                continue;
            };
            if found.outcome == Outcome::Good {
                // The token names its certificate by hash: not even that may differ.
                assert_eq!(found.time, expected.time, "byte {at}");
                assert_eq!(found.signer.certificate, expected.signer.certificate);
                assert!(found.imprint_ok);
            }
        }
        assert!(!matches!(
            check_token(&good, &good[..at]).unwrap().outcome,
            Outcome::Good | Outcome::Bad(BadReason::SignatureMismatch)
        ));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_and_mutated_tokens_never_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let _ = check_token(&bytes, COVERED);
        let _ = anchorwatch::formats::timestamp::TstInfo::from_der(&bytes);
        let mut object = token(authority().signer(), &tst_info(COVERED, TIME), &[]);
        for (at, byte) in edits {
            let at = at.index(object.len());
            object[at] = byte;
        }
        let _ = check_token(&object, COVERED);
    }
}
