//! The lists of a provider's documents: ROLIE feeds with their pages, folders.

use std::collections::BTreeSet;

use super::{Progress, TYPES, conditional};
use crate::fetch::Outcome;
use crate::formats::csaf::{Distribution, Feed, ProviderMetadata, changes, index, is_https};
use crate::formats::limits;
use crate::judge::csaf::plan::{self, ListRequest, Memory, Named, Request};
use crate::service::poll::visit::{Trail, Visitor, stored};
use crate::store::sources::CsafList;

/// How many pages of one feed are followed.
const PAGES: usize = 200;

/// Asks for every list that may be read; gives what those name that changed.
pub(super) async fn fetch(
    visitor: &Visitor,
    trail: &mut Trail,
    metadata: &ProviderMetadata,
    memory: &Memory,
    progress: &mut Progress,
) -> Vec<Named> {
    let lists = plan::lists(metadata, memory, visitor.options.tlp);
    for refused in &lists.refused {
        progress
            .faults
            .push(format!("not asked, no HTTPS: {refused}"));
    }
    let mut named = vec![];
    let mut absent = BTreeSet::new();
    for list in lists.requests {
        match list {
            ListRequest::Rolie(request) => {
                let mut next = Some(request);
                for _ in 0..PAGES {
                    let Some(request) = next.take() else {
                        break;
                    };
                    let Some(bytes) = get(trail, &request, progress, None).await else {
                        break;
                    };
                    match Feed::read(&bytes) {
                        Ok(feed) => {
                            named.extend(Named::of_feed(&feed));
                            next = feed
                                .next
                                .filter(|url| is_https(url) && *url != request.url)
                                .map(|url| memory.request(&url));
                        }
                        Err(error) => unread(progress, &request.url, &error.to_string()),
                    }
                }
            }
            ListRequest::Changes { folder, request } => {
                if let Some(bytes) = get(trail, &request, progress, Some(&mut absent)).await {
                    match changes(&bytes, &folder) {
                        Ok(read) => named.extend(read.entries.iter().map(Named::from)),
                        Err(error) => unread(progress, &request.url, &error.to_string()),
                    }
                }
            }
            ListRequest::Index { folder, request } => {
                let without_dates =
                    absent.contains(&crate::formats::csaf::below(&folder, "changes.csv"));
                let mut ignored = BTreeSet::new();
                let may_be_absent = (!without_dates).then_some(&mut ignored);
                if let Some(bytes) = get(trail, &request, progress, may_be_absent).await {
                    match index(&bytes, &folder) {
                        Ok(read) => {
                            named.extend(read.entries.iter().map(|url| Named::undated(url)));
                        }
                        Err(error) => unread(progress, &request.url, &error.to_string()),
                    }
                }
            }
        }
    }
    named
}

/// The addresses of all lists that may be asked for; what stands below a folder too.
pub(super) fn addresses(metadata: &ProviderMetadata) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for distribution in &metadata.distributions {
        match distribution {
            Distribution::Directory(folder) => {
                for name in ["changes.csv", "index.txt"] {
                    found.extend(crate::formats::csaf::below(&folder.url, name));
                }
            }
            Distribution::Rolie { feeds } => {
                found.extend(feeds.iter().map(|feed| feed.url.clone()));
            }
        }
    }
    found
}

/// A list's bytes when it changed. One of a folder's two may be absent: it goes into `absent` then.
async fn get(
    trail: &mut Trail,
    request: &Request,
    progress: &mut Progress,
    absent: Option<&mut BTreeSet<Option<String>>>,
) -> Option<Vec<u8>> {
    let validators = conditional(&request.url, &request.validators);
    let answer = trail
        .get(limits::CSAF_INDEX, &request.url, Some(&validators), TYPES)
        .await;
    let fault = match answer.map(|answer| answer.outcome) {
        Ok(Outcome::Fresh(body)) => {
            let found = stored(&body.validators);
            progress.lists.push(CsafList {
                url: request.url.clone(),
                etag: found.etag,
                last_modified: found.last_modified,
            });
            return Some(body.bytes);
        }
        Ok(Outcome::NotModified) => return None,
        Ok(Outcome::Failed { status: 404 }) if absent.is_some() => {
            absent?.insert(Some(request.url.clone()));
            return None;
        }
        Ok(Outcome::Busy { status } | Outcome::Failed { status }) => format!("status {status}"),
        Ok(Outcome::Gone) => "gone".to_owned(),
        Err(error) => error.to_string(),
    };
    progress.faults.push(format!("{}: {fault}", request.url));
    None
}

fn unread(progress: &mut Progress, url: &str, why: &str) {
    // Asked again in full: what it names is not known.
    progress.lists.retain(|list| list.url != url);
    progress.faults.push(format!("{url}: {why}"));
}
