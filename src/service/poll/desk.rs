//! The one who has the store: visits ask it, and hand over what they found.

use tokio::sync::{mpsc, oneshot};

use super::visit::Visited;
use crate::store::sources::VisitRecord;
use crate::store::{Store, StoreError};

/// What a visit wants of the store.
pub(super) enum Message {
    /// To read something.
    Read(Box<dyn FnOnce(&Store) + Send>),
    /// To keep a part of what it found.
    Part(Box<VisitRecord>),
    /// It ended.
    Done(Box<Visited>),
}

/// A visit's way to the store.
#[derive(Clone)]
pub(super) struct Desk(pub(super) mpsc::Sender<Message>);

impl Desk {
    /// Reads from the store; `None` when nobody is there any more.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Option<Result<T, StoreError>> {
        let (reply, answer) = oneshot::channel();
        let ask = Message::Read(Box::new(move |store| {
            let _ = reply.send(question(store));
        }));
        self.0.send(ask).await.ok()?;
        answer.await.ok()
    }

    pub(super) async fn send(&self, message: Message) {
        let _ = self.0.send(message).await;
    }
}
