//! `announcements` and `explain` as a process: exit codes and streams.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::keeping::{KEY, line};

fn run(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_anchorwatch"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("HOME", home)
        .stdin(Stdio::null())
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

#[test]
fn posts_come_in_are_found_and_explain() {
    let home = tempfile::tempdir().unwrap();
    let archive = home.path().join("posts.jsonl");
    let post = |text: &str| line("https://forum.example/1", "New key", "", "2026-09-10", text);
    fs::write(
        &archive,
        format!(
            "{}\n{{\n",
            post(&format!("line one\nThe new key is {KEY}.\nline three"))
        ),
    )
    .unwrap();
    let archive = archive.to_str().unwrap().to_owned();

    let nothing = run(home.path(), &["explain", KEY]);
    assert_eq!(nothing.status.code(), Some(11), "{}", text(&nothing.stderr));
    // The shipped folder records the change, and the key by its fingerprint alone.
    let told = text(&nothing.stdout);
    assert!(
        told.contains("candidates below explain nothing yet"),
        "{told}"
    );
    assert!(told.contains("rotation   HASHICORP-2026-02"), "{told}");
    assert!(told.contains("hcsec-2026-33"), "{told}");

    let import = run(home.path(), &["announcements", "import", &archive]);
    assert_eq!(
        import.status.code(),
        Some(1),
        "an unreadable line is not silent"
    );
    assert_eq!(
        text(&import.stdout),
        "1 new, 0 revised, 0 unchanged, 1 unreadable\n"
    );
    assert!(text(&import.stderr).contains("posts.jsonl: line 2: not a post as JSON"));

    fs::write(
        &archive,
        format!("{}\n", post("line one\nThe key follows.\nline three")),
    )
    .unwrap();
    let import = run(home.path(), &["announcements", "import", &archive]);
    assert_eq!(
        (import.status.code(), text(&import.stdout)),
        (Some(0), "0 new, 1 revised, 0 unchanged, 0 unreadable\n")
    );

    let search = run(home.path(), &["announcements", "search", "key", "follows"]);
    let listed = text(&search.stdout).to_owned();
    let handle = listed.split_whitespace().next().unwrap();
    assert_eq!(handle.len(), 12, "{listed}");
    assert!(listed.contains("2026-09-10") && listed.contains("https://forum.example/1"));
    let json = run(
        home.path(),
        &["announcements", "search", "--format", "json", KEY],
    );
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["by_identity"], true);

    let show = run(home.path(), &["announcements", "show", handle]);
    assert!(
        text(&show.stdout).contains("imported, revision 2"),
        "{}",
        text(&show.stdout)
    );
    let diff = run(home.path(), &["announcements", "diff", handle]);
    let expected = format!(
        "{handle} revision 1 to 2\n  \n  line one\n- The new key is {KEY}.\n+ The key follows.\n  line three\n"
    );
    assert_eq!(text(&diff.stdout).replace("  New key\n", ""), expected);
    let unknown = run(home.path(), &["announcements", "show", "00"]);
    assert_eq!(unknown.status.code(), Some(2));

    let explain = run(home.path(), &["explain", KEY, "--format", "json"]);
    assert_eq!(explain.status.code(), Some(11));
    let json: serde_json::Value = serde_json::from_slice(&explain.stdout).unwrap();
    assert_eq!(json["explained"]["level"], "candidate");
    assert_eq!(json["contradictions"][0]["code"], "withdrawn");
    let script = run(home.path(), &["explain", KEY, "--script"]);
    assert!(text(&script.stdout).contains("D55C  delta five five charlie"));
    let what = run(home.path(), &["explain", "no such thing"]);
    assert_eq!(what.status.code(), Some(2));
    assert!(text(&what.stderr).contains("neither a file nor a fingerprint"));
}

#[test]
fn a_package_is_explained_by_what_is_recorded() {
    let home = tempfile::tempdir().unwrap();
    let package = "examples/packages/unknown-root.zip";
    let explain = run(
        home.path(),
        &[
            "explain",
            package,
            "--trust",
            "examples/trust",
            "--vendor",
            "bosun",
            "--at",
            "2026-11-01",
            "--format",
            "json",
        ],
    );
    assert_eq!(explain.status.code(), Some(11), "{}", text(&explain.stderr));
    let json: serde_json::Value = serde_json::from_slice(&explain.stdout).unwrap();
    assert_eq!(json["vendor"], "bosun");
    assert_eq!(
        json["path"]["gap"]["subject"],
        "CN=Bosun Systems Root CA G2, O=Bosun Systems"
    );
    assert_eq!(
        json["key"]["subject"],
        "CN=Bosun Systems Release Signing, O=Bosun Systems"
    );
}
