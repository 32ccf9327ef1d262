//! Tiny writers of zip and tar archives, honest by default, with a place to lie at every field.

use std::io::Write as _;

/// One entry of a zip; local and central values may be made to differ.
#[derive(Clone, Debug)]
pub(crate) struct ZipEntry {
    pub(crate) name: Vec<u8>,
    pub(crate) local_name: Option<Vec<u8>>,
    pub(crate) data: Vec<u8>,
    pub(crate) deflate: bool,
    pub(crate) flags: u16,
    pub(crate) local_flags: Option<u16>,
    pub(crate) method: Option<u16>,
    pub(crate) local_method: Option<u16>,
    pub(crate) crc: Option<u32>,
    pub(crate) local_crc: Option<u32>,
    pub(crate) size: Option<u32>,
    pub(crate) local_size: Option<u32>,
    pub(crate) local_packed: Option<u32>,
    pub(crate) extra: Vec<u8>,
    pub(crate) local_extra: Vec<u8>,
    pub(crate) mode: u32,
    pub(crate) disk: u16,
    pub(crate) after: Vec<u8>,
    /// Points the central header at another entry's local header.
    pub(crate) position: Option<u32>,
}

pub(crate) fn entry(name: &str, data: &[u8]) -> ZipEntry {
    ZipEntry {
        name: name.as_bytes().to_vec(),
        local_name: None,
        data: data.to_vec(),
        deflate: false,
        flags: 0,
        local_flags: None,
        method: None,
        local_method: None,
        crc: None,
        local_crc: None,
        size: None,
        local_size: None,
        local_packed: None,
        extra: vec![],
        local_extra: vec![],
        mode: if name.ends_with('/') {
            0o040_755
        } else {
            0o100_644
        },
        disk: 0,
        after: vec![],
        position: None,
    }
}

pub(crate) fn crc32(data: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(data);
    crc.sum()
}

pub(crate) fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(vec![], flate2::Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// What stands around the entries.
#[derive(Clone, Debug, Default)]
pub(crate) struct ZipEnd {
    pub(crate) comment: Vec<u8>,
    pub(crate) prefix: Vec<u8>,
    /// Whether stated positions count the prefix.
    pub(crate) prefix_counted: bool,
    pub(crate) before_directory: Vec<u8>,
    pub(crate) after_directory: Vec<u8>,
    pub(crate) suffix: Vec<u8>,
    pub(crate) entries: Option<u16>,
    pub(crate) disk: u16,
    /// Writes zip64 records, adding this to the entry count they state.
    pub(crate) zip64: Option<u64>,
}

pub(crate) fn zip(entries: &[ZipEntry]) -> Vec<u8> {
    zip_with(entries, &ZipEnd::default())
}

pub(crate) fn zip_with(entries: &[ZipEntry], end: &ZipEnd) -> Vec<u8> {
    let mut out = end.prefix.clone();
    let base = if end.prefix_counted { 0 } else { out.len() };
    let position = |out: &[u8]| u32::try_from(out.len() - base).unwrap();
    let mut central: Vec<u8> = vec![];
    for entry in entries {
        let at = position(&out);
        let packed = if entry.deflate {
            deflate(&entry.data)
        } else {
            entry.data.clone()
        };
        let method = entry.method.unwrap_or(if entry.deflate { 8 } else { 0 });
        let crc = entry.crc.unwrap_or_else(|| crc32(&entry.data));
        let size = entry
            .size
            .unwrap_or_else(|| u32::try_from(entry.data.len()).unwrap());
        let packed_size = u32::try_from(packed.len()).unwrap();
        let local_name = entry.local_name.as_ref().unwrap_or(&entry.name);
        out.extend(b"PK\x03\x04\x14\0");
        out.extend(entry.local_flags.unwrap_or(entry.flags).to_le_bytes());
        out.extend(entry.local_method.unwrap_or(method).to_le_bytes());
        out.extend([0, 0, 0x21, 0x50]);
        out.extend(entry.local_crc.unwrap_or(crc).to_le_bytes());
        out.extend(entry.local_packed.unwrap_or(packed_size).to_le_bytes());
        out.extend(entry.local_size.unwrap_or(size).to_le_bytes());
        out.extend(u16::try_from(local_name.len()).unwrap().to_le_bytes());
        out.extend(
            u16::try_from(entry.local_extra.len())
                .unwrap()
                .to_le_bytes(),
        );
        out.extend(local_name);
        out.extend(&entry.local_extra);
        out.extend(packed);
        out.extend(&entry.after);
        central.extend(b"PK\x01\x02\x14\x03\x14\0");
        central.extend(entry.flags.to_le_bytes());
        central.extend(method.to_le_bytes());
        central.extend([0, 0, 0x21, 0x50]);
        central.extend(crc.to_le_bytes());
        central.extend(packed_size.to_le_bytes());
        central.extend(size.to_le_bytes());
        central.extend(u16::try_from(entry.name.len()).unwrap().to_le_bytes());
        central.extend(u16::try_from(entry.extra.len()).unwrap().to_le_bytes());
        central.extend([0, 0]);
        central.extend(entry.disk.to_le_bytes());
        central.extend([0, 0]);
        central.extend((entry.mode << 16).to_le_bytes());
        central.extend(entry.position.unwrap_or(at).to_le_bytes());
        central.extend(&entry.name);
        central.extend(&entry.extra);
    }
    out.extend(&end.before_directory);
    let offset = position(&out);
    out.extend(&central);
    out.extend(&end.after_directory);
    let count = end
        .entries
        .unwrap_or_else(|| u16::try_from(entries.len()).unwrap());
    let length = u32::try_from(central.len()).unwrap();
    if let Some(more) = end.zip64 {
        let at = u64::from(position(&out));
        out.extend(b"PK\x06\x06");
        out.extend(44u64.to_le_bytes());
        out.extend([45, 0, 45, 0]);
        out.extend([0; 8]);
        out.extend((u64::from(count) + more).to_le_bytes());
        out.extend((u64::from(count) + more).to_le_bytes());
        out.extend(u64::from(length).to_le_bytes());
        out.extend(u64::from(offset).to_le_bytes());
        out.extend(b"PK\x06\x07\0\0\0\0");
        out.extend(at.to_le_bytes());
        out.extend(1u32.to_le_bytes());
    }
    out.extend(b"PK\x05\x06");
    out.extend(end.disk.to_le_bytes());
    out.extend(end.disk.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(offset.to_le_bytes());
    out.extend(u16::try_from(end.comment.len()).unwrap().to_le_bytes());
    out.extend(&end.comment);
    out.extend(&end.suffix);
    out
}

/// A data descriptor with its mark.
pub(crate) fn descriptor(data: &[u8], packed: usize) -> Vec<u8> {
    let mut out = b"PK\x07\x08".to_vec();
    out.extend(crc32(data).to_le_bytes());
    out.extend(u32::try_from(packed).unwrap().to_le_bytes());
    out.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
    out
}

/// One tar member, header and padded data.
pub(crate) fn tar_member(name: &str, kind: u8, link: &str, data: &[u8]) -> Vec<u8> {
    tar_member_sized(name, kind, link, data, data.len() as u64)
}

/// As [`tar_member`], stating another size than the data has.
pub(crate) fn tar_member_sized(
    name: &str,
    kind: u8,
    link: &str,
    data: &[u8],
    size: u64,
) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..108].copy_from_slice(b"0000644\0");
    block[108..116].copy_from_slice(b"0000000\0");
    block[116..124].copy_from_slice(b"0000000\0");
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[136..148].copy_from_slice(b"14726530000\0");
    block[156] = kind;
    block[157..157 + link.len()].copy_from_slice(link.as_bytes());
    block[257..265].copy_from_slice(b"ustar\x0000");
    checksum(&mut block);
    block.extend(data);
    block.resize(block.len().next_multiple_of(512), 0);
    block
}

pub(crate) fn checksum(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block[..512].iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// Members and the end mark.
pub(crate) fn tar(members: &[Vec<u8>]) -> Vec<u8> {
    let mut out = members.concat();
    out.resize(out.len() + 1024, 0);
    out
}

/// A pax record with its own length in front.
pub(crate) fn pax(key: &str, value: &str) -> String {
    let body = key.len() + value.len() + 3;
    let mut length = body;
    while format!("{length}").len() + body != length {
        length = format!("{length}").len() + body;
    }
    format!("{length} {key}={value}\n")
}

pub(crate) fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn xz(data: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(vec![], 1);
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstandard(data: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(data, 1).unwrap()
}
