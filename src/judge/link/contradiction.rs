//! What speaks against taking a post for an explanation.

use super::{Link, Match, Post, Question};
use crate::formats::post::{DateRole, PostKind, Side, Token};
use crate::judge::report::ExplainedLevel;

/// A kind of objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Objection {
    /// The post asks; it does not tell.
    Question,
    /// A later revision no longer prints the key.
    Withdrawn,
    /// The words around the key warn of it.
    Warned,
    /// The post tells of the key's revocation or distrust.
    Revoked,
    /// The post gives the key as the old one.
    NamedAsOld,
    /// The post speaks for another vendor than the one expected.
    OtherVendor,
    /// The post dates the change before the key existed, or a day or two off its beginning.
    DatesDiffer,
    /// The post prints a value that nearly is the key's.
    LookAlikeBeside,
    /// Another post of the same vendor warns of the key or revokes it.
    Disowned,
    /// Another vendor's post says that the key is theirs.
    ClaimedByAnother,
    /// The post names an issuer, and neither that nor the signer bears the vendor's name.
    IssuerOfOthers,
}

impl Objection {
    /// The stable kebab-case name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Question => "asks-only",
            Self::Withdrawn => "withdrawn",
            Self::Warned => "warned-of",
            Self::NamedAsOld => "named-as-old",
            Self::OtherVendor => "other-vendor",
            Self::DatesDiffer => "dates-differ",
            Self::LookAlikeBeside => "look-alike-beside",
            Self::Revoked => "revoked",
            Self::Disowned => "disowned",
            Self::ClaimedByAnother => "claimed-by-another",
            Self::IssuerOfOthers => "issuer-of-others",
        }
    }

    /// Whether a post with this objection explains nothing. Dates differ in true announcements too:
    /// that is shown, and decided by a person.
    #[must_use]
    pub fn blocks(self) -> bool {
        !matches!(self, Self::DatesDiffer)
    }
}

/// One objection, with its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    pub objection: Objection,
    /// The value, vendor or dates that it is about.
    pub about: String,
}

/// How far around the key a warning counts, in bytes.
const NEAR: usize = 120;
/// Words that warn of a key.
const WARNINGS: &[&str] = &[
    "do not trust",
    "don't trust",
    "not trust",
    "not ours",
    "not our key",
    "fake",
    "malicious",
    "forged",
    "fraudulent",
    "impersonat",
    "not genuine",
    "is not authentic",
    "counterfeit",
    "attacker",
];

/// Everything that speaks against a post. `token` is the one that names the key.
pub(super) fn all(
    question: &Question<'_>,
    post: &Post,
    speaks_for: Option<&str>,
    token: Option<&Token>,
) -> Vec<Contradiction> {
    let mut found = vec![];
    let mut add = |objection, about: String| found.push(Contradiction { objection, about });
    let reading = &post.reading;
    if reading.kind == PostKind::Question {
        add(Objection::Question, String::new());
    }
    if token.is_none()
        && let Some(value) = post
            .withdrawn
            .iter()
            .find(|value| question.key.is_named_by(value))
    {
        add(Objection::Withdrawn, value.clone());
    }
    if let Some(token) = token {
        if is_warned_of(&reading.text, token) {
            add(Objection::Warned, token.value.clone());
        }
        let condemns = matches!(reading.kind, PostKind::Revocation | PostKind::Distrust);
        if condemns && token.side != Side::New {
            add(Objection::Revoked, token.value.clone());
        } else if token.side == Side::Old {
            add(Objection::NamedAsOld, token.value.clone());
        }
    }
    if let (Some(expected), Some(speaks_for)) = (question.vendor, speaks_for)
        && expected != speaks_for
    {
        add(Objection::OtherVendor, speaks_for.to_owned());
    }
    if let Some(about) = date_differs(question, post) {
        add(Objection::DatesDiffer, about);
    }
    if token.is_some_and(|token| token.kind.is_full_identity())
        && let Some(near) = near_value(question, post)
    {
        add(Objection::LookAlikeBeside, near);
    }
    found
}

/// Whether a vendor itself speaks against the key.
pub(super) fn warns(link: &Link) -> bool {
    let warning =
        |found: &Contradiction| matches!(found.objection, Objection::Warned | Objection::Revoked);
    link.ground.may_explain() && link.contradictions.iter().any(warning)
}

/// What posts about one key say against each other: a vendor takes its word back in another post, or
/// two vendors call the key theirs.
pub(super) fn between(links: &mut [Link]) {
    // That it is not the vendor asked about takes nothing from a claim.
    let claims = |link: &Link| {
        link.matched == Match::Full
            && link.ground.may_explain()
            && link
                .contradictions
                .iter()
                .all(|found| found.objection == Objection::OtherVendor || !found.objection.blocks())
    };
    let claimed: Vec<String> = links
        .iter()
        .filter(|link| claims(link))
        .filter_map(|link| link.vendor.clone())
        .collect();
    let disowned: Vec<(Option<String>, String)> = links
        .iter()
        .filter(|link| warns(link))
        .map(|link| (link.vendor.clone(), link.post.id.clone()))
        .collect();
    for link in links
        .iter_mut()
        .filter(|link| link.level == ExplainedLevel::Explained)
    {
        let other = claimed
            .iter()
            .find(|vendor| Some(*vendor) != link.vendor.as_ref());
        if let Some(other) = other {
            link.object(Objection::ClaimedByAnother, other.clone());
        }
        let by = disowned.iter().find(|(vendor, _)| *vendor == link.vendor);
        if let Some((_, id)) = by {
            link.object(Objection::Disowned, id.clone());
        }
    }
}

fn is_warned_of(text: &str, token: &Token) -> bool {
    let from = text.floor_char_boundary(token.place.start.saturating_sub(NEAR));
    let to = text.ceil_char_boundary(token.place.end.saturating_add(NEAR).min(text.len()));
    let around = text.get(from..to).unwrap_or("").to_lowercase();
    WARNINGS.iter().any(|warning| around.contains(warning))
}

/// How near two dates are that mean the same day and do not say so, in days.
const SLIP: i64 = 3;

/// The day the post says the change took effect, when the key began later, or nearly on that day. A
/// certificate that began weeks earlier agrees with it.
fn date_differs(question: &Question<'_>, post: &Post) -> Option<String> {
    let starts = question
        .key
        .starts?
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let effective = post
        .reading
        .dates
        .iter()
        .find(|date| date.role == DateRole::Effective && date.to_the_day)?
        .date;
    let days = effective
        .since(starts)
        .map(|span| i64::from(span.get_days()))
        .unwrap_or(i64::MAX);
    (days < 0 || days > 0 && days <= SLIP)
        .then(|| format!("{effective} in the post, {starts} in the key"))
}

/// A full identity of the post that a slip of the pen would make the key's: which of the two the
/// author meant is open.
fn near_value(question: &Question<'_>, post: &Post) -> Option<String> {
    post.reading
        .tokens
        .iter()
        .filter(|token| !question.key.is_named_by(&token.value))
        .find(|token| {
            question.key.full.iter().any(|own| {
                super::resemblance(own, &token.value) == Some(super::Resemblance::WrongDigits)
            })
        })
        .map(|token| token.value.clone())
}
