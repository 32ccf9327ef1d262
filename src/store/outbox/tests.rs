//! Events and their mails: nothing lost, nothing doubled, the same Message-ID whatever happens.

use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::Failure;
use crate::domain::Severity;
use crate::domain::Sha256;
use crate::judge::watch::Subscription;
use crate::store::{
    Agreement, ChangedVerdict, DeclaredTeam, Event, Judgement, NewSilence, Role, Store,
    WatchSettings,
};

const AT: &str = "2026-03-04T10:00:00Z";

fn at() -> Timestamp {
    AT.parse().unwrap()
}

fn later(minutes: i64) -> Timestamp {
    at() + minutes.minutes()
}

fn event(kind: &str, vendor: &str, detail: &str) -> Event {
    Event {
        at: at(),
        kind: kind.to_owned(),
        reading: None,
        anchor: None,
        vendor: Some(vendor.to_owned()),
        detail: detail.to_owned(),
    }
}

/// Two teams: one hears of qt at once, one has a daily digest of all.
fn store() -> Store {
    let mut store = Store::in_memory().unwrap();
    store
        .set_watch(&WatchSettings {
            domain: "watch.example".to_owned(),
            window: SignedDuration::from_secs(60),
        })
        .unwrap();
    for (team, vendor, digest) in [("qt-team", "qt", None), ("all", "*", Some("daily@UTC"))] {
        let address = format!("{team}@example.org");
        store
            .add_address(team, &address, Role::First, &Agreement::Vouched, at())
            .unwrap();
        let wish = Subscription {
            digest: digest.map(|text| text.parse().unwrap()),
            ..Subscription::to(vendor)
        };
        store.subscribe(team, &wish, at()).unwrap().unwrap();
    }
    store
}

/// `address kind state events` of every mail, oldest first.
fn mails(store: &Store) -> Vec<String> {
    let mut found: Vec<String> = store
        .outbox(None, 100)
        .unwrap()
        .into_iter()
        .map(|mail| {
            let (_, events, _) = store.delivery(mail.id).unwrap().unwrap();
            format!(
                "{} {} {} {}",
                mail.address,
                mail.kind,
                mail.state,
                events.len()
            )
        })
        .collect();
    found.reverse();
    found
}

#[test]
fn events_of_one_thread_wait_for_each_other_and_are_one_mail() {
    let mut store = store();
    let one = event(
        "rotation-announced",
        "qt",
        r#"{"thread":"rotation:1","dedup":"a"}"#,
    );
    let two = event(
        "rotation-corroborated",
        "qt",
        r#"{"thread":"rotation:1","dedup":"b"}"#,
    );
    assert_eq!(store.emit(&[one.clone(), two]).unwrap(), 2);
    // The same again is no event.
    assert_eq!(store.emit(&[one]).unwrap(), 0);
    assert_eq!(
        mails(&store),
        [
            "all@example.org digest queued 2",
            "qt-team@example.org alert queued 2"
        ]
        .into_iter()
        .rev()
        .collect::<Vec<_>>()
    );
    // Nothing is due within the window.
    assert!(
        store
            .claim(10, at(), SignedDuration::from_mins(5))
            .unwrap()
            .is_empty()
    );
    let first = store
        .claim(10, later(1), SignedDuration::from_mins(5))
        .unwrap();
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].first_id, None);
    store.sent(first[0].id, "250 ok", later(1)).unwrap();
    // What comes later is the thread's second mail.
    let three = event(
        "rotation-confirmed",
        "qt",
        r#"{"thread":"rotation:1","dedup":"c"}"#,
    );
    store.emit(&[three]).unwrap();
    let second = store
        .claim(10, later(5), SignedDuration::from_mins(5))
        .unwrap();
    assert_eq!(second.len(), 1);
    assert_eq!(
        second[0].first_id.as_deref(),
        Some(first[0].message_id.as_str())
    );
    assert_eq!(second[0].subject, first[0].subject);
}

#[test]
fn a_mail_that_was_cut_off_goes_again_under_its_id() {
    let mut store = store();
    store.emit(&[event("advisory-new", "qt", "{}")]).unwrap();
    let lease = SignedDuration::from_mins(5);
    let first = store.claim(10, later(1), lease).unwrap();
    assert!(store.claim(10, later(2), lease).unwrap().is_empty());
    assert_eq!(store.reclaim(later(2), false).unwrap(), 0);
    assert_eq!(store.reclaim(later(7), false).unwrap(), 1);
    // An event that comes now is another mail: this one may have been read already.
    store.emit(&[event("advisory-new", "qt", "{}")]).unwrap();
    let again = store.claim(1, later(7), lease).unwrap();
    assert_eq!(again, first);
    let failure = Failure {
        outcome: "refused-for-now",
        said: "451 later".to_owned(),
        next: Some(later(12)),
    };
    store.not_sent(again[0].id, &failure, later(7)).unwrap();
    store
        .not_sent(
            again[0].id,
            &Failure {
                next: None,
                ..failure
            },
            later(12),
        )
        .unwrap();
    assert_eq!(store.outbox_health(later(12)).unwrap().failed, 1);
    assert!(store.retry_delivery(again[0].id, later(20)).unwrap());
    let (mail, _, attempts) = store.delivery(again[0].id).unwrap().unwrap();
    assert_eq!((mail.state.as_str(), attempts.len()), ("queued", 2));
    assert_eq!(mail.message_id, first[0].message_id);
}

#[test]
fn a_condemned_key_is_one_mail_and_its_packages_none() {
    let mut store = store();
    let changed: Vec<ChangedVerdict> = vec![];
    store.judged_again(&changed, 0, at()).unwrap();
    assert!(mails(&store).is_empty());
    let changed: Vec<ChangedVerdict> = (0..3)
        .map(|number| ChangedVerdict {
            reading: reading(&store, number),
            file: format!("{number}.zip"),
            before: "anchored".to_owned(),
            after: Judgement {
                keys: vec![],
                file: format!("{number}.zip"),
                expected_vendor: None,
                expected_product: None,
                verdict: "distrusted".to_owned(),
                vendor: Some("qt".to_owned()),
                anchor: Some("x509-00".to_owned()),
                signer: None,
                signer_key: None,
                signed_at: None,
                key: None,
                explained_by: vec![],
            },
        })
        .collect();
    store.judged_again(&changed, 0, at()).unwrap();
    assert_eq!(
        mails(&store),
        [
            "qt-team@example.org alert queued 1",
            "all@example.org digest queued 1"
        ]
    );
    let held: i64 = store
        .connection
        .query_row(
            "SELECT count(*) FROM suppression WHERE reason = 'inhibited'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(held, 6);
}

/// A reading to refer to.
fn reading(store: &Store, number: u8) -> Sha256 {
    let id = [number; 32];
    store
        .connection
        .execute_batch("PRAGMA foreign_keys = false")
        .unwrap();
    Sha256(id)
}

#[test]
fn an_address_is_written_to_once_it_agreed() {
    let mut store = Store::in_memory().unwrap();
    let digest = Sha256([7; 32]);
    let asked = Agreement::Asked {
        code: "1234".to_owned(),
        digest,
    };
    store
        .add_address("ops", "ops@example.org", Role::First, &asked, at())
        .unwrap();
    store
        .subscribe("ops", &Subscription::to("*"), at())
        .unwrap()
        .unwrap();
    store.emit(&[event("advisory-new", "qt", "{}")]).unwrap();
    assert_eq!(
        mails(&store),
        [
            "ops@example.org opt-in queued 0",
            "ops@example.org alert held 1"
        ]
    );
    assert!(
        !store
            .agree("ops", "ops@example.org", Sha256([8; 32]), later(1))
            .unwrap()
    );
    assert!(
        store
            .agree("ops", "ops@example.org", digest, later(1))
            .unwrap()
    );
    assert_eq!(mails(&store)[1], "ops@example.org alert queued 1");
    // Whoever leaves gets nothing more, and what waited is seen as dropped.
    assert!(
        store
            .remove_from_team("ops", Some("ops@example.org"), later(2))
            .unwrap()
    );
    store.emit(&[event("advisory-new", "intel", "{}")]).unwrap();
    assert_eq!(
        mails(&store),
        [
            "ops@example.org opt-in dropped 0",
            "ops@example.org alert dropped 1"
        ]
    );
}

#[test]
fn silences_count_what_they_hold_back() {
    let mut store = store();
    let silence = NewSilence {
        who: "ann".to_owned(),
        why: "known".to_owned(),
        vendor: "qt".to_owned(),
        kind: "*".to_owned(),
        from: at(),
        until: later(60),
    };
    let id = store.silence(&silence).unwrap();
    store.emit(&[event("advisory-new", "qt", "{}")]).unwrap();
    assert!(mails(&store).is_empty());
    assert_eq!(store.silences().unwrap()[0].suppressed, 2);
    assert!(store.end_silence(id, later(1)).unwrap());
    store.emit(&[event("advisory-new", "qt", "{}")]).unwrap();
    assert_eq!(mails(&store).len(), 2);
}

#[test]
fn the_second_contact_is_asked_once_when_nobody_answers() {
    let mut store = store();
    store
        .add_address(
            "qt-team",
            "boss@example.org",
            Role::Second,
            &Agreement::Vouched,
            at(),
        )
        .unwrap();
    store
        .set_second_after("qt-team", SignedDuration::from_hours(4))
        .unwrap();
    let one = event("rotation-reverted", "qt", r#"{"thread":"rotation:1"}"#);
    let two = event("rotation-reverted", "qt", r#"{"thread":"rotation:2"}"#);
    store.emit(&[one, two]).unwrap();
    for mail in store
        .claim(10, later(1), SignedDuration::from_mins(5))
        .unwrap()
    {
        store.sent(mail.id, "250", later(1)).unwrap();
    }
    assert_eq!(
        store.acknowledge(1, "ann", later(30)).unwrap().as_deref(),
        Some("rotation:1")
    );
    assert_eq!(store.ask_second_contacts(later(240)).unwrap(), 0);
    assert_eq!(store.ask_second_contacts(later(241)).unwrap(), 1);
    assert_eq!(store.ask_second_contacts(later(242)).unwrap(), 0);
    assert_eq!(
        mails(&store).last().unwrap(),
        "boss@example.org second-contact queued 1"
    );
}

#[test]
fn what_others_wrote_is_routed_once_and_what_was_before_is_not() {
    let mut store = store();
    let write = |store: &Store| {
        store
            .connection
            .execute(
                "INSERT INTO event (at, kind, vendor, detail)
                 VALUES (0, 'rotation-announced', 'qt', '{}')",
                [],
            )
            .unwrap();
    };
    write(&store);
    store
        .connection
        .execute(
            "UPDATE watch_setting SET value = '1' WHERE name = 'events-before'",
            [],
        )
        .unwrap();
    write(&store);
    assert_eq!(store.route_missed().unwrap(), 1);
    assert_eq!(store.route_missed().unwrap(), 0);
    assert_eq!(mails(&store).len(), 2);
}

#[test]
fn declared_teams_become_what_the_settings_say() {
    let mut store = Store::in_memory().unwrap();
    let team = |name: &str, addresses: &[&str], vendors: &[&str]| DeclaredTeam {
        name: name.to_owned(),
        addresses: addresses.iter().map(|one| (*one).to_owned()).collect(),
        second: vec![],
        second_after: None,
        subscriptions: vendors
            .iter()
            .map(|vendor| Subscription {
                min_severity: Severity::Warning,
                ..Subscription::to(vendor)
            })
            .collect(),
    };
    let told = |store: &Store| {
        let teams = store.teams().unwrap();
        let wishes = store.subscriptions().unwrap();
        let names = |name: &str| {
            let wishes = wishes.iter().filter(|one| one.team == name);
            wishes
                .map(|one| format!("{}:{}", one.id, one.subscription.vendor))
                .collect::<Vec<_>>()
                .join(" ")
        };
        teams
            .iter()
            .map(|team| {
                let addresses: Vec<&str> = team
                    .addresses
                    .iter()
                    .map(|one| one.address.as_str())
                    .collect();
                format!(
                    "{} [{}] {}",
                    team.name,
                    addresses.join(" "),
                    names(&team.name)
                )
            })
            .collect::<Vec<_>>()
    };
    store
        .declare_teams(
            &[
                team("a", &["x@e", "y@e"], &["qt", "intel"]),
                team("b", &["z@e"], &["*"]),
            ],
            at(),
        )
        .unwrap();
    assert_eq!(told(&store), ["a [x@e y@e] 1:qt 2:intel", "b [z@e] 3:*"]);
    store
        .declare_teams(
            &[team("a", &["y@e", "w@e"], &["intel", "nodejs"])],
            later(1),
        )
        .unwrap();
    assert_eq!(told(&store), ["a [w@e y@e] 2:intel 4:nodejs"]);
    store
        .declare_teams(
            &[team("a", &["y@e", "w@e"], &["intel", "nodejs"])],
            later(2),
        )
        .unwrap();
    assert_eq!(told(&store), ["a [w@e y@e] 2:intel 4:nodejs"]);
}
