//! What a key's file says is what the key says, and a key stands once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Fault, Report, digests, key_files};
use crate::domain::{AnchorId, hex};
use crate::formats::public_key::PublicKey;
use crate::formats::trust_folder::{Day, Folder, Key};

pub(super) fn check(folder: &Folder, report: &mut Report<'_>) {
    let mut homes: BTreeMap<&AnchorId, String> = BTreeMap::new();
    for (path, vendor, id, key) in key_files(folder) {
        if key.root.link.is_some() {
            continue;
        }
        if vendor.is_some() && key.root.shared {
            report.add(path.clone(), "shared", 0, Fault::SharedKeyAtVendor);
        }
        for (field, written, computed) in facts(id, key) {
            if written != computed {
                report.add(
                    path.clone(),
                    field,
                    0,
                    Fault::KeyDiffers {
                        field,
                        written,
                        computed,
                    },
                );
            }
        }
        match homes.get(id) {
            Some(other) => {
                let other = other.clone();
                report.add(path, "", 0, Fault::KeyTwice { other });
            }
            None => {
                homes.insert(id, path);
            }
        }
    }
}

/// Field, as written, as computed.
fn facts(id: &AnchorId, key: &Key) -> Vec<(&'static str, String, String)> {
    let root = &key.root;
    let certificates = &key.certificates;
    let (spki, computed) = match id {
        AnchorId::X509(spki) | AnchorId::Raw(spki) => (root.spki_sha256, Some(*spki)),
        AnchorId::OpenPgp(_) => (root.spki_sha256, None),
    };
    let number = key.public_key.as_ref().and_then(PublicKey::number);
    let key_identifier = certificates
        .iter()
        .find_map(|certificate| certificate.key_identifier())
        .unwrap_or_default();
    let starts = certificates.iter().map(|one| one.validity().not_before);
    let ends = certificates.iter().map(|one| one.validity().not_after);
    let hashes: Vec<_> = certificates.iter().map(|one| one.sha256()).collect();
    vec![
        (
            "spki_sha256",
            spki.map_or_else(String::new, |spki| spki.to_string()),
            computed.map_or_else(String::new, |spki| spki.to_string()),
        ),
        (
            "key_number",
            root.key_number.clone(),
            number.map_or_else(String::new, |number| number.to_string()),
        ),
        ("ski", root.ski.clone(), hex(key_identifier)),
        ("cert_sha256", digests(&root.cert_sha256), digests(&hashes)),
        ("not_before", written(root.not_before), day(starts.min())),
        ("not_after", written(root.not_after), day(ends.max())),
    ]
}

pub(super) fn written(day: Option<Day>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

pub(super) fn day(instant: Option<Timestamp>) -> String {
    instant.map_or_else(String::new, |instant| {
        instant.to_zoned(TimeZone::UTC).date().to_string()
    })
}
