//! feedparser's suite and the small broken feeds of the case collection, where they are present.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anchorwatch::formats::feed::{Feed, FeedError, Served, read};
use jiff::Timestamp;
use serde_json::Value;

use crate::cases;

/// Where the suite and we differ knowingly.
const DIFFERENT: [&str; 2] = [
    // The host of an address is written in lower case.
    "feedparser/wellformed/rss/item_image_link_conflict.xml",
    // A relative title is not made absolute inside its markup; the folder `base` is left out too.
    "feedparser/wellformed/http/",
];

fn folder() -> PathBuf {
    cases::folder().join("feeds")
}

fn served<'a>(body: &'a [u8], headers: &'a BTreeMap<String, String>) -> Served<'a> {
    let content_type = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    Served {
        body,
        charset: content_type
            .and_then(|(_, value)| value.split_once("charset"))
            .and_then(|(_, rest)| rest.split_once('='))
            .map(|(_, charset)| charset.trim()),
        address: None,
    }
}

/// Whether a document has the beginning of an entry outside its comments.
fn has_entry(body: &[u8]) -> bool {
    let text: String = String::from_utf8_lossy(body)
        .chars()
        .filter(|c| *c != '\0')
        .collect::<String>()
        .to_ascii_lowercase();
    let mut outside = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("<!--") {
        outside.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, rest)| rest);
    }
    outside.push_str(rest);
    ["item", "entry"].iter().any(|name| {
        outside.match_indices(name).any(|(at, _)| {
            let before = outside[..at].rsplit('<').next().unwrap_or_default();
            let opens = before.is_empty() && outside[..at].ends_with('<')
                || before.ends_with(':')
                    && before
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b':');
            opens && outside[at + name.len()..].starts_with([' ', '>', '/', '\n', '\r', '\t'])
        })
    })
}

#[test]
fn feedparsers_suite_is_read() {
    let Some(list) = cases::read("feeds/feedparser.jsonl") else {
        return;
    };
    let (mut all, mut parsed, mut entries, mut values) = (0, 0, 0, 0);
    let mut wrong = String::new();
    for line in list.lines().filter(|line| !line.trim().is_empty()) {
        let case: Value = serde_json::from_str(line).unwrap();
        let path = case["path"].as_str().unwrap();
        let headers: BTreeMap<String, String> = case
            .get("headers")
            .map(|headers| serde_json::from_value(headers.clone()).unwrap())
            .unwrap_or_default();
        let body = std::fs::read(folder().join(path)).unwrap();
        all += 1;
        let first = read(&served(&body, &headers));
        assert_eq!(first, read(&served(&body, &headers)), "{path} read twice");
        let feed = match first {
            Ok(feed) => feed,
            Err(FeedError::Library(reason)) => panic!("{path}: {reason}"),
            Err(_) => continue,
        };
        parsed += 1;
        entries += feed.entries.len();
        if feed.entries.is_empty() && has_entry(&body) {
            writeln!(wrong, "{path}: an entry was lost").unwrap();
        }
        let skipped = path.contains("/sanitize/") || path.contains("/base/");
        if !skipped && !DIFFERENT.iter().any(|known| path.starts_with(known)) {
            values += compared(path, &feed, &case["expect"], &mut wrong);
        }
    }
    assert_eq!(wrong, "");
    // 2,107 files; the one that is no feed is an empty document.
    assert_eq!((all, parsed), (2107, 2106));
    assert_eq!((entries, values), (1219, 386));
}

/// How many stated titles, identifiers, links and dates there are; those missed are written down.
fn compared(path: &str, feed: &Feed, expect: &Value, wrong: &mut String) -> usize {
    let mut count = 0;
    let mut check = |name: &str, expected: &Value, found: Vec<String>| {
        let expected = match expected {
            Value::Null => return,
            Value::Number(seconds) => {
                let seconds = seconds.as_f64().unwrap();
                #[expect(clippy::cast_possible_truncation, reason = "whole seconds")]
                let at = Timestamp::from_second(seconds as i64).unwrap();
                at.to_string()
            }
            other => other.as_str().unwrap().to_owned(),
        };
        count += 1;
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !found.iter().any(|found| plain(found) == plain(&expected)) {
            writeln!(
                wrong,
                "{path}: {name}: wanted `{expected}`, found `{}`",
                found.join("`, `")
            )
            .unwrap();
        }
    };
    let date = |at: Option<Timestamp>| at.iter().map(ToString::to_string).collect::<Vec<_>>();
    let text = |text: Option<&str>| {
        text.iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>()
    };
    let title = feed.title.as_ref().map(|title| title.text.as_str());
    check("feed title", &expect["feed_title"], text(title));
    check("feed id", &expect["feed_id"], text(feed.id.as_deref()));
    let links = feed.links.iter().map(|link| link.href.clone()).collect();
    check("feed link", &expect["feed_link"], links);
    check(
        "feed published",
        &expect["feed_published"],
        date(feed.published),
    );
    check("feed updated", &expect["feed_updated"], date(feed.updated));
    for expected in expect["entries"].as_array().into_iter().flatten() {
        let index = expected["i"].as_i64().unwrap();
        let index = if index < 0 {
            feed.entries.len() - usize::try_from(-index).unwrap()
        } else {
            usize::try_from(index).unwrap()
        };
        let entry = &feed.entries[index];
        let title = entry.title.as_ref().map(|title| title.text.as_str());
        check("title", &expected["title"], text(title));
        check("id", &expected["id"], text(entry.id.as_deref()));
        let links = entry.links.iter().map(|link| link.href.clone()).collect();
        check("link", &expected["link"], links);
        check("published", &expected["published"], date(entry.published));
        check("updated", &expected["updated"], date(entry.updated));
    }
    count
}

#[test]
fn small_broken_feeds_keep_their_entries_and_say_what_was_wrong() {
    if cases::read("feeds/score.py").is_none() {
        return;
    }
    let mut told = String::new();
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder().join("repro"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        let body = std::fs::read(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let answer = match read(&served(&body, &BTreeMap::new())) {
            Ok(feed) => {
                let codes: Vec<&str> = feed
                    .repairs
                    .iter()
                    .map(|(repair, _)| repair.code())
                    .collect();
                format!("{} entries [{}]", feed.entries.len(), codes.join(" "))
            }
            Err(error) => error.to_string(),
        };
        writeln!(told, "{name}: {answer}").unwrap();
    }
    insta::assert_snapshot!(told, @r"
    01_rss_no_version: 1 entries [missing-version]
    02_rss_2.01: 1 entries [unknown-version]
    03_RSS_upper: 1 entries [root-name]
    04_doctype: 1 entries [doctype]
    05_nbsp_entity: 1 entries [undeclared-entity]
    06_bare_amp: 1 entries [bare-ampersand]
    07_utf16le_bom: 1 entries []
    08_utf16be_nobom_decl: 1 entries []
    09_cp1252_undeclared: 1 entries [undeclared-encoding]
    10_control_char: 1 entries [control-character]
    11_atom03: 1 entries []
    12_atom_title_type_text_plain: 1 entries [unknown-text-type]
    13_trailing_garbage: 1 entries [trailing-content]
    14_leading_whitespace_before_decl: 1 entries []
    15_no_guid_no_link: 1 entries [entry-without-id]
    16_truncated_mid_item: 2 entries [cut-off entry-without-id]
    17_utf8_bom: 1 entries []
    18_gzip_body: 1 entries [compressed-body]
    19_billion_laughs: 1 entries [doctype]
    20_deep_nesting: 1 entries [too-deep inline-markup entry-without-id]
    21_guid_permalink_no_link: 1 entries []
    22_html_page: a challenge of Cloudflare instead of the feed
    23_default_ns: 1 entries []
    ");
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the time taken is what is tested"
)]
fn hostile_feeds_take_bounded_time() {
    let size = 128 << 10;
    let pieces = [
        "&",
        "<",
        "< ",
        "</",
        "<!",
        "<?",
        "<!--",
        "<![CDATA[",
        "<a b=\"",
        "<a b='",
        "<x>",
        "</x>",
        "<item>",
        "<item/>",
        "<!DOCTYPE a [",
        "<!ENTITY x \"y\">",
        "&x;",
        "&#1;",
        "&#",
        "\0",
        "\"",
        "]]>",
        "<a xmlns:b=\"c\">",
        " a=b",
        "{",
        "[",
        "<entry>",
        "<link>",
    ];
    let before = [
        "",
        "<rss version=\"2.0\"><channel>",
        "<rss><channel><item><description>",
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title>",
        "<!DOCTYPE r [<!ENTITY x \"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\">]><rss><channel><title>",
        "<rss ",
        "{\"items\":",
    ];
    for start in before {
        for piece in pieces {
            let body = format!("{start}{}", piece.repeat(size / piece.len()));
            let begin = Instant::now();
            let _ = read(&served(body.as_bytes(), &BTreeMap::new()));
            let taken = begin.elapsed();
            // A search that starts again at every piece takes minutes.
            assert!(
                taken < Duration::from_secs(20),
                "{start}{piece}...: {taken:?}"
            );
        }
    }
}
