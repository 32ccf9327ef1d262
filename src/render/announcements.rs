//! The reports of `announcements`: what came in, what a search found, a post, what changed in it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::difference::{Change, lines};
use super::plain;
use super::plain::plain_json;
use crate::formats::post::Reading;

/// A post in a list, or alone.
#[derive(Debug, Clone, Copy)]
pub struct PostLine<'a> {
    pub id: &'a str,
    pub url: &'a str,
    pub title: &'a str,
    pub author: &'a str,
    /// RFC 3339, or empty.
    pub published: &'a str,
    pub kind: &'a str,
    pub score: i64,
    /// `fetched` or `imported`.
    pub origin: &'a str,
    /// From 1 on.
    pub revision: i64,
}

/// How many digits of a handle are shown; any unambiguous beginning is accepted.
const HANDLE: usize = 12;

fn handle(id: &str) -> &str {
    id.get(..HANDLE).unwrap_or(id)
}

/// A list of posts.
#[must_use]
pub fn posts_text(posts: &[PostLine<'_>], newest_first: bool, by_identity: bool) -> String {
    let mut text = String::new();
    for post in posts {
        let _ = writeln!(
            text,
            "{}  {}  {:<10} {:>2}  {}",
            handle(post.id),
            post.published.get(..10).unwrap_or("no date   "),
            post.kind,
            post.score,
            plain(title(post))
        );
        let _ = writeln!(text, "              {}", plain(post.url));
    }
    if posts.is_empty() {
        text.push_str("nothing found\n");
    } else if by_identity {
        text.push_str("posts that print this identity\n");
    } else if newest_first {
        text.push_str("many posts have these words: the newest brought in are shown\n");
    }
    text
}

fn title<'a>(post: &PostLine<'a>) -> &'a str {
    if post.title.is_empty() {
        "(no title)"
    } else {
        post.title
    }
}

/// A list of posts as JSON.
#[must_use]
pub fn posts_json(posts: &[PostLine<'_>], newest_first: bool, by_identity: bool) -> String {
    let document = json!({
        "schema": 1,
        "newest_first": newest_first,
        "by_identity": by_identity,
        "posts": posts.iter().map(post_value).collect::<Vec<_>>(),
    });
    plain_json(&format!("{document:#}\n"))
}

fn post_value(post: &PostLine<'_>) -> Value {
    json!({
        "id": post.id,
        "url": post.url,
        "title": post.title,
        "author": post.author,
        "published": (!post.published.is_empty()).then_some(post.published),
        "kind": post.kind,
        "score": post.score,
        "origin": post.origin,
        "revision": post.revision,
    })
}

/// One post with everything that was read from it.
#[must_use]
pub fn post_text(post: &PostLine<'_>, reading: &Reading) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", plain(title(post)));
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label:<10} {value}");
    };
    line("id", post.id);
    line("address", &plain(post.url));
    line("author", &plain(post.author));
    line("published", post.published);
    line(
        "came",
        &format!("{}, revision {}", post.origin, post.revision),
    );
    line(
        "kind",
        &format!(
            "{}, in {}, voice: {}",
            reading.kind.code(),
            reading.language,
            reading.voice.word()
        ),
    );
    let reasons: Vec<String> = reading
        .reasons
        .iter()
        .map(|reason| format!("{} {:+}", reason.code, reason.points))
        .collect();
    line(
        "score",
        &format!("{} ({})", reading.score(), reasons.join(", ")),
    );
    for token in &reading.tokens {
        line(
            "names",
            &format!(
                "{} {} ({})",
                token.kind.code(),
                plain(&token.value),
                token.side.word()
            ),
        );
    }
    for date in &reading.dates {
        line("date", &format!("{date} ({})", date.role.word()));
    }
    text.push('\n');
    for line in reading.text.lines() {
        let _ = writeln!(text, "  | {}", plain(line));
    }
    text
}

/// The same as JSON.
#[must_use]
pub fn post_json(post: &PostLine<'_>, reading: &Reading) -> String {
    let tokens: Vec<Value> = reading
        .tokens
        .iter()
        .map(|token| json!({"kind": token.kind.code(), "value": token.value, "side": token.side.word()}))
        .collect();
    let dates: Vec<Value> = reading
        .dates
        .iter()
        .map(|date| json!({"date": date.to_string(), "role": date.role.word()}))
        .collect();
    let reasons: Vec<Value> = reading
        .reasons
        .iter()
        .map(|reason| json!({"code": reason.code, "points": reason.points}))
        .collect();
    let document = json!({
        "schema": 1,
        "post": post_value(post),
        "language": reading.language,
        "voice": reading.voice.word(),
        "tokens": tokens,
        "dates": dates,
        "reasons": reasons,
        "text": reading.text,
    });
    plain_json(&format!("{document:#}\n"))
}

/// What changed between two revisions of a post, line by line.
#[must_use]
pub fn difference_text(id: &str, old: (i64, &str), new: (i64, &str)) -> String {
    let mut text = format!("{} revision {} to {}\n", handle(id), old.0, new.0);
    for change in lines(old.1, new.1) {
        let (mark, line) = match change {
            Change::Kept(line) => (' ', line),
            Change::Gone(line) => ('-', line),
            Change::Come(line) => ('+', line),
        };
        let _ = writeln!(text, "{mark} {}", plain(line));
    }
    text
}
