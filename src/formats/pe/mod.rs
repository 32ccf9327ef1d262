//! PE images (Microsoft "PE Format"; EFI binaries are PE too) read without holding them in memory.
//!
//! A reader gets the layout, the entries of the certificate table and everything about the layout on
//! which two readers could disagree. One more pass over the file measures it: its SHA-256, and the
//! image digests that Authenticode signatures cover ("Windows Authenticode Portable Executable
//! Signature Format", 2008, section "Calculating the PE Image Hash").

mod certificate_table;
mod header;
mod layout;
mod measure;

#[cfg(test)]
pub(crate) mod builder;
#[cfg(test)]
mod random_tests;
#[cfg(test)]
mod tests;

pub use certificate_table::{CertificateEntry, EntryKind, PaddingFault};
pub use header::{Section, Width};
pub use layout::{Layout, LayoutFault};
pub use measure::Measured;

use crate::formats::source::Source;

/// Why a file could not be read as a PE image.
#[derive(Debug, thiserror::Error)]
pub enum PeError {
    /// No `MZ`, or no `PE\0\0` where the DOS header points: another format.
    #[error("not a PE image")]
    NotPe,
    #[error("the file ends at byte {size}, inside the {part} that ends at byte {end}")]
    Truncated {
        part: &'static str,
        end: u64,
        size: u64,
    },
    /// Neither PE32 (10b) nor PE32+ (20b).
    #[error("optional header of kind {magic:x}, neither PE32 nor PE32+")]
    Magic { magic: u16 },
    /// The optional header claims directories beyond its own end.
    #[error("optional header of {size} bytes, where its fields need {needed}")]
    OptionalHeader { size: u16, needed: u64 },
    #[error("{what}: {value} is over the limit of {limit}")]
    Limit {
        what: &'static str,
        value: u64,
        limit: u64,
    },
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A PE image: where its parts lie, what its certificate table holds, what is odd about it.
#[derive(Debug, Clone)]
pub struct PeImage {
    pub layout: Layout,
    /// The certificate table's entries, in order. Empty for an unsigned file, and when the table
    /// itself is faulty (see `faults`).
    pub certificates: Vec<CertificateEntry>,
    /// In the order of the file; see [`LayoutFault::refuses`].
    pub faults: Vec<LayoutFault>,
}

impl PeImage {
    /// Reads headers, section table and certificate table.
    ///
    /// # Errors
    /// [`PeError`] when the bytes are no PE image, end too early or pass a limit. Faults that leave
    /// the file readable are not errors; they are listed in `faults`.
    pub fn read(source: &dyn Source) -> Result<Self, PeError> {
        let headers = header::read(source)?;
        let (layout, mut faults) = layout::lay_out(headers, source.size());
        let certificates = match &layout.certificate_table {
            Some(table) => certificate_table::read(source, table, &mut faults)?,
            None => Vec::new(),
        };
        Ok(Self {
            layout,
            certificates,
            faults,
        })
    }

    /// Whether the file says that it carries a signature, readable or not.
    #[must_use]
    pub fn claims_signature(&self) -> bool {
        let past_end = |fault: &LayoutFault| matches!(fault, LayoutFault::TablePastEnd { .. });
        self.layout.certificate_table.is_some() || self.faults.iter().any(past_end)
    }

    /// Whether readers would disagree about what is signed, or bytes hide where no signature looks.
    /// An image that claims no signature is never refused: nothing in it can be taken for signed.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.claims_signature() && self.faults.iter().any(LayoutFault::refuses)
            || self.certificates.iter().any(|entry| {
                entry.padding.is_some_and(PaddingFault::hides) || self.is_stowed(entry)
            })
    }

    /// Whether an entry beside a signature is of a kind that this image has no use for: bytes that
    /// no signature covers, behind which a script may ride on a signed file (as CVE-2020-1599).
    #[must_use]
    pub fn is_stowed(&self, entry: &CertificateEntry) -> bool {
        let foreign = match entry.kind {
            EntryKind::PkcsSignedData => false,
            EntryKind::EfiPkcs115 | EntryKind::EfiGuid => !self.layout.is_efi(),
            EntryKind::Other(_) => true,
        };
        let signed = |entry: &CertificateEntry| entry.kind == EntryKind::PkcsSignedData;
        foreign && self.certificates.iter().any(signed)
    }
}

/// Whether a file that starts with these bytes may be a PE image; two bytes are enough to tell.
#[must_use]
pub fn may_be_pe(start: &[u8]) -> bool {
    start.starts_with(b"MZ")
}

/// The `N` bytes at `offset`, if they are there.
fn field<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..)?.first_chunk().copied()
}
