//! Whatever a post holds, reading it ends, in time in proportion to its length, with places that lie
//! in its text.

use anchorwatch::formats::post::{TokenKind, read};
use proptest::prelude::*;

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            "[0-9a-fA-F]{1,45}",
            "[0-9A-F]{4}",
            " {1,3}",
            ".{0,6}",
            prop::sample::select(vec![
                "\n",
                "\n\n",
                ":",
                "0x",
                "key ",
                "gpg ",
                "fingerprint ",
                "commit ",
                "CN=",
                ", O=",
                "<p>",
                "</p>",
                "<a href='",
                "'>",
                "&#x",
                "&amp;",
                "serial: ",
                "SHA256:",
                "new ",
                "old ",
                "=> ",
                "2026",
                "-09-10",
                " April ",
                "年",
                "月",
                "日",
                "前",
                ".asc",
                "https://",
                "/",
                "(",
                ")",
                "RWQ",
                "CA ",
                "Root ",
                "é",
                "鍵",
                "\u{200b}",
                "\u{ad}",
                "[expired: ",
                "before ",
            ])
            .prop_map(str::to_owned),
        ],
        0..60,
    )
    .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read(text in pieces()) {
        let reading = read(&text);
        for token in &reading.tokens {
            prop_assert!(reading.text.get(token.place.clone()).is_some(), "{token:?}");
            prop_assert!(!token.value.is_empty());
            let digits = match token.kind {
                TokenKind::OpenpgpFingerprint => &[40, 64][..],
                TokenKind::OpenpgpKeyId => &[16],
                TokenKind::OpenpgpShortKeyId => &[8],
                TokenKind::CertificateSha1 | TokenKind::KeyIdentifier => &[40],
                TokenKind::CertificateSha256 | TokenKind::SpkiSha256 => &[64],
                _ => continue,
            };
            prop_assert!(digits.contains(&token.value.len()), "{token:?}");
        }
        for date in &reading.dates {
            prop_assert!(reading.text.get(date.place.clone()).is_some());
        }
        prop_assert!(reading.score() >= 0);
        prop_assert_eq!(read(&text), reading);
    }

    #[test]
    fn a_fingerprint_is_found_however_it_is_grouped(
        bytes in prop::array::uniform20(any::<u8>()),
        group in prop::sample::select(vec![4usize, 5, 8, 10, 40]),
        gap in prop::sample::select(vec![" ", "  ", "\n", "\n    ", "\u{a0}"]),
        front in "[ghjk]{0,5}",
    ) {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        prop_assume!(digits.chars().any(|c| c.is_ascii_alphabetic()));
        let groups: Vec<&str> = digits.as_bytes().chunks(group).map(|chunk| std::str::from_utf8(chunk).unwrap()).collect();
        let text = format!("{front} signing key fingerprint: {}.", groups.join(gap));
        let reading = read(&text);
        prop_assert_eq!(
            reading.tokens.iter().map(|token| (token.kind, token.value.as_str())).collect::<Vec<_>>(),
            vec![(TokenKind::OpenpgpFingerprint, digits.as_str())],
            "{}", text
        );
    }
}

/// Steps are not counted here, bytes are: what is quadratic takes minutes on these and is noticed.
#[test]
fn a_megabyte_of_anything_is_read() {
    for unit in [
        "0123456789abcdef",
        "AB12 ",
        "key D55C0D1AC78A8D8126CB631CFC9CA96ACA026560\n",
        "deadbee1 ",
        "<a ",
        "CN=",
        "CN=a, ",
        "<p><script></p>",
        "new key ",
        "2026-09-10 ",
        "a.pem ",
        "Foo CA 2 ",
        "AB:",
        "(ABCDEFGHI1)",
        " ",
        "<p>&",
        "1 April ",
        "SHA256:",
        "RWQ",
        "<!--",
        "\n\n",
    ] {
        // The hex digits whole; the rest shorter, because a build without optimising is ten times slower.
        let length = if unit == "0123456789abcdef" {
            1 << 20
        } else {
            1 << 16
        };
        let text = unit.repeat(length / unit.len());
        let reading = read(&text);
        assert!(
            reading.tokens.len() <= anchorwatch::formats::limits::POST_TOKENS,
            "{unit}"
        );
    }
    let long = "x".repeat(anchorwatch::formats::limits::POST + 1);
    assert!(read(&long).cut);
    assert!(!read("short").cut);
}
