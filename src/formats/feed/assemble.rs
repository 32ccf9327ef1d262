//! From feed-rs's model to ours.

use jiff::Timestamp;

use super::error::FeedError;
use super::identity::{self, Basis};
use super::model::{Author, Entry, Feed, FeedKind, Link, Text};
use super::repair::{Repair, Repairs};
use super::revision::revision;
use super::schedule::Schedule;

/// What Atom has no place for.
#[derive(Debug)]
pub(super) struct Front {
    pub(super) kind: FeedKind,
    pub(super) encoding: &'static str,
    pub(super) schedule: Schedule,
    pub(super) published: Option<Timestamp>,
}

/// Reads a translated document.
pub(super) fn assemble(atom: &str, front: Front, mut repairs: Repairs) -> Result<Feed, FeedError> {
    // An absent identifier stays absent: feed-rs would make a random one.
    let parser = feed_rs::parser::Builder::new()
        .id_generator(|_, _, _| String::new())
        .sanitize_content(false)
        .build();
    let read = parser
        .parse(atom.as_bytes())
        .map_err(|error| FeedError::Library(error.to_string()))?;
    let mut entries: Vec<Entry> = read.entries.into_iter().map(entry).collect();
    match entries.last_mut() {
        None => repairs.note(Repair::NoEntries),
        Some(last) => last.cut_off = repairs.has(Repair::CutOff),
    }
    for entry in &entries {
        if entry.id.is_none() && entry.link().is_none() {
            repairs.note(Repair::EntryWithoutId);
        }
    }
    let basis = identity::basis(&entries, &[]);
    if basis != Basis::Id {
        repairs.note(Repair::RepeatedId);
    }
    identity::assign(&mut entries, basis);
    Ok(Feed {
        kind: front.kind,
        encoding: front.encoding,
        id: stated(read.id),
        title: read.title.and_then(text),
        links: read.links.into_iter().map(link).collect(),
        published: front.published,
        updated: read.updated.and_then(|at| instant(at.timestamp())),
        schedule: front.schedule,
        entries,
        basis,
        repairs,
    })
}

fn entry(read: feed_rs::model::Entry) -> Entry {
    let title = read.title.and_then(text);
    let summary = read.summary.and_then(text);
    let content = read.content.and_then(|content| {
        let html = content.content_type.as_str() != "text/plain";
        let text = content.body.unwrap_or_default();
        (!text.trim().is_empty()).then(|| Text {
            html,
            text: text.trim().to_owned(),
        })
    });
    Entry {
        key: String::new(),
        id: stated(read.id),
        links: read.links.into_iter().map(link).collect(),
        published: read.published.and_then(|at| instant(at.timestamp())),
        updated: read.updated.and_then(|at| instant(at.timestamp())),
        authors: read
            .authors
            .into_iter()
            .filter_map(|person| {
                Some(Author {
                    name: person.name?,
                    uri: person.uri,
                })
            })
            .collect(),
        cut_off: false,
        revision: revision(title.as_ref(), summary.as_ref(), content.as_ref()),
        title,
        summary,
        content,
    }
}

fn stated(id: String) -> Option<String> {
    (!id.is_empty()).then_some(id)
}

fn text(read: feed_rs::model::Text) -> Option<Text> {
    let html = read.content_type.as_str() != "text/plain";
    (!read.content.is_empty()).then_some(Text {
        html,
        text: read.content,
    })
}

fn link(read: feed_rs::model::Link) -> Link {
    Link {
        href: read.href,
        rel: read.rel.unwrap_or_else(|| "alternate".to_owned()),
        media_type: read.media_type,
    }
}

fn instant(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}
