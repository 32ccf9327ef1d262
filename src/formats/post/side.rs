//! Which end of a change each token is: the old key or the new one.
//!
//! The nearest telling word decides, in front of the token or in the same clause behind it; an arrow
//! decides between two. Where the words are silent the side stays unsaid.

use std::collections::BTreeMap;

use super::token::{Side, Token, TokenKind};
use super::vocabulary::{NEW, NEW_BEHIND, OLD, OLD_BEHIND};
use super::words::{Words, last_word};

/// How far in front of a token its side may be told, in bytes.
const REACH: usize = 160;
/// The same behind it.
const REACH_BEHIND: usize = 60;
/// The longest text between two members of a list, in bytes.
const LIST: usize = 12;

const ARROWS: &[&str] = &["=>", "->", "→", "⇒", "-->"];

/// Gives every token its side.
pub(super) fn assign(words: &Words<'_>, tokens: &mut [Token]) {
    let mut previous: Option<(usize, Side, TokenKind)> = None;
    let mut following = vec![None; tokens.len()];
    let mut next = None;
    for (token, following) in tokens.iter().zip(&mut following).rev() {
        *following = next;
        if bounds(token.kind) {
            next = Some(token.place.start);
        }
    }
    for (index, next) in following.into_iter().enumerate() {
        let Some(token) = tokens.get(index) else {
            continue;
        };
        let (start, kind) = (token.place.start, token.kind);
        let end = token.place.end;
        let distance = previous
            .map_or(REACH, |(end, _, _)| start.saturating_sub(end))
            .min(REACH);
        let front = words.before(start, distance);
        let listed = previous.is_some_and(|(end, _, before)| {
            before == kind && start.saturating_sub(end) <= LIST && start >= end
        });
        let inherited = previous.map_or(Side::Unsaid, |(_, side, _)| side);
        let side = match arrow(front, previous.is_some()) {
            true => Side::New,
            false => behind(words, end, next)
                .or_else(|| in_front(front))
                .unwrap_or(if listed { inherited } else { Side::Unsaid }),
        };
        let side = if leads_to_arrow(words, end, next) {
            Side::Old
        } else {
            side
        };
        if let Some(token) = tokens.get_mut(index) {
            token.side = side;
        }
        if bounds(kind) {
            previous = Some((end, side, kind));
        }
    }
    share(tokens);
}

/// Whether a token ends the reach of the words in front of it. Files and names often stand in
/// apposition to the key that follows.
fn bounds(kind: TokenKind) -> bool {
    !matches!(
        kind,
        TokenKind::KeyFile | TokenKind::KeyUrl | TokenKind::DistinguishedName | TokenKind::Serial
    )
}

fn in_front(front: &str) -> Option<Side> {
    let old = last_word(front, OLD);
    let new = last_word(front, NEW);
    match (old, new) {
        (None, None) => from_to(front),
        _ if old > new => Some(Side::Old),
        _ => Some(Side::New),
    }
}

/// "from X to Y", directly at the token.
fn from_to(front: &str) -> Option<Side> {
    let front = front
        .trim_end()
        .trim_end_matches(['`', '"', '\'', '*'])
        .trim_end();
    if front.ends_with(" from") || front.ends_with(" von") {
        Some(Side::Old)
    } else if front == "to" || front.ends_with(" to") && front.len() <= 24 {
        Some(Side::New)
    } else {
        None
    }
}

/// Words in the clause behind a token. What stands behind a mark, or runs up to the next token,
/// belongs to that one.
fn behind(words: &Words<'_>, end: usize, next: Option<usize>) -> Option<Side> {
    let reach = next
        .map_or(REACH_BEHIND, |next| next.saturating_sub(end))
        .min(REACH_BEHIND);
    let tail = words.after(end, reach);
    let clause = tail.split([',', ';', '.', '\n']).next().unwrap_or("");
    let runs_into_next = clause.len() == tail.len()
        && next.is_some_and(|next| next.saturating_sub(end) <= REACH_BEHIND);
    if runs_into_next {
        return None;
    }
    if last_word(clause, OLD_BEHIND).is_some() {
        Some(Side::Old)
    } else if last_word(clause, NEW_BEHIND).is_some() {
        Some(Side::New)
    } else {
        None
    }
}

fn arrow(front: &str, after_another: bool) -> bool {
    after_another && ARROWS.iter().any(|arrow| front.contains(arrow))
}

fn leads_to_arrow(words: &Words<'_>, end: usize, next: Option<usize>) -> bool {
    next.is_some_and(|next| {
        let between = words.after(end, next.saturating_sub(end).min(REACH));
        next.saturating_sub(end) <= REACH && ARROWS.iter().any(|arrow| between.contains(arrow))
    })
}

/// A key's id and its fingerprint are one key: what is said of one holds for the other, when the post
/// says one thing only.
fn share(tokens: &mut [Token]) {
    let tail = |token: &Token| match token.kind {
        TokenKind::OpenpgpFingerprint if token.value.len() == 40 => {
            token.value.get(24..).map(str::to_owned)
        }
        TokenKind::OpenpgpKeyId => Some(token.value.clone()),
        kind if kind.is_full_identity() => Some(token.value.clone()),
        _ => None,
    };
    let mut said: BTreeMap<String, Option<Side>> = BTreeMap::new();
    for token in tokens.iter().filter(|token| token.side != Side::Unsaid) {
        if let Some(tail) = tail(token) {
            said.entry(tail)
                .and_modify(|side| {
                    if *side != Some(token.side) {
                        *side = None;
                    }
                })
                .or_insert(Some(token.side));
        }
    }
    for token in tokens.iter_mut().filter(|token| token.side == Side::Unsaid) {
        if let Some(Some(side)) = tail(token).and_then(|tail| said.get(&tail)) {
            token.side = *side;
        }
    }
}
