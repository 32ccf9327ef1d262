//! Extra fields: zip64 sizes, times and paths (APPNOTE 4.5).

use jiff::Timestamp;

use super::fields::Fields;

/// The extra fields that we read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extra<'a> {
    /// 0x0001.
    pub(super) zip64: Option<&'a [u8]>,
    /// 0x5455, the modification time.
    pub(super) modified: Option<Timestamp>,
    /// 0x7075.
    pub(super) unicode_path: Option<&'a [u8]>,
    /// A field of ours stands twice: readers take the first or the last.
    pub(super) duplicate: bool,
    /// The block is not a row of whole fields (Android's zipalign pads with zeros).
    pub(super) ragged: bool,
}

impl<'a> Extra<'a> {
    pub(super) fn read(block: &'a [u8]) -> Self {
        let mut extra = Self::default();
        let mut fields = Fields::new(block);
        while !fields.is_empty() {
            let field = (|| {
                let kind = fields.u16()?;
                let length = fields.u16()?;
                Some((kind, fields.bytes(usize::from(length))?))
            })();
            match field {
                None => {
                    extra.ragged = true;
                    break;
                }
                Some((0x0001, value)) => {
                    extra.duplicate |= extra.zip64.replace(value).is_some();
                }
                Some((0x7075, value)) => {
                    extra.duplicate |= extra.unicode_path.replace(value).is_some();
                }
                Some((0x5455, value)) => extra.modified = modified(value),
                Some(_) => {}
            }
        }
        extra
    }
}

fn modified(value: &[u8]) -> Option<Timestamp> {
    let (flags, rest) = value.split_first()?;
    if flags & 1 == 0 {
        return None;
    }
    let seconds = i32::from_le_bytes(rest.get(..4)?.try_into().ok()?);
    Timestamp::from_second(i64::from(seconds)).ok()
}

/// Sizes and position, narrow as in the header and widened from the zip64 field where the narrow
/// value says "see there".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) size: u64,
    pub(super) packed: u64,
    /// The local header's position; `None` in local headers, which do not state it.
    pub(super) position: Option<u64>,
}

const SATURATED: u64 = 0xffff_ffff;

impl Sizes {
    /// Widens; the error says what is inconsistent.
    pub(super) fn widen(self, zip64: Option<&[u8]>) -> Result<Self, &'static str> {
        let narrow = [Some(self.size), Some(self.packed), self.position];
        let needed = narrow.iter().flatten().filter(|v| **v == SATURATED).count();
        let Some(field) = zip64 else {
            // Exactly 4 GiB - 1 byte without zip64 is possible, but no reader agrees on it.
            return match needed {
                0 => Ok(self),
                _ => Err("a size points to a zip64 field that is not there"),
            };
        };
        let mut fields = Fields::new(field);
        let mut wide = narrow;
        if field.len() == needed * 8 {
            for value in wide.iter_mut().flatten() {
                if *value == SATURATED {
                    *value = fields.u64().ok_or("the zip64 field is too short")?;
                }
            }
        } else {
            // A writer that puts every value there: then each must say the same as the header.
            for value in wide.iter_mut().flatten() {
                let Some(stated) = fields.u64() else {
                    if *value == SATURATED {
                        return Err("the zip64 field is too short");
                    }
                    break;
                };
                if *value != SATURATED && *value != stated {
                    return Err("the zip64 field and the header state different values");
                }
                *value = stated;
            }
        }
        let [size, packed, position] = wide;
        Ok(Self {
            size: size.unwrap_or(self.size),
            packed: packed.unwrap_or(self.packed),
            position,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zip64_fields_widen_what_points_to_them_and_contradict_nothing() {
        let eight =
            |values: &[u64]| -> Vec<u8> { values.iter().flat_map(|v| v.to_le_bytes()).collect() };
        let max = SATURATED;
        type Case = ((u64, u64, u64), Option<Vec<u8>>, Option<(u64, u64, u64)>);
        let cases: [Case; 8] = [
            ((5, 4, 3), None, Some((5, 4, 3))),
            ((max, 4, 3), None, None),
            ((max, 4, 3), Some(eight(&[9])), Some((9, 4, 3))),
            ((max, max, max), Some(eight(&[9, 8, 7])), Some((9, 8, 7))),
            ((5, 4, max), Some(eight(&[7])), Some((5, 4, 7))),
            ((max, 4, 3), Some(eight(&[9, 4])), Some((9, 4, 3))),
            ((5, 4, 3), Some(eight(&[6, 4])), None),
            ((max, max, 3), Some(eight(&[9])), None),
        ];
        for ((size, packed, position), field, expected) in cases {
            let sizes = Sizes {
                size,
                packed,
                position: Some(position),
            };
            let found = sizes.widen(field.as_deref()).ok();
            let expected = expected.map(|(size, packed, position)| Sizes {
                size,
                packed,
                position: Some(position),
            });
            assert_eq!(found, expected, "{sizes:?} {field:?}");
        }
    }
}
