//! Formats that can carry a signature of their own and that this version does not read: told by
//! their first bytes, so that such a file is never passed over as if nothing could sign it.

/// What a file of such a format begins with, and what people call it.
const BEGINNINGS: [(&[u8], &str); 7] = [
    (&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "MSI"),
    (b"MSCF", "CAB"),
    (b"!<arch>\n", "ar that is no deb (VIB)"),
    (b"xar!", "macOS pkg"),
    (&[0xcf, 0xfa, 0xed, 0xfe], "Mach-O"),
    (&[0xce, 0xfa, 0xed, 0xfe], "Mach-O"),
    // Two architectures; a Java class has its version, 45 or more, in that place.
    (&[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], "Mach-O"),
];

/// Compressed streams. Whole tars in them are read; a file that is only named like one is cut short or
/// broken.
const PACKED: [(&[u8], &str); 3] = [
    (&[0x1f, 0x8b], "a gzip of a tar"),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0x00], "an xz of a tar"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "a zstd of a tar"),
];

/// How many bytes [`name_of`] looks at.
pub const BEGINNING: usize = 32;

/// The names, each once, in the order of the table.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = BEGINNINGS.iter().map(|(_, name)| *name).collect();
    names.dedup();
    names
}

/// The format's name, when the file begins like one of them; a compressed stream counts only when its
/// file's name says that a tar is in it.
#[must_use]
pub fn name_of(start: &[u8], file_name: &str) -> Option<&'static str> {
    let file_name = file_name.to_lowercase();
    let says_tar = [".tgz", ".txz", ".tzst"]
        .iter()
        .any(|ending| file_name.ends_with(ending))
        || file_name.contains(".tar.");
    let packed = if says_tar { PACKED.as_slice() } else { &[] };
    BEGINNINGS
        .iter()
        .chain(packed)
        .find(|(beginning, _)| start.starts_with(beginning))
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_names_its_format() {
        let cases: [(&[u8], &str, Option<&str>); 6] = [
            (b"MSCF\0\0\0\0", "a", Some("CAB")),
            (b"\x1f\x8b\x08", "a.TAR.gz", Some("a gzip of a tar")),
            (b"\x1f\x8b\x08", "manual.1.gz", None),
            (b"MSC", "a.cab", None),
            (b"# readme", "a.rpm", None),
            (b"", "", None),
        ];
        for (start, file, name) in cases {
            assert_eq!(name_of(start, file), name, "{file} {start:02x?}");
        }
        assert!(BEGINNINGS.iter().all(|(start, _)| start.len() <= BEGINNING));
    }
}
