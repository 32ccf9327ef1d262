//! What was read from a package: facts that never change, and all that judging needs.
//!
//! The store keeps exactly these values, so a change of trust judges a package again without its
//! file. A [`SignatureObject`] stays raw on purpose: it is read anew each time, by the rules of the
//! day, against the digests that were computed when the file was at hand.

use super::openpgp::OpenPgpFacts;
use crate::domain::{AnchorId, Crypto, Finding, HashAlgorithm, Sha256, Validity};
use crate::formats::algorithm::Weakness;
use crate::formats::public_key::KeyNumber;
use crate::formats::x509::Certificate;

/// A container or file format, by the word that reports use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PackageFormat {
    Zip,
    Tar,
    Folder,
    /// A Windows image: PE32 or PE32+, EFI included.
    Pe,
    /// Any other file, signed as a whole by something beside it.
    File,
    /// An apt repository's index: `InRelease`, or `Release` with its signature beside it.
    AptRelease,
    /// A Debian source package's `.dsc`.
    SourceControl,
    /// Any other clearsigned text.
    Cleartext,
    /// A Debian binary package.
    Deb,
    Rpm,
}

impl PackageFormat {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::Folder => "folder",
            Self::Pe => "pe",
            Self::File => "file",
            Self::AptRelease => "apt-release",
            Self::SourceControl => "dsc",
            Self::Cleartext => "openpgp-cleartext",
            Self::Deb => "deb",
            Self::Rpm => "rpm",
        }
    }

    /// The format that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Zip,
            Self::Tar,
            Self::Folder,
            Self::Pe,
            Self::File,
            Self::AptRelease,
            Self::SourceControl,
            Self::Cleartext,
            Self::Deb,
            Self::Rpm,
        ]
        .into_iter()
        .find(|format| format.word() == word)
    }
}

/// How a signature object is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// A PKCS#7 from a PE certificate table; it may nest further signatures.
    Authenticode,
    /// A CMS SignedData over bytes that are not inside it.
    CmsDetached,
    /// A bare signature value with a certificate or key beside it, checked while reading.
    Raw,
    /// A minisign signature file.
    Minisign,
    /// A signify signature file, with or without the signed text in it.
    Signify,
    /// An SSHSIG signature file.
    Sshsig,
    /// One OpenPGP signature packet over bytes that are not in it; its digest is the final one, with
    /// the packet's trailer.
    OpenPgp,
    /// As [`Self::OpenPgp`], found behind a cleartext, where only text signatures count.
    OpenPgpCleartext,
    /// As [`Self::OpenPgp`], found in an RPM package, where only binary signatures count.
    OpenPgpRpm,
}

impl ObjectKind {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Authenticode => "authenticode",
            Self::CmsDetached => "cms-detached",
            Self::Raw => "raw",
            Self::Minisign => "minisign",
            Self::Signify => "signify",
            Self::Sshsig => "sshsig",
            Self::OpenPgp => "openpgp",
            Self::OpenPgpCleartext => "openpgp-cleartext",
            Self::OpenPgpRpm => "openpgp-rpm",
        }
    }

    /// The kind that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Authenticode,
            Self::CmsDetached,
            Self::Raw,
            Self::Minisign,
            Self::Signify,
            Self::Sshsig,
            Self::OpenPgp,
            Self::OpenPgpCleartext,
            Self::OpenPgpRpm,
        ]
        .into_iter()
        .find(|kind| kind.word() == word)
    }
}

/// A signature as it was shipped, with what is needed to check it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureObject {
    pub kind: ObjectKind,
    /// Where it was found: a member's name, `certificate table entry 1`.
    pub place: String,
    /// At most [`crate::formats::limits::SIGNATURE_OBJECT`] bytes.
    pub bytes: Vec<u8>,
    /// DER certificates that lay beside it, and bare keys as DER SubjectPublicKeyInfo; for OpenPGP,
    /// certificates as binary packets. Where `raw` is good, the first of them made the signature.
    pub certificates: Vec<Vec<u8>>,
    /// Digests of the bytes it covers, one per algorithm that it names.
    pub digests: Vec<(HashAlgorithm, Vec<u8>)>,
    /// The covered bytes are themselves a set of CMS attributes: then a signature without signed
    /// attributes over them proves nothing.
    pub content_is_attributes: bool,
    /// What it covers, in a person's words: `the image`, `manifest.json and 12 files`.
    pub covers: String,
    /// The stored outcome where the message itself was needed: for [`ObjectKind::Raw`], and for
    /// pure Ed25519 of minisign and signify once a key was at hand.
    pub raw: Option<RawOutcome>,
}

/// The outcome of checking a raw signature while its message was at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawOutcome {
    pub crypto: Crypto,
    /// The form that held, or what was tried.
    pub form: String,
    pub weaknesses: Vec<Weakness>,
}

/// What [`SignatureObject::covers`] says for a signature that leaves a package's payload open.
pub const HEADER_ALONE: &str = "the header alone";

/// What [`SignatureObject::covers`] says for a signature beside a file, over all its bytes.
pub const WHOLE_FILE: &str = "the whole file";

/// What [`SignatureObject::covers`] says for a signature of one member of a package: its name, but for
/// the names by which it would claim to cover something else. No normal path begins with `./`.
#[must_use]
pub fn member_covered(name: &str) -> String {
    if matches!(name, WHOLE_FILE | HEADER_ALONE | "") {
        format!("./{name}")
    } else {
        name.to_owned()
    }
}

/// Everything read from one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageFacts {
    pub format: PackageFormat,
    /// Of the whole file; for a folder, of its sorted list of names and digests.
    pub sha256: Sha256,
    /// In bytes; for a folder, of all its files together.
    pub size: u64,
    /// The container was refused: two readers would see different content. A trusted signature over
    /// the whole file outweighs it.
    pub refused: bool,
    /// The content is not what the signed manifest says. As above.
    pub content_differs: bool,
    pub objects: Vec<SignatureObject>,
    /// What was seen while reading, in the order seen.
    pub findings: Vec<Finding>,
    /// A vendor that the manifest names; a claim like any other content.
    pub named_vendor: Option<String>,
}

/// One signature, read and checked: the mathematics is done, trust is not.
#[derive(Debug, Clone)]
pub struct SignatureFacts {
    /// `authenticode`, `authenticode-nested`, or the object's own word.
    pub kind: &'static str,
    pub place: String,
    pub covers: String,
    pub crypto: Crypto,
    /// Why it is bad or unchecked; empty when good.
    pub detail: String,
    pub signer: Option<Certificate>,
    /// A signer that is a bare key; then there is no certificate.
    pub key: Option<KeyFacts>,
    /// An OpenPGP signature; then there is neither.
    pub openpgp: Option<Box<OpenPgpFacts>>,
    /// Who should have signed, when the certificate is missing: issuer and serial, or a key id.
    pub signer_named: String,
    /// The certificates that were shipped with it, the signer's included.
    pub certificates: Vec<Certificate>,
    /// How many certificates were offered, when more than are considered.
    pub certificates_offered: usize,
    pub weaknesses: Vec<Weakness>,
    pub signed_attributes: bool,
    pub claimed_time: Option<jiff::Timestamp>,
    pub timestamps: Vec<TimestampFacts>,
    /// The format's own verifier asks for the code-signing purpose on the leaf.
    pub purpose_required: bool,
    /// For raw signatures: which form held.
    pub form: Option<String>,
    /// The program name or URL that the signer wrote, bounded and escaped by the reader.
    pub program: Option<String>,
}

/// What a signature says about the bare key that made it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyFacts {
    /// `None` when the key is not at hand.
    pub id: Option<AnchorId>,
    /// As its own field writes it: minisign's key id, signify's key number, SSH's fingerprint, else
    /// the id; empty when the signature could not be read.
    pub named: String,
    /// The number by which minisign and signify look the key up.
    pub number: Option<KeyNumber>,
    /// Anybody may have edited it.
    pub untrusted_comment: String,
    /// Covered by the signature, where the format has one; in a report only once that holds.
    pub trusted_comment: Option<String>,
    /// SSHSIG: the purpose that the signature states.
    pub namespace: Option<String>,
}

/// One timestamp over a signature value, checked.
#[derive(Debug, Clone)]
pub struct TimestampFacts {
    /// `rfc3161` or `countersignature`.
    pub kind: &'static str,
    pub crypto: Crypto,
    pub detail: String,
    pub time: Option<jiff::Timestamp>,
    pub authority: Option<Certificate>,
    pub certificates: Vec<Certificate>,
    pub weaknesses: Vec<Weakness>,
}

impl SignatureFacts {
    /// When the signer's certificate holds.
    #[must_use]
    pub fn signer_validity(&self) -> Option<Validity> {
        self.signer.as_ref().map(Certificate::validity)
    }
}
