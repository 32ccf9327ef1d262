//! A tiny zip writer: every entry stored, nothing optional (PKWARE APPNOTE 4.3).

/// One file of an archive.
#[derive(Clone)]
pub struct Entry {
    pub name: String,
    pub bytes: Vec<u8>,
    /// Year, month, day of the entry's time stamp; the time is noon.
    pub day: (u16, u16, u16),
}

/// The archive, entries in the order given, whatever their names.
pub fn zip(entries: &[Entry]) -> Vec<u8> {
    let mut archive = vec![];
    let mut directory = vec![];
    for entry in entries {
        let offset = archive.len() as u32;
        let common = common(entry);
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(entry.name.as_bytes());
        archive.extend(&entry.bytes);
        // Made by a Unix-like system, so that the mode counts: a plain file, executable scripts.
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&common);
        // Comment length, disk number, internal attributes.
        directory.extend([0; 6]);
        let mode: u32 = if entry.name.ends_with(".sh") {
            0o100_755
        } else {
            0o100_644
        };
        directory.extend((mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(entry.name.as_bytes());
    }
    let start = archive.len() as u32;
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    let count = entries.len() as u16;
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend((directory.len() as u32).to_le_bytes());
    archive.extend(start.to_le_bytes());
    archive.extend([0, 0]);
    archive
}

/// The fields that local and central header share, from "version needed" to "extra length".
fn common(entry: &Entry) -> Vec<u8> {
    let (year, month, day) = entry.day;
    let mut fields = vec![10, 0, 0, 0, 0, 0];
    fields.extend((12_u16 << 11).to_le_bytes());
    fields.extend(((year - 1980) << 9 | month << 5 | day).to_le_bytes());
    fields.extend(checksum(&entry.bytes).to_le_bytes());
    let size = (entry.bytes.len() as u32).to_le_bytes();
    fields.extend(size);
    fields.extend(size);
    fields.extend((entry.name.len() as u16).to_le_bytes());
    fields.extend([0, 0]);
    fields
}

/// CRC-32, bit by bit: the files are small.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1))
        })
    })
}
