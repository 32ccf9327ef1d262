//! Local headers and data descriptors, held against the central directory (APPNOTE 4.3.7, 4.3.9).

use super::Entry;
use super::extra::{Extra, Sizes};
use super::fields::Fields;
use crate::formats::container::{ContainerError, Fault, Field};
use crate::formats::source::Source;

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const HEADER: usize = 30;
/// Flag bit 3: sizes and CRC follow the data.
pub(super) const DESCRIPTOR: u16 = 1 << 3;
/// Flag bits 1 and 2 say only how hard the writer tried (for deflate).
const LEVEL: u16 = 0b110;

/// Reads the entry's local header, sets where its data begins, and names every difference.
pub(super) fn compare(
    source: &dyn Source,
    entry: &mut Entry,
    faults: &mut Vec<Fault>,
) -> Result<(), ContainerError> {
    let name = entry.member.path.clone();
    let missing = Fault::LocalMissing {
        name: name.clone(),
        at: entry.header_at,
    };
    let room = source.size().saturating_sub(entry.header_at);
    // One read for header, name and the usual extra fields.
    let guess = (HEADER + entry.raw_name.len() + 64) as u64;
    let mut raw = source.read_range(
        entry.header_at.min(source.size()),
        usize::try_from(guess.min(room)).unwrap_or(0),
    )?;
    let mut fields = Fields::new(&raw);
    let parsed = (|| {
        (fields.bytes(4)? == LOCAL).then_some(())?;
        fields.u16()?;
        let (flags, method) = (fields.u16()?, fields.u16()?);
        let (time, date) = (fields.u16()?, fields.u16()?);
        let (crc, packed, size) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let lengths = (usize::from(fields.u16()?), usize::from(fields.u16()?));
        let sizes = Sizes {
            size: u64::from(size),
            packed: u64::from(packed),
            position: None,
        };
        Some((flags, method, time, date, crc, sizes, lengths))
    })();
    let Some((flags, method, time, date, crc, sizes, (name_length, extra_length))) = parsed else {
        faults.push(missing);
        return Ok(());
    };
    let length = HEADER + name_length + extra_length;
    if length as u64 > room {
        faults.push(missing);
        return Ok(());
    }
    if raw.len() < length {
        raw = source.read_range(entry.header_at, length)?;
    }
    let data_at = entry.header_at + length as u64;
    let inside = data_at
        .checked_add(entry.packed())
        .is_some_and(|end| end <= source.size());
    if inside {
        entry.data_at = Some(data_at);
    } else {
        faults.push(missing);
    }
    let mut variable = Fields::new(raw.get(HEADER..).unwrap_or_default());
    let raw_name = variable.bytes(name_length).unwrap_or_default();
    let extra = Extra::read(variable.bytes(extra_length).unwrap_or_default());
    let mut differ = |field, local: String, central: String| {
        faults.push(Fault::LocalDiffers {
            name: name.clone(),
            field,
            local,
            central,
        });
    };
    if raw_name != entry.raw_name {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        differ(Field::Name, text(raw_name), text(&entry.raw_name));
    }
    if method != entry.method {
        differ(Field::Method, method.to_string(), entry.method.to_string());
    }
    let bits = |flags: u16| format!("{flags:#06x}");
    match flags ^ entry.flags {
        0 => {}
        difference if difference & !LEVEL == 0 => {
            differ(Field::CompressionLevel, bits(flags), bits(entry.flags));
        }
        _ => differ(Field::Flags, bits(flags), bits(entry.flags)),
    }
    if (time, date) != (entry.time, entry.date) {
        let text = |date: u16, time: u16| format!("{date:#06x} {time:#06x}");
        differ(
            Field::Modified,
            text(date, time),
            text(entry.date, entry.time),
        );
    }
    let sizes = match sizes.widen(extra.zip64) {
        Ok(sizes) => sizes,
        Err(what) => {
            faults.push(Fault::Zip64Entry { name, what });
            return Ok(());
        }
    };
    // With a descriptor to come, zero means "not known yet".
    let late = entry.flags & DESCRIPTOR != 0;
    let mut compare = |field, local: u64, central: u64| {
        if local != central && !(late && local == 0) {
            differ(field, local.to_string(), central.to_string());
        }
    };
    compare(Field::Size, sizes.size, entry.member.size);
    compare(Field::PackedSize, sizes.packed, entry.packed());
    compare(Field::Crc, u64::from(crc), u64::from(entry.crc));
    if extra.duplicate {
        faults.push(Fault::Zip64Entry {
            name: name.clone(),
            what: "an extra field stands twice in the local header",
        });
    }
    if let Some(path) = extra.unicode_path {
        super::name::check_unicode_path(&name, path, faults);
    }
    Ok(())
}

/// How many of the `room` bytes behind an entry's data are its data descriptor: with or without
/// mark, with 4-byte or 8-byte sizes. The form that fills the room wins. `None`: none matches.
pub(super) fn descriptor(
    source: &dyn Source,
    entry: &Entry,
    at: u64,
    room: u64,
) -> Result<Option<u64>, ContainerError> {
    let available = room.min(source.size().saturating_sub(at)).min(24);
    let raw = source.read_range(at, usize::try_from(available).unwrap_or(0))?;
    let mut found = None;
    for (marked, wide) in [(true, false), (false, false), (true, true), (false, true)] {
        let mut fields = Fields::new(&raw);
        let matches = (|| {
            if marked {
                (fields.bytes(4)? == b"PK\x07\x08").then_some(())?;
            }
            let crc = fields.u32()?;
            let (packed, size) = if wide {
                (fields.u64()?, fields.u64()?)
            } else {
                (u64::from(fields.u32()?), u64::from(fields.u32()?))
            };
            let same = crc == entry.crc && packed == entry.packed() && size == entry.member.size;
            same.then_some(())
        })();
        if matches.is_some() {
            let length = raw.len() as u64 - fields.rest().len() as u64;
            if length == room || found.is_none() {
                found = Some(length);
            }
        }
    }
    Ok(found)
}
