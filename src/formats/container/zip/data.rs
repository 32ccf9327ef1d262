//! A member's bytes: unpacked as they are read, with size and CRC checked at the end.

use std::io::{self, BufRead as _, BufReader, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{DEFLATED, Entry, STORED, ZSTANDARD};
use crate::formats::container::{ContainerError, Fault};
use crate::formats::limits;
use crate::formats::source::{RangeReader, Source};

type Packed<'s> = BufReader<RangeReader<'s, dyn Source + 's>>;

/// Reads one member; an error carries the [`Fault`] it stands for.
pub struct MemberReader<'s> {
    name: String,
    unpacking: Unpacking<'s>,
    packed: u64,
    stated: u64,
    out: u64,
    crc: Crc,
    stated_crc: u32,
    done: bool,
    /// Said again at every further read, so that no caller can overlook it.
    failed: Option<ContainerError>,
}

enum Unpacking<'s> {
    Stored(Packed<'s>),
    Deflate(Packed<'s>, Box<Decompress>),
    Zstandard(Box<zstd::stream::read::Decoder<'static, Packed<'s>>>),
}

impl std::fmt::Debug for MemberReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemberReader({:?} at {})", self.name, self.out)
    }
}

impl<'s> MemberReader<'s> {
    pub(super) fn open(source: &'s dyn Source, entry: &Entry) -> Result<Self, ContainerError> {
        let name = entry.member.path.clone();
        if entry.flags & super::ENCRYPTED != 0 {
            return Err(Fault::Encrypted { name }.into());
        }
        let Some(data_at) = entry.data_at else {
            return Err(Fault::LocalMissing {
                name,
                at: entry.header_at,
            }
            .into());
        };
        // `compare` has checked that this end lies inside the source.
        let range = data_at..data_at.saturating_add(entry.packed());
        let capacity = usize::try_from(entry.packed())
            .unwrap_or(usize::MAX)
            .clamp(64, 64 << 10);
        let packed = BufReader::with_capacity(capacity, RangeReader::new(source, range));
        let unpacking = match entry.method {
            STORED => Unpacking::Stored(packed),
            DEFLATED => Unpacking::Deflate(packed, Box::new(Decompress::new(false))),
            ZSTANDARD => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?.single_frame();
                decoder.window_log_max(limits::ZSTD_WINDOW)?;
                Unpacking::Zstandard(Box::new(decoder))
            }
            method => return Err(Fault::UnsupportedMethod { name, method }.into()),
        };
        Ok(Self {
            name,
            unpacking,
            packed: entry.packed(),
            stated: entry.member.size,
            out: 0,
            crc: Crc::new(),
            stated_crc: entry.crc,
            done: false,
            failed: None,
        })
    }

    fn undecodable(&self) -> io::Error {
        let name = self.name.clone();
        ContainerError::from(Fault::Undecodable { name }).into_io()
    }

    /// Everything is out: do size and checksum hold, and was every packed byte needed?
    fn finish(&mut self) -> io::Result<()> {
        self.done = true;
        let name = self.name.clone();
        let rest = match &mut self.unpacking {
            Unpacking::Stored(reader) | Unpacking::Deflate(reader, _) => rest(reader)?,
            Unpacking::Zstandard(decoder) => rest(decoder.get_mut())?,
        };
        let fault = if rest > 0 {
            Fault::TrailingData { name, bytes: rest }
        } else if self.out != self.stated {
            Fault::Size {
                name,
                stated: self.stated,
                found: self.out,
            }
        } else if self.crc.sum() != self.stated_crc {
            Fault::Crc {
                name,
                stated: self.stated_crc,
                found: self.crc.sum(),
            }
        } else {
            return Ok(());
        };
        Err(ContainerError::from(fault).into_io())
    }

    fn unpack(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.unpacking {
            Unpacking::Stored(reader) => reader.read(buffer),
            Unpacking::Deflate(reader, state) => match inflate(reader, state, buffer)? {
                Some(length) => Ok(length),
                None => Err(self.undecodable()),
            },
            Unpacking::Zstandard(decoder) => decoder.read(buffer).map_err(|error| {
                match error.kind() {
                    // zstd names all its own errors so; the source's pass as they are.
                    io::ErrorKind::Other | io::ErrorKind::UnexpectedEof => self.undecodable(),
                    _ => error,
                }
            }),
        }
    }
}

/// The bytes not yet read, without reading them.
fn rest(reader: &mut Packed<'_>) -> io::Result<u64> {
    let mut rest = 0;
    loop {
        let length = reader.fill_buf()?.len();
        if length == 0 {
            return Ok(rest);
        }
        rest += length as u64;
        reader.consume(length);
    }
}

/// Like a decoder's `read`, but knows a stream that ended from one that was cut; `None` for broken.
fn inflate(
    reader: &mut Packed<'_>,
    state: &mut Decompress,
    buffer: &mut [u8],
) -> io::Result<Option<usize>> {
    loop {
        let input = reader.fill_buf()?;
        let at_end = input.is_empty();
        let (before_in, before_out) = (state.total_in(), state.total_out());
        let flush = if at_end {
            FlushDecompress::Finish
        } else {
            FlushDecompress::None
        };
        let outcome = state.decompress(input, buffer, flush);
        let taken = usize::try_from(state.total_in() - before_in).unwrap_or(0);
        let given = usize::try_from(state.total_out() - before_out).unwrap_or(0);
        reader.consume(taken);
        match outcome {
            Ok(Status::StreamEnd) => return Ok(Some(given)),
            Ok(_) if given > 0 => return Ok(Some(given)),
            Ok(_) if taken > 0 && !at_end => {}
            // Neither bytes in nor bytes out: cut off, or waiting for ever.
            Ok(_) | Err(_) => return Ok(None),
        }
    }
}

impl MemberReader<'_> {
    fn step(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.unpack(buffer)?;
        if length == 0 {
            self.finish()?;
            return Ok(0);
        }
        self.crc.update(buffer.get(..length).unwrap_or_default());
        self.out += length as u64;
        if self.out > self.stated {
            let fault = Fault::Size {
                name: self.name.clone(),
                stated: self.stated,
                found: self.out,
            };
            return Err(ContainerError::from(fault).into_io());
        }
        let ratio = self.packed.saturating_mul(limits::RATIO);
        if self.out > limits::RATIO_FLOOR && self.out > ratio {
            return Err(ContainerError::limit("times its packed size", limits::RATIO).into_io());
        }
        Ok(length)
    }
}

impl Read for MemberReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = &self.failed {
            return Err(error.clone().into_io());
        }
        if self.done || buffer.is_empty() {
            return Ok(0);
        }
        self.step(buffer).map_err(|error| {
            let error = ContainerError::from(error);
            self.failed = Some(error.clone());
            error.into_io()
        })
    }
}
