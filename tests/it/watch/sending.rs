//! What servers answer, and what becomes of the mail.

use anchorwatch::formats::minisign::SecretKey;
use anchorwatch::formats::public_key::PublicKey;
use anchorwatch::service::instance::key_path;
use anchorwatch::service::watch::verify::{VerifyError, verify};

use super::sink::Sink;
use super::{configure, event, open, store, team};
use crate::knowledge::process::{run, said};

/// `address state outcome` of each mail, by address.
fn outcomes(home: &std::path::Path) -> Vec<String> {
    let store = open(home);
    let mut found: Vec<String> = store
        .outbox(None, 100)
        .unwrap()
        .iter()
        .map(|mail| {
            let (_, _, attempts) = store.delivery(mail.id).unwrap().unwrap();
            let last = attempts
                .last()
                .map_or("untried", |attempt| attempt.outcome.as_str());
            format!("{} {} {last}", mail.address, mail.state)
        })
        .collect();
    found.sort();
    found
}

#[test]
fn refusals_are_told_apart_and_one_address_spoils_no_other() {
    let home = tempfile::tempdir().unwrap();
    let sink = Sink::start(true);
    configure(home.path(), sink.port, "");
    let mut opened = open(home.path());
    let addresses = ["451", "452", "550", "554", "drop", "good", "zulu"];
    let addresses: Vec<String> = addresses
        .iter()
        .map(|name| format!("{name}@example.org"))
        .collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    team(&mut opened, "ops", &addresses);
    opened.emit(&[event(1)]).unwrap();
    drop(opened);
    let done = run(home.path(), &["serve", "--once", "--no-web"]);
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    assert_eq!(
        outcomes(home.path()),
        [
            "451@example.org queued refused-for-now",
            "452@example.org queued refused-for-now",
            "550@example.org failed refused",
            "554@example.org failed refused",
            "drop@example.org queued dropped-after-data",
            "good@example.org sent sent",
            "zulu@example.org sent sent",
        ]
    );
    // Addresses are no business of the log.
    assert!(!said(&done).contains("@example.org"), "{}", said(&done));
    let taken = sink.taken();
    assert_eq!(taken.len(), 2);
    let mail = &taken[0];
    assert_eq!(mail.to, "good@example.org");
    assert!(
        mail.message
            .contains("List-Unsubscribe: <mailto:watch@example.org?subject=unsubscribe%20ops>")
    );
    // Signed by this instance, for this mail and no other.
    let key = SecretKey::parse(&std::fs::read(key_path(&store(home.path()))).unwrap()).unwrap();
    let keys = PublicKey::read(key.public_key_file().as_bytes()).unwrap();
    let json = verify(mail.message.as_bytes(), &keys).unwrap();
    assert!(json.contains("\"rotation-announced\""));
    let other =
        PublicKey::read(SecretKey::generate().unwrap().public_key_file().as_bytes()).unwrap();
    assert_eq!(
        verify(mail.message.as_bytes(), &other),
        Err(VerifyError::NotOurs)
    );
    let moved = mail.message.replacen("Message-ID: <", "Message-ID: <0", 1);
    assert_eq!(verify(moved.as_bytes(), &keys), Err(VerifyError::OtherMail));
    let file = home.path().join("mail.eml");
    std::fs::write(&file, &mail.message).unwrap();
    let verified = run(home.path(), &["mail", "verify", file.to_str().unwrap()]);
    assert_eq!(verified.status.code(), Some(0), "{}", said(&verified));
}

#[test]
fn a_server_that_is_gone_or_stalls_loses_nothing() {
    let home = tempfile::tempdir().unwrap();
    let sink = Sink::start(true);
    configure(home.path(), sink.port, "");
    let mut opened = open(home.path());
    team(
        &mut opened,
        "ops",
        &["stall@example.org", "then@example.org"],
    );
    opened.emit(&[event(1)]).unwrap();
    drop(opened);
    // The mail that stalls is tried and put off; the other was not spoilt by it.
    run(home.path(), &["serve", "--once", "--no-web"]);
    let told = outcomes(home.path());
    assert_eq!(told[0], "stall@example.org queued dropped-after-data");
    assert_eq!(told[1], "then@example.org sent sent");
    // A server that is not there.
    configure(home.path(), 1, "");
    open(home.path()).emit(&[event(2)]).unwrap();
    let done = run(home.path(), &["serve", "--once", "--no-web"]);
    assert_eq!(done.status.code(), Some(1), "{}", said(&done));
    let health = open(home.path())
        .outbox_health(jiff::Timestamp::MAX)
        .unwrap();
    assert_eq!(
        (health.sent, health.queued, health.failed, health.sending),
        (1, 3, 0, 0)
    );
}

#[test]
fn without_settings_mails_lie_in_a_folder() {
    let home = tempfile::tempdir().unwrap();
    let done = run(home.path(), &["serve", "--once", "--no-web"]);
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    let mut opened = open(home.path());
    team(&mut opened, "ops", &["ops@example.org"]);
    opened.emit(&[event(1)]).unwrap();
    drop(opened);
    run(home.path(), &["serve", "--once", "--no-web"]);
    let outbox = store(home.path()).with_file_name("outbox");
    let files: Vec<_> = std::fs::read_dir(outbox)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1);
    assert!(
        std::fs::read_to_string(&files[0])
            .unwrap()
            .contains("Message-ID: <")
    );
}
