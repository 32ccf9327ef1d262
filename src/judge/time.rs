//! When a signature was made, and how we know.
//!
//! A timestamp proves a time only when its own path ends at a timestamping anchor that is not
//! condemned, judged at the time it states. Of several such times the earliest counts: the signature
//! existed by then.

use jiff::Timestamp;

use super::context::{AnchorsFor, Context};
use super::facts::{SignatureFacts, TimestampFacts};
use super::path::{Budget, KeyPurpose, Question};
use super::report::TimestampReport;
use super::standing::condemnation;
use crate::domain::{
    AnchorId, Crypto, Finding, FindingKind, Oid, Purpose, SigningTime, Status, TimeGround,
};
use crate::formats::x509::Certificate;

/// id-kp-timeStamping (RFC 5280 4.2.1.12).
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";

/// What the timestamps and claims of one signature amount to.
#[derive(Debug)]
pub(super) struct TimeFound {
    pub(super) time: SigningTime,
    pub(super) timestamp: Option<TimestampReport>,
    /// The time of a good timestamp whose authority nobody here knows: it proves nothing, but it
    /// says which piece is missing.
    pub(super) unanchored: Option<Timestamp>,
    pub(super) findings: Vec<Finding>,
}

pub(super) fn signing_time(facts: &SignatureFacts, context: &Context<'_>) -> TimeFound {
    let mut findings = vec![];
    let mut proven: Option<TimestampReport> = None;
    let mut unanchored = None;
    for timestamp in &facts.timestamps {
        let Some((time, authority)) = good(timestamp) else {
            findings.push(Finding::new(
                FindingKind::TimestampBad {
                    detail: timestamp.detail.clone(),
                },
                facts.place.clone(),
            ));
            continue;
        };
        if !speaks_for_time(authority, facts) {
            findings.push(Finding::new(
                FindingKind::TimestampBad {
                    detail: format!("{} is no timestamp authority", authority.subject()),
                },
                facts.place.clone(),
            ));
            continue;
        }
        let standing = standing_of(timestamp, time, authority, facts, context);
        if let Authority::Anchored { path } = standing {
            if proven.as_ref().is_none_or(|known| time < known.time) {
                proven = Some(TimestampReport {
                    time,
                    authority: authority.subject().to_string(),
                    path,
                });
            }
        } else if let Authority::Condemned { status, since } = standing {
            findings.push(Finding::new(
                FindingKind::TimestampBad {
                    detail: format!(
                        "its authority {} is {} since {}",
                        authority.subject(),
                        status.word(),
                        since.strftime("%F")
                    ),
                },
                facts.place.clone(),
            ));
        } else {
            unanchored = Some(time);
            findings.push(Finding::new(
                FindingKind::TimestampUnanchored {
                    authority: authority.issuer().to_string(),
                },
                facts.place.clone(),
            ));
        }
    }
    let (ground, at) = match (&proven, context.witnessed, facts.claimed_time) {
        (Some(report), witnessed, _) => match witnessed {
            Some(seen) if seen < report.time => (TimeGround::Witnessed, Some(seen)),
            _ => (TimeGround::Proven, Some(report.time)),
        },
        (None, Some(seen), _) => (TimeGround::Witnessed, Some(seen)),
        (None, None, Some(claimed)) => (TimeGround::Claimed, Some(claimed)),
        (None, None, None) => (TimeGround::None, None),
    };
    if let (TimeGround::Claimed, Some(at)) = (ground, at) {
        findings.push(Finding::new(
            FindingKind::TimeOnlyClaimed { at },
            facts.place.clone(),
        ));
    }
    TimeFound {
        time: SigningTime { ground, at },
        timestamp: proven,
        unanchored,
        findings,
    }
}

fn good(timestamp: &TimestampFacts) -> Option<(Timestamp, &Certificate)> {
    match (timestamp.crypto, timestamp.time, &timestamp.authority) {
        (Crypto::Good, Some(time), Some(authority)) => Some((time, authority)),
        _ => None,
    }
}

/// Whether a certificate was issued for timestamping, and to somebody else than the signer: nobody
/// proves the time of their own signature. To name no purpose at all is to have none here, because
/// any end entity of a private authority could then date its signatures as it likes.
fn speaks_for_time(authority: &Certificate, facts: &SignatureFacts) -> bool {
    let purpose = Oid::new(TIME_STAMPING);
    let is_signer = facts
        .signer
        .as_ref()
        .is_some_and(|signer| signer.spki_sha256() == authority.spki_sha256());
    !is_signer
        && authority
            .extended_key_usage()
            .is_some_and(|purposes| purposes.contains(&purpose))
}

/// What the view says of a timestamp's authority.
#[derive(Debug)]
enum Authority {
    /// By this path, leaf first.
    Anchored {
        path: Vec<Certificate>,
    },
    /// Known, and condemned: its tokens are void.
    Condemned {
        status: Status,
        since: Timestamp,
    },
    Unknown,
}

fn standing_of(
    timestamp: &TimestampFacts,
    time: Timestamp,
    authority: &Certificate,
    facts: &SignatureFacts,
    context: &Context<'_>,
) -> Authority {
    let mut offered = timestamp.certificates.clone();
    offered.extend(facts.certificates.iter().cloned());
    // Countersignatures are older than RFC 3161's rule that the purpose stands alone and critical.
    let purpose = if timestamp.kind == "rfc3161" {
        KeyPurpose::TimeStamping
    } else {
        KeyPurpose::Oid(Oid::new(TIME_STAMPING))
    };
    let question = Question {
        leaf: authority,
        offered: &offered,
        anchors: &AnchorsFor {
            view: context.view,
            purpose: Purpose::TimeStamping,
        },
        at: time,
        purpose: &purpose,
        profile: context.profile,
        policies: None,
        intermediates: None,
        budget: Budget::default(),
        cache: context.cache,
    };
    let found = context.walk(Purpose::TimeStamping, &question);
    let mut standing = Authority::Unknown;
    for path in &found.paths {
        let condemned = path.certificates.iter().find_map(|certificate| {
            // Distrusting an authority voids all its tokens, whatever time they state.
            condemnation(certificate, None, Purpose::TimeStamping, None, context)
        });
        if let Some((status, since)) = condemned {
            standing = Authority::Condemned { status, since };
            continue;
        }
        let anchor = AnchorId::X509(path.anchor);
        let record = context
            .view
            .status_at(&anchor, None, Purpose::TimeStamping, time);
        if record.is_some_and(|standing| standing.record.status.anchors()) {
            return Authority::Anchored {
                path: path.certificates.clone(),
            };
        }
    }
    standing
}
