//! `source test`: a visit that tells what it would keep, and keeps nothing.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::desk::{Desk, Message};
use super::report::VisitReport;
use super::standing::standing;
use super::visit::{self, Ending};
use super::{Means, PollError, runtime, visitor};
use crate::store::Store;
use crate::store::sources::{Asked, PostKept, Source};

/// How many documents of a CSAF provider are tried.
const DOCUMENTS: usize = 10;

/// What would come of asking a source now.
#[derive(Debug)]
pub struct Trial {
    pub visit: VisitReport,
    /// How many entries are there, known ones included.
    pub entries: u64,
    /// New or changed posts, in the order of the source.
    pub posts: Vec<TrialPost>,
    pub asked: Vec<Asked>,
}

/// A post that would be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialPost {
    pub url: String,
    pub title: String,
    pub score: i32,
    /// Identities that it prints, and that files hold which it points at.
    pub identities: usize,
    /// Addresses of the files.
    pub files: Vec<String>,
}

/// Tries a source out. Only the questions are told in the ledger: they were asked.
///
/// # Errors
/// When the system gives no threads, or the store fails.
pub fn try_out(source: Source, store: &mut Store, means: &mut Means) -> Result<Trial, PollError> {
    let trial = runtime()?.block_on(visited(source, store, means));
    store.keep_asked(&trial.asked)?;
    Ok(trial)
}

async fn visited(source: Source, store: &Store, means: &mut Means) -> Trial {
    let (sender, mut inbox) = mpsc::channel(1);
    let mut visitor = visitor(means, Desk(sender));
    // Enough to see what they are.
    let mut options = means.options.clone();
    options.documents = options.documents.min(DOCUMENTS);
    visitor.options = Arc::new(options);
    let position = source.position;
    let lost = source.clone();
    let task = tokio::spawn(async move { visit::visit(&visitor, source).await });
    let mut posts: Vec<TrialPost> = vec![];
    let mut asked = vec![];
    // Ends when the visit ends, which holds the other side.
    while let Some(message) = inbox.recv().await {
        match message {
            Message::Read(question) => question(store),
            Message::Part(part) => {
                debug_assert_eq!(part.source, position);
                posts.extend(part.posts.iter().map(told));
                asked.extend(part.asked);
            }
            Message::Done(_) => {}
        }
    }
    let mut visited = task
        .await
        .unwrap_or_else(|error| visit::Visited::lost(lost, &error.to_string()));
    let now = Arc::clone(&means.clock)();
    let standing = standing(&visited, false, now, (means.dice)());
    let report = VisitReport::of(&visited, &standing);
    asked.append(&mut visited.asked);
    let mut trial = Trial {
        visit: report,
        entries: 0,
        posts,
        asked,
    };
    if let Ending::Good { posts, entries, .. } = &visited.ending {
        trial.entries = *entries;
        trial.posts.extend(posts.iter().map(told));
    }
    trial
}

fn told(post: &PostKept) -> TrialPost {
    TrialPost {
        url: post.post.url.clone(),
        title: post.post.title.clone(),
        score: post.reading.score(),
        identities: post.reading.tokens.len(),
        files: post.files.iter().map(|file| file.url.clone()).collect(),
    }
}
