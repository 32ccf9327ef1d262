//! Samples made by signify-openbsd 31 over `hello\n`, and what becomes of them when edited.

use proptest::prelude::*;

use super::*;
use crate::formats::public_key::PublicKey;

const KEY: &str = "untrusted comment: test key public key
RWQOniwlSoph+xlM3n9vCkL6KsFidsjQ95TBLvkrXwanGWa4FbhWeiRV
";
const DETACHED: &str = "untrusted comment: verify with k.pub
RWQOniwlSoph+zzxBqAJLOUpYIp2mXcuP78KKWo1QgeVodnpEKjc6kj8hRQpgueTn6rClC4l2EDFXz3aN1oscSyuhv22xgndAgs=
";

fn judged(file: &str, message: Option<&[u8]>) -> String {
    let signature = match SignifySignature::parse(file.as_bytes()) {
        Ok(signature) => signature,
        Err(error) => return format!("unread: {error}"),
    };
    let keys = PublicKey::read(KEY.as_bytes()).unwrap();
    // The number is a label: it chooses the key, and the signature does not cover it.
    if keys[0].number() != Some(signature.number) {
        return "unchecked: another number".to_owned();
    }
    match signature.check(&keys[0].spki, message) {
        Ok(()) => "good".to_owned(),
        Err(fault) => format!("{}: {fault}", fault.crypto().word()),
    }
}

#[test]
fn real_signatures_hold_and_edited_ones_do_not() {
    let hello: Option<&[u8]> = Some(b"hello\n");
    let embedded = format!("{DETACHED}hello\n");
    let cases: [(String, Option<&[u8]>, &str); 12] = [
        (DETACHED.to_owned(), hello, "good"),
        (DETACHED.replace('\n', "\r\n"), hello, "good"),
        (DETACHED.replace("k.pub", "mallory.pub"), hello, "good"),
        (embedded.clone(), None, "good"),
        // The text inside is what was signed, whatever lies beside.
        (embedded, Some(b"other"), "good"),
        (
            format!("{DETACHED}hello!\n"),
            hello,
            "bad: the signature does not fit key 0e9e2c254a8a61fb",
        ),
        (format!("{DETACHED}hello\n\n"), None, "bad"),
        (DETACHED.to_owned(), Some(b"hello"), "bad"),
        (
            DETACHED.to_owned(),
            None,
            "unchecked: the signed bytes are not at hand",
        ),
        (
            DETACHED.replace("RWQO", "RUQO"),
            hello,
            "unread: unknown algorithm ED",
        ),
        (
            DETACHED.replace("Ags=", ""),
            hello,
            "unread: 72 bytes where 74",
        ),
        (
            DETACHED.replace("Ags=", "Agt="),
            hello,
            "unread: not base64",
        ),
    ];
    for (file, message, expected) in cases {
        let found = judged(&file, message);
        assert!(found.starts_with(expected), "{file}: {found}");
    }
}

#[test]
fn content_tells_a_signify_file() {
    assert!(is_signify(DETACHED.as_bytes()));
    assert!(!is_signify(KEY.as_bytes()));
    assert!(!is_signify(b""));
    assert!(!is_signify(b"untrusted comment: x\nabc\n"));
}

proptest! {
    #[test]
    fn mutated_files_never_panic_nor_hold(at in 0..DETACHED.len(), byte: u8) {
        let second = DETACHED.find('\n').unwrap() + 1;
        let mut file = DETACHED.as_bytes().to_vec();
        let changed = file[at] != byte;
        file[at] = byte;
        let found = String::from_utf8(file).map(|text| judged(&text, Some(b"hello\n")));
        // The comment may be anybody's, and so may the last line's end; between them all counts.
        if changed && (second..DETACHED.len() - 1).contains(&at) {
            prop_assert_ne!(found, Ok("good".to_owned()));
        }
    }

    #[test]
    fn random_gzip_headers_never_panic(
        flags: u8,
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        signed: bool,
    ) {
        let mut file = vec![0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3];
        if signed {
            file[3] = 0x10;
            file.extend(DETACHED.as_bytes());
            file.extend(b"date=x\nkey=x\nalgorithm=SHA512/256\nblocksize=65536\n\n");
        }
        file.extend(&bytes);
        if let Ok(Some(gzip)) = SignedGzip::read(&file) {
            let _ = gzip.check_blocks(&file);
        }
    }
}
