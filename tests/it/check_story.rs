//! The story of `examples/packages/` as a person and as a machine read it: every form of the report,
//! to the letter. A change here is a change of what people see.

use std::path::{Path, PathBuf};

use anchorwatch::render::{
    Palette, Run, check_json, check_junit, check_sarif, check_text, show_text,
};
use anchorwatch::service::check::{CheckRun, Silent, check};
use anchorwatch::service::trust::{TrustChoice, load};

use crate::bad_input::request;

/// A run over packages of the story, by the trust folder beside them.
fn run(names: &[&str]) -> CheckRun {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let view = load(&TrustChoice::Folder(root.join("examples/trust"))).unwrap();
    let paths: Vec<PathBuf> = names
        .iter()
        .map(|name| root.join(format!("examples/packages/{name}.zip")))
        .collect();
    let mut run = check(&request(&paths), &*view, None, &Silent);
    for package in &mut run.packages {
        // Told as a person in the repository's folder would name it.
        let path = Path::new(&package.path).strip_prefix(root).unwrap();
        package.path = path.to_str().unwrap().to_owned();
    }
    run
}

fn text(name: &str) -> String {
    check_text(&run(&[name]).packages, 0, Palette::default())
}

fn json(name: &str) -> String {
    let at = request(&[]).at;
    let circumstances = Run {
        rules_version: "0",
        profile: "field",
        at,
        known_at: at,
    };
    check_json(&circumstances, &run(&[name]).packages)
}

#[test]
fn known_root_as_text() {
    insta::assert_snapshot!(text("known-root"), @r#"
    examples/packages/known-root.zip: anchored (bosun)
      signature  cms-detached in manifest.json.p7s, crypto good, anchored; covers manifest.json and 3 files
      signer     CN=Bosun Systems Release Signing, O=Bosun Systems
                 SHA-256 F86F 3A39 7B59 646E 5318 8C97 A8AB 07F2 0DF7 DBC7 8D30 A6D5 6651 4996 0ACD D7D8
      path       └ CN=Bosun Systems Root CA G1, O=Bosun Systems
      anchor     x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874 (vendor), of bosun
      time       2026-09-14T10:15:00Z, claimed by the signer alone
      note [revocation-unchecked] whether a certificate was revoked is not known: no revocation list was at hand
      warning [loose-dependency] manifest.json: depends on harbour-runtime with >=3, which any later version satisfies
      warning [stale-timestamps] 1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08
      warning [script-needs-sudo] scripts/upgrade.sh: line 4 asks for the administrator's rights: sudo systemctl stop harbourd (and 2 more)
        next: read the script before running it
    "#);
}

#[test]
fn unknown_root_as_text() {
    insta::assert_snapshot!(text("unknown-root"), @r#"
    examples/packages/unknown-root.zip: unanchored
      signature  cms-detached in manifest.json.p7s, crypto good, unanchored; covers manifest.json and 3 files
      signer     CN=Bosun Systems Release Signing, O=Bosun Systems
                 SHA-256 36D3 B856 3847 BA83 DD6B 1690 CDB6 435F 18AB C5F1 D561 FEC8 E1E0 C87A F64C 33F7
      path       └ CN=Bosun Systems Issuing CA 2026, O=Bosun Systems
                   └ ? CN=Bosun Systems Root CA G2, O=Bosun Systems (not known here)
      time       2026-09-14T10:15:00Z, claimed by the signer alone
      warning [unknown-issuer] missing issuer: CN=Bosun Systems Root CA G2, O=Bosun Systems (key id AAE2 57FC 4D98 4235 ACB8 2890 9766 9EF4 391A F743)
        next: ask the vendor, by a phone number you already had, for this issuer's fingerprint
      warning [loose-dependency] manifest.json: depends on harbour-runtime with >=3, which any later version satisfies
      warning [stale-timestamps] 1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08
      warning [script-needs-sudo] scripts/upgrade.sh: line 4 asks for the administrator's rights: sudo systemctl stop harbourd (and 2 more)
        next: read the script before running it
    "#);
}

#[test]
fn rotated_cross_certificate_as_text() {
    insta::assert_snapshot!(text("rotated-cross-certificate"), @r#"
    examples/packages/rotated-cross-certificate.zip: anchored (bosun)
      signature  cms-detached in manifest.json.p7s, crypto good, anchored; covers manifest.json and 3 files
      signer     CN=Bosun Systems Release Signing, O=Bosun Systems
                 SHA-256 36D3 B856 3847 BA83 DD6B 1690 CDB6 435F 18AB C5F1 D561 FEC8 E1E0 C87A F64C 33F7
      path       └ CN=Bosun Systems Issuing CA 2026, O=Bosun Systems
                   └ CN=Bosun Systems Root CA G2, O=Bosun Systems
                     └ CN=Bosun Systems Root CA G1, O=Bosun Systems
      anchor     x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874 (vendor), of bosun
      time       2026-09-14T10:15:00Z, claimed by the signer alone
      note [revocation-unchecked] whether a certificate was revoked is not known: no revocation list was at hand
      warning [loose-dependency] manifest.json: depends on harbour-runtime with >=3, which any later version satisfies
      warning [stale-timestamps] 1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08
      warning [script-needs-sudo] scripts/upgrade.sh: line 4 asks for the administrator's rights: sudo systemctl stop harbourd (and 2 more)
        next: read the script before running it
    "#);
}

#[test]
fn tampered_as_text() {
    insta::assert_snapshot!(text("tampered"), @r#"
    examples/packages/tampered.zip: invalid
      high [content-differs] bin/harbourd.bin: differs from the signed manifest: SHA-256 should be 82160444f1a92e55ab656d862d4aee8e46601d5b5ac313cf5f555ab115b701d2, is a400dd3553b42f72c0a4e534a51c26676851e8923cfd4936d0a27bb45e9162fa
        next: do not install it; fetch it again from the vendor and compare
      signature  cms-detached in manifest.json.p7s, crypto good, anchored; covers manifest.json and 2 files
      signer     CN=Bosun Systems Release Signing, O=Bosun Systems
                 SHA-256 F86F 3A39 7B59 646E 5318 8C97 A8AB 07F2 0DF7 DBC7 8D30 A6D5 6651 4996 0ACD D7D8
      path       └ CN=Bosun Systems Root CA G1, O=Bosun Systems
      anchor     x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874 (vendor), of bosun
      time       2026-09-14T10:15:00Z, claimed by the signer alone
      note [revocation-unchecked] whether a certificate was revoked is not known: no revocation list was at hand
      warning [loose-dependency] manifest.json: depends on harbour-runtime with >=3, which any later version satisfies
      warning [stale-timestamps] 1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08
      warning [script-needs-sudo] scripts/upgrade.sh: line 4 asks for the administrator's rights: sudo systemctl stop harbourd (and 2 more)
        next: read the script before running it
    "#);
}

#[test]
fn unsigned_as_text() {
    insta::assert_snapshot!(text("unsigned"), @r#"
    examples/packages/unsigned.zip: unsigned
      no signature, neither inside nor beside it
        next: ask the vendor for the signature, and name it with --signature
      warning [script-needs-sudo] scripts/upgrade.sh: line 4 asks for the administrator's rights: sudo systemctl stop harbourd (and 2 more)
        next: read the script before running it
    "#);
}

#[test]
fn ambiguous_as_text() {
    insta::assert_snapshot!(text("ambiguous"), @r#"
    examples/packages/ambiguous.zip: refused
      high [duplicate-name] two readers would see different content: two members are named "bin/harbourd.bin"
        next: do not unpack it; ask the vendor for a clean archive
      high [content-differs] bin/harbourd.bin: differs from the signed manifest: SHA-256 should be 82160444f1a92e55ab656d862d4aee8e46601d5b5ac313cf5f555ab115b701d2, is 30e2a9864f84888d050e2ab3ced51b19aeeca4eb4cb9483476e337e0abd1c500
        next: do not install it; fetch it again from the vendor and compare
      signature  cms-detached in manifest.json.p7s, crypto good, anchored; covers manifest.json and 2 files
      signer     CN=Bosun Systems Release Signing, O=Bosun Systems
                 SHA-256 F86F 3A39 7B59 646E 5318 8C97 A8AB 07F2 0DF7 DBC7 8D30 A6D5 6651 4996 0ACD D7D8
      path       └ CN=Bosun Systems Root CA G1, O=Bosun Systems
      anchor     x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874 (vendor), of bosun
      time       2026-09-14T10:15:00Z, claimed by the signer alone
      note [revocation-unchecked] whether a certificate was revoked is not known: no revocation list was at hand
      warning [loose-dependency] manifest.json: depends on harbour-runtime with >=3, which any later version satisfies
      warning [stale-timestamps] 2 files with times that do not fit the release of 2026-09-14, newest 2019-03-08
      warning [script-needs-sudo] scripts/upgrade.sh: line 4 asks for the administrator's rights: sudo systemctl stop harbourd (and 2 more)
        next: read the script before running it
    "#);
}

#[test]
fn known_root_as_json() {
    insta::assert_snapshot!(json("known-root"), @r#"
    {
      "at": "2026-11-01T00:00:00Z",
      "known_at": "2026-11-01T00:00:00Z",
      "packages": [
        {
          "children": [],
          "explained": {
            "by": [],
            "level": "none"
          },
          "findings": [
            {
              "code": "loose-dependency",
              "message": "depends on harbour-runtime with >=3, which any later version satisfies",
              "next": null,
              "place": "manifest.json",
              "severity": "warning"
            },
            {
              "code": "stale-timestamps",
              "message": "1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08",
              "next": null,
              "place": "",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 4 asks for the administrator's rights: sudo systemctl stop harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 5 asks for the administrator's rights: sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 6 asks for the administrator's rights: sudo systemctl start harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "time-only-claimed",
              "message": "only the signer itself says it signed at 2026-09-14T10:15:00Z",
              "next": null,
              "place": "manifest.json.p7s",
              "severity": "note"
            },
            {
              "code": "revocation-unchecked",
              "message": "whether a certificate was revoked is not known: no revocation list was at hand",
              "next": null,
              "place": "manifest.json.p7s",
              "severity": "note"
            }
          ],
          "format": "zip",
          "path": "examples/packages/known-root.zip",
          "sha256": "9348137abca6b1deaa78ead39a3239f5fff0aa5c825507a999875c738839d39c",
          "signatures": [
            {
              "anchor": {
                "id": "x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874",
                "kind": "vendor",
                "vendor": "bosun"
              },
              "covers": "manifest.json and 3 files",
              "crypto": "good",
              "kind": "cms-detached",
              "missing_issuer": null,
              "near_paths": [],
              "openpgp": null,
              "path": [
                "f86f3a397b59646e53188c97a8ab07f20df7dbc78d30a6d5665149960acdd7d8",
                "c630d104a677c88de61f102caba1157b7649258899fc2bd2f4a116fe2371deeb"
              ],
              "place": "manifest.json.p7s",
              "program": null,
              "revocation": "unchecked",
              "signer": {
                "fingerprint": "f86f3a397b59646e53188c97a8ab07f20df7dbc78d30a6d5665149960acdd7d8",
                "issuer": "CN=Bosun Systems Root CA G1, O=Bosun Systems",
                "serial": "1950",
                "sha256": "f86f3a397b59646e53188c97a8ab07f20df7dbc78d30a6d5665149960acdd7d8",
                "spki_sha256": "00d6fd7a8269ddd8fb018e1275a05a6e55ba3fe4ea8eb9a07f9a8b5a37eeccd1",
                "subject": "CN=Bosun Systems Release Signing, O=Bosun Systems"
              },
              "time": {
                "at": "2026-09-14T10:15:00Z",
                "ground": "claimed"
              },
              "timestamp": null,
              "verdict": "anchored"
            }
          ],
          "size": 3819,
          "vendor": "bosun",
          "verdict": "anchored"
        }
      ],
      "profile": "field",
      "rules_version": "0",
      "schema": 1
    }
    "#);
}

#[test]
fn unknown_root_as_json() {
    insta::assert_snapshot!(json("unknown-root"), @r#"
    {
      "at": "2026-11-01T00:00:00Z",
      "known_at": "2026-11-01T00:00:00Z",
      "packages": [
        {
          "children": [],
          "explained": {
            "by": [],
            "level": "none"
          },
          "findings": [
            {
              "code": "loose-dependency",
              "message": "depends on harbour-runtime with >=3, which any later version satisfies",
              "next": null,
              "place": "manifest.json",
              "severity": "warning"
            },
            {
              "code": "stale-timestamps",
              "message": "1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08",
              "next": null,
              "place": "",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 4 asks for the administrator's rights: sudo systemctl stop harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 5 asks for the administrator's rights: sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 6 asks for the administrator's rights: sudo systemctl start harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "time-only-claimed",
              "message": "only the signer itself says it signed at 2026-09-14T10:15:00Z",
              "next": null,
              "place": "manifest.json.p7s",
              "severity": "note"
            },
            {
              "code": "unknown-issuer",
              "message": "missing issuer: CN=Bosun Systems Root CA G2, O=Bosun Systems (key id AAE2 57FC 4D98 4235 ACB8 2890 9766 9EF4 391A F743)",
              "next": "ask the vendor, by a phone number you already had, for this issuer's fingerprint",
              "place": "manifest.json.p7s",
              "severity": "warning"
            }
          ],
          "format": "zip",
          "path": "examples/packages/unknown-root.zip",
          "sha256": "e17afe16f2dbf100a2dd083a21a30020fac270c12fbc0513434e485036167dda",
          "signatures": [
            {
              "anchor": null,
              "covers": "manifest.json and 3 files",
              "crypto": "good",
              "kind": "cms-detached",
              "missing_issuer": {
                "key_id": "aae257fc4d984235acb8289097669ef4391af743",
                "known_name_with_other_key": null,
                "subject": "CN=Bosun Systems Root CA G2, O=Bosun Systems"
              },
              "near_paths": [
                {
                  "lacks": "CN=Bosun Systems Issuing CA 2026, O=Bosun Systems: the issuer CN=Bosun Systems Root CA G2, O=Bosun Systems is not at hand",
                  "subjects": [
                    "CN=Bosun Systems Release Signing, O=Bosun Systems",
                    "CN=Bosun Systems Issuing CA 2026, O=Bosun Systems"
                  ]
                }
              ],
              "openpgp": null,
              "path": [],
              "place": "manifest.json.p7s",
              "program": null,
              "revocation": "unchecked",
              "signer": {
                "fingerprint": "36d3b8563847ba83dd6b1690cdb6435f18abc5f1d561fec8e1e0c87af64c33f7",
                "issuer": "CN=Bosun Systems Issuing CA 2026, O=Bosun Systems",
                "serial": "2650",
                "sha256": "36d3b8563847ba83dd6b1690cdb6435f18abc5f1d561fec8e1e0c87af64c33f7",
                "spki_sha256": "14eb5bb3fa5eb74c55492e70a455ed7b273870acde8061a142d896a8f6ca6884",
                "subject": "CN=Bosun Systems Release Signing, O=Bosun Systems"
              },
              "time": {
                "at": "2026-09-14T10:15:00Z",
                "ground": "claimed"
              },
              "timestamp": null,
              "verdict": "unanchored"
            }
          ],
          "size": 4231,
          "vendor": null,
          "verdict": "unanchored"
        }
      ],
      "profile": "field",
      "rules_version": "0",
      "schema": 1
    }
    "#);
}

#[test]
fn rotated_cross_certificate_as_json() {
    insta::assert_snapshot!(json("rotated-cross-certificate"), @r#"
    {
      "at": "2026-11-01T00:00:00Z",
      "known_at": "2026-11-01T00:00:00Z",
      "packages": [
        {
          "children": [],
          "explained": {
            "by": [],
            "level": "none"
          },
          "findings": [
            {
              "code": "loose-dependency",
              "message": "depends on harbour-runtime with >=3, which any later version satisfies",
              "next": null,
              "place": "manifest.json",
              "severity": "warning"
            },
            {
              "code": "stale-timestamps",
              "message": "1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08",
              "next": null,
              "place": "",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 4 asks for the administrator's rights: sudo systemctl stop harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 5 asks for the administrator's rights: sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 6 asks for the administrator's rights: sudo systemctl start harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "time-only-claimed",
              "message": "only the signer itself says it signed at 2026-09-14T10:15:00Z",
              "next": null,
              "place": "manifest.json.p7s",
              "severity": "note"
            },
            {
              "code": "revocation-unchecked",
              "message": "whether a certificate was revoked is not known: no revocation list was at hand",
              "next": null,
              "place": "manifest.json.p7s",
              "severity": "note"
            }
          ],
          "format": "zip",
          "path": "examples/packages/rotated-cross-certificate.zip",
          "sha256": "5e2b39dc24c553559a707d53ea13f9b9381781b0416cd9ba54c2000b905835ca",
          "signatures": [
            {
              "anchor": {
                "id": "x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874",
                "kind": "vendor",
                "vendor": "bosun"
              },
              "covers": "manifest.json and 3 files",
              "crypto": "good",
              "kind": "cms-detached",
              "missing_issuer": null,
              "near_paths": [],
              "openpgp": null,
              "path": [
                "36d3b8563847ba83dd6b1690cdb6435f18abc5f1d561fec8e1e0c87af64c33f7",
                "b3e6e1e285511653d4bbc83c8f31e38cdee1e90017f522a53d0e8bb8ecc493ae",
                "c9a8fb36c2ea206210efc4a7be49377018292efd15a690b95e0ad07c53dd7a74",
                "c630d104a677c88de61f102caba1157b7649258899fc2bd2f4a116fe2371deeb"
              ],
              "place": "manifest.json.p7s",
              "program": null,
              "revocation": "unchecked",
              "signer": {
                "fingerprint": "36d3b8563847ba83dd6b1690cdb6435f18abc5f1d561fec8e1e0c87af64c33f7",
                "issuer": "CN=Bosun Systems Issuing CA 2026, O=Bosun Systems",
                "serial": "2650",
                "sha256": "36d3b8563847ba83dd6b1690cdb6435f18abc5f1d561fec8e1e0c87af64c33f7",
                "spki_sha256": "14eb5bb3fa5eb74c55492e70a455ed7b273870acde8061a142d896a8f6ca6884",
                "subject": "CN=Bosun Systems Release Signing, O=Bosun Systems"
              },
              "time": {
                "at": "2026-09-14T10:15:00Z",
                "ground": "claimed"
              },
              "timestamp": null,
              "verdict": "anchored"
            }
          ],
          "size": 4628,
          "vendor": "bosun",
          "verdict": "anchored"
        }
      ],
      "profile": "field",
      "rules_version": "0",
      "schema": 1
    }
    "#);
}

#[test]
fn tampered_as_json() {
    insta::assert_snapshot!(json("tampered"), @r#"
    {
      "at": "2026-11-01T00:00:00Z",
      "known_at": "2026-11-01T00:00:00Z",
      "packages": [
        {
          "children": [],
          "explained": {
            "by": [],
            "level": "none"
          },
          "findings": [
            {
              "code": "content-differs",
              "message": "differs from the signed manifest: SHA-256 should be 82160444f1a92e55ab656d862d4aee8e46601d5b5ac313cf5f555ab115b701d2, is a400dd3553b42f72c0a4e534a51c26676851e8923cfd4936d0a27bb45e9162fa",
              "next": "do not install it; fetch it again from the vendor and compare",
              "place": "bin/harbourd.bin",
              "severity": "high"
            },
            {
              "code": "loose-dependency",
              "message": "depends on harbour-runtime with >=3, which any later version satisfies",
              "next": null,
              "place": "manifest.json",
              "severity": "warning"
            },
            {
              "code": "stale-timestamps",
              "message": "1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08",
              "next": null,
              "place": "",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 4 asks for the administrator's rights: sudo systemctl stop harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 5 asks for the administrator's rights: sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 6 asks for the administrator's rights: sudo systemctl start harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "time-only-claimed",
              "message": "only the signer itself says it signed at 2026-09-14T10:15:00Z",
              "next": null,
              "place": "manifest.json.p7s",
              "severity": "note"
            },
            {
              "code": "revocation-unchecked",
              "message": "whether a certificate was revoked is not known: no revocation list was at hand",
              "next": null,
              "place": "manifest.json.p7s",
              "severity": "note"
            }
          ],
          "format": "zip",
          "path": "examples/packages/tampered.zip",
          "sha256": "e3daa93e4462c25303c543e7d23d45d0318a5ced108eacc1295ca2a66463d98b",
          "signatures": [
            {
              "anchor": {
                "id": "x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874",
                "kind": "vendor",
                "vendor": "bosun"
              },
              "covers": "manifest.json and 2 files",
              "crypto": "good",
              "kind": "cms-detached",
              "missing_issuer": null,
              "near_paths": [],
              "openpgp": null,
              "path": [
                "f86f3a397b59646e53188c97a8ab07f20df7dbc78d30a6d5665149960acdd7d8",
                "c630d104a677c88de61f102caba1157b7649258899fc2bd2f4a116fe2371deeb"
              ],
              "place": "manifest.json.p7s",
              "program": null,
              "revocation": "unchecked",
              "signer": {
                "fingerprint": "f86f3a397b59646e53188c97a8ab07f20df7dbc78d30a6d5665149960acdd7d8",
                "issuer": "CN=Bosun Systems Root CA G1, O=Bosun Systems",
                "serial": "1950",
                "sha256": "f86f3a397b59646e53188c97a8ab07f20df7dbc78d30a6d5665149960acdd7d8",
                "spki_sha256": "00d6fd7a8269ddd8fb018e1275a05a6e55ba3fe4ea8eb9a07f9a8b5a37eeccd1",
                "subject": "CN=Bosun Systems Release Signing, O=Bosun Systems"
              },
              "time": {
                "at": "2026-09-14T10:15:00Z",
                "ground": "claimed"
              },
              "timestamp": null,
              "verdict": "anchored"
            }
          ],
          "size": 3819,
          "vendor": null,
          "verdict": "invalid"
        }
      ],
      "profile": "field",
      "rules_version": "0",
      "schema": 1
    }
    "#);
}

#[test]
fn unsigned_as_json() {
    insta::assert_snapshot!(json("unsigned"), @r#"
    {
      "at": "2026-11-01T00:00:00Z",
      "known_at": "2026-11-01T00:00:00Z",
      "packages": [
        {
          "children": [],
          "explained": {
            "by": [],
            "level": "none"
          },
          "findings": [
            {
              "code": "script-needs-sudo",
              "message": "line 4 asks for the administrator's rights: sudo systemctl stop harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 5 asks for the administrator's rights: sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 6 asks for the administrator's rights: sudo systemctl start harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            }
          ],
          "format": "zip",
          "path": "examples/packages/unsigned.zip",
          "sha256": "f7f72d4012950c7ddc4886eb7bfd70c785561654d10e874c8b33c171b14cffa7",
          "signatures": [],
          "size": 2923,
          "vendor": null,
          "verdict": "unsigned"
        }
      ],
      "profile": "field",
      "rules_version": "0",
      "schema": 1
    }
    "#);
}

#[test]
fn ambiguous_as_json() {
    insta::assert_snapshot!(json("ambiguous"), @r#"
    {
      "at": "2026-11-01T00:00:00Z",
      "known_at": "2026-11-01T00:00:00Z",
      "packages": [
        {
          "children": [],
          "explained": {
            "by": [],
            "level": "none"
          },
          "findings": [
            {
              "code": "duplicate-name",
              "message": "two readers would see different content: two members are named \"bin/harbourd.bin\"",
              "next": "do not unpack it; ask the vendor for a clean archive",
              "place": "",
              "severity": "high"
            },
            {
              "code": "content-differs",
              "message": "differs from the signed manifest: SHA-256 should be 82160444f1a92e55ab656d862d4aee8e46601d5b5ac313cf5f555ab115b701d2, is 30e2a9864f84888d050e2ab3ced51b19aeeca4eb4cb9483476e337e0abd1c500",
              "next": "do not install it; fetch it again from the vendor and compare",
              "place": "bin/harbourd.bin",
              "severity": "high"
            },
            {
              "code": "loose-dependency",
              "message": "depends on harbour-runtime with >=3, which any later version satisfies",
              "next": null,
              "place": "manifest.json",
              "severity": "warning"
            },
            {
              "code": "stale-timestamps",
              "message": "2 files with times that do not fit the release of 2026-09-14, newest 2019-03-08",
              "next": null,
              "place": "",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 4 asks for the administrator's rights: sudo systemctl stop harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 5 asks for the administrator's rights: sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "script-needs-sudo",
              "message": "line 6 asks for the administrator's rights: sudo systemctl start harbourd",
              "next": "read the script before running it",
              "place": "scripts/upgrade.sh",
              "severity": "warning"
            },
            {
              "code": "time-only-claimed",
              "message": "only the signer itself says it signed at 2026-09-14T10:15:00Z",
              "next": null,
              "place": "manifest.json.p7s",
              "severity": "note"
            },
            {
              "code": "revocation-unchecked",
              "message": "whether a certificate was revoked is not known: no revocation list was at hand",
              "next": null,
              "place": "manifest.json.p7s",
              "severity": "note"
            }
          ],
          "format": "zip",
          "path": "examples/packages/ambiguous.zip",
          "sha256": "73a478a63ee44f43ebef9228e62209c6a40ebc9eb8baef1f4b2f1fc804a56562",
          "signatures": [
            {
              "anchor": {
                "id": "x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874",
                "kind": "vendor",
                "vendor": "bosun"
              },
              "covers": "manifest.json and 2 files",
              "crypto": "good",
              "kind": "cms-detached",
              "missing_issuer": null,
              "near_paths": [],
              "openpgp": null,
              "path": [
                "f86f3a397b59646e53188c97a8ab07f20df7dbc78d30a6d5665149960acdd7d8",
                "c630d104a677c88de61f102caba1157b7649258899fc2bd2f4a116fe2371deeb"
              ],
              "place": "manifest.json.p7s",
              "program": null,
              "revocation": "unchecked",
              "signer": {
                "fingerprint": "f86f3a397b59646e53188c97a8ab07f20df7dbc78d30a6d5665149960acdd7d8",
                "issuer": "CN=Bosun Systems Root CA G1, O=Bosun Systems",
                "serial": "1950",
                "sha256": "f86f3a397b59646e53188c97a8ab07f20df7dbc78d30a6d5665149960acdd7d8",
                "spki_sha256": "00d6fd7a8269ddd8fb018e1275a05a6e55ba3fe4ea8eb9a07f9a8b5a37eeccd1",
                "subject": "CN=Bosun Systems Release Signing, O=Bosun Systems"
              },
              "time": {
                "at": "2026-09-14T10:15:00Z",
                "ground": "claimed"
              },
              "timestamp": null,
              "verdict": "anchored"
            }
          ],
          "size": 5535,
          "vendor": null,
          "verdict": "refused"
        }
      ],
      "profile": "field",
      "rules_version": "0",
      "schema": 1
    }
    "#);
}

#[test]
fn a_run_as_sarif() {
    let found = run(&["known-root", "unknown-root", "unsigned"]);
    insta::assert_snapshot!(check_sarif("0", &found.packages), @r#"
    {
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
      "runs": [
        {
          "results": [
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/known-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "manifest.json: depends on harbour-runtime with >=3, which any later version satisfies."
              },
              "ruleId": "loose-dependency"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/known-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08."
              },
              "ruleId": "stale-timestamps"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/known-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "scripts/upgrade.sh: line 4 asks for the administrator's rights: sudo systemctl stop harbourd. Next: read the script before running it."
              },
              "ruleId": "script-needs-sudo"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/known-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "scripts/upgrade.sh: line 5 asks for the administrator's rights: sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd. Next: read the script before running it."
              },
              "ruleId": "script-needs-sudo"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/known-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "scripts/upgrade.sh: line 6 asks for the administrator's rights: sudo systemctl start harbourd. Next: read the script before running it."
              },
              "ruleId": "script-needs-sudo"
            },
            {
              "level": "note",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/known-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "manifest.json.p7s: only the signer itself says it signed at 2026-09-14T10:15:00Z."
              },
              "ruleId": "time-only-claimed"
            },
            {
              "level": "note",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/known-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "manifest.json.p7s: whether a certificate was revoked is not known: no revocation list was at hand."
              },
              "ruleId": "revocation-unchecked"
            },
            {
              "level": "error",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/unknown-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "the package is unanchored"
              },
              "ruleId": "verdict-unanchored"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/unknown-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "manifest.json: depends on harbour-runtime with >=3, which any later version satisfies."
              },
              "ruleId": "loose-dependency"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/unknown-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08."
              },
              "ruleId": "stale-timestamps"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/unknown-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "scripts/upgrade.sh: line 4 asks for the administrator's rights: sudo systemctl stop harbourd. Next: read the script before running it."
              },
              "ruleId": "script-needs-sudo"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/unknown-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "scripts/upgrade.sh: line 5 asks for the administrator's rights: sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd. Next: read the script before running it."
              },
              "ruleId": "script-needs-sudo"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/unknown-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "scripts/upgrade.sh: line 6 asks for the administrator's rights: sudo systemctl start harbourd. Next: read the script before running it."
              },
              "ruleId": "script-needs-sudo"
            },
            {
              "level": "note",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/unknown-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "manifest.json.p7s: only the signer itself says it signed at 2026-09-14T10:15:00Z."
              },
              "ruleId": "time-only-claimed"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/unknown-root.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "manifest.json.p7s: missing issuer: CN=Bosun Systems Root CA G2, O=Bosun Systems (key id AAE2 57FC 4D98 4235 ACB8 2890 9766 9EF4 391A F743). Next: ask the vendor, by a phone number you already had, for this issuer's fingerprint."
              },
              "ruleId": "unknown-issuer"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/unsigned.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "the package is unsigned"
              },
              "ruleId": "verdict-unsigned"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/unsigned.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "scripts/upgrade.sh: line 4 asks for the administrator's rights: sudo systemctl stop harbourd. Next: read the script before running it."
              },
              "ruleId": "script-needs-sudo"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/unsigned.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "scripts/upgrade.sh: line 5 asks for the administrator's rights: sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd. Next: read the script before running it."
              },
              "ruleId": "script-needs-sudo"
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "examples/packages/unsigned.zip"
                    }
                  }
                }
              ],
              "message": {
                "text": "scripts/upgrade.sh: line 6 asks for the administrator's rights: sudo systemctl start harbourd. Next: read the script before running it."
              },
              "ruleId": "script-needs-sudo"
            }
          ],
          "tool": {
            "driver": {
              "name": "anchorwatch",
              "rules": [
                {
                  "defaultConfiguration": {
                    "level": "warning"
                  },
                  "id": "loose-dependency"
                },
                {
                  "defaultConfiguration": {
                    "level": "note"
                  },
                  "id": "revocation-unchecked"
                },
                {
                  "defaultConfiguration": {
                    "level": "warning"
                  },
                  "id": "script-needs-sudo"
                },
                {
                  "defaultConfiguration": {
                    "level": "warning"
                  },
                  "id": "stale-timestamps"
                },
                {
                  "defaultConfiguration": {
                    "level": "note"
                  },
                  "id": "time-only-claimed"
                },
                {
                  "defaultConfiguration": {
                    "level": "warning"
                  },
                  "id": "unknown-issuer"
                },
                {
                  "defaultConfiguration": {
                    "level": "error"
                  },
                  "id": "verdict-unanchored"
                },
                {
                  "defaultConfiguration": {
                    "level": "warning"
                  },
                  "id": "verdict-unsigned"
                }
              ],
              "version": "0"
            }
          }
        }
      ],
      "version": "2.1.0"
    }
    "#);
}

#[test]
fn a_run_as_junit() {
    let found = run(&["known-root", "unknown-root", "unsigned"]);
    let report = check_junit(&found.packages, |verdict| verdict.word() == "anchored");
    insta::assert_snapshot!(report, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuite name="anchorwatch" tests="3" failures="2">
      <testcase classname="anchorwatch.zip" name="examples/packages/known-root.zip"/>
      <testcase classname="anchorwatch.zip" name="examples/packages/unknown-root.zip">
        <failure message="unanchored">[loose-dependency] depends on harbour-runtime with &gt;=3, which any later version satisfies
    [stale-timestamps] 1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08
    [script-needs-sudo] line 4 asks for the administrator's rights: sudo systemctl stop harbourd
    [script-needs-sudo] line 5 asks for the administrator's rights: sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd
    [script-needs-sudo] line 6 asks for the administrator's rights: sudo systemctl start harbourd
    [time-only-claimed] only the signer itself says it signed at 2026-09-14T10:15:00Z
    [unknown-issuer] missing issuer: CN=Bosun Systems Root CA G2, O=Bosun Systems (key id AAE2 57FC 4D98 4235 ACB8 2890 9766 9EF4 391A F743)</failure>
      </testcase>
      <testcase classname="anchorwatch.zip" name="examples/packages/unsigned.zip">
        <failure message="unsigned">[script-needs-sudo] line 4 asks for the administrator's rights: sudo systemctl stop harbourd
    [script-needs-sudo] line 5 asks for the administrator's rights: sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd
    [script-needs-sudo] line 6 asks for the administrator's rights: sudo systemctl start harbourd</failure>
      </testcase>
    </testsuite>
    "#);
}

#[test]
fn a_run_ends_in_its_totals() {
    let names = [
        "known-root",
        "unknown-root",
        "rotated-cross-certificate",
        "tampered",
        "unsigned",
        "ambiguous",
    ];
    let text = check_text(&run(&names).packages, 3, Palette::default());
    insta::assert_snapshot!(text.lines().last().unwrap(), @"6 packages: 2 anchored, 1 unsigned, 1 unanchored, 1 refused, 1 invalid; 3 skipped, which no format can sign");
}

#[test]
fn the_gap_as_show_tells_it() {
    let found = run(&["unknown-root"]);
    insta::assert_snapshot!(show_text(&found.packages[0], Palette::default()), @r#"
    examples/packages/unknown-root.zip (zip, 4231 bytes)
    SHA-256 E17A FE16 F2DB F100 A2DD 083A 21A3 0020 FAC2 70C1 2FBC 0513 434E 4850 3616 7DDA
    [loose-dependency] depends on harbour-runtime with >=3, which any later version satisfies
    [stale-timestamps] 1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08
    [script-needs-sudo] line 4 asks for the administrator's rights: sudo systemctl stop harbourd
    [script-needs-sudo] line 5 asks for the administrator's rights: sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd
    [script-needs-sudo] line 6 asks for the administrator's rights: sudo systemctl start harbourd

    signature 1: cms-detached in manifest.json.p7s, crypto good, covers manifest.json and 3 files
      time       2026-09-14T10:15:00Z, claimed
      near path 1
        └ CN=Bosun Systems Release Signing, O=Bosun Systems
          └ CN=Bosun Systems Issuing CA 2026, O=Bosun Systems
          lacks: CN=Bosun Systems Issuing CA 2026, O=Bosun Systems: the issuer CN=Bosun Systems Root CA G2, O=Bosun Systems is not at hand
      gap        CN=Bosun Systems Root CA G2, O=Bosun Systems
                 key id AAE2 57FC 4D98 4235 ACB8 2890 9766 9EF4 391A F743
      [time-only-claimed] only the signer itself says it signed at 2026-09-14T10:15:00Z
      [unknown-issuer] missing issuer: CN=Bosun Systems Root CA G2, O=Bosun Systems (key id AAE2 57FC 4D98 4235 ACB8 2890 9766 9EF4 391A F743)
      certificate 1 (the signer)
        subject        CN=Bosun Systems Release Signing, O=Bosun Systems
        issuer         CN=Bosun Systems Issuing CA 2026, O=Bosun Systems
        serial         2650
        valid          2026-01-01T00:00:00Z to 2040-12-31T00:00:00Z
        SHA-256        36D3 B856 3847 BA83 DD6B 1690 CDB6 435F 18AB C5F1 D561 FEC8 E1E0 C87A F64C 33F7
        SHA-1          28F4 B1C0 D07F AD50 2877 7375 CE91 F8FD C323 7698
        SPKI SHA-256   14EB 5BB3 FA5E B74C 5549 2E70 A455 ED7B 2738 70AC DE80 61A1 42D8 96A8 F6CA 6884
        key id         14EB 5BB3 FA5E B74C 5549 2E70 A455 ED7B 2738 70AC
        issuer key id  744F 36CC A67E B191 2CB2 82E0 8E86 BD2F E0D0 9004
        purposes       codeSigning
      certificate 2
        subject        CN=Bosun Systems Issuing CA 2026, O=Bosun Systems
        issuer         CN=Bosun Systems Root CA G2, O=Bosun Systems
        serial         2602
        valid          2026-01-01T00:00:00Z to 2041-12-31T00:00:00Z
        SHA-256        B3E6 E1E2 8551 1653 D4BB C83C 8F31 E38C DEE1 E900 17F5 22A5 3D0E 8BB8 ECC4 93AE
        SHA-1          E9A2 693A CCF0 0A3F 2083 8B9B 3520 6D92 8CF3 207B
        SPKI SHA-256   744F 36CC A67E B191 2CB2 82E0 8E86 BD2F E0D0 9004 A28C F6E7 C6BD 56CD D6BF 65AA
        key id         744F 36CC A67E B191 2CB2 82E0 8E86 BD2F E0D0 9004
        issuer key id  AAE2 57FC 4D98 4235 ACB8 2890 9766 9EF4 391A F743

    verdict without a stated vendor: unanchored
    "#);
}
