//! Sources for the tests of this module's parts, and how they stand after a visit.

use jiff::Timestamp;

use super::standing::standing;
use super::visit::{Ending, Visited};
use crate::domain::source::{Kind, State};
use crate::store::sources::{CsafProgress, Source, SourceValidators};

pub(super) fn source(url: &str) -> Source {
    Source::tried(url, "acme", Kind::Feed, now())
}

fn now() -> Timestamp {
    "2026-03-04T10:00:00Z".parse().unwrap()
}

fn good() -> Ending {
    Ending::Good {
        posts: vec![],
        files: vec![],
        entries: 3,
        schedule: None,
        validators: SourceValidators::default(),
        csaf: Box::new(CsafProgress::default()),
        faults: vec![],
    }
}

fn visited(source: Source, ending: Ending, moved: Option<&str>) -> Visited {
    Visited {
        source,
        ending,
        asked: vec![],
        moved: moved.map(str::to_owned),
        max_age_seconds: None,
        retry_at: None,
    }
}

#[test]
fn a_permanent_redirect_counts_after_the_third_sight_in_a_row() {
    const OLD: &str = "https://a.example/feed";
    const NEW: &str = "https://b.example/feed";
    // moves seen, one a visit, and what is asked after the last
    let cases: [(&[Option<&str>], &str); 5] = [
        (&[Some(NEW)], OLD),
        (&[Some(NEW), Some(NEW)], OLD),
        (&[Some(NEW), Some(NEW), Some(NEW)], NEW),
        (&[Some(NEW), Some(NEW), None, Some(NEW)], OLD),
        (
            &[Some(NEW), Some(NEW), Some("https://c.example/"), Some(NEW)],
            OLD,
        ),
    ];
    for (moves, expected) in cases {
        let mut source = source(OLD);
        for moved in moves {
            let after = standing(&visited(source.clone(), good(), *moved), false, now(), 0.0);
            source.address = after.address;
            source.moving = after.moving;
        }
        assert_eq!(source.address, expected, "{moves:?}");
    }
    // A redirect to an error page is none, and an address that fails gives way to the first one.
    let mut moved = source(OLD);
    moved.address = NEW.to_owned();
    for failures in 1..=3 {
        let failed = Ending::Failed("status 404".to_owned());
        let after = standing(&visited(moved.clone(), failed, None), false, now(), 0.0);
        assert_eq!(after.failures, failures);
        moved.failures = after.failures;
        moved.address = after.address;
    }
    assert_eq!(moved.address, OLD);
}

#[test]
fn an_end_stops_and_a_failure_keeps_what_is_known() {
    let mut before = source("https://a.example/feed");
    before.entries = 7;
    before.last_good = Some(now());
    before.validators.etag = Some("\"1\"".to_owned());
    let gone = standing(
        &visited(before.clone(), Ending::Gone, None),
        false,
        now(),
        0.0,
    );
    assert_eq!(gone.state, State::Gone);
    assert_eq!(
        gone.reason.as_deref(),
        Some("status 410: it will not come back")
    );
    let failed = Ending::Failed("status 500".to_owned());
    let failed = standing(&visited(before.clone(), failed, None), false, now(), 0.0);
    assert_eq!(failed.state, State::Active);
    assert_eq!(failed.validators, before.validators);
    assert_eq!((failed.entries, failed.last_good), (7, Some(now())));
    assert_eq!(failed.reason.as_deref(), Some("status 500"));
    let again = standing(&visited(before, good(), None), false, now(), 0.0);
    assert_eq!((again.failures, again.reason, again.entries), (0, None, 3));
}
