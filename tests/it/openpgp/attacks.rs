//! What must not be accepted, each built here and refused by its name.

use anchorwatch::domain::Crypto;
use anchorwatch::formats::openpgp::{
    BadReason, CertificateFile, Cleartext, CleartextFault, Issuer, LeftOutReason, Mathematics,
    Objection, OpenPgpError, OpenPgpSignature, UncheckedReason, check,
};
use sequoia_openpgp as sequoia;
use sequoia_openpgp::cert::prelude::*;
use sequoia_openpgp::crypto::Signer as _;
use sequoia_openpgp::packet::prelude::*;
use sequoia_openpgp::serialize::{Marshal as _, MarshalInto as _};
use sequoia_openpgp::types::{HashAlgorithm, KeyFlags, SignatureType};

use super::fixtures::*;

const DATA: &[u8] = b"the release\n";

/// A clearsigned document by several signers.
pub(super) fn clearsigned(text: &[u8], signers: &[&Cert], on: &str) -> Vec<u8> {
    use sequoia::serialize::stream::{Message, Signer};
    use std::io::Write as _;
    let mut out = vec![];
    let (first, rest) = signers.split_first().unwrap();
    let builder = SignatureBuilder::new(SignatureType::Text);
    let mut message = Signer::with_template(Message::new(&mut out), signer(first), builder)
        .unwrap()
        .creation_time(system(day(on)))
        .cleartext();
    for further in rest {
        message = message.add_signer(signer(further)).unwrap();
    }
    let mut message = message.build().unwrap();
    message.write_all(text).unwrap();
    message.finalize().unwrap();
    out
}

fn verify(document: &[u8], certificates: &[&Cert]) -> Result<Vec<Crypto>, CleartextFault> {
    let document = Cleartext::read(document)?;
    let digests = document.digests();
    let certificates: Vec<_> = certificates
        .iter()
        .map(|cert| read(&public(cert)))
        .collect();
    Ok(document
        .signatures
        .iter()
        .map(|signature| {
            let digest = digests.of(signature);
            check(signature, digest.as_deref(), &certificates)
                .mathematics
                .crypto()
        })
        .collect())
}

#[test]
fn every_signer_of_a_cleartext_is_reported() {
    let (first, second) = (with_subkey("2024-01-01"), with_subkey("2024-01-02"));
    let text = b"Origin: Example\n- dashed\n-----BEGIN x\nFrom here \t\n\nlast";
    let document = clearsigned(text, &[&first, &second], "2024-06-01");
    assert_eq!(
        verify(&document, &[&first, &second]),
        Ok(vec![Crypto::Good; 2])
    );
    assert_eq!(
        verify(&document, &[&second])
            .unwrap()
            .iter()
            .filter(|c| **c == Crypto::Good)
            .count(),
        1,
        "a signer that is not at hand is unchecked, and the other is still good"
    );
    let read = Cleartext::read(&document).unwrap();
    assert_eq!(
        read.text,
        b"Origin: Example\n- dashed\n-----BEGIN x\nFrom here\n\nlast"
    );
    assert!(read.hashes_named.iter().all(|name| name.starts_with("SHA")));
    let with_returns = String::from_utf8(document).unwrap().replace('\n', "\r\n");
    assert_eq!(
        verify(with_returns.as_bytes(), &[&first, &second]),
        Ok(vec![Crypto::Good; 2])
    );
}

#[test]
fn cleartexts_that_two_readers_would_see_differently_are_refused() {
    let cert = with_subkey("2024-01-01");
    let good = String::from_utf8(clearsigned(b"Suite: stable\nx", &[&cert], "2024-06-01")).unwrap();
    let lines = good.lines().count();
    let header = "-----BEGIN PGP SIGNED MESSAGE-----\n";
    let cases: &[(String, CleartextFault)] = &[
        (
            format!("Suite: evil\n\n{good}"),
            CleartextFault::TextBefore { line: 1 },
        ),
        (
            format!("{good}Suite: evil\n"),
            CleartextFault::TextAfter { line: lines + 1 },
        ),
        (
            format!("{good}{good}"),
            CleartextFault::SecondBlock { line: lines + 1 },
        ),
        (
            format!("{good}evil\n{good}"),
            CleartextFault::SecondBlock { line: lines + 2 },
        ),
        (
            good.replacen("Hash:", "NotDashEscaped: x\nHash:", 1),
            CleartextFault::Header { line: 2 },
        ),
        (
            good.replacen(header, &format!("{header}Suite: evil\n"), 1),
            CleartextFault::Header { line: 2 },
        ),
        (
            // GnuPG once took a form feed behind the header for its end.
            good.replacen(header, &format!("{header}Hash: SHA512\x0cSuite: evil\n"), 1),
            CleartextFault::Header { line: 2 },
        ),
        (
            good.replacen("\n\nSuite", "\n \nSuite", 1),
            CleartextFault::Header { line: 3 },
        ),
        (
            good.replacen("Suite:", "-Suite:", 1),
            CleartextFault::NotDashEscaped { line: 4 },
        ),
        (
            good.replacen("Suite:", "Suite\0:", 1),
            CleartextFault::ControlCharacter { line: 4 },
        ),
        (
            good.replacen("stable", "sta\rble", 1),
            CleartextFault::ControlCharacter { line: 4 },
        ),
        (
            good.replacen("stable", &"s".repeat(20_000), 1),
            CleartextFault::LineTooLong {
                line: 4,
                limit: 16 << 10,
            },
        ),
        (
            good.split("-----BEGIN PGP SIGNATURE")
                .next()
                .unwrap()
                .to_owned(),
            CleartextFault::Unfinished { line: 5 },
        ),
        (String::new(), CleartextFault::NotCleartext),
        ("Suite: unsigned\n".to_owned(), CleartextFault::NotCleartext),
    ];
    for (document, expected) in cases {
        assert_eq!(
            verify(document.as_bytes(), &[&cert]).as_ref().unwrap_err(),
            expected,
            "{document}"
        );
    }
    assert_eq!(
        verify(format!("\n{good}\n \n").as_bytes(), &[&cert]),
        Ok(vec![Crypto::Good])
    );
    let changed = good.replacen("stable", "evil", 1);
    assert_eq!(verify(changed.as_bytes(), &[&cert]), Ok(vec![Crypto::Bad]));
}

#[test]
fn a_binary_signature_does_not_cover_a_cleartext() {
    let cert = with_subkey("2024-01-01");
    let good = clearsigned(b"text", &[&cert], "2024-06-01");
    let good = String::from_utf8(good).unwrap();
    let (head, _) = good.split_once("-----BEGIN PGP SIGNATURE").unwrap();
    let mut armoured = vec![];
    let mut writer =
        sequoia::armor::Writer::new(&mut armoured, sequoia::armor::Kind::Signature).unwrap();
    std::io::Write::write_all(&mut writer, &sign(&cert, b"text", "2024-06-01")).unwrap();
    writer.finalize().unwrap();
    let forged = [head.as_bytes(), &armoured].concat();
    assert_eq!(verify(&forged, &[&cert]), Ok(vec![Crypto::Unchecked]));
}

#[test]
fn tampered_data_is_bad_and_an_absent_key_is_unchecked() {
    let cert = with_subkey("2024-01-01");
    let other = read(&public(&with_subkey("2024-01-01")));
    let signature = sign(&cert, DATA, "2024-06-01");
    let keys = [read(&public(&cert))];
    let good = judge(&signature, DATA, &keys, "2024-07-01");
    assert_eq!(good.check.mathematics, Mathematics::Good);
    assert_eq!((good.at_signing, good.now), (vec![], vec![]));
    assert_eq!(good.primary, Some(keys[0].fingerprint()));
    assert!(
        !good.check.key.unwrap().primary,
        "the subkey signs, the primary key is named"
    );

    let bad = judge(&signature, b"another release\n", &keys, "2024-07-01");
    let key = keys[0].keys()[1].fingerprint;
    assert_eq!(
        bad.check.mathematics,
        Mathematics::Bad(BadReason::SignatureMismatch { key })
    );
    assert_eq!(bad.check.digest_prefix_agrees, Some(false));

    let absent = judge(&signature, DATA, &[other], "2024-07-01");
    let Mathematics::Unchecked(UncheckedReason::KeyNotAtHand(issuers)) = absent.check.mathematics
    else {
        panic!("{:?}", absent.check);
    };
    assert!(issuers.contains(&Issuer::Fingerprint(key)));
    assert_eq!(one(&signature).issuer_text(), key.to_string());
}

/// A mathematically sound version 3 signature: hash over the data, the type and the time.
pub(super) fn version_3(cert: &Cert) -> Vec<u8> {
    let mut key = signer(cert);
    let time = u32::try_from(day("2024-06-01").as_second())
        .unwrap()
        .to_be_bytes();
    let mut hash = HashAlgorithm::SHA256.context().unwrap().for_digest();
    hash.update(DATA);
    hash.update(&[0]);
    hash.update(&time);
    let digest = hash.into_digest().unwrap();
    let value = key.sign(HashAlgorithm::SHA256, &digest).unwrap();
    let mut body = vec![3, 5, 0];
    body.extend(time);
    body.extend(key.public().keyid().as_bytes());
    body.extend([
        u8::from(key.public().pk_algo()),
        u8::from(HashAlgorithm::SHA256),
    ]);
    body.extend(&digest[..2]);
    body.extend(value.to_vec().unwrap());
    [&[0xc2, u8::try_from(body.len()).unwrap()], &body[..]].concat()
}

#[test]
fn version_3_packets_are_refused_by_their_name() {
    let cert = with_subkey("2024-01-01");
    let keys = [read(&public(&cert))];
    let signature = version_3(&cert);
    let answer = judge(&signature, DATA, &keys, "2024-07-01");
    assert_eq!(
        answer.check.mathematics,
        Mathematics::Unchecked(UncheckedReason::Version(3))
    );
    let facts = one(&signature);
    assert_eq!(facts.created, Some(day("2024-06-01")));
    assert_eq!(
        facts.issuers,
        vec![Issuer::KeyId(keys[0].keys()[1].fingerprint.key_id())]
    );
}

#[test]
fn other_kinds_of_signature_do_not_sign_documents() {
    let cert = with_subkey("2024-01-01");
    let user = cert.userids().next().unwrap();
    let binding = user.self_signatures().next().unwrap().clone();
    let answer = judge(
        &packet(binding),
        DATA,
        &[read(&public(&cert))],
        "2024-07-01",
    );
    let Mathematics::Unchecked(UncheckedReason::SignatureType(_)) = answer.check.mathematics else {
        panic!("{:?}", answer.check);
    };
}

/// The certificate's packets with some left out.
fn without(cert: &Cert, drop: impl Fn(&Packet) -> bool) -> Vec<u8> {
    let mut bytes = vec![];
    for packet in cert.clone().strip_secret_key_material().into_packets() {
        if !drop(&packet) {
            packet.serialize(&mut bytes).unwrap();
        }
    }
    bytes
}

#[test]
fn a_subkey_without_binding_speaks_for_nobody() {
    let cert = with_subkey("2024-01-01");
    let signature = sign(&cert, DATA, "2024-06-01");
    let is_binding = |packet: &Packet| matches!(packet, Packet::Signature(s) if s.typ() == SignatureType::SubkeyBinding);
    let keys = [read(&without(&cert, is_binding))];
    let answer = judge(&signature, DATA, &keys, "2024-07-01");
    let key = cert.keys().subkeys().next().unwrap().key().fingerprint();
    let not_bound = answer.now.iter().any(|objection| {
        matches!(objection, Objection::NotBound { key: of } if of.to_string() == key.to_hex())
    });
    assert!(
        answer.check.mathematics != Mathematics::Good || not_bound,
        "{answer:?}"
    );
}

/// An attacker hangs the victim's signing subkey below an own primary key.
#[test]
fn a_stolen_subkey_does_not_speak_for_the_thief() {
    let victim = with_subkey("2024-01-01");
    let thief = with_subkey("2024-01-01");
    let stolen = victim.keys().subkeys().next().unwrap().key().clone();
    let builder = SignatureBuilder::new(SignatureType::SubkeyBinding)
        .set_signature_creation_time(system(day("2024-01-02")))
        .unwrap()
        .set_key_flags(KeyFlags::empty().set_signing())
        .unwrap();
    let binding = stolen.bind(&mut primary(&thief), &thief, builder).unwrap();
    let (thief, _) = thief
        .insert_packets(vec![Packet::from(stolen), binding.into()])
        .unwrap();
    let keys = [read(&public(&thief))];
    let answer = judge(
        &sign(&victim, DATA, "2024-06-01"),
        DATA,
        &keys,
        "2024-07-01",
    );
    let refused = answer
        .now
        .iter()
        .any(|objection| matches!(objection, Objection::NotBound { .. }));
    assert!(
        answer.check.mathematics != Mathematics::Good || refused,
        "{answer:?}"
    );
    assert!(answer.now == answer.at_signing);
}

#[test]
fn a_key_that_may_not_sign_does_not() {
    let (cert, _) = CertBuilder::new()
        .add_userid("Example")
        .add_authentication_subkey()
        .set_creation_time(system(day("2024-01-01")))
        .generate()
        .unwrap();
    let keys = [read(&public(&cert))];
    let answer = judge(&sign(&cert, DATA, "2024-06-01"), DATA, &keys, "2024-07-01");
    let key = keys[0].keys()[1].fingerprint;
    assert_eq!(answer.now, vec![Objection::NotForSigning { key }]);
}

#[test]
fn files_of_other_things_are_refused() {
    let cert = with_subkey("2024-01-01");
    let signature = sign(&cert, DATA, "2024-06-01");
    let secret = cert.as_tsk().to_vec().unwrap();
    let public = public(&cert);
    let compressed = [0xc8, 3, 1, 0x78, 0x9c];
    let cases: &[(&[u8], OpenPgpError)] = &[
        (&compressed, OpenPgpError::Compressed { offset: 0 }),
        (&secret, OpenPgpError::SecretKey { offset: 0 }),
        (
            &public,
            OpenPgpError::UnexpectedPacket { tag: 6, offset: 0 },
        ),
        (
            &[0xcb, 1, 1],
            OpenPgpError::UnexpectedPacket { tag: 11, offset: 0 },
        ),
        (b"", OpenPgpError::NotOpenPgp),
        (b"hello\n", OpenPgpError::TextAround { line: 1 }),
        (&signature[..9], OpenPgpError::Truncated { offset: 0 }),
    ];
    for (file, expected) in cases {
        assert_eq!(&OpenPgpSignature::read_all(file).unwrap_err(), expected);
    }
    assert_eq!(
        CertificateFile::read(&secret).unwrap_err(),
        OpenPgpError::SecretKey { offset: 0 }
    );
    let many = signature.repeat(65);
    assert!(matches!(
        OpenPgpSignature::read_all(&many),
        Err(OpenPgpError::TooMany { limit: 64, .. })
    ));
    assert_eq!(
        OpenPgpSignature::read_all(&signature.repeat(3))
            .unwrap()
            .len(),
        3
    );
}

/// Numbers of 64 Ki bits would keep a checker busy for minutes.
#[test]
fn keys_of_absurd_size_are_left_out() {
    let number = [&[0xff, 0xf8][..], &[0xff; 8191]].concat();
    let mut body = vec![4, 0x60, 0, 0, 0, 17];
    for _ in 0..4 {
        body.extend(&number);
    }
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let file = [&[0xc6, 0xff][..], &length, &body].concat();
    let read = CertificateFile::read(&file).unwrap();
    assert_eq!(
        read.left_out[0].why,
        LeftOutReason::KeyTooLarge { limit: 4096 }
    );
    assert!(read.certificates.is_empty());
    let old = [0xc6, 8, 3, 0, 0, 0, 0, 0, 0, 1];
    let read = CertificateFile::read(&old).unwrap();
    assert_eq!(read.left_out[0].why, LeftOutReason::Version(3));
}
