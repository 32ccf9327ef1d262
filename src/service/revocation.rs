//! Revocation lists from files.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::formats::crl::{RevocationList, RevocationListError};
use crate::formats::limits;
use crate::formats::pem::{self, PemError};
use crate::judge::revocation::RevocationLists;

/// Why a revocation list cannot be used; nothing is judged then, because whoever names a list wants
/// it to count.
#[derive(Debug, thiserror::Error)]
pub enum RevocationFileError {
    #[error("{path}: {source}")]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path}: {error}")]
    Pem { path: PathBuf, error: PemError },
    #[error("{path}: {error}")]
    List {
        path: PathBuf,
        error: RevocationListError,
    },
    #[error("{path}: holds no revocation list")]
    Empty { path: PathBuf },
    #[error("more than {limit} revocation lists")]
    TooMany { limit: usize },
}

/// Reads every list of these files, PEM or DER.
///
/// # Errors
/// When a file cannot be read whole, or holds none.
pub fn revocation_lists(paths: &[PathBuf]) -> Result<RevocationLists, RevocationFileError> {
    let mut lists = vec![];
    for path in paths {
        lists.extend(read(path)?);
        if lists.len() > limits::REVOCATION_LISTS {
            let limit = limits::REVOCATION_LISTS;
            return Err(RevocationFileError::TooMany { limit });
        }
    }
    Ok(RevocationLists::new(lists))
}

fn read(path: &Path) -> Result<Vec<RevocationList>, RevocationFileError> {
    let io = |source| RevocationFileError::Io {
        path: path.to_path_buf(),
        source,
    };
    let file = std::fs::File::open(path).map_err(io)?;
    // PEM is a third larger than what it holds, and a list too large is told as such.
    let most = limits::REVOCATION_LIST as u64 * 3 / 2;
    let mut bytes = vec![];
    file.take(most).read_to_end(&mut bytes).map_err(io)?;
    let list = |der: &[u8]| {
        RevocationList::from_der(der).map_err(|error| RevocationFileError::List {
            path: path.to_path_buf(),
            error,
        })
    };
    if !pem::is_pem(&bytes) {
        return Ok(vec![list(&bytes)?]);
    }
    let blocks = pem::blocks(&bytes).map_err(|error| RevocationFileError::Pem {
        path: path.to_path_buf(),
        error,
    })?;
    let lists: Vec<RevocationList> = blocks
        .iter()
        .filter(|block| block.label == "X509 CRL")
        .map(|block| list(&block.der))
        .collect::<Result<_, _>>()?;
    if lists.is_empty() {
        let path = path.to_path_buf();
        return Err(RevocationFileError::Empty { path });
    }
    Ok(lists)
}
