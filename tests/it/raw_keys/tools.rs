//! The field's own tools sign, and we judge; where a tool is absent the test says so and passes.

use std::path::Path;
use std::process::{Command, Stdio};

use anchorwatch::formats::digest::sha256;
use anchorwatch::formats::public_key::PublicKey;
use anchorwatch::judge::trust::FolderView;

use super::making::folder;
use super::{checked, request, told};

/// Runs a tool in a folder; `None` when it is not installed. Whether it was content.
fn run(place: &Path, line: &str) -> Option<bool> {
    let mut words = line
        .split(' ')
        .map(|word| if word == "''" { "" } else { word });
    let name = words.next()?;
    let started = Command::new(name)
        .args(words)
        .current_dir(place)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match started {
        Ok(status) => Some(status.success()),
        Err(error) => {
            eprintln!("SKIPPED: {name}: {error}");
            None
        }
    }
}

fn view(place: &Path, key: &str) -> FolderView {
    let text = std::fs::read_to_string(place.join(key)).unwrap();
    let spki = PublicKey::read(text.as_bytes()).unwrap().remove(0).spki;
    let id = format!("raw-{}", sha256(&spki));
    FolderView::from_files(&folder(&[("acme", text, id, "active", "")])).unwrap()
}

/// Signs `f` by the given lines and judges `file` by the key; then with one byte changed, which the
/// tool's own verifier must refuse too.
fn agree(lines: &[&str], file: &str, key: &str, verify: &str, expected: &str) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path();
    let content: Vec<u8> = (0..200_000u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(path.join("f"), &content).unwrap();
    // It reads the message from its input, which no argument can name.
    let check = "exec ssh-keygen -Y check-novalidate -n file -s f.sig < f";
    std::fs::write(path.join("check.sh"), check).unwrap();
    for line in lines {
        match run(path, line) {
            None => return,
            Some(worked) => assert!(worked, "{line}"),
        }
    }
    let view = view(path, key);
    let judged = || told(&checked(&request(&path.join(file)), &view));
    assert_eq!(judged(), expected, "{lines:?}");
    assert_eq!(
        run(path, verify),
        Some(expected.starts_with("anchored")),
        "{verify}"
    );

    let mut bytes = std::fs::read(path.join(file)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(path.join(file), bytes).unwrap();
    let found = judged();
    assert!(found.starts_with("invalid"), "{lines:?}: {found}");
    assert_eq!(run(path, verify), Some(false), "{verify}");
}

#[test]
fn signify_and_we_agree() {
    let new = "signify-openbsd -G -n -p k.pub -s k.sec";
    agree(
        &[new, "signify-openbsd -S -s k.sec -m f"],
        "f",
        "k.pub",
        "signify-openbsd -V -q -p k.pub -m f",
        "anchored",
    );
    agree(
        &[new, "signify-openbsd -S -e -s k.sec -m f -x f.sig"],
        "f.sig",
        "k.pub",
        "signify-openbsd -V -q -e -p k.pub -m g -x f.sig",
        "anchored",
    );
    agree(
        &[
            new,
            "gzip -n f",
            "signify-openbsd -S -z -s k.sec -m f.gz -x p.tgz",
        ],
        "p.tgz",
        "k.pub",
        "signify-openbsd -V -q -z -p k.pub -m g -x p.tgz",
        "anchored",
    );
}

#[test]
fn minisign_and_we_agree() {
    for (sign, expected) in [
        ("minisign -S -s k.sec -m f", "anchored time-only-claimed"),
        ("minisign -S -l -s k.sec -m f", "anchored time-only-claimed"),
        ("minisign -S -s k.sec -m f -t words", "anchored"),
    ] {
        agree(
            &["minisign -G -W -f -p k.pub -s k.sec", sign],
            "f",
            "k.pub",
            "minisign -V -q -p k.pub -m f",
            expected,
        );
    }
}

#[test]
fn ssh_and_we_agree() {
    for (kind, options, expected) in [
        ("ed25519", "-n file", "anchored"),
        ("ecdsa -b 256", "-n file", "anchored"),
        ("ecdsa -b 384", "-n file", "anchored"),
        ("ecdsa -b 521", "-n file", "anchored"),
        ("rsa -b 2048", "-n file", "anchored"),
        ("ed25519", "-n file -O hashalg=sha256", "anchored"),
        ("rsa -b 3072", "-n file -O hashalg=sha256", "anchored"),
        ("ed25519", "-n git", "invalid wrong-namespace"),
    ] {
        agree(
            &[
                &format!("ssh-keygen -q -t {kind} -N '' -C me -f k"),
                &format!("ssh-keygen -q -Y sign -f k {options} f"),
            ],
            "f",
            "k.pub",
            "sh check.sh",
            expected,
        );
    }
}
