//! Expiry, revocation and hash policy, at the time of signing and now.

use anchorwatch::formats::openpgp::{CertificateFile, Mathematics, Objection, OpenPgpCertificate};
use sequoia_openpgp::cert::prelude::*;
use sequoia_openpgp::packet::prelude::*;
use sequoia_openpgp::types::{HashAlgorithm, ReasonForRevocation};

use super::fixtures::*;

const DATA: &[u8] = b"the release\n";

/// An objection by its name alone.
fn names(objections: &[Objection]) -> Vec<&'static str> {
    objections
        .iter()
        .map(|objection| match objection {
            Objection::WeakHash { .. } => "weak hash",
            Objection::OlderThanKey { .. } => "older than key",
            Objection::FromTheFuture { .. } => "from the future",
            Objection::SignatureExpired { .. } => "signature expired",
            Objection::WeakKey { .. } => "weak key",
            Objection::WeakBinding { .. } => "weak binding",
            Objection::BoundLater { .. } => "bound later",
            Objection::NotBound { .. } => "not bound",
            Objection::KeyExpired { .. } => "key expired",
            Objection::Revoked { revocation, .. } if revocation.hard => "revoked hard",
            Objection::Revoked { .. } => "revoked soft",
            _ => "other",
        })
        .collect()
}

struct Case<'a> {
    what: &'a str,
    signature: Vec<u8>,
    certificates: Vec<OpenPgpCertificate>,
    now: &'a str,
    at_signing: &'a [&'a str],
    now_says: &'a [&'a str],
}

fn hold(cases: Vec<Case<'_>>) {
    for case in cases {
        let answer = judge(&case.signature, DATA, &case.certificates, case.now);
        assert_eq!(answer.check.mathematics, Mathematics::Good, "{}", case.what);
        assert_eq!(
            names(&answer.at_signing),
            case.at_signing,
            "at signing: {}",
            case.what
        );
        assert_eq!(names(&answer.now), case.now_says, "now: {}", case.what);
    }
}

#[test]
fn expiry_is_judged_by_the_merged_copies() {
    let short = expiring("2024-01-01", 100);
    let longer = rebound(&short, "2024-03-01", HashAlgorithm::SHA256, Some(1000));
    let (old, new) = (read(&public(&short)), read(&public(&longer)));
    let merged = OpenPgpCertificate::merge(vec![old.clone(), new.clone()]).unwrap();
    assert_eq!(merged.len(), 1);
    let swapped = OpenPgpCertificate::merge(vec![new.clone(), old.clone()]).unwrap();
    assert_eq!(
        merged[0].states(day("2024-06-01")),
        swapped[0].states(day("2024-06-01"))
    );
    let before = sign(&short, DATA, "2024-02-01");
    let after = sign(&short, DATA, "2024-06-01");
    let both = ["key expired", "key expired"];
    hold(vec![
        Case {
            what: "signed while the copy lived, judged while it lives",
            signature: before.clone(),
            certificates: vec![old.clone()],
            now: "2024-02-02",
            at_signing: &[],
            now_says: &[],
        },
        Case {
            what: "signed while the copy lived, judged after: refresh the copy",
            signature: before,
            certificates: vec![old.clone()],
            now: "2024-06-02",
            at_signing: &[],
            now_says: &both,
        },
        Case {
            what: "the copy expired before the signature",
            signature: after.clone(),
            certificates: vec![old],
            now: "2024-06-02",
            at_signing: &both,
            now_says: &both,
        },
        Case {
            what: "the same with the renewed copy merged in",
            signature: after,
            certificates: merged,
            now: "2024-06-02",
            at_signing: &[],
            now_says: &[],
        },
    ]);
}

#[test]
fn sha1_falls_on_its_dates() {
    let cert = with_subkey("2012-01-01");
    let weak = read(&public(&rebound_with_sha1(&cert, "2012-01-02")));
    let strong = read(&public(&cert));
    let by_sha1 = |on| sign_with(&mut signer(&cert), DATA, on, HashAlgorithm::SHA1);
    let two = ["weak binding", "weak binding"];
    hold(vec![
        Case {
            what: "SHA-1 binding, while it was in order",
            signature: sign(&cert, DATA, "2012-06-01"),
            certificates: vec![weak.clone()],
            now: "2022-01-01",
            at_signing: &[],
            now_says: &[],
        },
        Case {
            what: "SHA-1 binding, past its date now",
            signature: sign(&cert, DATA, "2012-06-01"),
            certificates: vec![weak.clone()],
            now: "2026-01-01",
            at_signing: &[],
            now_says: &two,
        },
        Case {
            what: "SHA-1 binding, past its date when signed",
            signature: sign(&cert, DATA, "2025-06-01"),
            certificates: vec![weak.clone()],
            now: "2026-01-01",
            at_signing: &two,
            now_says: &two,
        },
        Case {
            what: "the weak copy merged with a strong one",
            signature: sign(&cert, DATA, "2025-06-01"),
            certificates: OpenPgpCertificate::merge(vec![weak, strong.clone()]).unwrap(),
            now: "2026-01-01",
            at_signing: &[],
            now_says: &[],
        },
        Case {
            what: "a document signed with SHA-1 before 2013",
            signature: by_sha1("2012-06-01"),
            certificates: vec![strong.clone()],
            now: "2026-01-01",
            at_signing: &[],
            now_says: &["weak hash"],
        },
        Case {
            what: "a document signed with SHA-1 after 2013",
            signature: by_sha1("2014-06-01"),
            certificates: vec![strong],
            now: "2026-01-01",
            at_signing: &["weak hash"],
            now_says: &["weak hash"],
        },
    ]);
}

pub(super) fn revoke(cert: &Cert, on: &str, why: ReasonForRevocation) -> Cert {
    let mut key = primary(cert);
    let revocation = CertRevocationBuilder::new()
        .set_signature_creation_time(system(day(on)))
        .unwrap()
        .set_reason_for_revocation(why, b"we say so")
        .unwrap()
        .build(&mut key, cert, None)
        .unwrap();
    cert.clone()
        .insert_packets(vec![Packet::from(revocation)])
        .unwrap()
        .0
}

/// A vendor's file holds the revocation of a key in a block of its own, under a public key's label.
#[test]
fn a_revocation_in_a_block_of_its_own_joins_its_key() {
    use sequoia_openpgp::armor::{Kind, Writer};
    use std::io::Write as _;
    let block = |bytes: &[u8]| {
        let mut writer = Writer::new(vec![], Kind::PublicKey).unwrap();
        writer.write_all(bytes).unwrap();
        writer.finalize().unwrap()
    };
    let (cert, other) = (with_subkey("2024-01-01"), with_subkey("2024-01-01"));
    let revocation_by = |signer: &Cert, of: &Cert| {
        let signature = CertRevocationBuilder::new()
            .set_reason_for_revocation(ReasonForRevocation::KeyCompromised, b"")
            .unwrap()
            .build(&mut primary(signer), of, None)
            .unwrap();
        block(&packet(signature))
    };
    let (own, others) = (block(&public(&cert)), block(&public(&other)));
    let cases = [
        (
            "behind",
            [&own[..], &revocation_by(&cert, &cert), &others].concat(),
            1,
        ),
        (
            "before",
            [&revocation_by(&cert, &cert), &own[..], &others].concat(),
            1,
        ),
        (
            "of a key that is not there",
            [&revocation_by(&other, &other), &own[..]].concat(),
            0,
        ),
        (
            "by a stranger",
            [&own[..], &revocation_by(&other, &cert)].concat(),
            0,
        ),
    ];
    for (what, file, expected) in cases {
        let read = CertificateFile::read(&file).unwrap();
        let revoked = read.certificates.iter().filter(|one| {
            let states = one.states(day("2030-01-01"));
            states[0].revocation.is_some()
        });
        assert_eq!(revoked.count(), expected, "{what}");
    }
    assert!(CertificateFile::read(&revocation_by(&cert, &cert)).is_err());
}

fn revoke_subkey(cert: &Cert, on: &str, why: ReasonForRevocation) -> Cert {
    let subkey = cert.keys().subkeys().next().unwrap();
    let revocation = SubkeyRevocationBuilder::new()
        .set_signature_creation_time(system(day(on)))
        .unwrap()
        .set_reason_for_revocation(why, b"we say so")
        .unwrap()
        .build(&mut primary(cert), cert, subkey.key(), None)
        .unwrap();
    cert.clone()
        .insert_packets(vec![Packet::from(revocation)])
        .unwrap()
        .0
}

#[test]
fn hard_revocations_reach_back_and_soft_ones_do_not() {
    use ReasonForRevocation::{KeyCompromised, KeyRetired, KeySuperseded, Unspecified};
    let cert = with_subkey("2024-01-01");
    type Says<'a> = &'a [&'a str];
    let cases: &[(bool, ReasonForRevocation, &str, Says<'_>, Says<'_>)] = &[
        (
            false,
            KeyCompromised,
            "2024-06-01",
            &["revoked hard"],
            &["revoked hard"],
        ),
        (
            false,
            Unspecified,
            "2024-06-01",
            &["revoked hard"],
            &["revoked hard"],
        ),
        (false, KeySuperseded, "2024-06-01", &[], &["revoked soft"]),
        (false, KeyRetired, "2024-06-01", &[], &["revoked soft"]),
        (
            false,
            KeyRetired,
            "2024-02-01",
            &["revoked soft"],
            &["revoked soft"],
        ),
        (
            true,
            KeyCompromised,
            "2024-06-01",
            &["revoked hard"],
            &["revoked hard"],
        ),
        (true, KeyRetired, "2024-06-01", &[], &["revoked soft"]),
    ];
    hold(
        cases
            .iter()
            .map(|(subkey, why, on, at_signing, now_says)| {
                let revoked = if *subkey {
                    revoke_subkey(&cert, on, *why)
                } else {
                    revoke(&cert, on, *why)
                };
                Case {
                    what: on,
                    signature: sign(&cert, DATA, "2024-03-01"),
                    certificates: vec![read(&public(&revoked))],
                    now: "2024-07-01",
                    at_signing,
                    now_says,
                }
            })
            .collect(),
    );
    let merged = OpenPgpCertificate::merge(vec![
        read(&public(&cert)),
        read(&public(&revoke(&cert, "2024-06-01", KeyCompromised))),
    ]);
    let states = merged.unwrap()[0].states(day("2024-03-01"));
    let revocation = states[0].revocation.as_ref().unwrap();
    assert_eq!(
        (revocation.reason, revocation.text.as_str()),
        ("compromised", "we say so")
    );
}

#[test]
fn times_that_cannot_be_are_told() {
    let cert = with_subkey("2024-01-01");
    let early = with_subkey("2025-01-01");
    let mut late_key = signer(&early);
    // A key's clock says that the document is older than the key itself.
    let backdated = {
        let builder = SignatureBuilder::new(sequoia_openpgp::types::SignatureType::Binary)
            .set_signature_creation_time(system(day("2024-06-01")))
            .unwrap();
        builder.sign_message(&mut late_key, DATA).map(packet)
    };
    let keys = vec![read(&public(&cert))];
    let mut cases = vec![Case {
        what: "made after the instant of judgement",
        signature: sign(&cert, DATA, "2024-06-01"),
        certificates: keys,
        now: "2024-03-01",
        at_signing: &[],
        now_says: &["from the future"],
    }];
    if let Ok(signature) = backdated {
        cases.push(Case {
            what: "older than the key",
            signature,
            certificates: vec![read(&public(&early))],
            now: "2025-03-01",
            at_signing: &["bound later", "older than key", "bound later"],
            now_says: &["older than key"],
        });
    }
    hold(cases);
    let rebound = read(&public(&rebound_with_sha1(&cert, "2024-05-01")));
    hold(vec![Case {
        what: "this copy binds the key only later",
        signature: sign(&cert, DATA, "2024-03-01"),
        certificates: vec![rebound],
        now: "2024-06-01",
        at_signing: &["bound later", "bound later"],
        now_says: &["weak binding", "weak binding"],
    }]);
}
