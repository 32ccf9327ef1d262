//! One source, visit after visit: what each answer means.

use anchorwatch::domain::source::{Kind, State};

use super::world::{World, ok, rss, site, told};
use crate::fetch::server::response;

const ONE: (&str, &str, &str, &str) = ("1", "/1", "One", "first text");
const TWO: (&str, &str, &str, &str) = ("2", "/2", "Two", "second text");

#[test]
fn each_answer_is_told_and_nothing_is_kept_twice() {
    let edited = ("1", "/1", "One", "another text");
    let answers = |text: &str| {
        let tail = format!("<p>the key</p><p><small>{text}</small></p>");
        ok(&rss(&[("9", "/t/9", "Topic", &tail)]))
    };
    let page = b"<!DOCTYPE html><html><head><title>Hello</title></head><body>x</body></html>";
    let guard = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>";
    let late = response(503, "Retry-After: 864000\r\n", b"");
    type Case = (&'static str, Kind, Vec<(Vec<u8>, &'static str)>);
    let cases: Vec<Case> = vec![
        (
            "new, the same, one more, edited",
            Kind::Feed,
            vec![
                (ok(&rss(&[ONE])), "good 1 0"),
                (ok(&rss(&[ONE])), "good 0 0"),
                (ok(&rss(&[TWO, ONE])), "good 1 0"),
                (ok(&rss(&[TWO, edited])), "good 0 1"),
                (ok(&rss(&[TWO])), "good 0 0"),
                (ok(&rss(&[edited])), "good 0 0"),
            ],
        ),
        (
            "answers counted by Discourse are no edit",
            Kind::Feed,
            vec![
                (answers("1 post - 1 participant"), "good 1 0"),
                (answers("14 posts - 3 participants"), "good 0 0"),
                (answers("the key is void - see below"), "good 0 1"),
            ],
        ),
        (
            "empty after a history is a fault, before one it is not",
            Kind::Feed,
            vec![
                (ok(&rss(&[])), "good 0 0"),
                (ok(&rss(&[ONE, TWO])), "good 2 0"),
                (ok(&rss(&[])), "failed 0 0 no entries, where 2 were before"),
                (ok(&rss(&[ONE])), "good 0 0"),
            ],
        ),
        (
            "pages in the place of a feed are named",
            Kind::Feed,
            vec![
                (ok(page), "failed 0 0 a web page titled `Hello`"),
                (
                    ok(guard),
                    "failed 0 0 a challenge of Cloudflare instead of the feed",
                ),
                (ok(b"{}"), "failed 0 0 JSON, but no feed"),
                (ok(b""), "failed 0 0 nothing but white space"),
            ],
        ),
        (
            "statuses",
            Kind::Feed,
            vec![
                (response(404, "", b""), "failed 0 0 status 404"),
                (response(304, "", b""), "unchanged 0 0"),
                (late, "busy 0 0 status 503: asked to come back later"),
            ],
        ),
        (
            "a page: markup and blanks are no change, words and links to keys are",
            Kind::Page,
            vec![
                (ok(b"<html><body><p>Our keys</p></body></html>"), "good 1 0"),
                (
                    ok(b"<html><body class=x><p>Our \n keys</p></body></html>"),
                    "good 0 0",
                ),
                (
                    ok(b"<html><body><p>Our new keys</p></body></html>"),
                    "good 0 1",
                ),
                (
                    ok(b"<html><body><p>Our new <a href='/k.asc'>keys</a></p></body></html>"),
                    "good 0 1",
                ),
                (
                    ok(guard),
                    "failed 0 0 a challenge of Cloudflare instead of the feed",
                ),
                (
                    ok(b"<html><body></body></html>"),
                    "failed 0 0 a page without any text",
                ),
                (ok(b"-----BEGIN FAKE-----\nplain text"), "good 0 1"),
            ],
        ),
    ];
    for (name, kind, visits) in cases {
        let (answers, expected): (Vec<Vec<u8>>, Vec<&str>) = visits.into_iter().unzip();
        let server = site(vec![("/feed", answers)]);
        let mut world = World::new();
        world.add(&server.url("/feed"), kind);
        for (index, expected) in expected.into_iter().enumerate() {
            assert_eq!(told(&world.visit()), expected, "{name}: visit {index}");
            world.days_pass(2);
        }
    }
}

#[test]
fn an_edit_is_a_revision_and_the_older_one_stays() {
    let server = site(vec![(
        "/feed",
        vec![
            ok(&rss(&[ONE])),
            ok(&rss(&[("1", "/1", "One", "another text")])),
        ],
    )]);
    let mut world = World::new();
    world.add(&server.url("/feed"), Kind::Feed);
    let first = world.poll();
    world.days_pass(2);
    let second = world.poll();
    assert_eq!(first.changed, second.changed);
    let revisions = world
        .store
        .announcement_revisions(first.changed[0])
        .unwrap();
    let texts: Vec<&str> = revisions.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(texts, ["first text", "another text"]);
}

#[test]
fn what_a_server_asks_for_is_done() {
    let hour = 3600;
    let feed = rss(&[ONE]);
    let slow = String::from_utf8(feed.clone())
        .unwrap()
        .replace("<channel>", "<channel><ttl>600</ttl>");
    let cases = [
        (ok(&feed), 30 * 60),
        (
            response(200, "Cache-Control: max-age=7200\r\n", &feed),
            2 * hour,
        ),
        (ok(slow.as_bytes()), 10 * hour),
        (response(429, "Retry-After: 18000\r\n", b""), 5 * hour),
        (
            response(503, "Retry-After: 31536000\r\n", b""),
            7 * 24 * hour,
        ),
        (response(500, "", b""), hour),
    ];
    for (answer, seconds) in cases {
        let server = site(vec![("/feed", vec![answer.clone()])]);
        let mut world = World::new();
        let number = world.add(&server.url("/feed"), Kind::Feed);
        world.visit();
        let wait = world.source(number).next_visit.duration_since(world.now());
        let head = String::from_utf8_lossy(&answer[..30]).into_owned();
        assert_eq!(wait.as_secs(), seconds, "{head}");
        assert_eq!(world.poll().visits.len(), 0, "not due yet: {head}");
    }
}

#[test]
fn validators_come_with_the_posts_and_go_to_the_address_that_gave_them() {
    let server = site(vec![(
        "/feed",
        vec![
            response(200, "ETag: \"one\"\r\n", &rss(&[ONE])),
            response(304, "", b""),
            response(500, "", b""),
            response(304, "", b""),
        ],
    )]);
    let mut world = World::new();
    world.add(&server.url("/feed"), Kind::Feed);
    let mut ends = vec![];
    for _ in 0..4 {
        ends.push(told(&world.visit()));
        world.days_pass(2);
    }
    assert_eq!(
        ends,
        [
            "good 1 0",
            "unchanged 0 0",
            "failed 0 0 status 500",
            "unchanged 0 0"
        ]
    );
    let conditional: Vec<bool> = server
        .heads()
        .iter()
        .map(|head| head.contains("if-none-match: \"one\""))
        .collect();
    assert_eq!(conditional, [false, true, true, true]);
}

#[test]
fn a_move_counts_after_repeated_sight_and_an_end_ends() {
    let server = site(vec![
        ("/old", vec![response(301, "Location: /new\r\n", b"")]),
        ("/new", vec![ok(&rss(&[ONE]))]),
        ("/gone", vec![response(410, "", b"")]),
    ]);
    let mut world = World::new();
    let old = world.add(&server.url("/old"), Kind::Feed);
    let mut asked = vec![];
    for _ in 0..4 {
        world.visit();
        asked.push(
            world
                .source(old)
                .address
                .rsplit('/')
                .next()
                .unwrap()
                .to_owned(),
        );
        world.days_pass(2);
    }
    assert_eq!(asked, ["old", "old", "new", "new"]);
    assert_eq!(world.source(old).url, server.url("/old"));
    assert_eq!(world.posts().len(), 1, "one post, wherever the feed lives");

    let gone = world.add(&server.url("/gone"), Kind::Feed);
    let report = world.poll();
    let visit = report
        .visits
        .iter()
        .find(|visit| visit.source == gone)
        .unwrap();
    assert_eq!(told(visit), "gone 0 0 status 410: it will not come back");
    assert_eq!((visit.next, world.source(gone).state), (None, State::Gone));
    world.days_pass(30);
    assert!(world.poll().visits.iter().all(|visit| visit.source != gone));
    let now = world.now();
    world
        .store
        .set_source_state(gone, State::Active, now)
        .unwrap();
    assert!(world.poll().visits.iter().any(|visit| visit.source == gone));
}

#[test]
fn posts_stand_at_the_host_that_served_them() {
    let server = site(vec![(
        "/feed",
        vec![ok(&rss(&[
            ("1", "/1", "One", "own host"),
            ("2", "https://vendor.example/2", "Two", "somebody else's"),
            ("3", "", "Three", "no link"),
            ("4", "/home", "Four", "shared link"),
            ("5", "/home", "Five", "shared link too"),
        ]))],
    )]);
    let mut world = World::new();
    world.add(&server.url("/feed"), Kind::Feed);
    assert_eq!(told(&world.visit()), "good 5 0");
    let feed = server.url("/feed");
    let posts = world.posts();
    let found: Vec<String> = posts
        .iter()
        .map(|(url, text)| {
            let url = url.replace(&feed, "FEED").replace(&server.url(""), "HOST");
            let (head, tail) = url.split_once("#entry-").unwrap_or((&url, ""));
            format!(
                "{head}{} {text}",
                if tail.len() == 16 { " entry" } else { "" }
            )
        })
        .collect();
    insta::assert_snapshot!(found.join("\n"), @r"
    HOST/1 own host
    FEED entry no link
    FEED#https://vendor.example/2 somebody else's
    HOST/home entry shared link
    HOST/home entry shared link too
    ");
}

#[test]
fn two_feeds_of_one_site_bring_one_post() {
    let server = site(vec![
        ("/category", vec![ok(&rss(&[ONE]))]),
        ("/tag", vec![ok(&rss(&[("1", "/1", "One", "first text")]))]),
    ]);
    let mut world = World::new();
    world.add(&server.url("/category"), Kind::Feed);
    world.add(&server.url("/tag"), Kind::Feed);
    let report = world.poll();
    let brought = report.brought();
    assert_eq!(
        (brought.added, brought.revised, brought.unchanged),
        (1, 0, 1)
    );
}

#[test]
fn identifiers_that_change_at_every_visit_make_no_new_posts() {
    let visit = |n: u32| {
        let ids: Vec<String> = (0..3).map(|i| format!("{n}-{i}")).collect();
        ok(&rss(&[
            (&ids[0], "/a", "A", "text a"),
            (&ids[1], "/b", "B", "text b"),
            (&ids[2], "/c", "C", "text c"),
        ]))
    };
    let server = site(vec![("/feed", vec![visit(1), visit(2), visit(3)])]);
    let mut world = World::new();
    world.add(&server.url("/feed"), Kind::Feed);
    for _ in 0..3 {
        world.visit();
        world.days_pass(2);
    }
    assert_eq!(world.posts().len(), 3);
}

#[test]
fn a_hanging_host_keeps_nobody_else_waiting() {
    use anchorwatch::fetch::Options;
    use anchorwatch::judge::link::Hosts;
    use std::time::Duration;

    let hanging = crate::fetch::server::Server::start("127.0.0.2", |_, stream| {
        use std::io::Read as _;
        let _ = stream.read(&mut [0; 1]);
    });
    let good = site(vec![("/feed", vec![ok(&rss(&[ONE]))])]);
    let options = Options {
        allowed_networks: vec!["127.0.0.0/8".parse().unwrap()],
        head_timeout: Duration::from_millis(700),
        ..Options::default()
    };
    let mut world = World::with(options, Hosts::default());
    world.means.options.concurrency = 3;
    for n in 0..6 {
        world.add(&hanging.url(&format!("/{n}")), Kind::Feed);
    }
    let last = world.add(&good.url("/feed"), Kind::Feed);
    let report = world.poll();
    assert_eq!(report.visits.len(), 7);
    let order = world.store.ledger(None, 100).unwrap();
    let at = order
        .iter()
        .rev()
        .position(|line| line.url == good.url("/feed"))
        .unwrap();
    assert!(at < 3, "asked and written before those that hang: {at}");
    let visit = report
        .visits
        .iter()
        .find(|visit| visit.source == last)
        .unwrap();
    assert_eq!(told(visit), "good 1 0");
}

#[test]
fn a_watch_goes_on_as_sources_become_due() {
    let server = site(vec![
        ("/feed", vec![ok(&rss(&[ONE])), ok(&rss(&[TWO, ONE]))]),
        ("/broken", vec![response(500, "", b"")]),
    ]);
    let mut world = World::new();
    world.add(&server.url("/feed"), Kind::Feed);
    world.add(&server.url("/broken"), Kind::Feed);
    let an_hour_passes = world.hours();
    let added = std::cell::Cell::new(0);
    let mut failed = 0;
    anchorwatch::service::poll::watch_and_wait(
        &mut world.store,
        &mut world.means,
        &mut || {
            an_hour_passes();
            added.get() >= 2
        },
        &mut |report| {
            added.set(added.get() + report.brought().added);
            failed += report
                .visits
                .iter()
                .filter(|visit| visit.reason.is_some())
                .count();
        },
    )
    .unwrap();
    assert_eq!(added.get(), 2);
    assert!(failed >= 1);
}
