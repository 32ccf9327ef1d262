//! Linking a key to what was posted about it: what explains it, how far, and what speaks against.
//!
//! A post explains; it never promotes. Everything is pure: posts come in with what the store knows of
//! them, and the answer is the same for the same posts, view and instant.

mod contradiction;
mod explanation;
mod ground;
mod key;
mod look_alike;
mod matching;
mod naming;

pub use contradiction::{Contradiction, Objection};
pub use explanation::{
    Asked, Explanation, Unproven, VendorCandidate, VendorWhy, expected_vendor, explanation,
    vendor_names,
};
pub use ground::{Ground, Hosts, Speaker, host};
pub use key::KeyIdentity;
pub use look_alike::{Resemblance, resemblance};
pub use matching::Match;
pub(in crate::judge) use naming::{InDoubt, explain_by_posts};

pub use crate::judge::posted::Post;

use crate::formats::post::{PostDate, Reading, Side, TokenKind};
use crate::judge::report::ExplainedLevel;

/// What the key is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub key: &'a KeyIdentity,
    /// The vendor that the package should be from, when somebody stated it or the key's own names
    /// say so.
    pub vendor: Option<&'a str>,
    /// How that vendor is called: slug, name and aliases.
    pub vendor_names: &'a [String],
    pub hosts: &'a Hosts,
}

/// A post that has to do with the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub post: Post,
    pub level: ExplainedLevel,
    pub matched: Match,
    pub ground: Ground,
    pub speaker: Speaker,
    /// The vendor in whose name the post speaks, by its address and account alone.
    pub vendor: Option<String>,
    /// The value by which the post names the key, where it prints one.
    pub value: Option<String>,
    /// Which side of a change the post gives the key.
    pub side: Side,
    /// Why a strong enough post does not explain, or what else speaks against it.
    pub contradictions: Vec<Contradiction>,
    /// The words around the match, blanks made single; bounded.
    pub passage: String,
    /// Full identities that the post gives as old and as new.
    pub old: Vec<String>,
    pub new: Vec<String>,
    pub dates: Vec<PostDate>,
}

impl Link {
    /// Adds an objection; a post with one that counts explains nothing.
    fn object(&mut self, objection: Objection, about: String) {
        self.contradictions.push(Contradiction { objection, about });
        if objection.blocks() {
            self.level = self.level.min(ExplainedLevel::Candidate);
        }
    }
}

/// A value in a post that nearly names the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAlike {
    pub post_id: String,
    pub url: String,
    pub value: String,
    pub resemblance: Resemblance,
}

/// Everything that the posts say of a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    /// Strongest first.
    pub links: Vec<Link>,
    pub look_alikes: Vec<LookAlike>,
}

impl Links {
    /// How far the posts explain the key.
    #[must_use]
    pub fn level(&self) -> ExplainedLevel {
        self.links
            .iter()
            .map(|link| link.level)
            .max()
            .unwrap_or(ExplainedLevel::None)
    }
}

/// The longest passage, in characters to either side of the match.
const PASSAGE: usize = 160;

/// Links a key to posts.
#[must_use]
pub fn link(question: &Question<'_>, posts: Vec<Post>) -> Links {
    let mut found = Links::default();
    for post in posts {
        look_alikes(question.key, &post, &mut found.look_alikes);
        if let Some(link) = one(question, post) {
            found.links.push(link);
        }
    }
    found.look_alikes.sort_by(|a, b| {
        (a.resemblance, &a.value, &a.post_id).cmp(&(b.resemblance, &b.value, &b.post_id))
    });
    found.look_alikes.dedup();
    contradiction::between(&mut found.links);
    rank(&mut found.links);
    found
}

/// Level, match, ground, how much it looks like news of a key, then the newest; the handle last, so
/// that the order never depends on how the posts came.
fn rank(links: &mut [Link]) {
    links.sort_by(|a, b| {
        b.level
            .cmp(&a.level)
            .then(a.matched.cmp(&b.matched))
            .then(a.ground.cmp(&b.ground))
            .then(b.post.reading.score().cmp(&a.post.reading.score()))
            .then(b.post.published.cmp(&a.post.published))
            .then(a.post.id.cmp(&b.post.id))
    });
}

fn one(question: &Question<'_>, post: Post) -> Option<Link> {
    let (speaker, vendor) = question.hosts.speaker(&post.url, &post.author_id);
    let vendor = vendor.map(str::to_owned);
    let found = matching::best(question, &post, vendor.as_deref())?;
    let ground = match (found.matched, speaker) {
        (Match::Full, Speaker::Host) if post.fetched => Ground::VendorChannel,
        (Match::Full, Speaker::Staff) => Ground::VendorSpeaker,
        (Match::Full, _) => Ground::Report,
        _ => Ground::Resemblance,
    };
    let side = found
        .token
        .as_ref()
        .map_or(Side::Unsaid, |token| token.side);
    let contradictions =
        contradiction::all(question, &post, vendor.as_deref(), found.token.as_ref());
    let explains = ground.may_explain()
        && found.matched == Match::Full
        && !contradictions.iter().any(|found| found.objection.blocks());
    let place = found.token.as_ref().map(|token| token.place.clone());
    Some(Link {
        level: if explains {
            ExplainedLevel::Explained
        } else {
            ExplainedLevel::Candidate
        },
        matched: found.matched,
        ground,
        speaker,
        vendor,
        value: found.token.as_ref().map(|token| token.value.clone()),
        side,
        contradictions,
        passage: passage(&post.reading.text, place.unwrap_or(0..0)),
        old: identities(&post.reading, Side::Old),
        new: identities(&post.reading, Side::New),
        dates: post.reading.dates.clone(),
        post,
    })
}

fn identities(reading: &Reading, side: Side) -> Vec<String> {
    let mut values: Vec<String> = reading
        .tokens
        .iter()
        .filter(|token| token.side == side)
        .filter(|token| token.kind.is_full_identity() || token.kind == TokenKind::OpenpgpKeyId)
        .map(|token| token.value.clone())
        .collect();
    values.sort();
    values.dedup();
    values
}

fn look_alikes(key: &KeyIdentity, post: &Post, found: &mut Vec<LookAlike>) {
    let hex = |value: &&String| value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let own: Vec<&String> = key.full.iter().chain(&key.key_ids).filter(hex).collect();
    for token in &post.reading.tokens {
        let digits = token.value.bytes().all(|byte| byte.is_ascii_hexdigit());
        // Another hash of the same key resembles one of them by chance only.
        if !digits || key.is_named_by(&token.value) || key.has_key_id(&token.value) {
            continue;
        }
        let nearest = own
            .iter()
            .filter_map(|own| resemblance(own, &token.value))
            .min();
        if let Some(resemblance) = nearest {
            found.push(LookAlike {
                post_id: post.id.clone(),
                url: post.url.clone(),
                value: token.value.clone(),
                resemblance,
            });
        }
    }
}

fn passage(text: &str, place: std::ops::Range<usize>) -> String {
    let front: Vec<char> = text
        .get(..place.start)
        .unwrap_or("")
        .chars()
        .rev()
        .take(PASSAGE)
        .collect();
    let behind = text
        .get(place.start..)
        .unwrap_or("")
        .chars()
        .take(place.len() + PASSAGE);
    let whole: String = front.into_iter().rev().chain(behind).collect();
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}
