//! A rotation names something, once, and has evidence with a date.

use std::collections::BTreeMap;

use super::{Fault, Report};
use crate::formats::trust_folder::{Folder, Rotated};

pub(super) fn check(folder: &Folder, report: &mut Report<'_>) {
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    for (slug, vendor) in &folder.vendors {
        for (name, rotation) in &vendor.rotations {
            let path = format!("vendors/{slug}/rotations/{name}.toml");
            if rotation.old.is_empty() && rotation.new.is_empty() {
                report.add(path.clone(), "old", 0, Fault::EmptyRotation);
            }
            // What kind of change it is, the keys decide, never the word that somebody chose.
            let same = !rotation.old.is_empty() && rotation.old == rotation.new;
            if same != (rotation.kind == "renewal") {
                let kind = rotation.kind.clone();
                report.add(path.clone(), "kind", 0, Fault::RotationKind { kind, same });
            }
            for (side, named) in [("old", &rotation.old), ("new", &rotation.new)] {
                for one in named {
                    if let Rotated::Rule(rule) = one
                        && !vendor.signers.contains_key(rule)
                    {
                        let fault = Fault::NoSuchRule(rule.clone());
                        report.add(path.clone(), side, 0, fault);
                    }
                }
            }
            if rotation.evidence.iter().all(|one| one.dated().is_none()) {
                report.add(path.clone(), "[[evidence]]", 0, Fault::NoDatedEvidence);
            }
            if let Some(other) = ids.insert(&rotation.id, path.clone()) {
                let id = rotation.id.clone();
                report.add(path, "id", 0, Fault::RotationIdTwice { id, other });
            }
        }
    }
}
