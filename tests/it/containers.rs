//! Every fault has an archive that shows it, and honest archives show none.

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::container::{
    Container, ContainerError, Fault, Inventory, Member, Weight,
};

use crate::making_archives::{
    ZipEnd, ZipEntry, checksum, deflate, descriptor, entry, gzip, pax, tar, tar_member,
    tar_member_sized, xz, zip, zip_with, zstandard,
};

fn take(bytes: &[u8]) -> Result<Inventory, ContainerError> {
    let source = bytes.to_vec();
    let Some(container) = Container::open(&source)? else {
        return Err(ContainerError::Malformed {
            format: "container",
            what: "not recognised",
        });
    };
    Inventory::take(&container, &[HashAlgorithm::Sha256], &|member: &Member| {
        member.is_file().then_some(1 << 20)
    })
}

/// The first word of each fault's debug form: its kind.
fn kinds(faults: &[Fault]) -> Vec<String> {
    faults
        .iter()
        .map(|fault| {
            let text = format!("{fault:?}");
            text.split([' ', '{']).next().unwrap().to_owned()
        })
        .collect()
}

fn shows(what: &str, bytes: &[u8], kind: &str, weight: Weight) {
    let inventory = take(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    let found = inventory
        .faults
        .iter()
        .find(|fault| kinds(std::slice::from_ref(fault)) == [kind]);
    let found = found.unwrap_or_else(|| panic!("{what}: {kind} not in {:?}", inventory.faults));
    assert_eq!(found.weight(), weight, "{what}: {found}");
    let worst = inventory.faults.iter().map(Fault::weight).max();
    assert_eq!(worst, Some(weight), "{what}: {:?}", inventory.faults);
}

fn deflated(name: &str, data: &[u8]) -> ZipEntry {
    ZipEntry {
        deflate: true,
        ..entry(name, data)
    }
}

fn with_descriptor(name: &str, data: &[u8]) -> ZipEntry {
    ZipEntry {
        flags: 8,
        local_crc: Some(0),
        local_size: Some(0),
        local_packed: Some(0),
        after: descriptor(data, deflate(data).len()),
        ..deflated(name, data)
    }
}

#[test]
fn honest_archives_show_nothing() {
    let text = b"anchor watch ".repeat(500);
    let members = [
        tar_member("./d/", b'5', "", b""),
        tar_member("./d/a", b'0', "", &text),
        tar_member("./d/b", b'0', "", b"two"),
        tar_member("./l", b'2', "d/a", b""),
        tar_member("./h", b'1', "./d/a", b""),
    ];
    let long = "n/".repeat(30) + &"x".repeat(200);
    let with_pax = tar(&[
        tar_member("pax", b'x', "", pax("path", &long).as_bytes()),
        tar_member("short", b'0', "", &text),
        tar_member("././@LongLink", b'L', "", format!("{long}2\0").as_bytes()),
        tar_member("short", b'0', "", b"two"),
        tar_member("g", b'g', "", pax("comment", "0123").as_bytes()),
        tar_member("last", b'0', "", b""),
    ]);
    let archives = [
        (
            "zip",
            zip(&[
                entry("d/", b""),
                deflated("d/a", &text),
                entry("d/b", b"two"),
                with_descriptor("d/c", &text),
            ]),
        ),
        ("empty zip", zip(&[])),
        (
            "zip64",
            zip_with(
                &[entry("a", b"1")],
                &ZipEnd {
                    zip64: Some(0),
                    ..ZipEnd::default()
                },
            ),
        ),
        ("tar", tar(&members)),
        ("tar.gz", gzip(&tar(&members))),
        ("tar.xz", xz(&tar(&members))),
        ("tar.zst", zstandard(&tar(&members))),
        ("long names", with_pax),
    ];
    for (what, bytes) in archives {
        let inventory = take(&bytes).unwrap();
        assert_eq!(inventory.faults, [], "{what}");
        for stock in &inventory.stock {
            assert_ne!(
                stock.digests.is_empty(),
                !stock.member.is_directory(),
                "{what}: {stock:?}"
            );
            if let Some(kept) = inventory.kept.get(&stock.member.path) {
                assert_eq!(kept.bytes.len() as u64, stock.member.size, "{what}");
            }
        }
    }
    let inventory = take(&tar(&members)).unwrap();
    let digest = |path| inventory.find(path).unwrap().digests.clone();
    assert_eq!(digest("d/a"), digest("l"));
    assert_eq!(digest("d/a"), digest("h"));
    assert_ne!(digest("d/a"), digest("d/b"));
}

#[test]
fn every_fault_of_a_zip_is_named() {
    use Weight::{Odd, Refusing, Unreadable};
    let one = || entry("a", b"content");
    let end = ZipEnd::default;
    let second = zip(&[entry("hidden", b"x")]);
    let encrypted = || ZipEntry { flags: 1, ..one() };
    let cases: Vec<(&str, Vec<u8>, &str, Weight)> = vec![
        (
            "two of a name",
            zip(&[one(), entry("a", b"other")]),
            "DuplicateName",
            Refusing,
        ),
        (
            "two of a name, differently written",
            zip(&[one(), entry("./a", b"other")]),
            "DuplicateName",
            Refusing,
        ),
        (
            "case",
            zip(&[one(), entry("A", b"other")]),
            "FoldedDuplicate",
            Refusing,
        ),
        (
            "case of a folder",
            zip(&[
                entry("Lib/a", b""),
                entry("lib/b", b""),
                entry("lib-x", b""),
            ]),
            "FoldedDuplicate",
            Refusing,
        ),
        (
            "composition",
            zip(&[
                ZipEntry {
                    flags: 1 << 11,
                    ..entry("\u{e9}", b"")
                },
                ZipEntry {
                    flags: 1 << 11,
                    ..entry("e\u{301}", b"")
                },
            ]),
            "FoldedDuplicate",
            Refusing,
        ),
        ("..", zip(&[entry("../a", b"")]), "Traversal", Refusing),
        ("/", zip(&[entry("/a", b"")]), "AbsolutePath", Refusing),
        ("drive", zip(&[entry("C:a", b"")]), "AbsolutePath", Refusing),
        (
            "backslash",
            zip(&[entry("a\\b", b"")]),
            "Backslash",
            Refusing,
        ),
        (
            "NUL",
            zip(&[entry("a.sh\0.txt", b"")]),
            "ControlCharacter",
            Refusing,
        ),
        ("no name", zip(&[entry("", b"")]), "EmptyName", Refusing),
        (
            "link",
            zip(&[ZipEntry {
                mode: 0o120_777,
                ..entry("l", b"../../etc/passwd")
            }]),
            "LinkLeaves",
            Refusing,
        ),
        (
            "through a link",
            zip(&[
                ZipEntry {
                    mode: 0o120_777,
                    ..entry("l", b"d")
                },
                entry("l/a", b""),
            ]),
            "ThroughLink",
            Refusing,
        ),
        (
            "file as folder",
            zip(&[one(), entry("a/b", b"")]),
            "FileAsFolder",
            Refusing,
        ),
        (
            "device",
            zip(&[ZipEntry {
                mode: 0o020_666,
                ..one()
            }]),
            "Device",
            Refusing,
        ),
        (
            "folder by mode alone",
            zip(&[ZipEntry {
                mode: 0o040_755,
                ..entry("d", b"")
            }]),
            "KindContradicts",
            Refusing,
        ),
        (
            "file with a folder's name",
            zip(&[ZipEntry {
                mode: 0o100_644,
                ..entry("d/", b"")
            }]),
            "KindContradicts",
            Refusing,
        ),
        (
            "data in a folder",
            zip(&[entry("d/", b"data")]),
            "UnexpectedData",
            Refusing,
        ),
        (
            "local name",
            zip(&[ZipEntry {
                local_name: Some(b"b".to_vec()),
                ..one()
            }]),
            "LocalDiffers",
            Refusing,
        ),
        (
            "local method",
            zip(&[ZipEntry {
                local_method: Some(8),
                ..one()
            }]),
            "LocalDiffers",
            Refusing,
        ),
        (
            "local flags",
            zip(&[ZipEntry {
                local_flags: Some(1 << 11),
                ..one()
            }]),
            "LocalDiffers",
            Refusing,
        ),
        (
            "local level",
            zip(&[ZipEntry {
                local_flags: Some(2),
                ..deflated("a", b"x")
            }]),
            "LocalDiffers",
            Odd,
        ),
        (
            "local size",
            zip(&[ZipEntry {
                local_size: Some(6),
                ..one()
            }]),
            "LocalDiffers",
            Refusing,
        ),
        (
            "local size of zero without descriptor",
            zip(&[ZipEntry {
                local_size: Some(0),
                ..one()
            }]),
            "LocalDiffers",
            Refusing,
        ),
        (
            "local packed size",
            zip(&[ZipEntry {
                local_packed: Some(1),
                ..one()
            }]),
            "LocalDiffers",
            Refusing,
        ),
        (
            "local crc",
            zip(&[ZipEntry {
                local_crc: Some(1),
                ..one()
            }]),
            "LocalDiffers",
            Refusing,
        ),
        (
            "crc",
            zip(&[ZipEntry {
                crc: Some(1),
                ..one()
            }]),
            "Crc",
            Refusing,
        ),
        (
            "size too small",
            zip(&[ZipEntry {
                size: Some(5),
                ..deflated("a", b"content")
            }]),
            "Size",
            Refusing,
        ),
        (
            "size too large",
            zip(&[ZipEntry {
                size: Some(9),
                ..deflated("a", b"content")
            }]),
            "Size",
            Refusing,
        ),
        (
            "descriptor",
            zip(&[ZipEntry {
                after: descriptor(b"other", 5),
                ..with_descriptor("a", b"content")
            }]),
            "DescriptorDiffers",
            Refusing,
        ),
        (
            "no descriptor",
            zip(&[ZipEntry {
                after: vec![],
                ..with_descriptor("a", b"content")
            }]),
            "DescriptorDiffers",
            Refusing,
        ),
        (
            "stored with descriptor",
            zip(&[ZipEntry {
                flags: 8,
                after: descriptor(b"content", 7),
                ..one()
            }]),
            "StoredWithDescriptor",
            Odd,
        ),
        (
            "one local header for two",
            zip(&[
                one(),
                ZipEntry {
                    position: Some(0),
                    ..entry("b", b"content")
                },
            ]),
            "Overlap",
            Refusing,
        ),
        (
            "position of nothing",
            zip(&[ZipEntry {
                position: Some(3),
                ..one()
            }]),
            "LocalMissing",
            Refusing,
        ),
        (
            "prefix",
            zip_with(
                &[one()],
                &ZipEnd {
                    prefix: b"#!/bin/sh\n".to_vec(),
                    ..end()
                },
            ),
            "Prefix",
            Refusing,
        ),
        (
            "counted prefix",
            zip_with(
                &[one()],
                &ZipEnd {
                    prefix: b"#!/bin/sh\n".to_vec(),
                    prefix_counted: true,
                    ..end()
                },
            ),
            "Prefix",
            Refusing,
        ),
        (
            "archive before",
            zip_with(
                &[one()],
                &ZipEnd {
                    prefix: second.clone(),
                    ..end()
                },
            ),
            "Prefix",
            Refusing,
        ),
        (
            "suffix",
            zip_with(
                &[one()],
                &ZipEnd {
                    suffix: b"more".to_vec(),
                    ..end()
                },
            ),
            "Suffix",
            Refusing,
        ),
        (
            "archive in the comment",
            zip_with(
                &[one()],
                &ZipEnd {
                    comment: second.clone(),
                    ..end()
                },
            ),
            "SecondEndRecord",
            Refusing,
        ),
        (
            "comment",
            zip_with(
                &[one()],
                &ZipEnd {
                    comment: b"hello".to_vec(),
                    ..end()
                },
            ),
            "Comment",
            Odd,
        ),
        (
            "gap between",
            zip(&[
                ZipEntry {
                    after: b"hidden".to_vec(),
                    ..one()
                },
                entry("b", b""),
            ]),
            "Gap",
            Refusing,
        ),
        (
            "gap before the directory",
            zip_with(
                &[one()],
                &ZipEnd {
                    before_directory: b"hidden".to_vec(),
                    ..end()
                },
            ),
            "Gap",
            Refusing,
        ),
        (
            "gap behind the directory",
            zip_with(
                &[one()],
                &ZipEnd {
                    after_directory: b"hidden".to_vec(),
                    ..end()
                },
            ),
            "Gap",
            Refusing,
        ),
        ("encrypted", zip(&[encrypted()]), "Encrypted", Unreadable),
        (
            "method",
            zip(&[ZipEntry {
                method: Some(98),
                ..one()
            }]),
            "UnsupportedMethod",
            Unreadable,
        ),
        (
            "broken deflate",
            zip(&[ZipEntry {
                method: Some(8),
                ..entry("a", b"\xff\xff\xff\xff")
            }]),
            "Undecodable",
            Refusing,
        ),
        (
            "bytes behind deflate",
            zip(&[ZipEntry {
                method: Some(8),
                size: Some(7),
                crc: Some(crate::making_archives::crc32(b"content")),
                ..entry("a", &[deflate(b"content"), b"hidden".to_vec()].concat())
            }]),
            "TrailingData",
            Refusing,
        ),
        (
            "fewer entries stated",
            zip_with(
                &[one(), entry("b", b"")],
                &ZipEnd {
                    entries: Some(1),
                    ..end()
                },
            ),
            "EntryCount",
            Refusing,
        ),
        (
            "disk of the archive",
            zip_with(&[one()], &ZipEnd { disk: 1, ..end() }),
            "MultiDisk",
            Refusing,
        ),
        (
            "disk of an entry",
            zip(&[ZipEntry { disk: 1, ..one() }]),
            "MultiDisk",
            Refusing,
        ),
        (
            "zip64 states another count",
            zip_with(
                &[one()],
                &ZipEnd {
                    zip64: Some(1),
                    ..end()
                },
            ),
            "Zip64",
            Refusing,
        ),
        (
            "zip64 field missing",
            zip(&[ZipEntry {
                size: Some(0xffff_ffff),
                ..one()
            }]),
            "Zip64Entry",
            Refusing,
        ),
        (
            "Unicode path",
            zip(&[ZipEntry {
                extra: [&b"\x75\x70\x06\0\x01\0\0\0\0"[..], b"b"].concat(),
                ..one()
            }]),
            "UnicodePath",
            Refusing,
        ),
        (
            "ragged extra",
            zip(&[ZipEntry {
                extra: vec![0; 3],
                ..one()
            }]),
            "ExtraField",
            Odd,
        ),
        (
            "encoding",
            zip(&[ZipEntry {
                name: vec![0x84],
                ..one()
            }]),
            "NameEncoding",
            Odd,
        ),
        (
            "not UTF-8",
            zip(&[ZipEntry {
                name: vec![0xff],
                flags: 1 << 11,
                ..one()
            }]),
            "NameNotUnicode",
            Refusing,
        ),
    ];
    for (what, bytes, kind, weight) in cases {
        shows(what, &bytes, kind, weight);
    }
}

#[test]
fn every_fault_of_a_tar_is_named() {
    use Weight::{Odd, Refusing, Unreadable};
    let one = || tar_member("a", b'0', "", b"content");
    let whole = tar(&[one()]);
    // More than one block of zstd, so that a cut one still begins as a tar.
    let noise: Vec<u8> = (0..400_000u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
        .collect();
    let large = tar(&[tar_member("a", b'0', "", &noise)]);
    let mut lone = one();
    lone.resize(lone.len() + 512, 0);
    lone.extend(tar(&[tar_member("b", b'0', "", b"")]));
    let mut wrong_sum = [one(), one()].concat();
    wrong_sum[1024] = b'b';
    let mut wrong_number = one();
    wrong_number[124] = b'x';
    checksum(&mut wrong_number);
    let mut padded = one();
    *padded.last_mut().unwrap() = 1;
    let cut = [one(), tar_member("b", b'0', "", &[7; 2000])].concat();
    let cases: Vec<(&str, Vec<u8>, &str, Weight)> = vec![
        (
            "two of a name",
            tar(&[one(), one()]),
            "DuplicateName",
            Refusing,
        ),
        (
            "..",
            tar(&[tar_member("../a", b'0', "", b"")]),
            "Traversal",
            Refusing,
        ),
        (
            "link leaves",
            tar(&[tar_member("l", b'2', "../a", b"")]),
            "LinkLeaves",
            Refusing,
        ),
        (
            "hard link leaves",
            tar(&[tar_member("l", b'1', "/etc/passwd", b"")]),
            "LinkLeaves",
            Refusing,
        ),
        (
            "hard link to nothing",
            tar(&[tar_member("l", b'1', "a", b""), one()]),
            "LinkWithoutTarget",
            Refusing,
        ),
        (
            "through a link",
            tar(&[
                tar_member("l", b'2', "d", b""),
                tar_member("l/a", b'0', "", b""),
            ]),
            "ThroughLink",
            Refusing,
        ),
        (
            "link with data",
            tar(&[tar_member("l", b'2', "a", b"data")]),
            "UnexpectedData",
            Refusing,
        ),
        (
            "device",
            tar(&[tar_member("d", b'3', "", b"")]),
            "Device",
            Refusing,
        ),
        (
            "unknown kind",
            tar(&[tar_member("d", b'Q', "", b"")]),
            "UnknownKind",
            Refusing,
        ),
        ("checksum", tar(&[wrong_sum]), "HeaderChecksum", Refusing),
        (
            "number",
            tar(&[one(), wrong_number]),
            "HeaderNumber",
            Refusing,
        ),
        (
            "two archives",
            [whole.clone(), whole.clone()].concat(),
            "SecondArchive",
            Refusing,
        ),
        (
            "data behind",
            [whole.clone(), vec![1; 512]].concat(),
            "DataAfterEnd",
            Refusing,
        ),
        ("lone zero block", lone, "LoneZeroBlock", Refusing),
        ("no end", one(), "NoEnd", Odd),
        ("cut", cut[..2100].to_vec(), "Truncated", Refusing),
        (
            "pax size",
            tar(&[
                tar_member("x", b'x', "", pax("size", "1024").as_bytes()),
                tar_member_sized("a", b'0', "", &[0; 1024], 0),
            ]),
            "ExtendedContradicts",
            Refusing,
        ),
        (
            "pax key twice",
            tar(&[
                tar_member(
                    "x",
                    b'x',
                    "",
                    (pax("path", "b") + &pax("path", "c")).as_bytes(),
                ),
                one(),
            ]),
            "ExtendedContradicts",
            Refusing,
        ),
        (
            "pax and GNU name",
            tar(&[
                tar_member("x", b'x', "", pax("path", "b").as_bytes()),
                tar_member("L", b'L', "", b"c\0"),
                one(),
            ]),
            "ExtendedContradicts",
            Refusing,
        ),
        (
            "pax broken",
            tar(&[tar_member("x", b'x', "", b"99 path=b\n"), one()]),
            "ExtendedHeader",
            Refusing,
        ),
        (
            "global path",
            tar(&[
                tar_member("g", b'g', "", pax("path", "b").as_bytes()),
                one(),
            ]),
            "ExtendedHeader",
            Refusing,
        ),
        (
            "pax for nobody",
            tar(&[
                one(),
                tar_member("x", b'x', "", pax("path", "b").as_bytes()),
            ]),
            "ExtendedHeader",
            Refusing,
        ),
        (
            "sparse",
            tar(&[
                tar_member("x", b'x', "", pax("GNU.sparse.major", "1").as_bytes()),
                one(),
            ]),
            "Sparse",
            Unreadable,
        ),
        ("padding", tar(&[padded]), "Padding", Odd),
        (
            "two streams",
            [gzip(&whole[..512]), gzip(&whole[512..])].concat(),
            "SeveralStreams",
            Odd,
        ),
        (
            "bytes behind gzip",
            [gzip(&whole), b"more".to_vec()].concat(),
            "Suffix",
            Refusing,
        ),
        (
            "zeros behind gzip",
            [gzip(&whole), vec![0; 10]].concat(),
            "ZeroPadding",
            Odd,
        ),
        (
            "two archives in two streams",
            [gzip(&whole), gzip(&whole)].concat(),
            "SecondArchive",
            Refusing,
        ),
        (
            "cut gzip",
            gzip(&whole)[..gzip(&whole).len() - 4].to_vec(),
            "BrokenStream",
            Refusing,
        ),
        (
            "cut xz",
            xz(&whole)[..xz(&whole).len() - 4].to_vec(),
            "BrokenStream",
            Refusing,
        ),
        (
            "bytes behind xz",
            [xz(&whole), b"more".to_vec()].concat(),
            "BrokenStream",
            Refusing,
        ),
        (
            "cut zst",
            zstandard(&large)[..zstandard(&large).len() - 4].to_vec(),
            "BrokenStream",
            Refusing,
        ),
    ];
    for (what, bytes, kind, weight) in cases {
        shows(what, &bytes, kind, weight);
    }
}

#[test]
fn bombs_meet_a_limit() {
    let zeros = vec![0; 64 << 20];
    let mut bomb = deflated("a", &zeros);
    // A ratio above what deflate can reach needs two layers; a small limit would refuse real data.
    bomb.size = None;
    let zipped = zip(&[bomb]);
    assert!(take(&zipped).is_ok());
    for packed in [
        xz(&tar(&[tar_member("a", b'0', "", &zeros)])),
        zstandard(&tar(&[tar_member("a", b'0', "", &zeros)])),
    ] {
        let outcome = take(&packed);
        assert!(
            matches!(outcome, Err(ContainerError::Limit { .. })),
            "{:?}",
            outcome.map(|inventory| inventory.faults)
        );
    }
    let deep = zip(&[entry(&"d/".repeat(100), b"")]);
    assert!(matches!(take(&deep), Err(ContainerError::Limit { .. })));
}

#[test]
fn what_is_no_container_is_none() {
    let cases: [&[u8]; 6] = [
        b"",
        b"plain text",
        &[0; 2048],
        b"PK",
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
    ];
    for bytes in cases {
        let found = Container::open(&bytes.to_vec()).map(|found| found.is_none());
        assert_eq!(found, Ok(true), "{bytes:?}");
    }
    let compressed_text = gzip(&b"no tar ".repeat(1000));
    assert!(Container::open(&compressed_text).unwrap().is_none());
    let cut = b"PK\x03\x04 and no end".to_vec();
    assert!(matches!(
        Container::open(&cut),
        Err(ContainerError::Malformed { .. })
    ));
}
