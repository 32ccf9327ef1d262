//! The commands, one after the other, as people use them.

use std::fs;

use crate::knowledge::process::{run, said};
use crate::making::story::Vendor;

#[test]
fn two_people_bring_a_root_in_and_one_takes_it_out() {
    let home = tempfile::tempdir().unwrap();
    let here = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    for name in ["ann", "bob"] {
        let key = anchorwatch::formats::minisign::SecretKey::generate().unwrap();
        fs::write(here(&format!("{name}.key")), key.to_file(name)).unwrap();
        fs::write(here(&format!("{name}.pub")), key.public_key_file()).unwrap();
    }
    let root = Vendor::new().root_g1;
    fs::write(here("root.der"), root.der()).unwrap();
    let (ann, bob, der) = (here("ann.key"), here("bob.key"), here("root.der"));
    let ok = |arguments: &[&str]| {
        let found = run(home.path(), arguments);
        assert_eq!(
            found.status.code(),
            Some(0),
            "{arguments:?} {}",
            said(&found)
        );
        String::from_utf8(found.stdout).unwrap()
    };
    ok(&["person", "add", "ann", &here("ann.pub")]);
    ok(&[
        "person",
        "add",
        "bob",
        &here("bob.pub"),
        "--sign-with",
        &ann,
    ]);
    assert_eq!(ok(&["person", "list"]).lines().count(), 2);
    let known = "examples/packages/known-root.zip";
    let check = |code: i32, more: &[&str]| {
        let found = run(home.path(), &[&["check", known], more].concat());
        assert_eq!(found.status.code(), Some(code), "{}", said(&found));
    };
    check(11, &[]);
    let proposed = ok(&[
        "propose",
        &der,
        "--vendor",
        "qt",
        "--evidence",
        "a letter",
        "--valid-from",
        "2019-01-01",
        "--sign-with",
        &ann,
    ]);
    let id = proposed.split([' ', ':']).nth(1).unwrap().to_owned();
    let fingerprint = root.sha256().to_string();
    let confirm = |fingerprint: &str| {
        run(
            home.path(),
            &[
                "confirm",
                &id,
                "--fingerprint",
                fingerprint,
                "--channel",
                "phone",
                "--whom",
                "the signing desk",
                "--contact-from",
                "the contract",
                "--sign-with",
                &bob,
            ],
        )
    };
    assert_eq!(confirm(&"0".repeat(64)).status.code(), Some(2));
    let done = confirm(&fingerprint);
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    check(0, &["--vendor", "qt"]);
    ok(&[
        "distrust",
        "Bosun",
        "--from",
        "2020-01-01",
        "--says",
        "stolen",
        "--sign-with",
        &bob,
    ]);
    check(13, &["--vendor", "qt"]);
    let log = ok(&["audit", "log"]);
    let head = log.lines().next().unwrap().strip_prefix("head ").unwrap();
    ok(&["audit", "verify", "--head", head]);
    let wrong = format!("1:{}", "0".repeat(64));
    let found = run(home.path(), &["audit", "verify", "--head", &wrong]);
    assert_eq!(found.status.code(), Some(12));
    let old = ok(&["instance", "show"]);
    assert_ne!(ok(&["instance", "rotate"]), old);
    ok(&["audit", "verify", "--head", head]);
}
