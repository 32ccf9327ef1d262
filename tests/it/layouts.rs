//! Which file is the manifest and what signs it, and that an open choice is never a guess.

use anchorwatch::formats::package::{Layout, LayoutError, Role, role};

fn find(paths: &str) -> Result<(String, String, String), String> {
    let paths: Vec<&str> = paths.split_whitespace().collect();
    match Layout::find(&paths) {
        Ok(layout) => Ok((
            layout.manifest,
            layout.signatures.join(" "),
            layout.certificates.join(" "),
        )),
        Err(LayoutError::NoManifest) => Err("no manifest".to_owned()),
        Err(LayoutError::NoSignature { manifest }) => Err(format!("unsigned {manifest}")),
        Err(LayoutError::SeveralManifests { candidates }) => {
            Err(format!("manifests {}", candidates.join(" ")))
        }
        Err(LayoutError::UnclearSignatures { candidates }) => {
            Err(format!("signatures {}", candidates.join(" ")))
        }
    }
}

#[test]
fn names_lead_to_one_layout_or_to_none() {
    let cases = [
        (
            "bin/a manifest.json manifest.json.p7s",
            Ok(("manifest.json", "manifest.json.p7s", "")),
        ),
        (
            "bin/a manifest.json manifest.sig signer.pem lib/ca.pem data.pem",
            Ok(("manifest.json", "manifest.sig", "signer.pem")),
        ),
        (
            "fw fw/bin/a fw/manifest.json fw/manifest.json.sig fw/vendor-ca.crt",
            Ok((
                "fw/manifest.json",
                "fw/manifest.json.sig",
                "fw/vendor-ca.crt",
            )),
        ),
        (
            "a manifest.json signature.p7s",
            Ok(("manifest.json", "signature.p7s", "")),
        ),
        (
            "a manifest.json META-INF/signature.p7s META-INF/chain.p7b",
            Ok((
                "manifest.json",
                "META-INF/signature.p7s",
                "META-INF/chain.p7b",
            )),
        ),
        (
            "SHA256SUMS SHA256SUMS.asc a.zip",
            Ok(("SHA256SUMS", "SHA256SUMS.asc", "")),
        ),
        (
            "box.mf box.mf.sig box.cert box.ovf",
            Ok(("box.mf", "box.mf.sig", "box.cert")),
        ),
        (
            "manifest.json manifest.json.p7b a",
            Ok(("manifest.json", "manifest.json.p7b", "")),
        ),
        (
            "manifest.json manifest.json.sig manifest.json.pem a",
            Ok(("manifest.json", "manifest.json.sig", "manifest.json.pem")),
        ),
        (
            "manifest.json manifest.json.p7s manifest.json.sig",
            Ok(("manifest.json", "manifest.json.p7s manifest.json.sig", "")),
        ),
        // An unsigned second list is content.
        (
            "manifest.json manifest.json.p7s SHA256SUMS",
            Ok(("manifest.json", "manifest.json.p7s", "")),
        ),
        ("a b c", Err("no manifest")),
        ("", Err("no manifest")),
        (
            "deep/down/manifest.json deep/x/manifest.json.p7s y",
            Err("no manifest"),
        ),
        ("manifest.json a", Err("unsigned manifest.json")),
        (
            "SHA256SUMS SHA512SUMS SHA256SUMS.sig SHA512SUMS.sig",
            Err("manifests SHA256SUMS SHA512SUMS"),
        ),
        (
            "manifest.json other.manifest signature.p7s",
            Err("manifests manifest.json other.manifest"),
        ),
        (
            "manifest.json manifest.json.sig signature.p7s",
            Err("signatures manifest.json.sig signature.p7s"),
        ),
    ];
    for (paths, expected) in cases {
        let expected = expected
            .map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()))
            .map_err(str::to_owned);
        assert_eq!(find(paths), expected, "{paths}");
    }
}

#[test]
fn roles_are_told_by_name() {
    let cases = [
        ("a/MANIFEST.JSON", Some(Role::Manifest)),
        ("fw-manifest.txt", Some(Role::Manifest)),
        ("checksums.txt", Some(Role::Manifest)),
        ("release.sha256sums", Some(Role::Manifest)),
        ("x.mf", Some(Role::Manifest)),
        ("manifest.json.p7s", Some(Role::Signature)),
        ("signature", Some(Role::Signature)),
        ("a.pem", Some(Role::Certificate)),
        ("readme.txt", None),
        ("a.bin", None),
    ];
    for (path, expected) in cases {
        assert_eq!(role(path), expected, "{path}");
    }
}
