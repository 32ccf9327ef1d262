//! What an answer tells: freshness, moves, ends, patience.

use std::io::Write as _;

use anchorwatch::fetch::{CacheControl, FetchError, Options, Outcome, Request, RetryAfter};

use super::server::{Server, TestNames, allowing, asking, fetcher, get, response};

fn plain() -> anchorwatch::fetch::Fetcher {
    fetcher(allowing("127.0.0.1/32"), TestNames::default())
}

/// Status, or kind, with what matters of it.
fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Fresh(body) => format!("fresh {}", String::from_utf8_lossy(&body.bytes)),
        Outcome::NotModified => "not modified".to_owned(),
        Outcome::Gone => "gone".to_owned(),
        Outcome::Busy { status } => format!("busy {status}"),
        Outcome::Failed { status } => format!("failed {status}"),
    }
}

#[test]
fn statuses_are_told_apart() {
    let cases = [
        (200, "fresh hello"),
        (204, "failed 204"),
        (206, "failed 206"),
        (302, "failed 302"),
        (304, "not modified"),
        (404, "failed 404"),
        (410, "gone"),
        (429, "busy 429"),
        (500, "failed 500"),
        (503, "busy 503"),
    ];
    for (status, expected) in cases {
        let body: &[u8] = if matches!(status, 204 | 304) {
            b""
        } else {
            b"hello"
        };
        let server = Server::saying(response(status, "", body));
        let answer = get(&plain(), &asking(&server.url("/"))).unwrap();
        assert_eq!(told(&answer.outcome), expected, "{status}");
        assert_eq!(answer.hops.len(), 1);
        assert_eq!(answer.hops[0].address, Some("127.0.0.1".parse().unwrap()));
    }
}

#[test]
fn validators_come_back_to_the_address_that_gave_them_and_to_no_other() {
    let server = Server::start("127.0.0.1", |head, stream| {
        let conditional = head.contains("if-none-match: \"one\"")
            && head.contains("if-modified-since: Wed, 31 Dec 2003 10:14:55 GMT");
        let answer = if conditional {
            response(304, "Cache-Control: max-age=60\r\n", b"")
        } else {
            let validators = "ETag: \"one\"\r\nLast-Modified: Wed, 31 Dec 2003 10:14:55 GMT\r\n";
            response(200, validators, b"hello")
        };
        let _ = stream.write_all(&answer);
    });
    let fetcher = plain();
    let url = server.url("/feed");
    let first = get(&fetcher, &asking(&url)).unwrap();
    let Outcome::Fresh(body) = first.outcome else {
        panic!("{first:?}");
    };
    let again = |url: &str| {
        let request = Request {
            validators: Some(&body.validators),
            ..asking(url)
        };
        get(&fetcher, &request).unwrap()
    };
    let second = again(&url);
    assert_eq!(second.outcome, Outcome::NotModified);
    assert_eq!(second.cache.max_age_seconds, Some(60));
    assert_eq!(told(&again(&server.url("/other")).outcome), "fresh hello");
    let heads = server.heads();
    assert!(!heads[0].contains("if-none-match"), "{}", heads[0]);
    assert!(!heads[2].contains("if-none-match"), "{}", heads[2]);
}

#[test]
fn moves_are_followed_and_permanent_ones_told() {
    let server = Server::start("127.0.0.1", |head, stream| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        let answer = match path {
            "/permanent" => response(301, "Location: /new\r\n", b""),
            "/twice" => response(308, "Location: permanent\r\n", b""),
            "/temporary" => response(302, "Location: /permanent\r\n", b""),
            "/then-temporary" => response(301, "Location: /temporary\r\n", b""),
            "/loop" => response(307, "Location: /loop\r\n", b""),
            "/nowhere" => response(301, "Location: http://\r\n", b""),
            "/file" => response(301, "Location: file:///etc/passwd\r\n", b""),
            "/user" => response(301, "Location: http://a:b@127.0.0.1/\r\n", b""),
            _ => response(200, "", b"hello"),
        };
        let _ = stream.write_all(&answer);
    });
    let fetcher = plain();
    let cases = [
        ("/new", Ok((1, None))),
        ("/permanent", Ok((2, Some("/new")))),
        ("/twice", Ok((3, Some("/new")))),
        ("/temporary", Ok((3, None))),
        ("/then-temporary", Ok((4, Some("/temporary")))),
        ("/loop", Err("more than 5 redirects")),
        (
            "/nowhere",
            Err("a redirect leads to no address that can be asked"),
        ),
        ("/file", Err("only http and https are asked, not file")),
        (
            "/user",
            Err("an address with a user name or password in it is not asked"),
        ),
    ];
    for (path, expected) in cases {
        let answer = get(&fetcher, &asking(&server.url(path)));
        let found = answer
            .map(|answer| {
                let moved = answer.moved.map(|url| url.path().to_owned());
                (answer.hops.len(), moved)
            })
            .map_err(|error| error.to_string());
        let expected = expected
            .map(|(hops, moved)| (hops, moved.map(str::to_owned)))
            .map_err(str::to_owned);
        assert_eq!(found, expected, "{path}");
    }
    // Six questions for the loop, then no more.
    let loops = server
        .heads()
        .iter()
        .filter(|head| head.contains("/loop"))
        .count();
    assert_eq!(loops, 6);
}

#[test]
fn patience_freshness_and_types_are_handed_on() {
    let headers = "Retry-After: 120\r\nCache-Control: max-age=90, no-cache\r\nContent-Type: Text/XML; charset=\"koi8-r\"\r\n";
    let server = Server::saying(response(200, headers, b"hello"));
    let answer = get(&plain(), &asking(&server.url("/"))).unwrap();
    assert_eq!(answer.retry_after, Some(RetryAfter::Seconds(120)));
    let cache = CacheControl {
        max_age_seconds: Some(90),
        no_cache: true,
        no_store: false,
    };
    assert_eq!(answer.cache, cache);
    let Outcome::Fresh(body) = answer.outcome else {
        panic!("no body");
    };
    assert_eq!(body.media_type.as_deref(), Some("text/xml"));
    assert_eq!(body.charset.as_deref(), Some("koi8-r"));
    assert_eq!(body.wire, 5);
}

#[test]
fn a_visitor_says_who_it_is_and_whom_to_write_to() {
    let server = Server::saying(response(200, "", b""));
    let mut options = allowing("127.0.0.1/32");
    options.contact = Some("mailto:keys@example.org".to_owned());
    get(
        &fetcher(options, TestNames::default()),
        &asking(&server.url("/")),
    )
    .unwrap();
    let expected = format!(
        "user-agent: anchorwatch/{} (+mailto:keys@example.org)\r\n",
        env!("CARGO_PKG_VERSION")
    );
    assert!(
        server.heads()[0].contains(&expected),
        "{}",
        server.heads()[0]
    );
    for contact in ["", "a b", "x\r\ny: z", "\u{e9}", &"x".repeat(201)] {
        let options = Options {
            contact: Some(contact.to_owned()),
            ..Options::default()
        };
        assert!(options.user_agent().is_err(), "{contact}");
    }
}

#[test]
fn addresses_that_are_none_are_refused_before_anything_is_sent() {
    let cases = [
        ("nonsense", "no web address: relative URL without a base"),
        (
            "ftp://example.org/",
            "only http and https are asked, not ftp",
        ),
        (
            "http://user@example.org/",
            "an address with a user name or password in it is not asked",
        ),
        ("http://nowhere.example/", "nowhere.example is not known"),
    ];
    for (url, expected) in cases {
        let error = get(&plain(), &asking(url)).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let long = format!("http://example.org/{}", "x".repeat(5000));
    assert!(matches!(
        get(&plain(), &asking(&long)),
        Err(FetchError::Url(_))
    ));
}
