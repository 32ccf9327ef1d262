//! The identity tokens that a post can print, in the forms of the domain.

use std::ops::Range;

/// What a token names. The kind follows the words around it; the same digits may be quoted under
/// another kind elsewhere, so a join by value asks for every kind that its bytes could be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TokenKind {
    /// 40 or 64 upper-case hex digits.
    OpenpgpFingerprint,
    /// 16 upper-case hex digits: a candidate, never an identity.
    OpenpgpKeyId,
    /// 8 upper-case hex digits: worth showing, never worth a step.
    OpenpgpShortKeyId,
    /// 40 lower-case hex digits.
    CertificateSha1,
    /// 64 lower-case hex digits of a certificate's DER, or of something the post does not name.
    CertificateSha256,
    /// 64 lower-case hex digits of a SubjectPublicKeyInfo.
    SpkiSha256,
    /// A certificate's subject or authority key identifier (RFC 5280 4.2.1.2): 40 upper-case hex
    /// digits. It chooses candidates.
    KeyIdentifier,
    /// `SHA256:` and 43 base64 characters, as OpenSSH and registries write key hashes.
    SshSha256,
    /// The 56 base64 characters of a minisign or signify public key.
    RawKey,
    /// A certificate's serial number: upper-case hex without leading zeros.
    Serial,
    /// A distinguished name as written, blanks made single.
    DistinguishedName,
    /// The name of a CA in prose ("Bosun Trusted Root G4").
    AuthorityName,
    /// Ten characters that Apple gives a team.
    AppleTeam,
    /// The address of a key or certificate file.
    KeyUrl,
    /// The name of a key or certificate file, without an address.
    KeyFile,
    /// 39, 41, 63 or 65 hex digits where a fingerprint should stand: never an identity.
    NearMiss,
}

impl TokenKind {
    /// Every kind, in the order of the enum.
    pub const ALL: [Self; 16] = [
        Self::OpenpgpFingerprint,
        Self::OpenpgpKeyId,
        Self::OpenpgpShortKeyId,
        Self::CertificateSha1,
        Self::CertificateSha256,
        Self::SpkiSha256,
        Self::KeyIdentifier,
        Self::SshSha256,
        Self::RawKey,
        Self::Serial,
        Self::DistinguishedName,
        Self::AuthorityName,
        Self::AppleTeam,
        Self::KeyUrl,
        Self::KeyFile,
        Self::NearMiss,
    ];

    /// The stable kebab-case name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OpenpgpFingerprint => "openpgp-fingerprint",
            Self::OpenpgpKeyId => "openpgp-key-id",
            Self::OpenpgpShortKeyId => "openpgp-short-key-id",
            Self::CertificateSha1 => "certificate-sha1",
            Self::CertificateSha256 => "certificate-sha256",
            Self::SpkiSha256 => "spki-sha256",
            Self::KeyIdentifier => "key-identifier",
            Self::SshSha256 => "ssh-sha256",
            Self::RawKey => "raw-key",
            Self::Serial => "serial",
            Self::DistinguishedName => "distinguished-name",
            Self::AuthorityName => "authority-name",
            Self::AppleTeam => "apple-team",
            Self::KeyUrl => "key-url",
            Self::KeyFile => "key-file",
            Self::NearMiss => "near-miss",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether the token alone says which key is meant.
    #[must_use]
    pub fn is_full_identity(self) -> bool {
        matches!(
            self,
            Self::OpenpgpFingerprint
                | Self::CertificateSha1
                | Self::CertificateSha256
                | Self::SpkiSha256
                | Self::SshSha256
                | Self::RawKey
        )
    }
}

/// Which end of a change the words around a token give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Old,
    New,
    /// The words do not say.
    Unsaid,
}

impl Side {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
            Self::Unsaid => "unsaid",
        }
    }

    /// The side of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Old, Self::New, Self::Unsaid]
            .into_iter()
            .find(|side| side.word() == word)
    }
}

/// One identity token of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    /// Normalised as [`TokenKind`] says.
    pub value: String,
    pub side: Side,
    /// Where it stands in [`Reading::text`](super::Reading::text), in bytes. A link that shows other
    /// words is named by the place of those words.
    pub place: Range<usize>,
}
