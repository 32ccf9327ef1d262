//! Of the paths that stand, the one that counts: what each means, whether a list revokes a certificate
//! on it, and whether the second judge agrees.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::context::Context;
use super::path::{KeyPurpose, Path};
use super::report::RevocationWord;
use super::revocation::{
    PathRevocation, Revocation, RevocationQuestion, condemns, path_revocation,
};
use super::second_judge::{Opinion, opinion};
use super::standing::{Standing, standing};
use crate::domain::{Finding, FindingKind, Sha256, SigningTime, Verdict};
use crate::formats::x509::Certificate;

/// What a signature's paths are weighed by.
pub(super) struct Scales<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) time: SigningTime,
    /// The instant at which the paths were judged.
    pub(super) at: Timestamp,
    pub(super) purpose: &'a KeyPurpose,
    /// The certificates that came along.
    pub(super) offered: &'a [Certificate],
    /// The signature's place.
    pub(super) place: &'a str,
}

/// A path with all that it means.
pub(super) struct Weighed<'a> {
    pub(super) path: &'a Path,
    pub(super) standing: Standing,
    pub(super) revocation: RevocationWord,
    /// Of which certificates nobody can say whether they were revoked.
    pub(super) unchecked: Option<Finding>,
}

/// The path that decides; `None` when there is none.
pub(super) fn best<'a>(paths: &'a [Path], scales: &Scales<'_>) -> Option<Weighed<'a>> {
    let revocations: Vec<PathRevocation> =
        paths.iter().map(|path| revocation(path, scales)).collect();
    let compromised: BTreeSet<Sha256> = revocations
        .iter()
        .flat_map(|told| &told.revoked)
        .filter(|one| one.reason.is_some_and(|reason| reason.is_compromise()))
        .map(|one| one.spki_sha256)
        .collect();
    let all: Vec<&Revocation> = revocations.iter().flat_map(|told| &told.revoked).collect();
    let mut weighed: Vec<Weighed<'a>> = paths
        .iter()
        .zip(&revocations)
        .map(|(path, told)| {
            let mut standing = standing(path, scales.time, scales.context, scales.place);
            // A compromised key is bad in every certificate that holds it.
            let elsewhere = all.iter().copied().filter(|one| {
                compromised.contains(&one.spki_sha256)
                    && !told.revoked.contains(one)
                    && path
                        .certificates
                        .iter()
                        .any(|member| member.spki_sha256() == one.spki_sha256)
            });
            let revocation = apply((path, told), elsewhere, &mut standing, scales);
            Weighed {
                path,
                standing,
                revocation,
                unchecked: unchecked((path, told), scales),
            }
        })
        .collect();
    weighed.sort_by_key(|one| rank(&one.standing));
    // The second judge is asked about the best path that would vouch, and about the next where it
    // refuses one.
    for one in &mut weighed {
        if !matches!(one.standing.verdict, Verdict::Anchored | Verdict::Unpinned)
            || second_opinion(one, scales)
        {
            break;
        }
    }
    weighed.into_iter().min_by_key(|one| rank(&one.standing))
}

/// A condemned path never hides behind a merely unknown one, and an anchored one wins.
fn rank(standing: &Standing) -> (u8, usize) {
    let order = match standing.verdict {
        Verdict::Anchored => 0,
        Verdict::Distrusted => 1,
        Verdict::Foreign => 2,
        Verdict::Unpinned => 3,
        Verdict::Unjudged => 4,
        _ => 5,
    };
    (order, standing.findings.len())
}

fn revocation(path: &Path, scales: &Scales<'_>) -> PathRevocation {
    let Some(lists) = scales.context.lists else {
        return PathRevocation::default();
    };
    path_revocation(&RevocationQuestion {
        path: &path.certificates,
        offered: scales.offered,
        lists,
        path_at: scales.at,
        at: scales.context.at,
        profile: scales.context.profile,
        cache: scales.context.cache,
    })
}

/// Lets revocations condemn a path, and tells those that do not.
fn apply<'a>(
    (path, told): (&Path, &'a PathRevocation),
    elsewhere: impl Iterator<Item = &'a Revocation>,
    standing: &mut Standing,
    scales: &Scales<'_>,
) -> RevocationWord {
    let established = scales.time.established();
    let mut word = if is_known(told, path, scales) {
        RevocationWord::Good
    } else {
        RevocationWord::Unchecked
    };
    for one in told.revoked.iter().chain(elsewhere) {
        let condemned = condemns(one, established, scales.context.at);
        if condemned {
            standing.verdict = Verdict::Distrusted;
            standing.vendor = None;
        }
        word = match word {
            RevocationWord::Revoked => RevocationWord::Revoked,
            _ if condemned => RevocationWord::Revoked,
            _ => RevocationWord::RevokedSince,
        };
        let kind = FindingKind::CertificateRevoked {
            revoked: one.revoked,
            reason: one.reason.map(|reason| reason.word().to_owned()),
            invalid_since: one.invalid_since,
            condemns: condemned,
        };
        standing
            .findings
            .push(Finding::new(kind, one.subject.to_string()));
    }
    word
}

/// Whether of every certificate it is known whether it was revoked. Nobody can say it of an anchor, so
/// not of a signer's certificate that is one itself.
fn is_known(told: &PathRevocation, path: &Path, scales: &Scales<'_>) -> bool {
    scales.context.lists.is_some() && told.unknown.is_empty() && path.certificates.len() > 1
}

fn unchecked((path, told): (&Path, &PathRevocation), scales: &Scales<'_>) -> Option<Finding> {
    let why = told
        .unknown
        .iter()
        .map(|(subject, why)| format!("{subject}: {why}"))
        .collect();
    (!is_known(told, path, scales))
        .then(|| Finding::new(FindingKind::RevocationUnchecked { why }, scales.place))
}

/// Whether the second judge leaves the path as it is.
fn second_opinion(one: &mut Weighed<'_>, scales: &Scales<'_>) -> bool {
    let chain = &one.path.certificates;
    match opinion(chain, scales.at, scales.purpose) {
        Opinion::Agrees | Opinion::Abstains(_) => true,
        Opinion::Disagrees(detail) => {
            one.standing.verdict = Verdict::Unjudged;
            one.standing.vendor = None;
            let kind = FindingKind::JudgesDisagree { detail };
            let finding = Finding::new(kind, scales.place);
            one.standing.findings.push(finding);
            false
        }
    }
}
