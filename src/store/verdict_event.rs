//! The event that a changed verdict is.

use jiff::Timestamp;

use super::judgements::{ChangedVerdict, Event};

/// The verdict whose event a team waits for.
pub(super) const EXPLAINED: &str = "explained";

impl ChangedVerdict {
    /// The event. That a flagged key is explained is one event for all packages that it signed: they
    /// share `dedup`.
    pub(super) fn event(&self, at: Timestamp) -> Event {
        let after = &self.after;
        let kind = match (self.before.as_str(), after.verdict.as_str()) {
            (before, after) if before == after => "anchor-changed",
            (_, EXPLAINED) => "flagged-key-explained",
            (EXPLAINED, "unanchored") => "explanation-lost",
            _ => "verdict-changed",
        };
        let mut detail = serde_json::json!({
            "file": self.file,
            "before": self.before,
            "after": after.verdict,
        });
        if let (Some(fields), Some(key)) = (detail.as_object_mut(), &after.key)
            && kind.contains("expla")
        {
            let vendor = after.vendor.as_ref().or(after.expected_vendor.as_ref());
            let vendor = vendor.map_or("", String::as_str);
            fields.insert("by".to_owned(), after.explained_by.clone().into());
            fields.insert("key".to_owned(), key.clone().into());
            fields.insert("severity".to_owned(), "warning".into());
            fields.insert("dedup".to_owned(), format!("{kind}:{key}").into());
            fields.insert("thread".to_owned(), format!("key:{vendor}:{key}").into());
        }
        Event {
            at,
            kind: kind.to_owned(),
            reading: Some(self.reading),
            anchor: after.anchor.clone(),
            vendor: after.vendor.clone().or(after.expected_vendor.clone()),
            detail: detail.to_string(),
        }
    }
}
