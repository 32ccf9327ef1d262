//! `.deb` (deb(5)) and the signatures that debsigs puts into it.
//!
//! `_gpgorigin` is a detached OpenPGP signature over the members `debian-binary`, `control.tar*` and
//! `data.tar*`, one behind the other, without their headers. dpkg passes over members that begin with
//! an underscore, and over everything behind `data.tar*`: both are refused unless they are signatures.

use std::io;

use super::ar::{self, ArFault, ArMember};
use crate::formats::limits;
use crate::formats::openpgp::Digests;
use crate::formats::source::{Source, for_each_chunk};

/// A Debian binary package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deb {
    /// What signatures cover, in the order in which they cover it.
    pub content: [ArMember; 3],
    /// `_gpgorigin`, `_gpgmaint`, `_gpgbuilder`...; at most [`limits::OPENPGP_SIGNATURES`].
    pub signatures: Vec<ArMember>,
}

/// Why an archive is no unambiguous `.deb`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DebFault {
    #[error(transparent)]
    Archive(#[from] ArFault),
    #[error("it does not begin with debian-binary, control.tar and data.tar in this order")]
    Order,
    #[error("its version is not 2")]
    Version,
    #[error("the member {name} is read by some and not by others")]
    ExtraMember { name: String },
    #[error("the signature {name} is larger than {limit} bytes")]
    SignatureTooLarge { name: String, limit: usize },
}

impl Deb {
    /// Whether the bytes begin like a `.deb`.
    #[must_use]
    pub fn is_one(source: &dyn Source) -> bool {
        ar::is_ar(source)
            && source
                .read_range(8, 13)
                .is_ok_and(|name| name == b"debian-binary")
    }

    /// Reads where the members lie; contents are not looked at, but for the version.
    ///
    /// # Errors
    /// When dpkg and another reader could take different members.
    pub fn read(source: &dyn Source) -> Result<Self, DebFault> {
        let members = ar::members(source)?;
        if members
            .first()
            .is_none_or(|first| first.name != "debian-binary")
        {
            return Err(DebFault::Order);
        }
        let mut content = vec![];
        let mut signatures = vec![];
        for member in members {
            if member.name.starts_with("_gpg") {
                if member.bytes.end - member.bytes.start > limits::SIGNATURE_OBJECT as u64 {
                    return Err(DebFault::SignatureTooLarge {
                        name: member.name,
                        limit: limits::SIGNATURE_OBJECT,
                    });
                }
                signatures.push(member);
            } else if content.len() < 3 {
                content.push(member);
            } else {
                return Err(DebFault::ExtraMember { name: member.name });
            }
        }
        let content: [ArMember; 3] = content.try_into().map_err(|_| DebFault::Order)?;
        let [version, control, data] = &content;
        let named = |member: &ArMember, stem: &str| {
            member
                .name
                .strip_prefix(stem)
                .is_some_and(|rest| matches!(rest, "" | ".gz" | ".xz" | ".zst" | ".bz2" | ".lzma"))
        };
        if !named(control, "control.tar") || !named(data, "data.tar") {
            return Err(DebFault::Order);
        }
        let length = version.bytes.end - version.bytes.start;
        let head = usize::try_from(length.min(16)).unwrap_or(0);
        let head = source
            .read_range(version.bytes.start, head)
            .map_err(|error| ArFault::Io(error.to_string()))?;
        if length > 16 || !head.starts_with(b"2.") || !head.ends_with(b"\n") {
            return Err(DebFault::Version);
        }
        Ok(Self {
            content,
            signatures,
        })
    }

    /// Feeds what the signatures cover.
    ///
    /// # Errors
    /// What the source says.
    pub fn digest(&self, source: &dyn Source, digests: &mut Digests) -> io::Result<()> {
        for member in &self.content {
            for_each_chunk(source, member.bytes.clone(), |chunk| digests.update(chunk))?;
        }
        Ok(())
    }
}
