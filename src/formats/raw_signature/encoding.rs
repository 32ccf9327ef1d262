//! The encodings in which a bare value comes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// How the bytes of a value are written in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Binary,
    /// Pairs of digits, with or without blanks, line breaks and colons; also behind the `=` of
    /// `openssl dgst -hex`.
    Hex,
    /// With or without line breaks and PEM markers; also the URL alphabet without padding.
    Base64,
}

impl Encoding {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Hex => "hex",
            Self::Base64 => "base64",
        }
    }
}

/// Every reading of the file that is possible, the likeliest first.
pub(super) fn decodings(file: &[u8]) -> Vec<(Encoding, Vec<u8>)> {
    let mut found = vec![];
    if let Ok(text) = str::from_utf8(file)
        && text.is_ascii()
    {
        let text = text.trim();
        found.extend(hex(text).map(|value| (Encoding::Hex, value)));
        found.extend(base64(text).map(|value| (Encoding::Base64, value)));
    }
    found.push((Encoding::Binary, file.to_vec()));
    found
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = match text.rsplit_once('=') {
        // `openssl dgst` writes `RSA-SHA2-256(file)= digits`.
        Some((before, digits)) if before.ends_with(')') => digits,
        _ => text,
    };
    let digits: Vec<u8> = digits
        .chars()
        .filter(|c| !c.is_ascii_whitespace() && *c != ':')
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    Some(
        digits
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect(),
    )
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let plain: String = text
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .flat_map(|line| line.chars().filter(|c| !c.is_ascii_whitespace()))
        .collect();
    if plain.is_empty() {
        return None;
    }
    STANDARD
        .decode(&plain)
        .or_else(|_| URL_SAFE_NO_PAD.decode(&plain))
        .ok()
}

/// r and s of equal length as the DER SEQUENCE of two INTEGERs that verifiers take.
pub(super) fn ecdsa_der(fixed: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = fixed.split_at_checked(fixed.len() / 2)?;
    let mut content = integer(r)?;
    content.extend(integer(s)?);
    value(0x30, &content)
}

fn integer(number: &[u8]) -> Option<Vec<u8>> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = number.get(zeros..)?;
    let mut content = vec![];
    if digits.first().is_none_or(|first| first & 0x80 != 0) {
        content.push(0);
    }
    content.extend_from_slice(digits);
    value(0x02, &content)
}

fn value(tag: u8, content: &[u8]) -> Option<Vec<u8>> {
    let length = u8::try_from(content.len()).ok()?;
    let mut whole = vec![tag];
    if length >= 0x80 {
        whole.push(0x81);
    }
    whole.push(length);
    whole.extend_from_slice(content);
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_in_every_encoding_it_can_have() {
        use Encoding::{Base64, Binary, Hex};
        let cases: [(&[u8], &[Encoding]); 8] = [
            (&[0xff, 0x00, 0x80], &[Binary]),
            (b"ff0080\n", &[Hex, Binary]),
            (b"ff:00:80", &[Hex, Binary]),
            (b"RSA-SHA256(a.bin)= ff0080\n", &[Hex, Binary]),
            (b"/wCA\n", &[Base64, Binary]),
            (b"/w\r\nCA", &[Base64, Binary]),
            (b"_wCA", &[Base64, Binary]),
            (
                b"-----BEGIN SIGNATURE-----\n/wCA\n-----END SIGNATURE-----\n",
                &[Base64, Binary],
            ),
        ];
        for (file, expected) in cases {
            let found = decodings(file);
            let encodings: Vec<Encoding> = found.iter().map(|(encoding, _)| *encoding).collect();
            // What is hex may be base64 too; both are then tried.
            let without: Vec<Encoding> = encodings
                .iter()
                .copied()
                .filter(|e| *e != Base64 || !encodings.contains(&Hex))
                .collect();
            assert_eq!(without, expected, "{file:?}");
            assert_eq!(found[0].1, [0xff, 0x00, 0x80], "{file:?}");
        }
    }

    #[test]
    fn fixed_ecdsa_becomes_der() {
        let cases: [(&[u8], &[u8]); 3] = [
            (&[1, 2], &[0x30, 6, 2, 1, 1, 2, 1, 2]),
            (&[0, 1, 0x80, 0], &[0x30, 8, 2, 1, 1, 2, 3, 0, 0x80, 0]),
            (&[0, 0], &[0x30, 6, 2, 1, 0, 2, 1, 0]),
        ];
        for (fixed, der) in cases {
            assert_eq!(ecdsa_der(fixed).as_deref(), Some(der));
        }
    }
}
