//! Files of every format, changed at random: `check` answers without a panic, in bounded time and
//! memory, and never anchors what nobody signed.
//!
//! `ANCHORWATCH_MUTATIONS=10000` asks for that many cases a format, and for the bounds.

use std::time::{Duration, Instant};

use anchorwatch::domain::Verdict;
use anchorwatch::formats::apt::Deb;
use anchorwatch::formats::openpgp::Cleartext;
use anchorwatch::judge::report::PackageReport;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::super::attacks::clearsigned;
use super::super::debian::{CONTENT, archive};
use super::super::random::mutate;
use super::packages::{UNTIL, index, rpm};
use super::*;
use crate::raw_keys::making::{Pair, folder};
use crate::rpm_builder::{Builder, PAYLOAD};

/// What a signature covers in these files, the first of which is checked; `None` when that cannot be
/// told any more.
type Covered = fn(&[Vec<u8>], &PackageReport) -> Option<Vec<u8>>;

struct Case {
    format: &'static str,
    files: Vec<(&'static str, Vec<u8>)>,
    covered: Covered,
}

fn text_inside(files: &[Vec<u8>], _: &PackageReport) -> Option<Vec<u8>> {
    Cleartext::read(&files[0])
        .ok()
        .map(|document| document.text)
}

fn text_and_file(files: &[Vec<u8>], report: &PackageReport) -> Option<Vec<u8>> {
    Some([&text_inside(files, report)?[..], b"\0", &files[1]].concat())
}

fn first_file(files: &[Vec<u8>], _: &PackageReport) -> Option<Vec<u8>> {
    Some(files[0].clone())
}

fn file_and_list(files: &[Vec<u8>], _: &PackageReport) -> Option<Vec<u8>> {
    Some([&files[0][..], b"\0", &files[1]].concat())
}

fn file_and_comment(files: &[Vec<u8>], report: &PackageReport) -> Option<Vec<u8>> {
    let key = report.signatures.first()?.key.as_ref()?;
    let comment = key.trusted_comment.clone().or(key.namespace.clone());
    Some([&files[0][..], b"\0", comment.unwrap_or_default().as_bytes()].concat())
}

fn members(files: &[Vec<u8>], _: &PackageReport) -> Option<Vec<u8>> {
    let deb = Deb::read(&files[0]).ok()?;
    let bytes = |range: std::ops::Range<u64>| {
        let (start, end) = (usize::try_from(range.start), usize::try_from(range.end));
        files[0][start.unwrap()..end.unwrap()].to_vec()
    };
    Some(deb.content.map(|member| bytes(member.bytes)).concat())
}

/// The signed header and all behind it: as many bytes as there were.
fn behind_signature_header(files: &[Vec<u8>], length: usize) -> Option<Vec<u8>> {
    let start = files[0].len().checked_sub(length)?;
    Some(files[0][start..].to_vec())
}

fn cases(cert: &Cert, raw: &Pair) -> Vec<Case> {
    const TOOL: &[u8] = b"#!/bin/sh\nexec true\n";
    use sha2::Digest as _;
    let on = "2026-06-01";
    let digest: String = sha2::Sha256::digest(TOOL)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let list = format!("{digest}  tool.bin\n").into_bytes();
    let control = format!(
        "Format: 3.0 (native)\nSource: x\nVersion: 1\nChecksums-Sha256:\n {digest} {} tool.bin\n",
        TOOL.len()
    );
    let mut signed_deb = CONTENT.to_vec();
    let by_origin = sign(cert, b"2.0\ncontrolthe data", on);
    signed_deb.push(("_gpgorigin", &by_origin));
    let v4: Covered = |files, _| {
        let plain = Builder::v4(PAYLOAD);
        behind_signature_header(files, plain.main.build().len() + PAYLOAD.len())
    };
    let v6: Covered = |files, _| {
        let plain = Builder::v6(PAYLOAD);
        behind_signature_header(files, plain.main.build().len() + PAYLOAD.len())
    };
    let tool = || ("tool.bin", TOOL.to_vec());
    let case = |format, files, covered| Case {
        format,
        files,
        covered,
    };
    vec![
        case(
            "InRelease",
            vec![(
                "InRelease",
                clearsigned(index(UNTIL).as_bytes(), &[cert], on),
            )],
            text_inside,
        ),
        case(
            ".dsc",
            vec![
                ("x.dsc", clearsigned(control.as_bytes(), &[cert], on)),
                tool(),
            ],
            text_and_file,
        ),
        case(".deb", vec![("x.deb", archive(&signed_deb))], members),
        case(
            "detached .sig",
            vec![tool(), ("tool.bin.sig", sign(cert, TOOL, on))],
            first_file,
        ),
        case(
            "RPM v4",
            vec![("x.rpm", rpm(&Builder::v4(PAYLOAD), cert).build())],
            v4,
        ),
        case(
            "RPM v6",
            vec![("x.rpm", rpm(&Builder::v6(PAYLOAD), cert).build())],
            v6,
        ),
        case(
            "SHA256SUMS",
            vec![
                tool(),
                ("SHA256SUMS", list.clone()),
                ("SHA256SUMS.sig", sign(cert, &list, on)),
            ],
            file_and_list,
        ),
        case(
            "minisign",
            vec![
                tool(),
                (
                    "tool.bin.minisig",
                    raw.minisign(TOOL, "tool 1.0", true).into_bytes(),
                ),
            ],
            file_and_comment,
        ),
        case(
            "signify",
            vec![tool(), ("tool.bin.sig", raw.signify(TOOL).into_bytes())],
            first_file,
        ),
        case(
            "SSHSIG",
            vec![
                tool(),
                ("tool.bin.sig", raw.sshsig(TOOL, "file").into_bytes()),
            ],
            file_and_comment,
        ),
    ]
}

/// The greatest memory that this process ever held, in bytes; `None` where the system does not say.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "the time that one file takes is what is asked"
)]
fn what_is_changed_is_never_anchored() {
    let asked: Option<u32> = std::env::var("ANCHORWATCH_MUTATIONS")
        .ok()
        .and_then(|count| count.parse().ok());
    let (cert, raw) = (with_subkey("2024-01-01"), Pair::new(1, 7));
    let openpgp = view(&[key("acme", &cert)]);
    let bare = folder(&[("acme", raw.public(), raw.id(), "active", "")]);
    let bare = FolderView::from_files(&bare).unwrap();
    for Case {
        format,
        files,
        covered,
    } in cases(&cert, &raw)
    {
        let is_bare = matches!(format, "minisign" | "signify" | "SSHSIG");
        let view: &dyn View = if is_bare { &bare } else { &openpgp };
        let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        let original: Vec<Vec<u8>> = files.iter().map(|(_, bytes)| bytes.clone()).collect();
        let judge = |contents: &[Vec<u8>]| {
            let contents = contents.iter().map(Vec::as_slice);
            let files: Vec<(&str, &[u8])> = names.iter().copied().zip(contents).collect();
            let (_folder, path) = write(&files);
            let begun = Instant::now();
            let report = checked(&request(&path), view);
            (report, begun.elapsed())
        };
        let (report, _) = judge(&original);
        assert_eq!(
            report.verdict,
            Verdict::Anchored,
            "{format}: {}",
            told(&report)
        );
        let signed = covered(&original, &report);
        assert!(signed.is_some(), "{format}");
        let mut runner = TestRunner::new(ProptestConfig {
            cases: asked.unwrap_or(200),
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        let change = prop::collection::vec(any::<(prop::sample::Index, u8, u8)>(), 1..4);
        let slowest = std::cell::Cell::new(Duration::ZERO);
        let anchored = std::cell::Cell::new(0);
        let outcome = runner.run(
            &(any::<prop::sample::Index>(), change),
            |(which, changes)| {
                let mut contents = original.clone();
                mutate(&mut contents[which.index(names.len())], &changes);
                let (report, took) = judge(&contents);
                slowest.set(slowest.get().max(took));
                if report.verdict == Verdict::Anchored {
                    anchored.set(anchored.get() + 1);
                    prop_assert_eq!(&covered(&contents, &report), &signed, "{}", format);
                }
                Ok(())
            },
        );
        assert!(outcome.is_ok(), "{format}: {outcome:?}");
        if asked.is_some() {
            let (slowest, peak) = (slowest.get(), peak());
            let anchored = anchored.get();
            eprintln!("{format}: slowest {slowest:?}, peak {peak:?} bytes, {anchored} anchored");
            assert!(slowest < Duration::from_secs(1), "{format}: {slowest:?}");
            assert!(
                peak.is_none_or(|peak| peak < 256 << 20),
                "{format}: {peak:?}"
            );
        }
    }
}
