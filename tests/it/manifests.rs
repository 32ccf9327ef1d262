//! Manifests in the spellings of vendors, and those that two readers would understand differently.

use anchorwatch::domain::HashAlgorithm::{self, Md5, Sha1, Sha256, Sha512};
use anchorwatch::formats::manifest::{
    Coverage, FileDigests, Manifest, ManifestError, ManifestKind, Mismatch,
};
use proptest::prelude::*;

fn hex(length: usize, digit: char) -> String {
    std::iter::repeat_n(digit, length * 2).collect()
}

fn read(text: &str) -> Vec<(String, Vec<HashAlgorithm>, Option<u64>)> {
    let manifest =
        Manifest::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
    manifest
        .entries
        .into_iter()
        .map(|entry| {
            let algorithms = entry.digests.iter().map(|(a, _)| *a).collect();
            (entry.path, algorithms, entry.size)
        })
        .collect()
}

#[test]
fn the_common_spellings_are_understood() {
    let h = hex(32, 'a');
    let h1 = hex(20, 'b');
    let h5 = hex(64, 'c');
    let sri = "sha256-qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=";
    let a =
        |algorithms: &[HashAlgorithm], size| vec![("d/a".to_owned(), algorithms.to_vec(), size)];
    let cases = [
        (
            format!(r#"{{"files": {{"d/a": "{h}"}}}}"#),
            a(&[Sha256], None),
        ),
        (
            format!(r#"{{"files": {{"./d/a": "sha256:{h}"}}}}"#),
            a(&[Sha256], None),
        ),
        (
            format!(r#"{{"files": {{"d\\a": "{sri}"}}}}"#),
            a(&[Sha256], None),
        ),
        (
            format!(r#"{{"d/a": "{h}", "version": "1.2"}}"#),
            a(&[Sha256], None),
        ),
        (
            format!(r#"{{"files": {{"d/a": {{"sha256": "{h}", "sha1": "{h1}", "size": 7}}}}}}"#),
            a(&[Sha256, Sha1], Some(7)),
        ),
        (
            format!(r#"{{"files": [{{"path": "d/a", "SHA-256": "{h}", "size": 7}}]}}"#),
            a(&[Sha256], Some(7)),
        ),
        (
            format!(r#"[{{"filename": "d/a", "sha512sum": "{h5}"}}]"#),
            a(&[Sha512], None),
        ),
        (
            format!(
                r#"{{"artifacts": [{{"name": "A thing", "file": "d/a", "hash": "{h}", "algorithm": "sha256"}}]}}"#
            ),
            a(&[Sha256], None),
        ),
        (
            format!(
                r#"{{"hashAlgorithm": "SHA-1", "entries": [{{"name": "d/a", "digest": "{h1}"}}]}}"#
            ),
            a(&[Sha1], None),
        ),
        (
            format!(r#"{{"contents": [{{"path": "d/a", "hashes": {{"sha256": "{h}"}}}}]}}"#),
            a(&[Sha256], None),
        ),
        (
            format!(
                r#"{{"components": [{{"name": "d/a", "hashes": [{{"alg": "SHA-256", "content": "{h}"}}]}}]}}"#
            ),
            a(&[Sha256], None),
        ),
        (
            format!(
                r#"{{"components": [{{"name": "fw", "files": [{{"path": "d/a", "checksum": "{h}"}}]}}]}}"#
            ),
            a(&[Sha256], None),
        ),
        (
            format!(
                r#"{{"package": {{"name": "fw", "version": "2", "files": [{{"path": "d/a", "checksum": {{"algorithm": "sha256", "value": "{h}"}}}}]}}}}"#
            ),
            a(&[Sha256], None),
        ),
        (
            format!(r#"{{"sha256": {{"d/a": "{h}"}}}}"#),
            a(&[Sha256], None),
        ),
        (
            format!(
                r#"{{"files": [{{"path": "d", "type": "directory"}}, {{"path": "d/a", "sha256": "{h}"}}]}}"#
            ),
            a(&[Sha256], None),
        ),
        (format!("{h}  d/a\n"), a(&[Sha256], None)),
        (format!("{h} *./d/a\r\n"), a(&[Sha256], None)),
        (format!("# made by hand\n\n{h1}\td/a"), a(&[Sha1], None)),
        (format!("SHA256 (d/a) = {h}\n"), a(&[Sha256], None)),
        (format!("SHA256(d/a)= {h}\n"), a(&[Sha256], None)),
        (format!("{h}  d/a\n{h1}  d/a\n"), a(&[Sha256, Sha1], None)),
        (format!("\\{h}  d\\\\a\n"), a(&[Sha256], None)),
        (
            format!(
                "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{h}  d/a\n-----BEGIN PGP SIGNATURE-----\n\nabc\n"
            ),
            a(&[Sha256], None),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(read(&text), expected, "{text}");
    }
    let kind = |text: String| Manifest::parse(text.as_bytes()).unwrap().kind;
    assert_eq!(kind(format!("SHA256(a)= {h}\n")), ManifestKind::Ovf);
    assert_eq!(kind(format!("SHA256 (a) = {h}\n")), ManifestKind::Checksums);
}

#[test]
fn what_two_readers_could_understand_differently_is_refused() {
    let (h, g) = (hex(32, 'a'), hex(32, 'b'));
    let cases = [
        (
            format!(r#"{{"files": {{"a": "{h}", "a": "{g}"}}}}"#),
            "DuplicateKey",
        ),
        (
            format!(r#"{{"files": {{"a": "{h}"}}, "files": {{}}}}"#),
            "DuplicateKey",
        ),
        (
            format!(r#"{{"files": {{"a": "{h}", "\u0061": "{g}"}}}}"#),
            "DuplicateKey",
        ),
        (
            format!(r#"{{"files": [{{"path": "a", "Path": "b", "sha256": "{h}"}}]}}"#),
            "DuplicateKey",
        ),
        (
            format!(r#"{{"files": {{"a": "{h}", "./a": "{g}"}}}}"#),
            "Contradiction",
        ),
        (
            format!(r#"{{"files": [{{"path": "a", "sha256": "{h}", "SHA-256": "{g}"}}]}}"#),
            "Contradiction",
        ),
        (format!("{h}  a\n{g}  a\n"), "Contradiction"),
        (format!(r#"{{"files": {{"../a": "{h}"}}}}"#), "Path"),
        (format!("{h}  /etc/passwd\n"), "Path"),
        (format!("{h}  ..\\a\n"), "Path"),
        (format!(r#"{{"files": {{"a": "{h}"}}}} trailing"#), "Json"),
        (format!(r#"{{"files": {{"a": "{h}0"}}}}"#), "Digest"),
        (format!(r#"{{"files": {{"a": "md5:{h}"}}}}"#), "Digest"),
        (
            format!(r#"{{"files": [{{"path": "a", "sha1": "{h}"}}]}}"#),
            "Digest",
        ),
        (format!(r#"{{"files": [{{"sha256": "{h}"}}]}}"#), "NoPath"),
        (r#"{"files": []}"#.to_owned(), "NoEntries"),
        (r#"{"files": [{"path": "a"}]}"#.to_owned(), "NoEntries"),
        (String::new(), "NoEntries"),
        ("just some text".to_owned(), "Unrecognised"),
        (format!("{h}  a\nnot a line\n"), "Line"),
        ("[".repeat(100_000), "Json"),
    ];
    for (text, expected) in cases {
        let found = Manifest::parse(text.as_bytes());
        let kind = format!("{found:?}");
        let short: String = text.chars().take(200).collect();
        assert!(
            kind.starts_with(&format!("Err({expected}")),
            "{short}: {kind}"
        );
    }
    let large = vec![b' '; (64 << 20) + 1];
    assert!(matches!(
        Manifest::parse(&large),
        Err(ManifestError::TooLarge { .. })
    ));
}

#[test]
fn a_manifest_is_held_against_what_is_there() {
    let (h, g) = (hex(32, 'a'), hex(32, 'b'));
    let md5 = hex(16, 'c');
    let manifest = Manifest::parse(
        format!(
            r#"{{"files": [
                {{"path": "good", "sha256": "{h}", "size": 1}},
                {{"path": "bad", "sha256": "{h}"}},
                {{"path": "longer", "sha256": "{h}", "size": 1}},
                {{"path": "gone", "sha256": "{h}"}},
                {{"path": "weak", "md5": "{md5}"}},
                {{"path": "bare"}}
            ]}}"#
        )
        .as_bytes(),
    )
    .unwrap();
    assert_eq!(manifest.algorithms(), [Md5, Sha256]);
    let (a, b, c) = (vec![0xaa; 32], vec![0xbb; 32], vec![0xcc; 16]);
    let same = [(Sha256, a.clone()), (Md5, c.clone())];
    let other = [(Sha256, b), (Md5, c)];
    let file = |path, size, digests| FileDigests {
        path,
        size: Some(size),
        digests,
    };
    let files = [
        file("good", 1, &same[..]),
        file("bad", 1, &other[..]),
        file("longer", 2, &same[..]),
        file("weak", 1, &same[..]),
        file("bare", 1, &same[..]),
        file("extra", 1, &same[..]),
        file("manifest.json", 1, &same[..]),
    ];
    let coverage = Coverage::compare(&manifest, &files, &|path| path == "manifest.json");
    assert_eq!(coverage.matching, ["good", "weak"]);
    assert_eq!(coverage.weakly, ["weak"]);
    assert_eq!(coverage.absent, ["gone"]);
    assert_eq!(coverage.unlisted, ["extra"]);
    assert_eq!(coverage.uncompared, ["bare"]);
    let named: Vec<&str> = coverage
        .mismatched
        .iter()
        .map(|mismatch| match mismatch {
            Mismatch::Digest { path, .. } | Mismatch::Size { path, .. } => path.as_str(),
        })
        .collect();
    assert_eq!(named, ["bad", "longer"]);
    assert!(!coverage.is_whole());
    assert_eq!(g.len(), 64);
}

#[test]
fn a_manifest_says_what_it_belongs_to() {
    let h = hex(32, 'a');
    let manifest = Manifest::parse(
        format!(
            r#"{{"vendor": "Example", "package": {{"name": "fw", "version": 2}}, "releaseDate": "2026-01-02",
                "reboot": {{"policy": "recommended"}},
                "dependencies": {{"openssl": ">=1.1", "zlib": {{"version": "1.3"}}}},
                "files": {{"a": "{h}"}}}}"#
        )
        .as_bytes(),
    )
    .unwrap();
    let declared = manifest.declared;
    assert_eq!(declared.vendor.as_deref(), Some("Example"));
    assert_eq!(declared.product.as_deref(), Some("fw"));
    assert_eq!(declared.version.as_deref(), Some("2"));
    assert_eq!(declared.date.as_deref(), Some("2026-01-02"));
    assert_eq!(declared.reboot.as_deref(), Some("recommended"));
    let dependencies: Vec<_> = declared
        .dependencies
        .iter()
        .map(|d| (d.name.as_str(), d.requirement.as_str()))
        .collect();
    assert_eq!(dependencies, [("openssl", ">=1.1"), ("zlib", "1.3")]);
}

proptest! {
    #[test]
    fn random_bytes_never_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Manifest::parse(&bytes);
    }

    #[test]
    fn mutated_manifests_never_stop_the_reader(at in 0usize..220, byte in any::<u8>()) {
        let h = hex(32, 'a');
        let mut bytes = format!(r#"{{"files": [{{"path": "d/a", "sha256": "{h}"}}], "date": "2026"}}"#).into_bytes();
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        if let Ok(manifest) = Manifest::parse(&bytes) {
            for entry in manifest.entries {
                prop_assert!(!entry.path.split('/').any(|part| part == ".."));
            }
        }
    }
}
