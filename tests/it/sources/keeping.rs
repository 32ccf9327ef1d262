//! The list of sources in the store, quotas, and what survives a crash.

use anchorwatch::domain::source::{Kind, Origin, State};
use anchorwatch::store::Store;
use anchorwatch::store::sources::{NewSource, Quota, Synced};
use jiff::{SignedDuration, Timestamp};

use super::world::{World, ok, rss, site, told};

fn stated(url: &str, origin: Origin) -> NewSource {
    NewSource {
        url: format!("https://a.example/{url}"),
        vendor: "acme".to_owned(),
        kind: Kind::Feed,
        origin,
    }
}

#[test]
fn what_lists_name_comes_and_goes_and_what_people_decide_stays() {
    let mut store = Store::in_memory().unwrap();
    let at: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
    let urls = |store: &Store| -> Vec<String> {
        let listed = store.sources().unwrap();
        listed
            .iter()
            .map(|source| {
                let name = source.url.rsplit('/').next().unwrap();
                format!("{name} {} {}", source.origin.word(), source.state.word())
            })
            .collect()
    };
    let own = stated("own", Origin::Person);
    store.add_source(&own, at).unwrap();
    let both = [stated("a", Origin::Vendor), stated("b", Origin::Config)];
    let synced = store.sync_sources(&both, at).unwrap();
    assert_eq!(
        synced,
        Synced {
            added: 2,
            dropped: 0
        }
    );
    assert_eq!(store.sync_sources(&both, at).unwrap(), Synced::default());
    let all = [
        "own person active",
        "a vendor.toml active",
        "b config active",
    ];
    assert_eq!(urls(&store), all);

    let synced = store.sync_sources(&both[1..], at).unwrap();
    assert_eq!(
        synced,
        Synced {
            added: 0,
            dropped: 1
        }
    );
    assert_eq!(urls(&store), ["own person active", "b config active"]);
    store.sync_sources(&both, at).unwrap();
    assert_eq!(urls(&store), all, "named again");

    let b = store.source("https://a.example/b").unwrap().unwrap();
    store
        .set_source_state(b.position, State::Removed, at)
        .unwrap();
    store.sync_sources(&both, at).unwrap();
    assert_eq!(urls(&store), all[..2], "a person took it out");
    let again = NewSource {
        origin: Origin::Person,
        ..both[1].clone()
    };
    assert_eq!(store.add_source(&again, at).unwrap(), b.position);
    assert_eq!(urls(&store)[2], "b person active");
}

#[test]
fn quotas_forget_chatter_and_never_evidence() {
    const KEY: &str = "key fingerprint = D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02 6560";
    let entries: Vec<(String, String, String, String)> = (0..20)
        .map(|n| {
            let text = if n < 3 {
                KEY.to_owned()
            } else {
                format!("chatter {n}")
            };
            (n.to_string(), format!("/{n}"), format!("Post {n}"), text)
        })
        .collect();
    let entries: Vec<(&str, &str, &str, &str)> = entries
        .iter()
        .map(|(a, b, c, d)| (a.as_str(), b.as_str(), c.as_str(), d.as_str()))
        .collect();
    let server = site(vec![("/feed", vec![ok(&rss(&entries))])]);
    let mut world = World::new();
    world.add(&server.url("/feed"), Kind::Feed);
    world.means.options.quota.posts = 5;
    let report = world.poll();
    assert_eq!(report.forgotten.posts, 12);
    let posts = world.posts();
    assert_eq!(posts.len(), 8);
    assert_eq!(posts.iter().filter(|(_, text)| text == KEY).count(), 3);

    // What is still in the feed does not come back, and age spares evidence as well.
    world.days_pass(2);
    assert_eq!(told(&world.visit()), "good 0 0");
    let quota = Quota {
        posts: 5,
        age: SignedDuration::from_hours(24),
        ledger: SignedDuration::from_hours(24),
    };
    let forgotten = world.store.forget(&[1], &quota, world.now()).unwrap();
    assert_eq!((forgotten.posts, forgotten.questions), (5, 1));
    assert_eq!(world.posts().len(), 3);
    let found = world
        .store
        .search_announcements("chatter", 10, world.now())
        .unwrap();
    assert_eq!(found.posts, []);
}

#[test]
fn a_visit_that_is_not_written_is_asked_again_in_full() {
    let server = site(vec![(
        "/feed",
        vec![crate::fetch::server::response(
            200,
            "ETag: \"one\"\r\n",
            &rss(&[("1", "/1", "One", "text")]),
        )],
    )]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let mut world = World::new();
    world.store = Store::open(&path, std::time::Duration::from_millis(50)).unwrap();
    let number = world.add(&server.url("/feed"), Kind::Feed);
    // Another writer has the store: the poll fails, as if it had been cut off before its end.
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let due = world.store.due_sources(world.now()).unwrap();
    let failed = anchorwatch::service::poll::poll_and_wait(due, &mut world.store, &mut world.means);
    assert!(failed.is_err());
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(world.source(number).validators.etag, None);
    assert_eq!(told(&world.visit()), "good 1 0");
    assert!(!server.heads()[1].contains("if-none-match"));
    assert_eq!(
        world.source(number).validators.etag.as_deref(),
        Some("\"one\"")
    );
}
