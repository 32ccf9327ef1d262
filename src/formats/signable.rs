//! Whether a file that lies inside another may carry a signature of its own: by its first bytes, so
//! that one pass over a package says which members deserve a second look.

/// Images, packages, clearsigned texts and signify lists, archives, compressed streams.
const BEGINNINGS: [&[u8]; 9] = [
    b"MZ",
    &[0xed, 0xab, 0xee, 0xdb],
    b"!<arch>\ndebian-binary",
    b"-----BEGIN PGP SIGNED MESSAGE",
    b"untrusted comment:",
    b"PK\x03\x04",
    &[0x1f, 0x8b],
    &[0xfd, b'7', b'z', b'X', b'Z', 0x00],
    &[0x28, 0xb5, 0x2f, 0xfd],
];

/// Where a tar header has its magic (POSIX.1-1988), and the magic.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// Whether the file that begins like this may be signed inside. A clearsigned block behind other text
/// is not looked for here: as a member it signs nothing.
#[must_use]
pub fn may_be_signed(start: &[u8]) -> bool {
    let tar = start
        .get(TAR.0..)
        .is_some_and(|rest| rest.starts_with(TAR.1));
    tar || BEGINNINGS
        .iter()
        .any(|beginning| start.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_tell() {
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        for (start, expected) in [
            (&b"MZ\x90"[..], true),
            (&tar, true),
            (b"!<arch>\nlibx.o/", false),
            (b"#!/bin/sh", false),
            (b"", false),
        ] {
            assert_eq!(may_be_signed(start), expected, "{start:02x?}");
        }
    }
}
