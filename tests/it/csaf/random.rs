//! Hostile files: whatever is changed, reading and judging answer without a panic, and what is read
//! is read whole.

use anchorwatch::formats::csaf::{Document, Feed, HashFile, ProviderMetadata, changes, index};
use anchorwatch::formats::cvss::{Vector, Version};
use anchorwatch::formats::limits;
use anchorwatch::judge::csaf::conformance::check;
use proptest::prelude::*;
use serde_json::Value;

use super::conformance::sound;

fn exercise(bytes: &[u8]) {
    if let Ok(document) = Document::read(bytes) {
        let plain: Value = serde_json::from_slice(bytes).unwrap();
        assert_eq!(document.value(), &plain);
        let found = check(&document);
        for failure in &found.failures {
            assert!(failure.detail.chars().count() < 400, "{}", failure.detail);
        }
        let of = |test| found.failures.iter().filter(|one| one.test == test).count();
        assert!(
            found
                .failures
                .iter()
                .all(|one| of(one.test) <= limits::CSAF_FAILURES)
        );
        for text in document.texts() {
            let value = document.at(&text.place).unwrap();
            assert_eq!(value.as_str(), Some(text.text));
        }
        let _ = document.head();
    }
    let _ = (
        ProviderMetadata::read(bytes),
        Feed::read(bytes),
        HashFile::read(bytes),
    );
    let base = "https://a.example/csaf/";
    let names = index(bytes, base)
        .map(|list| list.entries)
        .unwrap_or_default();
    let changed = changes(bytes, base)
        .map(|list| list.entries)
        .unwrap_or_default();
    for url in names.iter().chain(changed.iter().map(|change| &change.url)) {
        let below = url.strip_prefix(base).unwrap();
        assert!(below.split('/').all(|part| part != ".."), "{url}");
    }
}

/// One value somewhere in a tree is replaced by another of the tree.
fn transplant(root: &Value, from: usize, to: usize) -> Value {
    fn places(value: &Value, at: &str, into: &mut Vec<String>) {
        into.push(at.to_owned());
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    places(value, &format!("{at}/{key}"), into);
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    places(value, &format!("{at}/{index}"), into);
                }
            }
            _ => {}
        }
    }
    let mut all = vec![];
    places(root, "", &mut all);
    let graft = root.pointer(&all[from % all.len()]).unwrap().clone();
    let mut changed = root.clone();
    *changed.pointer_mut(&all[to % all.len()]).unwrap() = graft;
    changed
}

proptest! {
    #[test]
    fn changed_bytes_never_panic(at: prop::sample::Index, value: u8, cut: prop::sample::Index, whole: bool) {
        let mut bytes = sound().to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = value;
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        exercise(&bytes);
    }

    #[test]
    fn changed_trees_never_panic(moves in prop::collection::vec((any::<usize>(), any::<usize>()), 1..4)) {
        let mut tree = sound();
        for (from, to) in moves {
            tree = transplant(&tree, from, to);
        }
        exercise(tree.to_string().as_bytes());
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}") {
        exercise(text.as_bytes());
        for version in [Version::V2, Version::V3_0, Version::V3_1] {
            let _ = Vector::parse(&text, version);
        }
    }

    /// Scores stay on their scale, whatever the vector.
    #[test]
    fn scores_stay_on_the_scale(picks in prop::collection::vec(any::<prop::sample::Index>(), 22), three: bool) {
        let version = if three { Version::V3_1 } else { Version::V2 };
        let parts: Vec<String> = version
            .metrics()
            .iter()
            .zip(&picks)
            .map(|(metric, pick)| format!("{}:{}", metric.key, pick.get(metric.values).key))
            .collect();
        let prefix = if three { "CVSS:3.1/" } else { "" };
        let scores = Vector::parse(&format!("{prefix}{}", parts.join("/")), version).unwrap().scores();
        for score in [scores.base, scores.temporal, scores.environmental] {
            prop_assert!((0.0..=10.0).contains(&score), "{score}");
            prop_assert!((score * 10.0 - (score * 10.0).round()).abs() < 1e-9, "{score}");
        }
        prop_assert!(scores.temporal <= scores.base);
    }
}
