//! Reading a post: the identities it prints, its dates, and what it seems to be about.
//!
//! Nothing here decides about trust, and nothing is dropped for a low score: every identity goes into
//! the index, because joining from a key's side is sharp where judging prose is not.

mod about;
mod article;
mod dates;
mod encoded;
mod hex;
mod html;
mod key_files;
mod language;
mod meaning;
mod names;
mod side;
mod token;
mod vocabulary;
mod words;

pub use about::{PostKind, Reason, Voice};
pub use article::{article, with_absolute_links};
pub use dates::{DateRole, PostDate};
pub use token::{Side, Token, TokenKind};
use words::Words;

use crate::formats::limits;

/// A post, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The text without markup; places of tokens lie in it.
    pub text: String,
    /// Whether the post was longer than is read, or had more identities than are kept.
    pub cut: bool,
    pub tokens: Vec<Token>,
    pub dates: Vec<PostDate>,
    pub kind: PostKind,
    /// Whose voice it is in; see [`Voice`] for what that is worth.
    pub voice: Voice,
    /// ISO 639-1, `und` where nothing tells.
    pub language: &'static str,
    /// What the score is made of.
    pub reasons: Vec<Reason>,
}

impl Reading {
    /// How much the post looks like news of a key: for ranking, never for hiding.
    #[must_use]
    pub fn score(&self) -> i32 {
        self.reasons
            .iter()
            .map(|reason| reason.points)
            .sum::<i32>()
            .max(0)
    }
}

/// As [`read`], with the title in front, which is where many print the key.
#[must_use]
pub fn read_titled(title: &str, text: &str) -> Reading {
    if title.is_empty() || text.trim_start().starts_with(title) {
        read(text)
    } else {
        read(&format!("{title}\n\n{text}"))
    }
}

/// Reads a post: plain text, Markdown or HTML.
#[must_use]
pub fn read(post: &str) -> Reading {
    let kept = post
        .get(..post.floor_char_boundary(limits::POST))
        .unwrap_or("");
    let mut cut = kept.len() < post.len();
    let post: String = kept
        .chars()
        .filter(|c| {
            !matches!(
                c,
                '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\r'
            )
        })
        .collect();
    let stripped = if html::looks_like_html(&post) {
        html::strip(&post)
    } else {
        html::Stripped {
            text: post,
            links: vec![],
        }
    };
    let words = Words::new(&stripped.text);
    let mut found = vec![];
    let mut previous = meaning::Previous::default();
    for (looked_at, run) in hex::runs(&words).into_iter().enumerate() {
        if looked_at == limits::POST_TOKENS * 2 {
            cut = true;
            break;
        }
        if let Some((kind, value)) = meaning::of(&words, &run, &mut previous) {
            found.push((kind, value, run.place));
        }
    }
    encoded::find(&words, &mut found);
    names::distinguished(&words, &mut found);
    names::authorities(&words, &mut found);
    names::teams(&words, &mut found);
    key_files::in_text(&words, &mut found);
    for (address, place) in &stripped.links {
        found.extend(key_files::of_link(address, place));
    }
    found.sort_by_key(|(kind, _, place)| (place.start, place.end, *kind));
    cut |= found.len() > limits::POST_TOKENS;
    found.truncate(limits::POST_TOKENS);
    let mut tokens: Vec<Token> = found
        .into_iter()
        .map(|(kind, value, place)| Token {
            kind,
            value,
            side: Side::Unsaid,
            place,
        })
        .collect();
    side::assign(&words, &mut tokens);
    let dates = dates::find(&words);
    let about = about::judge(&words.lower, &tokens, &dates);
    let language = language::of(words.text);
    Reading {
        text: stripped.text,
        cut,
        tokens,
        dates,
        kind: about.kind,
        voice: about.voice,
        language,
        reasons: about.reasons,
    }
}

#[cfg(test)]
mod tests;
