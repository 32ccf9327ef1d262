//! A member's name: its bytes, their encoding, and the extra field that may say otherwise.

use super::fields::Fields;
use crate::formats::container::Fault;

/// Code page 437 above 0x7f, the encoding of names that do not say UTF-8 (APPNOTE appendix D).
const CODE_PAGE_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// Flag bit 11: name and comment are UTF-8.
pub(super) const UTF8: u16 = 1 << 11;

/// The name as text. Without the flag, bytes that are UTF-8 are read as such (that is what most
/// writers that forget the flag mean), others as code page 437; either is told.
pub(super) fn decode(bytes: &[u8], flags: u16, faults: &mut Vec<Fault>) -> String {
    if bytes.is_ascii() {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    match (str::from_utf8(bytes), flags & UTF8 != 0) {
        (Ok(name), true) => name.to_owned(),
        (Ok(name), false) => {
            faults.push(Fault::NameEncoding {
                name: name.to_owned(),
            });
            name.to_owned()
        }
        (Err(_), true) => {
            let name = String::from_utf8_lossy(bytes).into_owned();
            faults.push(Fault::NameNotUnicode { name: name.clone() });
            name
        }
        (Err(_), false) => {
            let name: String = bytes.iter().map(|byte| code_page_437(*byte)).collect();
            faults.push(Fault::NameEncoding { name: name.clone() });
            name
        }
    }
}

fn code_page_437(byte: u8) -> char {
    match byte {
        ..0x80 => char::from(byte),
        _ => CODE_PAGE_437
            .chars()
            .nth(usize::from(byte - 0x80))
            .unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// The Info-ZIP Unicode path extra field (0x7075): some readers take it, others do not.
pub(super) fn check_unicode_path(name: &str, extra: &[u8], faults: &mut Vec<Fault>) {
    let mut fields = Fields::new(extra);
    let Some(_version_and_crc) = fields.bytes(5) else {
        faults.push(Fault::ExtraField {
            name: name.to_owned(),
        });
        return;
    };
    if fields.rest() != name.as_bytes() {
        faults.push(Fault::UnicodePath {
            name: name.to_owned(),
            other: String::from_utf8_lossy(fields.rest()).into_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_decoded_one_way_and_doubt_is_told() {
        let cases: [(&[u8], u16, &str, usize); 5] = [
            (b"a.bin", 0, "a.bin", 0),
            ("ä".as_bytes(), UTF8, "ä", 0),
            ("ä".as_bytes(), 0, "ä", 1),
            (&[0x84], 0, "ä", 1),
            (&[0xff], UTF8, "\u{fffd}", 1),
        ];
        for (bytes, flags, name, count) in cases {
            let mut faults = vec![];
            assert_eq!(decode(bytes, flags, &mut faults), name);
            assert_eq!(faults.len(), count, "{faults:?}");
        }
        assert_eq!(CODE_PAGE_437.chars().count(), 128);
    }
}
