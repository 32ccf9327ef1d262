//! `anchorwatch announcements`.

use anyhow::Context as _;

use super::arguments::{AnnouncementsCommand, ListFormatArgument, StoreArguments};
use super::blast::{changes, follow_up_posts};
use super::out;
use super::settings::{now, open_store, settings};
use crate::formats::post::read_titled;
use crate::render::{PostLine, difference_text, post_json, post_text, posts_json, posts_text};
use crate::service::announcements::{import, search};
use crate::store::{Kept, Store};

pub(super) fn run(command: &AnnouncementsCommand) -> anyhow::Result<u8> {
    match command {
        AnnouncementsCommand::Import { file, store: place } => {
            let mut store = open(place)?;
            let done = import(file, &mut store, now())?;
            for (line, why) in &done.unread {
                out::note(&format!("{}: line {line}: {why}", file.display()));
            }
            let told = done.unread.len();
            if done.unread_lines > told {
                out::note(&format!("and {} more lines", done.unread_lines - told));
            }
            let config = settings(place.config.as_deref())?;
            let found = follow_up_posts(place, &config)?;
            let brought = done.brought;
            out::write(&format!(
                "{} new, {} revised, {} unchanged, {} unreadable\n",
                brought.added, brought.revised, brought.unchanged, done.unread_lines
            ))?;
            out::write(&changes(&found))?;
            // Lines that nobody can read are the file's fault, and not silent.
            Ok(u8::from(done.unread_lines > 0))
        }
        AnnouncementsCommand::Search {
            words,
            limit,
            known_at,
            format,
            store: place,
        } => {
            let store = open(place)?;
            let found = search(
                &store,
                &words.join(" "),
                *limit,
                known_at.unwrap_or_else(now),
            )?;
            let dates: Vec<String> = found.page.posts.iter().map(published).collect();
            let ids: Vec<String> = found
                .page
                .posts
                .iter()
                .map(|post| post.id.to_string())
                .collect();
            let lines: Vec<PostLine<'_>> = found
                .page
                .posts
                .iter()
                .zip(&dates)
                .zip(&ids)
                .map(|((post, date), id)| line(post, id, date))
                .collect();
            let newest = found.page.newest_first;
            out::write(&match format {
                ListFormatArgument::Text => posts_text(&lines, newest, found.by_identity),
                ListFormatArgument::Json => posts_json(&lines, newest, found.by_identity),
            })?;
            Ok(0)
        }
        AnnouncementsCommand::Show {
            id,
            format,
            store: place,
        } => {
            let store = open(place)?;
            let post = one(&store, id)?;
            let (id, date) = (post.id.to_string(), published(&post));
            let reading = read_titled(&post.revision.title, &post.revision.text);
            let line = line(&post, &id, &date);
            out::write(&match format {
                ListFormatArgument::Text => post_text(&line, &reading),
                ListFormatArgument::Json => post_json(&line, &reading),
            })?;
            Ok(0)
        }
        AnnouncementsCommand::Diff {
            id,
            from,
            to,
            store: place,
        } => {
            let store = open(place)?;
            let post = one(&store, id)?;
            let revisions = store.announcement_revisions(post.id)?;
            let numbered = |number: i64| {
                revisions
                    .iter()
                    .find(|revision| revision.number == number)
                    .with_context(|| format!("{id} has no revision {number}"))
            };
            let to = to.unwrap_or(post.revision.number);
            let from = from.unwrap_or((to - 1).max(1));
            let (old, new) = (numbered(from)?, numbered(to)?);
            let text = |revision: &crate::store::Revision| {
                read_titled(&revision.title, &revision.text).text
            };
            out::write(&difference_text(
                &post.id.to_string(),
                (from, &text(old)),
                (to, &text(new)),
            ))?;
            Ok(0)
        }
    }
}

fn open(place: &StoreArguments) -> anyhow::Result<Store> {
    open_store(place, &settings(place.config.as_deref())?)
}

fn one(store: &Store, handle: &str) -> anyhow::Result<Kept> {
    let mut found = store.announcements_by_handle(handle, now())?;
    match (found.pop(), found.is_empty()) {
        (Some(post), true) => Ok(post),
        (None, _) => Err(out::Usage(format!("no post has the handle {handle}")).into()),
        (Some(_), false) => Err(out::Usage(format!(
            "several posts begin with {handle}; give more digits"
        ))
        .into()),
    }
}

fn published(post: &Kept) -> String {
    post.revision
        .published
        .map_or_else(String::new, |at| at.to_string())
}

fn line<'a>(post: &'a Kept, id: &'a str, published: &'a str) -> PostLine<'a> {
    PostLine {
        id,
        url: &post.url,
        title: &post.revision.title,
        author: &post.revision.author,
        published,
        kind: post.revision.kind.code(),
        score: post.revision.score,
        origin: post.origin.word(),
        revision: post.revision.number,
    }
}
