//! One sentence for each finding.

use jiff::Timestamp;

use crate::domain::{Finding, FindingKind};

use super::advisory_wording::of_advisory;
use super::content_wording::of_content;
use super::continuity::means as continuity;
use super::plain::plain;

/// The sentence that tells a finding's facts; what to do about it is [`super::next_step`]'s.
#[must_use]
pub fn message(finding: &Finding) -> String {
    let p = plain;
    match &finding.kind {
        FindingKind::ContainerFault { detail, .. } => {
            format!("two readers would see different content: {}", p(detail))
        }
        FindingKind::ContainerOddity { detail, .. } => p(detail).into_owned(),
        FindingKind::Unreadable { detail } => format!("could not be read: {}", p(detail)),
        FindingKind::UnknownFormat => {
            "no format that can carry a signature, and no signature lies beside it".to_owned()
        }
        FindingKind::ContentDiffers {
            algorithm,
            expected,
            found,
        } => format!(
            "differs from the signed manifest: {algorithm} should be {}, is {}",
            p(expected),
            p(found)
        ),
        FindingKind::SizeDiffers { expected, found } => {
            format!("should have {expected} bytes by the signed manifest, has {found}")
        }
        FindingKind::FilesUncompared { count, first } => format!(
            "{} named by the manifest without a digest that can be compared, first {}",
            files(*count),
            p(first)
        ),
        FindingKind::FilesUnlisted { count, first } => format!(
            "{} not named by the signed manifest, first {}",
            files(*count),
            p(first)
        ),
        FindingKind::FilesAbsent { count, first } => format!(
            "{} named by the signed manifest and not there, first {}",
            files(*count),
            p(first)
        ),
        FindingKind::ReleaseWindow { .. } => "the index states when it counts".to_owned(),
        FindingKind::ReleaseStale { until } => {
            format!("the index counted until {until}; an old one may have been played back")
        }
        FindingKind::ReleaseNotYetValid { date } => {
            format!("the index is from {date}, which is still to come")
        }
        FindingKind::ReleaseWithoutEnd => {
            "the index never runs out, so that an old one can be played back unnoticed".to_owned()
        }
        FindingKind::ListedAbsent { count, first } => format!(
            "{} named by the signed text and not beside it, first {}",
            files(*count),
            p(first)
        ),
        FindingKind::StatedDigestDiffers { digest } => {
            format!("the package is not what it states of itself: {}", p(digest))
        }
        FindingKind::PayloadUnsigned => {
            "signed is only the header, which does not say what the payload is".to_owned()
        }
        FindingKind::ExtensionDiffers { ending, format } => match format {
            Some(format) => format!("is called .{} and is in truth {}", p(ending), p(format)),
            None => format!("is called .{} and is nothing of the kind", p(ending)),
        },
        FindingKind::NestedUnread { count, first } => format!(
            "{} inside may be signed by themselves and were not judged there, first {}",
            files(*count),
            p(first)
        ),
        FindingKind::AmbiguousPackage { candidates } => format!(
            "more than one file could be the manifest or its signature: {}",
            p(&candidates.join(", "))
        ),
        FindingKind::SignatureBad { detail } => {
            format!("the signature does not hold: {}", p(detail))
        }
        FindingKind::SignatureUnchecked { detail } => {
            format!("the signature could not be checked: {}", p(detail))
        }
        FindingKind::KeyNotAtHand { signer } => {
            format!("the signer's key is not at hand: {}", p(signer))
        }
        FindingKind::WeakDigest { algorithm } => {
            format!("{algorithm} carries the signature, and its collisions are practical")
        }
        FindingKind::WeakKey { bits } => {
            format!("a key of {bits} bits carries the signature; 2048 is the least that stands")
        }
        FindingKind::NoSignedAttributes => {
            "the signature covers the content directly, without signed attributes".to_owned()
        }
        FindingKind::CertificatesIgnored {
            offered,
            considered,
        } => format!("{offered} certificates were offered; only {considered} are considered"),
        FindingKind::UnsignedBytes { ranges } => {
            let list: Vec<_> = ranges
                .iter()
                .take(8)
                .map(|(start, end)| format!("{start}..{end}"))
                .collect();
            format!("no signature covers these bytes: {}", list.join(", "))
        }
        FindingKind::RawSignatureForm { form } => {
            format!("the signature held as {}", p(form))
        }
        FindingKind::TimestampBad { detail } => {
            format!("a timestamp counts for nothing: {}", p(detail))
        }
        FindingKind::TimestampUnanchored { authority } => format!(
            "the timestamp holds, and nobody here knows its authority: {}",
            p(authority)
        ),
        FindingKind::TimeOnlyClaimed { at } => {
            format!("only the signer itself says it signed at {at}")
        }
        FindingKind::Expired {
            subject,
            not_after,
            at,
        } => format!(
            "the certificate of {} ended at {not_after}; judged at {at}, and nothing proves an earlier signature",
            p(subject)
        ),
        FindingKind::NotYetValid {
            subject,
            not_before,
            at,
        } => format!(
            "the certificate of {} begins at {not_before}; judged at {at}",
            p(subject)
        ),
        FindingKind::SignerPurpose { subject, purpose } => format!(
            "the certificate of {} is not made for {}",
            p(subject),
            p(purpose)
        ),
        FindingKind::PathBroken {
            certificate, rule, ..
        } => format!("the path breaks at {}: {}", p(certificate), p(rule)),
        FindingKind::CertificateDeviates {
            certificate, rule, ..
        } => format!("{} does not keep to RFC 5280: {}", p(certificate), p(rule)),
        FindingKind::UnknownIssuer {
            subject,
            key_identifier,
        } => match key_identifier {
            Some(id) => format!(
                "missing issuer: {} (key id {})",
                p(subject),
                super::in_groups_of_four(id)
            ),
            None => format!("missing issuer: {} (no key id given)", p(subject)),
        },
        FindingKind::LookAlikeIssuer {
            subject,
            known,
            wanted,
        } => format!(
            "{} is known here with another key (SPKI SHA-256 {}) than the one that signed{}: a rotation, or a look-alike",
            p(subject),
            super::in_groups_of_four(known),
            wanted
                .as_ref()
                .map(|id| format!(" (key id {})", super::in_groups_of_four(id)))
                .unwrap_or_default()
        ),
        FindingKind::BudgetExhausted { checks } => {
            format!("the search for a path ended at its budget, after {checks} steps")
        }
        FindingKind::UnknownKey { key } => {
            format!(
                "the signature holds, and nobody here knows its key: {}",
                p(key)
            )
        }
        FindingKind::LookAlikeKey { number, known } => format!(
            "another key with the number {} is known: {}; numbers can be copied",
            p(number),
            p(known)
        ),
        FindingKind::KeyKnownByFingerprint { key, vendors } => format!(
            "{} is recorded as a key of {} by its fingerprint alone",
            super::in_groups_of_four(key),
            p(&vendors.join(", "))
        ),
        FindingKind::OpenPgpRefused { detail, .. } => {
            format!("refused by the policy of the day of signing: {}", p(detail))
        }
        FindingKind::OpenPgpRefusedNow { detail, .. } => {
            format!("good when it was signed, refused today: {}", p(detail))
        }
        FindingKind::PolicyException { detail, reason, .. } => {
            format!(
                "an exception is recorded for this key: {}; {}",
                p(detail),
                p(reason)
            )
        }
        FindingKind::RefreshKeyCopy {
            key,
            expired,
            renewal,
        } => {
            let key = super::in_groups_of_four(key);
            let ended = day(*expired);
            match renewal {
                Some(renewal) => format!(
                    "the copy of the key {key} here ended on {ended}, before this was signed; the vendor renewed it ({})",
                    p(renewal)
                ),
                None => format!(
                    "the copy of the key {key} here ended on {ended}, before this was signed"
                ),
            }
        }
        FindingKind::NewerKeyCopy { key } => format!(
            "a newer copy of the key {} exists here than the one that came along",
            super::in_groups_of_four(key)
        ),
        FindingKind::KeyExpiredSince { key, expired } => format!(
            "the key {} has ended since, on {}",
            super::in_groups_of_four(key),
            day(*expired)
        ),
        FindingKind::KeyRevoked { key, at, reason } => format!(
            "the key {} is revoked by its own certificate, on {} ({})",
            super::in_groups_of_four(key),
            day(*at),
            p(reason)
        ),
        FindingKind::KeyRevokedSince { key, at, reason } => format!(
            "its owner has taken the key {} out of use since, on {} ({})",
            super::in_groups_of_four(key),
            day(*at),
            p(reason)
        ),
        FindingKind::SignatureExpired { expired } => {
            format!("the signature itself says that it ended at {expired}")
        }
        FindingKind::WrongNamespace { found, expected } => format!(
            "the signature was made for {}, not for {}",
            p(found),
            p(&expected.join(" or "))
        ),
        FindingKind::RevocationUnchecked { why } if why.is_empty() => {
            "whether a certificate was revoked is not known: no revocation list was at hand"
                .to_owned()
        }
        FindingKind::RevocationUnchecked { why } => format!(
            "whether a certificate was revoked is not known: {}",
            p(&why.join("; "))
        ),
        FindingKind::CertificateRevoked {
            revoked,
            reason,
            invalid_since,
            condemns,
        } => {
            let reason = reason.as_deref().unwrap_or("no reason given");
            let since = invalid_since.map_or_else(String::new, |since| {
                format!(", its key not to be trusted since {}", day(since))
            });
            let meaning = if *condemns {
                "nothing proves that the signature is older"
            } else {
                "the signature is proven to be older"
            };
            format!(
                "the certificate was revoked on {} ({}{since}); {meaning}",
                day(*revoked),
                p(reason)
            )
        }
        FindingKind::JudgesDisagree { detail } => format!(
            "the path stands by our rules, and a second judge refuses it: {}",
            p(detail)
        ),
        FindingKind::VendorNotStated { vendor } => format!(
            "nobody said whose package this should be; the signer is {}",
            p(vendor)
        ),
        FindingKind::ForeignSigner { stated, found } => format!(
            "should be from {}, is signed by {}",
            p(stated),
            p(&found.join(", "))
        ),
        FindingKind::NoSignerRule { root, signer } => format!(
            "{} is a shared root and vouches for nobody alone; no signer rule names {}",
            p(root),
            p(signer)
        ),
        FindingKind::ObservedRoot {
            root,
            programme,
            seen,
        } => format!(
            "{} is known only from the root programme {}, which listed it for code signing on {}",
            p(root),
            p(programme),
            day(*seen)
        ),
        FindingKind::ObservedRootRefused { root } => format!(
            "the path ends at {}, which no accepted root programme trusts for this signature",
            p(root)
        ),
        FindingKind::ProgrammeDistrust {
            programme,
            since,
            newer_only,
            concerned,
            seen,
        } => {
            let what = if *newer_only {
                "what it signs or issues"
            } else {
                "this key"
            };
            let since = since.map_or_else(
                || "for all time".to_owned(),
                |since| format!("from {}", day(since)),
            );
            let concerned = if *concerned {
                ""
            } else {
                "; this signature is older"
            };
            format!(
                "the root programme {} distrusts {what} {since} (list of {}){concerned}",
                p(programme),
                day(*seen)
            )
        }
        FindingKind::AnchorNotActive { name, status } => {
            format!(
                "the path ends at {}, which is {} and no anchor",
                p(name),
                p(status)
            )
        }
        FindingKind::OutOfScope { vendor, product } => format!(
            "the key belongs to {}, which signs {} under other keys",
            p(vendor),
            p(product)
        ),
        FindingKind::RetiredKey { since } => {
            format!("the vendor retired this key on {}", day(*since))
        }
        FindingKind::BeforeFirstSeen { valid_from } => {
            format!(
                "signed before this key was first observed, on {}",
                day(*valid_from)
            )
        }
        FindingKind::CondemnedKey { status, since } => {
            format!("a key on the path is {} since {}", p(status), day(*since))
        }
        FindingKind::RuleWantsTimestamp { rule } => format!(
            "signer rule {} asks for a timestamp, and none proves a time",
            p(rule)
        ),
        FindingKind::OtherSignature { verdict } => {
            format!("another signature over the same content is {}", p(verdict))
        }
        FindingKind::ContinuityProof {
            means,
            old,
            new,
            vendor,
        } => format!(
            "{}'s anchor {} vouches for the key {} ({})",
            p(vendor),
            p(old),
            p(new),
            p(continuity(means))
        ),
        FindingKind::ContinuityDoubtful {
            means,
            old,
            new,
            doubts,
        } => format!(
            "{} certified the key {} ({}), which proves nothing: {}",
            p(old),
            p(new),
            p(continuity(means)),
            p(&doubts.join("; "))
        ),
        FindingKind::RotationRecorded { rotation, vendor } => format!(
            "recorded rotation {} of {} names this key; it is not confirmed as an anchor",
            p(rotation),
            p(vendor)
        ),
        FindingKind::PostExplains {
            post,
            url,
            title,
            ground,
            vendor,
        } => format!(
            "{} prints this key ({}): {}, {}, post {}; it is not confirmed as an anchor",
            p(vendor),
            p(ground),
            p(title),
            p(url),
            head(post)
        ),
        FindingKind::PostNamesKey {
            post,
            url,
            title,
            why,
        } => format!(
            "named in {}, {}, post {}, which explains nothing ({})",
            p(title),
            p(url),
            head(post),
            p(why)
        ),
        FindingKind::VendorWarnsOfKey {
            post,
            url,
            title,
            vendor,
        } => format!(
            "{} warns of this key or revokes it: {}, {}, post {}",
            p(vendor),
            p(title),
            p(url),
            head(post)
        ),
        FindingKind::NameSuggestsVendor { vendor } => format!(
            "the file's name looks like a product of {}; a name proves nothing",
            p(vendor)
        ),
        FindingKind::AdvisoryTestFailed { .. }
        | FindingKind::AdvisoryTestUnjudged { .. }
        | FindingKind::AdvisoryDigestDiffers { .. }
        | FindingKind::AdvisoryUnsigned
        | FindingKind::ProviderKeyFormer { .. }
        | FindingKind::ProviderKeyLater { .. }
        | FindingKind::ProviderMetadataOlder { .. }
        | FindingKind::ProviderKeyFault { .. } => of_advisory(&finding.kind),
        FindingKind::LooseDependency { .. }
        | FindingKind::RebootOnlyRecommended { .. }
        | FindingKind::StaleTimestamps { .. }
        | FindingKind::ScriptNeedsSudo { .. } => of_content(&finding.kind),
    }
}

/// Statuses and releases have a day, and no hour.
pub(super) fn day(instant: Timestamp) -> String {
    instant.strftime("%F").to_string()
}

/// As much of a post's handle as people type.
fn head(handle: &str) -> &str {
    handle.get(..12).unwrap_or("")
}

pub(super) fn files(count: u32) -> String {
    match count {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    }
}
