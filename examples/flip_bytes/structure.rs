//! In what part of a certificate table a byte lies, and whether an anchored answer needed it.
//!
//! Read from the sound file by a walk of its own, so that the product does not mark its own work;
//! only which certificates and timestamps counted is taken from the report on the changed file.

use std::fmt;
use std::ops::Range;

use anchorwatch::domain::{FindingKind, Verdict};
use anchorwatch::formats::digest::sha256;
use anchorwatch::judge::report::{PackageReport, SignatureReport};

const TOKENS: [&[u8]; 2] = [
    // 1.3.6.1.4.1.311.3.3.1
    &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 3, 3, 1],
    // 1.2.840.113549.1.9.16.2.14
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 14],
];
/// 1.2.840.113549.1.9.6
const COUNTERSIGNATURE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 6];
/// 1.3.6.1.4.1.311.2.4.1
const NESTED: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 4, 1];

/// What a byte of the certificate table belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A certificate; `used` when its changed copy is on a path that the report tells.
    Certificate {
        used: bool,
    },
    RevocationList,
    /// A version field; any version that the syntax defines reads the same.
    Version,
    /// A timestamp or another unsigned attribute that did not count after the change.
    UnusedAttribute,
    /// Anything that must not change: signed, or needed to read what is signed.
    Needed(&'static str),
}

impl Place {
    /// Whether the answer may be `anchored` though this byte was changed.
    pub(crate) fn is_free(&self) -> bool {
        !matches!(self, Self::Needed(_) | Self::Certificate { used: true })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate { used: true } => "a certificate of the path",
            Self::Certificate { used: false } => "a spare certificate",
            Self::RevocationList => "a revocation list",
            Self::Version => "a version field",
            Self::UnusedAttribute => "an unsigned attribute that did not count",
            Self::Needed(what) => what,
        })
    }
}

/// Where the certificate table lies, as the headers say.
pub(crate) fn table(file: &[u8]) -> Option<Range<usize>> {
    let optional = number(file, 0x3c)? + 24;
    let plus = file.get(optional..optional + 2)? == [0x0b, 2];
    let directory = optional + if plus { 144 } else { 128 };
    let (start, size) = (number(file, directory)?, number(file, directory + 4)?);
    (size > 0).then_some(start..start + size)
}

fn number(file: &[u8], at: usize) -> Option<usize> {
    let bytes = file.get(at..at + 4)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

/// In what the byte at `at`, inside the table of the sound file, lies.
pub(crate) fn place(sound: &[u8], at: usize, by: u8, report: &PackageReport) -> Place {
    let asked = Asked {
        file: sound,
        at,
        by,
        report,
    };
    asked
        .in_table()
        .unwrap_or(Place::Needed("a part that the walk does not know"))
}

struct Asked<'a> {
    file: &'a [u8],
    at: usize,
    by: u8,
    report: &'a PackageReport,
}

/// A DER value, by offsets into the file.
#[derive(Clone, Copy)]
struct Value {
    tag: u8,
    start: usize,
    content: usize,
    end: usize,
}

impl Asked<'_> {
    fn in_table(&self) -> Option<Place> {
        let table = table(self.file)?;
        let (mut start, mut number_of_entry) = (table.start, 1);
        loop {
            let next = start + number(self.file, start)?.next_multiple_of(8);
            if self.at < next {
                break;
            }
            (start, number_of_entry) = (next, number_of_entry + 1);
        }
        if self.at < start + 8 {
            return Some(Place::Needed("the header of an entry"));
        }
        let object = self.value(start + 8)?;
        if self.at >= object.end {
            return Some(Place::Needed("alignment"));
        }
        self.in_signed_data(&object, &format!("entry {number_of_entry}, primary"))
    }

    /// `name` is how the report's places end for this signature.
    fn in_signed_data(&self, object: &Value, name: &str) -> Option<Place> {
        let explicit = self.children(object).into_iter().find(|v| v.tag == 0xa0)?;
        let data = self.value(explicit.content)?;
        for (position, field) in self.children(&data).iter().enumerate() {
            if !self.is_in(field) {
                continue;
            }
            return match (position, field.tag) {
                (0, _) => Some(self.version(field)),
                (1, _) => Some(Place::Needed("the announced digest algorithms")),
                (_, 0xa0) => self.in_certificates(field),
                (_, 0xa1) => Some(Place::RevocationList),
                (_, 0x31) => self.in_signer(self.children(field).first()?, name),
                _ => Some(Place::Needed("the signed content")),
            };
        }
        Some(Place::Needed("the envelope"))
    }

    fn version(&self, field: &Value) -> Place {
        if self.at < field.content {
            Place::Needed("the frame of a version field")
        } else {
            Place::Version
        }
    }

    fn in_certificates(&self, set: &Value) -> Option<Place> {
        let certificates = self.children(set);
        let Some(one) = certificates.iter().find(|one| self.is_in(one)) else {
            return Some(Place::Needed("the frame of the certificates"));
        };
        let mut changed = self.file.get(one.start..one.end)?.to_vec();
        *changed.get_mut(self.at - one.start)? ^= self.by;
        let hash = sha256(&changed);
        let signatures = self.report.signatures.iter();
        let used = signatures.filter(|one| counts(one)).any(|signature| {
            let stamp = signature.timestamp.iter().flat_map(|stamp| &stamp.path);
            let mut all = signature.path.iter().chain(stamp);
            all.any(|certificate| certificate.sha256() == hash)
        });
        Some(Place::Certificate { used })
    }

    fn in_signer(&self, signer: &Value, name: &str) -> Option<Place> {
        let fields = self.children(signer);
        let Some(position) = fields.iter().position(|field| self.is_in(field)) else {
            return Some(Place::Needed("the frame of a signer"));
        };
        let field = fields.get(position)?;
        match (position, field.tag) {
            (0, _) => Some(self.version(field)),
            (_, 0xa1) => self.in_unsigned_attributes(field, name),
            (_, 0xa0) => Some(Place::Needed("a signed attribute")),
            (1, _) => Some(Place::Needed("the name of the signer's certificate")),
            (2, _) => Some(Place::Needed("the digest algorithm of a signer")),
            (_, 0x30) => Some(Place::Needed("the signature algorithm of a signer")),
            _ => Some(Place::Needed("a signature value")),
        }
    }

    fn in_unsigned_attributes(&self, set: &Value, name: &str) -> Option<Place> {
        let mut nested = 0;
        for attribute in self.children(set) {
            let parts = self.children(&attribute);
            let [kind, values] = parts.as_slice() else {
                return None;
            };
            let oid = self.file.get(kind.content..kind.end)?;
            for value in self.children(values) {
                nested += usize::from(oid == NESTED);
                if !self.is_in(&value) {
                    continue;
                }
                if oid == NESTED {
                    return self.in_nested(&value, &format!("{name}, nested {nested}"));
                }
                return self.in_timestamp(oid, &value, name);
            }
            if self.is_in(kind) && self.at >= kind.content {
                return Some(self.renamed(oid, kind));
            }
        }
        Some(Place::Needed("the frame of the unsigned attributes"))
    }

    /// A nested signature hangs on the primary one as an unsigned attribute: it may be lost, as long
    /// as the answer does not rest on it.
    fn in_nested(&self, value: &Value, name: &str) -> Option<Place> {
        let inside = self.in_signed_data(value, name);
        let mut told = self.report.signatures.iter();
        let rests_on_it = told.any(|one| one.place.ends_with(name) && counts(one));
        if rests_on_it || inside.as_ref().is_some_and(Place::is_free) {
            inside
        } else {
            Some(Place::UnusedAttribute)
        }
    }

    /// An attribute under a name that nobody knows is one that nobody looks at.
    fn renamed(&self, oid: &[u8], kind: &Value) -> Place {
        let mut changed = oid.to_vec();
        if let Some(byte) = changed.get_mut(self.at - kind.content) {
            *byte ^= self.by;
        }
        let known = [TOKENS[0], TOKENS[1], COUNTERSIGNATURE, NESTED];
        if known.contains(&changed.as_slice()) {
            Place::Needed("the name of an unsigned attribute")
        } else {
            Place::UnusedAttribute
        }
    }

    fn in_timestamp(&self, oid: &[u8], value: &Value, name: &str) -> Option<Place> {
        let inside = if TOKENS.contains(&oid) {
            self.in_signed_data(value, "a token")
        } else if oid == COUNTERSIGNATURE {
            self.in_signer(value, "a countersignature")
        } else {
            return Some(Place::UnusedAttribute);
        };
        let mut signature = self.report.signatures.iter();
        let signature = signature.rfind(|one| one.place.ends_with(name))?;
        if inside.as_ref().is_some_and(Place::is_free) || !lost_a_timestamp(signature) {
            inside
        } else {
            Some(Place::UnusedAttribute)
        }
    }

    fn is_in(&self, value: &Value) -> bool {
        (value.start..value.end).contains(&self.at)
    }

    fn value(&self, start: usize) -> Option<Value> {
        let (tag, first) = (*self.file.get(start)?, *self.file.get(start + 1)?);
        let (mut length, mut content) = (usize::from(first), start + 2);
        if first >= 0x80 {
            let octets = self
                .file
                .get(content..content + usize::from(first & 0x7f))?;
            length = octets
                .iter()
                .fold(0, |sum, octet| sum << 8 | usize::from(*octet));
            content += octets.len();
        }
        let end = content + length;
        Some(Value {
            tag,
            start,
            content,
            end,
        })
    }

    fn children(&self, value: &Value) -> Vec<Value> {
        let mut found = vec![];
        let mut at = value.content;
        while at < value.end
            && let Some(child) = self.value(at)
        {
            at = child.end;
            found.push(child);
        }
        found
    }
}

/// Whether the answer rests on this signature: the best one decides, and the others are findings.
fn counts(signature: &SignatureReport) -> bool {
    signature.verdict == Verdict::Anchored
}

/// Whether the report says that a timestamp of this signature did not count.
fn lost_a_timestamp(signature: &SignatureReport) -> bool {
    signature.findings.iter().any(|finding| {
        matches!(
            finding.kind,
            FindingKind::TimestampBad { .. } | FindingKind::TimestampUnanchored { .. }
        )
    })
}
