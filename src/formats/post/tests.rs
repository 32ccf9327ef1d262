//! Tables of spellings, small posts and dates.

use super::*;

fn tokens(post: &str) -> String {
    let reading = read(post);
    reading
        .tokens
        .iter()
        .map(|token| {
            format!(
                "{} {} {}",
                token.kind.code(),
                token.value,
                token.side.word()
            )
        })
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn every_spelling_of_a_fingerprint_is_the_same_token() {
    let same = "openpgp-fingerprint D55C0D1AC78A8D8126CB631CFC9CA96ACA026560 unsaid";
    for spelled in [
        "Key fingerprint: D55C0D1AC78A8D8126CB631CFC9CA96ACA026560",
        "gpg key d55c0d1ac78a8d8126cb631cfc9ca96aca026560",
        "Key fingerprint = D55C 0D1A C78A 8D81 26CB  631C FC9C A96A CA02 6560",
        "D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02 6560",
        "fingerprint:\n> D55C 0D1A C78A 8D81 26CB\n> 631C FC9C A96A CA02 6560.",
        "D55C:0D1A:C78A:8D81:26CB:631C:FC9C:A96A:CA02:6560 is the OpenPGP key",
        "D55C0D1A C78A8D81 26CB631C FC9CA96A CA026560 (PGP)",
        "gpg --recv-keys 0xD55C0D1AC78A8D8126CB631CFC9CA96ACA026560",
        "<p>Key: <code>D55C&nbsp;0D1A&nbsp;C78A 8D81 26CB &nbsp;631C FC9C A96A CA02&#32;6560</code></p><p></p>",
        "key D55C\u{200b}0D1AC78A8D8126CB631CFC9CA96ACA026560",
        "pub   rsa4096 2015-05-20 [SC]\n      D55C0D1AC78A8D8126CB631CFC9CA96ACA026560",
        "https://keyserver.example/pks/lookup?op=get&search=0xD55C0D1AC78A8D8126CB631CFC9CA96ACA026560",
    ] {
        let found = tokens(spelled);
        assert!(found.contains(same), "{spelled:?}: {found}");
    }
}

#[test]
fn other_identities() {
    let digest = "8d5ab0d8cad7c59ee747691e2234c5762ef6268300112233445566778899aabb";
    let colons = |digits: &str| {
        let pairs: Vec<String> = digits
            .as_bytes()
            .chunks(2)
            .map(|pair| String::from_utf8_lossy(pair).to_uppercase())
            .collect();
        pairs.join(":")
    };
    for (post, expected) in [
        (
            format!("certificate with SHA-256 fingerprint {}", colons(digest)),
            format!("certificate-sha256 {digest} unsaid"),
        ),
        (
            format!("sha256 of the code signing certificate: {digest}"),
            format!("certificate-sha256 {digest} unsaid"),
        ),
        (
            format!("SPKI sha256 {digest}"),
            format!("spki-sha256 {digest} unsaid"),
        ),
        (
            format!("the OpenPGP v6 fingerprint {digest}"),
            format!("openpgp-fingerprint {} unsaid", digest.to_uppercase()),
        ),
        (
            format!("thumbprint {}", &digest[..40]),
            format!("certificate-sha1 {} unsaid", &digest[..40]),
        ),
        (
            format!(
                "Thumbprint: {}",
                &colons(digest)[..59].replace(':', " ").to_lowercase()
            ),
            format!("certificate-sha1 {} unsaid", &digest[..40]),
        ),
        (
            "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU (ED25519)".into(),
            "ssh-sha256 SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU unsaid".into(),
        ),
        (
            "NO_PUBKEY 2273699AFD56A556".into(),
            "openpgp-key-id 2273699AFD56A556 new".into(),
        ),
        (
            "EXPKEYSIG 7d0343148157c3df Example <a@example.org>".into(),
            "openpgp-key-id 7D0343148157C3DF old".into(),
        ),
        (
            "pub   rsa4096/DDFA1A3E36879494 2010-04-01".into(),
            "openpgp-key-id DDFA1A3E36879494 unsaid".into(),
        ),
        (
            "pub   4096R/8793F200 2017-01-02".into(),
            "openpgp-short-key-id 8793F200 unsaid".into(),
        ),
        (
            "X509v3 Subject Key Identifier: A84A6A63047DDDBAE6D139B7A64565EFF3A8ECA1".into(),
            "key-identifier A84A6A63047DDDBAE6D139B7A64565EFF3A8ECA1 unsaid".into(),
        ),
        (
            "Serial Number: 04:62:ff:aa:88".into(),
            "serial 462FFAA88 unsaid".into(),
        ),
        (
            "Serial Number: 0462ffaa887ea17797e0057ca81d7ba2a6fb".into(),
            "serial 462FFAA887EA17797E0057CA81D7BA2A6FB unsaid".into(),
        ),
        (
            "Subject: C=US, O=Bosun, Inc., CN=Bosun Root CA G2".into(),
            "distinguished-name C=US, O=Bosun, Inc., CN=Bosun Root CA G2 unsaid".into(),
        ),
        (
            "signed by Bosun Trusted Root G4 today".into(),
            "authority-name Bosun Trusted Root G4 unsaid".into(),
        ),
        (
            "Developer ID Application: Bosun (MA8T6SPDN2)".into(),
            "apple-team MA8T6SPDN2 unsaid".into(),
        ),
        (
            "get https://Keys.Example.org/Bosun-2026.asc.".into(),
            "key-url https://keys.example.org/Bosun-2026.asc unsaid".into(),
        ),
        (
            "<p>Get <a href='https://keys.example.org/k.pem'>our key</a></p><p>".into(),
            "key-url https://keys.example.org/k.pem unsaid".into(),
        ),
        (
            "public key: RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3".into(),
            "raw-key RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3 unsaid".into(),
        ),
        (
            "pin-sha256=\"OBgkN8Lvb1ek7iSYW6WYrBf8ywwNMzzErx3ZK+FLwjo=\"".into(),
            "spki-sha256 38182437c2ef6f57a4ee24985ba598ac17fccb0c0d333cc4af1dd92be14bc23a unsaid"
                .into(),
        ),
    ] {
        assert!(
            tokens(&post).contains(&expected),
            "{post:?}: {}",
            tokens(&post)
        );
    }
}

#[test]
fn what_is_no_identity() {
    let forty = "1361b2d49a020a718dc5495713eae0fa67d697b9";
    for post in [
        format!("fixed in commit {forty}"),
        format!("https://code.example/v8/+/{forty}/src/name.h#83"),
        format!("The new key is documented at https://git.example/x/blob/{forty}/keys.md"),
        format!("uses: actions/checkout@{forty}"),
        format!("![image|690x388](upload://{forty}.png)"),
        format!("magnet:?xt=urn:btih:{forty}&dn=key"),
        format!("{forty}{}  tool-1.2.tar.gz", "00112233aabbccdd00112233"),
        format!(
            "mychart-0.1.0.tgz: sha256:{forty}{}",
            "00112233aabbccdd00112233"
        ),
        "error 0x80070005 and 2001:0db8:85a3:0000:0000:8a2e:0370:7334".into(),
        "released on 2026-09-10 at 12:30:45, build 20230101".into(),
        "tool-1.2.tar.gz.asc and SHA256SUMS.asc sign the release".into(),
        "DEAD BEEF CAFE 1234 5678 9ABC is a dump".into(),
    ] {
        assert_eq!(tokens(&post), "", "{post:?}");
    }
}

#[test]
fn a_near_miss_is_named_and_never_an_identity() {
    let fingerprint = "D55C0D1AC78A8D8126CB631CFC9CA96ACA026560";
    for post in [
        format!("key fingerprint {}", &fingerprint[1..]),
        format!("key fingerprint {fingerprint}7"),
        "key fingerprint D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02 656".to_owned(),
        "key fingerprint D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02".to_owned(),
    ] {
        let reading = read(&post);
        assert_eq!(reading.tokens.len(), 1, "{post}");
        assert_eq!(reading.tokens[0].kind, TokenKind::NearMiss, "{post}");
        assert!(!reading.tokens[0].kind.is_full_identity());
    }
}

#[test]
fn sides() {
    let (a, b) = (
        "D55C0D1AC78A8D8126CB631CFC9CA96ACA026560",
        "E8A032E094D8EB4EA189D270DA418C88A3219F7B",
    );
    for (post, old, new) in [
        (
            format!("The old key {a} is replaced by the new key {b}."),
            a,
            b,
        ),
        (format!("gpg key changed from {a} to {b}"), a, b),
        (format!("key {a} => {b}"), a, b),
        (format!("signed with key {a}, instead of {b}"), "", b),
        (format!("new key: {b}; previous key: {a}"), a, b),
        (
            format!("key {a} was revoked. Use key {b} from now on."),
            a,
            b,
        ),
        (
            format!("neuer Schlüssel {b}, bisheriger: alter Schlüssel {a}"),
            a,
            b,
        ),
    ] {
        let reading = read(&post);
        let side = |side| {
            reading
                .tokens
                .iter()
                .find(|token| token.side == side)
                .map(|token| token.value.as_str())
        };
        if old.is_empty() {
            assert_eq!(side(Side::Old), Some(new), "{post}");
        } else {
            assert_eq!(
                (side(Side::Old), side(Side::New)),
                (Some(old), Some(new)),
                "{post}"
            );
        }
    }
}

#[test]
fn dates_in_the_forms_seen() {
    for (post, expected) in [
        ("effective 2026-09-10.", "2026-09-10 effective"),
        ("posted 2026-09-10T12:00:00Z", "2026-09-10 announced"),
        ("must be replaced by Apr. 6, 2020", "2020-04-06 deadline"),
        ("starting September 10th, 2026", "2026-09-10 effective"),
        ("expires 18-03-2024", "2024-03-18 deadline"),
        ("expires 18.03.2024", "2024-03-18 deadline"),
        ("since 23-Feb-22", "2022-02-23 effective"),
        ("ab dem 6. März 2021", "2021-03-06 effective"),
        ("jusqu'au 30 septembre 2021", "2021-09-30 deadline"),
        ("hasta el 30 de septiembre de 2021", "2021-09-30 effective"),
        ("将于2021年9月30日到期", "2021-09-30 deadline"),
        ("2026年4月1日から新しい鍵", "2026-04-01 effective"),
        ("Expires: Wed Jul 16 15:59:59 2036", "2036-07-16 deadline"),
        ("until the end of April 2025", "2025-04 deadline"),
        ("since 13/03/2024", "2024-03-13 effective"),
        ("since 03/13/2024", "2024-03-13 effective"),
        // either way round: no date
        ("since 04/05/2024", ""),
        ("version 10.12.2020.1 of 2001.1.1.1", ""),
        ("it may 2020 times", ""),
        ("2026-13-45", ""),
    ] {
        let found: Vec<String> = read(post)
            .dates
            .iter()
            .map(|date| format!("{date} {}", date.role.word()))
            .collect();
        assert_eq!(found.join("; "), expected, "{post}");
    }
}

#[test]
fn kinds_voices_and_languages() {
    for (post, kind, voice, language) in [
        (
            "GPG key rotation\n\nWe have rotated our signing key.",
            PostKind::Rotation,
            Voice::Vendor,
            "en",
        ),
        (
            "Signing key extended\n\nWe extended the expiry date of our release key.",
            PostKind::Renewal,
            Voice::Vendor,
            "en",
        ),
        (
            "Signing key changed?\n\nI get an error since today. Is this key genuine?",
            PostKind::Question,
            Voice::User,
            "en",
        ),
        (
            "Canary 029\n\nThe master signing key has the fingerprint below. No warrants have been served to us.",
            PostKind::Canary,
            Voice::Vendor,
            "en",
        ),
        (
            "Programm stellt das Vertrauen ein\n\nDie Zertifikate werden ab dem 1. Mai nicht mehr mit dem alten GPG key signiert.",
            PostKind::Other,
            Voice::Unsaid,
            "de",
        ),
        (
            "私たちは新しい鍵を公開します",
            PostKind::NewKey,
            Voice::Vendor,
            "ja",
        ),
        ("Lunch menu", PostKind::Other, Voice::Unsaid, "und"),
    ] {
        let reading = read(post);
        assert_eq!(
            (reading.kind, reading.voice, reading.language),
            (kind, voice, language),
            "{post}"
        );
    }
}

#[test]
fn the_score_is_the_sum_of_its_reasons() {
    let rotation = read(
        "Signing key rotation\n\nWe replaced the old key D55C0D1AC78A8D8126CB631CFC9CA96ACA026560 by the new key \
         E8A032E094D8EB4EA189D270DA418C88A3219F7B, effective 2026-09-10.",
    );
    let codes: Vec<&str> = rotation.reasons.iter().map(|reason| reason.code).collect();
    assert_eq!(
        codes,
        [
            "change-in-title",
            "change-in-lead",
            "change-repeated",
            "old-and-new-identity",
            "full-identity",
            "dated-change",
            "vendor-voice"
        ]
    );
    assert_eq!(rotation.score(), 11);
    assert_eq!(read("Lunch menu").score(), 0);
    // Points below nothing rank last, and are still told.
    let canary = read("Canary 7\n\nThe master key did not change. Nothing to report.");
    assert_eq!(canary.kind, PostKind::Canary);
    assert!(
        canary
            .reasons
            .iter()
            .any(|reason| reason.code == "canary" && reason.points < 0)
    );
}

#[test]
fn html_becomes_text_without_losing_prose() {
    for (html, text) in [
        ("<p>a</p><p>b &amp; c</p>", "a\n\nb & c"),
        (
            "<html><style>p { x }</style><script>if (a < b) {}</script><b>k</b>ey",
            "key",
        ),
        ("<p>x <!-- <p>hidden --> y</p>", "x  y"),
        (
            "mail <me@example.org> or <https://example.org/>",
            "mail <me@example.org> or <https://example.org/>",
        ),
        ("<table><tr><td>A</td><td>B</td></tr></table>", "A\tB"),
        ("<p>&unknown; &#x41;&#66;&#0; &", "&unknown; AB&#0; &"),
        ("<p>cut <a href=\"x", "cut <a href=\"x"),
    ] {
        let found = read(html).text;
        assert_eq!(found.trim(), text, "{html}");
    }
}
