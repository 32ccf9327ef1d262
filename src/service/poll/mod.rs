//! The use case `poll`: asks the sources that are due, keeps what is new, plans the next visits.
//!
//! Visits run side by side and write nothing. One writer takes what they found and keeps it in
//! batches, each in one transaction with the validators that will ask for no more than what comes
//! later: whatever is cut off is asked for again. Clock, dice and fetcher are arguments.

mod csaf;
mod desk;
mod discover;
mod feed;
mod hop;
mod key_file;
mod options;
mod page;
mod report;
mod standing;
mod stated;
mod trial;
mod turns;
mod visit;

pub use crate::store::sources::Quota;
pub use discover::{Candidate, discover, domain_candidates};
pub use options::PollOptions;
pub use report::{End, PollReport, VisitReport};
pub use stated::{StatedSource, stated_sources};
pub use trial::{Trial, TrialPost, try_out};

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::fetch::Fetcher;
use crate::judge::link::Hosts;
use crate::store::sources::{Source, VisitRecord};
use crate::store::{Store, StoreError};
use desk::{Desk, Message};
use standing::standing;
use turns::Turns;
use visit::{Ending, Visited, Visitor};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Whose words stand on a host, as the trust view says.
pub type Speakers = Hosts;

/// How many posts one transaction keeps, about.
const BATCH_POSTS: usize = 500;
/// How much text one transaction keeps, about, in bytes.
const BATCH_TEXT: usize = 8 << 20;
/// How many visits one transaction keeps.
const BATCH_VISITS: usize = 200;
/// How many visits may wait for the writer.
const WAITING: usize = 8;
/// How many bodies are read at once: each may take many times its size meanwhile.
const READERS: usize = 2;

/// With what sources are asked.
pub struct Means {
    pub fetcher: Fetcher,
    pub clock: Clock,
    /// From 0 up to 1, evenly spread.
    pub dice: Box<dyn FnMut() -> f64>,
    pub speakers: Arc<Speakers>,
    pub options: PollOptions,
}

impl std::fmt::Debug for Means {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Means")
            .field("fetcher", &self.fetcher)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Asks these sources, whatever their schedule says. Which are due, [`Store::due_sources`] tells.
///
/// # Errors
/// When the store cannot be read or written; a source that fails is no error.
pub async fn poll(
    sources: Vec<Source>,
    store: &mut Store,
    means: &mut Means,
) -> Result<PollReport, StoreError> {
    let mut poller = Poller::new(means);
    poller.add(sources);
    while poller.is_busy() {
        poller.step(store, means, None).await?;
    }
    poller.end(store, means)
}

/// Asks sources as they become due, until `enough`, which is asked about once a second. A source
/// that hangs holds up no other: `told` gets what was found as it is kept.
///
/// # Errors
/// As [`poll`].
pub async fn watch(
    store: &mut Store,
    means: &mut Means,
    enough: &mut dyn FnMut() -> bool,
    told: &mut dyn FnMut(&PollReport),
) -> Result<(), StoreError> {
    let mut poller = Poller::new(means);
    while !enough() {
        poller.add(store.due_sources((means.clock)())?);
        poller.step(store, means, Some(BREATH)).await?;
        poller.writer.write(store, &mut poller.report)?;
        let mut report = poller.report.take();
        for visit in &report.visits {
            poller.under_way.remove(&visit.source);
        }
        if !report.visits.is_empty() {
            report.forget(store, means)?;
            told(&report);
        }
    }
    poller.end(store, means).map(|report| told(&report))
}

/// How long a watch waits for something to happen before it looks again what is due.
const BREATH: std::time::Duration = std::time::Duration::from_secs(1);

/// Visits under way, and the one writer.
struct Poller {
    turns: Turns,
    tasks: JoinSet<()>,
    /// Visits that have not said how they ended.
    outstanding: usize,
    inbox: mpsc::Receiver<Message>,
    visitor: Visitor,
    writer: Writer,
    report: PollReport,
    /// Sources that wait, are asked, or whose visit is not written yet.
    under_way: BTreeSet<i64>,
}

impl Poller {
    fn new(means: &Means) -> Self {
        let (sender, inbox) = mpsc::channel(WAITING);
        Self {
            turns: Turns::new(means.options.per_host),
            tasks: JoinSet::new(),
            outstanding: 0,
            inbox,
            visitor: visitor(means, Desk(sender)),
            writer: Writer::default(),
            report: PollReport::default(),
            under_way: BTreeSet::new(),
        }
    }

    fn add(&mut self, sources: Vec<Source>) {
        for source in sources {
            if self.under_way.insert(source.position) {
                self.turns.add(source);
            }
        }
        self.start();
    }

    fn start(&mut self) {
        while self.outstanding < self.visitor.options.concurrency.max(1)
            && let Some(source) = self.turns.take()
        {
            let visitor = self.visitor.clone();
            self.outstanding += 1;
            self.tasks.spawn(async move {
                let lost = source.clone();
                let inner = visitor.clone();
                // Apart, so that a visit that breaks off says so.
                let visit =
                    tokio::spawn(async move { Box::pin(visit::visit(&inner, source)).await });
                let visited = visit
                    .await
                    .unwrap_or_else(|error| Visited::lost(lost, &error.to_string()));
                visitor.desk.send(Message::Done(Box::new(visited))).await;
            });
        }
    }

    fn is_busy(&self) -> bool {
        self.outstanding > 0
    }

    /// Takes one message; what waits to be written is written when nobody else wants anything.
    async fn step(
        &mut self,
        store: &mut Store,
        means: &mut Means,
        patience: Option<std::time::Duration>,
    ) -> Result<(), StoreError> {
        let next = match self.inbox.try_recv() {
            Ok(message) => Some(message),
            Err(_) => {
                self.writer.write(store, &mut self.report)?;
                match patience {
                    None => self.inbox.recv().await,
                    Some(patience) => tokio::time::timeout(patience, self.inbox.recv())
                        .await
                        .unwrap_or_default(),
                }
            }
        };
        match next {
            Some(Message::Read(question)) => question(store),
            Some(Message::Part(record)) => self.writer.take(*record, None),
            Some(Message::Done(visited)) => {
                self.outstanding -= 1;
                self.turns.give_back(&visited.source.address);
                let now = (means.clock)();
                self.writer.ended(*visited, now, (means.dice)());
            }
            None => {}
        }
        while self.tasks.try_join_next().is_some() {}
        if self.writer.is_full() {
            self.writer.write(store, &mut self.report)?;
        }
        self.start();
        Ok(())
    }

    fn end(mut self, store: &mut Store, means: &Means) -> Result<PollReport, StoreError> {
        self.writer.write(store, &mut self.report)?;
        self.report.forget(store, means)?;
        self.report.visits.sort_by_key(|visit| visit.source);
        Ok(self.report)
    }
}

/// As [`poll`], for whoever has no runtime.
///
/// # Errors
/// As [`poll`], and when the system gives no threads.
pub fn poll_and_wait(
    sources: Vec<Source>,
    store: &mut Store,
    means: &mut Means,
) -> Result<PollReport, PollError> {
    Ok(runtime()?.block_on(poll(sources, store, means))?)
}

/// As [`watch`], for whoever has no runtime.
///
/// # Errors
/// As [`poll_and_wait`].
pub fn watch_and_wait(
    store: &mut Store,
    means: &mut Means,
    enough: &mut dyn FnMut() -> bool,
    told: &mut dyn FnMut(&PollReport),
) -> Result<(), PollError> {
    Ok(runtime()?.block_on(watch(store, means, enough, told))?)
}

/// Why nothing was polled.
#[derive(Debug, thiserror::Error)]
pub enum PollError {
    #[error("no threads for the network: {0}")]
    Runtime(#[from] std::io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}

fn visitor(means: &Means, desk: Desk) -> Visitor {
    Visitor {
        fetcher: means.fetcher.clone(),
        clock: Arc::clone(&means.clock),
        desk,
        speakers: Arc::clone(&means.speakers),
        readers: Arc::new(Semaphore::new(READERS)),
        options: Arc::new(means.options.clone()),
    }
}

/// Runs what takes a while apart from what waits for the network; `None` when it broke off.
async fn blocking<T: Send + 'static>(
    visitor: &Visitor,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let _turn = visitor.readers.acquire().await.ok()?;
    tokio::task::spawn_blocking(work).await.ok()
}

/// The one writer: what waits to be kept, with what is told of it.
#[derive(Default)]
struct Writer {
    pending: Vec<(VisitRecord, Option<VisitReport>)>,
    /// Of their posts, in bytes.
    text: usize,
}

impl Writer {
    fn ended(&mut self, visited: Visited, now: Timestamp, dice: f64) {
        let changed = matches!(
            &visited.ending,
            Ending::Good { posts, csaf, .. } if !posts.is_empty() || !csaf.documents.is_empty()
        );
        let standing = standing(&visited, changed, now, dice);
        let report = VisitReport::of(&visited, &standing);
        let source = visited.source.position;
        let asked = visited.asked;
        let mut record = VisitRecord {
            source,
            at: now,
            standing: Some(standing),
            posts: vec![],
            files: vec![],
            asked,
            csaf: crate::store::sources::CsafProgress::default(),
        };
        if let Ending::Good {
            posts, files, csaf, ..
        } = visited.ending
        {
            record.posts = posts;
            record.files = files;
            record.csaf = *csaf;
        }
        self.take(record, Some(report));
    }

    fn take(&mut self, record: VisitRecord, report: Option<VisitReport>) {
        let posts = record.posts.iter();
        self.text += posts
            .map(|post| post.post.text.len() + post.reading.text.len())
            .sum::<usize>();
        self.pending.push((record, report));
    }

    fn is_full(&self) -> bool {
        let posts: usize = self
            .pending
            .iter()
            .map(|(record, _)| record.posts.len())
            .sum();
        posts >= BATCH_POSTS || self.text >= BATCH_TEXT || self.pending.len() >= BATCH_VISITS
    }

    fn write(&mut self, store: &mut Store, report: &mut PollReport) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        self.text = 0;
        let (records, reports): (Vec<VisitRecord>, Vec<Option<VisitReport>>) =
            std::mem::take(&mut self.pending).into_iter().unzip();
        let kept = store.keep_visits(&records)?;
        for ((record, visit), kept) in records.into_iter().zip(reports).zip(kept) {
            report.add(record.source, visit, kept);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
