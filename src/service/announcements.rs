//! The use cases `announcements import` and `announcements search`.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::formats::limits;
use crate::formats::post::{Reading, read_titled};
use crate::formats::post_archive::{ArchivedPost, line, mailbox};
use crate::judge::link::KeyIdentity;
use crate::store::{Brought, Kept, Origin, SearchPage, Store, StoreError};

/// How many posts one transaction brings in.
const BATCH: usize = 500;
/// How many unreadable lines are told one by one.
const TOLD: usize = 20;

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    pub brought: Brought,
    /// The first unreadable lines, by number from 1, and why.
    pub unread: Vec<(usize, String)>,
    /// How many there were in all.
    pub unread_lines: usize,
}

/// Why a file could not be imported at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{path}: {source}")]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path}: larger than {limit} bytes")]
    TooLarge { path: PathBuf, limit: usize },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Brings the posts of a file in. A line that cannot be read is told and passed over.
///
/// # Errors
/// When the file cannot be read or the store cannot be written.
pub fn import(path: &Path, store: &mut Store, at: Timestamp) -> Result<Imported, ImportError> {
    let trouble = |source| ImportError::Io {
        path: path.to_path_buf(),
        source,
    };
    let file = File::open(path).map_err(trouble)?;
    let mut reader = BufReader::new(file);
    let mut imported = Imported::default();
    if is_mailbox(reader.fill_buf().map_err(trouble)?) {
        let mut bytes = vec![];
        let limit = limits::MAILBOX;
        reader
            .take(limit as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(trouble)?;
        if bytes.len() > limit {
            return Err(ImportError::TooLarge {
                path: path.to_path_buf(),
                limit,
            });
        }
        for batch in mailbox(&bytes).chunks(BATCH) {
            keep(batch.to_vec(), store, at, &mut imported)?;
        }
        return Ok(imported);
    }
    let mut batch = vec![];
    let mut number = 0;
    let mut bytes = vec![];
    loop {
        bytes.clear();
        let mut limited = (&mut reader).take(limits::POST_LINE as u64);
        if limited.read_until(b'\n', &mut bytes).map_err(trouble)? == 0 {
            break;
        }
        number += 1;
        let whole = bytes.ends_with(b"\n") || bytes.len() < limits::POST_LINE;
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let outcome = if whole {
            str::from_utf8(&bytes)
                .map_err(|error| error.to_string())
                .and_then(|text| line(text).map_err(|fault| fault.to_string()))
        } else {
            skip_line(&mut reader).map_err(trouble)?;
            Err(format!("longer than {} bytes", limits::POST_LINE))
        };
        match outcome {
            Ok(post) => batch.push(post),
            Err(why) => {
                imported.unread_lines += 1;
                if imported.unread.len() < TOLD {
                    imported.unread.push((number, why));
                }
            }
        }
        if batch.len() == BATCH {
            keep(std::mem::take(&mut batch), store, at, &mut imported)?;
        }
    }
    keep(batch, store, at, &mut imported)?;
    Ok(imported)
}

fn is_mailbox(head: &[u8]) -> bool {
    head.starts_with(b"From ")
}

/// Passes over what is left of a line that is too long, without keeping it.
fn skip_line(reader: &mut BufReader<File>) -> std::io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (length, ends) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(length);
        if ends {
            return Ok(());
        }
    }
}

fn keep(
    posts: Vec<ArchivedPost>,
    store: &mut Store,
    at: Timestamp,
    imported: &mut Imported,
) -> Result<(), StoreError> {
    let read: Vec<(ArchivedPost, Reading)> = posts
        .into_iter()
        .map(|post| {
            let reading = read_titled(&post.title, &post.text);
            (post, reading)
        })
        .collect();
    let brought = store.keep_announcements(&read, Origin::Imported, at)?;
    imported.brought.added += brought.added;
    imported.brought.revised += brought.revised;
    imported.brought.unchanged += brought.unchanged;
    Ok(())
}

/// What a search found, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub page: SearchPage,
    /// The words were an identity, and these posts print it.
    pub by_identity: bool,
}

/// Posts that print an identity, when the words are one; else posts with these words.
///
/// # Errors
/// When the store fails.
pub fn search(
    store: &Store,
    words: &str,
    limit: u32,
    known_at: Timestamp,
) -> Result<Found, StoreError> {
    if let Some(key) = KeyIdentity::typed(words) {
        let mut posts: Vec<Kept> = vec![];
        for value in key.full.iter().chain(&key.key_ids) {
            for named in store.announcements_naming(value, known_at)? {
                if posts.len() < limit as usize
                    && posts.iter().all(|post| post.id != named.announcement)
                {
                    posts.extend(store.announcement(named.announcement, known_at)?);
                }
            }
        }
        posts.sort_by(|a, b| {
            b.revision
                .published
                .cmp(&a.revision.published)
                .then(a.id.cmp(&b.id))
        });
        let page = SearchPage {
            posts,
            newest_first: true,
        };
        return Ok(Found {
            page,
            by_identity: true,
        });
    }
    let page = store.search_announcements(words, limit, known_at)?;
    Ok(Found {
        page,
        by_identity: false,
    })
}
