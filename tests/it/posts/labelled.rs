//! The labelled posts of the case collection: identities found, and no hard negative joined.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use anchorwatch::formats::post::{Reading, Side, TokenKind, read};
use serde_json::Value;

use crate::cases;

struct Labelled {
    label: Value,
    text: String,
    reading: Reading,
}

impl Labelled {
    fn id(&self) -> &str {
        self.label["id"].as_str().unwrap()
    }

    fn is(&self, label: &str) -> bool {
        self.label["label"] == label
    }

    fn own_words(&self) -> bool {
        self.label["text_form"] != "note"
    }

    /// The identifiers that the label states and the text prints, with their side.
    fn stated(&self) -> Vec<(Side, String)> {
        let printed = letters(&self.text);
        let mut stated = vec![];
        for (side, field) in [(Side::Old, "old"), (Side::New, "new")] {
            for one in self.label["facts"][field].as_str().unwrap_or("").split(';') {
                // "Name (TEAM012345)": the team is the identifier.
                let one = one
                    .rsplit_once('(')
                    .map_or(one, |(_, team)| team.trim_end_matches(')'));
                if !one.is_empty() && printed.contains(&letters(one)) {
                    stated.push((side, letters(one)));
                }
            }
        }
        stated
    }
}

/// What remains of an identifier when spelling is taken away.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != ':')
        .collect::<String>()
        .to_uppercase()
}

/// Every labelled post, read once for all tests; empty when the cases are not at hand.
fn all() -> Option<&'static [Labelled]> {
    static ALL: OnceLock<Vec<Labelled>> = OnceLock::new();
    let posts = ALL.get_or_init(|| {
        let Some(labels) = cases::read("rotations/labels.jsonl") else {
            return vec![];
        };
        let posts = labels.lines().map(|line| {
            let label: Value = serde_json::from_str(line).unwrap();
            let id = label["id"].as_str().unwrap();
            let text = cases::read(&format!("rotations/text/{id}.txt")).unwrap();
            let reading = read(&text);
            Labelled {
                label,
                text,
                reading,
            }
        });
        posts.collect()
    });
    (!posts.is_empty()).then_some(posts.as_slice())
}

#[test]
fn stated_identities_are_found_and_none_is_invented() {
    let Some(posts) = all() else { return };
    let (mut stated, mut found, mut side_right, mut side_wrong) = (0, 0, 0, 0);
    let mut missed = vec![];
    for post in posts {
        for (side, value) in post.stated() {
            stated += 1;
            let sides: BTreeSet<Side> = post
                .reading
                .tokens
                .iter()
                .filter(|token| letters(&token.value) == value)
                .map(|token| token.side)
                .collect();
            if sides.is_empty() {
                missed.push(format!("{} {value}", post.id()));
            } else {
                found += 1;
                side_right += usize::from(sides.contains(&side));
                side_wrong +=
                    usize::from(!sides.contains(&side) && sides != BTreeSet::from([Side::Unsaid]));
            }
        }
        for token in &post.reading.tokens {
            let hex = matches!(
                token.kind,
                TokenKind::OpenpgpFingerprint
                    | TokenKind::OpenpgpKeyId
                    | TokenKind::CertificateSha1
                    | TokenKind::CertificateSha256
            );
            let digits: String = post.reading.text[token.place.clone()]
                .chars()
                .filter(char::is_ascii_hexdigit)
                .collect();
            assert!(
                !hex || digits.eq_ignore_ascii_case(&token.value),
                "{} {token:?}",
                post.id()
            );
        }
    }
    eprintln!(
        "identities stated {stated}, found {found}; side right {side_right}, wrong {side_wrong}; missed {missed:?}"
    );
    assert!(stated >= 80);
    assert!(found * 100 >= stated * 98, "{missed:?}");
    assert!(side_wrong * 10 <= stated);
}

#[test]
fn no_hard_negative_shares_an_identity_with_a_rotation() {
    let Some(posts) = all() else { return };
    let mut identities: BTreeMap<&str, &str> = BTreeMap::new();
    for post in posts.iter().filter(|post| !post.is("negative")) {
        let stated: Vec<String> = post.stated().into_iter().map(|(_, value)| value).collect();
        for token in &post.reading.tokens {
            if token.kind.is_full_identity() && stated.contains(&letters(&token.value)) {
                identities.insert(&token.value, post.id());
            }
        }
    }
    let joined: Vec<_> = posts
        .iter()
        .filter(|post| post.is("negative"))
        .flat_map(|post| {
            post.reading
                .tokens
                .iter()
                .map(move |token| (post.id(), token.value.as_str()))
        })
        .filter(|(_, value)| identities.contains_key(value))
        .collect();
    eprintln!(
        "{} identities of rotations against {} hard negatives",
        identities.len(),
        posts.iter().filter(|post| post.is("negative")).count()
    );
    assert!(identities.len() >= 40);
    assert_eq!(joined, [], "a negative is joined");
}

/// Ranking, told as it is: the labels say how hard it is to tell these posts by their words.
#[test]
fn the_score_ranks_rotations_above_hard_negatives() {
    let Some(posts) = all() else { return };
    for (name, own, least_percent) in [("own words", true, 80), ("notes", false, 70)] {
        let of = |label: &str| -> Vec<i32> {
            posts
                .iter()
                .filter(|post| post.own_words() == own && post.is(label))
                .map(|post| post.reading.score())
                .collect()
        };
        let (positive, negative) = (of("positive"), of("negative"));
        for least in [2, 6] {
            let hits = positive.iter().filter(|score| **score >= least).count();
            let wrong = negative.iter().filter(|score| **score >= least).count();
            eprintln!(
                "{name}: score >= {least}: {hits} of {} rotations, {wrong} of {} negatives",
                positive.len(),
                negative.len()
            );
        }
        // How often a rotation stands above a negative, a tie counting half (area under the curve).
        let pairs = positive.len() * negative.len();
        let above: usize = positive
            .iter()
            .flat_map(|p| {
                negative.iter().map(move |n| match p.cmp(n) {
                    std::cmp::Ordering::Greater => 2,
                    std::cmp::Ordering::Equal => 1,
                    std::cmp::Ordering::Less => 0,
                })
            })
            .sum();
        eprintln!(
            "{name}: a rotation ranks above a negative in {:.1} %",
            above as f64 * 50.0 / pairs as f64
        );
        assert!(above * 50 >= pairs * least_percent, "{name}");
    }
}
