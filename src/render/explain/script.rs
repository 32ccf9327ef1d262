//! What to say on the telephone: whom to call, what to ask, and the digits in words that survive a
//! bad line.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::formats::trust_folder::Contact;
use crate::judge::link::Explanation;
use crate::render::{in_groups_of_four, plain};

/// Spelling words for hex digits (ICAO Annex 10); figures as they are spoken.
const WORDS: [&str; 16] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "alfa",
    "bravo", "charlie", "delta", "echo", "foxtrot",
];

/// The digits of a group as spoken; `None` for what is no hex.
fn spoken(group: &str) -> Option<String> {
    let words: Option<Vec<&str>> = group
        .chars()
        .map(|digit| {
            WORDS
                .get(usize::try_from(digit.to_digit(16)?).ok()?)
                .copied()
        })
        .collect();
    words.map(|words| words.join(" "))
}

/// The groups of the key's digits, each with its words. Base64 has no spelling that survives a
/// telephone, so it is read from a screen.
fn groups(explanation: &Explanation) -> Vec<(String, String)> {
    let Some(value) = explanation.key.main_value() else {
        return vec![];
    };
    in_groups_of_four(value)
        .split(' ')
        .filter_map(|group| Some((group.to_owned(), spoken(group)?)))
        .collect()
}

/// A number counts only with the place and the day it was seen at.
fn usable(contact: &Contact) -> bool {
    !contact.value.is_empty()
        && (contact.channel != "phone" || !contact.seen_at.is_empty() && contact.seen_on.is_some())
}

fn questions(explanation: &Explanation) -> Vec<String> {
    let mut asked = vec![
        "Which key signs your releases since when? Please read its fingerprint to me; I do not read mine first."
            .to_owned(),
        "Where did you publish that, and on which day?".to_owned(),
        "Is the key before it still good for what it signed, or was it lost or leaked?".to_owned(),
    ];
    if let Some(gap) = &explanation.gap {
        asked.push(format!(
            "What is the fingerprint of the issuing certificate {}?",
            plain(&gap.subject)
        ));
    }
    asked
}

/// What must stand in the note that a person makes.
const WRITE_DOWN: [&str; 4] = [
    "who spoke, by name and role, and the number you dialled",
    "where that number came from (a contract, a web page of last year; never the package or a post about it)",
    "the fingerprint as it was read to you, group by group",
    "day and time, and your own name",
];

/// The script as text.
#[must_use]
pub fn explain_script(explanation: &Explanation) -> String {
    let mut text = String::new();
    let vendor = explanation.vendor.as_deref().unwrap_or("the vendor");
    let _ = writeln!(text, "CALL {}", plain(vendor));
    let usable: Vec<&Contact> = explanation
        .contacts
        .iter()
        .filter(|contact| usable(contact))
        .collect();
    for contact in &usable {
        let seen = if contact.seen_at.is_empty() {
            "from the vendor's profile".to_owned()
        } else {
            let on = contact
                .seen_on
                .map_or_else(String::new, |day| format!(" on {day}"));
            format!("seen at {}{on}", plain(&contact.seen_at))
        };
        let _ = writeln!(
            text,
            "  {} by {}: {} ({seen})",
            plain(&contact.role),
            plain(&contact.channel),
            plain(&contact.value)
        );
    }
    if usable.iter().all(|contact| contact.channel != "phone") {
        text.push_str("  no telephone number is recorded: take it from your contract, never from the package or a post\n");
    }
    text.push_str("\nASK\n");
    for (number, question) in (1..).zip(questions(explanation)) {
        let _ = writeln!(text, "  {number}. {question}");
    }
    text.push_str("\nCOMPARE, group by group, with what they read to you\n");
    for (group, words) in groups(explanation) {
        let _ = writeln!(text, "  {group}  {words}");
    }
    if groups(explanation).is_empty()
        && let Some(value) = explanation.key.main_value()
    {
        let _ = writeln!(text, "  {}", plain(value));
    }
    text.push_str("  every group must agree; an end that agrees proves nothing\n\nWRITE DOWN\n");
    for line in WRITE_DOWN {
        let _ = writeln!(text, "  - {line}");
    }
    text
}

/// The script as JSON.
pub(super) fn value(explanation: &Explanation) -> Value {
    let call: Vec<Value> = explanation
        .contacts
        .iter()
        .filter(|contact| usable(contact))
        .map(|contact| {
            json!({
                "role": contact.role,
                "channel": contact.channel,
                "value": contact.value,
                "seen_at": (!contact.seen_at.is_empty()).then_some(&contact.seen_at),
                "seen_on": contact.seen_on.map(|day| day.to_string()),
            })
        })
        .collect();
    let groups = groups(explanation);
    json!({
        "call": call,
        "ask": questions(explanation),
        "groups": groups.iter().map(|(group, _)| group).collect::<Vec<_>>(),
        "spoken": groups.iter().map(|(_, words)| words).collect::<Vec<_>>(),
        "write_down": WRITE_DOWN,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_spoken_and_nothing_else() {
        assert_eq!(spoken("D55C").unwrap(), "delta five five charlie");
        assert_eq!(spoken("a09F").unwrap(), "alfa zero nine foxtrot");
        assert_eq!(spoken("SHA2"), None);
    }
}
