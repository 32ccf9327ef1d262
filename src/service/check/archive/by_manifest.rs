//! Members that a signed manifest lists: what it covers, and what it says besides.

use std::collections::BTreeSet;

use super::members::{Inside, bounded_work, count, whole};
use crate::domain::{Finding, FindingKind, HashAlgorithm, hex};
use crate::formats::container::Inventory;
use crate::formats::limits;
use crate::formats::manifest::{Coverage, Declared, FileDigests, Manifest, Mismatch};
use crate::formats::package::Layout;
use crate::judge::checks::{loose_dependency, reboot_only_recommended, stale_timestamps};
use crate::service::check::CheckRequest;
use crate::service::check::beside::bounded;
use crate::service::check::detached::{Detached, Keys};
use crate::service::check::measured::Measured;
use crate::service::check::read::ReadError;

impl Inside {
    pub(super) fn by_manifest(
        &mut self,
        inventory: &Inventory,
        layout: &Layout,
        manifest: &Manifest,
        mut keys: Keys<'_>,
        request: &CheckRequest,
    ) -> Result<(), ReadError> {
        let files = FileDigests::of(inventory);
        // What only has a certificate's name is content like any other.
        let mut pretenders = BTreeSet::new();
        for name in &layout.certificates {
            if !keys.add(whole(inventory, name)?) {
                pretenders.insert(name.as_str());
            }
        }
        let coverage = Coverage::compare(manifest, &files, &|path| {
            layout.is_exempt(path) && !pretenders.contains(path)
        });
        self.content_differs = !coverage.is_whole();
        self.tell(&coverage);
        bounded_work(layout.signatures.len(), &keys)?;
        let mut signatures = vec![];
        if let Some(path) = &request.signature {
            signatures.push(Detached::of(
                path.display().to_string(),
                bounded(path, limits::SIGNATURE_OBJECT)?,
            ));
        } else {
            for name in &layout.signatures {
                signatures.push(Detached::of(name.clone(), whole(inventory, name)?.to_vec()));
            }
        }
        let bytes = whole(inventory, &layout.manifest)?;
        let algorithms = signatures.iter().flat_map(Detached::algorithms).collect();
        let openpgp: Vec<_> = signatures
            .iter()
            .flat_map(|signature| signature.openpgp_signatures().iter().cloned())
            .collect();
        let measured = Measured::bytes(bytes, algorithms, &openpgp);
        let covers = match coverage.matching.len() {
            1 => format!("{} and 1 file", layout.manifest),
            count => format!("{} and {count} files", layout.manifest),
        };
        self.objects = signatures
            .iter()
            .flat_map(|signature| signature.objects(&measured, &keys, &covers))
            .collect();
        self.declared(inventory, &manifest.declared, &layout.manifest);
        Ok(())
    }

    fn tell(&mut self, coverage: &Coverage) {
        for mismatch in &coverage.mismatched {
            let (path, kind) = match mismatch {
                Mismatch::Digest {
                    path,
                    algorithm,
                    expected,
                    found,
                } => (
                    path,
                    FindingKind::ContentDiffers {
                        algorithm: *algorithm,
                        expected: hex(expected),
                        found: hex(found),
                    },
                ),
                Mismatch::Size {
                    path,
                    expected,
                    found,
                } => (
                    path,
                    FindingKind::SizeDiffers {
                        expected: *expected,
                        found: *found,
                    },
                ),
            };
            self.findings.push(Finding::new(kind, path.clone()));
        }
        if !coverage.unlisted.is_empty() {
            self.unlisted(&coverage.unlisted);
        }
        if let Some(first) = coverage.absent.first() {
            self.findings.push(Finding::whole(FindingKind::FilesAbsent {
                count: count(coverage.absent.len()),
                first: first.clone(),
            }));
        }
        if let Some(first) = coverage.uncompared.first() {
            self.findings
                .push(Finding::whole(FindingKind::FilesUncompared {
                    count: count(coverage.uncompared.len()),
                    first: first.clone(),
                }));
        }
        if let Some(first) = coverage.weakly.first() {
            self.findings.push(Finding::new(
                FindingKind::WeakDigest {
                    algorithm: HashAlgorithm::Sha1,
                },
                first.clone(),
            ));
        }
    }

    fn declared(&mut self, inventory: &Inventory, declared: &Declared, place: &str) {
        self.named_vendor.clone_from(&declared.vendor);
        self.findings
            .extend(loose_dependency::check(declared, place));
        let paths = inventory
            .stock
            .iter()
            .map(|stock| stock.member.path.as_str());
        self.findings
            .extend(reboot_only_recommended::check(declared, paths, place));
        let released = declared
            .date
            .as_deref()
            .and_then(stale_timestamps::declared_date);
        let members = inventory.stock.iter().map(|stock| &stock.member);
        self.findings
            .extend(stale_timestamps::check(members, released));
    }
}
