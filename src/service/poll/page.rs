//! A watched page: its text is one post, and every change of it a revision.

use url::Url;

use super::feed::base;
use super::visit::{Ending, Trail, Visitor, stored};
use super::{blocking, hop};
use crate::fetch::Body;
use crate::formats::digest::sha256;
use crate::formats::feed::{FeedError, web_page};
use crate::formats::post::read_titled;
use crate::formats::post::{article, with_absolute_links};
use crate::formats::post_archive::ArchivedPost;
use crate::store::sources::{CsafProgress, PostKept, Source};

/// A page is one entry of its source.
const KEY: &str = "page";

pub(super) async fn read(
    visitor: &Visitor,
    trail: &mut Trail,
    source: &Source,
    served: Url,
    body: Body,
) -> Ending {
    let position = source.position;
    let known = visitor
        .desk
        .read(move |store| store.known_entries(position))
        .await;
    let held = match known {
        Some(Ok(known)) => known.into_iter().find(|entry| entry.key == KEY),
        Some(Err(error)) => return Ending::Failed(error.to_string()),
        None => return Ending::Failed("the store was closed".to_owned()),
    };
    let validators = stored(&body.validators);
    let url = base(source, &served).to_string();
    let Some(read) = blocking(visitor, move || post(&body, url)).await else {
        return Ending::Failed("the reader broke off".to_owned());
    };
    let post = match read {
        Ok(post) => post,
        Err(reason) => return Ending::Failed(reason),
    };
    let mut posts = vec![post];
    posts.retain(|post| {
        held.as_ref()
            .is_none_or(|held| held.revision != post.revision)
    });
    hop::follow(visitor, trail, source, &mut posts).await;
    Ending::Good {
        posts,
        files: vec![],
        entries: 1,
        schedule: None,
        validators,
        csaf: Box::new(CsafProgress::default()),
        faults: vec![],
    }
}

/// The page as a post. Two visits are compared by the words alone and by where its links to keys go:
/// sites change their markup with every answer.
pub(super) fn post(body: &Body, url: String) -> Result<PostKept, String> {
    let page = web_page(&body.bytes, body.charset.as_deref());
    if let Some(guard) = page.name.challenge {
        return Err(FeedError::Challenge {
            guard,
            page: page.name,
        }
        .to_string());
    }
    let text = match Url::parse(&url) {
        Ok(base) => with_absolute_links(article(&page.text), &base),
        Err(_) => article(&page.text).to_owned(),
    };
    let title = page.name.title.unwrap_or_default();
    let reading = read_titled(&title, &text);
    if reading.text.trim().is_empty() {
        return Err("a page without any text".to_owned());
    }
    let mut compared: String = reading
        .text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for token in &reading.tokens {
        compared.push('\n');
        compared.push_str(&token.value);
    }
    Ok(PostKept {
        key: KEY.to_owned(),
        stated_id: None,
        link: None,
        revision: sha256(compared.as_bytes()).0,
        post: ArchivedPost {
            url,
            title,
            author: String::new(),
            author_id: String::new(),
            published: None,
            text,
        },
        reading,
        files: vec![],
    })
}
