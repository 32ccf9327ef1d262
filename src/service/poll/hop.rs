//! One hop further: the whole article behind a summary, and the key and certificate files that a post
//! points at. Only on hosts where nobody but the vendor can post.

use std::collections::BTreeSet;

use super::blocking;
use super::visit::{Trail, Visitor};
use crate::fetch::Outcome;
use crate::formats::feed::web_page;
use crate::formats::limits;
use crate::formats::post::read_titled;
use crate::formats::post::{TokenKind, article, with_absolute_links};
use crate::store::sources::{CapturedFile, PostKept, Source};

/// A text of fewer characters may be a summary.
const SUMMARY: usize = 1500;
/// How many articles and files one visit asks for; what is left over stays a summary.
const HOPS: usize = 40;

/// Completes posts that are new or changed.
pub(super) async fn follow(
    visitor: &Visitor,
    trail: &mut Trail,
    source: &Source,
    posts: &mut [PostKept],
) {
    let mut left = HOPS;
    let mut files: Vec<CapturedFile> = vec![];
    for post in posts {
        let url = post.post.url.clone();
        let own = |url: &str| visitor.speakers.is_vendors_own(url, &source.vendor);
        let behind = source.address != url && !url.contains('#');
        if behind && own(&url) && left > 0 && post.reading.text.chars().count() < SUMMARY {
            left -= 1;
            complete(visitor, trail, post).await;
        }
        let wanted: BTreeSet<String> = post
            .reading
            .tokens
            .iter()
            .filter(|token| token.kind == TokenKind::KeyUrl && own(&token.value))
            .map(|token| token.value.clone())
            .collect();
        for url in wanted {
            if let Some(known) = files.iter().find(|file| file.url == url) {
                post.files.push(known.clone());
            } else if left > 0 {
                left -= 1;
                if let Some(file) = file(trail, url).await {
                    files.push(file.clone());
                    post.files.push(file);
                }
            }
        }
        add_identities(post);
    }
}

/// Puts the article in the place of its summary, when it says more.
async fn complete(visitor: &Visitor, trail: &mut Trail, post: &mut PostKept) {
    let accept = "text/html, */*;q=0.1";
    let answer = trail
        .get(limits::WATCHED_PAGE, &post.post.url, None, accept)
        .await;
    let Ok(answer) = answer else {
        return;
    };
    let same_host = answer.hops.iter().all(|hop| {
        url::Url::parse(&post.post.url).is_ok_and(|url| url.origin() == hop.url.origin())
    });
    let Outcome::Fresh(body) = answer.outcome else {
        return;
    };
    if !same_host {
        return;
    }
    let Ok(base) = url::Url::parse(&post.post.url) else {
        return;
    };
    let title = post.post.title.clone();
    let read = blocking(visitor, move || {
        let page = web_page(&body.bytes, body.charset.as_deref());
        let text = with_absolute_links(article(&page.text), &base);
        let reading = read_titled(&title, &text);
        (page.name.challenge.is_none()).then_some((text, reading))
    });
    if let Some(Some((text, reading))) = read.await
        && reading.text.len() > post.reading.text.len()
    {
        post.post.text = text;
        post.reading = reading;
    }
}

/// A key file, when it comes from the host that was asked.
async fn file(trail: &mut Trail, url: String) -> Option<CapturedFile> {
    let answer = trail.get(limits::KEY_FILE, &url, None, "*/*").await.ok()?;
    let asked = url::Url::parse(&url).ok()?;
    if answer
        .hops
        .iter()
        .any(|hop| hop.url.origin() != asked.origin())
    {
        return None;
    }
    match answer.outcome {
        Outcome::Fresh(body) => Some(CapturedFile {
            url,
            bytes: body.bytes,
        }),
        _ => None,
    }
}

/// Writes what the files hold below the post, so that it is found and shown by it.
fn add_identities(post: &mut PostKept) {
    let mut lines = String::new();
    for file in &post.files {
        for line in super::key_file::identities(&file.bytes) {
            lines.push_str(&format!("\n\n[{}] {line}", file.url));
        }
    }
    if !lines.is_empty() {
        post.post.text.push_str(&lines);
        post.reading = read_titled(&post.post.title, &post.post.text);
    }
}
