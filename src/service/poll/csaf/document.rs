//! One advisory: fetched with its digest and its signature, judged, and made a post.

use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::{TYPES, conditional};
use crate::domain::{Crypto, FindingKind};
use crate::fetch::Outcome;
use crate::formats::csaf::Document;
use crate::formats::digest::sha256;
use crate::formats::limits;
use crate::formats::post::read_titled;
use crate::formats::post_archive::ArchivedPost;
use crate::judge::csaf::plan::Fetch;
use crate::judge::csaf::{DocumentFiles, DocumentReport, KeyHistory, document_report};
use crate::service::poll::blocking;
use crate::service::poll::visit::{Trail, Visitor, stored};
use crate::store::sources::{Asked, CsafDocument, PostKept, SourceValidators};

/// When a document is fetched, and whose keys judge it.
pub(super) struct Place {
    pub(super) at: Timestamp,
    pub(super) history: Arc<KeyHistory>,
}

/// What came of one document.
#[derive(Default)]
pub(super) struct Brought {
    /// `None` when it is as it was, or may not be read here.
    pub(super) post: Option<PostKept>,
    /// `None` when it must be asked for again.
    pub(super) document: Option<CsafDocument>,
    pub(super) fault: Option<String>,
    pub(super) asked: Vec<Asked>,
}

pub(super) async fn fetch(
    visitor: &Visitor,
    place: &Place,
    fetch: Fetch,
) -> Result<Brought, String> {
    let mut trail = Trail::new(visitor);
    let found = ask(visitor, &mut trail, place, &fetch).await;
    let mut brought = found.unwrap_or_else(|reason| Brought {
        fault: Some(format!("{}: {reason}", fetch.request.url)),
        ..Brought::default()
    });
    brought.asked = trail.asked;
    Ok(brought)
}

async fn ask(
    visitor: &Visitor,
    trail: &mut Trail,
    place: &Place,
    fetch: &Fetch,
) -> Result<Brought, String> {
    let url = &fetch.request.url;
    let validators = conditional(url, &fetch.request.validators);
    let answer = trail
        .get(limits::CSAF_DOCUMENT, url, Some(&validators), TYPES)
        .await
        .map_err(|error| error.to_string())?;
    let served = answer.hops.last().map(|hop| hop.url.clone());
    let body = match answer.outcome {
        Outcome::Fresh(body) => body,
        Outcome::NotModified => {
            return Ok(Brought {
                document: Some(held(fetch, place, stored(&validators))),
                ..Brought::default()
            });
        }
        Outcome::Gone => return Err("gone".to_owned()),
        Outcome::Busy { status } | Outcome::Failed { status } => {
            return Err(format!("status {status}"));
        }
    };
    let mut hashes = vec![];
    for address in &fetch.hashes {
        if let Some(bytes) = beside(trail, address, limits::NAME).await? {
            hashes.push((address.clone(), bytes));
            break;
        }
    }
    let signature = beside(trail, &fetch.signature, limits::SIGNATURE_OBJECT).await?;
    let document = held(fetch, place, stored(&body.validators));
    let (name, at) = (url.clone(), place.at);
    let history = Arc::clone(&place.history);
    let tlp = visitor.options.tlp;
    let address = post_address(url, served.as_ref());
    let read = move || {
        let files = DocumentFiles {
            name: &name,
            document: &body.bytes,
            signature: signature.as_deref(),
            hashes: &hashes,
            at,
        };
        let report = document_report(&files, &history, at);
        let damaged = report
            .findings
            .iter()
            .any(|finding| matches!(finding.kind, FindingKind::AdvisoryDigestDiffers { .. }));
        if damaged {
            return Err("its digest differs: damaged on the way, or changed meanwhile".to_owned());
        }
        let allowed = report.head.as_ref().is_none_or(|head| head.tlp.allows(tlp));
        let forged = report
            .signatures
            .iter()
            .any(|signature| signature.crypto() == Crypto::Bad);
        let post = allowed.then(|| post(&body.bytes, &report, address, name.clone()));
        let fault = forged.then(|| format!("{name}: its signature is bad"));
        Ok((post, fault))
    };
    let (post, fault) = blocking(visitor, read)
        .await
        .ok_or_else(|| "the reader broke off".to_owned())??;
    Ok(Brought {
        post,
        document: Some(document),
        fault,
        asked: vec![],
    })
}

fn held(fetch: &Fetch, place: &Place, validators: SourceValidators) -> CsafDocument {
    CsafDocument {
        url: fetch.request.url.clone(),
        dates: fetch.dates.iter().copied().collect(),
        fetched: place.at,
        validators,
        hashes: fetch.hashes.clone(),
        signature: fetch.signature.clone(),
    }
}

/// A file beside a document; `None` when there is none. That it cannot be had now is no answer.
async fn beside(trail: &mut Trail, url: &str, limit: usize) -> Result<Option<Vec<u8>>, String> {
    let answer = trail
        .get(limit, url, None, "*/*")
        .await
        .map_err(|error| format!("{url}: {error}"))?;
    match answer.outcome {
        Outcome::Fresh(body) => Ok(Some(body.bytes)),
        Outcome::Failed { status: 403 | 404 } | Outcome::Gone => Ok(None),
        Outcome::Busy { status } | Outcome::Failed { status } => {
            Err(format!("{url}: status {status}"))
        }
        Outcome::NotModified => Ok(None),
    }
}

/// A document is the word of the host that served it.
fn post_address(url: &str, served: Option<&Url>) -> String {
    match (Url::parse(url), served) {
        (Ok(own), Some(served)) if own.origin() != served.origin() => format!("{served}#{url}"),
        _ => url.to_owned(),
    }
}

/// The advisory in words: what its notes say, and how its signatures stand.
fn post(bytes: &[u8], report: &DocumentReport, address: String, key: String) -> PostKept {
    let mut text = String::new();
    let mut paragraph = |part: &str| {
        let part = part.trim();
        if !part.is_empty() && text.len() < limits::POST {
            text.push_str(part);
            text.push_str("\n\n");
        }
    };
    let document = Document::read(bytes).ok();
    for path in ["/document/notes[]/text", "/document/references[]/url"] {
        let found = document.iter().flat_map(|document| document.select(path));
        let found: Vec<String> = found
            .filter_map(|found| found.text().map(str::to_owned))
            .collect();
        found.iter().for_each(|part| paragraph(part));
    }
    for signature in &report.signatures {
        let key = signature
            .assessment
            .primary
            .map_or_else(|| "a key not at hand".to_owned(), |key| key.to_string());
        let standing = match (signature.crypto(), signature.is_providers()) {
            (Crypto::Good, true) => "good, by a key that the provider listed",
            (Crypto::Good, false) => "good, by no key that the provider listed then",
            (Crypto::Bad, _) => "bad",
            (Crypto::Unchecked, _) => "unchecked",
        };
        // Our words about the document, not the document's about a key.
        paragraph(&format!("Signature: {standing} ({key})."));
    }
    let head = report.head.as_ref();
    let id = head.and_then(|head| head.id.clone()).unwrap_or_default();
    let title = head.and_then(|head| head.title.clone()).unwrap_or_default();
    let title = format!("{id} {title}").trim().to_owned();
    PostKept {
        stated_id: Some(id).filter(|id| !id.is_empty()),
        link: None,
        revision: sha256(bytes).0,
        reading: read_titled(&title, &text),
        post: ArchivedPost {
            url: address,
            title,
            author: head
                .and_then(|head| head.publisher.name.clone())
                .unwrap_or_default(),
            author_id: String::new(),
            published: head.and_then(|head| head.released),
            text,
        },
        key,
        files: vec![],
    }
}
