//! What can be watched at an address: itself, what it links to, what its site has by convention.

use std::collections::BTreeSet;

use url::Url;

use super::visit::ledger;
use super::{Clock, PollError, runtime};
use crate::domain::source::Kind;
use crate::fetch::{Body, Fetcher, Outcome, Request};
use crate::formats::csaf::{ProviderMetadata, candidates, in_security_txt};
use crate::formats::feed::{Served, feed_links, feeds_by_address, web_page};
use crate::formats::limits;
use crate::store::Store;
use crate::store::sources::Asked;

/// How many addresses are asked for one answer.
const ASKED: usize = 12;

/// Something that can be watched; it was asked, and is what it is said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub url: String,
    pub kind: Kind,
    /// What it calls itself.
    pub title: String,
}

/// Looks for feeds, CSAF providers and pages at an address. The first is the likeliest.
///
/// # Errors
/// When the system gives no threads, or the store fails; `Ok(Err(…))` when the address itself gives
/// nothing.
pub fn discover(
    url: &str,
    fetcher: &Fetcher,
    clock: &Clock,
    store: &mut Store,
) -> Result<Result<Vec<Candidate>, String>, PollError> {
    let mut search = Search {
        fetcher,
        clock,
        asked: vec![],
        seen: BTreeSet::new(),
    };
    let found = runtime()?.block_on(search.at(url));
    store.keep_asked(&search.asked)?;
    Ok(found)
}

/// The addresses at which a site may have its CSAF metadata, and its `security.txt`.
#[must_use]
pub fn domain_candidates(url: &Url) -> Vec<String> {
    let domain = url.host_str().unwrap_or_default();
    candidates(domain).map(Vec::from).unwrap_or_default()
}

struct Search<'a> {
    fetcher: &'a Fetcher,
    clock: &'a Clock,
    asked: Vec<Asked>,
    seen: BTreeSet<String>,
}

impl Search<'_> {
    async fn at(&mut self, url: &str) -> Result<Vec<Candidate>, String> {
        let (base, body) = self.get(url).await?;
        if let Some(mut candidate) = what_is(&base, &body) {
            candidate.url = url.to_owned();
            return Ok(vec![candidate]);
        }
        let page = web_page(&body.bytes, body.charset.as_deref());
        if let Some(guard) = page.name.challenge {
            return Err(format!("a challenge of {guard} instead of the page"));
        }
        let mut wanted: Vec<String> = feeds_by_address(&base)
            .into_iter()
            .chain(feed_links(&page.text, &base))
            .map(String::from)
            .collect();
        let root = base.path() == "/" && base.port().is_none();
        if root {
            let domain = domain_candidates(&base);
            wanted.extend(domain.first().cloned());
            if let Ok(security) = base.join("/.well-known/security.txt")
                && let Ok((_, body)) = self.get(security.as_str()).await
            {
                let text = web_page(&body.bytes, body.charset.as_deref()).text;
                wanted.extend(in_security_txt(&text));
            }
            wanted.extend(domain.into_iter().skip(1));
        }
        let mut found: Vec<Candidate> = vec![];
        for url in wanted {
            if let Ok((base, body)) = self.get(&url).await
                && let Some(mut candidate) = what_is(&base, &body)
            {
                // As it was named: that it moved, visits will see.
                candidate.url = url;
                found.push(candidate);
            }
        }
        found.push(Candidate {
            url: url.to_owned(),
            kind: Kind::Page,
            title: page.name.title.unwrap_or_default(),
        });
        Ok(found)
    }

    async fn get(&mut self, url: &str) -> Result<(Url, Body), String> {
        if self.asked.len() >= ASKED || !self.seen.insert(url.to_owned()) {
            return Err("not asked".to_owned());
        }
        let request = Request {
            url,
            validators: None,
            accept: "*/*",
        };
        let at = (self.clock)();
        let answer = self.fetcher.limited(limits::FEED).get(&request).await;
        self.asked.extend(ledger(url, at, &answer));
        let answer = answer.map_err(|error| error.to_string())?;
        let served = answer.hops.last().map(|hop| hop.url.clone());
        match (answer.outcome, served) {
            (Outcome::Fresh(body), Some(served)) => Ok((served, *body)),
            (Outcome::Busy { status } | Outcome::Failed { status }, _) => {
                Err(format!("status {status}"))
            }
            (Outcome::Gone, _) => Err("status 410".to_owned()),
            _ => Err("no answer".to_owned()),
        }
    }
}

fn what_is(url: &Url, body: &Body) -> Option<Candidate> {
    let served = Served {
        body: &body.bytes,
        charset: body.charset.as_deref(),
        address: Some(url.as_str()),
    };
    if let Ok(feed) = crate::formats::feed::read(&served) {
        return Some(Candidate {
            url: url.to_string(),
            kind: Kind::Feed,
            title: feed.title.map(|title| title.text).unwrap_or_default(),
        });
    }
    let metadata = ProviderMetadata::read(&body.bytes).ok()?;
    (metadata.role.is_some() && !metadata.distributions.is_empty()).then(|| Candidate {
        url: url.to_string(),
        kind: Kind::Csaf,
        title: metadata.publisher.name.unwrap_or_default(),
    })
}
