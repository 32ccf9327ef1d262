//! Loading trust: the shipped folder, another folder, or bare anchors.

use std::path::{Path, PathBuf};

use crate::formats::limits;
use crate::judge::lint;
use crate::judge::trust::{AnchorBundle, BundleError, FolderView, LoadError, View, shipped};
use crate::store::StoreError;

/// Which trust to judge by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustChoice {
    /// The folder built into the program.
    Shipped,
    /// A folder for this run alone.
    Folder(PathBuf),
    /// A folder that the settings name as authority, by its absolute path: recorded like the shipped
    /// one.
    Authority(PathBuf),
    Anchors(Vec<PathBuf>),
}

/// Why trust could not be loaded; nothing is judged then.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error("{path}: {source}")]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path}: over the limit of {limit} {what}")]
    Limit {
        path: PathBuf,
        what: &'static str,
        limit: usize,
    },
    #[error("{path}: {error}")]
    Bundle { path: PathBuf, error: BundleError },
    #[error("the trust folder {path} cannot be used:\n{faults}")]
    Folder { path: PathBuf, faults: String },
    #[error("the store {path} cannot be read: {error}; {}", error.hint())]
    Store { path: PathBuf, error: StoreError },
    #[error(
        "{path} is loaded for this run alone and was not known before; \
         add --knowledge folder to judge by its own dates"
    )]
    KnownOnlyNow { path: PathBuf },
    #[error("the trust folder {path} cannot be read back after it was compiled")]
    Compiled { path: PathBuf },
}

/// Loads the chosen trust.
///
/// # Errors
/// When a file cannot be read, or the folder has a fault.
pub fn load(choice: &TrustChoice) -> Result<Box<dyn View>, TrustError> {
    match choice {
        TrustChoice::Shipped => Ok(Box::new(shipped())),
        TrustChoice::Anchors(paths) => {
            let mut bundle = AnchorBundle::new();
            for path in paths {
                let bytes = std::fs::read(path).map_err(|source| TrustError::Io {
                    path: path.clone(),
                    source,
                })?;
                bundle.add(&bytes).map_err(|error| TrustError::Bundle {
                    path: path.clone(),
                    error,
                })?;
            }
            Ok(Box::new(bundle))
        }
        TrustChoice::Folder(path) | TrustChoice::Authority(path) => {
            Ok(Box::new(folder_view(path)?))
        }
    }
}

/// The view over a folder's files.
///
/// # Errors
/// When a file cannot be read, or the folder has a fault.
pub fn folder_view(path: &Path) -> Result<FolderView, TrustError> {
    FolderView::from_files(&folder_files(path)?).map_err(|error| TrustError::Folder {
        path: path.to_path_buf(),
        faults: faults(&error),
    })
}

/// Everything to mend in a trust folder, in order of paths and lines.
///
/// # Errors
/// When a file cannot be read, or there are too many.
pub fn lint_folder(path: &Path) -> Result<Vec<lint::Lint>, TrustError> {
    Ok(lint::lint(&folder_files(path)?))
}

/// Every file of a trust folder, by path relative to it.
pub(super) fn folder_files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, TrustError> {
    let mut files = vec![];
    gather(folder, folder, &mut files)?;
    files.sort();
    Ok(files)
}

fn faults(error: &LoadError) -> String {
    match error {
        LoadError::Folder(errors) => errors
            .iter()
            .map(|error| format!("  {error}"))
            .collect::<Vec<_>>()
            .join("\n"),
        LoadError::Compile(error) => format!("  {}: {}", error.path, error.what),
    }
}

/// Every file below a trust folder, with its path relative to the top, `/` between the parts.
pub(super) fn gather(
    top: &Path,
    folder: &Path,
    files: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), TrustError> {
    let trouble = |path: &Path| {
        let path = path.to_path_buf();
        move |source| TrustError::Io { path, source }
    };
    for entry in std::fs::read_dir(folder).map_err(trouble(folder))? {
        let path = entry.map_err(trouble(folder))?.path();
        let metadata = std::fs::metadata(&path).map_err(trouble(&path))?;
        if metadata.is_dir() {
            gather(top, &path, files)?;
            continue;
        }
        let over = |what, limit| TrustError::Limit {
            path: path.clone(),
            what,
            limit,
        };
        if files.len() >= limits::TRUST_FILES {
            return Err(over("files", limits::TRUST_FILES));
        }
        if metadata.len() > limits::TRUST_FILE as u64 {
            return Err(over("bytes", limits::TRUST_FILE));
        }
        let relative: Vec<_> = path
            .strip_prefix(top)
            .unwrap_or(&path)
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        files.push((
            relative.join("/"),
            std::fs::read(&path).map_err(trouble(&path))?,
        ));
    }
    Ok(())
}
