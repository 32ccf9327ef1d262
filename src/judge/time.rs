//! When a signature was made, and how we know.
//!
//! A timestamp proves a time only when its own path ends at a timestamping anchor that is not
//! condemned, judged at the time it states. Of several such times the earliest counts: the signature
//! existed by then.

use jiff::Timestamp;

use super::context::{AnchorsFor, Context};
use super::facts::{SignatureFacts, TimestampFacts};
use super::path::{Budget, KeyPurpose, Question, walk};
use super::report::TimestampReport;
use super::standing::condemnation;
use crate::domain::{
    AnchorId, Crypto, Finding, FindingKind, Oid, Purpose, SigningTime, TimeGround,
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
        if let Some(path) = anchored(timestamp, time, authority, facts, context) {
            if proven.as_ref().is_none_or(|known| time < known.time) {
                proven = Some(TimestampReport {
                    time,
                    authority: authority.subject().to_string(),
                    path,
                });
            }
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

/// The path of a timestamp's authority to an anchor that may vouch for times.
fn anchored(
    timestamp: &TimestampFacts,
    time: Timestamp,
    authority: &Certificate,
    facts: &SignatureFacts,
    context: &Context<'_>,
) -> Option<Vec<Certificate>> {
    let mut offered = timestamp.certificates.clone();
    offered.extend(facts.certificates.iter().cloned());
    // Countersignatures are older than RFC 3161's rule that the purpose stands alone and critical.
    let purpose = if timestamp.kind == "rfc3161" {
        KeyPurpose::TimeStamping
    } else {
        KeyPurpose::Oid(Oid::new(TIME_STAMPING))
    };
    let found = walk(&Question {
        leaf: authority,
        offered: &offered,
        anchors: &AnchorsFor {
            view: context.view,
            purpose: Purpose::TimeStamping,
        },
        at: time,
        purpose: &purpose,
        profile: context.profile,
        intermediates: None,
        budget: Budget::default(),
        cache: context.cache,
    });
    let standing = found.paths.into_iter().find(|path| {
        let condemned = path.certificates.iter().any(|certificate| {
            // Distrusting an authority voids all its tokens, whatever time they state.
            condemnation(certificate, None, Purpose::TimeStamping, None, context).is_some()
        });
        !condemned
            && context
                .view
                .status_at(
                    &AnchorId::X509(path.anchor),
                    None,
                    Purpose::TimeStamping,
                    time,
                )
                .is_some_and(|standing| standing.record.status.anchors())
    });
    standing.map(|path| path.certificates)
}
