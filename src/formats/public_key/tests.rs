//! Every notation of a key, and what is refused in each.

use proptest::prelude::*;

use super::*;

const SIGNIFY: &str = "untrusted comment: test key public key
RWQOniwlSoph+xlM3n9vCkL6KsFidsjQ95TBLvkrXwanGWa4FbhWeiRV
";
const SSH: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJeIvW3YCIBnRlEl9RgvCZWJfjgLfX8NSCeTO1l6G0wi";
/// The same key as PEM.
const PEM: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAl4i9bdgIgGdGUSX1GC8JlYl+OAt9fw1IJ5M7WXobTCI=
-----END PUBLIC KEY-----
";

#[test]
fn one_key_has_one_form_in_every_notation() {
    let of = |file: &str| PublicKey::read(file.as_bytes()).unwrap().remove(0);
    assert_eq!(of(SSH).spki, of(PEM).spki);
    let bare = SIGNIFY.lines().last().unwrap();
    for file in [
        SIGNIFY,
        bare,
        &SIGNIFY.replace('\n', "\r\n"),
        SIGNIFY.trim_end(),
    ] {
        let key = of(file);
        assert_eq!(key.spki, of(SIGNIFY).spki, "{file}");
        assert_eq!(key.number().unwrap().to_string(), "0e9e2c254a8a61fb");
        assert_eq!(key.number().unwrap().minisign(), "FB618A4A252C9E0E");
    }
    assert_eq!(of(SIGNIFY).comment, "test key public key");
    let number = of(SIGNIFY).number();
    assert_eq!(KeyNumber::from_hex("0e9e2c254a8a61fb"), number);
    assert_eq!(KeyNumber::from_hex("+e9e2c254a8a61fb"), None);
}

#[test]
fn what_is_no_key_is_said() {
    let options = format!("namespaces=\"file\" {SSH}");
    let cases = [
        ("", "neither"),
        ("hello", "neither"),
        (&options, "neither"),
        (&SIGNIFY.replace("RWQO", "RUQO"), "unknown algorithm ED"),
        (&SIGNIFY.replace("eiRV", "eiR"), "not base64"),
        (&format!("{SIGNIFY}more\n"), "something follows"),
        (
            &SSH.replace("ssh-ed25519 ", "ssh-rsa "),
            "line 1: the line says ssh-rsa",
        ),
        (&format!("{SSH}\n{SSH}x y"), "line 2: not a line"),
        (
            "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29t",
            "line 1: an SSH certificate",
        ),
        (&PEM.replace("PUBLIC", "PRIVATE"), "neither"),
    ];
    for (file, expected) in cases {
        let found = PublicKey::read(file.as_bytes()).unwrap_err().to_string();
        assert!(found.starts_with(expected), "{file}: {found}");
    }
}

proptest! {
    #[test]
    fn random_and_mutated_files_never_panic(
        at in any::<prop::sample::Index>(),
        byte: u8,
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let _ = PublicKey::read(&bytes);
        for file in [SIGNIFY, SSH, PEM] {
            let mut file = file.as_bytes().to_vec();
            let at = at.index(file.len());
            file[at] = byte;
            let _ = PublicKey::read(&file);
        }
    }
}
