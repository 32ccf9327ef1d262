//! Digests as manifests write them: algorithm names and values.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::domain::HashAlgorithm;

/// The algorithm of a name such as `sha256`, `SHA-256`, `sha_256`, `SHA2-256` or `sha256sum`.
pub(super) fn algorithm(name: &str) -> Option<HashAlgorithm> {
    let mut plain: String = name
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect();
    for ending in ["sum", "hash", "digest", "checksum", "hex", "base64"] {
        if let Some(stem) = plain.strip_suffix(ending) {
            plain.truncate(stem.len());
        }
    }
    Some(
        match plain
            .strip_prefix("sha2")
            .filter(|rest| rest.len() == 3)
            .unwrap_or(&plain)
        {
            "md5" => HashAlgorithm::Md5,
            "sha" | "sha1" => HashAlgorithm::Sha1,
            "sha224" | "224" => HashAlgorithm::Sha224,
            "sha256" | "256" => HashAlgorithm::Sha256,
            "sha384" | "384" => HashAlgorithm::Sha384,
            "sha512" | "512" => HashAlgorithm::Sha512,
            _ => return None,
        },
    )
}

/// A value in hex, or in base64 of exactly the algorithm's length. Hex wins: no base64 of a digest
/// has the length of its hex.
pub(super) fn value(algorithm: HashAlgorithm, text: &str) -> Option<Vec<u8>> {
    let length = algorithm.length();
    let bytes = hex(text).or_else(|| base64(text))?;
    (bytes.len() == length).then_some(bytes)
}

/// A whole statement: `sha256:hex`, `sha256-base64` (subresource integrity), `SHA-256=hex`; or a bare
/// hex value, whose length tells the algorithm when nothing else does.
pub(super) fn statement(
    text: &str,
    stated: Option<HashAlgorithm>,
) -> Option<(HashAlgorithm, Vec<u8>)> {
    let text = text.trim();
    if let Some(algorithm) = stated
        && let Some(value) = value(algorithm, text)
    {
        return Some((algorithm, value));
    }
    for (at, _) in text.match_indices([':', '=', '-']) {
        let (name, rest) = text.split_at(at);
        let Some(prefix) = algorithm(name) else {
            continue;
        };
        if let Some(value) = rest.get(1..).and_then(|rest| value(prefix, rest.trim())) {
            // A prefix may not contradict the key.
            let agrees = stated.is_none_or(|stated| stated == prefix);
            return agrees.then_some((prefix, value));
        }
    }
    if stated.is_some() {
        return None;
    }
    let bytes = hex(text)?;
    let algorithm = HashAlgorithm::ALL
        .into_iter()
        .find(|algorithm| algorithm.length() == bytes.len())?;
    Some((algorithm, bytes))
}

pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let digits = text.as_bytes();
    if digits.is_empty() || !digits.len().is_multiple_of(2) || digits.len() > 128 {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

fn base64(text: &str) -> Option<Vec<u8>> {
    if text.len() > 96 {
        return None;
    }
    STANDARD
        .decode(text)
        .or_else(|_| STANDARD_NO_PAD.decode(text))
        .or_else(|_| URL_SAFE_NO_PAD.decode(text))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_told_by_name_prefix_or_length() {
        use HashAlgorithm::{Md5, Sha1, Sha256, Sha512};
        let (h32, h64, h128) = ("ab".repeat(16), "AB".repeat(32), "ab".repeat(64));
        let b64 = STANDARD.encode([0xab; 32]);
        let cases: Vec<(String, Option<HashAlgorithm>, Option<HashAlgorithm>)> = vec![
            (h64.clone(), None, Some(Sha256)),
            (h32.clone(), None, Some(Md5)),
            (h128.clone(), None, Some(Sha512)),
            (h64.clone(), Some(Sha256), Some(Sha256)),
            (h32.clone(), Some(Sha256), None),
            (format!("sha256:{h64}"), None, Some(Sha256)),
            (format!("SHA-256={h64}"), None, Some(Sha256)),
            (format!("sha256-{b64}"), None, Some(Sha256)),
            (format!("sha256:{h64}"), Some(Sha256), Some(Sha256)),
            (format!("sha-256:{h64}"), Some(Sha256), Some(Sha256)),
            (format!("sha1:{}", "ab".repeat(20)), Some(Sha256), None),
            (b64.clone(), Some(Sha256), Some(Sha256)),
            (b64.clone(), None, None),
            (format!("crc32:{h32}"), None, None),
            (format!("sha1:{}", "ab".repeat(20)), None, Some(Sha1)),
            ("zz".repeat(32), None, None),
            (String::new(), None, None),
        ];
        for (text, stated, expected) in cases {
            let found = statement(&text, stated);
            assert_eq!(
                found.as_ref().map(|(a, _)| *a),
                expected,
                "{text} {stated:?}"
            );
            if let Some((_, bytes)) = found {
                assert!(bytes.iter().all(|byte| *byte == 0xab), "{text}");
            }
        }
    }

    #[test]
    fn algorithm_names_come_in_many_spellings() {
        for name in [
            "sha256",
            "SHA-256",
            "sha_256",
            "SHA2-256",
            "sha256sum",
            "Sha256Hash",
        ] {
            assert_eq!(algorithm(name), Some(HashAlgorithm::Sha256), "{name}");
        }
        for name in ["", "sha3-256", "crc32", "blake2b", "size", "sum"] {
            assert_eq!(algorithm(name), None, "{name}");
        }
    }
}
