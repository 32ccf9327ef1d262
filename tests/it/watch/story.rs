//! A key comes and goes: people confirm it, what waited for it is judged again, it is condemned; the team
//! has one mail for each, in one thread.

use std::fs;

use super::configure;
use super::sink::Sink;
use crate::knowledge::process::{run, said};
use crate::making::story::Vendor;

#[test]
fn one_thread_tells_of_a_key_from_its_confirmation_to_its_end() {
    let home = tempfile::tempdir().unwrap();
    let sink = Sink::start(true);
    configure(
        home.path(),
        sink.port,
        "[policy]\nroot = 1\n[[team]]\nname = \"ops\"\naddresses = [\"ops@example.org\"]\n\
         [[team.subscription]]\nvendor = \"*\"\n\
         kinds = [\"trust-changed\", \"verdict-changed\", \"blast-radius\"]\n",
    );
    let ask = |code: i32, arguments: &[&str]| {
        let found = run(home.path(), arguments);
        assert_eq!(
            found.status.code(),
            Some(code),
            "{arguments:?} {}",
            said(&found)
        );
        said(&found)
    };
    let round = |mails: usize| {
        let log = ask(0, &["serve", "--once", "--no-web"]);
        assert_eq!(sink.count(), mails, "{log}");
    };
    let package = "examples/packages/known-root.zip";
    round(0);
    // Keys of the shipped trust that run out are told at once; this story is about another one.
    let root = Vendor::new().root_g1;
    let der = home.path().join("root.der");
    fs::write(&der, root.der()).unwrap();
    ask(11, &["check", package, "--vendor", "qt"]);
    let proposed = ask(
        0,
        &[
            "propose",
            der.to_str().unwrap(),
            "--vendor",
            "qt",
            "--evidence",
            "a letter",
            "--valid-from",
            "2019-01-01",
        ],
    );
    let id = proposed.split([' ', ':']).nth(1).unwrap().to_owned();
    round(0);
    ask(
        0,
        &[
            "confirm",
            &id,
            "--fingerprint",
            &root.sha256().to_string(),
            "--channel",
            "phone",
            "--whom",
            "the signing desk",
            "--contact-from",
            "the contract",
        ],
    );
    round(1);
    round(1);
    ask(0, &["check", package, "--vendor", "qt"]);
    ask(
        0,
        &[
            "distrust",
            "Bosun",
            "--from",
            "2020-01-01",
            "--says",
            "stolen",
        ],
    );
    round(2);
    round(2);
    ask(13, &["check", package, "--vendor", "qt"]);
    let mails = sink.taken();
    let (first, second) = (&mails[0].message, &mails[1].message);
    // Quoted-printable breaks lines; words are looked for in the whole.
    let flat = |mail: &str| mail.replace("=\r\n", "");
    assert!(
        flat(first).contains("people here changed what is trusted"),
        "{first}"
    );
    assert!(
        flat(first).contains("unanchored before, anchored now"),
        "{first}"
    );
    assert!(
        flat(second).contains("high: a key is distrusted, and known packages hang on it"),
        "{second}"
    );
    assert!(flat(second).contains("packages       1"), "{second}");
    assert!(
        !flat(second).contains("anchored before, distrusted now"),
        "{second}"
    );
    assert!(
        second.contains(&format!("In-Reply-To: {}", mails[0].message_id)),
        "{second}"
    );
    let subject = |mail: &str| {
        mail.lines()
            .find(|line| line.starts_with("Subject"))
            .unwrap()
            .to_owned()
    };
    assert_eq!(subject(first), subject(second));
}
