//! Lines and mailboxes, whole and broken.

use super::*;

#[test]
fn a_line_is_a_post_or_says_why_not() {
    let read = line(
        r#"{"url":" https://a.example/1 ","title":"T","author":"A","author_id":42,"published":"2026-09-10","text":"x","more":1}"#,
    )
    .unwrap();
    assert_eq!(read.url, "https://a.example/1");
    assert_eq!(read.author_id, "42");
    assert_eq!(read.published.unwrap().to_string(), "2026-09-10T00:00:00Z");
    let month = line(r#"{"url":"u","text":"","published":"2023-03"}"#).unwrap();
    assert_eq!(month.published.unwrap().to_string(), "2023-03-01T00:00:00Z");
    for (text, fault) in [
        (
            "{}",
            "not a post as JSON: missing field `url` at line 1 column 2",
        ),
        (
            r#"{"url":"","text":""}"#,
            "the address is empty or longer than 4096 bytes",
        ),
        (
            r#"{"url":"u","text":"","published":"soon"}"#,
            "`published` is no time: soon",
        ),
        (
            r#"{"url":"u"}"#,
            "not a post as JSON: missing field `text` at line 1 column 11",
        ),
    ] {
        assert_eq!(line(text).unwrap_err().to_string(), fault, "{text}");
    }
}

#[test]
fn a_mailbox_gives_its_messages() {
    let posts = mailbox(
        b"From a@example.org Thu Sep 10 12:00:00 2026\n\
          Message-ID: <1@example.org>\nFrom: =?utf-8?q?J=C3=BCrgen?= <j@example.org>\n\
          Subject: =?UTF-8?B?TmV3?=\n =?utf-8?q?_key?= today\nDate: Thu, 10 Sep 2026 12:00:00 +0200\n\
          Content-Transfer-Encoding: quoted-printable\n\nThe new=\n key is =C3=BC.\n>From here on\n\n\
          From b@example.org Thu Sep 10 12:00:00 2026\n\
          Archived-At: <https://lists.example.org/2>\nSubject: two\n\
          Content-Type: multipart/alternative; boundary=\"x\"\n\npreamble\n--x\nContent-Type: text/html\n\n<p>html</p>\n\
          --x\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\ncGxhaW4=\n--x--\n\n\
          From c@example.org\nSubject: no address\n\nlost\n",
    );
    let told: Vec<_> = posts
        .iter()
        .map(|post| {
            (
                post.url.as_str(),
                post.title.as_str(),
                post.author.as_str(),
                post.text.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "mid:1@example.org",
                "New key today",
                "Jürgen <j@example.org>",
                "The new key is ü.\nFrom here on\n"
            ),
            ("https://lists.example.org/2", "two", "", "plain"),
        ]
    );
    assert_eq!(
        posts[0].published.unwrap().to_string(),
        "2026-09-10T10:00:00Z"
    );
    assert!(posts.iter().all(|post| post.author_id.is_empty()));
}

#[test]
fn broken_mailboxes_are_read_as_far_as_they_go() {
    for bytes in [
        &b""[..],
        b"From ",
        b"From x\nContent-Type: multipart/mixed; boundary=a\nMessage-ID: <12345>\n\n--a\n--a\n",
        b"From x\nMessage-ID: <12345>\nSubject: =?utf-8?q?\nContent-Transfer-Encoding: quoted-printable\n\n=",
        b"From x\nMessage-ID: <12345>\nContent-Transfer-Encoding: base64\n\n***",
        b"\xff\xfe From \n\nFrom \n\n",
    ] {
        let posts = mailbox(bytes);
        assert!(posts.len() <= 1, "{bytes:?}");
    }
}
