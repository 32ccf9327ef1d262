//! Random chains before three judges: ours, rustls-webpki and `openssl verify`. Every difference must
//! be one of a kind that is decided in the tables below.
//!
//! `ANCHORWATCH_DIFFERENTIAL=20000` runs as many cases, from `ANCHORWATCH_DIFFERENTIAL_FIRST` on.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::path::{KeyPurpose, Profile, Walk};
use anchorwatch::judge::second_judge::{Opinion, opinion};
use base64::Engine as _;
use rcgen::{CustomExtension, ExtendedKeyUsagePurpose, KeyUsagePurpose};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::ask;
use super::chains::{Authority, Says};
use super::defects::extension;
use crate::making::der::{sequence, tlv};

const AT: &str = "2026-01-01T00:00:00Z";

/// splitmix64: the same case for the same number, everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// One time out of `of`.
    fn rarely(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }
}

struct Made {
    leaf: Certificate,
    offered: Vec<Certificate>,
    anchors: Vec<Certificate>,
    /// Certificates of the same names with other keys, that belong to no path.
    decoys: Vec<Certificate>,
}

const HOSTS: [&str; 3] = ["a.test", "b.a.test", "c.test"];

fn name_constraints(dice: &mut Dice) -> CustomExtension {
    let base = |dice: &mut Dice| sequence(&[tlv(0x82, HOSTS[dice.below(3)].as_bytes())]);
    let tag = if dice.rarely(2) { 0xa0 } else { 0xa1 };
    let value = sequence(&[tlv(tag, &base(dice))]);
    extension(&[2, 5, 29, 30], true, &value)
}

fn ca_says(dice: &mut Dice) -> Says {
    let mut says = Says::ca();
    match dice.below(16) {
        0 => says.years = (2010, 2020),
        1 => says.years = (2030, 2040),
        2 => says.path_length = Some(0),
        3 => says.path_length = Some(1),
        4 => says.usages = Some(vec![KeyUsagePurpose::CrlSign]),
        5 => says.purposes = vec![ExtendedKeyUsagePurpose::ServerAuth],
        6 => says.purposes = vec![ExtendedKeyUsagePurpose::CodeSigning],
        7 => says.ca = false,
        8 | 9 => says.extensions = vec![name_constraints(dice)],
        10 => says.extensions = vec![extension(&[1, 2, 3, 4], true, &[5, 0])],
        _ => {}
    }
    says
}

fn made(keys: &[Authority], number: u64) -> Made {
    let mut dice = Dice(number);
    let count = 3 + dice.below(4);
    // Some names have two keys: a rollover, or somebody who looks alike.
    let names: Vec<String> = (0..count)
        .map(|_| format!("CA {}", dice.below(count)))
        .collect();
    let mut order: Vec<usize> = (0..keys.len()).collect();
    dice.shuffle(&mut order);
    let cas: Vec<Authority> = names
        .iter()
        .zip(&order)
        .map(|(name, key)| keys[*key].renamed(name))
        .collect();
    let mut offered = vec![];
    for (lower, subject) in cas.iter().enumerate().skip(1) {
        for _ in 0..=dice.below(2) {
            // Mostly from above, sometimes from below: a cross-certificate, or a circle.
            let upper = if dice.rarely(5) {
                dice.below(count)
            } else {
                dice.below(lower)
            };
            if upper != lower {
                let says = ca_says(&mut dice);
                offered.push(subject.issued_by(&cas[upper], &says));
            }
        }
    }
    let mut anchors = vec![];
    for root in &cas[..=dice.below(2)] {
        let mut says = Says::ca();
        if dice.rarely(8) {
            says = ca_says(&mut dice);
        }
        anchors.push(root.issued_by(root, &says));
    }
    let issuer = &cas[1 + dice.below(count - 1)];
    let mut says = Says::leaf();
    match dice.below(10) {
        0 => says.years = (2010, 2020),
        1 => says.purposes = vec![ExtendedKeyUsagePurpose::ServerAuth],
        2 => says.purposes = vec![],
        _ => {}
    }
    if dice.rarely(2) {
        let name = tlv(0x82, HOSTS[dice.below(3)].as_bytes());
        says.extensions
            .push(extension(&[2, 5, 29, 17], false, &sequence(&[name])));
    }
    let leaf = keys[order[count]]
        .renamed("Signer")
        .issued_by(issuer, &says);
    let stranger = &keys[order[count + 1]];
    let decoys = names
        .iter()
        .map(|name| {
            let fake = stranger.renamed(name);
            fake.issued_by(&stranger.renamed(&names[0]), &Says::ca())
        })
        .collect();
    Made {
        leaf,
        offered,
        anchors,
        decoys,
    }
}

fn ours(made: &Made, offered: &[Certificate], purpose: KeyPurpose) -> Walk {
    ask(&made.leaf, offered, &made.anchors)
        .at(AT)
        .purpose(purpose)
        .profile(Profile::Field)
        .walk()
}

/// Accepts what RFC 5280 4.2.1.12 does, on every certificate.
struct Purposes;

impl webpki::ExtendedKeyUsageValidator for Purposes {
    fn validate(&self, purposes: webpki::KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        let found: Vec<Vec<usize>> = purposes
            .map(|one| one.map(|one| one.to_decoded_oid()))
            .collect::<Result<_, _>>()?;
        let wanted: &[usize] = &[1, 3, 6, 1, 5, 5, 7, 3, 3];
        let fits = |one: &Vec<usize>| *one == wanted || *one == [2, 5, 29, 37, 0];
        if found.is_empty() || found.iter().any(fits) {
            Ok(())
        } else {
            Err(webpki::Error::ExtensionValueInvalid)
        }
    }
}

/// The chain that webpki found, its anchor last.
fn by_webpki(made: &Made) -> Result<Vec<Certificate>, webpki::Error> {
    let ders: Vec<CertificateDer<'_>> = made
        .anchors
        .iter()
        .map(|anchor| CertificateDer::from(anchor.der()))
        .collect();
    let anchors: Vec<_> = ders
        .iter()
        .map(|der| webpki::anchor_from_trusted_cert(der).unwrap())
        .collect();
    let offered: Vec<CertificateDer<'_>> = made
        .offered
        .iter()
        .map(|one| CertificateDer::from(one.der()))
        .collect();
    let leaf = CertificateDer::from(made.leaf.der());
    let at: jiff::Timestamp = AT.parse().unwrap();
    let seconds = u64::try_from(at.as_second()).unwrap();
    let leaf = webpki::EndEntityCert::try_from(&leaf)?;
    let found = leaf.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &anchors,
        &offered,
        UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
        Purposes,
        None,
        None,
    )?;
    let mut chain: Vec<Certificate> = found
        .intermediate_certificates()
        .map(|one| Certificate::from_der(&one.der()).unwrap())
        .collect();
    let key = found.anchor().subject_public_key_info.as_ref();
    let anchor = made.anchors.iter().find(|one| one.spki().ends_with(key));
    chain.push(anchor.unwrap().clone());
    Ok(chain)
}

fn pem(certificates: &[Certificate]) -> String {
    certificates.iter().fold(String::new(), |mut text, one| {
        let body = base64::engine::general_purpose::STANDARD.encode(one.der());
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in body.as_bytes().chunks(64) {
            let _ = writeln!(text, "{}", str::from_utf8(line).unwrap());
        }
        text.push_str("-----END CERTIFICATE-----\n");
        text
    })
}

/// Whether `openssl verify` accepts, for any purpose; its first error else.
fn by_openssl(
    folder: &Path,
    leaf: &Certificate,
    offered: &[Certificate],
    anchors: &[Certificate],
) -> Result<(), String> {
    let file = |name: &str, certificates: &[Certificate]| {
        let path = folder.join(name);
        std::fs::write(&path, pem(certificates)).unwrap();
        path
    };
    let at: jiff::Timestamp = AT.parse().unwrap();
    let mut command = Command::new("openssl");
    command
        .args(["verify", "-attime", &at.as_second().to_string()])
        .args(["-purpose", "any", "-partial_chain", "-trusted"])
        .arg(file("anchors.pem", anchors));
    if !offered.is_empty() {
        command.arg("-untrusted").arg(file("offered.pem", offered));
    }
    let output = command
        .arg(file("leaf.pem", std::slice::from_ref(leaf)))
        .output()
        .unwrap();
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = told.lines().find(|line| line.starts_with("error "));
    let error = line.and_then(|line| line.split(": ").last());
    Err(error.unwrap_or(&told).trim().to_owned())
}

/// What each path of a walk that found none lacks, nearest first: the codes of its checks.
fn lacks(walk: &Walk) -> Vec<Vec<String>> {
    let reached = walk.near.iter().filter(|near| near.anchor.is_some());
    reached
        .map(|near| {
            let anchor = near.certificates.last().map(Certificate::sha256);
            let mut codes: Vec<String> = near
                .lacks
                .iter()
                .map(|failure| {
                    let is_anchor = anchor == Some(failure.certificate);
                    let place = if is_anchor { "anchor " } else { "" };
                    format!("{place}{}", failure.defect.code())
                })
                .collect();
            codes.sort();
            codes.dedup();
            codes
        })
        .collect()
}

/// The path on which nothing stands but what the other judge does not look at, or else the nearest.
fn decided(walk: &Walk, lenient: &[&str]) -> (String, bool) {
    let all = lacks(walk);
    let is_lenient = |codes: &&Vec<String>| {
        let mut codes = codes.iter();
        codes.all(|code| lenient.contains(&code.as_str()))
    };
    match all.iter().find(is_lenient) {
        Some(codes) => (codes.join(" + "), true),
        None => (format!("{all:?}"), false),
    }
}

/// Ours refuses and webpki accepts, decided: it looks at no keyUsage, and of an anchor at nothing but
/// name, key and name constraints.
const LENIENT_WEBPKI: [&str; 7] = [
    "key-usage",
    "anchor key-usage",
    "anchor expired",
    "anchor not-yet-valid",
    "anchor path-length",
    "anchor basic-constraints-missing",
    "anchor not-a-ca",
];

/// Ours refuses and openssl accepts, decided.
const LENIENT_OPENSSL: [&str; 1] = ["anchor key-usage"];

#[test]
fn three_judges() {
    let number = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |text| text.parse().unwrap())
    };
    let cases = number("ANCHORWATCH_DIFFERENTIAL", 300);
    let first = number("ANCHORWATCH_DIFFERENTIAL_FIRST", 0);
    let has_openssl = Command::new("openssl").arg("version").output().is_ok();
    if !has_openssl {
        eprintln!("SKIPPED: openssl is not installed; rustls-webpki alone is asked");
    }
    let folder = tempfile::tempdir().unwrap();
    let keys: Vec<Authority> = (0..12).map(|_| Authority::new("key")).collect();
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    let mut undecided = vec![];
    for number in first..first + cases {
        let made = made(&keys, number);
        let walk = ours(&made, &made.offered, KeyPurpose::CodeSigningIfPresent);
        assert!(!walk.spent.exhausted, "case {number}");
        let mut note = |judge: &str, kind: String, is_decided: bool| {
            if !is_decided {
                undecided.push(format!("case {number}, {judge}: {kind}"));
            }
            *told.entry(format!("{judge}: {kind}")).or_default() += 1;
        };
        match (walk.is_complete(), by_webpki(&made)) {
            (true, Ok(_)) => note("webpki", "both accept".to_owned(), true),
            (false, Err(_)) => note("webpki", "both refuse".to_owned(), true),
            (true, Err(_)) => {
                let at = AT.parse().unwrap();
                let purpose = KeyPurpose::CodeSigningIfPresent;
                match opinion(&walk.paths[0].certificates, at, &purpose) {
                    // On that one chain it agrees, so that it only did not find it.
                    Opinion::Agrees => note("webpki", "did not find the path".to_owned(), true),
                    Opinion::Abstains(why) => note("webpki", why.word().to_owned(), true),
                    Opinion::Disagrees(error) => note("webpki", error, false),
                }
            }
            (false, Ok(chain)) => {
                // What we have against the very chain that it found.
                let (anchor, rest) = chain.split_last().unwrap();
                let walk = ask(&made.leaf, rest, std::slice::from_ref(anchor))
                    .at(AT)
                    .purpose(KeyPurpose::CodeSigningIfPresent)
                    .profile(Profile::Field)
                    .walk();
                assert!(!walk.is_complete(), "case {number}");
                let (lacks, is_decided) = decided(&walk, &LENIENT_WEBPKI);
                note("webpki", format!("we refuse: {lacks}"), is_decided);
            }
        }
        if has_openssl {
            let walk = ours(&made, &made.offered, KeyPurpose::Any);
            let theirs = by_openssl(folder.path(), &made.leaf, &made.offered, &made.anchors);
            match (walk.is_complete(), theirs) {
                (true, Ok(())) => note("openssl", "both accept".to_owned(), true),
                (false, Err(_)) => note("openssl", "both refuse".to_owned(), true),
                (true, Err(_)) => {
                    let chain = &walk.paths[0].certificates;
                    let (anchor, rest) = chain.split_last().unwrap();
                    let alone = by_openssl(
                        folder.path(),
                        &made.leaf,
                        &rest[1..],
                        std::slice::from_ref(anchor),
                    );
                    match alone {
                        Ok(()) => note("openssl", "did not find the path".to_owned(), true),
                        // It holds what an anchor's certificate says against it; RFC 5280 6.1 takes
                        // name and key alone.
                        Err(error) => {
                            let is_decided = error == "unhandled critical extension"
                                && anchor.extensions().iter().any(|one| one.oid == "1.2.3.4");
                            note("openssl", format!("of the anchor: {error}"), is_decided);
                        }
                    }
                }
                (false, Ok(())) => {
                    let (lacks, is_decided) = decided(&walk, &LENIENT_OPENSSL);
                    note("openssl", format!("we refuse: {lacks}"), is_decided);
                }
            }
        }
        metamorphic(&made, &walk, number);
    }
    let mut text = String::new();
    for (kind, count) in &told {
        let _ = writeln!(text, "{count:>7} {kind}");
    }
    eprintln!("{text}");
    assert!(undecided.is_empty(), "{text}\n{undecided:#?}");
    // The cases are of both kinds, so that agreement means something.
    assert!(told["webpki: both accept"] * 10 > cases, "{text}");
    assert!(told["webpki: both refuse"] * 10 > cases, "{text}");
}

/// Order, repetition and strangers' certificates change no verdict.
fn metamorphic(made: &Made, walk: &Walk, number: u64) {
    let mut dice = Dice(number ^ 0xdead);
    let mut offered = made.offered.clone();
    offered.extend(made.offered.iter().take(dice.below(4)).cloned());
    offered.extend(made.anchors.iter().cloned());
    dice.shuffle(&mut offered);
    let again = ours(made, &offered, KeyPurpose::CodeSigningIfPresent);
    let chains = |walk: &Walk| -> Vec<Vec<Certificate>> {
        let paths = walk.paths.iter();
        paths.map(|path| path.certificates.clone()).collect()
    };
    assert_eq!(chains(&again), chains(walk), "case {number}");
    offered.extend(made.decoys.iter().cloned());
    dice.shuffle(&mut offered);
    let again = ours(made, &offered, KeyPurpose::CodeSigningIfPresent);
    assert_eq!(chains(&again), chains(walk), "case {number} with decoys");
}
