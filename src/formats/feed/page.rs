//! Telling web pages from feeds: a page that stands where a feed should is named as what it is.

use super::entity::Entities;
use super::repair::Repairs;

/// How much of a page is searched, in bytes.
const SEARCHED: usize = 64 << 10;
/// The longest title, in characters.
const TITLE: usize = 200;
/// What the pages of guards in front of web sites have in them, in lower case, and whose they are.
const CHALLENGES: [(&str, &str); 12] = [
    ("challenge-platform", "Cloudflare"),
    ("cf-chl", "Cloudflare"),
    ("cf_chl", "Cloudflare"),
    ("<title>just a moment", "Cloudflare"),
    ("attention required! | cloudflare", "Cloudflare"),
    ("_incapsula_", "Imperva"),
    ("ddos-guard", "DDoS-Guard"),
    ("anubis_challenge", "Anubis"),
    ("awswafcookiedomainlist", "AWS WAF"),
    ("captcha-delivery.com", "DataDome"),
    ("px-captcha", "HUMAN"),
    ("sucuri website firewall", "Sucuri"),
];

/// A page, named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What stands in its `title`, shortened.
    pub title: Option<String>,
    /// The guard whose challenge it is.
    pub challenge: Option<&'static str>,
}

/// Names a page.
pub(super) fn page(text: &str) -> Page {
    let mut end = SEARCHED.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let lower = text.get(..end).unwrap_or_default().to_ascii_lowercase();
    let challenge = CHALLENGES
        .iter()
        .find(|(sign, _)| lower.contains(sign))
        .map(|(_, guard)| *guard);
    let title = lower.find("<title").and_then(|at| {
        let from = at + lower.get(at..)?.find('>')? + 1;
        let to = from + lower.get(from..)?.find("</title")?;
        let words: Vec<&str> = text.get(from..to)?.split_whitespace().collect();
        Some(resolved(&words.join(" ")))
    });
    Page {
        title: title.filter(|title| !title.is_empty()),
        challenge,
    }
}

fn resolved(text: &str) -> String {
    let mut entities = Entities::none();
    let mut repairs = Repairs::default();
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let reference = entities.read(from, &mut repairs);
        let length = reference.as_ref().map_or(1, |reference| reference.length);
        out.push_str(reference.as_ref().map_or("&", |reference| &reference.text));
        rest = from.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out.chars().take(TITLE).collect()
}
