//! The compressed layer around a tar, unpacked as it is read.

use std::io::{self, BufRead as _, BufReader, Read};

use crate::formats::container::{ContainerError, Fault};
use crate::formats::limits;
use crate::formats::source::{RangeReader, Source};

/// How a tar is compressed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    None,
    Gzip,
    Xz,
    Zstd,
}

/// Keeps the source's own failures apart from a decoder's complaints.
struct Marked<'s>(RangeReader<'s, dyn Source + 's>);

impl Read for Marked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0
            .read(buffer)
            .map_err(|error| ContainerError::from(error).into_io())
    }
}

type Packed<'s> = BufReader<Marked<'s>>;

/// The unpacked bytes.
pub(super) struct Unpacked<'s> {
    layer: Layer<'s>,
    packed: u64,
    out: u64,
    /// What only the layer sees; to be taken after the last byte.
    pub(super) faults: Vec<Fault>,
    /// At the end: nothing more comes out.
    over: bool,
    /// Said again at every further read.
    failed: Option<ContainerError>,
}

enum Layer<'s> {
    Plain(Packed<'s>),
    /// The decoder of the current member (RFC 1952 2.2) and how many have begun.
    Gzip(Option<Box<flate2::bufread::GzDecoder<Packed<'s>>>>, u64),
    Xz(Box<liblzma::bufread::XzDecoder<Packed<'s>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, Packed<'s>>>),
}

impl<'s> Unpacked<'s> {
    pub(super) fn new(
        source: &'s dyn Source,
        compression: Compression,
    ) -> Result<Self, ContainerError> {
        let reader = || {
            let range = RangeReader::new(source, 0..source.size());
            BufReader::with_capacity(64 << 10, Marked(range))
        };
        let layer = match compression {
            Compression::None => Layer::Plain(reader()),
            Compression::Gzip => {
                Layer::Gzip(Some(Box::new(flate2::bufread::GzDecoder::new(reader()))), 1)
            }
            Compression::Xz => {
                let stream = liblzma::stream::Stream::new_stream_decoder(
                    limits::XZ_MEMORY,
                    liblzma::stream::CONCATENATED,
                )
                .map_err(|_| ContainerError::limit("bytes for xz", limits::XZ_MEMORY))?;
                Layer::Xz(Box::new(liblzma::bufread::XzDecoder::new_stream(
                    reader(),
                    stream,
                )))
            }
            Compression::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(reader())?;
                decoder.window_log_max(limits::ZSTD_WINDOW)?;
                Layer::Zstd(Box::new(decoder))
            }
        };
        Ok(Self {
            layer,
            packed: source.size(),
            out: 0,
            faults: vec![],
            over: false,
            failed: None,
        })
    }

    fn step(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.layer {
            Layer::Plain(reader) => reader.read(buffer),
            Layer::Xz(decoder) => decoder.read(buffer),
            Layer::Zstd(decoder) => decoder.read(buffer),
            Layer::Gzip(decoder, streams) => loop {
                let Some(current) = decoder else {
                    return Ok(0);
                };
                let length = current.read(buffer)?;
                if length > 0 {
                    return Ok(length);
                }
                // This member is over and its CRC held; another, padding or nothing follows.
                let Some(done) = decoder.take() else {
                    return Ok(0);
                };
                let mut rest = done.into_inner();
                let Some(next) = rest.fill_buf()?.first().copied() else {
                    if *streams > 1 {
                        self.faults
                            .push(Fault::SeveralStreams { streams: *streams });
                    }
                    return Ok(0);
                };
                if next == 0x1f {
                    *streams += 1;
                    *decoder = Some(Box::new(flate2::bufread::GzDecoder::new(rest)));
                } else {
                    let fault = trailing(&mut rest)?;
                    self.faults.push(fault);
                    return Ok(0);
                }
            },
        }
    }
}

/// What stands behind the last gzip member.
fn trailing(rest: &mut Packed<'_>) -> io::Result<Fault> {
    let (mut bytes, mut zero) = (0, true);
    loop {
        let chunk = rest.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        zero &= chunk.iter().all(|byte| *byte == 0);
        let length = chunk.len();
        bytes += length as u64;
        rest.consume(length);
    }
    Ok(if zero {
        Fault::ZeroPadding { bytes }
    } else {
        Fault::Suffix { bytes }
    })
}

/// What a decoder's error stands for; the source's own failures come marked.
fn explain(error: io::Error) -> ContainerError {
    let inner = error.get_ref();
    if inner.is_some_and(|inner| inner.is::<ContainerError>()) {
        return error.into();
    }
    let lzma = inner.and_then(|inner| inner.downcast_ref::<liblzma::stream::Error>());
    if lzma == Some(&liblzma::stream::Error::MemLimit) {
        return ContainerError::limit("bytes for xz", limits::XZ_MEMORY);
    }
    // zstd has no type for its errors.
    if error.to_string().contains("too much memory") {
        return ContainerError::limit("bits of zstd window", u64::from(limits::ZSTD_WINDOW));
    }
    Fault::BrokenStream.into()
}

impl Unpacked<'_> {
    fn counted(&mut self, buffer: &mut [u8]) -> Result<usize, ContainerError> {
        let length = self.step(buffer).map_err(explain)?;
        self.over = length == 0;
        self.out += length as u64;
        if self.out > limits::UNPACKED {
            return Err(ContainerError::limit("unpacked bytes", limits::UNPACKED));
        }
        let ratio = self.packed.saturating_mul(limits::RATIO);
        if self.out > limits::RATIO_FLOOR && self.out > ratio {
            return Err(ContainerError::limit(
                "times its packed size",
                limits::RATIO,
            ));
        }
        Ok(length)
    }
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = &self.failed {
            return Err(error.clone().into_io());
        }
        if self.over || buffer.is_empty() {
            return Ok(0);
        }
        self.counted(buffer).map_err(|error| {
            self.failed = Some(error.clone());
            error.into_io()
        })
    }
}
