//! `trust list`, `show`, `history`, `diff`, `expiring`, and what writes files to review.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anchorwatch::domain::AnchorId;
use anchorwatch::judge::lint::lint;
use anchorwatch::judge::trust::{FolderView, difference, expiring};
use anchorwatch::render::trust::{difference_text, expiring_text, history_text, list_text};
use anchorwatch::service::catalogue::history;
use anchorwatch::service::instance::Instance;
use anchorwatch::store::SourceKind;

use super::process::run;
use super::{second, source, view};
use crate::making::story::Vendor;
use crate::making_trust::TrustFolder;
use crate::verdicts::Authority;

fn told(home: &Path, arguments: &[&str]) -> String {
    let found = run(home, arguments);
    assert_eq!(str::from_utf8(&found.stderr).unwrap(), "", "{arguments:?}");
    assert_eq!(found.status.code(), Some(0));
    String::from_utf8(found.stdout).unwrap()
}

#[test]
fn a_folder_is_listed_and_shown() {
    let home = tempfile::tempdir().unwrap();
    let read = |command: &[&str]| {
        let common = [
            "--no-store",
            "--trust",
            "examples/trust",
            "--at",
            "2026-11-01",
        ];
        told(home.path(), &[command, &common].concat())
    };
    insta::assert_snapshot!(read(&["trust", "list"]), @r"
    for    status  since       ends        purpose       name                      id
    bosun  active  2019-01-01  2044-12-31  code-signing  Bosun Systems Root CA G1  x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874
    ");
    insta::assert_snapshot!(read(&["trust", "show", "bosun"]), @r"
    Bosun Systems Root CA G1
      id          x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874
      fingerprint 503D 8EE4 6D58 1C64 9966 569A E095 E270 41DE 8332 2E8E 0480 E553 9E00 D2D5 D874
      kind        a vendor's own
      vendors     bosun
      certificate C630 D104 A677 C88D E61F 102C ABA1 157B 7649 2588 99FC 2BD2 F4A1 16FE 2371 DEEB
      valid       2019-01-01 to 2044-12-31
      now         active for bosun, code-signing
    timeline
      2019-01-01 ┃ active     bosun, code-signing; known since 2026-09-01 by folder
                 ┃   examples/make_packages.rs
    ");
    insta::assert_snapshot!(read(&["trust", "list", "--format", "json", "--known-at", "2026-11-01"]), @r#"
    {
      "anchors": [
        {
          "id": "x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874",
          "known_from": "2026-09-01T00:00:00Z",
          "name": "Bosun Systems Root CA G1",
          "not_after": "2044-12-31",
          "not_before": "2019-01-01",
          "origin": "folder",
          "purpose": "code-signing",
          "shared": false,
          "status": "active",
          "valid_from": "2019-01-01T00:00:00Z",
          "valid_from_is": "stated",
          "vendor": "bosun"
        }
      ],
      "at": "2026-11-01T00:00:00Z",
      "known_at": "2026-11-01T00:00:00Z",
      "schema": 1
    }
    "#);
    let shown = read(&["trust", "show", "503D 8EE4 6D58", "--format", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["anchors"][0]["records"][0]["status"], "active");
}

/// A folder before and after the vendor's change of roots.
fn folders() -> (FolderView, FolderView) {
    let vendor = Vendor::new();
    let roots = "vendors/bosun/roots";
    let before = TrustFolder::default().vendor("bosun", "").root(
        roots,
        &vendor.root_g1,
        &["active 2019-01-01"],
    );
    let after = TrustFolder::default()
        .vendor("bosun", "")
        .root(
            roots,
            &vendor.root_g1,
            &["active 2019-01-01", "retired 2026-09-01"],
        )
        .root(roots, &vendor.root_g2, &["active 2026-08-01 seen"])
        .rotation("bosun", &vendor.root_g1, &vendor.root_g2);
    (before.view(), after.view())
}

#[test]
fn what_was_learnt_is_told_in_its_order() {
    let (before, after) = folders();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store.sqlite3");
    let mut instance = Instance::open(&path, Duration::from_secs(5)).unwrap();
    let bosun = source(SourceKind::Folder, "bosun's folder");
    let (march, october) = (second(1_772_323_200), second(1_790_812_800));
    for (folder, now) in [
        (&before, march),
        (&after, october),
        (&before, second(1_793_491_200)),
    ] {
        let contents = folder.contents().unwrap();
        instance
            .load(&bosun, &contents, now, "user:test(0)")
            .unwrap();
    }
    let id = AnchorId::X509(Vendor::new().root_g1.spki_sha256());
    let learnt = history(&instance.store, &id).unwrap();
    let text = history_text("Bosun Systems Root CA G1", &learnt);
    let ids: Vec<String> = learnt.iter().map(|one| one.id.to_string()).collect();
    let text = ids.iter().enumerate().fold(text, |text, (place, id)| {
        text.replace(id, &format!("R{place}"))
    });
    insta::assert_snapshot!(text, @r"
    Bosun Systems Root CA G1
      2026-03-01T00:00:00Z ● active from 2019-01-01 (stated) for bosun, code-signing; told by folder bosun's folder
                           ┃ record R0
                           ┃ made for this test
                           ┃ a test
      2026-10-01T00:00:00Z ╳ retired from 2026-09-01 (stated) for bosun, code-signing; told by folder bosun's folder
                           ┃ record R1
                           ┃ taken back by R2
                           ┃ made for this test
                           ┃ a test
      2026-11-01T00:00:00Z ● withdrawn for bosun, code-signing; told by folder bosun's folder
                           ┃ record R2
                           ┃ in place of R1
                           ┃ the source says so no longer
    ");
    let then = |known_at| view(&path, Some(bosun.clone()), Some(known_at));
    let found = difference((&then(march), march), (&then(october), october));
    insta::assert_snapshot!(difference_text(&found), @r"
    + x509-aae257fc4d984235acb8289097669ef4391af74323316633d65ab02d1ef2eb25 Bosun Systems Root CA G2 for everybody, code-signing: none
    ~ x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874 Bosun Systems Root CA G1 for bosun, code-signing: active -> retired
    + x509-aae257fc4d984235acb8289097669ef4391af74323316633d65ab02d1ef2eb25 Bosun Systems Root CA G2 for bosun, code-signing: active
    + bosun/rotations/2026-08-01-root
    ");
    let none = difference((&then(october), october), (&then(october), october));
    assert_eq!(difference_text(&none), "no difference\n");
    insta::assert_snapshot!(list_text(&then(october).listing(october)), @r"
    for    status   since       ends        purpose       name                      id
    bosun  retired  2026-09-01  2044-12-31  code-signing  Bosun Systems Root CA G1  x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874
    bosun  active   2026-08-01  2049-12-31  code-signing  Bosun Systems Root CA G2  x509-aae257fc4d984235acb8289097669ef4391af74323316633d65ab02d1ef2eb25
    ");
}

#[test]
fn what_runs_out_is_told_unless_it_has_a_successor() {
    let (before, after) = folders();
    let at = "2044-11-01T00:00:00Z".parse().unwrap();
    let until = "2045-01-30T00:00:00Z".parse().unwrap();
    // G1 ends on 2044-12-31 and is active in the first folder alone.
    insta::assert_snapshot!(expiring_text(&expiring(&before, at, until)), @r"
    ends        for    purpose       name                      id
    2044-12-31  bosun  code-signing  Bosun Systems Root CA G1  x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874
    ");
    assert_eq!(expiring(&after, at, until), vec![]);
    let vendor = Vendor::new();
    let roots = "vendors/bosun/roots";
    let active = &["active 2019-01-01"];
    let both = TrustFolder::default()
        .vendor("bosun", "")
        .root(roots, &vendor.root_g1, active)
        .root(roots, &vendor.root_g2, active);
    assert_eq!(expiring(&both.view(), at, until).len(), 1);
    let recorded = both.rotation("bosun", &vendor.root_g1, &vendor.root_g2);
    assert_eq!(expiring(&recorded.view(), at, until), vec![]);
    // Not yet within the span, and already over.
    let early = "2043-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(expiring(&before, early, at), vec![]);
    let late = "2045-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(expiring(&before, late, until), vec![]);
}

#[test]
fn files_to_review_have_nothing_to_mend() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("trust");
    let into = folder.to_str().unwrap();
    let root = Authority::new("Pier \"Q\" CA", 7).root;
    let file = home.path().join("root.der");
    fs::write(&file, root.der()).unwrap();
    let file = file.to_str().unwrap();
    let key = home.path().join("key.pub");
    let public = anchorwatch::formats::minisign::SecretKey::generate().unwrap();
    fs::write(&key, public.public_key_file()).unwrap();
    let add = |more: &[&str]| {
        let common = [
            "trust",
            "add-root",
            "--into",
            into,
            "--evidence",
            "a letter",
        ];
        run(home.path(), &[&common, more].concat())
    };
    // Without a profile there is no vendor.
    assert_eq!(add(&[file, "--vendor", "pier"]).status.code(), Some(2));
    let name = "Pier \"Q\" \\ Sons";
    let new = [
        "trust",
        "new-vendor",
        "pier",
        "--name",
        name,
        "--into",
        into,
    ];
    assert_eq!(told(home.path(), &new).lines().count(), 1);
    assert_eq!(run(home.path(), &new).status.code(), Some(2), "once");
    for arguments in [
        &[file, "--vendor", "pier"][..],
        &[
            key.to_str().unwrap(),
            "--vendor",
            "pier",
            "--valid-from",
            "2026-01-01",
        ],
    ] {
        let found = add(arguments);
        assert_eq!(found.status.code(), Some(0), "{arguments:?}");
        assert_eq!(add(arguments).status.code(), Some(2), "once");
    }
    assert_eq!(told(home.path(), &["trust", "lint", into]), "");
    let files: Vec<_> = ["vendors/pier/vendor.toml"]
        .iter()
        .map(|path| ((*path).to_owned(), fs::read(folder.join(path)).unwrap()))
        .collect();
    assert!(lint(&files).is_empty());
    // A fault is told with its file and line.
    let vendor = folder.join("vendors/pier/vendor.toml");
    let mut text = fs::read_to_string(&vendor).unwrap();
    text.push_str("\n[[contact]]\nchannel = \"phone\"\nvalue = \"+1 555 0100\"\n");
    fs::write(&vendor, text).unwrap();
    let found = run(home.path(), &["trust", "lint", into]);
    assert_eq!(found.status.code(), Some(2));
    insta::assert_snapshot!(str::from_utf8(&found.stdout).unwrap(), @"vendors/pier/vendor.toml:25: the phone number has no seen_at and seen_on: say where and when it was seen, or leave it empty");
}

#[test]
fn another_folder_is_loaded_once_and_only_proposes() {
    let home = tempfile::tempdir().unwrap();
    let load = |more: &[&str]| told(home.path(), &[&["trust", "load"], more].concat());
    let first = load(&["examples/trust"]);
    // A proposal's id begins with its time.
    let id = first
        .split(' ')
        .skip_while(|word| !word.ends_with("proposed"))
        .nth(1);
    let first = first.replace(id.unwrap_or_default(), "ID");
    insta::assert_snapshot!(first, @r"
    statuses: 1 new, 0 withdrawn; keys, profiles, rules and rotations: 3 entries new, 0 gone
    proposed ID root x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874 for bosun
      next: anchorwatch confirm or reject each, by its id
    ");
    assert_eq!(load(&["examples/trust"]), "nothing new\n");
    let known = "examples/packages/known-root.zip";
    let check = ["check", known, "--at", "2026-11-01"];
    assert_eq!(run(home.path(), &check).status.code(), Some(11));
    let listed = told(home.path(), &["trust", "list", "--vendor", "bosun"]);
    assert!(listed.contains("proposed"), "{listed}");
}
