//! Damaged and random archives: reading never stops the program, and where nothing refusing is
//! reported, readers of other habits see the same content.

use std::collections::BTreeMap;
use std::io::Read as _;

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::container::{Container, Inventory, MemberKind, Weight};
use proptest::prelude::*;

use crate::making_archives::{
    ZipEnd, ZipEntry, deflate, descriptor, entry, gzip, pax, tar, tar_member, xz, zip_with,
    zstandard,
};

type Content = BTreeMap<String, Vec<u8>>;

/// Our reading; `None` when it ends in an error or anything is worse than odd.
fn ours(bytes: &[u8]) -> Option<Content> {
    let source = bytes.to_vec();
    let container = Container::open(&source).ok()??;
    let keep = |_: &_| Some(1 << 20);
    let inventory = Inventory::take(&container, &[HashAlgorithm::Sha256], &keep).ok()?;
    if inventory.weighs(Weight::Refusing) || inventory.weighs(Weight::Unreadable) {
        return None;
    }
    let mut content: Content = inventory
        .kept
        .into_iter()
        .map(|(path, kept)| (path, kept.bytes))
        .collect();
    // A reader that knows no links sees a file that holds the target.
    for stock in inventory.stock {
        if let MemberKind::SymbolicLink { target } = stock.member.kind {
            content.insert(stock.member.path, target.into_bytes());
        }
    }
    Some(content)
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let field = bytes.get(at..at + length)?;
    Some(
        field
            .iter()
            .rev()
            .fold(0, |n, byte| n << 8 | usize::from(*byte)),
    )
}

/// Unpacks to the end of the stream; also says how much of the input that took.
fn inflate(packed: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut decoder = flate2::read::DeflateDecoder::new(packed);
    let mut out = vec![];
    decoder.by_ref().take(1 << 22).read_to_end(&mut out).ok()?;
    Some((out, usize::try_from(decoder.total_in()).unwrap()))
}

fn keep(content: &mut Content, name: &[u8], data: Vec<u8>, first_wins: bool) {
    let name = String::from_utf8_lossy(name);
    let name = name.trim_start_matches("./").to_owned();
    if name.ends_with('/') {
        return;
    }
    if first_wins {
        content.entry(name).or_insert(data);
    } else {
        content.insert(name, data);
    }
}

/// A reader that only ever goes forwards and believes local headers.
fn forwards(bytes: &[u8]) -> Option<Content> {
    let mut content = Content::new();
    let mut at = 0;
    while bytes.get(at..at + 4)? == b"PK\x03\x04" {
        let flags = number(bytes, at + 6, 2)?;
        let method = number(bytes, at + 8, 2)?;
        let packed = number(bytes, at + 18, 4)?;
        let name_length = number(bytes, at + 26, 2)?;
        let data_at = at + 30 + name_length + number(bytes, at + 28, 2)?;
        let name = bytes.get(at + 30..at + 30 + name_length)?;
        let rest = bytes.get(data_at..)?;
        let (data, taken) = if method == 8 {
            let (data, taken) = inflate(rest)?;
            (data, if flags & 8 == 0 { packed } else { taken })
        } else {
            (rest.get(..packed)?.to_vec(), packed)
        };
        keep(&mut content, name, data, true);
        at = data_at + taken;
        if flags & 8 != 0 && bytes.get(at..at + 4)? == b"PK\x07\x08" {
            at += 16;
        }
    }
    Some(content)
}

/// A reader that finds the end record by its mark alone, believes central headers, and lets the
/// first or the last entry of a name win.
fn backwards(bytes: &[u8], last_record: bool, first_wins: bool) -> Option<Content> {
    let mut marks = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, window)| *window == b"PK\x05\x06")
        .map(|(at, _)| at);
    let end = if last_record {
        marks.next_back()?
    } else {
        marks.next()?
    };
    let mut at = number(bytes, end + 16, 4)?;
    let mut content = Content::new();
    for _ in 0..number(bytes, end + 10, 2)? {
        let method = number(bytes, at + 10, 2)?;
        let (packed, name_length) = (number(bytes, at + 20, 4)?, number(bytes, at + 28, 2)?);
        let name = bytes.get(at + 46..at + 46 + name_length)?;
        let local = number(bytes, at + 42, 4)?;
        let data_at = local + 30 + number(bytes, local + 26, 2)? + number(bytes, local + 28, 2)?;
        let data = bytes.get(data_at..data_at + packed)?;
        let data = if method == 8 {
            inflate(data)?.0
        } else {
            data.to_vec()
        };
        keep(&mut content, name, data, first_wins);
        at += 46 + name_length + number(bytes, at + 30, 2)? + number(bytes, at + 32, 2)?;
    }
    Some(content)
}

fn zip_base() -> Vec<u8> {
    let text = b"anchor watch ".repeat(20);
    let streamed = ZipEntry {
        deflate: true,
        flags: 8,
        local_crc: Some(0),
        local_size: Some(0),
        local_packed: Some(0),
        after: descriptor(&text, deflate(&text).len()),
        ..entry("c.txt", &text)
    };
    let packed = ZipEntry {
        deflate: true,
        ..entry("d/b.txt", &text)
    };
    zip_with(
        &[entry("d/", b""), entry("a.bin", b"first"), packed, streamed],
        &ZipEnd {
            comment: b"ok".to_vec(),
            ..ZipEnd::default()
        },
    )
}

fn tar_base() -> Vec<u8> {
    tar(&[
        tar_member("./d/", b'5', "", b""),
        tar_member("./d/a", b'0', "", b"first"),
        tar_member("x", b'x', "", pax("path", "d/renamed").as_bytes()),
        tar_member("short", b'0', "", &b"second ".repeat(100)),
        tar_member(
            "././@LongLink",
            b'L',
            "",
            &[&b"long/".repeat(30)[..], b"n\0"].concat(),
        ),
        tar_member("short", b'0', "", b"third"),
    ])
}

/// Another tar reader, by the crate `tar`.
fn by_crate(bytes: &[u8]) -> Option<Content> {
    let mut content = Content::new();
    for entry in tar::Archive::new(bytes).entries().ok()? {
        let mut entry = entry.ok()?;
        let name = entry.path_bytes().into_owned();
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let mut data = vec![];
        entry.read_to_end(&mut data).ok()?;
        keep(&mut content, &name, data, false);
    }
    Some(content)
}

/// One change of some bytes.
#[derive(Clone, Debug)]
enum Damage {
    Set(usize, u8),
    Cut(usize, usize),
    Insert(usize, Vec<u8>),
    /// Copies a stretch to another place, which makes doubled records.
    Copy(usize, usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = 0usize..6000;
    prop_oneof![
        4 => (at.clone(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        1 => (at.clone(), 1usize..40).prop_map(|(at, length)| Damage::Cut(at, length)),
        1 => (at.clone(), proptest::collection::vec(any::<u8>(), 1..20))
            .prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        2 => (at.clone(), at, 1usize..600).prop_map(|(from, to, length)| Damage::Copy(from, to, length)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        let length = bytes.len().max(1);
        match damage {
            Damage::Set(at, byte) => {
                if let Some(place) = bytes.get_mut(at % length) {
                    *place = *byte;
                }
            }
            Damage::Cut(at, count) => {
                let from = (at % length).min(bytes.len());
                bytes.drain(from..(from + count).min(bytes.len()));
            }
            Damage::Insert(at, more) => {
                let at = (at % length).min(bytes.len());
                bytes.splice(at..at, more.iter().copied());
            }
            Damage::Copy(from, to, count) => {
                let from = (from % length).min(bytes.len());
                let piece = bytes[from..(from + count).min(bytes.len())].to_vec();
                let to = (to % length).min(bytes.len());
                bytes.splice(to..to, piece);
            }
        }
    }
    bytes
}

#[test]
fn the_other_readers_agree_on_what_is_whole() {
    let zip = zip_base();
    let expected = ours(&zip);
    assert_eq!(expected.as_ref().map(Content::len), Some(3));
    assert_eq!(forwards(&zip), expected);
    for (last, first) in [(true, true), (true, false), (false, true)] {
        assert_eq!(backwards(&zip, last, first), expected);
    }
    let tar = tar_base();
    assert_eq!(ours(&tar).map(|content| content.len()), Some(3));
    assert_eq!(by_crate(&tar), ours(&tar));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_zip_without_refusing_faults_is_one_thing_to_all_readers(
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let bytes = damaged(zip_base(), &damages);
        if let Some(seen) = ours(&bytes) {
            for other in [
                forwards(&bytes),
                backwards(&bytes, true, true),
                backwards(&bytes, true, false),
                backwards(&bytes, false, true),
            ].into_iter().flatten() {
                prop_assert_eq!(&other, &seen);
            }
        }
    }

    #[test]
    fn a_tar_without_refusing_faults_is_one_thing_to_all_readers(
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let bytes = damaged(tar_base(), &damages);
        if let (Some(seen), Some(other)) = (ours(&bytes), by_crate(&bytes)) {
            prop_assert_eq!(other, seen);
        }
    }

    #[test]
    fn damaged_compressed_archives_never_stop_the_reader(
        which in 0usize..3,
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let packed = [gzip, xz, zstandard][which](&tar_base());
        let _ = ours(&damaged(packed, &damages));
    }

    #[test]
    fn random_bytes_never_stop_the_reader(
        mark in prop_oneof![
            Just(&b"PK\x03\x04"[..]), Just(&b"PK\x05\x06"[..]), Just(&b"\x1f\x8b\x08"[..]),
            Just(&b"\xfd7zXZ\0"[..]), Just(&b"\x28\xb5\x2f\xfd"[..]), Just(&b""[..]),
        ],
        bytes in proptest::collection::vec(any::<u8>(), 0..700),
    ) {
        let _ = ours(&[mark, &bytes[..]].concat());
    }
}
