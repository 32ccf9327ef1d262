//! Trust read from end to end: what `trust show`, `history` and `load` tell.

use std::path::Path;

use jiff::Timestamp;

use crate::domain::AnchorId;
use crate::judge::trust::{Contents, FolderView, Learnt, View as _};
use crate::render::trust::ShownAnchor;
use crate::service::instance::{Instance, InstanceError, folder_source};
use crate::service::trust::{TrustError, folder_view};
use crate::store::{Loaded, Source, SourceKind, Store, StoreError};

/// Everything about the anchors that a person means, by a vendor's slug, an id, the beginning of one,
/// or a part of a name.
#[must_use]
pub fn shown(view: &FolderView, typed: &str, at: Timestamp) -> Vec<ShownAnchor> {
    let ids = if view.vendor(typed).is_some() {
        let anchors = view.anchors().into_iter();
        let of_vendor = |id: &AnchorId| {
            view.anchor(id)
                .is_some_and(|anchor| anchor.vendors.iter().any(|slug| slug == typed))
        };
        anchors.filter(of_vendor).collect()
    } else {
        view.anchors_named(typed)
    };
    ids.iter().filter_map(|id| one(view, id, at)).collect()
}

fn one(view: &FolderView, id: &AnchorId, at: Timestamp) -> Option<ShownAnchor> {
    let mut records = view.records(id).unwrap_or_default();
    records.sort_by_key(|record| (record.valid_from, record.known_from));
    Some(ShownAnchor {
        anchor: view.anchor(id)?,
        root: view.root(id),
        standings: view.listed(id, at),
        records,
        rules: view.signer_rules(id),
        rotations: view.rotations_of_key(id),
    })
}

/// Everything that was learnt about an anchor, oldest knowledge first.
///
/// # Errors
/// When the store cannot be read.
pub fn history(store: &Store, id: &AnchorId) -> Result<Vec<Learnt>, StoreError> {
    let learnt = store.records_of(id)?.into_iter().map(|record| Learnt {
        id: record.id,
        source: called(&record.source),
        anchor: record.anchor,
        scope: record.scope,
        purpose: record.purpose,
        claim: record.claim,
        says: record.says,
        known_from: record.known_from,
        withdraws: record.withdraws,
    });
    Ok(learnt.collect())
}

fn called(source: &Source) -> String {
    match source.kind {
        SourceKind::Shipped => "the shipped folder".to_owned(),
        kind => format!("{} {}", kind.word(), source.name),
    }
}

/// Why a folder was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadFolderError {
    #[error(transparent)]
    Trust(#[from] TrustError),
    #[error(transparent)]
    Instance(#[from] InstanceError),
    #[error("the folder cannot be read back after it was compiled")]
    Compiled,
}

/// Records what a folder says; as proposals unless it is authority. `None` when that is what was
/// loaded last.
///
/// # Errors
/// When the folder has a fault or the store cannot be written.
pub fn load_folder(
    instance: &mut Instance,
    path: &Path,
    is_authority: bool,
    now: Timestamp,
    actor: &str,
) -> Result<Option<Loaded>, LoadFolderError> {
    let contents = folder_view(path)?
        .contents()
        .ok_or(LoadFolderError::Compiled)?;
    let contents: Contents = if is_authority {
        contents
    } else {
        contents.as_proposals()
    };
    let source = folder_source(path, is_authority);
    Ok(instance.load(&source, &contents, now, actor)?)
}
