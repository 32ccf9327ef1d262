//! A product's list of keys names keys that the vendor has a status for.

use super::{Fault, Report};
use crate::domain::AnchorId;
use crate::formats::trust_folder::Folder;

pub(super) fn check(folder: &Folder, report: &mut Report<'_>) {
    for (slug, vendor) in &folder.vendors {
        for (place, product) in vendor.profile.products.iter().enumerate() {
            for root in &product.roots {
                let known = match root.strip_prefix("signers/") {
                    Some(rule) => vendor.signers.contains_key(rule),
                    None => root
                        .parse::<AnchorId>()
                        .is_ok_and(|id| vendor.roots.contains_key(&id)),
                };
                if !known {
                    let path = format!("vendors/{slug}/vendor.toml");
                    let root = root.clone();
                    report.add(path, "[[product]]", place, Fault::ProductKey { root });
                }
            }
        }
    }
}
