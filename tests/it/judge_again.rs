//! Facts that the store kept are judged again without the file, by the trust of the day.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anchorwatch::judge::context::Context;
use anchorwatch::judge::package::judge;
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::report::PackageReport;
use anchorwatch::judge::trust::{FolderView, View};
use anchorwatch::render::{Palette, check_text};
use anchorwatch::service::check::{Silent, check};
use anchorwatch::store::Store;

use crate::bad_input::request;
use crate::making::story::{Vendor, files};
use crate::making_images::signed_image;
use crate::making_trust::TrustFolder;

const NAMES: [&str; 6] = [
    "ambiguous",
    "known-root",
    "rotated-cross-certificate",
    "tampered",
    "unknown-root",
    "unsigned",
];

fn open(path: &Path) -> Store {
    Store::open(path, Duration::from_secs(5)).unwrap()
}

fn text(report: &PackageReport) -> String {
    check_text(std::slice::from_ref(report), 0, Palette::default())
}

/// The packages of the story and a signed image, as files.
fn packages(folder: &Path) -> Vec<PathBuf> {
    let made = files();
    let mut paths = vec![];
    for name in NAMES {
        let path = folder.join(format!("{name}.zip"));
        fs::write(&path, &made[&format!("packages/{name}.zip")]).unwrap();
        paths.push(path);
    }
    let path = folder.join("image.exe");
    fs::write(&path, signed_image().0).unwrap();
    paths.push(path);
    paths
}

/// Bosun's root with this timeline, and whatever else.
fn trust(timeline: &[&str]) -> TrustFolder {
    TrustFolder::default().vendor("bosun", "").root(
        "vendors/bosun/roots",
        &Vendor::new().root_g1,
        timeline,
    )
}

/// The packages are read once, kept, and deleted; then judged again by another view.
fn kept_and_judged(first: &FolderView, then: &dyn View) -> Vec<(PackageReport, PackageReport)> {
    let folder = tempfile::tempdir().unwrap();
    let paths = packages(folder.path());
    let place = folder.path().join("facts.sqlite3");
    let request = request(&paths);
    let run = check(&request, first, Some(open(&place)), &Silent);
    assert!(run.store_trouble.is_none());
    for path in &paths {
        fs::remove_file(path).unwrap();
    }
    let store = open(&place);
    run.packages
        .into_iter()
        .map(|from_file| {
            let readings = store.readings(from_file.sha256.unwrap()).unwrap();
            assert_eq!(readings.len(), 1, "{}", from_file.path);
            let context = Context {
                view: then,
                at: request.at,
                profile: Profile::Field,
                vendor: None,
                product: None,
                witnessed: None,
                lists: None,
                cache: None,
            };
            let again = judge(&from_file.path, &readings[0].facts, &context);
            (from_file, again)
        })
        .collect()
}

#[test]
fn the_same_trust_gives_the_same_report() {
    let view = trust(&["active 2019-01-01"]).view();
    for (from_file, again) in kept_and_judged(&view, &view) {
        assert_eq!(text(&from_file), text(&again));
        assert_eq!(format!("{from_file:?}"), format!("{again:?}"));
    }
}

#[test]
fn a_change_of_trust_needs_no_file() {
    let before = trust(&["active 2019-01-01"]).view();
    let distrusted = trust(&["active 2019-01-01", "distrusted 2026-01-01"]).view();
    let (_, yard) = signed_image();
    let more = trust(&["active 2019-01-01"])
        .root(
            "vendors/bosun/roots",
            &Vendor::new().root_g2,
            &["active 2026-01-01"],
        )
        .vendor("yard", "")
        .root("vendors/yard/roots", &yard, &["active 2020-01-01"])
        .view();
    let recorded = trust(&["active 2019-01-01"])
        .rotation("bosun", &Vendor::new().root_g1, &Vendor::new().issuing_g2)
        .view();
    // In the order of NAMES, and then the image.
    let was = [
        "refused",
        "anchored",
        "anchored",
        "invalid",
        "unanchored",
        "unsigned",
        "unanchored",
    ];
    let cases = [
        (
            &distrusted,
            [
                "refused",
                "distrusted",
                "distrusted",
                "invalid",
                "unanchored",
                "unsigned",
                "unanchored",
            ],
        ),
        (
            &more,
            [
                "refused", "anchored", "anchored", "invalid", "anchored", "unsigned", "anchored",
            ],
        ),
        (
            &recorded,
            [
                "refused",
                "anchored",
                "anchored",
                "invalid",
                "unanchored",
                "unsigned",
                "unanchored",
            ],
        ),
    ];
    for (view, expected) in cases {
        let pairs = kept_and_judged(&before, view);
        let words = |pick: fn(&(PackageReport, PackageReport)) -> &PackageReport| -> Vec<&str> {
            pairs.iter().map(|pair| pick(pair).verdict.word()).collect()
        };
        assert_eq!(words(|pair| &pair.0), was);
        assert_eq!(words(|pair| &pair.1), expected);
    }
    let pairs = kept_and_judged(&before, &recorded);
    let explained: Vec<u8> = pairs
        .iter()
        .map(|pair| pair.1.verdict.exit_code())
        .collect();
    assert_eq!(explained[4], 10);
}

#[test]
fn what_the_store_saw_in_time_outlives_a_distrust() {
    let folder = tempfile::tempdir().unwrap();
    let paths = packages(folder.path());
    let place = folder.path().join("facts.sqlite3");
    let distrusted = trust(&["active 2019-01-01", "distrusted 2026-10-01"]).view();
    let cases = [
        // when the program ran, for which instant it judged, what becomes of known-root.zip
        ("2026-11-01T00:00:00Z", "2026-09-20T00:00:00Z", "anchored"),
        ("2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z", "distrusted"),
    ];
    // Judging at a past instant makes no witness of it.
    for (now, at, expected) in cases {
        let mut request = request(&paths[1..2]);
        (request.now, request.at) = (now.parse().unwrap(), at.parse().unwrap());
        let run = check(&request, &distrusted, Some(open(&place)), &Silent);
        assert_eq!(run.packages[0].verdict.word(), expected, "{now}");
    }
    // Having seen it in time does.
    fs::remove_file(&place).unwrap();
    for (now, at, expected) in [
        ("2026-09-20T00:00:00Z", "2026-09-20T00:00:00Z", "anchored"),
        ("2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z", "anchored"),
    ] {
        let mut request = request(&paths[1..2]);
        (request.now, request.at) = (now.parse().unwrap(), at.parse().unwrap());
        let run = check(&request, &distrusted, Some(open(&place)), &Silent);
        assert_eq!(run.packages[0].verdict.word(), expected, "{now}");
    }
}
