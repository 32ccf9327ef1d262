//! A real provider before and after it changed its key.

use std::collections::BTreeSet;

use anchorwatch::domain::Crypto;
use anchorwatch::formats::csaf::{Document, HashFile, changes, index};
use anchorwatch::judge::csaf::{
    Fetched, KeyFile, KeyHistory, KeyStanding, RotationKind, Sight, SignatureStanding, conformance,
    rotations, signed_by_both, standings,
};
use jiff::Timestamp;

use crate::cases;

const OLD: &str = "A4BE1EC463AA541E15FF54AB88EDA0F297A4367A";
const NEW: &str = "218E03479FE800223105FEA631905DED3EFD610A";
const SITE: &str = "https://advisories.stackable.tech/";
const FOLDER: &str = "csaf/v2/advisories/";

/// One of the two states of the site.
struct Site {
    sight: Sight,
    /// Address, document, signature, hash files.
    documents: Vec<(String, String, String, [String; 2])>,
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn site(state: &str, at: &str) -> Option<Site> {
    let read = |path: &str| cases::read(&format!("csaf/rotation-stackable/{state}/{path}"));
    let metadata = read("csaf/v2/provider-metadata.json")?;
    // Whatever key files lie on the server; which of them count, the metadata says.
    let on_server: &[&str] = match state {
        "before" => &["A2A781A51BC3B8C6.txt"],
        _ => &["A2A781A51BC3B8C6.txt", "4005788070EAA8A5.txt"],
    };
    let keys: Vec<(String, String)> = on_server
        .iter()
        .filter_map(|name| {
            let path = format!("csaf/v2/openpgp/{name}");
            Some((format!("{SITE}{path}"), read(&path)?))
        })
        .collect();
    let files: Vec<KeyFile<'_>> = keys
        .iter()
        .map(|(url, text)| KeyFile {
            url,
            bytes: text.as_bytes(),
        })
        .collect();
    let sight = Sight::read(time(at), metadata.as_bytes(), &files).unwrap();
    let base = format!("{SITE}{FOLDER}");
    let list = index(read(&format!("{FOLDER}index.txt"))?.as_bytes(), &base).unwrap();
    assert_eq!(list.left_out, [0_usize; 0]);
    let dated = changes(read(&format!("{FOLDER}changes.csv"))?.as_bytes(), &base).unwrap();
    assert_eq!((dated.entries.len(), dated.left_out.len()), (9, 0));
    let named: BTreeSet<&String> = dated.entries.iter().map(|change| &change.url).collect();
    assert_eq!(named, list.entries.iter().collect());
    let documents = list
        .entries
        .iter()
        .map(|url| {
            let path = url.strip_prefix(SITE).unwrap();
            let beside = |ending: &str| read(&format!("{path}{ending}")).unwrap();
            let hashes = [".sha256", ".sha512"].map(beside);
            (url.clone(), beside(""), beside(".asc"), hashes)
        })
        .collect();
    Some(Site { sight, documents })
}

fn both() -> Option<[Site; 2]> {
    Some([
        site("before", "2025-02-03T00:00:00Z")?,
        site("after", "2025-02-05T00:00:00Z")?,
    ])
}

/// Every signature of a site's documents, judged by a history.
fn judged(site: &Site, history: &KeyHistory, at: &str) -> Vec<SignatureStanding> {
    let judged: Vec<SignatureStanding> = site
        .documents
        .iter()
        .flat_map(|(_, document, signature, _)| {
            let fetched = Fetched {
                document: document.as_bytes(),
                signature: signature.as_bytes(),
                at: time(at),
            };
            standings(&fetched, history, time("2026-11-01T00:00:00Z")).unwrap()
        })
        .collect();
    assert_eq!(judged.len(), 8);
    judged
}

#[test]
fn documents_are_read_whole_with_their_digests() {
    let Some(sites) = both() else { return };
    for site in &sites {
        for (url, text, _, hashes) in &site.documents {
            let document = Document::read(text.as_bytes()).unwrap();
            let plain: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(document.value(), &plain, "{url}");
            let found = conformance::check(&document);
            eprintln!("{url}: {:?} {:?}", found.failures, found.not_judged);
            assert!(document.texts().len() > 5, "{url}");
            for hash in hashes {
                let hash = HashFile::read(hash.as_bytes()).unwrap();
                assert!(hash.fits(text.as_bytes()) && hash.names(url), "{url}");
                assert!(!hash.fits(&text.as_bytes()[1..]), "{url}");
            }
        }
    }
}

#[test]
fn each_state_is_verified_by_its_own_key_alone() {
    let Some([before, after]) = both() else {
        return;
    };
    let crypto = |judged: &[SignatureStanding]| -> BTreeSet<(String, String)> {
        judged
            .iter()
            .map(|one| {
                let crypto = one.assessment.check.mathematics.crypto();
                let primary = one.assessment.primary.map(|key| key.to_string());
                (format!("{crypto:?}"), primary.unwrap_or_default())
            })
            .collect()
    };
    let one = |crypto: Crypto, key: &str| BTreeSet::from([(format!("{crypto:?}"), key.to_owned())]);
    let alone = |site: &Site| KeyHistory::new(vec![site.sight.clone()]);
    let [old, new] = [alone(&before), alone(&after)];
    let (early, late) = ("2025-02-03T00:00:00Z", "2025-02-05T00:00:00Z");
    assert_eq!(
        crypto(&judged(&before, &old, early)),
        one(Crypto::Good, OLD)
    );
    assert_eq!(crypto(&judged(&after, &new, late)), one(Crypto::Good, NEW));
    assert_eq!(
        crypto(&judged(&before, &new, early)),
        one(Crypto::Unchecked, "")
    );
    assert_eq!(
        crypto(&judged(&after, &old, late)),
        one(Crypto::Unchecked, "")
    );
}

#[test]
fn old_documents_stay_verifiable_and_the_change_is_one_rotation() {
    let Some([before, after]) = both() else {
        return;
    };
    let history = KeyHistory::new(vec![after.sight.clone(), before.sight.clone()]);
    let (early, late) = ("2025-02-03T12:00:00Z", "2025-02-05T12:00:00Z");

    // Held since before the change, or fetched only after it: the old key still verifies.
    for one in judged(&before, &history, early) {
        assert_eq!(one.key, Some(KeyStanding::Listed));
        assert!(one.is_providers());
    }
    for one in judged(&before, &history, late) {
        let expected = KeyStanding::Former {
            gone: time("2025-02-05T00:00:00Z"),
            claims_later: false,
        };
        assert_eq!(one.key, Some(expected));
        assert!(one.is_providers());
    }
    for one in judged(&after, &history, late) {
        assert_eq!(one.key, Some(KeyStanding::Listed));
    }

    let found = rotations(&history);
    let [rotation] = &found[..] else {
        panic!("{found:#?}")
    };
    assert_eq!(rotation.kind, RotationKind::Replaced);
    assert_eq!(rotation.old, BTreeSet::from([OLD.parse().unwrap()]));
    assert_eq!(rotation.new, BTreeSet::from([NEW.parse().unwrap()]));
    let (last, first) = rotation.appeared.as_ref().unwrap();
    assert_eq!(last.last_updated, Some(time("2024-06-19T09:00:00Z")));
    assert_eq!(first.last_updated, Some(time("2025-02-04T12:00:00Z")));
    assert_eq!(rotation.appeared, rotation.withdrawn);
    assert!(rotation.returned.is_empty());

    // The same eight documents were signed again.
    let [old, new] = [
        judged(&before, &history, early),
        judged(&after, &history, late),
    ];
    let with = |site: &'static str, judged: &[SignatureStanding]| (site, judged.len());
    assert_eq!(
        (with("before", &old), with("after", &new)),
        (("before", 8), ("after", 8))
    );
    let signed: Vec<(&[u8], &SignatureStanding)> = [(&before, &old), (&after, &new)]
        .into_iter()
        .flat_map(|(site, judged)| {
            let documents = site.documents.iter().map(|(_, text, ..)| text.as_bytes());
            documents.zip(judged)
        })
        .collect();
    assert_eq!(signed_by_both(rotation, &signed), 8);

    // Looking again finds nothing new.
    let mut again = after.sight.clone();
    again.at = time("2025-03-01T00:00:00Z");
    let sights = vec![before.sight, after.sight, again];
    assert_eq!(rotations(&KeyHistory::new(sights)), found);
}
