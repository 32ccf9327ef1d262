//! What a person can do about a finding.

use super::path_checks::path_check_mend;
use crate::domain::{Finding, FindingKind};

/// The next step, when there is one; always something the reader can do.
#[must_use]
pub(super) fn next_step(finding: &Finding) -> Option<&'static str> {
    Some(match &finding.kind {
        FindingKind::ContainerFault { .. } => {
            "do not unpack it; ask the vendor for a clean archive"
        }
        FindingKind::Unreadable { .. } => {
            "see that it is there and readable; if it is cut short, fetch it again"
        }
        FindingKind::UnknownFormat => "name the signature with --signature, if there is one",
        FindingKind::ContentDiffers { .. }
        | FindingKind::SizeDiffers { .. }
        | FindingKind::SignatureBad { .. } => {
            "do not install it; fetch it again from the vendor and compare"
        }
        FindingKind::FilesUnlisted { .. }
        | FindingKind::FilesUncompared { .. }
        | FindingKind::FilesAbsent { .. } => {
            "do not install it; ask the vendor for the release's own manifest"
        }
        FindingKind::ReleaseStale { .. } => {
            "fetch the index anew; when the mirror serves it still, ask another mirror"
        }
        FindingKind::ReleaseNotYetValid { .. } => "check the clock of this machine, or --at",
        FindingKind::StatedDigestDiffers { .. } => {
            "do not install it; fetch it again from the vendor and compare"
        }
        FindingKind::PayloadUnsigned => "do not install it; ask the vendor for a signed package",
        FindingKind::AmbiguousPackage { .. } => "choose with --manifest and --signature",
        FindingKind::KeyNotAtHand { .. } => {
            "ask the vendor for the certificate or key, and pass it with --key"
        }
        FindingKind::TimestampUnanchored { .. } => {
            "add the timestamp authority's root to trust/shared/tsa after checking it"
        }
        FindingKind::Expired { .. } => {
            "ask the vendor for a timestamped signature, or judge at a known date with --at"
        }
        FindingKind::UnknownIssuer { .. } => {
            "ask the vendor, by a phone number you already had, for this issuer's fingerprint"
        }
        FindingKind::UnknownKey { .. } => {
            "ask the vendor, by a phone number you already had, for this key's fingerprint"
        }
        FindingKind::RefreshKeyCopy { .. } => {
            "fetch the vendor's key anew; the same fingerprint with a later end is no new key"
        }
        FindingKind::NewerKeyCopy { .. } => "refresh your copy of the key",
        FindingKind::KeyKnownByFingerprint { .. } => {
            "fetch the key from the vendor, compare the fingerprint, and pass it with --key"
        }
        FindingKind::AdvisoryDigestDiffers { .. } => {
            "fetch the document and its digest again; do not act on it before"
        }
        FindingKind::OpenPgpRefused { .. } => {
            "ask the vendor for a signature by today's standards; do not install it before"
        }
        FindingKind::KeyRevoked { .. } => "do not install it; call the vendor",
        FindingKind::SignatureExpired { .. } => "ask the vendor for a signature that still counts",
        FindingKind::WrongNamespace { .. } => {
            "do not take it for a release; ask the vendor for a signature made for files"
        }
        FindingKind::LookAlikeIssuer { .. } | FindingKind::LookAlikeKey { .. } => {
            "have the vendor read out the new key's fingerprint before trusting it"
        }
        FindingKind::NoSignerRule { .. } => {
            "pin this signer with a signer rule, after checking who it is"
        }
        FindingKind::ProgrammeDistrust {
            concerned: true, ..
        } => "ask the vendor for a release signed under another root",
        FindingKind::AnchorNotActive { .. } | FindingKind::ObservedRootRefused { .. } => {
            "confirm the key with the vendor out of band; until then it vouches for nothing"
        }
        FindingKind::PathBroken { check, .. } if path_check_mend(check).is_some() => {
            return path_check_mend(check);
        }
        FindingKind::SignerPurpose { .. } | FindingKind::PathBroken { .. } => {
            "do not install it; ask the vendor how this release was signed"
        }
        FindingKind::NotYetValid { .. } => "check the clock of this machine, or --at",
        FindingKind::OutOfScope { .. } => {
            "check --product, or ask the vendor whether this product has moved to this key"
        }
        FindingKind::VendorNotStated { .. } => "state it with --vendor",
        FindingKind::ForeignSigner { .. }
        | FindingKind::CondemnedKey { .. }
        | FindingKind::CertificateRevoked { condemns: true, .. } => {
            "do not install it; call the vendor"
        }
        FindingKind::PostExplains { .. } => {
            "read the post with announcements show, then confirm the key out of band"
        }
        FindingKind::PostNamesKey { .. } => {
            "see with explain what the posts prove; anybody can write one"
        }
        FindingKind::VendorWarnsOfKey { .. } => "do not install it; call the vendor",
        FindingKind::ContinuityProof { .. } => {
            "have the vendor read the new fingerprint out, by a contact known before; then propose the key"
        }
        FindingKind::ContinuityDoubtful { .. } => {
            "do not take it for the vendor's word; ask by a contact known before"
        }
        FindingKind::JudgesDisagree { .. } => {
            "do not install it before the two agree; report the chain, one of them is wrong"
        }
        FindingKind::RevocationUnchecked { why } if !why.is_empty() => {
            "give the newest revocation lists of these issuers with --crl"
        }
        FindingKind::RotationRecorded { .. } => {
            "read the rotation's evidence, then confirm the key out of band"
        }
        FindingKind::BudgetExhausted { .. } => {
            "ship fewer certificates, or name the chain with --anchors"
        }
        FindingKind::ScriptNeedsSudo { .. } => "read the script before running it",
        _ => return None,
    })
}
