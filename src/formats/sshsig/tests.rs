//! Samples made by OpenSSH over `hello\n`, and what becomes of them when edited.

use proptest::prelude::*;

use super::*;
use crate::formats::digest::digest;
use crate::formats::public_key::PublicKey;

const ED25519_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJeIvW3YCIBnRlEl9RgvCZWJfjgLfX8NSCeTO1l6G0wi ed25519 key";
const ED25519: &str = "-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgl4i9bdgIgGdGUSX1GC8JlYl+OA
t9fw1IJ5M7WXobTCIAAAAEZmlsZQAAAAAAAAAGc2hhNTEyAAAAUwAAAAtzc2gtZWQyNTUx
OQAAAEDRqKl13CysK8pgGAGyxpp3LLiYBonM3m+Mf+TaBtc772+j82cmtQ3VbUkSVMazyQ
TzVkQT9r+7lxF3Qp6XXx0B
-----END SSH SIGNATURE-----
";
const ECDSA: &str = "-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAAGgAAAATZWNkc2Etc2hhMi1uaXN0cDI1NgAAAAhuaXN0cDI1NgAAAE
EE1wx5UJKs7ZfLOPtxXLmOCLDEoXrIDbzL3lI+GQFi1g4KEolgTcY0/4ZzawYm9R/5388x
I/HBCv/GA4SW2cxN+gAAAARmaWxlAAAAAAAAAAZzaGE1MTIAAABlAAAAE2VjZHNhLXNoYT
ItbmlzdHAyNTYAAABKAAAAIQCL3XANm7awqykvW9OIGS4uqO92gjPuESIWW8wc99qVSgAA
ACEAtJ3+gwlqVhQk53xvPVpBB74u0EDtnaT0hsS4h2vnku8=
-----END SSH SIGNATURE-----
";

fn blob(file: &str) -> Vec<u8> {
    armour::decode(file.as_bytes()).unwrap()
}

fn judged(parsed: Result<SshSignature, SshSignatureError>, message: &[u8]) -> String {
    let signature = match parsed {
        Ok(signature) => signature,
        Err(error) => return format!("unread: {error}"),
    };
    let digests = [signature.hash].map(|hash| (hash, digest(hash, message)));
    let message = Message {
        digests: &digests,
        whole: None,
    };
    match signature.check(&message) {
        Ok(_) => format!("good for {}", signature.namespace),
        Err(fault) => format!("{}: {fault}", fault.crypto().word()),
    }
}

/// The bytes with `from` replaced by `to` of the same or another length, once.
fn edit(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|w| w == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

#[test]
fn real_signatures_hold() {
    for file in [ED25519, ECDSA] {
        let parse = |text: &str| SshSignature::parse(text.as_bytes());
        assert_eq!(judged(parse(file), b"hello\n"), "good for file");
        assert_eq!(
            judged(parse(&file.replace('\n', "\r\n")), b"hello\n"),
            "good for file"
        );
        assert!(judged(parse(file), b"hello!").starts_with("bad: "));
        for (from, to, expected) in [
            ("BEGIN SSH", "BEGIN PGP", "unread: does not begin"),
            (
                "-----END SSH",
                "-----ENDE SSH",
                "unread: the armour has no end",
            ),
            (
                "SIGNATURE-----\nU1",
                "SIGNATURE-----\n U1",
                "unread: not base64",
            ),
        ] {
            let found = judged(parse(&file.replacen(from, to, 1)), b"hello\n");
            assert!(found.starts_with(expected), "{found}");
        }
        let more = judged(parse(&format!("{file}x")), b"hello\n");
        assert_eq!(more, "unread: something stands behind the armour");
    }
}

#[test]
fn what_the_signature_covers_cannot_be_edited() {
    let cases: [(&[u8], &[u8], &str); 11] = [
        (b"\0\0\0\x04file", b"\0\0\0\x04mail", "bad: "),
        (b"\0\0\0\x04file", b"\0\0\0\x05files", "bad: "),
        (
            b"\0\0\0\x04file",
            b"\0\0\0\0",
            "unread: the namespace is empty",
        ),
        (b"file\0\0\0\0", b"file\0\0\0\x01x", "bad: "),
        (b"sha512", b"sha256", "bad: "),
        (b"sha512", b"sha1xx", "unread: hash algorithm sha1xx"),
        (
            b"SSHSIG\0\0\0\x01",
            b"SSHSIG\0\0\0\x02",
            "unread: version 2",
        ),
        (
            b"SSHSIG",
            b"SSHSIH",
            "unread: does not begin as an SSHSIG blob",
        ),
        (
            b"ssh-ed25519\0\0\0\x20",
            b"ssh-ed25510\0\0\0\x20",
            "unread: unsupported key type ssh-ed25510",
        ),
        (
            b"ssh-ed25519\0\0\0\x40",
            b"ssh-ed25518\0\0\0\x40",
            "unread: signature algorithm ssh-ed25518",
        ),
        (
            b"\0\0\0\x33\0\0\0\x0bssh",
            b"\0\0\0\x34\0\0\0\x0bssh",
            "unread: ",
        ),
    ];
    for (from, to, expected) in cases {
        let found = judged(
            SshSignature::from_blob(&edit(&blob(ED25519), from, to)),
            b"hello\n",
        );
        assert!(
            found.starts_with(expected),
            "{}: {found}",
            from.escape_ascii()
        );
    }
    // Any cut, and anything behind.
    let whole = blob(ED25519);
    for end in 0..whole.len() {
        assert!(SshSignature::from_blob(&whole[..end]).is_err(), "{end}");
    }
    assert!(SshSignature::from_blob(&[&whole[..], &[0]].concat()).is_err());
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// A blob with a key and an inner signature of the given names and contents.
fn made(key: &[u8], name: &str, value: &[u8]) -> Vec<u8> {
    let inner = [string(name.as_bytes()), string(value)].concat();
    [
        b"SSHSIG\0\0\0\x01".to_vec(),
        string(key),
        string(b"file"),
        string(b""),
        string(b"sha512"),
        string(&inner),
    ]
    .concat()
}

#[test]
fn what_is_not_read_is_told_by_name() {
    let rsa = [string(b"ssh-rsa"), string(&[1, 0, 1]), string(&[0x01; 256])].concat();
    let certificate = string(b"ssh-ed25519-cert-v01@openssh.com");
    let security_key = string(b"sk-ssh-ed25519@openssh.com");
    let negative = [string(b"ssh-rsa"), string(&[1, 0, 1]), string(&[0x81; 256])].concat();
    let cases = [
        (&rsa, "ssh-rsa", "signature algorithm ssh-rsa does not fit"),
        (&rsa, "rsa-sha2-256", "bad"),
        (&certificate, "ssh-ed25519", "an SSH certificate"),
        (
            &security_key,
            "sk-ssh-ed25519@openssh.com",
            "unsupported key type sk-ssh",
        ),
        (
            &string(b"ssh-dss"),
            "ssh-dss",
            "unsupported key type ssh-dss",
        ),
        (
            &negative,
            "rsa-sha2-256",
            "a number is not in its shortest form",
        ),
    ];
    for (key, name, expected) in cases {
        let found = judged(SshSignature::from_blob(&made(key, name, &[1; 256])), b"");
        assert!(found.contains(expected), "{name}: {found}");
    }
}

#[test]
fn fingerprints_and_lines_are_those_of_ssh() {
    let keys = PublicKey::read(ED25519_KEY.as_bytes()).unwrap();
    let signature = SshSignature::parse(ED25519.as_bytes()).unwrap();
    assert_eq!(keys[0].spki, signature.key.spki());
    assert_eq!(keys[0].comment, "ed25519 key");
    assert_eq!(
        signature.fingerprint(),
        "SHA256:ToowZ3De9ylEAIbPVIeFe12go4A2qDAoHVhf2KhcXr4",
    );
}

proptest! {
    #[test]
    fn mutated_blobs_never_panic_nor_hold(at in any::<prop::sample::Index>(), flip in 1..=255u8, ecdsa: bool) {
        let mut bytes = blob(if ecdsa { ECDSA } else { ED25519 });
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(!judged(SshSignature::from_blob(&bytes), b"hello\n").starts_with("good"));
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = SshSignature::from_blob(&[b"SSHSIG\0\0\0\x01", &bytes[..]].concat());
        let _ = SshSignature::parse(&bytes);
        let _ = SshKey::from_wire(&bytes);
    }
}
