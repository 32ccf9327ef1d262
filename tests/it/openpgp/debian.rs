//! `.deb` with a signature inside, and what may not hide in it.

use anchorwatch::domain::Crypto;
use anchorwatch::formats::apt::{ArFault, Deb, DebFault};
use anchorwatch::formats::openpgp::{Digests, OpenPgpSignature, check};
use proptest::prelude::*;

use super::fixtures::*;

fn member(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = format!(
        "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n",
        0,
        0,
        0,
        100_644,
        bytes.len()
    )
    .into_bytes();
    assert_eq!(header.len(), 60);
    header.extend(bytes);
    if bytes.len() % 2 == 1 {
        header.push(b'\n');
    }
    header
}

pub(super) fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, content) in members {
        bytes.extend(member(name, content));
    }
    bytes
}

pub(super) const CONTENT: [(&str, &[u8]); 3] = [
    ("debian-binary", b"2.0\n"),
    ("control.tar.xz/", b"control"),
    ("data.tar.xz", b"the data"),
];

fn judged(file: &[u8], certificate: &[u8]) -> Result<Vec<Crypto>, DebFault> {
    let file = file.to_vec();
    let deb = Deb::read(&file)?;
    let mut found = vec![];
    for place in &deb.signatures {
        let range =
            usize::try_from(place.bytes.start).unwrap()..usize::try_from(place.bytes.end).unwrap();
        for signature in OpenPgpSignature::read_all(&file[range]).unwrap() {
            let mut digests = Digests::new(std::slice::from_ref(&signature));
            deb.digest(&file, &mut digests).unwrap();
            let digest = digests.of(&signature);
            found.push(
                check(&signature, digest.as_deref(), &[read(certificate)])
                    .mathematics
                    .crypto(),
            );
        }
    }
    Ok(found)
}

#[test]
fn a_signature_covers_the_three_members_and_nothing_hides_beside_them() {
    let cert = with_subkey("2024-01-01");
    let key = public(&cert);
    let signature = sign(&cert, b"2.0\ncontrolthe data", "2024-06-01");
    let signed = |members: &[(&str, &[u8])]| {
        let mut all = members.to_vec();
        all.push(("_gpgorigin", &signature));
        archive(&all)
    };
    let good = signed(&CONTENT);
    assert_eq!(judged(&good, &key), Ok(vec![Crypto::Good]));
    assert_eq!(judged(&archive(&CONTENT), &key), Ok(vec![]));

    let mut other = CONTENT;
    other[2].1 = b"evil data";
    assert_eq!(judged(&signed(&other), &key), Ok(vec![Crypto::Bad]));
    other = CONTENT;
    other.swap(1, 2);
    assert_eq!(judged(&signed(&other), &key), Err(DebFault::Order));
    other = CONTENT;
    other[0].1 = b"3.0\n";
    assert_eq!(judged(&signed(&other), &key), Err(DebFault::Version));

    let extra = |name: &'static str| {
        let mut members = CONTENT.to_vec();
        members.push((name, b"evil"));
        signed(&members)
    };
    let refused = |name: &str| {
        Err(DebFault::ExtraMember {
            name: name.to_owned(),
        })
    };
    assert_eq!(judged(&extra("data.tar.gz"), &key), refused("data.tar.gz"));
    assert_eq!(judged(&extra("control.tar"), &key), refused("control.tar"));
    assert_eq!(judged(&extra("_other"), &key), refused("_other"));
    let duplicate = |name: &str| {
        Err(DebFault::Archive(ArFault::Duplicate {
            name: name.to_owned(),
        }))
    };
    assert_eq!(
        judged(&extra("data.tar.xz"), &key),
        duplicate("data.tar.xz")
    );
    assert_eq!(
        judged(&extra("data.tar.xz/"), &key),
        duplicate("data.tar.xz")
    );
    let mut appended = good.clone();
    appended.extend(b"evil");
    let offset = good.len() as u64;
    assert_eq!(
        judged(&appended, &key),
        Err(DebFault::Archive(ArFault::Header { offset }))
    );
    assert!(matches!(
        judged(&extra("//"), &key),
        Err(DebFault::Archive(ArFault::Name { .. }))
    ));
    assert!(matches!(
        judged(&extra("#1/4"), &key),
        Err(DebFault::Archive(ArFault::Name { .. }))
    ));
    let first = [&[("_gpgorigin", &signature[..])][..], &CONTENT].concat();
    assert_eq!(judged(&archive(&first), &key), Err(DebFault::Order));
    assert_eq!(
        judged(&good[..good.len() - 3], &key),
        Err(DebFault::Archive(ArFault::Truncated {
            name: "_gpgorigin".to_owned()
        }))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_archives_never_panic(
        at in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = archive(&CONTENT);
        let at = at.index(bytes.len());
        bytes[at] = value;
        let _ = Deb::read(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        let _ = Deb::read(&bytes);
    }
}
