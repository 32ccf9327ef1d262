//! Random access to bytes that need not fit in memory.

use std::io;

/// Bytes of a known length, readable at any offset by many readers at once.
///
/// The length is fixed when the source is made; a file that shrinks while it is read is an error of
/// kind `UnexpectedEof`.
pub trait Source: Send + Sync {
    /// How many bytes there are.
    fn size(&self) -> u64;

    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// # Errors
    /// `UnexpectedEof` when the range leaves the source, otherwise what the medium says.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// The bytes of a range that the caller has bounded.
    ///
    /// # Errors
    /// As [`Source::read_at`].
    fn read_range(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let end = offset.checked_add(length as u64);
        if end.is_none_or(|end| end > self.size()) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = vec![0; length];
        self.read_at(offset, &mut bytes)?;
        Ok(bytes)
    }
}

impl Source for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let from = usize::try_from(offset)
            .ok()
            .and_then(|start| self.get(start..))
            .and_then(|rest| rest.get(..buffer.len()))
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(from);
        Ok(())
    }
}

impl Source for Vec<u8> {
    fn size(&self) -> u64 {
        self.as_slice().size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.as_slice().read_at(offset, buffer)
    }
}

/// How many bytes are read at a time when a source is walked through.
pub const CHUNK: usize = 256 << 10;

/// Reads a range in chunks, in order, and hands each to `take`.
///
/// # Errors
/// As [`Source::read_at`].
pub fn for_each_chunk(
    source: &dyn Source,
    range: std::ops::Range<u64>,
    mut take: impl FnMut(&[u8]),
) -> io::Result<()> {
    let mut buffer =
        vec![
            0;
            CHUNK.min(usize::try_from(range.end - range.start.min(range.end)).unwrap_or(CHUNK))
        ];
    let mut at = range.start;
    while at < range.end {
        let length = usize::try_from(range.end - at).unwrap_or(CHUNK).min(CHUNK);
        let chunk = &mut buffer[..length];
        source.read_at(at, chunk)?;
        take(chunk);
        at += length as u64;
    }
    Ok(())
}

/// A [`std::io::Read`] over a range of a source.
#[derive(Debug)]
pub struct RangeReader<'a, S: ?Sized> {
    source: &'a S,
    at: u64,
    end: u64,
}

impl<'a, S: Source + ?Sized> RangeReader<'a, S> {
    /// Reads `range`, cut to the source's end.
    pub fn new(source: &'a S, range: std::ops::Range<u64>) -> Self {
        Self {
            source,
            at: range.start,
            end: range.end.min(source.size()),
        }
    }
}

impl<S: Source + ?Sized> io::Read for RangeReader<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.end.saturating_sub(self.at);
        let length = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let chunk = &mut buffer[..length];
        if !chunk.is_empty() {
            self.source.read_at(self.at, chunk)?;
            self.at += length as u64;
        }
        Ok(length)
    }
}
