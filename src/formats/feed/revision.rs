//! Whether an entry says something else than before: a hash of its text.
//!
//! Forums keep identifier and date of an edited post, and count posts in a tail that changes with
//! every answer. The tail does not count.

use std::borrow::Cow;

use super::model::Text;
use crate::domain::Sha256;
use crate::formats::digest::sha256;

/// The hash over title, summary and content. Runs of white space are one blank.
pub(super) fn revision(
    title: Option<&Text>,
    summary: Option<&Text>,
    content: Option<&Text>,
) -> Sha256 {
    let mut all = String::new();
    for text in [title, summary, content] {
        if let Some(text) = text {
            for word in without_count(&text.text).split_whitespace() {
                all.push_str(word);
                all.push(' ');
            }
        }
        // Text that moves from one field to the next is a change.
        all.push('\n');
    }
    sha256(all.as_bytes())
}

/// The text without Discourse's line `<small>3 posts - 2 participants</small>`, in whatever
/// language: a small line of number, word, number, word.
fn without_count(text: &str) -> Cow<'_, str> {
    let Some(begin) = text.rfind("<small>") else {
        return text.into();
    };
    let inner = text.get(begin + "<small>".len()..).unwrap_or_default();
    let Some((line, after)) = inner.split_once("</small>") else {
        return text.into();
    };
    if !is_count(line) {
        return text.into();
    }
    let before = text.get(..begin).unwrap_or_default();
    format!("{before}{after}").into()
}

fn is_count(line: &str) -> bool {
    let Some((posts, participants)) = line.split_once(" - ") else {
        return false;
    };
    let counted = |part: &str| {
        let mut words = part.split_whitespace();
        let number = words.next().unwrap_or_default();
        let digits = number
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b',' || b == b'.');
        let begins = number.starts_with(|c: char| c.is_ascii_digit());
        begins && digits && words.count() <= 2
    };
    line.len() <= 128 && counted(posts) && counted(participants)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str) -> Sha256 {
        revision(
            None,
            Some(&Text {
                html: true,
                text: text.to_owned(),
            }),
            None,
        )
    }

    #[test]
    fn the_count_of_answers_is_no_edit_and_everything_else_is() {
        let post = |tail: &str| {
            format!(
                "<p>The key is 1234.</p>\n<p><small>{tail}</small></p>\n<p><a href=\"/t/1\">Read full topic</a></p>"
            )
        };
        let first = hash(&post("1 post - 1 participant"));
        let cases = [
            (post("2 posts - 2 participants"), true),
            (post("1,204 posts - 88 participants"), true),
            (post("3 Beiträge - 2 Teilnehmer"), true),
            (post("1 post - 1 participant").replace("\n", " \n "), true),
            (post("the key is void - see below"), false),
            (
                post("2 posts - 2 participants").replace("1234", "1235"),
                false,
            ),
            (post("12 is wrong now and so - 3 is"), false),
        ];
        for (text, same) in cases {
            assert_eq!(hash(&text) == first, same, "{text}");
        }
    }
}
