//! Samples made by minisign 0.11 over `hello\n`, and what becomes of them when edited.

use proptest::prelude::*;

use super::*;
use crate::formats::digest::digest;
use crate::formats::public_key::PublicKey;

const KEY: &str = "untrusted comment: minisign public key 147EC3FC647B44DB
RWTbRHtk/MN+FCGvprAACq1XTxCzBDiY7wTSyPbaf1oJo5toRBU3Gq/1
";
const PREHASHED: &str = "untrusted comment: signature from minisign secret key
RUTbRHtk/MN+FPFjpIlneE4SEfEpbA19kJ7me9HfqTOe8kb6JR/Nde9Vj3gHLhllG1HS8JmsOGUiGe/F28GQ7qXc0VgE2GOixQ0=
trusted comment: timestamp:1795392360\tfile:m\thashed
+UFy2P/S2OSYBtgOVsYekdA61kSHXIIskHinMmTHqsPTcVEwG9z8lZxD6jA5br1fxHBxGYUWnrRp3spG0F3ZDQ==
";
const LEGACY: &str = "untrusted comment: signature from minisign secret key
RWTbRHtk/MN+FM0XrYE7+zM4r6TsWMODCuR63IucAE5ktPjloUwk0ixyY36QSX53KaX0dweLr09a5zrctoAegvHONmxOc67kIQQ=
trusted comment: legacy trust
uOZKV/eHjv0ZA9pRVA9ozRb444DHNIGJGFx2FYvFtB5HqI1SgOavT9i/OVmlE7bMpcJumUpe+uhCfvvZ4IGyCw==
";

/// `good`, `bad: …`, `unchecked: …` or `unread: …`.
fn judged(file: &str, message: &[u8]) -> String {
    let signature = match MinisignSignature::parse(file.as_bytes()) {
        Ok(signature) => signature,
        Err(error) => return format!("unread: {error}"),
    };
    let keys = PublicKey::read(KEY.as_bytes()).unwrap();
    let digests = [(
        HashAlgorithm::Blake2b512,
        digest(HashAlgorithm::Blake2b512, message),
    )];
    let message = Message {
        digests: &digests,
        whole: Some(message),
    };
    match signature.check(&keys[0].spki, &message) {
        Ok(()) => "good".to_owned(),
        Err(fault) => format!("{}: {fault}", fault.crypto().word()),
    }
}

#[test]
fn real_signatures_hold_and_edited_ones_do_not() {
    let edit = |file: &str, from: &str, to: &str| {
        assert!(file.contains(from), "{from}");
        file.replacen(from, to, 1)
    };
    let global = PREHASHED.lines().last().unwrap();
    let cases = [
        (PREHASHED.to_owned(), "good"),
        (LEGACY.to_owned(), "good"),
        (PREHASHED.replace('\n', "\r\n"), "good"),
        (PREHASHED.trim_end().to_owned(), "good"),
        // Nobody vouches for the first line.
        (edit(PREHASHED, "from minisign", "from Mallory's"), "good"),
        (
            edit(PREHASHED, "file:m", "file:n"),
            "bad: the global signature does not fit",
        ),
        (
            edit(PREHASHED, "1795392360", "1795392361"),
            "bad: the global signature does not fit",
        ),
        (
            edit(LEGACY, "legacy trust", "legacy trust "),
            "bad: the global signature does not fit",
        ),
        // The message's signature by the other algorithm is another signature.
        (
            edit(PREHASHED, "RUTb", "RWTb"),
            "bad: the signature does not fit key 147EC3FC647B44DB",
        ),
        (
            edit(LEGACY, "RWTb", "RUTb"),
            "bad: the signature does not fit key",
        ),
        (
            edit(PREHASHED, "RUTb", "RVTb"),
            "unread: unknown algorithm ET",
        ),
        (
            edit(PREHASHED, "PFjpI", "PFjpJ"),
            "bad: the signature does not fit key",
        ),
        (
            edit(PREHASHED, "untrusted comment", "untrusted"),
            "unread: the first line",
        ),
        (
            edit(PREHASHED, "\ntrusted comment", "\ncomment"),
            "unread: the third line",
        ),
        (edit(PREHASHED, global, ""), "unread: 0 bytes where 64"),
        (
            edit(PREHASHED, &global[1..], &global[5..]),
            "unread: 61 bytes where 64",
        ),
        (edit(PREHASHED, "==\n", "=\n"), "unread: not base64"),
        // Both halves end in bits that no byte uses.
        (edit(PREHASHED, "xQ0=", "xQ1="), "unread: not base64"),
        (format!("{PREHASHED}more\n"), "unread: something follows"),
        (
            edit(PREHASHED, "file:m", &"x".repeat(9000)),
            "unread: the comment is longer",
        ),
        (String::new(), "unread: the first line"),
    ];
    for (file, expected) in cases {
        let found = judged(&file, b"hello\n");
        assert!(found.starts_with(expected), "{file}: {found}");
    }
    for file in [PREHASHED, LEGACY] {
        assert!(judged(file, b"hello!\n").starts_with("bad: the signature does not fit key"));
    }
}

#[test]
fn a_missing_message_is_unchecked_and_an_edited_comment_still_bad() {
    let keys = PublicKey::read(KEY.as_bytes()).unwrap();
    let nothing = Message {
        digests: &[],
        whole: None,
    };
    for (file, expected) in [
        (PREHASHED.to_owned(), Crypto::Unchecked),
        (LEGACY.to_owned(), Crypto::Unchecked),
        (PREHASHED.replace("file:m", "file:n"), Crypto::Bad),
    ] {
        let signature = MinisignSignature::parse(file.as_bytes()).unwrap();
        let fault = signature.check(&keys[0].spki, &nothing).unwrap_err();
        assert_eq!(fault.crypto(), expected, "{file}");
    }
}

#[test]
fn the_time_stands_where_minisign_writes_it() {
    let cases = [
        ("timestamp:1795392360\tfile:m", Some(1_795_392_360)),
        ("timestamp:1795392360", Some(1_795_392_360)),
        ("file:m\ttimestamp:1795392360", None),
        ("timestamp:-5", None),
        ("timestamp:", None),
        ("timestamp:99999999999999999999", None),
        ("timestamp:999999999999999", None),
        ("", None),
    ];
    let mut signature = MinisignSignature::parse(PREHASHED.as_bytes()).unwrap();
    for (comment, expected) in cases {
        signature.trusted_comment = comment.to_owned();
        let found = signature.claimed_time().map(Timestamp::as_second);
        assert_eq!(found, expected, "{comment}");
    }
}

#[test]
fn content_tells_a_minisign_file() {
    assert!(is_minisign(PREHASHED.as_bytes()));
    assert!(is_minisign(LEGACY.as_bytes()));
    assert!(!is_minisign(KEY.as_bytes()));
    assert!(!is_minisign(b"untrusted comment: x\nRWQ"));
}

proptest! {
    #[test]
    fn mutated_files_never_panic_and_never_say_another_thing(
        at in 0..PREHASHED.len(),
        byte: u8,
        legacy: bool,
    ) {
        let original = if legacy { LEGACY } else { PREHASHED };
        let mut file = original.as_bytes().to_vec();
        let at = at % file.len();
        file[at] = byte;
        if let Ok(text) = String::from_utf8(file)
            && judged(&text, b"hello\n") == "good"
        {
            let was = MinisignSignature::parse(original.as_bytes()).unwrap();
            let now = MinisignSignature::parse(text.as_bytes()).unwrap();
            prop_assert_eq!(was.trusted_comment, now.trusted_comment);
            prop_assert_eq!(was.value, now.value);
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut file = b"untrusted comment: ".to_vec();
        file.extend(&bytes);
        let _ = MinisignSignature::parse(&file);
        let _ = MinisignSignature::parse(&bytes);
        let _ = is_minisign(&file);
    }
}
