//! One event in plain words: what is claimed, by whom, where, and what is still unproven.

use jiff::Timestamp;
use serde_json::Value;

use super::defang::defang;
use crate::render::{in_groups_of_four, plain};

/// The longest foreign text in a mail, in characters.
const FOREIGN: usize = 500;
/// How many values of a list are told.
const LISTED: usize = 20;

/// An event to be told. All that `detail` holds is taken for foreign.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    pub id: i64,
    pub at: Timestamp,
    pub kind: &'a str,
    pub severity: &'a str,
    pub vendor: Option<&'a str>,
    pub anchor: Option<&'a str>,
    pub detail: &'a Value,
    pub meaning: Meaning,
}

/// What an event means for a team, as far as this instance knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meaning {
    /// Known packages that end at the event's key.
    pub packages: u64,
    /// The products that the team subscribed to, if it named any.
    pub products: Vec<String>,
}

/// A heading and labelled lines; everything in it is plain text already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) heading: String,
    pub(super) lines: Vec<(&'static str, String)>,
}

impl Told<'_> {
    pub(super) fn block(&self) -> Block {
        let mut lines = vec![("when", self.at.to_string())];
        let mut add = |label: &'static str, value: Option<String>| {
            lines.extend(
                value
                    .filter(|text| !text.is_empty())
                    .map(|text| (label, text)),
            );
        };
        add(
            "vendor",
            self.vendor.map(|vendor| plain(vendor).into_owned()),
        );
        add("product", self.foreign("product"));
        add("titled", self.foreign("title"));
        add(
            "claimed by",
            self.foreign("speaker").or_else(|| self.foreign("author")),
        );
        add("where", self.text("url").map(defang));
        add(
            "passage",
            self.foreign("passage").map(|text| format!("\"{text}\"")),
        );
        add("file", self.foreign("file"));
        if let (Some(before), Some(after)) = (self.foreign("before"), self.foreign("after")) {
            add("verdict", Some(format!("{before} before, {after} now")));
        }
        add("key", self.anchor.map(key));
        for name in ["old", "new"] {
            for value in self.list(name) {
                add(
                    if name == "old" { "old key" } else { "new key" },
                    Some(key(&value)),
                );
            }
        }
        for (name, label) in [
            ("effective", "in force"),
            ("not_after", "last day"),
            ("state", "state"),
            ("why", "why"),
            ("error", "error"),
            ("source", "source"),
            ("ground", "ground"),
        ] {
            add(label, self.foreign(name));
        }
        add(
            "packages",
            self.detail.get("packages").map(Value::to_string),
        );
        add("files", Some(self.list("files").join(", ")));
        add("unproven", Some(self.unproven()));
        add("for you", self.for_you());
        add("next", Some(self.next()));
        add("answer", Some(format!("anchorwatch ack {}", self.id)));
        Block {
            heading: format!("{}: {}", self.severity, self.sentence()),
            lines,
        }
    }

    /// In the words of this program, with nothing foreign but the vendor's slug.
    pub(super) fn sentence(&self) -> String {
        let vendor = self
            .vendor
            .map_or_else(|| "a vendor".to_owned(), |slug| plain(slug).into_owned());
        match self.kind {
            "rotation-suspected" => format!("{vendor} may be changing a signing key"),
            "rotation-announced" => format!("somebody says that {vendor} changes a signing key"),
            "rotation-corroborated" => {
                format!("a second source speaks of the change of a signing key of {vendor}")
            }
            "rotation-confirmed" => {
                format!("people here confirmed the change of a signing key of {vendor}")
            }
            "rotation-in-force" => format!("{vendor} signs by the new key from now on"),
            "rotation-reverted" => format!("{vendor} went back on a change of its signing key"),
            "root-added" => "a root programme lists a new root".to_owned(),
            "root-removed" => "a root programme lists a root no more".to_owned(),
            "root-distrusted" => "a root programme distrusts a root".to_owned(),
            "key-expiring" => format!("a key of {vendor} runs out and nothing follows it"),
            "signer-changed" => {
                format!("a package of {vendor} has another signer than the last one")
            }
            "package-flagged" => {
                "a package came out in a way that a person should look at".to_owned()
            }
            "flagged-key-explained" => {
                format!("a key in doubt has an explanation now, attributed to {vendor}")
            }
            "verdict-changed" => "the verdict on a known package changed".to_owned(),
            "anchor-changed" => "a known package ends at another anchor now".to_owned(),
            "blast-radius" => "a key is distrusted, and known packages hang on it".to_owned(),
            "trust-changed" => "people here changed what is trusted".to_owned(),
            "source-broken" => "a source of announcements cannot be read".to_owned(),
            "source-silent" => "a source of announcements has been silent for long".to_owned(),
            "source-recovered" => "a source of announcements can be read again".to_owned(),
            "advisory-new" => format!("{vendor} posted an advisory"),
            "advisory-revised" => format!("{vendor} revised an advisory"),
            other => format!("{}", plain(other)),
        }
    }

    fn unproven(&self) -> String {
        let stated = self.list("unproven");
        if !stated.is_empty() {
            return stated.join("; ");
        }
        match self.kind {
            "rotation-suspected" | "rotation-announced" | "rotation-corroborated" => {
                "whether the vendor itself says so, and whether the key is the vendor's".to_owned()
            }
            "flagged-key-explained" => {
                "a post explains and proves nothing: the key is as unknown as before".to_owned()
            }
            "package-flagged" | "signer-changed" => {
                "whether the vendor signs by this key".to_owned()
            }
            "root-added" | "root-removed" | "root-distrusted" => {
                "the list was observed; nothing here trusts or distrusts by it".to_owned()
            }
            _ => String::new(),
        }
    }

    fn for_you(&self) -> Option<String> {
        let products = self
            .meaning
            .products
            .iter()
            .map(|one| plain(one))
            .collect::<Vec<_>>();
        let about = if products.is_empty() {
            String::new()
        } else {
            format!("; you asked about {}", products.join(", "))
        };
        let count = self.meaning.packages;
        match (self.anchor.is_some() || self.vendor.is_some(), count) {
            (false, _) => None,
            (true, 0) => Some(format!("no package that is known here hangs on it{about}")),
            (true, 1) => Some(format!("1 package that is known here hangs on it{about}")),
            (true, _) => Some(format!(
                "{count} packages that are known here hang on it{about}"
            )),
        }
    }

    /// A command that a person may type: only words that no shell reads as anything else.
    fn next(&self) -> String {
        let usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        let safe =
            |text: &str| (!text.is_empty() && text.chars().all(usual)).then(|| text.to_owned());
        let vendor = self.vendor.and_then(safe);
        let new = self.list("new").first().and_then(|one| safe(one));
        let named = new.or_else(|| self.anchor.and_then(safe));
        let show = || match &vendor {
            Some(vendor) => format!("anchorwatch trust show {vendor}"),
            None => "anchorwatch trust list".to_owned(),
        };
        match (self.kind, &named) {
            ("blast-radius", Some(key)) => format!("anchorwatch blast {key}"),
            ("key-expiring", _) => "anchorwatch trust expiring".to_owned(),
            ("source-broken" | "source-silent" | "source-recovered", _) => {
                "anchorwatch status".to_owned()
            }
            ("advisory-new" | "advisory-revised", _) => {
                match self.text("announcement").and_then(safe) {
                    Some(post) => format!("anchorwatch announcements show {post}"),
                    None => show(),
                }
            }
            ("trust-changed", _) => "anchorwatch audit log".to_owned(),
            (_, Some(key)) => format!("anchorwatch explain {key}"),
            (_, None) => show(),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.detail.get(name).and_then(Value::as_str)
    }

    /// A foreign text, escaped and bounded.
    fn foreign(&self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        Some(bounded(text))
    }

    fn list(&self, name: &str) -> Vec<String> {
        match self.detail.get(name) {
            Some(Value::String(one)) => vec![bounded(one)],
            Some(Value::Array(many)) => {
                let texts = many.iter().filter_map(Value::as_str);
                texts.take(LISTED).map(bounded).collect()
            }
            _ => vec![],
        }
    }
}

fn bounded(text: &str) -> String {
    plain(text).chars().take(FOREIGN).collect()
}

/// An id with its fingerprint in groups, in full.
fn key(id: &str) -> String {
    let shown = plain(id);
    match shown.rsplit_once('-') {
        Some((_, hex)) if hex.len() >= 32 && hex.chars().all(|c| c.is_ascii_hexdigit()) => {
            format!("{shown} ({})", in_groups_of_four(&hex.to_uppercase()))
        }
        _ => shown.into_owned(),
    }
}
