//! What an event is to those who are told: how much it matters, which thread it belongs to, under
//! which subject. Nothing of a foreign text reaches a subject.

use jiff::Timestamp;
use serde_json::Value;

use super::kind::default_severity;
use super::subscription::severity;
use crate::domain::Severity;

/// The longest vendor slug in a subject.
const SLUG: usize = 64;

/// An event as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened<'a> {
    /// Its number in the store.
    pub id: i64,
    pub at: Timestamp,
    pub kind: &'a str,
    pub vendor: Option<&'a str>,
    pub anchor: Option<&'a str>,
    /// JSON. `severity`, `dedup`, `thread` and `product` are read here, all texts for keywords.
    pub detail: &'a str,
}

/// The same, ready to be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub at: Timestamp,
    pub kind: String,
    pub vendor: Option<String>,
    pub product: Option<String>,
    pub severity: Severity,
    /// Events with one key are one event.
    pub dedup: String,
    /// What belongs into one thread of mail.
    pub thread: String,
    /// Our words and the vendor's slug, nothing else.
    pub subject: String,
    /// Everything in which a keyword may stand, in lower case.
    words: String,
}

impl Notice {
    #[must_use]
    pub fn of(event: &Happened<'_>) -> Self {
        let detail: Value = serde_json::from_str(event.detail).unwrap_or_default();
        let text = |name: &str| detail.get(name).and_then(Value::as_str);
        let severity = text("severity")
            .and_then(severity)
            .unwrap_or_else(|| default_severity(event.kind));
        let thread = text("thread").map_or_else(|| own_thread(event), str::to_owned);
        let mut words = String::new();
        for part in [Some(event.kind), event.vendor, event.anchor]
            .into_iter()
            .flatten()
        {
            words.push_str(part);
            words.push('\n');
        }
        gather(&detail, &mut words);
        Self {
            at: event.at,
            kind: event.kind.to_owned(),
            vendor: event.vendor.map(str::to_owned),
            product: text("product").map(str::to_owned),
            severity,
            dedup: text("dedup").map_or_else(|| format!("event:{}", event.id), str::to_owned),
            subject: subject(&thread, event),
            thread,
            words: words.to_lowercase(),
        }
    }

    /// Whether a keyword, in any letter case, stands in what is recorded of the event.
    #[must_use]
    pub fn says(&self, keyword: &str) -> bool {
        self.words.contains(&keyword.to_lowercase())
    }
}

/// The thread of an event whose writer names none.
fn own_thread(event: &Happened<'_>) -> String {
    let vendor = event.vendor.unwrap_or_default();
    let family = match event.kind {
        "advisory-new" | "advisory-revised" => "advisories",
        "source-broken" | "source-silent" | "source-recovered" => "sources",
        "package-flagged" | "signer-changed" => "packages",
        _ => {
            return match event.anchor {
                Some(anchor) => format!("key:{anchor}"),
                None => format!("verdicts:{vendor}"),
            };
        }
    };
    format!("{family}:{vendor}")
}

fn subject(thread: &str, event: &Happened<'_>) -> String {
    let about = match thread.split(':').next().unwrap_or_default() {
        "rotation" => "change of signing keys",
        "advisories" => "security advisories",
        "sources" => "sources of announcements",
        "packages" => "packages under question",
        "verdicts" => "verdicts on known packages",
        "expiring" => "keys that run out",
        "programme" => "a list of a root programme",
        "trust" => "changes of what is trusted here",
        _ => "a key and what hangs on it",
    };
    let slug: String = event
        .vendor
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
        .take(SLUG)
        .collect();
    if slug.is_empty() {
        format!("[anchorwatch] {about}")
    } else {
        format!("[anchorwatch] {slug}: {about}")
    }
}

/// All texts of a JSON value.
fn gather(value: &Value, into: &mut String) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => {
                into.push_str(text);
                into.push('\n');
            }
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(kind: &str, vendor: Option<&str>, detail: &str) -> Notice {
        Notice::of(&Happened {
            id: 7,
            at: Timestamp::UNIX_EPOCH,
            kind,
            vendor,
            anchor: None,
            detail,
        })
    }

    #[test]
    fn the_writer_may_say_how_much_it_matters_and_where_it_belongs() {
        let said = notice(
            "rotation-announced",
            Some("qt"),
            r#"{"severity":"high","dedup":"d1","thread":"rotation:9","title":"Bcc: x\r\nWIN"}"#,
        );
        assert_eq!(said.severity, Severity::High);
        assert_eq!(
            (said.dedup.as_str(), said.thread.as_str()),
            ("d1", "rotation:9")
        );
        assert_eq!(said.subject, "[anchorwatch] qt: change of signing keys");
        assert!(said.says("win") && said.says("ROTATION") && !said.says("severity"));
        let own = notice("advisory-new", Some("qt"), "{}");
        assert_eq!(
            (own.dedup.as_str(), own.thread.as_str()),
            ("event:7", "advisories:qt")
        );
    }

    #[test]
    fn no_header_can_be_made_from_a_vendor() {
        let hostile = notice("verdict-changed", Some("q\r\nBcc: a@b\u{202e}"), "not json");
        assert_eq!(
            hostile.subject,
            "[anchorwatch] qBccab: verdicts on known packages"
        );
    }
}
