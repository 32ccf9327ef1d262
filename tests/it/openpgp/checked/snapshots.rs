//! What a person sees, and a machine.

use anchorwatch::render::{Palette, Run, check_json, check_text, formats_text};
use anchorwatch::service::formats::formats;

use super::super::attacks::clearsigned;
use super::*;

/// Names instead of keys that are new in every run.
fn named(text: &str, certs: &[(&str, &Cert)]) -> String {
    let mut text = text.to_owned();
    for (name, cert) in certs {
        for (key, role) in read(&public(cert)).keys().iter().zip(["PRIMARY", "SUBKEY"]) {
            let plain = key.fingerprint.to_string();
            let grouped = anchorwatch::render::in_groups_of_four(&plain);
            text = text
                .replace(&plain, &format!("<{name} {role}>"))
                .replace(&grouped, &format!("<{name} {role}, in groups>"));
        }
    }
    text
}

#[test]
fn an_index_with_a_known_and_an_unheld_signer() {
    let (one, two) = (with_subkey("2024-01-01"), with_subkey("2024-01-02"));
    let known = view(&[key("acme", &one)]);
    let text = "Origin: Acme\nSuite: stable\nSHA256:\n e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 a";
    let file = clearsigned(text.as_bytes(), &[&two, &one], "2026-06-01");
    let (_folder, path) = write(&[("InRelease", &file)]);
    let mut report = checked(&request(&path), &known);
    report.path = "InRelease".to_owned();
    report.signatures.sort_by_key(|one| one.vendor.is_none());
    let certs = [("ONE", &one), ("TWO", &two)];
    let seen = named(
        &check_text(&[report.clone()], 0, Palette::default()),
        &certs,
    );
    insta::assert_snapshot!(seen, @r"
    InRelease: anchored (acme)
      signature  openpgp-cleartext in InRelease, signature 1, crypto good, anchored; covers the signed text
      key        <ONE PRIMARY, in groups>
                 by its subkey <ONE SUBKEY, in groups>
                 Example Vendor <release@example.test>
      known      yes
      policy     nothing against it when signed; nothing now
      anchor     openpgp-<ONE PRIMARY> (vendor), of acme
      time       2026-06-01T12:00:00Z, claimed by the signer alone
      signature  openpgp-cleartext in InRelease, signature 2, crypto unchecked, unanchored; covers the signed text
      key        <TWO SUBKEY, in groups> (as the signature names it)
      warning [key-not-at-hand] the signer's key is not at hand: OpenPGP key <TWO SUBKEY>
        next: ask the vendor for the certificate or key, and pass it with --key
      warning [other-signature] another signature over the same content is unanchored
      note [release-without-end] the index never runs out, so that an old one can be played back unnoticed
    ");
    report.signatures.truncate(1);
    report.sha256 = None;
    report.size = 0;
    let run = Run {
        rules_version: "1",
        profile: "field",
        at: at(),
        known_at: at(),
    };
    insta::assert_snapshot!(named(&check_json(&run, &[report]), &certs), @r#"
    {
      "at": "2026-11-22T12:00:00Z",
      "known_at": "2026-11-22T12:00:00Z",
      "packages": [
        {
          "children": [],
          "explained": {
            "by": [],
            "level": "none"
          },
          "findings": [
            {
              "code": "release-without-end",
              "message": "the index never runs out, so that an old one can be played back unnoticed",
              "next": null,
              "place": "",
              "severity": "note"
            },
            {
              "code": "time-only-claimed",
              "message": "only the signer itself says it signed at 2026-06-01T12:00:00Z",
              "next": null,
              "place": "InRelease, signature 1",
              "severity": "note"
            }
          ],
          "format": "apt-release",
          "path": "InRelease",
          "sha256": null,
          "signatures": [
            {
              "anchor": {
                "id": "openpgp-<ONE PRIMARY>",
                "kind": "vendor",
                "vendor": "acme"
              },
              "covers": "the signed text",
              "crypto": "good",
              "kind": "openpgp-cleartext",
              "missing_issuer": null,
              "near_paths": [],
              "openpgp": {
                "algorithm": "EdDSA of 256 bits",
                "at_signing": [],
                "created": "2026-06-01T12:00:00Z",
                "hash": "SHA-512",
                "issuer": "<ONE SUBKEY>",
                "key_expires": null,
                "known": true,
                "now": [],
                "user_ids": [
                  "Example Vendor <release@example.test>"
                ]
              },
              "path": [],
              "place": "InRelease, signature 1",
              "program": null,
              "revocation": "unchecked",
              "signer": {
                "fingerprint": "<ONE SUBKEY>",
                "issuer": null,
                "primary": "<ONE PRIMARY>",
                "serial": null,
                "sha256": null,
                "spki_sha256": null,
                "subject": "Example Vendor <release@example.test>"
              },
              "time": {
                "at": "2026-06-01T12:00:00Z",
                "ground": "claimed"
              },
              "timestamp": null,
              "verdict": "anchored"
            }
          ],
          "size": 0,
          "vendor": "acme",
          "verdict": "anchored"
        }
      ],
      "profile": "field",
      "rules_version": "1",
      "schema": 1
    }
    "#);
}

#[test]
fn the_list_of_formats() {
    insta::assert_snapshot!(formats_text(&formats()), @r"
    judged
      Windows image (PE, EFI)
          Authenticode: dual and nested signatures, timestamps
          .exe .dll .sys .efi .ocx .cpl .scr
      RPM package, version 4 and 6
          OpenPGP: header, header and payload, several
          .rpm
      Debian binary package
          OpenPGP: _gpgorigin and its kin
          .deb .udeb
      clearsigned text: InRelease, .dsc, checksum lists
          OpenPGP cleartext, several signers, Valid-Until
          .dsc
      apt Release
          OpenPGP: Release.gpg beside it, Valid-Until
      signify list or gzip
          signify, inside the file
      zip with a signed manifest or signed members
          CMS, raw keys, OpenPGP, minisign, signify, SSHSIG
          .zip
      tar (gz, xz, zst) with a signed manifest or signed members
          CMS, raw keys, OpenPGP, minisign, signify, SSHSIG
          .tar .tgz .txz .tzst
      any other file
          a signature beside it: CMS, raw, OpenPGP, minisign, signify, SSHSIG; or a signed list
    recognised, and unjudged until they can be read
      MSI, CAB, ar that is no deb (VIB), macOS pkg, Mach-O
    ");
}
