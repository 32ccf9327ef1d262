//! A signer rule can come to bear.

use super::{Fault, Report};
use crate::formats::trust_folder::{Folder, SignerKind};

pub(super) fn check(folder: &Folder, report: &mut Report<'_>) {
    for (slug, vendor) in &folder.vendors {
        for (name, rule) in &vendor.signers {
            let path = format!("vendors/{slug}/signers/{name}.toml");
            if !vendor.roots.contains_key(&rule.root) {
                let fault = Fault::RuleWithoutStatus(rule.root.clone());
                report.add(path.clone(), "root", 0, fault);
            }
            // Only services with leaves of days put a lasting identity into them.
            if rule.kind == SignerKind::X509IdentityPin
                && rule.eku_identity.is_some()
                && !rule.timestamp_required
            {
                report.add(path, "eku_identity", 0, Fault::ShortLivedWithoutTimestamp);
            }
        }
    }
}
