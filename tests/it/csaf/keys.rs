//! A provider's keys over time, with keys made here.

use anchorwatch::domain::{Crypto, Finding, FindingKind, Fingerprint};
use anchorwatch::judge::csaf::{
    Fetched, KeyFault, KeyFile, KeyHistory, KeyRotation, KeyStanding, RotationKind, Sight,
    history_findings, rotations, standings,
};
use sequoia_openpgp::Cert;
use serde_json::json;

use crate::openpgp::fixtures::{day, public, read, sign, with_subkey};

/// Keys with their names.
type Named<'a> = (&'a str, &'a Cert);

fn url(name: &str) -> String {
    format!("https://a.example/{name}.asc")
}

/// Metadata that lists keys by fingerprint and address.
fn metadata(keys: &[(&str, &str)]) -> Vec<u8> {
    let keys: Vec<_> = keys
        .iter()
        .map(|(fingerprint, name)| json!({"fingerprint": fingerprint, "url": url(name)}))
        .collect();
    json!({"canonical_url": "https://a.example/pm.json", "public_openpgp_keys": keys})
        .to_string()
        .into_bytes()
}

/// A look on a day that lists these certificates, each under its name.
fn look(on: &str, certs: &[Named<'_>]) -> Sight {
    let prints: Vec<String> = certs
        .iter()
        .map(|(_, cert)| cert.fingerprint().to_hex())
        .collect();
    let listed: Vec<(&str, &str)> = certs
        .iter()
        .zip(&prints)
        .map(|((name, _), print)| (print.as_str(), *name))
        .collect();
    let held: Vec<(String, Vec<u8>)> = certs
        .iter()
        .map(|(name, cert)| (url(name), public(cert)))
        .collect();
    let files: Vec<KeyFile<'_>> = held
        .iter()
        .map(|(url, bytes)| KeyFile { url, bytes })
        .collect();
    let sight = Sight::read(day(on), &metadata(&listed), &files).unwrap();
    assert_eq!(sight.faults, []);
    sight
}

fn fingerprint(cert: &Cert) -> Fingerprint {
    read(&public(cert)).fingerprint()
}

fn told(found: &[KeyRotation], names: &[Named<'_>]) -> Vec<String> {
    let name = |key: &Fingerprint| {
        let held = names.iter().find(|(_, cert)| fingerprint(cert) == *key);
        held.map_or_else(|| "subkey".to_owned(), |(name, _)| (*name).to_owned())
    };
    let list = |keys: &std::collections::BTreeSet<Fingerprint>| {
        let mut keys: Vec<String> = keys.iter().map(name).collect();
        keys.sort();
        keys.join("+")
    };
    let days = |one: &KeyRotation| {
        [&one.appeared, &one.withdrawn]
            .map(|steps| {
                steps.as_ref().map_or_else(
                    || "-".to_owned(),
                    |(_, after)| after.seen.strftime("%m-%d").to_string(),
                )
            })
            .join(" ")
    };
    found
        .iter()
        .map(|one| {
            let returned = if one.returned.is_empty() {
                ""
            } else {
                " again"
            };
            let [old, new] = [&one.old, &one.new].map(list);
            format!("{:?} {old}>{new} {}{returned}", one.kind, days(one))
        })
        .collect()
}

#[test]
fn changes_of_keys_are_told_by_comparing_looks() {
    let made = [(); 3].map(|()| with_subkey("2024-01-01"));
    let [a, b, c] = &made;
    let (a, b, c) = (("a", a), ("b", b), ("c", c));
    let days = ["2024-02-01", "2024-02-02", "2024-02-03", "2024-02-04"];
    let other = ("other-address", a.1);
    let table: [(&[&[Named<'_>]], &[&str]); 9] = [
        (&[&[a], &[a], &[a]], &[]),
        (&[&[a], &[other]], &[]),
        (&[&[a], &[b]], &["Replaced a>b 02-02 02-02"]),
        (&[&[a], &[a, b]], &["Added >b 02-02 -"]),
        // Side by side for a while: one rotation.
        (
            &[&[a], &[a, b], &[a, b], &[b]],
            &["Replaced a>b 02-02 02-04"],
        ),
        (
            &[&[a], &[b], &[c]],
            &["Replaced a>b 02-02 02-02", "Replaced b>c 02-03 02-03"],
        ),
        (
            &[&[a], &[a, b], &[a, b, c], &[c]],
            &["Added >b 02-02 -", "Replaced a+b>c 02-03 02-04"],
        ),
        (
            &[&[a], &[], &[a]],
            &["Withdrawn a> - 02-02", "Added >a 02-03 - again"],
        ),
        (
            &[&[a], &[b], &[a]],
            &["Replaced a>b 02-02 02-02", "Replaced b>a 02-03 02-03 again"],
        ),
    ];
    for (looks, expected) in table {
        let sights = looks.iter().zip(days).map(|(certs, on)| look(on, certs));
        let found = rotations(&KeyHistory::new(sights.collect()));
        assert_eq!(told(&found, &[a, b, c]), expected);
    }
}

#[test]
fn a_new_subkey_is_no_new_key() {
    let cert = with_subkey("2024-01-01");
    let stripped = cert.clone().retain_subkeys(|_| false);
    let before = look("2024-02-01", &[("a", &stripped)]);
    let after = look("2024-02-02", &[("a", &cert)]);
    let found = rotations(&KeyHistory::new(vec![before, after]));
    assert_eq!(told(&found, &[("a", &cert)]), ["Subkeys >subkey 02-02 -"]);
    assert_eq!(found[0].primary, Some(fingerprint(&cert)));
    assert_eq!(found[0].kind, RotationKind::Subkeys);
}

#[test]
fn a_signature_stands_by_when_its_key_was_listed() {
    let [old, new] = [(); 2].map(|()| with_subkey("2024-01-01"));
    let history = KeyHistory::new(vec![
        look("2024-03-01", &[("old", &old)]),
        look("2024-05-01", &[("new", &new)]),
    ]);
    let former = |claims_later| KeyStanding::Former {
        gone: day("2024-05-01"),
        claims_later,
    };
    let later = KeyStanding::Later {
        first: day("2024-05-01"),
    };
    let before_all = KeyStanding::Later {
        first: day("2024-03-01"),
    };
    for (cert, made, fetched, expected, providers) in [
        (&old, "2024-02-01", "2024-04-01", KeyStanding::Listed, true),
        (&old, "2024-02-01", "2024-06-01", former(false), true),
        (&old, "2024-05-20", "2024-06-01", former(true), false),
        (&new, "2024-05-20", "2024-06-01", KeyStanding::Listed, true),
        (&new, "2024-04-01", "2024-04-02", later, false),
        (&old, "2024-02-01", "2024-02-02", before_all, false),
    ] {
        let signature = sign(cert, b"{}", made);
        let fetched = Fetched {
            document: b"{}",
            signature: &signature,
            at: day(fetched),
        };
        let found = standings(&fetched, &history, day("2024-07-01")).unwrap();
        assert_eq!(found[0].key, Some(expected), "made {made}");
        assert_eq!(found[0].is_providers(), providers, "made {made}");
        // The same signature over other bytes is forged, whoever's key it names.
        let forged = Fetched {
            document: b"{} ",
            ..fetched
        };
        let found = standings(&forged, &history, day("2024-07-01")).unwrap();
        assert_eq!(found[0].assessment.check.mathematics.crypto(), Crypto::Bad);
        assert!(!found[0].is_providers());
    }
    // A stranger's key says nothing, not even that it is a stranger's.
    let stranger = sign(&with_subkey("2024-01-01"), b"{}", "2024-04-01");
    let fetched = Fetched {
        document: b"{}",
        signature: &stranger,
        at: day("2024-04-02"),
    };
    let found = standings(&fetched, &history, day("2024-07-01")).unwrap();
    assert_eq!(found[0].key, None);
    assert_eq!(
        found[0].assessment.check.mathematics.crypto(),
        Crypto::Unchecked
    );
    assert!(
        standings(
            &Fetched {
                signature: b"no",
                ..fetched
            },
            &history,
            day("2024-07-01")
        )
        .is_err()
    );
}

#[test]
fn metadata_that_goes_back_is_told() {
    let sight = |on: &str, dated: &str| {
        let metadata = json!({"last_updated": format!("{dated}T12:00:00Z")}).to_string();
        Sight::read(day(on), metadata.as_bytes(), &[]).unwrap()
    };
    let history = KeyHistory::new(vec![
        sight("2024-05-01", "2024-04-01"),
        sight("2024-03-01", "2024-02-01"),
        sight("2024-06-01", "2024-02-01"),
        sight("2024-07-01", "2024-04-01"),
    ]);
    let older = FindingKind::ProviderMetadataOlder {
        seen: day("2024-06-01"),
        dated: day("2024-02-01"),
        known: day("2024-04-01"),
    };
    assert_eq!(history_findings(&history), [Finding::whole(older)]);
}

#[test]
fn a_key_that_is_not_the_listed_one_counts_for_nothing() {
    let [listed, other] = [(); 2].map(|()| with_subkey("2024-01-01"));
    let print = listed.fingerprint().to_hex();
    let sight = |fingerprint: &str, bytes: &[u8]| {
        let url = url("key");
        let file = KeyFile { url: &url, bytes };
        let metadata = metadata(&[(fingerprint, "key")]);
        Sight::read(day("2024-02-01"), &metadata, &[file]).unwrap()
    };
    let swapped = sight(&print, &public(&other));
    assert_eq!(swapped.certificates, []);
    let fault = KeyFault::OtherKey {
        url: url("key"),
        listed: fingerprint(&listed),
    };
    assert_eq!(swapped.faults, [fault]);
    assert_eq!(swapped.listed, [fingerprint(&listed)].into());
    // Two keys in one file: the listed one counts.
    let mut both = public(&other);
    both.extend(public(&listed));
    let found = sight(&print, &both);
    assert_eq!(found.certificates.len(), 1);
    assert_eq!(found.listed, [fingerprint(&listed)].into());
    // A short id is no name of a key, and the file does not complete it.
    let short = sight(&print[24..], &public(&listed));
    assert_eq!((short.listed.len(), short.certificates.len()), (0, 0));
    assert!(matches!(short.faults[..], [KeyFault::Fingerprint(_)]));
    let broken = sight(&print, b"not a key");
    assert!(matches!(broken.faults[..], [KeyFault::Unreadable { .. }]));
    assert_eq!(broken.listed, [fingerprint(&listed)].into());
}
