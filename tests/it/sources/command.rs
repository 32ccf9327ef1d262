//! `source` and `poll` as a process: exit codes and streams.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::world::{ok, rss, site};
use crate::fetch::server::response;

const KEY: &str = "D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02 6560";

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

/// What a command says, times and the port of the server replaced; it must end as expected.
fn said(home: &Path, host: &str, code: i32, arguments: &[&str]) -> String {
    let output = run(home, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
    let text = format!("{}{errors}", String::from_utf8(output.stdout).unwrap());
    let mut said = String::new();
    for line in text.replace(host, "127.0.0.1:80").lines() {
        let words: Vec<String> = line
            .split(' ')
            .map(|word| {
                let bare = word.trim_matches(['"', ',']);
                match bare.parse::<jiff::Timestamp>() {
                    Ok(_) => word.replace(bare, "2026-03-04T10:00:00Z"),
                    Err(_) => word.to_owned(),
                }
            })
            .collect();
        said.push_str(&words.join(" "));
        said.push('\n');
    }
    said
}

#[test]
fn sources_are_added_asked_told_and_stopped() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    fs::create_dir_all(home.join(".config/anchorwatch")).unwrap();
    fs::write(
        home.join(".config/anchorwatch/config.toml"),
        "[fetch]\nallowed_networks = [\"127.0.0.1/32\"]\ncontact = \"ops@example.com\"\n",
    )
    .unwrap();
    let text = format!("The new key is {KEY}.");
    let feed = ok(&rss(&[("1", "/1", "New signing key", &text)]));
    let page = b"<html><head><title>Blog</title>\
                 <link rel='alternate' type='application/rss+xml' href='/feed'>\
                 </head><body>x</body></html>";
    let server = site(vec![
        ("/feed", vec![feed]),
        ("/blog", vec![ok(page)]),
        ("/broken", vec![response(500, "", b"")]),
    ]);
    let host = server.address.to_string();
    let said = |code, arguments: &[&str]| said(home, &host, code, arguments);
    let url = |path: &str| server.url(path);
    let folder = ["--trust", "examples/trust"];
    let add = |code, url: &str, more: &[&str]| {
        let base = ["source", "add", url, "--vendor", "bosun"];
        said(code, &[&base[..], &folder, more].concat())
    };

    assert_eq!(said(0, &["source", "list"]), "no sources\n");
    let wrong = said(
        2,
        &["source", "add", "https://a.example/", "--vendor", "nobody"],
    );
    assert!(wrong.contains("nobody"), "{wrong}");
    insta::assert_snapshot!(add(2, &url("/nothing"), &[]), @r"anchorwatch: http://127.0.0.1:80/nothing: status 404");
    insta::assert_snapshot!(add(0, &url("/blog"), &[]), @r"1 feed http://127.0.0.1:80/feed for bosun");
    add(0, &url("/broken"), &["--kind", "page"]);
    insta::assert_snapshot!(
        said(0, &[&["source", "test", "1"], &folder[..]].concat()), @r"
    http://127.0.0.1:80/feed: good
      entries 1, of which new or revised 1
      score 6, identities 1  New signing key
        http://127.0.0.1:80/1
    ");
    insta::assert_snapshot!(
        said(0, &[&["poll", "--once"], &folder[..]].concat()), @r"
    1 http://127.0.0.1:80/feed: good, 1 new, 0 revised
    2 http://127.0.0.1:80/broken: failed, 0 new, 0 revised
      status 500
      next try 2026-03-04T10:00:00Z
    2 asked, 1 failed; 1 new, 0 revised
    ");
    insta::assert_snapshot!(said(0, &["source", "list"]), @r"
    no.  state   kind  vendor  last good             next try              address
    1    active  feed  bosun   2026-03-04T10:00:00Z  2026-03-04T10:00:00Z  http://127.0.0.1:80/feed
    2    active  page  bosun   -                     2026-03-04T10:00:00Z  http://127.0.0.1:80/broken
         failed: status 500
    ");
    insta::assert_snapshot!(said(0, &["source", "list", "--format", "json"]), @r#"
    {
      "schema": 1,
      "sources": [
        {
          "asked_at": null,
          "entries": 1,
          "failures": 0,
          "interval_seconds": 1800,
          "kind": "feed",
          "last_good": "2026-03-04T10:00:00Z",
          "next_try": "2026-03-04T10:00:00Z",
          "number": 1,
          "origin": "person",
          "reason": null,
          "state": "active",
          "url": "http://127.0.0.1:80/feed",
          "vendor": "bosun"
        },
        {
          "asked_at": null,
          "entries": 0,
          "failures": 1,
          "interval_seconds": 3600,
          "kind": "page",
          "last_good": null,
          "next_try": "2026-03-04T10:00:00Z",
          "number": 2,
          "origin": "person",
          "reason": "status 500",
          "state": "active",
          "url": "http://127.0.0.1:80/broken",
          "vendor": "bosun"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(
        said(1, &[&["poll", "2", "--format", "json"], &folder[..]].concat()), @r#"
    {
      "schema": 1,
      "visits": [
        {
          "added": 0,
          "end": "failed",
          "moved_to": null,
          "next_try": "2026-03-04T10:00:00Z",
          "number": 2,
          "reason": "status 500",
          "revised": 0,
          "url": "http://127.0.0.1:80/broken",
          "vendor": "bosun"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(said(0, &["source", "ledger", "--limit", "1"]), @r"
    at                    got  bytes  address
    2026-03-04T10:00:00Z  500  0      http://127.0.0.1:80/broken
    ");
    assert!(
        server.heads()[0].contains("(+ops@example.com)"),
        "{}",
        server.heads()[0]
    );

    let found = said(0, &["announcements", "search", KEY]);
    assert!(found.contains("New signing key"), "{found}");
    insta::assert_snapshot!(said(0, &["source", "pause", "2"]), @r"2 http://127.0.0.1:80/broken: paused");
    said(0, &["source", "remove", &url("/feed")]);
    insta::assert_snapshot!(said(0, &["source", "list"]), @r"
    no.  state   kind  vendor  last good  next try  address
    2    paused  page  bosun   -          -         http://127.0.0.1:80/broken
         failed 2 times: status 500
    ");
    said(0, &["source", "resume", "2"]);
    assert_eq!(run(home, &["source", "pause", "7"]).status.code(), Some(2));

    let opml = run(home, &["source", "export"]).stdout;
    let opml = String::from_utf8(opml).unwrap();
    let file = home.join("sources.opml");
    fs::write(&file, opml.replace("/broken", "/other")).unwrap();
    let import = ["source", "import", file.to_str().unwrap()];
    assert_eq!(
        said(0, &[&import, &folder[..]].concat()),
        "1 added, 0 left out\n"
    );
    assert_eq!(
        said(0, &[&import, &folder[..]].concat()),
        "0 added, 0 left out\n"
    );
    assert!(said(0, &["source", "list"]).contains("/other"));
}
