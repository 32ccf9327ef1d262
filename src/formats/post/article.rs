//! The part of a web page that is its article, and its links made absolute.

use url::Url;

/// The article: what stands in `article`, else in `main`, else in `body`; all of it where nothing of
/// that is there. Markup stays in it.
#[must_use]
pub fn article(page: &str) -> &str {
    let lower = page.to_ascii_lowercase();
    for name in ["article", "main", "body"] {
        let open = lower
            .match_indices(&format!("<{name}"))
            .find(|(at, found)| {
                let next = lower.as_bytes().get(at + found.len());
                next.is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'>')
            });
        let inside = open
            .and_then(|(at, _)| Some(at + lower.get(at..)?.find('>')? + 1))
            .and_then(|from| {
                let length = lower.get(from..)?.rfind(&format!("</{name}"))?;
                page.get(from..from + length)
            });
        if let Some(inside) = inside {
            return inside;
        }
    }
    page
}

/// The page with every `href` that stands in quotes made absolute.
#[must_use]
pub fn with_absolute_links(page: &str, base: &Url) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.find("href=") {
        let (before, from) = rest.split_at(at + "href=".len());
        out.push_str(before);
        rest = from;
        let Some(quote @ ('"' | '\'')) = from.chars().next() else {
            continue;
        };
        let Some(inside) = from.get(1..) else {
            continue;
        };
        let Some(end) = inside.find(quote) else {
            continue;
        };
        let (link, behind) = inside.split_at(end);
        let plain = !link.starts_with('#') && !link.contains('&');
        let absolute = base.join(link.trim()).ok().filter(|_| plain);
        out.push(quote);
        out.push_str(absolute.as_ref().map_or(link, Url::as_str));
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_is_found_and_nothing_is_lost_without_one() {
        for (page, expected) in [
            (
                "<html><body><nav>x</nav><article class=a>one</article></body></html>",
                "one",
            ),
            ("<BODY>b<Main>two</MAIN></BODY>", "two"),
            ("<body>three</body>", "three"),
            ("<mainframe>four", "<mainframe>four"),
            ("plain & simple", "plain & simple"),
            ("<article>open", "<article>open"),
            ("", ""),
        ] {
            assert_eq!(article(page), expected);
        }
    }

    #[test]
    fn links_become_absolute() {
        let base = Url::parse("https://a.example/keys/").unwrap();
        for (page, expected) in [
            (
                "<a href=\"new.asc\">",
                "<a href=\"https://a.example/keys/new.asc\">",
            ),
            ("<a href='/x.pem'>", "<a href='https://a.example/x.pem'>"),
            ("<a href=\"#top\">", "<a href=\"#top\">"),
            ("<a href=bare>", "<a href=bare>"),
            ("<a href=\"open", "<a href=\"open"),
            (
                "<a href=\"https://b.example/k\">",
                "<a href=\"https://b.example/k\">",
            ),
        ] {
            assert_eq!(with_absolute_links(page, &base), expected);
        }
    }
}
