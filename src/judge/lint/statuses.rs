//! A timeline is appended to, and every entry says what it rests on.

use super::{Fault, Report, key_files};
use crate::formats::trust_folder::Folder;

pub(super) fn check(folder: &Folder, report: &mut Report<'_>) {
    for (path, vendor, _, key) in key_files(folder) {
        let statuses = &key.root.statuses;
        // A shared root may stand without one: it vouches for nobody.
        if statuses.is_empty() && (vendor.is_some() || path.starts_with("shared/tsa/")) {
            report.add(path.clone(), "", 0, Fault::NoStatus);
        }
        let mut latest = None;
        for (place, entry) in statuses.iter().enumerate() {
            let status = entry.status.word();
            let valid_from = entry.valid_from;
            if entry.evidence.iter().all(|text| text.trim().is_empty()) {
                let fault = Fault::StatusWithoutEvidence { status, valid_from };
                report.add(path.clone(), "[[status]]", place, fault);
            }
            // What was learnt later stands later; what was learnt together stands in order of time.
            let order = Some((entry.recorded, valid_from));
            if order < latest {
                let fault = Fault::StatusOrder { status, valid_from };
                report.add(path.clone(), "[[status]]", place, fault);
            }
            latest = latest.max(order);
        }
    }
}
