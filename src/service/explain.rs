//! The use case `explain`: a key, a fingerprint, a certificate or a package in; what is known of it
//! out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use crate::domain::Verdict;
use crate::formats::limits;
use crate::formats::openpgp::CertificateFile;
use crate::formats::public_key::PublicKey;
use crate::formats::source::Source as _;
use crate::judge::link::{
    Asked, Explanation, KeyIdentity, Post, expected_vendor, explanation, resemblance, vendor_names,
};
use crate::judge::path::Profile;
use crate::judge::report::{PackageReport, SignatureReport};
use crate::judge::trust::View;
use crate::service::check::{CheckRequest, Grouping, Silent, check};
use crate::service::show::certificates;
use crate::service::source::FileSource;
use crate::store::{AnnouncementId, Store, StoreError};

/// What to explain, and by whose knowledge.
#[derive(Debug, Clone)]
pub struct ExplainRequest {
    /// A path that exists, else digits.
    pub what: String,
    pub vendor: Option<String>,
    pub profile: Profile,
    pub at: Timestamp,
    /// Only posts that the store had by then.
    pub known_at: Timestamp,
}

/// Why there is nothing to explain.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    #[error("{0}: neither a file nor a fingerprint, key id or anchor id")]
    Unrecognised(String),
    #[error("{0}: no signature with a key that could be explained")]
    NoKey(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many posts are read for one answer.
const POSTS: usize = 2000;
/// How many posts one name brings, and how many of a vendor's names are asked for.
const PER_NAME: u32 = 20;
const NAMES: usize = 6;

/// Explains a key.
///
/// # Errors
/// [`ExplainError`].
pub fn explain(
    request: &ExplainRequest,
    view: &dyn View,
    store: Option<&Store>,
) -> Result<Explanation, ExplainError> {
    let mut asked = asked(request, view)?;
    asked.vendor.clone_from(&request.vendor);
    asked.key = std::mem::take(&mut asked.key).known_to(view);
    let posts = match store {
        Some(store) => posts(&asked, view, store, request.known_at)?,
        None => vec![],
    };
    Ok(explanation(asked, posts, view, request.at))
}

fn asked(request: &ExplainRequest, view: &dyn View) -> Result<Asked, ExplainError> {
    let path = Path::new(&request.what);
    if !path.exists() {
        let key = KeyIdentity::typed(&request.what)
            .ok_or_else(|| ExplainError::Unrecognised(request.what.clone()))?;
        return Ok(Asked {
            what: request.what.clone(),
            key,
            ..Asked::default()
        });
    }
    let named = |asked: Asked| Asked {
        what: request.what.clone(),
        ..asked
    };
    if path.is_file() {
        if let Some(certificate) = certificates(path).and_then(|found| found.into_iter().next()) {
            return Ok(named(Asked {
                key: KeyIdentity::of_certificate(&certificate),
                certificate: Some(certificate),
                ..Asked::default()
            }));
        }
        if let Some(key) = key_file(path) {
            return Ok(named(Asked {
                key,
                ..Asked::default()
            }));
        }
    }
    let request = CheckRequest {
        paths: vec![path.to_path_buf()],
        vendor: request.vendor.clone(),
        product: None,
        signature: None,
        manifest: None,
        keys: vec![],
        lists: std::sync::Arc::default(),
        grouping: Grouping::Package,
        profile: request.profile,
        at: request.at,
        // No store is given: nothing is witnessed.
        now: request.at,
        known_at: None,
        remember_verdicts: false,
        require_signed: true,
    };
    let report = check(&request, view, None, &Silent).packages.pop();
    let file_name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let suggested = file_name
        .map(|name| view.vendors_suggested_by(&name))
        .unwrap_or_default();
    report
        .and_then(|report| of_package(&report))
        .map(|asked| named(Asked { suggested, ..asked }))
        .ok_or_else(|| ExplainError::NoKey(path.display().to_string()))
}

fn key_file(path: &Path) -> Option<KeyIdentity> {
    let source = FileSource::open(path).ok()?;
    let size = usize::try_from(source.size()).ok()?;
    if size > limits::OPENPGP_KEYRING {
        return None;
    }
    let bytes = source.read_range(0, size).ok()?;
    if let Some(key) = PublicKey::read(&bytes)
        .ok()
        .and_then(|keys| keys.into_iter().next())
    {
        return Some(KeyIdentity::of_public_key(&key));
    }
    let file = CertificateFile::read(&bytes).ok()?;
    file.certificates.first().map(KeyIdentity::of_openpgp)
}

/// The signature that needs explaining: the first unknown one, else the first with a key.
fn of_package(report: &PackageReport) -> Option<Asked> {
    let unknown = |signature: &&SignatureReport| {
        matches!(
            signature.verdict,
            Verdict::Unanchored | Verdict::Explained | Verdict::Unpinned
        )
    };
    let keyed = |signature: &&SignatureReport| {
        signature.signer.is_some() || signature.key.is_some() || signature.openpgp.is_some()
    };
    let signature = report
        .signatures
        .iter()
        .filter(keyed)
        .find(unknown)
        .or_else(|| report.signatures.iter().find(keyed))?;
    let key = match (&signature.signer, &signature.key) {
        (Some(certificate), _) => KeyIdentity::of_certificate(certificate),
        (None, Some(facts)) => KeyIdentity::of_key_facts(facts)?,
        (None, None) => KeyIdentity::of_openpgp_signature(signature.openpgp.as_ref()?)?,
    };
    let issuers = signature
        .linked
        .iter()
        .filter(|one| Some(*one) != signature.signer.as_ref())
        .map(KeyIdentity::of_certificate)
        .collect();
    let path = if signature.path.is_empty() {
        signature.signer.clone().into_iter().collect()
    } else {
        signature.path.clone()
    };
    Some(Asked {
        key,
        issuers,
        certificate: signature.signer.clone(),
        judged: Some((report.verdict, signature.crypto)),
        path,
        gap: signature.missing_issuer.clone(),
        ..Asked::default()
    })
}

/// Every kept post that prints one of the key's values, or one that resembles it, and what the names
/// and the vendor's words find.
fn posts(
    asked: &Asked,
    view: &dyn View,
    store: &Store,
    known_at: Timestamp,
) -> Result<Vec<Post>, StoreError> {
    let key = &asked.key;
    let mut ids: BTreeSet<AnnouncementId> = BTreeSet::new();
    let mut withdrawn: BTreeMap<AnnouncementId, Vec<String>> = BTreeMap::new();
    let above = asked.issuers.iter().flat_map(|issuer| &issuer.full);
    for value in key.full.iter().chain(&key.key_ids).chain(above) {
        for named in store.announcements_naming(value, known_at)? {
            ids.insert(named.announcement);
            if !named.still {
                withdrawn
                    .entry(named.announcement)
                    .or_default()
                    .push(named.value);
            }
        }
    }
    let hex = |value: &&String| value.bytes().all(|byte| byte.is_ascii_hexdigit());
    for value in key.full.iter().chain(&key.key_ids).filter(hex) {
        for named in store.announcements_resembling(value, known_at)? {
            if resemblance(value, &named.value).is_some() {
                ids.insert(named.announcement);
            }
        }
    }
    let names = [&key.common_name, &key.issuer_common_name];
    for name in names.into_iter().flatten().filter(|name| name.len() > 3) {
        let found = store.search_announcements(name, PER_NAME, known_at)?;
        ids.extend(found.posts.iter().map(|post| post.id));
    }
    let vendor = expected_vendor(asked, view);
    let names = vendor
        .map(|slug| vendor_names(&slug, view))
        .unwrap_or_default();
    for name in names.iter().take(NAMES) {
        for word in ["signing", "certificate", "key"] {
            let found =
                store.search_announcements(&format!("{name} {word}"), PER_NAME, known_at)?;
            ids.extend(found.posts.iter().map(|post| post.id));
        }
    }
    let mut posts = vec![];
    for id in ids.into_iter().take(POSTS) {
        if let Some(kept) = store.announcement(id, known_at)? {
            posts.push(kept.into_post(withdrawn.remove(&id).unwrap_or_default()));
        }
    }
    Ok(posts)
}
