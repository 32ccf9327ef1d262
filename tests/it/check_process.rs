//! The program as a process: exit codes and streams.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::making::cms::detached;
use crate::making::story::Vendor;
use crate::making_trust::TrustFolder;
use crate::verdicts::{Authority, Holder};

const AT: &str = "2026-11-01";

/// The program without the user's settings, store and terminal.
fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anchorwatch"));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("HOME", home)
        .stdin(Stdio::null());
    command
}

fn run(home: &Path, arguments: &[&str]) -> Output {
    program(home).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

fn example(name: &str) -> String {
    format!("examples/packages/{name}.zip")
}

/// Arguments of `check` at a fixed instant, by the trust folder of the examples.
fn check<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![
        "check",
        "--no-store",
        "--at",
        AT,
        "--trust",
        "examples/trust",
    ];
    arguments.extend_from_slice(more);
    arguments
}

#[test]
fn each_verdict_has_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (vendor, public) = (Vendor::new(), Authority::new("Public CA", 3));
    let roots = "vendors/bosun/roots";
    let active: &[&str] = &["active 2019-01-01"];
    let bosun = TrustFolder::default()
        .vendor("bosun", "")
        .vendor("pier", "");
    bosun
        .clone()
        .root(
            roots,
            &vendor.root_g1,
            &["active 2019-01-01", "distrusted 2026-01-01"],
        )
        .write(&folder.path().join("distrusted"));
    bosun
        .clone()
        .root(roots, &vendor.root_g1, active)
        .write(&folder.path().join("two"));
    bosun
        .clone()
        .root(roots, &vendor.root_g1, active)
        .rotation("bosun", &vendor.root_g1, &vendor.issuing_g2)
        .write(&folder.path().join("recorded"));
    bosun
        .root("shared/roots", &public.root, &[])
        .write(&folder.path().join("shared"));
    let Holder { key, certificate } =
        public.issue(10, crate::making::authority::Role::CodeSigner, (2020, 2040));
    let signer = crate::making::cms::Signer::new(&key, &certificate);
    fs::write(here("tool.bin"), b"a tool").unwrap();
    fs::write(
        here("tool.bin.p7s"),
        detached(signer, b"a tool", "260601120000Z", &[&certificate]),
    )
    .unwrap();
    fs::write(here("empty.zip"), b"").unwrap();
    fs::write(here("letter.txt"), b"hello").unwrap();

    let known = example("known-root");
    let unknown = example("unknown-root");
    let cases: Vec<(&str, Vec<String>, i32)> = vec![
        ("examples/trust", vec![known.clone()], 0),
        (
            "examples/trust",
            vec![known.clone(), "--vendor".into(), "bosun".into()],
            0,
        ),
        (
            "examples/trust",
            vec![example("rotated-cross-certificate")],
            0,
        ),
        ("shared", vec![here("tool.bin")], 9),
        ("recorded", vec![unknown.clone()], 10),
        ("examples/trust", vec![unknown.clone()], 11),
        ("examples/trust", vec![example("tampered")], 12),
        ("examples/trust", vec![example("ambiguous")], 12),
        ("distrusted", vec![known.clone()], 13),
        (
            "two",
            vec![known.clone(), "--vendor".into(), "pier".into()],
            13,
        ),
        ("examples/trust", vec![example("unsigned")], 14),
        ("examples/trust", vec![here("letter.txt")], 14),
        ("examples/trust", vec![here("empty.zip")], 3),
        ("examples/trust", vec![here("absent.zip")], 3),
        // the worst decides: 12, 13, 3, 11, 14, 10, 9, 0
        (
            "examples/trust",
            vec![example("tampered"), here("absent.zip")],
            12,
        ),
        ("distrusted", vec![known.clone(), here("absent.zip")], 13),
        (
            "examples/trust",
            vec![unknown.clone(), here("absent.zip")],
            3,
        ),
        (
            "examples/trust",
            vec![unknown.clone(), example("unsigned")],
            11,
        ),
        ("recorded", vec![unknown.clone(), example("unsigned")], 14),
        // what policy lets pass
        (
            "shared",
            vec![here("tool.bin"), "--allow".into(), "unpinned".into()],
            0,
        ),
        (
            "recorded",
            vec![unknown.clone(), "--allow".into(), "explained".into()],
            0,
        ),
        (
            "recorded",
            vec![unknown.clone(), "--allow".into(), "unanchored".into()],
            10,
        ),
        (
            "examples/trust",
            vec![
                unknown.clone(),
                "--allow".into(),
                "unanchored,unsigned".into(),
                example("unsigned"),
            ],
            0,
        ),
        (
            "examples/trust",
            vec![
                example("tampered"),
                "--allow".into(),
                "unanchored,unsigned,unpinned,explained".into(),
            ],
            12,
        ),
        (
            "examples/trust",
            vec![known.clone(), unknown, "--allow".into(), "unsigned".into()],
            11,
        ),
        // usage
        ("examples/trust", vec![], 2),
        (
            "examples/trust",
            vec![known.clone(), "--allow".into(), "invalid".into()],
            2,
        ),
        (
            "examples/trust",
            vec![known.clone(), "--vendor".into(), "nobody".into()],
            2,
        ),
        (
            "examples/trust",
            vec![known.clone(), "--at".into(), "yesterday".into()],
            2,
        ),
        (
            "examples/trust",
            vec![known.clone(), "--product".into(), "x".into()],
            2,
        ),
        (
            "examples/trust",
            vec![
                known.clone(),
                example("tampered"),
                "--signature".into(),
                "x".into(),
            ],
            2,
        ),
        (
            "examples/trust",
            vec![known, "--config".into(), here("absent.toml")],
            2,
        ),
    ];
    for (trust, arguments, code) in cases {
        let trust = if trust.contains('/') {
            trust.to_owned()
        } else {
            here(trust)
        };
        let mut all = vec!["check", "--no-store", "--at", AT, "--trust", &trust];
        all.extend(arguments.iter().map(String::as_str));
        let found = run(folder.path(), &all);
        assert_eq!(
            found.status.code(),
            Some(code),
            "{all:?} {}",
            text(&found.stderr)
        );
        // A verdict is an answer: told on standard output, and nothing but it.
        assert_eq!(found.stdout.is_empty(), code == 2, "{all:?}");
        assert_eq!(found.stderr.is_empty(), code != 2, "{all:?}");
    }
}

#[test]
fn trouble_with_the_run_is_a_line_on_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    let trust = folder.path().join("trust");
    fs::create_dir_all(trust.join("vendors/x/roots")).unwrap();
    fs::write(trust.join("vendors/x/vendor.toml"), "schema = 9\n").unwrap();
    fs::write(trust.join("vendors/x/roots/short.toml"), "").unwrap();
    let bad_store = folder.path().join("text.sqlite3");
    fs::write(
        &bad_store,
        "this is a letter and no database, as anybody can see",
    )
    .unwrap();
    let known = example("known-root");
    let cases = [
        (
            vec!["check", "--trust", trust.to_str().unwrap(), &known],
            2,
            3,
        ),
        (vec!["check", "--trust", "/absent/trust", &known], 2, 1),
        (vec!["check", "--anchors", &known, &known], 2, 1),
        (
            vec![
                "check",
                "--at",
                AT,
                "--trust",
                "examples/trust",
                "--store",
                bad_store.to_str().unwrap(),
                &known,
            ],
            // a distrust may lie in it
            2,
            1,
        ),
    ];
    for (arguments, code, lines) in cases {
        let found = run(folder.path(), &arguments);
        let said = text(&found.stderr);
        assert_eq!(found.status.code(), Some(code), "{said}");
        assert_eq!(found.stdout.is_empty(), code != 0);
        assert_eq!(said.lines().count(), lines, "{said}");
        assert!(
            said.lines().all(|line| line.starts_with("anchorwatch: ")),
            "{said}"
        );
        assert!(
            !said.contains("panicked") && !said.contains("\\u{a}"),
            "{said}"
        );
    }
}

#[test]
fn no_terminal_means_no_escape_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("TERM", "xterm-256color"),
        ("NO_COLOR", "1"),
        ("CLICOLOR", "1"),
    ] {
        for format in ["text", "json", "sarif", "junit"] {
            let found = program(folder.path())
                .env("TERM", "xterm-256color")
                .env(name, value)
                .args(check(&["--format", format, "examples/packages"]))
                .output()
                .unwrap();
            let bytes = [found.stdout, found.stderr].concat();
            assert!(!bytes.contains(&0x1b), "{name} {format}");
        }
    }
}

#[test]
fn a_reader_that_goes_away_changes_no_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    // More than a pipe holds.
    let mut paths = vec![];
    paths.resize(60, "examples/packages");
    let mut child = program(folder.path())
        .args(check(&paths))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let found = child.wait_with_output().unwrap();
    assert_eq!(text(&found.stderr), "");
    assert_eq!(found.status.code(), Some(12));
}

fn stores_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(stores_below(&path));
        } else if path.extension().is_some_and(|ending| ending == "sqlite3") {
            found.push(path);
        }
    }
    found
}

#[test]
fn facts_are_kept_unless_told_otherwise() {
    // environment, further arguments, how many stores there are then
    type Case = (
        &'static [(&'static str, &'static str)],
        &'static [&'static str],
        usize,
    );
    let known = example("known-root");
    let arguments = [
        "check",
        "--trust",
        "examples/trust",
        "--at",
        "2024-06-01",
        &known,
    ];
    let cases: [Case; 6] = [
        (&[], &[], 1),
        (&[], &["--no-store"], 0),
        (&[("CI", "1")], &[], 0),
        (&[("CI", "true")], &[], 0),
        (&[("CI", "false")], &[], 1),
        (&[("CI", "1")], &["--store", "named"], 1),
    ];
    for (variables, more, stores) in cases {
        let home = tempfile::tempdir().unwrap();
        let named = home.path().join("kept/facts.sqlite3");
        let mut reports = vec![];
        for _ in 0..2 {
            let found = program(home.path())
                .envs(variables.iter().copied())
                .args(arguments)
                .args(more.iter().map(|word| {
                    if *word == "named" {
                        named.to_str().unwrap()
                    } else {
                        word
                    }
                }))
                .output()
                .unwrap();
            assert_eq!(found.status.code(), Some(0), "{}", text(&found.stderr));
            assert_eq!(text(&found.stderr), "", "{variables:?} {more:?}");
            reports.push(found.stdout);
        }
        // Judged at a past instant: that the store knows the bytes since today witnesses nothing.
        assert_eq!(text(&reports[0]), text(&reports[1]));
        assert_eq!(
            stores_below(home.path()).len(),
            stores,
            "{variables:?} {more:?}"
        );
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for format in ["text", "json", "sarif", "junit"] {
        let arguments = check(&["--format", format, "examples/packages"]);
        let timeless = |output: Output| -> Vec<String> {
            let lines = text(&output.stdout).lines();
            // What was known is known now.
            lines
                .filter(|line| !line.contains("\"known_at\""))
                .map(str::to_owned)
                .collect()
        };
        let first = timeless(run(folder.path(), &arguments));
        assert!(first.len() > 10);
        assert_eq!(first, timeless(run(folder.path(), &arguments)), "{format}");
    }
}

#[test]
fn reports_for_machines_are_well_formed() {
    let folder = tempfile::tempdir().unwrap();
    for (format, code) in [("json", 12), ("sarif", 0), ("junit", 12)] {
        let found = run(
            folder.path(),
            &check(&["--format", format, "examples/packages"]),
        );
        assert_eq!(found.status.code(), Some(code), "{format}");
        if format != "junit" {
            serde_json::from_slice::<serde_json::Value>(&found.stdout).unwrap();
        }
    }
}

#[test]
fn the_program_explains_itself() {
    let folder = tempfile::tempdir().unwrap();
    let known = example("unknown-root");
    let cases: [(&[&str], i32, &str); 13] = [
        (&["completions", "bash"], 0, "_anchorwatch"),
        (&["completions", "zsh"], 0, "#compdef anchorwatch"),
        (&["completions", "fish"], 0, "complete -c anchorwatch"),
        (&["completions", "sushi"], 2, ""),
        (&["man"], 0, ".TH anchorwatch 1"),
        (&["man", "check"], 0, ".TH anchorwatch-check 1"),
        (&["man", "show"], 0, ".TH anchorwatch-show 1"),
        (&["man", "nothing"], 2, ""),
        (&["--version"], 0, env!("CARGO_PKG_VERSION")),
        (&["--help"], 0, "check"),
        (&[], 2, ""),
        (
            &["show", "--at", AT, "--trust", "examples/trust", &known],
            0,
            "gap",
        ),
        (&["show", "absent.zip"], 3, "could not be read"),
    ];
    for (arguments, code, expected) in cases {
        let found = run(folder.path(), arguments);
        assert_eq!(
            found.status.code(),
            Some(code),
            "{arguments:?} {}",
            text(&found.stderr)
        );
        assert!(
            text(&found.stdout).contains(expected),
            "{arguments:?} {}",
            text(&found.stdout)
        );
        assert_eq!(found.stderr.is_empty(), code != 2, "{arguments:?}");
    }
}
