//! A mailbox (`mbox`, RFC 4155): each message is a post.
//!
//! The sender's address becomes the author and never the author's id: anybody can write any `From:`,
//! so no mail makes a vendor's speaker.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{ArchivedPost, instant};
use crate::formats::limits;

/// How deep parts may nest.
const DEPTH: usize = 8;

/// The messages of a mailbox that have an address and a text. Those without are left out.
#[must_use]
pub fn mailbox(bytes: &[u8]) -> Vec<ArchivedPost> {
    let mut starts = vec![];
    let mut at = 0;
    let mut blank = true;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if blank && line.starts_with(b"From ") {
            starts.push(at + line.len());
        }
        blank = line.trim_ascii().is_empty();
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| message(bytes.get(*start..end)?))
        .collect()
}

fn message(bytes: &[u8]) -> Option<ArchivedPost> {
    let (head, body) = split(bytes);
    let headers = Headers::read(head);
    let archived = headers
        .get("archived-at")
        .map(|value| value.trim_matches(['<', '>']).to_owned());
    let message_id = headers
        .get("message-id")
        .map(|value| format!("mid:{}", value.trim_matches(['<', '>'])));
    let url = archived
        .or(message_id)
        .filter(|url| url.len() <= limits::POST_ADDRESS && url.len() > 4)?;
    Some(ArchivedPost {
        url,
        title: decoded_words(headers.get("subject").unwrap_or("")),
        author: decoded_words(headers.get("from").unwrap_or("")),
        author_id: String::new(),
        published: headers.get("date").and_then(instant),
        text: part_text(&headers, body, 0)?,
    })
}

/// Head and body, parted by the first blank line.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            return (
                bytes.get(..at).unwrap_or(&[]),
                bytes.get(at + line.len()..).unwrap_or(&[]),
            );
        }
        at += line.len();
    }
    (bytes, &[])
}

/// Header fields, unfolded, names in lower case.
struct Headers(Vec<(String, String)>);

impl Headers {
    fn read(head: &[u8]) -> Self {
        let mut fields: Vec<(String, String)> = vec![];
        for line in String::from_utf8_lossy(head).lines() {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The first plain text of a part, else its first HTML.
fn part_text(headers: &Headers, body: &[u8], depth: usize) -> Option<String> {
    let kind = headers.get("content-type").unwrap_or("text/plain");
    let lower = kind.to_ascii_lowercase();
    if lower.starts_with("multipart/") {
        if depth == DEPTH {
            return None;
        }
        let parts = parts(body, &parameter(kind, "boundary")?);
        let of_kind = |wanted: &str| {
            parts.iter().find_map(|part| {
                let (head, body) = split(part);
                let headers = Headers::read(head);
                let kind = headers
                    .get("content-type")
                    .unwrap_or("text/plain")
                    .to_ascii_lowercase();
                (kind.starts_with(wanted) || kind.starts_with("multipart/"))
                    .then(|| part_text(&headers, body, depth + 1))
                    .flatten()
            })
        };
        return of_kind("text/plain").or_else(|| of_kind("text/html"));
    }
    if !lower.starts_with("text/") {
        return None;
    }
    let encoding = headers
        .get("content-transfer-encoding")
        .unwrap_or("")
        .to_ascii_lowercase();
    let bytes = match encoding.as_str() {
        "base64" => {
            let digits: Vec<u8> = body
                .iter()
                .copied()
                .filter(|byte| !byte.is_ascii_whitespace())
                .collect();
            STANDARD.decode(digits).unwrap_or_default()
        }
        "quoted-printable" => quoted_printable(body),
        _ => body.to_vec(),
    };
    let text = characters(&bytes, &parameter(kind, "charset").unwrap_or_default());
    // `>From ` was made of `From ` so that no line begins a message (RFC 4155).
    let lines: Vec<&str> = text
        .lines()
        .map(|line| match line.strip_prefix('>') {
            Some(rest) if rest.starts_with("From ") => rest,
            _ => line,
        })
        .collect();
    Some(lines.join("\n"))
}

fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mark = format!("--{boundary}");
    let mut found = vec![];
    let mut start = None;
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(mark.as_bytes()) {
            if let Some(start) = start {
                found.push(body.get(start..at).unwrap_or(&[]));
            }
            start = Some(at + line.len());
        }
        at += line.len();
    }
    // Cut off in the middle: what is there is still text.
    if let Some(start) = start.filter(|start| *start < body.len()) {
        found.push(body.get(start..).unwrap_or(&[]));
    }
    found
}

fn parameter(field: &str, name: &str) -> Option<String> {
    field.split(';').skip(1).find_map(|piece| {
        let (known, value) = piece.split_once('=')?;
        known
            .trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = vec![];
    let mut bytes = body.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'=' {
            out.push(byte);
            continue;
        }
        let Some(first) = bytes.next() else { break };
        if first == b'\n' {
            continue;
        }
        let Some(second) = bytes.next() else { break };
        if first == b'\r' && second == b'\n' {
            continue;
        }
        match [first, second].map(|digit| char::from(digit).to_digit(16)) {
            [Some(high), Some(low)] => out.push(u8::try_from(high * 16 + low).unwrap_or(b'?')),
            _ => out.extend([b'=', first, second]),
        }
    }
    out
}

/// UTF-8, or the two code pages that old mail is really written in; what fits neither is replaced.
fn characters(bytes: &[u8], charset: &str) -> String {
    let latin = matches!(
        charset.to_ascii_lowercase().as_str(),
        "iso-8859-1" | "iso-8859-15" | "latin1" | "windows-1252"
    );
    if latin && str::from_utf8(bytes).is_err() {
        return bytes.iter().map(|byte| char::from(*byte)).collect();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// Encoded words (RFC 2047) of a header as text.
fn decoded_words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some(start) = rest.find("=?") {
        let (front, tail) = rest.split_at(start);
        let Some((word, length)) = encoded_word(tail) else {
            out.push_str(front);
            out.push_str("=?");
            rest = tail.get(2..).unwrap_or("");
            continue;
        };
        // Blanks between two encoded words are none.
        if !front.trim().is_empty() || out.is_empty() {
            out.push_str(front);
        }
        out.push_str(&word);
        rest = tail.get(length..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

fn encoded_word(text: &str) -> Option<(String, usize)> {
    let mut pieces = text.get(2..)?.splitn(4, '?');
    let (charset, encoding, content, rest) = (
        pieces.next()?,
        pieces.next()?,
        pieces.next()?,
        pieces.next()?,
    );
    if !rest.starts_with('=') || content.contains(' ') {
        return None;
    }
    let bytes = match encoding {
        "b" | "B" => STANDARD.decode(content).ok()?,
        "q" | "Q" => quoted_printable(content.replace('_', " ").as_bytes()),
        _ => return None,
    };
    Some((characters(&bytes, charset), text.len() - rest.len() + 1))
}
