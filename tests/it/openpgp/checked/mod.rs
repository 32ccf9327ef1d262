//! OpenPGP from the file to the verdict: what `check` says of every format that carries it.

mod attacks;
mod consequences;
mod files;
mod hostile;
mod mutated;
mod packages;
mod snapshots;

use std::path::{Path, PathBuf};

use anchorwatch::judge::path::Profile;
use anchorwatch::judge::report::PackageReport;
use anchorwatch::judge::trust::{FolderView, View};
use anchorwatch::service::check::{CheckRequest, Grouping, Silent, check};
use jiff::Timestamp;
use sequoia_openpgp::cert::prelude::*;
use sequoia_openpgp::serialize::SerializeInto as _;

use super::fixtures::*;

/// A vendor's key in a trust folder.
pub(super) struct Recorded<'a> {
    vendor: &'a str,
    cert: &'a Cert,
    /// `active 2024-01-01`.
    pub(super) status: &'a str,
    /// Further TOML of the key's file.
    more: &'a str,
    by_fingerprint_only: bool,
}

pub(super) fn key<'a>(vendor: &'a str, cert: &'a Cert) -> Recorded<'a> {
    Recorded {
        vendor,
        cert,
        status: "active 2010-01-01",
        more: "",
        by_fingerprint_only: false,
    }
}

/// A trust folder that records these keys.
pub(super) fn view(keys: &[Recorded<'_>]) -> FolderView {
    view_with(keys, &[])
}

fn view_with(keys: &[Recorded<'_>], more: &[(&str, String)]) -> FolderView {
    let mut files: Vec<(String, Vec<u8>)> = vec![];
    for key in keys {
        let profile = format!("schema = 1\nslug = \"{0}\"\nname = \"{0}\"\n", key.vendor);
        let path = format!("vendors/{}/vendor.toml", key.vendor);
        if !files.iter().any(|(known, _)| *known == path) {
            files.push((path, profile.into_bytes()));
        }
        let public = key.cert.clone().strip_secret_key_material();
        let certificate = read(&public.to_vec().unwrap());
        let root = format!(
            "vendors/{}/roots/openpgp-{}",
            key.vendor,
            certificate.fingerprint()
        );
        files.push((format!("{root}.toml"), toml(key, &certificate).into_bytes()));
        if !key.by_fingerprint_only {
            files.push((format!("{root}.asc"), public.armored().to_vec().unwrap()));
        }
    }
    for (path, text) in more {
        files.push(((*path).to_owned(), text.clone().into_bytes()));
    }
    match FolderView::from_files(&files) {
        Ok(view) => view,
        Err(error) => panic!("{error:?}"),
    }
}

fn toml(
    key: &Recorded<'_>,
    certificate: &anchorwatch::formats::openpgp::OpenPgpCertificate,
) -> String {
    use std::fmt::Write as _;
    let (status, from) = key.status.split_once(' ').unwrap();
    let mut text = format!(
        "kind = \"openpgp\"\nfingerprint = \"{}\"\n",
        certificate.fingerprint()
    );
    if key.by_fingerprint_only {
        text.push_str("fingerprint_only = true\n");
    } else {
        let keys = certificate.keys();
        let born = keys[0].created.strftime("%F");
        let users = certificate.user_ids();
        let users = serde_json::to_string(&users).unwrap();
        let _ = writeln!(text, "uids = {users}\ncreated = {born}");
        for subkey in keys.iter().skip(1) {
            let _ = writeln!(
                text,
                "[[subkey]]\nfingerprint = \"{}\"\nuse = \"sign\"\ncreated = {}",
                subkey.fingerprint,
                subkey.created.strftime("%F")
            );
        }
        let _ = writeln!(text, "[[copy]]\nseen = 2026-11-01\nsource = \"a test\"");
    }
    let _ = write!(
        text,
        "{}\n[[status]]\nstatus = \"{status}\"\nvalid_from = {from}\nrecorded = 2026-11-01\nevidence = [\"a test\"]\n",
        key.more
    );
    text
}

fn at() -> Timestamp {
    day("2026-11-22")
}

pub(super) fn request(path: &Path) -> CheckRequest {
    CheckRequest {
        paths: vec![path.to_path_buf()],
        vendor: Some("acme".to_owned()),
        product: None,
        signature: None,
        manifest: None,
        keys: vec![],
        grouping: Grouping::Files,
        profile: Profile::Field,
        at: at(),
        now: at(),
        known_at: None,
        remember_verdicts: false,
        require_signed: true,
    }
}

/// Files in a folder of their own; the first is the one that is checked.
pub(super) fn write(files: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let first = folder.path().join(files[0].0);
    (folder, first)
}

fn checked(request: &CheckRequest, view: &dyn View) -> PackageReport {
    check(request, view, None, &Silent).packages.remove(0)
}

/// The verdict's word, then the codes of all findings, sorted; what only says that times are claimed
/// or that an index has no end is left out.
fn told(report: &PackageReport) -> String {
    let own = report.findings.iter();
    let mut codes: Vec<&str> = own
        .chain(report.signatures.iter().flat_map(|one| &one.findings))
        .map(|finding| finding.kind.code())
        .filter(|code| !matches!(*code, "time-only-claimed" | "release-without-end"))
        .collect();
    codes.sort_unstable();
    format!("{} {}", report.verdict.word(), codes.join(" "))
        .trim_end()
        .to_owned()
}

fn judged(files: &[(&str, &[u8])], view: &dyn View) -> String {
    let (_folder, path) = write(files);
    told(&checked(&request(&path), view))
}

fn armoured(label: &str, packets: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(packets);
    format!("-----BEGIN PGP {label}-----\n\n{body}\n-----END PGP {label}-----\n").into_bytes()
}
