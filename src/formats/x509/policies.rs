//! The extensions about certificate policies (RFC 5280 4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.14).

use crate::domain::Oid;
use crate::formats::der::{DerError, Tag, Value, single};

/// The policy that stands for all (RFC 5280 4.2.1.4).
pub const ANY_POLICY: &str = "2.5.29.32.0";

/// The policies of a certificate, in encoded order. Qualifiers are for people and not kept.
///
/// # Errors
/// When the value is not well formed, or names nothing.
pub fn certificate_policies(value: &[u8]) -> Result<Vec<Oid>, DerError> {
    let mut reader = single(value, Tag::SEQUENCE)?.reader();
    let mut policies = vec![];
    while !reader.is_empty() || policies.is_empty() {
        let mut information = reader.expect(Tag::SEQUENCE)?.reader();
        policies.push(information.expect(Tag::OID)?.oid()?);
        information.optional(Tag::SEQUENCE)?;
        information.finish()?;
    }
    Ok(policies)
}

/// Which policy of the issuer's domain is the same as which of the subject's, in encoded order.
///
/// # Errors
/// When the value is not well formed, or maps nothing.
pub fn policy_mappings(value: &[u8]) -> Result<Vec<(Oid, Oid)>, DerError> {
    let mut reader = single(value, Tag::SEQUENCE)?.reader();
    let mut mappings = vec![];
    while !reader.is_empty() || mappings.is_empty() {
        let mut pair = reader.expect(Tag::SEQUENCE)?.reader();
        let issuer = pair.expect(Tag::OID)?.oid()?;
        let subject = pair.expect(Tag::OID)?.oid()?;
        pair.finish()?;
        mappings.push((issuer, subject));
    }
    Ok(mappings)
}

/// After how many more certificates, those not counted that are self-issued, a rule begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyConstraints {
    /// Every certificate then needs a policy that holds along the path.
    pub require_explicit_policy: Option<u32>,
    /// No policy may then be mapped to another.
    pub inhibit_policy_mapping: Option<u32>,
}

impl PolicyConstraints {
    /// Reads the value of the extension.
    ///
    /// # Errors
    /// When it is not well formed, or constrains nothing.
    pub fn from_extension(value: &[u8]) -> Result<Self, DerError> {
        let mut reader = single(value, Tag::SEQUENCE)?.reader();
        let explicit = reader.optional(Tag::context_primitive(0))?;
        let mapping = reader.optional(Tag::context_primitive(1))?;
        reader.finish()?;
        if explicit.is_none() && mapping.is_none() {
            return Err(DerError::Content);
        }
        Ok(Self {
            require_explicit_policy: explicit.as_ref().map(skip).transpose()?,
            inhibit_policy_mapping: mapping.as_ref().map(skip).transpose()?,
        })
    }
}

/// The value of inhibitAnyPolicy: after how many more certificates anyPolicy stands for none.
///
/// # Errors
/// When it is not well formed.
pub fn inhibit_any_policy(value: &[u8]) -> Result<u32, DerError> {
    skip(&single(value, Tag::INTEGER)?)
}

/// A `SkipCerts` number; what is beyond every path is as good as the largest number.
fn skip(value: &Value<'_>) -> Result<u32, DerError> {
    match value.content {
        [0, next, ..] if *next < 0x80 => Err(DerError::Content),
        [first, ..] if *first < 0x80 => Ok(value.small_integer().unwrap_or(u32::MAX)),
        _ => Err(DerError::Content),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const P: [u8; 4] = [0x06, 0x02, 0x2a, 0x03];
    const Q: [u8; 4] = [0x06, 0x02, 0x2a, 0x04];

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut whole = vec![tag, u8::try_from(content.len()).unwrap()];
        whole.extend_from_slice(content);
        whole
    }

    fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
        tlv(0x30, &parts.concat())
    }

    #[test]
    fn policies_in_encoded_order() {
        let plain = |oid: &[u8]| sequence(&[oid.to_vec()]);
        let cases: [(Vec<u8>, Option<&[&str]>); 6] = [
            (sequence(&[plain(&Q), plain(&P)]), Some(&["1.2.4", "1.2.3"])),
            (
                sequence(&[sequence(&[P.to_vec(), sequence(&[])])]),
                Some(&["1.2.3"]),
            ),
            (sequence(&[]), None),
            (sequence(&[P.to_vec()]), None),
            (sequence(&[sequence(&[P.to_vec(), Q.to_vec()])]), None),
            ([sequence(&[plain(&P)]), vec![0]].concat(), None),
        ];
        for (value, expected) in cases {
            let found = certificate_policies(&value).ok();
            let expected = expected.map(|list| list.iter().map(|oid| Oid::new(*oid)).collect());
            assert_eq!(found, expected, "{value:02x?}");
        }
    }

    #[test]
    fn mappings_are_pairs() {
        let pair = sequence(&[P.to_vec(), Q.to_vec()]);
        let found = policy_mappings(&sequence(std::slice::from_ref(&pair))).unwrap();
        assert_eq!(found, [(Oid::new("1.2.3"), Oid::new("1.2.4"))]);
        for bad in [
            sequence(&[]),
            sequence(&[P.to_vec()]),
            sequence(&[sequence(&[P.to_vec()])]),
            sequence(&[sequence(&[P.to_vec(), Q.to_vec(), Q.to_vec()])]),
        ] {
            assert!(policy_mappings(&bad).is_err(), "{bad:02x?}");
        }
    }

    #[test]
    fn numbers_are_counted_from_nought() {
        let cases: [(&[u8], Option<u32>); 7] = [
            (&[0], Some(0)),
            (&[0x7f], Some(127)),
            (&[0, 0x80], Some(128)),
            (&[1, 0, 0, 0, 0], Some(u32::MAX)),
            (&[0xff], None),
            (&[0, 1], None),
            (&[], None),
        ];
        for (content, expected) in cases {
            assert_eq!(inhibit_any_policy(&tlv(2, content)).ok(), expected);
            let both = [tlv(0x80, content), tlv(0x81, content)].concat();
            let found = PolicyConstraints::from_extension(&tlv(0x30, &both)).ok();
            assert_eq!(found.map(|c| c.require_explicit_policy), expected.map(Some));
            assert_eq!(found.map(|c| c.inhibit_policy_mapping), expected.map(Some));
        }
        assert!(PolicyConstraints::from_extension(&[0x30, 0]).is_err());
        let swapped = sequence(&[tlv(0x81, &[0]), tlv(0x80, &[0])]);
        assert!(PolicyConstraints::from_extension(&swapped).is_err());
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = certificate_policies(&bytes);
            let _ = policy_mappings(&bytes);
            let _ = PolicyConstraints::from_extension(&bytes);
            let _ = inhibit_any_policy(&bytes);
        }
    }
}
