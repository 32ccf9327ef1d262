//! How OpenPGP names keys: fingerprints and key ids (RFC 9580 5.5.4).

use std::fmt;
use std::str::FromStr;

/// An OpenPGP fingerprint; written as upper-case hex without spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fingerprint {
    /// SHA-1 based, 20 bytes.
    V4([u8; 20]),
    /// SHA-256 based, 32 bytes.
    V6([u8; 32]),
}

/// The 64-bit key id; written as 16 upper-case hex digits. It finds keys and proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 8]);

impl Fingerprint {
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::V4(bytes) => bytes,
            Self::V6(bytes) => bytes,
        }
    }

    /// The fingerprint of that many bytes: 20 or 32.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if let Ok(bytes) = bytes.try_into() {
            Some(Self::V4(bytes))
        } else {
            bytes.try_into().ok().map(Self::V6)
        }
    }

    /// The version of the keys that have such fingerprints: 4 or 6.
    #[must_use]
    pub fn version(&self) -> u8 {
        match self {
            Self::V4(_) => 4,
            Self::V6(_) => 6,
        }
    }

    /// The low-order 64 bits of a v4 fingerprint, the high-order 64 bits of a v6 one.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        let mut id = [0; 8];
        match self {
            Self::V4(bytes) => id.copy_from_slice(&bytes[12..]),
            Self::V6(bytes) => id.copy_from_slice(&bytes[..8]),
        }
        KeyId(id)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, self.as_bytes())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
}

/// Text that is neither 40 nor 64 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an OpenPGP fingerprint: {characters} characters, not 40 or 64 hex digits")]
pub struct FingerprintTextError {
    /// How many characters the text had.
    pub characters: usize,
}

impl FromStr for Fingerprint {
    type Err = FingerprintTextError;

    /// Upper or lower case, without spaces.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || FingerprintTextError {
            characters: text.chars().count(),
        };
        if !matches!(text.len(), 40 | 64) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let bytes: Option<Vec<u8>> = text
            .as_bytes()
            .chunks_exact(2)
            .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        bytes
            .and_then(|bytes| Self::from_bytes(&bytes))
            .ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let forty = "D55C0D1AC78A8D8126CB631CFC9CA96ACA026560";
        let read: Fingerprint = forty.to_lowercase().parse().unwrap();
        assert_eq!(read.to_string(), forty);
        assert_eq!(read.key_id().to_string(), "FC9CA96ACA026560");
        let sixty_four = format!("{forty}{}", "0".repeat(24));
        let read: Fingerprint = sixty_four.parse().unwrap();
        assert_eq!(read.version(), 6);
        assert_eq!(read.key_id().to_string(), "D55C0D1AC78A8D81");
        for wrong in [
            "",
            "FC9CA96ACA026560",
            &forty[1..],
            &format!("G{}", &forty[1..]),
        ] {
            assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
        }
    }
}
