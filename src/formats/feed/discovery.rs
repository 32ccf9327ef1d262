//! Where a site's feeds may be: what its pages link to, and what its address gives away.

use std::collections::BTreeSet;

use url::Url;

/// How many links of one page are told.
const LINKS: usize = 32;
const TYPES: [&str; 4] = [
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
];

/// The feeds that a page names by `<link rel="alternate" type="…" href="…">`, in the order of the
/// page.
#[must_use]
pub fn feed_links(page: &str, base: &Url) -> Vec<Url> {
    let lower = page.to_ascii_lowercase();
    let mut found: Vec<Url> = vec![];
    for (at, _) in lower.match_indices("<link") {
        let tag = |text: &str| {
            let rest = text.get(at..).unwrap_or_default();
            let end = rest.find('>').unwrap_or(0);
            rest.get(..end).unwrap_or_default().to_owned()
        };
        let (tag, lower) = (tag(page), tag(&lower));
        let is_feed = TYPES.iter().any(|kind| lower.contains(kind));
        if !is_feed || !lower.contains("alternate") {
            continue;
        }
        let link = attribute(&tag, &lower, "href").and_then(|link| {
            let link = link.replace("&amp;", "&");
            base.join(link.trim()).ok()
        });
        if let Some(link) = link
            && !found.contains(&link)
            && found.len() < LINKS
        {
            found.push(link);
        }
    }
    found
}

fn attribute<'a>(tag: &'a str, lower: &str, name: &str) -> Option<&'a str> {
    let at = lower.find(&format!("{name}="))? + name.len() + 1;
    let value = tag.get(at..)?;
    match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next(),
        _ => value
            .split(|c: char| c.is_ascii_whitespace() || c == '/')
            .next(),
    }
}

/// The feeds that an address itself leads to: Discourse's categories, topics and tags, GitHub's
/// releases, commits and issues. Whether they are there, only asking tells.
#[must_use]
pub fn feeds_by_address(url: &Url) -> Vec<Url> {
    let mut found = BTreeSet::new();
    let mut add = |path: String| {
        let mut feed = url.clone();
        feed.set_query(None);
        feed.set_fragment(None);
        feed.set_path(&path);
        found.insert(feed);
    };
    let path = url.path().trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let ends = [".rss", ".atom", ".xml", ".json"];
    if ends.iter().any(|end| path.ends_with(end)) {
        return vec![];
    }
    if url.host_str() == Some("github.com") {
        match parts.as_slice() {
            [owner, repository] => {
                for what in ["releases", "commits", "tags"] {
                    add(format!("/{owner}/{repository}/{what}.atom"));
                }
            }
            [
                _,
                _,
                "releases" | "tags" | "issues" | "discussions" | "commits",
                ..,
            ] => {
                add(format!("{path}.atom"));
            }
            _ => {}
        }
    } else if let ["c" | "t" | "tag", _, ..] = parts.as_slice() {
        add(format!("{path}.rss"));
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(urls: &[Url]) -> Vec<&str> {
        urls.iter().map(Url::as_str).collect()
    }

    #[test]
    fn pages_name_their_feeds() {
        let base = Url::parse("https://a.example/blog/").unwrap();
        for (page, expected) in [
            (
                "<LINK REL=\"alternate\" TYPE=\"application/rss+xml\" HREF=\"/feed.xml?a=1&amp;b=2\">",
                vec!["https://a.example/feed.xml?a=1&b=2"],
            ),
            (
                "<link href='x.atom' type='application/atom+xml' rel='alternate'/>\
                 <link href='x.atom' type='application/atom+xml' rel='alternate'/>",
                vec!["https://a.example/blog/x.atom"],
            ),
            (
                "<link rel=alternate type=application/rss+xml href=f.rss>",
                vec!["https://a.example/blog/f.rss"],
            ),
            ("<link rel=stylesheet href=f.css>", vec![]),
            ("<link rel=alternate type=application/rss+xml href=", vec![]),
            ("<link", vec![]),
        ] {
            assert_eq!(texts(&feed_links(page, &base)), expected, "{page}");
        }
    }

    #[test]
    fn addresses_lead_to_feeds() {
        for (address, expected) in [
            (
                "https://github.com/acme/tool",
                vec![
                    "https://github.com/acme/tool/commits.atom",
                    "https://github.com/acme/tool/releases.atom",
                    "https://github.com/acme/tool/tags.atom",
                ],
            ),
            (
                "https://github.com/acme/tool/releases/",
                vec!["https://github.com/acme/tool/releases.atom"],
            ),
            (
                "https://github.com/acme/tool/commits/main/keys.txt",
                vec!["https://github.com/acme/tool/commits/main/keys.txt.atom"],
            ),
            (
                "https://discuss.example/c/security/52?x=1",
                vec!["https://discuss.example/c/security/52.rss"],
            ),
            (
                "https://discuss.example/t/new-key/9",
                vec!["https://discuss.example/t/new-key/9.rss"],
            ),
            (
                "https://discuss.example/tag/keys",
                vec!["https://discuss.example/tag/keys.rss"],
            ),
            ("https://discuss.example/t/new-key/9.rss", vec![]),
            ("https://a.example/", vec![]),
        ] {
            let url = Url::parse(address).unwrap();
            assert_eq!(texts(&feeds_by_address(&url)), expected, "{address}");
        }
    }
}
