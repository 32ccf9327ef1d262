//! What was known when: the store's records against a model, folders over time, the program itself.

mod folders;
mod model;
mod process;
mod reading;

use std::path::Path;
use std::time::Duration;

use anchorwatch::judge::trust::FolderView;
use anchorwatch::store::{KnowledgeBounds, Source, SourceKind, Store, StoreKnowledge};
use jiff::Timestamp;

fn open(path: &Path) -> Store {
    Store::open(path, Duration::from_secs(5)).unwrap()
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn source(kind: SourceKind, name: &str) -> Source {
    Source {
        kind,
        name: name.to_owned(),
    }
}

/// Only what the store knew.
fn view(path: &Path, folder: Option<Source>, known_at: Option<Timestamp>) -> FolderView {
    let bounds = KnowledgeBounds {
        known_at,
        folder,
        at_hand: None,
    };
    FolderView::without_folder(Box::new(StoreKnowledge::open(path, &bounds).unwrap()))
}
