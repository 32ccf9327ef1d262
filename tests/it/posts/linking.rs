//! The linker alone: what explains, what is a candidate, what speaks against.

use anchorwatch::formats::post::read;
use anchorwatch::judge::link::{
    Ground, Hosts, KeyIdentity, Link, Match, Post, Question, Resemblance, host, link,
};
use anchorwatch::judge::report::ExplainedLevel;
use jiff::Timestamp;
use proptest::prelude::*;

use super::keeping::KEY;
use crate::making_trust::TrustFolder;

const HOSTS: &str = "aliases = [\"Pier Software\"]\n[[host]]\nhost = \"www.pier.example\"\ncontent = \"vendor\"\n\
                     [[host]]\nhost = \"forum.example\"\ncontent = \"users\"\nstaff = [\"42\"]";

fn hosts() -> Hosts {
    let folder = TrustFolder::default().vendor("pier", HOSTS).vendor(
        "mole",
        "[[host]]\nhost = \"mole.example\"\ncontent = \"vendor\"",
    );
    Hosts::of(&folder.view())
}

fn post(url: &str, author_id: &str, fetched: bool, text: &str) -> Post {
    Post {
        id: format!("{url}{author_id}"),
        url: url.to_owned(),
        title: String::new(),
        author_id: author_id.to_owned(),
        published: "2026-09-10T00:00:00Z".parse().ok(),
        fetched,
        reading: read(text),
        withdrawn: vec![],
    }
}

fn links(
    key: &KeyIdentity,
    vendor: Option<&str>,
    posts: Vec<Post>,
) -> anchorwatch::judge::link::Links {
    let names = ["pier".to_owned(), "Pier Software".to_owned()];
    let hosts = hosts();
    link(
        &Question {
            key,
            vendor,
            vendor_names: &names,
            hosts: &hosts,
        },
        posts,
    )
}

/// Level, ground, match and the codes of what speaks against it.
type Told = (&'static str, Ground, Match, Vec<&'static str>);

fn told(link: &Link) -> Told {
    let against = link
        .contradictions
        .iter()
        .map(|found| found.objection.code())
        .collect();
    (link.level.word(), link.ground, link.matched, against)
}

#[test]
fn the_ground_and_the_words_decide_how_far_a_post_explains() {
    let own = "https://www.pier.example/news";
    let forum = "https://forum.example/t/1";
    let new = format!("Key rotation\n\nWe replaced our signing key. The new key is {KEY}.");
    let cases: Vec<(&str, &str, bool, String, Told)> = vec![
        (
            own,
            "",
            true,
            new.clone(),
            ("explained", Ground::VendorChannel, Match::Full, vec![]),
        ),
        // what we did not ask for ourselves is that file's claim
        (
            own,
            "",
            false,
            new.clone(),
            ("candidate", Ground::Report, Match::Full, vec![]),
        ),
        (
            forum,
            "42",
            true,
            new.clone(),
            ("explained", Ground::VendorSpeaker, Match::Full, vec![]),
        ),
        (
            forum,
            "43",
            true,
            new.clone(),
            ("candidate", Ground::Report, Match::Full, vec![]),
        ),
        (
            forum,
            "",
            true,
            new.clone(),
            ("candidate", Ground::Report, Match::Full, vec![]),
        ),
        // a host that looks like the vendor's
        (
            "https://www.pier.example.evil.example/",
            "",
            true,
            new.clone(),
            ("candidate", Ground::Report, Match::Full, vec![]),
        ),
        (
            "https://www.pier.example@evil.example/",
            "",
            true,
            new.clone(),
            ("candidate", Ground::Report, Match::Full, vec![]),
        ),
        (
            "http://www.pier.example/news",
            "",
            true,
            new.clone(),
            ("candidate", Ground::Report, Match::Full, vec![]),
        ),
        // another vendor's word
        (
            "https://mole.example/",
            "",
            true,
            new.clone(),
            (
                "candidate",
                Ground::VendorChannel,
                Match::Full,
                vec!["other-vendor"],
            ),
        ),
        (
            forum,
            "42",
            true,
            format!("I get a new signing key {KEY}. Is this genuine?"),
            (
                "candidate",
                Ground::VendorSpeaker,
                Match::Full,
                vec!["asks-only"],
            ),
        ),
        (
            own,
            "",
            true,
            format!("We have revoked our old signing key {KEY}."),
            (
                "candidate",
                Ground::VendorChannel,
                Match::Full,
                vec!["revoked"],
            ),
        ),
        (
            own,
            "",
            true,
            format!("Key rotation\n\nA key {KEY} is going round. Do not trust it, it is not ours."),
            (
                "candidate",
                Ground::VendorChannel,
                Match::Full,
                vec!["warned-of"],
            ),
        ),
        (
            own,
            "",
            true,
            format!("{new} Once more: key {}1.", &KEY[..39]),
            (
                "candidate",
                Ground::VendorChannel,
                Match::Full,
                vec!["look-alike-beside"],
            ),
        ),
        (
            own,
            "",
            true,
            "Our new signing key has the id 0xFC9CA96ACA026560".into(),
            ("candidate", Ground::Resemblance, Match::KeyId, vec![]),
        ),
        (
            own,
            "",
            true,
            "our new key: https://www.pier.example/pier.asc".into(),
            ("candidate", Ground::Resemblance, Match::KeyFile, vec![]),
        ),
    ];
    let key = KeyIdentity::typed(KEY).unwrap();
    for (url, author, fetched, text, expected) in cases {
        let found = links(&key, Some("pier"), vec![post(url, author, fetched, &text)]);
        let links: Vec<_> = found.links.iter().map(told).collect();
        assert_eq!(links, [expected], "{url} {author} {text}");
    }
    for text in [
        "Our new signing key has the id 0xCA026560",
        "key https://mole.example/a.asc",
        "commit d55c0d1ac78a8d8126cb631cfc9ca96aca026560",
    ] {
        assert_eq!(
            links(&key, Some("pier"), vec![post(own, "", true, text)]).links,
            [],
            "{text}"
        );
    }
}

#[test]
fn a_withdrawn_key_explains_nothing() {
    let mut withdrawn = post(
        "https://www.pier.example/news",
        "",
        true,
        "The new key follows soon.",
    );
    withdrawn.withdrawn = vec![KEY.to_owned()];
    let key = KeyIdentity::typed(KEY).unwrap();
    let found = links(&key, None, vec![withdrawn]);
    assert_eq!(
        told(&found.links[0]),
        (
            "candidate",
            Ground::VendorChannel,
            Match::Full,
            vec!["withdrawn"]
        )
    );
}

#[test]
fn names_and_dates_find_candidates() {
    let key = KeyIdentity {
        common_name: Some("Pier Signing CA 2026".into()),
        issuer_common_name: Some("Pier Root CA G2".into()),
        serial: Some("462FFAA887EA".into()),
        starts: "2026-09-01T00:00:00Z".parse().ok(),
        ends: "2036-09-01T00:00:00Z".parse().ok(),
        ..KeyIdentity::default()
    };
    let forum = "https://forum.example/t/1";
    for (text, matched) in [
        (
            "signed by Pier Signing CA 2026 under Pier Root CA G2, valid from 2026-09-01",
            Some(Match::NameIssuerValidity),
        ),
        (
            "Issuer: CN=Pier Root CA G2\nSerial Number: 04:62:ff:aa:88:7e:a0",
            None,
        ),
        (
            "Issuer: CN=Pier Root CA G2\nSerial Number: 46:2f:fa:a8:87:ea",
            Some(Match::NameIssuerValidity),
        ),
        ("Pier Signing CA 2026 under Pier Root CA G2, no date", None),
        // the vendor, a change and the season
        (
            "Pier Software will move to another code signing certificate",
            Some(Match::VendorWindow),
        ),
        ("Pier Software has a new logo", None),
        ("Piercing changes its code signing certificate", None),
    ] {
        let found = links(&key, Some("pier"), vec![post(forum, "", true, text)]);
        let best = found.links.first().map(|link| link.matched);
        let name_only = |found: Option<Match>| {
            found.filter(|matched| {
                *matched != Match::VendorWindow
                    || matches!(text.split(' ').nth(1), Some("Software" | "changes"))
            })
        };
        assert_eq!(name_only(best), matched, "{text}");
        assert!(
            found
                .links
                .iter()
                .all(|link| link.level == ExplainedLevel::Candidate)
        );
    }
    let mut late = post(
        forum,
        "",
        true,
        "Pier Software will move to another code signing certificate",
    );
    for (published, within) in [
        ("2025-10-01T00:00:00Z", true),
        ("2025-08-01T00:00:00Z", false),
        ("2026-11-29T00:00:00Z", true),
        ("2026-12-29T00:00:00Z", false),
    ] {
        late.published = published.parse::<Timestamp>().ok();
        assert_eq!(
            links(&key, Some("pier"), vec![late.clone()]).links.len(),
            usize::from(within),
            "{published}"
        );
    }
}

#[test]
fn hosts_are_exact() {
    for (url, expected) in [
        ("https://Example.ORG/x", Some("example.org")),
        ("https://example.org:443", Some("example.org")),
        ("https://example.org.", Some("example.org")),
        ("https://example.org:8443/", None),
        ("http://example.org/", None),
        ("https://a@example.org/", None),
        ("https://example.org\\@evil.example/", Some("example.org")),
        ("https:///x", None),
        ("mid:1@example.org", None),
        ("", None),
    ] {
        assert_eq!(host(url).as_deref(), expected, "{url}");
    }
}

#[test]
fn a_key_is_typed_in_any_spelling() {
    for text in [
        KEY,
        "0xD55C0D1AC78A8D8126CB631CFC9CA96ACA026560",
        " d55c0d1ac78a8d8126cb631cfc9ca96aca026560 ",
        "D55C 0D1A C78A 8D81 26CB  631C FC9C A96A CA02 6560",
        "D5:5C:0D:1A:C7:8A:8D:81:26:CB:63:1C:FC:9C:A9:6A:CA:02:65:60",
    ] {
        let key = KeyIdentity::typed(text).unwrap_or_else(|| panic!("{text}"));
        assert!(key.is_named_by(KEY), "{text}");
        assert!(key.has_key_id("FC9CA96ACA026560"), "{text}");
    }
    for text in [
        "",
        "hello",
        "CA026560",
        &KEY[1..],
        "D55C",
        "two D55C0D1AC78A8D8126CB631CFC9CA96ACA026560 and E8A032E094D8EB4EA189D270DA418C88A3219F7B",
    ] {
        assert!(KeyIdentity::typed(text).is_none(), "{text}");
    }
}

proptest! {
    #[test]
    fn a_copy_with_wrong_digits_never_explains(
        bytes in prop::array::uniform20(any::<u8>()),
        at in 0usize..40,
        with in 0u32..16,
        how in 0u8..3,
    ) {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        prop_assume!(digits.chars().any(|c| c.is_ascii_alphabetic()));
        let digit = char::from_digit(with, 16).unwrap().to_ascii_uppercase();
        let mut wrong: Vec<char> = digits.chars().collect();
        match how {
            0 => wrong[at] = digit,
            1 => { wrong.remove(at); }
            _ => wrong.insert(at, digit),
        }
        let wrong: String = wrong.into_iter().collect();
        prop_assume!(wrong != digits && wrong.chars().any(|c| c.is_ascii_alphabetic()));
        let key = KeyIdentity::typed(&format!("0x{digits}")).unwrap();
        let text = format!("We replaced our signing key. The new key fingerprint is {wrong}.");
        let found = links(&key, Some("pier"), vec![post("https://www.pier.example/news", "", true, &text)]);
        let explained = found.links.iter().any(|link| {
            link.level != ExplainedLevel::Candidate || link.matched == Match::Full
        });
        prop_assert!(!explained, "{:?}", found.links);
        prop_assert_eq!(found.look_alikes.len(), 1);
        prop_assert_eq!(found.look_alikes[0].resemblance, Resemblance::WrongDigits);
    }

    #[test]
    fn the_order_does_not_depend_on_how_posts_came(order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle()) {
        let texts = ["new key", "old key", "key", "we have a new signing key", "is this key genuine?", "gpg key"];
        let make = |n: usize| post(&format!("https://forum.example/t/{n}"), if n == 3 { "42" } else { "" }, true, &format!("{} {KEY}", texts[n]));
        let key = KeyIdentity::typed(KEY).unwrap();
        let straight = links(&key, None, (0..6).map(make).collect());
        let shuffled = links(&key, None, order.into_iter().map(make).collect());
        prop_assert_eq!(straight.links[0].level, ExplainedLevel::Explained);
        prop_assert_eq!(straight, shuffled);
    }
}
