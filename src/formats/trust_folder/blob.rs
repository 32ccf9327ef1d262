//! The compiled trust folder: sorted maps of bytes in one piece, searched where they lie.
//!
//! Opening a blob reads its head and nothing else; a look-up is a binary search. Layout, all numbers
//! little-endian u32: magic, then the number of entries of each map, then 16 bytes an entry (offset
//! and length of key and of value, counted from the start of the blob), maps one after the other,
//! entries sorted by key; then the bytes. A key may stand several times.

/// The first bytes of a blob; the last of them counts the versions of this layout.
pub const MAGIC: &[u8; 8] = b"awtrust\x03";

/// The maps, in the order in which they stand. Stores keep these numbers: new maps come at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Map {
    /// Number (big-endian u32) to a certificate's DER.
    Certificates,
    /// Canonical subject of a code-signing anchor to a certificate's number.
    CodeSubject,
    /// Subject key identifier to a certificate's number.
    CodeKeyIdentifier,
    /// SHA-256 of the SPKI to a certificate's number.
    CodeSpki,
    /// As [`Map::CodeSubject`], for timestamping.
    TimeSubject,
    TimeKeyIdentifier,
    TimeSpki,
    /// A file's path without its ending to its content as JSON.
    Files,
    /// An anchor id to the paths of the files that speak of its status.
    AnchorFiles,
    /// An anchor id to the paths of the signer rules below it.
    RulesByRoot,
    /// A product's file name pattern to the vendor's slug.
    Patterns,
    /// What a rotation names (an anchor id, or `<slug>/signers/<rule>`) to the rotation's path.
    Rotations,
    /// Key number of minisign and signify to a raw key's DER SubjectPublicKeyInfo.
    RawNumbers,
    /// Key id of an OpenPGP primary key or subkey to the path of the key's file.
    OpenPgpKeyIds,
    /// Fingerprint of an OpenPGP primary key or subkey to the path of the key's file.
    OpenPgpFingerprints,
    /// Path of an OpenPGP key's file to the bytes beside it.
    OpenPgpCopies,
    /// As [`Map::AnchorFiles`], by a folder that is no authority; no compiled folder has such.
    ProposedAnchorFiles = 64,
}

/// How many maps there are.
pub const MAPS: usize = 16;

const HEAD: usize = MAGIC.len() + MAPS * 4;
const ENTRY: usize = 16;

/// A blob, read in place.
#[derive(Debug, Clone, Copy)]
pub struct Blob<'a> {
    bytes: &'a [u8],
    /// The offset of each map's first entry, and its number of entries.
    maps: [(usize, usize); MAPS],
}

impl<'a> Blob<'a> {
    /// Opens a blob; `None` when the bytes are none, of another version, or cut off.
    #[must_use]
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(MAGIC) {
            return None;
        }
        let mut maps = [(0, 0); MAPS];
        let mut at = HEAD;
        for (index, map) in maps.iter_mut().enumerate() {
            let count = number(bytes, MAGIC.len() + index * 4)?;
            *map = (at, count);
            at = at.checked_add(count.checked_mul(ENTRY)?)?;
        }
        (at <= bytes.len()).then_some(Self { bytes, maps })
    }

    /// Every value whose key is `key`, in stored order.
    pub fn values(&self, map: Map, key: &[u8]) -> impl Iterator<Item = &'a [u8]> {
        let blob = *self;
        let key = key.to_vec();
        (blob.lower_bound(map, &key)..)
            .map_while(move |index| blob.entry(map, index))
            .take_while(move |(found, _)| *found == key)
            .map(|(_, value)| value)
    }

    /// The first value whose key is `key`.
    #[must_use]
    pub fn first(&self, map: Map, key: &[u8]) -> Option<&'a [u8]> {
        self.values(map, key).next()
    }

    /// Every entry whose key begins with `prefix`, sorted by key.
    pub fn with_prefix(
        &self,
        map: Map,
        prefix: &[u8],
    ) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let blob = *self;
        let prefix = prefix.to_vec();
        (blob.lower_bound(map, &prefix)..)
            .map_while(move |index| blob.entry(map, index))
            .take_while(move |(found, _)| found.starts_with(&prefix))
    }

    /// Everything in it: a map's number, key and value, in stored order.
    pub fn all(&self) -> impl Iterator<Item = (u8, &'a [u8], &'a [u8])> {
        let blob = *self;
        (0u8..)
            .zip(blob.maps)
            .flat_map(move |(map, (_, count))| (0..count).map(move |index| (map, index)))
            .filter_map(move |(map, index)| {
                let (key, value) = blob.entry_of(usize::from(map), index)?;
                Some((map, key, value))
            })
    }

    fn entry(&self, map: Map, index: usize) -> Option<(&'a [u8], &'a [u8])> {
        self.entry_of(map as usize, index)
    }

    fn entry_of(&self, map: usize, index: usize) -> Option<(&'a [u8], &'a [u8])> {
        let (start, count) = *self.maps.get(map)?;
        if index >= count {
            return None;
        }
        let at = start + index * ENTRY;
        let part = |at| {
            let offset = number(self.bytes, at)?;
            let length = number(self.bytes, at + 4)?;
            self.bytes.get(offset..offset.checked_add(length)?)
        };
        Some((part(at)?, part(at + 8)?))
    }

    /// The index of the first entry whose key is not below `key`.
    fn lower_bound(&self, map: Map, key: &[u8]) -> usize {
        let (_, count) = self.maps.get(map as usize).copied().unwrap_or_default();
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low.midpoint(high);
            match self.entry(map, middle) {
                Some((found, _)) if found < key => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let digits = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(digits)).ok()
}

/// Collects entries and lays them out.
#[derive(Debug, Default)]
pub struct Writer {
    maps: [Vec<(Vec<u8>, Vec<u8>)>; MAPS],
}

impl Writer {
    pub fn add(&mut self, map: Map, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        if let Some(entries) = self.maps.get_mut(map as usize) {
            entries.push((key.into(), value.into()));
        }
    }

    /// The blob; `None` when it would pass 4 GiB.
    #[must_use]
    pub fn finish(mut self) -> Option<Vec<u8>> {
        let entries: usize = self.maps.iter().map(Vec::len).sum();
        let mut head = MAGIC.to_vec();
        let mut table = Vec::with_capacity(entries * ENTRY);
        let mut data = vec![];
        let start = HEAD + entries * ENTRY;
        let put = |part: &[u8], data: &mut Vec<u8>| -> Option<[u8; 8]> {
            let offset = u32::try_from(start + data.len()).ok()?;
            let length = u32::try_from(part.len()).ok()?;
            data.extend_from_slice(part);
            let mut both = [0; 8];
            let (left, right) = both.split_at_mut(4);
            left.copy_from_slice(&offset.to_le_bytes());
            right.copy_from_slice(&length.to_le_bytes());
            Some(both)
        };
        for map in &mut self.maps {
            map.sort();
            head.extend_from_slice(&u32::try_from(map.len()).ok()?.to_le_bytes());
            for (key, value) in map.iter() {
                table.extend_from_slice(&put(key, &mut data)?);
                table.extend_from_slice(&put(value, &mut data)?);
            }
        }
        head.append(&mut table);
        head.append(&mut data);
        u32::try_from(head.len()).ok()?;
        Some(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_added_is_found() {
        let mut writer = Writer::default();
        for (key, value) in [("b", "2"), ("a", "1"), ("b", "3"), ("ba", "4"), ("c", "5")] {
            writer.add(Map::Files, key, value);
        }
        let bytes = writer.finish().unwrap();
        let blob = Blob::open(&bytes).unwrap();
        for (key, expected) in [("a", "1"), ("b", "2 3"), ("ba", "4"), ("d", ""), ("", "")] {
            let found: Vec<_> = blob
                .values(Map::Files, key.as_bytes())
                .map(|value| str::from_utf8(value).unwrap())
                .collect();
            assert_eq!(found.join(" "), expected, "{key}");
        }
        assert_eq!(blob.with_prefix(Map::Files, b"b").count(), 3);
        assert_eq!(blob.with_prefix(Map::Patterns, b"").count(), 0);
    }

    proptest! {
        #[test]
        fn damaged_blobs_never_panic(
            mut tail in proptest::collection::vec(any::<u8>(), 0..300),
            key in proptest::collection::vec(any::<u8>(), 0..4),
            small: bool,
        ) {
            if small {
                // few entries, so that the table is looked at
                for (index, byte) in tail.iter_mut().enumerate().take(MAPS * 4) {
                    *byte = if index % 4 == 0 { *byte & 1 } else { 0 };
                }
            }
            let mut bytes = MAGIC.to_vec();
            bytes.append(&mut tail);
            if let Some(blob) = Blob::open(&bytes) {
                let _ = blob.values(Map::Files, &key).count();
                let _ = blob.with_prefix(Map::Certificates, &key).count();
            }
        }
    }
}
