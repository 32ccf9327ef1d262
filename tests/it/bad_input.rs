//! Input that is no package: one clear line for that file, and the others go on.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anchorwatch::domain::Verdict;
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::report::PackageReport;
use anchorwatch::render::{
    Palette, Run, check_json, check_junit, check_sarif, check_text, show_text,
};
use anchorwatch::service::check::{CheckRequest, CheckRun, Grouping, Silent, check};
use anchorwatch::service::trust::{TrustChoice, load};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::making::story::files;
use crate::making_images::{Builder, signed_image};

/// A check of these paths by the trust of the examples.
pub(crate) fn request(paths: &[PathBuf]) -> CheckRequest {
    let at: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    CheckRequest {
        paths: paths.to_vec(),
        vendor: None,
        product: None,
        signature: None,
        manifest: None,
        keys: vec![],
        lists: std::sync::Arc::default(),
        grouping: Grouping::Detect,
        profile: Profile::Field,
        at,
        now: at,
        require_signed: false,
        known_at: None,
        remember_verdicts: false,
    }
}

fn checked(paths: &[PathBuf]) -> CheckRun {
    let trust = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/trust");
    let view = load(&TrustChoice::Folder(trust)).unwrap();
    check(&request(paths), &*view, None, &Silent)
}

/// The verdict on a file of these bytes.
fn verdict(folder: &Path, name: &str, bytes: &[u8]) -> PackageReport {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    let mut run = checked(&[path]);
    assert_eq!(run.packages.len(), 1, "{name}");
    run.packages.remove(0)
}

/// The lines that tell a person what is wrong with a package: those with a code.
fn lines(report: &PackageReport) -> Vec<String> {
    check_text(std::slice::from_ref(report), 0, Palette::default())
        .lines()
        .filter(|line| line.contains(" ["))
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_cannot_be_judged_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let image = Builder::default().build();
    let small = Builder {
        sections: vec![vec![0xc3; 700]],
        ..Builder::default()
    };
    let half = small.build()[..1024].to_vec();
    let known = files()["packages/known-root.zip"].clone();
    let cases: Vec<(&str, &[u8], Verdict)> = vec![
        ("empty.zip", b"", Verdict::Unjudged),
        ("empty.txt", b"", Verdict::Unjudged),
        ("one.zip", b"P", Verdict::Unsigned),
        ("one.exe", b"M", Verdict::Unsigned),
        ("letter.txt", b"hello", Verdict::Unsigned),
        ("disk.cab", b"MSCF and no more", Verdict::Unjudged),
        ("short.zip", b"PK\x03\x04", Verdict::Unjudged),
        ("half.zip", &known[..known.len() / 2], Verdict::Unjudged),
        ("half.exe", &half, Verdict::Unsigned),
        ("unsigned.exe", &image, Verdict::Unsigned),
        (
            "packed.tar.gz",
            b"\x1f\x8b\x08\0\0\0\0\0\0\0 this is no deflate",
            Verdict::Unjudged,
        ),
        (
            "packed.tar.xz",
            b"\xfd7zXZ\0 and no more",
            Verdict::Unjudged,
        ),
        (
            "packed.tar.zst",
            b"\x28\xb5\x2f\xfd and no more",
            Verdict::Unjudged,
        ),
    ];
    for (name, bytes, expected) in cases {
        let report = verdict(folder.path(), name, bytes);
        let said = lines(&report);
        assert_eq!(report.verdict, expected, "{name} {said:?}");
        assert!(said.len() <= 1, "{name}: {said:?}");
        // Whoever reads it learns why, in words.
        let text = check_text(&[report], 0, Palette::default());
        assert!(text.lines().count() >= 2, "{name}: {text}");
    }
}

#[cfg(unix)]
#[test]
fn what_cannot_be_opened_stays_alone() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    let known = files()["packages/known-root.zip"].clone();
    fs::write(here("sound.zip"), &known).unwrap();
    symlink(here("nowhere"), here("dangling.zip")).unwrap();
    symlink(here("round.zip"), here("round.zip")).unwrap();
    fs::create_dir(here("folder.zip")).unwrap();
    fs::write(here("closed.zip"), &known).unwrap();
    fs::set_permissions(here("closed.zip"), fs::Permissions::from_mode(0o000)).unwrap();
    let fifo = std::process::Command::new("mkfifo")
        .arg(here("fifo.zip"))
        .status();
    let mut names = vec!["absent.zip", "dangling.zip", "round.zip", "sound.zip"];
    if fifo.is_ok_and(|status| status.success()) {
        names.push("fifo.zip");
    } else {
        eprintln!("SKIPPED: no mkfifo here");
    }
    // The superuser reads what nobody may.
    if fs::read(here("closed.zip")).is_err() {
        names.push("closed.zip");
    } else {
        eprintln!("SKIPPED: permissions do not stop this user");
    }
    let paths: Vec<PathBuf> = names.iter().map(|name| here(name)).collect();
    let run = checked(&paths);
    assert_eq!(run.packages.len(), paths.len());
    for (report, name) in run.packages.iter().zip(&names) {
        let said = lines(report);
        if *name == "sound.zip" {
            assert_eq!(report.verdict, Verdict::Anchored);
            continue;
        }
        assert_eq!(report.verdict, Verdict::Unjudged, "{name}");
        assert_eq!(said.len(), 1, "{name}: {said:?}");
        assert!(
            said[0].contains("[unreadable] could not be read: "),
            "{said:?}"
        );
        assert!(report.path.ends_with(name));
    }
    // A folder is looked into, whatever it is called; met on the way, nothing that is no file counts.
    assert!(checked(&[here("folder.zip")]).packages.is_empty());
    let inside: Vec<String> = checked(&[folder.path().to_path_buf()])
        .packages
        .iter()
        .filter(|report| report.verdict == Verdict::Anchored)
        .map(|report| report.path.clone())
        .collect();
    assert!(
        inside.iter().any(|path| path.ends_with("sound.zip")),
        "{inside:?}"
    );
}

#[cfg(unix)]
#[test]
fn what_lies_beside_is_named_when_it_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    fs::write(here("tool.bin"), b"a tool").unwrap();
    fs::create_dir(here("tool.bin.sig")).unwrap();
    fs::write(here("other.bin"), b"another").unwrap();
    fs::write(here("large.sig"), vec![0; (1 << 20) + 1]).unwrap();
    fs::write(here("letter.pem"), b"no key").unwrap();
    let asked = |path: &str, signature: Option<&str>, key: Option<&str>| CheckRequest {
        signature: signature.map(here),
        keys: key.map(here).into_iter().collect(),
        ..request(&[here(path)])
    };
    let cases = [
        (
            asked("tool.bin", None, None),
            "tool.bin.sig: neither a regular file",
        ),
        (
            asked("other.bin", Some("absent.sig"), None),
            "absent.sig: No such file",
        ),
        (
            asked("other.bin", Some("large.sig"), None),
            "large.sig is larger than",
        ),
        (
            asked("other.bin", None, Some("absent.pem")),
            "absent.pem: No such file",
        ),
        (
            asked("other.bin", None, Some("letter.pem")),
            "letter.pem holds no certificate",
        ),
    ];
    let trust = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/trust");
    let view = load(&TrustChoice::Folder(trust)).unwrap();
    for (request, expected) in cases {
        let run = check(&request, &*view, None, &Silent);
        assert_eq!(run.packages[0].verdict, Verdict::Unjudged, "{expected}");
        let said = lines(&run.packages[0]);
        assert!(said.len() == 1 && said[0].contains(expected), "{said:?}");
    }
}

#[test]
fn a_huge_sparse_file_takes_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let image = Builder::default().build();
    let cases: [(&str, &[u8], u64); 3] = [
        ("huge.zip", b"PK\x03\x04\x14\0\0\0\0\0", 3 << 30),
        // What is whole is hashed to its end, which is long in a build without optimisation.
        ("huge.exe", &image, 1 << 29),
        ("huge.tar.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\0", 1 << 29),
    ];
    for (name, head, size) in cases {
        let path = folder.path().join(name);
        let mut file = fs::File::create(&path).unwrap();
        file.write_all(head).unwrap();
        if let Err(error) = file.set_len(size) {
            eprintln!("SKIPPED: no sparse file of {size} bytes here: {error}");
            return;
        }
        drop(file);
        #[allow(clippy::disallowed_methods, reason = "a test may measure")]
        let begun = Instant::now();
        let run = checked(&[path]);
        assert_ne!(run.packages[0].verdict, Verdict::Anchored, "{name}");
        assert!(lines(&run.packages[0]).len() <= 2, "{name}");
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(60), "{name} took {took:?}");
    }
}

#[test]
fn no_prefix_of_a_package_is_anchored() {
    let folder = tempfile::tempdir().unwrap();
    let known = files()["packages/known-root.zip"].clone();
    let (image, _) = signed_image();
    for (name, whole) in [("cut.zip", &known), ("cut.exe", &image)] {
        assert!(verdict(folder.path(), name, whole).sha256.is_some());
        for length in (0..whole.len())
            .step_by(53)
            .chain(whole.len() - 9..whole.len())
        {
            let report = verdict(folder.path(), name, &whole[..length]);
            assert_ne!(report.verdict, Verdict::Anchored, "{name} {length}");
            assert!(
                !lines(&report).is_empty() || report.verdict == Verdict::Unsigned,
                "{name} {length}"
            );
        }
    }
}

#[test]
fn a_folder_of_mixed_things_is_judged_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    let made = files();
    fs::create_dir_all(here("deep/er")).unwrap();
    fs::write(here("a-good.zip"), &made["packages/known-root.zip"]).unwrap();
    fs::write(here("b-empty.zip"), b"").unwrap();
    fs::write(here("c-cut.zip"), &made["packages/known-root.zip"][..900]).unwrap();
    fs::write(here("d-notes.txt"), b"to do").unwrap();
    fs::write(here("e-image.exe"), Builder::default().build()).unwrap();
    fs::write(
        here("deep/er/unknown.zip"),
        &made["packages/unknown-root.zip"],
    )
    .unwrap();
    fs::write(here("deep/.hidden"), [0xff; 40]).unwrap();
    let run = checked(&[folder.path().to_path_buf(), here("absent.zip")]);
    let found: Vec<(String, &str)> = run
        .packages
        .iter()
        .map(|report| {
            let path = Path::new(&report.path).strip_prefix(folder.path()).unwrap();
            (path.display().to_string(), report.verdict.word())
        })
        .collect();
    let expected = [
        ("a-good.zip", "anchored"),
        ("b-empty.zip", "unjudged"),
        ("c-cut.zip", "unjudged"),
        ("deep/er/unknown.zip", "unanchored"),
        ("e-image.exe", "unsigned"),
        ("absent.zip", "unjudged"),
    ];
    assert_eq!(found, expected.map(|(path, word)| (path.to_owned(), word)));
    assert_eq!(run.skipped, 2);
    assert_eq!(run.exit_code(|_| false), 3);
}

/// Characters that move a cursor, change colours, reorder or hide text.
const NASTY: &str = "x\u{1b}[31m\u{7}\u{202e}gpj\u{9b}2J\u{200b}\u{2066}y.zip";

#[cfg(unix)]
#[test]
fn names_cannot_write_on_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let outside = folder.path().join(NASTY);
    let entry = |name: &str| crate::making::zip::Entry {
        name: name.to_owned(),
        bytes: b"#!/bin/sh\nsudo rm\n".to_vec(),
        day: (2026, 9, 14),
    };
    let members = [entry(&format!("{NASTY}.sh")), entry(&format!("{NASTY}.sh"))];
    fs::write(&outside, crate::making::zip::zip(&members)).unwrap();
    let missing = folder.path().join(format!("{NASTY}.absent"));
    let at: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let reports = checked(&[outside, missing, folder.path().join("line\nfeed.zip")]).packages;
    let run = Run {
        rules_version: "0",
        profile: "field",
        at,
        known_at: at,
    };
    let harmless = |text: &str| {
        let bad = |c: char| {
            c.is_control() && c != '\n'
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        !text.chars().any(bad)
    };
    let json = check_json(&run, &reports);
    let outputs = [
        ("text", check_text(&reports, 0, Palette::default())),
        ("show", show_text(&reports[0], Palette::default())),
        ("json", json.clone()),
        ("sarif", check_sarif("0", &reports)),
        ("junit", check_junit(&reports, |_| false)),
    ];
    for (format, text) in outputs {
        assert!(harmless(&text), "{format}: {text:?}");
    }
    // Escaped, and not lost: a machine reads the very name.
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(
        value["packages"][0]["path"]
            .as_str()
            .unwrap()
            .ends_with(NASTY)
    );
    let text = check_text(&reports[2..], 0, Palette::default());
    assert!(
        text.starts_with(&*anchorwatch::render::plain(&reports[2].path)),
        "{text}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_and_mutated_files_never_panic_and_never_anchor(
        head in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"MZ", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"0\x82"]),
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let random = verdict(folder.path(), "random.bin", &[head, &bytes].concat());
        prop_assert_ne!(random.verdict, Verdict::Anchored);
        for (name, whole) in [("a.zip", files()["packages/unknown-root.zip"].clone()), ("b.exe", signed_image().0)] {
            let mut whole = whole;
            for (at, byte) in &edits {
                let at = at.index(whole.len());
                whole[at] = *byte;
            }
            let report = verdict(folder.path(), name, &whole);
            prop_assert_ne!(report.verdict, Verdict::Anchored);
            prop_assert!(check_text(&[report], 0, Palette::default()).starts_with('/'));
        }
    }
}
