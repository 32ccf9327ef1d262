//! A phone number counts only with where and when it was seen.

use super::{Fault, Report};
use crate::formats::trust_folder::Folder;

pub(super) fn check(folder: &Folder, report: &mut Report<'_>) {
    for (slug, vendor) in &folder.vendors {
        for (place, contact) in vendor.profile.contacts.iter().enumerate() {
            let given = !contact.value.trim().is_empty();
            let seen = !contact.seen_at.trim().is_empty() && contact.seen_on.is_some();
            if contact.channel == "phone" && given && !seen {
                let path = format!("vendors/{slug}/vendor.toml");
                report.add(path, "[[contact]]", place, Fault::PhoneUnseen);
            }
        }
    }
}
