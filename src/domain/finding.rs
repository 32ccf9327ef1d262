//! Findings: one thing worth telling, with its facts. Wording lives in `render`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{HashAlgorithm, Verdict};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Note,
    Warning,
    High,
}

impl Severity {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::High => "high",
        }
    }
}

/// What a finding is about, with its facts. The kebab-case code is stable; the words are not.
///
/// Serialised only by our own store, under its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum FindingKind {
    // What was read.
    /// Two readers of the container would see different content; `fault` is its own stable code.
    ContainerFault { fault: String, detail: String },
    /// An oddity of the container that changes nothing about what is signed.
    ContainerOddity { fault: String, detail: String },
    /// The bytes could not be read as the format they claim.
    Unreadable { detail: String },
    /// No format of ours, and no signature beside it.
    UnknownFormat,
    /// A file inside differs from what the manifest says.
    ContentDiffers {
        algorithm: HashAlgorithm,
        expected: String,
        found: String,
    },
    /// A file inside has another size than the manifest says.
    SizeDiffers { expected: u64, found: u64 },
    /// Files that the manifest names without a digest that can be compared.
    FilesUncompared { count: u32, first: String },
    /// Files that the manifest does not name.
    FilesUnlisted { count: u32, first: String },
    /// Files that the manifest names and nobody shipped.
    FilesAbsent { count: u32, first: String },
    /// What an apt index says of the time in which it counts: a fact, judged at the instant.
    ReleaseWindow {
        date: Option<Timestamp>,
        valid_until: Option<Timestamp>,
    },
    /// An apt index that ran out: it may be an old one played back.
    ReleaseStale { until: Timestamp },
    /// An apt index from the future.
    ReleaseNotYetValid { date: Timestamp },
    /// An apt index that never runs out, so that an old one can be played back.
    ReleaseWithoutEnd,
    /// Files that a signed list beside loose downloads names, and that are not there.
    ListedAbsent { count: u32, first: String },
    /// A digest that a package states of itself is another than the file's.
    StatedDigestDiffers { digest: String },
    /// Signed is only a header that says nothing of the payload.
    PayloadUnsigned,
    /// The file's name promises another format than its content has; none when it has none that can be
    /// signed.
    ExtensionDiffers {
        ending: String,
        format: Option<String>,
    },
    /// Files inside that may be signed by themselves, too large or too many to be judged there.
    NestedUnread { count: u32, first: String },
    /// More than one file could be the manifest or its signature.
    AmbiguousPackage { candidates: Vec<String> },

    // The signature itself.
    /// The mathematics or the structure of a signature fails.
    SignatureBad { detail: String },
    /// The signature could not be computed.
    SignatureUnchecked { detail: String },
    /// The certificate or key that made the signature is not shipped.
    KeyNotAtHand { signer: String },
    /// A digest with practical collisions carries a signature.
    WeakDigest { algorithm: HashAlgorithm },
    /// A key below 2048 bits carries a signature.
    WeakKey { bits: u32 },
    /// The signature covers the content directly, without signed attributes.
    NoSignedAttributes,
    /// More certificates were offered than are considered.
    CertificatesIgnored { offered: u32, considered: u32 },
    /// Bytes of the file that no signature covers.
    UnsignedBytes { ranges: Vec<(u64, u64)> },
    /// Which of the accepted encodings of a raw signature held.
    RawSignatureForm { form: String },

    // Time.
    /// A timestamp that does not verify.
    TimestampBad { detail: String },
    /// A good timestamp whose authority ends at no known anchor.
    TimestampUnanchored { authority: String },
    /// Only the signer's own word says when it was signed.
    TimeOnlyClaimed { at: Timestamp },
    /// The signer's certificate had run out, and nothing proves an earlier signature.
    Expired {
        subject: String,
        not_after: Timestamp,
        at: Timestamp,
    },
    /// Judged before the certificate begins.
    NotYetValid {
        subject: String,
        not_before: Timestamp,
        at: Timestamp,
    },

    // The path.
    /// The signer's certificate does not allow this use.
    SignerPurpose { subject: String, purpose: String },
    /// The only way to a known root breaks a rule.
    PathBroken {
        certificate: String,
        rule: String,
        /// The check's own stable code.
        #[serde(default)]
        check: String,
    },
    /// A certificate on the path breaks a rule of RFC 5280 on which no path hangs.
    CertificateDeviates {
        certificate: String,
        rule: String,
        /// The check's own stable code.
        check: String,
    },
    /// The issuer that nobody here knows.
    UnknownIssuer {
        subject: String,
        key_identifier: Option<String>,
    },
    /// An issuer of that very name is known, with another key.
    LookAlikeIssuer {
        subject: String,
        /// SHA-256 of the known key's SubjectPublicKeyInfo.
        known: String,
        /// The key identifier that the certificate asks for.
        wanted: Option<String>,
    },
    /// The search for paths ended at its budget.
    BudgetExhausted { checks: u32 },
    /// A raw key that nobody here knows made the signature; as its own field writes it.
    UnknownKey { key: String },
    /// Another key of that very number is known.
    LookAlikeKey {
        number: String,
        /// The known key's id.
        known: String,
    },
    /// The key of that fingerprint is recorded, and its bytes are not at hand.
    KeyKnownByFingerprint { key: String, vendors: Vec<String> },
    /// The OpenPGP policy of the day of signing speaks against it.
    OpenPgpRefused { objection: String, detail: String },
    /// Good when it was made; today's OpenPGP policy would refuse it.
    OpenPgpRefusedNow { objection: String, detail: String },
    /// The OpenPGP policy refuses it, and a recorded exception for this key lets it pass.
    PolicyException {
        objection: String,
        detail: String,
        reason: String,
    },
    /// The copies of the key at hand had run out when the signature was made.
    RefreshKeyCopy {
        key: String,
        expired: Timestamp,
        /// The recorded rotation by which the vendor gave the same key a longer life, and its deadline.
        renewal: Option<String>,
    },
    /// The copy that came along is older than the one here.
    NewerKeyCopy { key: String },
    /// The key has run out since it made the signature, by the copies at hand.
    KeyExpiredSince { key: String, expired: Timestamp },
    /// The key's own certificate revokes it.
    KeyRevoked {
        key: String,
        at: Timestamp,
        reason: String,
    },
    /// The key went out of use after it made the signature.
    KeyRevokedSince {
        key: String,
        at: Timestamp,
        reason: String,
    },
    /// The signature says itself that it no longer counts.
    SignatureExpired { expired: Timestamp },
    /// The signature was made for another purpose than files of this kind.
    WrongNamespace {
        found: String,
        expected: Vec<String>,
    },
    /// Nobody can say of every certificate whether it was revoked.
    RevocationUnchecked {
        /// Of which, and why; empty when no revocation list was at hand.
        #[serde(default)]
        why: Vec<String>,
    },
    /// A revocation list names a certificate of the path.
    CertificateRevoked {
        revoked: Timestamp,
        reason: Option<String>,
        /// The list's word on when the key became bad.
        invalid_since: Option<Timestamp>,
        /// Whether the signature falls with it.
        condemns: bool,
    },
    /// A second judge refuses the path.
    JudgesDisagree { detail: String },

    // Trust.
    /// Nobody said whose package this should be.
    VendorNotStated { vendor: String },
    /// Another vendor's signer than the one stated.
    ForeignSigner { stated: String, found: Vec<String> },
    /// A shared public CA, and no signer rule names this signer.
    NoSignerRule { root: String, signer: String },
    /// The path ends at a root that an accepted root programme lists for code signing, and of which
    /// nobody else speaks.
    ObservedRoot {
        root: String,
        programme: String,
        seen: Timestamp,
    },
    /// As [`FindingKind::ObservedRoot`], where no accepted programme trusts it for this signature.
    ObservedRootRefused { root: String },
    /// An accepted root programme distrusts a key of the path.
    ProgrammeDistrust {
        programme: String,
        /// `None`: always.
        since: Option<Timestamp>,
        /// Only what is newer than the date.
        newer_only: bool,
        /// Whether this signature is among what is distrusted.
        concerned: bool,
        /// The day of the list.
        seen: Timestamp,
    },
    /// The path ends at a recorded key that is no anchor then: announced, proposed, or not yet in use.
    AnchorNotActive { name: String, status: String },
    /// The vendor's key, and none of those under which it signs this product.
    OutOfScope { vendor: String, product: String },
    /// The vendor retired this key.
    RetiredKey { since: Timestamp },
    /// Signed before our first observation of this key.
    BeforeFirstSeen { valid_from: Timestamp },
    /// A key on the path is condemned.
    CondemnedKey { status: String, since: Timestamp },
    /// A rule wants a timestamp, and there is none that proves anything.
    RuleWantsTimestamp { rule: String },
    /// Another signature over the same content ends worse than the best one.
    OtherSignature { verdict: String },
    /// A recorded rotation names this key.
    RotationRecorded { rotation: String, vendor: String },
    /// A post that speaks for the vendor prints this key.
    PostExplains {
        /// The post's handle.
        post: String,
        url: String,
        title: String,
        /// The ground of the evidence, by its code.
        ground: String,
        vendor: String,
    },
    /// A post names this key and explains nothing.
    PostNamesKey {
        post: String,
        url: String,
        title: String,
        /// What keeps it from explaining, by the code of an objection, a match or a ground.
        why: String,
    },
    /// A post that speaks for the vendor warns of this key or revokes it.
    VendorWarnsOfKey {
        post: String,
        url: String,
        title: String,
        vendor: String,
    },
    /// A vendor's anchor vouches for this key: both as anchor ids.
    ContinuityProof {
        means: String,
        old: String,
        new: String,
        vendor: String,
    },
    /// An anchor's key certified this one, and that proves nothing, for these reasons.
    ContinuityDoubtful {
        means: String,
        old: String,
        new: String,
        doubts: Vec<String>,
    },
    /// The file's name looks like a vendor's product; names are the attacker's to choose.
    NameSuggestsVendor { vendor: String },

    // Advisories (CSAF) and who publishes them.
    /// A document breaks a rule of its standard; `test` is the standard's own number.
    AdvisoryTestFailed { test: String, detail: String },
    /// A rule of the standard could not be judged.
    AdvisoryTestUnjudged { test: String, detail: String },
    /// The digest file beside a document states another digest.
    AdvisoryDigestDiffers { algorithm: HashAlgorithm },
    /// No signature lies beside a document.
    AdvisoryUnsigned,
    /// Signed by a key that the provider had listed, and listed no more when we fetched it.
    ProviderKeyFormer {
        key: String,
        /// The first look that found it no more.
        gone: Timestamp,
        /// The signature says itself that it was made after that.
        claims_later: bool,
    },
    /// Signed by a key that the provider listed only later.
    ProviderKeyLater { key: String, first: Timestamp },
    /// A provider's metadata that is dated before what we had seen of it: an old copy, which may
    /// list an old key again.
    ProviderMetadataOlder {
        seen: Timestamp,
        dated: Timestamp,
        /// The date that we had seen before.
        known: Timestamp,
    },
    /// A key that a provider lists cannot be used.
    ProviderKeyFault { detail: String },

    // What a manifest or a script says.
    /// A dependency that any version satisfies.
    LooseDependency { dependency: String, range: String },
    /// A reboot is only recommended though files of the running system are replaced.
    RebootOnlyRecommended { replaces: String },
    /// Times of the files do not fit the time of the release.
    StaleTimestamps {
        count: u32,
        newest: Timestamp,
        released: Option<Timestamp>,
    },
    /// A script asks for the administrator's rights.
    ScriptNeedsSudo { line: u32, command: String },
}

impl FindingKind {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::ContainerFault { fault, .. } | Self::ContainerOddity { fault, .. } => fault,
            Self::Unreadable { .. } => "unreadable",
            Self::UnknownFormat => "unknown-format",
            Self::ContentDiffers { .. } => "content-differs",
            Self::SizeDiffers { .. } => "size-differs-from-manifest",
            Self::FilesUncompared { .. } => "files-uncompared",
            Self::FilesUnlisted { .. } => "files-unlisted",
            Self::FilesAbsent { .. } => "files-absent",
            Self::AmbiguousPackage { .. } => "ambiguous-package",
            Self::ExtensionDiffers { .. } => "extension-differs",
            Self::NestedUnread { .. } => "nested-unread",
            Self::ReleaseWindow { .. } => "release-window",
            Self::ReleaseStale { .. } => "release-stale",
            Self::ReleaseNotYetValid { .. } => "release-not-yet-valid",
            Self::ReleaseWithoutEnd => "release-without-end",
            Self::ListedAbsent { .. } => "listed-absent",
            Self::StatedDigestDiffers { .. } => "stated-digest-differs",
            Self::PayloadUnsigned => "payload-unsigned",
            Self::SignatureBad { .. } => "signature-bad",
            Self::SignatureUnchecked { .. } => "signature-unchecked",
            Self::KeyNotAtHand { .. } => "key-not-at-hand",
            Self::WeakDigest { .. } => "weak-digest",
            Self::WeakKey { .. } => "weak-key",
            Self::NoSignedAttributes => "no-signed-attributes",
            Self::CertificatesIgnored { .. } => "certificates-ignored",
            Self::UnsignedBytes { .. } => "unsigned-bytes",
            Self::RawSignatureForm { .. } => "raw-signature-form",
            Self::TimestampBad { .. } => "timestamp-bad",
            Self::TimestampUnanchored { .. } => "timestamp-unanchored",
            Self::TimeOnlyClaimed { .. } => "time-only-claimed",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } => "not-yet-valid",
            Self::SignerPurpose { .. } => "signer-purpose",
            Self::PathBroken { .. } => "path-broken",
            Self::CertificateDeviates { .. } => "certificate-deviates",
            Self::UnknownIssuer { .. } => "unknown-issuer",
            Self::LookAlikeIssuer { .. } => "look-alike-issuer",
            Self::BudgetExhausted { .. } => "budget-exhausted",
            Self::UnknownKey { .. } => "unknown-key",
            Self::LookAlikeKey { .. } => "look-alike-key",
            Self::KeyKnownByFingerprint { .. } => "key-known-by-fingerprint",
            Self::OpenPgpRefused { .. } => "openpgp-refused",
            Self::OpenPgpRefusedNow { .. } => "openpgp-refused-now",
            Self::PolicyException { .. } => "policy-exception",
            Self::RefreshKeyCopy { .. } => "refresh-key-copy",
            Self::NewerKeyCopy { .. } => "newer-key-copy",
            Self::KeyExpiredSince { .. } => "key-expired-since",
            Self::KeyRevoked { .. } => "key-revoked",
            Self::KeyRevokedSince { .. } => "key-revoked-since",
            Self::SignatureExpired { .. } => "signature-expired",
            Self::WrongNamespace { .. } => "wrong-namespace",
            Self::RevocationUnchecked { .. } => "revocation-unchecked",
            Self::CertificateRevoked { condemns, .. } => {
                if *condemns {
                    "certificate-revoked"
                } else {
                    "certificate-revoked-since"
                }
            }
            Self::JudgesDisagree { .. } => "judges-disagree",
            Self::VendorNotStated { .. } => "vendor-not-stated",
            Self::ForeignSigner { .. } => "foreign-signer",
            Self::NoSignerRule { .. } => "no-signer-rule",
            Self::ObservedRoot { .. } => "observed-root",
            Self::ObservedRootRefused { .. } => "observed-root-refused",
            Self::ProgrammeDistrust { .. } => "programme-distrust",
            Self::AnchorNotActive { .. } => "anchor-not-active",
            Self::OutOfScope { .. } => "out-of-scope",
            Self::RetiredKey { .. } => "retired-key",
            Self::BeforeFirstSeen { .. } => "before-first-seen",
            Self::CondemnedKey { .. } => "condemned-key",
            Self::RuleWantsTimestamp { .. } => "rule-wants-timestamp",
            Self::OtherSignature { .. } => "other-signature",
            Self::RotationRecorded { .. } => "rotation-recorded",
            Self::PostExplains { .. } => "post-explains",
            Self::PostNamesKey { .. } => "post-names-key",
            Self::VendorWarnsOfKey { .. } => "vendor-warns-of-key",
            Self::ContinuityProof { .. } => "continuity-proof",
            Self::ContinuityDoubtful { .. } => "continuity-doubtful",
            Self::NameSuggestsVendor { .. } => "name-suggests-vendor",
            Self::AdvisoryTestFailed { .. } => "advisory-test-failed",
            Self::AdvisoryTestUnjudged { .. } => "advisory-test-unjudged",
            Self::AdvisoryDigestDiffers { .. } => "advisory-digest-differs",
            Self::AdvisoryUnsigned => "advisory-unsigned",
            Self::ProviderKeyFormer { .. } => "provider-key-former",
            Self::ProviderKeyLater { .. } => "provider-key-later",
            Self::ProviderMetadataOlder { .. } => "provider-metadata-older",
            Self::ProviderKeyFault { .. } => "provider-key-fault",
            Self::LooseDependency { .. } => "loose-dependency",
            Self::RebootOnlyRecommended { .. } => "reboot-only-recommended",
            Self::StaleTimestamps { .. } => "stale-timestamps",
            Self::ScriptNeedsSudo { .. } => "script-needs-sudo",
        }
    }

    /// How much it matters by itself; the verdict already says what it decided.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::ContainerFault { .. }
            | Self::ContentDiffers { .. }
            | Self::SizeDiffers { .. }
            | Self::FilesUncompared { .. }
            | Self::FilesUnlisted { .. }
            | Self::FilesAbsent { .. }
            | Self::SignatureBad { .. }
            | Self::Expired { .. }
            | Self::SignerPurpose { .. }
            | Self::PathBroken { .. }
            | Self::LookAlikeIssuer { .. }
            | Self::LookAlikeKey { .. }
            | Self::WrongNamespace { .. }
            | Self::ReleaseStale { .. }
            | Self::ReleaseNotYetValid { .. }
            | Self::StatedDigestDiffers { .. }
            | Self::AdvisoryDigestDiffers { .. }
            | Self::PayloadUnsigned
            | Self::OpenPgpRefused { .. }
            | Self::KeyRevoked { .. }
            | Self::SignatureExpired { .. }
            | Self::ForeignSigner { .. }
            | Self::CondemnedKey { .. }
            | Self::JudgesDisagree { .. }
            | Self::VendorWarnsOfKey { .. }
            | Self::AmbiguousPackage { .. } => Severity::High,
            Self::CertificateRevoked { condemns, .. } => {
                if *condemns {
                    Severity::High
                } else {
                    Severity::Note
                }
            }
            Self::ProviderKeyFormer { claims_later, .. } if *claims_later => Severity::High,
            Self::ProgrammeDistrust {
                concerned: true, ..
            } => Severity::High,
            Self::AdvisoryTestFailed { .. }
            | Self::AdvisoryTestUnjudged { .. }
            | Self::AdvisoryUnsigned
            | Self::ProviderKeyFormer { .. }
            | Self::ContainerOddity { .. }
            | Self::CertificatesIgnored { .. }
            | Self::UnsignedBytes { .. }
            | Self::RawSignatureForm { .. }
            | Self::TimeOnlyClaimed { .. }
            | Self::RevocationUnchecked { .. }
            | Self::CertificateDeviates { .. }
            | Self::ObservedRoot { .. }
            | Self::VendorNotStated { .. }
            | Self::ReleaseWindow { .. }
            | Self::ReleaseWithoutEnd
            | Self::ListedAbsent { .. }
            | Self::NestedUnread { .. }
            | Self::NewerKeyCopy { .. }
            | Self::KeyExpiredSince { .. }
            | Self::KeyKnownByFingerprint { .. }
            | Self::BeforeFirstSeen { .. }
            | Self::NameSuggestsVendor { .. }
            | Self::RotationRecorded { .. }
            | Self::PostExplains { .. }
            | Self::PostNamesKey { .. }
            | Self::ContinuityProof { .. }
            | Self::ContinuityDoubtful { .. }
            | Self::UnknownFormat => Severity::Note,
            Self::OtherSignature { verdict } if *verdict == Verdict::Distrusted.word() => {
                Severity::High
            }
            _ => Severity::Warning,
        }
    }
}

/// One thing worth telling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    #[serde(flatten)]
    pub kind: FindingKind,
    /// Where: a member's name, `signature 2`, a field; empty for the package as a whole.
    pub place: String,
}

impl Finding {
    #[must_use]
    pub fn new(kind: FindingKind, place: impl Into<String>) -> Self {
        Self {
            kind,
            place: place.into(),
        }
    }

    /// A finding about the package as a whole.
    #[must_use]
    pub fn whole(kind: FindingKind) -> Self {
        Self::new(kind, "")
    }
}
