//! A message as bytes. The same content gives the same bytes: a mail that goes again is the same mail.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, address::AddressError};

use super::options::Options;

/// What a mail holds. Subject and ids are ours; nothing foreign may stand in them.
#[derive(Debug, Clone)]
pub struct Content<'a> {
    /// With its brackets.
    pub message_id: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    pub date: Timestamp,
    /// The Message-ID of the thread's first mail, if this is not it.
    pub first_id: Option<&'a str>,
    /// The thread's own key, of which only a hash is shown.
    pub thread: &'a str,
    /// Whose list this is; letters, digits, `-`, `_`, `.`.
    pub team: Option<&'a str>,
    pub text: &'a str,
    pub html: &'a str,
    pub alert: Option<&'a Signed>,
}

/// `alert.json` and the instance's signature over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub json: String,
    /// A minisign signature file.
    pub signature: String,
}

/// Why a mail cannot be put together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    #[error("an address cannot be used: {0}")]
    Address(#[from] AddressError),
    #[error("the message cannot be put together: {0}")]
    Message(#[from] lettre::error::Error),
    #[error("a part cannot be put together: {0}")]
    Part(#[from] lettre::message::header::ContentTypeErr),
    #[error("a header would hold what no header may hold: {0}")]
    Header(&'static str),
}

/// Puts a mail together.
///
/// # Errors
/// [`ComposeError`]: an address or a header that cannot stand.
pub fn compose(content: &Content<'_>, options: &Options) -> Result<Vec<u8>, ComposeError> {
    let from: Address = options.from.parse()?;
    let to: Address = content.to.parse()?;
    let since = u64::try_from(content.date.as_second()).unwrap_or(0);
    let mut builder = Message::builder()
        .message_id(Some(one_line("Message-ID", content.message_id)?))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(since))
        .from(Mailbox::new(Some("anchorwatch".to_owned()), from))
        .to(Mailbox::new(None, to))
        .subject(one_line("Subject", content.subject)?);
    if let Some(first) = content.first_id {
        let first = one_line("In-Reply-To", first)?;
        builder = builder.in_reply_to(first.clone()).references(first);
    }
    for (name, value) in headers(content, options) {
        builder = builder.raw_header(raw(name, &value)?);
    }
    // The left side of the Message-ID: letters, digits and dashes.
    let unique: String = content
        .message_id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(40)
        .collect();
    let words = MultiPart::alternative()
        .boundary(format!("words-{unique}"))
        .singlepart(readable(ContentType::TEXT_PLAIN, content.text))
        .singlepart(readable(ContentType::TEXT_HTML, content.html));
    let mut whole = MultiPart::mixed()
        .boundary(format!("parts-{unique}"))
        .multipart(words);
    if let Some(alert) = content.alert {
        for (name, kind, body) in [
            ("alert.json", "application/json", &alert.json),
            (
                "alert.json.minisig",
                "application/octet-stream",
                &alert.signature,
            ),
        ] {
            let body = lettre::message::Body::new_with_encoding(
                body.clone().into_bytes(),
                ContentTransferEncoding::Base64,
            )
            .map_err(|_| ComposeError::Header("an attachment"))?;
            let part = Attachment::new(name.to_owned()).body(body, ContentType::parse(kind)?);
            whole = whole.singlepart(part);
        }
    }
    Ok(builder.multipart(whole)?.formatted())
}

/// Quoted-printable always, so that lines stay short and the bytes ASCII.
fn readable(kind: ContentType, text: &str) -> SinglePart {
    SinglePart::builder()
        .header(kind)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(text.to_owned())
}

fn headers(content: &Content<'_>, options: &Options) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("Thread-Topic", content.subject.to_owned()),
        ("Thread-Index", thread_index(content.thread)),
    ];
    if let Some(team) = content.team {
        headers.push(("List-Id", format!("<{team}.{}>", options.domain())));
        // RFC 8058 asks for https; without it, a word by mail.
        match &options.unsubscribe_url {
            Some(url) => {
                headers.push(("List-Unsubscribe", format!("<{url}>")));
                headers.push((
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click".to_owned(),
                ));
            }
            None => headers.push((
                "List-Unsubscribe",
                format!("<mailto:{}?subject=unsubscribe%20{team}>", options.from),
            )),
        }
    }
    headers
}

/// One value a thread, as Outlook wants it: a version, five bytes of time, a GUID. The time is made
/// of the hash too, so that every mail of the thread has the same.
fn thread_index(thread: &str) -> String {
    use base64::Engine as _;
    let digest = crate::formats::digest::sha256(thread.as_bytes());
    let mut bytes = [1u8; 22];
    if let Some(tail) = bytes.get_mut(1..) {
        tail.iter_mut()
            .zip(digest.0)
            .for_each(|(to, from)| *to = from);
    }
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn raw(name: &'static str, value: &str) -> Result<HeaderValue, ComposeError> {
    let value = one_line(name, value)?;
    let name = HeaderName::new_from_ascii(name.to_owned())
        .map_err(|_| ComposeError::Header("a header's name"))?;
    Ok(HeaderValue::new(name, value))
}

/// Visible ASCII and blanks: nothing begins another header.
fn one_line(name: &'static str, value: &str) -> Result<String, ComposeError> {
    let is_plain = value.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    if is_plain && value.len() <= 900 {
        Ok(value.to_owned())
    } else {
        Err(ComposeError::Header(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content<'static> {
        Content {
            message_id: "<0190aa-7@watch.example>",
            to: "ops@example.org",
            subject: "[anchorwatch] qt: change of signing keys",
            date: "2026-03-04T10:00:00Z".parse().unwrap(),
            first_id: Some("<0190aa-1@watch.example>"),
            thread: "rotation:1",
            team: Some("ops"),
            text: "A line.\nŠkoda.\n",
            html: "<p>A line.</p>\n",
            alert: None,
        }
    }

    #[test]
    fn a_mail_says_where_it_belongs_and_how_to_leave() {
        let options = Options {
            unsubscribe_url: Some("https://watch.example/leave".to_owned()),
            ..Options::default()
        };
        let mail = compose(&content(), &options).unwrap();
        assert_eq!(mail, compose(&content(), &options).unwrap());
        insta::assert_snapshot!(String::from_utf8(mail).unwrap().replace('\r', ""), @r#"
        Message-ID: <0190aa-7@watch.example>
        Date: Wed, 04 Mar 2026 10:00:00 +0000
        From: anchorwatch <anchorwatch@anchorwatch.localhost>
        To: ops@example.org
        Subject: [anchorwatch] qt: change of signing keys
        In-Reply-To: <0190aa-1@watch.example>
        References: <0190aa-1@watch.example>
        Auto-Submitted: auto-generated
        Thread-Topic: [anchorwatch] qt: change of signing keys
        Thread-Index: AXk72R7UrWGDFUpnHarSmAG05bwfcA==
        List-Id: <ops.anchorwatch.localhost>
        List-Unsubscribe: <https://watch.example/leave>
        List-Unsubscribe-Post: List-Unsubscribe=One-Click
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="parts-0190aa-7watchexample"

        --parts-0190aa-7watchexample
        Content-Type: multipart/alternative; boundary="words-0190aa-7watchexample"

        --words-0190aa-7watchexample
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        A line.
        =C5=A0koda.

        --words-0190aa-7watchexample
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        <p>A line.</p>

        --words-0190aa-7watchexample--
        --parts-0190aa-7watchexample--
        "#);
    }

    #[test]
    fn nothing_can_begin_another_header() {
        for hostile in ["a\r\nBcc: x@example.org", "a\nb", "\u{202e}", "a\0"] {
            let subject = Content {
                subject: hostile,
                ..content()
            };
            let first = Content {
                first_id: Some(hostile),
                ..content()
            };
            let team = Content {
                team: Some(hostile),
                ..content()
            };
            let to = Content {
                to: hostile,
                ..content()
            };
            for content in [subject, first, team, to] {
                assert!(
                    compose(&content, &Options::default()).is_err(),
                    "{hostile:?}"
                );
            }
        }
    }
}
