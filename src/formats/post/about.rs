//! What a post seems to be about, who seems to speak, and how much it looks like news of a key.
//!
//! Points with their reasons, for ranking. They hide nothing and prove nothing: telling such posts by
//! their words alone is weak by nature, so the rules are few and none is made for one vendor.

use super::dates::{DateRole, PostDate};
use super::token::{Side, Token};
use super::vocabulary::{
    ADVISORY, CANARY, CHANGES, HOW_TO, OBJECTS, OTHER_KEYS, QUESTIONS, USER_VOICE, VENDOR_VOICE,
};
use super::words::{first_word, has_word, last_word, stands_alone};

/// What a post seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum PostKind {
    /// A key takes the place of another.
    Rotation,
    /// The same key with a later end.
    Renewal,
    /// A key or root comes in addition.
    NewKey,
    /// A key or root goes, without blame.
    Retirement,
    Expiry,
    /// A key was revoked or leaked.
    Revocation,
    /// A programme stops trusting a CA.
    Distrust,
    /// Somebody asks whether a key is genuine, or why it fails.
    Question,
    /// A warrant canary: lists keys, and says that nothing changed.
    Canary,
    HowTo,
    /// An ordinary security advisory.
    Advisory,
    Other,
}

impl PostKind {
    /// Every kind, in the order of the enum.
    pub const ALL: [Self; 12] = [
        Self::Rotation,
        Self::Renewal,
        Self::NewKey,
        Self::Retirement,
        Self::Expiry,
        Self::Revocation,
        Self::Distrust,
        Self::Question,
        Self::Canary,
        Self::HowTo,
        Self::Advisory,
        Self::Other,
    ];

    /// The stable kebab-case name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Rotation => "rotation",
            Self::Renewal => "renewal",
            Self::NewKey => "new-key",
            Self::Retirement => "retirement",
            Self::Expiry => "expiry",
            Self::Revocation => "revocation",
            Self::Distrust => "distrust",
            Self::Question => "question",
            Self::Canary => "canary",
            Self::HowTo => "how-to",
            Self::Advisory => "advisory",
            Self::Other => "other",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Whose voice the words are in. It says nothing about who posted: that is the account's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Voice {
    /// "We have rotated our signing key."
    Vendor,
    /// "I get an unknown key; is it genuine?"
    User,
    Unsaid,
}

impl Voice {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::User => "user",
            Self::Unsaid => "unsaid",
        }
    }
}

/// A reason for points, by a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    pub code: &'static str,
    pub points: i32,
}

/// What [`judge`] makes of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About {
    pub(super) kind: PostKind,
    pub(super) voice: Voice,
    pub(super) reasons: Vec<Reason>,
}

/// How much of a post is its lead, in bytes, behind the front matter.
const LEAD: usize = 700;
/// How far a change stands from its object, in bytes.
const NEAR: usize = 60;
/// How many mentions of a key are looked at.
const MENTIONS: usize = 400;

/// Weighs a post; `lower` is its text with ASCII letters lowered.
pub(super) fn judge(lower: &str, tokens: &[Token], dates: &[PostDate]) -> About {
    let body = front_matter_end(lower);
    let head = lower.floor_char_boundary(body + LEAD);
    let mentions = changes(lower);
    let in_lead: Vec<PostKind> = mentions
        .iter()
        .filter(|(at, _)| *at < head)
        .map(|(_, kind)| *kind)
        .collect();
    let lead = lower.get(..head).unwrap_or("");
    let mut reasons = vec![];
    let mut add = |code, points, holds: bool| {
        if holds {
            reasons.push(Reason { code, points });
        }
    };
    let title = title(lower);
    let title_change = mentions.iter().any(|(at, _)| *at < title.1) && !in_lead.is_empty();
    add("change-in-title", 3, title_change);
    add("change-in-lead", 2, !in_lead.is_empty());
    add("change-repeated", 1, mentions.len() >= 3);
    add(
        "change-in-body",
        1,
        in_lead.is_empty() && !mentions.is_empty(),
    );
    let identity = |side| {
        tokens
            .iter()
            .any(|token| token.side == side && token.kind.is_full_identity())
    };
    add(
        "old-and-new-identity",
        2,
        identity(Side::Old) && identity(Side::New),
    );
    add(
        "full-identity",
        1,
        tokens.iter().any(|token| token.kind.is_full_identity()),
    );
    add(
        "dated-change",
        1,
        !mentions.is_empty()
            && dates
                .iter()
                .any(|date| matches!(date.role, DateRole::Effective | DateRole::Deadline)),
    );
    let voice = voice(lead);
    add(
        "vendor-voice",
        1,
        voice == Voice::Vendor && !mentions.is_empty(),
    );
    let canary =
        has_word(lower.get(..title.1).unwrap_or(""), CANARY) || has_word(lead, &["warrant canary"]);
    add("canary", -4, canary);
    let others = count(lower, OTHER_KEYS);
    add(
        "other-keys",
        -2,
        others >= 2 && others * 2 >= mentions.len(),
    );
    let how_to = count(lower, HOW_TO);
    add("how-to", -2, how_to >= 2 && how_to >= mentions.len());
    let advisory = count(lower, ADVISORY);
    add(
        "advisory",
        -2,
        advisory >= 2 && advisory * 2 >= mentions.len(),
    );
    let question = has_word(lead, QUESTIONS)
        || lower
            .get(title.0..title.1)
            .is_some_and(|title| title.contains('?'));
    let kind = if canary {
        PostKind::Canary
    } else if question && voice != Voice::Vendor {
        PostKind::Question
    } else {
        let everywhere: Vec<PostKind> = mentions.iter().map(|(_, kind)| *kind).collect();
        let told = if in_lead.is_empty() {
            &everywhere
        } else {
            &in_lead
        };
        match strongest(told) {
            _ if advisory >= 2 && advisory * 2 >= mentions.len() => PostKind::Advisory,
            _ if how_to >= 2 && how_to >= mentions.len() => PostKind::HowTo,
            Some(kind) => kind,
            None => PostKind::Other,
        }
    };
    About {
        kind,
        voice,
        reasons,
    }
}

/// The first in the order of [`CHANGES`], if it is told at least half as often as the most frequent.
fn strongest(kinds: &[PostKind]) -> Option<PostKind> {
    let count = |kind| kinds.iter().filter(|other| **other == kind).count();
    let most = CHANGES
        .iter()
        .map(|(kind, _)| count(*kind))
        .max()
        .filter(|most| *most > 0)?;
    CHANGES
        .iter()
        .map(|(kind, _)| *kind)
        .find(|kind| count(*kind) * 2 >= most)
}

/// Every mention of a key with a change near it, inside one sentence.
fn changes(lower: &str) -> Vec<(usize, PostKind)> {
    let mut places: Vec<(usize, usize)> = OBJECTS
        .iter()
        .flat_map(|object| {
            lower
                .match_indices(object)
                .filter(|(at, object)| stands_alone(lower, *at, object.len()))
                .take(MENTIONS)
                .map(|(at, object)| (at, at + object.len()))
        })
        .collect();
    places.sort_unstable();
    let mut found: Vec<(usize, PostKind)> = vec![];
    let mut end = 0;
    for (start, stop) in places.into_iter().take(MENTIONS) {
        if start < end {
            continue;
        }
        end = stop;
        let front = lower
            .get(lower.floor_char_boundary(start.saturating_sub(NEAR))..start)
            .unwrap_or("");
        let front = front.rsplit([';', '•']).next().unwrap_or("");
        let front = front
            .rsplit(". ")
            .next()
            .unwrap_or("")
            .rsplit("\n\n")
            .next()
            .unwrap_or("");
        let behind = lower
            .get(start..lower.floor_char_boundary(stop + NEAR))
            .unwrap_or("");
        let behind = behind
            .split(". ")
            .next()
            .unwrap_or("")
            .split("\n\n")
            .next()
            .unwrap_or("");
        let nearest = CHANGES
            .iter()
            .filter_map(|(kind, words)| {
                let before = last_word(front, words).map(|at| front.len() - at);
                let after = first_word(behind, words);
                before
                    .into_iter()
                    .chain(after)
                    .min()
                    .map(|distance| (distance, *kind))
            })
            .min_by_key(|(distance, _)| *distance);
        if let Some((_, kind)) = nearest {
            found.push((start, kind));
        }
    }
    found
}

fn voice(lead: &str) -> Voice {
    let (vendor, user) = (count(lead, VENDOR_VOICE), count(lead, USER_VOICE));
    if vendor > user {
        Voice::Vendor
    } else if user > vendor {
        Voice::User
    } else {
        Voice::Unsaid
    }
}

/// How many of `words` stand in the text at all.
fn count(text: &str, words: &[&str]) -> usize {
    words.iter().filter(|word| has_word(text, &[word])).count()
}

/// Where a Markdown file's front matter ends.
fn front_matter_end(text: &str) -> usize {
    text.strip_prefix("---\n")
        .and_then(|rest| rest.find("\n---"))
        .map_or(0, |end| end + 8)
}

/// Where the title stands: that of the front matter, else the first line.
fn title(text: &str) -> (usize, usize) {
    let head = text.get(..front_matter_end(text)).unwrap_or("");
    let line_end = |from: usize| {
        text.get(from..)
            .and_then(|rest| rest.find('\n'))
            .map_or(text.len(), |end| from + end)
    };
    if let Some(at) = head.find("\ntitle:") {
        return (at + 1, line_end(at + 1));
    }
    let start = text.len() - text.trim_start_matches(['\n', ' ', '-', '#', '=']).len();
    (start, line_end(start))
}
