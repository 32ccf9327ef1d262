//! One visit: asked, answered, read. Nothing is written here.

use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::turns::host;
use super::{feed, page};
use crate::domain::source::Kind;
use crate::fetch::{Answer, Body, FetchError, Fetcher, Outcome, Request, RetryAfter, Validators};
use crate::formats::feed::Schedule;
use crate::formats::limits;
use crate::store::sources::{
    Asked, CapturedFile, CsafProgress, PostKept, Source, SourceValidators,
};

/// What every visit is made with.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) fetcher: Fetcher,
    pub(super) clock: super::Clock,
    pub(super) desk: Desk,
    pub(super) speakers: std::sync::Arc<super::Speakers>,
    pub(super) readers: std::sync::Arc<tokio::sync::Semaphore>,
    pub(super) options: std::sync::Arc<super::PollOptions>,
}

/// What a visit found.
#[derive(Debug)]
pub(super) struct Visited {
    pub(super) source: Source,
    pub(super) ending: Ending,
    pub(super) asked: Vec<Asked>,
    /// Where the source says that it lives now.
    pub(super) moved: Option<String>,
    pub(super) max_age_seconds: Option<u64>,
    pub(super) retry_at: Option<Timestamp>,
}

impl Visited {
    /// One that broke off: a fault of ours.
    pub(super) fn lost(source: Source, why: &str) -> Self {
        Self {
            source,
            ending: Ending::Failed(format!("the visit broke off: {why}")),
            asked: vec![],
            moved: None,
            max_age_seconds: None,
            retry_at: None,
        }
    }
}

/// How it ended.
#[derive(Debug)]
pub(super) enum Ending {
    Good {
        posts: Vec<PostKept>,
        files: Vec<CapturedFile>,
        /// How many entries there were, known ones included.
        entries: u64,
        schedule: Option<Schedule>,
        validators: SourceValidators,
        csaf: Box<CsafProgress>,
        /// What is wrong with some of it.
        faults: Vec<String>,
    },
    Unchanged,
    Busy {
        status: u16,
    },
    Gone,
    Failed(String),
}

impl Ending {
    /// Why nothing, or not everything, was read.
    pub(super) fn reason(&self) -> Option<String> {
        match self {
            Self::Good { faults, .. } if !faults.is_empty() => Some(faults.join("; ")),
            Self::Good { .. } | Self::Unchanged => None,
            Self::Busy { status } => Some(format!("status {status}: asked to come back later")),
            Self::Gone => Some("status 410: it will not come back".to_owned()),
            Self::Failed(reason) => Some(reason.clone()),
        }
    }
}

const FEED_TYPES: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
     application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5";
const PAGE_TYPES: &str = "text/html, text/plain;q=0.9, */*;q=0.5";

/// Visits a source.
pub(super) async fn visit(visitor: &Visitor, source: Source) -> Visited {
    if source.kind == Kind::Csaf {
        return super::csaf::visit(visitor, source).await;
    }
    let mut trail = Trail::new(visitor);
    let (accept, limit) = match source.kind {
        Kind::Feed | Kind::Csaf => (FEED_TYPES, limits::FEED),
        Kind::Page => (PAGE_TYPES, limits::WATCHED_PAGE),
    };
    let validators = validators(&source.validators);
    let asked = trail
        .get(limit, &source.address, Some(&validators), accept)
        .await;
    let mut visited = Visited {
        source,
        ending: Ending::Unchanged,
        asked: vec![],
        moved: None,
        max_age_seconds: None,
        retry_at: None,
    };
    match asked {
        Err(error) => visited.ending = Ending::Failed(error.to_string()),
        Ok(answer) => {
            let served = answer.hops.last().map(|hop| hop.url.clone());
            visited.moved = answer.moved.map(|url| url.to_string());
            visited.max_age_seconds = answer.cache.max_age_seconds;
            visited.retry_at = retry_at(answer.retry_after, (visitor.clock)());
            visited.ending = match (answer.outcome, served) {
                (Outcome::Fresh(body), Some(served)) => {
                    fresh(visitor, &mut trail, &visited.source, served, *body).await
                }
                (outcome, _) => failing(&outcome),
            };
        }
    }
    visited.asked = trail.asked;
    visited
}

async fn fresh(
    visitor: &Visitor,
    trail: &mut Trail,
    source: &Source,
    served: url::Url,
    body: Body,
) -> Ending {
    match source.kind {
        Kind::Page => page::read(visitor, trail, source, served, body).await,
        Kind::Feed | Kind::Csaf => feed::read(visitor, trail, source, served, body).await,
    }
}

/// What an outcome without a body means.
pub(super) fn failing(outcome: &Outcome) -> Ending {
    match outcome {
        Outcome::NotModified => Ending::Unchanged,
        Outcome::Gone => Ending::Gone,
        Outcome::Busy { status } => Ending::Busy { status: *status },
        Outcome::Failed { status } => Ending::Failed(format!("status {status}")),
        Outcome::Fresh(_) => Ending::Failed("answered by nobody".to_owned()),
    }
}

/// The questions of one visit, each told in the ledger.
pub(super) struct Trail {
    fetcher: Fetcher,
    clock: super::Clock,
    pub(super) asked: Vec<Asked>,
}

impl Trail {
    pub(super) fn new(visitor: &Visitor) -> Self {
        Self {
            fetcher: visitor.fetcher.clone(),
            clock: visitor.clock.clone(),
            asked: vec![],
        }
    }

    /// Asks for a body of at most `limit` bytes.
    pub(super) async fn get(
        &mut self,
        limit: usize,
        url: &str,
        validators: Option<&Validators>,
        accept: &'static str,
    ) -> Result<Answer, FetchError> {
        let request = Request {
            url,
            validators,
            accept,
        };
        let at = (self.clock)();
        let answer = self.fetcher.limited(limit).get(&request).await;
        self.asked.extend(ledger(url, at, &answer));
        answer
    }
}

/// Lines of the ledger: one a hop, and the last hop has the body.
pub(super) fn ledger(url: &str, at: Timestamp, answer: &Result<Answer, FetchError>) -> Vec<Asked> {
    let line = |url: &str, got: String, bytes: usize| Asked {
        host: host(url),
        url: url.to_owned(),
        at,
        got,
        bytes: bytes as u64,
    };
    match answer {
        Err(error) => vec![line(url, error.to_string(), 0)],
        Ok(answer) => {
            let last = answer.hops.len();
            let bytes = match &answer.outcome {
                Outcome::Fresh(body) => body.wire,
                _ => 0,
            };
            let hops = answer.hops.iter().enumerate().map(|(index, hop)| {
                let bytes = if index + 1 == last { bytes } else { 0 };
                line(hop.url.as_str(), hop.status.to_string(), bytes)
            });
            hops.collect()
        }
    }
}

pub(super) fn retry_at(retry: Option<RetryAfter>, now: Timestamp) -> Option<Timestamp> {
    match retry? {
        RetryAfter::At(at) => Some(at),
        RetryAfter::Seconds(seconds) => {
            let wait = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
            Some(now.checked_add(wait).unwrap_or(Timestamp::MAX))
        }
    }
}

/// As the fetcher takes them.
pub(super) fn validators(stored: &SourceValidators) -> Validators {
    Validators {
        url: stored.url.as_deref().and_then(|url| url.parse().ok()),
        etag: stored.etag.clone(),
        last_modified: stored.last_modified.clone(),
    }
}

/// As the store takes them.
pub(super) fn stored(validators: &Validators) -> SourceValidators {
    SourceValidators {
        url: validators.url.as_ref().map(ToString::to_string),
        etag: validators.etag.clone(),
        last_modified: validators.last_modified.clone(),
    }
}
