//! Signatures and keys that lie beside a file and cover it whole.

use std::path::{Path, PathBuf};

use super::CheckRequest;
use super::detached::{Detached, Keys};
use super::measured::Measured;
use super::read::ReadError;
use crate::formats::limits;
use crate::formats::openpgp::OpenPgpSignature;
use crate::formats::source::Source;
use crate::judge::facts::{SignatureObject, WHOLE_FILE};
use crate::judge::trust::View;
use crate::service::source::FileSource;

/// What lies beside a file.
#[derive(Debug)]
pub(super) struct Beside<'v> {
    signatures: Vec<Detached>,
    keys: Keys<'v>,
}

impl<'v> Beside<'v> {
    /// Nothing; bare keys are looked up in `view`.
    pub(super) fn nothing(view: &'v dyn View) -> Self {
        Self {
            signatures: vec![],
            keys: Keys::new(view),
        }
    }

    /// The keys at hand, and no signature.
    pub(super) fn with(keys: Keys<'v>) -> Self {
        Self {
            signatures: vec![],
            keys,
        }
    }

    /// What serves the members of a package: the keys that lay beside it.
    pub(super) fn keys_of(other: &Self) -> Self {
        Self::with(other.keys.clone())
    }

    pub(super) fn read(
        signatures: &[PathBuf],
        keys: &[PathBuf],
        view: &'v dyn View,
    ) -> Result<Self, ReadError> {
        let mut beside = Self::nothing(view);
        for path in signatures {
            beside.add_signature(path)?;
        }
        for path in keys {
            beside.keys.add(&bounded(path, limits::SIGNATURE_OBJECT)?);
        }
        Ok(beside)
    }

    /// Adds what the caller named by `--signature` and `--key`.
    pub(super) fn add_requested(&mut self, request: &CheckRequest) -> Result<(), ReadError> {
        if let Some(path) = &request.signature {
            self.signatures.clear();
            self.add_signature(path)?;
        }
        self.keys.prefer(requested_keys(request, self.keys.view())?);
        Ok(())
    }

    fn add_signature(&mut self, path: &Path) -> Result<(), ReadError> {
        let bytes = bounded(path, limits::SIGNATURE_OBJECT)?;
        let place = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        self.signatures.push(Detached::of(place, bytes));
        Ok(())
    }

    pub(super) fn view(&self) -> &'v dyn View {
        self.keys.view()
    }

    /// The keys at hand.
    pub(super) fn keys(&self) -> &Keys<'v> {
        &self.keys
    }

    pub(super) fn is_empty(&self) -> bool {
        self.signatures.is_empty()
    }

    /// Reads the file once and computes what the signatures ask for.
    pub(super) fn measure(&self, source: &dyn Source) -> Result<Measured, ReadError> {
        let algorithms = self
            .signatures
            .iter()
            .flat_map(Detached::algorithms)
            .collect();
        let hold = self.signatures.iter().map(Detached::wants_whole).max();
        let openpgp: Vec<OpenPgpSignature> = self
            .signatures
            .iter()
            .flat_map(|detached| detached.openpgp_signatures().iter().cloned())
            .collect();
        let hold = hold.unwrap_or(0);
        Ok(Measured::source(source, algorithms, &openpgp, hold)?)
    }

    /// The signature objects, for bytes that were measured.
    pub(super) fn objects(&self, measured: &Measured) -> Vec<SignatureObject> {
        self.signatures
            .iter()
            .flat_map(|detached| detached.objects(measured, &self.keys, WHOLE_FILE))
            .collect()
    }
}

/// The keys that the caller named.
pub(super) fn requested_keys<'v>(
    request: &CheckRequest,
    view: &'v dyn View,
) -> Result<Keys<'v>, ReadError> {
    let mut keys = Keys::new(view);
    for path in &request.keys {
        if !keys.add(&bounded(path, limits::SIGNATURE_OBJECT)?) {
            return Err(ReadError::Unreadable(format!(
                "{} holds no certificate and no public key",
                path.display()
            )));
        }
    }
    Ok(keys)
}

/// A whole small file.
pub(super) fn bounded(path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
    // It is not the package itself: the error says which file it is.
    let named =
        |error: std::io::Error| ReadError::Unreadable(format!("{}: {error}", path.display()));
    let source = FileSource::open(path).map_err(named)?;
    match usize::try_from(source.size()) {
        Ok(size) if size <= limit => source.read_range(0, size).map_err(named),
        _ => Err(ReadError::Unreadable(format!(
            "{} is larger than {limit} bytes",
            path.display()
        ))),
    }
}
