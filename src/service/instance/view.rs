//! The view to judge by: a trust folder, and over it what this instance knows.

use std::path::Path;

use jiff::Timestamp;

use super::{Instance, InstanceError, folder_source};
use crate::domain::Sha256;
use crate::judge::trust::{Contents, FolderView, SHIPPED_DIGEST, View, shipped};
use crate::service::trust::{TrustChoice, TrustError, folder_view, load};
use crate::store::{
    AcceptedProgrammes, KnowledgeBounds, Source, Store, StoreError, StoreKnowledge,
};

/// Whose account of when things were learnt counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// This instance's: since when it had loaded or recorded them.
    Instance,
    /// The trust folder's own claim; the store is not asked.
    Folder,
}

/// Which view is wanted.
#[derive(Debug)]
pub struct ViewRequest<'a> {
    pub choice: &'a TrustChoice,
    pub basis: Basis,
    /// What was known at this time; `None` for all that is known.
    pub known_at: Option<Timestamp>,
    /// The root programmes whose lists count.
    pub programmes: AcceptedProgrammes,
    pub now: Timestamp,
    /// Who loads the shipped folder, if it is new to the store.
    pub actor: &'a str,
}

/// A view, and what went wrong on the way without spoiling it.
#[derive(Debug)]
pub struct Viewed {
    pub view: Box<dyn View>,
    /// The shipped folder could not be recorded; it counts as known now.
    pub trouble: Option<InstanceError>,
}

/// Makes the view. Without a store the folder's own claims are all there is.
///
/// # Errors
/// When the chosen trust cannot be loaded, or the store cannot be read: a distrust may lie in it.
pub fn view(
    request: &ViewRequest<'_>,
    store: Option<(&Path, Option<Store>)>,
) -> Result<(Viewed, Option<Store>), TrustError> {
    if matches!(request.choice, TrustChoice::Anchors(_)) {
        let viewed = Viewed {
            view: load(request.choice)?,
            trouble: None,
        };
        return Ok((viewed, store.and_then(|(_, writer)| writer)));
    }
    let (view, trouble, writer) = folder(request, store)?;
    let view: Box<dyn View> = Box::new(view);
    Ok((Viewed { view, trouble }, writer))
}

/// As [`view`], where a folder is read from end to end; bare anchors have none.
///
/// # Errors
/// As [`view`].
pub fn folder(
    request: &ViewRequest<'_>,
    store: Option<(&Path, Option<Store>)>,
) -> Result<(FolderView, Option<InstanceError>, Option<Store>), TrustError> {
    let (path, writer) = match store {
        Some(given) if request.basis == Basis::Instance => given,
        other => {
            let writer = other.and_then(|(_, writer)| writer);
            return Ok((claimed(request)?, None, writer));
        }
    };
    if let TrustChoice::Folder(folder) = request.choice {
        if request.known_at.is_some() {
            return Err(TrustError::KnownOnlyNow {
                path: folder.clone(),
            });
        }
        let local = knowledge(path, request, None)?;
        return Ok((folder_view(folder)?.with(Box::new(local)), None, writer));
    }
    let base = Base::of(request.choice)?;
    let (writer, trouble) = recorded(path, writer, request, &base);
    let known = knowledge(path, request, Some(&base))?;
    let view = if known.folder_is_at_hand() {
        base.view.with(Box::new(known))
    } else if request.known_at.is_some() {
        FolderView::without_folder(Box::new(known))
    } else {
        // It could not be recorded: this run knows it all the same.
        base.view.with(Box::new(knowledge(path, request, None)?))
    };
    Ok((view, trouble, writer))
}

/// The folder that is authority here: the shipped one, or the one that the settings name instead.
struct Base {
    source: Source,
    digest: Sha256,
    /// `None` for the shipped folder, which is taken apart only when it is new.
    contents: Option<Contents>,
    view: FolderView,
}

impl Base {
    fn of(choice: &TrustChoice) -> Result<Self, TrustError> {
        let TrustChoice::Authority(path) = choice else {
            return Ok(Self {
                source: Source::shipped(),
                digest: SHIPPED_DIGEST,
                contents: None,
                view: shipped(),
            });
        };
        let view = folder_view(path)?;
        let contents = view
            .contents()
            .ok_or_else(|| TrustError::Compiled { path: path.clone() })?;
        Ok(Self {
            source: folder_source(path, true),
            digest: contents.digest,
            contents: Some(contents),
            view,
        })
    }
}

/// By the folder's own claim.
fn claimed(request: &ViewRequest<'_>) -> Result<FolderView, TrustError> {
    let folder = match request.choice {
        TrustChoice::Folder(path) | TrustChoice::Authority(path) => folder_view(path)?,
        TrustChoice::Shipped | TrustChoice::Anchors(_) => shipped(),
    };
    Ok(match request.known_at {
        Some(known_at) => folder.known_at(known_at),
        None => folder,
    })
}

fn knowledge(
    path: &Path,
    request: &ViewRequest<'_>,
    base: Option<&Base>,
) -> Result<StoreKnowledge, TrustError> {
    let bounds = KnowledgeBounds {
        known_at: request.known_at,
        at_hand: base.map(|base| base.digest),
        folder: base.map(|base| base.source.clone()),
    };
    StoreKnowledge::open(path, &bounds)
        .map(|known| known.accepting(request.programmes.clone()))
        .map_err(|error| unreadable(path, error))
}

fn unreadable(path: &Path, error: StoreError) -> TrustError {
    TrustError::Store {
        path: path.to_path_buf(),
        error,
    }
}

/// Loads the folder that is authority if it is new, best effort.
fn recorded(
    path: &Path,
    writer: Option<Store>,
    request: &ViewRequest<'_>,
    base: &Base,
) -> (Option<Store>, Option<InstanceError>) {
    let Some(store) = writer else {
        return (None, None);
    };
    match store.loaded_digest(&base.source) {
        Ok(Some(digest)) if digest == base.digest => return (Some(store), None),
        _ => {}
    }
    match Instance::with(store, path) {
        Ok(mut instance) => {
            let loaded = match &base.contents {
                None => instance.load_shipped(request.now, request.actor),
                Some(contents) => instance.load(&base.source, contents, request.now, request.actor),
            };
            (Some(instance.store), loaded.err())
        }
        // The store was moved into the attempt; facts are not kept in this run either.
        Err(error) => (None, Some(error)),
    }
}
