//! A provider's keys over time, from the copies that were kept of its metadata and key files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::{Progress, conditional};
use crate::fetch::Outcome;
use crate::formats::csaf::ProviderMetadata;
use crate::formats::digest::sha256;
use crate::formats::limits;
use crate::formats::post::read_titled;
use crate::formats::post_archive::ArchivedPost;
use crate::judge::csaf::plan::{self, Memory};
use crate::judge::csaf::{KeyFile, KeyHistory, Sight, rotations as computed};
use crate::service::poll::visit::{Ending, Trail, Visitor, stored};
use crate::store::sources::{CapturedFile, CsafList, PostKept, Source};

/// The newest copy of what an address gave.
pub(super) async fn latest_copy(visitor: &Visitor, url: &str) -> Option<Vec<u8>> {
    let url = url.to_owned();
    let read = visitor.desk.read(move |store| {
        let sights = store.captured_sights(&url)?;
        match sights.last() {
            Some(last) => store.captured_bytes(&last.sha256),
            None => Ok(None),
        }
    });
    read.await?.ok().flatten()
}

/// Fetches key files: all when the metadata changed, else those that are not held yet.
pub(super) async fn fetch(
    trail: &mut Trail,
    metadata: &ProviderMetadata,
    memory: &Memory,
    changed: bool,
    progress: &mut Progress,
) {
    for request in plan::keys(metadata, memory, changed) {
        let validators = conditional(&request.url, &request.validators);
        let answer = trail
            .get(limits::KEY_FILE, &request.url, Some(&validators), "*/*")
            .await;
        match answer.map(|answer| answer.outcome) {
            Ok(Outcome::Fresh(body)) => {
                let found = stored(&body.validators);
                progress.lists.push(CsafList {
                    url: request.url.clone(),
                    etag: found.etag,
                    last_modified: found.last_modified,
                });
                progress.files.push(CapturedFile {
                    url: request.url,
                    bytes: body.bytes,
                });
            }
            Ok(Outcome::NotModified) => {}
            Ok(Outcome::Busy { status } | Outcome::Failed { status }) => {
                let fault = format!("key file {}: status {status}", request.url);
                progress.faults.push(fault);
            }
            Ok(Outcome::Gone) => progress
                .faults
                .push(format!("key file {}: gone", request.url)),
            Err(error) => progress
                .faults
                .push(format!("key file {}: {error}", request.url)),
        }
    }
}

/// Every look at the provider, this one included. A key file is taken as it was at the look, or as
/// it was first seen when that was later.
pub(super) async fn history(
    visitor: &Visitor,
    source: &Source,
    at: Timestamp,
    fresh: &[CapturedFile],
) -> Result<Arc<KeyHistory>, Ending> {
    let mut urls: BTreeSet<String> = [source.address.clone(), source.url.clone()].into();
    for file in fresh {
        urls.extend(key_urls(&file.bytes));
    }
    let read = visitor.desk.read(move |store| {
        let mut copies = vec![];
        let mut seen = BTreeSet::new();
        while let Some(url) = urls.pop_first() {
            if !seen.insert(url.clone()) {
                continue;
            }
            for sight in store.captured_sights(&url)? {
                if let Some(bytes) = store.captured_bytes(&sight.sha256)? {
                    urls.extend(key_urls(&bytes));
                    copies.push((sight.url, sight.at, bytes));
                }
            }
        }
        Ok(copies)
    });
    let mut copies: Vec<(String, Timestamp, Vec<u8>)> = match read.await {
        Some(Ok(found)) => found,
        Some(Err(error)) => return Err(Ending::Failed(error.to_string())),
        None => return Err(Ending::Failed("the store was closed".to_owned())),
    };
    copies.extend(
        fresh
            .iter()
            .map(|file| (file.url.clone(), at, file.bytes.clone())),
    );
    let mut by_url: BTreeMap<&str, Vec<(Timestamp, &[u8])>> = BTreeMap::new();
    for (url, at, bytes) in &copies {
        by_url.entry(url).or_default().push((*at, bytes));
    }
    let looks = |url: &str| by_url.get(url).cloned().unwrap_or_default();
    let mut metadata = looks(&source.address);
    if source.url != source.address {
        metadata.extend(looks(&source.url));
    }
    // The key files may have changed while the metadata stayed.
    let last = metadata.iter().max_by_key(|(at, _)| *at).copied();
    metadata.extend(
        last.filter(|(seen, _)| *seen < at)
            .map(|(_, bytes)| (at, bytes)),
    );
    let sights = metadata.iter().filter_map(|(seen, bytes)| {
        let files: Vec<KeyFile<'_>> = by_url
            .iter()
            .filter_map(|(url, copies)| {
                let then = copies.iter().rev().find(|(at, _)| at <= seen);
                let (_, bytes) = then.or(copies.first())?;
                Some(KeyFile { url, bytes })
            })
            .collect();
        Sight::read(*seen, bytes, &files).ok()
    });
    Ok(Arc::new(KeyHistory::new(sights.collect())))
}

/// The addresses of key files, when the bytes are a provider's metadata.
fn key_urls(bytes: &[u8]) -> Vec<String> {
    // Key files are none, and far from it.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return vec![];
    }
    let metadata = ProviderMetadata::read(bytes).ok();
    let keys = metadata.map(|metadata| metadata.keys).unwrap_or_default();
    keys.into_iter().filter_map(|key| key.url).collect()
}

/// Changes of the provider's keys that the look at `at` showed, as posts: computed, with the
/// evidence of both looks.
pub(super) fn rotations(source: &Source, history: &KeyHistory, at: Timestamp) -> Vec<PostKept> {
    let list = |keys: &BTreeSet<crate::domain::Fingerprint>| {
        let keys: Vec<String> = keys
            .iter()
            .map(|key| format!("key fingerprint = {key}"))
            .collect();
        if keys.is_empty() {
            "none".to_owned()
        } else {
            keys.join(", ")
        }
    };
    computed(history)
        .iter()
        .filter_map(|rotation| {
            let steps = [&rotation.appeared, &rotation.withdrawn];
            let (before, after) = steps
                .into_iter()
                .flatten()
                .find(|(_, after)| after.seen == at)?;
            let text = format!(
                "The keys that this CSAF provider lists in its metadata changed between two \
                 visits, on {} and {}.\nOld: {}\nNew: {}\nSHA-256 of the metadata before {} and \
                 after {}.",
                before.seen,
                after.seen,
                list(&rotation.old),
                list(&rotation.new),
                before.sha256,
                after.sha256,
            );
            let title = "CSAF provider: signing keys changed".to_owned();
            let key = format!("keys of {} {}", after.seen, list(&rotation.new));
            Some(PostKept {
                stated_id: None,
                link: None,
                revision: sha256(text.as_bytes()).0,
                reading: read_titled(&title, &text),
                post: ArchivedPost {
                    url: format!("{}#keys-{}", source.address, sha256(key.as_bytes())),
                    title,
                    author: String::new(),
                    author_id: String::new(),
                    published: Some(after.seen),
                    text,
                },
                key,
                files: vec![],
            })
        })
        .collect()
}
