//! Posts in the store: revisions, search by words and by identity, what was known when.

use std::io::Write as _;

use anchorwatch::service::announcements::{Imported, import, search};
use anchorwatch::store::Store;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

pub(crate) const KEY: &str = "D55C0D1AC78A8D8126CB631CFC9CA96ACA026560";

pub(crate) fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A line of an archive.
pub(crate) fn line(url: &str, title: &str, author_id: &str, published: &str, text: &str) -> String {
    json!({"url": url, "title": title, "author": "A", "author_id": author_id, "published": published, "text": text})
        .to_string()
}

pub(crate) fn bring(store: &mut Store, at: Timestamp, lines: &[String]) -> Imported {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for line in lines {
        writeln!(file, "{line}").unwrap();
    }
    import(file.path(), store, at).unwrap()
}

fn found(store: &Store, words: &str, known_at: Timestamp) -> Vec<String> {
    let found = search(store, words, 20, known_at).unwrap();
    found
        .page
        .posts
        .into_iter()
        .map(|post| post.revision.title)
        .collect()
}

#[test]
fn a_post_is_kept_once_and_every_change_of_it() {
    let mut store = Store::in_memory().unwrap();
    let first = line(
        "https://a.example/1",
        "New key",
        "",
        "2026-09-10",
        &format!("The new key is {KEY}."),
    );
    let other = line("https://a.example/2", "Lunch", "", "", "Soup of the day");
    let done = bring(
        &mut store,
        second(100),
        &[first.clone(), other, "{broken".to_owned(), String::new()],
    );
    assert_eq!(
        (done.brought.added, done.brought.revised, done.unread_lines),
        (2, 0, 1)
    );
    assert_eq!(done.unread[0].0, 3);

    let again = bring(&mut store, second(200), std::slice::from_ref(&first));
    assert_eq!(
        (
            again.brought.added,
            again.brought.revised,
            again.brought.unchanged
        ),
        (0, 0, 1)
    );

    let edited = line(
        "https://a.example/1",
        "New key",
        "",
        "2026-09-10",
        "The new key follows soon.",
    );
    let done = bring(&mut store, second(300), &[edited]);
    assert_eq!((done.brought.added, done.brought.revised), (0, 1));

    let post = store.announcements_by_handle("", second(300)).unwrap();
    assert!(post.is_empty(), "no handle names no post");
    let kept = &search(&store, "follows", 5, second(300))
        .unwrap()
        .page
        .posts[0];
    assert_eq!(kept.revision.number, 2);
    let revisions = store.announcement_revisions(kept.id).unwrap();
    assert_eq!(revisions.len(), 2);
    assert!(revisions[0].text.contains(KEY));

    // What was printed once stays in the index, and is known to be gone.
    let named = store.announcements_naming(KEY, second(300)).unwrap();
    assert_eq!((named.len(), named[0].still), (1, false));
    let named = store.announcements_naming(KEY, second(250)).unwrap();
    assert_eq!((named.len(), named[0].still), (1, true));
    assert_eq!(store.announcements_naming(KEY, second(99)).unwrap(), []);
}

#[test]
fn words_and_identities_find_posts() {
    let mut store = Store::in_memory().unwrap();
    bring(
        &mut store,
        second(100),
        &[
            line(
                "https://a.example/1",
                "Key rotated",
                "",
                "2026-09-10",
                "D55C 0D1A C78A 8D81 26CB  631C FC9C A96A CA02 6560 is our new key",
            ),
            line(
                "https://a.example/2",
                "Rotating tyres",
                "",
                "2026-09-11",
                "<p>Wheels &amp; axles</p><p>no keys</p>",
            ),
            line(
                "https://a.example/3",
                "Id only",
                "",
                "2026-09-12",
                "NO_PUBKEY FC9CA96ACA026560",
            ),
        ],
    );
    let now = second(100);
    for (words, titles) in [
        // stemmed (porter): rotated, rotating
        ("rotate", &["Key rotated", "Rotating tyres"][..]),
        ("axle wheel", &["Rotating tyres"]),
        ("lunch", &[]),
        ("amp", &[]),
        (KEY, &["Id only", "Key rotated"]),
        (
            "0xd55c0d1ac78a8d8126cb631cfc9ca96aca026560",
            &["Id only", "Key rotated"],
        ),
        (
            "D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02 6560",
            &["Id only", "Key rotated"],
        ),
        ("FC9CA96ACA026560", &["Id only"]),
        ("E8A032E094D8EB4EA189D270DA418C88A3219F7B", &[]),
        // nothing is an operator
        ("rotated OR lunch", &[]),
        ("title:rotated", &[]),
        ("whe*", &[]),
        ("\"", &[]),
        ("NEAR(key rotated)", &[]),
    ] {
        let mut titles_found = found(&store, words, now);
        titles_found.sort();
        assert_eq!(titles_found, titles, "{words}");
    }
    assert_eq!(found(&store, "rotate", second(99)), [""; 0]);
}

#[test]
fn frequent_words_give_the_newest() {
    let mut store = Store::in_memory().unwrap();
    let lines: Vec<String> = (0..2050)
        .map(|n| {
            line(
                &format!("https://a.example/{n}"),
                &format!("post {n}"),
                "",
                "",
                "the key",
            )
        })
        .collect();
    bring(&mut store, second(100), &lines);
    let page = search(&store, "key", 3, second(100)).unwrap().page;
    assert!(page.newest_first);
    let titles: Vec<_> = page
        .posts
        .iter()
        .map(|post| post.revision.title.as_str())
        .collect();
    assert_eq!(titles, ["post 2049", "post 2048", "post 2047"]);
    assert!(
        !search(&store, "2049", 3, second(100))
            .unwrap()
            .page
            .newest_first
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_words_may_be_searched(words in "\\PC{0,40}", more in "[\"'()*:^{}+~ -]{0,12}") {
        let mut store = Store::in_memory().unwrap();
        bring(&mut store, second(1), &[line("https://a.example/1", "t", "", "", "x")]);
        prop_assert!(search(&store, &words, 5, second(2)).is_ok());
        prop_assert!(search(&store, &more, 5, second(2)).is_ok());
        let around = format!("{more}x{more}");
        prop_assert!(search(&store, &around, 5, second(2)).is_ok());
    }
}
