//! TSTInfo (RFC 3161 2.4.2): what a timestamp authority states.

use jiff::Timestamp;

use super::TimestampError;
use crate::domain::Oid;
use crate::formats::algorithm::AlgorithmIdentifier;
use crate::formats::der::{DerError, Reader, Tag, single};

/// How far the time may be off, on either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accuracy {
    pub seconds: u32,
    /// 0 to 999.
    pub milliseconds: u32,
    /// 0 to 999.
    pub microseconds: u32,
}

/// The statement inside a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TstInfo {
    pub policy: Oid,
    /// The algorithm of the imprint's hash.
    pub imprint_algorithm: Oid,
    pub imprint: Vec<u8>,
    /// The content octets of the INTEGER.
    pub serial: Vec<u8>,
    /// genTime, with fractions of a second.
    pub time: Timestamp,
    pub accuracy: Option<Accuracy>,
    /// The content octets of the INTEGER.
    pub nonce: Option<Vec<u8>>,
}

impl TstInfo {
    /// Reads the whole DER of a TSTInfo.
    ///
    /// # Errors
    /// When it is not well formed, of another version, or has a critical extension: none is known.
    pub fn from_der(der: &[u8]) -> Result<Self, TimestampError> {
        let mut fields = single(der, Tag::SEQUENCE)
            .map_err(TimestampError::TstInfo)?
            .reader();
        let version = fields
            .expect(Tag::INTEGER)
            .and_then(|value| value.small_integer())
            .map_err(TimestampError::TstInfo)?;
        if version != 1 {
            return Err(TimestampError::Version(version));
        }
        let (info, extensions) = Self::read(fields).map_err(TimestampError::TstInfo)?;
        match extensions.map(critical).transpose() {
            Err(error) => Err(TimestampError::TstInfo(error)),
            Ok(Some(Some(oid))) => Err(TimestampError::CriticalExtension(oid)),
            Ok(_) => Ok(info),
        }
    }

    fn read(mut fields: Reader<'_>) -> Result<(Self, Option<Reader<'_>>), DerError> {
        let policy = fields.expect(Tag::OID)?.oid()?;
        let mut imprint = fields.expect(Tag::SEQUENCE)?.reader();
        let algorithm = AlgorithmIdentifier::from_content(imprint.expect(Tag::SEQUENCE)?.content)?;
        let hashed = imprint.expect(Tag::OCTET_STRING)?.content.to_vec();
        imprint.finish()?;
        let serial = fields.expect(Tag::INTEGER)?.content.to_vec();
        let time = fields.expect(Tag::GENERALIZED_TIME)?.time()?;
        let accuracy = match fields.optional(Tag::SEQUENCE)? {
            Some(value) => Some(accuracy(value.reader())?),
            None => None,
        };
        fields.optional(Tag::BOOLEAN)?;
        let nonce = fields.optional(Tag::INTEGER)?;
        fields.optional(Tag::context(0))?;
        let extensions = fields.optional(Tag::context(1))?;
        fields.finish()?;
        let info = Self {
            policy,
            imprint_algorithm: algorithm.oid,
            imprint: hashed,
            serial,
            time,
            accuracy,
            nonce: nonce.map(|value| value.content.to_vec()),
        };
        Ok((info, extensions.map(|value| value.reader())))
    }
}

fn accuracy(mut fields: Reader<'_>) -> Result<Accuracy, DerError> {
    let mut part = |tag: Tag, most: u32| -> Result<u32, DerError> {
        match fields.optional(tag)? {
            None => Ok(0),
            Some(value) => match value.small_integer()? {
                number if number <= most => Ok(number),
                _ => Err(DerError::Content),
            },
        }
    };
    let accuracy = Accuracy {
        seconds: part(Tag::INTEGER, u32::MAX)?,
        milliseconds: part(Tag::context_primitive(0), 999)?,
        microseconds: part(Tag::context_primitive(1), 999)?,
    };
    fields.finish()?;
    Ok(accuracy)
}

/// The first critical extension.
fn critical(mut extensions: Reader<'_>) -> Result<Option<Oid>, DerError> {
    while !extensions.is_empty() {
        let mut extension = extensions.expect(Tag::SEQUENCE)?.reader();
        let oid = extension.expect(Tag::OID)?.oid()?;
        if extension
            .optional(Tag::BOOLEAN)?
            .is_some_and(|flag| flag.content != [0])
        {
            return Ok(Some(oid));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A TSTInfo with these bytes after genTime.
    fn info(version: u8, tail: &[u8]) -> Result<TstInfo, TimestampError> {
        let mut content = vec![2, 1, version, 6, 2, 0x2a, 3];
        content.extend([
            0x30, 15, 0x30, 9, 6, 5, 0x2b, 14, 3, 2, 26, 5, 0, 4, 2, 7, 7,
        ]);
        content.extend([2, 1, 42, 0x18, 17]);
        content.extend(b"20260102030405.5Z");
        content.extend(tail);
        let mut der = vec![0x30, u8::try_from(content.len()).unwrap()];
        der.extend(content);
        TstInfo::from_der(&der)
    }

    #[test]
    fn the_optional_fields_are_read() {
        let seconds_only = Accuracy {
            seconds: 1,
            milliseconds: 0,
            microseconds: 0,
        };
        let fine = Accuracy {
            seconds: 0,
            milliseconds: 500,
            microseconds: 9,
        };
        let cases: [(&[u8], Option<Accuracy>); 4] = [
            (&[], None),
            (&[0x30, 3, 2, 1, 1], Some(seconds_only)),
            (&[0x30, 7, 0x80, 2, 1, 0xf4, 0x81, 1, 9], Some(fine)),
            (&[1, 1, 0xff, 2, 1, 5, 0xa0, 2, 5, 0], None),
        ];
        for (tail, accuracy) in cases {
            let found = info(1, tail).unwrap();
            assert_eq!(found.accuracy, accuracy, "{tail:02x?}");
            assert_eq!(found.time.to_string(), "2026-01-02T03:04:05.5Z");
            assert_eq!(found.serial, [42]);
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert_eq!(info(2, &[]), Err(TimestampError::Version(2)));
        let critical = [0xa1, 9, 0x30, 7, 6, 2, 0x2a, 9, 1, 1, 0xff];
        assert_eq!(
            info(1, &critical),
            Err(TimestampError::CriticalExtension(Oid::new("1.2.9")))
        );
        let cases: [&[u8]; 3] = [&[5, 0], &[0x30, 4, 0x80, 2, 3, 0xe8], &[0x30, 2, 5, 0]];
        for tail in cases {
            assert!(
                matches!(info(1, tail), Err(TimestampError::TstInfo(_))),
                "{tail:02x?}"
            );
        }
    }
}
