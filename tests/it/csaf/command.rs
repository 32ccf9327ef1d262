//! `csaf check`: what a person and a machine see of advisories with keys, rotation and faults.

use std::fs;
use std::path::{Path, PathBuf};

use anchorwatch::render::{Palette, csaf_json, csaf_text};
use anchorwatch::service::csaf::{CsafReport, CsafRequest, Kept, check};
use sequoia_openpgp::Cert;
use serde_json::json;

use super::conformance::sound;
use crate::openpgp::fixtures::{day, public, sign, with_subkey};

/// A provider that changed its key between two looks, with three advisories: one signed by the old
/// key, one by the new one, one forged and broken.
struct Story {
    folder: tempfile::TempDir,
    old: Cert,
    new: Cert,
}

impl Story {
    fn new() -> Self {
        let story = Self {
            folder: tempfile::tempdir().unwrap(),
            old: with_subkey("2024-01-01"),
            new: with_subkey("2024-01-01"),
        };
        story.keep("before", "old", &story.old);
        story.keep("after", "new", &story.new);
        let document = serde_json::to_vec(&sound()).unwrap();
        let mut broken = sound();
        broken["document"]["tracking"]["version"] = json!("3.0.0");
        broken["document"]["title"] = json!("\u{1b}[31mHarbour");
        let broken = serde_json::to_vec(&broken).unwrap();
        story.write("old.json", &document);
        story.write("old.json.asc", &sign(&story.old, &document, "2024-02-01"));
        story.write("new.json", &document);
        story.write("new.json.asc", &sign(&story.new, &document, "2024-05-01"));
        story.write("forged.json", &broken);
        story.write(
            "forged.json.asc",
            &sign(&story.new, &document, "2024-05-01"),
        );
        let digest = format!("{}  forged.json\n", "00".repeat(32));
        story.write("forged.json.sha256", digest.as_bytes());
        story.write("none.json", b"[]");
        story
    }

    fn keep(&self, folder: &str, name: &str, cert: &Cert) {
        let url = format!("https://a.example/keys/{name}.asc");
        let metadata = json!({
            "canonical_url": "https://a.example/.well-known/csaf/provider-metadata.json",
            "last_updated": "2024-01-15T00:00:00Z",
            "public_openpgp_keys": [
                {"fingerprint": cert.fingerprint().to_hex(), "url": url},
                {"fingerprint": "88EDA0F297A4367A", "url": url},
            ],
        });
        fs::create_dir_all(self.path(&format!("{folder}/keys"))).unwrap();
        let text = metadata.to_string();
        self.write(&format!("{folder}/provider-metadata.json"), text.as_bytes());
        self.write(&format!("{folder}/keys/{name}.asc"), &public(cert));
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn request(&self, names: &[&str]) -> CsafRequest {
        let kept = |on: &str, folder: &str| Kept {
            at: day(on),
            folder: self.path(folder),
        };
        CsafRequest {
            paths: names.iter().map(|name| self.path(name)).collect(),
            kept: vec![kept("2024-03-01", "before"), kept("2024-04-01", "after")],
            at: day("2024-06-01"),
        }
    }

    /// The report without what differs in every run: the folder and the keys.
    fn tidy(&self, text: &str) -> String {
        let mut text = text.replace(&format!("{}/", self.folder.path().display()), "");
        for (name, cert) in [("OLD", &self.old), ("NEW", &self.new)] {
            for key in cert.keys() {
                let print = key.key().fingerprint().to_hex();
                let groups: Vec<&str> = (0..10).map(|at| &print[at * 4..at * 4 + 4]).collect();
                let primary = cert.fingerprint().to_hex() == print;
                let which = if primary { "PRIMARY" } else { "SUBKEY" };
                text = text.replace(&groups.join(" "), &format!("<{name} {which}>"));
                text = text.replace(&print, &format!("<{name} {which}>"));
            }
        }
        text
    }
}

fn text(report: &CsafReport) -> String {
    csaf_text(
        &report.documents,
        &report.rotations,
        &report.findings,
        Palette::default(),
    )
}

#[test]
fn a_person_is_told() {
    let story = Story::new();
    let names = [
        "old.json",
        "new.json",
        "forged.json",
        "none.json",
        "absent.json",
    ];
    let found = check(&story.request(&names)).unwrap();
    insta::assert_snapshot!(story.tidy(&text(&found)), @r#"
    old.json
      id         BOSUN-1
      title      Harbour: a hole
      publisher  Bosun Systems
      state      final 2.0.0 of 2026-03-02T10:00:00Z
      TLP        CLEAR
      signature  good, by a key that the provider listed before
                 <OLD PRIMARY>
      note [provider-key-former] signature 1: signed by <OLD PRIMARY>, which the provider no longer listed on 2024-04-01; it was made before, by its own word
    new.json
      id         BOSUN-1
      title      Harbour: a hole
      publisher  Bosun Systems
      state      final 2.0.0 of 2026-03-02T10:00:00Z
      TLP        CLEAR
      signature  good, by a key that the provider lists
                 <NEW PRIMARY>
    forged.json
      id         BOSUN-1
      title      \u{1b}[31mHarbour
      publisher  Bosun Systems
      state      final 3.0.0 of 2026-03-02T10:00:00Z
      TLP        CLEAR
      signature  bad, by no key that fits
                 <NEW PRIMARY>
      high [advisory-digest-differs] forged.json.sha256: states another SHA-256 than the document has
        next: fetch the document and its digest again; do not act on it before
      high [signature-bad] signature 1: the signature does not hold: the signature does not fit the key <NEW SUBKEY> and the bytes
        next: do not install it; fetch it again from the vendor and compare
      note [advisory-test-failed] /document/tracking/version: fails test 6.1.16: 3.0.0, the last revision is 2.0.0
    none.json
      warning [unreadable] could not be read: no object where a document should be
        next: see that it is there and readable; if it is cut short, fetch it again
      note [advisory-unsigned] no signature lies beside it
    absent.json
      warning [unreadable] could not be read: No such file or directory (os error 2)
        next: see that it is there and readable; if it is cut short, fetch it again
    rotation: new keys stand for old ones
      old        <OLD PRIMARY>
      new        <NEW PRIMARY>
      listed     between 2024-03-01T12:00:00Z and 2024-04-01T12:00:00Z
                 the provider dates its metadata 2024-01-15T00:00:00Z
      withdrawn  between 2024-03-01T12:00:00Z and 2024-04-01T12:00:00Z
                 the provider dates its metadata 2024-01-15T00:00:00Z
      unproven   that the old key vouches for the new one
    warning [provider-key-fault] a listed key cannot be used: 88EDA0F297A4367A is no whole fingerprint
    "#);
}

#[test]
fn a_machine_is_told() {
    let story = Story::new();
    let found = check(&story.request(&["old.json"])).unwrap();
    let document = csaf_json(&found.documents, &found.rotations, &found.findings);
    let mut value: serde_json::Value = serde_json::from_str(&story.tidy(&document)).unwrap();
    for side in ["before", "after"] {
        // The metadata holds a made key's fingerprint.
        value["rotations"][0]["listed"][side]["sha256"] = json!("<SHA-256>");
        value["rotations"][0]["withdrawn"][side]["sha256"] = json!("<SHA-256>");
    }
    insta::assert_json_snapshot!(value, @r#"
    {
      "documents": [
        {
          "document": {
            "category": "csaf_vex",
            "csaf_version": "2.0",
            "id": "BOSUN-1",
            "language": "en",
            "namespace": "https://bosun.example",
            "publisher": "Bosun Systems",
            "released": "2026-03-02T10:00:00Z",
            "status": "final",
            "title": "Harbour: a hole",
            "tlp": "CLEAR",
            "version": "2.0.0"
          },
          "findings": [
            {
              "code": "provider-key-former",
              "message": "signed by <OLD PRIMARY>, which the provider no longer listed on 2024-04-01; it was made before, by its own word",
              "next": null,
              "place": "signature 1",
              "severity": "note"
            }
          ],
          "path": "old.json",
          "sha256": "5cf4748a36c30b2903ae378168796fd55ea1ae6401fde67d20389617a60917ab",
          "signatures": [
            {
              "claimed": "2024-02-01T12:00:00Z",
              "crypto": "good",
              "issuer": "<OLD SUBKEY>",
              "key": "<OLD SUBKEY>",
              "primary": "<OLD PRIMARY>",
              "standing": "former"
            }
          ],
          "signed_by_provider": true
        }
      ],
      "findings": [
        {
          "code": "provider-key-fault",
          "message": "a listed key cannot be used: 88EDA0F297A4367A is no whole fingerprint",
          "next": null,
          "place": "",
          "severity": "warning"
        }
      ],
      "rotations": [
        {
          "kind": "replaced",
          "listed": {
            "after": {
              "canonical_url": "https://a.example/.well-known/csaf/provider-metadata.json",
              "last_updated": "2024-01-15T00:00:00Z",
              "seen": "2024-04-01T12:00:00Z",
              "sha256": "<SHA-256>"
            },
            "before": {
              "canonical_url": "https://a.example/.well-known/csaf/provider-metadata.json",
              "last_updated": "2024-01-15T00:00:00Z",
              "seen": "2024-03-01T12:00:00Z",
              "sha256": "<SHA-256>"
            }
          },
          "new": [
            "<NEW PRIMARY>"
          ],
          "old": [
            "<OLD PRIMARY>"
          ],
          "primary": null,
          "returned": [],
          "withdrawn": {
            "after": {
              "canonical_url": "https://a.example/.well-known/csaf/provider-metadata.json",
              "last_updated": "2024-01-15T00:00:00Z",
              "seen": "2024-04-01T12:00:00Z",
              "sha256": "<SHA-256>"
            },
            "before": {
              "canonical_url": "https://a.example/.well-known/csaf/provider-metadata.json",
              "last_updated": "2024-01-15T00:00:00Z",
              "seen": "2024-03-01T12:00:00Z",
              "sha256": "<SHA-256>"
            }
          }
        }
      ],
      "schema": 1
    }
    "#);
}

#[test]
fn the_process_answers_with_codes() {
    let story = Story::new();
    let at = |name: &str| story.path(name).display().to_string();
    let seen = format!("--seen=2024-04-01={}", at("after"));
    let cases: [(&[&str], i32, &str); 6] = [
        (
            &[&at("new.json"), &seen],
            0,
            "by a key that the provider lists",
        ),
        (&[&at("old.json")], 0, "key-not-at-hand"),
        (
            &[&at("forged.json"), &at("none.json"), &seen],
            12,
            "signature-bad",
        ),
        (&[&at("none.json")], 3, "unreadable"),
        (&[&at("old.json"), "--seen=2024-04-01=nowhere"], 2, ""),
        (&[&at("old.json"), "--seen=nowhere"], 2, ""),
    ];
    for (arguments, code, expected) in cases {
        let found = std::process::Command::new(env!("CARGO_BIN_EXE_anchorwatch"))
            .args(["csaf", "check", "--at", "2024-06-01"])
            .args(arguments)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
            .output()
            .unwrap();
        assert_eq!(found.status.code(), Some(code), "{arguments:?} {found:?}");
        let said = String::from_utf8_lossy(&found.stdout);
        assert!(said.contains(expected), "{arguments:?} {said}");
    }
}
