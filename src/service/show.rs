//! The use case `show`: everything in a file, judged for nobody in particular.

use std::path::Path;

use jiff::Timestamp;

use crate::formats::cms::certificate_bundle;
use crate::formats::limits;
use crate::formats::pem;
use crate::formats::source::Source as _;
use crate::formats::x509::Certificate;
use crate::judge::path::Profile;
use crate::judge::report::PackageReport;
use crate::judge::trust::View;
use crate::service::check::{CheckRequest, Grouping, Silent, check};
use crate::service::source::FileSource;

/// What the file turned out to be.
#[derive(Debug)]
pub enum Shown {
    Package(Box<PackageReport>),
    /// Certificates and nothing else: PEM, DER or a certs-only PKCS#7.
    Certificates(Vec<Certificate>),
}

/// Looks at one file.
#[must_use]
pub fn show(path: &Path, view: &dyn View, at: Timestamp, profile: Profile) -> Shown {
    if let Some(certificates) = certificates(path) {
        return Shown::Certificates(certificates);
    }
    let request = CheckRequest {
        paths: vec![path.to_path_buf()],
        vendor: None,
        product: None,
        signature: None,
        manifest: None,
        keys: vec![],
        lists: std::sync::Arc::default(),
        grouping: Grouping::Package,
        profile,
        at,
        known_at: None,
        remember_verdicts: false,
        // No store is given: nothing is witnessed.
        now: at,
        require_signed: true,
    };
    let mut found = check(&request, view, None, &Silent);
    match found.packages.pop() {
        Some(package) => Shown::Package(Box::new(package)),
        None => Shown::Certificates(vec![]),
    }
}

pub(super) fn certificates(path: &Path) -> Option<Vec<Certificate>> {
    let source = FileSource::open(path).ok()?;
    let size = usize::try_from(source.size()).ok()?;
    if size > limits::ANCHOR_FILE {
        return None;
    }
    let bytes = source.read_range(0, size).ok()?;
    let found: Vec<Certificate> = if pem::is_pem(&bytes) {
        pem::blocks(&bytes)
            .ok()?
            .iter()
            .filter(|block| block.label == "CERTIFICATE")
            .filter_map(|block| Certificate::from_der(&block.der).ok())
            .collect()
    } else {
        match Certificate::from_der(&bytes) {
            Ok(certificate) => vec![certificate],
            Err(_) => certificate_bundle(&bytes).ok()?,
        }
    };
    (!found.is_empty()).then_some(found)
}
