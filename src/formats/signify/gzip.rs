//! A gzip file signed in its own header (`signify -z`), as OpenBSD's packages are.
//!
//! The header's comment (RFC 1952 2.3.1) is an embedded signature whose text names a block size and
//! the SHA-512/256 of every block of what follows the header. So the compressed bytes are
//! authenticated before anything inflates them.

use crate::domain::HashAlgorithm;
use crate::formats::digest::digest;
use crate::formats::limits;
use crate::formats::source::Source;

/// The header without optional fields.
const FIXED: usize = 10;
/// FLG: only a comment follows the fixed part; signify writes nothing else.
const COMMENT_ONLY: u8 = 0x10;
/// The bits of FLG that name optional fields or are reserved.
const OTHER_FLAGS: u8 = 0xee;
/// The only algorithm signify has for blocks.
const ALGORITHM: &str = "SHA512/256";
/// The block sizes that are read: signify writes 65536.
const BLOCK_SIZES: std::ops::RangeInclusive<usize> = 512..=(16 << 20);

/// The signature in a gzip header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedGzip {
    /// The comment: an embedded signature, for [`super::SignifySignature::parse`].
    pub signature: Vec<u8>,
    /// The date that the signed text states, as written.
    pub date: String,
    /// Where the header ends.
    start: u64,
    block_size: usize,
    blocks: Vec<[u8; 32]>,
}

/// Why a signed gzip cannot be read or does not hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GzipError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("the header has other fields (flags {flags:#04x}) than the signature")]
    Fields { flags: u8 },
    #[error("the header's comment is longer than {limit} bytes or has no end")]
    Comment { limit: usize },
    #[error("the signed text has no well-formed {field}")]
    Text { field: &'static str },
    #[error("unknown algorithm {0:?} for the blocks")]
    Algorithm(String),
    #[error("{stated} blocks are signed, the file has {found}")]
    BlockCount { stated: u64, found: u64 },
    /// Counted from 1.
    #[error("block {block} of {of} differs from what was signed")]
    BlockDiffers { block: u64, of: u64 },
}

impl SignedGzip {
    /// Reads the header; `None` when the file is no gzip, or one without a signature in it.
    ///
    /// # Errors
    /// When the header begins as a signed one does and is not well formed.
    pub fn read(source: &dyn Source) -> Result<Option<Self>, GzipError> {
        let size = usize::try_from(source.size()).unwrap_or(usize::MAX);
        let probe = source.read_range(0, size.min(FIXED + super::PREFIX.len()))?;
        let Some((fixed, comment)) = probe.split_first_chunk::<FIXED>() else {
            return Ok(None);
        };
        let [0x1f, 0x8b, 0x08, flags, ..] = *fixed else {
            return Ok(None);
        };
        if flags & COMMENT_ONLY == 0 || comment != super::PREFIX.as_bytes() {
            return Ok(None);
        }
        if flags & OTHER_FLAGS != 0 {
            return Err(GzipError::Fields { flags });
        }
        let limit = limits::SIGNATURE_OBJECT;
        let head = source.read_range(FIXED as u64, (size - FIXED).min(limit + 1))?;
        let end = head.iter().position(|byte| *byte == 0);
        let end = end.ok_or(GzipError::Comment { limit })?;
        let signature = head.get(..end).unwrap_or_default().to_vec();
        let text = super::SignifySignature::parse(&signature)
            .ok()
            .and_then(|parsed| parsed.embedded)
            .ok_or(GzipError::Text { field: "signature" })?;
        let (date, block_size, blocks) = parse_text(&text)?;
        Ok(Some(Self {
            signature,
            date,
            start: (FIXED + end + 1) as u64,
            block_size,
            blocks,
        }))
    }

    /// Compares every block with its signed digest; neither more nor less may follow the header.
    ///
    /// # Errors
    /// The first block that differs, or the count.
    pub fn check_blocks(&self, source: &dyn Source) -> Result<(), GzipError> {
        let length = source.size().saturating_sub(self.start);
        let found = length.div_ceil(self.block_size as u64);
        let stated = self.blocks.len() as u64;
        if found != stated {
            return Err(GzipError::BlockCount { stated, found });
        }
        let mut at = self.start;
        for (index, expected) in self.blocks.iter().enumerate() {
            let left = usize::try_from(source.size() - at).unwrap_or(usize::MAX);
            let block = source.read_range(at, left.min(self.block_size))?;
            if digest(HashAlgorithm::Sha512Over256, &block) != expected {
                return Err(GzipError::BlockDiffers {
                    block: index as u64 + 1,
                    of: stated,
                });
            }
            at += block.len() as u64;
        }
        Ok(())
    }
}

type Text = (String, usize, Vec<[u8; 32]>);

/// `date=`, `key=`, `algorithm=`, `blocksize=`, an empty line, then one hex digest a line.
fn parse_text(text: &[u8]) -> Result<Text, GzipError> {
    let wrong = |field| GzipError::Text { field };
    let text = str::from_utf8(text).map_err(|_| wrong("text"))?;
    let text = text.strip_suffix('\n').ok_or(wrong("end"))?;
    let mut lines = text.split('\n');
    let mut field = |name: &'static str| {
        let line = lines.next().unwrap_or_default();
        line.strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('='))
            .ok_or(wrong(name))
    };
    let date = field("date")?.to_owned();
    field("key")?;
    let algorithm = field("algorithm")?;
    if algorithm != ALGORITHM {
        return Err(GzipError::Algorithm(algorithm.chars().take(32).collect()));
    }
    let block_size = field("blocksize")?
        .parse()
        .ok()
        .filter(|size| BLOCK_SIZES.contains(size))
        .ok_or(wrong("blocksize"))?;
    if lines.next() != Some("") {
        return Err(wrong("empty line"));
    }
    let blocks = lines
        .map(|line| block_digest(line).ok_or(wrong("digest")))
        .collect::<Result<_, _>>()?;
    Ok((date, block_size, blocks))
}

fn block_digest(line: &str) -> Option<[u8; 32]> {
    line.parse::<crate::domain::Sha256>()
        .ok()
        .map(|digest| digest.0)
}
