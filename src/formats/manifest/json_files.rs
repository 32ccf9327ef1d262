//! The files in a JSON manifest: the shapes in which vendors list them.
//!
//! Shapes, under `files`, `artifacts` and the like or at the top:
//! an object from path to digest, an object from path to an object with digests, a list of objects
//! with a path and digests. An object keyed by algorithm (`"sha256": {path: hex}`) names it for all
//! below it. Anything that looks like a file and cannot be understood is an error: what is skipped
//! would not be covered.

use super::digest_text::{algorithm, statement};
use super::json::{Json, plain};
use super::{ManifestEntry, ManifestError, path};
use crate::domain::HashAlgorithm;

/// Where lists of files stand, and nothing else.
const LISTS: [&str; 14] = [
    "files",
    "artifacts",
    "entries",
    "contents",
    "payloads",
    "members",
    "items",
    "images",
    "binaries",
    "scripts",
    "filelist",
    "hashes",
    "checksums",
    "digests",
];
/// Groups that hold lists among other fields.
const GROUPS: [&str; 9] = [
    "manifest",
    "package",
    "packages",
    "components",
    "bundle",
    "payload",
    "content",
    "release",
    "file",
];
/// Keys of a list's objects that hold the path, best first.
const PATHS: [&str; 7] = [
    "path",
    "filepath",
    "filename",
    "file",
    "name",
    "relativepath",
    "target",
];
/// Keys that hold a digest without naming the algorithm.
const DIGESTS: [&str; 5] = ["hash", "digest", "checksum", "integrity", "hashvalue"];
/// Keys that hold one or more digests in an object or list of their own.
const DIGEST_GROUPS: [&str; 6] = [
    "hashes",
    "digests",
    "checksums",
    "hash",
    "digest",
    "checksum",
];
/// Keys that name the algorithm.
const ALGORITHMS: [&str; 7] = [
    "algorithm",
    "algo",
    "alg",
    "hashalgorithm",
    "hashalgo",
    "digestalgorithm",
    "hashtype",
];
const SIZES: [&str; 4] = ["size", "length", "filesize", "bytes"];

/// Every file, from wherever the manifest lists them.
pub(super) fn entries(manifest: &Json) -> Result<Vec<ManifestEntry>, ManifestError> {
    let mut found = vec![];
    gather(manifest, "", stated_algorithm(manifest), true, &mut found)?;
    if found.iter().all(|entry| entry.digests.is_empty()) {
        return Err(ManifestError::NoEntries);
    }
    Ok(found)
}

fn stated_algorithm(value: &Json) -> Option<HashAlgorithm> {
    value.field(&ALGORITHMS)?.text().and_then(algorithm)
}

/// `top`: keys here are the manifest's own, so only those that can be nothing but files count.
fn gather(
    value: &Json,
    place: &str,
    stated: Option<HashAlgorithm>,
    top: bool,
    found: &mut Vec<ManifestEntry>,
) -> Result<(), ManifestError> {
    match value {
        Json::List(items) => {
            for (index, item) in items.iter().enumerate() {
                let place = format!("{place}/{index}");
                match item {
                    Json::Object(_) if is_holder_of_files(item) => {
                        gather(item, &place, stated_algorithm(item).or(stated), true, found)?;
                    }
                    Json::Object(_) => found.extend(listed(item, &place, stated)?),
                    // Lists of names alone (tags, steps) are no lists of files.
                    _ => {}
                }
            }
            Ok(())
        }
        Json::Object(fields) => {
            for (key, value) in fields {
                let place = format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"));
                let name = plain(key);
                let list = LISTS.contains(&name.as_str());
                let group = list || GROUPS.contains(&name.as_str());
                if group && !matches!(value, Json::Text(_)) {
                    let stated = stated_algorithm(value).or(stated);
                    gather(value, &place, stated, !list, found)?;
                } else if let (Some(all), Json::Object(_)) = (algorithm(key), value) {
                    gather(value, &place, Some(all), false, found)?;
                } else if let Some(entry) = keyed(key, value, &place, stated, top)? {
                    found.push(entry);
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A component of a release: no file of its own, but a list of files.
fn is_holder_of_files(item: &Json) -> bool {
    item.object()
        .unwrap_or_default()
        .iter()
        .any(|(key, value)| {
            let key = plain(key);
            LISTS.contains(&key.as_str())
                && !DIGEST_GROUPS.contains(&key.as_str())
                && matches!(value, Json::List(_) | Json::Object(_))
        })
}

/// `path: digest` or `path: {digests}`.
fn keyed(
    key: &str,
    value: &Json,
    place: &str,
    stated: Option<HashAlgorithm>,
    top: bool,
) -> Result<Option<ManifestEntry>, ManifestError> {
    // At the top stand also names, versions, dates: only a value that says "digest" is a file's.
    let entry = |digests, size| -> Result<_, ManifestError> {
        Ok(Some(ManifestEntry {
            path: path(key)?,
            digests,
            size,
            line: None,
        }))
    };
    match value {
        Json::Text(text) => match statement(text, stated) {
            Some(digest) if !top || looks_like_path(key) => entry(vec![digest], None),
            _ if top || is_setting(key) => Ok(None),
            _ => Err(ManifestError::Digest {
                place: place.to_owned(),
                text: text.chars().take(80).collect(),
            }),
        },
        Json::Object(_) => {
            let digests = digests(value, place, stated, false)?;
            if digests.is_empty() && (top || !looks_like_path(key)) {
                return Ok(None);
            }
            if top && !looks_like_path(key) {
                return Ok(None);
            }
            entry(digests, size(value))
        }
        _ => Ok(None),
    }
}

/// Whether a key names a file rather than a field: it has a folder or an ending.
fn looks_like_path(key: &str) -> bool {
    key.contains(['/', '\\', '.'])
}

/// Fields that stand among paths and are none.
fn is_setting(key: &str) -> bool {
    let key = plain(key);
    ALGORITHMS.contains(&key.as_str()) || matches!(key.as_str(), "encoding" | "format" | "type")
}

/// An item of a list.
fn listed(
    item: &Json,
    place: &str,
    stated: Option<HashAlgorithm>,
) -> Result<Option<ManifestEntry>, ManifestError> {
    let kind = item.field(&["type", "kind"]).and_then(Json::text);
    if kind.is_some_and(|kind| matches!(plain(kind).as_str(), "directory" | "dir" | "folder")) {
        return Ok(None);
    }
    let digests = digests(item, place, stated, false)?;
    // Some JSON readers ignore case in keys, and would take the other one.
    for (index, (key, _)) in item.object().unwrap_or_default().iter().enumerate() {
        let earlier = item.object().and_then(|fields| fields.get(..index));
        let name = plain(key);
        if PATHS.contains(&name.as_str())
            && earlier.is_some_and(|fields| fields.iter().any(|(key, _)| plain(key) == name))
        {
            return Err(ManifestError::DuplicateKey { key: key.clone() });
        }
    }
    let Some(written) = item.field(&PATHS).and_then(Json::text) else {
        // Without a digest it may be anything; with one, it is a file that cannot be found.
        return if digests.is_empty() {
            Ok(None)
        } else {
            Err(ManifestError::NoPath {
                place: place.to_owned(),
            })
        };
    };
    if digests.is_empty() && written.ends_with(['/', '\\']) {
        return Ok(None);
    }
    Ok(Some(ManifestEntry {
        path: path(written)?,
        digests,
        size: size(item),
        line: None,
    }))
}

fn size(item: &Json) -> Option<u64> {
    match item.field(&SIZES)? {
        Json::Number(_, exact) => *exact,
        Json::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// Every digest in an object that describes one file; `in_group` when it stands in the file's
/// object of digests.
fn digests(
    item: &Json,
    place: &str,
    stated: Option<HashAlgorithm>,
    in_group: bool,
) -> Result<Vec<(HashAlgorithm, Vec<u8>)>, ManifestError> {
    let stated = stated_algorithm(item).or(stated);
    let mut found = vec![];
    for (key, value) in item.object().unwrap_or_default() {
        let place = format!("{place}/{key}");
        let name = plain(key);
        let named = algorithm(key);
        match value {
            Json::Text(text)
                if named.is_some()
                    || DIGESTS.contains(&name.as_str())
                    || in_group && name == "value" =>
            {
                let digest = statement(text, named.or(stated));
                found.push(digest.ok_or_else(|| ManifestError::Digest {
                    place,
                    text: text.chars().take(80).collect(),
                })?);
            }
            Json::Object(_) if DIGEST_GROUPS.contains(&name.as_str()) => {
                found.extend(digests(value, &place, stated, true)?);
            }
            Json::List(items) if DIGEST_GROUPS.contains(&name.as_str()) => {
                // CycloneDX: [{"alg": "SHA-256", "content": hex}].
                for item in items {
                    let text = item.field(&["content"]).and_then(Json::text);
                    match (text, stated_algorithm(item)) {
                        (Some(text), Some(algorithm)) => {
                            let digest = statement(text, Some(algorithm));
                            found.push(digest.ok_or_else(|| ManifestError::Digest {
                                place: place.clone(),
                                text: text.chars().take(80).collect(),
                            })?);
                        }
                        _ => found.extend(digests(item, &place, stated, true)?),
                    }
                }
            }
            _ => {}
        }
    }
    Ok(found)
}
