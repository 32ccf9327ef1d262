//! `trust import` as a process: what a person and a machine see, and that a refusal changes nothing.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::making::*;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn import(&self, programme: &str, seen: &str, files: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_anchorwatch"));
        command
            .current_dir(self.0.path())
            .env_clear()
            .env("HOME", self.0.path())
            .stdin(Stdio::null())
            .args(["trust", "import", "--program", programme, "--seen", seen])
            .args(files);
        command.output().unwrap()
    }

    /// What was in a programme on a day.
    fn program(&self, more: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_anchorwatch"));
        command.env_clear().env("HOME", self.0.path());
        let output = command
            .args(["trust", "program"])
            .args(more)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).to_owned()
    }

    /// Standard output of an import that goes well.
    fn told(&self, programme: &str, seen: &str, files: &[&str]) -> String {
        let output = self.import(programme, seen, files);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).to_owned()
    }

    /// Exit code and standard error of one that does not, and whether the store stayed as it was.
    fn refused(&self, programme: &str, seen: &str, files: &[&str]) -> String {
        let before = self.dump();
        let output = self.import(programme, seen, files);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
        assert_eq!(text(&output.stdout), "");
        assert_eq!(self.dump(), before);
        text(&output.stderr).to_owned()
    }

    /// Everything that is kept.
    fn dump(&self) -> String {
        let path = self.0.path().join(".local/share/anchorwatch/store.sqlite3");
        if !Path::new(&path).exists() {
            return String::new();
        }
        let store = anchorwatch::store::Store::open(&path, std::time::Duration::ZERO).unwrap();
        let programmes = store.programmes();
        let mut all = String::new();
        for name in programmes.names().unwrap() {
            for list in programmes.lists(&name).unwrap() {
                let kept = programmes
                    .snapshots(&name, list, jiff::Timestamp::MAX)
                    .unwrap();
                all.push_str(&format!("{name} {list:?} {kept:?}\n"));
            }
        }
        all
    }
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

#[test]
fn a_bundle_over_three_days() {
    let desk = Desk::new();
    desk.put("one.pem", &pem(&[root(1), root(2)]));
    desk.put("two.p7b", &pkcs7(&[root(1), crossed(1, 3), root(3)]));
    desk.put("three.jks", &java(&[root(1), root(2), root(3)]));
    insta::assert_snapshot!(desk.told("harbour", "2024-01-01", &["one.pem"]), @r"
    harbour, seen 2024-01-01T00:00:00Z: observed, not trusted
    certificates: 2 entries, the first that is known, nothing to compare with
    ");
    insta::assert_snapshot!(desk.told("harbour", "2024-03-01", &["two.p7b"]), @r"
    harbour, seen 2024-03-01T00:00:00Z: observed, not trusted
    certificates: 2 entries, 3 changes since 2024-01-01T00:00:00Z
      added           spki-8cef065b7af83669150b7d32704d3d3e75c3e9aee0d4f6740544c68e81b377aa (Harbour Root 3)
      removed         spki-47dea58ea00fae9417ee19d76755bfef690899021132effb04fe1f9e4f0c8059 (Harbour Root 2)
      cross_certified spki-fd110d301d2f077de1414b8f99f441b1403fab207b2052fbd2c065e4ee8e7dc2 (Harbour Root 1)
        before certificate f94e4132fe81c77104973a91657886b6f962eac55870b581fa8e3a6fa591df8f
        after  certificate 30fb6d15b764626f91109019f0485cea4ddab9cb7b2175f3a9cfe53a0d708aad, certificate f94e4132fe81c77104973a91657886b6f962eac55870b581fa8e3a6fa591df8f
    ");
    insta::assert_snapshot!(desk.told("harbour", "2024-03-01", &["two.p7b"]), @r"
    harbour, seen 2024-03-01T00:00:00Z: observed, not trusted
    certificates: 2 entries, known already, nothing changed
    ");
    insta::assert_snapshot!(desk.told("harbour", "2024-02-01", &["--json", "three.jks"]), @r#"
    {
      "events": [
        {
          "after": null,
          "before": null,
          "cert_sha256": "1268a4ab27bac4ae45f1487ef9c60a4ab7a19ee04ce6b92fd45fba38c9e1dbea",
          "event": "added",
          "key": null,
          "kind": "x509",
          "name": "Harbour Root 3",
          "role": null,
          "spki_sha256": "8cef065b7af83669150b7d32704d3d3e75c3e9aee0d4f6740544c68e81b377aa",
          "version": null
        }
      ]
    }
    "#);
    insta::assert_snapshot!(desk.told("harbour", "2024-01-15", &["one.pem"]), @r"
    harbour, seen 2024-01-15T00:00:00Z: observed, not trusted
    certificates: 2 entries, no change since 2024-01-01T00:00:00Z
      what changed until 2024-02-01T00:00:00Z was computed anew
    ");
    insta::assert_snapshot!(desk.program(&["harbour", "--at", "2024-02-10"]), @r"
    harbour at 2024-02-10T00:00:00Z: observed, not trusted
    certificates, seen 2024-02-01T00:00:00Z: 3 entries
      spki-47dea58ea00fae9417ee19d76755bfef690899021132effb04fe1f9e4f0c8059 (Harbour Root 2)
      spki-8cef065b7af83669150b7d32704d3d3e75c3e9aee0d4f6740544c68e81b377aa (Harbour Root 3)
      spki-fd110d301d2f077de1414b8f99f441b1403fab207b2052fbd2c065e4ee8e7dc2 (Harbour Root 1)
    ");
    insta::assert_snapshot!(desk.program(&["harbour", "--at", "2023-12-31"]), @r"
    harbour at 2023-12-31T00:00:00Z: observed, not trusted
    nothing had been seen by then
    ");
}

#[test]
fn a_chain_of_roots() {
    let desk = Desk::new();
    let old = [("a", 1), ("b", 2)];
    let new = [("x", 1), ("c", 3)];
    desk.put("1.root.json", &tuf_of(1, &old, &old));
    desk.put(
        "2.root.json",
        &tuf_of(2, &new, &[("x", 1), ("c", 3), ("b", 2)]),
    );
    desk.put(
        "evil.json",
        &tuf_of(2, &[("m", 8), ("n", 9)], &[("m", 8), ("n", 9)]),
    );
    desk.put("3.root.json", &tuf_of(3, &new, &new));
    // The same keys, another statement.
    let roles = ["root", "snapshot", "targets", "timestamp"].map(|role| (role, 2, &old[..]));
    let mut other = tuf_signed(1, &roles);
    other["expires"] = "2031-01-01T00:00:00Z".into();
    desk.put("other.json", &tuf(&other, &old));
    let both = ["2.root.json", "1.root.json"];
    insta::assert_snapshot!(desk.told("tuf", "2024-01-01", &both), @r"
    tuf, seen 2024-01-01T00:00:00Z: observed, not trusted
    tuf-root version 1: 8 entries, the first that is known, nothing to compare with
      signed by its own keys; no older version vouches for it
    tuf-root version 2: 8 entries, 9 changes since 2024-01-01T00:00:00Z
      signed by its own keys and those of version 1
      added           spki-8cef065b7af83669150b7d32704d3d3e75c3e9aee0d4f6740544c68e81b377aa as root
      added           spki-8cef065b7af83669150b7d32704d3d3e75c3e9aee0d4f6740544c68e81b377aa as snapshot
      added           spki-8cef065b7af83669150b7d32704d3d3e75c3e9aee0d4f6740544c68e81b377aa as targets
      added           spki-8cef065b7af83669150b7d32704d3d3e75c3e9aee0d4f6740544c68e81b377aa as timestamp
      removed         spki-47dea58ea00fae9417ee19d76755bfef690899021132effb04fe1f9e4f0c8059 as root
      removed         spki-47dea58ea00fae9417ee19d76755bfef690899021132effb04fe1f9e4f0c8059 as snapshot
      removed         spki-47dea58ea00fae9417ee19d76755bfef690899021132effb04fe1f9e4f0c8059 as targets
      removed         spki-47dea58ea00fae9417ee19d76755bfef690899021132effb04fe1f9e4f0c8059 as timestamp
      renamed         spki-fd110d301d2f077de1414b8f99f441b1403fab207b2052fbd2c065e4ee8e7dc2
        before a
        after  x
    ");
    insta::assert_snapshot!(desk.told("tuf2", "2024-01-01", &["--json", "1.root.json"]), @r#"
    {
      "events": []
    }
    "#);
    insta::assert_snapshot!(desk.refused("tuf2", "2024-01-01", &["other.json"]), @r"
    anchorwatch: other.json: another root of version 1 is known, which says something else
    anchorwatch: nothing was kept: one of the two is forged or belongs to another repository: find out which
    ");
    insta::assert_snapshot!(desk.refused("tuf2", "2024-02-01", &["evil.json"]), @r"
    anchorwatch: evil.json: root version 2 is signed by 0 of the keys of version 1, which asks for 2
    anchorwatch: nothing was kept: give the versions in between too; if there are none, do not use this root
    ");
    insta::assert_snapshot!(desk.refused("tuf", "2024-02-01", &["3.root.json", "evil.json"]), @r"
    anchorwatch: evil.json: another root of version 2 is known, which says something else
    anchorwatch: nothing was kept: one of the two is forged or belongs to another repository: find out which
    ");
    insta::assert_snapshot!(desk.refused("tuf", "2023-02-01", &["3.root.json"]), @r"
    anchorwatch: 3.root.json: version 3 cannot have been seen 2023-02-01T00:00:00Z, before version 1, which was seen 2024-01-01T00:00:00Z
    anchorwatch: nothing was kept: correct --seen
    ");
}

#[test]
fn a_refusal_changes_nothing_and_says_why() {
    let desk = Desk::new();
    let whole = pem(&[root(1), root(2)]);
    desk.put("whole.pem", &whole);
    desk.put("cut.pem", &whole[..whole.len() - 40]);
    desk.put("page.pem", b"<!DOCTYPE html><title>Sign in</title>");
    desk.put("list.stl", &trust_list(&[(sha1(&root(1)), vec![])]));
    desk.put("other.stl", &trust_list(&[(sha1(&root(2)), vec![])]));
    desk.told("harbour", "2024-01-01", &["whole.pem"]);
    insta::assert_snapshot!(desk.refused("harbour", "2024-02-01", &["whole.pem", "cut.pem"]), @r"
    anchorwatch: cut.pem: the block that begins in line 14 has no matching END
    anchorwatch: nothing was kept: fetch the file again and compare its size and digest
    ");
    insta::assert_snapshot!(desk.refused("harbour", "2024-02-01", &["page.pem"]), @r"
    anchorwatch: page.pem: none of the forms in which root programmes publish their lists
    anchorwatch: nothing was kept: trust import --help names the forms
    ");
    insta::assert_snapshot!(desk.refused("harbour", "2024-02-01", &["nothing.pem"]), @r"
    anchorwatch: nothing.pem: No such file or directory (os error 2)
    anchorwatch: nothing was kept: name a file that can be read
    ");
    insta::assert_snapshot!(desk.refused("harbour", "2924-02-01", &["whole.pem"]), @r"
    anchorwatch: 2924-02-01T00:00:00Z has not come yet; a list cannot have been seen then
    anchorwatch: nothing was kept: correct --seen
    ");
    insta::assert_snapshot!(desk.refused("Harbour Works", "2024-02-01", &["whole.pem"]), @r#"
    anchorwatch: "Harbour Works" is no name of a programme
    anchorwatch: nothing was kept: use up to 64 small letters, digits, dots and hyphens
    "#);
    let two = ["list.stl", "other.stl"];
    insta::assert_snapshot!(desk.refused("harbour", "2024-02-01", &two), @r"
    anchorwatch: other.stl and list.stl are both a list of kind authroot
    anchorwatch: nothing was kept: import them one by one, each with the day it was seen
    ");
}

#[test]
fn a_trust_list_with_its_certificates_beside_it() {
    let desk = Desk::new();
    let subject = |seed: u8, more: Vec<Vec<u8>>| (sha1(&root(seed)), more);
    let code = purposes(&["1.3.6.1.5.5.7.3.3"]);
    desk.put(
        "1.stl",
        &trust_list(&[subject(1, vec![property(9, &code)]), subject(2, vec![])]),
    );
    desk.put(
        "2.stl",
        &trust_list(&[subject(1, vec![property(104, &filetime(1_700_000_000))])]),
    );
    desk.put("roots.pem", &pem(&[root(1), root(2)]));
    insta::assert_snapshot!(desk.told("microsoft", "2024-01-01", &["1.stl"]), @r"
    microsoft, seen 2024-01-01T00:00:00Z: observed, not trusted
    authroot: 2 entries, the first that is known, nothing to compare with
    ");
    let beside = ["--json", "2.stl", "roots.pem"];
    insta::assert_snapshot!(desk.told("microsoft", "2024-02-01", &beside), @r#"
    {
      "events": [
        {
          "after": null,
          "before": "any: allowed (no purposes named)",
          "cert_sha256": "cd8c19f57cfd6cd4dbf028a6e515a4340b197198198c20a5c4348428a82a350c",
          "event": "removed",
          "key": null,
          "kind": "x509",
          "name": "CN=Harbour Root 2, O=Harbour Works",
          "role": null,
          "spki_sha256": "47dea58ea00fae9417ee19d76755bfef690899021132effb04fe1f9e4f0c8059",
          "version": null
        },
        {
          "after": "any: allowed (no purposes named); any: denied from 2023-11-14T22:13:20Z (disabled-at)",
          "before": "code-signing: allowed (allowed purpose)",
          "cert_sha256": "f94e4132fe81c77104973a91657886b6f962eac55870b581fa8e3a6fa591df8f",
          "event": "changed",
          "key": null,
          "kind": "x509",
          "name": "CN=Harbour Root 1, O=Harbour Works",
          "role": null,
          "spki_sha256": "fd110d301d2f077de1414b8f99f441b1403fab207b2052fbd2c065e4ee8e7dc2",
          "version": null
        }
      ]
    }
    "#);
    let on = ["microsoft", "--at", "2024-01-20", "--json"];
    insta::assert_snapshot!(desk.program(&on), @r#"
    {
      "at": "2024-01-20T00:00:00Z",
      "lists": [
        {
          "entries": [
            {
              "certificates": [
                {
                  "issuer": null,
                  "sha1": "69d6bdd07c417f76dfc3fbc96a7a649078c652bd",
                  "sha256": "cd8c19f57cfd6cd4dbf028a6e515a4340b197198198c20a5c4348428a82a350c",
                  "state": [
                    "any: allowed (no purposes named)"
                  ],
                  "subject": "CN=Harbour Root 2, O=Harbour Works"
                }
              ],
              "id": "spki-47dea58ea00fae9417ee19d76755bfef690899021132effb04fe1f9e4f0c8059",
              "key": null,
              "key_ids": [],
              "kind": "x509",
              "name": "CN=Harbour Root 2, O=Harbour Works",
              "role": null,
              "state": []
            },
            {
              "certificates": [
                {
                  "issuer": null,
                  "sha1": "a742c844df10669eed118eff2a5142ddee67c507",
                  "sha256": "f94e4132fe81c77104973a91657886b6f962eac55870b581fa8e3a6fa591df8f",
                  "state": [
                    "code-signing: allowed (allowed purpose)"
                  ],
                  "subject": "CN=Harbour Root 1, O=Harbour Works"
                }
              ],
              "id": "spki-fd110d301d2f077de1414b8f99f441b1403fab207b2052fbd2c065e4ee8e7dc2",
              "key": null,
              "key_ids": [],
              "kind": "x509",
              "name": "CN=Harbour Root 1, O=Harbour Works",
              "role": null,
              "state": []
            }
          ],
          "list": "authroot",
          "seen": "2024-01-01T00:00:00Z",
          "version": null
        }
      ],
      "program": "microsoft"
    }
    "#);
}
