//! Addresses from outside, so that nothing makes a link of them.

use crate::render::plain;

/// `https://a.example/x` becomes `hxxps://a[.]example/x`: readable, and no mail reader makes it a link.
pub(super) fn defang(url: &str) -> String {
    let shown = plain(url);
    let (scheme, rest) = shown.split_once("://").unwrap_or(("", &shown));
    let (host, path) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let scheme = scheme.replace("http", "hxxp");
    let host = host.replace('.', "[.]").replace('@', "[at]");
    if scheme.is_empty() {
        format!("{host}{path}")
    } else {
        format!("{scheme}://{host}{path}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_is_left() {
        for (url, shown) in [
            (
                "https://forum.example.org/t/1?a=b.c",
                "hxxps://forum[.]example[.]org/t/1?a=b.c",
            ),
            ("http://a@b.example", "hxxp://a[at]b[.]example"),
            ("www.example.org", "www[.]example[.]org"),
            (
                "https://x.example/\u{202e}\u{1b}[1m",
                "hxxps://x[.]example/\\u{202e}\\u{1b}[1m",
            ),
        ] {
            assert_eq!(defang(url), shown);
        }
    }
}
