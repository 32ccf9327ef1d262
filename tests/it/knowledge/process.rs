//! The program: what it would have said in March, knowing what it knew in March.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anchorwatch::domain::{AnchorId, Purpose, Status};
use anchorwatch::formats::trust_folder::ValidFromIs;
use anchorwatch::judge::trust::{Claim, Scope};
use anchorwatch::service::instance::{Instance, key_path};
use anchorwatch::store::{Deed, SourceKind};

use super::source;
use crate::making::story::Vendor;

pub(crate) fn run(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_anchorwatch"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("HOME", home)
        .stdin(Stdio::null())
        .args(arguments)
        .output()
        .unwrap()
}

pub(crate) fn said(found: &Output) -> String {
    format!(
        "{}{}",
        str::from_utf8(&found.stdout).unwrap(),
        str::from_utf8(&found.stderr).unwrap()
    )
}

/// Distrusts Bosun's root here, as known since a time.
fn distrust(store: &Path, known_from: &str) {
    let mut instance = Instance::open(store, std::time::Duration::from_secs(5)).unwrap();
    let claim = Claim {
        anchor: AnchorId::X509(Vendor::new().root_g1.spki_sha256()),
        scope: Scope::Global,
        purpose: Purpose::CodeSigning,
        status: Status::Distrusted,
        valid_from: "2026-01-01T00:00:00Z".parse().unwrap(),
        valid_from_is: ValidFromIs::Stated,
        recorded: None,
        evidence: vec!["a test".to_owned()],
        says: "made for this test".to_owned(),
    };
    let key = anchorwatch::formats::minisign::SecretKey::parse(&fs::read(key_path(store)).unwrap())
        .unwrap();
    let change = instance.store.change(known_from.parse().unwrap()).unwrap();
    change
        .record(&source(SourceKind::Person, "ann"), &claim, None)
        .unwrap();
    let deed = Deed {
        actor: "user:test".to_owned(),
        action: "distrust",
        detail: serde_json::json!({}),
    };
    change.commit(&deed, Some(&key)).unwrap();
}

#[test]
fn a_local_distrust_wins_from_when_it_is_known() {
    let home = tempfile::tempdir().unwrap();
    let store = home.path().join("store.sqlite3");
    distrust(&store, "2026-10-01T00:00:00Z");
    let store = store.to_str().unwrap();
    let known = "examples/packages/known-root.zip";
    let check = |more: &[&str]| {
        let trust = [
            "check",
            known,
            "--at",
            "2026-11-01",
            "--trust",
            "examples/trust",
        ];
        run(home.path(), &[&trust, more].concat())
    };
    // further arguments, exit code
    let cases: [(&[&str], i32); 4] = [
        (&["--store", store], 13),
        (&["--no-store"], 0),
        (&["--store", store, "--knowledge", "folder"], 0),
        // a folder that is loaded for this run was not known before
        (&["--store", store, "--known-at", "2026-09-01"], 2),
    ];
    for (more, code) in cases {
        let found = check(more);
        assert_eq!(found.status.code(), Some(code), "{more:?} {}", said(&found));
    }
}

#[test]
fn the_folder_of_the_settings_is_known_since_it_was_first_judged_by() {
    let home = tempfile::tempdir().unwrap();
    let settings = home.path().join("config.toml");
    fs::write(
        &settings,
        "[trust]\nfolder = \"examples/trust\"\nfolder_is_authority = true\n",
    )
    .unwrap();
    let settings = settings.to_str().unwrap();
    let check = |more: &[&str]| {
        let known = "examples/packages/known-root.zip";
        run(
            home.path(),
            &[&["check", known, "--config", settings], more].concat(),
        )
    };
    // further arguments, exit code
    let cases: [(&[&str], i32); 5] = [
        (&[], 0),
        (&["--no-store"], 0),
        // before that, this instance knew nothing of it
        (&["--known-at", "2026-09-01"], 11),
        (&["--known-at", "2100-01-01"], 0),
        // its own claim is another account
        (&["--known-at", "2026-11-01", "--knowledge", "folder"], 0),
    ];
    for (more, code) in cases {
        let found = check(more);
        assert_eq!(found.status.code(), Some(code), "{more:?} {}", said(&found));
    }
    let store = home.path().join(".local/share/anchorwatch/store.sqlite3");
    let instance = Instance::open(&store, std::time::Duration::from_secs(5)).unwrap();
    let report = instance.store.audit_verify(&[]).unwrap();
    assert_eq!((report.entries, report.faults.len()), (1, 0), "loaded once");
    // Without authority it judges nothing, and the way on is named.
    fs::write(
        home.path().join("config.toml"),
        "[trust]\nfolder = \"examples/trust\"\n",
    )
    .unwrap();
    let found = check(&[]);
    assert_eq!(found.status.code(), Some(2));
    assert!(said(&found).contains("trust load"), "{}", said(&found));
}

#[test]
fn a_folder_is_loaded_and_its_proposals_confirmed() {
    let home = tempfile::tempdir().unwrap();
    let settings = home.path().join("config.toml");
    fs::write(&settings, "[policy]\nroot = 1\n").unwrap();
    let settings = settings.to_str().unwrap();
    let ok = |arguments: &[&str]| {
        let found = run(home.path(), &[arguments, &["--config", settings]].concat());
        assert_eq!(found.status.code(), Some(0), "{}", said(&found));
        String::from_utf8(found.stdout).unwrap()
    };
    let loaded = ok(&["trust", "load", "examples/trust"]);
    let line = loaded
        .lines()
        .find(|line| line.starts_with("proposed "))
        .unwrap();
    let id = line.split(' ').nth(1).unwrap();
    let root = Vendor::new().root_g1;
    assert_eq!(
        line,
        format!("proposed {id} root x509-{} for bosun", root.spki_sha256())
    );
    let again = ok(&["trust", "load", "examples/trust"]);
    assert_eq!(again, "nothing new\n");
    let listed = ok(&["trust", "proposals"]);
    let (now, here) = (listed.replace(id, "ID"), env!("CARGO_MANIFEST_DIR"));
    let now = now.replace(here, "HERE");
    let lines = now.lines().filter(|line| !line.contains("asked by"));
    let lines = lines.filter(|line| !line.starts_with("  propose "));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    from the trust folder HERE/examples/trust
    vendors/bosun/vendor.toml
    vendors/bosun/roots/x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874.pem
    vendors/bosun/roots/x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874.toml
    ");
    let json: serde_json::Value =
        serde_json::from_str(&ok(&["trust", "proposals", "--json"])).unwrap();
    assert_eq!(json["proposals"][0]["id"], id);
    assert_eq!(json["proposals"][0]["state"], "open");
    let fingerprint = root.sha256().to_string();
    ok(&[
        "confirm",
        id,
        "--fingerprint",
        &fingerprint,
        "--channel",
        "phone",
        "--whom",
        "the signing desk",
        "--contact-from",
        "the contract",
    ]);
    ok(&["check", "examples/packages/known-root.zip"]);
    assert_eq!(ok(&["trust", "proposals"]), "nothing is asked\n");
}

#[test]
fn the_folder_tells_what_it_claims_to_have_known() {
    let home = tempfile::tempdir().unwrap();
    let known = "examples/packages/known-root.zip";
    let check = |known_at: &str| {
        let found = run(
            home.path(),
            &[
                "check",
                known,
                "--at",
                "2026-11-01",
                "--trust",
                "examples/trust",
                "--no-store",
                "--known-at",
                known_at,
                "--format",
                "json",
            ],
        );
        let report: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
        (
            found.status.code().unwrap(),
            report["known_at"].as_str().unwrap().to_owned(),
        )
    };
    // examples/trust recorded its root on 2026-05-04
    assert_eq!(check("2026-11-01"), (0, "2026-11-01T00:00:00Z".to_owned()));
    assert_eq!(check("2018-01-01"), (11, "2018-01-01T00:00:00Z".to_owned()));
}

#[test]
fn the_shipped_folder_is_known_since_it_was_first_loaded() {
    let home = tempfile::tempdir().unwrap();
    let (image, _) = crate::making_images::signed_image();
    let file = home.path().join("image.exe");
    fs::write(&file, image).unwrap();
    let file = file.to_str().unwrap();
    let check = |more: &[&str]| run(home.path(), &[&["check", file], more].concat());
    for _ in 0..2 {
        let found = check(&[]);
        assert_eq!(found.status.code(), Some(11), "{}", said(&found));
        assert_eq!(str::from_utf8(&found.stderr).unwrap(), "");
    }
    let store = home.path().join(".local/share/anchorwatch/store.sqlite3");
    let instance = Instance::open(&store, std::time::Duration::from_secs(5)).unwrap();
    // Loaded once, and signed.
    let report = instance.store.audit_verify(&[]).unwrap();
    assert_eq!((report.entries, report.signed_heads), (1, 1));
    assert_eq!(report.faults, vec![]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(key_path(&store)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // Before that this instance knew no vendor at all.
    let found = check(&["--known-at", "2020-01-01", "--vendor", "qt"]);
    assert_eq!(found.status.code(), Some(2));
    insta::assert_snapshot!(str::from_utf8(&found.stderr).unwrap(), @"anchorwatch: no vendor qt is known; known:");
}
