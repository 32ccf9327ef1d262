//! A feed's body: entries that are new or changed become posts.

use std::collections::BTreeMap;

use url::Url;

use super::visit::{Ending, Trail, Visitor, stored};
use super::{blocking, hop};
use crate::fetch::Body;
use crate::formats::digest::sha256;
use crate::formats::feed::identity::{Basis, Known, assign, basis};
use crate::formats::feed::{Entry, Feed, Served};
use crate::formats::limits;
use crate::formats::post::read_titled;
use crate::formats::post_archive::ArchivedPost;
use crate::store::sources::{CsafProgress, KnownEntry, PostKept, Source, SourceValidators};

/// A feed, read against what was known of it.
pub(super) struct ReadFeed {
    pub(super) feed: Feed,
    /// New or changed.
    pub(super) posts: Vec<PostKept>,
}

pub(super) async fn read(
    visitor: &Visitor,
    trail: &mut Trail,
    source: &Source,
    served: Url,
    body: Body,
) -> Ending {
    let position = source.position;
    let known = match visitor
        .desk
        .read(move |store| store.known_entries(position))
        .await
    {
        Some(Ok(known)) => known,
        Some(Err(error)) => return Ending::Failed(error.to_string()),
        None => return Ending::Failed("the store was closed".to_owned()),
    };
    let base = base(source, &served);
    let validators = stored(&body.validators);
    let read = blocking(visitor, move || posts(&body, &base, &known)).await;
    let ReadFeed { feed, mut posts } = match read {
        Some(Ok(read)) => read,
        Some(Err(reason)) => return Ending::Failed(reason),
        None => return Ending::Failed("the reader broke off".to_owned()),
    };
    if feed.entries.is_empty() && source.entries > 0 {
        return Ending::Failed(format!("no entries, where {} were before", source.entries));
    }
    // Half an entry is not kept, and asked for again.
    let cut = feed.entries.iter().any(|entry| entry.cut_off);
    hop::follow(visitor, trail, source, &mut posts).await;
    Ending::Good {
        posts,
        files: vec![],
        entries: feed.entries.len() as u64,
        schedule: Some(feed.schedule),
        validators: if cut {
            SourceValidators::default()
        } else {
            validators
        },
        csaf: Box::new(CsafProgress::default()),
        faults: vec![],
    }
}

/// Where the posts of a source stand: its own address, or the one of the host that answered in its
/// place. What is posted there is the word of that host, wherever its links go.
pub(super) fn base(source: &Source, served: &Url) -> Url {
    let own = Url::parse(&source.url)
        .ok()
        .filter(|url| url.origin() == served.origin());
    let mut base = own.unwrap_or_else(|| served.clone());
    base.set_fragment(None);
    base
}

/// Reads a feed and the posts that are new or changed in it.
pub(super) fn posts(body: &Body, base: &Url, known: &[KnownEntry]) -> Result<ReadFeed, String> {
    let served = Served {
        body: &body.bytes,
        charset: body.charset.as_deref(),
        address: Some(base.as_str()),
    };
    let mut feed = crate::formats::feed::read(&served).map_err(|error| error.to_string())?;
    let before: Vec<Known> = known
        .iter()
        .map(|entry| Known {
            id: entry.stated_id.clone(),
            link: entry.link.clone(),
        })
        .collect();
    let basis = basis(&feed.entries, &before);
    if basis != feed.basis {
        assign(&mut feed.entries, basis);
        feed.basis = basis;
    }
    let by_key: BTreeMap<&str, &KnownEntry> = known
        .iter()
        .map(|entry| (entry.key.as_str(), entry))
        .collect();
    let shared = shared_links(&feed, known);
    let mut posts = vec![];
    for entry in feed.entries.iter().filter(|entry| !entry.cut_off) {
        let revision = entry.revision.0;
        let held = by_key.get(entry.key.as_str());
        if held.is_some_and(|held| held.revision == revision) {
            continue;
        }
        let alone = entry
            .link()
            .is_none_or(|link| shared.get(link).copied() != Some(true) || entry.key == link);
        posts.push(post(entry, base, alone, revision));
    }
    Ok(ReadFeed { feed, posts })
}

/// Links that more than one entry of the feed has, now or before.
fn shared_links<'a>(feed: &'a Feed, known: &'a [KnownEntry]) -> BTreeMap<&'a str, bool> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut shared = BTreeMap::new();
    let now = feed
        .entries
        .iter()
        .filter_map(|entry| Some((entry.link()?, entry.key.as_str())));
    // Known by their links, earlier entries with the same link are the same ones.
    let before = known
        .iter()
        .filter(|_| feed.basis != Basis::Link)
        .filter_map(|entry| Some((entry.link.as_deref()?, entry.key.as_str())));
    for (link, key) in now.chain(before) {
        if *first.entry(link).or_insert(key) != key {
            shared.insert(link, true);
        }
    }
    shared
}

fn post(entry: &Entry, base: &Url, alone: bool, revision: [u8; 32]) -> PostKept {
    let title = entry.title.as_ref().map_or("", |title| title.text.as_str());
    let text = entry
        .content
        .as_ref()
        .or(entry.summary.as_ref())
        .map_or("", |text| text.text.as_str());
    let author = entry.authors.first();
    let post = ArchivedPost {
        url: address(entry, base, alone),
        title: title.to_owned(),
        author: author.map_or_else(String::new, |author| author.name.clone()),
        author_id: author
            .and_then(|author| author.uri.clone())
            .unwrap_or_default(),
        published: entry.published.or(entry.updated),
        text: text.to_owned(),
    };
    PostKept {
        key: entry.key.clone(),
        stated_id: entry.id.clone(),
        link: entry.link().map(str::to_owned),
        revision,
        reading: read_titled(&post.title, &post.text),
        post,
        files: vec![],
    }
}

/// The address of a post. A link to the host that served it is the post's own; any other one is what
/// that host says of somebody else's, and stays below its name, so that nobody speaks from a
/// vendor's address by linking there.
fn address(entry: &Entry, base: &Url, alone: bool) -> String {
    let mut link = entry.link().and_then(|link| Url::parse(link).ok());
    if let Some(link) = &mut link
        && link.scheme() == "http"
        && base.scheme() == "https"
        && (link.host(), link.port()) == (base.host(), base.port())
    {
        // The same host spoke, and over https.
        let _ = link.set_scheme("https");
    }
    let digest = sha256(entry.key.as_bytes()).to_string();
    let short = digest.get(..16).unwrap_or_default();
    let address = match &link {
        Some(link) if link.origin() == base.origin() && alone => link.to_string(),
        Some(link) if link.origin() == base.origin() => format!("{link}#entry-{short}"),
        Some(link) if alone => format!("{base}#{link}"),
        _ => format!("{base}#entry-{short}"),
    };
    if address.len() > limits::POST_ADDRESS {
        let host = base.origin().ascii_serialization();
        return format!("{host}/#entry-{short}");
    }
    address
}
