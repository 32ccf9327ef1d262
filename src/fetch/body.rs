//! Bodies: bounded on the wire, bounded unpacked.

use std::io::{self, Read};

use super::error::FetchError;
use crate::formats::limits;

/// What may be unpacked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) decoded: usize,
    pub(super) ratio: usize,
    /// Below this size a ratio says nothing, in bytes.
    pub(super) ratio_floor: usize,
}

/// Unpacks a body by its `Content-Encoding`, whose codings were applied in the order they stand in.
pub(super) fn unpack(body: Vec<u8>, encoding: &str, bounds: Bounds) -> Result<Vec<u8>, FetchError> {
    let codings: Vec<String> = encoding
        .split(',')
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    if codings.len() > limits::CODINGS {
        return Err(FetchError::Encoding(encoding.chars().take(64).collect()));
    }
    let wire = body.len();
    let mut body = body;
    for coding in codings.iter().rev() {
        body = match coding.as_str() {
            "gzip" | "x-gzip" => drain(flate2::read::MultiGzDecoder::new(&body[..]), wire, bounds)?,
            "br" => drain(
                brotli_decompressor::Decompressor::new(&body[..], 8 << 10),
                wire,
                bounds,
            )?,
            "zstd" => {
                let mut reader = zstd::stream::read::Decoder::new(&body[..]).map_err(broken)?;
                // RFC 9659: 8 MiB is what a web client must have room for, and no more.
                reader.window_log_max(23).map_err(broken)?;
                drain(reader, wire, bounds)?
            }
            _ => return Err(FetchError::Encoding(coding.chars().take(64).collect())),
        };
    }
    Ok(body)
}

fn drain(mut reader: impl Read, wire: usize, bounds: Bounds) -> Result<Vec<u8>, FetchError> {
    let mut whole = vec![];
    let mut piece = vec![0; 64 << 10];
    loop {
        let count = match reader.read(&mut piece) {
            Ok(0) => return Ok(whole),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(broken(error)),
        };
        whole.extend_from_slice(piece.get(..count).unwrap_or_default());
        if whole.len() > bounds.decoded {
            return Err(FetchError::DecodedLimit {
                limit: bounds.decoded,
            });
        }
        if whole.len() > bounds.ratio_floor && whole.len() / wire.max(1) > bounds.ratio {
            return Err(FetchError::Ratio {
                ratio: bounds.ratio,
            });
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn broken(error: io::Error) -> FetchError {
    FetchError::Unpack(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const BOUNDS: Bounds = Bounds {
        decoded: 1 << 20,
        ratio: 100,
        ratio_floor: 64 << 10,
    };

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    /// One block that is stored as it is, and an empty last one (RFC 7932 9.2).
    fn brotli(bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(bytes.len() - 1).unwrap();
        let head = (length << 4 | 1 << 20).to_le_bytes();
        [&head[..3], bytes, &[3]].concat()
    }

    #[test]
    fn codings_are_undone_in_reverse_and_within_bounds() {
        let text = b"hello ".repeat(50);
        let noise: Vec<u8> = (0u32..200_000)
            .map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0])
            .collect();
        let zstd = zstd::encode_all(&text[..], 3).unwrap();
        type Case = (&'static str, Vec<u8>, Result<Vec<u8>, &'static str>);
        let cases: [Case; 11] = [
            ("br", brotli(&text), Ok(text.clone())),
            ("", text.clone(), Ok(text.clone())),
            ("identity", text.clone(), Ok(text.clone())),
            ("gzip", gzip(&text), Ok(text.clone())),
            (" GZIP ,", gzip(&text), Ok(text.clone())),
            ("zstd", zstd.clone(), Ok(text.clone())),
            ("zstd, gzip", gzip(&zstd), Ok(text.clone())),
            ("gzip", gzip(&noise), Ok(noise.clone())),
            (
                "gzip",
                gzip(&vec![0; 2 << 20]),
                Err("the body unpacks to more than 100 times its size"),
            ),
            (
                "compress",
                text.clone(),
                Err("packed by `compress`, which was not asked for"),
            ),
            (
                "gzip,gzip,gzip,gzip",
                text.clone(),
                Err("packed by `gzip,gzip,gzip,gzip`, which was not asked for"),
            ),
        ];
        for (encoding, body, expected) in cases {
            let found = unpack(body, encoding, BOUNDS).map_err(|error| error.to_string());
            assert_eq!(found, expected.map_err(str::to_owned), "{encoding}");
        }
        let large = unpack(gzip(&noise.repeat(8)), "gzip", BOUNDS);
        assert_eq!(large, Err(FetchError::DecodedLimit { limit: 1 << 20 }));
        for encoding in ["gzip", "br", "zstd"] {
            let cut = unpack(b"not packed at all".to_vec(), encoding, BOUNDS);
            assert!(
                matches!(cut, Err(FetchError::Unpack(_))),
                "{encoding}: {cut:?}"
            );
        }
    }
}
