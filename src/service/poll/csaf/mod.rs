//! A CSAF provider: its metadata, its keys over time, its lists, and the documents that they name
//! under dates at which they are not held yet.
//!
//! Documents are handed to the writer part by part. The lists' validators come last, and only when
//! everything that they name is held, so that a visit that is cut off goes on where it stopped.

mod document;
mod keys;
mod lists;

use jiff::Timestamp;
use tokio::task::JoinSet;
use url::Url;

use super::desk::Message;
use super::visit::{self, Ending, Trail, Visited, Visitor, failing, stored};
use crate::fetch::Outcome;
use crate::formats::csaf::ProviderMetadata;
use crate::formats::limits;
use crate::judge::csaf::KeyHistory;
use crate::judge::csaf::plan::{self, Fetch, Held, Memory, Validators};
use crate::store::sources::{
    CapturedFile, CsafList, CsafProgress, Source, SourceValidators, VisitRecord,
};
use document::{Brought, Place};

/// How many documents are handed over at once, and how much text of them, in bytes.
const PART: usize = 100;
const PART_TEXT: usize = 4 << 20;
/// How many documents that fail are told one by one.
const TOLD: usize = 3;

pub(super) const TYPES: &str = "application/json, text/csv;q=0.9, text/plain;q=0.8, */*;q=0.5";

/// What has been found so far.
struct Progress {
    files: Vec<CapturedFile>,
    lists: Vec<CsafList>,
    faults: Vec<String>,
}

pub(super) async fn visit(visitor: &Visitor, source: Source) -> Visited {
    let mut trail = Trail::new(visitor);
    let mut visited = Visited {
        source,
        ending: Ending::Unchanged,
        asked: vec![],
        moved: None,
        max_age_seconds: None,
        retry_at: None,
    };
    visited.ending = match ask(visitor, &mut trail, &mut visited).await {
        Ok(ending) | Err(ending) => ending,
    };
    visited.asked = trail.asked;
    visited
}

async fn ask(
    visitor: &Visitor,
    trail: &mut Trail,
    visited: &mut Visited,
) -> Result<Ending, Ending> {
    let source = visited.source.clone();
    let mut memory = memory(visitor, &source).await?;
    let mut progress = Progress {
        files: vec![],
        lists: vec![],
        faults: vec![],
    };
    let (metadata, changed) =
        metadata(visitor, trail, visited, &source, &memory, &mut progress).await?;
    let read = ProviderMetadata::read(&metadata)
        .map_err(|error| Ending::Failed(format!("no provider metadata: {error}")))?;
    keys::fetch(trail, &read, &memory, changed, &mut progress).await;
    let at = (visitor.clock)();
    let history = keys::history(visitor, &source, at, &progress.files).await?;
    let named = lists::fetch(visitor, trail, &read, &memory, &mut progress).await;
    let mut plan = plan::documents(&named, &memory);
    if named.is_empty() {
        plan.fetch = plan::rechecks(&memory);
    }
    for refused in &plan.refused {
        progress
            .faults
            .push(format!("not asked, no HTTPS: {refused}"));
    }
    let most = visitor.options.documents;
    let left = plan.fetch.len().saturating_sub(most);
    plan.fetch.truncate(most);
    let known = memory.documents.len() as u64;
    let new = plan
        .fetch
        .iter()
        .filter(|fetch| !memory.documents.contains_key(&fetch.request.url))
        .count() as u64;
    memory.documents.clear();
    let (failed, last) = documents(visitor, &source, &history, plan.fetch, at).await;
    let whole = failed.is_empty() && left == 0;
    if left > 0 {
        progress
            .faults
            .push(format!("{left} more documents at the next visit"));
    }
    if failed.len() > TOLD {
        let more = failed.len() - TOLD;
        progress
            .faults
            .push(format!("{more} more documents failed"));
    }
    progress.faults.extend(failed.into_iter().take(TOLD));
    if !whole {
        // Asked again: what they name is not all here.
        let lists = lists::addresses(&read);
        progress.lists.retain(|list| !lists.contains(&list.url));
    }
    let posts = keys::rotations(&source, &history, at);
    let unchanged = !changed && named.is_empty() && last.is_empty() && progress.faults.is_empty();
    if unchanged && progress.files.is_empty() && progress.lists.is_empty() {
        return Ok(Ending::Unchanged);
    }
    Ok(Ending::Good {
        posts,
        files: progress.files,
        entries: known + new,
        schedule: None,
        validators: SourceValidators::default(),
        csaf: Box::new(CsafProgress {
            lists: progress.lists,
            documents: last,
        }),
        faults: progress.faults,
    })
}

/// What the store remembers, in the planner's terms.
async fn memory(visitor: &Visitor, source: &Source) -> Result<Memory, Ending> {
    let position = source.position;
    let read = visitor
        .desk
        .read(move |store| Ok((store.csaf_lists(position)?, store.csaf_documents(position)?)));
    let (lists, documents) = match read.await {
        Some(Ok(found)) => found,
        Some(Err(error)) => return Err(Ending::Failed(error.to_string())),
        None => return Err(Ending::Failed("the store was closed".to_owned())),
    };
    let mut memory = Memory::default();
    for list in lists {
        let validators = Validators {
            etag: list.etag,
            last_modified: list.last_modified,
        };
        memory.validators.insert(list.url, validators);
    }
    for document in documents {
        let held = Held {
            dates: document.dates.into_iter().collect(),
            fetched: document.fetched,
            validators: Validators {
                etag: document.validators.etag,
                last_modified: document.validators.last_modified,
            },
            hashes: document.hashes,
            signature: document.signature,
        };
        memory.documents.insert(document.url, held);
    }
    Ok(memory)
}

/// The metadata, and whether it is new here. One that did not change is read from its copy.
async fn metadata(
    visitor: &Visitor,
    trail: &mut Trail,
    visited: &mut Visited,
    source: &Source,
    memory: &Memory,
    progress: &mut Progress,
) -> Result<(Vec<u8>, bool), Ending> {
    let copy = keys::latest_copy(visitor, &source.address).await;
    let request = memory.request(&source.address);
    let validators = conditional(&request.url, &request.validators);
    let answer = trail
        .get(
            limits::CSAF_METADATA,
            &source.address,
            copy.as_ref().map(|_| &validators),
            TYPES,
        )
        .await
        .map_err(|error| Ending::Failed(error.to_string()))?;
    visited.moved = answer.moved.map(|url| url.to_string());
    visited.max_age_seconds = answer.cache.max_age_seconds;
    visited.retry_at = visit::retry_at(answer.retry_after, (visitor.clock)());
    match (answer.outcome, copy) {
        (Outcome::NotModified, Some(copy)) => Ok((copy, false)),
        (Outcome::Fresh(body), copy) => {
            let found = stored(&body.validators);
            progress.lists.push(CsafList {
                url: source.address.clone(),
                etag: found.etag,
                last_modified: found.last_modified,
            });
            let changed = copy.as_ref() != Some(&body.bytes);
            if changed {
                // Only what can be read is a look at the provider.
                ProviderMetadata::read(&body.bytes)
                    .map_err(|error| Ending::Failed(format!("no provider metadata: {error}")))?;
                progress.files.push(CapturedFile {
                    url: source.address.clone(),
                    bytes: body.bytes.clone(),
                });
            }
            Ok((body.bytes, changed))
        }
        (outcome, _) => Err(failing(&outcome)),
    }
}

/// Fetches documents side by side. Gives what failed, and what the last part would have been.
async fn documents(
    visitor: &Visitor,
    source: &Source,
    history: &std::sync::Arc<KeyHistory>,
    mut wanted: Vec<Fetch>,
    at: Timestamp,
) -> (Vec<String>, Vec<crate::store::sources::CsafDocument>) {
    let mut failed = vec![];
    let mut part = part_of(source, at);
    let mut text = 0;
    let mut tasks: JoinSet<Result<Brought, String>> = JoinSet::new();
    wanted.reverse();
    loop {
        while tasks.len() < visitor.options.per_host.max(1)
            && let Some(fetch) = wanted.pop()
        {
            let place = Place {
                at,
                history: std::sync::Arc::clone(history),
            };
            let visitor = visitor.clone();
            tasks.spawn(async move { document::fetch(&visitor, &place, fetch).await });
        }
        let Some(done) = tasks.join_next().await else {
            break;
        };
        match done.unwrap_or_else(|error| Err(format!("a document broke off: {error}"))) {
            Err(reason) => failed.push(reason),
            Ok(brought) => {
                failed.extend(brought.fault);
                text += brought.post.as_ref().map_or(0, |post| post.post.text.len());
                part.posts.extend(brought.post);
                part.asked.extend(brought.asked);
                part.csaf.documents.extend(brought.document);
            }
        }
        if part.asked.len() >= 4 * PART || part.posts.len() >= PART || text >= PART_TEXT {
            text = 0;
            let full = std::mem::replace(&mut part, part_of(source, at));
            visitor.desk.send(Message::Part(Box::new(full))).await;
        }
    }
    let last = std::mem::take(&mut part.csaf.documents);
    visitor.desk.send(Message::Part(Box::new(part))).await;
    (failed, last)
}

fn part_of(source: &Source, at: Timestamp) -> VisitRecord {
    VisitRecord {
        source: source.position,
        at,
        standing: None,
        posts: vec![],
        files: vec![],
        asked: vec![],
        csaf: CsafProgress::default(),
    }
}

/// Validators as the fetcher takes them, for the address that gave them.
fn conditional(url: &str, validators: &Validators) -> crate::fetch::Validators {
    visit::validators(&SourceValidators {
        url: Url::parse(url).ok().map(|url| url.to_string()),
        etag: validators.etag.clone(),
        last_modified: validators.last_modified.clone(),
    })
}
