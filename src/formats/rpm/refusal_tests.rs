//! Structures that let two readers see different content: each is refused, and named.

use super::builder::{Builder, HeaderBuilder, PAYLOAD, Value};
use super::tests::{package, signed_v4, signed_v6};
use super::{Coverage, RpmFault, RpmPackage};

/// Builds, spoils a copy of the headers, and gives the faults by their text.
fn faults(builder: &Builder, spoil: impl FnOnce(&mut HeaderBuilder, &mut HeaderBuilder)) -> String {
    let mut main = builder.main.clone();
    let mut signature = builder.signature_header();
    spoil(&mut signature, &mut main);
    let file = builder.assemble(&signature, &main.build(), PAYLOAD);
    let package = match RpmPackage::read(&file) {
        Ok(package) => package,
        Err(error) => return format!("unreadable: {error}"),
    };
    let measured = package.measure(&file).unwrap();
    for signature in &package.signatures {
        let coverage = package.coverage(signature, &measured);
        assert_eq!(coverage == Coverage::Nothing, package.refused());
    }
    let faults: Vec<String> = package.faults.iter().map(RpmFault::to_string).collect();
    let word = if package.refused() { "refused" } else { "read" };
    format!("{word}: {}", faults.join("; "))
}

#[test]
fn odd_headers_are_refused_by_name() {
    type Spoil = fn(&mut HeaderBuilder, &mut HeaderBuilder);
    let cases: [(&str, Spoil); 20] = [
        (
            "refused: the main header has 1 entries outside its region",
            |_, main| {
                main.dribbles.push((1100, Value::Text("late".into())));
            },
        ),
        (
            "refused: the main header has 4 bytes of data outside its region",
            |_, main| {
                main.tail = b"late".to_vec();
            },
        ),
        (
            "read: the signature header has 1 entries outside its region",
            |signature, _| {
                signature.dribbles.push((1100, Value::Text("late".into())));
            },
        ),
        (
            "read: the signature header has no region",
            |signature, _| signature.region = None,
        ),
        (
            "unreadable: an RPM package of version 3 (its main header has no immutable region)",
            |_, main| {
                main.region = None;
            },
        ),
        (
            "unreadable: an RPM package of version 3 (its main header has no immutable region)",
            |_, main| {
                main.region = Some(61);
            },
        ),
        ("refused: the main header has tag 1000 twice", |_, main| {
            main.entries.insert(1, (1000, Value::Text("other".into())));
        }),
        (
            "refused: the signature header has tag 268 twice",
            |signature, _| {
                signature
                    .entries
                    .insert(1, (268, Value::Binary(b"other".to_vec())));
            },
        ),
        (
            "refused: entry 1 of the main header (tag 63) has a tag below 100 among the entries",
            |_, main| {
                main.entries.insert(0, (63, Value::Binary(vec![0; 16])));
            },
        ),
        (
            "refused: entry 1 of the main header (tag 101) has type 10, which does not exist",
            |_, main| {
                main.entries.insert(0, (101, Value::Raw(10, 1, vec![0])));
            },
        ),
        (
            "refused: entry 1 of the main header (tag 101) has a count of 2",
            |_, main| {
                main.entries
                    .insert(0, (101, Value::Raw(6, 2, b"a\0b\0".to_vec())));
            },
        ),
        (
            "refused: entry 1 of the main header (tag 101) has a count of 0",
            |_, main| {
                main.entries.insert(0, (101, Value::Raw(7, 0, Vec::new())));
            },
        ),
        (
            "refused: entry 1 of the main header (tag 101) has data that leaves the header",
            |_, main| {
                main.entries
                    .insert(0, (101, Value::Raw(5, u32::MAX, Vec::new())));
            },
        ),
        (
            "refused: entry 1 of the main header (tag 101) has data that leaves the header",
            |_, main| {
                main.entries
                    .insert(0, (101, Value::Raw(8, u32::MAX, b"a\0".to_vec())));
            },
        ),
        (
            "refused: entry 2 of the main header (tag 1000) has data that overlaps another entry's, or is out of order",
            |_, main| {
                main.entries
                    .insert(0, (101, Value::Raw(7, 9, b"a".to_vec())));
            },
        ),
        (
            "refused: tag 5092 of the main header has type 6",
            |_, main| {
                main.entries.retain(|(tag, _)| *tag < 5092);
                main.entries.push((5092, Value::Text("00".repeat(32))));
            },
        ),
        (
            "refused: the digest in tag 5092 of the main header cannot be read",
            |_, main| {
                main.entries.retain(|(tag, _)| *tag < 5092);
                main.entries
                    .push((5092, Value::Texts(vec!["00".repeat(32), "11".repeat(32)])));
            },
        ),
        (
            "refused: the digest in tag 273 of the signature header cannot be read",
            |signature, _| {
                signature.entries.retain(|(tag, _)| *tag != 273);
                signature
                    .entries
                    .insert(2, (273, Value::Text("no hex".into())));
            },
        ),
        (
            "refused: signature 0 in tag 278 cannot be read",
            |signature, _| {
                signature
                    .entries
                    .insert(3, (278, Value::Texts(vec!["no base64".into()])));
            },
        ),
        (
            "read: the signature header's tags are not in order at tag 269",
            |signature, _| {
                signature.entries.swap(0, 2);
            },
        ),
    ];
    for (expected, spoil) in cases {
        let found = faults(&signed_v4(), spoil);
        // Rewriting the headers also breaks the stated size, which is told after.
        let found = found.split("; ").next().unwrap();
        assert_eq!(found, expected);
    }
}

#[test]
fn version_6_is_held_to_its_own_rules() {
    type Spoil = fn(&mut HeaderBuilder, &mut HeaderBuilder);
    let cases: [(&str, Spoil); 5] = [
        ("read: ", |_, _| ()),
        (
            "refused: tag 1005 in the signature header of a version 6 package",
            |signature, _| {
                signature
                    .entries
                    .push((1005, Value::Binary(b"packet".to_vec())));
            },
        ),
        (
            "refused: the signature header has no region",
            |signature, _| signature.region = None,
        ),
        (
            "refused: the signature header's tags are not in order at tag 273",
            |signature, _| {
                signature.entries.swap(0, 1);
            },
        ),
        (
            "refused: bytes other than zero in the space reserved for signatures",
            |signature, _| {
                signature.entries.pop();
                signature.entries.push((999, Value::Binary(vec![1; 32])));
            },
        ),
    ];
    for (expected, spoil) in cases {
        assert_eq!(faults(&signed_v6(), spoil), expected);
    }
}

#[test]
fn lies_about_the_region_are_refused() {
    let builder = signed_v4();
    let signature = builder.signature_header();
    let main = builder.main.build();
    let count = u32::from_be_bytes(main[8..12].try_into().unwrap());
    let trailer = main.len() - 16;
    // Offset in the main header, what is written there.
    let cases: [(usize, u32, &str); 9] = [
        (16 + 4, 6, "type, count or offset"),
        (16 + 8, 0, "trailer"),
        (16 + 8, u32::MAX, "type, count or offset"),
        (16 + 12, 32, "type, count or offset"),
        (trailer, 62, "trailer"),
        (trailer + 8, 0, "trailer"),
        (trailer + 8, 16, "trailer"),
        (trailer + 8, (16 * (count + 1)).wrapping_neg(), "trailer"),
        (
            trailer + 8,
            (16 * (count - 1)).wrapping_neg(),
            "1 entries outside",
        ),
    ];
    for (at, value, expected) in cases {
        let mut main = main.clone();
        main[at..at + 4].copy_from_slice(&value.to_be_bytes());
        let (package, _) = package(&builder.assemble(&signature, &main, PAYLOAD));
        let fault = package.faults[0].to_string();
        assert!(fault.contains(expected), "{at}: {fault}");
        assert!(package.refused(), "{at}");
    }
}

#[test]
fn lying_sizes_and_padding_are_refused() {
    let builder = signed_v4();
    let lying = |tag: u32, value: Value| {
        let mut signature = builder.signature_header();
        signature.entries.retain(|(there, _)| *there != tag);
        signature.entries.push((tag, value));
        let file = builder.assemble(&signature, &builder.main.build(), PAYLOAD);
        let (package, measured) = package(&file);
        assert!(measured.broken().is_empty());
        package
    };
    assert!(!lying(1009, Value::Int32(vec![1])).refused());
    assert!(lying(1000, Value::Int32(vec![1])).refused());
    assert!(lying(1000, Value::Int32(vec![u32::MAX])).refused());
    assert!(lying(1000, Value::Int32(vec![1, 2])).refused());
    assert!(lying(270, Value::Int64(vec![u64::MAX])).refused());
    assert!(lying(270, Value::Int32(vec![1])).refused());

    let file = builder.build();
    let (package_, _) = package(&file);
    let end = usize::try_from(package_.layout.signature_header.end).unwrap();
    let mut padded = file.clone();
    if !end.is_multiple_of(8) {
        padded[end] = 1;
        let (package, _) = package(&padded);
        assert_eq!(package.faults, [RpmFault::Padding]);
    } else {
        panic!("the fixture has no padding: {end}");
    }
}
